"""How what a channel is credited with is written: each figure with its mark, where money without a rate is missing."""

from __future__ import annotations

from accord.report.value.formats import amount, money, number, two_lines
from accord.report.value.short import beyond, of_ratio, of_sum
from accord.value.attribution_figures import ChannelCredit
from accord.value.figures import ValueReport
from accord.values import Estimate, Figure

__all__ = ["cac_lines", "cents_words", "return_lines_of", "revenue_lines", "spend_lines", "told"]


def told(figure: Figure) -> bool:
    """Whether there is anything to show: a figure, or why there is none that was asked for."""
    return isinstance(figure, Estimate) or figure.reason != "not_recorded"


def cents_words(cents: int, report: ValueReport) -> str:
    """An amount of the report, in its currency."""
    return amount(cents / 10.0**report.decimals, report.currency)


def spend_lines(row: ChannelCredit, report: ValueReport) -> tuple[str, str]:
    """What was spent on a channel, and that more was, where a part has no rate."""
    if not row.recorded:
        return "–", beyond(row.spend_left_out)
    return cents_words(row.spend, report), beyond(row.spend_left_out)


def cac_lines(row: ChannelCredit, report: ValueReport) -> tuple[str, str]:
    """What a customer credited to a channel costs: too low where spend has no rate."""
    if not told(row.cac):
        return "–", ""
    value, beneath = two_lines(row.cac, money(report.currency))
    return of_sum(value, row.cac, row.spend_left_out), beneath


def revenue_lines(row: ChannelCredit, report: ValueReport) -> tuple[str, str]:
    """What a channel is credited with, and that there is more, where orders have no rate."""
    return cents_words(row.revenue, report), beyond(row.orders_left_out)


def return_lines_of(row: ChannelCredit) -> tuple[str, str]:
    """Revenue credited ÷ spend: too high where spend has no rate, too low where orders have none."""
    figure = row.return_on_spend
    if not told(figure):
        return "–", ""
    value, beneath = two_lines(figure, number(1))
    return of_ratio(value, figure, row.orders_left_out, row.spend_left_out), beneath
