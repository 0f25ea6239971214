"""The board report as one HTML page that needs nothing beside it, for a screen, a telephone, or paper."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from accord import __version__
from accord.language import current_language
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance import sentences
from accord.report.acceptance.charts import trend_description, trend_records
from accord.report.acceptance.views import figure_view
from accord.report.board.charts import cohort_chart, cohort_description, cohort_records, period_trend
from accord.report.board.parts import Board
from accord.report.board.sentences import (
    because_sentence,
    caveats,
    headline,
    named,
    nothing_found,
    people_sentence,
    spend_missing,
    summary,
    title,
)
from accord.report.board.views import (
    actions_shown,
    channels_shown,
    cohort_table,
    comparison_table,
    findings_shown,
    money_tables,
    promise_table,
    reason_table,
    recycled_table,
    tiles,
)
from accord.report.chart_parts import LIGHT, Palette, Spec
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.envelope import utc_text
from accord.report.lettering import SANS, font_faces
from accord.report.page_template import page_template
from accord.report.recycle.tables import on_their_own_words
from accord.report.recycle.text import headline as recycled_headline
from accord.report.recycle.text import rule_words, worth_words
from accord.report.scope import data_as_of
from accord.report.words import GLOSSARY

__all__ = ["board_page", "board_paper"]

WIDE, NARROW = 820, 350
PAPER = replace(LIGHT, font=SANS, background=None, accent="#1b57b5")
"""On paper no style sheet reaches into a drawing: it carries its colours and its letters."""

TERMS = ("rate", "interval", "n", "expired", "open")


def board_page(board: Board) -> str:
    """The page for a browser, in the language in use."""
    return _rendered(board, paper=False)


def board_paper(board: Board) -> str:
    """The page for whoever sets it on A4 sheets."""
    return _rendered(board, paper=True)


def _rendered(board: Board, *, paper: bool) -> str:
    context = _context(board, paper)
    template = page_template("board.html.j2")
    text = template.render(context | {"letters": ""})
    return template.render(context | {"letters": Markup(font_faces(text))})


def _context(board: Board, paper: bool) -> dict[str, Any]:
    report = board.acceptance
    answer = report.answers[report.chosen]
    cards, more_findings = findings_shown(board)
    money_now, money_year = money_tables(board)
    return {
        "language": current_language(),
        "version": __version__,
        "paper": paper,
        "title": title(board),
        "company": _company(board),
        "agreement": _agreement(board),
        "as_of": data_as_of(board.as_of, board.timezone),
        "created": utc_text(board.as_of.replace(microsecond=0)),
        "handed": board.totals.handed,
        "headline": headline(board),
        "rate": figure_view(board.totals.rate, "rate"),
        "interval": sentences.interval_words(board.totals.rate) if board.totals.handed else "",
        "agreed": [_mark(_("floor"), report.floor), _mark(_("target"), report.target)],
        "summary": summary(board),
        "because": because_sentence(board),
        "bounds": sentences.bounds_sentence(board.totals),
        "tiles": tiles(board),
        "trend": _trend(board, paper),
        "comparison": comparison_table(board),
        "nothing_before": _nothing_before(board),
        "reasons": reason_table(board),
        "promises": promise_table(board),
        "cards": cards,
        "more_findings": more_findings,
        "people": people_sentence(board),
        "diagnosed": _diagnosed(board),
        "nothing_found": nothing_found(board),
        "actions": actions_shown(board),
        "channels": channels_shown(board),
        "with_costs": board.money.year.totals.costs.recorded,
        "with_wins": board.money.year.won_by != "not_recorded",
        "floor": round(100 * report.floor, 2),
        "money_now": money_now,
        "money_year": money_year,
        "no_spend": "" if board.money.year.totals.costs.recorded else spend_missing(board.money.year),
        "no_orders": not board.money.year.revenue.orders,
        "recycled": _recycled(board),
        "recycled_table": recycled_table(board),
        "cohorts": _cohorts(board, paper),
        "horizon": board.money.year.horizon_days,
        "caveats": caveats(board),
        "definition": sentences.definition_sentence(report, answer),
        "glossary": [(_(term), _(meaning)) for key, term, meaning in GLOSSARY if key in TERMS],
    }


def _company(board: Board) -> str:
    return _("Lead acceptance") if _is_default(board) else board.agreement_name


def _agreement(board: Board) -> str:
    if _is_default(board):
        return _("the default agreement")
    return _("agreement version {version}").format(version=board.agreement_version)


def _is_default(board: Board) -> bool:
    return (board.agreement_name, board.agreement_version) == ("default", "0")


def _mark(name: str, share: float) -> dict[str, Any]:
    return {"place": round(100 * share, 2), "label": f"{name} {formats.percent(share)}"}


def _nothing_before(board: Board) -> list[str]:
    absent = [
        board.labels[name]
        for name, comparison in (("previous", board.previous), ("year_ago", board.year_ago))
        if comparison is None
    ]
    said = _("No lead was handed over in {period}: there is nothing to hold the report against.")
    return [said.format(period=named(label)) for label in absent]


def _diagnosed(board: Board) -> str:
    found = board.diagnosis
    if found.first is None or found.last is None:
        return ""
    return _("From the {n} leads handed over from {first} to {last}: what hurts does not keep to months.").format(
        n=formats.count(found.handed), first=formats.day(found.first), last=formats.day(found.last)
    )


def _recycled(board: Board) -> list[str]:
    """What came back and what trying again brings; nothing where nothing came back."""
    found = board.recycled
    if not found.totals.returned:
        return []
    own = found.totals.on_their_own
    said = [
        " ".join(filter(None, (recycled_headline(found), on_their_own_words(own) if own else ""))),
        rule_words(found),
    ]
    if found.relaunch.candidates:  # its leads are not those of the sentence before: these were handed over in its days
        said.append(f"{_relaunched(board)} {worth_words(found.relaunch)}")
    return said


def _relaunched(board: Board) -> str:
    return _("As of {moment}, and of all leads, whenever they were handed over:").format(
        moment=formats.moment(board.as_of, board.timezone)
    )


def _trend(board: Board, paper: bool) -> dict[str, Any] | None:
    if len(trend_records(board.trend)) < 2:
        return None

    def chart(palette: Palette, width: int) -> Spec:
        return period_trend(board.trend, board.period, palette=palette, width=width, height=215)

    return {"charts": _drawn(chart, paper), "words": trend_description(board.trend)}


def _cohorts(board: Board, paper: bool) -> dict[str, Any] | None:
    report = board.money.cohorts
    table = cohort_table(board)
    if not table.rows or report.won_by == "not_recorded":
        return None

    def chart(palette: Palette, width: int) -> Spec:
        return cohort_chart(report, palette=palette, width=width, height=215)

    drawn = _drawn(chart, paper) if cohort_records(report) else {}
    return {"charts": drawn, "words": cohort_description(report), "table": table}


def _drawn(chart: Callable[[Palette, int], Spec], paper: bool) -> dict[str, str]:
    if paper:
        return {"wide": _as_image(svg(chart(PAPER, WIDE)))}
    return {name: inlined(svg(chart(PAGE_COLOURS, width))) for name, width in (("wide", WIDE), ("narrow", NARROW))}


def _as_image(drawing: str) -> str:
    """A drawing as the address of an image: paper wants a picture with its own words for whoever cannot see it."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8")).decode("ascii")
