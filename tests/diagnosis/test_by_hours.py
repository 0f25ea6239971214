"""Dates without an hour leave open whether an answer was late: what a diagnosis says then holds whatever the hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from accord.agreement.model import Acceptance, Agreement, LeadClassPromise
from accord.demo.company import HEALTHY, Cause, Company
from accord.demo.simulate import simulate
from accord.diagnosis.cases import ByHours, Cases, fetch_cases
from accord.diagnosis.diagnose import examine_cases
from accord.diagnosis.habits import definition_gaps
from accord.diagnosis.lateness import habit_share, late_share, open_by_hours
from accord.diagnosis.questions import held_to_promise
from accord.diagnosis.report import DiagnosisReport, Finding
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.metrics.outcomes import Observation
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.tables.times import microseconds
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import AS_OF, READ, UNTIL, plain_company
from episodes.data import arrow_table

ASKED = LeadClassPromise(
    name="Asked", where={"lead_type": ("demo_request", "contact_request", "call_in")}, within_hours=1, clock="business"
)
RULES = Acceptance(definition="explicit", promises=(ASKED,))
AGREEMENT = Agreement(timezone="UTC", acceptance=RULES)
SLOW = Company().with_causes(Cause("slow_response", {"team": "DACH"}, strength=8.0))
DATED = ("handoffs", "decisions", "activities")


def by_day(table: pa.Table, chosen: np.ndarray) -> pa.Table:
    """The table with only the day of ``at`` where ``chosen``, as a file with dates without an hour gives it."""
    dates = pc.floor_temporal(table["at"], unit="day")
    mask = pa.chunked_array([pa.array(chosen)])
    at = pc.if_else(mask, dates, table["at"]).cast(table.schema.field("at").type)
    table = table.set_column(table.schema.get_field_index("at"), "at", at)
    if "at_is_date" in table.column_names:
        table = table.drop_columns(["at_is_date"])
    return table.append_column("at_is_date", mask)


def looked_at(company: Company, size: int, seed: int, share: float) -> tuple[Cases, DiagnosisReport]:
    """The company with a ``share`` of its leads known by their days alone."""
    simulated = simulate(company, size, seed, UNTIL).tables
    engine, rows = DuckDBEngine(), {}
    for name in READ:
        table = pa.concat_tables(list(simulated[name]()))
        if name in DATED:
            number = [int("".join(filter(str.isdigit, lead)) or 0) for lead in leads_of(table, simulated)]
            table = by_day(table, (np.array(number) * 7919) % 1000 < 1000 * share)
        engine.keep(name, table)
        rows[name] = table.num_rows
    materialise_episodes(engine, AGREEMENT)
    with Source(engine, AGREEMENT, AS_OF, rows) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        cases = fetch_cases(source, Observation("explicit", RULES, microseconds(source.as_of), clock))
        return cases, examine_cases(source, cases)


def leads_of(table: pa.Table, tables: object) -> Sequence[str]:
    del tables
    name = "lead_id" if "lead_id" in table.column_names else "handoff_id"
    return [str(one) for one in table[name].to_pylist()]


def slow(report: DiagnosisReport) -> list[Finding]:
    return [finding for finding in report.findings if finding.kind == "slow_response"]


@pytest.fixture(scope="module")
def known() -> tuple[Cases, DiagnosisReport]:
    return looked_at(SLOW, 4_000, 17, 0.0)


@pytest.fixture(scope="module")
def unknown() -> tuple[Cases, DiagnosisReport]:
    return looked_at(SLOW, 4_000, 17, 1.0)


def segments(cases: Cases) -> Iterator[tuple[str, str]]:
    for name in ("team", "channel", "lead_type", "rep_id"):
        dimension = cases.dimension(name)
        assert dimension is not None
        yield from ((name, value) for value in dimension.values)


def test_the_truth_lies_within_the_bounds_in_every_segment(
    known: tuple[Cases, DiagnosisReport], unknown: tuple[Cases, DiagnosisReport]
) -> None:
    hours, days = known[0], unknown[0]
    assert hours.hours is None
    assert days.hours is not None
    wide = 0
    for name, value in segments(hours):
        truth = hours.late[hours.rows({name: value}) & held_to_promise(hours)]
        among = days.rows({name: value}) & held_to_promise(days)
        undecided = abs(truth.size - int(among.sum()))  # the youngest, which one may have to wait for
        assert undecided <= 2
        least, most = int((days.hours.late_least & among).sum()), int((days.hours.late_most & among).sum())
        assert least - undecided <= int(truth.sum()) <= most + undecided
        wide += most - least > 0.2 * among.sum()
    assert wide > 10, "most segments leave much open, or nothing was at stake"


def test_shares_stand_with_what_the_dates_leave_open(unknown: tuple[Cases, DiagnosisReport]) -> None:
    cases, report = unknown
    assert report.delays is not None
    late = report.delays.late
    assert isinstance(late, Estimate)
    assert late.date_bounds is not None
    promised = held_to_promise(cases)
    assert cases.hours is not None
    assert late.date_bounds.low == pytest.approx(cases.hours.late_least[promised].mean())
    assert late.date_bounds.high == pytest.approx(cases.hours.late_most[promised].mean())
    assert late.date_bounds.high - late.date_bounds.low > 0.1
    said = f"For {open_by_hours(cases, promised):,} of {int(promised.sum()):,} leads it cannot be said"
    assert said in diagnosis_text(report, Look(width=400))


def test_a_promise_of_an_hour_is_not_answered_by_days(unknown: tuple[Cases, DiagnosisReport]) -> None:
    """Of leads answered on the day they came, nothing tells whether it took an hour: no share is made up."""
    cases, _report = unknown
    assert cases.hours is not None
    open_ = (cases.promise == 1) & held_to_promise(cases) & (cases.hours.late_least != cases.hours.late_most)
    assert open_.sum() > 100
    assert late_share(cases, open_) == Unknown(Reason.NOT_IDENTIFIED)


def test_who_is_slow_is_told_only_where_it_holds_whatever_the_hours(
    known: tuple[Cases, DiagnosisReport], unknown: tuple[Cases, DiagnosisReport]
) -> None:
    (surely,) = slow(known[1])
    assert surely.where == {"team": "DACH"}
    assert isinstance(surely.effect, Estimate)
    assert surely.effect.date_bounds is None
    assert not slow(unknown[1]), "half of all answers may have been in time or late"
    _cases, partly = looked_at(SLOW, 4_000, 17, 0.1)
    (found,) = slow(partly)
    assert found.where == {"team": "DACH"}
    assert isinstance(found.effect, Estimate)
    bounds = found.effect.date_bounds
    assert bounds is not None
    assert 0.1 <= bounds.low < found.effect.value < bounds.high
    assert found.confidence <= surely.confidence
    assert "for want of hours in some dates" in diagnosis_text(partly, Look(width=400))
    assert " answers came late" in found.text["en"]
    assert "between " in found.text["en"]


def test_hours_that_are_known_leave_nothing_open() -> None:
    cases, _report = looked_at(HEALTHY, 600, 3, 0.0)
    assert cases.hours is None


SILENT = Company().with_causes(Cause("definition_gap", {"team": "DACH"}, strength=0.5))


@pytest.fixture(scope="module")
def silent_known() -> tuple[Cases, DiagnosisReport]:
    return looked_at(SILENT, 4_000, 17, 0.0)


@pytest.fixture(scope="module")
def silent_unknown() -> tuple[Cases, DiagnosisReport]:
    return looked_at(SILENT, 4_000, 17, 1.0)


@pytest.mark.parametrize("habit", ["ghost", "silent"])
def test_the_share_of_a_habit_lies_within_what_dates_leave_open(
    silent_known: tuple[Cases, DiagnosisReport], silent_unknown: tuple[Cases, DiagnosisReport], habit: str
) -> None:
    hours, days = silent_known[0], silent_unknown[0]
    looked, open_ = 0, 0
    for name, value in segments(hours):
        truth = habit_share(hours, habit, hours.rows({name: value}))
        told = habit_share(days, habit, days.rows({name: value}))
        if not isinstance(truth, Estimate) or not isinstance(told, Estimate):
            continue
        assert truth.date_bounds is None
        looked += 1
        low, high = (
            (told.value, told.value) if told.date_bounds is None else (told.date_bounds.low, told.date_bounds.high)
        )
        open_ += high > low
        youngest = 2 / truth.n  # one may have to wait for its hour
        assert low - youngest <= truth.value <= high + youngest
    assert looked > 10
    assert open_ > 5 or habit == "silent", "nothing was at stake"


def test_a_habit_is_told_with_what_dates_leave_open_of_it(
    silent_known: tuple[Cases, DiagnosisReport], silent_unknown: tuple[Cases, DiagnosisReport]
) -> None:
    (surely,) = [one for one in silent_known[1].findings if one.kind == "definition_gap"]
    (found,) = [one for one in silent_unknown[1].findings if one.kind == "definition_gap"]
    assert surely.where == found.where == {"team": "DACH"}
    assert found.confidence <= surely.confidence + 0.01


def test_a_habit_that_may_be_none_for_want_of_hours_is_not_told(silent_known: tuple[Cases, DiagnosisReport]) -> None:
    """Were half of the silent ones decided on a day that may lie within their time, nothing would be sure."""
    cases, _report = silent_known
    of, counted = cases.flags["silent_of"], cases.flags["silent"]
    nobody = np.zeros(len(cases), dtype=np.bool_)
    ways = ((of, nobody), (of, counted))
    hours = ByHours(cases.late, cases.late, (cases.waited, cases.waited), {"silent": ways, "ghost": ways}, counted)
    assert not definition_gaps(replace(cases, hours=hours), AGREEMENT).findings
    assert definition_gaps(cases, AGREEMENT).findings


def test_vain_calls_on_days_without_hours_are_cautioned() -> None:
    company = Company().with_causes(Cause("token_effort", {"team": "DACH"}, strength=0.5))
    cases, report = looked_at(company, 3_000, 17, 1.0)
    assert cases.flags["token"].any()
    assert "vain calls after it may be more or fewer" in " ".join(diagnosis_text(report, Look(width=600)).split())
    _cases, hourly = looked_at(company, 3_000, 17, 0.0)
    assert "vain calls after it" not in " ".join(diagnosis_text(hourly, Look(width=600)).split())


def fetched_on(engine: Engine) -> Cases:
    """A company whose every second decision, and every third call, is a date without an hour."""
    tables = plain_company(300)
    for place, decision in enumerate(tables["decisions"]):
        if place % 2:
            decision["at"] = decision["at"].date()
    calls = []
    for place, handoff in enumerate(tables["handoffs"][:200]):
        at = handoff["at"] + timedelta(days=place % 9)
        told = at.date() if place % 3 == 0 else at
        calls.append({"activity_id": f"a{place}", "lead_id": handoff["lead_id"], "at": told, "kind": "call"})
        calls[-1]["rep_id"] = handoff["rep_id"]
    tables = {**tables, "activities": calls}
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, AGREEMENT)
    with Source(engine, AGREEMENT, AS_OF, {name: len(rows) for name, rows in tables.items()}) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        return fetch_cases(source, Observation("explicit", RULES, microseconds(source.as_of), clock))


def test_dates_leave_the_same_open_on_every_engine(postgres_url: str) -> None:
    mine, theirs = fetched_on(DuckDBEngine()), fetched_on(PostgresEngine(postgres_url))
    assert mine.hours is not None
    assert theirs.hours is not None
    assert 0 < mine.hours.dated.sum() < len(mine)
    np.testing.assert_array_equal(mine.hours.dated, theirs.hours.dated)
    np.testing.assert_array_equal(mine.hours.late_most, theirs.hours.late_most)
    ghosts = mine.hours.habits["ghost"]
    assert ghosts[0][1].sum() < ghosts[1][1].sum(), "nothing was at stake"
    for habit, ways in mine.hours.habits.items():
        for one, other in zip(ways, theirs.hours.habits[habit], strict=True):
            np.testing.assert_array_equal(one, other)
