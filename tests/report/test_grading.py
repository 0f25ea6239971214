"""A figure that the data cannot carry looks so, and says why; the others stay as they are."""

from __future__ import annotations

import re

import pytest

from accord.audit.figures import Audited
from accord.audit.kept import Lowered
from accord.audit.registry import CHECKS
from accord.audit.report import LoweredGrade
from accord.language import use_language
from accord.report.acceptance.page import page_html
from accord.report.acceptance.text import terminal_text
from accord.report.audit.grading import Grading
from accord.report.look import Look, display_width
from report import briefings, examples

SILENT_CALLS = LoweredGrade("D", "silent_calls")
LOWERED: Lowered = {
    "explicit": {
        Audited.TOKEN: SILENT_CALLS,
        Audited.GHOST: LoweredGrade("C", "silent_calls"),
        Audited.BUSINESS_WITHIN: LoweredGrade("C", "outside_hours"),
        Audited.BUSINESS_DELAY: LoweredGrade("C", "outside_hours"),
        Audited.SILENT: LoweredGrade("B", "silent_calls"),
    },
    "action": {Audited.RATE: LoweredGrade("D", "activity_bursts")},
}
EVERYTHING: Lowered = {
    definition: dict.fromkeys(Audited, SILENT_CALLS) for definition in ("explicit", "action", "worked", "tacit")
}


def told(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_terminal_marks_what_is_doubted_and_says_why() -> None:
    text = terminal_text(examples.overall(), Look(80), grading=Grading(LOWERED))
    token = next(line for line in text.splitlines() if line.strip().startswith("Accepted with one token call"))
    assert re.search(r"n\s=\s\d+ +D$", token)
    said = told(text)
    assert (
        "Accepted with one token call: grade D, do not decide on it yet. Calls with neither a duration nor an outcome. "
        "See: accord audit"
    ) in said
    assert "Accepted, then left alone: grade C, read it with what was found beside it." in said
    assert "in open hours (grade C)" in said  # the heading of a column of promises
    assert "open hours (grade C)" in text[text.index("From handoff to acceptance") :]


def test_what_is_good_enough_to_decide_on_is_not_marked() -> None:
    text = terminal_text(examples.overall(), Look(80), grading=Grading(LOWERED))
    (silent,) = (line for line in text.splitlines() if line.strip().startswith("Worked but never decided"))
    assert not re.search(r"[A-D]$", silent)
    sound = terminal_text(examples.overall(), Look(80), grading=Grading({}))
    assert sound == terminal_text(examples.overall(), Look(80))


def test_a_rate_that_cannot_be_decided_on_has_no_colour_of_success() -> None:
    good = examples.report(examples.row(1000, 0.95))
    assert "\x1b[1;32m" in terminal_text(good, Look(100, colour=True)).split("\n\n")[1]
    doubted = terminal_text(good, Look(100, colour=True), grading=Grading(EVERYTHING)).split("\n\n")[1]
    assert "\x1b[1;32m" not in doubted
    assert "Acceptance rate; raw rate: grade D" in told(doubted)


def test_each_definition_has_its_own_grade() -> None:
    text = terminal_text(examples.every_definition(), Look(120), grading=Grading(LOWERED))
    table = text[text.index("Definitions side by side") :]
    marked = {line.split()[0]: line.rstrip().endswith(" D") for line in table.splitlines()[2:6]}
    assert marked == {"explicit": False, "action": True, "worked": False, "tacit": False}
    assert "One person reaches several leads in the same second" in told(table)


def test_without_an_audit_the_reader_is_told_how_to_make_one() -> None:
    assert "accord audit says what they can carry" in told(
        terminal_text(examples.overall(), Look(80), grading=Grading(None))
    )
    assert "accord audit" not in terminal_text(examples.overall(), Look(80), grading=Grading({}))
    assert "never were: accord audit says" in told(page_html(briefings.full(), Grading(None)))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_everything_doubted_still_fits(width: int, language: str) -> None:
    use_language(language)
    for report in (examples.overall(), examples.by_channel(), examples.by_week(), examples.every_definition()):
        for line in terminal_text(report, Look(width), grading=Grading(EVERYTHING)).splitlines():
            assert display_width(line) <= width, line


def test_the_page_marks_the_same_figures() -> None:
    page = page_html(briefings.full(), Grading(LOWERED))
    rows = {told(row): row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)}
    (token,) = (row for text, row in rows.items() if text.startswith("Accepted with one token call"))
    assert "grade-D" in token
    assert "doubted" in token
    (ghost,) = (row for text, row in rows.items() if text.startswith("Accepted, then left alone"))
    assert "grade-C" in ghost
    assert "doubted" not in ghost
    (silent,) = (row for text, row in rows.items() if text.startswith("Worked but never decided"))
    assert "grade-" not in silent
    assert "Calls with neither a duration nor an outcome. See: accord audit" in told(page)
    assert page_html(briefings.full(), Grading({})) == page_html(briefings.full())


def test_every_finding_that_can_lower_a_grade_has_its_words() -> None:
    for check in CHECKS:
        grading = Grading({"explicit": {Audited.RATE: LoweredGrade("D", check.code)}})
        (note,) = grading.notes([Audited.RATE], "explicit")
        assert check.title in note
