"""Planted causes are found, where they are and since when; healthy companies stay silent; innocents are left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accord.demo.company import HEALTHY, Cause, Company
from accord.diagnosis.report import DiagnosisReport
from accord.values import Estimate
from diagnosis.companies import UNTIL, diagnosed, finding_of, kinds

pytestmark = pytest.mark.slow
SIZE = 5_000
"""Every cause below lies at eight standard errors or more for somebody told where to look: chance hides none."""


def of(*causes: Cause, seed: int) -> DiagnosisReport:
    return diagnosed(Company().with_causes(*causes), SIZE, seed)


@pytest.mark.parametrize("seed", [501, 502])
def test_a_healthy_company_gets_no_finding(seed: int) -> None:
    report = diagnosed(HEALTHY, SIZE, seed)
    assert report.verdict == "healthy"
    assert not kinds(report)
    assert not report.models


def test_a_drop_is_dated_and_located() -> None:
    report = of(Cause("sudden_drop", {"channel": "paid_search"}, 0.3, weeks_before_end=16), seed=503)
    drop = finding_of(report, "sudden_drop")
    assert kinds(report) == ["sudden_drop"]
    assert dict(drop.where) == {"channel": "paid_search"}
    true = UNTIL - timedelta(days=UNTIL.weekday() + 7 * 16)
    assert drop.since is not None
    assert drop.since_low is not None
    assert drop.since_high is not None
    assert drop.since_low - timedelta(days=3) <= true <= drop.since_high + timedelta(days=3)
    assert abs((drop.since - true).days) <= 14
    assert isinstance(drop.effect, Estimate)
    assert drop.effect.low <= -0.15
    assert isinstance(drop.cost, Estimate)


def test_friction_and_resistance_are_told_apart_and_nothing_echoes() -> None:
    friction = Cause("segment_friction", {"channel": "webinar"}, 0.25)
    report = of(friction, Cause("rep_gap", {"rep_id": "R003"}, 0.35, reason="resistance"), seed=504)
    assert sorted(kinds(report)) == ["rep_gap", "segment_friction"]
    assert dict(finding_of(report, "segment_friction").where) == {"channel": "webinar"}
    gap = finding_of(report, "rep_gap")
    assert dict(gap.where) == {"rep_id": "R003"}
    assert gap.cause == "resistance"
    assert "refusals_without_reason" in [evidence.what for evidence in gap.evidence]


def test_an_overloaded_rep_is_not_called_slow_as_well() -> None:
    report = of(Cause("rep_gap", {"rep_id": "R004"}, 2.0, reason="overload"), seed=505)
    assert kinds(report) == ["rep_gap"]
    assert finding_of(report, "rep_gap").cause == "overload"


def test_habits_are_found_where_they_are() -> None:
    token = Cause("token_effort", {"team": "UK"}, 0.5)
    gap = Cause("definition_gap", {"country": "FR"}, 0.4)
    report = of(token, gap, seed=506)
    assert sorted(kinds(report)) == ["definition_gap", "token_effort"]
    assert dict(finding_of(report, "token_effort").where) == {"team": "UK"}
    assert dict(finding_of(report, "definition_gap").where) == {"country": "FR"}


def test_who_accepts_everything_is_no_model() -> None:
    report = of(Cause("rubber_stamp", {"team": "France Sud"}, 0.98), seed=507)
    assert kinds(report) == ["rubber_stamp"]
    assert not report.models


def test_a_rate_below_the_floor_is_durably_low_and_no_segment_is_blamed() -> None:
    report = of(Cause("durably_low", {}, 0.32), seed=508)
    assert report.verdict == "durably_low"
    assert kinds(report) == ["durably_low"]


def test_good_leads_are_models() -> None:
    report = of(Cause("segment_model", {"sector": "machinery"}, 0.2), seed=509)
    assert not kinds(report)
    assert [dict(model.where) for model in report.models] == [{"sector": "machinery"}]


def test_answers_to_the_same_data_are_the_same() -> None:
    causes = (Cause("sudden_drop", {"channel": "paid_search"}, 0.3, weeks_before_end=16),)
    first, again = of(*causes, seed=510), of(*causes, seed=510)
    assert first == again
    assert first.last == date(2026, 6, 30)
