"""A workspace on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.store.database import open_store
from accord.workspace import Workspace
from actions.company import agree, company, fill
from support.staging import fresh_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a few leads, on either database."""
    if request.param == "sqlite":
        fresh_sqlite(tmp_path)
    else:
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
        open_store(Workspace(tmp_path).database_url, create=True).close()
    return filled(tmp_path)


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    """The same, embedded."""
    fresh_sqlite(tmp_path)
    return filled(tmp_path)


def filled(folder: Path) -> Workspace:
    workspace = agree(folder)
    fill(workspace, **company(before=1, after=1))
    return workspace
