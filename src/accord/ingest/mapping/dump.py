"""Writing a mapping as YAML that people can read and edit; :mod:`accord.ingest.mapping.load` reads it back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Before,
    Condition,
    Constant,
    FileRule,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Lookup,
    Mapping,
    Not,
    Only,
    Reading,
    Recipe,
    StartsWith,
    TableRule,
    Words,
)
from accord.ingest.mapping.parts import DELIMITERS, EMPTY
from accord.tables.schema import NULL_WORDS

__all__ = ["dump_mapping"]


PLAIN = re.compile(r"[^\W\d_]\w*(?:[ /._-]{1,3}\w+)*")
"""Text that YAML reads back as it is, whatever it stands among."""

OTHER_THINGS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def dump_mapping(mapping: Mapping) -> str:
    """``mapping`` as the text of a mapping file; its notes become comments at the top."""
    top = CommentedMap()
    top["mapping"] = _text(mapping.name)
    top["files"] = CommentedSeq(_file(rule) for rule in mapping.files)
    if mapping.notes:
        top.yaml_set_start_comment("\n".join(mapping.notes))
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 118
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(top, out)
    return out.getvalue()


def _file(rule: FileRule) -> CommentedMap:
    written = CommentedMap()
    if rule.match is not None:
        written["match"] = _text(rule.match)
    reading = _reading(rule.reading)
    if reading:
        written["read"] = reading
    written["tables"] = CommentedSeq(_table(table) for table in rule.tables)
    return written


def _reading(reading: Reading) -> CommentedMap:
    written = CommentedMap()
    for key in ("timezone", "decimal", "encoding", "sheet"):
        if (value := getattr(reading, key)) is not None:
            written[key] = _text(value)
    if reading.dates is not None:
        written["dates"] = "day first" if reading.dates == "dmy" else "month first"
    if reading.headings_line is not None:
        written["headings_line"] = reading.headings_line
    if reading.delimiter is not None:
        written["delimiter"] = next(word for word, sign in DELIMITERS.items() if sign == reading.delimiter)
    if reading.null_words != NULL_WORDS:
        written["null_words"] = _in_a_line(_texts(sorted(reading.null_words)))
    return written


def _table(rule: TableRule) -> CommentedMap:
    written = CommentedMap()
    written["table"] = rule.table
    if rule.when is not None:
        written["when"] = _condition(rule.when)
    columns = CommentedMap()
    for target, recipe in rule.columns.items():
        columns[_text(target)] = _recipe(recipe)
    written["columns"] = columns
    if rule.keep != "rest":
        written["keep"] = _in_a_line(_texts(rule.keep)) if rule.keep else "none"
    if rule.keep_hours:
        written["keep_hours"] = True
    return written


def _recipe(recipe: Recipe) -> Any:  # noqa: PLR0911 - one for each kind
    match recipe:
        case FromColumn():
            if recipe.salesforce_id:
                return _line(column=_text(recipe.column), salesforce_id=True)
            return _text(recipe.column)
        case Constant():
            return _line(constant=_text(recipe.text))
        case Joined():
            return _line(**{"join": [_recipe(part) for part in recipe.parts], "with": _text(recipe.separator)})
        case FirstOf():
            return CommentedMap(first_of=[_recipe(part) for part in recipe.parts])
        case Before():
            return _changed(recipe.value, "before", _text(recipe.separator))
        case Words():
            written = _changed(recipe.value, "words", _words(recipe.words), later=("otherwise", "when"))
            if recipe.otherwise is not None:
                written["otherwise"] = _text(recipe.otherwise or EMPTY)
            return written
        case Only():
            return _changed(recipe.value, "when", _condition(recipe.when))
        case Lookup():
            place = recipe.table if recipe.file is None else _line(file=_text(recipe.file))
            written = CommentedMap(
                {"lookup": _recipe(recipe.value), "in": place, "by": _text(recipe.by), "give": _text(recipe.give)}
            )
            if not recipe.optional:
                written["if_absent"] = "refuse"
            if recipe.salesforce_id:
                written["salesforce_id"] = True
            return written


_ORDER = ("before", "words", "otherwise", "when")


def _changed(value: Recipe, change: str, to: Any, later: tuple[str, ...] = ()) -> CommentedMap:
    """``value`` with one more change; a value whose changes come in another order is wrapped."""
    written = _recipe(value)
    if not isinstance(written, CommentedMap):
        written = CommentedMap(column=written)
    taken = [key for key in _ORDER if key in written]
    if any(_ORDER.index(key) >= _ORDER.index(change) for key in taken):
        written = CommentedMap(value=written)
    elif written.fa.flow_style():
        written = CommentedMap(written)
    written[change] = to
    return written


def _condition(condition: Condition) -> CommentedMap:  # noqa: PLR0911 - one for each kind
    match condition:
        case IsOneOf():
            return _line(**{"column": _text(condition.column), "is": _texts(condition.words)})
        case StartsWith():
            return _line(column=_text(condition.column), starts_with=_texts(condition.texts))
        case Filled():
            return _line(column=_text(condition.column), filled=True)
        case Not(IsOneOf() as inner):
            return _line(column=_text(inner.column), is_not=_texts(inner.words))
        case Not(Filled() as inner):
            return _line(column=_text(inner.column), filled=False)
        case Not():
            return CommentedMap({"not": _condition(condition.condition)})
        case AllOf() | AnyOf():
            key = "all" if isinstance(condition, AllOf) else "any"
            return CommentedMap({key: [_condition(inner) for inner in condition.conditions]})


def _line(**content: Any) -> CommentedMap:
    """Keys that stand on one line."""
    written = CommentedMap(content)
    written.fa.set_flow_style()
    return written


def _in_a_line(items: list[str]) -> CommentedSeq:
    written = CommentedSeq(items)
    written.fa.set_flow_style()
    return written


def _text(text: str) -> str:
    return text if PLAIN.fullmatch(text) and text.lower() not in OTHER_THINGS else DoubleQuotedScalarString(text)


def _texts(texts: Iterable[str]) -> list[str]:
    return [_text(text) for text in texts]


def _words(words: MappingOf[str, str]) -> CommentedMap:
    return CommentedMap((_text(word), _text(meaning)) for word, meaning in words.items())
