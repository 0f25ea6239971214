"""A replay knows of each lead what was recorded at its moment, and says where nothing so old is recorded."""

from __future__ import annotations

import json
import random
import sqlite3
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from accord.cli.main import run
from accord.qualification.known_then import HowKnown, leads_known_at, leads_known_each_at
from accord.readmodel.opening import open_source
from accord.tables.times import microseconds
from accord.workspace import Workspace

AGREEMENT = """
name: Ours
version: "1"
qualification:
  criteria:
    - {id: size, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 20,
       when: {field: employees, at_least: 50}}
    - {id: region, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 5, when: {field: region, is: north}}
    - {id: seen, axis: engagement, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 1, touches: {within_days: 9}}
  threshold: 20
"""
NOON = time(12)
START = datetime(2026, 3, 1)  # noqa: DTZ001 - naive UTC


def imported(place: Path, name: str, text: str) -> None:
    (place / f"{name}.csv").write_text(text)
    table = name.split("-", maxsplit=1)[0]
    assert run(["import", str(place / f"{name}.csv"), "--table", table, "--workspace", str(place)]) == 0


def finished(place: Path, *moments: str) -> None:
    """The imports of leads were finished at these moments, in their order."""
    database = sqlite3.connect(place / "accord.db")
    leads = database.execute(
        "SELECT id FROM imports WHERE id IN (SELECT import_id FROM leads_versions) ORDER BY position"
    ).fetchall()
    for (number,), moment in zip(leads, moments, strict=True):
        database.execute("UPDATE imports SET finished_at = ? WHERE id = ?", (f"{moment} 12:00:00.000000", number))
    database.commit()
    database.close()


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """ann is handed over on 10 March and grows afterwards; bob grows before; cid is merged into dee and found to be
    older than was written; eve comes with the second import.
    """
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    heading = "lead_id,created_at,employees,region,merged_into\n"
    imported(
        tmp_path,
        "leads-1",
        heading
        + "ann,2026-03-01T09:00Z,10,north,\nbob,2026-03-01T09:00Z,10,,\ncid,2026-03-01T09:00Z,10,,\n"
        + "dee,2026-08-01T09:00Z,60,,\n",
    )
    imported(
        tmp_path,
        "leads-2",
        heading
        + "ann,2026-03-01T09:00Z,90,south,\nbob,2026-03-01T09:00Z,90,north,\ncid,2026-03-01T09:00Z,10,,dee\n"
        + "dee,2026-03-02T09:00Z,8,,\neve,2026-03-03T09:00Z,90,,\n",
    )
    imported(tmp_path, "handoffs", "handoff_id,lead_id,at\nh1,ann,2026-03-10T09:00Z\n")
    imported(
        tmp_path,
        "touches",
        "touch_id,lead_id,at,kind\nt1,bob,2026-03-20T09:00Z,form\nt2,cid,2026-03-12T09:00Z,form\n",
    )
    return tmp_path


def answered(place: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, str], dict[str, Any]]:
    capsys.readouterr()
    at = place / "leads.out.csv"
    words = ["agreement", "replay", "--workspace", str(place), "--json", "--csv", str(at)]
    assert run(words) == 0
    rows = [line.split(",") for line in at.read_text().splitlines()[1:]]
    data: dict[str, Any] = json.loads(capsys.readouterr().out)["data"]
    return {row[0]: row[3] for row in rows}, data["columns"]


def test_each_lead_has_the_columns_that_were_known_at_its_moment(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(company, "2026-03-05", "2026-03-15")
    # ann on 10 March: small and in the north; bob on 20 March: grown. dee, created on 2 March as one knows now, did
    # something on 12 March (what cid did is hers): large, as was believed then. eve did nothing after the 3rd, when
    # nobody had heard of her: as first recorded.
    scores, columns = answered(company, capsys)
    assert scores == {"ann": "5", "bob": "26", "dee": "21", "eve": "20"}
    assert columns == {"known": "then", "changed_since": 2, "first_recorded_later": 1}


def test_what_was_recorded_later_only_is_taken_as_first_recorded(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nothing is said of when: both imports ran today, long after.
    scores, columns = answered(company, capsys)
    assert scores == {"ann": "5", "bob": "1", "dee": "21", "eve": "20"}
    assert columns == {"known": "then", "changed_since": 3, "first_recorded_later": 4}
    assert run(["agreement", "replay", "--workspace", str(company)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "3 leads were changed since then: their columns are those that were known then." in out
    assert "4 leads were first imported after that: their columns are as first recorded." in out


def test_versions_are_chosen_as_one_chooses_them_one_by_one(tmp_path: Path) -> None:
    """Six imports of random leads with random values, finished at random moments, against a plain choice."""
    draw = random.Random(7)
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    leads = [f"l{number}" for number in range(25)]
    versions: dict[str, list[tuple[int, int]]] = {}
    for number in range(6):
        some = draw.sample(leads, 14)
        values = {lead: draw.randrange(5) for lead in some}
        imported(
            tmp_path,
            f"leads-{number}",
            "lead_id,created_at,employees\n"
            + "".join(f"{lead},2026-03-01T09:00Z,{value}\n" for lead, value in values.items()),
        )
        for lead, value in values.items():
            so_far = versions.setdefault(lead, [])
            if not so_far or so_far[-1][1] != value:
                so_far.append((number, value))
    days = [START.date() + timedelta(days=day) for day in sorted(draw.sample(range(1, 40), 6))]
    finished(tmp_path, *map(str, days))
    moments = {lead: START + timedelta(days=draw.randrange(45), hours=11) for lead in versions}

    def plain(lead: str, moment: datetime) -> tuple[int, bool, bool]:
        """The value, whether it is not the last one, whether the lead was recorded later."""
        done = [number for number, day in enumerate(days) if datetime.combine(day, NOON) <= moment]
        past = [value for number, value in versions[lead] if number in done]
        at = len(past) - 1 if past else 0
        return versions[lead][at][1], at < len(versions[lead]) - 1, not past

    workspace = Workspace(tmp_path)
    with open_source(workspace, datetime(2026, 6, 1)) as source:  # noqa: DTZ001 - naive UTC
        stamps = pa.array([microseconds(moment) for moment in moments.values()], pa.int64())
        source.engine.keep("own", pa.table({"lead_id": pa.array(list(moments)), "moment_us": stamps}))
        known = leads_known_each_at(workspace, source.engine, source.engine.table("own"))
        rows = source.engine.run(known.table.select("lead_id", "employees")).to_pylist()
        expected = {lead: plain(lead, moment) for lead, moment in moments.items()}
        assert {row["lead_id"]: row["employees"] for row in rows} == {lead: one[0] for lead, one in expected.items()}
        counts = HowKnown(sum(one[1] for one in expected.values()), sum(one[2] for one in expected.values()))
        assert known.how(source.engine, source.engine.table("own")) == counts
        assert min(counts.changed, counts.later) > 1
    for day in (0, 9, 21, 44):
        moment = START + timedelta(days=day, hours=11)
        with open_source(workspace, datetime(2026, 6, 1)) as source:  # noqa: DTZ001 - naive UTC
            known = leads_known_at(workspace, source.engine, moment)
            rows = source.engine.run(known.table.select("lead_id", "employees")).to_pylist()
            expected = {lead: plain(lead, moment) for lead in versions}
            assert {row["lead_id"]: row["employees"] for row in rows} == {
                lead: one[0] for lead, one in expected.items()
            }
            counts = HowKnown(sum(one[1] for one in expected.values()), sum(one[2] for one in expected.values()))
            assert known.how(source.engine, known.table) == counts
