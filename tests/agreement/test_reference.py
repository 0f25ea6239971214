"""The reference page has every key with its default, and its examples hold; so do the files that `init` writes."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from accord.agreement.listing import written
from accord.agreement.model import Agreement, Document
from accord.agreement.packaged import template
from accord.agreement.schema import all_keys, json_schema, schema_at
from accord.agreement.source import read_source
from agreement.files import faults_of, loaded
from support.pages import blocks

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "agreement.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([a-z_.\[\]]+)` \| (.*?) \| (.+) \|$", re.MULTILINE)
KEYS = sorted(all_keys())


def documented() -> dict[str, str]:
    rows = ROW.findall(PAGE)
    assert len(rows) == len({key for key, _, _ in rows}), "a key is there twice"
    return {key: default.strip("`") for key, default, _ in rows}


def page_name(key: tuple[str, ...]) -> str:
    """``acceptance.promises[].name``: how the page names a key, with ``[]`` after a list."""
    name = ""
    path: tuple[str | int, ...] = ()
    for part in key:
        in_list = bool(path) and schema_at(path).get("type") == "array"
        name += f"{'[]' if in_list else ''}.{part}" if name else part
        path = (*path, 0, part) if in_list else (*path, part)
    return name


def default_of(key: tuple[str, ...]) -> str:
    *above, name = key
    path: tuple[str | int, ...] = ()
    for part in above:
        path = (*path, part)
        if schema_at(path).get("type") == "array":
            path = (*path, 0)
    schema = schema_at(path)
    if name in schema.get("required", ()):
        return "required"
    value = schema["properties"][name].get("default")
    if isinstance(value, dict) and "properties" in schema_at((*path, name)):
        return "section"
    return written(whole(value)) or "empty"


def whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: whole(part) for key, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.mark.parametrize("key", KEYS, ids=page_name)
def test_every_key_is_documented_with_its_default(key: tuple[str, ...]) -> None:
    assert documented()[page_name(key)] == default_of(key)


def test_no_key_is_documented_that_is_none() -> None:
    assert documented().keys() == {page_name(key) for key in KEYS}


def test_the_keys_are_those_of_the_model() -> None:
    assert {key[0] for key in KEYS} == Document.model_fields.keys()
    assert len(KEYS) == sum(len(part["properties"]) for part in [json_schema(), *json_schema()["$defs"].values()]), (
        "every part is in one place"
    )


@pytest.mark.parametrize(
    "block", [block for block in blocks(PAGE) if block.language == "yaml"], ids=lambda block: str(block.line)
)
def test_the_examples_hold(block: Any, tmp_path: Path) -> None:
    faults = faults_of(tmp_path, block.text)
    assert bool(faults) is ("broken.yaml" in block.words), [str(fault) for fault in faults]


# What `accord init` writes ----------------------------------------------------------------------------------------

LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])


@LANGUAGES
def test_the_template_holds_and_equals_the_defaults(language: str, tmp_path: Path) -> None:
    file = loaded(tmp_path, template(language))
    assert file.agreement == Agreement()
    assert file.workspace == Document().workspace


@LANGUAGES
def test_the_template_names_every_key(language: str) -> None:
    lines = read_source(template(language).encode(), "accord.yaml").lines
    named = {tuple(part for part in path if isinstance(part, str)) for path in lines}
    in_lists = {key for key in KEYS if "[]" in page_name(key)}
    # What a qualification can say is shown by the ready-made ones.
    in_qualification = {key for key in KEYS if key[0] == "qualification" and len(key) > 1}
    assert named >= set(KEYS) - in_lists - in_qualification


@LANGUAGES
def test_every_key_of_the_template_is_explained(language: str) -> None:
    # Keys that belong together are one paragraph, and it begins with a comment.
    paragraphs = template(language).split("\n\n")
    assert [text for text in paragraphs if not text.removeprefix("acceptance:\n").lstrip().startswith("#")] == []


@LANGUAGES
def test_the_examples_of_the_template_hold(language: str, tmp_path: Path) -> None:
    text = template(language).splitlines()
    examples = 0
    for number, line in enumerate(text):
        match = re.match(r"( *)# (?:Example:|Exemple :) (.+)", line)
        if match is None:
            continue
        examples += 1
        example = YAML(typ="safe", pure=True).load(match[2])
        indentation = len(match[1])
        section = section_of(text, number, indentation)
        document: Any = {}
        inner = document
        for part in section:
            inner = inner.setdefault(part, {})
        inner.update(example)
        assert faults_of(tmp_path, dumped(document)) == [], line
    assert examples > 10


def section_of(text: list[str], number: int, indentation: int) -> list[str]:
    """The keys above a line that are indented less, and for `monthly` the one below."""
    section: list[str] = []
    for line in reversed(text[:number]):
        match = re.match(r"( *)([a-z_]+):", line)
        if match and len(match[1]) < indentation:
            section.insert(0, match[2])
            indentation = len(match[1])
    following = text[number + 1] if number + 1 < len(text) else ""
    return ["commitments"] if following == "commitments:" else section


def dumped(document: Any) -> str:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(document, stream)
    return stream.getvalue()


def test_both_templates_say_the_same() -> None:
    english, french = (
        [line for line in template(language).splitlines() if line and "#" not in line] for language in ("en", "fr")
    )
    assert english == french
