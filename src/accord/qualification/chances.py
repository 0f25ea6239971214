"""What would bring a lead to the threshold: the criteria that could still give it points, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.agreement.criteria import AXES
from accord.scoring.logic import ACCOUNT_SIZE, Comparison, comparisons
from accord.scoring.result import Scored
from accord.scoring.rules import CriterionRule, Rules

__all__ = ["Chance", "chances", "shortest_way"]


@dataclass(frozen=True, slots=True)
class Chance:
    """A criterion that could give ``points`` more (hundredths): by a condition met, one more touch or channel.

    ``unknown``: the columns that are not filled in, where that is all one knows; else the condition does not hold, or
    the touch has not happened.
    """

    criterion: str
    points: int
    unknown: tuple[str, ...] = ()


def chances(rules: Rules, scored: Scored) -> tuple[Chance, ...]:
    """What each criterion could still add, most first; never more than its cap and its axis leave room for.

    Who a lead is does not change: a condition of the axis ``fit`` that is known not to hold is no chance, one that
    cannot be told yet is. What a lead needs, can spend and decide does change. Each is there by itself: two that need
    opposite things of the lead are both there.
    """
    given = {each.criterion: each for each in scored.trace}
    found = []
    for rule in rules.criteria:
        points = _points(rules, rule, scored)
        if points <= 0:
            continue
        already = given.get(rule.id)
        gain = points
        if already is not None:
            if rule.touches is None:
                continue
            gain = rule.capped(already.before_cap + points) - already.points
            if rule.touches.at_most is not None and (already.touches or 0) >= rule.touches.at_most:
                continue
        limit = rules.limits[rule.axis]
        if limit is not None:
            gain = min(gain, max(0, limit - scored.sums[rule.axis]))
        if gain > 0:
            unknown = tuple(field for field in _columns(rule) if field in scored.missing)
            if rule.touches is None and rule.axis == _FIT and not unknown:
                continue
            found.append(Chance(rule.id, gain, unknown))
    return tuple(sorted(found, key=lambda chance: -chance.points))


def shortest_way(rules: Rules, scored: Scored) -> tuple[Chance, ...]:
    """The fewest criteria that together reach the threshold; empty where it is reached, or cannot be this way.

    The axes' maxima hold for them together, and no two of them need opposite things of one column.
    """
    lacking = scored.threshold - scored.score
    if lacking <= 0:
        return ()
    rule_of = {rule.id: rule for rule in rules.criteria}
    sums = list(scored.sums)

    def reached() -> int:
        total = sum(
            points if most is None else min(points, most) for points, most in zip(sums, rules.limits, strict=True)
        )
        return max(0, total)

    chosen: list[Chance] = []
    held = [rule_of[given.criterion] for given in scored.trace]
    for chance in chances(rules, scored):
        rule = rule_of[chance.criterion]
        if not all(_agree(rules, rule, other) for other in held):
            continue
        before = reached()
        sums[rule.axis] += chance.points
        if reached() > before or before == 0:
            chosen.append(chance)
            held.append(rule)
        else:
            sums[rule.axis] -= chance.points
        if reached() >= scored.threshold:
            return tuple(chosen)
    return ()


def _points(rules: Rules, rule: CriterionRule, scored: Scored) -> int:
    holding = next((points for place, points in rule.overridden if place in scored.overrides), None)
    return rule.points if holding is None else holding


def _columns(rule: CriterionRule) -> tuple[str, ...]:
    return () if rule.logic is None else tuple(dict.fromkeys(each.needs for each in comparisons(rule.logic)))


def _agree(rules: Rules, one: CriterionRule, other: CriterionRule) -> bool:
    """Whether each column that both read can have one value that leaves both of them possible."""
    if one.test is None or other.test is None or one.logic is None or other.logic is None:
        return True
    first, second = one.test, other.test
    both = [*comparisons(one.logic), *comparisons(other.logic)]
    return all(
        any(
            first({column: value}, 0) is not False and second({column: value}, 0) is not False
            for value in _values(rules, [each for each in both if each.needs == column])
        )
        for column in _columns(one)
        if column in _columns(other)
    )


def _values(rules: Rules, said: list[Comparison]) -> Iterator[object]:
    """Values of one column that stand for all it can have, as far as these comparisons tell them apart."""
    yield from (True, False, "")
    edges = [edge for each in said for edge in (each.low, each.high) if edge is not None]
    edges += [number for each in said for number in each.numbers]
    if any(each.field == ACCOUNT_SIZE for each in said):
        edges += [float(below) for _name, below in rules.reading.sizes if below is not None]
    for edge in edges or [0.0]:
        yield from (edge - 0.5, edge, edge + 0.5)
    for each in said:
        yield from sorted(each.texts)


_FIT = AXES.index("fit")
