"""Asks the engine for touches: those before each lead's first handoff, and the paths of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.engines.arrays import column_array, integers, texts
from accord.engines.shape import contract_table
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import NEVER
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.tables.merges import with_canonical_lead
from accord.tables.schema import table_named
from accord.tables.times import instant, microseconds, offsets_between
from accord.value.facts import Coded, LeadFacts
from accord.value.fetching import LEADS, laid_out
from accord.value.names import Names

__all__ = ["before_handoff", "every_touch", "in_order"]

CHANNELS = "accord_value_channels"
"""Name of the session's table of channels and their numbers."""

HANDED = "accord_value_handed"
"""Name of the session's table of leads that were handed over, and when first."""

UNNAMED = -1
Codes = npt.NDArray[np.int16] | npt.NDArray[np.int32]
_BITS = 62
_SPAN = (datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - naive UTC; beyond it dates are mistakes


def every_touch(source: Source, names: Names, created: Ints, own: Coded) -> Kept:
    """Every touch up to the moment of a lead that is there, by lead, time and name of channel.

    ``own``: the channel of each lead, under which a touch stands that names none.
    """
    counts = _counted(source)
    channels = tuple(sorted({*counts, *own.values}))
    laid_out(source, names, created)
    known = source.engine.table(LEADS).select("number", known="lead_id")
    joined = _named(source, channels).inner_join(known, [("lead_id", "known")])
    rows = source.engine.run(joined.select("at_us", number=joined.number.cast("int32"), code=joined.code.cast("int32")))
    lead, at = (column_array(rows, name) for name in ("number", "at_us"))
    code = _short(column_array(rows, "code"), 2 * len(channels))
    unnamed = code == UNNAMED
    numbers = {name: number for number, name in enumerate(channels)}
    place = np.array([numbers[name] for name in own.values], dtype=code.dtype)
    code = np.where(unnamed, place[own.codes[lead]], code) if unnamed.any() else code
    lead, at, told = in_order(lead, at, code * 2 + unnamed, len(names), 2 * len(channels))
    arrays: dict[str, npt.NDArray[Any]] = {
        "lead": lead,
        "at": at,
        "channel": told >> 1,
        "nameless": (told & 1).astype(np.bool_),
    }
    return arrays, {"channels": channels, "counts": counts}


def before_handoff(source: Source, leads: LeadFacts, others: str, every: Kept | None) -> Kept:
    """What each lead had met by its first handoff, that instant included (see :class:`accord.value.touch_paths.Met`).

    Of a handoff dated by day, its whole day: left out, the very touch that led to it would be missing.

    ``others``: what all channels beyond those that have most touches are called. ``every``: what :func:`every_touch`
    gave, where it was asked; else only the touches that count here are fetched.
    """
    counts: dict[str, int] = dict.fromkeys(leads.channel.values, 0)
    counts |= _counted(source) if every is None else every[1]["counts"]
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    kept = tuple(sorted(ranked[:_BITS]))
    bit = {name: kept.index(name) if name in kept else _BITS for name in ranked}
    lead, code, unnamed = _fetched(source, leads, ranked) if every is None else _among(every, leads, ranked)
    channels = np.zeros(len(leads), dtype=np.int64)
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(len(ranked) + 1))
    for place, name in enumerate(ranked):
        channels[lead[order[ends[place] : ends[place + 1]]]] |= 1 << bit[name]
    arrays: dict[str, npt.NDArray[Any]] = {
        "channels": channels,
        "touches": np.bincount(lead, minlength=len(leads)).astype(np.int32),
        "unnamed": np.bincount(lead[unnamed], minlength=len(leads)).astype(np.int32),
    }
    return arrays, {"names": [*kept, others]}


def _fetched(source: Source, leads: LeadFacts, ranked: Sequence[str]) -> tuple[npt.NDArray[np.int32], Codes, Bools]:
    """Of each touch by a handoff its lead, its channel's place in ``ranked``, and whether that is the lead's own."""
    handed = np.flatnonzero(leads.handed < NEVER)
    named = leads.identifiers.column().take(integers(handed))
    columns = [named, integers(handed), integers(leads.handed_late[handed])]
    source.engine.keep(HANDED, pa.Table.from_arrays(columns, ["known", "number", "handed_us"]))
    touches, known = _named(source, ranked), source.engine.table(HANDED)
    joined = touches.inner_join(known, [("lead_id", "known"), touches.at_us <= known.handed_us])
    # Added up here: groups of a million leads cost an engine more than the join.
    rows = source.engine.run(joined.select(number=joined.number.cast("int32"), code=joined.code.cast("int32")))
    lead, code = column_array(rows, "number"), _short(column_array(rows, "code"), len(ranked))
    unnamed: Bools = code == UNNAMED
    numbers = {name: number for number, name in enumerate(ranked)}
    own = np.array([numbers[name] for name in leads.channel.values], dtype=code.dtype)
    return lead, np.where(unnamed, own[leads.channel.codes[lead]], code) if unnamed.any() else code, unnamed


def _among(every: Kept, leads: LeadFacts, ranked: Sequence[str]) -> tuple[npt.NDArray[np.int32], Codes, Bools]:
    arrays, note = every
    until = np.where(leads.handed < NEVER, leads.handed_late, np.iinfo(np.int64).min)
    before = np.flatnonzero(arrays["at"] <= until[arrays["lead"]])
    numbers = {name: number for number, name in enumerate(ranked)}
    place = np.array([numbers[name] for name in note["channels"]], dtype=arrays["channel"].dtype)
    return arrays["lead"][before], place[arrays["channel"][before]], arrays["nameless"][before]


def in_order(
    lead: npt.NDArray[np.int32], at: Ints, code: Codes, leads: int, channels: int
) -> tuple[npt.NDArray[np.int32], Ints, Codes]:
    """Touches by lead, time and channel; ``leads``, ``channels``: how many there may be."""
    if not len(lead):
        return lead, at, code
    low = int(at.min())
    # Times of whole seconds, as most are, need few bits: all three fit in one number, and numbers alone sort quickest.
    unit = max(int(np.gcd.reduce(at - low)), 1)
    last = (int(at.max()) - low) // unit
    of_code, of_time = channels.bit_length(), last.bit_length()
    if leads.bit_length() + of_time + of_code < 64:
        key = (lead.astype(np.int64) << of_time | (at - low) // unit) << of_code | code
        key.sort()
        times = (key >> of_code) & ((1 << of_time) - 1)
        channel = key & ((1 << of_code) - 1)
        return (key >> of_code + of_time).astype(np.int32), times * unit + low, _short(channel, channels)
    order = _order(lead, at, code, leads)
    return lead[order], at[order], code[order]


def _order(lead: npt.NDArray[np.int32], at: Ints, code: Codes, leads: int) -> npt.NDArray[np.int64]:
    by_time = np.argsort(at)  # not stable, but by far the quickest there is
    order = by_time[_in_stable_order(lead[by_time], leads)]
    same = (np.diff(lead[order], prepend=-1) == 0) & (np.diff(at[order], prepend=-1) == 0)
    if same.any():  # at one instant, which a day without an hour is too
        run = np.cumsum(~same)
        tied = np.flatnonzero(same | np.append(same[1:], np.False_))
        rows = order[tied]
        order[tied] = rows[np.lexsort((code[rows], run[tied]))]
    return order


def _short(codes: npt.NDArray[np.int32] | Ints, below: int) -> Codes:
    return codes.astype(np.int16) if below < 1 << 15 else codes.astype(np.int32, copy=False)


def _in_stable_order(values: npt.NDArray[np.int32], below: int) -> npt.NDArray[np.int64]:
    """Sixteen bits are sorted by counting, which is quicker than comparing."""
    order = np.argsort((values & 0xFFFF).astype(np.uint16), kind="stable")
    if below <= 1 << 16:
        return order
    return order[_in_stable_order(values[order] >> 16, below >> 16)]


def _counted(source: Source) -> dict[str, int]:
    """The channels that touches name, and how often."""
    touches = contract_table(source.engine, table_named("touches"), only=("channel",))
    counts = touches.group_by("channel").aggregate(n=touches.count())
    return {row["channel"] or MISSING: int(row["n"]) for row in source.engine.run(counts).to_pylist()}


def _named(source: Source, channels: Sequence[str]) -> ir.Table:
    """Every touch up to the moment: ``lead_id``, ``at_us``, ``code`` (its channel's place, or :data:`UNNAMED`)."""
    engine = source.engine
    touches = contract_table(engine, table_named("touches"), only=("lead_id", "channel", "at"))
    numbers = integers(np.arange(len(channels)))
    engine.keep(CHANNELS, pa.Table.from_arrays([texts(channels), numbers], ["channel_name", "place"]))
    timed = touches.select("lead_id", "channel", at_us=_instant(source, touches))
    timed = timed.filter(timed.at_us <= microseconds(source.as_of))
    # Before leads are joined: until then a column of few words is one number per row.
    coded = timed.left_join(engine.table(CHANNELS), [("channel", "channel_name")])
    coded = coded.select("lead_id", "at_us", code=ibis.coalesce(coded.place, UNNAMED))
    return with_canonical_lead(coded, merged_leads_of(source))


def _instant(source: Source, touches: ir.Table) -> ir.IntegerValue:
    span = source.engine.run(touches.aggregate(first=touches["at"].min(), last=touches["at"].max())).to_pylist()[0]
    first, last = (span[end] or source.as_of for end in ("first", "last"))
    two_days = timedelta(days=2)
    offsets = offsets_between(
        source.agreement.timezone, max(first, _SPAN[0]) - two_days, min(max(last, first), _SPAN[1]) + two_days
    )
    return instant(touches["at"], touches["at_is_date"], offsets)
