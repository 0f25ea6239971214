"""A replay on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from accord.language import gettext as _
from accord.replay.report import Replay
from accord.report.agreement.changes import hanging
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.report.replay.words import (
    Table,
    changes_words,
    expectation_words,
    headline,
    moves,
    scope,
    team_table,
    threshold_table,
    title,
    warnings,
)

__all__ = ["replay_text"]


def replay_text(replay: Replay, look: Look) -> str:
    """The whole answer: what changes, what to expect, what it means for each team, how it depends on the threshold."""
    return look.plain("\n".join(_lines(replay, look))) + "\n"


def _lines(replay: Replay, look: Look) -> Iterator[str]:
    yield look.styled(title(replay), "bold")
    yield from look.paragraph(scope(replay))
    yield ""
    yield from look.paragraph(f"{headline(replay)} {moves(replay)}")
    if changed := changes_words(replay):
        yield ""
        yield look.styled(_("What the draft changes"), "bold")
        for line in changed:
            yield from hanging(line, look)
    for heading, table in (
        (_("What to expect"), expectation_words(replay)),
        (_("Leads a week"), team_table(replay.teams)),
        (_("Other thresholds (* the draft's)"), threshold_table(replay.thresholds)),
    ):
        if table[1]:
            yield ""
            yield look.styled(heading, "bold")
            yield from _table(table, look)
    yield ""
    for sentence in warnings(replay):
        yield from look.paragraph(sentence)


def _table(table: Table, look: Look) -> Iterator[str]:
    headings, rows = table
    columns = [
        Column(heading, [Cell(row[place]) for row in rows], right=place > 0, rank=int(heading == _("handed over")))
        for place, heading in enumerate(headings)
    ]
    return iter(laid_out(columns, look))
