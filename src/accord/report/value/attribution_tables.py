"""Who gets the credit, and leads by the channels they had met, as plain tables for a page; each with what to know."""

from __future__ import annotations

from collections.abc import Sequence

from accord.agreement.attribution import RULES
from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.value.attribution_text import (
    channel_name,
    credit_notes,
    multichannel_notes,
    rule_heading,
    rule_name,
    something_to_credit,
    tenths,
    widest,
)
from accord.report.value.credit_cells import cac_lines, return_lines_of, revenue_lines, spend_lines
from accord.report.value.formats import points, share, two_lines
from accord.report.value.tables import PlainTable
from accord.report.words import dimension_heading
from accord.value.attribution_figures import ChannelCredit, Multichannel
from accord.value.figures import ValueReport
from accord.values import Estimate, Figure

__all__ = ["attribution_tables"]

_COMBINATIONS = 12
Lines = tuple[str, str]


def attribution_tables(report: ValueReport) -> list[tuple[PlainTable, Sequence[str]]]:
    """The credit by the rule, what every rule gives, fronts and combinations; each with its notes."""
    tables: list[tuple[PlainTable, Sequence[str]]] = []
    found = report.attribution
    if found is not None and found.by_rule is not None and found.touches and something_to_credit(found):
        rows = found.by_rule[found.rule.name]
        tables.append((_credit(rows, report), [*credit_notes(report, found)]))
        tables.append((_comparison(report), [widest(found)]))
    channels = report.multichannel
    if channels is not None and any(front.handed for front in channels.fronts[2:]):
        tables += [(_fronts(channels), []), (_combinations(channels), multichannel_notes(channels))]
    return tables


def _told(figure: Figure) -> bool:
    return isinstance(figure, Estimate) or figure.reason not in {"not_recorded", "not_identified"}


def _credit(rows: Sequence[ChannelCredit], report: ValueReport) -> PlainTable:
    assert report.attribution is not None

    def lines(row: ChannelCredit, wins: str) -> tuple[Lines, ...]:
        return (
            *((wins, ""), two_lines(row.won_share, share()), spend_lines(row, report), cac_lines(row, report)),
            *(revenue_lines(row, report), return_lines_of(row)),
        )

    return PlainTable(
        _("Who gets the credit: {rule}").format(rule=rule_name(report.attribution.rule.name)),
        (dimension_heading("channel"),),
        (
            *(_("customers"), _("of all customers"), _("spend"), _("CAC so far"), _("revenue")),
            _("return on spend"),
        ),
        tuple(
            ((channel_name(row.channel),), lines(row, wins), False)
            for row, wins in zip(rows, tenths([row.won for row in rows]), strict=True)
        ),
    )


def _comparison(report: ValueReport) -> PlainTable:
    found = report.attribution
    assert found is not None
    assert found.by_rule is not None
    given = {
        rule: dict(zip((row.channel for row in rows), tenths([row.won for row in rows]), strict=True))
        for rule, rows in found.by_rule.items()
    }
    names = list(dict.fromkeys(name for rule in reversed(RULES) for name in given[rule]))
    return PlainTable(
        _("Customers credited to each channel"),
        (dimension_heading("channel"),),
        tuple(f"{rule_heading(rule)}{' ●' if rule == found.rule.name else ''}" for rule in RULES),
        tuple(
            ((channel_name(name),), tuple((given[rule].get(name, "–"), "") for rule in RULES), False) for name in names
        ),
    )


def _fronts(found: Multichannel) -> PlainTable:
    def name(channels: int, *, or_more: bool) -> str:
        if not channels:
            return _("no touch")
        return _("{n} or more").format(n=channels) if or_more else formats.count(channels)

    def adjusted(figure: Figure) -> Lines:
        return two_lines(figure, points()) if _told(figure) else ("", "")

    return PlainTable(
        _("Met through one channel or several, before the handoff"),
        (_("channels met"),),
        (_("leads"), _("accepted"), _("like with like"), _("won"), _("like with like")),
        tuple(
            (
                (name(front.channels, or_more=front.or_more),),
                (
                    (formats.count(front.handed), ""),
                    two_lines(front.accepted, share()),
                    adjusted(front.accepted_adjusted),
                    two_lines(front.won, share()),
                    adjusted(front.won_adjusted),
                ),
                False,
            )
            for front in found.fronts
            if front.handed
        ),
    )


def _combinations(found: Multichannel) -> PlainTable:
    return PlainTable(
        ngettext("{n} combination of channels met", "{n} combinations of channels met", _shown(found)).format(
            n=_shown(found)
        ),
        (_("channels met"),),
        (_("leads"), _("of all accepted"), _("of all customers"), _("accepted"), _("won")),
        tuple(
            (
                (" + ".join(map(channel_name, one.channels)) or _("no touch"),),
                (
                    (formats.count(one.handed), ""),
                    *(two_lines(figure, share()) for figure in (one.of_accepted, one.of_won, one.accepted, one.won)),
                ),
                False,
            )
            for one in found.combinations[:_COMBINATIONS]
        ),
    )


def _shown(found: Multichannel) -> int:
    return min(len(found.combinations), _COMBINATIONS)
