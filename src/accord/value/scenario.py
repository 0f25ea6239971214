"""What a change would bring: leads accepted, customers, revenue and cost as they are, and as they would be.

Leads in number, the share of them handed over, the share of these accepted, the share of these won, and what a customer
brings are told by separate parts of the data. Each is drawn from what is known of it, many times; both worlds are
worked out in each draw, and the middle 95 % of the differences are the interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from babel.numbers import format_decimal

from accord.errors import Fault, UsageError
from accord.language import current_language
from accord.language import gettext as _
from accord.stats.draws import figure_draws, middle_of, share_draws
from accord.stats.grouped import Floats
from accord.stats.sums import rule_of_three
from accord.value.chances import TOO_FEW, Chance, Chances
from accord.value.figures import Bounded, ValueRow
from accord.value.lateness import Late
from accord.value.levers import Lever, Supposition
from accord.value.scenario_figures import LINES, Assumption, Line, Moved, Scenario
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["DRAWS", "SEED", "Setting", "scenario_of"]

DRAWS = 20_000
SEED = 20_260_101

NOTHING = 1e-9
"""So little of anything is none: nothing is divided by it."""

TOLD_BY: Mapping[Lever, tuple[str, ...]] = {
    "acceptance": ("handoffs", "decisions"),
    "win_rate": ("handoffs", "decisions", "opportunities"),
    "late_acceptances": ("handoffs", "decisions"),
    "leads": ("leads",),
    "cost_per_lead": ("spend",),
    "spend": ("spend",),
}
"""The tables that tell what a lever is now."""


@dataclass(frozen=True)
class Setting:
    """What a scenario starts from: the segment's row, its chances, its late acceptances; cents: ``10**-decimals``."""

    row: ValueRow
    where: Mapping[str, str]
    chances: Chances
    late: Late
    horizon_days: int
    decimals: int


@dataclass(frozen=True)
class _World:
    """Everything that is uncertain: numbers, or arrays of draws of them."""

    qualified: Any
    accepted: Any
    won: Any
    added: Any
    otherwise: Any
    late: Any
    late_loss: Any
    revenue: Any
    lead_cost: Any
    ahead: Any


def scenario_of(setting: Setting, suppositions: Sequence[Supposition]) -> Scenario:
    """What the suppositions together would bring. Raises ``UsageError`` where one is impossible here."""
    moved = {each.lever: each for each in suppositions}
    known = _Known(setting)
    _recorded(known, suppositions)
    _possible(known, suppositions)
    return Scenario(
        tuple(suppositions),
        setting.where,
        setting.row.funnel.leads,
        setting.horizon_days,
        {each.lever: known.lever(each) for each in suppositions},
        {line: known.line(line, moved) for line in LINES},
        tuple(_assumptions(known, moved)),
        setting.row.costs.left_out,
        setting.row.customers.left_out,
    )


def _recorded(known: _Known, suppositions: Sequence[Supposition]) -> None:
    """``UsageError`` where nobody wrote down what tells a lever, so that there is nothing to move."""
    faults = []
    for each in suppositions:
        now = known.lever(each).now
        if isinstance(now, Unknown) and now.reason == Reason.NOT_RECORDED:
            message = _(
                "What {lever} is now, nothing recorded tells, so no change of it can be supposed: import {tables}."
            )
            faults.append(Fault(message.format(lever=each.lever, tables=", ".join(TOLD_BY[each.lever]))))
    if faults:
        raise UsageError(*faults)


def _possible(known: _Known, suppositions: Sequence[Supposition]) -> None:
    faults = []
    for each in suppositions:
        now = known.share(each.lever)
        if not isinstance(now, Chance):
            continue
        then = each.applied(now.share)
        if not -1e-12 <= then <= 1 + 1e-12:
            message = _(
                "{lever} is {now}% here: changed so, it would be {then}%, and no share is below 0% or above 100%."
            )
            faults.append(
                Fault(
                    message.format(lever=each.lever, now=_one_decimal(100 * now.share), then=_one_decimal(100 * then))
                )
            )
    if faults:
        raise UsageError(*faults)


def _one_decimal(number: float) -> str:
    """114.5 · 114,5."""
    return format_decimal(number, "#,##0.0", locale=current_language())


class _Known:
    """The world as it is: the best guess of it, and draws."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.row, self.chances = setting.row, setting.chances
        self.scale = 10.0**-setting.decimals
        self.leads, self.spend = self.row.funnel.leads, self.row.costs.spend * self.scale
        self.revenue, self.marginal = self.row.customers.revenue_per_customer, self.row.costs.marginal["per_lead"]
        late = setting.late
        self.late: Chance | Unknown = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
        if late.accepted >= MINIMUM_COUNT:
            self.late = Chance(late.late / late.accepted, float(late.accepted), late.accepted)
        if isinstance(self.chances.accepted, Unknown):
            self.late = self.chances.accepted
        average = self.spend / self.leads if self.leads else 0.0
        chance = np.random.default_rng(SEED)

        def shares(found: Chance | Unknown) -> tuple[float, Floats]:
            if isinstance(found, Unknown):
                return 0.0, np.zeros(DRAWS)
            return found.share, share_draws(chance, found.share, found.trials, DRAWS)

        def amounts(found: Figure, otherwise: float = 0.0) -> tuple[float, Floats]:
            if isinstance(found, Unknown):
                return otherwise, np.full(DRAWS, otherwise)
            return found.value, figure_draws(chance, found, DRAWS)

        pairs = {
            "qualified": shares(self.chances.qualified),
            "accepted": shares(self.chances.accepted),
            "won": shares(self.chances.won),
            "added": shares(self.chances.won_marginal),
            "otherwise": shares(self.chances.won_otherwise),
            "late": shares(self.late),
            "late_loss": amounts(late.difference),
            "revenue": amounts(self.revenue),
            "lead_cost": amounts(self.marginal, average),
            "ahead": (1.0, np.ones(DRAWS)) if self.chances.ahead is None else shares(self.chances.ahead),
        }
        self.guess = _World(**{name: pair[0] for name, pair in pairs.items()})
        self.draws = _World(**{name: pair[1] for name, pair in pairs.items()})

    def share(self, lever: Lever) -> Chance | Unknown | None:
        """The lever as a share, where it is one."""
        shares = {"acceptance": self.chances.accepted, "win_rate": self.chances.won, "late_acceptances": self.late}
        return shares.get(lever)

    def lever(self, supposed: Supposition) -> Moved:
        """The lever itself, now and then."""
        share = self.share(supposed.lever)
        if isinstance(share, Unknown):
            return Moved(share, share, share)
        if share is not None:
            name = {"acceptance": "accepted", "win_rate": "won", "late_acceptances": "late"}[supposed.lever]
            now = getattr(self.draws, name)
            then = np.clip(supposed.applied(now), 0.0, 1.0)
            value = supposed.applied(share.share)
            return Moved(
                _estimate(share.share, now, share.n),
                _estimate(value, then, share.n),
                _estimate(value - share.share, then - now, share.n),
            )
        costs = self.row.costs
        whole: dict[Lever, Figure] = {
            "leads": _certain(self.leads, self.leads),
            "spend": _certain(self.spend, self.leads) if costs.recorded else costs.per_lead,
            "cost_per_lead": costs.per_lead,
        }
        before = whole[supposed.lever]
        return Moved(before, _times(before, 1 + supposed.amount), _times(before, supposed.amount))

    def line(self, line: Line, moved: Mapping[Lever, Supposition]) -> Moved:
        """One figure of both worlds."""
        missing = self._missing(line, moved)
        now = self._now(line)
        if isinstance(now, Unknown):
            missing = now
        if missing is not None:
            bare = Unknown(missing.reason, missing.need)  # a bound on the figure is none on its difference
            change = self._bounded(missing, moved) if line == "won" else bare
            return Moved(now, bare, change)
        n = now.n if isinstance(now, Estimate) else self.leads
        expected = self.brought(self.guess, moved)
        if _ground(line, expected) <= NOTHING:
            nothing = Unknown(Reason.NOT_IDENTIFIED)  # what nothing costs, or what comes back for no money
            return Moved(now, nothing, nothing)
        before, after = self.brought(self.guess, {})[line], expected[line]
        drawn_before, drawn_after = (self.brought(self.draws, change)[line] for change in ({}, moved))
        return Moved(
            now,
            _estimate(after, drawn_after, n),
            _estimate(after - before, drawn_after - drawn_before, n),
            self._cautious(line, moved, before, drawn_before, n),
        )

    def _cautious(
        self, line: Line, moved: Mapping[Lever, Supposition], before: float, drawn_before: Floats, n: int
    ) -> Figure | None:
        supposed = moved.get("acceptance")
        if line not in {"won", "revenue", "cac", "return_on_spend"} or supposed is None:
            return None
        if self.guess.accepted >= supposed.applied(self.guess.accepted):
            return None  # nothing is added
        if isinstance(self.chances.won_marginal, Unknown):
            return self.chances.won_marginal
        after, drawn = (self.brought(world, moved, cautious=True)[line] for world in (self.guess, self.draws))
        return _estimate(after - before, drawn - drawn_before, min(n, self.chances.won_marginal.n))

    def _missing(self, line: Line, moved: Mapping[Lever, Supposition]) -> Unknown | None:
        """The first thing that is not known and without which the line cannot be said."""
        chances, costs = self.chances, self.row.costs
        of_spend: list[Any] = [] if costs.recorded else [costs.per_lead]
        of_leads: list[Any] = of_spend if "spend" in moved else []
        of_accepted = [*of_leads, chances.qualified, chances.accepted]
        of_won = [*of_accepted, chances.won]
        if "late_acceptances" in moved:
            of_won += [self.late, self.setting.late.difference]
        needs: dict[Line, list[Any]] = {
            "leads": of_leads,
            "accepted": of_accepted,
            "won": of_won,
            "revenue": [*of_won, self.revenue],
            "spend": of_spend,
            "cost_per_accepted_lead": [*of_spend, *of_accepted],
            "cac": [*of_spend, *of_won],
            "return_on_spend": [*of_spend, *of_won, self.revenue],
        }
        return next((found for found in needs[line] if isinstance(found, Unknown)), None)

    def _bounded(self, missing: Unknown, moved: Mapping[Lever, Supposition]) -> Unknown:
        """After no win at all: what added acceptances can bring at most, by the rule of three."""
        accepted = self.chances.accepted
        bare = Unknown(missing.reason, missing.need)
        if not isinstance(missing, Bounded) or isinstance(accepted, Unknown) or set(moved) != {"acceptance"}:
            return bare
        added = self.brought(self.guess, moved)["accepted"] - self.brought(self.guess, {})["accepted"]
        reached = self.guess.qualified * self.guess.accepted * self.leads
        if added <= 0 or reached < 1:
            return bare
        return Bounded(missing.reason, missing.need, at_most=float(added * rule_of_three(reached)))

    def _now(self, line: Line) -> Figure:
        funnel, costs = self.row.funnel, self.row.costs
        won = _times(funnel.conversion["won"], self.leads)
        spend: Figure = _certain(self.spend, self.leads) if costs.recorded else costs.per_lead
        drawn = self.brought(self.draws, {})
        guess = self.brought(self.guess, {})

        def drawn_figure(name: Line, *needs: Figure) -> Figure:
            missing = self._missing(name, {}) or next((each for each in needs if isinstance(each, Unknown)), None)
            n = self.revenue.n if isinstance(self.revenue, Estimate) else self.leads
            if name == "cost_per_accepted_lead":
                n = self.row.funnel.accepted
            return missing if missing is not None else _estimate(guess[name], drawn[name], n)

        figures: dict[Line, Figure] = {
            "leads": _certain(self.leads, self.leads),
            "accepted": _times(funnel.conversion["accepted"], self.leads),
            "won": won,
            "revenue": drawn_figure("revenue", won),
            "spend": spend,
            "cost_per_accepted_lead": drawn_figure("cost_per_accepted_lead"),
            "cac": _given_leads(costs.cac_at_horizon, spend, won),
            "return_on_spend": drawn_figure("return_on_spend", won, costs.return_on_spend),
        }
        return figures[line]

    def _bought(self, world: _World, more_leads: float, more_spend: float, price: float) -> tuple[Any, Any]:
        """Leads and the money for them. More come at what one more costs; to have none costs nothing.

        Fewer are on the curve C(u) = spend · u · (1 − (m − 1) · (1 − u)) of the share u that is left, m being the cost
        of one more ÷ the average: it leaves today's spend at the slope of one more, and ends at nothing.
        """
        marginal = np.maximum(world.lead_cost, NOTHING)
        average = max(self.spend / self.leads if self.leads else 0.0, NOTHING)
        steeper = marginal / average - 1
        bought: Any = 0.0
        if more_spend > 0:
            bought = more_spend * self.spend / np.maximum(marginal * price, NOTHING)
        elif more_spend < 0:
            bought = self.leads * (_left(steeper, 1 + more_spend) - 1)
        leads = np.maximum(self.leads * (1 + more_leads) + bought, 0.0)
        if more_spend:
            return leads, self.spend * (1 + more_spend)
        if more_leads < 0:
            left = 1 + more_leads
            return leads, self.spend * price * left * np.maximum(1 - steeper * (1 - left), 0.0)
        return leads, (self.spend + self.leads * more_leads * marginal) * price

    def brought(self, world: _World, moved: Mapping[Lever, Supposition], *, cautious: bool = False) -> dict[Line, Any]:
        """What ``world`` brings with the levers so moved."""

        def applied(lever: Lever, value: Any) -> Any:
            return np.clip(moved[lever].applied(value), 0.0, 1.0) if lever in moved else value

        def by(lever: Lever) -> float:
            return moved[lever].amount if lever in moved else 0.0

        price = 1 + by("cost_per_lead")
        leads, spend = self._bought(world, by("leads"), by("spend"), price)
        handed = leads * world.qualified
        share, won = applied("acceptance", world.accepted), applied("win_rate", world.won)
        accepted = handed * share
        # Who was won before the acceptance is won in any case; of the acceptances added, the same part gains nothing.
        noted = handed * world.accepted * (1 - world.ahead)
        taken, kept = accepted * world.ahead, handed * np.minimum(share, world.accepted) * world.ahead
        late = applied("late_acceptances", world.late)
        wins = (
            kept * won
            + (taken - kept) * (world.added if cautious else won)
            + noted
            + (leads - taken - noted) * world.otherwise
            + accepted * (late - world.late) * world.late_loss
        )
        wins = np.maximum(wins, 0.0)
        revenue = wins * world.revenue
        safe = np.maximum(wins, NOTHING)
        return {
            "leads": leads,
            "accepted": accepted,
            "won": wins,
            "revenue": revenue,
            "spend": spend,
            "cost_per_accepted_lead": spend / np.maximum(accepted, NOTHING),
            "cac": spend / safe,
            "return_on_spend": revenue / np.maximum(spend, NOTHING),
        }


def _given_leads(cost: Figure, spend: Figure, won: Figure) -> Figure:
    """The same cost of as many leads as there are, as everything in a scenario: the number of leads is no chance."""
    if not (isinstance(cost, Estimate) and isinstance(spend, Estimate) and isinstance(won, Estimate)):
        return cost
    return Estimate(cost.value, spend.value / won.high, spend.value / won.low, cost.n)


def _left(steeper: Any, money: float) -> Any:
    """The share of leads that ``money``, a share of the spend, still buys: u · (1 − s · (1 − u)) solved for u."""
    flat = 1 - steeper
    return np.clip(
        2 * money / np.maximum(flat + np.sqrt(np.maximum(flat**2 + 4 * steeper * money, 0.0)), NOTHING), 0, 1
    )


def _ground(line: Line, lines: Mapping[Line, Any]) -> float:
    """What the line divides by; 1 where it divides by nothing."""
    below: dict[Line, Line] = {"cost_per_accepted_lead": "accepted", "cac": "won", "return_on_spend": "spend"}
    return float(lines[below[line]]) if line in below else 1.0


def _assumptions(known: _Known, moved: Mapping[Lever, Supposition]) -> list[Assumption]:
    chances, said = known.chances, [Assumption("as_many_leads", float(known.leads))]

    def told(code: str, found: Chance | Unknown, draws: Floats) -> None:
        figure: Figure = found if isinstance(found, Unknown) else _estimate(found.share, draws, found.n)
        if isinstance(found, Chance) and found.share == 0:
            figure = Bounded(Reason.TOO_FEW, MINIMUM_COUNT, at_most=float(rule_of_three(found.trials)))
        if isinstance(chances.won, Chance):  # of what is not known, nothing is taken for granted
            said.append(Assumption(code, figure))

    before, after = (known.brought(known.guess, change)["accepted"] for change in ({}, moved))
    if "acceptance" in moved and moved["acceptance"].applied(known.guess.accepted) < known.guess.accepted:
        told("refused_win_like_accepted", chances.won, known.draws.won)
    elif "acceptance" in moved:
        told("added_win_like_accepted", chances.won, known.draws.won)
        told("cautious_lowest_scores", chances.won_marginal, known.draws.added)
    if "acceptance" in moved and chances.ahead is not None and isinstance(chances.won, Chance):
        noted = _estimate(1 - known.guess.ahead, 1 - known.draws.ahead, chances.ahead.n)
        said.append(Assumption("won_before_accepted", noted))
    if "acceptance" in moved and isinstance(chances.won_otherwise, Chance) and chances.won_otherwise.share > 0:
        few = chances.won_otherwise.n < MINIMUM_COUNT
        told("won_anyway", TOO_FEW if few else chances.won_otherwise, known.draws.otherwise)
    if "late_acceptances" in moved and isinstance(known.setting.late.difference, Estimate):
        said.append(Assumption("late_win_less", known.setting.late.difference))
    if moved.keys() & {"leads", "spend"}:
        said.append(Assumption("leads_like_these"))
        average = isinstance(known.marginal, Unknown)
        if known.row.costs.recorded:
            said.append(
                Assumption("at_average_cost", known.row.costs.per_lead)
                if average
                else Assumption("at_marginal_cost", known.marginal)
            )
    if not moved.keys() & {"leads", "spend", "cost_per_lead"} and known.row.costs.recorded:
        said.append(Assumption("same_spend", known.spend))
    if "cost_per_lead" in moved:
        said.append(Assumption("as_good_for_less"))
    if isinstance(known.revenue, Estimate):
        said.append(Assumption("same_revenue_per_customer", known.revenue))
    if isinstance(chances.accepted, Chance) and after > before:
        said.append(Assumption("capacity", float(after - before)))
    return [*said, Assumption("nothing_else"), Assumption("expectation")]


def _estimate(value: Any, draws: Any, n: int) -> Estimate:
    """``value`` with the middle of the draws, which holds it in any case."""
    spread = np.broadcast_to(np.asarray(draws, dtype=np.float64), (DRAWS,))
    low, high = middle_of(spread)
    return Estimate(float(value), min(low, float(value)), max(high, float(value)), n)


def _certain(value: float, n: int) -> Estimate:
    return Estimate(float(value), float(value), float(value), n)


def _times(figure: Figure, factor: float) -> Figure:
    if isinstance(figure, Bounded):
        low, high = (None if end is None else end * factor for end in (figure.at_least, figure.at_most))
        return replace(figure, at_least=low, at_most=high)
    if isinstance(figure, Unknown):
        return figure
    low, high = sorted((figure.low * factor, figure.high * factor))
    return Estimate(figure.value * factor, low, high, figure.n, figure.level)
