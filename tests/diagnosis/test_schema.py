"""The published schema of ``accord diagnose --json`` holds for rich answers and for poor ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from accord.demo.company import DEMO
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.envelope import dumps
from diagnosis.companies import diagnosed_rows, diagnosed_with_points
from diagnosis.test_robust import POOR

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "diagnosis.schema.json").read_text("utf-8"))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_whole_answer_is_described(tmp_path: Path) -> None:
    answer = json.loads(dumps(diagnosis_json(diagnosed_with_points(DEMO, 2_500, 540, tmp_path))))
    assert answer["data"]["findings"]
    assert answer["data"]["signals"]
    assert answer["data"]["refusals"]["contradictions"]
    Draft202012Validator(SCHEMA).validate(answer)
    assert answer["data"].keys() == SCHEMA["properties"]["data"]["properties"].keys(), "every property is described"
    assert answer["data"]["findings"][0].keys() <= SCHEMA["$defs"]["finding"]["properties"].keys()


@pytest.mark.parametrize("name", POOR)
def test_poor_answers_are_described(name: str) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(dumps(diagnosis_json(diagnosed_rows(POOR[name])))))
