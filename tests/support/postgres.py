"""A real PostgreSQL server for tests: own temporary folder, loopback only, gone with the process that started it.

The server is set up to be as unlike DuckDB as a customer's may be, so that a definition which leans on the engine's
own settings fails here and not there: its sessions start in New York's time zone, and where the build knows ICU,
text sorts as a French reader expects ("a" before "B") instead of by bytes.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

__all__ = ["INSTALL_COMMAND", "PostgresServer", "running_server", "server_folder"]

INSTALL_COMMAND = "apt-get install --no-install-recommends postgresql"
USER = "accord"
START_SECONDS = 60
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "synchronous_commit": "off",
    "timezone": "America/New_York",
    "unix_socket_directories": "",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server; the role ``accord`` owns everything and needs no password."""

    port: int
    pid: int
    data: Path
    _numbers: Iterator[int]

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Name of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whatever is still connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def server_folder() -> Path | None:
    """Where the newest server's programs are; ``None`` when there is none."""
    found = [
        program.parent
        for program in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if (program.parent / "postgres").exists()
    ]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server that is up and answers, stopped and removed at the end."""
    programs = server_folder()
    if programs is None:
        raise FileNotFoundError(f"no PostgreSQL server: {INSTALL_COMMAND}")
    home = Path(tempfile.mkdtemp(prefix="accord-postgres-"))
    data = home / "data"
    try:
        owner = _unprivileged_user()
        if owner is not None:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        _initialise(programs, data, owner)
        process, port = _start(programs, data, owner)
        try:
            yield PostgresServer(port=port, pid=process.pid, data=data, _numbers=count(1))
        finally:
            _stop(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses the administrator. ``None``: as whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and neither 'postgres' nor 'nobody' is a user here")


def _as_user(owner: pwd.struct_passwd | None, *command: str | Path) -> list[str]:
    """``command`` as ``owner``, asked to stop when this process dies (the kernel sends it an interrupt)."""
    arguments = [str(part) for part in command]
    if shutil.which("setpriv") is None:
        if owner is None:
            return arguments
        return ["su", owner.pw_name, "-s", "/bin/sh", "-c", 'exec "$0" "$@"', "--", *arguments]
    identity = [] if owner is None else [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return ["setpriv", *identity, "--pdeathsig=INT", "--", *arguments]


def _initialise(programs: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    base: list[str | Path] = [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
    french = ["--locale=C", "--locale-provider=icu", "--icu-locale=fr-FR"]
    for locale in (french, ["--locale=C"]):
        command = _as_user(owner, *base, *locale)
        done = subprocess.run(command, cwd=data.parent, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    raise RuntimeError(f"initdb failed:\n{done.stdout}\n{done.stderr}")


def _start(programs: Path, data: Path, owner: pwd.struct_passwd | None) -> tuple[subprocess.Popen[bytes], int]:
    log = data.parent / "server.log"
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    for _ in range(5):  # another process may take the port between our look and the server's
        port = _free_port()
        command = _as_user(owner, programs / "postgres", "-D", data, f"--port={port}", *settings)
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=data.parent, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        if _answers(process, port):
            return process, port
        _stop(process)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(f"postgresql://{USER}@127.0.0.1:{port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)  # a fast shutdown: ends the sessions, leaves nothing running
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)
