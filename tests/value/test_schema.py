"""The published schema of ``accord value --json`` holds for rich answers and for poor ones."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from acceptance.sources import source_of
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.source import Source
from accord.report.envelope import dumps
from accord.report.value.answer import value_json
from accord.value.figures import ValueReport
from accord.value.levers import suppositions_of
from accord.value.measure import measure_value
from accord.value.supposing import Supposed
from value.company import AS_OF, Row
from value.conftest import AGREEMENT

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "value.schema.json").read_text("utf-8"))
SUPPOSED = suppositions_of(["acceptance=+10%", "late_acceptances=0%", "leads=-5%", "cost_per_lead=+3%"])

NOTHING: dict[str, list[Row]] = {
    name: [] for name in ("leads", "handoffs", "decisions", "activities", "reps", "opportunities", "orders", "spend")
}
FEW = [
    {"lead_id": f"l{n}", "created_at": AS_OF - timedelta(days=10 * n), "channel": "ads", "campaign": None}
    for n in range(1, 30)
]
POOR: dict[str, dict[str, list[Row]]] = {
    "nothing": NOTHING,
    "leads alone": NOTHING | {"leads": FEW},
    "spend in another currency": NOTHING
    | {
        "leads": FEW,
        "spend": [
            {
                "start": AS_OF.date() - timedelta(days=90),
                "end": AS_OF.date(),
                "channel": "ads",
                "campaign": None,
                "amount": 900.0,
                "currency": "USD",
            }
        ],
    },
    "a refund alone": NOTHING
    | {
        "leads": FEW,
        "orders": [
            {"order_id": "o1", "lead_id": "l1", "customer_id": None, "at": AS_OF, "amount": -5.0, "currency": None}
        ],
    },
}


def validated(report: ValueReport) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(dumps(value_json(report)))
    Draft202012Validator(SCHEMA).validate(answer)
    return answer


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_whole_answer_is_described(embedded: Source) -> None:
    suppose = Supposed(SUPPOSED, {"channel": "webinar"})
    answer = validated(measure_value(embedded, by=["channel"], period="quarter", tell_later=True, suppose=suppose))
    data, described = answer["data"], SCHEMA["properties"]["data"]["properties"]
    assert data.keys() <= described.keys(), "every property is described"
    assert set(SCHEMA["properties"]["data"]["required"]) <= data.keys()
    assert data["rows"][0].keys() <= SCHEMA["$defs"]["row"]["properties"].keys()
    assert data["scenario"].keys() == SCHEMA["$defs"]["scenario"]["properties"].keys()
    assert data["left_out"]
    assert data["noticed"]


@pytest.mark.parametrize("name", POOR)
def test_poor_answers_are_described(name: str) -> None:
    with source_of(DuckDBEngine(), POOR[name], AGREEMENT, AS_OF) as source:
        for by in ([], ["channel"], ["sector"]):
            validated(measure_value(source, by=by, suppose=Supposed(suppositions_of(["leads=-5%"]))))


@pytest.mark.parametrize(
    ("place", "broken"),
    [
        (("totals", "cac"), 0),
        (("totals", "cac"), None),
        (("totals", "cac"), {"value": 3.0}),
        (("won_by",), "luck"),
        (("spend", "total"), "12.50"),
    ],
)
def test_the_schema_refuses_what_the_contract_does(embedded: Source, place: tuple[str, ...], broken: Any) -> None:
    answer = validated(measure_value(embedded))
    part = answer["data"]
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = broken
    assert not Draft202012Validator(SCHEMA).is_valid(answer)
