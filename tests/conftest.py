"""Fixtures that every test may use: a real PostgreSQL server, the real data sets, English, and no network."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from accord.language import use_language
from support.postgres import INSTALL_COMMAND, PostgresServer, running_server, server_folder
from support.source import SHARED_DATA

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# No deadline: the time of one example says more about the machine than about the code. A failure prints how to
# repeat it. Where the tests guard a change, every run tries the same examples.
settings.register_profile("accord", deadline=None, print_blob=True, derandomize=IN_CI)
settings.load_profile("accord")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what reads the real data sets, so that ``-m "not shared_data"`` leaves it out."""
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("shared_data")


def _absent(what: str, remedy: str) -> None:
    """A part that tests need is not here: a failure where the tests guard a change, a skip on a desk."""
    if IN_CI:
        pytest.fail(f"{what}: {remedy}", pytrace=False)
    pytest.skip(f"{what}: {remedy}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test session's own."""
    if server_folder() is None:
        _absent("no PostgreSQL server on this machine", INSTALL_COMMAND)
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Address of a fresh, empty database that is dropped after the test."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real data sets, which live beside the checkout because their licences keep them there."""
    if not SHARED_DATA.is_dir():
        _absent("the real data sets are not here", f"put them in {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts in English, whatever the machine's language is or the test before it spoke."""
    for name in ("ACCORD_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")  # the command line sets it: put back what it was
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def connect_here_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}: tests use no network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here_only)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
