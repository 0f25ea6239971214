"""How a terminal is written to: its width, whether it has colours, whether it has more than ASCII."""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TextIO

from accord.typed import in_one_piece

__all__ = ["Look", "display_width"]

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_TO_ASCII = str.maketrans("–×“”’‘«»·", '-x""\'\'""-')


@dataclass(frozen=True, slots=True)
class Look:
    """``width`` in columns; ``colour`` only on a terminal that wants it; ``unicode`` False writes ASCII alone."""

    width: int = 80
    colour: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str]) -> Look:
        """The look of ``stream``: plain and 80 wide when it is no terminal; ``NO_COLOR`` and ``COLUMNS`` are obeyed."""
        terminal = stream.isatty()
        width = int(environment.get("COLUMNS", "0") or 0) if environment.get("COLUMNS", "").isdecimal() else 0
        if not width:
            width = shutil.get_terminal_size().columns if terminal else 80
        colour = terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        return cls(max(width, 60), colour, _writes("█░●━", stream.encoding))

    def styled(self, text: str, *styles: str) -> str:
        """``text`` in bold, dim, red, green or yellow, where there are colours."""
        if not (self.colour and styles and text):
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"

    def plain(self, text: str) -> str:
        """``text`` without what the terminal cannot write."""
        if self.unicode:
            return text
        decomposed = unicodedata.normalize("NFKD", text.translate(_TO_ASCII))
        letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        return letters.encode("ascii", "replace").decode("ascii")

    def paragraph(self, text: str, indent: int = 0) -> list[str]:
        """``text`` in lines that fit; never wider than a person reads with ease, and commands in one piece."""
        lead = " " * indent
        wrapper = textwrap.TextWrapper(
            min(self.width, 100),
            initial_indent=lead,
            subsequent_indent=lead,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return in_one_piece(text, wrapper.wrap)


def _writes(sample: str, encoding: str | None) -> bool:
    try:
        sample.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def display_width(text: str) -> int:
    """Columns that ``text`` takes: wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_width_of, text))


@cache  # of a report's half a million letters, a hundred differ
def _width_of(letter: str) -> int:
    return 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
