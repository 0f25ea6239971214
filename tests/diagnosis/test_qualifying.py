"""How long handing over takes, worked out: by hand, against a plain loop, and told beside late answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.load import load_agreement
from accord.demo.company import Cause, Company
from accord.diagnosis import qualifying
from accord.diagnosis.qualifying import hours_until_handed, median_and_late, since_qualified
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.source import Source
from accord.report.diagnosis.answer import diagnosis_json
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import diagnosed_with_points
from episodes.data import arrow_table

HOUR = 3_600_000_000
AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - naive UTC
HANDED = datetime(2026, 6, 10, 12)  # noqa: DTZ001 - naive UTC
RULE = """\
name: Ours
version: "1"
timezone: Europe/Paris
qualification:
  criteria:
    - {id: paper, axis: engagement, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 20,
       touches: {kind: download, within_days: 9}}
  threshold: 40
"""


def plain(rows: list[tuple[int, int, bool, bool, int]]) -> list[float]:
    """The definition: from the handoff backwards, as long as every moment qualifies."""
    answer = []
    for lead in sorted({row[0] for row in rows}):
        theirs = [row for row in rows if row[0] == lead]
        since = None
        for row in reversed(theirs):
            if not row[2]:
                break
            since = row
        hours = np.nan if since is None else (since[4] - since[1]) / HOUR
        answer.append(np.inf if since is not None and since[3] else hours)
    return answer


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50), st.booleans(), st.booleans()), max_size=30))
def test_the_last_unbroken_time_is_that_of_a_plain_loop(drawn: list[tuple[int, int, bool, bool]]) -> None:
    rows = [(lead, hour * HOUR, held, dated, 60 * HOUR) for lead, hour, held, dated in sorted(drawn)]
    lead, moment, held, dated, handed = (np.array([row[k] for row in rows]) for k in range(5))
    found = hours_until_handed(lead, moment, held.astype(bool), dated.astype(bool), handed)
    np.testing.assert_allclose(found, plain(rows))


def of_leads(
    folder: Path,
    touches: dict[str, list[tuple[float, str]]],
    merged: dict[str, str] | None = None,
    handed: dict[str, datetime] | None = None,
) -> Source:
    """Leads ``handed`` over, all at one moment unless given; of each, how many hours before it what happened."""
    handed = handed or dict.fromkeys(touches, HANDED)
    (folder / "accord.yaml").write_text(RULE, encoding="utf-8")
    agreement = load_agreement(folder / "accord.yaml").agreement
    merged = merged or {}
    rows: dict[str, list[dict[str, Any]]] = {
        "leads": [
            {"lead_id": lead, "created_at": HANDED - timedelta(days=60), "merged_into": merged.get(lead)}
            for lead in touches
        ],
        "touches": [
            {"touch_id": f"{lead} {k}", "lead_id": lead, "at": handed[lead] - timedelta(hours=hours), "kind": kind}
            for lead, theirs in touches.items()
            for k, (hours, kind) in enumerate(theirs)
        ],
        "handoffs": [
            {"handoff_id": f"h {lead}", "lead_id": lead, "at": handed[lead], "rep_id": "r1", "team": "north"}
            for lead in touches
            if lead not in merged
        ],
    }
    engine = DuckDBEngine()
    for name, some in rows.items():
        engine.keep(name, arrow_table(name, some))
    materialise_episodes(engine, agreement)
    return Source(engine, agreement, AS_OF, {name: len(some) for name, some in rows.items()})


def test_a_lead_has_qualified_since_the_rule_held_without_a_break(tmp_path: Path) -> None:
    paper, page = "download", "page_view"
    touches = {
        "crossed": [(30.0, paper), (5.0, paper), (2.0, paper)],
        "fell back": [(24.0 * 20, paper), (24.0 * 20, paper), (24.0 * 5, page), (7.0, paper), (1.0, paper)],
        "never": [(30.0, paper), (2.0, page)],
        "no longer": [(24.0 * 20, paper), (24.0 * 20, paper), (2.0, page)],
        "two names": [(8.0, paper)],
        "old name": [(3.0, paper)],
    }
    with of_leads(tmp_path, touches, {"old name": "two names"}) as source:
        found = since_qualified(source, date(2026, 1, 1), ["team"])
    assert found is not None
    assert sorted(found.hours[np.isfinite(found.hours)].tolist()) == [1.0, 3.0, 5.0]
    assert found.hours.size == 5, "one for each lead handed over"
    assert set(found.values["team"]) == {"north"}


def test_the_sample_is_every_so_many_by_time_and_at_one_instant_by_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instants = ["db", "face", "g"]  # the leads of each, in no order
    handed = {lead: HANDED + timedelta(hours=k) for k, leads in enumerate(instants) for lead in leads}
    hours = {lead: float(k + 1) for k, lead in enumerate("abcdefg")}
    touches = {lead: [(30.0, "download"), (hours[lead], "download")] for lead in handed}
    monkeypatch.setattr(qualifying, "MOST_LEADS", 3)
    with of_leads(tmp_path, touches, handed=handed) as source:
        found = since_qualified(source, date(2026, 1, 1), [])
    in_order = sorted(handed, key=lambda lead: (handed[lead], lead))
    assert found is not None
    assert sorted(found.hours.tolist()) == sorted(hours[lead] for lead in in_order[::3])


def test_of_a_lead_that_qualified_on_a_day_without_an_hour_no_time_is_told(tmp_path: Path) -> None:
    with of_leads(tmp_path, {"a": [(30.0, "download"), (5.0, "download")]}) as source:
        table = source.engine.table("touches").mutate(at_is_date=True)
        source.engine.materialise("touches", table)
        found = since_qualified(source, date(2026, 1, 1), [])
    assert found is not None
    assert np.isinf(found.hours).all()


@pytest.mark.parametrize(("by_day", "told"), [(0, True), (2, True), (3, False), (40, False)])
def test_those_with_an_hour_do_not_stand_for_many_without(by_day: int, *, told: bool) -> None:
    """Those with an hour waited for something that has one: for the slow ones, where a day is all that forms leave."""
    hours = np.concatenate([np.full(40, 30.0), np.full(by_day, np.inf), np.full(100, np.nan)])
    median, late = median_and_late(hours, 24)
    if told:
        assert isinstance(median, Estimate)
        assert isinstance(late, Estimate)
        assert (median.value, median.n, late.value) == (30, 40, 1)
    else:
        assert median == late == Unknown(Reason.NOT_IDENTIFIED)


@pytest.mark.slow
def test_whose_a_delay_is_is_told_of_tables_that_record_no_moment_of_qualifying(tmp_path: Path) -> None:
    slow = Cause("slow_response", {"team": "DACH"}, 8.0)
    report = diagnosed_with_points(Company().with_causes(slow), 3_000, 545, tmp_path)
    delays = report.delays
    assert delays is not None
    assert delays.by_rule
    assert isinstance(delays.handed_after_hours, Estimate)
    assert isinstance(delays.handed_late, Estimate)
    assert 1_000 < delays.handed_after_hours.n <= 1_500
    late = next(one for one in report.findings if one.kind == "slow_response")
    theirs = {one.what: one.value for one in late.context}
    assert isinstance(theirs["hours_to_hand_over"], Estimate)
    assert theirs["hours_to_hand_over"].n < delays.handed_after_hours.n / 2
    said = diagnosis_json(report)["data"]["delays"]  # type: ignore[index,call-overload]
    assert said["by_rule"] is True  # type: ignore[index,call-overload]
