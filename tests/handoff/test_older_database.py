"""A database from before there were traces and overrides: read as it is, brought up to date by whoever writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.errors import DataError
from accord.qualification.handoff import hand_over, trace_kept
from accord.qualification.judging import override_lead, overrides_of
from accord.readmodel.erasure import erase
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.layout import FORMAT
from accord.store.migrate import migrate
from accord.workspace import Workspace
from handoff.company import NOON, agree, fill, leads


@pytest.fixture
def older(tmp_path: Path) -> Workspace:
    workspace = agree(tmp_path)
    migrate(address_of(workspace.database_url), until="0002")
    fill(workspace, **leads(2))
    return workspace


def layout(workspace: Workspace) -> int:
    with open_store(workspace.database_url, read_only=True) as store:
        return store.layout.version


def test_reading_leaves_it_as_it_is(older: Workspace) -> None:
    assert len(hand_over(older, NOON, dry_run=True).handed) == 2
    assert overrides_of(older) == []
    with pytest.raises(DataError, match="no handoff H1"):
        trace_kept(older, "H1")
    assert erase(older, "L001")["leads"] == 1
    assert layout(older) == 2


def test_writing_brings_it_up_to_date(older: Workspace) -> None:
    override_lead(older, "L001", "hold", reason="why", name="Ann", at=NOON)
    assert layout(older) == FORMAT
    (handed,) = hand_over(older, NOON).handed
    assert trace_kept(older, handed.handoff_id).intact
