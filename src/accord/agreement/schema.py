"""The JSON Schema of ``accord.yaml``, made from the model; editors, other programs and our own sentences read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from accord.agreement.model import Document

__all__ = ["DIALECT", "all_keys", "json_schema", "keys_of", "schema_at"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def json_schema() -> Mapping[str, Any]:
    """The schema (draft 2020-12) of the whole file, without descriptions; not to be changed by who reads it."""
    made = Document.model_json_schema()
    parts = {name: _part(part) for name, part in sorted(made.pop("$defs").items())}
    top = _part(made)
    return {"$schema": DIALECT, "title": "accord.yaml", **top, "$defs": parts}


def _part(part: dict[str, Any]) -> dict[str, Any]:
    required = part.get("required", ())
    properties = {
        name: _plain(value) if name in required else _or_empty(_plain(value))
        for name, value in part["properties"].items()
    }
    return {**_plain({key: value for key, value in part.items() if key != "properties"}), "properties": properties}


def _plain(schema: Any) -> Any:
    """Without titles that repeat the key, the code's own docstrings, and keys of mappings that no pattern allows."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    spoken = ("title", "description")
    plain = {key: value if key == "default" else _plain(value) for key, value in schema.items() if key not in spoken}
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    return plain


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """A key without a value has its default."""
    about: dict[str, Any] = {key: schema[key] for key in ("default",) if key in schema}
    rest = {key: value for key, value in schema.items() if key not in about}
    choices = rest.pop("anyOf", None) if set(rest) == {"anyOf"} else None
    choices = list(choices or [rest])
    if {"type": "null"} not in choices:
        choices.append({"type": "null"})
    return {**about, "anyOf": choices}


def schema_at(path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """What the schema says of the value at ``path``; ``{}`` where it says nothing."""
    schema = json_schema()
    for part in path:
        found: Any = schema.get("items", {}) if isinstance(part, int) else _value_of(schema, part)
        schema = _resolved(found) if isinstance(found, dict) else {}
    return schema


def _value_of(schema: Mapping[str, Any], key: str) -> Any:
    if key in schema.get("properties", {}):
        return schema["properties"][key]
    for value in schema.get("patternProperties", {}).values():
        return value
    return schema.get("additionalProperties", {})


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the value when there is one: references followed, "or empty" left out."""
    if "$ref" in schema:
        return _resolved(json_schema()["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    return _resolved(choices[0]) if len(choices) == 1 else schema


def keys_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that a mapping may have, in the order of the model; none where it may have any."""
    return tuple(schema.get("properties", {})) or tuple(schema.get("propertyNames", {}).get("enum", ()))


def all_keys() -> Iterator[tuple[str, ...]]:
    """The path of every key of the file, as ``("acceptance", "floor")``; inside lists, of their items' keys.

    A part that stands in several places, or in itself, is opened at the first.
    """
    yield from _keys_below((), json_schema(), set())


def _keys_below(path: tuple[str, ...], schema: Mapping[str, Any], opened: set[int]) -> Iterator[tuple[str, ...]]:
    if id(schema) in opened:
        return
    opened.add(id(schema))
    for key, value in schema.get("properties", {}).items():
        yield (*path, key)
        inner = _resolved(value)
        yield from _keys_below((*path, key), _resolved(inner.get("items", inner)), opened)
