"""What leads are worth as one HTML page that needs nothing beside it: no network, no script, no file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accord import __version__
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.chart_parts import Spec
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.page_template import page_template
from accord.report.value.attribution_tables import attribution_tables
from accord.report.value.charts import (
    age_chart,
    age_records,
    cohort_chart,
    cohort_records,
    cost_chart,
    cost_records,
    funnel_chart,
    funnel_records,
    money_chart,
    money_records,
)
from accord.report.value.formats import figure_words, money, points, share, two_lines
from accord.report.value.lines import (
    activity_rule,
    cost_lines,
    customer_lines,
    funnel_notes,
    late_class,
    late_rule,
    marginal_rule,
    stage_names,
)
from accord.report.value.scenario import scenario_block
from accord.report.value.sentences import (
    caveat_sentences,
    extremes,
    headline,
    no_orders,
    no_spend,
    scope,
    title_of,
)
from accord.report.value.short import too_high_by, too_low_by
from accord.report.value.tables import PlainTable, plain_tables
from accord.value.figures import STAGES, ValueReport
from accord.values import Estimate, Figure

__all__ = ["ValuePages", "value_page"]

WIDE, NARROW = 860, 350
MOST_ROWS = 100
"""Rows of a cutting that a page shows; a table for programs has all."""


@dataclass(frozen=True)
class ValuePages:
    """The reports that a page is drawn from: what was asked for, and the same leads by channel and by cohort.

    ``doubts``: what an audit says of the figures, a sentence each.
    """

    asked: ValueReport
    channels: ValueReport
    cohorts: ValueReport
    doubts: tuple[str, ...] = ()


def value_page(pages: ValuePages) -> str:
    """The page, in the language in use."""
    return page_template("value.html.j2").render(_context(pages))


def _context(pages: ValuePages) -> dict[str, Any]:
    report = pages.asked
    known = bool(report.totals.funnel.leads)
    return {
        "language": current_language(),
        "version": __version__,
        "title": title_of(report),
        "scope": scope(report),
        "headline": _headline(report),
        "standfirst": headline(report),
        "known": known,
        "doubts": pages.doubts,
        "scenario": scenario_block(report, report.scenario) if report.scenario else None,
        "funnel": _funnel(report) if known else None,
        "cohorts": _cohorts(pages.cohorts) if known else None,
        "costs": _costs(pages) if known else None,
        "late": _late(report) if known else None,
        "customers": _customers(pages) if known else None,
        "tables": _tables(pages),
        "verdict": extremes(report) or extremes(pages.channels),
        "caveats": caveat_sentences(report, options=False),
    }


def _headline(report: ValueReport) -> str:
    funnel, cac = report.totals.funnel, report.totals.costs.cac
    if not funnel.leads:
        return _("No lead yet")
    left_out = report.totals.costs.left_out
    if isinstance(cac, Estimate) and too_low_by(left_out) and not too_high_by(left_out):
        return _("A customer costs more than {amount}").format(amount=money(report.currency).of(cac)[0])
    if isinstance(cac, Estimate):
        return _("A customer costs {amount}").format(amount=money(report.currency).of(cac)[0])
    if report.won_by == "not_recorded":
        return formats.leads(funnel.leads)
    return ngettext("{n} customer", "{n} customers", funnel.won).format(n=formats.count(funnel.won))


def _drawn(chart: Callable[[int], Spec], records: Sequence[Any], least: int = 1) -> dict[str, Any] | None:
    """A chart for a wide screen and for a telephone, and its words; nothing where too little is known."""
    if len(records) < least:
        return None
    return {
        "wide": inlined(svg(chart(WIDE))),
        "narrow": inlined(svg(chart(NARROW))),
        "words": chart(WIDE)["description"],
    }


def _funnel(report: ValueReport) -> dict[str, Any]:
    funnel, names = report.totals.funnel, stage_names(report)
    counts = (funnel.qualified, funnel.accepted, funnel.opportunities, funnel.won)
    rows = []
    for stage, count in zip(STAGES, counts, strict=True):
        recorded = isinstance(funnel.so_far[stage], Estimate) or funnel.so_far[stage].reason != "not_recorded"  # type: ignore[union-attr]
        figures = (funnel.so_far[stage], funnel.conversion[stage])
        rows.append((names[stage], formats.count(count) if recorded else "–", [two_lines(f, share()) for f in figures]))
    return {
        "leads": formats.count(funnel.leads),
        "rows": rows,
        "within": _("within {days} days").format(days=report.horizon_days),
        "chart": _drawn(lambda width: funnel_chart(report, palette=PAGE_COLOURS, width=width), funnel_records(report)),
        "notes": list(funnel_notes(report, options=False)),
    }


def _cohorts(report: ValueReport) -> dict[str, Any] | None:
    rows = [row for row in report.rows if row.period and row.funnel.leads]
    records = cohort_records(report)
    if len(rows) < 2 or len(records) <= len({record["cohort"] for record in records}):
        return None
    ages = list(rows[0].funnel.won_by_age)
    return {
        "chart": _drawn(
            lambda width: cohort_chart(report, palette=PAGE_COLOURS, width=width, height=300 if width == WIDE else 260),
            records,
        ),
        "heading": formats.period_heading(report.period or "quarter"),
        "ages": [_("day {days}").format(days=name.removesuffix("d")) for name in ages],
        "rows": [
            (
                formats.period_name(row.period or ""),
                formats.count(row.funnel.leads),
                [two_lines(row.funnel.won_by_age[name], share()) for name in ages],
                not row.ripe,
            )
            for row in rows
        ],
        "note": _("Leads of a cohort at equal age. {badge}: not all of them are {days} days old yet.").format(
            badge=_("unripe"), days=report.horizon_days
        ),
    }


def _costs(pages: ValuePages) -> dict[str, Any]:
    report, channels = pages.asked, pages.channels
    if not report.totals.costs.recorded:
        text = no_spend(report)
        return {"missing": text, "lines": [], "note": "", "chart": None, "money": None}
    height = cost_records(channels)
    return {
        "missing": "",
        "lines": cost_lines(report),
        "note": marginal_rule(),
        "chart": _drawn(lambda width: cost_chart(channels, palette=PAGE_COLOURS, width=width), height, 2),
        "money": _drawn(
            lambda width: money_chart(channels, palette=PAGE_COLOURS, width=width), money_records(channels), 2
        ),
    }


def _late(report: ValueReport) -> dict[str, Any] | None:
    if not any(isinstance(late.won, Estimate) for late in report.lateness[1:]):
        return None
    rows = []
    for place, late in enumerate(report.lateness):
        adjusted = figure_words(late.adjusted, points(), with_n=False) if place else ""
        won = figure_words(late.won, share(), with_n=False)
        rows.append((late_class(late), formats.count(late.accepted), won, adjusted))
    return {"rows": rows, "won": _("won {days} days on").format(days=report.horizon_days), "note": late_rule()}


def _customers(pages: ValuePages) -> dict[str, Any]:
    report = pages.asked
    customers = report.totals.customers
    if not report.revenue.orders:
        return {"missing": no_orders(report), "lines": [], "note": "", "age": None, "kept": None}
    return {
        "missing": "",
        "lines": customer_lines(report),
        "note": activity_rule(report),
        "age": _aged(
            customers.revenue_by_age,
            _("Revenue per customer by days since the win, with its interval."),
            report.currency,
        ),
        "kept": _aged(
            {"0d": Estimate(1.0, 1.0, 1.0, customers.buyers), **customers.retention},
            _("Share of buyers still active by days since the first purchase, with its interval."),
            None,
            flat_until=report.inactive_after_days,
        ),
    }


def _aged(
    figures: Mapping[str, Figure], words: str, currency: str | None, *, flat_until: int | None = None
) -> dict[str, Any] | None:
    return _drawn(
        lambda width: age_chart(
            figures,
            words,
            currency=currency,
            palette=PAGE_COLOURS,
            width=420 if width == WIDE else NARROW,
            height=230,
            flat_until=flat_until,
        ),
        age_records(figures),
        2,
    )


def _tables(pages: ValuePages) -> list[dict[str, Any]]:
    asked = [pages.asked] if pages.asked.rows else []
    own = not asked or (pages.asked.dimensions, pages.asked.period) != (("channel",), None)
    reports = [*asked, *([pages.channels] if own and len(pages.channels.rows) > 1 else [])]
    tables = [_table(table) for report in reports for table in plain_tables(report)]
    return [*tables, *(_table(table) | {"notes": notes} for table, notes in attribution_tables(pages.asked))]


def _table(table: PlainTable) -> dict[str, Any]:
    more = len(table.rows) - MOST_ROWS
    left = ngettext("{n} more row is not shown.", "{n} more rows are not shown.", max(more, 0))
    return {
        "title": table.title,
        "names": table.names,
        "headings": table.headings,
        "rows": table.rows[:MOST_ROWS],
        "notes": table.notes,
        "more": left.format(n=formats.count(more)) if more > 0 else "",
    }
