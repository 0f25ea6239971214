"""The touches of every lead in order of time, and the paths they make up to a moment of each lead's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from accord.late import Late
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.stats.grouped import Bools, Ints
from accord.value.facts import LeadFacts

if TYPE_CHECKING:
    from accord.value import touches
else:
    touches = Late("accord.value.touches")

__all__ = ["OTHER_CHANNELS", "Met", "Paths", "TouchPaths", "met_before_handoff", "touch_paths"]


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

    lead: npt.NDArray[np.int32]
    at: Ints
    channel: npt.NDArray[np.int16] | npt.NDArray[np.int32]
    channels: tuple[str, ...]
    unnamed: Ints

    @cached_property
    def _runs(self) -> Ints:
        """Where the touches of each lead that has any begin, and the end of all."""
        begins = np.flatnonzero(self.lead[1:] != self.lead[:-1]) + 1
        return np.concatenate([[0], begins, [len(self.lead)]]) if len(self.lead) else np.zeros(1, dtype=np.int64)

    def up_to(self, moment: Ints, among: Bools) -> Paths:
        """The paths up to each lead's ``moment``, of the leads that ``among`` says; without a touch by then, none."""
        starts, ends = self._runs[:-1], self._runs[1:]
        lead = self.lead[starts].astype(np.int64)
        until = np.where(among[lead], moment[lead], np.iinfo(np.int64).min)
        # Most leads have no touch after their moment: only the others' touches are looked at one by one.
        length = ends - starts
        cut = np.flatnonzero(self.at[ends - 1] > until)
        rows, owner = _rows(starts[cut], length[cut]), np.repeat(np.arange(len(cut)), length[cut])
        late = self.at[rows] > until[cut][owner]
        length[cut] -= np.bincount(owner[late], minlength=len(cut))
        kept = np.ones(len(self.lead), dtype=np.bool_)
        kept[rows[late]] = False
        there = length > 0
        # So short as they are kept, what is worked out with channels could outgrow them.
        channel = self.channel[kept].astype(np.int64)
        return Paths(lead[there], np.concatenate([[0], np.cumsum(length[there])]), channel, self.at[kept])


def _rows(starts: Ints, lengths: Ints) -> Ints:
    """The numbers from each start on, so many as its length."""
    before = np.cumsum(lengths) - lengths
    rows: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return rows


@dataclass(frozen=True)
class Met:
    """What every lead had met by its first handoff, that instant (or its day) included; one entry per lead.

    ``channels``: bit b is set where the lead had met ``names[b]``. ``touches``: how many touches, ``unnamed`` how many
    of these named no channel and stand under the lead's.
    """

    channels: Ints
    touches: Ints
    unnamed: Ints
    names: tuple[str, ...]


OTHER_CHANNELS = "(other channels)"
"""All channels together beyond the 62 that have most touches."""


def touch_paths(source: Source, leads: LeadFacts) -> TouchPaths:
    """Every touch, merged leads followed."""
    found, note = _every_touch(source, leads)
    unnamed = np.bincount(found["lead"][found["nameless"]], minlength=len(leads))
    return TouchPaths(found["lead"], found["at"], found["channel"], tuple(note["channels"]), unnamed)


def met_before_handoff(source: Source, leads: LeadFacts, *, beside_paths: bool = False) -> Met:
    """What each lead had met by its first handoff; of leads that were not handed over, nothing is said.

    ``beside_paths``: :func:`touch_paths` is asked too, so that no touch need be fetched for this alone.
    """

    def fetch() -> Kept:
        return touches.before_handoff(
            source, leads, OTHER_CHANNELS, _every_touch(source, leads) if beside_paths else None
        )

    found, note = source.kept(f"value met {leads.identifiers.token}", fetch)
    touched, unnamed = (found[name].astype(np.int64) for name in ("touches", "unnamed"))
    return Met(found["channels"], touched, unnamed, tuple(note["names"]))


def _every_touch(source: Source, leads: LeadFacts) -> Kept:
    def fetch() -> Kept:
        return touches.every_touch(source, leads.identifiers, leads.created, leads.channel)

    return source.kept(f"value touches {leads.identifiers.token}", fetch)
