"""What a column of an unknown file looks like: the words of its heading, and what its first cells hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from accord.ingest.source import CELL
from accord.tables.schema import NULL_WORDS

__all__ = ["Holds", "Profile", "profiles", "words_of"]

ROWS = 2000
"""Rows looked at: enough to tell a key from a repeated word."""

FEW_WORDS = 30
MOSTLY = 0.9
UNIQUE = 0.999

_TIME = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}([ ,T]+\d{1,2}:\d{2}.*)?|"
    r"\d{4}/\d{1,2}/\d{1,2}( \d{1,2}:\d{2}.*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[€$£]?\s?\d[\d\s .,\u00a0\u202f]*[€$£]?")
_INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


_RANGE = re.compile(r"\d[\d\s.,]*(?:-|–|—|to|à)\s*\d[\d\s.,]*|\d[\d\s.,]*\+|[<>≥≤]\s*\d[\d\s.,]*")
"""``51-200``, ``1 000+``: a size by its band, which is no number."""


class Holds(StrEnum):
    """What nearly all filled cells of a column hold."""

    NOTHING = "nothing"
    TIME = "time"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Profile:
    """One column. ``filled``: share of rows with something in it; ``unique``: no value comes twice; ``values``: the
    different ones, where they are few; ``ranges``: some are from one number to another, as in ``51-200``.
    """

    heading: str
    words: tuple[str, ...]
    holds: Holds
    filled: float
    unique: bool
    values: tuple[str, ...]
    ranges: bool

    def says(self, *phrases: str) -> bool:
        """Whether one of ``phrases`` stands in the heading, word for word."""
        text = f" {' '.join(self.words)} "
        return any(f" {phrase} " in text for phrase in phrases)


def words_of(heading: str) -> tuple[str, ...]:
    """The words of a heading: ``CreatedDate``, ``created_date`` and ``Créé le`` fall into theirs, without accents."""
    # N° is the number sign of a French hand, and no letter to Unicode.
    flat = unicodedata.normalize("NFKD", _INNER_CAPITAL.sub(" ", heading.replace("°", "o "))).casefold()
    kept = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return tuple(re.findall(r"[a-z0-9]+", kept))


def profiles(headings: Sequence[str], first_rows: pa.Table) -> list[Profile]:
    """A profile for every column that has a heading."""
    rows = first_rows.slice(0, ROWS)
    return [
        _profile(heading, rows.column(CELL.format(number)).to_pylist())
        for number, heading in enumerate(headings)
        if heading
    ]


def _profile(heading: str, cells: Sequence[str | None]) -> Profile:
    filled = [cell.strip() for cell in cells if cell and cell.strip() and cell.strip().lower() not in NULL_WORDS]
    different = dict.fromkeys(filled)
    return Profile(
        heading,
        words_of(heading),
        _holds(filled),
        len(filled) / len(cells) if cells else 0.0,
        bool(filled) and len(different) >= UNIQUE * len(filled),
        tuple(different) if len(different) <= FEW_WORDS else (),
        any(_RANGE.fullmatch(cell) for cell in different),
    )


def _holds(filled: Sequence[str]) -> Holds:
    if not filled:
        return Holds.NOTHING
    for pattern, answer in ((_TIME, Holds.TIME), (_NUMBER, Holds.NUMBER)):
        if sum(pattern.fullmatch(cell) is not None for cell in filled) >= MOSTLY * len(filled):
            return answer
    return Holds.TEXT
