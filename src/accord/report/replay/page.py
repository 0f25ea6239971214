"""A replay as one page that needs nothing beside it: tables, and a chart of what depends on the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from accord import __version__
from accord.language import current_language
from accord.language import gettext as _
from accord.replay.report import Replay
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, share_axis, specification, texts_at
from accord.report.condition_words import number
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.page_template import page_template
from accord.report.replay.words import (
    changes_words,
    expectation_words,
    headline,
    moves,
    scope,
    team_table,
    threshold_table,
    title,
    warnings,
)
from accord.typed import for_others
from accord.values import Estimate

__all__ = ["replay_page", "threshold_chart", "threshold_records"]


def threshold_records(replay: Replay) -> list[dict[str, Any]]:
    """One record per threshold: leads a week, and the expected acceptance where it is known."""
    records: list[dict[str, Any]] = []
    for row in replay.thresholds:
        figure = row.chosen.acceptance.figure
        known = {"rate": figure.value, "low": figure.low, "high": figure.high} if isinstance(figure, Estimate) else {}
        records.append({"threshold": row.threshold, "leads": row.per_week, "draft": row.is_draft, **known})
    return records


def threshold_chart(replay: Replay, *, palette: Palette = LIGHT, width: int = 680) -> Spec:
    """Expected acceptance with its interval, and below it the leads a week, by threshold; the draft's is marked.

    Where no threshold has an expectation, only the leads a week.
    """
    records = threshold_records(replay)
    points = [record["threshold"] for record in records]
    most_labels = 10 if width >= 500 else 5
    axis = {
        "values": _apart(points, most_labels),
        "labelExpr": texts_at({point: number(point) for point in points}),
        "grid": False,
        **_quiet(palette),
    }
    x: Spec = {
        "field": "threshold",
        "type": "quantitative",
        "title": _("threshold (points)"),
        "scale": {"domain": [min(points), max(points, default=1)], "nice": False},
        "axis": axis,
    }
    upper = _expected(x, palette)
    lower = _leads_a_week(x, max((record["leads"] for record in records), default=1) or 1, palette)
    whole = specification(records, [], _("What depends on the threshold"), palette)
    del whole["layer"]
    parts = [{"width": width, "height": 220, "layer": upper}] * any("rate" in record for record in records)
    return {**whole, "vconcat": [*parts, {"width": width, "height": 120, "layer": lower}]}


def _apart(points: Sequence[float], most: int) -> list[float]:
    """Those of the ascending ``points`` that have room for a label: at least a ``most``-th of the axis apart."""
    room = (points[-1] - points[0]) / most if points else 0.0
    kept: list[float] = []
    for point in points:
        if not kept or point - kept[-1] >= room:
            kept.append(point)
    return kept


def _quiet(palette: Palette) -> Spec:
    return {
        "labelColor": palette.muted,
        "titleColor": palette.muted,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "domainColor": palette.grid,
        "tickColor": palette.grid,
    }


def _expected(x: Spec, palette: Palette) -> list[Spec]:
    known = "isValid(datum.rate)"
    axis = {**share_axis(palette), "titleColor": palette.muted, "titleFontWeight": "normal", "titleFontSize": 12}
    rate: Spec = {
        "field": "rate",
        "type": "quantitative",
        "title": _("accepted"),
        "scale": {"domain": [0, 1]},
        "axis": axis,
    }
    return [
        {
            "transform": [{"filter": known}],
            "mark": {"type": "area", "color": palette.band, "opacity": 0.65},
            "encoding": {"x": x, "y": {**rate, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "transform": [{"filter": known}],
            "mark": {"type": "line", "color": palette.accent, "point": {"color": palette.accent}},
            "encoding": {"x": x, "y": rate},
        },
        _of_draft(x, palette),
    ]


def _leads_a_week(x: Spec, most: float, palette: Palette) -> list[Spec]:
    axis = {
        **_quiet(palette),
        "format": "~r",
        "tickCount": 4,
        "gridColor": palette.grid,
        "labelPadding": 10,
        "domain": False,
        "ticks": False,
    }
    leads: Spec = {
        "field": "leads",
        "type": "quantitative",
        "title": _("leads a week"),
        "scale": {"domain": [0, most]},
        "axis": axis,
    }
    line = {"type": "line", "color": palette.muted, "point": {"color": palette.muted}}
    return [{"mark": line, "encoding": {"x": x, "y": leads}}, _of_draft(x, palette)]


def _of_draft(x: Spec, palette: Palette) -> Spec:
    return {
        "transform": [{"filter": "datum.draft"}],
        "mark": {"type": "rule", "color": palette.ink, "strokeDash": [4, 3]},
        "encoding": {"x": x},
    }


@for_others()
def replay_page(replay: Replay) -> str:
    """The page, in the language in use."""
    return page_template("replay.html.j2").render(
        language=current_language(),
        version=__version__,
        title=title(replay),
        scope=scope(replay),
        headline=headline(replay),
        moves=moves(replay),
        changes=changes_words(replay),
        expected=expectation_words(replay),
        teams=team_table(replay.teams),
        thresholds=threshold_table(replay.thresholds),
        warnings=list(warnings(replay)),
        charts=_charts(replay),
        drafts=[row.is_draft for row in replay.thresholds],
        as_of=formats.moment(replay.as_of, replay.draft.timezone),
    )


def _charts(replay: Replay) -> dict[str, Markup]:
    """For a wide screen and for a telephone."""
    widths = {"wide": 760, "narrow": 270}
    return {
        name: inlined(svg(threshold_chart(replay, palette=PAGE_COLOURS, width=width))) for name, width in widths.items()
    }
