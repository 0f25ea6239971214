"""The JSON Schema as it is published: with what every key means, read from the docstrings of the model's source.

Only publishing needs them, and reading source takes longer than building the model: no command should wait for it.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from typing import Any

from pydantic import BaseModel

from accord.agreement.model import Document
from accord.agreement.part import Part
from accord.agreement.schema import json_schema

__all__ = ["schema_text"]

_ABOUT = (
    "What marketing and sales both signed, and where the workspace keeps its data. Every key may be left out or left "
    "empty and has its default then. Beyond what a schema can say, the file must name existing time zones, countries "
    "and currencies; open hours must not overlap; account sizes must grow and the last have no limit; names must "
    "differ; the floor must not exceed the target, nor a promise the window or a business day "
    "(unless it is 24, 48 …). A criterion counts one thing, a condition "
    "has one form, and names only lists that there are; points have two decimals and stay within their axis, overrides "
    "name criteria, bands descend to a last one without limit, a grid has a name for each of its cells, some lead can "
    "reach the threshold, and a route names a team or a person and leaves leads to the routes after it."
)


def schema_text() -> str:
    """The schema beside the documentation and in the package, which ``accord agreement schema`` prints."""
    plain = json_schema()
    sources = _parts(Part)
    parts = {name: _described(part, sources[name]) for name, part in plain["$defs"].items()}
    top = {**_described(dict(plain), Document), "description": _ABOUT, "$defs": parts}
    first = ("$schema", "title", "description")
    ordered = {key: top[key] for key in first} | {key: value for key, value in top.items() if key not in first}
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def _parts(above: type[Part]) -> dict[str, type[Part]]:
    """Every section of the model by its name."""
    found: dict[str, type[Part]] = {}
    for part in above.__subclasses__():
        found |= {part.__name__: part, **_parts(part)}
    return found


def _described(part: dict[str, Any], source: type[BaseModel]) -> dict[str, Any]:
    meanings: dict[str, str] = {}
    for ancestor in reversed(source.__mro__):
        if issubclass(ancestor, Part):
            meanings |= _meanings(ancestor)
    for name, field in source.model_fields.items():
        meanings[field.alias or name] = meanings[name]
    properties = {key: {"description": meanings[key], **value} for key, value in part["properties"].items()}
    return {"description": _one_line(inspect.getdoc(source) or ""), **part, "properties": properties}


def _meanings(source: type) -> dict[str, str]:
    """The sentence below each attribute of a class."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(source))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for statement, below in zip(definition.body, definition.body[1:], strict=False):
        match statement, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = _one_line(text)
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
