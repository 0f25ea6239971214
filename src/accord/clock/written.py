"""Days as people write them by hand: 31/12/2025, 31.12.2025, 12/31/2025, 2025/12/31."""

from __future__ import annotations

import re
from datetime import date

from accord.language import current_language

__all__ = ["days_written"]

_YEAR_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)


def days_written(text: str) -> tuple[date, ...]:
    """Every day that ``text`` can mean; none where it is no such date, two where one cannot tell day from month.

    A date with dots has its day first, and so has every date of somebody who reads French: the other order is for them
    only what is left where the first is impossible. Years have four digits.
    """
    if match := _YEAR_FIRST.fullmatch(text):
        return _existing(int(match[1]), int(match[3]), int(match[4]))
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return ()
    one, other, year = int(match[1]), int(match[3]), int(match[4])
    day_first, month_first = _existing(year, other, one), _existing(year, one, other)
    if match[2] == "." or (day_first and current_language() == "fr"):
        return day_first
    return tuple(dict.fromkeys((*day_first, *month_first)))


def _existing(year: int, month: int, day: int) -> tuple[date, ...]:
    try:
        return (date(year, month, day),)
    except ValueError:
        return ()
