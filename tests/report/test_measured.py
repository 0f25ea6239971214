"""From what is really measured to everything it is shown as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from accord.acceptance.measure import measure
from accord.acceptance.segments import usual_dimensions
from accord.api import Figures, _instant
from accord.errors import UsageError
from accord.readmodel.source import Source
from accord.report.acceptance.gathering import brief
from accord.report.acceptance.page import page_html
from accord.report.acceptance.text import terminal_text
from accord.report.drawing import Chart
from accord.report.look import Look, display_width
from report.simulated import simulated_source

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "acceptance.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    with simulated_source(tmp_path_factory.mktemp("company"), size=600) as made:
        yield made


@pytest.fixture
def figures(source: Source) -> Figures:
    return Figures(source)


def test_json_of_every_kind_has_the_shape_of_the_contract(figures: Figures) -> None:
    validator = Draft202012Validator(SCHEMA)
    for answer in (
        figures.acceptance(),
        figures.acceptance(["channel", "team"], definition="worked"),
        figures.acceptance("channel", period="month"),
        figures.acceptance("rep_id", definition="all"),
    ):
        validator.validate(answer.to_json())
        json.dumps(answer.to_json(), allow_nan=False)


def test_frames_hold_one_row_per_segment_and_period(figures: Figures) -> None:
    answer = figures.acceptance("channel", period="quarter", start="2026-01", end="2026-07")
    frame = answer.to_pandas()
    assert len(frame) == len(answer.report.answers["explicit"].rows) == len(answer.to_records())
    assert set(frame["period"]) == {"2026-Q1", "2026-Q2"}
    assert frame["handed"].sum() == answer.report.answers["explicit"].totals.handed
    assert answer.to_polars().height == answer.to_arrow().num_rows == len(frame)


def test_an_answer_prints_as_the_report_and_shows_itself_in_one_line(figures: Figures) -> None:
    answer = figures.acceptance("channel")
    assert str(answer).startswith("Lead acceptance: Simulated, agreement version 1\n")
    assert repr(answer).startswith("<Sales accepts ")
    assert "95% interval" in repr(answer)


def test_sorted_by_what_hurts(figures: Figures) -> None:
    answer = figures.acceptance("channel").sorted("lost", limit=3)
    rows = answer.report.answers["explicit"].rows
    assert len(rows) == 3
    assert all(one.rejected + one.expired >= other.rejected + other.expired for one, other in pairwise(rows))


def test_the_terminal_fits(source: Source) -> None:
    for period in (None, "month"):
        report = measure(source, by=["channel"], period=period)
        assert max(display_width(line) for line in terminal_text(report, Look(80)).splitlines()) <= 80


def test_the_page_of_nobodys_choice_has_the_usual_dimensions_and_reps_folded(source: Source) -> None:
    briefing = brief(source)
    cut_by = [report.dimensions for report in (*briefing.segments, *briefing.folded)]
    assert cut_by[-1] == ("rep_id",)
    assert {(name,) for name in usual_dimensions(source)} == set(cut_by)
    assert {("channel",), ("team",)} < set(cut_by)
    assert len(briefing.segments) == 8
    assert briefing.trend.period == "month"
    assert list(briefing.definitions.answers) == ["explicit", "action", "worked", "tacit"]
    for report in (*briefing.segments, *briefing.folded):
        handed = [row.handed for row in report.answers["explicit"].rows]
        assert handed == sorted(handed, reverse=True)
        assert 2 <= len(handed) <= 50
    page = page_html(briefing)
    assert page.count("<h3>By ") == len(briefing.folded) + 1  # the trend
    assert page.count('<h3 id="cut-') == len(briefing.segments)


def test_the_page_of_a_choice_has_that_alone(source: Source) -> None:
    briefing = brief(source, by=["channel"], period="quarter", definition="worked")
    assert [report.dimensions for report in briefing.segments] == [("channel",)]
    assert briefing.detail is not None
    assert briefing.detail.period == "quarter"
    assert briefing.shown == "worked"
    assert "the definition that counts is “explicit”" in page_html(briefing)


def test_a_short_span_is_told_by_week(source: Source) -> None:
    assert brief(source, by=["team"], start=datetime(2026, 5, 1).date()).trend.period == "week"  # noqa: DTZ001


def test_charts_draw_and_carry_their_specification(figures: Figures) -> None:
    for answer in (figures.acceptance("channel"), figures.acceptance(period="month")):
        chart = answer.chart()
        assert isinstance(chart, Chart)
        assert chart.to_svg().startswith("<svg")
        assert chart.to_png(1).startswith(b"\x89PNG")
        assert chart._repr_mimebundle_()["application/vnd.vegalite.v6+json"] == chart.spec
        json.dumps(chart.spec, allow_nan=False)


def test_a_wrong_question_is_refused_with_the_nearest_word(figures: Figures) -> None:
    with pytest.raises(UsageError, match="channel"):
        figures.acceptance("chanel")
    with pytest.raises(UsageError, match="2026-13"):
        figures.acceptance(start="2026-13")


@pytest.mark.parametrize(
    ("as_of", "instant"),
    [
        (None, None),
        ("2026-07-31", "2026-07-30T22:00"),
        ("2026-07-31T18:00Z", "2026-07-31T18:00"),
        (datetime.fromisoformat("2026-07-31T18:00"), "2026-07-31T16:00"),
        (datetime.fromisoformat("2026-07-31T18:00+01:00"), "2026-07-31T17:00"),
    ],
)
def test_as_of_is_local_to_the_agreement_unless_it_says_otherwise(
    as_of: str | datetime | None, instant: str | None
) -> None:
    assert _instant(as_of, "Europe/Paris") == (datetime.fromisoformat(instant) if instant else None)
