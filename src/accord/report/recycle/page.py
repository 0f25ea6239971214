"""A recycling report as one page that needs nothing beside it."""

from __future__ import annotations

from typing import Any

from accord import __version__
from accord.language import current_language
from accord.language import gettext as _
from accord.recycle.figures import RecycleReport, Relaunch
from accord.report import formats
from accord.report.page_template import page_template
from accord.report.recycle.tables import (
    Table,
    category_tables,
    how_lines,
    return_sentences,
    segment_table,
    stop_table,
)
from accord.report.recycle.text import (
    came_back_words,
    left_alone_words,
    reaccepted_words,
    relaunch_sentences,
    rule_words,
    scope,
    since_words,
    title,
    what_to_record,
)
from accord.report.recycle.words import because_words
from accord.report.value.formats import figure_words, share
from accord.report.words import value_name
from accord.values import Estimate

__all__ = ["recycle_page"]


def recycle_page(report: RecycleReport) -> str:
    """The page, in the language in use."""
    returned = bool(report.totals.returned)
    segments = segment_table(report) if returned else None
    stop = stop_table(report) if returned and report.stop_rule.attempts else None
    return page_template("recycle.html.j2").render(
        language=current_language(),
        version=__version__,
        title=title(report),
        scope=scope(report),
        headline=came_back_words(report).removesuffix(".") if returned else what_to_record(report)[0],
        record=[] if returned else what_to_record(report)[1:],
        how=_plain([_("How leads came back"), _("handoffs")], how_lines(report)),
        returns=" ".join(return_sentences(report)) if returned else "",
        segments=_shown(segments) if segments else None,
        stop=_shown(stop) if stop else None,
        standfirst=" ".join(
            filter(None, (since_words(report), reaccepted_words(report), rule_words(report) if stop else ""))
        )
        if returned
        else "",
        left_alone=left_alone_words(),
        categories=[_shown(table) for table in category_tables(report)],
        relaunch=[_lead(lead) for lead in report.relaunch.leads],
        said=relaunch_sentences(report) if returned else [],
    )


def _plain(headings: list[str], rows: list[tuple[str, str]]) -> dict[str, Any]:
    cells = [[{"text": name, "under": "", "name": True}, {"text": n, "under": "", "name": False}] for name, n in rows]
    return {"title": headings[0], "headings": headings, "names": 1, "rows": cells, "more": 0, "note": ""}


def _shown(table: Table) -> dict[str, Any]:
    """A table by rows: what each cell says, what stands beneath, and whether it is a name."""
    columns = [[{"text": text, "under": "", "name": True} for text in cells] for _heading, cells in table.names]
    columns += [
        [{"text": text, "under": under, "name": False} for text, under in cells]
        for _heading, _rank, cells in table.columns
    ]
    headings = [heading for heading, *_rest in (*table.names, *table.columns)]
    return {
        "title": table.title,
        "headings": headings,
        "names": len(table.names),
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "more": table.more,
        "note": table.note,
    }


def _lead(lead: Relaunch) -> dict[str, str]:
    known = isinstance(lead.chance, Estimate)
    value, _space, interval = figure_words(lead.chance, share(), with_n=False).partition(" (")
    return {
        "id": lead.lead_id,
        "chance": value,
        "interval": interval.removesuffix(")") if known else "",
        "because": because_words(lead),
        "channel": value_name("channel", lead.channel),
        "band": value_name("band", lead.band),
        "days": formats.count(lead.days_waiting),
    }
