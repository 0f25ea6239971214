"""The page of what was learnt: whole by itself, in both languages, with few leads and with many."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from accord.cli.main import run
from accord.language import use_language
from accord.learning.figures import LearningReport
from accord.learning.from_table import learn_table
from accord.learning.reliability import Calibration
from accord.learning.table import TableQuestion, read_learning_table
from accord.report.learning.charts import band_records, calibration_records, order_records
from accord.report.learning.page import learning_page
from accord.values import Estimate


def table_in(folder: Path, leads: int) -> Path:
    random = np.random.default_rng(3)
    hours = random.integers(0, 40, leads)
    good = random.random(leads) < 1 / (1 + np.exp(2 - 0.1 * hours))
    lines = [
        f"{place},{hour},{'yes' if won else 'no'}" for place, (hour, won) in enumerate(zip(hours, good, strict=True))
    ]
    path = folder / "leads.csv"
    path.write_text("\n".join(["number,hours <i>,won", *lines, ""]))
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> LearningReport:
    question = TableQuestion("won", "number")
    path = table_in(tmp_path_factory.mktemp("page"), 1500)
    return learn_table(read_learning_table(path, question), question)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_needs_nothing_beside_it(report: LearningReport, language: str) -> None:
    use_language(language)
    try:
        page = learning_page(report, "leads & more", "today")
    finally:
        use_language("en")
    assert f'<html lang="{language}">' in page
    assert "leads &amp; more · today" in page
    assert "hours &lt;i&gt;" in page
    assert "hours <i>" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") == 6, "three charts, each for two widths"
    assert page.count("<h1>") == 1


def test_charts_show_the_figures_of_the_report(report: LearningReport) -> None:
    known = {name: one.order for name, one in report.judged.items() if isinstance(one.order, Estimate)}
    assert [record["value"] for record in order_records(report)] == [figure.value for figure in known.values()]
    found = report.judged["proposal"].calibration
    assert isinstance(found, Calibration)
    assert [record["stated"] for record in calibration_records(found)] == [one.stated for one in found.bins]
    rates = [one.rate.value for one in report.bands if isinstance(one.rate, Estimate)]
    assert [record["value"] for record in band_records(report)] == rates


def test_the_command_writes_it_with_many_leads_and_with_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for leads, heading in ((1500, "The outcomes insist on"), (30, "No proposal")):
        path, page = table_in(tmp_path, leads), tmp_path / f"{leads}.html"
        words = ["--table", str(path), "--outcome-column", "won", "--order-column", "number", "--html", str(page)]
        assert run(["learn", *words]) == 0
        captured = capsys.readouterr()
        assert captured.err == f"Written: {page}\n"
        assert captured.out == "", "the page stands for the text"
        assert f"<h1>{heading}" in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("<svg") == 0
