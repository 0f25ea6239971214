"""The most points any lead can have: criteria that exclude each other do not add up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from accord.agreement.conditions import Condition
from accord.agreement.criteria import AXES, Axis, Criterion, QualificationParts

__all__ = ["attainable"]

Cell: TypeAlias = "str | float | None"
"""What a lead may have in a column: a word, a number that the agreement does not name, or nothing."""


class _Test(NamedTuple):
    """What one column must hold: ``holds`` says so of a cell, ``words`` and ``numbers`` are those it tells apart."""

    field: str
    holds: Callable[[Cell], bool]
    words: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()


def attainable(said: QualificationParts) -> float:
    """An upper bound of the score of any lead: every criterion at its best, overrides included, axes at their maxima.

    Of criteria that ask something of one column, those count that one and the same value meets, the value that brings
    most: a lead has 50 to 999 employees or 1,000 and more, not both. Infinite where touches add up without limit. No
    lead may reach it: columns may depend on each other, which the agreement does not know.
    """
    lists = {name: tuple(words) for name, words in said.lists.items()}
    alone: dict[Axis, float] = dict.fromkeys(AXES, 0.0)
    tests: dict[tuple[Axis, str], list[tuple[_Test, float]]] = defaultdict(list)
    for criterion in said.criteria:
        points = [criterion.points, *(each.points.get(criterion.id, criterion.points) for each in said.overrides)]
        best = max(0.0, *(_most_given(criterion, each) for each in points))
        test = _test(criterion.when, lists) if criterion.when is not None else None
        if test is None:
            alone[criterion.axis] += best
        else:
            tests[criterion.axis, test.field].append((test, best))
    for (axis, _field), together in tests.items():
        alone[axis] += _most_at_once(together)
    # Points are hundredths: what adding them up as binary fractions takes off is given back.
    return round(sum(min(most, getattr(said.axes, axis).most or math.inf) for axis, most in alone.items()), 6)


def _most_given(criterion: Criterion, points: float) -> float:
    if points <= 0 or criterion.when is not None:
        return points
    times = math.inf
    if criterion.touches is not None:
        rule = criterion.touches
        times = rule.at_most or math.inf
        if rule.at_most_a_day is not None and rule.within_days is not None:
            # so many times 24 hours touch one local day more than that, and two where a clock goes forward
            times = min(times, rule.at_most_a_day * (rule.within_days + 2))
    return min(points * times, criterion.cap or math.inf)


def _most_at_once(tests: Sequence[tuple[_Test, float]]) -> float:
    """The most points that one cell brings: of every cell that the tests can tell apart."""
    return max(sum(points for test, points in tests if test.holds(cell)) for cell in _cells(test for test, _ in tests))


def _cells(tests: Iterable[_Test]) -> list[Cell]:
    """A cell of every sort that ``tests`` tell apart: each word, each number, one between any two, and nothing."""
    words: dict[str, None] = {}
    numbers: set[float] = set()
    for test in tests:
        words |= dict.fromkeys(test.words)
        numbers.update(test.numbers)
    numbers.update(number for word in words if (number := _number(word)) is not None)
    ascending = sorted(numbers)
    between = [(low + high) / 2 for low, high in pairwise(ascending)]
    beyond = [ascending[0] - 1, ascending[-1] + 1] if ascending else [0.0]
    return [None, *words, *ascending, *between, *beyond]


def _test(condition: Condition, lists: Mapping[str, tuple[str, ...]]) -> _Test | None:
    """What must hold of one column where ``condition`` does; None where no single column decides anything."""
    if condition.field is not None:
        return _comparison(condition, lists)
    if condition.negated is not None:
        return _negated(condition.negated, lists)
    parts = [_test(part, lists) for part in condition.parts]
    if condition.any_of is not None:
        if any(part is None for part in parts):
            return None
        decided = [part for part in parts if part is not None]
        return _combined(decided, any) if len({part.field for part in decided}) == 1 else None
    first = next((part for part in parts if part is not None), None)
    if first is None:
        return None
    return _combined([part for part in parts if part is not None and part.field == first.field], all)


def _combined(parts: Sequence[_Test], how: Callable[[Iterable[bool]], bool]) -> _Test:
    return _Test(
        parts[0].field,
        lambda cell: how(part.holds(cell) for part in parts),
        tuple(word for part in parts for word in part.words),
        tuple(number for part in parts for number in part.numbers),
    )


def _negated(condition: Condition, lists: Mapping[str, tuple[str, ...]]) -> _Test | None:
    test = _comparison(condition, lists) if condition.field is not None else None
    if test is None:
        return None
    if condition.exists is not None:
        return test._replace(holds=lambda cell: not test.holds(cell))
    return test._replace(holds=lambda cell: cell is not None and not test.holds(cell))


def _comparison(condition: Condition, lists: Mapping[str, tuple[str, ...]]) -> _Test | None:
    field = str(condition.field)
    if condition.exists is not None:
        wanted = condition.exists
        return _Test(field, lambda cell: (cell is not None) == wanted)
    if condition.within_days is not None:
        return None
    words = condition.one_of or (() if condition.equal_to is None else (condition.equal_to,))
    if condition.in_list is not None:
        words = lists.get(condition.in_list, ())
    if words:
        numbers = {number for word in words if (number := _number(word)) is not None}
        return _Test(field, lambda cell: cell in words or (cell is not None and _number(cell) in numbers), tuple(words))
    low, high = condition.between or (condition.at_least, condition.at_most)
    ends = tuple(end for end in (low, high) if end is not None)
    if not ends:
        return None
    lowest, highest = (-math.inf if low is None else low), (math.inf if high is None else high)
    return _Test(field, lambda cell: (number := _number(cell)) is not None and lowest <= number <= highest, (), ends)


def _number(cell: Cell) -> float | None:
    try:
        number = None if cell is None else float(cell)
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None
