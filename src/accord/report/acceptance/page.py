"""A lead acceptance report as one HTML page that needs nothing beside it: no network, no script, no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from accord import __version__
from accord.acceptance.figures import AcceptanceReport
from accord.audit.figures import Audited
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance import sentences
from accord.report.acceptance.agreed import delivered_months, earlier_months_sentence, kept_promises
from accord.report.acceptance.briefing import Briefing
from accord.report.acceptance.charts import trend_chart, trend_description, trend_records
from accord.report.acceptance.views import (
    TableView,
    checks,
    definitions,
    delay_view,
    delays,
    figure_view,
    nothing_known,
    outcomes,
    promises,
    row_table,
)
from accord.report.audit.grading import DELAYS, PROMISES, RATES, REAL, Grading
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.page_template import page_template
from accord.report.words import GLOSSARY
from accord.typed import for_others

__all__ = ["page_html"]

_CLOSE, _EDGE = 0.3, 0.12
"""Shares of the gauge's width that two labels, and half a label, take on a telephone."""

_CHART_WIDTHS = {"wide": (860, 280), "narrow": (350, 240)}


@for_others()
def page_html(briefing: Briefing, grading: Grading | None = None) -> str:
    """The page, in the language in use. ``grading``: what an audit says of the figures."""
    context = _context(briefing, grading or Grading())
    not_audited = grading is not None and not grading.audited
    context["not_audited"] = sentences.not_audited_sentence() if not_audited else ""
    return page_template("acceptance.html.j2").render(context)


def _context(briefing: Briefing, grading: Grading) -> dict[str, Any]:
    report = briefing.definitions
    answer = report.answers[briefing.shown]
    totals = answer.totals
    unmatched = sentences.unmatched_handoffs(report)
    in_span = report.start is not None or report.end is not None
    shown = briefing.shown

    def cut(reports: Sequence[AcceptanceReport]) -> list[TableView]:
        away = briefing.left_away
        return [row_table(each, each.answers[shown], grading, away.get(each.dimensions, 0)) for each in reports]

    tables, folded = cut(briefing.segments), cut(briefing.folded)
    kept_in_time, waits, all_definitions = (
        promises(answer, grading),
        delays(answer, grading),
        definitions(report, grading),
    )
    return {
        "language": current_language(),
        "version": __version__,
        "title": sentences.title(report),
        "scope": sentences.scope_sentence(report),
        "handed": totals.handed,
        "headline": sentences.headline(totals, in_span=in_span, unmatched=unmatched),
        "next_step": "" if in_span else sentences.next_step(totals, unmatched=unmatched),
        "interval": sentences.interval_words(totals.rate) if totals.handed else "",
        "verdict": sentences.verdict_sentence(totals.rate, report.floor, report.target),
        "definition": sentences.definition_sentence(report, answer),
        "bounds": sentences.bounds_sentence(totals),
        "still_open": sentences.open_sentence(answer),
        "rate": figure_view(totals.rate, "rate", grade=grading.mark(Audited.RATE, shown)),
        "rate_notes": grading.notes(RATES, shown),
        "ends": (formats.percent(0), formats.percent(1)),
        "floor": _agreed(report.floor),
        "agreed": _marks(report.floor, report.target),
        "outcomes": outcomes(totals),
        "promises": kept_in_time,
        "promise_notes": grading.notes(PROMISES, shown),
        "no_promises": nothing_known([figure for promise in kept_in_time for figure in promise.figures]),
        "class_promises": [(kept, figure_view(kept.figure, "within")) for kept in kept_promises(report)],
        "months": delivered_months(report),
        "earlier_months": earlier_months_sentence(report),
        "delays": waits,
        "delay_notes": grading.notes(DELAYS, shown),
        "no_delays": nothing_known([figure for delay in waits for figure in delay.figures]),
        "weighted": delay_view(totals.weighted_delay_hours, grade=grading.mark(Audited.WEIGHTED_DELAY, shown)),
        "not_in_the_mean": sentences.not_in_the_mean(totals),
        "checks": checks(answer, grading),
        "check_notes": grading.notes(REAL, shown),
        "definitions": all_definitions,
        "any_definition": not nothing_known([one.figure for one in all_definitions]),
        "trend": row_table(briefing.trend, briefing.trend.answers[shown], grading),
        "charts": _charts(briefing.trend),
        "trend_words": trend_description(briefing.trend),
        "tables": tables,
        "folded": folded,
        "folded_words": _folded_words(len(folded)) if folded else "",
        "detail": row_table(briefing.detail, briefing.detail.answers[shown], grading) if briefing.detail else None,
        "left_out": sentences.left_out_sentences(report),
        "glossary": [(f"term-{key}", _(term), _(meaning)) for key, term, meaning in GLOSSARY],
    }


def _folded_words(tables: int) -> str:
    return ngettext(
        "The tables whose segments differ most beyond chance come first. {n} more is folded at the end.",
        "The tables whose segments differ most beyond chance come first. {n} more are folded at the end.",
        tables,
    ).format(n=formats.count(tables))


def _agreed(share: float) -> tuple[float, str]:
    return round(100 * share, 2), formats.percent(share)


def _marks(floor: float, target: float) -> list[dict[str, Any]]:
    """Floor and target on the gauge; where their labels would touch, the floor's stands a line higher."""
    marks = []
    close = abs(target - floor) < _CLOSE
    for share, name, higher in ((floor, _("floor"), close), (target, _("target"), False)):
        place, written = _agreed(share)
        anchor = "start" if share < _EDGE else "end" if share > 1 - _EDGE else "middle"
        marks.append({"place": place, "label": f"{name} {written}", "anchor": anchor, "y": 10 if higher else 27})
    return marks


def _charts(trend: AcceptanceReport) -> dict[str, Markup]:
    """The trend, drawn for a wide screen and for a telephone; nothing below two known periods."""
    if len(trend_records(trend)) < 2:
        return {}
    return {
        name: inlined(svg(trend_chart(trend, palette=PAGE_COLOURS, width=width, height=height)))
        for name, (width, height) in _CHART_WIDTHS.items()
    }
