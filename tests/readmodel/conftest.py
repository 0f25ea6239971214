"""The store on both databases: the same tests, the same answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.store.database import open_store
from accord.workspace import Workspace
from support.staging import fresh_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace on either database."""
    if request.param == "sqlite":
        fresh_sqlite(tmp_path)
    else:
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
        open_store(Workspace(tmp_path).database_url, create=True).close()
    return Workspace(tmp_path)


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    """Where files are staged."""
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"
