"""The touches of every lead in order of time, and the paths they make up to a moment of each lead's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from accord.engines.arrays import column_array, integers, texts
from accord.engines.shape import contract_table
from accord.metrics.cells import MISSING
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.tables.merges import with_canonical_lead
from accord.tables.schema import table_named
from accord.tables.times import instant, microseconds, offsets_between
from accord.value.facts import LEADS, LeadFacts

__all__ = ["OTHER_CHANNELS", "Met", "Paths", "TouchPaths", "met_before_handoff", "touch_paths"]

NAMES = "accord_value_channels"
"""Name of the session's table of channels and their numbers."""

_SPAN = (datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - naive UTC; beyond it dates are mistakes


@dataclass(frozen=True)
class Paths:
    """One path per lead of ``leads``: its touches are ``starts[p] … starts[p + 1] - 1``, one at least, in order."""

    leads: Ints
    starts: Ints
    channel: Ints
    at: Ints

    @property
    def path(self) -> Ints:
        """The path of each touch."""
        return np.repeat(np.arange(len(self.leads)), np.diff(self.starts))


@dataclass(frozen=True)
class TouchPaths:
    """Every touch up to the moment of a lead that is there, by lead and time (at one instant, by name of channel).

    ``lead``: its place among the leads; ``channel``: its place in ``channels``, which are sorted. A touch that names no
    channel stands under its lead's; how many did is ``unnamed``, per lead.
    """

    lead: Ints
    at: Ints
    channel: Ints
    channels: tuple[str, ...]
    unnamed: Ints

    def up_to(self, moment: Ints, among: Bools) -> Paths:
        """The paths up to each lead's ``moment``, of the leads that ``among`` says; without a touch by then, none."""
        kept = among[self.lead] & (self.at <= moment[self.lead])
        lead = self.lead[kept]
        starts = np.flatnonzero(np.diff(lead, prepend=-1))
        return Paths(lead[starts], np.append(starts, len(lead)), self.channel[kept], self.at[kept])


@dataclass(frozen=True)
class Met:
    """What every lead had met by its first handoff, that instant included; one entry per lead.

    ``channels``: bit b is set where the lead had met ``names[b]``. ``touches``: how many touches, ``unnamed`` how many
    of these named no channel and stand under the lead's.
    """

    channels: Ints
    touches: Ints
    unnamed: Ints
    names: tuple[str, ...]


OTHER_CHANNELS = "(other channels)"
"""All channels together beyond the :data:`_BITS` that have most touches."""

_BITS = 62


def touch_paths(source: Source, leads: LeadFacts) -> TouchPaths:
    """Fetch the touches, merged leads followed; the session's table of leads must be laid out."""
    channels = tuple(sorted({*_counted(source), *leads.channel.values}))
    joined = _of_leads(source, channels, range(len(channels)))
    rows = source.engine.run(joined.select("number", "at_us", "code", "unnamed").order_by("number", "at_us", "code"))
    lead, at, code = (column_array(rows, name).astype(np.int64, copy=False) for name in ("number", "at_us", "code"))
    return TouchPaths(lead, at, code, channels, np.bincount(lead[_truths(rows)], minlength=len(leads)))


def met_before_handoff(source: Source, leads: LeadFacts) -> Met:
    """Add up on the engine what each lead had met by its first handoff."""
    counts = dict.fromkeys(leads.channel.values, 0) | _counted(source)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    kept = tuple(sorted(ranked[:_BITS]))
    place = {name: kept.index(name) if name in kept else _BITS for name in ranked}
    joined = _of_leads(source, ranked, [1 << place[name] for name in ranked])
    before = joined.filter(joined.at_us <= joined.handed_us)
    rows = source.engine.run(
        before.group_by("number").aggregate(
            channels=before.code.bit_or().cast("int64"),
            touches=before.count().cast("int64"),
            without=before.unnamed.sum().cast("int64"),
        )
    )
    lead = column_array(rows, "number").astype(np.int64)

    def spread(name: str) -> Ints:
        filled = np.zeros(len(leads), dtype=np.int64)
        filled[lead] = column_array(rows, name)
        return filled

    return Met(spread("channels"), spread("touches"), spread("without"), (*kept, OTHER_CHANNELS))


def _truths(rows: pa.Table) -> Bools:
    truths: Bools = np.from_dlpack(rows["unnamed"].combine_chunks().cast(pa.uint8())).astype(np.bool_)
    return truths


def _counted(source: Source) -> dict[str, int]:
    """The channels that touches name, and how often."""
    touches = contract_table(source.engine, table_named("touches"), only=("channel",))
    counts = touches.group_by("channel").aggregate(n=touches.count())
    return {row["channel"] or MISSING: int(row["n"]) for row in source.engine.run(counts).to_pylist()}


def _of_leads(source: Source, channels: Sequence[str], codes: Sequence[int]) -> ir.Table:
    """Every touch up to the moment beside its lead: ``number``, ``handed_us``, ``at_us``, ``code``, ``unnamed``."""
    engine = source.engine
    touches = contract_table(engine, table_named("touches"), only=("lead_id", "channel", "at"))
    named = pa.Table.from_arrays([texts(channels), integers(np.array(codes, dtype=np.int64))], ["channel_name", "code"])
    engine.keep(NAMES, named)
    timed = touches.select("lead_id", "channel", at_us=_instant(source, touches))
    timed = timed.filter(timed.at_us <= microseconds(source.as_of))
    timed = with_canonical_lead(timed, merged_leads_of(source))
    known = engine.table(LEADS).select("of_channel", "number", "handed_us", known="lead_id")
    joined = timed.inner_join(known, [("lead_id", "known")])
    joined = joined.mutate(met_in=ibis.coalesce(joined.channel, joined.of_channel), unnamed=joined.channel.isnull())
    return joined.inner_join(engine.table(NAMES), [("met_in", "channel_name")])


def _instant(source: Source, touches: ir.Table) -> ir.IntegerValue:
    span = source.engine.run(touches.aggregate(first=touches["at"].min(), last=touches["at"].max())).to_pylist()[0]
    first, last = (span[end] or source.as_of for end in ("first", "last"))
    two_days = timedelta(days=2)
    offsets = offsets_between(
        source.agreement.timezone, max(first, _SPAN[0]) - two_days, min(max(last, first), _SPAN[1]) + two_days
    )
    return instant(touches["at"], touches["at_is_date"], offsets)
