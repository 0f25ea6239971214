"""The agreement as a list of keys: every value reads back as what it was, and what differs is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given

from accord.agreement.listing import content, entries, written
from accord.agreement.model import Agreement
from accord.agreement.source import read_source
from agreement.files import judged, loaded
from agreement.generated import documents


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("webinar", "webinar"),
        ("Été 2026", "Été 2026"),
        ("a: b", '"a: b"'),
        ("", '""'),
        ("true", '"true"'),
        ("null", '"null"'),
        ("01", '"01"'),
        ("- a", '"- a"'),
        ("it's", '"it\'s"'),
        (["09:00", "18:00"], "09:00-18:00"),
        ([["09:00", "12:00"], ["13:00", "24:00"]], "[09:00-12:00, 13:00-24:00]"),
        ([1, 2.5, True], "[1, 2.5, true]"),
        ({"name": "a", "below": None}, "{name: a}"),
    ],
)
def test_values_as_one_writes_them(value: Any, text: str) -> None:
    assert written(value) == text


@given(documents(astray=0))
def test_what_is_listed_reads_back(document: dict[str, Any]) -> None:
    model, faults = judged(document)
    assume(not faults and model is not None)
    assert model is not None
    agreement = Agreement.model_validate(model.model_dump(exclude={"workspace"}))
    again: dict[str, Any] = {}
    for entry in entries(agreement):
        section = again
        *above, name = entry.key.split(".")
        for part in above:
            section = section.setdefault(part, {})
        if entry.value:
            section[name] = read_source(f"value: {entry.value}".encode(), "accord.yaml").content["value"]
    back, faults = judged(again)
    assert faults == []
    assert back is not None
    assert Agreement.model_validate(back.model_dump(exclude={"workspace"})) == agreement


def test_what_differs_from_the_defaults(tmp_path: Path) -> None:
    agreement = loaded(tmp_path, "name: a\nacceptance: {floor: 0.5, target: 0.9}\n").agreement
    assert [(entry.key, entry.value, entry.default) for entry in entries(agreement) if entry.differs] == [
        ("name", "a", "default"),
        ("acceptance.target", "0.9", "0.8"),
    ]


def test_as_json_it_is_the_whole_agreement_without_needless_decimals(tmp_path: Path) -> None:
    text = "review_by: 2027-01-31\nattribution: {rule: linear}\n"
    agreement = loaded(tmp_path, text).agreement
    found = content(agreement)
    assert found.keys() == Agreement.model_fields.keys()
    assert found["review_by"] == "2027-01-31"
    assert found["acceptance"]["promises_hours"] == [24, 48]
    assert found["acceptance"]["calendar"]["hours"]["monday"] == [["09:00", "18:00"]]
    assert Agreement.model_validate(found) == agreement
