"""Which segments to write anew together with fresh rows, so that there are never many and no row is rewritten often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.readmodel.segments import Segment
from accord.tables.schema import Type

__all__ = ["out_of_order", "outdated", "to_rewrite"]

_SMALL = 50_000
"""Below this a segment is always taken along: writing it costs less than keeping one more file."""

_AT_MOST = 1_000_000
_AT_MOST_TIMES = 4
"""A refresh rewrites no more than a million rows, or four times what is fresh: it has to be over within seconds."""

_WORTH_ORDERING = 100_000
"""Rows of one lead that lie together are found together in the processor's cache; what is smaller fits there anyhow."""

_DEAD_SHARE = 0.3
"""A segment of which more is dead than this is worth writing anew."""


def to_rewrite(segments: Sequence[Segment], fresh: int) -> list[Segment]:
    """Segments to merge with ``fresh`` rows: small ones, ones no larger than what is gathered, ones with many dead.

    As each row moves only into a segment at least twice as large, it is rewritten about log2 of the table's rows times
    at most, and there are about as many segments.
    """
    gathered, chosen = fresh, []
    for segment in sorted(segments, key=lambda segment: segment.live):
        worth = segment.live <= max(_SMALL, gathered) or segment.dead > _DEAD_SHARE * segment.rows
        if worth and gathered + segment.live <= max(_AT_MOST, _AT_MOST_TIMES * fresh):
            chosen.append(segment)
            gathered += segment.live
    return chosen


def outdated(segments: Sequence[Segment], lead_columns: Mapping[str, Type]) -> list[Segment]:
    """Segments that hold an extra column with a type it no longer has: they have to be written anew."""
    return [
        segment
        for segment in segments
        if any(lead_columns.get(name, kind) is not kind for name, kind in segment.types.items())
    ]


def out_of_order(segments: Sequence[Segment]) -> list[Segment]:
    """Large segments whose rows are not in the order of their leads: as an import handed them over, or an earlier
    version wrote them. Figures come out the same, and take longer."""
    return [segment for segment in segments if not segment.in_order and segment.live >= _WORTH_ORDERING]
