"""What refusals say: how many have a reason, whether contact came first, and reasons that the data contradict.

Of a decision, a contact or an attempt that is a date without an hour, nobody knows which came first on that day. What
happened on the day of the decision is read as having come before it, and ``date_bounds`` say how far the share may be
from that, whatever the hours were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from accord.diagnosis.report import Contradiction, Refusals
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.merges import under_every_name
from accord.tables.reasons import DISQUALIFICATION_REASONS, REJECTION_REASONS
from accord.tables.times import instant, offsets_between, room
from accord.values import Bounds, Estimate, Figure, Reason, Unknown

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from accord.diagnosis import shares
    from accord.engines import arrays, shape
    from accord.readmodel import merges
    from accord.readmodel.asking import Asking

    Offsets = Sequence[tuple[int, int]]
else:
    ibis = Late("ibis")
    arrays, shape = Late("accord.engines.arrays"), Late("accord.engines.shape")
    merges = Late("accord.readmodel.merges")
    shares = Late("accord.diagnosis.shares")  # what is counted while the engine answers has no interval yet

__all__ = ["refusals_counted", "refusals_of"]

NO_CLOCK_CHANGES = [(0, 0)]

REACH = 20
"""Years before the present one whose clock changes are told apart."""

FEW_ATTEMPTS = 1
"""Somebody who was tried so often at most is not unreachable yet."""

NO_CONTACT, PERHAPS, CONTACT = 0, -1, 1
"""Whether a real action came before the refusal; perhaps, where both fall on one day and an hour is missing."""

EMAIL, TERRITORY, UNREACHABLE = "bad_email", "wrong_territory", "unreachable"

REPLY = "email_reply"
"""The touch of somebody who answered an e-mail."""

EFFORTS = ("answers", "sure_answers", "attempts", "sure_attempts")

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
            contacted=_contacted(refused),
        ).aggregate(n=refused.count())

    counted = asking.rows("refusals", by_reason).to_pylist()
    counted.sort(key=lambda row: (row["reason"], str(row["said"]), row["contacted"]))  # in any order
    contradicted = _contradicted(asking, seen, {row["reason"] for row in counted})
    return {"counted": counted, "contradicted": contradicted}


def _contacted(refused: ir.Table) -> ir.IntegerValue:
    latest = refused.decided_us + ibis.coalesce(refused.decision_slack_us, 0)
    surely = refused.acted_us + ibis.coalesce(refused.action_slack_us, 0) <= refused.decided_us
    return ibis.cases((surely, CONTACT), (refused.acted_us <= latest, PERHAPS), else_=NO_CONTACT).cast("int8")


def _refused(source: Source, seen: str) -> ir.Table:
    table = source.engine.table(seen)
    return table.filter(table.said_no)


def refusals_of(said: Mapping[str, Any]) -> Refusals | None:
    """What :func:`refusals_counted` says, as figures; None where nothing was refused.

    With ``contacts``: whether any lead at all has a real action; where none has, nobody knows what contact came first.
    """
    counted = said["counted"]
    total = sum(row["n"] for row in counted)
    if not total:
        return None

    def of(**wanted: object) -> int:
        return sum(row["n"] for row in counted if all(row[name] == value for name, value in wanted.items()))

    def before_contact(word: str) -> Figure:
        if not said["contacts"]:
            return Unknown(Reason.NOT_RECORDED)
        none, perhaps = of(said=word, contacted=NO_CONTACT), of(said=word, contacted=PERHAPS)
        return _bounded(none, none, none + perhaps, of(said=word))

    unsaid = of(reason="")
    levels: dict[str, int] = {}
    for row in counted:
        level = LEVELS.get(row["reason"], "other") if row["reason"] else "none"
        levels[level] = levels.get(level, 0) + row["n"]
    return Refusals(
        refused=total,
        without_reason=_share(unsaid, total) if unsaid < total else Unknown(Reason.NOT_RECORDED),
        levels=dict(sorted(levels.items())),
        rejected_before_contact=before_contact("rejected"),
        disqualified_before_contact=before_contact("disqualified"),
        contradictions=tuple(
            Contradiction(reason, _bounded(*counts) if counts[-1] else Unknown(Reason.NOT_RECORDED))
            for reason, counts in said["contradicted"].items()
        ),
    )


def _share(yes: int, of: int) -> Figure:
    return shares.share(np.arange(of) < yes, np.ones(of, dtype=np.bool_))


def _bounded(yes: int, least: int, most: int, of: int) -> Figure:
    """The share, and what it may be at ``least`` and at ``most`` where hours are missing and it depends on them."""
    figure = _share(yes, of)
    if least == most or not isinstance(figure, Estimate):
        return figure
    return replace(figure, date_bounds=Bounds(least / of, most / of))


def _contradicted(asking: Asking, seen: str, named: set[str]) -> dict[str, list[int]]:
    """Per reason, how many refusals the data contradict, how many at least and at most, and of how many they could."""
    asked = [reason for reason in (EMAIL, TERRITORY, UNREACHABLE) if reason in named]
    if not asked:
        return {}
    source = asking.source
    offsets = _offsets(source) if _has_dates(asking) else NO_CLOCK_CHANGES
    merged = merges.has_merged_leads(source)
    worked, touched = (bool(source.recorded.get(name)) for name in ("activities", "touches"))

    def looked_into() -> ir.Table:
        refused = _refused(source, seen)
        return _looked_into(source, refused.filter(refused.reason.isin(asked)), offsets)

    rows = asking.rows("looked into", looked_into, asked, offsets, merged, touched)
    reason = np.array(rows["reason"].to_pylist())
    lives, answers, sure_answers, attempts, sure_attempts = (
        arrays.column_array(rows, name) for name in ("own_territory", *EFFORTS)
    )
    everything = np.ones(reason.size, dtype=np.bool_)
    own = lives == 1
    told = {
        EMAIL: (answers > 0, sure_answers > 0, answers > 0, everything & (worked or touched)),
        TERRITORY: (own, own, own, lives >= 0),
        UNREACHABLE: (
            attempts <= FEW_ATTEMPTS,
            attempts <= FEW_ATTEMPTS,
            sure_attempts <= FEW_ATTEMPTS,
            everything & worked,
        ),
    }
    found = {}
    for one in asked:
        *contradicted, known = told[one]
        known = known & (reason == one)
        found[one] = [int((each & known).sum()) for each in (*contradicted, everything)]
    return found


def _has_dates(asking: Asking) -> bool:
    """Whether any activity or touch is a date without an hour: only these are read with the changes of the clock.

    Twenty years of them in five expressions take longer to plan than most companies' rows do to read.
    """

    engine = asking.source.engine

    def dated(name: str) -> ir.Table:
        table = engine.table(name)
        if "at_is_date" not in table.columns:
            table = shape.contract_tables(engine, (name,))[name]
        return table.filter(table.at_is_date).limit(1).select("lead_id")  # as it is stored: files say it without a look

    names = [name for name in ("activities", "touches") if asking.source.recorded.get(name)]
    return any(asking.rows(f"dated {name}", partial(dated, name)).num_rows for name in names)


def _offsets(source: Source) -> list[tuple[int, int]]:
    """What dates without an hour are read with, up to the end of the year: so it changes once a year."""
    year = source.as_of.year
    return offsets_between(source.agreement.timezone, datetime(year - REACH, 1, 1), datetime(year + 1, 1, 1))  # noqa: DTZ001 - naive UTC


def _handoff(mine: ir.Table) -> str:
    """The column that names each handoff: its number, where there is one, takes less time than its text."""
    return EPISODE_ROW if EPISODE_ROW in mine.columns else "handoff_id"


def _looked_into(source: Source, mine: ir.Table, offsets: Offsets) -> ir.Table:
    """Per refusal: ``own_territory`` (1, 0, -1 unknown), e-mails ``answers`` and outbound ``attempts`` until then, and
    of both those that surely came before it."""
    names = ("activities", "reps", *(("touches",) if source.recorded.get("touches") else ()))
    tables = shape.contract_tables(source.engine, names)
    works = tables["reps"].select(territory_rep="rep_id", works_in="territory")
    joined = mine.left_join(works, mine.rep_id == works.territory_rep)
    lives = joined[f"{LEAD_PREFIX}territory"] if f"{LEAD_PREFIX}territory" in mine.columns else ibis.null("string")
    each = _efforts(source, mine, tables["activities"], tables.get("touches"), offsets)
    joined = joined.mutate(own_territory=ibis.coalesce((lives == joined.works_in).cast("int64"), -1))
    joined = joined.left_join(each, joined[_handoff(mine)] == each.counted_handoff)
    return joined.select(
        "reason",
        "own_territory",
        **{name: ibis.coalesce(joined[name], 0).cast("int64") for name in EFFORTS},
    )


def _efforts(
    source: Source, mine: ir.Table, activities: ir.Table, touches: ir.Table | None, offsets: Offsets
) -> ir.Table:
    """A reply by e-mail is an activity of sales' tool or a touch of marketing's: either contradicts a bad address."""
    kept = activities.select(
        "lead_id",
        "kind",
        inward=ibis.coalesce(activities.direction, "out") == "in",
        automated=ibis.coalesce(activities.automated, ibis.literal(value=False)),
        activity_us=instant(activities["at"], activities.at_is_date, offsets),
        room_us=room(activities["at"], activities.at_is_date, offsets),
    )
    if touches is not None:
        replies = touches.filter(touches.kind == REPLY)
        kept = kept.union(
            replies.select(
                "lead_id",
                kind=ibis.literal("email"),
                inward=ibis.literal(value=True),
                automated=ibis.literal(value=False),
                activity_us=instant(replies["at"], replies.at_is_date, offsets),
                room_us=room(replies["at"], replies.at_is_date, offsets),
            )
        )
    facts = mine.select(
        "lead_id",
        handoff=_handoff(mine),
        handed_us="at_us",
        refused_us=mine.at_us + mine.decided_us,
        refused_by_us=mine.at_us + mine.decided_us + ibis.coalesce(mine.decision_slack_us, 0),
    )
    facts = under_every_name(facts, merges.merged_leads_of(source)).rename(refused_lead="lead_id")
    joined = facts.inner_join(kept, facts.refused_lead == kept.lead_id)
    before = joined.filter(joined.activity_us <= joined.refused_by_us)
    answered = (before.kind == "email") & before.inward
    tried = ~before.inward & ~before.automated & (before.kind != "task")
    latest = before.activity_us + before.room_us
    begun, surely_begun, surely = (
        latest >= before.handed_us,
        before.activity_us >= before.handed_us,
        latest <= before.refused_us,
    )
    told = {
        "answers": answered,
        "sure_answers": answered & surely,
        "attempts": tried & begun,
        "sure_attempts": tried & surely_begun & surely,
    }
    counts = {name: holds.cast("int64").sum() for name, holds in told.items()}
    return before.group_by(counted_handoff=before.handoff).aggregate(**counts)
