"""A drop that has been repaired is not told as one that has not come back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from accord.diagnosis.dating import over
from accord.diagnosis.report import DiagnosisReport
from diagnosis.companies import AGREEMENT, diagnosed_rows, finding_of, kinds, plain_company

LEADS, DAYS = 6_000, 364


def a_year(low: tuple[float, float]) -> DiagnosisReport:
    """A year: one channel of four is accepted by a third only, between two shares of the year; else two thirds are."""
    rng = np.random.default_rng(3)
    tables = plain_company(LEADS, days=DAYS, reps=8, channel=lambda k: f"c{k % 4}", country=lambda k: f"k{k % 5}")
    for k, row in enumerate(tables["decisions"]):
        dip = k % 4 == 1 and low[0] < k / LEADS < low[1]
        row["outcome"] = "accepted" if rng.random() < (0.33 if dip else 0.66) else "rejected"
    return diagnosed_rows(tables, AGREEMENT)


def test_a_drop_that_lasts_is_found() -> None:
    report = a_year((0.55, 1.0))
    assert report.verdict == "sudden_drop"
    assert finding_of(report, "sudden_drop").where == {"channel": "c1"}


def test_a_drop_that_is_over_hurts_no_more() -> None:
    report = a_year((0.5, 0.7))
    assert "sudden_drop" not in kinds(report)
    assert report.verdict == "healthy"


def shares_called_over(levels: Sequence[tuple[int, float]], leads_a_day: float, series: int) -> float:
    """How often a step down on the first day of the second level is called undone; ``levels``: days at a rate."""
    rng = np.random.default_rng(5)
    usual = levels[0][1]
    rates = np.concatenate([np.full(days, rate) for days, rate in levels])
    called = 0
    for _series in range(series):
        handed = rng.poisson(leads_a_day, rates.size)
        residual = (rng.binomial(handed, rates) - handed * usual).astype(np.float64)
        called += over(residual, (handed * usual * (1 - usual)).astype(np.float64), levels[0][0], -1) is not None
    return called / series


@pytest.mark.parametrize("leads_a_day", [0.5, 2, 10])
@pytest.mark.parametrize("before", [60, 180, 300])
def test_a_lasting_drop_is_hardly_ever_called_over(leads_a_day: float, before: int) -> None:
    # one of a thousand; of 1,500 series more than eight would be it once in two hundred thousand times
    assert shares_called_over([(before, 0.65), (365 - before, 0.40)], leads_a_day, 1500) <= 8 / 1500


def test_a_dip_of_eight_weeks_is_called_over_where_two_leads_a_day_tell() -> None:
    levels = [(197, 0.65), (56, 0.34), (112, 0.65)]
    assert shares_called_over(levels, 2, 300) > 0.85  # 0.95 of many


def test_a_drop_of_which_half_is_left_is_not_over() -> None:
    levels = [(197, 0.65), (56, 0.35), (112, 0.50)]
    assert shares_called_over(levels, 5, 300) < 0.1


def test_nothing_known_is_not_over() -> None:
    assert over(np.zeros(20), np.zeros(20), 4, -1) is None
