"""Where does it come from? Segments of up to three dimensions, always or since some week, one cause at a time.

Every candidate is judged inside a hierarchical model of all dimensions (:mod:`accord.stats.effects`): against
comparable leads, and against how much such segments ordinarily differ. The strongest becomes a part of the model and
the search begins anew, so that whatever is low only because it overlaps a cause finds nothing left to explain. Each
candidate pays for how many of its kind were searched; a segment within a segment must therefore explain clearly more
than the wider one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Dimension, Floats, Rows
from accord.stats.effects import Crossed, Fit, Spread, evidence, fit
from accord.stats.steps import cuts, penalty

__all__ = ["Found", "Question", "Searched", "search"]

Codes = npt.NDArray[np.int64]

MOST_CAUSES = 14
"""No diagnosis names more: beyond it the segments do not describe the company."""

EXAMINED = 40
"""Candidates of each kind that are judged exactly, the most promising by a rough figure."""

LEAST_CASES = 25
"""A segment with fewer settled leads cannot hold a material finding."""

LATER = 4.0
"""What a change in time has to explain beyond its price: weeks differ in more ways than any model of them holds."""

DEEPER = 2.0
"""The same for segments of several dimensions: their like were looked at more often than they can be counted."""

MOST_SHARE = 0.6
"""What holds always and of more leads than this is the rule; the exception is the others."""

PEOPLE = frozenset({"rep_id", "team"})
SKILLS = frozenset({"lead_type", "sector"})

SAME = 0.92
"""A segment that holds this share of a wider one's leads is that one."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: ``happened`` (per case), known beforehand (``offset``, log-odds), cut by ``dimensions``.

    ``week``: week of each case, from 0; ``steps``: whether changes in time are searched; ``spreads``: ordinary spread
    of segments, reps and weeks. ``deepest``: dimensions of a segment at most. ``threshold``: what a candidate must
    gain beyond what it pays. ``adjusted``: columns of numbers to adjust for. ``only``: dimensions that a segment may
    name (all unless given); the others are adjusted for. ``loose``: dimensions whose values differ as much as reps do.
    Reps and teams are paired with the kinds of lead in :data:`SKILLS` alone: what else could they be bad at?
    """

    happened: Rows
    dimensions: Sequence[Dimension]
    week: Codes
    offset: Floats
    adjusted: Floats
    spreads: tuple[Spread, Spread, Spread]
    steps: bool = True
    deepest: int = 3
    threshold: float = 4.0
    only: frozenset[str] | None = None
    loose: frozenset[str] = frozenset({"rep_id"})


@dataclass(frozen=True, order=True)
class Candidate:
    """A segment (places of dimensions and codes of values) and the first week of what it is accused of."""

    where: tuple[tuple[int, int], ...]
    since: int | None = None


@dataclass(frozen=True, eq=False)
class Found:
    """A candidate that holds: its rows, its effect in logits with standard error, and what it gained over its price."""

    where: tuple[tuple[str, str], ...]
    since: int | None
    rows: Codes
    effect: float
    error: float
    gain: float


@dataclass(frozen=True, eq=False)
class Searched:
    """What was found, strongest first, the model that holds them all, and how many candidates there were."""

    found: tuple[Found, ...]
    model: Fit
    design: Crossed
    candidates: int


@dataclass(eq=False)
class _Search:
    question: Question
    weeks: int = 0
    searched: list[int] = field(default_factory=list)
    prices: dict[tuple[int, bool], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        question = self.question
        self.weeks = int(question.week.max()) + 1 if question.week.size else 1
        names = [dimension.name for dimension in question.dimensions]
        self.searched = [d for d, name in enumerate(names) if question.only is None or name in question.only]
        self.code = [dimension.code for dimension in question.dimensions]
        self.size = [len(dimension.values) for dimension in question.dimensions]
        ones = np.ones((question.happened.size, 1))
        self.design = Crossed(
            [*self.code, question.week],
            [*self.size, self.weeks],
            [*(1 if name in question.loose else 0 for name in names), 2],
            np.concatenate((ones, question.adjusted), axis=1),
            [*self._scales(names), 1.0],
        )
        self.counts = [np.bincount(code, minlength=size) for code, size in zip(self.code, self.size, strict=True)]
        singles = sum(self.size[d] for d in self.searched)
        self.total = 0
        self._pay(1, singles)

    def run(self) -> Searched:
        question = self.question
        model = fit(question.happened, self.design, question.spreads, question.offset)
        chosen: list[tuple[Candidate, float]] = []
        design = self.design
        for _ in range(MOST_CAUSES):
            best = self._best(model, design, {candidate for candidate, _ in chosen})
            if best is None or best[1] < question.threshold:
                break
            chosen.append(best)
            design = self._with(chosen)
            model = fit(question.happened, design, question.spreads, question.offset, start=model, settle=True)
        return self._checked(chosen, design, model)

    def _scales(self, names: list[str]) -> list[float]:
        """Country, currency, language and team are nearly one thing said four times: they share one variance."""
        alike = [0] * len(names)
        for d, e in combinations(range(len(names)), 2):
            table = np.bincount(self.code[d] * self.size[e] + self.code[e], minlength=self.size[d] * self.size[e])
            if says_the_same(table.reshape(self.size[d], self.size[e])):
                alike[d] += 1
                alike[e] += 1
        return [
            1.0 if name in self.question.loose else 1 / (1 + count) for name, count in zip(names, alike, strict=True)
        ]

    def _checked(self, chosen: list[tuple[Candidate, float]], design: Crossed, model: Fit) -> Searched:
        """What still stands beside all the others; the rest was an echo of something found later."""
        question, first = self.question, self.design.fixed.shape[1]
        while chosen:
            effects = model.effects[first : first + len(chosen)]
            errors = np.sqrt(np.diag(model.covariance)[first : first + len(chosen)])
            gains = [(effects[k] / errors[k]) ** 2 - self._price(candidate) for k, (candidate, _) in enumerate(chosen)]
            weakest = int(np.argmin(gains))
            if gains[weakest] >= question.threshold - 2:
                break
            del chosen[weakest]
            design = self._with(chosen)
            model = fit(question.happened, design, question.spreads, question.offset, start=None)
        found = []
        for k, (candidate, gain) in enumerate(chosen):
            where = tuple(
                (question.dimensions[d].name, question.dimensions[d].values[value]) for d, value in candidate.where
            )
            rows = np.flatnonzero(self._rows(candidate))
            found.append(
                Found(where, candidate.since, rows, float(effects[k]), float(errors[k]), min(gain, gains[k] + 2))
            )
        return Searched(tuple(sorted(found, key=lambda one: -one.gain)), model, design, self.total)

    def _with(self, chosen: list[tuple[Candidate, float]]) -> Crossed:
        columns = [self._rows(candidate).astype(np.float64)[:, None] for candidate, _ in chosen]
        return replace(self.design, fixed=np.concatenate([self.design.fixed, *columns], axis=1))

    def _rows(self, candidate: Candidate) -> Rows:
        inside = np.ones(self.question.week.size, dtype=np.bool_)
        for d, value in candidate.where:
            inside &= self.code[d] == value
        if candidate.since is not None:
            inside &= self.question.week >= candidate.since
        return inside

    def _pay(self, depth: int, count: int) -> None:
        """What every candidate of this depth has to explain before it counts, for ``count`` of them were looked at."""
        price = 2 * np.log(max(count, 1)) + (DEEPER if depth > 1 else 0.0)
        self.prices[depth, False] = price
        self.prices[depth, True] = price + penalty(self.weeks) - 3.84 + LATER
        self.total += count

    def _price(self, candidate: Candidate) -> float:
        depth = len(candidate.where)
        if not depth:
            return penalty(self.weeks) - 3.84 + LATER
        return self.prices[depth, candidate.since is not None]

    def _best(self, model: Fit, design: Crossed, known: set[Candidate]) -> tuple[Candidate, float] | None:
        best: tuple[Candidate, float] | None = None
        for candidate in dict.fromkeys(self._promising(model, design)):
            if candidate in known:
                continue
            rows = np.flatnonzero(self._rows(candidate))
            most = MOST_SHARE * self.question.week.size
            if rows.size < LEAST_CASES or (candidate.since is None and rows.size > most):
                continue
            effect, error = evidence(model, design, rows)
            gain = (effect / error) ** 2 - self._price(candidate)
            if best is None or gain > best[1]:
                best = candidate, gain
        return best

    def _promising(self, model: Fit, design: Crossed) -> Iterator[Candidate]:
        yield from self._single(model)
        if self.question.steps:
            yield from self._single_steps(model)
        if self.question.deepest > 1:
            yield from self._joint(model)

    def _single(self, model: Fit) -> Iterator[Candidate]:
        """Exact for every value at once: each is a column of the model."""
        first = model.effects.size - sum(self.design.sizes)
        information = model.information
        own = np.diag(information) - np.einsum("ij,jk,ki->i", information, model.covariance, information, optimize=True)
        start = first
        for d, size in enumerate(self.size):
            if d in self.searched:
                total = np.bincount(self.code[d], model.residual, size)
                z = total / np.sqrt(np.maximum(own[start : start + size], 1e-9))
                for value in np.argsort(-np.abs(z))[:6]:
                    yield Candidate(((d, int(value)),))
            start += size

    def _single_steps(self, model: Fit) -> Iterator[Candidate]:
        week, weeks = self.question.week, self.weeks
        everything = cuts(np.bincount(week, model.residual, weeks), np.bincount(week, model.weight, weeks))
        for since in np.argsort(-np.abs(everything.z))[:3]:
            yield Candidate((), int(since))
        rough: list[tuple[float, Candidate]] = []
        for d in self.searched:
            rough += self._steps(model, self.code[d], self.size[d], lambda value, d=d: ((d, value),))
        yield from (candidate for _, candidate in sorted(rough, key=lambda one: -one[0])[:EXAMINED])

    def _steps(self, model: Fit, code: Codes, size: int, named: object) -> list[tuple[float, Candidate]]:
        week, weeks = self.question.week, self.weeks
        cell = code * weeks + week
        scan = cuts(
            np.bincount(cell, model.residual, size * weeks).reshape(size, weeks),
            np.bincount(cell, model.weight, size * weeks).reshape(size, weeks),
        )
        z = np.abs(scan.z)
        best = z.argmax(axis=1)
        values = np.flatnonzero(z[np.arange(size), best] > 2.0)
        return [(float(z[v, best[v]]), Candidate(named(int(v)), int(best[v]))) for v in values]  # type: ignore[operator]

    def _joint(self, model: Fit) -> Iterator[Candidate]:
        rough: list[tuple[float, Candidate]] = []
        stepped: list[tuple[float, Candidate]] = []
        count = 0
        for d, e in combinations(self.searched, 2):
            if not self._askable(d, e):
                continue
            code = self.code[d] * self.size[e] + self.code[e]
            size = self.size[d] * self.size[e]
            cases = np.bincount(code, minlength=size)
            narrower = np.minimum(self.counts[d][:, None], self.counts[e][None, :]).ravel()
            real = np.flatnonzero((cases >= LEAST_CASES) & (cases < SAME * narrower))
            if not real.size:
                continue
            count += real.size
            score = np.bincount(code, model.residual, size)[real]
            z = np.abs(score) / np.sqrt(np.bincount(code, model.weight, size)[real])
            near = np.argsort(-z)[:EXAMINED]
            pairs = [((d, int(real[k] // self.size[e])), (e, int(real[k] % self.size[e]))) for k in near]
            rough += [(float(z[k]), Candidate(pair)) for k, pair in zip(near, pairs, strict=True)]
            people = PEOPLE & {self.question.dimensions[d].name, self.question.dimensions[e].name}
            if self.question.steps and not people and real.size * self.weeks <= 400_000:
                place = np.full(size, -1)
                place[real] = np.arange(real.size)
                inside = np.flatnonzero(place[code] >= 0)
                stepped += self._joint_steps(model, d, e, real, place[code[inside]], inside)
        self._pay(2, count)
        self._pay(3, count * 4)
        rough.sort(key=lambda one: -one[0])
        stepped.sort(key=lambda one: -one[0])
        yield from (candidate for _, candidate in rough[:EXAMINED])
        yield from (candidate for _, candidate in stepped[:EXAMINED])
        if self.question.deepest > 2:
            yield from self._deeper(model, [candidate for _, candidate in rough[: 2 * EXAMINED]])

    def _askable(self, d: int, e: int) -> bool:
        pair = {self.question.dimensions[d].name, self.question.dimensions[e].name}
        return not pair & PEOPLE or bool(pair & SKILLS)

    def _joint_steps(  # noqa: PLR0917 - the whole of one search
        self, model: Fit, d: int, e: int, real: Codes, place: Codes, inside: Codes
    ) -> list[tuple[float, Candidate]]:
        weeks = self.weeks
        cell = place * weeks + self.question.week[inside]
        size = real.size * weeks
        scan = cuts(
            np.bincount(cell, model.residual[inside], size).reshape(-1, weeks),
            np.bincount(cell, model.weight[inside], size).reshape(-1, weeks),
        )
        z = np.abs(scan.z)
        best = z.argmax(axis=1)
        top = z[np.arange(real.size), best]
        return [
            (
                float(top[k]),
                Candidate(((d, int(real[k] // self.size[e])), (e, int(real[k] % self.size[e]))), int(best[k])),
            )
            for k in np.flatnonzero(top > 3.0)
        ]

    def _deeper(self, model: Fit, pairs: list[Candidate]) -> Iterator[Candidate]:
        rough: list[tuple[float, Candidate]] = []
        people = {d for d, dimension in enumerate(self.question.dimensions) if dimension.name in PEOPLE}
        for pair in pairs:
            if any(d in people for d, _ in pair.where):
                continue
            inside = np.flatnonzero(self._rows(pair))
            residual, weight = model.residual[inside], model.weight[inside]
            for d in self.searched:
                if d in people or d in {dimension for dimension, _ in pair.where}:
                    continue
                code = self.code[d][inside]
                cases = np.bincount(code, minlength=self.size[d])
                score = np.bincount(code, residual, self.size[d])
                spread = np.sqrt(np.maximum(np.bincount(code, weight, self.size[d]), 1e-9))
                for value in np.flatnonzero((cases >= LEAST_CASES) & (cases < SAME * inside.size)):
                    where = tuple(sorted((*pair.where, (d, int(value)))))
                    rough.append((abs(float(score[value] / spread[value])), Candidate(where)))
        rough.sort(key=lambda one: -one[0])
        yield from (candidate for _, candidate in rough[:EXAMINED])


def says_the_same(table: npt.NDArray[np.integer]) -> bool:
    """Whether one of two dimensions nearly tells the other (Goodman and Kruskal's lambda of their joint counts)."""
    total = table.sum()
    for counts in (table, table.T):
        usual = counts.sum(axis=0).max(initial=0)
        if total > usual and (counts.max(axis=1).sum() - usual) / (total - usual) >= 0.8:
            return True
    return False


def search(question: Question) -> Searched:
    """Find what explains ``happened`` beyond comparable leads and ordinary differences; strongest first."""
    return _Search(question).run()
