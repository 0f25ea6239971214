"""Local times made UTC with the rules of Python's own time zones, as an expression the engine can run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from accord.clock.offsets import WEEK, constant_offsets

__all__ = ["FIRST_YEAR", "LAST_YEAR", "local_offsets", "utc_of_local"]

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which a time is believed; outside it is a slip of the keyboard or a machine's word for never."""

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock


@cache
def local_offsets(timezone: str) -> tuple[tuple[datetime, int], ...]:
    """(local time from which it holds, seconds ahead of UTC) for every change of ``timezone``, in order.

    A local time that comes twice, when clocks go back, is the first of the two; one that never comes, when clocks go
    forward, is read with the offset before the change, so it is that much after it (02:30 becomes 03:30).
    """
    begin, end = _second(FIRST_YEAR), _second(LAST_YEAR + 1)
    stretches = constant_offsets(timezone, begin, end, WEEK)
    found = [(_local(begin), stretches[0][2])]
    for (_begins, change, before), (_change, _ends, after) in pairwise(stretches):
        # Read with the offset before it, a local time in a gap is still of the old offset; so is the first of two.
        found.append((_local(change + max(before, after)), after))
    return tuple(found)


def _second(year: int) -> int:
    return (datetime(year, 1, 1) - EPOCH) // timedelta(seconds=1)  # noqa: DTZ001 - a wall clock


def _local(second: int) -> datetime:
    return EPOCH + timedelta(seconds=second)


def utc_of_local(local: str, timezone: str) -> str:
    """DuckDB SQL for the naive UTC instant of the naive local timestamp ``local``."""
    offsets = local_offsets(timezone)
    if len(offsets) == 1 and offsets[0][1] == 0:
        return local
    return f"make_timestamp(epoch_us({local}) - 1000000::BIGINT * ({_offset(local, offsets)}))"


def _offset(local: str, offsets: Sequence[tuple[datetime, int]]) -> str:
    """A balanced tree of comparisons: nine for the two changes a year of three centuries."""
    if len(offsets) == 1:
        return str(offsets[0][1])
    middle = len(offsets) // 2
    below, above = _offset(local, offsets[:middle]), _offset(local, offsets[middle:])
    return f"CASE WHEN {local} < TIMESTAMP '{offsets[middle][0]}' THEN {below} ELSE {above} END"
