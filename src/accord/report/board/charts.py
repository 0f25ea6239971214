"""Charts of the board report: the trend with its period marked, and cohorts by age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accord.acceptance.figures import AcceptanceReport
from accord.clock import period_bounds
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.charts import trend_chart, trend_records, waiting_records
from accord.report.board.parts import BoardPeriod
from accord.report.chart_parts import LIGHT, Palette, Spec, specification, texts_at
from accord.value.figures import ValueReport
from accord.values import MINIMUM_COUNT, Estimate

__all__ = ["cohort_chart", "cohort_description", "cohort_records", "period_trend"]

MOST_LINES = 6
APART = 0.075
"""Labels at the ends of lines stand at least so far apart, as a share of the chart's height."""


def period_trend(
    report: AcceptanceReport, period: BoardPeriod, *, palette: Palette = LIGHT, width: int = 720, height: int = 260
) -> Spec:
    """The rate by month, with a bar along the foot of the months that the report is about."""
    spec = trend_chart(report, palette=palette, width=width, height=height)
    records = [*trend_records(report), *waiting_records(report)]
    if not records:
        return spec
    origin = min(period_bounds(record["period"])[0] for record in records).toordinal()
    last = max(record["to"] for record in records)
    first, end = (min(max(day.toordinal() - origin, 0), last) for day in (period.start, period.end))
    if first >= end:
        return spec
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, last], "nice": False}}
    foot = {
        "data": {"values": [{"from": first, "to": end}]},
        "mark": {"type": "rect", "color": palette.accent, "opacity": 1},
        "encoding": {
            "x": {**x, "field": "from"},
            "x2": {"field": "to"},
            "y": {"value": {"expr": "height - 4"}},
            "y2": {"value": "height"},
        },
    }
    return {**spec, "layer": [*spec["layer"], foot]}


def cohort_records(report: ValueReport) -> list[dict[str, Any]]:
    """One record per cohort and age at which the share won is known, the latest cohorts, oldest first.

    After no win by an age there is a bound, which is no point of a curve: the line goes on to the next age known.
    """
    enough = [row for row in report.rows if row.period and row.funnel.leads >= MINIMUM_COUNT]
    known = [row for row in enough if any(isinstance(figure, Estimate) for figure in row.funnel.won_by_age.values())]
    rows = known[-MOST_LINES:]
    found: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        label = formats.period_name(row.period or "")
        shade = (place + 1) / len(rows)
        found.append({"cohort": label, "age": 0, "value": 0.0, "shade": shade, "ripe": row.ripe})
        for age, figure in row.funnel.won_by_age.items():
            if isinstance(figure, Estimate):
                days = int(age.removesuffix("d"))
                found.append({"cohort": label, "age": days, "value": figure.value, "shade": shade, "ripe": row.ripe})
    return found


def cohort_chart(report: ValueReport, *, palette: Palette = LIGHT, width: int = 720, height: int = 260) -> Spec:
    """The share of each quarter's leads that is won by a given age, one line per quarter, the latest darkest."""
    records = cohort_records(report)
    top = max((record["value"] for record in records), default=0.0) * 1.08 or 0.01
    oldest = max((record["age"] for record in records), default=30)
    step = _step(top)
    marks = {round(step * place, 6): formats.percent(step * place, 1 if step < 0.01 else 0) for place in range(20)}
    marks = {value: text for value, text in marks.items() if value <= top}
    ages = {record["age"]: formats.count(record["age"]) for record in records}
    quiet: Spec = {"labelColor": palette.muted, "domainColor": palette.grid, "tickColor": palette.grid}
    x: Spec = {
        "field": "age",
        "type": "quantitative",
        "title": _("days since the lead was created"),
        "scale": {"domain": [0, oldest], "nice": False},
        "axis": {
            **quiet,
            "values": sorted(ages),
            "labelExpr": texts_at(ages),
            "grid": False,
            "titleColor": palette.muted,
            "titleFontWeight": "normal",
            "titleFontSize": 12,
        },
    }
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, top], "nice": False},
        "axis": {
            **quiet,
            "values": list(marks),
            "labelExpr": texts_at(marks),
            "gridColor": palette.grid,
            "gridOpacity": 1,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    shade: Spec = {
        "field": "shade",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [0.2, 1]},
        "legend": None,
    }
    lines: Spec = {
        "mark": {"type": "line", "color": palette.accent, "strokeWidth": 2},
        "encoding": {"x": x, "y": y, "detail": {"field": "cohort"}, "opacity": shade},
    }
    dots: Spec = {
        "mark": {"type": "point", "size": 30, "filled": True, "color": palette.accent},
        "encoding": {"x": x, "y": y, "opacity": shade},
    }
    ends = {"values": _labels(records, top)}
    label: Spec = {"type": "text", "align": "left", "baseline": "middle", "dx": 7}
    place: Spec = {"x": {**x, "field": "age"}, "y": {**y, "field": "place"}, "text": {"field": "cohort"}}
    under = {**label, "stroke": palette.surface, "strokeWidth": 4, "strokeJoin": "round", "color": palette.surface}
    names: list[Spec] = [
        {"data": ends, "mark": under, "encoding": place},  # lines do not run through names
        {"data": ends, "mark": {**label, "color": palette.ink}, "encoding": place},
    ]
    size = {"width": width, "height": height, "autosize": {"type": "fit", "contains": "padding"}}
    return specification(records, [lines, dots, *names], cohort_description(report), palette, **size)


def cohort_description(report: ValueReport) -> str:
    """What the chart shows, for whoever cannot see it."""
    names = list(dict.fromkeys(record["cohort"] for record in cohort_records(report)))
    if not names:
        return _("No cohort has a known share of customers yet.")
    return _(
        "Share of leads that became customers, by days since they were created, for {n} quarters from {first} to "
        "{last}. The table after the chart holds every figure."
    ).format(n=len(names), first=names[0], last=names[-1])


def _labels(records: Sequence[dict[str, Any]], top: float) -> list[dict[str, Any]]:
    """Each cohort's name at the end of its line; of those that end at one age, none upon another."""
    ends = {record["cohort"]: record for record in records}
    by_age: dict[int, list[dict[str, Any]]] = {}
    for end in ends.values():
        by_age.setdefault(end["age"], []).append(end)
    found = []
    for age, group in by_age.items():
        place = -top
        for end in sorted(group, key=lambda end: (end["value"], end["cohort"])):
            place = max(end["value"], place + APART * top)
            found.append({"age": age, "place": place, "cohort": end["cohort"]})
    return found


def _step(top: float) -> float:
    """A round distance of grid lines, so that three to six of them fit."""
    for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2):
        if top / step <= 6:
            return step
    return 0.25
