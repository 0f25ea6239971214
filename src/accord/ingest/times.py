"""Times as exports write them, made UTC; a date without a time stays a date.

ISO 8601 is read as such wherever it stands. What else a column may hold is learnt from the column: which of day and
month comes first is never guessed per cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.ingest import sqltext as sql
from accord.ingest.zones import utc_of_local

__all__ = [
    "DAY_AND_MONTH",
    "DAY_NUMBER",
    "TIME_SHAPES",
    "TimeWords",
    "Times",
    "day",
    "local_clock",
    "read_times",
    "shaped",
    "tidied",
    "time_words",
]

DATE = r"\d{4}-\d{1,2}-\d{1,2}"
CLOCK = r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
WRITTEN_CLOCK = rf"({CLOCK}|\d{{1,2}}\s?[hH]\s?\d{{2}})"
LOCAL = rf"{DATE}[T ]{CLOCK}"
OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)"

HALF_DAY = r"\s?[AaPp]\.?[Mm]\.?"
TAIL = rf"(,?\s+(à |at )?{WRITTEN_CLOCK}({HALF_DAY})?)?"
SHORT_YEAR = r"^(\d{1,2}[/.-]\d{1,2}[/.-])(\d{2})(\s|,|$)"
BEFORE_THE_HOUR = r",?\s+(?:à |at )?(\d{1,2}:)"
AM_OR_PM = r"\s?([AaPp])\.?([Mm])\.?$"
AM_OR_PM_TIDY = r" \1\2"
NUMERIC_DATE = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})"
OVER_12 = r"(1[3-9]|2\d|3[01])"
MONTH = r"(0?[1-9]|1[0-2])"
"""Beside a day above 12 stands a month: 32/13/2026 is a date in no order, and proves none."""
HOUR_IN_LETTERS = r"(\s\d{1,2})\s?[hH]\s?(\d{2})"
YEAR_FIRST = r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})"
DAY_NAME_YEAR = r"(\d{1,2})[ -](\p{L}{3,9})\.?[ ,-]+(\d{4})"
DAY_NAME_SHORT_YEAR = r"(\d{1,2})[ -](\p{L}{3,9})\.?[ -](\d{2})"
NAME_DAY_YEAR = r"(\p{L}{3,9})\.? (\d{1,2}),? (\d{4})"
COMPACT = r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?"
UNTIDY = rf"{DATE}[Tt ]\d{{1,2}}(:\d{{2}}(:\d{{2}}([.,]\d+)?)?)?({HALF_DAY})?\s?([Zz]|UTC|GMT|[+-]\d{{2}}(:?\d{{2}})?)?"
EPOCH_MILLISECONDS = r"1\d{12}"
EPOCH_SECONDS = r"1\d{9}"
SERIAL = r"[2-7]\d{4}(\.\d+)?"

MONTHS = {
    prefix: number
    for number, names in enumerate(
        (
            "jan janv january janvier",
            "feb fev fevr february fevrier",
            "mar mars march",
            "apr avr april avril",
            "may mai",
            "jun june juin",
            "jul july juil juillet",
            "aug aou aout august",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        1,
    )
    for prefix in names.split()
}

DAY_AND_MONTH = sql.matches("{cell}", NUMERIC_DATE + TAIL)
"""The form of 03/04/2026, of which the column or the file must tell what comes first."""

DAY_NUMBER = sql.matches("{cell}", SERIAL)
"""The form of a spreadsheet's day number, 46029.5, which is read where most of the column is written so."""

TIME_SHAPES = {
    "iso_date": sql.matches("{cell}", DATE),
    "iso_time": sql.matches("{cell}", LOCAL + OFFSET + "?"),
    "without_offset": sql.matches("{cell}", LOCAL),
    "numeric": sql.matches("{cell}", NUMERIC_DATE + TAIL),
    "first_over_12": sql.matches("{cell}", OVER_12 + "[/.-]" + MONTH + r"[/.-](\d{4}|\d{2})" + TAIL),
    "second_over_12": sql.matches("{cell}", MONTH + "[/.-]" + OVER_12 + r"[/.-](\d{4}|\d{2})" + TAIL),
    "with_clock": "(contains({cell}, ':') OR " + sql.matches("{cell}", r".*\s\d{1,2}\s?[hH]\s?\d{2}") + ")",
    "other": f"(NOT {sql.matches('{cell}', LOCAL + OFFSET + '?')} AND "
    + sql.joined(
        sql.matches("{cell}", pattern)
        for pattern in (
            YEAR_FIRST + TAIL,
            DAY_NAME_YEAR + TAIL,
            DAY_NAME_SHORT_YEAR + TAIL,
            NAME_DAY_YEAR + TAIL,
            UNTIDY,
        )
    )
    + ")",
    "compact": sql.matches("{cell}", COMPACT),
    "milliseconds": sql.matches("{cell}", EPOCH_MILLISECONDS),
    "seconds": sql.matches("{cell}", EPOCH_SECONDS),
    "serial": sql.matches("{cell}", SERIAL),
}
"""What is counted over a column to learn how it writes times; ``{cell}`` stands for the cell."""


@dataclass(frozen=True, slots=True)
class Times:
    """How a column writes its times, besides ISO 8601.

    ``order``: which comes first in 03/04/2026, ``"dmy"`` or ``"mdy"``; None where the column has no such dates or
    nothing says which. ``number``: what a bare number is: ``"milliseconds"`` or ``"seconds"`` since 1970, a
    spreadsheet's ``"serial"`` day or one of those counted from 1904 (``"serial_1904"``), a ``"compact"`` date.
    ``other``: month names, years first, untidy ISO. ``guessed``: nothing in the data decided ``order``. ``mixed``: some
    dates can only have the day first, others only the month, so the order of the rest is that of the more.
    """

    order: str | None = None
    number: str | None = None
    other: bool = False
    guessed: bool = False
    mixed: bool = False


def read_times(
    shapes: Mapping[str, int],
    filled: int,
    *,
    order: str | None,
    day_first_likely: bool,
    days_from_1904: bool = False,
) -> Times:
    """What a column's shapes say about it.

    ``order``: what the mapping says, or other columns of the file prove. ``day_first_likely``: the habit of such files,
    believed only where most of the column is such dates. ``days_from_1904``: the workbook counts its days so.
    """
    number = next(
        (shape for shape in ("milliseconds", "seconds", "serial", "compact") if shapes[shape] > filled / 2), None
    )
    if number == "serial" and days_from_1904:
        number = "serial_1904"
    guessed = mixed = False
    if shapes["numeric"]:
        first, second = shapes["first_over_12"], shapes["second_over_12"]
        mixed = first > 0 and second > 0
        if first != second:
            order = "dmy" if first > second else "mdy"
        elif order is None and shapes["numeric"] > filled / 2:
            order, guessed = ("dmy" if day_first_likely else "mdy"), True
    return Times(order if shapes["numeric"] else None, number, shapes["other"] > 0, guessed, mixed)


@dataclass(frozen=True, slots=True)
class TimeWords:
    """DuckDB SQL for one cell of time, in tidy form.

    ``value``: naive UTC, or a date at 00:00; NULL where it is no time, or no such day or hour exists. ``is_date``: it
    is a date without a time.
    """

    value: str
    is_date: str


def local_clock(tidy: str) -> str:
    """The naive local time of a cell that has an hour and no offset; NULL for all others."""
    return (
        f"(CASE WHEN suffix({tidy}, 'Z') THEN NULL "
        f"WHEN {sql.matches(tidy, LOCAL)} THEN try_cast({tidy} AS TIMESTAMP) END)"
    )


def time_words(tidy: str, local: str, timezone: str) -> TimeWords:
    """Reading a cell that :func:`tidied` has seen; ``local``, what :func:`local_clock` says of it, is local to
    ``timezone``.
    """
    is_date = f"(strlen({tidy}) <= 10 AND NOT contains({tidy}, ':'))"
    instant = f"timezone('UTC', try_cast({tidy} AS TIMESTAMPTZ))"
    value = (
        f"(CASE WHEN suffix({tidy}, 'Z') THEN {instant} "  # first, because it is what most files hold, and quick to see
        f"WHEN {local} IS NOT NULL THEN {utc_of_local(local, timezone)} "
        f"WHEN {is_date} THEN CASE WHEN {sql.matches(tidy, DATE)} THEN try_cast({tidy} AS DATE)::TIMESTAMP END "
        f"WHEN {sql.matches(tidy, LOCAL + OFFSET)} THEN {instant} END)"
    )
    return TimeWords(value, is_date)


def day(tidy: str) -> str:
    """The calendar date of a cell: a date, or the midnight that data frames write for one; NULL for any other hour."""
    midnight = sql.matches(tidy, rf"{DATE}([T ]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?)?")
    return f"(CASE WHEN {midnight} THEN try_cast(regexp_extract({tidy}, {sql.text(DATE)}) AS DATE) END)"


def shaped(tidy: str, *, date_only: bool) -> str:
    """Whether a cell has the form of a time: if it has no value all the same, no such day or hour exists."""
    if date_only:
        return sql.matches(tidy, DATE)
    return f"({sql.matches(tidy, DATE)} OR {sql.matches(tidy, LOCAL + OFFSET + '?')})"


def tidied(cell: str, how: Times) -> str:
    """``cell`` written as ISO 8601 where ``how`` knows what it is; any other cell as it stands."""
    cases: list[tuple[str, str]] = []
    if how.number is not None:
        cases.append(_of_number(cell, how.number))
    if how.order is not None:
        turned = r"\3-\2-\1" if how.order == "dmy" else r"\3-\1-\2"
        iso = _replaced(_replaced(cell, SHORT_YEAR, "\\1" + "20" + "\\2\\3"), "^" + NUMERIC_DATE, turned)
        cases.append((sql.matches(cell, NUMERIC_DATE + TAIL), _of_whole_day(iso)))
    if how.other:
        cases.append(
            (sql.matches(cell, YEAR_FIRST + TAIL), _of_whole_day(_replaced(cell, "^" + YEAR_FIRST, r"\1-\2-\3")))
        )
        for pattern, groups, century in (
            (DAY_NAME_YEAR, (3, 2, 1), ""),
            (DAY_NAME_SHORT_YEAR, (3, 2, 1), "20"),
            (NAME_DAY_YEAR, (3, 1, 2), ""),
        ):
            iso = _of_whole_day(_with_month_number(cell, pattern, groups, century))
            cases.append((sql.matches(cell, pattern + TAIL), iso))
        cases.append((sql.matches(cell, UNTIDY), _of_whole_day(_as_iso(cell))))
    if not cases:
        return cell
    listed = " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases)
    tidy_already = f"{sql.matches(cell, DATE)} OR {sql.matches(cell, LOCAL + OFFSET + '?')}"
    return f"(CASE WHEN {tidy_already} THEN {cell} {listed} ELSE {cell} END)"


def _replaced(expression: str, pattern: str, replacement: str) -> str:
    return f"regexp_replace({expression}, {sql.text(pattern)}, {sql.text(replacement)})"


def _of_number(cell: str, number: str) -> tuple[str, str]:
    """(condition, ISO text) for a bare number."""
    match number:
        case "milliseconds" | "seconds":
            pattern = EPOCH_MILLISECONDS if number == "milliseconds" else EPOCH_SECONDS
            factor = 1_000 if number == "milliseconds" else 1_000_000
            return sql.matches(cell, pattern), f"make_timestamp({cell}::BIGINT * {factor})::VARCHAR || 'Z'"
        case "serial" | "serial_1904":
            # Day 60 is a 29 February 1900 that never was, so from March 1900 on 1899-12-30 is day 0. A fraction of a
            # day has no exact seconds: they are rounded.
            start = "1899-12-30" if number == "serial" else "1904-01-01"
            moment = f"(TIMESTAMP '{start}' + to_seconds(round({cell}::DOUBLE * 86400)::BIGINT))"
            shown = f"CASE WHEN contains({cell}, '.') THEN {moment}::VARCHAR ELSE {moment}::DATE::VARCHAR END"
            return sql.matches(cell, SERIAL), shown
        case _:
            with_seconds = _replaced(cell, "^" + COMPACT + "$", r"\1-\2-\3T\4:\5:\6\7")
            iso = _replaced(_replaced(with_seconds, r"T::$", ""), r":(Z?)$", r":00\1")
            return sql.matches(cell, COMPACT), iso


def _with_month_number(cell: str, pattern: str, groups: tuple[int, int, int], century: str) -> str:
    year, month, day = (f"regexp_extract({cell}, {sql.text('^' + pattern)}, {group})" for group in groups)
    months = ", ".join(f"'{prefix}': {number}" for prefix, number in MONTHS.items())
    number = f"(MAP {{{months}}})[lower(strip_accents({month}))]"
    return f"('{century}' || {year} || '-' || {number} || '-' || {day} || {_replaced(cell, '^' + pattern, '')})"


def _as_iso(cell: str) -> str:
    """Untidy ISO made tidy: a comma for the fraction, a blank before the offset, small letters, UTC in letters, an
    hour alone.
    """
    for pattern, replacement in (
        (r"\s?(?:UTC|GMT|[zZ])$", "Z"),
        (r"\s([+-]\d{2}(?::?\d{2})?)$", r"\1"),
        (r"(:\d{2}),(\d+)", r"\1.\2"),
        (r"^(\d{4}-\d{1,2}-\d{1,2})t", r"\1T"),
        (r"^(\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2})(Z|[+-]\d{2}(?::?\d{2})?)?$", r"\1:00\2"),
    ):
        cell = _replaced(cell, pattern, replacement)
    return cell


def _of_whole_day(iso: str) -> str:
    """An hour counted to 12, with AM or PM, as an hour of the day; a comma or a word before the hour taken away."""
    plain = _replaced(_replaced(iso, HOUR_IN_LETTERS + "$", r"\1:\2"), BEFORE_THE_HOUR, r" \1")
    half = f"upper({_replaced(plain, AM_OR_PM, AM_OR_PM_TIDY)})"
    read = f"try_strptime({half}, ['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p'])"
    return f"(CASE WHEN {sql.matches(plain, '.*' + HALF_DAY)} THEN {read}::VARCHAR ELSE {plain} END)"
