"""Spoilt on purpose: clocks, dates without a time, and the order of events."""

from __future__ import annotations

from datetime import datetime, timedelta

from audit.company import AS_OF, Tables
from audit.spoiling import (
    Expected,
    by_key,
    dated,
    decided_again,
    first_ids,
    moved,
    outside_hours_of,
    sales_by_lead,
    work_of,
)


def handoff_dates(tables: Tables) -> Expected:
    return dated(tables, "handoffs")


def decision_dates(tables: Tables) -> Expected:
    return dated(tables, "decisions")


def activity_dates(tables: Tables) -> Expected:
    return dated(tables, "activities")


def night_masses(tables: Tables) -> Expected:
    rows = tables["handoffs"][::4]
    for row in rows:  # a date read as midnight UTC: 01:00 or 02:00 in Paris
        row["at"] = datetime(row["at"].year, row["at"].month, row["at"].day)  # noqa: DTZ001 - naive UTC
    return Expected(len(rows), len(tables["handoffs"]), table="handoffs")


def round_hours(tables: Tables) -> Expected:
    for row in tables["decisions"]:
        row["at"] = row["at"].replace(minute=0, second=0, microsecond=0)
    return Expected(len(tables["decisions"]), len(tables["decisions"]), table="decisions")


def outside_hours(tables: Tables) -> Expected:
    """Half of the work at night, half by day: no other clock would explain it."""
    work = work_of(tables)
    for number, row in enumerate(work):
        row["at"] = AS_OF - timedelta(days=number % 60, seconds=(number * 7919) % 86_400)
    return outside_hours_of(work)


def shifted_clock(tables: Tables) -> Expected:
    moved(tables, -9, "handoffs", "decisions", "activities")
    return outside_hours_of(work_of(tables))


def clocks_disagree(tables: Tables) -> Expected:
    moved(tables, 7, "activities")
    return Expected(len(work_of(tables)), len(work_of(tables)))


def decisions_before_handoff(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
    early = tables["decisions"][:8]
    for row in early:
        row["at"] = handed[row["handoff_id"]]["at"] - timedelta(minutes=5)
    # A date that contains the handoff is not before it.
    dated = tables["decisions"][20]
    dated["at"] = handed[dated["handoff_id"]]["at"].date()
    return Expected(8, len(tables["decisions"]), first_ids(early, "decision_id"))


def decisions_without_handoff(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
    rows = tables["decisions"][:6]
    for row in rows:
        handoff = handed[row["handoff_id"]]
        row["lead_id"], row["handoff_id"] = handoff["lead_id"], None
    for row in rows[:2]:
        row["at"] = row["at"] - timedelta(days=60)
    return Expected(2, 6, first_ids(rows[:2], "decision_id"))


def late_decisions(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
    late = tables["decisions"][:12]
    for row in late:
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(days=30)  # the end itself is outside
    # Accepted in time, given back after the end: that is no late answer.
    again = min(tables["decisions"][20:], key=lambda row: row["at"])
    again["outcome"] = "accepted"
    decided_again(tables, again, "recycled", timedelta(days=60))
    inside = tables["decisions"][12]
    inside["at"] = handed[inside["handoff_id"]]["at"] + timedelta(days=30) - timedelta(microseconds=1)
    return Expected(12, len(tables["decisions"]), first_ids(late, "decision_id"))


def late_changes(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
    first = [row for row in tables["decisions"] if row["outcome"] == "accepted"][:4]
    count = len(tables["decisions"])
    for row in first[:3]:
        decided_again(tables, row, "recycled", handed[row["handoff_id"]]["at"] + timedelta(days=30) - row["at"])
    decided_again(tables, first[3], "recycled", timedelta(hours=1))  # in time
    again = tables["decisions"][count : count + 3]
    return Expected(3, 4, first_ids(again, "decision_id"))


def simultaneous_decisions(tables: Tables) -> Expected:
    accepted = [row for row in tables["decisions"] if row["outcome"] == "accepted"][:4]
    handoffs = len({row["handoff_id"] for row in tables["decisions"]})
    for row in accepted:
        decided_again(tables, row, "disqualified", timedelta(0))
    return Expected(4, handoffs, first_ids(accepted, "handoff_id"))


def contradicting_decisions(tables: Tables) -> Expected:
    rejected = [row for row in tables["decisions"] if row["outcome"] == "rejected"][:4]
    accepted = [row for row in tables["decisions"] if row["outcome"] == "accepted"][:5]
    handoffs = len({row["handoff_id"] for row in tables["decisions"]})
    for row in rejected:
        decided_again(tables, row, "accepted", timedelta(hours=1))
    for row in accepted[:2]:
        decided_again(tables, row, "accepted", timedelta(hours=1))
    for row in accepted[2:]:  # giving back after an acceptance is no contradiction
        decided_again(tables, row, "recycled", timedelta(hours=1))
    return Expected(6, handoffs, first_ids([*rejected, *accepted[:2]], "handoff_id"))


def handoffs_before_lead(tables: Tables) -> Expected:
    leads = by_key(tables["leads"], "lead_id")
    early = tables["handoffs"][:6]
    for row in early:
        leads[row["lead_id"]]["created_at"] = row["at"] + timedelta(seconds=1)
    dated = tables["handoffs"][10]
    leads[dated["lead_id"]]["created_at"] = dated["at"].date()  # the same day: possible
    return Expected(6, len(tables["handoffs"]), first_ids(early, "handoff_id"))


def handoffs_at_creation(tables: Tables) -> Expected:
    leads = by_key(tables["leads"], "lead_id")
    same = tables["handoffs"][::2]
    for row in same:
        leads[row["lead_id"]]["created_at"] = row["at"] - timedelta(seconds=1)
    leads[tables["handoffs"][1]["lead_id"]]["created_at"] = tables["handoffs"][1]["at"] - timedelta(seconds=1.5)
    return Expected(len(same), len(tables["handoffs"]), first_ids(same, "handoff_id"))


def doubled_handoffs(tables: Tables) -> Expected:
    twice = tables["handoffs"][:5]
    for number, row in enumerate(list(twice)):
        seconds = 59 if number < 4 else 60
        tables["handoffs"].append(
            {**row, "handoff_id": row["handoff_id"] + "b", "at": row["at"] + timedelta(seconds=seconds)}
        )
    return Expected(4, len(tables["handoffs"]), first_ids(twice[:4], "handoff_id"))


def first_touch_ever(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "lead_id")
    worked = sales_by_lead(tables)
    early = sorted(worked)[::3]
    for lead in early:
        first = min(worked[lead], key=lambda row: row["at"])
        first["at"] = handed[lead]["at"] - timedelta(days=3)
    return Expected(len(early), len(worked), tuple(early[:5]))


def one_date_per_lead(tables: Tables) -> Expected:
    for row in tables["handoffs"]:
        row["handoff_id"] = f"{row['lead_id']}-mql"
    return Expected(len(tables["handoffs"]), len(tables["handoffs"]), first_ids(tables["handoffs"], "handoff_id"))


def one_activity_per_lead(tables: Tables) -> Expected:
    seen: set[str] = set()
    kept = [row for row in tables["activities"] if not (row["lead_id"] in seen or seen.add(row["lead_id"]))]  # type: ignore[func-returns-value]
    tables["activities"][:] = kept
    return Expected(len(kept), len(kept))


def deals_before_lead(tables: Tables) -> Expected:
    leads = by_key(tables["leads"], "lead_id")
    early = tables["opportunities"][:3]
    for row in early:
        row["created_at"] = leads[row["lead_id"]]["created_at"] - timedelta(days=2)
    return Expected(3, len(tables["opportunities"]), first_ids(early, "opportunity_id"))


def deals_closed_before_opened(tables: Tables) -> Expected:
    wrong = tables["opportunities"][:3]
    for row in wrong:
        row["closed_at"] = row["created_at"] - timedelta(days=1)
    tables["opportunities"][5]["closed_at"] = tables["opportunities"][5]["created_at"].date()  # the same day: possible
    return Expected(3, len(tables["opportunities"]), first_ids(wrong, "opportunity_id"))
