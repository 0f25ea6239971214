"""The acceptance metrics, each defined once: additive counts per cell, and counts per cell and bin of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from accord.agreement.model import Acceptance
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.metrics.habits import habits
from accord.metrics.outcomes import NEVER, Edge, Outcome
from accord.tables.times import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = [
    "CAUSES",
    "CLOCKS",
    "COUNTS",
    "FINE_MINUTES",
    "FLAGS",
    "UNPLACED",
    "USUAL_CLOCKS",
    "Clock",
    "Count",
    "counts",
    "facts",
    "left_by_bin",
    "weighted_by_bin",
]

FINE_MINUTES = 72 * 60
"""Bins are whole minutes up to here, whole hours beyond."""

Clock = Literal["elapsed", "business", "business_days", "answered", "answered_business", "answered_business_days"]
"""Elapsed time, open time, open time in business days (24 "hours" = one business day); the same to an answer."""

CLOCKS: tuple[Clock, ...] = get_args(Clock)
USUAL_CLOCKS: tuple[Clock, ...] = CLOCKS[:4]
CAUSES = ("accepted", "rejected", "expired", "censored")


@dataclass(frozen=True, slots=True)
class Count:
    """One additive count: how many episodes of a cell satisfy the condition of that name in :func:`_conditions`."""

    name: str
    meaning: str


COUNTS: tuple[Count, ...] = (
    Count("handed", "handed over to sales"),
    Count("accepted", "accepted, by the definition in use"),
    Count("rejected", "rejected, disqualified or recycled as first decision"),
    Count("disqualified", "disqualified as first decision; part of rejected"),
    Count("recycled", "recycled as first decision; part of rejected"),
    Count("expired", "over without an outcome"),
    Count("superseded", "over because the lead was handed over again; part of expired"),
    Count("open", "neither decided nor over"),
    Count("disqualified_after_acceptance", "accepted first, disqualified later"),
    Count("recycled_after_acceptance", "accepted first, recycled later"),
    Count("ghost_of", "explicit acceptances old enough to have been worked"),
    Count("ghost", "of those, without a real action in time"),
    Count("silent_of", "over, with a real action"),
    Count("silent", "of those, never decided"),
    Count("token_of", "explicit acceptances with any activity, old enough to judge"),
    Count("token", "of those, one short or unanswered call and nothing else"),
    Count("never_worked_of", "over"),
    Count("never_worked", "of those, without any activity at all"),
    Count("dated", "handed over, decided or acted upon at a date without an hour"),
    Count("followed", "handed over at least the window ago, whatever became of it and however soon"),
)

UNPLACED = -1
"""The minute of what a clock cannot place: a handoff before the business clock begins."""

FLAGS = tuple(count.name for count in COUNTS if count.name != "handed")


def facts(
    observed: ir.Table,
    rules: Acceptance,
    clocks: Sequence[Clock] = USUAL_CLOCKS,
    edge: Edge = "stated",
) -> ir.Table:
    """One narrow row per episode, in whole numbers: everything the figures of a cell are summed from.

    ``cell_…``; the episode's row, where it has one; ``local_day`` and ``local_month`` of the handoff; ``flags``: bit k
    is the k-th of :data:`FLAGS`; ``cause``: how it left (a place in :data:`CAUSES`); ``answered_cause`` likewise, an
    answer counting as accepted; ``<edge>_<clock>``: right edge, in minutes, of the bin in which it left on each of
    ``clocks``, ``edge`` being the one that ``observed`` was read at; ``weight`` (thousandths) and ``seconds`` of the
    weighted handling delay.
    Whoever is still open is censored in the last bin that was observed whole.
    """
    conditions = _conditions(observed, rules, edge)
    bits = [conditions[name].cast("int32") * (1 << index) for index, name in enumerate(FLAGS)]
    answered = observed.answered_us < NEVER
    keys = [name for name in observed.columns if name.startswith("cell_") or name == EPISODE_ROW]
    minutes = {
        f"{edge}_{clock}": ibis.coalesce(
            _minute(_moment(observed, clock), whole=_still_open(observed, clock)), UNPLACED
        ).cast("int32")
        for clock in clocks
    }
    return observed.select(
        *keys,
        local_day=observed.local_day.cast("int32"),
        local_month=observed.local_month.cast("int32"),
        flags=sum(bits[1:], bits[0]).cast("int32"),
        cause=observed.outcome,
        answered_cause=ibis.ifelse(answered, 0, ibis.ifelse(observed.ended, 2, 3)).cast("int8"),
        weight=_rounded(observed.handling_weight * 1000).cast("int32"),
        seconds=_rounded(observed.handled_us / 1_000_000).cast("int32"),
        **minutes,
    )


def counts(narrow: ir.Table) -> ir.Table:
    """From :func:`facts`: one row per cell with every count of :data:`COUNTS`."""
    keys = _keys(narrow)
    summed = {
        name: (((narrow.flags.cast("int64") / (1 << index)).floor().cast("int64")) % 2).sum().cast("int64")
        for index, name in enumerate(FLAGS)
    }
    return narrow.group_by(keys).aggregate(handed=narrow.count(), **summed)


def left_by_bin(narrow: ir.Table, clock: Clock, edge: Edge = "stated") -> ir.Table:
    """From :func:`facts`: how many left in each bin (``minute``) of each cell, by cause: a risk table in long form."""
    cause = narrow.answered_cause if clock.startswith("answered") else narrow.cause
    keys = _keys(narrow)
    marked = narrow.select(*keys, minute=narrow[f"{edge}_{clock}"], cause=cause)
    marked = marked.filter(marked.minute > UNPLACED)
    return marked.group_by([*keys, "minute"]).aggregate(
        **{name: ibis.ifelse(marked.cause == index, 1, 0).sum().cast("int64") for index, name in enumerate(CAUSES)}
    )


def weighted_by_bin(narrow: ir.Table, edge: Edge = "stated") -> ir.Table:
    """From :func:`facts`: moments of the weighted handling delay of handled leads, by cell and bin of elapsed time.

    Sums over accepted and rejected episodes, in whole numbers so that every engine and every run adds up to the same:
    ``count``; ``w`` (weights, thousandths) and ``wd`` (× seconds); ``w2``, ``w2d``, ``w2d2`` (squared hundredths ×
    minutes), which only the interval needs.
    """
    handled = narrow.filter(narrow.cause <= Outcome.REJECTED)
    keys = _keys(handled)
    weight, seconds = handled.weight.cast("int64"), handled.seconds.cast("int64")
    hundredths, minutes = _rounded(weight / 10).cast("int64"), _rounded(seconds / 60).cast("int64")
    square = hundredths * hundredths
    parts = handled.select(
        *keys,
        minute=handled[f"{edge}_elapsed"],
        w=weight,
        wd=weight * seconds,
        w2=square,
        w2d=square * minutes,
        w2d2=square * minutes * minutes,
    )
    return parts.group_by([*keys, "minute"]).aggregate(
        count=parts.count(), **{name: parts[name].sum().cast("int64") for name in ("w", "wd", "w2", "w2d", "w2d2")}
    )


def _rounded(number: ir.NumericValue) -> ir.NumericValue:
    """To the nearest whole number, halves up: engines' own rounding disagrees on halves."""
    return (number + 0.5).floor()


def _keys(table: ir.Table) -> list[str]:
    return [name for name in table.columns if name.startswith("cell_")]


def _conditions(observed: ir.Table, rules: Acceptance, edge: Edge) -> dict[str, ir.BooleanValue]:
    """Every flag's condition; none is ever null, because times that have not come are ``NEVER``.

    Of the shares among them ``earliest`` gives the least that the dates allow and ``latest`` the greatest
    (:func:`~accord.metrics.habits.habits`).
    """
    accepted, rejected = observed.outcome == Outcome.ACCEPTED, observed.outcome == Outcome.REJECTED
    expired, still_open = observed.outcome == Outcome.EXPIRED, observed.outcome == Outcome.OPEN
    age = observed.age_us
    first = ibis.coalesce(observed.decision, "")

    def given_back(delay: ir.IntegerValue) -> ir.BooleanValue:
        return observed.said_yes & (ibis.coalesce(delay, ibis.literal(NEVER, type="int64")) <= age)

    return {
        "accepted": accepted,
        "rejected": rejected,
        "disqualified": rejected & (first == "disqualified"),
        "recycled": rejected & (first == "recycled"),
        "expired": expired,
        "superseded": expired & (observed.following_us < rules.window_days * DAY),
        "open": still_open,
        "disqualified_after_acceptance": given_back(observed.disqualified_later_us),
        "recycled_after_acceptance": given_back(observed.recycled_later_us),
        **{
            name: flag
            for habit, share in habits(observed, rules, edge).items()
            for name, flag in ((f"{habit}_of", share.among), (habit, share.counted))
        },
        "dated": (observed.slack_us > 0)
        | ((observed.decided_us < NEVER) & (ibis.coalesce(observed.decision_slack_us, 0) > 0))
        | ((observed.acted_us < NEVER) & (observed.action_slack_us > 0)),
        "followed": age >= rules.window_days * DAY,
    }


def _moment(observed: ir.Table, clock: Clock) -> ir.NumericValue:
    """When the episode left, in microseconds of ``clock``."""
    answered = observed.answered_us < NEVER
    if clock == "elapsed":
        left = observed.left_us
    elif clock == "answered":
        left = ibis.ifelse(answered, observed.answered_us, observed.left_us)
    elif clock in {"business", "business_days"}:
        left = observed.business_left_us
    else:
        left = ibis.ifelse(answered, observed.business_answered_us, observed.business_left_us)
    if clock.endswith("business_days"):
        # As a share of a day first: the product of two numbers of microseconds would not fit 64 bits.
        left = _rounded((left / observed.business_day_us) * DAY)
    return left


def _still_open(observed: ir.Table, clock: Clock) -> ir.BooleanValue:
    if clock.startswith("answered"):
        return (observed.answered_us == NEVER) & ~observed.ended
    return observed.outcome == Outcome.OPEN


def _minute(microseconds: ir.NumericValue, *, whole: ir.BooleanValue) -> ir.NumericValue:
    """Right edge of the bin, in minutes: whole minutes up to 72 h, whole hours beyond.

    Where ``whole``, the last bin that lies wholly before the moment; else the bin the moment lies in.
    """
    fine = ((microseconds + ibis.ifelse(whole, 0, MINUTE - 1)) / MINUTE).floor()
    coarse = ((microseconds + ibis.ifelse(whole, 0, HOUR - 1)) / HOUR).floor() * 60
    return ibis.ifelse(fine <= FINE_MINUTES, fine, coarse)
