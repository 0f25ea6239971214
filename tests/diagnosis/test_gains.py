"""What acting would bring, how many points more, how many leads a week: against plain counting, lead by lead."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from math import ceil

import numpy as np
import pytest

from accord.agreement.model import Agreement
from accord.demo.company import DEMO, Cause, Company
from accord.diagnosis.advice import advised
from accord.diagnosis.asking_more import points_apart, points_more
from accord.diagnosis.cases import Cases, Rows, fetch_cases
from accord.diagnosis.checking import weeks_to_tell
from accord.diagnosis.diagnose import examine_cases
from accord.diagnosis.report import DiagnosisReport, Finding
from accord.diagnosis.working import load_of
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import BusinessClockAt
from accord.stats.intervals import jeffreys
from accord.stats.steps import penalty
from accord.tables.times import microseconds
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import AGREEMENT, READ, SCORED, finding_of, own_agreement, source_of

Examined = tuple[Cases, DiagnosisReport, Agreement]


def examined(company: Company, size: int, seed: int, agreement: Agreement, names: tuple[str, ...]) -> Examined:
    with source_of(company, size, seed, agreement, names) as source:
        clock = BusinessClockAt(agreement, source.as_of)
        observation = Observation("explicit", agreement.acceptance, microseconds(source.as_of), clock)
        cases = fetch_cases(source, observation)
        return cases, examine_cases(source, cases), agreement


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    friction = Cause("segment_friction", {"channel": "paid_search"}, 0.3)
    company = DEMO.with_causes(*DEMO.causes, friction)
    agreement = own_agreement(company, 5_000, tmp_path_factory.mktemp("demo"))
    return examined(company, 5_000, 540, agreement, SCORED)


@pytest.fixture(scope="module")
def overloaded() -> Examined:
    return examined(
        Company().with_causes(Cause("rep_gap", {"rep_id": "R004"}, 2.0, reason="overload")), 4_000, 505, AGREEMENT, READ
    )


def lately(cases: Cases, inside: Rows) -> int:
    """Cases of the last thirteen weeks, counted one by one."""
    last = max(int(day) for day in cases.day)
    return sum(1 for day, there in zip(cases.day, inside, strict=True) if there and day > last - 91)


def test_a_gap_on_as_many_leads_as_came_lately(demo: Examined) -> None:
    cases, report, _agreement = demo
    told = [one for one in report.findings if one.kind in {"sudden_drop", "segment_friction", "slow_response"}]
    assert {one.kind for one in told} >= {"segment_friction", "slow_response"}
    for finding in told:
        leads = lately(cases, cases.rows(finding.where))
        assert isinstance(finding.effect, Estimate)
        assert finding.gain is not None
        assert isinstance(finding.gain.amount, Estimate)
        assert finding.gain.days == 91
        assert finding.gain.amount.n == leads
        assert finding.gain.amount.value == pytest.approx(abs(finding.effect.value) * leads)
        ends = sorted(abs(end) * leads for end in (finding.effect.low, finding.effect.high))
        assert [finding.gain.amount.low, finding.gain.amount.high] == pytest.approx(ends)
        assert str(round(finding.gain.amount.value)) in finding.gain.text["en"]
    assert {one.gain.of for one in told if one.gain} >= {"acceptances", "answers_in_time"}


def test_fewer_points_bring_fewer_refusals_and_fewer_acceptances_and_no_more_of_them(demo: Examined) -> None:
    cases, report, _agreement = demo
    finding = finding_of(report, "overweighted_signal")
    points = cases.points
    assert points is not None
    place = [one.id for one in points.criteria].index(finding.where["criterion"])
    proposed, granted = finding.facts["proposed"], finding.facts["granted"]
    assert isinstance(proposed, float)
    assert isinstance(granted, float)
    last = int(cases.day.max())
    back: list[int] = []
    for number in range(len(cases)):
        score, threshold = points.score[number], points.threshold[number]
        given = float(points.given[number, place])
        if points.known[number] and score >= threshold and score - given + given * proposed / granted < threshold:
            back.append(number)
    settled = [number for number in back if cases.settled[number]]
    rate = sum(bool(cases.accepted[number]) for number in settled) / len(settled)
    coming = sum(1 for number in back if cases.day[number] > last - 91)
    gain = finding.gain
    assert gain is not None
    assert gain.of == "refusals_avoided"
    assert isinstance(gain.amount, Estimate)
    assert gain.amount.value == pytest.approx((1 - rate) * coming)
    assert gain.amount.low < gain.amount.value < gain.amount.high
    assert f"{round(rate * coming)} acceptances fewer" in gain.text["en"]


def by_hand(cases: Cases, rows: Rows, target: float) -> tuple[int, float, int]:
    """The first bar that reaches the target, trying one after another: points, rate there, leads left."""
    points = cases.points
    assert points is not None
    over = [
        (float(points.score[k] - points.threshold[k]), bool(cases.accepted[k]))
        for k in range(len(cases))
        if rows[k] and points.known[k] and cases.settled[k] and points.score[k] >= points.threshold[k]
    ]
    for bar in range(200):
        left = [accepted for margin, accepted in over if margin >= bar]
        if len(left) < 50:
            break
        if sum(left) >= target * len(left):
            return bar, sum(left) / len(left), len(left)
    return -1, 0.0, 0


def apart(cases: Cases, rows: Rows, bar: int) -> bool:
    """Whether leads from the bar on are accepted more than those below it, by a plain test of two shares that pays for
    the best of all bars."""
    points = cases.points
    assert points is not None
    margin = np.minimum(np.floor(points.score - points.threshold), 200)
    among = rows & points.known & cases.settled & (margin >= 0)
    over, under = (cases.accepted[among & side] for side in (margin >= bar, margin < bar))
    rate = cases.accepted[among].mean()
    error = (rate * (1 - rate) * (1 / over.size + 1 / under.size)) ** 0.5
    bars = np.unique(margin[among]).size
    least = 0.04 * among.sum()
    price = penalty(bars) ** 0.5
    return bool(min(over.size, under.size) >= least and over.mean() - under.mean() >= price * error)


def test_a_score_that_does_not_separate_proposes_no_threshold(demo: Examined) -> None:
    """The best of many thresholds by chance is none: of forty flat scores, hardly any proposes one."""
    cases, *_rest = demo
    assert cases.points is not None
    proposed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        flat = replace(cases, accepted=rng.random(len(cases)) < 0.38)
        target = Estimate(0.45, 0.45, 0.45, 0)
        proposed += points_more(flat, np.ones(len(cases), dtype=np.bool_), target) is not None
    assert proposed <= 5, "one in twenty by chance: more than five of forty happen to one in a hundred"
    score = np.where(np.isfinite(cases.points.score), cases.points.score - cases.points.threshold, 0.0)
    rising = replace(cases, accepted=np.random.default_rng(1).random(len(cases)) < 0.3 + 0.4 * (score > 20))
    asked = points_more(rising, np.ones(len(cases), dtype=np.bool_), Estimate(0.6, 0.6, 0.6, 0))
    assert asked is not None, "a score that separates proposes one"


@pytest.mark.parametrize("target", [0.3, 0.66, 0.7, 0.75, 0.999])
def test_the_fewest_points_more_are_those_that_trying_finds(demo: Examined, target: float) -> None:
    cases, *_rest = demo
    sector = cases.dimension("sector")
    assert sector is not None
    rows = sector.code == sector.values.index("machinery")
    asked = points_more(cases, rows, Estimate(target, target - 0.02, target + 0.02, 500))
    bar, rate, left = by_hand(cases, rows, target)
    if asked is None:
        assert bar == -1 or not apart(cases, rows, bar)
        return
    assert not bar or apart(cases, rows, bar)
    assert (int(asked.points.value), asked.left) == (bar, left)
    assert asked.rate.value == pytest.approx(rate)
    assert asked.points.low <= bar <= asked.points.high
    chance = jeffreys(round(rate * left), left)
    assert (asked.rate.low, asked.rate.high) == pytest.approx((float(chance.low), float(chance.high)))
    others = points_apart(cases, rows)
    theirs = [
        bool(a)
        for a, r, s, k in zip(cases.accepted, rows, cases.settled, _crossed(cases), strict=True)
        if r and s and k
    ]
    assert (-1 if others is None else others.points.value) == by_hand(cases, ~rows, sum(theirs) / len(theirs))[0]


def _crossed(cases: Cases) -> Rows:
    points = cases.points
    assert points is not None
    return points.known & (points.score >= points.threshold)


def test_actions_name_points_criteria_and_reasons(demo: Examined) -> None:
    cases, report, _agreement = demo
    finding = finding_of(report, "segment_friction")
    text = {action.code: action.text["en"] for action in finding.actions}
    elsewhere = next(one.value for one in finding.evidence if one.what == "rate_elsewhere")
    assert isinstance(elsewhere, Estimate)
    asked = points_more(cases, cases.rows(finding.where), elsewhere)
    if asked is None:
        assert "points do not tell" in text["stricter_entry"]
    else:
        assert f"Ask {asked.points.value:g} points more" in text["stricter_entry"]
        assert f"{asked.left} of {asked.among} would be left" in text["stricter_entry"]
    refused = cases.rows(finding.where) & cases.decided & ~cases.accepted
    most, times = Counter(int(code) for code in cases.reason[refused] if code >= 0).most_common(1)[0]
    assert cases.reasons[most]
    assert f"({times} of {int(refused.sum())})" in text["read_refusals"]


def test_a_load_counted_week_by_week(overloaded: Examined) -> None:
    cases, report, _agreement = overloaded
    finding = next(one for one in report.findings if one.cause == "overload")
    reps, teams = cases.dimension("rep_id"), cases.dimension("team")
    assert reps is not None
    assert teams is not None
    weekly: dict[int, Counter[str]] = defaultdict(Counter)
    capacity: dict[str, float] = {}
    team_of: dict[str, str] = {}
    for number, day in enumerate(cases.day):
        rep = reps.values[reps.code[number]]
        weekly[(int(day) + 3) // 7][rep] += 1
        team_of[rep] = teams.values[teams.code[number]]
    for number, day in enumerate(cases.day):
        rep = reps.values[reps.code[number]]
        capacity[rep] = weekly[(int(day) + 3) // 7][rep] / float(cases.load[number])
    whole = [weekly[week]["R004"] for week in range(min(weekly) + 1, max(weekly))]
    over = [received - capacity["R004"] for received in whole if received > capacity["R004"] + 1e-9]
    usual = {rep: np.mean([weekly[w][rep] for w in range(min(weekly) + 1, max(weekly))]) for rep in capacity}
    colleagues = [rep for rep, team in team_of.items() if team == team_of["R004"] and rep != "R004"]
    load = load_of(cases, cases.rows(finding.where))
    assert load is not None
    assert load.capacity == pytest.approx(capacity["R004"])
    assert (load.weeks, load.full) == (len(whole), len(over))
    assert load.over == pytest.approx(np.mean(over))
    assert load.quiet == np.median(whole)
    assert load.room == pytest.approx(sum(max(capacity[rep] - float(usual[rep]), 0.0) for rep in colleagues))
    (action,) = finding.actions
    assert f"in {load.full} of {load.weeks} weeks" in action.text["en"]


def test_without_capacities_the_cap_is_that_of_the_quieter_weeks(overloaded: Examined) -> None:
    cases, report, agreement = overloaded
    finding = next(one for one in report.findings if one.cause == "overload")
    unknown = replace(cases, load=np.full(len(cases), np.nan))
    load = load_of(unknown, cases.rows(finding.where))
    assert load is not None
    assert load.capacity is None
    (action,) = advised(unknown, finding, agreement).actions
    assert f"no more than {load.quiet:g} leads a week" in action.text["en"]


def test_the_weeks_to_tell_are_those_after_which_the_effect_is_seen_four_times_in_five(demo: Examined) -> None:
    cases, report, _agreement = demo
    finding = finding_of(report, "segment_friction")
    weeks = weeks_to_tell(cases, finding)
    rate = finding.evidence[0].value
    assert weeks is not None
    assert isinstance(rate, Estimate)
    assert isinstance(finding.effect, Estimate)
    a_week = lately(cases, cases.rows(finding.where)) / 13
    leads = ceil((weeks - ceil(cases.window / 7)) * a_week)
    mended = rate.value - finding.effect.value
    rng = np.random.default_rng(3)
    before, after = (rng.binomial(leads, share, 4_000) / leads for share in (rate.value, mended))
    error = np.sqrt((before * (1 - before) + after * (1 - after)) / leads)
    seen = ((after - before) / error > 1.96).mean()
    assert seen > 0.78, "0.8 but for the chance of 4,000 draws; at least four weeks are waited, and that may be more"
    assert str(weeks) in (finding.check.text["en"] if finding.check else "")


def test_a_finding_without_an_effect_promises_nothing(demo: Examined) -> None:
    cases, _report, agreement = demo
    nothing = Unknown(Reason.NOT_IDENTIFIED)
    bare = Finding(
        "underweighted_signal", {"criterion": "x"}, 0.99, Estimate(0.1, 0.05, 0.15, 50), 50, nothing, nothing, {}, ()
    )
    told = advised(cases, bare, agreement)
    assert told.gain is not None
    assert isinstance(told.gain.amount, Unknown)
    assert told.check is not None
    assert not told.check.to_record
