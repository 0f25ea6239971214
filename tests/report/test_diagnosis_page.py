"""The page of a diagnosis: it says what the report says, in every state and both languages; people by id, unranked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from accord.diagnosis.charting import RECOVERABLE, Charting, Funnel, FunnelPoint, Step
from accord.diagnosis.report import DiagnosisReport
from accord.language import use_language
from accord.report import formats
from accord.report.acceptance.charts import trend_records
from accord.report.diagnosis.charts import Change, trend_with_changes, waterfall_records
from accord.report.diagnosis.funnel_charts import funnel_chart, funnel_records
from accord.report.diagnosis.page import diagnosis_page
from accord.report.diagnosis.signal_charts import signal_chart, signal_records
from accord.report.drawing import svg
from accord.values import Estimate
from report.diagnoses import STATES, shown

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language("en")


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_whole_page_that_needs_nothing(state: str, language: str) -> None:
    report, charting = shown(state)
    page = diagnosis_page(report, charting)
    assert page.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert not re.search(r"url\((?!#)", page)
    for word in ("undefined", "NaN", "None", "Unknown("):
        assert word not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    claim, _, further = report.because[language].partition(". ")
    assert re.search(rf"<h1>{re.escape(claim)}[.]?</h1>", page.replace("&#39;", "'"))
    assert further in page.replace("&#39;", "'")


def test_all_that_was_found_stands_there_with_its_figures(language: str) -> None:
    report, charting = shown("troubled")
    page = diagnosis_page(report, charting).replace("&#39;", "'").replace("&#34;", '"')
    hurting = [finding for finding in report.findings if finding.kind != "not_measurable"]
    assert len(hurting) >= 2
    for number, finding in enumerate(hurting, 1):
        start = page.index(f'id="finding-{number}"')
        card = page[start : page.index("</article>", start)]
        card = card.replace("\u00a0", " ")  # a number stands by its unit on a page
        assert finding.text[language].replace("\u00a0", " ") in card
        for action in finding.actions:
            assert action.text[language].replace("\u00a0", " ") in card
        assert isinstance(finding.effect, Estimate)
        assert f"{round(100 * finding.effect.value):+d}".replace("-", "−") in card
        if isinstance(finding.lost_acceptances, Estimate) and finding.lost_acceptances.value > 0:
            assert formats.count(round(finding.lost_acceptances.value)).replace("\u00a0", " ") in card
        if finding.where and "criterion" not in finding.where:
            assert finding.id in card, "the command that records an action names the finding"
    assert any(finding.since for finding in hurting)


def test_a_healthy_company_and_one_without_data_are_told_so() -> None:
    healthy, charting = shown("healthy")
    assert healthy.verdict == "healthy"
    page = diagnosis_page(healthy, charting)
    assert "Nothing was found that hurts acceptance beyond ordinary differences." in page
    assert "What each finding costs" not in page
    assert "Over time" in page
    page = diagnosis_page(*shown("empty"))
    assert "There is nothing to look at yet. Import handoffs and decisions" in page
    assert "No lead was handed over in the last year." in page
    few = diagnosis_page(*shown("few"))
    assert "of the three that are needed" in few
    assert "Reps and the leads they received" not in few


def test_the_waterfall_climbs_from_what_is_to_what_would_be() -> None:
    report, charting = shown("troubled")
    lost = [
        finding.lost_acceptances.value
        for finding in report.findings
        if finding.kind in RECOVERABLE
        and isinstance(finding.lost_acceptances, Estimate)
        and finding.lost_acceptances.value > 0
    ]
    assert charting.steps
    assert [step.end - step.start for step in charting.steps] == pytest.approx(lost)
    assert charting.steps[0].start == charting.accepted
    assert all(one.end == other.start for one, other in zip(charting.steps, charting.steps[1:], strict=False))
    names = {step.finding.id: str(number) for number, step in enumerate(charting.steps)}
    assert [record["name"] for record in waterfall_records(charting, names)] == list(names.values())
    assert f"about {formats.count(round(charting.steps[-1].end))}." in diagnosis_page(report, charting)


def test_people_stand_in_the_order_of_their_ids_and_only_outsiders_are_named_on_the_chart() -> None:
    report, charting = shown("troubled")
    reps = charting.funnels[0]
    assert reps.dimension == "rep_id"
    ids = [point.id for point in reps.points]
    assert ids == sorted(ids)
    page = diagnosis_page(report, charting)
    table = page[page.index('id="funnel-rep_id"') :]
    shown_ids = re.findall(r'<th scope="row">(R\d+)</th>', table)
    assert shown_ids == ids
    assert [record["label"] for record in funnel_records(reps)] == [
        point.id if point.outside else "" for point in reps.points
    ]
    outsider = FunnelPoint("R999", 100, 0.187, 0.6, -0.413, 2)
    drawn = svg(funnel_chart(replace(reps, points=(*reps.points, outsider))))
    assert "R999" in drawn
    assert "41" not in re.sub(r"<[^>]*>", "", drawn), "no figure stands beside a person on the chart"


def test_the_change_is_drawn_on_its_day() -> None:
    report, charting = shown("troubled")
    drop = next(finding for finding in report.findings if finding.since)
    assert charting.trend is not None
    assert drop.since is not None
    change = Change(3, drop.since, drop.since_low or drop.since, drop.since_high or drop.since)
    spec = trend_with_changes(charting.trend, [change], report.last)
    records = trend_records(charting.trend)
    month = next(r for r in records if r["period"] == f"{drop.since:%Y-%m}")
    (placed,) = spec["layer"][-1]["data"]["values"]
    assert placed["since"] - month["from"] == drop.since.day - 1
    assert placed["low"] <= placed["since"] <= placed["high"]
    assert report.last is not None
    last = spec["layer"][-1]["encoding"]["x"]["scale"]["domain"][1]
    assert last - month["from"] == (report.last - drop.since.replace(day=1)).days + 1
    assert svg(spec).startswith("<svg")


def test_criteria_are_drawn_against_what_outcomes_support() -> None:
    report, _charting = shown("troubled")
    known = [row for row in report.signals if isinstance(row.supported, Estimate)]
    records = signal_records(report.signals, {known[0].criterion: 1})
    supported = [row.supported.value for row in known if isinstance(row.supported, Estimate)]
    assert [(r["points"], r["value"]) for r in records] == list(
        zip((row.points for row in known), supported, strict=True)
    )
    assert records[0]["label"] == f"1  {known[0].criterion}"
    assert known[0].criterion in svg(signal_chart(report.signals, {known[0].criterion: 1}))


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def with_a_long_name(report: DiagnosisReport, charting: Charting) -> tuple[DiagnosisReport, Charting]:
    """The same with a segment's name that no line holds."""
    first = report.findings[0]
    texts = {language: f"{LONG}: {said}" for language, said in first.text.items()}
    named = replace(first, where={"team": LONG}, text=texts, lost_acceptances=Estimate(50, 20, 80, 200))
    steps = (Step(named, charting.accepted, charting.accepted + 50),)
    funnels = tuple(
        Funnel(f.dimension, (replace(f.points[0], id=LONG, outside=1), *f.points[1:]), f.limits, f.spread, f.left_out)
        for f in charting.funnels
    )
    return replace(report, findings=(named, *report.findings[1:])), replace(charting, steps=steps, funnels=funnels)


@pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="no Chromium on this machine: apt-get install chromium"
)
def test_it_fits_every_width_in_both_languages_and_fetches_nothing(tmp_path: Path) -> None:
    pages = {state: shown(state) for state in STATES} | {"long": with_a_long_name(*shown("troubled"))}
    with sync_playwright() as playwright:
        browser: BrowserContext = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, args=FLAGS, headless=True
        )
        view = browser.new_page()
        fetched: list[str] = []
        view.on("request", lambda request: fetched.append(request.url))
        for name, (report, charting) in pages.items():
            for spoken in ("en", "fr"):
                use_language(spoken)
                path = tmp_path / f"{name}.{spoken}.html"
                path.write_text(diagnosis_page(report, charting), encoding="utf-8")
                view.goto(path.as_uri())
                for width in (320, 390, 768, 1280):
                    view.set_viewport_size({"width": width, "height": 900})
                    assert view.evaluate("document.documentElement.scrollWidth") <= width, (name, spoken, width)
        assert len(fetched) == 2 * len(pages)
        browser.close()
