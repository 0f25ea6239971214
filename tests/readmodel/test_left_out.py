"""What no episode can use is counted up to the moment that is asked about, as if nothing later had been written."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accord.clock import utc_of_local_midnight
from accord.readmodel.opening import open_source
from episodes.data import START, Row, random_tables
from readmodel.stored import ZONE, stored

MOMENTS = [START + timedelta(days=days) for days in (3, 20)]


def up_to(tables: dict[str, list[Row]], moment: datetime) -> dict[str, list[Row]]:
    """The company without the events after ``moment``; a date happens at its local midnight."""

    def begins(row: Row) -> datetime:
        return row["at"] if isinstance(row["at"], datetime) else utc_of_local_midnight(row["at"], ZONE)

    events = ("handoffs", "decisions", "activities")
    return {name: [row for row in rows if name not in events or begins(row) <= moment] for name, rows in tables.items()}


def company(seed: int) -> dict[str, list[Row]]:
    """With handoffs, decisions and activities of nobody, spread over a month."""
    tables = random_tables(seed)
    for number in range(30):
        at = START + timedelta(days=number, hours=number)
        when = at if number % 3 else at.date()
        tables["handoffs"].append({"handoff_id": f"of nobody {number}", "lead_id": "nobody", "at": when})
        tables["decisions"] += [
            {"decision_id": f"lost {number}", "handoff_id": "none", "at": when, "outcome": "accepted"},
            {"decision_id": f"late {number}", "lead_id": "nobody", "at": when, "outcome": "accepted"},
        ]
        tables["activities"].append({"activity_id": f"void {number}", "lead_id": "nobody", "at": when, "kind": "call"})
    return tables


@pytest.mark.parametrize("warehouse", [False, True])
def test_rows_of_nobody_are_counted_up_to_the_moment(
    tmp_path: Path, warehouse: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = company(5)
    address = request.getfixturevalue("postgres_url") if warehouse else ""
    with monkeypatch.context() as there:
        if warehouse:
            there.setenv("ACCORD_DATABASE", address)
        everything = stored(tmp_path / "everything", tables)
    counts = []
    for number, moment in enumerate(MOMENTS):
        with open_source(stored(tmp_path / str(number), up_to(tables, moment)), moment) as source:
            expected = dict(source.left_out)
        for _time in range(2):  # and again, from what is kept
            with monkeypatch.context() as there:
                if warehouse:
                    there.setenv("ACCORD_ENGINE", address)
                with open_source(everything, moment) as source:
                    assert dict(source.left_out) == expected
        counts.append(sum(expected.values()))
    assert 0 < counts[0] < counts[1]
