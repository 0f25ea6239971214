"""The board report as the library hands it out: a page, a PDF, records, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accord.report.board.answer import board_json
from accord.report.board.page import board_page, board_paper
from accord.report.board.parts import Board
from accord.report.board.pdf import pdf_of
from accord.report.board.sentences import headline
from accord.report.board.text import board_text
from accord.report.look import Look

__all__ = ["BoardReport"]


@dataclass(frozen=True, repr=False)
class BoardReport:
    """The report of a month or quarter: ``board`` holds every figure; the methods put it into other shapes."""

    board: Board

    def to_json(self) -> dict[str, Any]:
        """What ``accord report --json`` prints."""
        return board_json(self.board)

    def page(self) -> str:
        """The report as one HTML page that needs nothing beside it, in the language in use."""
        return board_page(self.board)

    def pdf(self) -> bytes:
        """The report as a PDF of A4 pages. ``UsageError`` where what that takes is not installed."""
        return pdf_of(board_paper(self.board))

    def __str__(self) -> str:
        return board_text(self.board, Look(width=100))

    def __repr__(self) -> str:
        return f"<{self.board.period.label}: {headline(self.board)}>"
