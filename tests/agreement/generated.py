"""Random agreements: mostly what the schema allows, with something else put in here and there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from accord.agreement.schema import json_schema

WORDS = ("a", "channel", "Été", "demo_request", "0", "on", " ", "", "UTC", "Europe/Paris", "EUR", "2026-12-24", "FR")
GOOD_WORDS = tuple(word for word in WORDS if word.strip())
NOT_BLANK = r"\S"
KNOWN = {
    "timezone": ("UTC", "Europe/Paris", "America/New_York"),
    "currency": ("EUR", "USD"),
    "country": ("FR", "DE", None),
    "subdivision": (None,),
}
"""Values that exist, for the keys whose schema cannot list them."""

DEEPEST = 6

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.floats(-2, 100, width=16) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def documents(draw: st.DrawFn, astray: float = 0.03) -> Any:
    """A document; each of its parts is something else with the probability ``astray``."""
    document = draw(_of(json_schema(), astray, 0))
    return document if isinstance(document, dict) else {}


@st.composite
def _of(draw: st.DrawFn, schema: Mapping[str, Any], astray: float, deep: int) -> Any:  # noqa: PLR0911
    if draw(st.floats(0, 1)) < astray:
        return draw(ANYTHING)
    if "$ref" in schema:
        return draw(_of(json_schema()["$defs"][schema["$ref"].rsplit("/", 1)[1]], astray, deep + 1))
    if "anyOf" in schema:
        return draw(_of(draw(st.sampled_from(schema["anyOf"])), astray, deep))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema["type"] if isinstance(schema["type"], str) else draw(st.sampled_from(schema["type"]))
    if kind == "object":
        return draw(_mapping(schema, astray, deep))
    if kind == "array":
        least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
        return [draw(_of(schema["items"], astray, deep)) for _ in range(draw(st.integers(least, max(least, most))))]
    if kind == "string":
        pattern = schema.get("pattern", NOT_BLANK)
        return draw(st.sampled_from(GOOD_WORDS) if pattern == NOT_BLANK else st.from_regex(pattern, fullmatch=True))
    if kind in ("number", "integer"):
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", 1000)
        whole = st.integers(int(low) - 1, int(high) + 1)
        return draw(whole if kind == "integer" else whole | st.floats(low, high, width=32))
    return {"null": None, "boolean": draw(st.booleans())}[kind]


@st.composite
def _mapping(draw: st.DrawFn, schema: Mapping[str, Any], astray: float, deep: int) -> dict[str, Any]:
    content = {}
    required = schema.get("required", ())
    for key, value in schema.get("properties", {}).items():
        # Conditions hold conditions: below some depth they hold as little as they may.
        if key in required or (deep < DEEPEST and draw(st.integers(0, 3)) == 3):
            exists = key in KNOWN and draw(st.floats(0, 1)) >= astray
            content[key] = draw(st.sampled_from(KNOWN[key]) if exists else _of(value, astray, deep))
    names = schema.get("propertyNames", {}).get("enum", WORDS)
    inner = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    if isinstance(inner, dict):
        for key in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
            content[key] = draw(_of(inner, astray, deep))
    if draw(st.floats(0, 1)) < astray:
        content[draw(st.sampled_from(["floor", "acceptence", "hours", "x"]))] = draw(ANYTHING)
    return content
