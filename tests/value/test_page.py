"""The page on what leads are worth: it says what the report says, whole, in every state and both languages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from acceptance.sources import source_of
from accord.engines.duckdb import DuckDBEngine
from accord.language import use_language
from accord.readmodel.source import Source
from accord.report.drawing import svg
from accord.report.value.charts import (
    age_chart,
    age_records,
    cohort_chart,
    cohort_records,
    cost_chart,
    cost_records,
    funnel_chart,
    funnel_records,
    money_chart,
    money_records,
    spread_names,
)
from accord.report.value.formats import money
from accord.report.value.gathering import value_pages
from accord.report.value.lines import cost_lines, customer_lines
from accord.report.value.page import ValuePages, value_page
from accord.report.value.scenario import line_style, signed_lines
from accord.report.value.sentences import headline
from accord.value.levers import suppositions_of
from accord.value.measure import measure_value
from accord.value.scenario_figures import Moved
from accord.value.supposing import Supposed
from accord.values import Estimate
from value.company import AS_OF, Row, company
from value.conftest import AGREEMENT
from value.test_counts import RATES
from value.test_schema import POOR, SUPPOSED

STATES: dict[str, dict[str, list[Row]]] = {"whole": company(5, 400), **POOR}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
A4 = 917
"""What margins of 14 mm leave of the sheet, in CSS pixels as Chromium lays it out, before shrinking it by a quarter."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def gathered() -> dict[str, ValuePages]:
    found = {}
    for name, tables in STATES.items():
        with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
            levers = SUPPOSED if name == "whole" else suppositions_of(["leads=-5%"])
            asked = {"suppose": Supposed(levers), "by": ("sector",)}
            report = measure_value(source, **asked)  # type: ignore[arg-type]
            found[name] = value_pages(source, report, asked, None)
    return found


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language("en")


def as_read(page: str) -> str:
    """The page without what holds intervals, and numbers with their units, together on one line."""
    return unescape(re.sub(r"</?span[^>]*>", "", page)).replace("\u00a0", " ")


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_whole_page_that_needs_nothing(
    state: str, gathered: dict[str, ValuePages], language: str
) -> None:
    pages = gathered[state]
    page = value_page(pages)
    assert page.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    for word in ("undefined", "NaN", "None", "Unknown("):
        assert word not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert headline(pages.asked).replace("\u00a0", " ") in as_read(page)


def test_every_figure_of_the_terminal_stands_on_the_page(gathered: dict[str, ValuePages], language: str) -> None:
    pages = gathered["whole"]
    page = as_read(value_page(pages))
    for name, words, _part in [*cost_lines(pages.asked), *customer_lines(pages.asked)]:
        assert name.replace("\u00a0", " ") in page
        assert words.replace("\u00a0", " ") in page
    assert pages.asked.rows
    assert pages.asked.scenario is not None


def test_charts_draw_what_the_report_holds(gathered: dict[str, ValuePages]) -> None:
    pages = gathered["whole"]
    funnel = pages.asked.totals.funnel
    drawn = {record["name"]: record["value"] for record in funnel_records(pages.asked)}
    assert list(drawn.values()) == [
        figure.value for figure in funnel.conversion.values() if isinstance(figure, Estimate)
    ]
    costs = cost_records(pages.channels)
    for row in pages.channels.rows:
        figure = row.costs.per_accepted_lead
        if isinstance(figure, Estimate):
            name = row.segment["channel"]
            (record,) = [one for one in costs if one["name"] == name and one["kind"] == "accepted"]
            assert (record["value"], record["low"], record["high"]) == (figure.value, figure.low, figure.high)
    amounts = money_records(pages.channels)
    spent = sum(round(record["amount"] * 100) for record in amounts if record["kind"] == "spend")
    assert spent == sum(row.costs.spend for row in pages.channels.rows)
    assert {record["age"] for record in cohort_records(pages.cohorts)} >= {0, 30, 90}
    assert [record["age"] for record in age_records(pages.asked.totals.customers.revenue_by_age)][:2] == [30, 90]
    kept = {"0d": Estimate(1.0, 1.0, 1.0, 40), "180d": Estimate(0.6, 0.4, 0.7, 40)}
    (line, *_rest) = age_chart(kept, "", flat_until=180)["layer"]
    assert [(point["age"], point["value"]) for point in line["data"]["values"]] == [(0, 1.0), (180, 1.0), (180, 0.6)]
    for chart, report in (
        (funnel_chart, pages.asked),
        (cohort_chart, pages.cohorts),
        (cost_chart, pages.channels),
        (money_chart, pages.channels),
    ):
        assert svg(chart(report, width=350)).startswith("<svg")


@pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium on this machine: apt-get install chromium"
)
def test_the_page_fits_every_width(gathered: dict[str, ValuePages], tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, headless=True
        )
        browser_page = context.new_page()
        for state, pages in gathered.items():
            for language in ("en", "fr"):
                use_language(language)
                path = tmp_path / "page.html"
                path.write_text(value_page(pages), encoding="utf-8")
                browser_page.goto(path.as_uri())
                for width in (320, 390, 768, 1280):
                    browser_page.set_viewport_size({"width": width, "height": 900})
                    wide = browser_page.evaluate("document.documentElement.scrollWidth")
                    assert wide <= width, (state, language, width)
                browser_page.set_viewport_size({"width": A4, "height": 900})
                browser_page.emulate_media(media="print")
                wide = browser_page.evaluate(
                    "Math.max(...[...document.querySelectorAll('table')].map(t => t.scrollWidth))"
                )
                assert wide <= A4, (state, language, "on paper, where nothing slides")
                browser_page.emulate_media(media="screen")
        context.close()


@pytest.mark.parametrize("values", [[0.037, 0.036, 0.036], [0.0, 0.0], [0.01, 0.05], [0.05, 0.05, 0.049, 0.0]])
def test_no_name_of_a_cohort_lies_upon_another(values: list[float]) -> None:
    ends = [{"age": 90, "value": value, "cohort": f"Q{n}"} for n, value in enumerate(values)]
    other = {"age": 180, "value": values[0], "cohort": "older"}
    placed = spread_names([*ends, other], most=0.06, apart=0.05)
    heights = sorted(end["at"] for end in placed if end["age"] == 90)
    assert len(heights) == len(values)
    assert all(above - below >= 0.05 * 0.06 - 1e-12 for below, above in pairwise(heights))
    by_name = {end["cohort"]: end["at"] for end in placed}
    assert by_name["older"] == values[0]
    assert all(by_name[end["cohort"]] >= end["value"] for end in ends)


def test_a_page_names_no_option_of_the_command_line(embedded: Source) -> None:
    suppose = Supposed(suppositions_of(["acceptance=+10%"]))
    asked: dict[str, Any] = {"rates": RATES, "attribution": "linear"}
    report = measure_value(embedded, **asked, suppose=suppose, tell_later=True)
    page = value_page(value_pages(embedded, report, asked | {"suppose": suppose}, None))
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert re.findall(r"(?<!\w)--\w[\w-]*", words) == []
    assert "would say what these currencies are worth" in words


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (-0.137, 0.161, ("+0.01", "−0.14 to +0.16")),
        (-1.4, 1.6, ("0.0", "−1.4 to +1.6")),
        (-0.00031, 0.00052, ("+0.0001", "−0.0003 to +0.0005")),
    ],
)
def test_a_difference_of_next_to_nothing_shows_its_interval(
    embedded: Source, low: float, high: float, written: tuple[str, str]
) -> None:
    change = Estimate((low + high) / 2 if high < 1 else 0.01, low, high, 30)
    style = line_style("return_on_spend", measure_value(embedded), Moved(change, change, change))
    assert signed_lines(change, style) == written


@pytest.mark.parametrize(
    ("language", "low", "high", "written"),
    [
        ("en", -12.5, 40.25, "−€12.50 to €40.25"),
        ("en", -1200.0, -300.0, "−€1,200 to −€300"),
        ("en", 0.0, 300.0, "€0–€300"),
        ("fr", -12.5, 40.25, "−12,50 à 40,25 €"),
        ("fr", -1200.0, -300.0, "−1 200 à −300 €"),
    ],
)
def test_what_is_below_zero_has_a_minus_and_no_dash(language: str, low: float, high: float, written: str) -> None:
    use_language(language)
    style = money("EUR")
    middle = (low + high) / 2
    _value, between = style.of(Estimate(middle, low, high, 30))
    assert re.sub(r"\s", " ", between) == written
    assert "-" not in style.alone(-5.0)
