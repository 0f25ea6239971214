"""What an activity is worth: an effort, an answer or neither, and whether the one who acted may act for the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.agreement.model import Acceptance
from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["REACHED_NOBODY", "right_person", "what_was_done", "with_team_of_actor"]

REACHED_NOBODY = ("no_answer", "voicemail")
"""Outcomes of a call."""


def what_was_done(activities: ir.Table, rules: Acceptance) -> ir.Table:
    """Every activity and what it is worth by itself, whoever did it and whenever.

    ``sent``: something went out. ``effort``: of a kind that counts, by hand, and towards the lead or a meeting held;
    ``long_enough``: not a call too short to be real; ``answer``: of a kind that counts, coming from the lead;
    ``failed_call``: a call that reached nobody. Said before activities meet their episodes: engines answer it once for
    each word that a column has, and carry bits instead of words.
    """
    least = rules.real_action.min_call_seconds
    # ``isnull`` rather than a value in place of a missing one: that saves a sixth of judging them.
    said = activities.select(
        "lead_id",
        "at",
        "at_is_date",
        done_by="rep_id",
        call=activities.kind == "call",
        task=activities.kind == "task",
        held=(activities.kind == "meeting") & ibis.coalesce(activities.outcome == "held", ibis.literal(value=False)),
        outbound=activities.direction.isnull() | (activities.direction == "out"),
        counts=activities.kind.isin(list(rules.real_action.kinds))
        & ~ibis.coalesce(activities.automated, ibis.literal(value=False)),
        lasting=activities.duration_s.isnull() | (activities.duration_s >= least),
        nobody=ibis.coalesce(activities.outcome.isin(list(REACHED_NOBODY)), ibis.literal(value=False)),
    )
    long_enough = ~said.call | said.lasting
    return said.select(
        "lead_id",
        "at",
        "at_is_date",
        "done_by",
        sent=said.outbound & ~said.task,
        effort=said.counts & (said.outbound | said.held),
        long_enough=long_enough,
        answer=said.counts & long_enough & ~said.outbound & ~said.held,
        failed_call=said.call & (~said.lasting | said.nobody),
    )


def with_team_of_actor(done: ir.Table, reps: ir.Table, rules: Acceptance) -> ir.Table:
    """``actor_team``: the team of whoever did it, where the agreement asks for it.

    Joined before anything else: once activities have met their episodes, engines take them for few, and put the many
    rows into memory rather than the few reps.
    """
    if rules.real_action.by != "team":
        return done
    belongs = reps.select(actor="rep_id", actor_team="team")
    return done.left_join(belongs, [("done_by", "actor")]).drop("actor")


def right_person(inside: ir.Table, rules: Acceptance) -> ir.BooleanValue:
    """Whether the one who acted may act for the owner, by the agreement's ``real_action.by``; of activities beside
    their episode's ``rep_id`` and ``owner_team``."""
    by = rules.real_action.by
    if by == "anyone":
        return ibis.literal(value=True)
    someone = inside.done_by.notnull()
    owner = inside.rep_id.isnull() | (inside.done_by == inside.rep_id)
    if by == "owner":
        return someone & owner
    return someone & (owner | (inside.actor_team == inside.owner_team))
