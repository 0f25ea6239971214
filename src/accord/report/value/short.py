"""What is too low or too high because a part of the spend, or of the orders, has no rate: a mark at each figure."""

from __future__ import annotations

from accord.language import gettext as _
from accord.report.value.formats import Style, figure_words, two_lines
from accord.value.figures import ValueRow
from accord.values import Estimate, Figure

__all__ = [
    "and_more",
    "more_orders",
    "no_rate",
    "payback_lines",
    "payback_words",
    "return_lines",
    "return_words",
    "too_low",
    "too_low_lines",
]


def no_rate() -> str:
    """What stands beneath a sum of money that lacks a part."""
    return _("more, no rate")


def and_more(row: ValueRow) -> str:
    """That more was spent than the sum says: what stands beside it is too low."""
    return no_rate() if row.costs.recorded and row.costs.unpriced else ""


def more_orders(row: ValueRow) -> str:
    """That these leads paid more than the sum says: what stands beside it is too low."""
    return no_rate() if row.customers.unpriced else ""


def too_low(words: str, figure: Figure, row: ValueRow) -> str:
    """A figure made of revenue, and that it is too low, where orders of these leads have no rate."""
    return _moved(words, figure, up=False, down=row.customers.unpriced)


def too_low_lines(figure: Figure, style: Style, row: ValueRow) -> tuple[str, str]:
    """The same on two lines."""
    value, beneath = two_lines(figure, style)
    return too_low(value, figure, row), beneath


def return_words(row: ValueRow, style: Style) -> str:
    """Revenue ÷ spend: too low where orders lack a rate, too high where spend does, anything where both do."""
    figure = row.costs.return_on_spend
    return _moved(figure_words(figure, style), figure, up=row.costs.unpriced, down=row.customers.unpriced)


def return_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.return_on_spend
    value, beneath = two_lines(figure, style)
    return _moved(value, figure, up=row.costs.unpriced, down=row.customers.unpriced), beneath


def payback_words(row: ValueRow, style: Style) -> str:
    """Months until revenue has paid: too many where orders lack a rate, too few where spend does."""
    figure = row.costs.payback_months
    return _moved(figure_words(figure, style), figure, up=row.customers.unpriced, down=row.costs.unpriced)


def payback_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.payback_months
    value, beneath = two_lines(figure, style)
    return _moved(value, figure, up=row.customers.unpriced, down=row.costs.unpriced), beneath


def _moved(words: str, figure: Figure, *, up: float, down: float) -> str:
    """``words``, and to which side it is off: ``up`` and ``down`` say whether anything moves it there."""
    if not isinstance(figure, Estimate) or not (up or down):
        return words
    if up and down:
        return _("{figure}, not whole").format(figure=words)
    return (_("{figure}, too high") if up else _("{figure}, too low")).format(figure=words)
