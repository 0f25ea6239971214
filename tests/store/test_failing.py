"""What can go wrong with a database, and the sentence a person then reads."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from accord.engines.postgres import PostgresEngine
from accord.engines.unreachable import plain_words, why_no_connection
from accord.errors import EngineError, UsageError, WorkspaceError
from accord.ingest.apply import apply_import
from accord.readmodel.refresh import catch_up
from accord.store import database
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.layout import FORMAT
from accord.store.single import write_rows
from accord.workspace import Workspace
from store.test_kill import write_activities
from support.importing import activities, start_import
from support.postgres import PostgresServer
from support.staging import MOMENT, fresh_sqlite, stage

ROW = {"lead_id": "L1", "created_at": MOMENT}


def test_nothing_there_yet(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"no database at .*accord\.db yet.*accord import"):
        catch_up(Workspace(tmp_path))
    with pytest.raises(WorkspaceError, match="no database at"):
        write_rows(Workspace(tmp_path).database_url, "leads", [ROW])
    assert list(tmp_path.iterdir()) == [], "looking creates nothing"


def test_a_database_that_is_empty(postgres_url: str) -> None:
    with pytest.raises(WorkspaceError, match=r"is empty.*accord import"):
        open_store(postgres_url)


def test_a_newer_workspace(workspace: Workspace) -> None:
    with open_store(workspace.database_url) as store:
        store.session.execute("UPDATE accord_format SET version = 7")
    for opening in (lambda: open_store(workspace.database_url, create=True), lambda: catch_up(workspace)):
        with pytest.raises(WorkspaceError, match=r"newer version of Accord .*7.*pip install --upgrade accord"):
            opening()
    with pytest.raises(WorkspaceError, match="newer version"):
        write_rows(workspace.database_url, "leads", [ROW])


def test_an_older_workspace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_READ", FORMAT + 1)
    with pytest.raises(WorkspaceError, match="older version of Accord"):
        open_store(workspace.database_url)


@pytest.mark.parametrize("url", ["mysql://host/base", "accord.db", "postgresql://host:port/base"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(WorkspaceError, match="postgresql://user@host:5432/database"):
        address_of(url)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "accord.db").write_text("lead_id,created_at\n" * 100)
    with pytest.raises(WorkspaceError, match="not a sound SQLite database"):
        open_store(f"sqlite:///{tmp_path / 'accord.db'}")


def test_postgresql_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(WorkspaceError) as caught:
            open_store(f"postgresql://me:s3cret@127.0.0.1:{port}/accord")
    message = str(caught.value)
    assert f"127.0.0.1, port {port}" in message
    assert "refused" in message.partition("In its own words")[2]
    assert "Check that the server runs" in message
    assert "s3cret" not in message


def refused(url: str) -> list[str]:
    """What a person reads where the truth, and where the figures, are to come from a server that does not let us."""
    said = []
    for kind, opened in ((WorkspaceError, open_store), (EngineError, PostgresEngine)):
        with pytest.raises(kind) as caught:
            opened(url)
        said.append(str(caught.value))
    return said


def until_refused(url: str) -> None:
    """The server reads its rules again in a moment of its own."""
    for _ in range(1000):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.01)
    raise AssertionError("the server lets everybody in")


def test_postgresql_without_that_database(postgres_url: str) -> None:
    url = postgres_url.rsplit("/", 1)[0] + "/elsewhere"
    for message in refused(url):
        assert message.startswith("There is no database elsewhere in PostgreSQL at 127.0.0.1, port ")
        assert "createdb elsewhere" in message


def test_postgresql_without_that_user(postgres_url: str) -> None:
    for message in refused(postgres_url.replace("//accord@", "//anna@")):
        assert "knows no user anna" in message


def test_postgresql_with_a_wrong_password(postgres_server: PostgresServer, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
        rules = postgres_server.data / "pg_hba.conf"
        open_to_all = rules.read_text()
        rules.write_text(f"host all locked 127.0.0.1/32 scram-sha-256\n{open_to_all}")
        connection.execute("SELECT pg_reload_conf()")
        try:
            address = postgres_url.replace("//accord@", "//locked:wr0ng@")
            until_refused(address)
            for message in refused(address):
                assert "does not accept the password of locked" in message
                assert "wr0ng" not in message
            for message in refused(postgres_url.replace("//accord@", "//locked@")):
                assert "does not accept the password of locked" in message
        finally:
            rules.write_text(open_to_all)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE locked")


def test_a_machine_that_is_not_there() -> None:
    for message in refused("postgresql://me@nowhere.invalid/accord"):
        assert message.startswith("There is no machine nowhere.invalid")


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("FATAL:  password authentication failed for user", "does not accept the password of me"),
        ("FATAL:  authentification par mot de passe échouée pour l'utilisateur", "does not accept the password of me"),
        ("fe_sendauth: no password supplied", "does not accept the password of me"),
        ('FATAL:  database "b" does not exist', "There is no database b"),
        ("FATAL:  la base de données « b » n'existe pas", "There is no database b"),
        ("FATAL:  le rôle « me » n'existe pas", "knows no user me"),
        ("FATAL:  sorry, too many clients already", "has no connection left"),
        ("FATAL:  the database system is starting up", "is starting or stopping"),
        ("FATAL:  no pg_hba.conf entry for host", "lets me not connect to b"),
        ("FATAL:  terminating connection due to administrator command", "ended the connection"),
        ("FATAL:  etwas anderes", "refuses the connection"),
        ("connection timeout expired", "did not answer in time"),
        ("connection failed: Connection refused", "does not answer at h, port 1"),
        ("", "does not answer at h, port 1"),
    ],
)
def test_why_there_is_no_connection_is_said_in_our_words_and_then_in_theirs(words: str, begins: str) -> None:
    said = why_no_connection(words, host="h", port=1, user="me", database="b")
    ours, _, theirs = said.partition(" (In its own words: ")
    assert begins in ours
    assert "FATAL" not in ours
    assert plain_words(words) in theirs


def test_an_address_is_shown_without_its_password() -> None:
    assert address_of("postgresql://me:s3cret@host/base").shown == "postgresql://me@host:5432/base"


def test_a_row_without_its_key(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="leads has no lead_id"):
        write_rows(workspace.database_url, "leads", [ROW, {"created_at": MOMENT}])
    with open_store(workspace.database_url) as store:
        assert store.position() == 0, "the good row of the same call is not written either"


AS_NOBODY = """
import os, sys
sys.path.insert(0, {tests!r})
from accord.errors import WorkspaceError
from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.workspace import Workspace
from pathlib import Path
from tempfile import TemporaryDirectory
with TemporaryDirectory() as first:  # everything that is imported late, while it can still be read
    open_store(f"sqlite:///{{first}}/accord.db", create=True)
    catch_up(Workspace(Path(first)))
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
try:
    {body}
except WorkspaceError as error:
    print(error)
"""


def as_nobody(body: str) -> str:
    """What ``body`` prints when it runs without any rights."""
    if os.getuid() != 0:
        pytest.skip("only root can give up rights")
    program = AS_NOBODY.format(tests=str(Path(__file__).parent.parent), body=body)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that anybody may enter and read, and only its owner write to."""
    # pytest keeps its folders to itself, one level deeper where several workers run
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == tmp_path.owner() and "pytest" in str(folder):
            folder.chmod(0o755)
    return tmp_path


def test_a_folder_that_cannot_be_written(open_folder: Path) -> None:
    said = as_nobody(f'open_store("sqlite:///{open_folder}/accord.db", create=True)')
    assert f"{open_folder}" in said
    assert "cannot be written" in said


def test_figures_from_a_folder_that_cannot_be_written(open_folder: Path) -> None:
    """Who may only read sees the figures as long as the read model is up to date, and is told when it is not."""
    url = fresh_sqlite(open_folder)
    write_rows(url, "leads", [ROW])
    catch_up(Workspace(open_folder))
    body = f"""print(catch_up(Workspace(Path("{open_folder}"))).rows["leads"])"""
    assert as_nobody(body) == "1\n"
    write_rows(url, "leads", [{**ROW, "lead_id": "L2"}])
    assert "cannot be written" in as_nobody(body)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk takes rights that this user does not have")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, staging: Path) -> None:
    rows = 200_000
    fresh_sqlite(small_disk)
    workspace = Workspace(small_disk)
    few = write_activities(staging / "few.parquet", 1000)
    apply_import(workspace, [activities(few, 1000)], source="few")
    before = catch_up(workspace)
    many = write_activities(staging / "many.parquet", rows, first=500)
    with pytest.raises(WorkspaceError, match=r"(?s)disk is full.*Nothing was changed.*Free some"):
        apply_import(workspace, [activities(many, rows)], source="many")
    after = catch_up(workspace)
    assert (after.position, after.rows) == (before.position, before.rows)
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    found = apply_import(workspace, [activities(many, rows)], source="many")["activities"]
    assert (found.added, found.unchanged) == (rows - 500, 500)
    assert catch_up(workspace).rows["activities"] == rows + 500


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "leads.csv").write_text("lead_id,created_at\nL1,2026-07-14\n")
    made = subprocess.run(
        [sys.executable, "-m", "accord", "import", "leads.csv"],
        cwd=tmp_path,
        env={**os.environ, "ACCORD_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert made.returncode == 1
    assert "files may grow no larger (ulimit -f). Nothing was changed" in made.stderr


def test_ctrl_c(workspace: Workspace, staging: Path) -> None:
    rows = 100_000
    file = write_activities(staging / "rows.parquet", rows)
    process = start_import(workspace.root, file, rows)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, _none = process.communicate()
    assert process.returncode != 0
    assert "done" not in output
    assert catch_up(workspace).position == 0
    with open_store(workspace.database_url) as store:
        assert [record.state for record in store.imports()] == ["abandoned"]
    assert apply_import(workspace, [activities(file, rows)], source="again")["activities"].added == rows


def test_a_writer_that_never_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = fresh_sqlite(tmp_path)
    monkeypatch.setattr("accord.store.session.BUSY_SECONDS", 0.2)
    other = sqlite3.connect(tmp_path / "accord.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(WorkspaceError, match="kept busy by another program"):
        write_rows(url, "leads", [ROW])
    other.execute("ROLLBACK")
    assert write_rows(url, "leads", [ROW]) == 1
    other.close()


def test_a_failed_import_leaves_nothing(workspace: Workspace, staging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage(staging, "leads", [ROW], refused=[{"lead_id": ""}])

    def broken(done: int, total: int) -> None:
        if done:
            raise RuntimeError("the caller's progress bar broke")

    with pytest.raises(RuntimeError):
        apply_import(workspace, [staged], source="leads.csv", progress=broken)
    with open_store(workspace.database_url) as store:
        assert store.position() == 0
        assert store.row("leads", "L1") is None
        assert store.quarantined() == []
    account = apply_import(workspace, [staged], source="leads.csv")["leads"]
    assert (account.added, account.quarantined) == (1, 1)


def test_postgresql_without_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(WorkspaceError, match=r"pip install 'accord\[postgres\]'"):
        open_store("postgresql://localhost/accord", create=True)
