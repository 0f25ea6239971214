"""Charts of an acceptance report: records, then a Vega-Lite specification as a plain dictionary.

One definition serves the page, a notebook and a file. Every text on a chart is written by :mod:`accord.report.formats`
beforehand, so that a chart speaks the reader's language wherever it is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.clock.periods import period_bounds
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.ripeness import settled
from accord.report.chart_parts import LIGHT, Palette, Spec, agreed_line, share_axis, specification, texts_at
from accord.report.words import value_name
from accord.values import Estimate, Reason, Unknown

__all__ = ["interval_chart", "interval_records", "trend_chart", "trend_description", "trend_records", "waiting_records"]

_MOST_LABELS = {True: 8, False: 4}
"""Labels that fit under a wide and a narrow chart."""


def trend_records(report: AcceptanceReport) -> list[dict[str, Any]]:
    """One record per cohort period whose rate is known, in the order of time.

    ``from``, ``to`` and ``middle`` are days since the first period began: plain numbers, so that no time zone can
    shift them. Periods that follow one another without a gap are of one ``run``; ``alone``: none before or after has a
    rate. Of a report with dimensions, the rows of all segments.
    """
    known = [row for row in _rows(report) if row.period and isinstance(row.rate, Estimate)]
    origin = _origin(report)
    records = [{**_place(row, origin), **_rate(row)} for row in known]
    for before, record in zip([None, *records], records, strict=False):
        follows = before is not None and before["to"] == record["from"]
        record["run"] = before["run"] + (not follows) if before is not None else 0
    runs = Counter(record["run"] for record in records)
    return [{**record, "alone": runs[record["run"]] == 1} for record in records]


def waiting_records(report: AcceptanceReport) -> list[dict[str, Any]]:
    """One record per cohort period that is too young for a rate, in the order of time, placed as those of the trend.

    ``low`` and ``high``: the rate if all its open leads come to be refused, and if all come to be accepted.
    """
    origin = _origin(report)
    return [
        {**_place(row, origin), "low": row.open_bounds.low, "high": row.open_bounds.high} for row in _waiting(report)
    ]


def _waiting(report: AcceptanceReport) -> list[AcceptanceRow]:
    rows = [row for row in _rows(report) if row.period]
    return [row for row in rows if isinstance(row.rate, Unknown) and row.rate.reason == Reason.NOT_MATURE and row.open]


def _origin(report: AcceptanceReport) -> int:
    """The day on which the first period of the trend began."""
    known = [row for row in _rows(report) if row.period and isinstance(row.rate, Estimate)]
    return min((_span(row)[0] for row in (*known, *_waiting(report))), default=0)


def _place(row: AcceptanceRow, origin: int) -> dict[str, Any]:
    start, end = _span(row)
    return {
        "period": row.period,
        "label": formats.period_name(row.period or ""),
        "from": start - origin,
        "to": end - origin,
        "middle": (start + end) / 2 - origin,
    }


def trend_chart(report: AcceptanceReport, *, palette: Palette = LIGHT, width: int = 720, height: int = 260) -> Spec:
    """The rate by cohort period with its interval, the floor and the target; periods that can change are shaded."""
    records, waiting = trend_records(report), waiting_records(report)
    every = sorted((*records, *waiting), key=lambda record: record["from"])
    wide = width >= 500
    x: Spec = {
        "field": "middle",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, max((record["to"] for record in every), default=1)], "nice": False},
        "axis": _time_axis(every, palette, _MOST_LABELS[wide]),
    }
    share = {"type": "quantitative", "title": None, "scale": {"domain": [0, 1]}, "axis": share_axis(palette)}
    value = {**share, "field": "value"}
    hollow = {"condition": {"test": "datum.ripe", "value": palette.accent}, "value": palette.surface}
    run = {"field": "run", "type": "ordinal"}  # a period without a rate is a gap, not a straight line
    shade, words = _still_open([*(record for record in records if not record["ripe"]), *waiting], x, palette)
    layers = [
        *shade,
        *(
            agreed_line(agreed, f"{name} {formats.percent(agreed)}" if wide else formats.percent(agreed), palette)
            for agreed, name in ((report.floor, _("floor")), (report.target, _("target")))
        ),
        {
            "mark": {"type": "area", "color": palette.band, "opacity": 0.65},
            "encoding": {"x": x, "y": {**share, "field": "low"}, "y2": {"field": "high"}, "detail": run},
        },
        {
            "transform": [{"filter": "datum.alone"}],
            "mark": {"type": "rule", "color": palette.band, "opacity": 0.65, "strokeWidth": 6},
            "encoding": {"x": x, "y": {**share, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": palette.accent, "strokeWidth": 2},
            "encoding": {"x": x, "y": value, "detail": run},
        },
        {
            "mark": {"type": "point", "size": 42, "strokeWidth": 1.75, "opacity": 1},
            "encoding": {"x": x, "y": value, "stroke": {"value": palette.accent}, "fill": hollow},
        },
        {  # no rate yet: between these it will be
            "data": {"values": waiting},
            "mark": {"type": "rule", "color": palette.accent, "strokeWidth": 2, "strokeDash": [2, 3]},
            "encoding": {"x": x, "y": {**share, "field": "low"}, "y2": {"field": "high"}},
        },
        *words,
    ]
    fit = {"type": "fit", "contains": "padding"}
    size = {"width": width, "height": height, "autosize": fit}
    return specification(records, layers, trend_description(report), palette, **size)


def trend_description(report: AcceptanceReport) -> str:
    """What the trend shows, for whoever cannot see it."""
    records = trend_records(report)
    if not records:
        return _("No period has a known acceptance rate yet.")
    lowest, highest = (end(records, key=lambda record: record["value"]) for end in (min, max))
    said = _(
        "Acceptance rate over {n} periods, from {first} to {last}: lowest {lowest} ({when_lowest}), highest {highest} "
        "({when_highest}). The table after the chart holds every figure."
    ).format(
        n=len(records),
        first=records[0]["label"],
        last=records[-1]["label"],
        lowest=formats.percent(lowest["value"]),
        when_lowest=lowest["label"],
        highest=formats.percent(highest["value"]),
        when_highest=highest["label"],
    )
    early = [
        _("{period}: too early for a rate, which will be between {low} and {high}.").format(
            period=record["label"], low=formats.percent(record["low"]), high=formats.percent(record["high"])
        )
        for record in waiting_records(report)
    ]
    return " ".join([said, *early])


def interval_records(report: AcceptanceReport) -> list[dict[str, Any]]:
    """One record per segment whose rate is known, in the order of the report."""
    return [
        {"segment": " · ".join(value_name(*pair) for pair in row.segment.items()), **_rate(row)}
        for row in _rows(report)
        if row.segment and row.period is None and isinstance(row.rate, Estimate)
    ]


def interval_chart(report: AcceptanceReport, *, palette: Palette = LIGHT, width: int = 520) -> Spec:
    """Each segment's rate as a dot on its interval, against the floor; hollow where leads are still open."""
    records = interval_records(report)
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}, "title": None, "axis": share_axis(palette)}
    labels = {"labelColor": palette.ink, "labelLimit": 220, "ticks": False, "domain": False}
    names = {"field": "segment", "type": "nominal", "sort": None, "title": None, "axis": labels}
    hollow = {"condition": {"test": "datum.ripe", "value": palette.accent}, "value": palette.surface}
    layers = [
        {
            "mark": {"type": "rule", "strokeDash": [3, 3], "color": palette.muted},
            "encoding": {"x": {"datum": report.floor, **share}},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 3, "color": palette.band},
            "encoding": {"y": names, "x": {**share, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "size": 64, "strokeWidth": 2, "opacity": 1},
            "encoding": {
                "y": names,
                "x": {**share, "field": "value"},
                "stroke": {"value": palette.accent},
                "fill": hollow,
            },
        },
    ]
    fit = {"type": "fit-x", "contains": "padding"}
    size = {"width": width, "height": {"step": 26}, "autosize": fit}
    words = _("Acceptance rate of {n} segments, each with its interval.").format(n=len(records))
    return specification(records, layers, words, palette, **size)


def _rows(report: AcceptanceReport) -> tuple[AcceptanceRow, ...]:
    return (report.answers.get(report.chosen) or next(iter(report.answers.values()))).rows


def _span(row: AcceptanceRow) -> tuple[int, int]:
    start, end = period_bounds(row.period or "")
    return start.toordinal(), end.toordinal()


def _rate(row: AcceptanceRow) -> dict[str, Any]:
    assert isinstance(row.rate, Estimate)
    return {
        "value": row.rate.value,
        "low": row.rate.low,
        "high": row.rate.high,
        "n": row.rate.n,
        "open": row.open,
        "ripe": settled(row),
    }


def _still_open(unripe: Sequence[dict[str, Any]], x: Spec, palette: Palette) -> tuple[list[Spec], list[Spec]]:
    """The shade behind everything from the first period that can still change, and the words before everything."""
    if not unripe:
        return [], []
    start, end = min(record["from"] for record in unripe), x["scale"]["domain"][1]
    data = {"values": [{"from": start, "to": end}]}
    roomy = end - start > 0.25 * end  # else the words stand at the right end and reach out of the shade
    side = {"align": "left", "dx": 6} if roomy else {"align": "right", "dx": -6}
    text = {"type": "text", **side, "baseline": "top", "dy": 6, "color": palette.muted, "text": _("still open")}
    shade = {
        "data": data,
        "mark": {"type": "rect", "color": palette.shade, "opacity": 1},
        "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
    }
    words = {
        "data": data,
        "mark": text,
        "encoding": {"x": {**x, "field": "from" if roomy else "to"}, "y": {"value": 0}},
    }
    return [shade], [words]


def _time_axis(records: Sequence[dict[str, Any]], palette: Palette, most: int) -> Spec:
    step = max(-(-len(records) // most), 1)
    marks = {record["middle"]: _short_label(record) for record in records[::step]}
    return {
        "values": list(marks),
        "labelExpr": texts_at(marks),
        "grid": False,
        "labelColor": palette.muted,
        "domainColor": palette.grid,
        "tickColor": palette.grid,
        "labelPadding": 6,
        "labelOverlap": True,
    }


def _short_label(record: dict[str, Any]) -> str:
    start, _end = period_bounds(record["period"])
    if "W" in record["period"]:
        return formats.day_and_month(start)
    return str(record["label"]) if "Q" in record["period"] else formats.month_and_year(start)
