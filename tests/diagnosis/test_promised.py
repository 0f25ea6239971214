"""Which promise a lead was given and whether it was missed: against a plain reading of the agreement, lead by lead."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from math import inf
from typing import Any

import pytest

from accord.agreement.model import Acceptance, Agreement, LeadClassPromise
from accord.demo.company import Cause, Company
from accord.diagnosis.cases import Cases, fetch_cases
from accord.diagnosis.diagnose import diagnose
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.outcomes import Observation
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.inputs import BusinessClockAt
from accord.readmodel.source import Source
from accord.tables.times import microseconds
from accord.values import Estimate
from diagnosis.companies import AS_OF, source_of
from episodes.data import arrow_table

CALL = LeadClassPromise(name="Call", where={"lead_type": ("demo", "call")}, within_hours=1, clock="business")
PAPER = LeadClassPromise(name="Paper", where={"lead_type": ("paper",)}, within_hours=48)
LARGE = LeadClassPromise(name="Large", where={"employees": ("5000",)}, within_hours=24, clock="business")
NOWHERE = LeadClassPromise(name="Nowhere", where={"moon": ("full",)}, within_hours=2)
RULES = Acceptance(definition="explicit", promises=(PAPER, CALL, LARGE, NOWHERE))
TUESDAY = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001 - naive UTC; nine hours are open until 18:00
DELAYS = (0.5, 1.5, 8.0, 25.0, 47.0, 49.0, None)
KINDS = (("demo", 10), ("paper", 10), ("paper", 5000), ("webinar", 10), (None, 5000))


def company() -> dict[str, list[dict[str, Any]]]:
    leads, handoffs, decisions = [], [], []
    for number, ((kind, employees), delay) in enumerate(product(KINDS, DELAYS)):
        leads.append({"lead_id": f"l{number}", "created_at": TUESDAY, "lead_type": kind, "employees": employees})
        handed = TUESDAY + timedelta(seconds=number)  # in this order the cases come
        handoffs.append({"handoff_id": f"h{number}", "lead_id": f"l{number}", "at": handed, "rep_id": "r"})
        if delay is not None:
            moment = handed + timedelta(hours=delay)
            decisions.append(
                {"decision_id": f"d{number}", "handoff_id": f"h{number}", "at": moment, "outcome": "accepted"}
            )
    return {"leads": leads, "handoffs": handoffs, "decisions": decisions}


def open_hours(delay: float) -> float:
    """Open hours from Tuesday nine o'clock on, of days from nine to six."""
    days, hours = divmod(delay, 24)
    return 9 * days + min(hours, 9)


def fetched(rules: Acceptance) -> Cases:
    agreement = Agreement(acceptance=rules)
    engine, tables = DuckDBEngine(), company()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, agreement)
    with Source(engine, agreement, AS_OF, {name: len(rows) for name, rows in tables.items()}) as source:
        clock = BusinessClockAt(agreement, AS_OF)
        return fetch_cases(source, Observation("explicit", rules, microseconds(AS_OF), clock))


def test_each_lead_is_late_by_what_its_classes_were_promised_and_by_their_clocks() -> None:
    cases = fetched(RULES)
    expected = []
    for (kind, employees), delay in product(KINDS, DELAYS):
        elapsed = inf if delay is None else delay
        opened = inf if delay is None else open_hours(delay)
        missed = []
        if kind == "demo":
            missed.append(opened > 1)
        if kind == "paper":
            missed.append(elapsed > 48)
        if employees == 5000:
            missed.append(opened > 9)  # 24 hours of the business clock are one business day
        expected.append(any(missed) if missed else opened > 9)
    assert list(cases.late) == expected
    assert 0 < sum(expected) < len(expected)
    # called by the strictest: of 24 h and 48 h it is 24
    assert [int(cases.promise[place * len(DELAYS)]) for place in range(len(KINDS))] == [1, 4, 3, 0, 3]


def test_without_classes_the_first_promise_holds_for_all() -> None:
    cases = fetched(Acceptance(definition="explicit"))
    expected = [delay is None or open_hours(delay) > 9 for _, delay in product(KINDS, DELAYS)]
    assert list(cases.late) == expected
    assert not cases.promise.any()


SLOW = Cause("slow_response", {"team": "DACH"}, strength=6.0)


@pytest.mark.parametrize("cause", [SLOW, None])
def test_a_slow_team_is_told_promise_by_promise_and_a_strict_promise_alone_is_no_finding(cause: Cause | None) -> None:
    """The counts of the sentence add up to the cases; whoever is only promised more is not slower."""
    kinds = ("demo_request", "contact_request", "call_in")
    asked = LeadClassPromise(name="Asked", where={"lead_type": kinds}, within_hours=4, clock="business")
    agreement = Agreement(
        timezone="Europe/Paris",
        acceptance=Acceptance(
            definition="explicit",
            promises=(asked, LeadClassPromise(name="Read", where={"lead_type": ("white_paper",)}, within_hours=48)),
        ),
    )
    company = Company().with_causes(cause) if cause else Company()
    with source_of(company, 5_000, 611, agreement) as source:
        report = diagnose(source)
    slow = [finding for finding in report.findings if finding.kind == "slow_response"]
    if cause is None:
        assert not slow
        return
    (finding,) = slow
    assert finding.where == {"team": "DACH"}
    late = {one.what: one.value for one in finding.evidence}
    whole, parts = late["late"], [late[f"late: {name}"] for name in ("Asked", "Read")]
    assert isinstance(whole, Estimate)
    assert all(isinstance(part, Estimate) for part in parts)
    for part, name in zip(parts, ("Asked", "Read"), strict=True):
        assert isinstance(part, Estimate)
        counted = f"“{name}”, within {4 if name == 'Asked' else 48} h"
        assert counted in finding.text["en"]
        assert f"{round(part.value * part.n)} of {part.n}" in finding.text["en"]
        assert 0 < part.n < whole.n
