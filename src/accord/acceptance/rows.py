"""From additive state to figures: all cells at once, then one frozen row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from accord.acceptance.figures import AcceptanceRow
from accord.acceptance.state import Counts, Gathered
from accord.agreement.model import Acceptance
from accord.clock import business_day_seconds
from accord.metrics.acceptance import FINE_MINUTES, Clock
from accord.metrics.outcomes import Observation
from accord.stats.curve import Curve, IncidenceAt
from accord.stats.figures import figures, incidence_figures, share_figures
from accord.stats.intervals import Interval
from accord.stats.quantiles import delay_quantiles
from accord.stats.risk import RiskTable
from accord.stats.shrinkage import shrink
from accord.stats.weighted import WeightedSums, weighted_mean
from accord.values import MINIMUM_COUNT, Bounds, Figure, Reason, Unknown

__all__ = ["answer_rows"]

PROBABILITIES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
DAY_HOURS = 24.0
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _State:
    """Everything the rows are finished from, over one numbering of cells."""

    cells: int
    counts: Counts
    elapsed: Mapping[str, RiskTable]
    business_promises: Mapping[str, RiskTable]
    answered: RiskTable
    business: RiskTable
    weighted: Mapping[str, Ints]

    def rolled_up(self) -> _State:
        """All cells in one: exact, because everything here adds up."""
        into = np.zeros(self.cells, dtype=np.int64)

        def whole(tables: Mapping[str, RiskTable]) -> dict[str, RiskTable]:
            return {edge: table.roll_up(into, 1) for edge, table in tables.items()}

        return _State(
            1,
            {name: np.array([values.sum()], dtype=np.int64) for name, values in self.counts.items()},
            whole(self.elapsed),
            whole(self.business_promises),
            self.answered.roll_up(into, 1),
            self.business.roll_up(into, 1),
            _summed({**self.weighted, "cell": into[self.weighted["cell"]]}),
        )


@dataclass(frozen=True)
class _Frame:
    """Which segment and period each cell is, and the group whose cells lend each other strength (``None``: none)."""

    segments: Sequence[Mapping[str, str]]
    periods: Sequence[str | None]
    groups: Ints | None
    window_days: int


class _Promises(NamedTuple):
    """The promised hours, and where each stands on the clock of ``business_promises``."""

    hours: tuple[float, ...]
    business: tuple[float, ...]


def _business_horizons(rules: Acceptance) -> tuple[float, ...] | None:
    """The promises in open hours, where every calendar's day is as long and they fall on whole minutes; else None.

    Then one risk table serves promises and delays alike; else the promises need the clock that counts in days.
    """
    calendars = (rules.calendar, *rules.team_calendars.values())
    lengths = {business_day_seconds(calendar) for calendar in calendars}
    minutes = [hours / DAY_HOURS * length / 60 for hours in rules.promises_hours for length in lengths]
    if len(lengths) > 1 or any(minute != int(minute) or minute > FINE_MINUTES for minute in minutes):
        return None
    return tuple(minute / 60 for minute in minutes)


def answer_rows(
    gathered: Gathered, observation: Observation, recorded: Mapping[str, int], *, cut: bool
) -> tuple[AcceptanceRow, tuple[AcceptanceRow, ...]]:
    """The totals, and one row per cell when figures are ``cut`` by anything."""
    horizons = _business_horizons(observation.rules)
    state = _state(gathered, scaled=horizons is None)
    promises = _Promises(observation.rules.promises_hours, horizons or observation.rules.promises_hours)
    cells = gathered.cells
    unrecorded = _unrecorded(observation, recorded)
    totals = _rows(state.rolled_up(), promises, unrecorded, _Frame([{}], [None], None, observation.rules.window_days))[
        0
    ]
    if not cut:
        return totals, ()
    segments = [dict(zip(cells.dimensions, values, strict=True)) for values in cells.segments]
    # A segment borrows strength from the other segments of its period; a mere time series from its other periods.
    groups = cells.period_numbers if cells.dimensions else np.zeros(len(cells), dtype=np.int64)
    frame = _Frame(segments, cells.periods, groups, observation.rules.window_days)
    return totals, tuple(_rows(state, promises, unrecorded, frame))


def _state(gathered: Gathered, *, scaled: bool) -> _State:
    dated = bool(gathered.counts["dated"].sum())

    def edges(clock: Clock) -> dict[str, RiskTable]:
        tables = {"stated": gathered.risk(clock)}
        if dated:
            tables["earliest"] = gathered.risk(clock, "earliest")
            tables["latest"] = gathered.risk(clock, "latest")
        return tables

    elapsed, business = edges("elapsed"), edges("business")
    return _State(
        len(gathered.cells),
        gathered.counts,
        elapsed,
        edges("business_days") if scaled else business,
        gathered.risk("answered"),
        business["stated"],
        _summed(gathered.weighted()),
    )


def _unrecorded(observation: Observation, recorded: Mapping[str, int]) -> frozenset[str]:
    """Figures that these data cannot carry at all, because what they count was never recorded."""
    no_decisions, no_activities = not recorded.get("decisions"), not recorded.get("activities")
    needs_decisions = observation.definition in {"explicit", "worked", "tacit"}
    needs_activities = observation.definition in {"action", "worked"}
    names: set[str] = set()
    if (no_decisions and needs_decisions) or (no_activities and needs_activities) or not recorded.get("handoffs"):
        names |= {"rate", "delay"}
    if no_decisions and no_activities:
        names.add("answered")
    if no_activities:
        names |= {"ghost", "silent", "token", "never_worked"}
    if no_decisions:
        names |= {"ghost", "silent", "token"}
    return frozenset(names)


def _rows(state: _State, promises: _Promises, unrecorded: frozenset[str], frame: _Frame) -> list[AcceptanceRow]:
    counts = state.counts
    window = frame.window_days * DAY_HOURS
    labels = [f"{hours:g}h" for hours in promises.hours]
    handed = counts["handed"]

    def unless(name: str, values: list[Figure]) -> list[Figure]:
        return [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * state.cells if name in unrecorded else values

    curve = Curve(state.elapsed["stated"])
    at_window = curve.at([window])
    rate = unless("rate", incidence_figures(at_window)[0])
    shrunk = rate if frame.groups is None else unless("rate", _shrunk(at_window, frame.groups))
    raw = unless("rate", share_figures(counts["accepted"], handed))
    weighted = unless("delay", _weighted(state, window))
    shares = {
        name: unless(name, share_figures(counts[name], counts[f"{name}_of"]))
        for name in ("ghost", "silent", "token", "never_worked")
    }

    def by_label(name: str, columns: Sequence[list[Figure]], keys: Sequence[str]) -> list[dict[str, Figure]]:
        filled = [unless(name, column) for column in columns]
        return [dict(zip(keys, cell, strict=True)) for cell in zip(*filled, strict=True)]

    within = by_label("rate", _promises(state.elapsed, promises.hours), labels)
    business_within = by_label("rate", _promises(state.business_promises, promises.business), labels)
    answered_within = by_label("answered", incidence_figures(Curve(state.answered).at(promises.hours)), labels)
    delays = by_label("delay", _delays(state.elapsed, window), list(PROBABILITIES))
    business_delays = by_label("delay", _business_delays(state, at_window), list(PROBABILITIES))
    whole = {name: values.tolist() for name, values in counts.items()}
    return [
        AcceptanceRow(
            segment=frame.segments[index],
            period=frame.periods[index],
            handed=whole["handed"][index],
            accepted=whole["accepted"][index],
            rejected=whole["rejected"][index],
            disqualified=whole["disqualified"][index],
            recycled=whole["recycled"][index],
            expired=whole["expired"][index],
            superseded=whole["superseded"][index],
            open=whole["open"][index],
            disqualified_after_acceptance=whole["disqualified_after_acceptance"][index],
            recycled_after_acceptance=whole["recycled_after_acceptance"][index],
            raw_rate=raw[index],
            open_bounds=_open_bounds(whole["handed"][index], whole["accepted"][index], whole["open"][index]),
            rate=rate[index],
            shrunk=shrunk[index],
            within=within[index],
            business_within=business_within[index],
            answered_within=answered_within[index],
            delay_hours=delays[index],
            business_delay_hours=business_delays[index],
            weighted_delay_hours=weighted[index],
            ghost=shares["ghost"][index],
            silent=shares["silent"][index],
            token=shares["token"][index],
            never_worked=shares["never_worked"][index],
        )
        for index in range(state.cells)
    ]


def _promises(tables: Mapping[str, RiskTable], promises: Sequence[float]) -> list[list[Figure]]:
    at = Curve(tables["stated"]).at(promises)
    if "latest" not in tables:
        return incidence_figures(at)
    low = Curve(tables["latest"]).at(promises).value
    high = Curve(tables["earliest"]).at(promises).value
    bounds = [
        (np.minimum(low[:, k], at.value[:, k]), np.maximum(high[:, k], at.value[:, k])) for k in range(len(promises))
    ]
    return incidence_figures(at, date_bounds=bounds)


def _delays(tables: Mapping[str, RiskTable], window: float) -> list[list[Figure]]:
    """Quantiles of the delay to acceptance, a column of figures for each of :data:`PROBABILITIES`."""
    probabilities = list(PROBABILITIES.values())
    stated = delay_quantiles(tables["stated"], probabilities, window)
    bounds: list[tuple[Floats, Floats] | None] = [None] * len(probabilities)
    if "latest" in tables:
        low = delay_quantiles(tables["earliest"], probabilities, np.inf).value
        high = delay_quantiles(tables["latest"], probabilities, np.inf).value
        low, high = np.minimum(low, stated.value), np.maximum(high, stated.value)
        bounds = [(low[:, column], high[:, column]) for column in range(len(probabilities))]
    return [
        figures(
            stated.value[:, column],
            Interval(stated.low[:, column], stated.high[:, column], stated.level),
            stated.n,
            identified=stated.identified,
            date_bounds=bounds[column],
        )
        for column in range(len(probabilities))
    ]


def _business_delays(state: _State, at_window: IncidenceAt) -> list[list[Figure]]:
    """The same on the business clock. On it windows are not equally long, so whether the late delays are known is read
    off the elapsed clock, and each cell's curve up to its last acceptance."""
    table = state.business
    last = np.zeros(state.cells)
    accepted = table.accepted > 0
    np.maximum.at(last, table.cell[accepted], table.time[accepted])
    read = delay_quantiles(table, list(PROBABILITIES.values()), last)
    known = at_window.identified[:, 0] & (read.n > 0)
    return [
        figures(
            read.value[:, column],
            Interval(read.low[:, column], read.high[:, column], read.level),
            read.n,
            identified=known,
        )
        for column in range(len(PROBABILITIES))
    ]


def _summed(sums: Mapping[str, Ints]) -> Mapping[str, Ints]:
    """One row per cell and minute, in whole numbers, so that a total does not depend on what it was cut by."""
    order = np.lexsort((sums["minute"], sums["cell"]))
    cell, minute = sums["cell"][order], sums["minute"][order]
    if not len(order):
        return sums
    first = np.flatnonzero(np.r_[True, (np.diff(cell) != 0) | (np.diff(minute) != 0)])
    added = {
        name: np.add.reduceat(values[order], first) for name, values in sums.items() if name not in {"cell", "minute"}
    }
    return {**added, "cell": cell[first], "minute": minute[first]}


def _weighted_sums(cells: int, sums: Mapping[str, Ints]) -> WeightedSums:
    """The engine's whole numbers (see :func:`accord.metrics.acceptance.weighted_by_bin`) in weights and hours."""
    return WeightedSums(
        cells,
        sums["cell"],
        sums["minute"] / 60.0,
        sums["count"],
        w=sums["w"] / 1000.0,
        wd=sums["wd"] / (1000.0 * 3600.0),
        ww=sums["w2"] / 1e4,
        wwd=sums["w2d"] / (1e4 * 60.0),
        wwdd=sums["w2d2"] / (1e4 * 3600.0),
    )


def _weighted(state: _State, window: float) -> list[Figure]:
    """Σ w d / Σ w over the leads that sales has handled: a fact about those, not a forecast for the ones still open."""
    sums = _weighted_sums(state.cells, state.weighted)
    nobody = np.zeros_like(sums.count)
    handled = RiskTable(
        state.cells, sums.cell, sums.time, accepted=sums.count, rejected=nobody, expired=nobody, censored=nobody
    )
    mean = weighted_mean(sums, handled, window)
    interval = Interval(mean.low, mean.high, mean.level)
    return figures(mean.value, interval, mean.n, identified=mean.identified)


def _shrunk(at_window: IncidenceAt, groups: Ints) -> list[Figure]:
    """The rate of each cell drawn towards the other cells of its group, as far as their likeness warrants."""
    numbers, group = np.unique(groups, return_inverse=True)
    drawn = shrink(at_window.successes[:, 0], at_window.trials[:, 0], group, len(numbers))
    interval = Interval(drawn.low, drawn.high, drawn.level)
    return figures(drawn.value, interval, at_window.n, identified=at_window.identified[:, 0])


def _open_bounds(handed: int, accepted: int, still_open: int) -> Bounds:
    if not handed:
        return Bounds(0.0, 1.0)
    return Bounds(accepted / handed, (accepted + still_open) / handed)
