"""Which cell a lead is counted in: its segment and its acquisition cohort."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from accord.metrics.cells import period_label_of, period_number
from accord.stats.grouped import Bools
from accord.value.facts import Ints, LeadFacts
from accord.value.figures import PeriodUnit

__all__ = ["OUTSIDE", "Cells", "one_cell", "placed"]

OUTSIDE = -1
"""The cell of a lead created outside the span."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Cells:
    """The cells in order, and the one that each lead is in (or :data:`OUTSIDE`).

    ``keys``: segment values and the number of the period, one tuple per cell. A cell may have no lead, only spend.
    """

    dimensions: tuple[str, ...]
    period: PeriodUnit | None
    keys: tuple[tuple[tuple[str, ...], int], ...]
    of_lead: Ints

    def __len__(self) -> int:
        return len(self.keys)

    def segment(self, cell: int) -> Mapping[str, str]:
        """The values of a cell by dimension."""
        return dict(zip(self.dimensions, self.keys[cell][0], strict=True))

    def label(self, cell: int) -> str | None:
        """The cohort of a cell: ``2026-07``, ``2026-Q3``, or None."""
        return period_label_of(self.keys[cell][1], self.period)

    def number(self, values: tuple[str, ...], period: int) -> int | None:
        """The cell of a segment and a period's number."""
        return self._places().get((values, period))

    def _places(self) -> dict[tuple[tuple[str, ...], int], int]:
        return {key: place for place, key in enumerate(self.keys)}


def one_cell(leads: LeadFacts, start: date | None, end: date | None) -> Cells:
    """Everything in the span together."""
    return Cells((), None, (((), 0),), np.where(_inside(leads, start, end), 0, OUTSIDE))


def placed(
    leads: LeadFacts,
    dimensions: Sequence[str],
    period: PeriodUnit | None,
    span: tuple[date | None, date | None],
    spent: Iterable[tuple[tuple[str, ...], int]] = (),
) -> Cells:
    """The cells that have a lead created in the span, and those of ``spent``, which have spend; sorted."""
    inside = np.flatnonzero(_inside(leads, *span))
    codes = [coded.codes[inside] for coded in leads.segments]
    numbers = np.asarray(period_number(leads.day[inside], leads.month[inside], period), dtype=np.int64)
    first = int(numbers.min()) if len(numbers) else 0
    combined = numbers - first
    widths = [len(coded.values) for coded in leads.segments]
    size = int(combined.max()) + 1 if len(combined) else 1
    for code, width in zip(reversed(codes), reversed(widths), strict=True):
        combined = combined + code * size
        size *= max(width, 1)
    present = np.flatnonzero(np.bincount(combined)) if size <= 1 << 22 else np.unique(combined)
    keys = []
    for number in present.tolist():
        rest = number
        values: list[str] = []
        below = size
        for coded, width in zip(leads.segments, widths, strict=True):
            below //= max(width, 1)
            place, rest = divmod(rest, below)
            values.append(coded.values[place])
        keys.append((tuple(values), rest + first))
    ordered = sorted({*keys, *spent})
    place_of = {key: place for place, key in enumerate(ordered)}
    of_lead = np.full(len(leads), OUTSIDE, dtype=np.int64)
    cell = np.array([place_of[key] for key in keys], dtype=np.int64)
    if len(present):
        of_lead[inside] = cell[np.searchsorted(present, combined)]
    return Cells(tuple(dimensions), period, tuple(ordered), of_lead)


def _inside(leads: LeadFacts, start: date | None, end: date | None) -> Bools:
    low = (start - EPOCH).days if start else -math.inf
    high = (end - EPOCH).days if end else math.inf
    return np.asarray((leads.day >= low) & (leads.day < high))
