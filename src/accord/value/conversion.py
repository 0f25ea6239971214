"""How far leads come: at each stage the cumulative incidence since they were created, cohorts at equal age."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.stats.curve import Curve, IncidenceAt
from accord.stats.figures import incidence_figures, quantile_figures, share_figures
from accord.stats.grouped import Floats
from accord.stats.quantiles import delay_quantiles
from accord.stats.risk import RiskTable
from accord.stats.sums import rule_of_three
from accord.tables.times import HOUR
from accord.value.cells import Cells
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import STAGES, Bounded, Funnel, Stage
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = ["AGES", "Tables", "followed_enough", "funnels", "horizon_of", "incidence_or_bound", "tables_of", "wins_of"]

AGES = (30, 90, 180, 365)
"""Ages in days at which cohorts are compared; the horizon is one of them unless asked for."""

DEFAULT_HORIZON = 180
QUANTILES = {"p50": 0.5, "p90": 0.9}
UNSEEN = 0.1
"""Of the wins slower than a quantile of the time to win: the part that may be still to come where it is told."""

DAY_HOURS = 24
STEPS: tuple[tuple[Stage, Stage], ...] = (
    ("qualified", "accepted"),
    ("accepted", "opportunity"),
    ("opportunity", "won"),
)
IMPLIED: tuple[tuple[Stage, Stage], ...] = (("opportunity", "won"), ("qualified", "accepted"))
"""Who is won had an opportunity, and who was accepted had been handed over: the first share is never the smaller."""

DENSE = 8_000_000
"""Up to this many places counting is quicker than sorting."""

HorizonBecause = Literal["asked", "nine_in_ten_wins", "longest_reached", "default"]


@dataclass(frozen=True)
class Tables:
    """Risk tables over the same cells, in hours: of each stage since creation, of each step since the stage before.

    ``reached`` counts the leads that got there, whenever; ``age`` is how long each lead has been there, in hours.
    ``dates``: the same tables of ``stages`` with every date without an hour at the end that makes wins as late, and as
    soon, as they may have been; empty where every time has its hour.
    """

    leads: Ints
    reached: Mapping[Stage, Ints]
    stages: Mapping[Stage, RiskTable]
    steps: Mapping[str, RiskTable]
    age: Ints
    of_lead: Ints
    dates: Mapping[Stage, tuple[RiskTable, RiskTable]]

    def rolled_up(self, of_lead: Ints) -> Tables:
        """Everything together."""
        nought = np.zeros(len(self.leads), dtype=np.int64)
        return Tables(
            self.leads.sum(keepdims=True),
            {name: counts.sum(keepdims=True) for name, counts in self.reached.items()},
            {name: table.roll_up(nought, 1) for name, table in self.stages.items()},
            {name: table.roll_up(nought, 1) for name, table in self.steps.items()},
            self.age,
            of_lead,
            {name: (late.roll_up(nought, 1), soon.roll_up(nought, 1)) for name, (late, soon) in self.dates.items()},
        )


def tables_of(leads: LeadFacts, cells: Cells, as_of_us: int, longest_days: int) -> Tables:
    """Count the leads of every cell by when they reached each stage; nobody is followed beyond ``longest_days``."""
    inside = np.flatnonzero(cells.of_lead >= 0)
    cell, count = cells.of_lead[inside], len(cells)
    created, created_late = leads.created[inside], leads.created_late[inside]
    when: dict[Stage, Ints] = {
        "qualified": leads.handed[inside],
        "accepted": leads.accepted[inside],
        "opportunity": np.minimum(leads.opportunity[inside], leads.won[inside]),
        "won": leads.won[inside],
    }
    everybody = _Followed.since(created, cell, count, as_of_us, longest_days)
    stages = {name: everybody.table(created, times) for name, times in when.items()}

    def step(start: Ints, end: Ints) -> RiskTable:
        """Of those who have begun it."""
        among = np.flatnonzero(start < NEVER)
        begun = start[among]
        return _Followed.since(begun, cell[among], count, as_of_us, longest_days).table(begun, end[among])

    created_open = bool(np.any(created_late != created))
    won_late = np.where(leads.won < NEVER, leads.won_late, NEVER)[inside]
    won_open = bool(np.any(won_late != when["won"]))

    def at_ends(name: Stage) -> tuple[RiskTable, RiskTable]:
        """With other ends of the same dates; who is not seen to come is followed as before."""
        late = everybody.table(created, won_late) if name == "won" and won_open else stages[name]
        return late, everybody.table(created_late, when[name]) if created_open else stages[name]

    undated = bool(np.any(leads.created_late != leads.created)) or bool(
        np.any((leads.won < NEVER) & (leads.won_late != leads.won))
    )
    return Tables(
        np.bincount(cell, minlength=count),
        {name: np.bincount(cell[times < NEVER], minlength=count) for name, times in when.items()},
        stages,
        {f"{before}_to_{after}": step(when[before], when[after]) for before, after in STEPS},
        (as_of_us - leads.created) // HOUR,
        cells.of_lead,
        {name: at_ends(name) for name in when} if undated else {},
    )


def wins_of(leads: LeadFacts, as_of_us: int, longest_days: int) -> RiskTable:
    """When leads are won, all of them together, as in :func:`tables_of`."""
    together = np.zeros(len(leads), dtype=np.int64)
    return _Followed.since(leads.created, together, 1, as_of_us, longest_days).table(leads.created, leads.won)


@dataclass(frozen=True)
class _Followed:
    """How long each of some leads is followed if nothing happens to it: ``place``, of its cell and hour among all.

    Most leads never come far, so everybody is counted here once, and each table moves those who came.
    """

    cells: int
    hours: int
    cell: Ints
    place: Ints
    counts: Ints | None

    @classmethod
    def since(cls, start: Ints, cell: Ints, cells: int, as_of_us: int, longest_days: int) -> _Followed:
        hours = longest_days * DAY_HOURS + 1
        place = cell * hours + np.minimum((as_of_us - start) // HOUR, hours - 1)
        dense = 2 * cells * hours <= DENSE
        return cls(cells, hours, cell, place, np.bincount(place, minlength=cells * hours) if dense else None)

    def table(self, start: Ints, end: Ints) -> RiskTable:
        """How long after ``start`` they came to ``end``, and who is still on the way."""
        came = np.flatnonzero(end < NEVER)
        delay = -(-np.maximum(end[came] - start[came], 0) // HOUR)
        seen = delay < self.hours
        came, delay = came[seen], delay[seen]
        arrived = self.cell[came] * self.hours + delay
        if self.counts is not None:
            size = len(self.counts)
            counts = np.stack(
                [self.counts - np.bincount(self.place[came], minlength=size), np.bincount(arrived, minlength=size)],
                axis=1,
            ).ravel()
            keys = np.flatnonzero(counts)
            counts = counts[keys]
        else:
            waiting = np.ones(len(self.place), dtype=np.bool_)
            waiting[came] = False
            keys, counts = np.unique(np.concatenate([2 * self.place[waiting], 2 * arrived + 1]), return_counts=True)
        reached = keys % 2 == 1
        nobody = np.zeros(len(keys), dtype=np.int64)
        return RiskTable(
            self.cells,
            keys // 2 // self.hours,
            (keys // 2) % self.hours,
            accepted=np.where(reached, counts, 0),
            rejected=nobody,
            expired=nobody,
            censored=np.where(reached, 0, counts),
        )


def horizon_of(tables: Tables, everybody: RiskTable, asked: int | None = None) -> tuple[int, HorizonBecause]:
    """The age asked for; else the first of :data:`AGES` by which nine in ten wins come, of those any lead has reached.

    When wins come is read off ``everybody``: the wins of all leads, whatever the span. Their delays are weighted as the
    curve does, so that recent leads do not make wins look quick. Where the leads of ``tables`` are too young for that
    age, the longest that is reached; below ten wins, that or the default, whichever is shorter.
    """
    if asked:
        return asked, "asked"
    quantiles = delay_quantiles(everybody, [0.9], _last(everybody))
    last = float(_last(tables.stages["won"]).max(initial=0.0))
    reached = [age for age in AGES if age * DAY_HOURS <= last] or [AGES[0]]
    if quantiles.n[0] < MINIMUM_COUNT or not quantiles.identified[0]:
        return min(reached[-1], DEFAULT_HORIZON), "default"
    days = quantiles.value[0, 0] / DAY_HOURS
    enough = [age for age in reached if days <= age]
    return (enough[0], "nine_in_ten_wins") if enough else (reached[-1], "longest_reached")


def followed_enough(everybody: RiskTable) -> tuple[float, ...]:
    """Hours that leads must have been followed for each of the quantiles of their time to win to be told.

    Of leads of the last two months every win seen is a quick one. So somebody must have been followed until, of the
    wins of ``everybody`` that take longer than the quantile, at most :data:`UNSEEN` are still to come.
    """
    probabilities = [1 - (1 - p) * UNSEEN for p in QUANTILES.values()]
    found = delay_quantiles(everybody, probabilities, _last(everybody))
    known = bool(found.identified[0]) and int(found.n[0]) >= MINIMUM_COUNT
    return tuple(float(hours) if known else 0.0 for hours in found.value[0])


def funnels(
    tables: Tables, horizon: int, unrecorded: frozenset[Stage], followed: Sequence[float] = (0.0, 0.0)
) -> list[Funnel]:
    """One funnel per cell; ``followed``: see :func:`followed_enough`."""
    cells = len(tables.leads)
    missing: list[Figure] = [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * cells
    conversion: dict[Stage, list[Figure]] = {}
    so_far: dict[Stage, list[Figure]] = {}
    for stage in STAGES:
        reached = tables.reached[stage]
        read = _since_creation(tables, stage, [horizon * DAY_HOURS])
        conversion[stage] = missing if stage in unrecorded else read[0]
        plain = [
            _none_seen(count) if count >= MINIMUM_COUNT and not came else figure
            for figure, count, came in zip(
                share_figures(reached, tables.leads), tables.leads.tolist(), reached.tolist(), strict=True
            )
        ]
        so_far[stage] = missing if stage in unrecorded else plain
    for before, after in IMPLIED:
        conversion[before] = list(map(_at_least, conversion[before], conversion[after]))
    steps = {
        f"{before}_to_{after}": missing
        if {before, after} & unrecorded
        else incidence_or_bound(Curve(tables.steps[f"{before}_to_{after}"]).at([horizon * DAY_HOURS]))[0]
        for before, after in STEPS
    }
    by_age = _since_creation(tables, "won", [age * DAY_HOURS for age in AGES])
    days = _days_to_win(tables.stages["won"], followed)
    if "won" in unrecorded:
        by_age, days = [missing] * len(AGES), [missing] * len(QUANTILES)
    young = (tables.of_lead >= 0) & (tables.age < horizon * DAY_HOURS)
    to_mature = np.bincount(tables.of_lead[young], minlength=cells)
    return [
        Funnel(
            leads=int(tables.leads[cell]),
            qualified=int(tables.reached["qualified"][cell]),
            accepted=int(tables.reached["accepted"][cell]),
            opportunities=int(tables.reached["opportunity"][cell]),
            won=int(tables.reached["won"][cell]),
            to_mature=int(to_mature[cell]),
            conversion={stage: figures[cell] for stage, figures in conversion.items()},
            so_far={stage: figures[cell] for stage, figures in so_far.items()},
            steps={name: figures[cell] for name, figures in steps.items()},
            won_by_age={f"{age}d": by_age[place][cell] for place, age in enumerate(AGES)},
            days_to_win={name: days[place][cell] for place, name in enumerate(QUANTILES)},
        )
        for cell in range(cells)
    ]


def _since_creation(tables: Tables, stage: Stage, horizons: Sequence[int]) -> list[list[Figure]]:
    """A stage's curve at ``horizons``, in hours, with what dates without an hour leave open."""
    at = Curve(tables.stages[stage]).at(horizons)
    bounds = None
    if stage in tables.dates:
        low, high = (Curve(table).at(horizons).value for table in tables.dates[stage])
        low, high = np.minimum(low, at.value), np.maximum(high, at.value)
        bounds = [(low[:, place], high[:, place]) for place in range(len(horizons))]
    return incidence_or_bound(at, date_bounds=bounds)


def incidence_or_bound(
    at: IncidenceAt, *, date_bounds: Sequence[tuple[Floats, Floats] | None] | None = None
) -> list[list[Figure]]:
    """The figures of each horizon; a curve that is still 0 is unknown and has its rule of three."""
    columns = incidence_figures(at, date_bounds=date_bounds)
    return [
        [
            _none_seen(float(at.followed[cell, place]))
            if isinstance(figure, Estimate) and figure.value == 0
            else figure
            for cell, figure in enumerate(column)
        ]
        for place, column in enumerate(columns)
    ]


def _at_least(before: Figure, after: Figure) -> Figure:
    """The share that reaches the stage ``before``, where all that reach the one ``after`` it do.

    Each stage has a curve of its own, with risk sets of its own, so that among few followed to the end the later one
    can come out higher. Then its figure, which the stage before must at least have, is the better one for both.
    """
    smaller = isinstance(before, Estimate) and isinstance(after, Estimate) and before.value < after.value
    return after if smaller else before


def _none_seen(followed: float) -> Bounded:
    """``need``: at the most that the bound allows, so many leads bring ten of what was not seen."""
    most = float(rule_of_three(followed))
    return Bounded(Reason.TOO_FEW, math.ceil(MINIMUM_COUNT / most), at_most=most)


def _days_to_win(table: RiskTable, followed: Sequence[float]) -> list[list[Figure]]:
    """Quantiles of the time to win of the leads that are won, followed for as long as any lead of the cell was."""
    last = _last(table)
    hours = delay_quantiles(table, list(QUANTILES.values()), last)
    days = replace(hours, value=hours.value / DAY_HOURS, low=hours.low / DAY_HOURS, high=hours.high / DAY_HOURS)
    columns = quantile_figures(days)
    return [
        [
            Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
            if won < MINIMUM_COUNT
            else Unknown(Reason.NOT_MATURE)
            if young
            else figure
            for figure, won, young in zip(column, days.n.tolist(), (last < enough).tolist(), strict=True)
        ]
        for column, enough in zip(columns, followed, strict=True)
    ]


def _last(table: RiskTable) -> Floats:
    """The longest time anybody of a cell was followed; 0 where nobody is."""
    last = np.zeros(table.cells)
    np.maximum.at(last, table.cell, table.time)
    return last
