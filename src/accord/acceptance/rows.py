"""From additive state to figures: all cells at once, then one frozen row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from accord.acceptance.figures import AcceptanceRow
from accord.acceptance.state import ONE_CELL, Counts, Gathered
from accord.agreement.model import Acceptance
from accord.clock import business_day_seconds
from accord.metrics.acceptance import FINE_MINUTES, Clock
from accord.metrics.outcomes import Observation
from accord.stats.curve import Curve, IncidenceAt
from accord.stats.figures import figures, incidence_figures, share_figures
from accord.stats.intervals import Interval
from accord.stats.quantiles import AcceptedDelays, delay_quantiles
from accord.stats.risk import RiskTable
from accord.stats.shrinkage import shrink
from accord.stats.weighted import WeightedSums, weighted_mean
from accord.values import MINIMUM_COUNT, Bounds, Figure, Reason, Unknown

__all__ = ["business_horizons", "cell_rows", "whole_row"]

PROBABILITIES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
DAY_HOURS = 24.0
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _State:
    """Everything the rows are finished from, over one numbering of cells. Risk tables are coarsened to what is read."""

    cells: int
    counts: Counts
    elapsed: Mapping[str, RiskTable]
    business_promises: Mapping[str, RiskTable]
    answered: RiskTable
    business: RiskTable
    delays: AcceptedDelays
    business_delays: AcceptedDelays
    weighted: Mapping[str, Ints]


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


def business_horizons(rules: Acceptance) -> tuple[float, ...] | None:
    """The promises in open hours, where every calendar's day is as long and they fall on whole minutes; else None.

    Then one risk table serves promises and delays alike; else the promises need the clock that counts in days.
    """
    calendars = (rules.calendar, *rules.team_calendars.values())
    lengths = {business_day_seconds(calendar) for calendar in calendars}
    minutes = [hours / DAY_HOURS * length / 60 for hours in rules.promises_hours for length in lengths]
    if len(lengths) > 1 or any(minute != int(minute) or minute > FINE_MINUTES for minute in minutes):
        return None
    return tuple(minute / 60 for minute in minutes)


def whole_row(gathered: Gathered, observation: Observation, recorded: Mapping[str, int]) -> AcceptanceRow:
    """The totals, whatever ``gathered`` is cut by."""
    together = gathered.merged(np.zeros(len(gathered.cells), dtype=np.int64), ONE_CELL)
    return _finished(together, observation, recorded, None)[0]


def cell_rows(gathered: Gathered, observation: Observation, recorded: Mapping[str, int]) -> tuple[AcceptanceRow, ...]:
    """One row per cell."""
    cells = gathered.cells
    # A segment borrows strength from the other segments of its period; a mere time series from its other periods.
    groups = cells.period_numbers if cells.dimensions else np.zeros(len(cells), dtype=np.int64)
    return tuple(_finished(gathered, observation, recorded, groups))


def _finished(
    gathered: Gathered, observation: Observation, recorded: Mapping[str, int], groups: Ints | None
) -> list[AcceptanceRow]:
    rules, cells = observation.rules, gathered.cells
    horizons = business_horizons(rules)
    promises = _Promises(rules.promises_hours, horizons or rules.promises_hours)
    segments = [dict(zip(cells.dimensions, values, strict=True)) for values in cells.segments]
    frame = _Frame(segments, cells.periods, groups, rules.window_days)
    state = _state(gathered, promises, rules.window_days * DAY_HOURS, scaled=horizons is None)
    return _rows(state, promises, _unrecorded(observation, recorded), frame)


def _state(gathered: Gathered, promises: _Promises, window: float, *, scaled: bool) -> _State:
    dated = bool(gathered.counts["dated"].sum())

    def edges(clock: Clock, horizons: Sequence[float]) -> dict[str, RiskTable]:
        tables = {"stated": gathered.risk(clock, horizons=horizons)}
        if dated:
            tables["earliest"] = gathered.risk(clock, "earliest")
            tables["latest"] = gathered.risk(clock, "latest")
        return tables

    business = edges("business", () if scaled else promises.business)
    return _State(
        len(gathered.cells),
        gathered.counts,
        edges("elapsed", (*promises.hours, window)),
        edges("business_days", promises.business) if scaled else business,
        gathered.risk("answered", horizons=promises.hours),
        business["stated"],
        gathered.delays("elapsed"),
        gathered.delays("business"),
        gathered.weighted(),
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
    delays = by_label("delay", _delays(state, window), list(PROBABILITIES))
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


def _delays(state: _State, window: float) -> list[list[Figure]]:
    """Quantiles of the delay to acceptance, a column of figures for each of :data:`PROBABILITIES`."""
    tables, probabilities = state.elapsed, list(PROBABILITIES.values())
    stated = delay_quantiles(tables["stated"], probabilities, window, delays=state.delays)
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
    last = state.business_delays.longest()
    read = delay_quantiles(state.business, list(PROBABILITIES.values()), last, delays=state.business_delays)
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
    # Nobody of these is censored, so one bin per cell tells what all of them would.
    last = np.flatnonzero(np.diff(sums.cell, append=-1))
    nobody = np.zeros(len(last), dtype=np.int64)
    handled = RiskTable(
        state.cells,
        sums.cell[last],
        sums.time[last],
        accepted=np.diff(np.cumsum(sums.count)[last], prepend=0),
        rejected=nobody,
        expired=nobody,
        censored=nobody,
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
