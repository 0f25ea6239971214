"""What recycling is counted by, as arrays: one entry per handoff, and the deals and orders of those leads.

Leads that were merged are one. Times are microseconds since 1970 UTC, :data:`NEVER` where nothing happened by
``as_of``. Handoffs stand in the order of (lead_id, their order in time), so that a handoff's predecessor is the entry
before it and nothing depends on the order in which an engine hands out rows. The arrays stand on the source's shelf,
so that the next process need not ask the engine for them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from accord.acceptance.facts_here import coded_dimension
from accord.agreement.model import Definition
from accord.engines.arrays import integers
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.metrics.outcomes import Observation
from accord.readmodel.source import Source
from accord.recycle.coded import Coded
from accord.recycle.events import Events, Moments
from accord.stats.grouped import Ints
from accord.tables.times import DAY, microseconds
from accord.value.names import Names

if TYPE_CHECKING:
    from accord.recycle import fetching
else:
    fetching = Late("accord.recycle.fetching")

__all__ = ["Facts", "gather"]

EDITION = 2
"""Raised whenever what is kept changes its meaning."""

FEW = 1000
"""Names below this number are read one by one: what takes many at once is a third of a second in loading."""


@dataclass(frozen=True)
class Facts:
    """One entry per handoff, and what became of its lead.

    ``lead``: number of the lead, rising. ``at``, ``end``: the episode's span. ``left``: when its outcome came.
    ``back``: when it was over without a lasting acceptance. ``next_at``: when the lead was handed over again.
    ``decision``: the word of the first decision; ``reason``: why it came back, as sales wrote it. ``segments``: of the
    dimensions asked for, in order. ``leads``, ``handoffs``: the ids, of leads by their numbers.
    """

    as_of: int
    definition: Definition
    window_us: int
    lead: Ints
    at: Ints
    end: Ints
    left: Ints
    back: Ints
    next_at: Ints
    sequence: Ints
    day: Ints
    month: Ints
    outcome: Ints
    decision: Coded
    reason: Coded
    channel: Coded
    band: Coded
    segments: tuple[Coded, ...]
    leads: Names
    handoffs: Names
    events: Events

    def __len__(self) -> int:
        return len(self.at)

    def lead_ids(self, rows: Ints) -> list[str]:
        """The ids of the leads of ``rows``."""
        return _named(self.leads, self.lead[rows])

    def handoff_ids(self, rows: Ints) -> list[str | None]:
        """The ids of the handoffs in ``rows``; None where there is none (-1)."""
        names = _named(self.handoffs, np.maximum(rows, 0))
        return [None if row < 0 else name for row, name in zip(rows.tolist(), names, strict=True)]


def gather(source: Source, dimensions: Sequence[str], definition: Definition) -> Facts:
    """Everything, off the shelf as far as it stands there, else fetched."""
    observation = Observation(definition, source.agreement.acceptance, microseconds(source.as_of), {"default": 0})
    # Rows that have a number can be cut by columns that are fetched one by one; others come with all of them.
    numbered = EPISODE_ROW in source.columns
    further = () if numbered else tuple(dimensions)
    found, note = source.kept(
        f"recycle {EDITION} {definition} {' '.join(further)}".rstrip(),
        lambda: fetching.fetched(source, observation, further),
    )

    def word(name: str) -> Coded:
        return Coded(_whole(found[name]), tuple(note[name]))

    def segment(place: int, name: str) -> Coded:
        if not numbered:
            return word(f"cell_{place}")
        cut = coded_dimension(source, observation, name)
        return Coded.sorting(cut.codes[found["episode"]], cut.values)

    sequence = _whole(found["sequence"])
    lead = np.cumsum(sequence == 1) - 1
    return Facts(
        as_of=observation.as_of_us,
        definition=definition,
        window_us=source.agreement.acceptance.window_days * DAY,
        lead=lead,
        **{name: found[name] for name in ("at", "end", "left", "back", "next_at")},
        sequence=sequence,
        day=_whole(found["day"]),
        month=_whole(found["month"]),
        outcome=_whole(found["outcome"]),
        decision=word("decision"),
        reason=word("reason"),
        channel=word("channel"),
        band=word("band"),
        segments=tuple(segment(place, name) for place, name in enumerate(dimensions)),
        leads=Names(found["lead letters"], found["lead ends"]),
        handoffs=Names(found["handoff letters"], found["handoff ends"]),
        events=_events(found, word("tried"), word("brought")),
    )


def _events(found: Mapping[str, npt.NDArray[Any]], tried: Coded, brought: Coded) -> Events:
    return Events(
        answered=found["answered"],
        tried=tried,
        touches=_whole(found["touches"]),
        last_touch=found["last_touch"],
        brought=brought,
        opened=Moments(_whole(found["opened of"]), found["opened"]),
        won=Moments(_whole(found["won of"]), found["won"]),
        customer=found["customer"],
        open_deal=found["open_deal"],
        keep_away=found["keep_away"],
        refused_late=found["refused_late"],
    )


def _whole(numbers: npt.NDArray[Any]) -> Ints:
    return numbers.astype(np.int64)


def _named(names: Names, places: Ints) -> list[str]:
    if len(places) < FEW:
        return [names[place] for place in places.tolist()]
    return [str(name) for name in names.column().take(integers(places)).to_pylist()]
