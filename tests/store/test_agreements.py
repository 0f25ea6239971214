"""Versions of the agreement and their signatures in the database: added, never changed, never lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.errors import WorkspaceError
from accord.signing.propose import propose
from accord.signing.sign import sign
from accord.store import agreements
from accord.store.address import address_of
from accord.store.agreements import kept, record_signature, record_version, register_of
from accord.store.database import open_store
from accord.store.layout import FORMAT
from accord.store.migrate import migrate
from accord.store.single import write_rows
from accord.workspace import Workspace
from support.staging import MOMENT


@pytest.fixture
def proposed(workspace: Workspace) -> Workspace:
    """A workspace whose accord.yaml is proposed as version 1."""
    (workspace.root / "accord.yaml").write_text("name: Ours\nversion: 1\n# agreed in March\nacceptance: {floor: 0.6}\n")
    propose(Workspace(workspace.root))
    return Workspace(workspace.root)


def test_what_was_proposed_is_kept_whole(proposed: Workspace) -> None:
    (version,) = proposed.register.versions
    assert (version.name, version.version, version.missing) == ("Ours", "1", ("marketing", "sales"))
    assert version.digest == proposed.file.digest
    assert datetime.now(UTC) - version.recorded_at < timedelta(minutes=5)
    with open_store(proposed.database_url) as store:
        content, source = agreements.content_kept(store.session, version.digest)
    assert content == '{"acceptance":{"floor":0.6},"name":"Ours","version":"1"}'
    assert "# agreed in March" in source
    assert proposed.version_in_force is None, "nobody has signed"


VERSIONS = "agreement_versions (digest, name, version, content, source, recorded_at)"
SIGNATURES = "agreement_signatures (digest, side, name, note, signed_at)"
CHANGING = (
    "UPDATE agreement_versions SET content = '{}'",
    "UPDATE agreement_versions SET version = '2'",
    "DELETE FROM agreement_versions",
    "UPDATE agreement_signatures SET name = 'Bob'",
    "UPDATE agreement_signatures SET signed_at = '2020-01-01 00:00:00+00'",
    "DELETE FROM agreement_signatures",
)
COPYING = (
    (SIGNATURES, "digest, side, 'Bob', '', signed_at"),
    (SIGNATURES, "digest, 'board', name, note, signed_at"),
    (SIGNATURES, "'abc', 'sales', name, note, signed_at"),
    (VERSIONS, "'abc', name, version, content, source, recorded_at"),
    (VERSIONS, "digest, name, '2', content, source, recorded_at"),
)
"""Rows that a copy of those there would become: a second signature of a side, a third side, a signature of what was
never proposed, a label for other content, other labels for the same content."""

REPLACING = (
    (VERSIONS, "digest, name, version, '{}', source, recorded_at"),
    (VERSIONS.replace("(", "(id, "), "id, 'abc', name, '2', '{}', source, recorded_at"),
    (SIGNATURES.replace("(", "(id, "), "id, digest, 'sales', 'Bob', note, signed_at"),
)


def copying(into: str, selected: str, verb: str = "INSERT") -> str:
    return f"{verb} INTO {into} SELECT {selected} FROM {into.split(maxsplit=1)[0]}"


def rows(workspace: Workspace) -> list[list[tuple[Any, ...]]]:
    with open_store(workspace.database_url) as store:
        return [
            store.session.rows(f"SELECT * FROM {table} ORDER BY id")
            for table in ("agreement_versions", "agreement_signatures")
        ]


def test_the_database_itself_refuses_to_change_what_is_signed(proposed: Workspace) -> None:
    sign(proposed, "marketing", "Ann")
    before = rows(proposed)
    assert [len(table) for table in before] == [1, 1]
    with open_store(proposed.database_url) as store:
        session = store.session
        statements = [*CHANGING, *(copying(*words) for words in COPYING)]
        if session.is_sqlite:
            statements += [copying(*words, verb="INSERT OR REPLACE") for words in REPLACING]
        else:
            statements += [f"TRUNCATE {table} CASCADE" for table in ("agreement_versions", "agreement_signatures")]
        for statement in statements:
            with pytest.raises(Exception, match=r"never changes|no such version|unique|UNIQUE|two_sides|foreign key"):
                session.execute(statement)
    assert rows(proposed) == before


def test_content_that_was_changed_around_the_schema_is_found(proposed: Workspace) -> None:
    for side in ("marketing", "sales"):
        sign(Workspace(proposed.root), side, {"marketing": "Ann", "sales": "Bob"}[side])
    with open_store(proposed.database_url) as store:
        session = store.session
        if session.is_sqlite:
            session.execute("DROP TRIGGER agreement_versions_no_update")
        else:
            session.execute("ALTER TABLE agreement_versions DISABLE TRIGGER ALL")
        session.execute("UPDATE agreement_versions SET content = replace(content, '0.6', '0.1')")
    with pytest.raises(WorkspaceError, match="no longer holds what was signed"):
        _ = Workspace(proposed.root).agreement


def test_a_clock_that_was_set_back_does_not_reorder_signatures(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign(proposed, "sales", "Bob").signature.signed_at
    monkeypatch.setattr(agreements, "now", lambda: first - timedelta(days=400))
    with open_store(proposed.database_url) as store, store.session.writing():
        second = record_signature(store.session, proposed.file.digest, "marketing", "Ann", "")
    assert second == first


def test_a_database_of_before_versions_is_read_and_migrates_by_itself(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"sqlite:///{tmp_path / 'accord.db'}", request.getfixturevalue("postgres_url")]
    (tmp_path / "accord.yaml").write_text("name: Ours\nversion: 1\n")
    for url in urls:
        monkeypatch.setenv("ACCORD_DATABASE", url)
        migrate(address_of(url), until="0001")
        write_rows(url, "leads", [{"lead_id": "L1", "created_at": MOMENT}])
        with open_store(url, read_only=True) as store:
            assert store.layout.version == 1
            assert store.position() == 1
        assert kept(url).register.versions == ()
        assert Workspace(tmp_path).agreement.name == "Ours"

        propose(Workspace(tmp_path))
        with open_store(url) as store:
            assert store.layout.version == FORMAT
            assert store.row("leads", "L1") is not None
        assert [version.version for version in kept(url).register.versions] == ["1"]


def test_looking_creates_nothing_and_loads_no_django(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from accord.workspace import Workspace\n"
        f"assert Workspace(Path({str(tmp_path)!r})).version_in_force is None\n"
        "print(sorted({'django', 'duckdb', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


SIGNING = """
import os, sys
from pathlib import Path
from accord.signing.sign import sign
from accord.workspace import Workspace
place = Workspace(Path(sys.argv[1]))
print("ready", flush=True)
sign(place, sys.argv[2], {"marketing": "Ann", "sales": "Bob"}[sys.argv[2]], note="killed right after")
print("signed", flush=True)
os.kill(os.getpid(), 9)
"""


def test_an_acknowledged_signature_survives_a_kill(proposed: Workspace) -> None:
    for side in ("marketing", "sales"):
        done = subprocess.run(
            [sys.executable, "-c", SIGNING, str(proposed.root), side], capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL
        assert done.stdout == "ready\nsigned\n"
        assert Workspace(proposed.root).register.versions[0].signature(side) is not None
    assert Workspace(proposed.root).version_in_force is not None


@pytest.mark.slow
def test_killed_at_any_moment_there_is_a_whole_signature_or_none(proposed: Workspace) -> None:
    chance = random.Random(20260401)
    for _round in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SIGNING, str(proposed.root), "marketing"], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        output, _none = process.communicate()
        (version,) = Workspace(proposed.root).register.versions
        if "signed" in output:
            assert version.signature("marketing") is not None
        if version.signature("marketing") is not None:
            break
    signature = version.signature("marketing")
    if signature is None:
        signature = sign(proposed, "marketing", "Ann", note="killed right after").signature
    assert (signature.name, signature.note) == ("Ann", "killed right after")


def test_two_who_sign_at_once_leave_one_signature(proposed: Workspace) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SIGNING, str(proposed.root), "sales"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _each in range(3)
    ]
    outputs = [process.communicate() for process in processes]
    assert sorted(process.returncode for process in processes) == [-9, 1, 1]
    assert sum("already signed by sales" in error for _out, error in outputs) == 2
    (version,) = Workspace(proposed.root).register.versions
    assert [signature.side for signature in version.signatures] == ["sales"]


def test_an_unfinished_transaction_leaves_nothing(workspace: Workspace) -> None:
    with open_store(workspace.database_url) as store:
        with suppress(RuntimeError), store.session.writing():
            record_version(store.session, digest="d", name="n", version="1", content="{}", source="")
            assert len(register_of(store.session).versions) == 1
            raise RuntimeError
        assert register_of(store.session).versions == ()
