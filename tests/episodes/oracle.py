"""The contract's section 2 in plain Python, one episode at a time: slow, and written to be read against the text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accord.agreement.model import Agreement

Row = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)


def first_instant(time: datetime | date, zone: ZoneInfo) -> datetime:
    if isinstance(time, datetime):
        return time
    midnight = datetime(time.year, time.month, time.day, tzinfo=zone)
    return midnight.astimezone(UTC).replace(tzinfo=None)


def slack(time: datetime | date, zone: ZoneInfo) -> timedelta:
    if isinstance(time, datetime):
        return timedelta()
    return first_instant(time + timedelta(days=1), zone) - first_instant(time, zone) - MICROSECOND


def canonical(lead_id: str, leads: dict[str, Row]) -> str:
    seen = [lead_id]
    while True:
        target = leads[seen[-1]].get("merged_into") if seen[-1] in leads else None
        if target is None or target not in leads or target == seen[-1]:
            return seen[-1]
        if target in seen:
            return lead_id  # a ring
        seen.append(target)


def in_ring(lead_id: str, leads: dict[str, Row]) -> bool:
    seen = [lead_id]
    while True:
        target = leads[seen[-1]].get("merged_into")
        if target is None or target not in leads or target == seen[-1]:
            return False
        if target in seen:
            return True
        seen.append(target)


def lead_of(lead_id: str, leads: dict[str, Row]) -> str:
    if lead_id not in leads:
        return lead_id
    return lead_id if in_ring(lead_id, leads) else canonical(lead_id, leads)


def episodes(tables: dict[str, list[Row]], agreement: Agreement) -> dict[str, Row]:  # noqa: PLR0912 - read like the text
    rules = agreement.acceptance
    zone = ZoneInfo(agreement.timezone)
    leads = {row["lead_id"]: row for row in tables["leads"]}
    team_of = {row["rep_id"]: row.get("team") for row in tables["reps"]}

    by_lead: dict[str, list[Row]] = {}
    for row in tables["handoffs"]:
        if row["lead_id"] not in leads:
            continue
        handoff = dict(row, lead=lead_of(row["lead_id"], leads), start=first_instant(row["at"], zone))
        handoff["segment_team"] = row.get("team") or team_of.get(row.get("rep_id"))
        handoff["owner_team"] = team_of.get(row.get("rep_id")) or row.get("team")
        by_lead.setdefault(handoff["lead"], []).append(handoff)

    answer: dict[str, Row] = {}
    spans: dict[str, Row] = {}
    for handoffs in by_lead.values():
        handoffs.sort(key=lambda row: (row["start"], row["handoff_id"]))
        for handoff, following in zip(handoffs, [*handoffs[1:], None], strict=True):
            handoff["next"] = following["start"] if following else None
            end = handoff["start"] + timedelta(days=rules.window_days)
            handoff["end"] = min(end, handoff["next"]) if following else end
            spans[handoff["handoff_id"]] = handoff

    def place(event: Row, handoff: Row) -> tuple[timedelta, timedelta] | None:
        """Delay and slack when the event can lie in the episode."""
        early = first_instant(event["at"], zone)
        late = early + slack(event["at"], zone)
        if late < handoff["start"]:
            return None
        delay = max(early - handoff["start"], timedelta())
        if handoff["start"] + delay >= handoff["end"]:
            return None
        return delay, late - handoff["start"] - delay

    def latest_handoff(event: Row) -> Row | None:
        late = first_instant(event["at"], zone) + slack(event["at"], zone)
        lead = lead_of(event["lead_id"], leads) if event.get("lead_id") else None
        earlier = [row for row in by_lead.get(lead or "", []) if row["start"] <= late]
        return max(earlier, key=lambda row: (row["start"], row["handoff_id"])) if earlier else None

    decided: dict[str, list[tuple[timedelta, str, timedelta, Row]]] = {}
    for decision in tables["decisions"]:
        target = spans.get(decision["handoff_id"]) if decision.get("handoff_id") else latest_handoff(decision)
        if target is None or (placed := place(decision, target)) is None:
            continue
        decided.setdefault(target["handoff_id"], []).append((placed[0], decision["decision_id"], placed[1], decision))

    done: dict[str, list[tuple[timedelta, timedelta, Row]]] = {}
    for activity in tables["activities"]:
        target = latest_handoff(activity)
        if target is None or (placed := place(activity, target)) is None:
            continue
        done.setdefault(target["handoff_id"], []).append((*placed, activity))

    def right_person(activity: Row, handoff: Row) -> bool:
        if rules.real_action.by == "anyone":
            return True
        actor, owner = activity.get("rep_id"), handoff.get("rep_id")
        if actor is None:
            return False
        if owner is None or actor == owner:
            return True
        team = team_of.get(actor)
        return rules.real_action.by == "team" and team is not None and team == handoff["owner_team"]

    for identifier, handoff in spans.items():
        decisions = sorted(decided.get(identifier, []), key=lambda item: item[:2])
        first = decisions[0] if decisions else None
        activities = sorted(done.get(identifier, []), key=lambda item: item[0])
        sent = [
            delay
            for delay, _slack, row in activities
            if (row.get("direction") or "out") == "out" and row["kind"] != "task"
        ]
        actions: list[tuple[timedelta, timedelta]] = []
        efforts: list[tuple[timedelta, bool]] = []
        for delay, late, row in activities:
            if row["kind"] not in rules.real_action.kinds or row.get("automated") or not right_person(row, handoff):
                continue
            outbound = (row.get("direction") or "out") == "out"
            held = row["kind"] == "meeting" and row.get("outcome") == "held"
            short = (
                row["kind"] == "call"
                and row.get("duration_s") is not None
                and row["duration_s"] < rules.real_action.min_call_seconds
            )
            reply = not outbound and any(moment < delay for moment in sent)
            if not short and (outbound or held or reply):
                actions.append((delay, late))
            unanswered = row["kind"] == "call" and (short or row.get("outcome") in ("no_answer", "voicemail"))
            if outbound or held or (reply and not short):
                efforts.append((delay, unanswered and outbound))
        action = min((delay for delay, _late in actions), default=None)
        decision_us = first[0] if first else None
        soon = [
            weak for delay, weak in efforts if first and delay <= first[0] + timedelta(days=rules.token.within_days)
        ]
        after = [item for item in decisions[1:] if first and first[3]["outcome"] == "accepted"]
        answer[identifier] = {
            "lead_id": handoff["lead"],
            "team": handoff["segment_team"],
            "owner_team": handoff["owner_team"],
            "at_us": handoff["start"],
            "next_us": handoff["next"] - handoff["start"] if handoff["next"] else None,
            "end_us": handoff["end"] - handoff["start"],
            "local_day": handoff["at"]
            if not isinstance(handoff["at"], datetime)
            else handoff["at"].replace(tzinfo=UTC).astimezone(zone).date(),
            "decision_id": first[1] if first else None,
            "decision": first[3]["outcome"] if first else None,
            "decision_us": decision_us,
            "decision_slack_us": first[2] if first else None,
            "disqualified_later_us": min((i[0] for i in after if i[3]["outcome"] == "disqualified"), default=None),
            "recycled_later_us": min((i[0] for i in after if i[3]["outcome"] == "recycled"), default=None),
            "activities": len(activities),
            "first_activity_us": activities[0][0] if activities else None,
            "action_us": action,
            "action_slack_us": max((late for delay, late in actions if delay == action), default=timedelta()),
            "token": soon == [True],
        }
    return answer
