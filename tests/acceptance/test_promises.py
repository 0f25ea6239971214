"""Promises per class of leads and marketing's monthly commitment, counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from acceptance.sources import source_of
from accord.acceptance.measure import measure
from accord.agreement.model import Acceptance, Agreement, Commitments, LeadClassPromise, MonthlyCommitment
from accord.engines.base import Engine
from accord.errors import AgreementError
from accord.values import Estimate

AT = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - naive UTC; a Monday
AGREEMENT = Agreement(
    acceptance=Acceptance(
        promises=(
            LeadClassPromise(name="demo", where={"lead_type": ("demo",)}, within_hours=1),
            LeadClassPromise(name="demo, open", where={"lead_type": ("demo",)}, within_hours=1, clock="business"),
            LeadClassPromise(name="paper", where={"lead_type": ("paper", "guide")}, within_hours=48, clock="business"),
        )
    ),
    commitments=Commitments(
        monthly=(MonthlyCommitment(leads=30), MonthlyCommitment(name="demos", leads=10, where={"lead_type": ("demo",)}))
    ),
)


def tables() -> dict[str, list[dict[str, Any]]]:
    """60 leads, three a day: a demo at 10:00, a paper at 12:00, a demo at 17:30; answered after 50 minutes, or 2 hours
    for every second one of its kind; the evening's late answers come after closing time (18:00)."""
    made: dict[str, list[dict[str, Any]]] = {n: [] for n in ("leads", "handoffs", "decisions", "activities", "reps")}
    for day in range(20):
        for kind, hour in (("demo", 10.0), ("paper", 12.0), ("demo", 17.5)):
            number = len(made["leads"])
            at = AT.replace(hour=0) + timedelta(days=day, hours=hour)
            late = day % 2 == 1
            delay = timedelta(hours=2) if late else timedelta(minutes=50)
            made["leads"].append({"lead_id": f"l{number}", "created_at": at, "lead_type": kind})
            made["handoffs"].append({"handoff_id": f"h{number}", "lead_id": f"l{number}", "at": at, "rep_id": "r"})
            call = {
                "activity_id": f"a{number}",
                "lead_id": f"l{number}",
                "at": at + delay,
                "rep_id": "r",
                "kind": "call",
            }
            made["activities"].append(call)
    made["reps"].append({"rep_id": "r"})
    return made


def test_promises_hold_for_their_class_on_their_clock(way: tuple[Engine, bool]) -> None:
    engine, _fetch = way
    source = source_of(engine, tables(), AGREEMENT, AT + timedelta(days=60))
    kept = {promise.name: promise for promise in measure(source).promises}
    assert {name: promise.handed for name, promise in kept.items()} == {"demo": 40, "demo, open": 40, "paper": 20}
    demo, in_hours, paper = (kept[name].kept for name in ("demo", "demo, open", "paper"))
    assert isinstance(demo, Estimate)
    assert isinstance(in_hours, Estimate)
    assert isinstance(paper, Estimate)
    assert demo.value == 20 / 40  # every second day
    # On the business clock an evening's two hours hold thirty open minutes, and a weekend none at all: the late
    # answers of ten evenings are in time, and those of the ten mornings of odd days are not, but for weekends.
    late_weekend_mornings = sum((AT + timedelta(days=day)).weekday() >= 5 for day in range(1, 20, 2))
    assert in_hours.value == (20 + 10 + late_weekend_mornings) / 40
    assert paper.value == 1.0  # two hours are well within two business days


def test_marketing_is_held_to_its_months(way: tuple[Engine, bool]) -> None:
    engine, _fetch = way
    made = tables()
    for row in made["handoffs"][:10]:
        row["at"] -= timedelta(days=20)
    source = source_of(engine, made, AGREEMENT, AT + timedelta(days=20))
    found = [(met.name, met.month, met.owed, met.delivered, met.over) for met in measure(source).commitments]
    demos_before = sum(made["leads"][number]["lead_type"] == "demo" for number in range(10))
    assert found == [
        ("all leads", "2026-02", 30, 10, True),
        ("all leads", "2026-03", 30, 50, False),
        ("demos", "2026-02", 10, demos_before, True),
        ("demos", "2026-03", 10, 40 - demos_before, False),
    ]


def test_a_lead_handed_over_again_in_the_month_is_one_lead(way: tuple[Engine, bool]) -> None:
    """Also under the identifiers of merged leads; in another month it counts again."""
    engine, _fetch = way
    made = tables()
    first, second = made["leads"][0], made["leads"][3]  # both demos
    assert first["lead_type"] == second["lead_type"] == "demo"
    for lead in made["leads"]:
        lead["merged_into"] = None
    second["merged_into"] = first["lead_id"]
    for number, days in enumerate((1, 2, 40)):
        again = {**made["handoffs"][0], "handoff_id": f"again{number}"}
        made["handoffs"].append({**again, "at": AT + timedelta(days=days)})
    source = source_of(engine, made, AGREEMENT, AT + timedelta(days=50))
    report = measure(source)
    assert report.answers[report.chosen].totals.handed == 63
    found = [(met.name, met.month, met.delivered) for met in report.commitments]
    assert found == [
        ("all leads", "2026-03", 59),
        ("all leads", "2026-04", 1),
        ("demos", "2026-03", 39),
        ("demos", "2026-04", 1),
    ]


def test_a_month_with_nothing_handed_over_is_owed_all_the_same(way: tuple[Engine, bool]) -> None:
    engine, _fetch = way
    made = tables()
    for row in made["handoffs"][:10]:
        row["at"] -= timedelta(days=60)  # to early January; the others stay in March
    source = source_of(engine, made, AGREEMENT, AT + timedelta(days=70))
    found = [(met.month, met.delivered, met.over) for met in measure(source).commitments if met.name == "all leads"]
    assert found == [
        ("2026-01", 10, True),
        ("2026-02", 0, True),
        ("2026-03", 50, True),
        ("2026-04", 0, True),
        ("2026-05", 0, False),
    ]


def test_no_month_is_judged_by_a_part_of_it(way: tuple[Engine, bool]) -> None:
    engine, _fetch = way
    source = source_of(engine, tables(), AGREEMENT, AT + timedelta(days=70))

    def months(start: date | None, end: date | None) -> list[tuple[str, int]]:
        report = measure(source, start=start, end=end)
        return [(met.month, met.delivered) for met in report.commitments if met.name == "all leads"]

    assert months(date(2026, 3, 1), date(2026, 4, 1)) == [("2026-03", 60)]
    assert months(date(2026, 3, 10), None) == [("2026-04", 0), ("2026-05", 0)]
    assert months(None, date(2026, 3, 20)) == []


def test_a_promise_about_a_column_that_is_not_there_is_no_silence(way: tuple[Engine, bool]) -> None:
    engine, _fetch = way
    wrong = Agreement(
        acceptance=Acceptance(promises=(LeadClassPromise(name="x", where={"lead_kind": ("demo",)}, within_hours=1),))
    )
    source = source_of(engine, tables(), wrong, AT + timedelta(days=60))
    with pytest.raises(AgreementError, match=r"x.*lead_kind.*lead_type"):
        measure(source)
