"""A lead that will be merged into a later one is itself until that one is there, and is counted once at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from acceptance.sources import source_of
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.metrics.cells import MISSING
from accord.readmodel.source import Source
from accord.value.measure import measure_value
from value.company import AS_OF, Row, company
from value.conftest import AGREEMENT
from value.oracle import Person, instant, world

Make = Callable[[datetime], Source]


@pytest.fixture(scope="module")
def merging() -> dict[str, list[Row]]:
    """The company, every fifth lead merged into whichever, many of them into one that is created later."""
    tables = company(8, leads=300)
    for number, lead in enumerate(tables["leads"]):
        if number % 5 == 0:
            lead["merged_into"] = f"l{(number * 7 + 13) % 300:04}"
    return tables


@pytest.fixture(params=["duckdb", "postgres"])
def make(request: pytest.FixtureRequest, merging: dict[str, list[Row]]) -> Iterator[Make]:
    engines: list[Engine] = []

    def source(as_of: datetime) -> Source:
        postgres = request.param == "postgres"
        engines.append(PostgresEngine(request.getfixturevalue("postgres_url")) if postgres else DuckDBEngine())
        return source_of(engines[-1], merging, AGREEMENT, as_of)

    yield source
    for engine in engines:
        engine.close()


def test_the_company_has_such_leads(merging: dict[str, list[Row]]) -> None:
    made = {row["lead_id"]: instant(row["created_at"], AGREEMENT) for row in merging["leads"]}
    handed = {row["lead_id"] for row in merging["handoffs"]}
    later = [row for row in merging["leads"] if row["merged_into"] and made[row["merged_into"]] > made[row["lead_id"]]]
    between = [row for row in later if made[row["lead_id"]] < AS_OF - timedelta(days=200) < made[row["merged_into"]]]
    assert any(row["lead_id"] in handed for row in between)


@pytest.mark.parametrize("days", [0, 120, 200, 280])
def test_every_lead_is_in_one_row(make: Make, merging: dict[str, list[Row]], days: int) -> None:
    as_of = AS_OF - timedelta(days=days)
    known = world(merging, AGREEMENT, as_of)
    people: dict[str, list[Person]] = defaultdict(list)
    for person in known.people.values():
        people[person.row["channel"] or MISSING].append(person)
    rows = {row.segment["channel"]: row for row in measure_value(make(as_of), by=["channel"]).rows if row.funnel.leads}
    assert rows.keys() == people.keys()
    for channel, found in people.items():
        funnel = rows[channel].funnel
        assert funnel.leads == len(found)
        assert funnel.qualified == sum(person.handed is not None for person in found)
        assert funnel.accepted == sum(person.accepted is not None for person in found)
        assert funnel.opportunities == sum(person.opportunity is not None for person in found)
        assert funnel.won == sum(person.won is not None for person in found)
        priced = [order for person in found for order in person.orders if (order["currency"] or "EUR") == "EUR"]
        assert rows[channel].customers.orders == len(priced)


@pytest.mark.parametrize("by", [["channel"], ["band"]])
def test_before_and_from_the_day_on_which_the_other_is_there(by: list[str]) -> None:
    """Sales had the lead, took it and was paid, all before the one it will be merged into was created."""
    first, second = datetime(2026, 1, 5, 9), datetime(2026, 3, 2, 9)  # noqa: DTZ001 - naive UTC
    day = timedelta(days=1)
    tables: dict[str, list[Row]] = {
        "leads": [
            {"lead_id": "a", "created_at": first, "channel": "web", "merged_into": "b"},
            {"lead_id": "b", "created_at": second, "channel": "event", "merged_into": None},
        ],
        "touches": [{"touch_id": "t", "lead_id": "a", "at": first, "kind": "form", "channel": "social"}],
        "handoffs": [{"handoff_id": "h", "lead_id": "a", "at": first + day, "band": "A"}],
        "decisions": [{"decision_id": "d", "handoff_id": "h", "at": first + 2 * day, "outcome": "accepted"}],
        "opportunities": [
            {
                "opportunity_id": "o",
                "lead_id": "a",
                "created_at": first + 3 * day,
                "closed_at": first + 9 * day,
                "won": True,
                "amount": 50.0,
            }
        ],
        "orders": [
            {
                "order_id": "p",
                "lead_id": "a",
                "customer_id": None,
                "at": first + 10 * day,
                "amount": 50.0,
                "currency": None,
            }
        ],
        **{name: [] for name in ("activities", "reps", "spend")},
    }
    segments = []
    for as_of in (second - day, second + day):
        with source_of(DuckDBEngine(), tables, AGREEMENT, as_of) as source:
            report = measure_value(source, by=by, attribution="linear")
        (row,) = report.rows
        funnel = row.funnel
        assert (funnel.leads, funnel.qualified, funnel.accepted, funnel.opportunities, funnel.won) == (1, 1, 1, 1, 1)
        assert (row.customers.revenue, row.customers.orders) == (5000, 1)
        assert report.attribution is not None
        assert (report.attribution.touches, report.attribution.leads_untouched) == (1, 0)
        segments.append(row.segment[by[0]])
    assert segments == {"channel": ["web", "event"], "band": ["A", "A"]}[by[0]]


def test_a_chain_is_read_link_by_link() -> None:
    """a became b, and b became c: before c is there, a and b are one already."""
    day = timedelta(days=1)
    made = {"a": datetime(2026, 1, 5, 9), "b": datetime(2026, 1, 12, 9), "c": datetime(2026, 3, 2, 9)}  # noqa: DTZ001
    tables: dict[str, list[Row]] = {
        "leads": [
            {"lead_id": lead, "created_at": at, "channel": lead, "merged_into": {"a": "b", "b": "c"}.get(lead)}
            for lead, at in made.items()
        ],
        "handoffs": [{"handoff_id": lead, "lead_id": lead, "at": made[lead] + day, "band": "A"} for lead in ("a", "b")],
        **{name: [] for name in ("activities", "decisions", "opportunities", "orders", "reps", "spend", "touches")},
    }
    known = []
    for as_of in (made["b"] - day, made["c"] - day, made["c"] + day):
        with source_of(DuckDBEngine(), tables, AGREEMENT, as_of) as source:
            rows = measure_value(source, by=["channel"]).rows
        known.append({row.segment["channel"]: (row.funnel.leads, row.funnel.qualified) for row in rows})
    assert known == [{"a": (1, 1)}, {"b": (1, 1)}, {"c": (1, 1)}]
