"""Arrays become figures: known, too few, not mature; never a bare number."""

from __future__ import annotations

import numpy as np

from accord.stats.curve import incidence_at
from accord.stats.figures import (
    figures,
    incidence_figures,
    quantile_figures,
    share_figures,
    shrunk_figures,
    weighted_figures,
)
from accord.stats.intervals import Interval
from accord.stats.quantiles import delay_quantiles
from accord.stats.risk import RiskTable
from accord.stats.shrinkage import shrink
from accord.stats.weighted import WeightedSums, weighted_mean
from accord.values import Bounds, Estimate, Reason, Unknown

OLD = [(1.0, "accepted")] * 10 + [(720.0, "expired")] * 10
FEW = OLD[:9]
YOUNG = [(1.0, "accepted")] * 10 + [(50.0, "censored")] * 5


def table_of(*cells: list[tuple[float, str]]) -> RiskTable:
    leads = [(number, time, how) for number, cell in enumerate(cells) for time, how in cell]
    cell, time, how = zip(*leads, strict=True)
    return RiskTable.of_episodes(len(cells), cell, time, how)


def test_rates_by_horizon() -> None:
    day, window = incidence_figures(incidence_at(table_of(OLD, FEW, YOUNG), [24, 720]))
    assert day[0] == window[0]
    assert isinstance(day[0], Estimate)
    assert (day[0].value, day[0].n, day[0].level) == (0.5, 20, 0.95)
    assert day[1:] == [Unknown(Reason.TOO_FEW, 10), day[2]]
    assert isinstance(day[2], Estimate)
    assert window[1:] == [Unknown(Reason.TOO_FEW, 10), Unknown(Reason.NOT_MATURE, 15)]


def test_too_few_comes_before_not_mature() -> None:
    (figure,) = incidence_figures(incidence_at(table_of([(5.0, "censored")]), [720]))[0]
    assert figure == Unknown(Reason.TOO_FEW, 10)


def test_date_bounds_stand_where_they_differ() -> None:
    interval = Interval(np.array([0.1, 0.1]), np.array([0.9, 0.9]), 0.95)
    same, differ = figures(
        np.array([0.5, 0.5]), interval, np.array([10, 10]), date_bounds=(np.array([0.5, 0.4]), np.array([0.5, 0.6]))
    )
    assert isinstance(same, Estimate)
    assert same.date_bounds is None
    assert isinstance(differ, Estimate)
    assert differ.date_bounds == Bounds(0.4, 0.6)


def test_shares_of_nothing_are_unknown() -> None:
    known, unknown = share_figures([20, 0], [20, 0])
    assert isinstance(known, Estimate)
    assert (known.value, known.high) == (1.0, 1.0)
    assert unknown == Unknown(Reason.TOO_FEW, 10)


def test_delays_rest_on_acceptances() -> None:
    table = table_of(OLD, FEW, YOUNG)
    half, most = quantile_figures(delay_quantiles(table, [0.5, 0.9], 720))
    assert isinstance(half[0], Estimate)
    assert (half[0].value, half[0].n) == (1.0, 10)
    assert half[1:] == [Unknown(Reason.TOO_FEW, 10), Unknown(Reason.NOT_MATURE, 10)]
    assert most[1:] == half[1:]
    handled = [(cell, 1.0) for cell, leads in enumerate((OLD, FEW, YOUNG)) for _, how in leads if how == "accepted"]
    cell, time = ([lead[place] for lead in handled] for place in (0, 1))
    sums = WeightedSums.of_leads(3, cell, time, np.ones(len(cell)), time)
    weighted = weighted_figures(weighted_mean(sums, table, 720))
    assert isinstance(weighted[0], Estimate)
    assert (weighted[0].value, weighted[0].n) == (1.0, 10)
    assert weighted[1:] == half[1:]


def test_shrunk_rates_count_their_own_leads() -> None:
    at = incidence_at(table_of(OLD, FEW, YOUNG), [720])
    shrunk = shrink(at.successes[:, 0], at.trials[:, 0], [0, 0, 0], groups=1)
    figure, few, young = shrunk_figures(shrunk, at.n, identified=at.identified[:, 0])
    assert isinstance(figure, Estimate)
    assert (figure.n, figure.low < figure.value < figure.high) == (20, True)
    assert (few, young) == (Unknown(Reason.TOO_FEW, 10), Unknown(Reason.NOT_MATURE, 15))


def test_ten_thousand_cells() -> None:
    n = np.arange(10_000) % 40
    made = share_figures(n // 2, n)
    assert len(made) == 10_000
    assert sum(isinstance(figure, Unknown) for figure in made) == 2_500
