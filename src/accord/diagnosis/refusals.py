"""What refusals say: how many have a reason, whether contact came first, and reasons that the data contradict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.diagnosis.report import Contradiction, Refusals
from accord.diagnosis.shares import share
from accord.late import Late
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.merges import under_every_name
from accord.tables.reasons import DISQUALIFICATION_REASONS, REJECTION_REASONS
from accord.tables.times import instant, offsets_between
from accord.values import Figure, Reason, Unknown

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from accord.engines import arrays, shape
    from accord.readmodel import merges
    from accord.readmodel.asking import Asking

    Offsets = Sequence[tuple[int, int]]
else:
    ibis = Late("ibis")
    arrays, shape = Late("accord.engines.arrays"), Late("accord.engines.shape")
    merges = Late("accord.readmodel.merges")

__all__ = ["refusals_counted", "refusals_of"]

REACH = 20
"""Years before the present one whose clock changes are told apart."""

FEW_ATTEMPTS = 1
"""Somebody who was tried so often at most is not unreachable yet."""

EMAIL, TERRITORY, UNREACHABLE = "bad_email", "wrong_territory", "unreachable"

LEVELS = {reason: level for level, reasons in REJECTION_REASONS.items() for reason in reasons} | dict.fromkeys(
    DISQUALIFICATION_REASONS, "disqualification"
)


def refusals_counted(asking: Asking, seen: str) -> Mapping[str, Any]:
    """The refusals among the episodes in the session's table ``seen``, counted, in JSON's terms."""

    def by_reason() -> ir.Table:
        refused = _refused(asking.source, seen)
        return refused.group_by(
            reason=ibis.coalesce(refused.reason, ""),
            said=refused.decision,
            contacted=(refused.acted_us <= refused.decided_us).cast("int8"),
        ).aggregate(n=refused.count())

    counted = asking.rows("refusals", by_reason).to_pylist()
    counted.sort(key=lambda row: (row["reason"], str(row["said"]), row["contacted"]))  # in any order
    return {"counted": counted, "contradicted": _contradicted(asking, seen, {row["reason"] for row in counted})}


def _refused(source: Source, seen: str) -> ir.Table:
    table = source.engine.table(seen)
    return table.filter(table.said_no)


def refusals_of(said: Mapping[str, Any]) -> Refusals | None:
    """What :func:`refusals_counted` says, as figures; None where nothing was refused."""
    counted = said["counted"]
    total = sum(row["n"] for row in counted)
    if not total:
        return None

    def part(*, among: dict[str, object] | None = None, **wanted: object) -> Figure:
        of = [row for row in counted if all(row[name] == value for name, value in (among or {}).items())]
        yes = sum(row["n"] for row in of if all(row[name] == value for name, value in wanted.items()))
        return _share(yes, sum(row["n"] for row in of))

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
        contradictions=tuple(
            Contradiction(reason, _share(*counts) if counts[1] else Unknown(Reason.NOT_RECORDED))
            for reason, counts in said["contradicted"].items()
        ),
    )


def _share(yes: int, of: int) -> Figure:
    return share(np.arange(of) < yes, np.ones(of, dtype=np.bool_))


def _contradicted(asking: Asking, seen: str, named: set[str]) -> dict[str, list[int]]:
    """Per reason, how many refusals the data contradict, and of how many they could."""
    asked = [reason for reason in (EMAIL, TERRITORY, UNREACHABLE) if reason in named]
    if not asked:
        return {}
    source = asking.source
    offsets = _offsets(source)
    merged = merges.has_merged_leads(source)

    def looked_into() -> ir.Table:
        refused = _refused(source, seen)
        return _looked_into(source, refused.filter(refused.reason.isin(asked)), offsets)

    rows = asking.rows("looked into", looked_into, asked, offsets, merged)
    reason = np.array(rows["reason"].to_pylist())
    lives, effort = (arrays.column_array(rows, name) for name in ("own_territory", "answers"))
    attempts = arrays.column_array(rows, "attempts")
    worked = bool(source.recorded.get("activities"))
    told = {
        EMAIL: (effort > 0, np.full(reason.size, worked)),
        TERRITORY: (lives == 1, lives >= 0),
        UNREACHABLE: (attempts <= FEW_ATTEMPTS, np.full(reason.size, worked)),
    }
    found = {}
    for one in asked:
        contradicted, known = told[one]
        known = known & (reason == one)
        found[one] = [int((contradicted & known).sum()), int(known.sum())]
    return found


def _offsets(source: Source) -> list[tuple[int, int]]:
    """What dates without an hour are read with, up to the end of the year: so it changes once a year."""
    year = source.as_of.year
    return offsets_between(source.agreement.timezone, datetime(year - REACH, 1, 1), datetime(year + 1, 1, 1))  # noqa: DTZ001 - naive UTC


def _looked_into(source: Source, mine: ir.Table, offsets: Offsets) -> ir.Table:
    """Per refusal: ``own_territory`` (1, 0, -1 unknown), e-mails ``answers`` and outbound ``attempts`` until then."""
    tables = shape.contract_tables(source.engine, ("activities", "reps"))
    works = tables["reps"].select(territory_rep="rep_id", works_in="territory")
    joined = mine.left_join(works, mine.rep_id == works.territory_rep)
    lives = joined[f"{LEAD_PREFIX}territory"] if f"{LEAD_PREFIX}territory" in mine.columns else ibis.null("string")
    each = _efforts(source, mine, tables["activities"], offsets)
    joined = joined.mutate(own_territory=ibis.coalesce((lives == joined.works_in).cast("int64"), -1))
    joined = joined.left_join(each, joined.handoff_id == each.counted_handoff)
    return joined.select(
        "reason",
        "own_territory",
        answers=ibis.coalesce(joined.answers, 0).cast("int64"),
        attempts=ibis.coalesce(joined.attempts, 0).cast("int64"),
    )


def _efforts(source: Source, mine: ir.Table, activities: ir.Table, offsets: Offsets) -> ir.Table:
    kept = activities.select(
        "lead_id",
        "kind",
        inward=ibis.coalesce(activities.direction, "out") == "in",
        automated=ibis.coalesce(activities.automated, ibis.literal(value=False)),
        activity_us=instant(activities["at"], activities.at_is_date, offsets),
    )
    facts = mine.select("lead_id", "handoff_id", "decided_us", handed_us="at_us")
    facts = under_every_name(facts, merges.merged_leads_of(source)).rename(refused_lead="lead_id")
    joined = facts.inner_join(kept, facts.refused_lead == kept.lead_id)
    before = joined.filter(joined.activity_us <= joined.handed_us + joined.decided_us)
    tried = (before.activity_us >= before.handed_us) & ~before.inward & ~before.automated & (before.kind != "task")
    return before.group_by(counted_handoff=before.handoff_id).aggregate(
        answers=((before.kind == "email") & before.inward).cast("int64").sum(), attempts=tried.cast("int64").sum()
    )
