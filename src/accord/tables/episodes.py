"""Episodes: one row per handoff with everything known about it. The unit that every acceptance figure counts.

An episode is a handoff and all that followed in ``[at, end)``, ``end`` being the earlier of the lead's next handoff and
``at + window_days`` (contract, section 2). A row holds only *first* and *counted up to a fixed delay* facts, which do
not depend on when one looks: ``as_of`` masks what came later and never needs another pass over the tables.

All durations are whole microseconds after the handoff. A date without a time stands for the first instant it can
mean inside the episode; its ``…_slack_us`` says how much later it may have been, so bounds can be given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.agreement.model import Agreement
from accord.late import Late
from accord.tables.activities import right_person, what_was_done, with_team_of_actor
from accord.tables.merges import followed_merges, under_every_name, with_canonical_lead
from accord.tables.sizes import account_size
from accord.tables.times import DAY, HOUR, day_number, instant, local_day, month_number, room

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = [
    "LEAD_PREFIX",
    "ORPHANS",
    "EpisodeInputs",
    "counted_otherwise",
    "episodes",
    "left_out",
    "merged_leads",
    "orphans",
]

LEAD_PREFIX = "lead_"
"""Columns of the lead stand in the episode under this prefix: ``lead_channel``, ``lead_sector`` …"""

ORPHANS = "activities_of_unknown_leads"
"""The reason for which most rows are lost, where any are."""

SECOND = 1_000_000


@dataclass(frozen=True)
class EpisodeInputs:
    """The tables episodes are made of, as unbound Ibis tables with the stored columns, and what they are read with.

    ``offsets``: the agreement's time zone over the span of the data (:func:`accord.tables.times.offsets_between`).
    ``business_days``: one row per calendar and UTC day (``calendar``, ``day`` as day number, ``before_s``,
    ``open1_s``, ``close1_s`` …, seconds); ``intervals`` says how many pairs it has. ``calendar_of_team`` names the
    calendar of each team that has its own; the rest use ``default``. ``day_seconds``: one business day's open seconds
    per calendar.
    ``has_merges``: whether any lead was merged into another (spares two joins where none was).
    ``has_dates``: whether any time is a date without an hour (spares four joins where none is).
    """

    leads: ir.Table
    handoffs: ir.Table
    decisions: ir.Table
    activities: ir.Table
    reps: ir.Table
    business_days: ir.Table
    intervals: int
    offsets: Sequence[tuple[int, int]]
    calendar_of_team: Mapping[str, str]
    day_seconds: Mapping[str, int]
    agreement: Agreement
    has_merges: bool = True
    has_dates: bool = True

    @property
    def offsets_of_dates(self) -> Sequence[tuple[int, int]]:
        """``offsets`` where any date has to be placed in the time zone; where none has, no row is asked whether."""
        return self.offsets if self.has_dates else [(0, 0)]


def episodes(inputs: EpisodeInputs) -> ir.Table:
    """One row per handoff whose lead is known: facts, business-clock facts and the lead's columns."""
    identity = merged_leads(inputs)
    handed = _handed_over(inputs, identity)
    decided = _with_decision(inputs, identity, handed)
    worked = _with_activities(inputs, identity, decided)
    return _with_lead(inputs, _with_business_time(inputs, worked))


def left_out(inputs: EpisodeInputs) -> Mapping[str, ir.Table]:
    """One-row tables ``rows``: how many rows no episode can use, by reason."""
    leads, handoffs = inputs.leads.select("lead_id"), inputs.handoffs
    named = inputs.decisions.filter(inputs.decisions.handoff_id.notnull())
    unnamed = inputs.decisions.filter(inputs.decisions.handoff_id.isnull())

    def counted(table: ir.Table) -> ir.Table:
        return table.aggregate(rows=table.count())

    return {
        "handoffs_of_unknown_leads": counted(handoffs.anti_join(leads, "lead_id")),
        "decisions_of_unknown_handoffs": counted(named.anti_join(handoffs.select("handoff_id"), "handoff_id")),
        "decisions_of_unknown_leads": counted(unnamed.anti_join(leads, "lead_id")),
        ORPHANS: counted(inputs.activities.anti_join(leads, "lead_id")),
    }


def counted_otherwise(inputs: EpisodeInputs) -> ir.Table:
    """``reason``, ``rows``: all of ``left_out`` but :data:`ORPHANS`, in one query, one row per reason."""
    counts = [
        table.select("rows", reason=ibis.literal(reason))
        for reason, table in left_out(inputs).items()
        if reason != ORPHANS
    ]
    return ibis.union(*counts)


def orphans(inputs: EpisodeInputs) -> ir.Table:
    """``lead_id``, ``rows``: how many activities name each unknown lead; together :data:`ORPHANS` of ``left_out``."""
    lost = inputs.activities.anti_join(inputs.leads.select("lead_id"), "lead_id")
    return lost.group_by("lead_id").aggregate(rows=lost.count())


def merged_leads(inputs: EpisodeInputs) -> ir.Table | None:
    """``lead_id`` → ``becomes`` (:func:`accord.tables.merges.followed_merges`); nothing where no lead was merged."""
    return followed_merges(inputs.leads) if inputs.has_merges else None


def _handed_over(inputs: EpisodeInputs, identity: ir.Table | None) -> ir.Table:
    """Handoffs with their span ``[at_us, end_us)``, owner, team and calendar; those of unknown leads too, which fall
    away where the lead's columns come in."""
    handoffs = inputs.handoffs
    timed = handoffs.select(
        "handoff_id",
        "lead_id",
        "at",
        "at_is_date",
        "rep_id",
        "score",
        "band",
        "agreement",
        named_team=handoffs.team,
        at_us=instant(handoffs["at"], handoffs.at_is_date, inputs.offsets_of_dates),
        slack_us=_room(inputs, handoffs),
    )
    timed = with_canonical_lead(timed, identity)
    in_order = ibis.window(group_by="lead_id", order_by=["at_us", "handoff_id"])
    spanned = timed.mutate(  # before teams are looked up: whole rows are sorted here
        next_us=timed.at_us.lead().over(in_order) - timed.at_us,
        sequence=ibis.row_number().over(in_order) + 1,
    )
    reps = inputs.reps.select(owner="rep_id", rep_team="team")
    teamed = spanned.left_join(reps, [("rep_id", "owner")]).drop("owner")
    # The segment is what the handoff says; whose colleagues may act, and whose hours count, is where the owner belongs.
    teamed = teamed.mutate(
        team=ibis.coalesce(teamed.named_team, teamed.rep_team),
        owner_team=ibis.coalesce(teamed.rep_team, teamed.named_team),
    )
    teamed = teamed.drop("named_team", "rep_team").relocate("team", "owner_team", before="next_us")
    window = inputs.agreement.acceptance.window_days * DAY
    dated = teamed.mutate(
        local_day=ibis.ifelse(
            teamed.at_is_date, day_number(_stored(teamed["at"])), local_day(teamed.at_us, inputs.offsets)
        )
    )
    return dated.mutate(
        end_us=ibis.coalesce(ibis.least(dated.next_us, window), ibis.literal(window, type="int64")),
        local_month=month_number(dated.local_day),
        calendar=_calendar(dated.owner_team, inputs.calendar_of_team),
    )


def _room(inputs: EpisodeInputs, table: ir.Table) -> ir.IntegerValue:
    if not inputs.has_dates:
        return ibis.literal(0, type="int64")
    return room(table["at"], table.at_is_date, inputs.offsets)


def _stored(time: ir.TimestampValue) -> ir.IntegerValue:
    return time.delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")


def _calendar(team: ir.StringValue, calendar_of_team: Mapping[str, str]) -> ir.StringValue:
    if not calendar_of_team:
        return ibis.literal("default")
    return team.cases(*calendar_of_team.items(), else_="default")


def _timed_events(inputs: EpisodeInputs, table: ir.Table) -> ir.Table:
    """``time_us`` (first instant it can mean) and ``slack_us`` (how much later it may have been) of dated rows."""
    return table.mutate(
        time_us=instant(table["at"], table.at_is_date, inputs.offsets_of_dates),
        time_slack_us=_room(inputs, table),
    ).drop("at", "at_is_date")


def _inside(inputs: EpisodeInputs, events: ir.Table, *, named: bool = False) -> ir.Table:
    """Events of an episode: ``after_us`` since the handoff, never negative for a date that includes the handoff.

    A date-only event belongs to the latest episode that its day can reach, unless it names its handoff.
    """
    if not inputs.has_dates:
        reached = events.mutate(after_us=events.time_us - events.at_us, event_slack_us=events.time_slack_us)
        return reached.filter(reached.after_us >= 0, reached.after_us < reached.end_us)
    late = events.time_us + events.time_slack_us - events.at_us
    after = ibis.greatest(events.time_us - events.at_us, 0)
    reached = events.mutate(
        after_us=after,
        # the part of the day that is left after the first instant it can mean inside this episode
        event_slack_us=late - after,
    )
    inside = reached.filter(late >= 0, after < reached.end_us)
    if named:
        return inside
    following = ibis.coalesce(inside.next_us, ibis.literal(2**62, type="int64"))
    return inside.filter(inside.after_us + inside.event_slack_us < following)


def _with_decision(inputs: EpisodeInputs, identity: ir.Table | None, handed: ir.Table) -> ir.Table:
    """The decision that counts (the first), and give-backs after an acceptance, beside each handoff."""
    decisions = _timed_events(
        inputs,
        inputs.decisions.select(
            "decision_id", "handoff_id", "lead_id", "at", "at_is_date", "outcome", "reason", decided_by="rep_id"
        ),
    )
    spans = handed.select("handoff_id", "lead_id", "at_us", "end_us", "next_us")
    named = decisions.filter(decisions.handoff_id.notnull()).drop("lead_id")
    named = named.inner_join(spans, "handoff_id").drop("lead_id")
    unnamed = decisions.filter(decisions.handoff_id.isnull()).drop("handoff_id")
    unnamed = with_canonical_lead(unnamed, identity).inner_join(spans, "lead_id").drop("lead_id")
    needed = ["handoff_id", "decision_id", "decided_by", "reason", "outcome", "after_us", "event_slack_us"]
    held = _inside(inputs, named, named=True).select(needed)
    inside = ibis.union(held, _inside(inputs, unnamed).select(needed))
    order = ibis.window(group_by="handoff_id", order_by=["after_us", "decision_id"])
    ranked = inside.mutate(rank=ibis.row_number().over(order))
    first = ranked.filter(ranked["rank"] == 0).select(
        "handoff_id",
        "decision_id",
        "decided_by",
        "reason",
        decision="outcome",
        decision_us="after_us",
        decision_slack_us="event_slack_us",
    )
    later = ranked.filter(ranked["rank"] > 0, ranked.outcome.isin(["disqualified", "recycled"]))
    taken_back = later.group_by("handoff_id").aggregate(
        disqualified_later_us=later.after_us.min(where=later.outcome == "disqualified"),
        recycled_later_us=later.after_us.min(where=later.outcome == "recycled"),
    )
    with_first = handed.left_join(first, "handoff_id").drop("handoff_id_right")
    decided = with_first.left_join(taken_back, "handoff_id").drop("handoff_id_right")
    accepted, never = decided.decision == "accepted", ibis.null("int64")
    return decided.mutate(
        disqualified_later_us=accepted.ifelse(decided.disqualified_later_us, never),
        recycled_later_us=accepted.ifelse(decided.recycled_later_us, never),
    )


def _with_activities(inputs: EpisodeInputs, identity: ir.Table | None, decided: ir.Table) -> ir.Table:
    """First activity, first real action, and the efforts up to the token rule's delay after the decision."""
    rules = inputs.agreement.acceptance
    soon_us = int(rules.token.within_days * DAY)
    done = _timed_events(inputs, with_team_of_actor(what_was_done(inputs.activities, rules), inputs.reps, rules))
    spans = decided.select("handoff_id", "lead_id", "at_us", "end_us", "next_us", "rep_id", "owner_team", "decision_us")
    inside = _inside(inputs, done.inner_join(under_every_name(spans, identity), "lead_id"))
    by_them = right_person(inside, rules)
    soon = inside.after_us <= inside.decision_us + soon_us
    marked = inside.mutate(
        real=inside.effort & inside.long_enough & by_them,
        reply=inside.answer & by_them,
        attempt_soon=ibis.coalesce(inside.effort & by_them & soon, ibis.literal(value=False)),
    )
    never = ibis.null("int64")
    summary = marked.group_by("handoff_id").aggregate(
        activities=marked.count(),
        first_activity_us=marked.after_us.min(),
        # a value or nothing: engines keep a filter beside an aggregate as a list of rows, which takes longer
        first_sent_us=marked.sent.ifelse(marked.after_us, never).min(),
        first_real_us=marked.real.ifelse(marked.after_us, never).min(),
        attempts_soon=marked.attempt_soon.sum(),
        failed_calls_soon=(marked.attempt_soon & marked.failed_call).sum(),
        replies=marked.after_us.collect(where=marked.reply),
    )
    joined = decided.left_join(summary, "handoff_id").drop("handoff_id_right")
    # An inbound reply is a real action only after something was sent in the same episode. Few activities are replies:
    # kept as a list, they spare a second look at all of them.
    replies = joined.replies.filter(lambda after: after > joined.first_sent_us)
    joined = joined.mutate(
        first_reply_us=replies.mins(),
        replies_soon=replies.filter(lambda after: after <= joined.decision_us + soon_us).length(),
    ).drop("replies")
    joined = joined.mutate(
        action_us=ibis.least(
            ibis.coalesce(joined.first_real_us, joined.first_reply_us),
            ibis.coalesce(joined.first_reply_us, joined.first_real_us),
        )
    )
    joined = _with_action_slack(inputs, joined, marked)
    efforts = ibis.coalesce(joined.attempts_soon, 0) + ibis.coalesce(joined.replies_soon, 0)
    return joined.mutate(
        activities=ibis.coalesce(joined.activities, 0),
        token=(efforts == 1) & (ibis.coalesce(joined.failed_calls_soon, 0) == 1),
    ).drop("first_sent_us", "first_real_us", "first_reply_us", "attempts_soon", "failed_calls_soon", "replies_soon")


def _with_action_slack(inputs: EpisodeInputs, joined: ir.Table, marked: ir.Table) -> ir.Table:
    """``action_slack_us``: how much later a first action that is a date without an hour may have been."""
    if not inputs.has_dates:
        return joined.mutate(action_slack_us=ibis.literal(0, type="int64"))
    # Dates are rare, so this side is nearly empty.
    dated = marked.filter(marked.event_slack_us > 0, marked.real | marked.reply)
    slack = dated.group_by("handoff_id", "after_us").aggregate(action_slack_us=dated.event_slack_us.max())
    found = joined.left_join(slack, ["handoff_id", ("action_us", "after_us")]).drop("handoff_id_right", "after_us")
    return found.mutate(action_slack_us=ibis.coalesce(found.action_slack_us, 0))


def _with_business_time(inputs: EpisodeInputs, worked: ir.Table) -> ir.Table:
    """The same delays on the clock of open hours, by one equality join per moment with ``business_days``.

    ``business_at_us``: open time accumulated at the handoff since the calendar's start, so that any later moment
    (such as ``as_of``) can be placed on the clock too. ``business_day_us``: one business day's open time.
    ``business_slack_us``: open time between the first and the last instant that the handoff can mean; the three
    ``business_late_…_us``: the delay from its first instant to the last that the decision or action can mean, and to
    the end of silence after its last. They are null where no time is a date without an hour.
    """
    tacit_us = int(inputs.agreement.acceptance.tacit_after_hours * HOUR)
    moments = {
        "business_at_us": worked.at_us,
        "business_decision": worked.at_us + worked.decision_us,
        "business_action": worked.at_us + worked.action_us,
        "business_end": worked.at_us + worked.end_us,
        "business_tacit": worked.at_us + tacit_us,
    }
    late = {
        "business_late_at": worked.at_us + worked.slack_us,
        "business_late_decision": worked.at_us + worked.decision_us + worked.decision_slack_us,
        "business_late_action": worked.at_us + worked.action_us + worked.action_slack_us,
        "business_late_tacit": worked.at_us + worked.slack_us + tacit_us,
    }
    if inputs.has_dates:
        moments |= late
    table = _on_business_clock(inputs, worked, moments)
    table = table.mutate(
        business_decision_us=table.business_decision - table.business_at_us,
        business_action_us=table.business_action - table.business_at_us,
        business_end_us=table.business_end - table.business_at_us,
        business_tacit_us=table.business_tacit - table.business_at_us,
        business_day_us=_day_length(table.calendar, inputs.day_seconds),
        business_slack_us=_since(table, "business_late_at"),
        business_late_decision_us=_since(table, "business_late_decision"),
        business_late_action_us=_since(table, "business_late_action"),
        business_late_tacit_us=_since(table, "business_late_tacit"),
    )
    return table.drop(*(name for name in moments if name != "business_at_us"))


def _since(table: ir.Table, name: str) -> ir.IntegerValue:
    """Open time from the handoff to a moment; null where nobody asked for it."""
    return table[name] - table.business_at_us if name in table.columns else ibis.null("int64")


def _day_length(calendar: ir.StringValue, day_seconds: Mapping[str, int]) -> ir.IntegerValue:
    lengths = {name: seconds * SECOND for name, seconds in day_seconds.items()}
    if len(set(lengths.values())) == 1:
        return ibis.literal(next(iter(lengths.values())), type="int64")
    return calendar.cases(*lengths.items(), else_=lengths["default"]).cast("int64")


def _on_business_clock(inputs: EpisodeInputs, table: ir.Table, moments: Mapping[str, ir.IntegerValue]) -> ir.Table:
    """``table`` and, by the name of each moment, the open microseconds accumulated until then."""
    days = inputs.business_days
    joined = table.mutate(**{f"{name}_moment": moment for name, moment in moments.items()})
    joined = joined.mutate(**{f"{name}_on": day_number(joined[f"{name}_moment"]) for name in moments})
    # One join after the other, nothing between them: one level of the query, however many moments there are.
    for name in moments:
        placed = days.select(**{f"{name}_{column}": days[column] for column in days.columns})
        joined = joined.left_join(placed, [(f"{name}_on", f"{name}_day"), ("calendar", f"{name}_calendar")])
    totals = {}
    for name in moments:
        second = joined[f"{name}_moment"] - joined[f"{name}_on"] * DAY
        total = joined[f"{name}_before_s"] * SECOND
        for number in range(1, inputs.intervals + 1):
            opens, closes = (joined[f"{name}_{word}{number}_s"] * SECOND for word in ("open", "close"))
            total = total + ibis.least(ibis.greatest(second - opens, 0), closes - opens)
        totals[name] = total
    return joined.select(*table.columns, **totals)


def _with_lead(inputs: EpisodeInputs, table: ir.Table) -> ir.Table:
    """The lead's latest values beside the episode, its size band, and the weight of its handling delay."""
    agreement, leads = inputs.agreement, inputs.leads
    attributes = {
        f"{LEAD_PREFIX}{name}": leads[name]
        for name in leads.columns
        if name not in {"lead_id", "merged_into"} and not name.endswith("_is_date")
    }
    described = leads.select(
        known_lead="lead_id",
        account_size=account_size(leads.employees, agreement),
        need_weight=_weight(leads.need, agreement.weights.need),
        **attributes,
    )
    joined = table.inner_join(described, [("lead_id", "known_lead")]).drop("known_lead")
    return joined.mutate(handling_weight=_weight(joined.band, agreement.weights.band) * joined.need_weight).drop(
        "need_weight"
    )


def _weight(word: ir.StringValue, weights: Mapping[str, float]) -> ir.FloatingValue:
    """What ``word`` weighs; 1 when it is not named or missing."""
    if not weights:
        return ibis.literal(1.0)
    return word.cases(*((key, float(value)) for key, value in weights.items()), else_=1.0).cast("float64")
