"""What would bring a lead to the threshold: the criteria that could still give it points, and how many."""

from __future__ import annotations

from dataclasses import dataclass

from accord.scoring.logic import comparisons
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

    Each by itself: two that need opposite things of the lead are both there.
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
            unknown = tuple(field for field in _columns(rules, rule) if field in scored.missing)
            found.append(Chance(rule.id, gain, unknown))
    return tuple(sorted(found, key=lambda chance: -chance.points))


def shortest_way(rules: Rules, scored: Scored) -> tuple[Chance, ...]:
    """The fewest criteria that together reach the threshold; empty where it is reached, or cannot be this way.

    The axes' maxima hold for them together.
    """
    lacking = scored.threshold - scored.score
    if lacking <= 0:
        return ()
    axis_of = {rule.id: rule.axis for rule in rules.criteria}
    sums = list(scored.sums)

    def reached() -> int:
        total = sum(
            points if most is None else min(points, most) for points, most in zip(sums, rules.limits, strict=True)
        )
        return max(0, total)

    chosen = []
    for chance in chances(rules, scored):
        before = reached()
        sums[axis_of[chance.criterion]] += chance.points
        if reached() > before or before == 0:
            chosen.append(chance)
        if reached() >= scored.threshold:
            return tuple(chosen)
    return ()


def _points(rules: Rules, rule: CriterionRule, scored: Scored) -> int:
    holding = next((points for place, points in rule.overridden if place in scored.overrides), None)
    return rule.points if holding is None else holding


def _columns(rules: Rules, rule: CriterionRule) -> tuple[str, ...]:
    return () if rule.logic is None else tuple(dict.fromkeys(each.needs for each in comparisons(rule.logic)))
