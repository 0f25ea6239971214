"""Charts of a diagnosis: records, then Vega-Lite specifications. Every text is written beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accord.acceptance.figures import AcceptanceReport
from accord.clock.periods import period_bounds
from accord.diagnosis.charting import Charting, Step
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.charts import trend_chart, trend_records
from accord.report.chart_parts import LIGHT, Palette, Spec, specification, texts_at
from accord.values import Estimate

__all__ = ["Change", "trend_with_changes", "waterfall_chart", "waterfall_records"]

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
