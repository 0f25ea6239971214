"""Who gets the credit for customers, opportunities and revenue: the touches of each path, by every rule there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from accord.agreement.attribution import RULES, RuleName
from accord.metrics.outcomes import NEVER
from accord.stats.grouped import Bools, Ints
from accord.stats.intervals import jeffreys
from accord.stats.sums import share_interval
from accord.value.attribution_figures import NO_TOUCH, WHOLE, Attribution, ChannelCredit, Rule
from accord.value.cells import OUTSIDE
from accord.value.costs import NO_RATE
from accord.value.crediting import Credit, Outcome, outcome_of, reach_shared_out, revenue_shared_out
from accord.value.figures import Bounded
from accord.value.purchases import Ground
from accord.value.sharing import ByMonth
from accord.value.spending import in_units
from accord.value.touch_paths import TouchPaths
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["attributed"]

NOT_RECORDED = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
TOO_FEW = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
RULE_OF_THREE = 3


def attributed(
    ground: Ground, of_lead: Ints, spent: tuple[ByMonth, Mapping[str, ByMonth]], touches: TouchPaths, rule: Rule
) -> Attribution:
    """Share wins, opportunities and revenue of the leads in a cell among channels, by every rule.

    A path is what the lead did up to the win (or the opening of the opportunity); of a lead that is not won, up to the
    moment. On a day without an hour, everything of that day. Revenue takes the path of its lead. ``spent``: by channel,
    campaign and month; beside it the same of what nobody said the worth of, by currency.
    """
    inside = of_lead > OUTSIDE
    leads = ground.facts.leads
    wins = _outcome(ground, inside, touches, leads.won, leads.won_late)
    deals = _outcome(ground, inside, touches, leads.opportunity, leads.opportunity_late)
    spend = _by_channel(spent[0])
    foreign_spend = _units_by_channel({currency: _by_channel(by_month) for currency, by_month in spent[1].items()})
    foreign = _foreign(ground, inside, wins, _own_channels(ground, touches))
    untouched = inside.copy()
    untouched[touches.lead] = False
    in_span = inside[touches.lead]
    met = {touches.channels[code] for code in np.flatnonzero(np.bincount(touches.channel[in_span])).tolist()}
    own = {leads.channel.values[code] for code in np.flatnonzero(np.bincount(leads.channel.codes[inside])).tolist()}
    table = _Table(ground, touches.channels, spend, tuple(sorted({*met, *own, *spend, *foreign_spend})), foreign_spend)
    by_rule: dict[RuleName, tuple[ChannelCredit, ...]] = {
        name: tuple(
            table.rows(
                reach_shared_out(name, wins, rule.half_life_days, unit=WHOLE),
                reach_shared_out(name, deals, rule.half_life_days, unit=WHOLE),
                revenue_shared_out(name, wins, rule.half_life_days),
                {
                    currency: revenue_shared_out(name, orders, rule.half_life_days)
                    for currency, orders in foreign.items()
                },
            )
        )
        for name in RULES
    }
    return Attribution(
        rule=rule,
        touches=int(in_span.sum()),
        unnamed=int(touches.unnamed[inside].sum()),
        leads_untouched=int(untouched.sum()),
        won_untouched=int(wins.reached.sum() - wins.reached[wins.paths.leads].sum()),
        by_rule=by_rule,
    )


def _by_channel(by_month: ByMonth) -> dict[str, int]:
    spend: dict[str, int] = {}
    for (channel, _campaign, _month), cents in by_month.items():
        spend[channel] = spend.get(channel, 0) + cents
    return spend


def _units_by_channel(spend: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """By channel and currency what is told by currency and channel, in units of the currency."""
    channels = sorted({channel for amounts in spend.values() for channel in amounts})
    return {
        channel: {
            currency: in_units(amounts[channel], currency)
            for currency, amounts in sorted(spend.items())
            if channel in amounts
        }
        for channel in channels
    }


def _foreign(ground: Ground, inside: Bools, wins: Outcome, own: Ints) -> dict[str, Outcome]:
    """By currency, the orders that nobody said the worth of, in its smallest units, on the paths of their leads."""
    rows = ground.unpriced_in(np.where(inside, 0, OUTSIDE))
    found = {}
    for currency, ours, cents in ground.unpriced_cents(rows):
        paid = np.zeros(len(inside), dtype=np.int64)
        np.add.at(paid, ground.facts.orders.lead[rows[ours]], cents)
        found[currency] = outcome_of(
            wins.paths, own, wins.channels, reached=np.zeros_like(paid), revenue=paid, payers=paid != 0
        )
    return found


def _own_channels(ground: Ground, touches: TouchPaths) -> Ints:
    place = {name: code for code, name in enumerate(touches.channels)}
    channel = ground.facts.leads.channel
    return np.array([place[name] for name in channel.values], dtype=np.int64)[channel.codes]


def _outcome(ground: Ground, inside: Bools, touches: TouchPaths, when: Ints, until: Ints) -> Outcome:
    revenue = np.zeros(len(inside), dtype=np.int64)
    payers, net = ground.net(ground.rows_in(np.where(inside, 0, OUTSIDE)))
    revenue[payers] = net
    paid = np.zeros(len(inside), dtype=np.bool_)
    paid[payers] = True
    came = when < NEVER
    paths = touches.up_to(np.where(came, until, ground.asked.as_of_us), inside)
    return outcome_of(
        paths,
        _own_channels(ground, touches),
        len(touches.channels),
        reached=(inside & came).astype(np.int64),
        revenue=revenue,
        payers=paid,
    )


@dataclass(frozen=True)
class _Table:
    """What the rows of all rules have in common: the channels that are listed, and what was spent on each."""

    ground: Ground
    channels: tuple[str, ...]
    spend: Mapping[str, int]
    listed: tuple[str, ...]
    foreign_spend: Mapping[str, Mapping[str, float]]

    def rows(
        self, won: Credit, opened: Credit, revenue: Credit, foreign: Mapping[str, Credit]
    ) -> Iterator[ChannelCredit]:
        """One row per channel, by name; then what no touch has brought, where there is any."""
        place = {name: code for code, name in enumerate(self.channels)}
        for name in self.listed:
            code = place.get(name)
            yield ChannelCredit(
                channel=name,
                spend=self.spend.get(name, 0),
                recorded=name in self.spend,
                won=_parts(won, code),
                opportunities=_parts(opened, code),
                revenue=_parts(revenue, code),
                won_share=self._share(won, code),
                cac=self._cac(name, won, code),
                return_on_spend=self._return(name, revenue, code),
                spend_left_out=self.foreign_spend.get(name, {}),
                orders_left_out=_in_currencies({key: _parts(credit, code) for key, credit in foreign.items()}),
            )
        if any(credit.left for credit in (won, opened, revenue, *foreign.values())):
            left = won.left / WHOLE
            yield ChannelCredit(
                channel=NO_TOUCH,
                spend=0,
                recorded=False,
                won=won.left,
                opportunities=opened.left,
                revenue=revenue.left,
                won_share=NOT_RECORDED if self._untold() else _share_figure(left, won.whole, left),
                cac=NOT_RECORDED,
                return_on_spend=NOT_RECORDED,
                orders_left_out=_in_currencies({key: credit.left for key, credit in foreign.items()}),
            )

    def _untold(self) -> bool:
        return "won" in self.ground.asked.unrecorded

    def _share(self, won: Credit, code: int | None) -> Figure:
        """The part of all wins that a channel is credited with."""
        if self._untold():
            return NOT_RECORDED
        if code is None:
            return _share_figure(0.0, won.whole, 0.0)
        return _share_figure(float(won.credit[code]), won.whole, float(won.square[code]), float(won.along[code]))

    def _cac(self, name: str, won: Credit, code: int | None) -> Figure:
        """Spend ÷ credit for wins: the money is what it is, the credit could have come out otherwise."""
        if self._untold() or name not in {*self.spend, *self.foreign_spend}:
            return NOT_RECORDED
        if self.spend.get(name, -1) < 0:  # of unknown worth, or outweighed by credit notes
            return NO_RATE
        amount = self.spend[name] * 10.0**-self.ground.asked.decimals
        if code is None or won.parts[code] <= 0:
            return Bounded(Reason.TOO_FEW, MINIMUM_COUNT, at_least=amount / RULE_OF_THREE)
        if won.paths[code] < MINIMUM_COUNT:
            return TOO_FEW
        low, high = float(won.interval.low[code]), float(won.interval.high[code])
        if low <= 0:
            return TOO_FEW
        ends = sorted((amount / high, amount / low))
        return Estimate(amount / float(won.credit[code]), ends[0], ends[1], int(won.paths[code]))

    def _return(self, name: str, revenue: Credit, code: int | None) -> Figure:
        """Revenue credited ÷ spend."""
        spent = self.spend.get(name, 0)
        if not self.ground.asked.orders or (spent <= 0 and not (name in self.foreign_spend and name not in self.spend)):
            return NOT_RECORDED
        if spent <= 0 or self.ground.money.all_unpriced:
            return NO_RATE
        if code is None or revenue.paths[code] < MINIMUM_COUNT:
            return TOO_FEW
        low, high = (float(end[code]) for end in (revenue.interval.low, revenue.interval.high))
        return Estimate(float(revenue.credit[code]) / spent, low / spent, high / spent, int(revenue.paths[code]))


def _in_currencies(cents: Mapping[str, int]) -> dict[str, float]:
    return {currency: in_units(amount, currency) for currency, amount in cents.items() if amount}


def _parts(credit: Credit, code: int | None) -> int:
    return 0 if code is None else int(credit.parts[code])


def _share_figure(part: float, whole: int, square: float, along: float | None = None) -> Figure:
    r"""``part`` ÷ ``whole`` wins. The delta method on the log-odds, a win being one unit that may be shared:

    :math:`\sum (x_i / a - (r_i - x_i) / b)^2` with :math:`\sum x_i^2` = ``square``, :math:`\sum x_i r_i` = ``along``,
    :math:`r_i` = 1 for a win.
    """
    if whole < MINIMUM_COUNT:
        return TOO_FEW
    rest = whole - part
    if part <= 0 or rest <= 0:
        interval = jeffreys(whole if part > 0 else 0, whole)
        return Estimate(part / whole, float(interval.low), float(interval.high), whole)
    both = 1 / part + 1 / rest
    crossed = part if along is None else along
    variance = square * both**2 - 2 * crossed * both / rest + whole / rest**2
    interval = share_interval(part, rest, max(variance, 0.0) * part**2, 0.0)
    return Estimate(part / whole, float(interval.low), float(interval.high), whole)
