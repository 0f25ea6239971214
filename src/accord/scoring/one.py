"""Scoring one lead in this process, with everything that made the score."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from accord.agreement.criteria import AXES
from accord.scoring.reading import Lead
from accord.scoring.result import Given, Scored, Touch
from accord.scoring.rules import CriterionRule, Rules, TouchRule
from accord.tables.times import DAY, microseconds

__all__ = ["score_one"]

_at = itemgetter(0)


def score_one(rules: Rules, lead: Lead, touches: Sequence[Touch], as_of: datetime) -> Scored:
    """The score of ``lead`` at ``as_of`` (naive UTC), ``touches`` in any order; what came later does not count.

    ``lead`` has the columns as they were known then; whether it existed then, and which leads were merged into it, is
    for the caller to see to.
    """
    moment = microseconds(as_of)
    matching = [override.test(lead, moment) for override in rules.overrides]
    chosen = tuple([holds is True for holds in matching])
    newest_first = sorted((touch for touch in touches if touch[0] <= moment), key=_at, reverse=True)
    trace = []
    sums = [0] * len(AXES)
    unknown = [override.logic for override, holds in zip(rules.overrides, matching, strict=True) if holds is None]
    for rule in rules.criteria:
        points, override = _points(rules, rule, chosen)
        if rule.test is None:
            given = _of_touches(rules, rule, points, newest_first, moment)
        else:
            held = rule.test(lead, moment)
            if held and points:
                assert rule.logic is not None
                reading = rules.reading
                decided = reading.decided_by(rule.logic, lead, moment)
                fields = tuple([(field, reading.value(lead, field)) for field in decided])
                given = Given(rule.id, points, points, fields)
            else:
                given = None
            if rule.settled is not None:
                held = rule.settled(lead, moment)
            if held is None and points and rule.logic is not None:  # what gives this lead nothing asks nothing of it
                unknown.append(rule.logic)
        if given is not None:
            trace.append(given if override is None else given._replace(override=override))
            sums[rule.axis] += given.points
    threshold, override = _threshold(rules, chosen)
    axes = tuple(
        [points if most is None or points < most else most for points, most in zip(sums, rules.limits, strict=True)]
    )
    score = max(0, sum(axes))
    disqualified = []
    for disqualifier in rules.disqualifiers:
        held = disqualifier.test(lead, moment)
        if held:
            disqualified.append(disqualifier.id)
        if disqualifier.settled is not None:
            held = disqualifier.settled(lead, moment)
        if held is None:
            unknown.append(disqualifier.logic)
    missing = {field for logic in unknown for field in rules.reading.missing_for(logic, lead, moment)}
    return Scored(
        lead_id=str(lead.get("lead_id") or ""),
        score=score,
        threshold=threshold,
        qualified=score >= threshold and not disqualified,
        band=rules.band_of(score, axes),
        axes=axes,
        sums=tuple(sums),
        trace=tuple(trace),
        missing=tuple([field for field in rules.fields if field in missing]),
        disqualified=tuple(disqualified),
        ideal=None if rules.ideal_test is None else rules.ideal_test(lead, moment),
        threshold_override=override,
        overrides=tuple([place for place, holds in enumerate(chosen) if holds]),
    )


def _threshold(rules: Rules, chosen: tuple[bool, ...]) -> tuple[int, str | None]:
    for rule, holds in zip(rules.overrides, chosen, strict=True):
        if holds and rule.threshold is not None:
            return rule.threshold, rule.name
    return rules.threshold, None


def _points(rules: Rules, rule: CriterionRule, chosen: tuple[bool, ...]) -> tuple[int, str | None]:
    for place, points in rule.overridden:
        if chosen[place]:
            return points, rules.overrides[place].name
    return rule.points, None


def _of_touches(
    rules: Rules, rule: CriterionRule, points: int, newest_first: Sequence[Touch], moment: int
) -> Given | None:
    counting = rule.touches
    assert counting is not None
    if counting.distinct is not None:
        return _of_channels(rules, rule, points, newest_first, moment)
    kinds, channels, at_most, a_day = counting.kinds, counting.channels, counting.at_most, counting.at_most_a_day
    oldest = moment - counting.span
    table = rule.tables[points]
    last_entry = len(table) - 1
    on_day: dict[int, int] = {}
    total = count = 0
    newest = None
    for at, kind, channel in newest_first:
        if at <= oldest:
            break
        if (kinds and kind not in kinds) or (channels and channel not in channels):
            continue
        if a_day is not None:
            day = rules.reading.zone.local_day(at)
            if on_day.get(day, 0) >= a_day:
                continue
            on_day[day] = on_day.get(day, 0) + 1
        age = (moment - at) // DAY
        total += table[age if age < last_entry else last_entry]
        count += 1
        if newest is None:
            newest = at
        if count == at_most:
            break
    if not total or newest is None:
        return None
    last = rules.reading.zone.local_day(newest)
    return Given(rule.id, rule.capped(total), total, touches=count, last=last)


def _of_channels(
    rules: Rules, rule: CriterionRule, points: int, newest_first: Sequence[Touch], moment: int
) -> Given | None:
    counting = rule.touches
    assert counting is not None
    assert counting.distinct is not None
    counted = [touch for touch in newest_first if _counts(counting, touch, moment)]
    distinct = len({touch.channel for touch in counted})
    total = points * (distinct - counting.distinct + 1)
    if distinct < counting.distinct or not total:
        return None
    last = rules.reading.zone.local_day(counted[0].at)
    return Given(rule.id, rule.capped(total), total, touches=len(counted), last=last, channels=distinct)


def _counts(counting: TouchRule, touch: Touch, moment: int) -> bool:
    at, kind, channel = touch
    recent = moment - at < counting.span
    return recent and channel is not None and (not counting.kinds or kind in counting.kinds)
