"""The PDF, set by the real WeasyPrint and read back: pages, text, letters, tags, and the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from accord.cli.main import run
from accord.language import gettext as _
from accord.language import use_language
from accord.report import formats
from accord.report.board.page import board_paper
from accord.report.board.pdf import boxes_sentence, pdf_of
from accord.report.board.sentences import title
from accord.values import Estimate
from board.companies import Made

SHEET = (595.28, 841.89)
"""A4 in points."""

EDGE = 28.0
"""A centimetre: no letter of ours stands nearer to the edge."""


FOOT, HEAD = 19 / 25.4 * 72, SHEET[1] - 21 / 25.4 * 72
"""Between them stands what the report says, outside of them what stands on every sheet."""


def board_paper_in(made: Made, language: str) -> str:
    use_language(language)
    return board_paper(made.board)


def read(made: Made, language: str = "en") -> PdfReader:
    use_language(language)
    return PdfReader(io.BytesIO(pdf_of(board_paper(made.board))))


def resources(page: Any) -> Any:
    return page["/Resources"]


def text_of(pdf: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_whole_report_is_a_few_a4_sheets(whole: Made, language: str) -> None:
    pdf = read(whole, language)
    assert 3 <= len(pdf.pages) <= 6
    for number, page in enumerate(pdf.pages, 1):
        assert [float(side) for side in page.mediabox[2:]] == pytest.approx(SHEET, abs=0.5)
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()


@pytest.mark.parametrize("state", ["unrecorded", "still_open", "of_nothing"])
def test_a_report_of_hardly_anything_is_set_too(state: str, request: pytest.FixtureRequest) -> None:
    pdf = read(request.getfixturevalue(state))
    assert 1 <= len(pdf.pages) <= 4
    assert "Board report" in text_of(pdf)


def test_it_says_what_the_page_says(whole: Made) -> None:
    text = text_of(read(whole))
    rate = whole.board.totals.rate
    assert isinstance(rate, Estimate)
    assert f"Sales accepted {formats.share(rate)} of the {whole.board.totals.handed} leads it was handed" in text
    for said in ("What changed", "What hurts, and what to do", "Channels", "Money", "What the words mean", "webinar"):
        assert said in text, said


Written = list[tuple[float, float, str]]


def written(page: Any) -> Written:
    """Where on the sheet what is written, in points from its lower left corner; drawings apart."""
    found: Written = []

    def seen(text: str, sheet: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if text.strip() and sheet[0] != 1:  # a drawing counts from its own corner
            across, down = matrix[4], matrix[5]
            found.append(
                (
                    sheet[0] * across + sheet[2] * down + sheet[4],
                    sheet[1] * across + sheet[3] * down + sheet[5],
                    text.strip(),
                )
            )

    page.extract_text(visitor_text=seen)
    return found


def test_no_letter_leaves_the_sheet(whole: Made) -> None:
    places = [place for page in read(whole).pages for place in written(page)]
    assert len(places) > 200
    outside = [
        place for place in places if not (EDGE <= place[0] <= SHEET[0] - EDGE and EDGE <= place[1] <= SHEET[1] - EDGE)
    ]
    assert outside == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_sheet_but_the_last_is_half_empty_or_ends_in_a_heading(whole: Made, language: str) -> None:
    headings = set(re.findall(r"<h[23][^>]*>([^<]+)</h[23]>", board_paper_in(whole, language)))
    for page in read(whole, language).pages[:-1]:
        body = [(height, text) for _across, height, text in written(page) if FOOT < height < HEAD]
        lowest = min(height for height, _text in body)
        assert (HEAD - lowest) / (HEAD - FOOT) > 0.6
        last = " ".join(text for height, text in body if height < lowest + 1)
        assert last not in headings


def test_its_letters_are_its_own(whole: Made) -> None:
    """No typeface of this machine gets in: the file looks the same wherever it is made."""
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in read(whole, "fr").pages
        for font in resources(page)["/Font"].values()
    }
    assert fonts
    assert all(font.startswith("Source") for font in fonts), fonts


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_is_tagged_and_says_its_title_and_language(whole: Made, language: str) -> None:
    pdf = read(whole, language)
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"{_('Lead acceptance')} – {title(whole.board)}"
    moment = whole.board.as_of
    created = pdf.metadata.creation_date
    assert created is not None
    assert created.replace(tzinfo=None) == moment.replace(microsecond=0), "the moment of the data, not of the printing"


def test_every_chart_has_words(whole: Made) -> None:
    root: Any = read(whole).trailer["/Root"]
    said = list(alternatives(root["/StructTreeRoot"]))
    assert len([words for words in said if words]) >= 2


def alternatives(node: Any) -> Any:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for each in node:
            yield from alternatives(each)
    elif isinstance(node, dict):
        if node.get("/S") == "/Figure":
            yield node.get("/Alt")
        yield from alternatives(node.get("/K", []))


MAKE = """
import hashlib, sys
from pathlib import Path
from accord.report.board.pdf import boxes_sentence, pdf_of
from accord.report.board.sentences import title
print(hashlib.sha256(pdf_of(Path(sys.argv[1]).read_text(encoding="utf-8"))).hexdigest())
"""


def test_the_same_page_gives_the_same_bytes_in_every_process(whole: Made, tmp_path: Path) -> None:
    use_language("en")
    page = board_paper(whole.board)
    assert page == board_paper(whole.board)
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    made = [
        subprocess.run(
            [sys.executable, "-c", MAKE, str(file)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "America/New_York"))
    ]
    assert made == [hashlib.sha256(pdf_of(page)).hexdigest()] * 2


def test_letters_that_nobody_has_are_named(capfd: pytest.CaptureFixture[str]) -> None:
    """Letters of no language, so of no font. What the log says of them is not printed beside it."""
    heard: list[str] = []
    pdf_of("<p>Café \U000e1234 webinar \U000e1234\U000e4321</p>", heard.append)
    assert heard == ["\U000e1234\U000e4321"]
    assert capfd.readouterr() == ("", "")
    assert "\U000e1234 \U000e4321" in boxes_sentence(heard[0])
    pdf_of("<p>Café</p>", heard.append)
    assert len(heard) == 1


def test_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Geheim", encoding="utf-8")
    pdf = PdfReader(io.BytesIO(pdf_of(f'<p>Plain</p><img alt="none" src="{secret.as_uri()}"><object data="{secret}">')))
    assert text_of(pdf).strip().startswith("Plain")
    assert "Geheim" not in text_of(pdf)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("raise ModuleNotFoundError('weasyprint')", "pip install 'accord[pdf]'"),
        ("raise OSError('cannot load library libpango-1.0-0')", "libpango-1.0-0 libpangoft2-1.0-0"),
    ],
)
def test_what_is_missing_is_named_before_anybody_waits(fault: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text(fault + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "accord", "report", "--pdf", "b.pdf", "--workspace", "nowhere"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "accord report --html" in done.stderr
    assert not (tmp_path / "b.pdf").exists()


def test_the_command_writes_it(whole: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(whole.place)
    assert run(["report", "--month", "2026-04", "--pdf", str(tmp_path), "--lang", "fr", "--workspace", place]) == 0
    assert (tmp_path / "board-2026-04.pdf").read_bytes().startswith(b"%PDF-")
    assert "board-2026-04.pdf" in capsys.readouterr().err
