"""The published JSON Schema: up to date, sound, and of one mind with the validator as far as a schema can speak."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from accord.agreement.packaged import published_schema, template
from accord.agreement.publishing import schema_text
from accord.agreement.schema import DIALECT, json_schema
from accord.agreement.source import read_source
from agreement.files import judged
from agreement.generated import documents
from agreement.test_faults import ONE_FAULT

ROOT = Path(__file__).parents[2]

BEYOND_A_SCHEMA = re.compile(
    r"not a time zone|not a currency|public holidays are known|not a part of|no country is named|overlaps with"
    r"|closes at|opens on no day|also listed as open|above the target|below the floor|the window closes"
    r"|which is there already|no account reaches|larger accounts|not above the|there is no such day"
    r"|at most two decimals|must not be above the second|A condition has one\.|a condition has one or the other"
    r"|and no field to compare|does not compare it|says nothing|counts nothing|a criterion has one of them"
    r"|limits a condition|not a list of this agreement|gives at most|which is not a criterion|no lead can reach"
    r"|so the two overlap|lower scores have no band|no score reaches|which is not a band|for each step of fit"
    r"|for each step of engagement|more than the|names nobody|a route has one of them|takes every lead"
    r"|promises are whole hours"
)
"""What the validator knows and a schema cannot say; the schema's own description lists it."""


@cache
def oracle() -> Draft202012Validator:
    checker = FormatChecker(["date"])
    return Draft202012Validator(json_schema(), format_checker=checker)


def published() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_text())
    return schema


def content_of(text: str) -> Any:
    """A YAML text as JSON values; the faults of the YAML itself are nothing a schema sees."""
    return without_tuples(read_source(text.encode(), "accord.yaml").content)


def without_tuples(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_tuples(part) for key, part in value.items()}
    return [without_tuples(part) for part in value] if isinstance(value, tuple) else value


def test_it_is_published_as_the_model_has_it() -> None:
    made = schema_text()
    assert published_schema() == made, "run scripts/agreement_schema.py"
    assert (ROOT / "docs" / "schema" / "accord.schema.json").read_text(encoding="utf-8") == made


def test_it_is_a_schema_of_the_dialect_it_names() -> None:
    Draft202012Validator.check_schema(published())
    assert published()["$schema"] == DIALECT


def test_what_is_published_is_what_judges() -> None:
    def without_descriptions(value: Any) -> Any:
        if isinstance(value, dict):
            # A key may be called so: then it is a schema, not a text.
            return {
                key: without_descriptions(part)
                for key, part in value.items()
                if key != "description" or isinstance(part, dict)
            }
        return [without_descriptions(part) for part in value] if isinstance(value, list) else value

    assert without_descriptions(published()) == json.loads(json.dumps(json_schema()))


def test_every_key_says_what_it_means() -> None:
    for name, part in [("the top", published()), *published()["$defs"].items()]:
        assert part.get("description"), name
        assert part["additionalProperties"] is False, name
        for key, value in part["properties"].items():
            assert value.get("description", "").endswith("."), f"{name}: {key}"
            assert "\n" not in value["description"]


def test_the_defaults_it_names_are_valid() -> None:
    defaults = {
        key: value["default"] for key, value in json_schema()["properties"].items() if value.get("default") is not None
    }
    assert list(oracle().iter_errors(defaults)) == []
    assert judged(defaults)[1] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_template_is_valid(language: str) -> None:
    assert list(oracle().iter_errors(content_of(template(language)))) == []


@pytest.mark.parametrize("name", ONE_FAULT)
def test_validator_and_schema_agree_on_the_corpus_of_faults(name: str) -> None:
    content = content_of(ONE_FAULT[name].text)
    if isinstance(content, dict):
        agree(content)


@settings(max_examples=200)
@given(st.one_of(documents(astray=0.02), documents(astray=0.1), documents(astray=0)))
def test_validator_and_schema_agree_on_anything(document: dict[str, Any]) -> None:
    agree(document)


def agree(document: dict[str, Any]) -> None:
    model, faults = judged(document)
    errors = [error.message for error in oracle().iter_errors(document)]
    of_the_shape = [fault.message for fault in faults if not BEYOND_A_SCHEMA.search(fault.message)]
    assert model is not None
    if errors:
        assert faults, f"the validator lets through: {errors}"
    else:
        assert not of_the_shape, "the schema lets them through"


def test_documents_of_both_kinds_are_tried() -> None:
    # A generator that makes only valid, or only invalid documents, would prove nothing.
    quick = settings(phases=[Phase.generate], database=None)
    assert find(documents(astray=0), lambda document: len(document) > 2 and not judged(document)[1], settings=quick)
    assert find(documents(astray=0.1), lambda document: not oracle().is_valid(document), settings=quick)
