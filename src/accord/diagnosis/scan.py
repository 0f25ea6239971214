"""A rough look at everything: which segments, and which weeks, promise most. What promises is judged exactly later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Dimension, Floats
from accord.stats.effects import Crossed, Fit
from accord.stats.steps import cuts

__all__ = ["A_YEAR", "LEAST_CASES", "SKILLS", "Candidate", "Scan", "swing"]

Codes = npt.NDArray[np.int64]
Pair = tuple[int, int]

EXAMINED = 40
"""Candidates of each kind that are judged exactly, the most promising by a rough figure."""

LEAST_CASES = 25
"""A segment with fewer settled leads cannot hold a material finding."""

MOST_CELLS = 400_000
"""Values of a pair times weeks: beyond it the pair is not looked at week by week."""

PEOPLE = frozenset({"rep_id", "team"})
SKILLS = frozenset({"lead_type", "sector"})

SAME = 0.92
"""A segment that holds this share of a wider one's leads is that one."""


A_YEAR = 52
"""Weeks."""


def swing(week: npt.NDArray[np.integer], crest: int) -> Floats:
    """Once up and down a year, highest in week ``crest``."""
    return np.asarray(np.cos(2 * np.pi * (week - crest) / A_YEAR))


@dataclass(frozen=True, order=True)
class Candidate:
    """A segment (places of dimensions and codes of values) and the first week of what it is accused of.

    ``signal``: place of a criterion of the agreement instead of a segment, -1 = none. ``slope``: the whole moves a
    little every week instead; ``crest``: it swings with the year, highest in that week, -1 = it does not.
    """

    where: tuple[tuple[int, int], ...]
    since: int | None = None
    signal: int = -1
    slope: bool = False
    crest: int = -1

    @property
    def order(self) -> tuple[object, ...]:
        """Breaks ties, so that the same data give the same answer."""
        return self.where, -1 if self.since is None else self.since, self.signal, self.slope, self.crest


@dataclass(frozen=True, eq=False)
class _Cells:
    """The values of a pair that can be segments: ``real`` (codes), and the place of every screened case among them.

    A case of none of them has the place after the last.
    """

    pair: Pair
    real: Codes
    place: Codes
    in_weeks: bool


@dataclass(frozen=True, eq=False)
class Scan:
    """What can be searched: the ``dimensions`` whose places are in ``searched``, ``deepest`` at once, and weeks."""

    dimensions: Sequence[Dimension]
    searched: Sequence[int]
    week: Codes
    weeks: int
    steps: bool
    deepest: int
    signals: int = 0

    @property
    def singles(self) -> int:
        """How many values there are."""
        return sum(len(self.dimensions[d].values) for d in self.searched)

    @cached_property
    def pairs(self) -> int:
        """How many segments of two dimensions there are."""
        return sum(cells.real.size for cells in self._cells)

    @cached_property
    def pairs_of_people(self) -> int:
        """How many of these are somebody's kind of lead."""
        return sum(cells.real.size for cells in self._cells if self.people & set(cells.pair))

    def promising(self, model: Fit, design: Crossed) -> Iterator[Candidate]:
        """The candidates to judge, in no order."""
        yield from (Candidate((), signal=number) for number in range(self.signals))
        yield from self._single(model, design)
        if self.steps:
            yield from self._single_steps(model, design)
        if self.deepest > 1:
            yield from self._joint(model, design)

    @cached_property
    def _codes(self) -> list[Codes]:
        return [dimension.code for dimension in self.dimensions]

    @cached_property
    def _sizes(self) -> list[int]:
        return [len(dimension.values) for dimension in self.dimensions]

    @cached_property
    def people(self) -> frozenset[int]:
        """Places of the dimensions that name somebody."""
        return frozenset(d for d, dimension in enumerate(self.dimensions) if dimension.name in PEOPLE)

    def _single(self, model: Fit, design: Crossed) -> Iterator[Candidate]:
        """Exact for every value at once: each is a column of the model."""
        z = np.abs(model.totals) / np.sqrt(model.information)
        for d in self.searched:
            start = int(design.starts[d])
            for value in np.argsort(-z[start : start + self._sizes[d]], kind="stable")[:6]:
                yield Candidate(((d, int(value)),))

    def _single_steps(self, model: Fit, design: Crossed) -> Iterator[Candidate]:
        residual, weight = (
            design.packed.in_periods(each, self.week, self.weeks) for each in (model.residual, model.weight)
        )
        starts = design.starts - design.numbers
        week = slice(*starts[len(self.dimensions) :][:2])  # the weeks come after all dimensions: every case is in one
        whole, known = residual[week].sum(axis=0), weight[week].sum(axis=0)
        yield Candidate((), slope=True)
        yield Candidate((), slope=True, crest=self._crest(whole, known))
        for since in np.argsort(-np.abs(cuts(whole, known).z), kind="stable")[:3]:
            yield Candidate((), int(since))
        rough: list[tuple[float, Candidate]] = []
        for d in self.searched:
            size, own = self._sizes[d], slice(starts[d], starts[d + 1])
            z = np.abs(cuts(residual[own], weight[own]).z)
            best = z.argmax(axis=1)
            top = z[np.arange(size), best]
            rough += [(float(top[v]), Candidate(((d, int(v)),), int(best[v]))) for v in np.flatnonzero(top > 2.0)]
        yield from _most(rough)

    def _crest(self, residual: Floats, weight: Floats) -> int:
        """The week in which a yearly swing of the whole rate that explains most is highest, by the sums of each."""
        swings = np.stack([swing(np.arange(self.weeks), crest) for crest in range(A_YEAR // 2)])
        around = swings - (swings @ weight / max(weight.sum(), 1e-9))[:, None]
        return int(((around @ residual) ** 2 / np.maximum(around**2 @ weight, 1e-9)).argmax())

    def _joint(self, model: Fit, design: Crossed) -> Iterator[Candidate]:
        residual, weight = model.residual, model.weight
        always: list[Floats] = []
        later: list[Floats] = []
        since: list[Codes] = []
        for cells in self._cells:
            size = cells.real.size
            if cells.in_weeks:
                place, width = cells.place * self.weeks + self.week, (size + 1) * self.weeks
                score = np.bincount(place, residual, width).reshape(-1, self.weeks)[:size]
                known = np.bincount(place, weight, width).reshape(-1, self.weeks)[:size]
                z = np.abs(cuts(score, known).z)
                since.append(z.argmax(axis=1))
                later.append(z[np.arange(size), since[-1]])
                total, spread = score.sum(axis=1), known.sum(axis=1)
            else:
                total = np.bincount(cells.place, residual, size + 1)[:size]
                spread = np.bincount(cells.place, weight, size + 1)[:size]
                since.append(np.zeros(size, dtype=np.int64))
                later.append(np.zeros(size))
            always.append(np.abs(total) / np.sqrt(np.maximum(spread, 1e-9)))
        if not always:
            return
        places = np.concatenate([np.arange(cells.real.size) for cells in self._cells])
        owner = np.repeat(np.arange(len(self._cells)), [cells.real.size for cells in self._cells])
        z, stepped, weeks = np.concatenate(always), np.concatenate(later), np.concatenate(since)

        def named(k: int, week: int | None = None) -> Candidate:
            return Candidate(self._where(self._cells[owner[k]], int(places[k])), week)

        promising = [named(int(k)) for k in np.argsort(-z, kind="stable")[: 2 * EXAMINED]]
        yield from promising[:EXAMINED]
        steps = np.argsort(-stepped, kind="stable")[:EXAMINED]
        yield from (named(int(k), int(weeks[k])) for k in steps if stepped[k] > 3.0)
        if self.deepest > 2:
            yield from self._deeper(model, design, promising)

    def _where(self, cells: _Cells, number: int) -> tuple[tuple[int, int], ...]:
        d, e = cells.pair
        first, second = divmod(int(cells.real[number]), self._sizes[e])
        return (d, first), (e, second)

    @cached_property
    def _cells(self) -> list[_Cells]:
        found = []
        counts = {d: np.bincount(self._codes[d], minlength=self._sizes[d]) for d in self.searched}
        for d, e in combinations(self.searched, 2):
            names = {self.dimensions[d].name, self.dimensions[e].name}
            if names & PEOPLE and not names & SKILLS:  # what else could somebody be bad at?
                continue
            code, size = self._codes[d] * self._sizes[e] + self._codes[e], self._sizes[d] * self._sizes[e]
            cases = np.bincount(code, minlength=size)
            narrower = np.minimum(counts[d][:, None], counts[e][None, :]).ravel()
            real = np.flatnonzero((cases >= LEAST_CASES) & (cases < SAME * narrower))
            if real.size:
                place = np.full(size, real.size)
                place[real] = np.arange(real.size)
                in_weeks = self.steps and not names & PEOPLE and real.size * self.weeks <= MOST_CELLS
                found.append(_Cells((d, e), real, place[code], in_weeks))
        return found

    def _deeper(self, model: Fit, design: Crossed, pairs: list[Candidate]) -> Iterator[Candidate]:
        """Triples that extend the most promising pairs."""
        rough: list[tuple[float, Candidate]] = []
        starts = design.starts - design.numbers
        dimension_of = np.repeat(np.arange(len(self.dimensions)), self._sizes)
        usable = np.zeros(len(dimension_of), dtype=np.bool_)
        for d in self.searched:
            usable[starts[d] : starts[d + 1]] = d not in self.people
        for pair in pairs:
            within = {d for d, _ in pair.where}
            if within & self.people:
                continue
            (d, first), (e, second) = pair.where
            rows = np.flatnonzero((self._codes[d] == first) & (self._codes[e] == second))
            cases, score, spread = (
                design.packed.sums(values, rows)
                for values in (np.ones(rows.size), model.residual[rows], model.weight[rows])
            )
            real = (cases >= LEAST_CASES) & (cases < SAME * rows.size)
            kept = np.flatnonzero(real[: usable.size] & usable & ~np.isin(dimension_of, list(within)))
            z = np.abs(score[kept]) / np.sqrt(np.maximum(spread[kept], 1e-9))
            for k in _top(z, np.arange(kept.size)):
                third = int(dimension_of[kept[k]])
                where = tuple(sorted((*pair.where, (third, int(kept[k] - starts[third])))))
                rough.append((float(z[k]), Candidate(where)))
        yield from _most(rough)


def _top(z: Floats, among: Codes) -> Codes:
    """The most promising of some places: no more than are examined in the end."""
    order = np.argsort(-z[among], kind="stable")[:EXAMINED]
    return np.asarray(among[order])


def _most(rough: list[tuple[float, Candidate]]) -> Iterator[Candidate]:
    for _, candidate in sorted(rough, key=lambda one: (-one[0], one[1].order))[:EXAMINED]:
        yield candidate
