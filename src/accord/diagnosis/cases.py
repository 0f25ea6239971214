"""What a diagnosis looks at: one narrow row per handoff of the last year, fetched once, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from accord.diagnosis.by_hours import DATED, HABITS
from accord.diagnosis.fetching import GIVEN, fetched
from accord.diagnosis.points import Points, points_of
from accord.diagnosis.reading import CODES, FLAGS
from accord.diagnosis.refusals import refusals_of
from accord.diagnosis.report import Refusals
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import NEVER, Observation, Outcome
from accord.readmodel.source import Source
from accord.stats.side_by_side import side_by_side
from accord.tables.times import DAY

if TYPE_CHECKING:
    from accord.value.rates import Rates

__all__ = ["EPOCH", "ByHours", "Cases", "Dimension", "Floats", "Rows", "fetch_cases"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

EPOCH = date(1970, 1, 1)

TENTHS = 10


@dataclass(frozen=True, eq=False)
class Dimension:
    """One way to cut the leads: ``values[code]`` is what a case has; missing is a value of its own."""

    name: str
    code: npt.NDArray[np.int64]
    values: tuple[str, ...]

    def counts(self, rows: Rows) -> npt.NDArray[np.int64]:
        """How many of the cases in ``rows`` have each of the values."""
        # their places first: to pick by yes and no takes NumPy eight times as long
        return np.bincount(self.code[np.flatnonzero(rows)], minlength=len(self.values))


@dataclass(frozen=True, eq=False)
class ByHours:
    """What dates without an hour leave open: answers that were late whatever the hours were (``late_least``), those
    that may have been (``late_most``), and the business days they took at least and at most (``waited``).

    ``habits``: by name, whether each case is counted among, and whether it is counted, where the share is as small as
    the dates allow, and where it is as large. ``dated``: cases of which something has no hour.
    """

    late_least: Rows
    late_most: Rows
    waited: tuple[Floats, Floats]
    habits: Mapping[str, tuple[tuple[Rows, Rows], tuple[Rows, Rows]]]
    dated: Rows


@dataclass(frozen=True, eq=False)
class Cases:
    """An element per handoff, in the order of handoff. ``first``, ``last``: the local days looked at, both included.

    ``settled``: whether the outcome is known; ``accepted`` means something only there. ``age``: days since the
    handoff; ``left``: days until the outcome. ``late``: not answered within what was promised, where ``judged``;
    ``promise``: to which class of leads (of :func:`accord.diagnosis.promised.strictest_first`, from 1 on), 0 = to all.
    ``token``/``token_of``, ``silent``/``silent_of``, ``ghost``/``ghost_of``: as the contract counts them. ``decided``
    says whether sales said anything; ``reason`` is a place in ``reasons``, -1 = a refusal without reason or none.
    ``handed_after``: days from qualified to handed over, NaN where not recorded.
    ``load``: the receiver's leads of that week over capacity, NaN where unknown. ``worked``: any real action.
    ``dimensions`` are searched; ``too_wide`` names columns with too many values to be, ``constant`` those with
    one. ``cost``: money per lead, NaN
    where nothing was recorded. ``retried``: what became of the lead's next handoff, 1 accepted, 0 not, -1 there was
    none or it is still open. ``reps_named``: reps that received anything.
    ``beside``: cuts that are adjusted for and never searched: the hour of the handoff, tenths of the lead's amount.
    ``points``: what the agreement's criteria give, None where it scores nothing. ``versions`` of the agreement that
    leads were handed over under. ``refusals``: what refusals say, counted where the data stand.
    ``hours``: what dates without an hour leave open of ``late``, ``waited`` and habits; None where all have an hour.
    """

    first: date
    last: date
    as_of_day: int
    window: int
    day: npt.NDArray[np.int64]
    month: npt.NDArray[np.int64]
    accepted: Rows
    settled: Rows
    expired: Rows
    decided: Rows
    age: Floats
    left: Floats
    late: Rows
    promise: npt.NDArray[np.int8]
    judged: Rows
    waited: Floats
    worked: Rows
    flags: Mapping[str, Rows]
    reason: npt.NDArray[np.int64]
    reasons: tuple[str, ...]
    score: Floats
    load: Floats
    converted: Rows
    retried: npt.NDArray[np.int64]
    cost: Floats
    dimensions: tuple[Dimension, ...]
    too_wide: tuple[str, ...]
    constant: tuple[str, ...]
    handed_after: Floats
    reps_named: int
    recorded: Mapping[str, int]
    beside: tuple[Dimension, ...] = ()
    points: Points | None = None
    versions: Dimension | None = None
    refusals: Refusals | None = None
    hours: ByHours | None = None

    def __len__(self) -> int:
        return int(self.day.size)

    @property
    def judgeable(self) -> bool:
        """Whether anything says of any lead if it was accepted; where nothing does, no rate is zero: it is unknown."""
        return bool(self.decided.any() or self.accepted.any())  # nobody said yes, but somebody said no

    def dimension(self, name: str) -> Dimension | None:
        """The dimension of that name, where there is one."""
        return next((dimension for dimension in self.dimensions if dimension.name == name), None)

    def rows(self, where: Mapping[str, str]) -> Rows:
        """The cases in a segment."""
        inside = np.ones(len(self), dtype=np.bool_)
        for name, value in where.items():
            dimension = self.dimension(name)
            if dimension is None or value not in dimension.values:
                return np.zeros(len(self), dtype=np.bool_)
            inside &= dimension.code == dimension.values.index(value)
        return inside


def fetch_cases(source: Source, observation: Observation, rates: Rates | None = None) -> Cases:
    """The cases that ``observation`` sees: asked of the engine once. ``rates``: what currencies are worth."""
    columns, note = fetched(source, observation, rates)

    def dimension(name: str) -> Dimension:
        return Dimension(name, columns[f"{CODES}{name}"].astype(np.int64), tuple(note["dimensions"][name]))

    names = list(note["dimensions"])
    asked: tuple[Callable[[], Any], ...] = (
        lambda: points_of(columns, note["criteria"], GIVEN),
        lambda: tuple(_beside(columns["hour"].astype(np.int64), columns["amount"])),
        *(partial(dimension, name) for name in names),
    )
    points, beside, *cut = side_by_side(lambda ask: ask(), asked, columns["day"].size)
    dimensions = dict(zip(names, cut, strict=True))
    reason, reasons = columns["reason"].astype(np.int64), tuple(note["reasons"])
    if MISSING in reasons:
        reason = np.where(reason == reasons.index(MISSING), -1, reason)
    day, outcome, waited = columns["day"].astype(np.int64), columns["outcome"], columns["waited_us"]
    reps = dimensions["rep_id"].values if "rep_id" in dimensions else ()
    return Cases(
        first=EPOCH + timedelta(days=int(day.min())) if len(day) else source.as_of.date(),
        last=EPOCH + timedelta(days=int(day.max())) if len(day) else source.as_of.date(),
        as_of_day=(source.as_of.date() - EPOCH).days,
        window=observation.rules.window_days,
        day=day,
        month=columns["month"].astype(np.int64),
        accepted=outcome == Outcome.ACCEPTED,
        settled=outcome != Outcome.OPEN,
        expired=outcome == Outcome.EXPIRED,
        decided=columns["decided"],
        age=columns["age_us"] / DAY,
        left=columns["left_us"] / DAY,
        late=columns["late"],
        promise=columns["promise"],
        judged=columns["judged"],
        waited=_in_days(waited),
        worked=columns["worked"],
        hours=_hours(columns),
        flags={name: columns[name] for name in FLAGS},
        reason=reason,
        reasons=reasons,
        score=columns["score"],
        load=columns["load"],
        converted=columns["converted"],
        handed_after=columns["handed_after_us"] / DAY,
        retried=columns["retried"].astype(np.int64),
        cost=columns["cost"],
        dimensions=tuple(d for d in dimensions.values() if len(d.values) > 1),
        too_wide=tuple(note["too_wide"]),
        constant=tuple(
            d.name for d in dimensions.values() if d.values and d.values != (MISSING,) and len(d.values) == 1
        ),
        reps_named=sum(value != MISSING for value in reps),
        recorded=source.recorded,
        versions=Dimension("agreement", columns["version"].astype(np.int64), tuple(note["versions"])),
        refusals=refusals_of(note["refusals"]),
        beside=beside,
        points=points,
    )


def _in_days(waited: Floats) -> Floats:
    return np.where(waited < NEVER / 2, waited / DAY, np.nan)


def _hours(columns: Mapping[str, npt.NDArray[Any]]) -> ByHours | None:
    if "late_least" not in columns:
        return None
    waited = _in_days(columns["waited_least"]), _in_days(columns["waited_most"])
    habits = {
        name: (
            (columns[f"{name}_of_least"], columns[f"{name}_least"]),
            (columns[f"{name}_of_most"], columns[f"{name}_most"]),
        )
        for name in HABITS
    }
    return ByHours(columns["late_least"], columns["late_most"], waited, habits, columns[DATED])


def _beside(hour: npt.NDArray[np.int64], amount: Floats) -> Iterator[Dimension]:
    """The hour of the handoff and tenths of the amount, where leads differ in them; no amount is a value of its own."""
    if hour.size and hour.min() != hour.max():
        yield Dimension("hour", hour, tuple(f"{number:02d}" for number in range(24)))
    known = np.isfinite(amount)
    if known.any() and np.ptp(amount[known]) > 0:
        edges = np.unique(np.quantile(amount[known], np.linspace(0, 1, TENTHS + 1)[1:-1]))
        code = np.where(known, np.searchsorted(edges, amount, side="left"), edges.size + 1)
        yield Dimension("amount", code, tuple(str(number) for number in range(edges.size + 2)))
