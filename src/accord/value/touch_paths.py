"""The touches of every lead in order of time, and the paths they make up to a moment of each lead's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from accord.engines.arrays import column_array
from accord.engines.shape import contract_tables
from accord.metrics.cells import MISSING
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.tables.merges import followed_merges, with_canonical_lead
from accord.tables.times import instant, microseconds, offsets_between
from accord.value.facts import LEADS, LeadFacts

__all__ = ["Paths", "TouchPaths", "touch_paths"]

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


def touch_paths(source: Source, leads: LeadFacts) -> TouchPaths:
    """Fetch the touches, merged leads followed; the session's table of leads must be laid out."""
    engine = source.engine
    tables = contract_tables(engine, ("touches", "leads"))
    touches, every = tables["touches"], tables["leads"]
    named = engine.run(touches.select("channel").distinct())["channel"].to_pylist()
    channels = tuple(sorted({*(name or MISSING for name in named), *leads.channel.values}))
    if not source.recorded.get("touches"):
        nothing = np.zeros(0, dtype=np.int64)
        return TouchPaths(nothing, nothing, nothing, channels, np.zeros(len(leads), dtype=np.int64))
    engine.keep(NAMES, pa.table({"channel_name": channels, "code": pa.array(range(len(channels)), pa.int64())}))
    timed = touches.select("lead_id", "channel", at_us=_instant(source, touches))
    timed = timed.filter(timed.at_us <= microseconds(source.as_of))
    merged = engine.run(every.filter(every.merged_into.notnull()).limit(1).select("lead_id")).num_rows
    timed = with_canonical_lead(timed, followed_merges(every) if merged else None)
    known = engine.table(LEADS).select("of_channel", "number", known="lead_id")
    joined = timed.inner_join(known, [("lead_id", "known")])
    joined = joined.mutate(met_in=ibis.coalesce(joined.channel, joined.of_channel), unnamed=joined.channel.isnull())
    coded = joined.inner_join(engine.table(NAMES), [("met_in", "channel_name")])
    rows = engine.run(coded.select("number", "at_us", "code", "unnamed").order_by("number", "at_us", "code"))
    lead, at, code = (column_array(rows, name).astype(np.int64, copy=False) for name in ("number", "at_us", "code"))
    missing = np.from_dlpack(rows["unnamed"].combine_chunks().cast(pa.uint8())).astype(np.bool_)
    return TouchPaths(lead, at, code, channels, np.bincount(lead[missing], minlength=len(leads)))


def _instant(source: Source, touches: ir.Table) -> ir.IntegerValue:
    span = source.engine.run(touches.aggregate(first=touches["at"].min(), last=touches["at"].max())).to_pylist()[0]
    first, last = (span[end] or source.as_of for end in ("first", "last"))
    two_days = timedelta(days=2)
    offsets = offsets_between(
        source.agreement.timezone, max(first, _SPAN[0]) - two_days, min(max(last, first), _SPAN[1]) + two_days
    )
    return instant(touches["at"], touches["at_is_date"], offsets)
