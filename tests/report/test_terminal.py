from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from acceptance.sources import source_of
from accord.acceptance.figures import AcceptanceReport
from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.language import use_language
from accord.readmodel.inputs import episode_inputs
from accord.report.acceptance.sentences import bounds_sentence, left_out_sentences, verdict_sentence
from accord.report.acceptance.text import terminal_text
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look, display_width
from accord.tables.episodes import left_out
from accord.values import Bounds, Estimate
from episodes.data import random_tables
from report import examples

REPORTS = {
    "overall": examples.overall(),
    "by channel": examples.by_channel(),
    "by week": examples.by_week(),
    "by channel and week": examples.by_channel_and_week(),
    "every definition": examples.every_definition(),
    "mostly unknown": examples.mostly_unknown(),
    "empty": examples.empty(),
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_no_line_is_wider_than_the_terminal(report: AcceptanceReport, width: int, language: str) -> None:
    use_language(language)
    for line in terminal_text(report, Look(width)).splitlines():
        assert display_width(line) <= width, line
        assert line == line.rstrip()


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_plain_means_ascii_and_no_escape(report: AcceptanceReport) -> None:
    for language in ("en", "fr"):
        use_language(language)
        text = terminal_text(report, Look(80, colour=False, unicode=False))
        assert text.isascii()
        assert "\x1b" not in text


def test_the_first_thing_said_is_the_rate_with_interval_n_and_verdict() -> None:
    paragraphs = terminal_text(examples.overall(), Look(80)).replace("\u00a0", " ").split("\n\n")
    assert paragraphs[0].splitlines()[0] == "Lead acceptance: Example Pumps, agreement version 3"
    assert paragraphs[0].splitlines()[1] == "Data as of 31 Jul 2026, 14:05 (Europe/Paris)."
    assert " ".join(paragraphs[1].split()) == (
        "Sales accepts 47% of the 1,412 leads handed over (95% interval 44–50%, n = 1,412). "
        "That is below the agreed floor of 50%; the target is 80%."
    )
    assert "first decision that sales recorded" in " ".join(paragraphs[2].split())
    assert "because sales records its decisions" in " ".join(paragraphs[2].split())


def test_a_segment_too_small_shows_no_rate_but_what_is_needed() -> None:
    text = terminal_text(examples.by_channel(), Look(100))
    (line,) = (line for line in text.splitlines() if line.lstrip().startswith("(none)"))
    assert "%" not in line.split("too few")[0]
    assert "too few: 10 needed" in line


def rows_of(text: str, names: set[str]) -> list[str]:
    return [line for line in text.splitlines() if line.split()[:1] and line.split()[0] in names]


def test_every_rate_in_a_table_stands_with_n_and_interval() -> None:
    lines = rows_of(terminal_text(examples.by_channel(), Look(80)), set(examples.CHANNELS) - {"(none)"})
    assert len(lines) == 6
    for line in lines:
        assert re.search(r" \d+ +\d+% +\d+–\d+% ", line), line


def test_columns_are_aligned() -> None:
    lines = rows_of(terminal_text(examples.by_channel(), Look(80)), set(examples.CHANNELS) - {"(none)"})
    assert len({re.search(r"\d+–", line).end() for line in lines}) == 1  # type: ignore[union-attr]
    assert len({line.index("┊") if "┊" in line else line.index("open") for line in lines}) <= 3


def test_unripe_periods_are_marked_and_ripe_ones_are_not() -> None:
    lines = terminal_text(examples.by_week(), Look(80)).splitlines()
    ripe = next(line for line in lines if "22 Jun 2026" in line)
    unripe = next(line for line in lines if "27 Jul 2026" in line)
    assert "█" in ripe
    assert "open" not in ripe
    assert "░" in unripe
    assert "44 open" in unripe
    assert any("open leads can still move it by a point or more" in line for line in lines)


def test_colour_tells_below_the_floor_and_only_with_colours() -> None:
    coloured = terminal_text(examples.by_channel(), Look(80, colour=True))
    assert "\x1b[31m27%\x1b[0m" in coloured  # content_download, its whole interval below 50%
    assert "\x1b[31m49%" not in coloured  # webinar: its interval holds 50%
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == terminal_text(examples.by_channel(), Look(80))


def test_narrow_terminals_keep_what_matters_most() -> None:
    narrow = terminal_text(examples.by_channel(), Look(60))
    wide = terminal_text(examples.by_channel(), Look(160))
    for text in (narrow, wide):
        assert "74%" in text
        assert "68–80%" in text
    assert "smoothed rate" in wide
    assert "No room here" not in wide
    table = narrow[narrow.index("By channel") :]
    assert "smoothed rate" not in table.splitlines()[1]


def told(text: str) -> str:
    """The text on one line, as it is read."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_bars_stay_at_80_columns_in_both_languages(language: str) -> None:
    use_language(language)
    text = terminal_text(examples.by_channel(), Look(80))
    assert len(re.findall(r"^ .*[·━]{5,}", text, re.MULTILINE)) == 6
    assert "┊ " in text


def test_what_found_no_room_is_named() -> None:
    text = terminal_text(examples.by_channel(), Look(80))
    said = told(text)
    assert "No room here for: half accepted within, smoothed rate, within 24 h, within 48 h." in said
    assert "--csv and --html have everything" in said


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    narrow = terminal_text(examples.by_channel(), Look(60))
    assert "━" not in narrow[narrow.index("By channel") :] or "┊ the agreed floor" in told(narrow)
    unknown = terminal_text(examples.mostly_unknown(), Look(80))
    assert "open leads can still move it" not in unknown  # no rate, no dot
    long = replace(
        examples.by_channel(),
        answers={
            name: replace(answer, rows=tuple(replace(row, handed=10**9 + row.handed) for row in answer.rows))
            for name, answer in examples.by_channel().answers.items()
        },
    )
    text = terminal_text(long, Look(60))
    assert "━" not in text[text.index("By channel") :]
    assert "┊" not in text


def test_definitions_that_find_no_room_beside_follow_below() -> None:
    for width in (60, 72, 80, 100):
        text = terminal_text(examples.every_definition(), Look(width))
        table = text[text.index("By channel") :]
        headings = " ".join(line for line in table.splitlines() if line.strip().startswith("Channel")).split()
        assert [word for word in headings if word not in {"Channel", "n"}] == ["explicit", "action", "worked", "tacit"]
        webinar = [line for line in table.splitlines() if line.strip().startswith("webinar")]
        assert sum(line.count("%)") for line in webinar) == 4


def test_one_open_lead_of_many_is_no_reason_for_a_mark() -> None:
    rows = tuple(examples.row(215, 0.5, segment={"channel": name}, still_open=open_) for name, open_ in CHANGING)
    text = terminal_text(examples.report(examples.row(430, 0.5), rows), Look(100))
    settled, changing = rows_of(text, {"search", "fair"})
    assert "●" in settled
    assert "1 open" in settled
    assert "○" in changing
    assert "3 open" in changing


CHANGING = (("search", 1), ("fair", 3))


def test_all_definitions_stand_side_by_side() -> None:
    text = terminal_text(examples.every_definition(), Look(100))
    assert "Definitions side by side" in text
    heading = next(line for line in text.splitlines() if line.strip().startswith("Channel"))
    assert heading.split() == ["Channel", "n", "explicit", "action", "worked", "tacit"]
    assert "explicit (counts)" in text


def test_what_was_left_away_and_left_out_is_said() -> None:
    text = terminal_text(examples.mostly_unknown(), Look(100), more_segments=1212)
    assert "1,212 more segments are not shown; --limit 0 shows all." in text
    assert "12 handoffs are left out" in text


def test_nothing_handed_over_is_said_without_a_figure() -> None:
    text = terminal_text(examples.empty(), Look(80))
    assert "No lead has been handed over to sales yet." in text
    assert "0%" not in text.replace("50%", "").replace("80%", "")


def test_handoffs_whose_leads_are_missing_are_not_called_absent() -> None:
    report = replace(examples.empty(), left_out={"handoffs_of_unknown_leads": 12})
    text = " ".join(terminal_text(report, Look(80)).split())
    assert "12 handoffs are recorded, and none of their leads: nothing can be counted" in text
    assert "No lead has been handed over" not in text
    assert "Import the leads too" in text


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.61, 0.64, "between 61% and 64%"),
        (0.6168, 0.6243, "between 61.7% and 62.4%"),
        (0.61681, 0.61684, "stay at 61.7%"),
    ],
)
def test_the_bounds_of_open_leads_are_never_one_number_twice(low: float, high: float, said: str) -> None:
    total = replace(examples.total(), open_bounds=Bounds(low, high))
    assert said in bounds_sentence(total)


def test_another_definition_than_the_one_that_counts_is_said_to_be() -> None:
    report = examples.report(examples.total(), definitions=("tacit",))
    assert "the definition that counts is “explicit”" in " ".join(terminal_text(report, Look(80)).split())


def test_dates_without_hours_show_what_they_leave_open() -> None:
    rate = Estimate(0.47, 0.44, 0.5, 1412, date_bounds=Bounds(0.41, 0.52))
    text = terminal_text(examples.report(replace(examples.total(), rate=rate)), Look(100))
    assert "between 41% and 52% for want of hours in some dates" in " ".join(text.split())


def test_promises_and_delays_say_what_dates_without_hours_leave_open() -> None:
    total = examples.total()
    share = Estimate(0.39, 0.30, 0.49, 100, date_bounds=Bounds(0.20, 0.41))
    delay = Estimate(24.0, 20.0, 30.0, 100, date_bounds=Bounds(7.0, 40.0))
    total = replace(
        total,
        within=dict.fromkeys(total.within, share),
        delay_hours=dict.fromkeys(total.delay_hours, delay),
        weighted_delay_hours=delay,
    )
    text = " ".join(terminal_text(examples.report(total), Look(100)).split())
    assert "accepted: within 24 h 20% to 41%, within 48 h 20% to 41%." in text
    assert "elapsed: half within 7.0 h to 40 h," in text
    assert "it may lie anywhere between 7.0 h and 40 h." in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.30, 0.45, "below the agreed floor of 50%"),
        (0.45, 0.55, "too near to say on which side"),
        (0.55, 0.70, "above the agreed floor of 50% and below the target of 80%"),
        (0.70, 0.85, "near the target of 80%"),
        (0.82, 0.90, "meets the agreed target of 80%"),
        (0.50, 0.60, "above the agreed floor"),
        (0.40, 0.50, "too near to say"),
    ],
)
def test_the_verdict_is_no_surer_than_the_interval(low: float, high: float, words: str) -> None:
    assert words in verdict_sentence(Estimate((low + high) / 2, low, high, 100), 0.5, 0.8)


class Terminal(io.StringIO):
    def __init__(self, terminal: bool, encoding: str) -> None:
        super().__init__()
        self.terminal, self.said = terminal, encoding

    def isatty(self) -> bool:
        return self.terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.said


@pytest.mark.parametrize(
    ("terminal", "environment", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"NO_COLOR": ""}, True),
    ],
)
def test_colour_is_for_terminals_that_want_it(terminal: bool, environment: dict[str, str], colour: bool) -> None:
    assert Look.of(Terminal(terminal, "utf-8"), environment).colour is colour


def test_the_width_is_what_the_environment_says_else_80_in_a_pipe() -> None:
    assert Look.of(Terminal(False, "utf-8"), {}).width == 80
    assert Look.of(Terminal(False, "utf-8"), {"COLUMNS": "132"}).width == 132
    assert Look.of(Terminal(False, "utf-8"), {"COLUMNS": "wide"}).width == 80


@pytest.mark.parametrize(
    ("encoding", "unicode"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("nonsense", False)]
)
def test_ascii_where_the_terminal_has_no_more(encoding: str, unicode: bool) -> None:
    assert Look.of(Terminal(True, encoding), {}).unicode is unicode


def test_everything_that_can_be_left_out_has_a_sentence() -> None:
    engine = DuckDBEngine()
    source = source_of(engine, random_tables(1), Agreement(), examples.overall().as_of)
    reasons = left_out(episode_inputs(engine, source.agreement))
    engine.close()
    assert len(reasons) >= 4
    for reason in reasons:
        (sentence,) = left_out_sentences(replace(examples.overall(), left_out={reason: 1234}))
        assert sentence.startswith("1,234 ")
        assert reason.replace("_", " ") not in sentence


def test_a_line_break_in_a_name_does_not_break_a_row() -> None:
    look = Look(width=60)
    lines = laid_out(
        [Column("channel", [Cell("a|b\nnewline"), Cell("web")]), Column("n", [Cell("1"), Cell("2")])], look
    )
    assert [line.split() for line in lines] == [["channel", "n"], ["a|b", "newline", "1"], ["web", "2"]]
