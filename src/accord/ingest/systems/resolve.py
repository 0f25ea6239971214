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
    StartsWith,
    TableRule,
    Words,
    columns_of,
)
from accord.ingest.systems.catalogue import Recognised
from accord.language import gettext as _
from accord.tables.schema import table_named

__all__ = ["Neighbours", "lacking_columns", "resolved"]

MOST_NAMES = 4
"""So many further names of a missing column are told; some have nine."""

Neighbours = Mapping[str, tuple[str, Recognised]]
"""Name of an export → the file of this import that holds it, and what was recognised there."""


def resolved(found: Recognised, neighbours: Neighbours) -> tuple[TableRule, ...]:
    """The tables that the file gives. ``neighbours``: the other files of the import, for lookups."""
    return tuple(
        replace(
            rule,
            columns=_columns(rule, found, neighbours),
            when=None if rule.when is None else _condition(rule.when, found.columns),
            needs=(),
        )
        for rule in found.export.tables
        if not _left_to_another(rule, found, neighbours) and not _lacking(rule, found, neighbours)
    )


def lacking_columns(found: Recognised, neighbours: Neighbours) -> dict[str, tuple[str, ...]]:
    """Table → the headings without which the file does not give it, as the system calls them.

    ``some_decisions`` stands for a table of which the file gives rows, and others that cannot be told apart.
    """
    given = {rule.table for rule in found.export.tables if not _lacking(rule, found, neighbours)}
    return {
        f"some_{rule.table}" if rule.table in given else rule.table: missing
        for rule in found.export.tables
        if (rule.table not in given or rule.needs)
        and not _left_to_another(rule, found, neighbours)
        and (missing := _lacking(rule, found, neighbours))
    }


def _left_to_another(rule: TableRule, found: Recognised, neighbours: Neighbours) -> bool:
    """Whether another file of the import gives the table better."""
    return found.export.better.get(rule.table) in neighbours


def _columns(rule: TableRule, found: Recognised, neighbours: Neighbours) -> dict[str, Recipe]:
    return {
        target: recipe
        for target, declared in rule.columns.items()
        if (recipe := _recipe(declared, found.columns, neighbours)) is not None
    }


def _lacking(rule: TableRule, found: Recognised, neighbours: Neighbours) -> tuple[str, ...]:
    """The headings that would fill what ``rule`` needs and does not have; none when it can be filled."""
    table, columns = table_named(rule.table), _columns(rule, found, neighbours)
    needed = [column.name for column in table.columns if column.required]
    needed += [group[0] for group in table.any_of if not set(group) & columns.keys()]
    missing = [
        _called(found.export.meanings[group[0]]) for group in rule.needs if not found.columns.keys() & set(group)
    ]
    for target in needed:
        if target not in columns:
            wanted = [name for name in columns_of(rule.columns.get(target)) if name not in found.columns]
            missing.append(_called(found.export.meanings[wanted[0]]) if wanted else target)
    return tuple(dict.fromkeys(missing))


def _called(headings: tuple[str, ...]) -> str:
    """A heading as the system writes it, with what else it may be: a file in French has none in English."""
    others = headings[1 : 1 + MOST_NAMES]
    if not others:
        return headings[0]
    return _("{heading} (or: {others})").format(heading=headings[0], others=", ".join(others))


def _recipe(recipe: Recipe, columns: Mapping[str, str], neighbours: Neighbours) -> Recipe | None:  # noqa: PLR0911
    match recipe:
        case FromColumn():
            return replace(recipe, column=columns[recipe.column]) if recipe.column in columns else None
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
        case IsOneOf() | StartsWith():
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
