"""The page of the board report: whole by itself, in both languages, whatever is recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from accord.language import use_language
from accord.report import formats
from accord.report.board.charts import cohort_chart, cohort_records, period_trend
from accord.report.board.page import board_page, board_paper
from accord.report.board.parts import Board
from accord.report.board.views import cohort_table
from accord.report.drawing import svg
from accord.report.lettering import font_faces
from accord.report.page_template import whole as whole_of
from accord.value.figures import Bounded, ValueReport
from accord.values import Estimate, Reason
from board.companies import Made

STATES = ("whole", "unrecorded", "still_open", "of_nothing")
MOST_BYTES = 400_000
LETTERS = 100_000


class Outline(HTMLParser):
    """What a machine that reads pages aloud goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.images: list[str] = []
        self.tables: list[dict[str, int]] = []
        self.ids: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.language = said["lang"] or ""
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(said.get("alt") or "")
        if said.get("role") == "img":
            self.images.append(said.get("aria-label") or "")
        if "id" in said:
            self.ids.append(said["id"] or "")
        if tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0})
        if tag == "caption":
            self.tables[-1]["caption"] += 1
        if tag == "th":
            self.tables[-1][said["scope"] or ""] += 1


@pytest.fixture(params=STATES)
def board(request: pytest.FixtureRequest) -> Board:
    found: Made = request.getfixturevalue(request.param)
    return found.board


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("paper", [False, True])
def test_it_can_be_read_aloud(board: Board, language: str, paper: bool) -> None:
    use_language(language)
    outline = Outline(board_paper(board) if paper else board_page(board))
    assert outline.language == language
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)
    assert all(outline.images), "a chart without words"
    assert all(table["caption"] == 1 and table["col"] > 0 and table["row"] > 0 for table in outline.tables)
    assert len(set(outline.ids)) == len(outline.ids)


def test_it_needs_nothing_beside_it(board: Board) -> None:
    page = board_page(board)
    assert not re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?!data:|#)(\w+:|/|\w+\.)""", page)
    assert "<script" not in page
    assert len(page.encode("utf-8")) < MOST_BYTES


def test_what_is_not_recorded_says_what_to_record(unrecorded: Made) -> None:
    page = re.sub(r"\s+", " ", board_page(unrecorded.board))
    for said in (
        "Import a table spend",
        "Import a table orders",
        "Import a table opportunities or orders",
        "accord actions add",
    ):
        assert said in page, said
    assert "grade of A or B" not in page, "nothing is good to decide on where nothing is known"
    assert "€" not in page, "no cost is shown where no spend is recorded"


def test_a_month_in_which_nothing_happened_is_reported(of_nothing: Made) -> None:
    page = board_page(of_nothing.board)
    assert "No lead was handed over to sales in these days" in page
    assert "Board report, February 2026" in page


def test_what_waits_now_is_not_taken_for_what_came_back_in_the_twelve_months(whole: Made) -> None:
    said = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", board_page(whole.board))))
    totals, moment = whole.board.recycled.totals, formats.moment(whole.board.as_of, whole.board.timezone)
    assert totals.came_back + totals.waiting + totals.on_their_own == totals.returned
    assert totals.on_their_own > 0
    assert f"{totals.on_their_own} leads became customers without being handed over again." in said
    waiting = f"{formats.count(whole.board.recycled.relaunch.candidates)} waiting"
    assert f"As of {moment}, and of all leads, whenever they were handed over: {waiting}" in said


def test_an_agreement_of_any_name_stands_on_it(whole: Made) -> None:
    name = '</style>"\'<b>; } "quoted" \\ name'
    page = board_page(replace(whole.board, agreement_name=name))
    assert "&lt;/style&gt;&#34;&#39;&lt;b&gt;" in page
    assert page.count("</style>") == 1


def test_letters_beyond_western_europe_come_only_where_they_are_used(whole: Made) -> None:
    assert font_faces("Léa, 3 %, œuvre − 5 €").count("@font-face") == 3
    assert font_faces("Wałęsa").count("@font-face") == 6
    page = board_page(replace(whole.board, agreement_name="Wałęsa"))
    assert page.count("@font-face") == 6
    assert len(font_faces("a")) < LETTERS


def test_the_months_of_the_report_are_marked_in_the_trend(whole: Made) -> None:
    board = whole.board
    spec = period_trend(board.trend, board.period)
    foot = spec["layer"][-1]["data"]["values"][0]
    first = min(row.period or "" for row in board.trend.answers[board.trend.chosen].rows)
    assert first == "2025-07"
    assert (foot["from"], foot["to"]) == (304, 335), "days from July 2025 to May 2026"
    assert svg(spec).startswith("<svg")


def test_cohorts_are_drawn_as_far_as_they_are_known(whole: Made) -> None:
    report = whole.board.money.cohorts
    records = cohort_records(report)
    assert records
    by_cohort: dict[str, list[int]] = {}
    for record in records:
        by_cohort.setdefault(record["cohort"], []).append(record["age"])
    assert all(ages == sorted(ages) and ages[0] == 0 for ages in by_cohort.values())
    assert svg(cohort_chart(report)).startswith("<svg")


def test_a_quarter_without_a_win_by_day_30_is_a_quarter(whole: Made) -> None:
    """After no win at all there is a bound, by the rule of three: no point is drawn at zero, the cell says at most."""
    report = whole.board.money.cohorts
    place, first = next(
        (n, row) for n, row in enumerate(report.rows) if isinstance(row.funnel.won_by_age["90d"], Estimate)
    )
    ages = dict(first.funnel.won_by_age) | {"30d": Bounded(Reason.TOO_FEW, 500, at_most=0.006)}
    late = replace(first, funnel=replace(first.funnel, won_by_age=ages))
    rows = (*report.rows[:place], late, *report.rows[place + 1 :])
    board = replace(whole.board, money=replace(whole.board.money, cohorts=replace(report, rows=rows)))
    name = formats.period_name(first.period or "")
    drawn = [record["age"] for record in cohort_records(board.money.cohorts) if record["cohort"] == name]
    before = [record["age"] for record in cohort_records(report) if record["cohort"] == name]
    assert drawn[:2] == [0, 90]
    assert drawn == [age for age in before if age != 30]
    none = {age: Bounded(Reason.TOO_FEW, 500, at_most=0.006) for age in ages}
    unwon = [replace(row, funnel=replace(row.funnel, won_by_age=none)) for row in report.rows]
    assert not cohort_records(replace(report, rows=tuple(unwon))), "a chart of nothing but zeros"
    table = cohort_table(board)
    assert [row for row, _cells in table.rows] == [formats.period_name(row.period or "") for row in report.rows]
    assert table.rows[place][1][1].below == "at most 0.6%"


def test_an_interval_stays_on_one_line_and_what_is_written_stays_escaped() -> None:
    said = "<b> cost €251 (€224–€282), 1–2\u00a0pts; from 1 Jan – 3 Feb"
    page = str(whole_of(said))
    assert re.findall(r'<span class="whole">(.*?)</span>', page) == ["€224–€282", "1–2\u00a0pts;"]
    assert unescape(re.sub(r"</?span[^>]*>", "", page)) == said
    assert "&lt;b&gt;" in page


def test_no_page_shows_what_touches_tell(whole: Made) -> None:
    """So the command does not look at touches unless it writes JSON."""
    money = whole.board.money

    def without(report: ValueReport) -> ValueReport:
        return replace(report, attribution=None, multichannel=None)

    assert money.year.attribution is not None
    bare = replace(
        money,
        period=without(money.period),
        previous=without(money.previous),
        year_ago=without(money.year_ago) if money.year_ago else None,
        year=without(money.year),
        cohorts=without(money.cohorts),
    )
    stripped = replace(whole.board, money=bare)
    assert board_page(stripped) == board_page(whole.board)
    assert board_paper(stripped) == board_paper(whole.board)
