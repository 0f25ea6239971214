"""Points that the agreement gives against points that outcomes support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accord.diagnosis.report import SignalRow
from accord.language import current_language
from accord.language import gettext as _
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, specification, texts_at
from accord.values import Estimate

__all__ = ["signal_chart", "signal_records"]

FIT: Spec = {"type": "fit", "contains": "padding"}


def signal_records(signals: Sequence[SignalRow], marked: Mapping[str, int]) -> list[dict[str, Any]]:
    """One record per criterion whose evidence is known; ``marked``: criterion → number of the finding about it."""
    language = current_language()
    return [
        {
            "criterion": row.criterion,
            "name": row.label.get(language) or row.criterion,
            "points": row.points,
            "value": row.supported.value,
            "low": row.supported.low,
            "high": row.supported.high,
            "marked": row.criterion in marked,
            "label": f"{marked[row.criterion]}  {row.criterion}" if row.criterion in marked else "",
            "below": row.supported.value < row.points,
        }
        for row in signals
        if isinstance(row.supported, Estimate)
    ]


def signal_chart(
    signals: Sequence[SignalRow],
    marked: Mapping[str, int],
    *,
    palette: Palette = LIGHT,
    width: int = 720,
    height: int = 320,
) -> Spec:
    """Points that a criterion gives against points that outcomes support: on the line, the score says what is true."""
    records = signal_records(signals, marked)
    granted = [record["points"] for record in records]
    found = [record["value"] for record in records]
    low, high = min(0.0, *granted, *found), max(1.0, *granted, *found)
    room = 0.12 * (high - low)
    domain = [low - room, high + room]
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if (high - low) / size <= 7 or size == 1000)
    marks = [
        float(mark)
        for mark in range(int(low // step) * step, int(high) + 2 * step, step)
        if domain[0] <= mark <= domain[1]
    ]
    axis: Spec = {
        "values": marks,
        "labelExpr": texts_at({mark: formats.decimal(mark, 0) for mark in marks}),
        "grid": True,
        "gridColor": palette.grid,
        "gridOpacity": 1,
        "labelColor": palette.muted,
        "titleColor": palette.muted,
        "titleFontWeight": "normal",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    }
    scale = {"domain": domain, "nice": False, "zero": False, "clamp": True}
    x: Spec = {"type": "quantitative", "title": _("points given"), "scale": scale, "axis": axis}
    y: Spec = {"type": "quantitative", "title": _("points that outcomes support"), "scale": scale, "axis": axis}
    line = {"values": [{"a": domain[0]}, {"a": domain[1]}]}
    ink = {"condition": {"test": "datum.marked", "value": palette.ink}, "value": palette.accent}
    fill = {"condition": {"test": "datum.marked", "value": palette.ink}, "value": palette.surface}
    layers = [
        {
            "data": line,
            "mark": {"type": "line", "color": palette.muted, "strokeDash": [4, 3], "strokeWidth": 1},
            "encoding": {"x": {**x, "field": "a"}, "y": {**y, "field": "a"}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": palette.band},
            "encoding": {"x": {**x, "field": "points"}, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 48, "strokeWidth": 1.75, "opacity": 1},
            "encoding": {"x": {**x, "field": "points"}, "y": {**y, "field": "value"}, "stroke": ink, "fill": fill},
        },
        *(
            {
                "transform": [{"filter": f"datum.marked && {side}datum.below"}],
                "mark": {"type": "text", "align": align, "dx": dx, "baseline": "middle", "color": palette.ink},
                "encoding": {
                    "x": {**x, "field": "points"},
                    "y": {**y, "field": "value"},
                    "text": {"field": "label"},
                },
            }
            for side, align, dx in (("", "left", 9), ("!", "right", -9))
        ),
    ]
    words = _("Points given against points that outcomes support, of {n} criteria. The table holds every figure.")
    return specification(
        records, layers, words.format(n=len(records)), palette, width=width, height=height, autosize=FIT
    )
