"""Charts of what leads are worth: records first, then Vega-Lite specifications as plain dictionaries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from accord.language import gettext as _
from accord.report import formats
from accord.report.chart_parts import LIGHT, Palette, Spec, share_axis, specification, texts_at
from accord.report.value.answer import amount_of
from accord.report.value.formats import amount
from accord.report.value.lines import stage_names
from accord.report.words import value_name
from accord.value.figures import STAGES, ValueReport
from accord.values import Estimate, Figure

__all__ = [
    "age_chart",
    "age_records",
    "cohort_chart",
    "cohort_records",
    "cost_chart",
    "cost_records",
    "funnel_chart",
    "funnel_records",
    "money_chart",
    "money_records",
]

MOST_COHORTS = 6
"""Curves that can still be told apart."""

MOST_CHANNELS = 14
ROOMY = 500
"""From this width on there is room for whole names."""

Record = dict[str, Any]

APART = 0.065
"""The part of a chart's height that a line of writing takes."""


def funnel_records(report: ValueReport, *, briefly: bool = False) -> list[Record]:
    """One record per stage whose conversion at the horizon is known; ``briefly`` named where there is little room."""
    conversion = report.totals.funnel.conversion
    short = (_("qualified"), _("accepted"), _("opportunity"), _("won"))
    names = dict(zip(STAGES, short, strict=True)) if briefly else stage_names(report)
    return [
        {"name": names[stage], **_interval(figure)}
        for stage in STAGES
        if isinstance(figure := conversion[stage], Estimate)
    ]


def funnel_chart(report: ValueReport, *, palette: Palette = LIGHT, width: int = 720) -> Spec:
    """The share of leads that reach each stage within the horizon, each with its interval."""
    records = funnel_records(report, briefly=width < ROOMY)
    names = _names("name", palette, width)
    bar = {**_share_x(palette), "field": "value"}
    layers = [
        {
            "mark": {"type": "bar", "color": palette.band, "height": {"band": 0.62}},
            "encoding": {"y": names, "x": bar},
        },
        *_dots(records, {"y": names}, _share_x(palette), palette),
    ]
    words = _("Share of the leads that reach each of {n} stages within {days} days, with its interval.").format(
        n=len(records), days=report.horizon_days
    )
    return specification(records, layers, words, palette, width=width, height={"step": 36}, autosize=_FIT_X)


def cohort_records(report: ValueReport) -> list[Record]:
    """The curve of wins of the latest cohorts, one record per age that some lead of the cohort has reached."""
    rows = [row for row in report.rows if row.period and not row.segment and row.funnel.leads]
    known = [row for row in rows if any(isinstance(figure, Estimate) for figure in row.funnel.won_by_age.values())]
    records = []
    for place, row in enumerate(known[-MOST_COHORTS:]):
        label = formats.period_name(row.period or "")
        points = [(0, Estimate(0.0, 0.0, 0.0, row.funnel.leads))]
        points += [
            (int(name.removesuffix("d")), figure)
            for name, figure in row.funnel.won_by_age.items()
            if isinstance(figure, Estimate)
        ]
        ends = points[-1][0]
        for age, figure in points:
            at = {"cohort": label, "place": place, "age": age, "last": age == ends, "leads": row.funnel.leads}
            records.append(at | _interval(figure))
    return records


def cohort_chart(report: ValueReport, *, palette: Palette = LIGHT, width: int = 720, height: int = 280) -> Spec:
    """Customers by age of the lead: a line per cohort, the later the darker; the table has the intervals."""
    records = cohort_records(report)
    most = 1.15 * max((record["value"] for record in records), default=0.0)
    y = _axis(_share_marks(most), most, palette)
    x = _age_x(sorted({record["age"] for record in records}), palette)
    count = len({record["cohort"] for record in records})
    shade: Spec = {
        "field": "place",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, max(count - 1, 1)], "range": [0.3, 1]},
    }
    line = {"detail": {"field": "cohort"}, "opacity": shade}
    ends = {"values": spread_names([record for record in records if record["last"]], most, APART)}
    labels = {"type": "text", "align": "left", "baseline": "middle", "dx": 8, "fontSize": 11}
    under = {"stroke": palette.surface, "strokeWidth": 4, "strokeJoin": "round", "color": palette.surface}
    names = {"x": {**x, "field": "age"}, "y": {**y, "field": "at"}, "text": {"field": "cohort"}}
    layers = [
        {
            "mark": {"type": "line", "color": palette.accent, "strokeWidth": 2.25},
            "encoding": {"x": x, "y": {**y, "field": "value"}, **line},
        },
        {
            "mark": {"type": "point", "size": 36, "filled": True, "color": palette.accent},
            "encoding": {"x": x, "y": {**y, "field": "value"}, **line},
        },
        {"data": ends, "mark": {**labels, **under}, "encoding": names},  # lines do not run through names
        {"data": ends, "mark": {**labels, "color": palette.ink}, "encoding": names},
    ]
    words = _(
        "Share of leads that have become customers, by age in days, of {n} cohorts. The table holds every figure."
    )
    size = {"width": width, "height": height, "autosize": _FIT}
    return specification(records, layers, words.format(n=count), palette, **size)


def spread_names(ends: Sequence[Record], most: float, apart: float) -> list[Record]:
    """Each cohort's name at the end of its line, ``at`` a height; of those that end at one age, none upon another.

    ``most``: the height of the chart in its values, of which ``apart`` is a part that a line of writing takes.
    """
    by_age: dict[int, list[Record]] = {}
    for end in ends:
        by_age.setdefault(end["age"], []).append(end)
    found: list[Record] = []
    for age, group in sorted(by_age.items()):
        height = -most
        for end in sorted(group, key=lambda end: (end["value"], end["cohort"])):
            height = max(end["value"], height + apart * most)
            found.append({"age": age, "at": height, "cohort": end["cohort"]})
    return found


def cost_records(report: ValueReport) -> list[Record]:
    """Three costs per channel as far as they are known: of a lead, of a qualified one, of an accepted one."""
    kinds = {"lead": _("per lead"), "qualified": _("per qualified lead"), "accepted": _("per accepted lead")}
    records = []
    for row in report.rows[:MOST_CHANNELS]:
        costs = row.costs
        figures = (costs.per_lead, costs.per_qualified_lead, costs.per_accepted_lead)
        for (kind, words), figure in zip(kinds.items(), figures, strict=True):
            if isinstance(figure, Estimate):
                records.append({"name": _row_name(row.segment), "kind": kind, "what": words, **_interval(figure)})
    return records


def cost_chart(report: ValueReport, *, palette: Palette = LIGHT, width: int = 720) -> Spec:
    """What a lead, a qualified lead and an accepted lead cost by channel, each with its interval."""
    records = cost_records(report)
    most = max((record["high"] for record in records), default=0.0)
    x = _axis(_money_marks(most, report.currency, 4 if width >= ROOMY else 2), most, palette)
    order = ["lead", "qualified", "accepted"]
    place: Spec = {"field": "kind", "type": "nominal", "sort": order}
    shape: Spec = {
        **place,
        "scale": {"domain": order, "range": ["circle", "square", "triangle-up"]},
        "legend": None,
    }
    where = {"y": _names("name", palette, width), "yOffset": place}
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 3, "color": palette.band},
            "encoding": {**where, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 52, "filled": True, "opacity": 1, "color": palette.accent},
            "encoding": {**where, "x": {**x, "field": "value"}, "shape": shape},
        },
    ]
    words = _("What a lead, a qualified lead and an accepted lead cost by channel. The table holds every figure.")
    return specification(
        records, layers, words, palette, width=width, height={"step": 13, "for": "offset"}, autosize=_FIT_X
    )


def money_records(report: ValueReport) -> list[Record]:
    """Spend and revenue so far per channel."""
    records = []
    for row in report.rows[:MOST_CHANNELS]:
        for kind, cents in (("spend", row.costs.spend), ("revenue", row.customers.revenue)):
            if cents:
                records.append({"name": _row_name(row.segment), "kind": kind, "amount": amount_of(cents, report)})
    return records


def money_chart(report: ValueReport, *, palette: Palette = LIGHT, width: int = 720) -> Spec:
    """What was spent on a channel and what its leads have brought so far, one bar each."""
    records = money_records(report)
    most = max((record["amount"] for record in records), default=0.0)
    least = min((record["amount"] for record in records), default=0.0)
    x = _axis(_money_marks(most, report.currency, 4 if width >= ROOMY else 2), most, palette)
    x["scale"] = {**x["scale"], "domain": [min(least, 0.0), x["scale"]["domain"][1]]}
    order = ["spend", "revenue"]
    place: Spec = {"field": "kind", "type": "nominal", "sort": order}
    colour: Spec = {**place, "scale": {"domain": order, "range": [palette.muted, palette.accent]}, "legend": None}
    layers = [
        {
            "mark": {"type": "bar"},
            "encoding": {
                "y": _names("name", palette, width),
                "yOffset": place,
                "x": {**x, "field": "amount"},
                "color": colour,
            },
        }
    ]
    words = _("What was spent on each channel and what its leads have brought so far. The table holds every figure.")
    return specification(
        records, layers, words, palette, width=width, height={"step": 13, "for": "offset"}, autosize=_FIT_X
    )


def age_records(figures: Mapping[str, Figure]) -> list[Record]:
    """One record per age in days whose figure is known."""
    return [
        {"age": int(name.removesuffix("d")), **_interval(figure)}
        for name, figure in figures.items()
        if isinstance(figure, Estimate)
    ]


def age_chart(
    figures: Mapping[str, Figure],
    words: str,
    *,
    currency: str | None = None,
    palette: Palette = LIGHT,
    width: int = 400,
    height: int = 220,
    flat_until: int | None = None,
) -> Spec:
    """Figures by age, amounts of ``currency`` or shares, each with its interval.

    ``flat_until``: the age before which the first figure cannot change, and on which it drops.
    """
    records = age_records(figures)
    line = [{"age": record["age"], "value": record["value"]} for record in records]
    if flat_until is not None:
        line.insert(1, {"age": flat_until, "value": line[0]["value"]})
    line = [{**point, "place": place} for place, point in enumerate(line)]
    most = max((record["high"] for record in records), default=0.0)
    marks = _money_marks(most, currency, 4) if currency else {value: formats.percent(value) for value in _QUARTERS}
    y = _axis(marks, most if currency else 1.0, palette)
    x = _age_x(sorted({record["age"] for record in records}), palette)
    layers = [
        {
            "data": {"values": line},
            "mark": {"type": "line", "color": palette.accent, "strokeWidth": 1.5, "strokeDash": [2, 3]},
            "encoding": {"x": x, "y": {**y, "field": "value"}, "order": {"field": "place"}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 4, "color": palette.band},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 56, "filled": True, "opacity": 1, "color": palette.accent},
            "encoding": {"x": x, "y": {**y, "field": "value"}},
        },
    ]
    return specification(records, layers, words, palette, width=width, height=height, autosize=_FIT)


_FIT: Spec = {"type": "fit", "contains": "padding"}
_FIT_X: Spec = {"type": "fit-x", "contains": "padding"}
_QUARTERS = (0, 0.25, 0.5, 0.75, 1)


def _interval(figure: Estimate) -> Record:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}


def _row_name(segment: Mapping[str, str]) -> str:
    return " · ".join(value_name(*pair) for pair in segment.items())


def _names(field: str, palette: Palette, width: int) -> Spec:
    axis = {"labelColor": palette.ink, "labelLimit": 220 if width >= ROOMY else 118, "labelPadding": 10}
    axis |= {"ticks": False, "domain": False}
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": axis}


def _share_x(palette: Palette) -> Spec:
    return {"type": "quantitative", "title": None, "scale": {"domain": [0, 1]}, "axis": share_axis(palette)}


def _dots(records: Sequence[Record], where: Spec, x: Spec, palette: Palette) -> list[Spec]:
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": palette.ink},
            "encoding": {**where, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 52, "filled": True, "opacity": 1, "color": palette.accent},
            "encoding": {**where, "x": {**x, "field": "value"}},
        },
    ]


def _age_x(ages: Sequence[int], palette: Palette) -> Spec:
    marks = {float(age): formats.count(age) for age in ages}
    return {
        "field": "age",
        "type": "quantitative",
        "title": _("days"),
        "scale": {"domain": [min(ages, default=0), max(ages, default=1)], "nice": False, "padding": 6},
        "axis": {
            "values": list(marks),
            "labelExpr": texts_at(marks),
            "grid": False,
            "labelColor": palette.muted,
            "titleColor": palette.muted,
            "titleFontWeight": "normal",
            "domainColor": palette.grid,
            "tickColor": palette.grid,
        },
    }


def _axis(marks: Mapping[float, str], most: float, palette: Palette) -> Spec:
    axis = {**share_axis(palette), "values": list(marks), "labelExpr": texts_at(marks)}
    return {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, max(most, 1e-9)], "nice": False},
        "axis": axis,
    }


def _share_marks(most: float) -> dict[float, str]:
    return {mark: formats.percent(mark, 1 if 0 < mark < 0.02 else 0) for mark in _marks(most, 4)}


def _money_marks(most: float, currency: str | None, count: int) -> dict[float, str]:
    return {mark: amount(mark, currency or "EUR", cents=False) for mark in _marks(most, count)}


def _marks(most: float, count: int) -> list[float]:
    """About ``count`` round numbers from 0 up to ``most``."""
    if most <= 0:
        return [0.0]
    rough = most / count
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * 0.999)
    return [round(step * place, 10) for place in range(int(most / step + 1e-9) + 1)]
