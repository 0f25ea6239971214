"""Whatever company: each lead that crosses goes once or has its reason, caps hold, the order of rows is nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.qualification.handoff import hand_over
from accord.workspace import Workspace
from handoff.company import NOON, agree, fill
from support.staging import fresh_sqlite

DAY = timedelta(days=1)
THRESHOLD, LARGE, WEBINAR = 30, 20, 10.5

numbers = st.integers(1, 9)
lead = st.fixed_dictionaries(
    {
        "employees": st.sampled_from([10, 80]),
        "webinars": st.integers(0, 2),
        "sector": st.sampled_from([None, "rival", "health"]),
        "territory": st.sampled_from([None, "north", "south"]),
        "handed": st.sampled_from([None, None, 3, 40]),
        "outcome": st.sampled_from([None, "accepted", "rejected", "recycled"]),
    }
)
rep = st.fixed_dictionaries(
    {
        "capacity": st.sampled_from([None, 0, 1, 3]),
        "territory": st.sampled_from([None, "north", "south"]),
        "team": st.sampled_from([None, "field"]),
    }
)


def rows(leads: list[dict[str, Any]], reps: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("leads", "touches", "handoffs", "decisions", "reps")
    }
    for number, each in enumerate(leads):
        lead_id = f"L{number}"
        columns = {name: each[name] for name in ("employees", "sector", "territory")}
        tables["leads"].append({"lead_id": lead_id, "created_at": NOON - 60 * DAY, **columns})
        tables["touches"] += [
            {"touch_id": f"{lead_id}-{place}", "lead_id": lead_id, "at": NOON - (1 + place) * DAY, "kind": "webinar"}
            for place in range(each["webinars"])
        ]
        if each["handed"] is not None:
            handoff = {"handoff_id": f"H{number}", "lead_id": lead_id, "at": NOON - each["handed"] * DAY}
            tables["handoffs"].append(handoff)
            if each["outcome"] is not None:
                at = NOON - (each["handed"] - 1) * DAY
                decision = {
                    "decision_id": f"D{number}",
                    "handoff_id": f"H{number}",
                    "at": at,
                    "outcome": each["outcome"],
                }
                tables["decisions"].append(decision)
    tables["reps"] = [{"rep_id": f"R{number}", **each} for number, each in enumerate(reps)]
    return {name: those for name, those in tables.items() if those}


def workspace(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Workspace:
    folder.mkdir()
    fresh_sqlite(folder)
    place = agree(folder)
    fill(place, **tables)
    return place


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(lead, max_size=14, min_size=1), st.lists(rep, max_size=3), st.randoms(use_true_random=False))
def test_conservation(leads: list[dict[str, Any]], reps: list[dict[str, Any]], chance: Any) -> None:
    tables = rows(leads, reps)
    crossing = {
        f"L{number}"
        for number, each in enumerate(leads)
        if (LARGE if each["employees"] >= 50 else 0) + WEBINAR * each["webinars"] >= THRESHOLD
    }
    with tempfile.TemporaryDirectory() as temporary:
        place = workspace(Path(temporary) / "one", tables)
        report = hand_over(place, NOON)
        gone = [each.lead_id for each in report.handed]
        stay = [each.lead_id for each in report.stays]
        disqualified = {f"L{number}" for number, each in enumerate(leads) if each["sector"] == "rival"}
        assert max(Counter(gone + stay).values(), default=1) == 1
        assert set(gone) | set(stay) == crossing
        assert not set(gone) & disqualified
        with_sales = {
            f"L{number}"
            for number, each in enumerate(leads)
            if each["handed"] is not None and (each["outcome"] != "recycled" or each["webinars"] == 0)
        }
        assert not set(gone) & with_sales
        now = Counter(each.rep_id for each in report.handed)
        for number, each in enumerate(reps):
            if each["capacity"] is not None:
                assert now[f"R{number}"] <= each["capacity"]
        assert hand_over(place, NOON).handed == ()
        for name in tables:
            chance.shuffle(tables[name])
        shuffled = hand_over(workspace(Path(temporary) / "two", tables), NOON)
        assert shuffled.handed == report.handed
        assert shuffled.stays == report.stays
