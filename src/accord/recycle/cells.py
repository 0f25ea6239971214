"""Which cell an episode is counted in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.metrics.cells import period_label_of
from accord.recycle.coded import Coded
from accord.recycle.figures import PeriodUnit
from accord.stats.grouped import Bools, Ints, ranks

__all__ = ["OUTSIDE", "Cells", "cells_of", "one_cell"]

OUTSIDE = -1
"""The cell of an episode that is not counted."""


@dataclass(frozen=True)
class Cells:
    """The cells in order (``keys``: words, and the number of the period) and the one that each episode is in."""

    names: tuple[str, ...]
    period: PeriodUnit | None
    keys: tuple[tuple[tuple[str, ...], int], ...]
    of_row: Ints

    def __len__(self) -> int:
        return len(self.keys)

    def segment(self, cell: int) -> Mapping[str, str]:
        """The words of a cell by name."""
        return dict(zip(self.names, self.keys[cell][0], strict=True))

    def label(self, cell: int) -> str | None:
        """The cohort of a cell: ``2026-W31``, ``2026-07``, ``2026-Q3``, or None."""
        return period_label_of(self.keys[cell][1], self.period)


def one_cell(inside: Bools) -> Cells:
    """Everything ``inside`` together."""
    return Cells((), None, (((), 0),), np.where(inside, 0, OUTSIDE))


def cells_of(
    names: Sequence[str], columns: Sequence[Coded], inside: Bools, period: PeriodUnit | None = None,
    number: Ints | None = None,
) -> Cells:  # fmt: skip
    """The cells that hold an episode that is ``inside``, sorted by words and then by the ``number`` of the period."""
    rows = np.flatnonzero(inside)
    numbers = np.zeros(len(rows), dtype=np.int64) if number is None else number[rows]
    first = int(numbers.min()) if len(rows) else 0
    combined, sizes = np.zeros(len(rows), dtype=np.int64), [len(column.words) for column in columns]
    for column, size in zip(columns, sizes, strict=True):
        combined = combined * max(size, 1) + column.codes[rows]
    span = int(numbers.max()) - first + 1 if len(rows) else 1
    combined = combined * span + numbers - first
    size = math.prod(sizes) * span
    present, place = ranks(combined, size)
    keys = []
    for value in present.tolist():
        rest, moment = divmod(value, span)
        words: list[str] = []
        for column, size in zip(reversed(columns), reversed(sizes), strict=True):
            rest, code = divmod(rest, max(size, 1))
            words.append(column.words[code])
        keys.append((tuple(reversed(words)), moment + first))
    of_row = np.full(len(inside), OUTSIDE, dtype=np.int64)
    of_row[rows] = place
    # words are sorted, so keys are
    return Cells(tuple(names), period, tuple(keys), of_row)
