"""What refusals say: how many have a reason, whether contact came first, and reasons that the data contradict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from accord.diagnosis.report import Contradiction, Refusals
from accord.diagnosis.shares import share
from accord.engines.arrays import column_array
from accord.engines.shape import contract_tables
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.merges import followed_merges, with_canonical_lead
from accord.tables.reasons import DISQUALIFICATION_REASONS, REJECTION_REASONS
from accord.tables.times import instant, offsets_between
from accord.values import Figure, Reason, Unknown

__all__ = ["refusals_of"]

REACH = timedelta(days=20 * 366)

FEW_ATTEMPTS = 1
"""Somebody who was tried so often at most is not unreachable yet."""

EMAIL, TERRITORY, UNREACHABLE = "bad_email", "wrong_territory", "unreachable"

LEVELS = {reason: level for level, reasons in REJECTION_REASONS.items() for reason in reasons} | dict.fromkeys(
    DISQUALIFICATION_REASONS, "disqualification"
)


@dataclass(frozen=True, eq=False)
class _Of:
    """The refused episodes, their activities until the decision, and who works which territory."""

    refused: ir.Table
    before: ir.Table
    reps: ir.Table


def refusals_of(source: Source, seen: ir.Table) -> Refusals | None:
    """The refusals among the episodes ``seen``; None where nothing was refused."""
    refused = seen.filter(seen.said_no)
    counted = source.engine.run(
        refused.group_by(
            reason=ibis.coalesce(refused.reason, ""),
            said=refused.decision,
            contacted=(refused.acted_us <= refused.decided_us).cast("int8"),
        ).aggregate(n=refused.count())
    ).to_pylist()
    total = sum(row["n"] for row in counted)
    if not total:
        return None

    def part(*, among: dict[str, object] | None = None, **wanted: object) -> Figure:
        of = [row for row in counted if all(row[name] == value for name, value in (among or {}).items())]
        yes = sum(row["n"] for row in of if all(row[name] == value for name, value in wanted.items()))
        count = sum(row["n"] for row in of)
        return share(np.arange(count) < yes, np.ones(count, dtype=np.bool_))

    levels: dict[str, int] = {}
    for row in counted:
        level = LEVELS.get(row["reason"], "other") if row["reason"] else "none"
        levels[level] = levels.get(level, 0) + row["n"]
    return Refusals(
        refused=total,
        without_reason=part(reason=""),
        levels=dict(sorted(levels.items())),
        rejected_before_contact=part(among={"said": "rejected"}, contacted=0),
        disqualified_before_contact=part(among={"said": "disqualified"}, contacted=0),
        contradictions=_contradictions(source, refused, {row["reason"] for row in counted}),
    )


def _contradictions(source: Source, refused: ir.Table, named: set[str]) -> tuple[Contradiction, ...]:
    asked = [reason for reason in (EMAIL, TERRITORY, UNREACHABLE) if reason in named]
    if not asked:
        return ()
    of = _of(source, refused.filter(refused.reason.isin(asked)))
    found = []
    for reason in asked:
        if reason in {EMAIL, UNREACHABLE} and not source.recorded.get("activities"):
            found.append(Contradiction(reason, Unknown(Reason.NOT_RECORDED)))
            continue
        rows = source.engine.run(_contradicted(of, reason))
        happened = column_array(rows, "contradicted").astype(np.bool_)
        known = column_array(rows, "known").astype(np.bool_)
        if not known.any():
            found.append(Contradiction(reason, Unknown(Reason.NOT_RECORDED)))
        else:
            found.append(Contradiction(reason, share(happened, known)))
    return tuple(found)


def _of(source: Source, refused: ir.Table) -> _Of:
    tables = contract_tables(source.engine, ("leads", "activities", "reps"))
    leads, activities = tables["leads"], tables["activities"]
    merged = source.engine.run(leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")).num_rows > 0
    offsets = offsets_between(source.agreement.timezone, source.as_of - REACH, source.as_of)
    kept = activities.select(
        "lead_id",
        "kind",
        inward=ibis.coalesce(activities.direction, "out") == "in",
        automated=ibis.coalesce(activities.automated, ibis.literal(value=False)),
        activity_us=instant(activities["at"], activities.at_is_date, offsets),
    )
    kept = with_canonical_lead(kept, followed_merges(leads) if merged else None)
    facts = refused.select("handoff_id", "reason", "decided_us", refused_lead="lead_id", handed_us="at_us")
    joined = facts.inner_join(kept, facts.refused_lead == kept.lead_id)
    before = joined.filter(joined.activity_us <= joined.handed_us + joined.decided_us)
    return _Of(refused, before, tables["reps"])


def _contradicted(of: _Of, reason: str) -> ir.Table:
    """Per refusal with this reason: whether the data can tell, and whether they contradict it."""
    mine = of.refused.filter(of.refused.reason == reason)
    if reason == TERRITORY:
        works = of.reps.select(territory_rep="rep_id", works_in="territory")
        joined = mine.left_join(works, mine.rep_id == works.territory_rep)
        lives = joined[f"{LEAD_PREFIX}territory"]
        known = lives.notnull() & joined.works_in.notnull()
        return joined.select(
            known=known.cast("int8"),
            contradicted=ibis.coalesce(known & (lives == joined.works_in), False).cast("int8"),
        )
    here = of.before.filter(of.before.reason == reason)
    if reason == EMAIL:
        counted = here.filter((here.kind == "email") & here.inward)
    else:
        counted = here.filter(here.activity_us >= here.handed_us, ~here.inward, ~here.automated, here.kind != "task")
    each = counted.group_by(counted_handoff=counted.handoff_id).aggregate(n=counted.count())
    joined = mine.left_join(each, mine.handoff_id == each.counted_handoff)
    n = ibis.coalesce(joined.n, 0)
    contradicted = n > 0 if reason == EMAIL else n <= FEW_ATTEMPTS
    return joined.select(known=ibis.literal(1, type="int8"), contradicted=contradicted.cast("int8"))
