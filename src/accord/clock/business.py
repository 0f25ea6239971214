"""The business clock as a small table, so that an engine reads it for millions of instants with one equality join.

The clock of a calendar is B(t): the open seconds since the table's first day. For an instant t with UTC day d,
t_s seconds after that day's midnight::

    B(t) = before_s(d) + Σ_i clip(t_s − open_i, 0, close_i − open_i)

and the business delay between two instants is the difference of their B.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.clock.hours import BusinessCalendar, closed_dates, weekly_intervals
from accord.clock.offsets import HALF_A_DAY, THREE_DAYS, constant_offsets

__all__ = ["BusinessDays", "business_days"]

Seconds = npt.NDArray[np.int64]

_DAY = 86_400
_EPOCH = date(1970, 1, 1)
_THURSDAY = 3  # weekday of 1 January 1970


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Open hours of several calendars, one row per calendar and UTC day.

    ``table`` has the columns ``calendar`` (text), ``day`` (date32, a UTC day), ``before_s`` (int64: open seconds
    accumulated before that day since the first), and ``open1_s``, ``close1_s`` … ``open<K>_s``, ``close<K>_s`` (int64,
    seconds from UTC midnight, in order, 0 ≤ open ≤ close ≤ 86,400). An interval that is not used is 0 to 0;
    nothing is null. ``intervals`` is K, at least 1.
    """

    table: pa.Table
    intervals: int


def business_days(calendars: Mapping[str, BusinessCalendar], timezone: str, start: date, end: date) -> BusinessDays:
    """The business clock of every calendar for the UTC days from ``start`` to ``end``, both included.

    ``timezone`` is the agreement's, used by calendars that name none. An instant is open when the clock on the wall
    shows an open time of a day that is not closed (see :func:`accord.clock.business_seconds_between`).
    ``ValueError`` when ``end`` is before ``start``.
    """
    if end < start:
        raise ValueError(f"{end} is before {start}")
    first, count = (start - _EPOCH).days, (end - start).days + 1
    opened = {name: _open_intervals(calendar, timezone, start, end) for name, calendar in calendars.items()}
    placed = {name: _placed(opens, first) for name, (opens, _closes) in opened.items()}
    width = max((int(rank.max()) + 1 for _row, rank in placed.values() if rank.size), default=1)

    names, columns = list(opened), {}
    bounds = np.zeros((2 * width, len(names), count), dtype=np.int64)
    open_seconds = np.zeros((len(names), count), dtype=np.int64)
    for place, name in enumerate(names):
        opens, closes = opened[name]
        row, rank = placed[name]
        midnight = (first + row) * _DAY
        bounds[2 * rank, place, row] = opens - midnight
        bounds[2 * rank + 1, place, row] = closes - midnight
        np.add.at(open_seconds[place], row, closes - opens)
    columns["calendar"] = _each(names, count)
    columns["day"] = _arrow(np.tile(np.arange(first, first + count, dtype=np.int32), len(names)), pa.date32())
    columns["before_s"] = _arrow(np.cumsum(open_seconds, axis=1) - open_seconds, pa.int64())
    for interval in range(width):
        columns[f"open{interval + 1}_s"] = _arrow(bounds[2 * interval], pa.int64())
        columns[f"close{interval + 1}_s"] = _arrow(bounds[2 * interval + 1], pa.int64())
    return BusinessDays(pa.table(columns), width)


def _arrow(numbers: npt.NDArray[Any], kind: pa.DataType) -> pa.Array:
    # From buffers, because pa.array and pa.scalar import pandas wherever it is installed, which takes a second.
    return pa.Array.from_buffers(kind, numbers.size, [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def _each(words: list[str], count: int) -> pa.Array:
    """Every word ``count`` times in a row."""
    letters = [word.encode() for word in words]
    ends = np.cumsum(np.repeat([len(word) for word in letters], count), dtype=np.int32)
    starts_and_end = np.concatenate([np.zeros(1, dtype=np.int32), ends])
    text = b"".join(word * count for word in letters)
    return pa.StringArray.from_buffers(ends.size, pa.py_buffer(starts_and_end), pa.py_buffer(text))


def _placed(opens: Seconds, first: int) -> tuple[Seconds, Seconds]:
    """For sorted intervals inside UTC days: the row of each (days since the first) and its place within the day."""
    row = opens // _DAY - first
    rank = np.arange(row.size) - np.searchsorted(row, row)
    return row, rank


def _open_intervals(calendar: BusinessCalendar, timezone: str, start: date, end: date) -> tuple[Seconds, Seconds]:
    """Opens and closes in seconds since 1970 UTC: sorted, none crossing a UTC midnight, none touching within a day."""
    week = weekly_intervals(calendar)
    closed = closed_dates(calendar, start - timedelta(days=2), end + timedelta(days=2))
    closed_numbers = np.array(sorted((day - _EPOCH).days for day in closed), dtype=np.int64)
    opens, closes = [], []
    begin, finish = (start - _EPOCH).days * _DAY, ((end - _EPOCH).days + 1) * _DAY
    step = THREE_DAYS if start > _EPOCH else HALF_A_DAY
    for begins, ends, offset in constant_offsets(calendar.timezone or timezone, begin, finish, step):
        # Within one offset the wall clock runs evenly: local open hours, cut to the stretch, are UTC hours shifted.
        days = np.arange((begins + offset) // _DAY, (ends - 1 + offset) // _DAY + 1)
        days = days[~np.isin(days, closed_numbers)]
        weekday = (days + _THURSDAY) % 7
        for number, intervals in enumerate(week):
            midnights = days[weekday == number] * _DAY - offset
            for opening, closing in intervals:
                opens.append(np.clip(midnights + opening, begins, ends))
                closes.append(np.clip(midnights + closing, begins, ends))
    return _merged(*_split_at_midnights(_joined(opens), _joined(closes)))


def _joined(parts: list[Seconds]) -> Seconds:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _split_at_midnights(opens: Seconds, closes: Seconds) -> tuple[Seconds, Seconds]:
    real = closes > opens
    opens, closes = opens[real], closes[real]
    pieces = (closes - 1) // _DAY - opens // _DAY + 1
    whole = np.repeat(np.arange(opens.size), pieces)
    piece = np.arange(whole.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    midnight = (opens[whole] // _DAY + piece) * _DAY
    return np.maximum(opens[whole], midnight), np.minimum(closes[whole], midnight + _DAY)


def _merged(opens: Seconds, closes: Seconds) -> tuple[Seconds, Seconds]:
    order = np.argsort(opens)
    opens, closes = opens[order], closes[order]
    # 24:00 followed by 00:00 may fall inside a UTC day: one interval, so that the table stays narrow.
    touches = (opens[1:] == closes[:-1]) & (opens[1:] % _DAY != 0)
    return opens[np.append(True, ~touches)[: opens.size]], closes[np.append(~touches, True)[: opens.size]]
