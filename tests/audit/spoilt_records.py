"""Spoilt on purpose: what is missing, points at nothing, comes twice, or is written in several ways."""

from __future__ import annotations

from datetime import timedelta

from audit.company import AS_OF, Tables
from audit.spoiling import Expected, first_ids


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
    return Expected(
        3, len(tables["touches"]), first_ids(tables["touches"][:3], "touch_id"), table="touches", column="at"
    )


def handoffs_of_unknown_leads(tables: Tables) -> Expected:
    lost = tables["handoffs"][:7]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(7, len(tables["handoffs"]), first_ids(lost, "handoff_id"), column="lead_id")


def decisions_of_nothing(tables: Tables) -> Expected:
    lost = tables["decisions"][:9]
    for row in lost:
        row["handoff_id"] = "gone"
    return Expected(9, len(tables["decisions"]), first_ids(lost, "decision_id"), column="handoff_id")


def activities_of_unknown_leads(tables: Tables) -> Expected:
    lost = tables["activities"][:11]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(11, len(tables["activities"]), first_ids(lost, "activity_id"))


def handoffs_of_waiting_leads(tables: Tables) -> Expected:
    """Three wait for one lead in quarantine; a fourth names a lead that is nowhere."""
    rows = tables["handoffs"][:4]
    for row, lead in zip(rows, ("refused", "refused", "refused", "gone"), strict=True):
        row["lead_id"] = lead
    return Expected(3, len(tables["handoffs"]), first_ids(rows[:3], "handoff_id"), column="lead_id")


def decisions_of_waiting_rows(tables: Tables) -> Expected:
    rows = tables["decisions"][:4]
    for row, handoff in zip(rows, ("refused", "refused", "refused", "gone"), strict=True):
        row["handoff_id"] = handoff
    return Expected(3, len(tables["decisions"]), first_ids(rows[:3], "decision_id"), column="handoff_id")


def activities_of_waiting_leads(tables: Tables) -> Expected:
    rows = tables["activities"][:4]
    for row, lead in zip(rows, ("refused", "refused", "refused", "gone"), strict=True):
        row["lead_id"] = lead
    return Expected(3, len(tables["activities"]), first_ids(rows[:3], "activity_id"))


def other_orphans(tables: Tables) -> Expected:
    lost = tables["opportunities"][:2]
    for row in lost:
        row["lead_id"] = "gone"
    return Expected(2, len(tables["opportunities"]), first_ids(lost, "opportunity_id"), table="opportunities")


def unknown_reps(tables: Tables) -> Expected:
    gone = tables["reps"].pop()["rep_id"]
    affected = [row for row in tables["handoffs"] if row["rep_id"] == gone]
    return Expected(len(affected), len(tables["handoffs"]), first_ids(affected, "handoff_id"), table="handoffs")


def merge_rings(tables: Tables) -> Expected:
    leads = tables["leads"]
    leads[0]["merged_into"], leads[1]["merged_into"] = leads[1]["lead_id"], leads[0]["lead_id"]
    leads[2]["merged_into"] = leads[0]["lead_id"]  # runs into the ring
    leads[3]["merged_into"] = leads[3]["lead_id"]
    leads[5]["merged_into"] = leads[6]["lead_id"]  # a plain merge
    return Expected(4, len(leads), first_ids(leads[:4], "lead_id"))


def merge_chains(tables: Tables) -> Expected:
    leads = tables["leads"]
    leads[0]["merged_into"], leads[1]["merged_into"] = leads[1]["lead_id"], leads[2]["lead_id"]
    return Expected(1, len(leads), (leads[0]["lead_id"],))


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
    return Expected(2, len(leads), first_ids([leads[3], leads[4]], "lead_id"))


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
    tables["orders"][3]["currency"] = "eur"  # the agreement's, in small letters: figures take it for it
    return Expected(3, len(tables["orders"]), ("USD",), table="orders")


def wins_without_amount(tables: Tables) -> Expected:
    tables["orders"].clear()
    won = [row for row in tables["opportunities"] if row["won"]]
    for row in won[:10]:
        row["amount"] = None
    return Expected(10, len(won), first_ids(won[:10], "opportunity_id"))


def orders_of_nobody(tables: Tables) -> Expected:
    rows = tables["orders"][::2]
    for row in rows:
        row["lead_id"] = None
    rows[0]["customer_id"] = next(row["customer_id"] for row in tables["leads"] if row["customer_id"])
    return Expected(len(rows) - 1, len(tables["orders"]), first_ids(rows[1:], "order_id"))
