"""People and teams against what their leads warrant, within control limits; and how a signed number is written."""

from __future__ import annotations

from typing import Any

from accord.diagnosis.charting import Funnel
from accord.language import gettext as _
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, specification, texts_at

__all__ = ["funnel_chart", "funnel_records", "signed"]

FIT: Spec = {"type": "fit", "contains": "padding"}


def funnel_records(funnel: Funnel) -> list[dict[str, Any]]:
    """One record per person or team, in the order of their ids."""
    return [
        {
            "id": point.id,
            "leads": point.leads,
            "gap": point.gap,
            "outside": point.outside > 0,
            "label": point.id if point.outside else "",
        }
        for point in funnel.points
    ]


def funnel_chart(funnel: Funnel, *, palette: Palette = LIGHT, width: int = 720, height: int = 300) -> Spec:
    """Everybody's gap to comparable leads by how many leads they had, within limits that hold what is ordinary."""
    records = funnel_records(funnel)
    limits = [
        {
            "leads": limit.leads,
            "inner": limit.inner,
            "outer": limit.outer,
            "inner2": -limit.inner,
            "outer2": -limit.outer,
        }
        for limit in funnel.limits
    ]
    first, last = funnel.limits[0].leads, funnel.limits[-1].leads
    tall = max(*(abs(point.gap) for point in funnel.points), *(limit.outer for limit in funnel.limits)) * 1.05
    marks = _round_marks(first, last)
    x: Spec = {
        "field": "leads",
        "type": "quantitative",
        "title": _("leads decided"),
        "scale": {"domain": [first, last], "nice": False, "zero": False},
        "axis": {
            "values": marks,
            "labelExpr": texts_at({mark: formats.count(round(mark)) for mark in marks}),
            "grid": False,
            "labelColor": palette.muted,
            "titleColor": palette.muted,
            "titleFontWeight": "normal",
            "domainColor": palette.grid,
            "tickColor": palette.grid,
        },
    }
    size = next(size for size in (1, 2, 5, 10, 20, 50) if 100 * tall / size <= 4 or size == 50)
    steps = [step / 100 for step in range(-100, 101) if step % size == 0 and abs(step / 100) <= tall]
    y: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [-tall, tall], "nice": False},
        "axis": {
            "values": steps,
            "labelExpr": texts_at({step: _points(step) for step in steps}),
            "grid": True,
            "gridColor": palette.grid,
            "gridOpacity": 1,
            "labelColor": palette.muted,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    data = {"values": limits}
    dashed: Spec = {"type": "line", "color": palette.muted, "strokeDash": [4, 3], "strokeWidth": 1}
    hollow = {"condition": {"test": "datum.outside", "value": palette.ink}, "value": palette.surface}
    layers = [
        {
            "data": data,
            "mark": {"type": "area", "color": palette.band, "opacity": 0.55},
            "encoding": {"x": x, "y": {**y, "field": "inner"}, "y2": {"field": "inner2"}},
        },
        *(
            {"data": data, "mark": dashed, "encoding": {"x": x, "y": {**y, "field": side}}}
            for side in ("outer", "outer2")
        ),
        {"mark": {"type": "rule", "color": palette.muted}, "encoding": {"y": {**y, "datum": 0}}},
        {
            "mark": {"type": "point", "size": 48, "strokeWidth": 1.75, "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "gap"}, "stroke": {"value": palette.ink}, "fill": hollow},
        },
        {
            "transform": [{"filter": "datum.outside"}],
            "mark": {"type": "text", "align": "right", "dx": -8, "baseline": "middle", "color": palette.ink},
            "encoding": {"x": x, "y": {**y, "field": "gap"}, "text": {"field": "label"}},
        },
    ]
    words = _(
        "Gap to comparable leads of {n} ids, within control limits. The table after the chart holds every figure."
    )
    return specification(
        records, layers, words.format(n=len(records)), palette, width=width, height=height, autosize=FIT
    )


def signed(amount: float) -> str:
    """A whole number with its sign, as a page writes it."""
    return f"{round(amount):+d}".replace("-", "−")


def _points(share: float) -> str:
    return signed(100 * share) if share else "0"


def _round_marks(first: float, last: float) -> list[float]:
    sizes = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10000, 50000, 100000)
    step = next((size for size in sizes if (last - first) / size <= 6), sizes[-1])
    return [float(mark) for mark in range((int(first) // step + 1) * step, int(last) + 1, step)]
