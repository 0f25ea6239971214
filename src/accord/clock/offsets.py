"""A time zone as a short list of offsets: the one place that finds out when its clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

__all__ = ["HALF_A_DAY", "THREE_DAYS", "WEEK", "constant_offsets"]

HALF_A_DAY = 43_200
"""No zone has changed its clocks twice within it."""

THREE_DAYS = 3 * 86_400
"""Since 1970 every zone has kept every offset for twice as long: in 2000 Brazil's islands for a week less an hour."""

WEEK = 7 * 86_400
"""Coarse enough for three centuries at once; a few zones changed twice within a week in times of war."""


@cache
def constant_offsets(timezone: str, begin: int, end: int, step: int = HALF_A_DAY) -> tuple[tuple[int, int, int], ...]:
    """The stretches from ``begin`` to before ``end`` in which the zone's offset does not change.

    ``(begins, ends, offset)``, whole seconds since 1970 UTC, the offset being local minus UTC. The zone is looked at
    every ``step`` seconds, and every change found is pinned to the second by halving.

    >>> constant_offsets("Europe/Paris", 1_774_656_000, 1_774_828_800)  # 28 and 29 March 2026
    ((1774656000, 1774746000, 3600), (1774746000, 1774828800, 7200))
    """
    return tuple(_stretches(ZoneInfo(timezone), begin, end, step)) if begin < end else ()


def _stretches(zone: ZoneInfo, begin: int, end: int, step: int) -> Iterator[tuple[int, int, int]]:
    since, offset = begin, _offset_at(zone, begin)
    for look in (*range(begin + step, end, step), end - 1):
        if _offset_at(zone, look) == offset:
            continue
        low, high = max(look - step, since), look
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset_at(zone, middle) == offset else (low, middle)
        yield since, high, _seconds(offset)
        since, offset = high, _offset_at(zone, look)
    yield since, end, _seconds(offset)


def _offset_at(zone: ZoneInfo, second: int) -> timedelta | None:
    # Not fromtimestamp: that ends where the system's does.
    return (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()


def _seconds(offset: timedelta | None) -> int:
    return round((offset or timedelta()).total_seconds())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
