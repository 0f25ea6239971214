"""The published schema of ``accord report --json`` holds, its parts by the schemas of the commands they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from accord.report.board.answer import board_json
from board.companies import Made

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
NAMES = ("acceptance", "diagnosis", "recycle", "value", "board")


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    parts: Registry[Any] = Registry().with_resources(
        [(f"{name}.schema.json", Resource.from_contents(schema(name))) for name in NAMES]
    )
    return Draft202012Validator(schema("board"), registry=parts)


@pytest.mark.parametrize("state", ["whole", "unrecorded", "still_open", "of_nothing"])
def test_the_schema_holds(state: str, validator: Draft202012Validator, request: pytest.FixtureRequest) -> None:
    made: Made = request.getfixturevalue(state)
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(board_json(made.board))]
    assert faults == []


def test_the_schema_refuses_what_is_no_report(validator: Draft202012Validator, whole: Made) -> None:
    answer = json.loads(json.dumps(board_json(whole.board)))
    answer["data"]["period"]["because"] = "chance"
    del answer["data"]["money"]["cohorts"]
    assert len(list(validator.iter_errors(answer))) == 2
