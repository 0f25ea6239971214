from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from accord.acceptance.figures import AcceptanceReport
from accord.language import use_language
from accord.report.acceptance.charts import (
    interval_chart,
    interval_records,
    trend_chart,
    trend_description,
    trend_records,
    waiting_records,
)
from accord.report.drawing import svg
from accord.values import Bounds
from report import examples


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [inner for layer in spec["layer"] for inner in layer.get("layer", [layer])]


def test_the_trend_has_a_record_per_known_period_in_days_since_the_first() -> None:
    records = trend_records(examples.by_week())
    assert len(records) == 26
    assert records[0]["period"] == "2026-W06"
    assert (records[0]["from"], records[0]["to"], records[0]["middle"]) == (0, 7, 3.5)
    assert records[-1]["from"] == 25 * 7
    assert [record["ripe"] for record in records] == [True] * 22 + [False] * 4


def test_unknown_periods_are_not_drawn_as_zero() -> None:
    report = examples.report(examples.total(), (*examples.weeks()[:3], examples.unknown_row(4, period="2026-W09")))
    assert [record["period"] for record in trend_records(report)] == ["2026-W06", "2026-W07", "2026-W08"]


def test_no_line_is_drawn_across_periods_without_a_rate() -> None:
    weeks = examples.weeks()[:6]
    gap = examples.unknown_row(4, period=weeks[3].period)
    records = trend_records(examples.report(examples.total(), (*weeks[:3], gap, weeks[4])))
    assert [(record["run"], record["alone"]) for record in records] == [(0, False)] * 3 + [(1, True)]
    drawn = layers(trend_chart(examples.by_week()))
    joined = [layer for layer in drawn if layer["mark"]["type"] in {"line", "area"}]
    assert [layer["encoding"]["detail"]["field"] for layer in joined] == ["run", "run"]


def test_the_shade_begins_with_the_first_period_that_can_change() -> None:
    marks = [layer for layer in layers(trend_chart(examples.by_week())) if layer["mark"]["type"] == "rect"]
    assert [layer["data"]["values"] for layer in marks] == [[{"from": 22 * 7, "to": 26 * 7}]]
    ripe = examples.report(examples.total(), examples.weeks()[:20])
    assert not [layer for layer in layers(trend_chart(ripe)) if layer["mark"]["type"] == "rect"]


def test_a_period_too_young_for_a_rate_is_drawn_from_its_lowest_to_its_highest() -> None:
    weeks = examples.weeks()[:4]
    young = examples.unknown_row(40, period="2026-W10")
    young = replace(young, open_bounds=Bounds(0.25, 0.75))
    few = examples.unknown_row(4, period="2026-W11")
    report = examples.report(examples.total(), (*weeks, young, few))
    waiting = waiting_records(report)
    assert [(each["period"], each["from"], each["to"], each["low"], each["high"]) for each in waiting] == [
        ("2026-W10", 28, 35, 0.25, 0.75)
    ]
    spec = trend_chart(report)
    dashed = [layer for layer in layers(spec) if layer["mark"].get("strokeDash") == [2, 3]]
    assert [layer["data"]["values"] for layer in dashed] == [waiting]
    assert dashed[0]["encoding"]["x"]["scale"]["domain"] == [0, 35]
    shades = [layer for layer in layers(spec) if layer["mark"]["type"] == "rect"]
    assert [layer["data"]["values"] for layer in shades] == [[{"from": 28, "to": 35}]]
    early = "2 Mar 2026: too early for a rate, which will be between 25% and 75%."
    assert trend_description(report).replace("\u00a0", " ").endswith(early)


def test_floor_and_target_are_drawn_where_they_were_agreed() -> None:
    spec = trend_chart(examples.by_week())
    shares = [layer["data"]["values"][0]["share"] for layer in spec["layer"] if "layer" in layer]
    assert shares == [0.5, 0.8]


def test_segments_keep_their_order_and_leave_out_what_is_unknown() -> None:
    segments = [record["segment"] for record in interval_records(examples.by_channel())]
    assert segments == [name for name in examples.CHANNELS if name != "(none)"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "report", [examples.by_week(), examples.by_channel(), examples.empty(), examples.mostly_unknown()]
)
def test_every_chart_can_be_drawn(report: AcceptanceReport, language: str) -> None:
    use_language(language)
    for spec in (trend_chart(report), trend_chart(report, width=340), interval_chart(report)):
        json.dumps(spec, allow_nan=False)
        assert svg(spec).startswith("<svg")


def test_axes_speak_the_language() -> None:
    use_language("fr")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg(trend_chart(examples.by_week())))
    assert "50\u00a0%" in texts
    assert "2 févr." in texts
    assert not any(re.fullmatch(r"\d+%", text) for text in texts)


def test_the_description_holds_what_the_eye_would_see() -> None:
    words = trend_description(examples.by_week())
    assert "26 periods" in words
    assert "lowest 32%" in words
    assert "highest 56%" in words


def test_the_same_report_draws_the_same_chart() -> None:
    assert svg(trend_chart(examples.by_week())) == svg(trend_chart(examples.by_week()))
