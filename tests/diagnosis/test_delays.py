"""Whose a delay is: the system's, the queue's, the person's; figures by hand, and planted ones found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import beta

from accord.demo.company import HEALTHY
from accord.diagnosis.cases import Cases, Dimension, fetch_cases
from accord.diagnosis.delays import delays_of, evidence_of, said_whose
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import Delays, DiagnosisReport, Evidence
from accord.engines.duckdb import DuckDBEngine
from accord.language import use_language
from accord.metrics.outcomes import Observation
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.diagnosis.evidence import said_of
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.tables.times import microseconds
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import AGREEMENT, AS_OF, diagnosed, plain_company, source_of
from episodes.data import arrow_table

PROMISE = 24.0


@pytest.fixture(scope="module")
def some() -> Cases:
    with source_of(HEALTHY, 2_500, 541, AGREEMENT) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        observation = Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock)
        return fetch_cases(source, observation)


def everything(cases: Cases) -> np.ndarray:
    return np.ones(len(cases), dtype=np.bool_)


def with_owners(cases: Cases, seed: int, queue: float, own: tuple[float, ...]) -> Cases:
    """Each owner is late with ``own`` of the leads, and ``queue`` more often in weeks above capacity."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(len(own), size=len(cases))
    # who is slowest is nearly always full: the queue is not to blame for it
    full = rng.random(len(cases)) < np.linspace(0.2, 0.95, len(own))[owner]
    late = rng.random(len(cases)) < np.array(own)[owner] + queue * full
    others = tuple(one for one in cases.dimensions if one.name != "rep_id")
    names = tuple(f"r{k}" for k in range(len(own)))
    return replace(
        cases,
        late=late,
        judged=everything(cases),
        load=np.where(full, 1.5, 0.5),
        dimensions=(*others, Dimension("rep_id", owner, names)),
    )


@pytest.mark.parametrize(("queue", "own"), [(0.0, (0.1, 0.2, 0.8)), (0.3, (0.05, 0.1, 0.6)), (0.5, (0.02, 0.02, 0.02))])
def test_the_queue_is_what_full_weeks_add_for_the_same_owner(some: Cases, queue: float, own: tuple[float, ...]) -> None:
    inside, errors = 0, []
    for seed in range(60):
        cases = with_owners(some, seed, queue, own)
        found = delays_of(cases, everything(cases), PROMISE)
        assert isinstance(found.from_queue, Estimate)
        assert isinstance(found.from_people, Estimate)
        assert found.from_queue.value + found.from_people.value == pytest.approx(1)
        true = queue * (cases.load > 1).sum() / cases.late.sum()
        errors.append(found.from_queue.value - true)
        inside += found.from_queue.low - 1e-9 <= true <= found.from_queue.high + 1e-9
    assert inside >= 51, "of 60 intervals of 95 %: fewer than 51 happen to one in 20,000"
    assert abs(np.mean(errors)) < 0.02 + 0.02 * (queue == 0), "what is cut at none leans upwards there"


def test_the_parts_by_hand(some: Cases) -> None:
    cases = with_owners(some, 7, 0.3, (0.1, 0.3))
    reps = cases.dimension("rep_id")
    assert reps is not None
    top = bottom = 0.0
    for code in range(2):
        mine = reps.code == code
        full, room = mine & (cases.load > 1), mine & (cases.load <= 1)
        weight = full.sum() * room.sum() / mine.sum()
        top += weight * (cases.late[full].mean() - cases.late[room].mean())
        bottom += weight
    share = top / bottom * (cases.load > 1).sum() / cases.late.sum()
    found = delays_of(cases, everything(cases), PROMISE).from_queue
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(share)
    assert found.n == cases.late.sum()


def test_none_of_a_few_answers_is_not_none_of_all(some: Cases) -> None:
    rng = np.random.default_rng(1)
    late = np.zeros(len(some), dtype=np.bool_)
    late[rng.choice(len(some), 34, replace=False)] = True
    idle = replace(some, late=late, judged=everything(some), load=np.full(len(some), 0.5))  # no week was full
    found = delays_of(idle, everything(idle), PROMISE)
    assert isinstance(found.from_queue, Estimate)
    assert isinstance(found.from_people, Estimate)
    assert (found.from_queue.value, found.from_queue.low, found.from_people.value) == (0, 0, 1)
    # Jeffreys' upper end at 0 of 34: the 97.5 % point of Beta(1/2, 34 + 1/2)
    assert found.from_queue.high == pytest.approx(beta.ppf(0.975, 0.5, 34.5))
    assert found.from_people.low == pytest.approx(1 - beta.ppf(0.975, 0.5, 34.5))


def test_where_full_weeks_are_better_the_queue_explains_nothing_and_its_interval_has_a_width(some: Cases) -> None:
    cases = with_owners(some, 5, -0.7, (0.9, 0.9))  # clearly fewer are late in full weeks
    queue = delays_of(cases, everything(cases), PROMISE).from_queue
    assert isinstance(queue, Estimate)
    assert queue.value == queue.low == 0 < queue.high


def test_whose_the_delay_is_is_told_only_where_answers_are_late_beyond_the_ordinary() -> None:
    report = diagnosed(HEALTHY, 1_500, 77)
    assert "slow_response" not in {finding.kind for finding in report.findings}
    assert report.delays is not None
    assert isinstance(report.delays.late, Estimate)
    assert report.delays.late.value > 0
    assert "Whose the delay is" not in diagnosis_text(report, Look(width=100))


@pytest.mark.parametrize(
    ("queue", "told"), [(0.0, "late_from_people"), (0.3, "late_from_people"), (0.8, "late_from_queue")]
)
def test_only_the_greater_part_of_late_answers_is_evidence(queue: float, told: str) -> None:
    parts = (Estimate(queue, queue, queue, 40), Estimate(1 - queue, 1 - queue, 1 - queue, 40))
    unknown = Unknown(Reason.NOT_RECORDED)
    delays = Delays(PROMISE, unknown, unknown, unknown, *parts)
    assert [one.what for one in evidence_of(delays)] == ["hours_to_hand_over", "handed_over_late", told]


def test_most_of_it_is_named_only_where_the_data_say_so(some: Cases) -> None:
    def whose(queue: float, own: tuple[float, ...]) -> str:
        cases = with_owners(some, 3, queue, own)
        return said_whose(delays_of(cases, everything(cases), PROMISE))["en"]

    assert whose(0.6, (0.02, 0.02, 0.02)) == "queue"
    assert whose(0.0, (0.1, 0.2, 0.8)) == "people"
    assert whose(0.15, (0.09, 0.09, 0.09)) == "", "about half of it is either's"


def test_nobody_is_named_where_nothing_is_recorded(some: Cases) -> None:
    reps = tuple(one for one in some.dimensions if one.name != "rep_id")
    bare = replace(some, load=np.full(len(some), np.nan), dimensions=reps)
    found = delays_of(bare, everything(bare), PROMISE)
    assert found.from_queue == found.from_people == Unknown(Reason.NOT_RECORDED)
    assert found.handed_after_hours == found.handed_late == Unknown(Reason.NOT_RECORDED)
    assert said_whose(found)["en"] == ""


def test_without_a_capacity_an_owners_usual_week_tells_which_are_full(some: Cases) -> None:
    bare = replace(some, load=np.full(len(some), np.nan))
    found = delays_of(bare, everything(bare), PROMISE)
    assert isinstance(found.from_queue, Estimate)


@pytest.fixture(scope="module")
def slow_system() -> DiagnosisReport:
    """Leads of fairs are handed over three days after they qualified, the others within an hour."""
    tables = plain_company(2_400, channel=lambda k: "fair" if k % 5 == 0 else "web" if k % 2 else "partner")
    handed = {row["lead_id"]: row["at"] for row in tables["handoffs"]}
    qualified = [
        handed[lead["lead_id"]] - timedelta(hours=72.5 if lead["channel"] == "fair" else 0.75)
        for lead in tables["leads"]
    ]
    engine = DuckDBEngine()
    for name, rows in tables.items():
        table = arrow_table(name, rows)
        if name == "leads":  # a column of the company's own, as the import keeps it
            table = table.append_column("qualified_at", pa.array(qualified, pa.timestamp("us")))
        engine.keep(name, table)
    materialise_episodes(engine, AGREEMENT)
    with Source(engine, AGREEMENT, AS_OF, {name: len(rows) for name, rows in tables.items()}) as source:
        return diagnose(source)


@pytest.mark.parametrize(
    ("language", "what", "value", "said"),
    [
        ("en", "hours_to_hand_over", 0.1, "within 6 min ("),
        ("fr", "hours_to_hand_over", 0.75, "en 45 min ("),
        ("en", "business_days_to_answer", 0.8, "within 0.8 business days ("),
        ("en", "business_days_to_answer", 1.0, "within 1.0 business day ("),
        ("en", "business_days_to_answer", 1.9, "within 1.9 business days ("),
        ("fr", "business_days_to_answer", 0.8, "en 0,8 jour ouvré ("),
        ("fr", "business_days_to_answer", 1.9, "en 1,9 jour ouvré ("),
        ("fr", "business_days_to_answer", 2.0, "en 2,0 jours ouvrés ("),
    ],
)
def test_times_are_said_as_people_say_them(language: str, what: str, value: float, said: str) -> None:
    use_language(language)
    try:
        text = said_of(Evidence(what, Estimate(value, value / 2, value * 2, 40)))
    finally:
        use_language("en")
    assert said in text.replace("\u00a0", " ")


def test_what_the_system_takes_is_found_where_it_takes_it(slow_system: DiagnosisReport) -> None:
    found = [finding for finding in slow_system.findings if finding.kind == "slow_response"]
    assert [dict(finding.where) for finding in found] == [{"channel": "fair"}]
    figures = {one.what: one.value for one in (*found[0].evidence, *found[0].context)}
    for what, value in (("hours_to_hand_over", 72.5), ("handed_over_late", 1.0), ("handed_over_late_elsewhere", 0.0)):
        figure = figures[what]
        assert isinstance(figure, Estimate)
        assert figure.value == pytest.approx(value)
    assert [action.code for action in found[0].actions] == ["hand_over_at_once"]
    delays = slow_system.delays
    assert delays is not None
    assert isinstance(delays.handed_late, Estimate)
    assert delays.handed_late.value == pytest.approx(0.2)
    assert isinstance(delays.handed_after_hours, Estimate)
    assert delays.handed_after_hours.value == pytest.approx(0.75)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_three_are_named_with_numbers(slow_system: DiagnosisReport, language: str) -> None:
    answer = diagnosis_json(slow_system)["data"]
    assert isinstance(answer, dict)
    told = answer["delays"]
    assert isinstance(told, dict)
    figures = ("late", "handed_after_hours", "handed_late", "from_queue", "from_people")
    assert told.keys() == {"promise_hours", *figures, "by_rule"}
    assert told["by_rule"] is False, "it is recorded"
    use_language(language)
    try:
        text = diagnosis_text(slow_system, Look(width=100))
    finally:
        use_language("en")
    text = text.replace("\u00a0", " ")
    assert "within 3.0 days (" in text or "en 3,0 jours (" in text


def test_where_one_is_nearly_always_full_nobody_can_say_what_the_queue_adds(some: Cases) -> None:
    owner = np.zeros(len(some), dtype=np.int64)
    others = tuple(one for one in some.dimensions if one.name != "rep_id")
    load = np.full(len(some), 3.0)
    for late, leads in ((some.late, 1), (~some.late, 5)):  # all but six leads came in full weeks
        load[np.flatnonzero(late)[:leads]] = 0.5
    full = replace(some, load=load, judged=everything(some), dimensions=(*others, Dimension("rep_id", owner, ("r0",))))
    found = delays_of(full, everything(full), PROMISE)
    assert found.from_queue == found.from_people == Unknown(Reason.NOT_IDENTIFIED), "from nothing to all is no answer"
