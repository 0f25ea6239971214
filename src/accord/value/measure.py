"""The value use case: what leads cost by channel, campaign, segment and cohort, how far they come, what they bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

import numpy as np
from babel.core import get_global
from babel.numbers import get_currency_precision

from accord.acceptance.measure import check_dimensions
from accord.clock.moments import local_date
from accord.clock.periods import period_bounds
from accord.errors import UsageError
from accord.language import gettext as _
from accord.metrics.outcomes import NEVER
from accord.readmodel.source import Source
from accord.stats.grouped import Floats
from accord.stats.intervals import jeffreys
from accord.stats.sums import share_interval
from accord.tables.times import HOUR, microseconds
from accord.value.cells import OUTSIDE, Cells, one_cell, placed
from accord.value.conversion import AGES, Tables, followed_enough, funnels, horizon_of, tables_of, wins_of
from accord.value.costs import Series, Spent, costs_of
from accord.value.customers import customers_of
from accord.value.facts import NOBODY, Facts, Ints, latest
from accord.value.figures import Funnel, LeftOut, PeriodUnit, Renamed, Revenue, Spend, Stage, ValueReport, ValueRow
from accord.value.lateness import by_lateness
from accord.value.later import later_orders, later_wins
from accord.value.purchases import Asked, Bools, Ground, left_out_then, money_of, noticed_in, purchases_of
from accord.value.rates import Rates
from accord.value.refused import Wasted, wasted
from accord.value.sharing import (
    ByMonth,
    Shared,
    key_of,
    keys_with_spend,
    laid_beside,
    places_of,
    renamed,
    renamed_in,
    spend_names,
    unmatched,
    without_rate,
)
from accord.value.spending import Spending, spending
from accord.value.supposing import Supposed, segment_of, spend_in, supposed_of, with_segments, with_the_rest
from accord.value.touched import rule_of, touched
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["DEFAULT_INACTIVE_AFTER_DAYS", "measure_value"]

DEFAULT_INACTIVE_AFTER_DAYS = 180
EPOCH = date(1970, 1, 1)


def measure_value(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date | None = None,
    end: date | None = None,
    rates: Rates | None = None,
    currency: str | None = None,
    within_days: int | None = None,
    inactive_after_days: int = DEFAULT_INACTIVE_AFTER_DAYS,
    tell_later: bool = False,
    suppose: Supposed | None = None,
    attribution: str | None = None,
    touches: bool = True,
) -> ValueReport:
    """Cost, conversion and revenue of the leads created on a local date in [``start``, ``end``), by segment and cohort.

    ``by``: dimensions to cut by, together; of the handoff's (team, rep_id, band, agreement) the lead's first handoff
    counts. ``period``: cut by acquisition cohort (local month or quarter of creation) too. ``rates``: what currencies
    are worth; without it amounts in others than the agreement's are left out of sums and listed. ``currency``: of all
    amounts; the agreement's unless given. ``within_days``: the age at which conversion is read.
    ``inactive_after_days``: so many days without a purchase, and a customer is lost. ``tell_later``: list what the
    data hold after the moment, where nobody chose it. ``suppose``: what is to be changed, for a scenario.
    ``attribution``: the rule by which channels are credited; the agreement's unless given. ``touches``: whether to look
    at touches at all; without them neither attribution nor the channels that leads had met are told.

    Raises ``UsageError`` for an unknown dimension or currency, for an empty span, and for a scenario that cannot be.
    """
    _check(source, by, start, end, currency)
    rule = rule_of(attribution, source.agreement)
    where = suppose.where if suppose else {}
    check_dimensions(source, tuple(where))
    cut = (*by, *(name for name in where if name not in by))
    agreement = source.agreement
    target, table = currency or agreement.currency, rates or Rates(agreement.currency)
    decimals = get_currency_precision(target)
    as_of_us = microseconds(source.as_of)
    after = local_date(source.as_of - timedelta(microseconds=1), agreement.timezone) + timedelta(days=1)
    gathered, cut = latest(source, cut)
    facts = replace(gathered, leads=with_segments(gathered.leads, cut, by))
    spent = spending(source, table, target, decimals)
    worth = (target, table.into, repr(sorted(table.table.items())))
    money = facts.once(("money", worth), lambda: money_of(facts.orders, table, target, decimals))
    first_day, last_day = start or date.min, min(end or after, after)
    by_month = spent.by_month(first_day, last_day) if first_day < last_day else {}
    unpriced = spent.unpriced_by_month(first_day, last_day) if first_day < last_day else {}
    whole = one_cell(facts.leads, start, end)
    cells = (
        placed(facts.leads, by, period, (start, end), keys_with_spend(by_month, by, period)) if by or period else whole
    )
    longest = max(AGES[-1], within_days or 0)
    counted = tables_of(facts.leads, cells, as_of_us, longest)
    together = counted.rolled_up(whole.of_lead)
    everybody = together.stages["won"]
    if start is not None or end is not None:
        everybody = facts.once(("wins", longest), lambda: wins_of(facts.leads, as_of_us, longest))
    horizon, because = horizon_of(counted, everybody, within_days)
    asked = Asked(
        as_of_us,
        after,
        horizon,
        inactive_after_days,
        decimals,
        wins=bool(source.recorded.get("opportunities")) or facts.won_by_orders,
        orders=bool(source.recorded.get("orders")),
        unrecorded=_unrecorded(source, facts),
        followed=followed_enough(everybody),
    )
    ground = Ground(facts, money, facts.once("purchases", lambda: purchases_of(facts)), asked)
    shared = laid_beside(by_month, facts.leads, cells)
    new_names = facts.once(("renamed", worth), lambda: renamed(spent, facts.leads, after))
    wasted_then = _wasted(source, facts, spent, after)
    cutting = _Cutting(ground, wasted_then, by_month, (first_day, last_day), unpriced, new_names)
    everything = Shared(np.array([sum(by_month.values())]), np.array([bool(by_month)]), 0)
    spend = _spend(spent, (by_month, places_of(unpriced)), facts, whole, after)
    totals = cutting.rows(whole, together, everything)[0]
    credit, channels = touched(source, ground, whole.of_lead, (by_month, unpriced), rule) if touches else (None, None)
    scenario = None
    if suppose:
        there = segment_of(with_segments(gathered.leads, cut, tuple(where)), where, by_month, (start, end))
        row = cutting.segment_row(there, whole.of_lead, longest) if where else totals
        scenario = supposed_of(source, ground, row, there.of_lead, suppose)
    return ValueReport(
        agreement_name=agreement.name,
        agreement_version=agreement.version,
        as_of=source.as_of,
        timezone=agreement.timezone,
        currency=target,
        decimals=decimals,
        rates_file=table.file,
        definition=facts.definition,
        won_by="orders" if facts.won_by_orders else "not_recorded" if "won" in asked.unrecorded else "opportunities",
        dimensions=tuple(by),
        period=period,
        start=start,
        end=end,
        horizon_days=horizon,
        horizon_because=because,
        inactive_after_days=inactive_after_days,
        spend=replace(spend, not_shared=shared.not_shared, shared=not spend_names(by), renamed=new_names),
        revenue=_revenue(source, ground, start, end),
        totals=totals,
        rows=cutting.rows(cells, counted, shared) if by or period else (),
        lateness=by_lateness(
            facts.leads, np.flatnonzero(whole.of_lead > OUTSIDE), as_of_us, horizon, wins="won" not in asked.unrecorded
        ),
        left_out=(
            *spent.left_out_between(first_day, last_day, whole=start is None and end is None),
            *_orders_left_out(ground, start, end),
            *(later_orders(source) if tell_later else ()),
        ),
        noticed=(
            *facts.once(("noticed", worth), lambda: noticed_in(facts, money, by_orders=facts.won_by_orders)),
            *(later_wins(source) if tell_later else ()),
        ),
        scenario=scenario,
        attribution=credit,
        multichannel=channels,
    )


@dataclass(frozen=True)
class _Cutting:
    """Any cutting of the leads into cells, finished into rows."""

    ground: Ground
    found: Wasted | None
    by_month: ByMonth
    span: tuple[date, date]
    unpriced: Mapping[str, ByMonth]
    new_names: tuple[Renamed, ...]

    def rows(self, cells: Cells, counted: Tables, shared: Shared, beside: Cells | None = None) -> tuple[ValueRow, ...]:
        """One row per cell; ``beside``: the same cells and others that share spend with them."""
        ground = self.ground
        found = funnels(counted, ground.asked.horizon, ground.asked.unrecorded, ground.asked.followed)
        series = self._series(cells) if spend_names(cells.dimensions) else None
        unpriced = without_rate(self.unpriced, ground.facts.leads, beside or cells)
        spent = Spent(shared.spend, shared.recorded, series, self.found, unpriced)
        costs = costs_of(ground, cells.of_lead, found, spent)
        customers = customers_of(ground, cells.of_lead, len(cells))
        return tuple(
            ValueRow(
                cells.segment(place),
                cells.label(place),
                self._ripe(cells, place, funnel),
                funnel,
                cost,
                bought,
                self._renamed(cells, place),
            )
            for place, (funnel, cost, bought) in enumerate(zip(found, costs, customers, strict=True))
        )

    def segment_row(self, cells: Cells, everybody: Ints, longest_days: int) -> ValueRow:
        """The row of one segment alone, with the spend that is its own."""
        leads, named, beside = self.ground.facts.leads, self.by_month, None
        if spend_names(cells.dimensions):
            named = spend_in(named, cells.segment(0))
            shared = laid_beside(named, leads, cells)
        else:
            beside = with_the_rest(cells, everybody)
            found = laid_beside(named, leads, beside)
            shared = Shared(found.spend[:1], found.recorded[:1], 0)
        counted = tables_of(leads, cells, self.ground.asked.as_of_us, longest_days)
        return replace(self, by_month=named).rows(cells, counted, shared, beside)[0]

    def _ripe(self, cells: Cells, place: int, funnel: Funnel) -> bool:
        label = cells.label(place)
        over = label is None or period_bounds(label)[1] <= self.ground.asked.after
        return over and not funnel.to_mature

    def _renamed(self, cells: Cells, place: int) -> bool:
        label = cells.label(place)
        ends = self.span[1] if label is None else min(period_bounds(label)[1], self.span[1])
        return renamed_in(self.new_names, cells.segment(place), ends)

    def _series(self, cells: Cells) -> Series | None:
        """Spend and leads of every whole month of the span, by cell; wins where all leads are as old as the horizon."""
        by_month, span, asked = self.by_month, self.span, self.ground.asked
        if not by_month:
            return None
        leads, horizon_us = self.ground.facts.leads, asked.horizon * 24 * HOUR
        months = sorted({month for _channel, _campaign, month in by_month})
        low, count = months[0], months[-1] - months[0] + 1
        bounds = [
            (date(m // 12, m % 12 + 1, 1), date((m + 1) // 12, (m + 1) % 12 + 1, 1)) for m in range(low, low + count)
        ]
        whole = np.array([span[0] <= begin and finish <= span[1] for begin, finish in bounds])
        ripe = np.array([finish + timedelta(days=asked.horizon) <= asked.after for _begin, finish in bounds])
        spend = np.full((len(cells), count), np.nan)
        places = {key: place for place, key in enumerate(cells.keys)}

        def at(channel: str, campaign: str, month: int) -> tuple[int | None, int]:
            return places.get(key_of(channel, campaign, month, cells.dimensions, cells.period)), month - low

        for where, cents in by_month.items():
            cell, place = at(*where)
            if cell is not None and whole[place]:
                spend[cell, place] = np.nan_to_num(spend[cell, place]) + cents
        for where in places_of(
            self.unpriced
        ):  # a month that lacks a part of its spend says nothing of what more spend brings
            cell, place = at(*where)
            if cell is not None and 0 <= place < count:
                spend[cell, place] = np.nan

        def brought(times: Ints | None) -> Floats:
            chosen = (cells.of_lead > OUTSIDE) & (leads.month >= low) & (leads.month < low + count)
            if times is not None:
                chosen &= (times < NEVER) & (times - leads.created <= horizon_us)
            key = cells.of_lead[chosen] * count + leads.month[chosen] - low
            table = np.bincount(key, minlength=len(cells) * count).reshape(len(cells), count).astype(np.float64)
            return np.where(ripe if times is not None else True, table, np.nan)

        return Series(
            spend,
            {"per_lead": brought(None), "per_qualified_lead": brought(leads.handed), "cac": brought(leads.won)},
        )


def _check(source: Source, by: Sequence[str], start: date | None, end: date | None, currency: str | None) -> None:
    check_dimensions(source, by)
    if start is not None and end is not None and start >= end:
        raise UsageError(
            _(
                "The span from {start} to {end} is empty: the first day must come before the last, which is left out."
            ).format(start=start, end=end)
        )
    if currency is not None and currency not in (codes := get_global("all_currencies")):
        near = get_close_matches(currency, codes, n=1)
        hint = _("Did you mean {near}?").format(near=near[0]) if near else _("Write its ISO 4217 code.")
        raise UsageError(_("{code!r} is not a currency.").format(code=currency) + " " + hint)


def _unrecorded(source: Source, facts: Facts) -> frozenset[Stage]:
    """Stages that nobody wrote down, so that no lead could be seen to reach them."""
    has = {name: bool(source.recorded.get(name)) for name in ("handoffs", "decisions", "activities", "opportunities")}
    missing: set[Stage] = set()
    if not has["handoffs"]:
        missing |= {"qualified", "accepted"}
    if not has["decisions"] and facts.definition in {"explicit", "worked", "tacit"}:
        missing.add("accepted")
    if not has["activities"] and facts.definition in {"action", "worked"}:
        missing.add("accepted")
    if not has["opportunities"]:
        missing |= {"opportunity"} if facts.won_by_orders else {"opportunity", "won"}
    return frozenset(missing)


def _wasted(source: Source, facts: Facts, spent: Spending, after: date) -> Wasted | None:
    """What refused and never-worked handoffs cost, over all spend up to the moment, whatever the span of creation."""
    if not source.recorded.get("handoffs") or not spent.pieces:
        return None
    by_channel: dict[tuple[str, int], int] = {}
    for (channel, _campaign, month), cents in spent.by_month(date.min, after).items():
        by_channel[channel, month] = by_channel.get((channel, month), 0) + cents
    foreign = places_of(spent.unpriced_by_month(date.min, after))
    unpriced = frozenset((channel, month) for channel, _campaign, month in foreign)
    name = ("wasted", frozenset(by_channel.items()), unpriced)
    return facts.once(name, lambda: wasted(source, facts, by_channel, unpriced))


def _spend(
    spent: Spending,
    of_the_span: tuple[ByMonth, frozenset[tuple[str, str, int]]],
    facts: Facts,
    whole: Cells,
    after: date,
) -> Spend:
    by_month, unpriced = of_the_span
    total, counted, later = spent.total(), sum(by_month.values()), spent.between(after, date.max)
    without_leads, without_spend = unmatched(by_month, unpriced, facts.leads, whole.of_lead > OUTSIDE)
    return Spend(
        rows=spent.rows,
        total=total,
        counted=counted,
        after_as_of=later,
        outside_span=total - counted - later,
        not_shared=0,
        shared=False,
        without_leads=without_leads,
        leads_without_spend=without_spend,
        renamed=(),
    )


def _orders_left_out(ground: Ground, start: date | None, end: date | None) -> tuple[LeftOut, ...]:
    if start is None and end is None:
        return ground.money.left_out
    return left_out_then(ground.money, ground.facts.orders, _on_days(ground, start, end))


def _on_days(ground: Ground, start: date | None, end: date | None) -> Bools:
    """The orders of the span, by their own day."""
    low = (start - EPOCH).days if start else np.iinfo(np.int32).min
    high = (end - EPOCH).days if end else np.iinfo(np.int32).max
    day = ground.facts.orders.day
    return np.asarray((day >= low) & (day < high))


def _revenue(source: Source, ground: Ground, start: date | None, end: date | None) -> Revenue:
    facts, money, orders = ground.facts, ground.money, ground.facts.orders
    then = _on_days(ground, start, end)
    inside = money.counted & then
    of_lead = inside & (orders.lead > NOBODY)
    qualified = np.zeros(len(inside), dtype=np.bool_)
    qualified[of_lead] = facts.leads.handed[orders.lead[of_lead]] < NEVER
    foreign = np.flatnonzero(then & ~money.counted)
    total, part = int(money.cents[inside].sum()), int(money.cents[qualified].sum())
    return Revenue(
        orders=int(inside.sum()),
        total=total,
        from_leads=int(money.cents[of_lead].sum()),
        from_qualified=part,
        from_no_lead=total - int(money.cents[of_lead].sum()),
        refunds=int(-np.minimum(money.cents[inside], 0).sum()),
        share_from_qualified=_share(source, ground, inside, qualified),
        unpriced=len(foreign),
        left_out=ground.unpriced_amounts(foreign, np.zeros_like(foreign), 1)[0],
    )


def _share(source: Source, ground: Ground, inside: Bools, qualified: Bools) -> Figure:
    """The part of revenue from qualified leads, n being payers: who pays once may pay again, so a payer is one unit."""
    if not (source.recorded.get("orders") and source.recorded.get("handoffs")):
        return Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
    payer, money = ground.facts.orders.payer, ground.money
    size = int(payer.max()) + 1 if len(payer) else 0

    def net(rows: Bools) -> Ints:
        added = np.zeros(size, dtype=np.int64)
        np.add.at(added, payer[rows], money.cents[rows])
        return added

    paid, rest = net(qualified), net(inside & ~qualified)
    n = len(np.unique(payer[inside]))
    a, b = int(paid.sum()), int(rest.sum())
    if n < MINIMUM_COUNT and not money.all_unpriced:
        return Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
    if a < 0 or b < 0 or a + b == 0:  # refunds outweigh sales, or no amount is known: there is no whole
        return Unknown(Reason.NOT_IDENTIFIED)
    if a and b:
        interval = share_interval(a, b, float(np.sum(paid.astype(float) ** 2)), float(np.sum(rest.astype(float) ** 2)))
    else:
        interval = jeffreys(n if a else 0, n)
    return Estimate(a / (a + b), float(interval.low), float(interval.high), n)
