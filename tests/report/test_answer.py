from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accord import __version__
from accord.acceptance.figures import AcceptanceReport
from accord.report.acceptance.answer import acceptance_json
from accord.report.envelope import dumps
from accord.values import Bounds, Estimate
from report import examples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "acceptance.schema.json").read_text("utf-8"))
ROW = {
    *("segment", "period", "handed", "accepted", "rejected", "disqualified", "recycled", "expired", "superseded"),
    *("open", "raw_rate", "open_bounds", "rate", "shrunk", "within", "business_within", "answered_within"),
    *("delay_hours", "business_delay_hours", "weighted_delay_hours", "ghost", "silent", "token", "never_worked"),
}
ADDED = {"disqualified_after_acceptance", "recycled_after_acceptance"}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(
    "report",
    [
        examples.overall(),
        examples.by_channel(),
        examples.by_channel_and_week(),
        examples.mostly_unknown(),
        examples.empty(),
    ],
)
def test_every_answer_has_the_shape_of_the_contract(report: AcceptanceReport, validator: Draft202012Validator) -> None:
    answer = json.loads(dumps(acceptance_json(report)))
    validator.validate(answer)
    assert list(answer) == ["accord", "agreement", "as_of", "data"]
    assert answer["accord"] == __version__
    for row in (answer["data"]["totals"], *answer["data"]["rows"]):
        assert set(row) == ROW | ADDED


def test_all_definitions_stand_under_their_names(validator: Draft202012Validator) -> None:
    answer = acceptance_json(examples.every_definition(), every_definition=True)
    validator.validate(answer)
    data: Any = answer["data"]
    assert list(data["definitions"]) == ["explicit", "action", "worked", "tacit"]
    assert all(data["definitions"][name]["definition"] == name for name in data["definitions"])
    assert all(len(one["rows"]) == 7 for one in data["definitions"].values())


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("data", "totals", "rate"), 0.47),
        (("data", "totals", "rate"), None),
        (("data", "totals", "rate"), {"value": 0.47, "low": 0.4, "high": 0.5, "n": 812}),
        (("data", "totals", "rate"), {"unknown": "who knows"}),
        (("data", "totals", "within"), {}),
        (("data", "totals", "delay_hours"), {"p50": {"unknown": "too_few", "need": 10}}),
        (("data", "totals", "period"), "2026-31"),
        (("data", "totals", "handed"), 12.5),
        (("as_of",), "2026-07-31T14:05:00+02:00"),
    ],
)
def test_the_schema_refuses_what_the_contract_does(
    path: tuple[str, ...], wrong: object, validator: Draft202012Validator
) -> None:
    answer = json.loads(dumps(acceptance_json(examples.overall())))
    place = answer
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = wrong
    assert not validator.is_valid(answer)


def test_figures_leave_exactly_as_they_are() -> None:
    totals = replace(
        examples.total(),
        rate=Estimate(0.1 + 0.2, 0.25, 1 / 3, 812, date_bounds=Bounds(0.29, 0.31)),
        ghost=examples.NOT_RECORDED,
        token=examples.TOO_FEW,
    )
    row = json.loads(dumps(acceptance_json(examples.report(totals))))["data"]["totals"]
    assert row["rate"] == {
        "value": 0.1 + 0.2,
        "low": 0.25,
        "high": 1 / 3,
        "level": 0.95,
        "n": 812,
        "date_bounds": {"low": 0.29, "high": 0.31},
    }
    assert row["ghost"] == {"unknown": "not_recorded"}
    assert row["token"] == {"unknown": "too_few", "need": 10}


def test_the_text_is_ascii_the_same_each_time_and_one_row_to_a_line() -> None:
    report = examples.report(examples.total(), (examples.row(40, 0.5, segment={"origin": "Salon été"}),))
    text = dumps(acceptance_json(report))
    assert text.isascii()
    assert text == dumps(acceptance_json(report))
    assert json.loads(text)["data"]["rows"][0]["segment"] == {"origin": "Salon été"}
    rows = dumps(acceptance_json(examples.by_channel())).splitlines()
    assert sum('"segment": {"channel"' in line for line in rows) == 7


def test_as_of_is_utc_and_keeps_fractions_only_where_there_are_any() -> None:
    assert acceptance_json(examples.overall())["as_of"] == "2026-07-31T12:05:00Z"
    later = replace(examples.overall(), as_of=datetime.fromisoformat("2026-07-31T12:05:00.250"))
    assert acceptance_json(later)["as_of"] == "2026-07-31T12:05:00.250000Z"


def test_which_definition_counts_and_why_is_said_once() -> None:
    for answer in (
        acceptance_json(examples.by_channel()),
        acceptance_json(examples.every_definition(), every_definition=True),
    ):
        data: Any = answer["data"]
        assert (data["chosen"], data["chosen_because"]) == ("explicit", "decisions_recorded")
        assert data["left_out"] == {}
