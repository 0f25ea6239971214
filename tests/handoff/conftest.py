"""A workspace on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.store.database import open_store
from accord.workspace import Workspace
from handoff.company import agree
from support.staging import fresh_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace with the small company's agreement, on either database."""
    if request.param == "sqlite":
        fresh_sqlite(tmp_path)
    else:
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
        open_store(Workspace(tmp_path).database_url, create=True).close()
    return agree(tmp_path)


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    """The same, embedded."""
    fresh_sqlite(tmp_path)
    return agree(tmp_path)
