"""A rate that swings with the year is no drop, and how far it came down is said; a drop in such a year is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from scipy.special import expit

from accord.diagnosis.course import Fall, course_of, fall
from accord.diagnosis.report import DiagnosisReport
from accord.diagnosis.scan import A_YEAR, Candidate, swing
from accord.diagnosis.verdict import Judged, healthy, hurts_within, said_to_have_fallen
from accord.values import Estimate
from diagnosis.companies import AGREEMENT, AS_OF, Row, diagnosed_rows, finding_of, kinds, plain_company

LEADS, DAYS = 9_000, 364
FIRST = AS_OF.date() - timedelta(days=DAYS + 35)


def a_year(amplitude: float, crest: float, dropped: float = 0.0, slid: float = 0.0, seed: int = 5) -> DiagnosisReport:
    """A year whose log-odds of acceptance swing by ``amplitude`` either way, slide, and drop two thirds through it."""
    rng = np.random.default_rng(seed)
    tables = plain_company(LEADS, days=DAYS, reps=8, channel=lambda k: f"c{k % 5}", country=lambda k: f"k{k % 4}")
    through = np.arange(LEADS) / LEADS
    odds = 0.7 + amplitude * np.cos(2 * np.pi * (through - crest)) - dropped * (through > 2 / 3) - slid * through
    accepted = rng.random(LEADS) < 1 / (1 + np.exp(-odds))
    decisions: list[Row] = tables["decisions"]
    for row, yes in zip(decisions, accepted, strict=True):
        row["outcome"] = "accepted" if yes else "rejected"
    return diagnosed_rows(tables, AGREEMENT)


def chance(odds: float) -> float:
    return float(expit(odds))


def deepest_fall(amplitude: float, crest: float) -> float:
    """Points by which a year that swings comes down at most, from any day of the 53 weeks looked at to a later one."""
    rate = expit(0.7 + amplitude * np.cos(2 * np.pi * (np.linspace(28 / DAYS, 1, 1_000) - crest)))
    return float(100 * (np.maximum.accumulate(rate) - rate).max())


def said_of(report: DiagnosisReport, how: str) -> tuple[date, float, float, float]:
    """The day from which the rate came down, by how many points, at least and at most; as the answer says."""
    [said] = [limit["en"] for limit in report.limits if "came down" in limit["en"]]
    assert how in said
    found = re.search(r"From about (.+) to about .+ by (\d+) points \(between (\d+) and (\d+)\)", said)
    assert found is not None
    day = datetime.strptime(found[1], "%d %B %Y").date()  # noqa: DTZ007 - a day
    return day, float(found[2]), float(found[3]), float(found[4])


def test_a_swing_comes_back_after_a_year() -> None:
    weeks = np.arange(A_YEAR)
    assert swing(weeks, 7).argmax() == 7
    np.testing.assert_allclose(swing(weeks, 7), swing(weeks + A_YEAR, 7), atol=1e-12)
    assert abs(swing(weeks, 7).sum()) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("crest", [0.1, 0.35, 0.6, 0.85])
def test_a_season_of_the_rate_is_no_drop(crest: float) -> None:
    report = a_year(0.2, crest)
    assert not kinds(report)
    assert report.verdict == "healthy"
    high, points, least, most = said_of(report, "as it does with a season")
    assert least <= deepest_fall(0.2, crest) <= most
    assert least < points < most
    told = f"came down by {points:.0f} points as it does with a season" in report.because["en"]
    assert told == (least >= 3), "told in the verdict too where it surely matters"
    assert told != ("nor a drop is in question" in report.because["en"])
    if crest in {0.1, 0.35}:  # the others come down at both ends of the year
        assert abs((high - FIRST).days / DAYS - crest) < 0.12


@pytest.mark.slow
def test_a_rate_that_slides_is_no_drop_and_is_said_to() -> None:
    report = a_year(0.0, 0.0, slid=0.8)
    assert not kinds(report)
    high, points, least, most = said_of(report, "a little every week")
    assert least <= 100 * (chance(0.7) - chance(-0.1)) <= most
    assert least < points < most
    assert (high - FIRST).days < 0.1 * DAYS  # 53 weeks are looked at


@pytest.mark.slow
def test_of_a_rate_that_neither_swings_nor_slides_nothing_is_said() -> None:
    report = a_year(0.0, 0.0)
    assert not any("came down" in limit["en"] for limit in report.limits)
    assert "neither the floor nor a drop is in question" in report.because["en"]


@pytest.mark.parametrize(("swings", "how"), [(True, "a season from a drop"), (False, "a little every week")])
def test_the_verdict_rules_out_no_drop_that_it_takes_for_something_else(swings: bool, how: str) -> None:
    """Of a rate that came down by nineteen points nobody says that no drop is in question, whoever looks."""
    rate = Estimate(0.62, 0.6, 0.64, 5_000)
    sound = Judged("healthy", healthy(rate), None, rate)

    def told(least: float) -> Judged:
        return said_to_have_fallen(sound, Fall(0, 40, Estimate(-0.19, -0.24, -least, 5_000), swings), 3.0)

    fallen = told(0.14)
    assert fallen.verdict == "healthy"
    assert how in fallen.because["en"]
    assert "came down by 19 points" in fallen.because["en"]
    assert "drop is in question" not in fallen.because["en"]
    assert "19 points" in fallen.because["fr"]
    assert hurts_within(fallen).because == fallen.because
    assert told(0.02) == sound, "by less than matters, for all that is sure"
    dropped = replace(sound, verdict="sudden_drop", because={"en": "It dropped.", "fr": "Il a chuté."})
    assert said_to_have_fallen(dropped, Fall(0, 40, Estimate(-0.19, -0.24, -0.14, 5_000), swings), 3.0) == dropped


def test_the_interval_of_a_fall_is_that_of_its_effects() -> None:
    rng = np.random.default_rng(3)
    week = rng.integers(0, 52, 4_000)
    chosen = (Candidate((), slope=True, crest=11), Candidate((), since=20), Candidate((), slope=True))
    effects = np.array([0.25, -1.0, -0.3])
    covariance = np.array([[0.0016, 0.0, 0.0009], [0.0, 1.0, 0.0], [0.0009, 0.0, 0.01]])
    course = course_of(chosen, effects, covariance, 52)
    assert course is not None
    assert course.swings
    bare = rng.normal(0.4, 0.8, week.size)
    told = fall(course, bare + (course.moves @ course.effects)[week], week)
    assert told is not None
    drawn = course.moves @ rng.multivariate_normal(course.effects, course.covariance, 400).T
    moved = [(expit(bare + path[told.low]) - expit(bare + path[told.high])).mean() for path in drawn.T]
    assert told.effect.value == pytest.approx(np.mean(moved), abs=0.004)
    assert (told.effect.high - told.effect.low) / 2 / 1.96 == pytest.approx(np.std(moved), rel=0.1)
    path = course.moves @ course.effects
    assert (
        min(path[later] - path[week] for week in range(52) for later in range(week, 52))
        == path[told.low] - path[told.high]
    )


def test_a_rate_that_only_rose_did_not_fall() -> None:
    course = course_of([Candidate((), slope=True)], np.array([0.5]), np.eye(1), 52)
    assert course is not None
    assert not course.swings
    assert fall(course, np.zeros(52), np.arange(52)) is None
    assert course_of([Candidate((), since=3)], np.array([0.5]), np.eye(1), 52) is None


@pytest.mark.slow
def test_a_drop_in_a_year_with_a_season_is_found() -> None:
    report = a_year(0.1, 0.25, dropped=0.6)
    assert kinds(report) == ["sudden_drop"]
    assert dict(finding_of(report, "sudden_drop").where) == {}
