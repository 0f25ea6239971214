"""A rate that swings with the year is no drop; a drop in such a year is found all the same."""

from __future__ import annotations

import numpy as np
import pytest

from accord.diagnosis.report import DiagnosisReport
from accord.diagnosis.scan import A_YEAR, swing
from diagnosis.companies import AGREEMENT, Row, diagnosed_rows, finding_of, kinds, plain_company

LEADS, DAYS = 9_000, 364


def a_year(amplitude: float, crest: float, dropped: float = 0.0) -> DiagnosisReport:
    """A year whose log-odds of acceptance swing by ``amplitude`` either way, and drop two thirds through it."""
    rng = np.random.default_rng(5)
    tables = plain_company(LEADS, days=DAYS, reps=8, channel=lambda k: f"c{k % 5}", country=lambda k: f"k{k % 4}")
    through = np.arange(LEADS) / LEADS
    odds = 0.7 + amplitude * np.cos(2 * np.pi * (through - crest)) - dropped * (through > 2 / 3)
    accepted = rng.random(LEADS) < 1 / (1 + np.exp(-odds))
    decisions: list[Row] = tables["decisions"]
    for row, yes in zip(decisions, accepted, strict=True):
        row["outcome"] = "accepted" if yes else "rejected"
    return diagnosed_rows(tables, AGREEMENT)


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


@pytest.mark.slow
def test_a_drop_in_a_year_with_a_season_is_found() -> None:
    report = a_year(0.1, 0.25, dropped=0.6)
    assert kinds(report) == ["sudden_drop"]
    assert dict(finding_of(report, "sudden_drop").where) == {}
