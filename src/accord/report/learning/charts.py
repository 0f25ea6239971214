"""Charts of what was learnt: records, then Vega-Lite specifications as plain dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accord.language import gettext as _
from accord.learning.figures import LearningReport
from accord.learning.reliability import Calibration
from accord.report.chart_parts import LIGHT, Palette, Spec, share_axis, specification, texts_at
from accord.report.learning.words import name_of, number
from accord.values import Estimate

__all__ = [
    "band_chart",
    "band_records",
    "calibration_chart",
    "calibration_records",
    "order_chart",
    "order_records",
]

_CHANCE = 0.5
"""The area of a score that knows nothing."""


def order_records(report: LearningReport) -> list[dict[str, Any]]:
    """One record per way to score whose area is known, in the order of the report."""
    return [
        {"name": name_of(name), "value": one.order.value, "low": one.order.low, "high": one.order.high}
        for name, one in report.judged.items()
        if isinstance(one.order, Estimate)
    ]


def order_chart(report: LearningReport, *, palette: Palette = LIGHT, width: int = 720) -> Spec:
    """The area under the curve of each way to score as a dot on its interval, from a half (knows nothing) to one."""
    records = order_records(report)
    lowest = min(_CHANCE, *(record["low"] for record in records)) if records else _CHANCE
    marks = {value: number(value, 1) for value in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0) if value >= lowest - 0.1}
    axis = {**share_axis(palette), "values": list(marks), "labelExpr": texts_at(marks)}
    x: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [min(_CHANCE, lowest), 1], "nice": False},
        "axis": axis,
    }
    words = _("Area under the curve of {n} ways to score, each with its interval.").format(n=len(records))
    return _dots(records, x, words, palette, width=width)


def calibration_records(found: Calibration) -> list[dict[str, Any]]:
    """One record per group of equal size: the chance that was stated on average, and what happened."""
    return [
        {
            "stated": one.stated,
            "value": one.happened.value,
            "low": one.happened.low,
            "high": one.happened.high,
        }
        for one in found.bins
        if isinstance(one.happened, Estimate)
    ]


def calibration_chart(found: Calibration, *, palette: Palette = LIGHT, width: int = 720, height: int = 360) -> Spec:
    """What happened against what was stated, each group with its interval; an honest score lies on the line."""
    records = calibration_records(found)
    axis = {**share_axis(palette), "titleColor": palette.muted, "titleFontWeight": "normal", "titleFontSize": 12}
    scale = {"domain": [0, 1], "nice": False}
    x: Spec = {"type": "quantitative", "scale": scale, "axis": axis, "title": _("stated chance")}
    y: Spec = {"type": "quantitative", "scale": scale, "axis": axis, "title": _("turned out well")}
    honest = [{"stated": 0.0, "value": 0.0}, {"stated": 1.0, "value": 1.0}]
    layers = [
        {
            "data": {"values": honest},
            "mark": {"type": "line", "strokeDash": [3, 3], "color": palette.muted},
            "encoding": {"x": {**x, "field": "stated"}, "y": {**y, "field": "value"}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 3, "color": palette.band},
            "encoding": {"x": {**x, "field": "stated"}, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 56, "strokeWidth": 2, "opacity": 1, "filled": False},
            "encoding": {
                "x": {**x, "field": "stated"},
                "y": {**y, "field": "value"},
                "stroke": {"value": palette.accent},
                "fill": {"value": palette.accent},
            },
        },
    ]
    words = _("What happened against the stated chance, in {n} groups of equal size.").format(n=len(records))
    fit = {"type": "fit", "contains": "padding"}
    return specification(records, layers, words, palette, width=width, height=height, autosize=fit)


def band_records(report: LearningReport) -> list[dict[str, Any]]:
    """One record per band whose outcome rate is known, from the highest to the lowest."""
    return [
        {"name": one.band, "value": one.rate.value, "low": one.rate.low, "high": one.rate.high}
        for one in report.bands
        if isinstance(one.rate, Estimate)
    ]


def band_chart(report: LearningReport, *, palette: Palette = LIGHT, width: int = 720) -> Spec:
    """The outcome rate of each band of the proposal as a dot on its interval, against the rate of all."""
    records = band_records(report)
    x: Spec = {"type": "quantitative", "title": None, "scale": {"domain": [0, 1]}, "axis": share_axis(palette)}
    material = report.material
    words = _("Outcome rate of {n} bands, each with its interval.").format(n=len(records))
    share = material.good / material.leads if material.leads else None
    return _dots(records, x, words, palette, width=width, line=share)


def _dots(
    records: Sequence[dict[str, Any]],
    x: Spec,
    words: str,
    palette: Palette,
    *,
    width: int,
    line: float | None = None,
) -> Spec:
    labels = {"labelColor": palette.ink, "labelLimit": 220 if width >= 500 else 130, "labelPadding": 14}
    labels |= {"ticks": False, "domain": False}
    names = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": labels}
    across = [
        {
            "data": {"values": [{"all": line}]},
            "mark": {"type": "rule", "strokeDash": [3, 3], "color": palette.muted},
            "encoding": {"x": {**x, "field": "all"}},
        }
    ] * (line is not None)
    layers = [
        *across,
        {
            "mark": {"type": "rule", "strokeWidth": 4, "color": palette.band},
            "encoding": {"y": names, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 64, "strokeWidth": 2, "opacity": 1, "filled": False},
            "encoding": {
                "y": names,
                "x": {**x, "field": "value"},
                "stroke": {"value": palette.accent},
                "fill": {"value": palette.accent},
            },
        },
    ]
    fit = {"type": "fit-x", "contains": "padding"}
    return specification(records, layers, words, palette, width=width, height={"step": 30}, autosize=fit)
