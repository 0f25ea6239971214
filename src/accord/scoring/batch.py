"""Scoring all leads at once: one Ibis expression, computed where the leads are. The same meaning as one lead alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from accord.agreement.criteria import AXES
from accord.scoring.expressions import Conditions
from accord.scoring.reading import IS_DATE
from accord.scoring.rules import CriterionRule, Rules
from accord.scoring.touches import NUMBER, added_up, own_moments
from accord.tables.merges import followed_merges
from accord.tables.times import DAY, instant, microseconds

__all__ = ["NUMBER", "Offsets", "created_by", "scored"]

Offsets = Sequence[tuple[int, int]]

_LONG_AGO = 20 * 366 * DAY
"""How far back local days are told apart where each lead has a moment of its own."""


def scored(
    leads: ir.Table,
    touches: ir.Table,
    rules: Rules,
    as_of: datetime | int,
    *,
    has_merges: bool = True,
    moments: ir.Table | None = None,
    explained: bool = True,
    offsets: tuple[Offsets, Offsets] | None = None,
) -> ir.Table:
    """One row per lead known at ``as_of`` (naive UTC, or in microseconds), merged leads as one, in no order.

    ``leads`` and ``touches`` have the stored columns of the contract; leads any others too. Columns, points in whole
    hundredths: ``lead_id``, ``score``, ``threshold``, ``qualified``, ``band``, ``ideal`` (NULL where unknown),
    ``axis_a`` and ``sum_a`` (the axis a of :data:`AXES` at most its maximum, and before it); per criterion i
    ``points_i`` and, for touches, ``raw_i`` (before its cap), ``touches_i``, ``last_i`` (an instant), ``channels_i``;
    ``override_k`` and ``disqualifier_k`` (whether they hold); per column j of ``rules.fields`` ``missing_j`` (whether
    it kept a condition from being decided), ``value_j`` and, for a time, ``value_j_is_date``.

    ``moments``: ``lead_id`` and ``moment_us``, none after ``as_of``: each of these leads, and no other, is scored at a
    moment of its own. Where they have :data:`NUMBER` too, a whole number for each, so has the answer. ``offsets``: of
    the time zone around ``as_of``, and around every moment (default: no more than it takes). Without ``explained``
    there is no ``missing_j`` and no ``value_j``: who asks for scores alone waits for no text of SQL that says why.
    """
    moment = as_of if isinstance(as_of, int) else microseconds(as_of)
    reach = rules.reach if moments is None else _LONG_AGO
    now, ever = offsets or (rules.reading.zone.around(then, moment) for then in (moment, moment - reach))
    spans = list(ever)
    known = _created_by(leads, moment, now)
    identity = followed_merges(known) if has_merges else None
    stayed = known if identity is None else known.anti_join(identity, "lead_id")
    by = "lead_id"
    if moments is not None:
        own = own_moments(moments)
        stayed = stayed.inner_join(own, [("lead_id", "moment_lead")])
        by = NUMBER if NUMBER in own.columns else by
    summed = added_up(touches, rules, moment, identity, spans, moments=moments)
    if summed is not None:
        stayed = stayed.left_join(summed.rename(touching_lead="lead_id"), [(by, "touching_lead")])
    conditions = Conditions(stayed, rules.reading.sizes, spans, moment if moments is None else stayed.moment_us)
    return _concluded(rules, _measured(rules, stayed, conditions, explained=explained))


def created_by(leads: ir.Table, rules: Rules, as_of: datetime) -> ir.Table:
    """Those of ``leads`` that there were at ``as_of``: who is merged into a lead created later is still itself."""
    moment = microseconds(as_of)
    return _created_by(leads, moment, rules.reading.zone.around(moment, moment))


def _created_by(leads: ir.Table, moment: int, offsets: Offsets) -> ir.Table:
    created = instant(leads.created_at, leads.created_at_is_date, offsets)
    return leads.filter(ibis.coalesce(created <= moment, ibis.literal(value=True)))


def _measured(rules: Rules, leads: ir.Table, conditions: Conditions, *, explained: bool) -> ir.Table:
    """Per lead: what each criterion gives, which overrides and disqualifiers hold, and what explains it."""
    columns: dict[str, ir.Value] = {"lead_id": leads.lead_id}
    columns |= {NUMBER: leads[NUMBER]} if NUMBER in leads.columns else {}
    holds = [_sure(conditions.holds(rule.logic)) for rule in rules.overrides]
    for place, rule in enumerate(rules.criteria):
        if rule.logic is not None:
            points = _first_of([(holds[which], each) for which, each in rule.overridden], rule.points)
            columns[f"points_{place}"] = ibis.ifelse(_sure(conditions.holds(rule.logic)), points, _number(0))
        else:
            columns |= _of_touches(place, rule, leads, holds)
            columns[f"last_{place}"] = leads[f"last_{place}"]
    columns |= {f"override_{place}": held for place, held in enumerate(holds)}
    for place, disqualifier in enumerate(rules.disqualifiers):
        columns[f"disqualifier_{place}"] = _sure(conditions.holds(disqualifier.logic))
    if explained:
        columns |= _explanation(rules, leads, conditions, holds)
    ideal = ibis.null("boolean") if rules.ideal is None else conditions.holds(rules.ideal)
    threshold = _first_of(
        [(held, rule.threshold) for held, rule in zip(holds, rules.overrides, strict=True)], rules.threshold
    )
    return leads.select(**columns, ideal=ideal, threshold=threshold)


def _explanation(
    rules: Rules, leads: ir.Table, conditions: Conditions, holds: list[ir.BooleanValue]
) -> dict[str, ir.Value]:
    """What each column that conditions read holds, and whether it is missing."""
    columns: dict[str, ir.Value] = {}
    lacking: dict[str, list[ir.BooleanValue]] = {column: [] for column in rules.fields}
    for rule in rules.criteria:
        if rule.logic is not None and any(rule.variants):
            asked = _asked(rule, holds)
            for column, missing in conditions.missing(rule.logic):
                lacking[column].append(missing if asked is None else asked & missing)
    for logic in [*(rule.logic for rule in rules.disqualifiers), *(rule.logic for rule in rules.overrides)]:
        for column, missing in conditions.missing(logic):
            lacking[column].append(missing)
    for place, column in enumerate(rules.fields):
        found = lacking[column]
        columns[f"missing_{place}"] = reduce(or_, found) if found else ibis.literal(value=False)
        columns[f"value_{place}"] = conditions.value(column)
        if column + IS_DATE in leads.columns:
            columns[f"value_{place}{IS_DATE}"] = leads[column + IS_DATE]
    return columns


def _asked(rule: CriterionRule, holds: list[ir.BooleanValue]) -> ir.BooleanValue | None:
    """Whether a criterion gives anything under the overrides of each lead; None where it does under all of them."""
    if all(rule.variants):
        return None
    points = _first_of([(holds[which], each) for which, each in rule.overridden], rule.points)
    return points != 0


def _of_touches(place: int, rule: CriterionRule, leads: ir.Table, holds: list[ir.BooleanValue]) -> dict[str, ir.Value]:
    """What the touches of one criterion give, before and after its cap."""
    assert rule.touches is not None
    count = ibis.coalesce(leads[f"touches_{place}"], _number(0))
    found: dict[str, ir.Value] = {f"touches_{place}": count}
    if rule.touches.distinct is not None:
        channels = ibis.coalesce(leads[f"channels_{place}"], _number(0))
        found[f"channels_{place}"] = channels
        count = ibis.greatest(channels - (rule.touches.distinct - 1), _number(0))
    raw = {
        points: (
            ibis.coalesce(leads[f"raw_{place}_{variant}"], _number(0))
            if len(rule.tables.get(points, ())) > 1
            else count * points
        ).cast("int64")
        for variant, points in enumerate(rule.variants)
    }
    total = _first_of([(holds[which], raw[each]) for which, each in rule.overridden], raw[rule.points])
    found[f"raw_{place}"] = total
    given = total
    if rule.cap is not None:
        given = ibis.least(ibis.greatest(total, _number(-rule.cap)), _number(rule.cap))
    return {**found, f"points_{place}": given}


def _concluded(rules: Rules, measured: ir.Table) -> ir.Table:
    """Axes, score, band and whether each lead is qualified."""
    sums: dict[str, ir.Value] = {}
    for axis in range(len(AXES)):
        given = [measured[f"points_{place}"] for place, rule in enumerate(rules.criteria) if rule.axis == axis]
        sums[f"sum_{axis}"] = reduce(add, given) if given else _number(0)
    added = measured.mutate(**sums)
    limited = added.mutate(
        **{
            f"axis_{axis}": added[f"sum_{axis}"] if most is None else ibis.least(added[f"sum_{axis}"], _number(most))
            for axis, most in enumerate(rules.limits)
        }
    )
    total = reduce(add, [limited[f"axis_{axis}"] for axis in range(len(AXES))])
    whole = limited.mutate(score=ibis.greatest(total, _number(0)))
    fit = [whole[f"disqualifier_{place}"] for place in range(len(rules.disqualifiers))]
    reached = whole.score >= whole.threshold
    return whole.mutate(qualified=reached & ~reduce(or_, fit) if fit else reached, band=_band(rules, whole))


def _band(rules: Rules, whole: ir.Table) -> ir.Value:
    if rules.grid is not None:
        fit, engagement = (whole[f"axis_{AXES.index(axis)}"] for axis in ("fit", "engagement"))
        rows = [_of_step(engagement, rules.grid.engagement, list(names)) for names in rules.grid.bands]
        return _of_step(fit, rules.grid.fit, rows)
    branches = [(whole.score >= lowest, name) for name, lowest in rules.bands if lowest is not None]
    last = next((name for name, lowest in rules.bands if lowest is None), None)
    if not branches:
        return ibis.literal(last) if last is not None else ibis.null("string")
    return ibis.cases(*branches, else_=last if last is not None else ibis.null("string"))


def _of_step(points: ir.Value, steps: tuple[int, ...], values: list[ir.Value] | list[str]) -> ir.Value:
    """The value of the last step that is reached; the first below all."""
    branches = [(points >= step, value) for step, value in zip(steps[:0:-1], values[:0:-1], strict=True)]
    first = values[0] if isinstance(values[0], ir.Value) else ibis.literal(values[0])
    return ibis.cases(*branches, else_=first) if branches else first


def _first_of(choices: list[tuple[ir.BooleanValue, ir.Value | int | None]], otherwise: ir.Value | int) -> ir.Value:
    """The value of the first that holds and has one."""
    branches = [(held, _number(value)) for held, value in choices if value is not None]
    return ibis.cases(*branches, else_=_number(otherwise)) if branches else _number(otherwise)


def _number(value: ir.Value | int) -> ir.Value:
    return ibis.literal(value, type="int64") if isinstance(value, int) else value


def _sure(condition: ir.BooleanValue) -> ir.BooleanValue:
    return ibis.coalesce(condition, ibis.literal(value=False))
