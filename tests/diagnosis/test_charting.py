"""What a diagnosis is drawn from: control limits that hold whom only chance separates, against figures by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from accord.diagnosis.cases import Cases, fetch_cases
from accord.diagnosis.charting import THREE, TWO, diagnosed_with_charts, funnel_of, steps_of
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import Finding, Kind
from accord.diagnosis.viewing import Viewer
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.stats.overdispersion import LEFT, spread_between
from accord.tables.times import microseconds
from accord.values import Estimate
from diagnosis.companies import plain_company
from report.diagnoses import shown, source_of_rows


def cases_of(leads: int = 1600, reps: int = 8) -> Cases:
    with source_of_rows(plain_company(leads, reps=reps, seed=3)) as source:
        clock = business_clock_at(source.agreement, source.as_of)
        observed = Observation("explicit", source.agreement.acceptance, microseconds(source.as_of), clock)
        return fetch_cases(source, observed)


def test_without_anything_to_adjust_for_everybody_is_held_against_the_whole() -> None:
    cases = cases_of()
    found = funnel_of(cases, "rep_id")
    assert found is not None
    people = cases.dimension("rep_id")
    assert people is not None
    whole = cases.accepted[cases.settled].mean()
    for point in found.points:
        mine = cases.settled & (people.code == people.values.index(point.id))
        assert point.leads == mine.sum()
        assert point.observed == pytest.approx(cases.accepted[mine].mean())
        assert point.expected == pytest.approx(whole, abs=0.01), "weeks differ a little"
        assert point.gap == pytest.approx(point.observed - point.expected)
    assert [point.id for point in found.points] == sorted(point.id for point in found.points)


def test_limits_are_those_of_chance_and_ordinary_spread() -> None:
    cases = cases_of()
    found = funnel_of(cases, "rep_id")
    assert found is not None
    rate = cases.accepted[cases.settled].mean()
    for limit in found.limits:
        error = np.sqrt(rate * (1 - rate) / limit.leads + found.spread**2)
        assert limit.inner == pytest.approx(TWO * error, rel=0.02)
        assert limit.outer / limit.inner == pytest.approx(THREE / TWO)


def test_whoever_received_bad_leads_is_not_blamed() -> None:
    """Two of eight reps receive only leads of a source that everybody refuses more often."""
    tables = plain_company(3200, reps=8, seed=5, origin=lambda k: "bought" if k % 8 in {0, 1} or k % 24 == 7 else "own")
    rng = np.random.default_rng(1)
    for lead, decision in zip(tables["leads"], tables["decisions"], strict=True):
        decision["outcome"] = "accepted" if rng.random() < (0.3 if lead["origin"] == "bought" else 0.75) else "rejected"
    with source_of_rows(tables) as source:
        clock = business_clock_at(source.agreement, source.as_of)
        observed = Observation("explicit", source.agreement.acceptance, microseconds(source.as_of), clock)
        found = funnel_of(fetch_cases(source, observed), "rep_id")
    assert found is not None
    innocent = {point.id: point for point in found.points}
    for name in ("r0", "r1"):
        assert innocent[name].observed < 0.4
        assert innocent[name].expected == pytest.approx(0.3, abs=0.06)
        assert innocent[name].outside < 2


def test_nobody_is_drawn_with_few_leads_and_nothing_with_few_people() -> None:
    assert funnel_of(cases_of(reps=3), "rep_id") is None
    assert funnel_of(cases_of(leads=160, reps=8), "rep_id") is None
    assert funnel_of(cases_of(), "team") is None
    assert funnel_of(cases_of(), "colour") is None


def test_limits_hold_nineteen_of_twenty_who_differ_only_as_people_do() -> None:
    """The same arithmetic on made-up people: gaps of chance and an ordinary spread of three points."""
    rng = np.random.default_rng(11)
    outside, spreads = [], []
    for _ in range(300):
        variance = 0.24 / rng.integers(60, 300, 25)
        gap = rng.normal(0, np.sqrt(variance + 0.03**2))
        spread = spread_between(gap, variance)
        spreads.append(spread)
        outside.append(np.mean(np.abs(gap) > TWO * np.sqrt(variance + spread**2)))
    assert 0.03 <= np.mean(outside) <= 0.07
    assert 0.022 <= np.mean(spreads) <= 0.035


def test_what_drawing_in_leaves_is_that_of_normal_numbers() -> None:
    z = np.random.default_rng(4).normal(size=2_000_000)
    assert np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2) == pytest.approx(LEFT, abs=2e-3)
    q = norm.ppf(0.9)
    assert pytest.approx(0.8 - 2 * q * norm.pdf(q) + 0.2 * q**2, abs=1e-6) == LEFT


def test_one_who_stands_out_does_not_widen_the_limits() -> None:
    rng = np.random.default_rng(2)
    variance = np.full(30, 0.002)
    gap = rng.normal(0, 0.045, 30)
    quiet = spread_between(gap, variance)
    gap[0] = -0.5
    assert spread_between(gap, variance) <= quiet + 0.02


def test_spread_is_the_moment_estimate_by_hand() -> None:
    """With equal variances and ends that repeat, drawing in changes nothing: the formula is all that is left."""
    gap, variance = np.array([0.1] * 10 + [-0.1] * 10), np.full(20, 0.0025)
    excess = (gap**2 / variance).sum() / LEFT - 19
    assert spread_between(gap, variance) == pytest.approx(np.sqrt(excess / (20 / 0.0025 - 1 / 0.0025)))


def test_the_report_beside_the_charts_is_the_diagnosis() -> None:
    tables = plain_company(900, reps=5)
    with source_of_rows(tables) as source:
        report, charting = diagnosed_with_charts(source)
        assert report == diagnose(source)
        assert charting.accepted == sum(decision["outcome"] == "accepted" for decision in tables["decisions"])


def test_a_viewer_sees_those_that_are_for_them() -> None:
    tables = plain_company(1600, reps=8)
    for place, rep in enumerate(tables["reps"]):
        rep["team"] = "north" if place < 4 else "south"
    with source_of_rows(tables) as source:
        everybody = diagnosed_with_charts(source)[1].funnels[0]
        assert [point.id for point in everybody.points] == [f"r{place}" for place in range(8)]
        for viewer, ids in (
            (Viewer("rep", rep_id="r2"), ["r2"]),
            (Viewer("manager", team="south"), ["r4", "r5", "r6", "r7"]),
        ):
            (own,) = diagnosed_with_charts(source, viewer)[1].funnels
            assert [point.id for point in own.points] == ids
            assert own.limits == everybody.limits
        assert diagnosed_with_charts(source, Viewer("rep", rep_id="nobody"))[1].funnels == ()


def test_a_drop_in_a_segment_has_its_own_trend() -> None:
    report, charting = shown("troubled")
    drop = next(finding for finding in report.findings if finding.kind == "sudden_drop" and finding.where)
    trend = charting.segments[drop.id]
    rows = trend.answers[trend.chosen].rows
    assert all(not row.segment for row in rows)
    assert drop.leads <= sum(row.handed for row in rows) < report.handed


def test_more_of_leads_that_have_a_finding_of_their_own_costs_nothing_twice() -> None:
    def of(kind: Kind, where: dict[str, str], lost: float) -> Finding:
        gone = Estimate(lost, lost - 10, lost + 10, 500)
        return Finding(kind, where, 0.99, Estimate(-0.1, -0.2, -0.05, 500), 500, gone, gone, {}, ())

    with source_of_rows(plain_company(400, reps=4, seed=3)) as source:
        report = diagnose(source)
    shift, other = of("mix_shift", {"channel": "fair"}, 220), of("mix_shift", {"channel": "web"}, 40)
    friction, points = (
        of("segment_friction", {"channel": "fair"}, 200),
        of("overweighted_signal", {"criterion": "x"}, 90),
    )
    steps = list(steps_of(replace(report, findings=(shift, friction, points, other)), 1_000))
    assert [(step.finding.kind, step.start, step.end) for step in steps] == [
        ("segment_friction", 1_000, 1_200),
        ("mix_shift", 1_200, 1_240),
    ]
