"""What commands print for programs: the same bytes whatever the terminal, the system or the language."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

__all__ = ["never_fail_on_letters", "print_for_programs", "print_pieces"]


def print_for_programs(text: str) -> None:
    """``text`` on standard output as UTF-8 with plain line ends."""
    print_pieces([text])


def print_pieces(pieces: Iterable[str]) -> None:
    """The same of a text that comes in pieces, each written as it comes."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode("utf-8"))
    sys.stdout.buffer.flush()


def never_fail_on_letters(*streams: TextIO) -> None:
    """A letter that a terminal does not have becomes a question mark instead of an error."""
    for stream in streams:
        with suppress(AttributeError, ValueError):  # a stream that somebody put in the place of the real one
            stream.reconfigure(errors="replace")  # type: ignore[attr-defined]
