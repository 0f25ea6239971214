"""What is learnt from: one row per lead in the order of time, its fields as known then, and how it turned out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "AXES",
    "Booleans",
    "Codes",
    "Field",
    "Floats",
    "Frame",
    "Kind",
    "Touches",
    "axis_of",
    "number_field",
    "too_different",
    "words_field",
]

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Kind = Literal["words", "number", "yes_no"]

AXES = ("fit", "need", "budget", "authority", "engagement")

_MOST_WORDS, _FEWEST_ALIKE = 200, 30

_AXIS_OF = {
    "need": "need",
    "timeline_days": "need",
    "budget": "budget",
    "decision_maker": "authority",
    "seniority": "authority",
}
_ONE_WAY = {"need": 1, "timeline_days": -1, "budget": 1, "decision_maker": 1}
_STEPS = {"need": ("none", "exploring", "defined", "urgent")}


def axis_of(name: str) -> str:
    """The axis a field of the contract belongs to; every other field describes how well the lead fits."""
    return _AXIS_OF.get(name, "fit")


@dataclass(frozen=True, eq=False)
class Field:
    """One column as known at the time.

    ``codes`` number ``words`` (-1: missing) for words and for yes or no (``("no", "yes")`` with the stored spelling);
    ``values`` holds numbers (NaN: missing). ``direction``: 1 where more can only be better, -1 where less can only be
    better, 0 where nothing is said. ``steps``: the words from least to most, where they have an order.
    """

    name: str
    kind: Kind
    axis: str = "fit"
    codes: Codes = field(default_factory=lambda: np.zeros(0, np.int64))
    words: tuple[str | bool, ...] = ()
    values: Floats = field(default_factory=lambda: np.zeros(0))
    direction: int = 0
    steps: tuple[str, ...] = ()

    @property
    def filled(self) -> Booleans:
        """Whether the cell holds anything."""
        return ~np.isnan(self.values) if self.kind == "number" else self.codes >= 0

    @property
    def size(self) -> int:
        """How many rows."""
        return self.values.size if self.kind == "number" else self.codes.size

    def rows(self, chosen: npt.NDArray[np.bool_] | slice) -> Field:
        """The same field of some of the leads."""
        if self.kind == "number":
            return replace(self, values=self.values[chosen])
        return replace(self, codes=self.codes[chosen])


@dataclass(frozen=True, eq=False)
class Touches:
    """What prospects did up to the time: row of the frame, kind, and whole days before it; sorted by row, then age."""

    row: Codes
    kind: npt.NDArray[np.int64]
    kinds: tuple[str, ...]
    days: Codes

    def rows(self, chosen: Booleans) -> Touches:
        """The touches of some of the leads, whose rows are numbered anew."""
        kept = chosen[self.row]
        number = np.cumsum(chosen) - 1
        return replace(self, row=number[self.row[kept]], kind=self.kind[kept], days=self.days[kept])


@dataclass(frozen=True, eq=False)
class Frame:
    """Leads from the oldest to the newest. ``weights``: for how many leads each stands (1: only for itself)."""

    fields: Mapping[str, Field]
    good: Booleans
    weights: Floats
    touches: Touches | None = None

    @property
    def size(self) -> int:
        """How many leads."""
        return self.good.size

    def rows(self, chosen: Booleans) -> Frame:
        """Some of the leads."""
        return Frame(
            {name: one.rows(chosen) for name, one in self.fields.items()},
            self.good[chosen],
            self.weights[chosen],
            self.touches.rows(chosen) if self.touches else None,
        )

    def without(self, names: Sequence[str]) -> Frame:
        """The same leads without some of their fields."""
        return replace(self, fields={name: one for name, one in self.fields.items() if name not in names})

    def split(self, share: float = 0.2) -> tuple[Frame, Frame]:
        """The older part to learn from, and the newest ``share`` of the leads to be judged by."""
        older = np.arange(self.size) < self.size - round(self.size * share)
        return self.rows(older), self.rows(~older)


def words_field(
    name: str, cells: Sequence[str | bool | None], axis: str | None = None, direction: int | None = None
) -> Field:
    """A field of words (or of yes and no), in the order of the alphabet."""
    words = tuple(sorted({cell for cell in cells if cell is not None}))
    place = {word: number for number, word in enumerate(words)}
    codes = np.array([-1 if cell is None else place[cell] for cell in cells], dtype=np.int64)
    kind: Kind = "yes_no" if words and all(isinstance(word, bool) for word in words) else "words"
    steps = tuple(step for step in _STEPS.get(name, ()) if step in words)
    way = _ONE_WAY.get(name, 0) if direction is None else direction
    return Field(name, kind, axis or axis_of(name), codes, words, direction=way, steps=steps)


def too_different(words: Sequence[str]) -> bool:
    """Whether these cells name leads rather than describe them: many words, none of which thirty leads share."""
    counts = Counter(words)
    return len(counts) > _MOST_WORDS and max(counts.values()) < _FEWEST_ALIKE


def number_field(name: str, values: npt.ArrayLike, axis: str | None = None, direction: int | None = None) -> Field:
    """A field of numbers, NaN where missing."""
    way = _ONE_WAY.get(name, 0) if direction is None else direction
    return Field(name, "number", axis or axis_of(name), values=np.asarray(values, np.float64), direction=way)
