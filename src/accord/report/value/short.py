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
    "beyond",
    "cost_lines",
    "left_out_by_place",
    "more_orders",
    "moved",
    "no_rate",
    "of_ratio",
    "of_sum",
    "of_these_leads",
    "part_of_spend",
    "payback_lines",
    "payback_words",
    "refused_lines",
    "return_lines",
    "return_words",
    "too_high_by",
    "too_low",
    "too_low_by",
    "too_low_lines",
    "whole_words",
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


def beyond(left_out: Mapping[str, float]) -> str:
    """That a sum lacks money without a rate: more of it, or credit notes and refunds, which make it less."""
    low, high = too_low_by(left_out), too_high_by(left_out)
    if low and high:
        return _("more and less, no rate")
    return _("less, no rate") if high else no_rate() if low else ""


def too_low_by(left_out: Mapping[str, float]) -> bool:
    """Whether money that a sum lacks makes it too low."""
    return any(value > 0 for value in left_out.values())


def too_high_by(left_out: Mapping[str, float]) -> bool:
    """Whether credit notes or refunds that a sum lacks make it too high."""
    return any(value < 0 for value in left_out.values())


def and_more(row: ValueRow) -> str:
    """That more (or, after credit notes, less) was spent than the sum says."""
    return beyond(row.costs.left_out) if row.costs.recorded else ""


def more_orders(row: ValueRow) -> str:
    """That these leads paid more (or, after refunds, less) than the sum says."""
    return beyond(row.customers.left_out)


def whole_words(words: str, left_out: Mapping[str, float]) -> str:
    """A sum of money in a line, and that there is more of it, or less, without a rate."""
    low, high = too_low_by(left_out), too_high_by(left_out)
    if low and high:
        return _("{amount}, and more and less without a rate").format(amount=words)
    if high:
        return _("{amount}, less what has no rate").format(amount=words)
    return _("{amount}, and more without a rate").format(amount=words) if low else words


def of_sum(words: str, figure: Figure, left_out: Mapping[str, float]) -> str:
    """A figure that rises with a sum which lacks ``left_out``."""
    return moved(words, figure, up=too_high_by(left_out), down=too_low_by(left_out))


def of_ratio(words: str, figure: Figure, above: Mapping[str, float], below: Mapping[str, float]) -> str:
    """A figure that rises with a sum which lacks ``above`` and falls with one that lacks ``below``."""
    up = too_high_by(above) or too_low_by(below)
    return moved(words, figure, up=up, down=too_low_by(above) or too_high_by(below))


def cost_lines(figure: Figure, style: Style, row: ValueRow) -> tuple[str, str]:
    """What something costs, on two lines, and that it is off where a part of these leads' spend has no rate."""
    value, beneath = two_lines(figure, style)
    return of_sum(value, figure, row.costs.left_out), beneath


def part_of_spend(words: str, figure: Figure, row: ValueRow, *, lacking: bool) -> str:
    """Spend on some of these leads; ``lacking``: a part of it has no rate, of which only the sides are known."""
    return of_sum(words, figure, row.costs.left_out) if lacking else words


def refused_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """What was spent on leads that sales refused, on two lines."""
    value, beneath = two_lines(row.costs.refused, style)
    return part_of_spend(value, row.costs.refused, row, lacking=row.costs.refused_unpriced), beneath


def too_low(words: str, figure: Figure, row: ValueRow) -> str:
    """A figure made of revenue, and that it is too low, where orders of these leads have no rate."""
    return of_sum(words, figure, row.customers.left_out)


def too_low_lines(figure: Figure, style: Style, row: ValueRow) -> tuple[str, str]:
    """The same on two lines."""
    value, beneath = two_lines(figure, style)
    return too_low(value, figure, row), beneath


def return_words(row: ValueRow, style: Style) -> str:
    """Revenue ÷ spend: too low where orders lack a rate, too high where spend does, anything where both do."""
    figure = row.costs.return_on_spend
    return of_ratio(figure_words(figure, style), figure, row.customers.left_out, row.costs.left_out)


def return_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.return_on_spend
    value, beneath = two_lines(figure, style)
    return of_ratio(value, figure, row.customers.left_out, row.costs.left_out), beneath


def payback_words(row: ValueRow, style: Style) -> str:
    """Months until revenue has paid: too many where orders lack a rate, too few where spend does."""
    figure = row.costs.payback_months
    return of_ratio(figure_words(figure, style), figure, row.costs.left_out, row.customers.left_out)


def payback_lines(row: ValueRow, style: Style) -> tuple[str, str]:
    """The same on two lines."""
    figure = row.costs.payback_months
    value, beneath = two_lines(figure, style)
    return of_ratio(value, figure, row.costs.left_out, row.customers.left_out), beneath


def moved(words: str, figure: Figure, *, up: float, down: float) -> str:
    """``words``, and to which side it is off: ``up`` and ``down`` say whether anything moves it there."""
    if not isinstance(figure, Estimate) or not (up or down):
        return words
    if up and down:
        return _("{figure}, not whole").format(figure=words)
    return (_("{figure}, too high") if up else _("{figure}, too low")).format(figure=words)
