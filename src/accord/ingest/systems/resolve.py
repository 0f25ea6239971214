"""From what an export may hold to what this file does hold: a rule of a mapping with the file's own headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Before,
    Condition,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Lookup,
    Not,
    Only,
    Recipe,
    TableRule,
    Words,
)
from accord.ingest.systems.catalogue import Recognised
from accord.tables.schema import table_named

__all__ = ["resolved"]

Neighbours = Mapping[str, tuple[str, Recognised]]
"""Name of an export → the file of this import that holds it, and what was recognised there."""


def resolved(found: Recognised, neighbours: Neighbours) -> tuple[TableRule, ...]:
    """The tables that the file gives. ``neighbours``: the other files of the import, for lookups."""
    rules = []
    for rule in found.export.tables:
        columns = {
            target: recipe
            for target, declared in rule.columns.items()
            if (recipe := _recipe(declared, found.columns, neighbours)) is not None
        }
        table = table_named(rule.table)
        needed = [column.name for column in table.columns if column.required]
        grouped = all(any(name in columns for name in group) for group in table.any_of)
        if all(name in columns for name in needed) and grouped:
            when = None if rule.when is None else _condition(rule.when, found.columns)
            rules.append(replace(rule, columns=columns, when=when))
    return tuple(rules)


def _recipe(recipe: Recipe, columns: Mapping[str, str], neighbours: Neighbours) -> Recipe | None:  # noqa: PLR0911
    match recipe:
        case FromColumn():
            return FromColumn(columns[recipe.column]) if recipe.column in columns else None
        case Constant():
            return recipe
        case Joined():
            parts = [_recipe(part, columns, neighbours) for part in recipe.parts]
            present = tuple(part for part in parts if part is not None)
            return Joined(present, recipe.separator) if len(present) == len(parts) else None
        case FirstOf():
            found = tuple(part for inner in recipe.parts if (part := _recipe(inner, columns, neighbours)) is not None)
            return None if not found else found[0] if len(found) == 1 else FirstOf(found)
        case Before() | Words():
            value = _recipe(recipe.value, columns, neighbours)
            return None if value is None else replace(recipe, value=value)
        case Only():
            value, when = _recipe(recipe.value, columns, neighbours), _condition(recipe.when, columns)
            return None if value is None or when is None else Only(value, when)
        case Lookup():
            return _lookup(recipe, columns, neighbours)


def _lookup(recipe: Lookup, columns: Mapping[str, str], neighbours: Neighbours) -> Recipe | None:
    value = _recipe(recipe.value, columns, neighbours)
    if value is None:
        return None
    if recipe.file is None:
        return replace(recipe, value=value)
    if recipe.file not in neighbours:
        return None
    file, other = neighbours[recipe.file]
    if recipe.by not in other.columns or recipe.give not in other.columns:
        return None
    return replace(recipe, value=value, file=file, by=other.columns[recipe.by], give=other.columns[recipe.give])


def _condition(condition: Condition, columns: Mapping[str, str]) -> Condition | None:
    """The condition without the parts whose column is absent; None when nothing is left of it."""
    match condition:
        case IsOneOf():
            return replace(condition, column=columns[condition.column]) if condition.column in columns else None
        case Filled():
            return Filled(columns[condition.column]) if condition.column in columns else None
        case Not():
            inner = _condition(condition.condition, columns)
            return None if inner is None else Not(inner)
        case AllOf() | AnyOf():
            parts = [part for inner in condition.conditions if (part := _condition(inner, columns)) is not None]
            if not parts:
                return None
            return parts[0] if len(parts) == 1 else type(condition)(tuple(parts))
