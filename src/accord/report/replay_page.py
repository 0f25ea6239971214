"""A replay as one page that needs nothing beside it: tables, and a chart of what depends on the threshold."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from accord import __version__
from accord.language import current_language
from accord.language import gettext as _
from accord.replay.report import Replay
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, share_axis, specification, texts_at
from accord.report.condition_words import number
from accord.report.drawing import svg
from accord.report.replay_words import (
    expectation_words,
    headline,
    scope,
    team_table,
    threshold_table,
    title,
    warnings,
)
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
    """Expected acceptance with its interval, and below it the leads a week, by threshold; the draft's is marked."""
    records = threshold_records(replay)
    points = [record["threshold"] for record in records]
    x: Spec = {
        "field": "threshold",
        "type": "quantitative",
        "title": _("threshold (points)"),
        "scale": {"domain": [min(points), max(points, default=1)], "nice": False},
        "axis": {
            "values": points[:: max(len(points) // 10, 1)],
            "labelExpr": texts_at({point: number(point) for point in points}),
            "grid": False,
            "labelColor": palette.muted,
        },
    }
    known = "isValid(datum.rate)"
    rate: Spec = {"field": "rate", "type": "quantitative", "title": _("accepted"), "scale": {"domain": [0, 1]}}
    most = max((record["leads"] for record in records), default=1) or 1
    mark = {
        "transform": [{"filter": "datum.draft"}],
        "mark": {"type": "rule", "color": palette.ink, "strokeDash": [4, 3]},
    }
    upper = [
        {
            "transform": [{"filter": known}],
            "mark": {"type": "area", "color": palette.band},
            "encoding": {"x": x, "y": {**rate, "field": "low", "axis": share_axis(palette)}, "y2": {"field": "high"}},
        },
        {
            "transform": [{"filter": known}],
            "mark": {"type": "line", "color": palette.accent, "point": True},
            "encoding": {"x": x, "y": rate},
        },
        {**mark, "encoding": {"x": x}},
    ]
    leads = {"field": "leads", "type": "quantitative", "title": _("leads a week"), "scale": {"domain": [0, most]}}
    lower = [
        {"mark": {"type": "line", "color": palette.muted, "point": True}, "encoding": {"x": x, "y": leads}},
        {**mark, "encoding": {"x": x}},
    ]
    whole = specification(records, [], _("What depends on the threshold"), palette)
    del whole["layer"]
    parts = [{"width": width, "height": 220, "layer": upper}, {"width": width, "height": 120, "layer": lower}]
    return {**whole, "vconcat": parts}


def replay_page(replay: Replay) -> str:
    """The page, in the language in use."""
    return (
        _environment()
        .get_template("replay.html.j2")
        .render(
            language=current_language(),
            version=__version__,
            title=title(replay),
            scope=scope(replay),
            headline=headline(replay),
            expected=expectation_words(replay),
            teams=team_table(replay.teams),
            thresholds=threshold_table(replay.thresholds),
            warnings=list(warnings(replay)),
            chart=Markup(svg(threshold_chart(replay))),
            as_of=formats.moment(replay.as_of, replay.draft.timezone),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"_": _}
    return environment
