"""Charts of a diagnosis: records, then Vega-Lite specifications. Every text is written beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accord.acceptance.figures import AcceptanceReport
from accord.clock.periods import period_bounds
from accord.diagnosis.charting import Charting, Funnel, Step
from accord.diagnosis.report import SignalRow
from accord.language import current_language
from accord.language import gettext as _
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, specification, texts_at
from accord.report.charts import trend_chart, trend_records
from accord.values import Estimate

__all__ = [
    "Change",
    "funnel_chart",
    "funnel_records",
    "signal_chart",
    "signal_records",
    "signed",
    "trend_with_changes",
    "waterfall_chart",
    "waterfall_records",
]

FIT: Spec = {"type": "fit", "contains": "padding"}


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that began at some time: its number in the report, and between which days it began."""

    number: int
    since: date
    low: date
    high: date


def trend_with_changes(
    report: AcceptanceReport,
    changes: Sequence[Change],
    until: date | None = None,
    *,
    palette: Palette = LIGHT,
    width: int = 720,
    height: int = 260,
) -> Spec:
    """The rate by period, with a line where something changed and a band over the days on which it may have begun.

    ``until``: the last day that was looked at; the time up to it that has no rate yet is shaded.
    """
    spec = trend_chart(report, palette=palette, width=width, height=height)
    records = trend_records(report)
    if not records:
        return spec
    origin = min(period_bounds(record["period"])[0] for record in records).toordinal()
    known = max(record["to"] for record in records)
    last = max(known, until.toordinal() + 1 - origin) if until else known
    spec = dict(_widened(spec, [0, known], [0, last]))
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, last], "nice": False}}
    if last > known:
        spec["layer"][:0] = _no_rate_yet(known, last, x, palette, words=all(record["ripe"] for record in records))
    data = {
        "values": [
            {
                "label": str(change.number),
                **{
                    name: min(max(day.toordinal() - origin, 0), last)
                    for name, day in (("since", change.since), ("low", change.low), ("high", change.high))
                },
            }
            for change in changes
        ]
    }
    label = {"type": "text", "align": "left", "baseline": "bottom", "dx": 5, "dy": -4, "fontWeight": "bold"}
    marks = [
        (
            {"type": "rect", "color": palette.muted, "opacity": 0.16},
            {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        ),
        ({"type": "rule", "color": palette.ink, "strokeWidth": 1.5}, {"x": {**x, "field": "since"}}),
        (
            {**label, "color": palette.ink},
            {"x": {**x, "field": "since"}, "y": {"value": "height"}, "text": {"field": "label"}},
        ),
    ]
    if changes:
        spec["layer"] += [{"data": data, "mark": mark, "encoding": encoding} for mark, encoding in marks]
    return spec


def _widened(part: Any, before: list[float], now: list[float]) -> Any:
    """The same specification with another stretch of time."""
    if isinstance(part, dict):
        return {
            name: now if name == "domain" and value == before else _widened(value, before, now)
            for name, value in part.items()
        }
    return [_widened(each, before, now) for each in part] if isinstance(part, list) else part


def _no_rate_yet(first: float, last: float, x: Spec, palette: Palette, *, words: bool) -> list[Spec]:
    data = {"values": [{"from": first, "to": last, "middle": (first + last) / 2}]}
    text = {"type": "text", "angle": 270, "align": "center", "baseline": "middle", "color": palette.muted}
    shade: Spec = {
        "data": data,
        "mark": {"type": "rect", "color": palette.shade, "opacity": 1},
        "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
    }
    said: Spec = {
        "data": data,
        "mark": {**text, "text": _("no rate yet")},
        "encoding": {"x": {**x, "field": "middle"}, "y": {"value": 120}},
    }
    return [shade, said] if words else [shade]


def waterfall_records(charting: Charting, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """One record per finding with a known cost; ``names``: finding's id → what its bar is called."""
    return [
        {
            "name": names[step.finding.id],
            "from": step.start,
            "to": step.end,
            "text": _lost_text(step),
        }
        for step in charting.steps
    ]


def waterfall_chart(
    charting: Charting, names: Mapping[str, str], *, palette: Palette = LIGHT, width: int = 720
) -> Spec:
    """From the acceptances there are to those there would be, a bar for what each finding costs."""
    records = waterfall_records(charting, names)
    accepted, most = float(charting.accepted), float(round(charting.steps[-1].end))
    room = (most - accepted) * (0.35 if width >= 500 else 0.8)
    x: Spec = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [accepted - 0.08 * (most - accepted), most + room], "nice": False, "zero": False},
        "axis": {
            "values": [accepted, most],
            "labelExpr": texts_at({accepted: formats.count(round(accepted)), most: formats.count(round(most))}),
            "grid": True,
            "gridColor": palette.muted,
            "gridDash": [3, 3],
            "labelColor": palette.muted,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {
            "labelColor": palette.ink,
            "labelLimit": 300 if width >= 500 else 120,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    layers = [
        {
            "mark": {"type": "bar", "color": palette.accent, "height": {"band": 0.55}},
            "encoding": {"y": y, "x": {**x, "field": "from"}, "x2": {"field": "to"}},
        },
        {
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": palette.ink},
            "encoding": {"y": y, "x": {**x, "field": "to"}, "text": {"field": "text"}},
        },
    ]
    words = _("What each of {n} findings costs in acceptances.").format(n=len(records))
    return specification(
        records, layers, words, palette, width=width, height={"step": 34}, autosize={**FIT, "type": "fit-x"}
    )


def _lost_text(step: Step) -> str:
    lost = step.finding.lost_acceptances
    assert isinstance(lost, Estimate)
    low, high = (formats.count(max(round(part), 0)) for part in (lost.low, lost.high))
    return _("{value} ({low} to {high})").format(value=formats.count(round(lost.value)), low=low, high=high)


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


def signed(amount: float) -> str:
    """A whole number with its sign, as a page writes it."""
    return f"{round(amount):+d}".replace("-", "−")


def _points(share: float) -> str:
    return signed(100 * share) if share else "0"


def _round_marks(first: float, last: float) -> list[float]:
    sizes = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2500, 5000, 10000, 50000, 100000)
    step = next((size for size in sizes if (last - first) / size <= 6), sizes[-1])
    return [float(mark) for mark in range((int(first) // step + 1) * step, int(last) + 1, step)]
