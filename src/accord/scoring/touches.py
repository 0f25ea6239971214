"""What the touches of every lead add up to, criterion by criterion: one scan of the touches, one row per lead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from accord.scoring.rules import CriterionRule, Rules, TouchRule
from accord.tables.merges import under_every_name, with_canonical_lead
from accord.tables.times import DAY, instant, local_day

__all__ = ["NUMBER", "added_up", "own_moments"]

NUMBER = "moment_number"
"""Column of a whole number for each lead that is scored at a moment of its own."""

MARGIN = 2 * DAY
"""More than any time zone is away from UTC: by stored time alone, rows within it may count."""


@dataclass(frozen=True)
class _Counted:
    """A criterion's touches in a table: which rows count, under the name of a boolean column."""

    place: int
    rule: CriterionRule
    touches: TouchRule

    @property
    def limited(self) -> bool:
        return self.touches.at_most is not None or self.touches.at_most_a_day is not None


def added_up(
    touches: ir.Table,
    rules: Rules,
    moment: int,
    identity: ir.Table | None,
    offsets: list[tuple[int, int]],
    *,
    moments: ir.Table | None = None,
) -> ir.Table | None:
    """One row per lead with touches that count: per criterion ``i`` the columns ``raw_i_v`` (hundredths, per variant v
    of its points), ``touches_i``, ``last_i`` (microseconds) and ``channels_i``. None where no criterion counts touches.

    ``lead_id`` is the lead's :data:`NUMBER` where ``moments`` have one.
    """
    counted = [
        _Counted(place, rule, rule.touches) for place, rule in enumerate(rules.criteria) if rule.touches is not None
    ]
    if not counted:
        return None
    recent = _recent(touches, rules, moment, identity, offsets, moments=moments)
    free = [each for each in counted if not each.limited]
    limited = [each for each in counted if each.limited]
    parts = []
    if free:
        parts.append(_summed(_only(recent, free), free))
    if limited:
        parts.append(_summed(_newest(_only(recent, limited), limited, offsets), limited))
    if len(parts) == 1:
        return parts[0]
    joined = parts[0].outer_join(parts[1], "lead_id")
    return joined.mutate(lead_id=ibis.coalesce(joined.lead_id, joined.lead_id_right)).drop("lead_id_right")


def own_moments(moments: ir.Table) -> ir.Table:
    """When each lead is scored, with its number where it has one."""
    further = [NUMBER] if NUMBER in moments.columns else []
    return moments.select("moment_us", *further, moment_lead="lead_id")


def _recent(
    touches: ir.Table,
    rules: Rules,
    moment: int,
    identity: ir.Table | None,
    offsets: list[tuple[int, int]],
    *,
    moments: ir.Table | None,
) -> ir.Table:
    """The touches that may count for some criterion, with ``at_us``, the lead they belong to, and their age in days."""
    latest = ibis.literal(moment + MARGIN, type="int64")
    stored = touches["at"].delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")
    oldest = ibis.literal(moment - rules.reach - MARGIN, type="int64")
    near = [stored <= latest] if moments is not None else [stored <= latest, stored > oldest]
    timed = touches.filter(near).select(
        "lead_id", "kind", "channel", at_us=instant(touches["at"], touches.at_is_date, offsets)
    )
    if moments is not None:
        # Groups of numbers take less time than those of texts, and leads are merged before there are rows of touches.
        known = moments.select("lead_id", "moment_us", own=NUMBER if NUMBER in moments.columns else "lead_id")
        own = under_every_name(known, identity).rename(moment_lead="lead_id")
        owned = timed.inner_join(own, [("lead_id", "moment_lead")])
        owned = owned.mutate(age_us=owned.moment_us - owned.at_us)
        within = owned.filter(owned.age_us >= 0, owned.age_us < ibis.literal(rules.reach + DAY, type="int64"))
        aged = within.mutate(age=(within.age_us / DAY).floor().cast("int32"))
        return aged.select("kind", "channel", "at_us", "age", lead_id="own")
    age_us = ibis.literal(moment, type="int64") - timed.at_us
    past = timed.filter(age_us >= 0)
    aged = past.mutate(age=((ibis.literal(moment, type="int64") - past.at_us) / DAY).floor().cast("int32"))
    return with_canonical_lead(aged, identity)


def _only(recent: ir.Table, counted: list[_Counted]) -> ir.Table:
    """The rows that match one of these criteria; those that differ in their kinds alone are asked for at once."""
    alike: dict[TouchRule, frozenset[str]] = {}
    for each in counted:
        if each.touches.kinds:
            rest = replace(each.touches, kinds=frozenset(), at_most=None, at_most_a_day=None)
            alike[rest] = alike.get(rest, frozenset()) | each.touches.kinds
    asked = [replace(rest, kinds=kinds) for rest, kinds in alike.items()]
    asked += [each.touches for each in counted if not each.touches.kinds]  # of any kind
    return recent.filter(reduce(or_, [_sure(_matches(recent, rule)) for rule in asked]))


def _matches(recent: ir.Table, rule: TouchRule) -> ir.BooleanValue:
    """Whether a touch is of the kinds and channels and the time span of a rule."""
    wanted = []
    if rule.kinds:
        wanted.append(recent.kind.isin(sorted(rule.kinds)))
    if rule.channels:
        wanted.append(recent.channel.isin(sorted(rule.channels)))
    if rule.distinct is not None:
        wanted.append(recent.channel.notnull())
    wanted.append(recent.age < rule.span // DAY)
    return reduce(and_, wanted)


def _sure(condition: ir.BooleanValue) -> ir.BooleanValue:
    return ibis.coalesce(condition, ibis.literal(value=False))


def _newest(recent: ir.Table, limited: list[_Counted], offsets: list[tuple[int, int]]) -> ir.Table:
    """``keep_i``: whether a touch is among the newest of its day, and of all, that criterion ``i`` counts.

    A running count from the newest on. Touches of one instant are alike: which of them is counted changes nothing.
    """
    marked = recent.mutate(
        **{f"keep_{each.place}": _sure(_matches(recent, each.touches)) for each in limited},
        local_day=local_day(recent.at_us, offsets) if any(each.touches.at_most_a_day for each in limited) else 0,
    )
    a_day = {each.place: each.touches.at_most_a_day for each in limited if each.touches.at_most_a_day is not None}
    in_all = {each.place: each.touches.at_most for each in limited if each.touches.at_most is not None}
    return _first(_first(marked, ["lead_id", "local_day"], a_day), ["lead_id"], in_all)


def _first(marked: ir.Table, key: list[str], limits: dict[int, int]) -> ir.Table:
    """Only the newest of each group stay marked, as many as each criterion's limit says."""
    if not limits:
        return marked
    so_far = ibis.cumulative_window(group_by=key, order_by=marked.at_us.desc())
    kept = {}
    for place, limit in limits.items():
        keep = marked[f"keep_{place}"]
        kept[f"keep_{place}"] = keep & (keep.ifelse(1, 0).sum().over(so_far) <= limit)
    return marked.mutate(**kept)


def _summed(recent: ir.Table, counted: list[_Counted]) -> ir.Table:
    columns: dict[str, ir.Value] = {}
    for each in counted:
        place, rule = each.place, each.rule
        keep = recent[f"keep_{place}"] if each.limited else _matches(recent, each.touches)
        columns[f"touches_{place}"] = recent.count(where=keep)
        columns[f"last_{place}"] = recent.at_us.max(where=keep)
        if each.touches.distinct is not None:
            columns[f"channels_{place}"] = recent.channel.nunique(where=keep)
            continue
        for variant, points in enumerate(rule.variants):
            table = rule.tables[points]
            if len(table) > 1:
                # one array a criterion, read at the age; what is older than the table has its last entry
                entries = ibis.literal(list(table), type="array<int64>")
                worth = entries[ibis.least(recent.age, len(table) - 1)]
                # added as doubles, exact for whole numbers below 2^53: sums of integers differ in type between engines
                columns[f"raw_{place}_{variant}"] = worth.cast("float64").sum(where=keep).cast("int64")
    return recent.group_by("lead_id").aggregate(**columns)
