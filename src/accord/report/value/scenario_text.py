"""A scenario as text for a terminal: what is supposed, both worlds side by side, and what is taken for granted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accord.language import gettext as _
from accord.report.columns import Cell, Column, fitted
from accord.report.look import Look
from accord.report.value.scenario import (
    assumption_sentences,
    both_lines,
    lever_words,
    line_name,
    line_style,
    off_lines,
    place_words,
    scenario_headline,
    signed_lines,
    supposed_words,
    unmoved,
)
from accord.report.value.sentences import left_out_sentences, of_all_data, own_sentences, scope
from accord.report.value.tables import no_room
from accord.value.figures import ValueReport
from accord.value.scenario_figures import LINES, Scenario
from accord.values import Estimate

__all__ = ["scenario_text"]


def scenario_text(report: ValueReport, scenario: Scenario, look: Look) -> str:
    """The whole answer."""
    parts = [_opening(report, scenario, look), _both_worlds(report, scenario, look), _granted(report, scenario, look)]
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return look.plain("\n\n".join(blocks) + "\n")


def _opening(report: ValueReport, scenario: Scenario, look: Look) -> Iterator[str]:
    yield look.styled(_("What a change would bring: {place}").format(place=place_words(scenario)), "bold")
    yield from (look.styled(line, "dim") for line in look.paragraph(scope(report)))
    yield ""
    for supposed, words in zip(scenario.suppositions, supposed_words(scenario), strict=True):
        moved = scenario.levers[supposed.lever]
        yield from look.paragraph(f"{words}, {lever_words(supposed.lever, moved, report)}", indent=2)
    yield ""
    yield from (look.styled(line, "bold") for line in look.paragraph(scenario_headline(report, scenario)))


def _both_worlds(report: ValueReport, scenario: Scenario, look: Look) -> Iterator[str]:
    names: list[Cell] = []
    now: list[Cell] = []
    then: list[Cell] = []
    change: list[Cell] = []
    cautious: list[Cell] = []
    for line in LINES:
        moved = scenario.lines[line]
        if unmoved(moved):
            continue
        style = line_style(line, report, moved)
        pairs = (
            (line_name(line), ""),
            off_lines(both_lines(moved.now, style), moved.now, line, scenario),
            off_lines(both_lines(moved.then, style), moved.then, line, scenario),
            off_lines(signed_lines(moved.change, style), moved.change, line, scenario),
            off_lines(signed_lines(moved.cautious, style), moved.cautious, line, scenario)
            if isinstance(moved.cautious, Estimate)
            else ("", ""),
        )
        for column, (above, below) in zip((names, now, then, change, cautious), pairs, strict=True):
            column += [Cell(above), Cell(below, ("dim",))]
    table = fitted(
        [
            Column("", names),
            Column(_("now"), now, right=True, rank=1),
            Column(_("then"), then, right=True, rank=2),
            Column(_("difference"), change, right=True),
            Column(_("cautiously"), cautious, right=True),
        ],
        look,
    )
    yield from (line for line in table.lines if line.strip())
    yield from (look.styled(line, "dim") for line in look.paragraph(no_room(table.left_out)))


def _granted(report: ValueReport, scenario: Scenario, look: Look) -> Iterator[str]:
    yield look.styled(_("What this takes for granted"), "bold")
    indented = replace(look, width=look.width - 4)
    narrow = bool(report.start or report.end or scenario.where)
    left_out = list(left_out_sentences(report, narrow=narrow))
    of_all = own_sentences(report, scenario.spend_left_out, scenario.orders_left_out) if narrow else []
    of_all += [of_all_data()] if narrow and left_out else []
    for sentence in (*assumption_sentences(report, scenario), *of_all, *left_out):
        first, *rest = indented.paragraph(sentence)
        yield f"  · {first}"
        yield from (f"    {line}" for line in rest)
