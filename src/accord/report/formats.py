"""Numbers, shares, delays, dates and periods as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import NumberPattern, parse_pattern

from accord.clock.periods import PeriodUnit, period_bounds
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "count",
    "day",
    "day_and_month",
    "decimal",
    "delay",
    "delay_interval",
    "enumeration",
    "leads",
    "moment",
    "month_and_year",
    "n",
    "percent",
    "period_heading",
    "period_name",
    "promise_name",
    "sequence",
    "share",
    "share_digits",
    "share_interval",
    "unknown_briefly",
]

_PRECISE_WIDTH = 0.02
"""Narrower than two points, an interval is worth a decimal; wider, the decimal would be a false promise."""


def count(number: int) -> str:
    """1,412 · 1 412."""
    return _written(number, "#,##0.###")


def decimal(number: float, digits: int) -> str:
    """2.5 · 2,5."""
    return _written(number, f"#,##0.{'0' * digits}")


def n(number: int) -> str:
    """The count behind a figure: n = 1,412, never broken over two lines."""
    return f"n\u00a0=\u00a0{count(number)}"


def percent(value: float, digits: int = 0) -> str:
    """47% · 47 %; ``digits`` after the decimal sign. A share that is neither none nor all is never written as if."""
    if value in {0, 1}:
        digits = 0
    step = 10.0 ** -(2 + digits)
    if 0 < value < step / 2 or 1 - step / 2 < value < 1:
        if digits:
            sign, end = ("<", step) if value < step else (">", 1 - step)
            return f"{sign}\u00a0{percent(end, digits)}"
        return percent(value, 1)
    return _written(value, _percent_pattern(digits))


def _written(number: float, pattern: str) -> str:
    # As Babel's ``format_decimal``, which reads language and pattern anew each time: a report writes thousands.
    return str(_parsed(pattern).apply(number, _locale(current_language())))


@cache
def _parsed(pattern: str) -> NumberPattern:
    return parse_pattern(pattern)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _percent_pattern(digits: int) -> str:
    # French puts a no-break space before the sign, English nothing.
    decimals = f".{'0' * digits}" if digits else ""
    return f"#,##0{decimals}\u00a0%" if current_language() == "fr" else f"#,##0{decimals}%"


def share(estimate: Estimate, digits: int | None = None) -> str:
    """The value of a share, with as many digits as its interval can carry, or as its column has."""
    return percent(estimate.value, share_digits([estimate]) if digits is None else digits)


def share_interval(estimate: Estimate, digits: int | None = None) -> str:
    """The interval of a share: 43–51% · 43–51 %."""
    digits = share_digits([estimate]) if digits is None else digits
    # An end that is nearly none or all is rounded outwards: "> 99.9%" inside an interval reads as a slip.
    nearly = 10.0 ** -max(2 + digits, 3) / 2
    low = percent(0 if estimate.low < nearly else estimate.low, digits)
    high = percent(1 if estimate.high > 1 - nearly else estimate.high, digits)
    return _("{low}–{high}").format(low=low.rstrip("%\u00a0"), high=high)


def share_digits(figures: Iterable[Figure]) -> int:
    """The digits after the decimal sign that every one of ``figures`` can carry: those of a column are alike."""
    known = [figure for figure in figures if isinstance(figure, Estimate)]
    return 1 if known and all(figure.high - figure.low < _PRECISE_WIDTH for figure in known) else 0


def delay(hours: float, *, in_days: bool = True) -> str:
    """A delay in the unit a person would use: 35 min, 5.4 h, 3.2 days; open hours stay hours (``in_days=False``)."""
    unit = _unit(hours, in_days)
    return _with_unit(_amount(hours, unit, _decimals(hours, unit)), unit)


def delay_interval(estimate: Estimate, *, in_days: bool = True) -> str:
    """The interval of a delay, in the unit of its value: 4.3–6.4 h."""
    unit = _unit(estimate.value, in_days)
    decimals = _decimals(estimate.value, unit)
    low, high = _amount(estimate.low, unit, decimals), _amount(estimate.high, unit, decimals)
    return _with_unit(_("{low}–{high}").format(low=low, high=high), unit)


def _unit(hours: float, in_days: bool) -> str:
    if hours < 1:
        return "minutes"
    return "days" if in_days and hours >= 48 else "hours"


_PER_HOUR = {"minutes": 60.0, "hours": 1.0, "days": 1 / 24}


def _decimals(hours: float, unit: str) -> str:
    """The pattern of a delay's decimals: one below ten, and its interval has as many as it has."""
    return "0" if unit == "minutes" or hours * _PER_HOUR[unit] >= 9.95 else "0.0"


def _amount(hours: float, unit: str, decimals: str) -> str:
    return _written(hours * _PER_HOUR[unit], f"#,##{decimals}")


def _with_unit(amount: str, unit: str) -> str:
    if unit == "minutes":
        text = _("{amount} min")
    elif unit == "hours":
        text = _("{amount} h")
    else:
        text = _("{amount} days")
    return text.format(amount=amount).replace(
        " ", "\u00a0"
    )  # "24" at the end of a line and "h" on the next is no delay


def unknown_briefly(unknown: Unknown) -> str:
    """Why there is no figure, in two or three words for a cell of a table."""
    if unknown.reason == "too_few":
        return _("too few")
    if unknown.reason == "not_recorded":
        return _("not recorded")
    if unknown.reason == "not_mature":
        return _("too early")
    return _("cannot be told")


def day(date_: date) -> str:
    """27 Jul 2026 · 27 juil. 2026, 1er août 2026."""
    return _first(format_date(date_, "d MMM y", locale=current_language()))


def day_and_month(date_: date) -> str:
    """27 Jul · 27 juil."""
    return _first(format_date(date_, "d MMM", locale=current_language()))


def month_and_year(date_: date) -> str:
    """Jul 2026 · juil. 2026."""
    return format_date(date_, "LLL y", locale=current_language())


def moment(instant: datetime, timezone: str) -> str:
    """31 Jul 2026, 14:05 in ``timezone``, of a naive UTC instant."""
    return _first(
        format_datetime(instant.replace(tzinfo=UTC), "d MMM y, HH:mm", ZoneInfo(timezone), current_language())
    )


def _first(written: str) -> str:
    """The first of a month is *le 1er* in French, and the only day that is no plain number."""
    return f"1er{written[1:]}" if current_language() == "fr" and written.startswith("1 ") else written


def period_name(label: str) -> str:
    """A cohort period: 27 Jul 2026 (the Monday of a week), July 2026, Q3 2026."""
    start, _end = period_bounds(label)
    if "W" in label:
        return day(start)
    pattern = "QQQ y" if "Q" in label else "LLLL y"
    return format_date(start, pattern, locale=current_language())


def period_heading(unit: PeriodUnit) -> str:
    """What heads a column of periods."""
    return {"week": _("Week of"), "month": _("Month"), "quarter": _("Quarter")}[unit]


def enumeration(words: list[str]) -> str:
    """a, b and c · a, b et c."""
    return format_list(words, locale=current_language())


def sequence(words: Iterable[str]) -> str:
    """a; b; c · a ; b ; c: for parts that hold commas themselves."""
    return _("; ").join(words)


def promise_name(promise: str) -> str:
    """A promise as it is kept in reports ("24h"), for a person: 24 h. A promise with a name of its own keeps it."""
    amount = promise.removesuffix("h")
    if not amount.replace(".", "", 1).isdecimal():
        return promise
    unit = _unit(float(amount), in_days=False)
    return _with_unit(_amount(float(amount), unit, "0.#"), unit)


def leads(number: int) -> str:
    """1 lead, 1,412 leads."""
    return ngettext("{n} lead", "{n} leads", number).format(n=count(number))
