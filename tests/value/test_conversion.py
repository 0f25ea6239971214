"""Conversion, retention, frequency and cost figures against lifelines, SciPy, statsmodels and plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from scipy import stats

from acceptance.sources import source_of
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.cells import MISSING
from accord.readmodel.source import Source
from accord.report.value.lines import funnel_notes
from accord.stats.slope import FEWEST_PERIODS
from accord.value.measure import measure_value
from accord.values import Estimate, Figure, Reason, Unknown
from value.company import AS_OF, Row
from value.conftest import AGREEMENT
from value.oracle import Person, World, instant, local_day
from value.test_counts import RATES, spent, worth

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def came_by(pairs: Iterable[tuple[datetime, datetime | None]], days: int) -> float:
    """Kaplan–Meier: the share that got there within so many days, of exact times."""
    rows = [(max((end or AS_OF) - begin, timedelta()) / HOUR, end is not None) for begin, end in pairs]
    fitter = KaplanMeierFitter().fit([hours for hours, _came in rows], [came for _hours, came in rows])
    return 1 - float(fitter.predict(days * 24))


@pytest.mark.parametrize("within", [30, 120, 180])
def test_conversion_is_kaplan_meier_by_channel(embedded: Source, known: World, within: int) -> None:
    """Events are put at the end of their hour and censoring at its beginning: that moves a share by less than two of
    the leads at risk, of which there are over a hundred."""
    report = measure_value(embedded, by=["channel"], within_days=within)
    by_channel: dict[str, list[Person]] = defaultdict(list)
    for person in known.people.values():
        by_channel[person.row["channel"] or MISSING].append(person)
    for row in report.rows:
        people = by_channel.get(row.segment["channel"], [])
        if not people:
            continue
        for stage in ("qualified", "accepted", "opportunity", "won"):
            name = {"qualified": "handed"}.get(stage, stage)
            expected = came_by(((person.created, getattr(person, name)) for person in people), within)
            found = estimate(row.funnel.conversion[stage])
            assert found.value == pytest.approx(expected, abs=2 / 100)
            assert found.low <= found.value <= found.high
            assert found.n == len(people)


def test_steps_start_where_the_step_before_ended(embedded: Source, known: World) -> None:
    steps = measure_value(embedded, within_days=90).totals.funnel.steps
    people = list(known.people.values())
    for name, start, end in (
        ("qualified_to_accepted", "handed", "accepted"),
        ("accepted_to_opportunity", "accepted", "opportunity"),
        ("opportunity_to_won", "opportunity", "won"),
    ):
        pairs = [(getattr(person, start), getattr(person, end)) for person in people if getattr(person, start)]
        assert estimate(steps[name]).value == pytest.approx(came_by(pairs, 90), abs=2 / 300)
        assert estimate(steps[name]).n == len(pairs)


def test_recent_cohorts_are_compared_at_equal_age(embedded: Source) -> None:
    """A cohort nobody of which is old enough has no figure; wins so far would make it look bad."""
    rows = measure_value(embedded, period="month", within_days=120).rows
    ripe = [row.period for row in rows if row.ripe]
    unknown = [row.period for row in rows if not isinstance(row.funnel.conversion["won"], Estimate)]
    assert ripe == ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]
    assert unknown == ["2026-04", "2026-05", "2026-06", "2026-07"]
    assert all(row.funnel.to_mature == 0 for row in rows if row.ripe)


def test_time_to_win(embedded: Source, known: World) -> None:
    """The first time at which half of all wins the curve ever sees have come: hours are rounded up, so at most two
    hours from Kaplan–Meier's, or one win further."""
    half = estimate(measure_value(embedded).totals.funnel.days_to_win["p50"])
    people = list(known.people.values())
    rows = [(max((person.won or AS_OF) - person.created, timedelta()) / HOUR, bool(person.won)) for person in people]
    fitter = KaplanMeierFitter().fit([hours for hours, _won in rows], [won for _hours, won in rows])
    share = 1 - fitter.survival_function_.iloc[:, 0]
    reached = share[share >= share.iloc[-1] / 2].index[0]
    delays = sorted(hours for hours, won in rows if won)
    place = delays.index(reached)
    assert delays[place - 1] <= half.value * 24 <= delays[place + 1] + 1
    assert half.n == len(delays)


def test_young_leads_do_not_tell_how_long_winning_takes(embedded: Source, known: World) -> None:
    """Of leads of the last weeks every win seen is a quick one: told only where slow ones would have been seen."""
    everything = measure_value(embedded)
    people = list(known.people.values())
    rows = [(max((person.won or AS_OF) - person.created, timedelta()) / HOUR, bool(person.won)) for person in people]
    fitter = KaplanMeierFitter().fit([hours for hours, _won in rows], [won for _hours, won in rows])
    share = 1 - fitter.survival_function_.iloc[:, 0]
    told = {"p50": set[bool](), "p90": set[bool]()}
    for row in measure_value(embedded, period="month").rows:
        there = [person for person in people if f"{local_day(person.created, AGREEMENT):%Y-%m}" == row.period]
        followed = max((AS_OF - person.created) / HOUR for person in there)
        for name, most in (("p50", 0.95), ("p90", 0.99)):
            enough = share[share >= share.iloc[-1] * most].index[0]
            if row.funnel.won < 10 or abs(followed - enough) < 48:
                continue
            figure = row.funnel.days_to_win[name]
            told[name].add(isinstance(figure, Estimate))
            assert isinstance(figure, Estimate) or figure.reason is Reason.NOT_MATURE
            assert isinstance(figure, Estimate) == (followed > enough), (row.period, name)
    assert told["p50"] == told["p90"] == {True, False}
    recent = measure_value(embedded, start=date(2026, 5, 1))
    assert recent.totals.funnel.won >= 10
    assert recent.totals.funnel.days_to_win["p90"] == Unknown(Reason.NOT_MATURE)
    assert (everything.horizon_because, recent.horizon_because) == ("nine_in_ten_wins", "longest_reached")
    assert recent.horizon_days < everything.horizon_days
    assert share[share.index <= recent.horizon_days * 24].iloc[-1] / share.iloc[-1] < 0.9
    said = f"By day {recent.horizon_days} not yet nine in ten of the wins have come; "
    assert any(note.startswith(said) for note in funnel_notes(recent))


def purchases(known: World) -> dict[str, list[datetime]]:
    """The instants at which each customer won bought anything."""
    bought: dict[str, set[datetime]] = defaultdict(set)
    for order in known.orders:
        owner = known.owner[order["order_id"]]
        if owner and known.people[owner].won and order["amount"] > 0:
            bought[owner].add(instant(order["at"], AGREEMENT))
    return {owner: sorted(times) for owner, times in bought.items()}


@pytest.mark.parametrize("rule", [30, 90])
def test_retention_is_kaplan_meier_with_the_stated_rule(embedded: Source, known: World, rule: int) -> None:
    report = measure_value(embedded, inactive_after_days=rule, rates=RATES)
    rows = []
    for times in purchases(known).values():
        ends = [at + rule * DAY for at, following in pairwise([*times, AS_OF]) if following - at > rule * DAY]
        rows.append((((ends[0] if ends else AS_OF) - times[0]) / HOUR, bool(ends)))
    fitter = KaplanMeierFitter().fit([hours for hours, _lost in rows], [lost for _hours, lost in rows])
    for name, figure in report.totals.customers.retention.items():
        if isinstance(figure, Estimate):
            # Losses are put at the end of their hour, censoring at the beginning of it.
            hours = int(name.removesuffix("d")) * 24
            assert figure.value == pytest.approx(float(fitter.predict(hours)), abs=1 / 100)
            assert figure.n == len(rows)
    assert isinstance(next(iter(report.totals.customers.retention.values())), Estimate)
    assert next(iter(report.totals.customers.retention)) == f"{rule}d", "the day on which the first can be lost"


def test_purchases_per_customer_and_month(embedded: Source, known: World) -> None:
    """The rate, and the interval against the standard error of a Poisson regression with clusters of customers."""
    found = estimate(measure_value(embedded, rates=RATES).totals.customers.purchases)
    bought = purchases(known)
    counts, months = [], []
    for lead, person in known.people.items():
        if person.won:
            times = bought.get(lead, [])
            counts.append(len(times))
            months.append((AS_OF - min([person.won, *times])) / DAY / 30.4375)
    assert found.value == pytest.approx(sum(counts) / sum(months), rel=1e-4)  # exposure is counted in whole hours
    model = sm.GLM(counts, np.ones(len(counts)), sm.families.Poisson(), exposure=months).fit(cov_type="HC0")
    low, high = np.exp(model.conf_int()[0])
    # HC0 has no n / (n - 1), and plain chance is a floor of ours.
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.05)
    assert found.n == len(counts)


def test_revenue_per_customer_at_equal_age(embedded: Source, known: World) -> None:
    customers = measure_value(embedded, rates=RATES).totals.customers
    for name, figure in customers.revenue_by_age.items():
        age = int(name.removesuffix("d")) * DAY
        old = [person for person in known.people.values() if person.won and AS_OF - person.won >= age]
        total = sum(
            worth(order) or 0
            for person in old
            for order in person.orders
            if person.won and instant(order["at"], AGREEMENT) - person.won <= age
        )
        if len(old) >= 10:
            assert estimate(figure).value == pytest.approx(total / 100 / len(old))
            assert estimate(figure).n == len(old)
    won = [person for person in known.people.values() if person.won]
    total = sum(worth(order) or 0 for person in won for order in person.orders)
    assert estimate(customers.revenue_per_customer).value == pytest.approx(total / 100 / len(won))


def test_the_three_costs_are_spend_over_counts(embedded: Source, tables: dict[str, list[Row]], known: World) -> None:
    """With the exact Poisson interval of the count (Garwood), written out with SciPy's chi-square."""
    costs = measure_value(embedded, rates=RATES).totals.costs
    money = sum(spent(tables).values()) / 100
    people = list(known.people.values())
    for figure, count in (
        (costs.per_lead, len(people)),
        (costs.per_qualified_lead, sum(person.handed is not None for person in people)),
        (costs.per_accepted_lead, sum(person.accepted is not None for person in people)),
        (costs.cac, sum(person.won is not None for person in people)),
    ):
        found = estimate(figure)
        low, high = stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * count + 2) / 2
        assert found.value == pytest.approx(money / count)
        assert (found.low, found.high) == pytest.approx((money / high, money / low))
        assert found.n == count


def test_what_a_customer_will_have_cost(embedded: Source, tables: dict[str, list[Row]]) -> None:
    totals = measure_value(embedded, rates=RATES, within_days=120).totals
    share = estimate(totals.funnel.conversion["won"])
    expected = sum(spent(tables).values()) / 100 / (totals.funnel.leads * share.value)
    assert estimate(totals.costs.cac_at_horizon).value == pytest.approx(expected)


def test_return_on_spend_counts_all_revenue_of_the_leads(
    embedded: Source, tables: dict[str, list[Row]], known: World
) -> None:
    figure = estimate(measure_value(embedded, rates=RATES).totals.costs.return_on_spend)
    brought = sum(worth(order) or 0 for person in known.people.values() for order in person.orders)
    assert figure.value == pytest.approx(brought / sum(spent(tables).values()))
    assert figure.low < figure.value < figure.high


def test_payback_is_the_first_month_in_which_revenue_covers_the_cost(
    embedded: Source, tables: dict[str, list[Row]], known: World
) -> None:
    figure = measure_value(embedded, rates=RATES).totals.costs.payback_months
    people = list(known.people.values())
    cost = sum(spent(tables).values()) / len(people)
    month = 30.4375 * DAY
    expected = None
    for number in range(1, 25):
        old = [person for person in people if AS_OF - person.created >= number * month]
        if len(old) < 10:
            break
        brought = sum(
            worth(order) or 0
            for person in old
            for order in person.orders
            if instant(order["at"], AGREEMENT) - person.created <= number * month
        )
        if brought / len(old) >= cost:
            expected = number
            break
    if expected is None:
        assert not isinstance(figure, Estimate)
    elif isinstance(figure, Estimate):
        assert figure.value == expected


def test_one_more_is_one_over_the_slope(tables: dict[str, list[Row]], known: World) -> None:
    """Months wholly within the data, leads on spend, against SciPy's line; all of the spend has a rate."""
    tables = tables | {"spend": [row for row in tables["spend"] if row["currency"] != "GBP"]}
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
        figure = measure_value(source, rates=RATES).totals.costs.marginal["per_lead"]
    money: dict[str, int] = defaultdict(int)
    for (_channel, month), cents in spent(tables).items():
        money[month] += cents
    leads: dict[str, int] = defaultdict(int)
    for person in known.people.values():
        leads[f"{person.day:%Y-%m}"] += 1
    months = sorted(month for month in money if month < "2026-07")
    assert len(months) >= FEWEST_PERIODS
    line = stats.linregress([money[month] / 100 for month in months], [leads[month] for month in months])
    reach = stats.t.ppf(0.975, len(months) - 2) * line.stderr
    if line.slope - reach <= 0:
        assert figure.to_json() == {"unknown": "not_identified"}
    else:
        assert estimate(figure).value == pytest.approx(1 / line.slope)
        assert estimate(figure).low == pytest.approx(1 / (line.slope + reach))
