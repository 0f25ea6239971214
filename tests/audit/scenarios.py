"""One thing wrong at a time: what is done to a clean company, and what the audit must then count, by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accord.agreement.model import Agreement
from audit.company import AGREEMENT, AS_OF, Row, Tables

__all__ = ["SCENARIOS", "Expected", "Scenario"]


@dataclass(frozen=True)
class Expected:
    """How many of how many; ``samples`` when they are certain; ``table`` and ``column`` where they matter."""

    affected: int
    of: int
    samples: tuple[str, ...] | None = None
    table: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Scenario:
    """``spoil`` changes the tables in place and says what is to be found."""

    spoil: Callable[[Tables], Expected]
    agreement: Agreement = AGREEMENT
    more: Mapping[str, Any] = field(default_factory=dict)


def _first(rows: list[Row], key: str, n: int = 5) -> tuple[str, ...]:
    return tuple(sorted(row[key] for row in rows)[:n])


def _by(rows: list[Row], key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows}


def nothing_handed_over(tables: Tables) -> Expected:
    tables["handoffs"].clear()
    tables["decisions"].clear()
    return Expected(len(tables["leads"]), len(tables["leads"]))


def no_decisions(tables: Tables) -> Expected:
    tables["decisions"].clear()
    return Expected(len(tables["handoffs"]), len(tables["handoffs"]))


def no_activities(tables: Tables) -> Expected:
    tables["activities"].clear()
    return Expected(len(tables["handoffs"]), len(tables["handoffs"]))


def no_reps(tables: Tables) -> Expected:
    tables["reps"].clear()
    for row in tables["handoffs"]:
        row["team"] = None
    return Expected(len(tables["handoffs"]), len(tables["handoffs"]))


def no_agreement(tables: Tables) -> Expected:
    return Expected(len(tables["handoffs"]), len(tables["handoffs"]))


def leads_never_handed_over(tables: Tables) -> Expected:
    template = tables["leads"][0]
    more = len(tables["leads"]) * 15
    for number in range(more):
        tables["leads"].append({**template, "lead_id": f"cold{number:05}", "Email": None})
    return Expected(more, len(tables["leads"]), tuple(f"cold{number:05}" for number in range(5)))


def quarantined_rows(tables: Tables) -> Expected:
    return Expected(50, 50 + len(tables["decisions"]), table="decisions")


def later_than_as_of(tables: Tables) -> Expected:
    for row in tables["touches"][:3]:
        row["at"] = AS_OF + timedelta(days=1)
    return Expected(3, len(tables["touches"]), _first(tables["touches"][:3], "touch_id"), table="touches", column="at")


def handoffs_of_unknown_leads(tables: Tables) -> Expected:
    lost = tables["handoffs"][:7]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(7, len(tables["handoffs"]), _first(lost, "handoff_id"), column="lead_id")


def decisions_of_nothing(tables: Tables) -> Expected:
    lost = tables["decisions"][:9]
    for row in lost:
        row["handoff_id"] = "gone"
    return Expected(9, len(tables["decisions"]), _first(lost, "decision_id"), column="handoff_id")


def activities_of_unknown_leads(tables: Tables) -> Expected:
    lost = tables["activities"][:11]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(11, len(tables["activities"]), _first(lost, "activity_id"))


def other_orphans(tables: Tables) -> Expected:
    lost = tables["opportunities"][:2]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(2, len(tables["opportunities"]), _first(lost, "opportunity_id"), table="opportunities")


def unknown_reps(tables: Tables) -> Expected:
    gone = tables["reps"].pop()["rep_id"]
    affected = [row for row in tables["handoffs"] if row["rep_id"] == gone]
    return Expected(len(affected), len(tables["handoffs"]), _first(affected, "handoff_id"), table="handoffs")


def merge_rings(tables: Tables) -> Expected:
    leads = tables["leads"]
    leads[0]["merged_into"], leads[1]["merged_into"] = leads[1]["lead_id"], leads[0]["lead_id"]
    leads[2]["merged_into"] = leads[0]["lead_id"]  # runs into the ring
    leads[3]["merged_into"] = leads[3]["lead_id"]
    leads[5]["merged_into"] = leads[6]["lead_id"]  # a plain merge
    return Expected(4, len(leads), _first(leads[:4], "lead_id"))


def merge_chains(tables: Tables) -> Expected:
    leads = tables["leads"]
    leads[0]["merged_into"], leads[1]["merged_into"] = leads[1]["lead_id"], leads[2]["lead_id"]
    return Expected(1, len(leads), (leads[0]["lead_id"],))


def _dated(tables: Tables, name: str, every: int = 3) -> Expected:
    rows = tables[name][::every]
    for row in rows:
        row["at"] = row["at"].date()
    key = {"handoffs": "handoff_id", "decisions": "decision_id", "activities": "activity_id"}[name]
    return Expected(len(rows), len(tables[name]), _first(rows, key), table=name)


def handoff_dates(tables: Tables) -> Expected:
    return _dated(tables, "handoffs")


def decision_dates(tables: Tables) -> Expected:
    return _dated(tables, "decisions")


def activity_dates(tables: Tables) -> Expected:
    return _dated(tables, "activities")


def night_masses(tables: Tables) -> Expected:
    rows = tables["handoffs"][::4]
    for row in rows:  # a date read as midnight UTC: 01:00 or 02:00 in Paris
        row["at"] = datetime(row["at"].year, row["at"].month, row["at"].day)  # noqa: DTZ001 - naive UTC
    return Expected(len(rows), len(tables["handoffs"]), table="handoffs")


def round_hours(tables: Tables) -> Expected:
    for row in tables["decisions"]:
        row["at"] = row["at"].replace(minute=0, second=0, microsecond=0)
    return Expected(len(tables["decisions"]), len(tables["decisions"]), table="decisions")


def _work(tables: Tables) -> list[Row]:
    return [*tables["decisions"], *(row for row in tables["activities"] if row["kind"] != "task")]


def _outside(work: list[Row]) -> Expected:
    """Monday to Friday, 09:00 to 18:00 in Paris; holidays are no part of a weekly rhythm."""
    local = [row["at"].replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris")) for row in work]
    inside = sum(moment.weekday() < 5 and 9 <= moment.hour < 18 for moment in local)
    return Expected(len(work) - inside, len(work))


def _moved(tables: Tables, hours: int, *names: str) -> None:
    for name in names:
        for row in tables[name]:
            row["at"] += timedelta(hours=hours)


def outside_hours(tables: Tables) -> Expected:
    """Half of the work at night, half by day: no other clock would explain it."""
    work = _work(tables)
    for number, row in enumerate(work):
        row["at"] = AS_OF - timedelta(days=number % 60, seconds=(number * 7919) % 86_400)
    return _outside(work)


def shifted_clock(tables: Tables) -> Expected:
    _moved(tables, -9, "handoffs", "decisions", "activities")
    return _outside(_work(tables))


def clocks_disagree(tables: Tables) -> Expected:
    _moved(tables, 7, "activities")
    return Expected(len(_work(tables)), len(_work(tables)))


def decisions_before_handoff(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    early = tables["decisions"][:8]
    for row in early:
        row["at"] = handed[row["handoff_id"]]["at"] - timedelta(minutes=5)
    # A date that contains the handoff is not before it.
    dated = tables["decisions"][20]
    dated["at"] = handed[dated["handoff_id"]]["at"].date()
    return Expected(8, len(tables["decisions"]), _first(early, "decision_id"))


def decisions_without_handoff(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    rows = tables["decisions"][:6]
    for row in rows:
        handoff = handed[row["handoff_id"]]
        row["lead_id"], row["handoff_id"] = handoff["lead_id"], None
    for row in rows[:2]:
        row["at"] = row["at"] - timedelta(days=60)
    return Expected(2, 6, _first(rows[:2], "decision_id"))


def late_decisions(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    late = tables["decisions"][:12]
    for row in late:
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(days=30)  # the end itself is outside
    # Accepted in time, given back after the end: that is no late answer.
    again = min(tables["decisions"][20:], key=lambda row: row["at"])
    again["outcome"] = "accepted"
    _decided_again(tables, again, "recycled", timedelta(days=60))
    inside = tables["decisions"][12]
    inside["at"] = handed[inside["handoff_id"]]["at"] + timedelta(days=30) - timedelta(microseconds=1)
    return Expected(12, len(tables["decisions"]), _first(late, "decision_id"))


def _decided_again(tables: Tables, row: Row, outcome: str, after: timedelta) -> None:
    tables["decisions"].append(
        {**row, "decision_id": row["decision_id"] + "-again", "outcome": outcome, "at": row["at"] + after}
    )


def simultaneous_decisions(tables: Tables) -> Expected:
    accepted = [row for row in tables["decisions"] if row["outcome"] == "accepted"][:4]
    handoffs = len({row["handoff_id"] for row in tables["decisions"]})
    for row in accepted:
        _decided_again(tables, row, "disqualified", timedelta(0))
    return Expected(4, handoffs, _first(accepted, "handoff_id"))


def contradicting_decisions(tables: Tables) -> Expected:
    rejected = [row for row in tables["decisions"] if row["outcome"] == "rejected"][:4]
    accepted = [row for row in tables["decisions"] if row["outcome"] == "accepted"][:5]
    handoffs = len({row["handoff_id"] for row in tables["decisions"]})
    for row in rejected:
        _decided_again(tables, row, "accepted", timedelta(hours=1))
    for row in accepted[:2]:
        _decided_again(tables, row, "accepted", timedelta(hours=1))
    for row in accepted[2:]:  # giving back after an acceptance is no contradiction
        _decided_again(tables, row, "recycled", timedelta(hours=1))
    return Expected(6, handoffs, _first([*rejected, *accepted[:2]], "handoff_id"))


def handoffs_before_lead(tables: Tables) -> Expected:
    leads = _by(tables["leads"], "lead_id")
    early = tables["handoffs"][:6]
    for row in early:
        leads[row["lead_id"]]["created_at"] = row["at"] + timedelta(seconds=1)
    dated = tables["handoffs"][10]
    leads[dated["lead_id"]]["created_at"] = dated["at"].date()  # the same day: possible
    return Expected(6, len(tables["handoffs"]), _first(early, "handoff_id"))


def handoffs_at_creation(tables: Tables) -> Expected:
    leads = _by(tables["leads"], "lead_id")
    same = tables["handoffs"][::2]
    for row in same:
        leads[row["lead_id"]]["created_at"] = row["at"] - timedelta(seconds=1)
    leads[tables["handoffs"][1]["lead_id"]]["created_at"] = tables["handoffs"][1]["at"] - timedelta(seconds=1.5)
    return Expected(len(same), len(tables["handoffs"]), _first(same, "handoff_id"))


def doubled_handoffs(tables: Tables) -> Expected:
    twice = tables["handoffs"][:5]
    for number, row in enumerate(list(twice)):
        seconds = 59 if number < 4 else 60
        tables["handoffs"].append(
            {**row, "handoff_id": row["handoff_id"] + "b", "at": row["at"] + timedelta(seconds=seconds)}
        )
    return Expected(4, len(tables["handoffs"]), _first(twice[:4], "handoff_id"))


def _sales(tables: Tables) -> dict[str, list[Row]]:
    handed = {row["lead_id"] for row in tables["handoffs"]}
    found: dict[str, list[Row]] = {}
    for row in tables["activities"]:
        if row["kind"] != "task" and row["lead_id"] in handed:
            found.setdefault(row["lead_id"], []).append(row)
    return found


def first_touch_ever(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "lead_id")
    worked = _sales(tables)
    early = sorted(worked)[::3]
    for lead in early:
        first = min(worked[lead], key=lambda row: row["at"])
        first["at"] = handed[lead]["at"] - timedelta(days=3)
    return Expected(len(early), len(worked), tuple(early[:5]))


def one_activity_per_lead(tables: Tables) -> Expected:
    seen: set[str] = set()
    kept = [row for row in tables["activities"] if not (row["lead_id"] in seen or seen.add(row["lead_id"]))]  # type: ignore[func-returns-value]
    tables["activities"][:] = kept
    return Expected(len(kept), len(kept))


def deals_before_lead(tables: Tables) -> Expected:
    leads = _by(tables["leads"], "lead_id")
    early = tables["opportunities"][:3]
    for row in early:
        row["created_at"] = leads[row["lead_id"]]["created_at"] - timedelta(days=2)
    return Expected(3, len(tables["opportunities"]), _first(early, "opportunity_id"))


def deals_closed_before_opened(tables: Tables) -> Expected:
    wrong = tables["opportunities"][:3]
    for row in wrong:
        row["closed_at"] = row["created_at"] - timedelta(days=1)
    tables["opportunities"][5]["closed_at"] = tables["opportunities"][5]["created_at"].date()  # the same day: possible
    return Expected(3, len(tables["opportunities"]), _first(wrong, "opportunity_id"))


def owner_missing(tables: Tables) -> Expected:
    lost = tables["handoffs"][::4]
    for row in lost:
        row["rep_id"] = None
    return Expected(len(lost), len(tables["handoffs"]), _first(lost, "handoff_id"))


def one_owner(tables: Tables) -> Expected:
    for row in tables["handoffs"][:-10]:
        row["rep_id"] = "rep0"
    affected = sum(row["rep_id"] == "rep0" for row in tables["handoffs"])
    return Expected(affected, len(tables["handoffs"]), ("rep0",))


def decided_by_others(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    teams = {row["rep_id"]: row["team"] for row in tables["reps"]}
    rows = tables["decisions"][::3]
    for number, row in enumerate(rows):  # a colleague of the same team decides every second of them
        owner = handed[row["handoff_id"]]["rep_id"]
        same = [rep for rep, team in teams.items() if team == teams[owner] and rep != owner]
        other = [rep for rep, team in teams.items() if team != teams[owner]]
        row["rep_id"] = same[0] if number % 2 else other[0]
    return Expected(len(rows[::2]), len(tables["decisions"]), _first(rows[::2], "decision_id"))


def actions_of_nobody(tables: Tables) -> Expected:
    sent = [row for row in tables["activities"] if row["kind"] != "task"]
    for row in sent[::4]:
        row["rep_id"] = None
    return Expected(len(sent[::4]), len(sent), _first(sent[::4], "activity_id"))


def worked_by_others(tables: Tables) -> Expected:
    worked = _sales(tables)
    teams = {row["rep_id"]: row["team"] for row in tables["reps"]}
    leads = sorted(worked)[::4]
    for lead in leads:
        for row in worked[lead]:
            row["rep_id"] = next(rep for rep, team in teams.items() if team != teams[row["rep_id"]])
    return Expected(len(leads), len(worked), tuple(leads[:5]))


def batch_decisions(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    moment = AS_OF - timedelta(days=60, hours=1)
    days = timedelta(days=1)
    batch = [row for row in tables["decisions"] if 0 * days < moment - handed[row["handoff_id"]]["at"] < 25 * days]
    for number, row in enumerate(batch):
        row["at"] = moment + timedelta(seconds=number % 30)
    # Tidied up long after their episodes had ended, these change no outcome; fewer than ten are no batch.
    late = [row for row in tables["decisions"] if moment - handed[row["handoff_id"]]["at"] > 40 * days]
    for row in late:
        row["at"] = moment + timedelta(hours=1)
    few = [row for row in tables["decisions"] if row not in batch and row not in late][:8]
    for row in few:
        row["at"] = handed[few[-1]["handoff_id"]]["at"]
    early = [row for row in few if row["at"] < handed[row["handoff_id"]]["at"]]
    over = [row for row in few if row["at"] >= handed[row["handoff_id"]]["at"] + 30 * days]
    assert len(batch) > 13
    counted = len(tables["decisions"]) - len(late) - len(early) - len(over)
    return Expected(len(batch), counted, _first(batch, "decision_id"))


def period_end_decisions(tables: Tables) -> Expected:
    for number, row in enumerate(tables["decisions"]):
        if number % 2:  # every second one waits for the last working day of the month
            month = row["at"].month
            row["at"] = row["at"].replace(day={1: 30, 2: 27, 3: 31, 4: 30, 5: 29, 6: 30, 12: 31}[month])
    days = Counter(row["at"].date() for row in tables["decisions"])
    months = sorted({(day.year, day.month) for day in days})[:-1]
    last = [max(day for day in days if (day.year, day.month) == month) for month in months]
    return Expected(sum(days[day] for day in last), len(tables["decisions"]))


def instant_decisions(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    rows = tables["decisions"][::6]
    for row in rows:
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(seconds=1)
    return Expected(len(rows), len(tables["decisions"]), _first(rows, "decision_id"))


def instant_actions(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "lead_id")
    leads = sorted(_sales(tables))[::6]
    for number, lead in enumerate(leads):
        tables["activities"].append(
            {
                "activity_id": f"machine{number}",
                "lead_id": lead,
                "at": handed[lead]["at"] + timedelta(seconds=2),
                "rep_id": handed[lead]["rep_id"],
                "kind": "email",
            }
        )
    # Every clean company's activity comes after its lead's one handoff, by its owner, within the window or not.
    real = {
        row["lead_id"]
        for row in tables["activities"]
        if row["kind"] in {"email", "meeting"} or (row["kind"] == "call" and row["duration_s"] >= 30)
        if row["at"] < handed[row["lead_id"]]["at"] + timedelta(days=30)
    }
    return Expected(len(leads), len(real))


def activity_bursts(tables: Tables) -> Expected:
    leads = sorted(row["lead_id"] for row in tables["handoffs"])
    moment = AS_OF - timedelta(days=2, seconds=11)
    for number, lead in enumerate(leads[:40]):
        tables["activities"].append(
            {
                "activity_id": f"mass{number:03}",
                "lead_id": lead,
                "at": moment + timedelta(microseconds=number),
                "rep_id": "rep1",
                "kind": "email",
            }
        )
    for number, lead in enumerate(leads[:4]):  # four in a second are still a fast person
        tables["activities"].append(
            {
                "activity_id": f"fast{number}",
                "lead_id": lead,
                "at": moment + timedelta(hours=1),
                "rep_id": "rep1",
                "kind": "email",
            }
        )
    sent = sum(row["kind"] != "task" for row in tables["activities"])
    return Expected(40, sent, tuple(f"mass{number:03}" for number in range(5)))


def round_the_clock(tables: Tables) -> Expected:
    leads = sorted(row["lead_id"] for row in tables["handoffs"])
    for number in range(250):
        tables["activities"].append(
            {
                "activity_id": f"robot{number:03}",
                "lead_id": leads[number % len(leads)],
                "at": AS_OF - timedelta(minutes=7 + 97 * number, seconds=3),
                "rep_id": "robot",
                "kind": "email",
            }
        )
    return Expected(250, sum(row["kind"] != "task" for row in tables["activities"]), ("robot",))


def automated_share(tables: Tables) -> Expected:
    rows = tables["activities"][::2]
    for row in rows:
        row["automated"] = True
    return Expected(len(rows), len(tables["activities"]), _first(rows, "activity_id"))


def automation_not_recorded(tables: Tables) -> Expected:
    for row in tables["activities"]:
        row["automated"] = None
    return Expected(len(tables["activities"]), len(tables["activities"]))


def direction_not_recorded(tables: Tables) -> Expected:
    for row in tables["activities"]:
        row["direction"] = None
    return Expected(len(tables["activities"]), len(tables["activities"]))


def undecided(tables: Tables) -> Expected:
    kept = tables["decisions"][: len(tables["decisions"]) // 4]
    tables["decisions"][:] = kept
    return Expected(len(tables["handoffs"]) - len(kept), len(tables["handoffs"]))


def reps_who_never_decide(tables: Tables) -> Expected:
    handed = _by(tables["handoffs"], "handoff_id")
    tables["decisions"][:] = [row for row in tables["decisions"] if handed[row["handoff_id"]]["rep_id"] != "rep3"]
    theirs = sum(row["rep_id"] == "rep3" for row in tables["handoffs"])
    return Expected(theirs, len(tables["handoffs"]), ("rep3",))


def only_tasks(tables: Tables) -> Expected:
    leads = sorted({row["lead_id"] for row in tables["activities"]})
    chosen = set(leads[::4])
    for row in tables["activities"]:
        if row["lead_id"] in chosen:
            row["kind"] = "task"
    return Expected(len(chosen), len(leads), tuple(leads[::4][:5]))


def future_activities(tables: Tables) -> Expected:
    rows = tables["activities"][::10]
    for row in rows:
        row["at"] = AS_OF + timedelta(days=20)
    return Expected(len(rows), len(tables["activities"]), _first(rows, "activity_id"))


def silent_calls(tables: Tables) -> Expected:
    calls = [row for row in tables["activities"] if row["kind"] == "call"]
    for row in calls[::2]:
        row["duration_s"] = None
    calls[0]["outcome"] = "no_answer"
    return Expected(len(calls[::2]) - 1, len(calls))


def _refused(tables: Tables) -> list[Row]:
    return [row for row in tables["decisions"] if row["outcome"] in {"rejected", "disqualified"}]


def missing_reasons(tables: Tables) -> Expected:
    refused = _refused(tables)
    for row in refused[::2]:
        row["reason"] = None
    return Expected(len(refused[::2]), len(refused), _first(refused[::2], "decision_id"))


def free_text_reasons(tables: Tables) -> Expected:
    refused = _refused(tables)
    for row in refused[::2]:
        row["reason"] = "other: did not like the name"
    return Expected(len(refused[::2]), len(refused), _first(refused[::2], "decision_id"))


def deals_without_acceptance(tables: Tables) -> Expected:
    deals = {row["lead_id"]: row for row in tables["opportunities"]}
    handed = _by(tables["handoffs"], "handoff_id")
    silenced: list[Row] = []
    for row in list(tables["decisions"]):
        lead = handed[row["handoff_id"]]["lead_id"]
        if lead in deals and len(silenced) < 20:
            tables["decisions"].remove(row)
            silenced.append(deals[lead])
    return Expected(20, len(tables["opportunities"]), _first(silenced, "opportunity_id"))


def duplicate_leads(tables: Tables) -> Expected:
    leads = tables["leads"]
    for number in range(6):
        leads[number]["Email"] = "  Ann@Example.org " if number % 2 else "ann@example.org"
    leads[0]["merged_into"] = leads[1]["lead_id"]  # this one is mended already
    return Expected(4, len(leads) - 1, (leads[5]["lead_id"],), column="Email")


def test_leads(tables: Tables) -> Expected:
    leads = tables["leads"]
    leads[3]["company"] = " Test"
    leads[4]["Email"] = "TEST@company.example"
    leads[5]["company"] = "Testing Machines Ltd"  # a real name that only contains the word
    return Expected(2, len(leads), _first([leads[3], leads[4]], "lead_id"))


def null_like_words(tables: Tables) -> Expected:
    rows = tables["leads"][::3]
    for row in rows:
        row["origin"] = "Unknown "
    return Expected(len(rows), len(tables["leads"]), column="origin")  # `none` as a need is allowed


def spelling_variants(tables: Tables) -> Expected:
    rows = [row for row in tables["leads"] if row["channel"] == "webinar"][:8]
    for row in rows:
        row["channel"] = "Webinar"
    return Expected(8, len(tables["leads"]), column="channel")


def spend_without_leads(tables: Tables) -> Expected:
    tables["spend"].append({**tables["spend"][0], "channel": "Webinars"})
    return Expected(1, len(tables["spend"]), ("Webinars",))


def leads_without_spend(tables: Tables) -> Expected:
    tables["spend"][:] = [row for row in tables["spend"] if row["channel"] != "event"]
    return Expected(sum(row["channel"] == "event" for row in tables["leads"]), len(tables["leads"]), ("event",))


def foreign_currency(tables: Tables) -> Expected:
    for row in tables["orders"][:3]:
        row["currency"] = "USD"
    return Expected(3, len(tables["orders"]), ("USD",), table="orders")


def wins_without_amount(tables: Tables) -> Expected:
    tables["orders"].clear()
    won = [row for row in tables["opportunities"] if row["won"]]
    for row in won[:10]:
        row["amount"] = None
    return Expected(10, len(won), _first(won[:10], "opportunity_id"))


def orders_of_nobody(tables: Tables) -> Expected:
    rows = tables["orders"][::2]
    for row in rows:
        row["lead_id"] = None
    rows[0]["customer_id"] = next(row["customer_id"] for row in tables["leads"] if row["customer_id"])
    return Expected(len(rows) - 1, len(tables["orders"]), _first(rows[1:], "order_id"))


SCENARIOS: Mapping[str, Scenario] = {
    spoil.__name__: Scenario(spoil)
    for spoil in (
        nothing_handed_over,
        no_decisions,
        no_activities,
        no_reps,
        leads_never_handed_over,
        later_than_as_of,
        handoffs_of_unknown_leads,
        decisions_of_nothing,
        activities_of_unknown_leads,
        other_orphans,
        unknown_reps,
        merge_rings,
        merge_chains,
        handoff_dates,
        decision_dates,
        activity_dates,
        night_masses,
        round_hours,
        outside_hours,
        shifted_clock,
        clocks_disagree,
        decisions_before_handoff,
        decisions_without_handoff,
        late_decisions,
        simultaneous_decisions,
        contradicting_decisions,
        handoffs_before_lead,
        handoffs_at_creation,
        doubled_handoffs,
        first_touch_ever,
        one_activity_per_lead,
        deals_before_lead,
        deals_closed_before_opened,
        owner_missing,
        one_owner,
        decided_by_others,
        actions_of_nobody,
        worked_by_others,
        batch_decisions,
        period_end_decisions,
        instant_decisions,
        instant_actions,
        activity_bursts,
        round_the_clock,
        automated_share,
        automation_not_recorded,
        direction_not_recorded,
        undecided,
        reps_who_never_decide,
        only_tasks,
        future_activities,
        silent_calls,
        missing_reasons,
        free_text_reasons,
        deals_without_acceptance,
        duplicate_leads,
        test_leads,
        null_like_words,
        spelling_variants,
        spend_without_leads,
        leads_without_spend,
        foreign_currency,
        wins_without_amount,
        orders_of_nobody,
    )
} | {
    "no_agreement": Scenario(no_agreement, agreement=Agreement(timezone="Europe/Paris")),
    "quarantined_rows": Scenario(quarantined_rows, more={"quarantined": {"decisions": 50}}),
}
