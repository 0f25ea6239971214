"""Many dimensions packed into few: one pass over the cases serves several of them at once.

What cases have in five small dimensions is one of a few hundred combinations. Numbers of each case are added up per
combination, and the sums of the combinations then per value: the same sums as dimension by dimension, in a fraction of
the passes over the cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.stats.side_by_side import side_by_side

__all__ = ["Pack", "Packed", "packed"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MOST_CELLS = 600
"""Combinations in a pack: their sums still lie in the processor's nearest memory."""

WIDE = 1_000
"""Columns from which adding up the few rows that count costs less than multiplying by ones and zeros."""

TOLD_BY = 20_000
"""Cases, evenly drawn, that are looked at before all of them: of two packs most often these have too many already."""

MOST_POSSIBLE = 1 << 16
"""Combinations that a pack could have; beyond it they are not even counted."""


@dataclass(frozen=True, eq=False)
class Pack:
    """Some dimensions together: the ``cell`` of every case, and per cell the ``columns`` of its values.

    Columns are counted over all dimensions; a cell has one of each of the pack's dimensions.
    """

    cell: Places
    columns: Places

    @property
    def cells(self) -> int:
        """How many combinations there are."""
        return int(self.columns.shape[0])

    def spread(self, sums: Floats, width: int) -> Floats:
        """Sums per cell as sums per column."""
        return np.asarray(
            np.bincount(self.columns.ravel(), np.repeat(sums, self.columns.shape[1]), width), dtype=np.float64
        )

    def members(self) -> tuple[Places, Floats]:
        """Its columns, and which of them a cell has: cells × columns, ones and zeros."""
        own, place = np.unique(self.columns, return_inverse=True)
        answer = np.zeros((self.cells, own.size))
        answer[np.arange(self.cells)[:, None], place.reshape(self.columns.shape)] = 1.0
        return own, answer


@dataclass(frozen=True, eq=False)
class Packed:
    """All dimensions, in packs; ``width``: columns in all."""

    packs: Sequence[Pack]
    width: int

    def worth(self, effects: Floats) -> list[Floats]:
        """What the values of each combination add up to, pack by pack; ``effects``: one per column."""
        return [np.asarray(effects[pack.columns].sum(axis=1)) for pack in self.packs]

    def add_up(self, worth: Sequence[Floats], part: slice, answer: Floats) -> None:
        """The sum of the effects of each case of a part, one per dimension: of what combinations are :meth:`worth`."""
        first, *others = zip(worth, self.packs, strict=True)
        np.take(first[0], first[1].cell[part], out=answer, mode="clip")  # no cell lies outside, and nothing is copied
        for sums, pack in others:
            answer += sums[pack.cell[part]]

    def sums_of_cells(self, values: Floats, part: slice) -> list[Floats]:
        """Sum of ``values`` (one per case of a part) over the combinations of each pack."""
        return [np.asarray(np.bincount(pack.cell[part], values, pack.cells)) for pack in self.packs]

    def of_columns(self, cells: Sequence[Floats]) -> Floats:
        """The sums of the combinations of each pack as sums over every column."""
        answer = np.zeros(self.width)
        for pack, sums in zip(self.packs, cells, strict=True):
            answer += pack.spread(sums, self.width)
        return answer

    def sums(self, values: Floats, rows: Places | None = None) -> Floats:
        """Sum of ``values`` (one per case in ``rows``) over every column."""

        def of_cells(pack: Pack) -> Floats:
            cell = pack.cell if rows is None else pack.cell[rows]
            return np.asarray(np.bincount(cell, values, pack.cells), dtype=np.float64)

        return self.of_columns(side_by_side(of_cells, self.packs, values.size))

    def in_periods(self, values: Floats, period: Places, periods: int) -> Floats:
        """Sum of ``values`` (one per case) over every column (rows) in every ``period`` of the cases (columns)."""
        answer = np.zeros((self.width, periods))  # of a value that no case has, nothing else is said

        def of_pack(pack: Pack) -> None:
            place = pack.cell * periods
            place += period
            sums = np.bincount(place, values, pack.cells * periods).reshape(pack.cells, periods)
            if pack.columns.shape[1] == 1:
                answer[pack.columns[:, 0]] = sums
            else:
                own, members = pack.members()
                answer[own] = members.T @ sums

        side_by_side(of_pack, self.packs, values.size)
        return answer

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return int(self.packs[-1].cell.size)

    @property
    def inner(self) -> Places:
        """Columns of all dimensions but the last pack's."""
        return np.setdiff1d(np.arange(self.width), self.packs[-1].columns)

    def products(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weighted cross-products of the ``inner`` columns, and of these with the last pack's.

        The last pack is one dimension: no case has two of its values, so :meth:`sums` says all about them alone.
        """
        inner = self.inner
        core, border = np.zeros((inner.size, inner.size)), np.zeros((inner.size, self.packs[-1].cells))
        others = self.packs[:-1]
        columns, members = zip(*(pack.members() for pack in others), strict=True) if others else ((), ())
        places = [np.searchsorted(inner, each) for each in columns]

        def block(pair: tuple[int, int]) -> Floats:
            one, other = pair
            crossed = _of_members(members[one], _joint(others[one], self.packs[other], weight))
            return np.asarray(crossed @ members[other] if other < len(others) else crossed)

        pairs = [(one, other) for one in range(len(others)) for other in (*range(one), len(others))]
        for (one, other), found in zip(pairs, side_by_side(block, pairs, self.cases), strict=True):
            here = places[one]
            if other == len(others):
                own = np.bincount(others[one].cell, weight, others[one].cells)
                core[np.ix_(here, here)] = (members[one] * own[:, None]).T @ members[one]
                border[here] = found
            else:
                there = places[other]
                core[np.ix_(here, there)], core[np.ix_(there, here)] = found, found.T
        return core, border


def packed(codes: Sequence[npt.NDArray[np.integer]], sizes: Sequence[int]) -> Packed:
    """Pack dimensions; the one with most values comes last and alone.

    >>> colour, shape = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> who = np.array([0, 1, 2, 3])
    >>> both = packed([colour, shape, who], [2, 2, 4])
    >>> both.packs[0].columns  # red circles, red squares, blue squares
    array([[0, 2],
           [0, 3],
           [1, 3]])
    >>> both.sums(np.array([1.0, 1.0, 1.0, 1.0]))
    array([2., 2., 1., 3., 1., 1., 1., 1.])
    """
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    widest = int(np.argmax(sizes))
    packs: list[Pack] = []
    for d in sorted((d for d in range(len(sizes)) if d != widest), key=lambda d: -sizes[d]):
        alone = Pack(np.asarray(codes[d], dtype=np.int64), (starts[d] + np.arange(sizes[d]))[:, None])
        for place, pack in enumerate(packs):
            if pack.cells * sizes[d] <= MOST_POSSIBLE:
                together = _together(pack, alone)
                if together is not None:
                    packs[place] = together
                    break
        else:
            packs.append(alone)
    last = np.asarray(codes[widest], dtype=np.int64)
    packs.append(Pack(last, (starts[widest] + np.arange(sizes[widest]))[:, None]))
    return Packed(packs, int(starts[-1]))


def _together(one: Pack, other: Pack) -> Pack | None:
    """Two packs as one, where they have few combinations that occur."""
    some = slice(None, None, max(one.cell.size // TOLD_BY, 1))
    seen = np.bincount(one.cell[some] * other.cells + other.cell[some], minlength=one.cells * other.cells)
    if np.count_nonzero(seen) > MOST_CELLS:
        return None  # some of the cases have too many already
    joint = one.cell * other.cells + other.cell
    occurs = np.bincount(joint, minlength=one.cells * other.cells) > 0
    found = np.flatnonzero(occurs)
    if found.size > MOST_CELLS:
        return None
    place = np.cumsum(occurs) - 1
    first, second = np.divmod(found, other.cells)
    return Pack(place[joint], np.concatenate([one.columns[first], other.columns[second]], axis=1))


def _of_members(members: Floats, joint: Floats) -> Floats:
    """Sums per combination (rows) as sums per value that combinations have; each has few of very many values.

    >>> _of_members(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[2.0, 3.0], [5.0, 7.0]]))
    array([[ 7., 10.],
           [ 5.,  7.]])
    """
    if joint.shape[1] < WIDE:
        return np.asarray(members.T @ joint)
    answer = np.empty((members.shape[1], joint.shape[1]))
    for value, has in enumerate(members.T):
        np.add.reduce(joint[np.flatnonzero(has)], axis=0, out=answer[value])
    return answer


def _joint(here: Pack, there: Pack, weight: Floats) -> Floats:
    cells = np.bincount(here.cell * there.cells + there.cell, weight, here.cells * there.cells)
    return np.asarray(cells.reshape(here.cells, there.cells))
