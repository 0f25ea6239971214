"""Asked of a moment before the lead that stays was there, two leads are two: on the read model and in a warehouse."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.acceptance.measure import measure
from accord.clock import utc_of_local_midnight
from accord.metrics.cells import EPISODE_ROW
from accord.readmodel.opening import open_source
from accord.readmodel.source import EPISODES
from accord.report.acceptance.answer import acceptance_json
from accord.store.single import write_rows
from accord.workspace import Workspace
from episodes.data import START, Row, random_tables
from readmodel.stored import ZONE, stored

MOMENTS = [START + timedelta(days=days) for days in (-10, 11, 90)]
DAY = date(2026, 3, 31)
AROUND_MIDNIGHT = [utc_of_local_midnight(DAY, ZONE) - timedelta(seconds=1), utc_of_local_midnight(DAY, ZONE)]


def begins(moment: date) -> datetime:
    return moment if isinstance(moment, datetime) else utc_of_local_midnight(moment, ZONE)


def company(seed: int) -> dict[str, list[Row]]:
    """Chains, rings and dead ends of merges; leads created before, among and after what sales did, some on a date."""
    chance, tables = random.Random(seed), random_tables(seed)
    names = [lead["lead_id"] for lead in tables["leads"]]
    for lead in tables["leads"]:
        created = START + timedelta(days=chance.uniform(-5, 40))
        lead["created_at"] = chance.choice([created, created.date(), DAY])
        lead["merged_into"] = chance.choice([*names, "nowhere"]) if chance.random() < 0.4 else None
    return tables


def as_it_stood(tables: Mapping[str, list[Row]], moment: datetime) -> dict[str, list[Row]]:
    """The same company without what its leads became later, written down by hand."""
    unborn = {lead["lead_id"] for lead in tables["leads"] if begins(lead["created_at"]) > moment}
    leads = [{**lead, "merged_into": None} if lead["merged_into"] in unborn else lead for lead in tables["leads"]]
    return {**tables, "leads": leads}


def seen(workspace: Workspace, moment: datetime | None) -> tuple[list[dict[str, Any]], Any]:
    """Every episode, and what is answered."""
    with open_source(workspace, moment) as source:
        rows = source.engine.run(source.engine.table(EPISODES)).to_pylist()
        for row in rows:
            row.pop(EPISODE_ROW, None)
        told = acceptance_json(measure(source, by=("channel",)))["data"]
        return sorted(rows, key=lambda row: row["handoff_id"]), told


@pytest.mark.parametrize("seed", range(2))
def test_the_read_model_shows_each_moment_as_if_nothing_later_had_been_written(tmp_path: Path, seed: int) -> None:
    tables = company(seed)
    everything = stored(tmp_path / "everything", tables)
    differing = 0
    for number, moment in enumerate([*MOMENTS, *AROUND_MIDNIGHT]):
        then = as_it_stood(tables, moment)
        differing += then["leads"] != tables["leads"]
        before = stored(tmp_path / str(number), then)
        assert seen(everything, moment) == seen(before, moment)
        assert seen(everything, moment) == seen(before, moment)  # and again, from what is kept
    assert differing >= 3


def test_a_warehouse_does_too(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = company(7)
    with monkeypatch.context() as there:
        there.setenv("ACCORD_DATABASE", postgres_url)
        everything = stored(tmp_path / "everything", tables)
    for number, moment in enumerate([MOMENTS[1], AROUND_MIDNIGHT[0]]):
        before = stored(tmp_path / str(number), as_it_stood(tables, moment))
        _episodes, told = seen(before, moment)
        with monkeypatch.context() as there:
            there.setenv("ACCORD_ENGINE", postgres_url)
            assert seen(everything, moment)[1] == told


def test_at_the_newest_moment_the_leads_are_one_again(tmp_path: Path) -> None:
    first, second = START, START + timedelta(days=30)
    tables: dict[str, list[Row]] = {
        "leads": [
            {"lead_id": "a", "created_at": first, "merged_into": "b", "channel": "email"},
            {"lead_id": "b", "created_at": second, "channel": "webinar"},
        ],
        "handoffs": [{"handoff_id": "h", "lead_id": "a", "at": first + timedelta(days=1)}],
        "decisions": [
            {"decision_id": "d", "handoff_id": "h", "at": second + timedelta(days=1), "outcome": "accepted"},
        ],
    }
    workspace = stored(tmp_path / "company", tables)

    def channels(moment: datetime | None) -> list[str]:
        with open_source(workspace, moment) as source:
            return [row["lead_channel"] for row in source.engine.run(source.engine.table(EPISODES)).to_pylist()]

    assert channels(second - timedelta(seconds=1)) == ["email"]
    assert channels(second) == ["webinar"]
    assert channels(None) == ["webinar"]
    assert channels(second - timedelta(seconds=1)) == ["email"]


def merged_later(place: Path) -> tuple[Workspace, datetime]:
    """A company of two leads of which the later swallows the earlier, and the last moment at which they are two."""
    second = START + timedelta(days=30)
    tables: dict[str, list[Row]] = {
        "leads": [
            {"lead_id": "a", "created_at": START, "merged_into": "b", "channel": "email"},
            {"lead_id": "b", "created_at": second, "channel": "webinar"},
        ],
        "handoffs": [{"handoff_id": "h", "lead_id": "a", "at": START + timedelta(days=1)}],
        "activities": [
            {
                "activity_id": "v",
                "lead_id": "a",
                "at": second + timedelta(days=1),
                "kind": "call",
                "direction": "outbound",
            }
        ],
    }
    return stored(place, tables), second - timedelta(seconds=1)


def kept_of_moments(workspace: Workspace) -> dict[Path, int]:
    return {path: path.stat().st_ino for path in workspace.readmodel.rglob("then-*.parquet")}


def test_what_a_moment_took_is_kept_and_read_by_the_next_session(tmp_path: Path) -> None:
    workspace, moment = merged_later(tmp_path / "company")
    first = seen(workspace, moment)
    kept = kept_of_moments(workspace)
    assert len(kept) == 2
    assert seen(workspace, moment) == first
    assert seen(workspace, moment - timedelta(days=1))[0] == first[0]  # the same leads are not there yet
    assert kept_of_moments(workspace) == kept
    later = {"decision_id": "d", "handoff_id": "h", "at": START + timedelta(days=2), "outcome": "accepted"}
    write_rows(workspace.database_url, "decisions", [later])
    assert seen(workspace, moment)[0] != first[0]  # what was kept was of other rows


def test_a_folder_that_cannot_be_written_computes_it_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, moment = merged_later(tmp_path / "company")
    seen(workspace, None)

    def refused(path: Path, *_args: Any) -> None:
        raise PermissionError(13, "read-only", str(path))

    with monkeypatch.context() as read_only:
        read_only.setattr(Path, "replace", refused)
        alone = seen(workspace, moment)
    assert kept_of_moments(workspace) == {}
    assert seen(workspace, moment) == alone
