"""Spoilt on purpose: owners, machines, clean-ups, and what sales did not write down."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from audit.company import AS_OF, Row, Tables
from audit.spoiling import Expected, by_key, first_ids, refusals, sales_by_lead


def owner_missing(tables: Tables) -> Expected:
    lost = tables["handoffs"][::4]
    for row in lost:
        row["rep_id"] = None
    return Expected(len(lost), len(tables["handoffs"]), first_ids(lost, "handoff_id"))


def one_owner(tables: Tables) -> Expected:
    for row in tables["handoffs"][:-10]:
        row["rep_id"] = "rep0"
    affected = sum(row["rep_id"] == "rep0" for row in tables["handoffs"])
    return Expected(affected, len(tables["handoffs"]), ("rep0",))


def decided_by_others(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
    teams = {row["rep_id"]: row["team"] for row in tables["reps"]}
    rows = tables["decisions"][::3]
    for number, row in enumerate(rows):  # a colleague of the same team decides every second of them
        owner = handed[row["handoff_id"]]["rep_id"]
        same = [rep for rep, team in teams.items() if team == teams[owner] and rep != owner]
        other = [rep for rep, team in teams.items() if team != teams[owner]]
        row["rep_id"] = same[0] if number % 2 else other[0]
    return Expected(len(rows[::2]), len(tables["decisions"]), first_ids(rows[::2], "decision_id"))


def actions_of_nobody(tables: Tables) -> Expected:
    sent = [row for row in tables["activities"] if row["kind"] != "task"]
    for row in sent[::4]:
        row["rep_id"] = None
    return Expected(len(sent[::4]), len(sent), first_ids(sent[::4], "activity_id"))


def ghosts_of_nobody(tables: Tables) -> Expected:
    """Every third accepted lead was worked by people who are not named: all of it, so that only they are ghosts."""
    return _unsigned(tables, {row["handoff_id"] for row in tables["decisions"] if row["outcome"] == "accepted"})


def unworked_of_nobody(tables: Tables) -> Expected:
    """As above, of all that was handed over. None of these was refused before its first real action."""
    return _unsigned(tables, {row["handoff_id"] for row in tables["handoffs"]})


def _unsigned(tables: Tables, handoffs: set[str]) -> Expected:
    """Nobody is named on what was done for every third of ``handoffs``; those that anything real was done for count."""
    handed = by_key(tables["handoffs"], "handoff_id")
    affected = []
    for handoff in sorted(handoffs)[::3]:
        rows = [row for row in tables["activities"] if row["lead_id"] == handed[handoff]["lead_id"]]
        for row in rows:
            row["rep_id"] = None
        real = [row for row in rows if row["kind"] != "task" and (row["kind"] != "call" or row["duration_s"] >= 30)]
        affected += [{"handoff_id": handoff}] if real else []
    return Expected(len(affected), len(handoffs), first_ids(affected, "handoff_id"))


def worked_by_others(tables: Tables) -> Expected:
    worked = sales_by_lead(tables)
    teams = {row["rep_id"]: row["team"] for row in tables["reps"]}
    leads = sorted(worked)[::4]
    for lead in leads:
        for row in worked[lead]:
            row["rep_id"] = next(rep for rep, team in teams.items() if team != teams[row["rep_id"]])
    return Expected(len(leads), len(worked), tuple(leads[:5]))


def batch_decisions(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
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
    return Expected(len(batch), counted, first_ids(batch, "decision_id"))


def late_clean_ups(tables: Tables) -> Expected:
    """Forty leads whose month was over long ago are closed in one minute; ten more came late one by one."""
    handed = by_key(tables["handoffs"], "handoff_id")
    moment = AS_OF - timedelta(days=2, hours=3)
    old = [row for row in tables["decisions"] if moment - handed[row["handoff_id"]]["at"] > timedelta(days=40)]
    tidied, slow = old[:40], old[40:50]
    for number, row in enumerate(tidied):
        row["at"] = moment + timedelta(seconds=number)
    for number, row in enumerate(slow):
        row["at"] = moment + timedelta(minutes=7 * number + 3)
    return Expected(40, 50, first_ids(tidied, "decision_id"))


def clockwork_decisions(tables: Tables) -> Expected:
    """Every sixth lead is accepted by a rule, three days after its handoff and up to four seconds more."""
    handed = by_key(tables["handoffs"], "handoff_id")
    rows = tables["decisions"][::6]
    for number, row in enumerate(rows):
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(days=3, seconds=number % 5)
    return Expected(len(rows), len(tables["decisions"]), first_ids(rows, "decision_id"))


def clockwork_actions(tables: Tables) -> Expected:
    """Every sixth lead that sales worked was sent an e-mail by a sequence first, a minute after the handoff."""
    handed = by_key(tables["handoffs"], "lead_id")
    leads = sorted(sales_by_lead(tables))[::6]
    tables["activities"] += [
        {
            "activity_id": f"sequence{number}",
            "lead_id": lead,
            "at": handed[lead]["at"] + timedelta(seconds=60),
            "rep_id": handed[lead]["rep_id"],
            "kind": "email",
        }
        for number, lead in enumerate(leads)
    ]
    worked = _really_worked(tables)
    return Expected(len(leads), len(worked), first_ids([handed[lead] for lead in leads], "handoff_id"))


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
    handed = by_key(tables["handoffs"], "handoff_id")
    rows = tables["decisions"][::6]
    for row in rows:
        row["at"] = handed[row["handoff_id"]]["at"] + timedelta(seconds=1)
    return Expected(len(rows), len(tables["decisions"]), first_ids(rows, "decision_id"))


def instant_actions(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "lead_id")
    leads = sorted(sales_by_lead(tables))[::6]
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
    return Expected(len(leads), len(_really_worked(tables)))


def _really_worked(tables: Tables) -> set[str]:
    """Every clean company's activity comes after its lead's one handoff, by its owner, within the window or not."""
    handed = by_key(tables["handoffs"], "lead_id")
    return {
        row["lead_id"]
        for row in tables["activities"]
        if row["kind"] in {"email", "meeting"} or (row["kind"] == "call" and row["duration_s"] >= 30)
        if row["at"] < handed[row["lead_id"]]["at"] + timedelta(days=30)
    }


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


def mailings(tables: Tables) -> Expected:
    """Forty leads get a mail in one second, each in the name of its owner; nine in another, which may be chance."""
    owned = sorted(tables["handoffs"], key=lambda row: str(row["lead_id"]))
    moment = AS_OF - timedelta(days=2, seconds=11)
    for number, row in enumerate(owned[:49]):
        tables["activities"].append(
            {
                "activity_id": f"mail{number:03}",
                "lead_id": row["lead_id"],
                "at": (moment if number < 40 else moment - timedelta(hours=1)) + timedelta(microseconds=number),
                "rep_id": row["rep_id"],
                "kind": "email",
            }
        )
    sent = [row for row in tables["activities"] if row["kind"] != "task"]
    return Expected(40, len(sent), ("mail000", "mail001", "mail002", "mail003", "mail004"))


def activity_heaps(tables: Tables) -> Expected:
    leads = sorted(row["lead_id"] for row in tables["handoffs"])
    moment = (AS_OF - timedelta(days=2)).replace(second=0, microsecond=0)

    def mailing(name: str, count: int, minute: int, rep: str = "rep1", over: int = 59) -> None:
        for number, lead in enumerate(leads[:count]):
            at = moment + timedelta(minutes=minute, microseconds=1_000_000 * (over * number) // count + 1)
            row = {"activity_id": f"{name}{number:03}", "lead_id": lead, "at": at, "rep_id": rep, "kind": "email"}
            tables["activities"].append(row)

    mailing("heap", 40, 0)
    mailing("less", 15, 2)
    mailing("fast", 14, 4)  # fourteen in a minute are still a fast person
    mailing("one", 14, 6)
    mailing("two", 14, 6, rep="rep2")  # and two fast people are two
    mailing("burst", 20, 8, over=0)  # in one second: a burst, said by that
    sent = sum(row["kind"] != "task" for row in tables["activities"])
    return Expected(55, sent, tuple(f"heap{number:03}" for number in range(5)))


def passed_on(tables: Tables) -> Expected:
    decided = {row["handoff_id"] for row in tables["decisions"]}
    handed = sorted((row for row in tables["handoffs"] if row["handoff_id"] in decided), key=lambda row: row["lead_id"])

    def before(name: str, row: Row, hours: float) -> Row:
        earlier = {**row, "handoff_id": f"{name}-{row['handoff_id']}", "at": row["at"] - timedelta(hours=hours)}
        tables["handoffs"].append(earlier)
        return earlier

    quick = [before("quick", row, 3) for row in handed[:30]]
    quick += [before("day", row, 24) for row in handed[30:40]]
    for row in handed[40:50]:
        before("slow", row, 25)
        before("same", row, 0)
    for row in handed[50:60]:  # somebody decided before it was passed on
        earlier = before("done", row, 5)
        answer = {"decision_id": f"d-{earlier['handoff_id']}", "handoff_id": earlier["handoff_id"]}
        tables["decisions"].append({**answer, "at": earlier["at"] + timedelta(hours=1), "outcome": "recycled"})
    return Expected(len(quick), len(tables["handoffs"]), first_ids(quick, "handoff_id"))


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
    return Expected(len(rows), len(tables["activities"]), first_ids(rows, "activity_id"))


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


def refusals_not_recorded(tables: Tables) -> Expected:
    tables["decisions"][:] = [row for row in tables["decisions"] if row["outcome"] == "accepted"]
    handed = len(tables["handoffs"])
    return Expected(handed - len(tables["decisions"]), handed)


def reps_who_never_decide(tables: Tables) -> Expected:
    handed = by_key(tables["handoffs"], "handoff_id")
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
    return Expected(len(rows), len(tables["activities"]), first_ids(rows, "activity_id"))


def activities_alone_at_end(tables: Tables) -> Expected:
    """Two due dates near the end of the data, weeks after everything else."""
    rows = tables["activities"][-2:]
    for row, hours in zip(rows, (3, 1), strict=True):
        row["at"] = AS_OF - timedelta(hours=hours)
    return Expected(2, len(tables["activities"]), first_ids(rows, "activity_id"))


def silent_calls(tables: Tables) -> Expected:
    calls = [row for row in tables["activities"] if row["kind"] == "call"]
    for row in calls[::2]:
        row["duration_s"] = None
    calls[0]["outcome"] = "no_answer"
    return Expected(len(calls[::2]) - 1, len(calls))


def missing_reasons(tables: Tables) -> Expected:
    refused = refusals(tables)
    for row in refused[::2]:
        row["reason"] = None
    return Expected(len(refused[::2]), len(refused), first_ids(refused[::2], "decision_id"))


def free_text_reasons(tables: Tables) -> Expected:
    refused = refusals(tables)
    for row in refused[::2]:
        row["reason"] = "other: did not like the name"
    return Expected(len(refused[::2]), len(refused), first_ids(refused[::2], "decision_id"))


def deals_without_acceptance(tables: Tables) -> Expected:
    deals = {row["lead_id"]: row for row in tables["opportunities"]}
    handed = by_key(tables["handoffs"], "handoff_id")
    silenced: list[Row] = []
    for row in list(tables["decisions"]):
        lead = handed[row["handoff_id"]]["lead_id"]
        if lead in deals and len(silenced) < 20:
            tables["decisions"].remove(row)
            silenced.append(deals[lead])
    return Expected(20, len(tables["opportunities"]), first_ids(silenced, "opportunity_id"))
