"""Amounts of money, and figures with the interval beneath, as a reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from babel.numbers import format_currency

from accord.language import current_language
from accord.language import gettext as _
from accord.report import formats
from accord.value.figures import Bounded
from accord.values import Estimate, Figure, Unknown

__all__ = ["Style", "amount", "bound_words", "figure_words", "money", "number", "points", "share", "two_lines"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of figure is written: ``value`` with ``digits`` decimals, and the two ends of an interval together."""

    value: Callable[[float, int], str]
    ends: Callable[[float, float, int], str]
    digits: Callable[[float, float], int]
    """How many decimals an interval of such width can carry, given its value."""

    def alone(self, value: float) -> str:
        """A value without an interval, such as a bound."""
        return self.value(value, self.digits(value, value))

    def of(self, estimate: Estimate) -> tuple[str, str]:
        """The value and the interval of an estimate, equally precise."""
        digits = self.digits(estimate.value, estimate.high - estimate.low)
        return self.value(estimate.value, digits), self.ends(estimate.low, estimate.high, digits)


_WHOLE_FROM = 100
"""From here on cents are noise."""

_NARROW = 0.1


def amount(value: float, currency: str, *, cents: bool | None = None) -> str:
    """€1,234 · 1 234 €; with cents below a hundred, or as ``cents`` says."""
    small = abs(value) < _WHOLE_FROM if cents is None else cents
    pattern = "¤#,##0.00;-¤#,##0.00" if small else "¤#,##0;-¤#,##0"
    if current_language() == "fr":
        pattern = "#,##0.00\u00a0¤" if small else "#,##0\u00a0¤"
    return _with_minus(format_currency(value, currency, pattern, locale=current_language(), currency_digits=False))


def _with_minus(text: str) -> str:
    """A true minus sign, as changes have: a hyphen between an interval's ends reads as a dash."""
    return text.replace("-", "−")


def money(currency: str) -> Style:
    """Amounts: €1,234 and €1,100–€1,400."""

    def ends(low: float, high: float, digits: int) -> str:
        first, last = (amount(end, currency, cents=digits > 0) for end in (low, high))
        if current_language() == "fr":  # the currency follows, so once is enough: 101–105 €
            first = _with_minus(formats.decimal(low, 2) if digits else formats.count(round(low)))
        between = _("{low} to {high}") if low < 0 else _("{low}–{high}")
        return between.format(low=first, high=last)

    return Style(
        lambda value, digits: amount(value, currency, cents=digits > 0),
        ends,
        lambda value, width: 2 if abs(value) < _WHOLE_FROM else 0,
    )


def share() -> Style:
    """Shares: 4.1% and 3.6–4.5%; a decimal where the interval is narrower than ten points."""

    def ends(low: float, high: float, digits: int) -> str:
        first, last = (formats.percent(end, digits) for end in (low, high))
        return _("{low}–{high}").format(low=first.rstrip("%\u00a0"), high=last)

    return Style(formats.percent, ends, lambda value, width: 1 if width < _NARROW else 0)


def points() -> Style:
    """Differences of shares, in points: −2.1 and −4.0 to 0.3."""

    def written(value: float, digits: int) -> str:
        text = formats.decimal(abs(value) * 100, digits)
        sign = "−" if value < 0 else "+"
        return text if float(f"{abs(value) * 100:.{digits}f}") == 0 else f"{sign}{text}"

    def ends(low: float, high: float, digits: int) -> str:
        return _("{low} to {high}").format(low=written(low, digits), high=written(high, digits))

    return Style(written, ends, lambda value, width: 1)


def number(digits: int, unit: str = "") -> Style:
    """Plain numbers: 6.8 and 5.7–8.3; ``unit`` follows the value."""

    def written(value: float, places: int) -> str:
        text = formats.decimal(value, places) if places else formats.count(round(value))
        return f"{text}\u00a0{unit}" if unit else text

    def ends(low: float, high: float, places: int) -> str:
        first, last = (formats.decimal(end, places) if places else formats.count(round(end)) for end in (low, high))
        return _("{low}–{high}").format(low=first, high=last)

    return Style(written, ends, lambda value, width: digits)


def bound_words(unknown: Unknown, style: Style) -> str:
    """What can be said of a figure that is not known: at least so much, at most so much; empty where nothing can."""
    if not isinstance(unknown, Bounded):
        return ""
    if unknown.at_least is not None:
        return _("at least {amount}").format(amount=style.alone(unknown.at_least))
    if unknown.at_most is not None:
        return _("at most {amount}").format(amount=style.alone(unknown.at_most))
    return ""


def two_lines(figure: Figure, style: Style) -> tuple[str, str]:
    """A figure and what belongs beneath it: its interval, or why there is none and what bounds it."""
    if isinstance(figure, Estimate):
        return style.of(figure)
    return formats.unknown_briefly(figure), bound_words(figure, style)


def figure_words(figure: Figure, style: Style, *, with_n: bool = True) -> str:
    """A figure on one line: €103 (€101–€105), n = 8,580; or why there is none."""
    if isinstance(figure, Estimate):
        value, between = style.of(figure)
        return f"{value} ({between}), {formats.n(figure.n)}" if with_n else f"{value} ({between})"
    bound = bound_words(figure, style)
    return f"{formats.unknown_briefly(figure)}, {bound}" if bound else formats.unknown_briefly(figure)
