"""How much of an outcome each channel is due by a rule, over the paths of all leads."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from accord.agreement.attribution import RuleName
from accord.stats.credit import (
    Credited,
    Pairs,
    credited,
    decay_shares,
    first_shares,
    last_shares,
    linear_shares,
    paired,
    parts_of_whole,
    position_shares,
)
from accord.stats.grouped import Bools, Floats, Ints
from accord.stats.intervals import Interval
from accord.stats.removal import Steps, moved_by_paths, removal_effects, steps_of, transitions_of
from accord.stats.sums import difference_interval, sum_interval
from accord.tables.times import DAY
from accord.value.touch_paths import Paths

__all__ = ["Chain", "Credit", "Outcome", "outcome_of", "reach_shared_out", "revenue_shared_out"]


@dataclass(frozen=True)
class Credit:
    """What a rule gives each channel: whole ``parts``, and ``left``, what is due to no touch; the two add up.

    ``whole``: all there is to share, touched or not, in outcomes or cents. ``credit``: the parts in the same unit.
    ``square``, ``along``: Σ x² and Σ x r over the leads, r being what a lead brought and x what of it the channel is
    due; ``interval``: of the credit; ``paths``: how many leads gave the channel anything.
    """

    parts: Ints
    left: int
    whole: int
    credit: Floats
    square: Floats
    along: Floats
    interval: Interval
    paths: Ints


@dataclass(frozen=True)
class Outcome:
    """Leads and their ``paths`` to an outcome: per lead whether it was ``reached`` (1 or 0) and the ``revenue``.

    ``payers``: whether it has an order that counts, whatever its orders net to: what a figure of revenue rests on.
    ``rich`` are the paths of leads that reached it or paid; ``own``: of all such leads (``owners``) their
    own channel alone, for the rule that looks at no touch.
    """

    paths: Paths
    rich: Paths
    pairs: Pairs
    owners: Ints
    own: Pairs
    reached: Ints
    revenue: Ints
    payers: Bools
    channels: int

    @cached_property
    def chain(self) -> Chain:
        """The Markov chain of all paths, made once."""
        codes = np.flatnonzero(np.bincount(self.paths.channel, minlength=self.channels))
        place = np.zeros(self.channels, dtype=np.int64)
        place[codes] = np.arange(len(codes))
        steps = steps_of(self.paths.starts, place[self.paths.channel], len(codes))
        return Chain(codes, steps, transitions_of(steps))


@dataclass(frozen=True)
class Chain:
    """The steps of all paths between the channels that any lead met (``codes``), and how often each was taken."""

    codes: Ints
    steps: Steps
    transitions: Ints


def outcome_of(paths: Paths, own: Ints, channels: int, *, reached: Ints, revenue: Ints, payers: Bools) -> Outcome:
    """Lay out what all rules share; ``own``: the channel of each lead itself."""
    brought = (reached > 0) | payers
    rich = _chosen(paths, brought[paths.leads])
    owners = np.flatnonzero(brought)
    return Outcome(
        paths,
        rich,
        paired(rich.path, rich.channel, channels),
        owners,
        paired(np.arange(len(owners)), own[owners], channels),
        reached,
        revenue,
        payers,
        channels,
    )


def _chosen(paths: Paths, chosen: Bools) -> Paths:
    length = np.diff(paths.starts)
    kept = np.repeat(chosen, length)
    starts = np.concatenate([[0], np.cumsum(length[chosen])])
    return Paths(paths.leads[chosen], starts, paths.channel[kept], paths.at[kept])


def reach_shared_out(rule: RuleName, outcome: Outcome, half_life_days: float, *, unit: int) -> Credit:
    """Share out the leads that reached the outcome by ``rule``, in parts of 1 ÷ ``unit``."""
    return _shared_out(rule, outcome, outcome.reached, outcome.reached > 0, half_life_days=half_life_days, unit=unit)


def revenue_shared_out(rule: RuleName, outcome: Outcome, half_life_days: float) -> Credit:
    """Share out the revenue by ``rule``; ``paths`` of the answer counts payers, as every figure of revenue does."""
    return _shared_out(rule, outcome, outcome.revenue, outcome.payers, half_life_days=half_life_days, unit=1)


def _shared_out(
    rule: RuleName, outcome: Outcome, amount: Ints, counted: Bools, *, half_life_days: float, unit: int
) -> Credit:
    if rule == "markov":
        return _by_removal(outcome, amount, counted, unit)
    owners, pairs = (outcome.owners, outcome.own) if rule == "lead_channel" else (outcome.rich.leads, outcome.pairs)
    share = np.ones(len(owners)) if rule == "lead_channel" else _shares(rule, outcome.rich, half_life_days)
    found = credited(amount[owners], pairs, share, unit=unit, counted=counted[owners])
    whole = int(amount.sum())
    credit = found.parts / unit
    left = whole * unit - int(found.parts.sum())
    # A win is 1, so what a channel is due of it times that is what it is due.
    interval = _interval(amount[owners], pairs, share, found)
    return Credit(found.parts, left, whole, credit, found.square, credit, interval, found.paths)


def _interval(amount: Ints, pairs: Pairs, share: Floats, whole: Credited) -> Interval:
    """Of the credit; leads whose refunds outweigh what they paid are a sum of their own that is taken off."""
    if not np.any(amount < 0):
        return sum_interval(whole.credit, whole.square, whole.largest)
    plus, minus = (credited(np.maximum(part, 0), pairs, share) for part in (amount, -amount))
    return difference_interval(
        plus.credit,
        sum_interval(plus.credit, plus.square, plus.largest),
        minus.credit,
        sum_interval(minus.credit, minus.square, minus.largest),
    )


def _shares(rule: RuleName, paths: Paths, half_life_days: float) -> Floats:
    if rule == "time_decay":
        return decay_shares(paths.starts, paths.at, half_life_days * DAY)
    simple = {"first": first_shares, "last": last_shares, "linear": linear_shares, "position": position_shares}
    return simple[rule](paths.starts)


def _by_removal(outcome: Outcome, amount: Ints, counted: Bools, unit: int) -> Credit:
    """Credit in proportion to removal effects: of money by how much money would be missing, of wins by how many."""
    chain, touched, size = outcome.chain, amount[outcome.paths.leads], outcome.channels
    brought = touched.astype(np.float64)
    by_last = np.bincount(chain.steps.last, weights=brought, minlength=len(chain.codes)).astype(np.float64)
    removal = removal_effects(chain.transitions, by_last)
    moved = moved_by_paths(removal, chain.steps, brought)
    whole = int(touched.sum()) if removal.per_path > 0 else 0
    parts = np.zeros(size, dtype=np.int64)
    if whole:
        exact = [Fraction(part) for part in removal.share.tolist()]
        parts[chain.codes] = parts_of_whole(whole * unit, [part / sum(exact) * whole * unit for part in exact])
    squares = float(sum(part * part for part in touched[touched != 0].tolist()))
    rich = outcome.rich.leads
    given = credited(amount[rich], outcome.pairs, linear_shares(outcome.rich.starts), counted=counted[rich])

    def spread(values: Floats) -> Floats:
        filled = np.zeros(size)
        filled[chain.codes] = values
        return filled

    share = removal.share
    everything = int(amount.sum())
    square = spread(share**2 * squares + 2 * share * whole * moved.along + float(whole) ** 2 * moved.square)
    return Credit(
        parts=parts,
        left=everything * unit - int(parts.sum()),
        whole=everything,
        credit=spread(share * whole),
        square=square,
        along=spread(share * squares + whole * moved.along),
        interval=sum_interval(np.maximum(spread(share * whole), 0.0), square, given.largest),
        paths=given.paths,
    )
