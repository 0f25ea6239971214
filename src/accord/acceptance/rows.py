"""From additive state to figures: all cells at once, then one frozen row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from accord.acceptance.dates import Read, bounds, incidence_bounds, readings, share_bounds
from accord.acceptance.figures import AcceptanceRow
from accord.acceptance.state import ONE_CELL, Counts, Gathered
from accord.agreement.model import Acceptance
from accord.clock import HOURS_OF_A_DAY, business_day_seconds
from accord.metrics.acceptance import FINE_MINUTES, Clock
from accord.metrics.outcomes import Edge, Observation
from accord.stats.curve import Curve, IncidenceAt
from accord.stats.figures import figures, incidence_figures, share_figures, shrunk_figures, weighted_figures
from accord.stats.intervals import Interval, incidence_interval
from accord.stats.quantiles import AcceptedDelays, DelayQuantiles, delay_quantiles
from accord.stats.risk import RiskTable
from accord.stats.shrinkage import Shrunk, shrink
from accord.stats.weighted import WeightedMean, WeightedSums, weighted_mean
from accord.values import MINIMUM_COUNT, Bounds, Figure, Reason, Unknown

__all__ = ["business_horizons", "cell_rows", "whole_row"]

PROBABILITIES = {"p50": 0.50, "p90": 0.90, "p95": 0.95}
LITTLE = 0.25
"""Share of the interval's width that may be undecided where a curve breaks off: chance alone moves the rate by more."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _State:
    """Everything the rows are finished from, over one numbering of cells, by the readings of dates without an hour.

    The stated risk tables are coarsened to what is read off them, and ``delays`` beside them hold the stated delays.
    """

    cells: int
    counts: Mapping[Edge, Counts]
    elapsed: Mapping[Edge, RiskTable]
    business_promises: Mapping[Edge, RiskTable]
    answered: Mapping[Edge, RiskTable]
    business: Mapping[Edge, RiskTable]
    delays: AcceptedDelays
    business_delays: AcceptedDelays
    weighted: Mapping[Edge, Mapping[str, Ints]]


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
    minutes = [hours / HOURS_OF_A_DAY * length / 60 for hours in rules.promises_hours for length in lengths]
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
    state = _state(gathered, promises, rules.window_days * HOURS_OF_A_DAY, scaled=horizons is None)
    return _rows(state, promises, _unrecorded(observation, recorded), frame)


def _state(gathered: Gathered, promises: _Promises, window: float, *, scaled: bool) -> _State:
    everything = readings(gathered.counts)

    def edges(clock: Clock, horizons: Sequence[float]) -> dict[Edge, RiskTable]:
        return {edge: gathered.risk(clock, edge, horizons if edge == "stated" else None) for edge in everything}

    business = edges("business", () if scaled else promises.business)
    return _State(
        len(gathered.cells),
        {edge: gathered.counts if edge == "stated" else gathered.counts_at(edge) for edge in everything},
        edges("elapsed", (*promises.hours, window)),
        edges("business_days", promises.business) if scaled else business,
        edges("answered", promises.hours),
        business,
        gathered.delays("elapsed"),
        gathered.delays("business"),
        {edge: gathered.weighted(edge) for edge in everything},
    )


def _unrecorded(observation: Observation, recorded: Mapping[str, int]) -> frozenset[str]:
    """Figures that these data cannot carry at all, because what they count was never recorded."""
    no_decisions, no_activities = not recorded.get("decisions"), not recorded.get("activities")
    no_handoffs = not recorded.get("handoffs")
    needs_decisions = observation.definition in {"explicit", "worked", "tacit"}
    needs_activities = observation.definition in {"action", "worked"}
    names: set[str] = set()
    if (no_decisions and needs_decisions) or (no_activities and needs_activities) or no_handoffs:
        names |= {"rate", "delay"}
    if (no_decisions and no_activities) or no_handoffs:
        names.add("answered")
    if no_activities or no_handoffs:
        names |= {"ghost", "silent", "token", "never_worked"}
    if no_decisions:
        names |= {"ghost", "silent", "token"}
    return frozenset(names)


def _rows(state: _State, promises: _Promises, unrecorded: frozenset[str], frame: _Frame) -> list[AcceptanceRow]:
    counts = state.counts["stated"]
    window = frame.window_days * HOURS_OF_A_DAY
    labels = [f"{hours:g}h" for hours in promises.hours]
    handed = counts["handed"]

    def unless(name: str, values: list[Figure]) -> list[Figure]:
        return [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * state.cells if name in unrecorded else values

    at_window = {
        edge: _read_in_time(Curve(table).at([window], carried=True), state.counts[edge])
        for edge, table in state.elapsed.items()
    }
    rate = unless("rate", incidence_figures(at_window["stated"], date_bounds=incidence_bounds(at_window))[0])
    shrunk = rate if frame.groups is None else unless("rate", _shrunk(at_window, frame.groups))
    raw_bounds = share_bounds(state.counts, "accepted", "handed")
    raw = unless("rate", share_figures(counts["accepted"], handed, date_bounds=raw_bounds))
    weighted = unless("delay", _weighted(state, window))
    shares = {
        name: unless(
            name,
            share_figures(
                counts[name],
                counts[f"{name}_of"],
                # Token effort is counted in days after a decision, call by call: a row per episode cannot say what
                # another hour of the decision would have made of it (docs/method/acceptance-rate.md).
                date_bounds=None if name == "token" else share_bounds(state.counts, name, f"{name}_of"),
            ),
        )
        for name in ("ghost", "silent", "token", "never_worked")
    }

    def by_label(name: str, columns: Sequence[list[Figure]], keys: Sequence[str]) -> list[dict[str, Figure]]:
        filled = [unless(name, column) for column in columns]
        return [dict(zip(keys, cell, strict=True)) for cell in zip(*filled, strict=True)]

    within = by_label("rate", _promises(state.elapsed, promises.hours), labels)
    business_within = by_label("rate", _promises(state.business_promises, promises.business), labels)
    answered_within = by_label("answered", _promises(state.answered, promises.hours), labels)
    delays = by_label("delay", _delays(state, window, at_window), list(PROBABILITIES))
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


def _followed_up(counts: Counts) -> Bools:
    """Whether a cell can speak about the end of the window: some lead came to sales that long ago, or nothing is open.

    Where nobody did, the curve still ends at the window if the lead seen longest happens to be a decided one. That is
    the luck of one lead: of cells read by it, two-day-old ones among them, the rate lies up to 17 points too high and
    its 95 % interval holds 80 to 96 % (docs/decisions/0031-no-rate-before-the-window.md).
    """
    followed: Bools = (counts["open"] == 0) | (counts["followed"] > 0)
    return followed


def _read_in_time(at: IncidenceAt, counts: Counts) -> IncidenceAt:
    """The curve at the window, known only in cells that were :func:`_followed_up`; others lend no strength.

    A curve that breaks off is known too where hardly anybody is left at its end (:data:`LITTLE`): one open lead of
    fifty, waiting longer than any decision took, must not hide a year of decisions. The interval holds what may yet
    become of it: the sample it is made from counts what lies beyond the break as even odds (decision 0032).
    """
    interval = incidence_interval(at)
    known = (at.identified | (at.undecided <= LITTLE * (interval.high - interval.low))) & _followed_up(counts)[:, None]
    return replace(
        at, identified=known, successes=np.where(known, at.successes, 0.0), trials=np.where(known, at.trials, 0.0)
    )


def _promises(tables: Mapping[Edge, RiskTable], promises: Sequence[float]) -> list[list[Figure]]:
    at = {edge: Curve(table).at(promises) for edge, table in tables.items()}
    return incidence_figures(at["stated"], date_bounds=incidence_bounds(at))


def _delays(state: _State, window: float, at_window: Mapping[Edge, IncidenceAt]) -> list[list[Figure]]:
    """Quantiles of the delay to acceptance, a column of figures for each of :data:`PROBABILITIES`."""
    read = {
        edge: delay_quantiles(
            table,
            list(PROBABILITIES.values()),
            window,
            delays=state.delays if edge == "stated" else None,
            identified=at_window[edge].identified[:, 0],
        )
        for edge, table in state.elapsed.items()
    }
    known = {edge: at_window[edge].identified[:, 0] & quantiles.identified for edge, quantiles in read.items()}
    return _quantile_figures(read, known)


def _business_delays(state: _State, at_window: Mapping[Edge, IncidenceAt]) -> list[list[Figure]]:
    """The same on the business clock. On it windows are not equally long, so whether the late delays are known is read
    off the elapsed clock, and each cell's curve up to its last acceptance."""
    read: dict[Edge, DelayQuantiles] = {}
    for edge, table in state.business.items():
        delays = state.business_delays if edge == "stated" else AcceptedDelays.of(table)
        read[edge] = delay_quantiles(table, list(PROBABILITIES.values()), delays.longest(), delays=delays)
    known = {edge: at_window[edge].identified[:, 0] & (quantiles.n > 0) for edge, quantiles in read.items()}
    return _quantile_figures(read, known)


def _quantile_figures(read: Mapping[Edge, DelayQuantiles], known: Mapping[Edge, Bools]) -> list[list[Figure]]:
    stated = read["stated"]
    return [
        figures(
            stated.value[:, column],
            Interval(stated.low[:, column], stated.high[:, column], stated.level),
            stated.n,
            identified=known["stated"] & stated.told[:, column],
            date_bounds=bounds({edge: Read(found.value[:, column], known[edge]) for edge, found in read.items()}),
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
    read = {edge: _weighted_mean(state.cells, sums, window) for edge, sums in state.weighted.items()}
    room = bounds({edge: Read(mean.value, mean.identified) for edge, mean in read.items()})
    return weighted_figures(read["stated"], room)


def _weighted_mean(cells: int, whole: Mapping[str, Ints], window: float) -> WeightedMean:
    sums = _weighted_sums(cells, whole)
    # Nobody of these is censored, so one bin per cell tells what all of them would.
    last = np.flatnonzero(np.diff(sums.cell, append=-1))
    nobody = np.zeros(len(last), dtype=np.int64)
    handled = RiskTable(
        cells,
        sums.cell[last],
        sums.time[last],
        accepted=np.diff(np.cumsum(sums.count)[last], prepend=0),
        rejected=nobody,
        expired=nobody,
        censored=nobody,
    )
    return weighted_mean(sums, handled, window)


def _shrunk(at_window: Mapping[Edge, IncidenceAt], groups: Ints) -> list[Figure]:
    """The rate of each cell drawn towards the other cells of its group, as far as their likeness warrants."""
    numbers, group = np.unique(groups, return_inverse=True)
    drawn: dict[Edge, Shrunk] = {
        edge: shrink(at.successes[:, 0], at.trials[:, 0], group, len(numbers)) for edge, at in at_window.items()
    }
    room = bounds({edge: Read(found.value, at_window[edge].identified[:, 0]) for edge, found in drawn.items()})
    stated = at_window["stated"]
    return shrunk_figures(drawn["stated"], stated.n, identified=stated.identified[:, 0], date_bounds=room)


def _open_bounds(handed: int, accepted: int, still_open: int) -> Bounds:
    if not handed:
        return Bounds(0.0, 1.0)
    return Bounds(accepted / handed, (accepted + still_open) / handed)
