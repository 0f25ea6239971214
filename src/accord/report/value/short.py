"""What is too low or too high because a part of the spend, or of the orders, has no rate: a mark at each figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.value.formats import Style, amount, figure_words, two_lines
from accord.value.figures import ValueRow
from accord.values import Estimate, Figure

__all__ = [
    "amounts_of",
    "and_more",
    "left_out_by_place",
    "more_orders",
    "moved",
    "no_rate",
    "of_these_leads",
    "payback_lines",
    "payback_words",
    "return_lines",
    "return_words",
    "too_low",
    "too_low_lines",
]


MANY = 8
"""Places that are listed before the rest is counted."""


def no_rate() -> str:
    """What stands beneath a sum of money that lacks a part."""
    return _("more, no rate")


def amounts_of(left_out: Mapping[str, float]) -> str:
    """Amounts by currency as one text: $500.00 and £20.00."""
    return formats.sequence(amount(value, currency, cents=True) for currency, value in left_out.items())


def of_these_leads(spend: Mapping[str, float], orders: Mapping[str, float]) -> Iterator[str]:
    """What of the money without a rate belongs to the leads and days asked about."""
    if spend:
        yield _("Of these leads and days are {amounts} of spend without a rate, which are in no cost.").format(
            amounts=amounts_of(spend)
        )
    if orders:
        yield _("Of these leads are orders of {amounts} without a rate, which are in no revenue.").format(
            amounts=amounts_of(orders)
        )
    if not (spend or orders):
        yield _("Nothing without a rate belongs to these leads and days.")


def left_out_by_place(places: Iterable[tuple[str, Mapping[str, float], Mapping[str, float]]]) -> str:
    """Where money without a rate was left out, and how much: name, spend and orders of each place; empty for none."""
    told = []
    for name, spend, orders in places:
        parts = [_("spend {amounts}").format(amounts=amounts_of(spend))] if spend else []
        parts += [_("orders {amounts}").format(amounts=amounts_of(orders))] if orders else []
        if parts:
            told.append(_("{name} ({amounts})").format(name=name, amounts=formats.sequence(parts)))
    if not told:
        return ""
    if len(told) > MANY:
        more = len(told) - MANY
        rest = ngettext("{n} more", "{n} more", more).format(n=formats.count(more))
        told = [*told[:MANY], rest]
    return _("Left out for want of a rate: {places}.").format(places=formats.sequence(told))


def and_more(row: ValueRow) -> str:
    """That more was spent than the sum says: what stands beside it is too low."""
    return no_rate() if row.costs.recorded and row.costs.unpriced else ""


def more_orders(row: ValueRow) -> str:
    """That these leads paid more than the sum says: what stands beside it is too low."""
    return no_rate() if row.customers.unpriced else ""


def too_low(words: str, figure: Figure, row: ValueRow) -> str:
    """A figure made of revenue, and that it is too low, where orders of these leads have no rate."""
    return moved(words, figure, up=False, down=row.customers.unpriced)


def too_low_lines(figure: Figure, style: Style, row: ValueRow) -> tuple[str, str]:
    """The same on two lines."""
    value, beneath = two_lines(figure, style)
    return too_low(value, figure, row), beneath


def return_words(row: ValueRow, style: Style) -> str:
    """Revenue ÷ spend: too low where orders lack a rate, too high where spend does, anything where both do."""
    figure = row.costs.return_on_spend
    return moved(figure_words(figure, style), figure, up=row.costs.unpriced, down=row.customers.unpriced)


def return_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.return_on_spend
    value, beneath = two_lines(figure, style)
    return moved(value, figure, up=row.costs.unpriced, down=row.customers.unpriced), beneath


def payback_words(row: ValueRow, style: Style) -> str:
    """Months until revenue has paid: too many where orders lack a rate, too few where spend does."""
    figure = row.costs.payback_months
    return moved(figure_words(figure, style), figure, up=row.customers.unpriced, down=row.costs.unpriced)


def payback_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.payback_months
    value, beneath = two_lines(figure, style)
    return moved(value, figure, up=row.customers.unpriced, down=row.costs.unpriced), beneath


def moved(words: str, figure: Figure, *, up: float, down: float) -> str:
    """``words``, and to which side it is off: ``up`` and ``down`` say whether anything moves it there."""
    if not isinstance(figure, Estimate) or not (up or down):
        return words
    if up and down:
        return _("{figure}, not whole").format(figure=words)
    return (_("{figure}, too high") if up else _("{figure}, too low")).format(figure=words)
