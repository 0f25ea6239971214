"""The board report in a few sentences, for a terminal: what a person would say of it aloud."""

from __future__ import annotations

from accord.report.acceptance import sentences
from accord.report.board.parts import Board
from accord.report.board.sentences import because_sentence, headline, summary, title
from accord.report.look import Look
from accord.report.scope import data_as_of

__all__ = ["board_text"]


def board_text(board: Board, look: Look) -> str:
    """Its title, its headline, its summary, and why it is about this period."""
    moment = data_as_of(board.as_of, board.timezone)
    lines = [look.styled(line, "bold") for line in look.paragraph(title(board))]
    lines += [*(look.styled(line, "dim") for line in look.paragraph(moment)), ""]
    interval = f" ({sentences.interval_words(board.totals.rate)})" if board.totals.handed else ""
    lines += [look.styled(line, "bold") for line in look.paragraph(f"{headline(board)}{interval}.")]
    for sentence in summary(board):
        first, *rest = look.paragraph(sentence, 2)
        lines += [f"- {first[2:]}", *rest]
    lines += ["", *(look.styled(line, "dim") for line in look.paragraph(because_sentence(board)))]
    return look.plain("\n".join(lines) + "\n")
