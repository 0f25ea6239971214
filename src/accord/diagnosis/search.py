"""Where does it come from? Segments of up to three dimensions, always or since some week, one cause at a time.

Every candidate is judged inside a hierarchical model of all dimensions (:mod:`accord.stats.effects`): against
comparable leads, and against how much such segments ordinarily differ. The strongest becomes a part of the model and
the search begins anew, so that whatever is low only because it overlaps a cause finds nothing left to explain. Each
candidate pays for how many of its kind were searched; a segment within a segment must therefore explain clearly more
than the wider one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import Dimension, Floats, Rows
from accord.diagnosis.course import Course, course_of, moved
from accord.diagnosis.pricing import Prices
from accord.diagnosis.scan import LEAST_CASES, Candidate, Scan
from accord.diagnosis.since_when import explained
from accord.stats.effects import Cause, Crossed, Fit, Spread, evidence, fit
from accord.stats.side_by_side import side_by_side

__all__ = ["ANY", "Found", "Question", "Searched", "Signal", "search"]

Codes = npt.NDArray[np.int64]

MOST_CAUSES = 14
"""No diagnosis names more: beyond it the segments do not describe the company."""

ORDINARY_SIGNAL = 0.03
"""Logits by which leads with a criterion ordinarily differ from others of their score, whatever is agreed on."""

MOST_SIGNAL = 2.0
"""Times what a criterion's points can explain beyond which it is no longer the points that differ, but the leads."""

MOST_SWING = 0.3
"""Logits either way that a season takes the rate at most: what moves it further is something that happened."""

SCREENED = 125_000
"""Cases in which segments are searched; where there are more, the others judge."""

ANY = Spread(2.0, 2.0, 2.0)
"""Of what is adjusted for and never accused: leads may differ as much as they like by it."""

WEEKS_TRIED = 3
"""The most promising weeks at which a segment may have begun to differ that are judged exactly."""

TOLD_BY = 20_000
"""Cases that tell whether two dimensions say the same, evenly drawn."""

SPEAKS = 6.0
"""What a criterion must gain to be named instead of a value that selects the same leads."""

MOST_SHARE = 0.6
"""What holds always and of more leads than this is the rule; the exception is the others."""


@dataclass(frozen=True, eq=False)
class Signal:
    """A criterion of the agreement as a cause: ``column`` is what its points would have to add, in log-odds."""

    name: str
    column: Floats


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: ``happened`` (per case), known beforehand (``offset``, log-odds), cut by ``dimensions``.

    ``week``: week of each case, from 0; ``steps``: whether changes in time are searched; ``spreads``: ordinary spread
    of segments, reps and weeks. ``deepest``: dimensions of a segment at most. ``threshold``: what a candidate must
    gain beyond what it pays. ``adjusted``: columns of numbers to adjust for; ``beside``: cuts to adjust for. ``only``:
    dimensions that a segment may name (all unless given); the others are adjusted for. ``loose``: dimensions whose
    values differ as much as reps do.
    ``signals``: criteria that may weigh too much or too little. ``said_by``: the criterion that selects the same leads
    as a value does. ``corroborated``: values that something besides what is asked speaks of; they are a question of
    their own. ``least_effect`` (a probability) and
    ``least_cases_moved``: what moves less is nobody's concern, and is not looked for. Reps and teams are paired with
    the kinds of lead in :data:`~accord.diagnosis.scan.SKILLS` alone: what else could they be bad at?
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
    beside: Sequence[Dimension] = ()
    signals: Sequence[Signal] = ()
    signals_looked_at: int = 0
    said_by: Mapping[tuple[str, str], str] = field(default_factory=dict)
    corroborated: frozenset[tuple[str, str]] = frozenset()
    least_effect: float = 0.0
    least_cases_moved: float = 0.0


@dataclass(frozen=True, eq=False)
class Found:
    """A candidate that holds: its rows, its effect in logits with standard error, and what it gained over its price.

    ``signal``: the criterion it is about instead of a segment.
    """

    where: tuple[tuple[str, str], ...]
    since: int | None
    rows: Codes
    effect: float
    error: float
    gain: float
    signal: str | None = None


@dataclass(frozen=True, eq=False)
class Searched:
    """What was found, strongest first, the model that holds them all, how many candidates there were, and the course of
    the whole rate."""

    found: tuple[Found, ...]
    model: Fit
    design: Crossed
    candidates: int
    course: Course | None = None


@dataclass(eq=False)
class _Search:
    """``known``: what a search among some of the cases chose, ``near`` its model."""

    question: Question
    prices: Prices | None = None
    known: Sequence[tuple[Candidate, float]] = ()
    near: Fit | None = None
    found: Sequence[tuple[Candidate, float]] = ()
    fitted: Fit | None = None
    _causes: dict[Candidate, Cause] = field(default_factory=dict)
    _sorted: dict[int, list[Codes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        question = self.question
        self.weeks = int(question.week.max()) + 1 if question.week.size else 1
        names = [dimension.name for dimension in question.dimensions]
        self.code = [dimension.code for dimension in question.dimensions]
        self.size = [len(dimension.values) for dimension in question.dimensions]
        self.spreads = (*question.spreads, ANY)
        self._counts = [np.bincount(code, minlength=size) for code, size in zip(self.code, self.size, strict=True)]
        fixed = np.ones((question.happened.size, 1 + question.adjusted.shape[1]), order="F")
        fixed[:, 1:] = question.adjusted
        self.design = Crossed(
            [*self.code, question.week, *(each.code for each in question.beside)],
            [*self.size, self.weeks, *(len(each.values) for each in question.beside)],
            [*(1 if name in question.loose else 0 for name in names), 2, *(3 for _ in question.beside)],
            fixed,
            [*self._scales(names), 1.0, *(1.0 for _ in question.beside)],
        )
        self.scan = Scan(
            question.dimensions,
            [d for d, name in enumerate(names) if question.only is None or name in question.only],
            question.week,
            self.weeks,
            question.steps,
            question.deepest,
            len(question.signals),
        )
        self.paid = self.prices or Prices(self.scan, question.signals_looked_at, self._corroborated())

    def run(self) -> Searched:
        """Choose what gains most, make it part of the model, look again; until nothing is left to explain.

        What promised once is judged anew after every choice; everything is looked at anew when nothing of it holds.
        """
        question, chosen = self.question, list(self.known)
        design, fresh = self._with(chosen), True
        model = fit(question.happened, design, self.spreads, question.offset, near=self.near)
        pool = self._pool(model, design)
        while len(chosen) < MOST_CAUSES:
            best = self._best(model, design, pool, {candidate for candidate, _ in chosen})
            if best is None or best[1] < question.threshold:
                if fresh:
                    break
                pool, fresh = self._pool(model, design), True
                continue
            best = self._said_by_criterion(model, design, best, {candidate for candidate, _ in chosen})
            chosen.append(self._began(model, design, best, {candidate for candidate, _ in chosen}))
            design, fresh = self._with(chosen), False
            model = fit(question.happened, design, self.spreads, question.offset, start=model, settle=True)
        return self._checked(chosen, design, model)

    def _scales(self, names: list[str]) -> list[float]:
        """Country, currency, language and team are nearly one thing said four times: they share one variance."""
        alike = [0] * len(names)
        some = [code[:: max(code.size // TOLD_BY, 1)] for code in self.code]
        for d, e in combinations(range(len(names)), 2):
            table = np.bincount(some[d] * self.size[e] + some[e], minlength=self.size[d] * self.size[e])
            if says_the_same(table.reshape(self.size[d], self.size[e])):
                alike[d] += 1
                alike[e] += 1
        return [
            1.0 if name in self.question.loose else 1 / (1 + count) for name, count in zip(names, alike, strict=True)
        ]

    def _checked(self, chosen: list[tuple[Candidate, float]], design: Crossed, model: Fit) -> Searched:
        """What still stands beside all the others; the rest was an echo of something found later."""
        question, first = self.question, self.design.numbers
        while chosen:
            columns = first + np.arange(len(chosen))
            effects, covariance = model.among(columns)
            gains = self._gains(chosen, effects, covariance)
            standing = self._standing(chosen, effects, covariance)
            if len(standing) == len(chosen):
                break
            start = model.without([int(columns[k]) for k in range(len(chosen)) if k not in standing])
            chosen = [chosen[k] for k in standing]
            design = self._with(chosen)
            model = fit(question.happened, design, self.spreads, question.offset, start=start, settle=True)
        self.found, self.fitted = chosen, model
        found = []
        for k, (candidate, gain) in enumerate(chosen):
            if candidate.slope:  # adjusted for, and told as the course: it has no day on which it began
                continue
            where = tuple(
                (question.dimensions[d].name, question.dimensions[d].values[value]) for d, value in candidate.where
            )
            name = question.signals[candidate.signal].name if candidate.signal >= 0 else None
            error = float(np.hypot(covariance[k, k] ** 0.5, self._usual(candidate)))
            least = min(gain, gains[k] + 2)
            found.append(
                Found(where, candidate.since, self._causes[candidate].rows, float(effects[k]), error, least, name)
            )
        course = course_of([one for one, _ in chosen], effects, covariance, self.weeks) if chosen else None
        return Searched(tuple(sorted(found, key=lambda one: -one.gain)), model, design, self.paid.total, course)

    def _standing(self, chosen: Sequence[tuple[Candidate, float]], effects: Floats, covariance: Floats) -> list[int]:
        """Places of those that gain enough beside one another, the weakest left out one by one.

        What the others would be without it follows from the quadratic that the fit ended on; so the cases are looked at
        again only when all that do not stand are known.
        """
        left = list(range(len(chosen)))
        while left:
            gains = self._gains([chosen[k] for k in left], effects, covariance)
            weakest = int(np.argmin(gains))
            if gains[weakest] >= self.question.threshold - 2:
                break
            with_it, own = covariance[weakest], covariance[weakest, weakest]
            effects = np.delete(effects - with_it * effects[weakest] / own, weakest)
            covariance = np.delete(np.delete(covariance - np.outer(with_it, with_it) / own, weakest, 0), weakest, 1)
            del left[weakest]
        return left

    def _gains(self, chosen: Sequence[tuple[Candidate, float]], effects: Floats, covariance: Floats) -> list[float]:
        """What each explains beside the others, over its price."""
        usual = np.array([self._usual(candidate) for candidate, _ in chosen])
        squares = effects**2 / (np.diag(covariance) + usual**2)
        return [float(square) - self.paid.of(one) for square, (one, _) in zip(squares, chosen, strict=True)]

    def _usual(self, candidate: Candidate) -> float:
        """By how much criteria ordinarily differ from what the score says of them, in units of the candidate."""
        if candidate.signal < 0:
            return 0.0
        column = self.question.signals[candidate.signal].column
        size = float(np.abs(column[column != 0]).mean()) if column.any() else 1.0
        return ORDINARY_SIGNAL / max(size, 1e-9)

    def _with(self, chosen: list[tuple[Candidate, float]]) -> Crossed:
        for candidate, _ in chosen:
            if candidate not in self._causes:
                rows, values = self._cases(candidate)
                self._causes[candidate] = Cause(rows, self.question.week.size, values)
        return self.design.with_causes([self._causes[candidate] for candidate, _ in chosen])

    def _cases(self, candidate: Candidate) -> tuple[Codes, Floats | None]:
        """The rows of a candidate, and how much of it each has where that differs."""
        if candidate.signal >= 0:
            column = self.question.signals[candidate.signal].column
            rows = np.flatnonzero(column)
            return rows, column[rows]
        if candidate.slope:
            week = self.question.week
            return np.arange(week.size), moved(week, candidate, self.weeks)
        if not candidate.where:
            return np.flatnonzero(self.question.week >= (candidate.since or 0)), None
        # The rarest value first: what is left to look at is never more than its cases.
        (d, value), *others = sorted(candidate.where, key=lambda one: self._counts[one[0]][one[1]])
        rows = self._with_value(d, value)
        for e, other in others:
            rows = rows[self.code[e][rows] == other]
        if candidate.since is not None:
            rows = rows[self.question.week[rows] >= candidate.since]
        return rows, None

    def _with_value(self, dimension: int, value: int) -> Codes:
        """The cases with a value, in order. Sorting them once by value costs less than comparing them all with some."""
        if dimension not in self._sorted:
            narrow = np.int16 if self.size[dimension] <= np.iinfo(np.int16).max else np.int64
            order = np.argsort(self.code[dimension].astype(narrow), kind="stable")
            self._sorted[dimension] = np.split(order, np.cumsum(self._counts[dimension])[:-1])
        return self._sorted[dimension][value]

    def _pool(self, model: Fit, design: Crossed) -> dict[Candidate, float]:
        """What promises, with what it gains."""
        promising = list(dict.fromkeys(self.scan.promising(model, design)))
        gains = side_by_side(lambda one: self._gain(model, design, one), promising, model.residual.size)
        return dict(zip(promising, gains, strict=True))

    def _best(
        self, model: Fit, design: Crossed, pool: dict[Candidate, float], known: set[Candidate]
    ) -> tuple[Candidate, float] | None:
        """The best of the pool. A choice takes from what others explain: who gained less before seldom gains more."""
        best: tuple[Candidate, float] | None = None
        for candidate, before in sorted(pool.items(), key=lambda one: (-one[1], one[0].order)):
            if candidate in known or before == -np.inf:
                continue
            if best is not None and before <= best[1]:
                break
            gain = pool[candidate] = self._gain(model, design, candidate)
            if best is None or gain > best[1]:
                best = candidate, gain
        return best

    def _corroborated(self) -> frozenset[tuple[int, int]]:
        """Places and codes of the values that something else speaks of."""
        places = {dimension.name: (d, dimension.values) for d, dimension in enumerate(self.question.dimensions)}
        told = [(places[name], value) for name, value in self.question.corroborated if name in places]
        return frozenset((d, values.index(value)) for (d, values), value in told if value in values)

    def _said_by_criterion(
        self, model: Fit, design: Crossed, best: tuple[Candidate, float], known: set[Candidate]
    ) -> tuple[Candidate, float]:
        """The criterion of the same leads instead of a value; what the value explains beyond it is looked at again."""
        if len(best[0].where) != 1 or best[0].since is not None:
            return best
        (d, value), *_ = best[0].where
        dimension = self.question.dimensions[d]
        name = self.question.said_by.get((dimension.name, dimension.values[value]))
        place = next((k for k, signal in enumerate(self.question.signals) if signal.name == name), None)
        if place is None or Candidate((), signal=place) in known:
            return best
        other = Candidate((), signal=place)
        gain = self._gain(model, design, other)
        return (other, gain) if gain >= SPEAKS else best

    def _began(
        self, model: Fit, design: Crossed, best: tuple[Candidate, float], known: set[Candidate]
    ) -> tuple[Candidate, float]:
        """The same segment always or since some week: that there is something is settled by then.

        That something changed is seen beside a lasting gap, and pays as every change in time. What was before is the
        likelier of two: nothing, or a gap that became worse; that comes first then, and what fell is looked at again.
        """
        candidate = best[0]
        if not candidate.where or not self.question.steps:
            return best
        if self.scan.people & {d for d, _ in candidate.where} or self.paid.corroborated.issuperset(candidate.where):
            return best
        lasting = Candidate(candidate.where)
        rows, _ = self._cases(lasting)
        told = explained(model, design, rows, self.question.week[rows], self.weeks)
        if told.effect[candidate.since or 0] >= 0 or lasting in known:  # what is accepted more is no drop
            return best
        threshold = self.question.threshold
        if told.changed < self.paid.of_change + threshold or told.lasts_too > self.paid.of(lasting) + threshold:
            gain = self._gain(model, design, lasting)
            return (lasting, gain) if gain >= threshold else best
        for since in told.falls()[:WEEKS_TRIED]:
            other = Candidate(candidate.where, int(since))
            gain = self._gain(model, design, other)
            if gain >= threshold:
                return other, gain
        return best

    def _gain(self, model: Fit, design: Crossed, candidate: Candidate) -> float:
        """What it explains over its price; minus infinity where it is no segment to speak of."""
        if len(candidate.where) == 1 and candidate.since is None:
            return self._gain_of_value(model, design, candidate)
        rows, values = self._cases(candidate)
        rule = candidate.since is None and values is None and rows.size > MOST_SHARE * self.question.week.size
        if rows.size < LEAST_CASES or rule:
            return -np.inf
        effect, error = evidence(model, design, rows, values)
        beyond = not 0 < effect <= MOST_SIGNAL if candidate.signal >= 0 else abs(effect) > MOST_SWING
        if (candidate.signal >= 0 or candidate.crest >= 0) and beyond:
            return -np.inf
        if values is None and not self._matters(effect, rows.size):
            return -np.inf
        return float((effect / np.hypot(error, self._usual(candidate))) ** 2 - self.paid.of(candidate))

    def _gain_of_value(self, model: Fit, design: Crossed, candidate: Candidate) -> float:
        """The same of a value, which is a column of the model: everything needed was added up already."""
        dimension, value = candidate.where[0]
        size = int(self._counts[dimension][value])
        if size < LEAST_CASES or size > MOST_SHARE * self.question.week.size:
            return -np.inf
        column = design.starts[dimension] + value
        information = float(model.information[column])
        effect = float(model.totals[column]) / information
        return effect**2 * information - self.paid.of(candidate) if self._matters(effect, size) else -np.inf

    def _matters(self, effect: float, size: int) -> bool:
        """Whether an effect in logits could move as much as is anybody's concern."""
        moved = abs(effect) / 4  # no step on the log-odds scale moves a probability more
        concern = self.question.least_effect, self.question.least_cases_moved
        return moved >= 0.8 * concern[0] and moved * size >= 0.8 * concern[1]


def says_the_same(table: npt.NDArray[np.integer]) -> bool:
    """Whether one of two dimensions nearly tells the other (Goodman and Kruskal's lambda of their joint counts)."""
    total = table.sum()
    for counts in (table, table.T):
        usual = counts.sum(axis=0).max(initial=0)
        if total > usual and (counts.max(axis=1).sum() - usual) / (total - usual) >= 0.8:
            return True
    return False


def search(question: Question) -> Searched:
    """Find what explains ``happened`` beyond comparable leads and ordinary differences; strongest first.

    Of very many cases, some (evenly drawn) tell which segments to look at; values, people and steps are then searched
    in all of them, and everything is judged on all of them.
    """
    every = -(-question.happened.size // SCREENED)
    if every == 1:
        return _Search(question).run()
    some = slice(None, None, every)
    part = _Search(
        replace(
            question,
            happened=question.happened[some],
            dimensions=[replace(dimension, code=dimension.code[some]) for dimension in question.dimensions],
            beside=[replace(each, code=each.code[some]) for each in question.beside],
            week=question.week[some],
            offset=question.offset[some],
            adjusted=question.adjusted[some],
            signals=[replace(signal, column=signal.column[some]) for signal in question.signals],
        )
    )
    part.run()
    whole = _Search(replace(question, deepest=1), part.paid, part.found, part.fitted)
    searched = whole.run()
    return replace(searched, candidates=part.paid.total)
