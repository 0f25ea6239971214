"""A rule of a mapping as DuckDB SQL over a scan: one text cell per column of the table it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.ingest import sqltext as sql
from accord.ingest.cells import filled, trimmed
from accord.ingest.folding import fold
from accord.ingest.mapping.long_id import long_id
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
    lookups_of,
    value_columns,
)
from accord.ingest.own_columns import OWN_COLUMNS, is_taken, kept_as
from accord.ingest.source import CELL
from accord.tables.schema import Table

__all__ = ["CellsQuery", "compile_rule", "folded", "kept_headings", "left_out_query"]


@dataclass(frozen=True, slots=True)
class CellsQuery:
    """``text``: a SELECT with, for every column of ``columns``, its cell as text under that name; and ``line``,
    ``fault``, ``raw`` and the cells of the file as they were. ``extras``: those of ``columns`` that the table does
    not know. ``lookups``: what has to be looked up, with the name of the table (``key``, ``value``) that the query
    joins; ``required``: columns whose lookup must succeed, with the text that is looked up under a second name.
    ``headings``: a column → the headings of the file that its cells come from, for messages.
    """

    text: str
    columns: tuple[str, ...]
    extras: tuple[str, ...]
    lookups: Mapping[str, Lookup]
    required: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class _Compiler:
    """Collects the lookups that come up on the way."""

    places: Mapping[str, str]
    null_words: frozenset[str]
    lookups: dict[str, Lookup] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    def recipe(self, recipe: Recipe, allowed: Sequence[str] = ()) -> str:  # noqa: PLR0911 - one for each kind
        match recipe:
            case FromColumn():
                cell = filled(self.places[recipe.column], self.null_words - frozenset(allowed))
                return long_id(cell) if recipe.salesforce_id else cell
            case Constant():
                return sql.text(recipe.text)
            case Joined():
                parts = [self.recipe(part) for part in recipe.parts]
                return "(" + f" || {sql.text(recipe.separator)} || ".join(parts) + ")"
            case FirstOf():
                return f"coalesce({', '.join(self.recipe(part, allowed) for part in recipe.parts)})"
            case Before():
                return f"nullif(trim(split_part({self.recipe(recipe.value)}, {sql.text(recipe.separator)}, 1)), '')"
            case Words():
                return self._words(recipe, allowed)
            case Only():
                return f"(CASE WHEN {self.condition(recipe.when)} THEN {self.recipe(recipe.value, allowed)} END)"
            case Lookup():
                return self._lookup(recipe)

    def condition(self, condition: Condition) -> str:
        match condition:
            case IsOneOf():
                words = sorted({fold(word) for word in condition.words})
                cell = filled(self.places[condition.column], frozenset())
                return f"coalesce({folded(cell)} IN {sql.text_list(words)}, false)"
            case StartsWith():
                cell = filled(self.places[condition.column], frozenset())
                begins = sql.joined(f"starts_with({cell}, {sql.text(text)})" for text in condition.texts)
                return f"coalesce({begins}, false)"
            case Filled():
                return f"({filled(self.places[condition.column], self.null_words)} IS NOT NULL)"
            case Not():
                return f"(NOT {self.condition(condition.condition)})"
            case AllOf() | AnyOf():
                by = "AND" if isinstance(condition, AllOf) else "OR"
                return sql.joined((self.condition(inner) for inner in condition.conditions), by)

    def _words(self, recipe: Words, allowed: Sequence[str]) -> str:
        cell = self.recipe(recipe.value, allowed)
        pairs = {fold(word): meaning for word, meaning in recipe.words.items()}
        otherwise = cell if recipe.otherwise is None else f"nullif({sql.text(recipe.otherwise)}, '')"
        if not pairs:
            return f"(CASE WHEN {cell} IS NOT NULL THEN {otherwise} END)"
        cases = " ".join(
            f"WHEN {sql.text(word)} THEN nullif({sql.text(meaning)}, '')" for word, meaning in pairs.items()
        )
        return f"(CASE WHEN {cell} IS NOT NULL THEN CASE {folded(cell)} {cases} ELSE {otherwise} END END)"

    def _lookup(self, recipe: Lookup) -> str:
        name = next((name for name, known in self.lookups.items() if known == recipe), None)
        if name is None:
            name = f"lookup_{len(self.lookups)}"
            self.lookups[name] = recipe
            self.joins.append(f"LEFT JOIN {name} ON {name}.key = lower({self.recipe(recipe.value)})")
        return long_id(f"{name}.value") if recipe.salesforce_id else f"{name}.value"


def compile_rule(
    rule: TableRule, table: Table, headings: Sequence[str], null_words: frozenset[str], *, with_faults: bool
) -> CellsQuery:
    """The query for ``rule`` over a scan called ``scan`` whose columns have ``headings``.

    ``with_faults``: rows that could not be cut into cells come along, to be refused; a file that gives several tables
    refuses them in the first.
    """
    places = {heading: f"scan.t{number}" for number, heading in enumerate(headings)}
    originals = [CELL.format(number) for number in range(len(headings))]
    compiler = _Compiler(places, null_words)
    cells: dict[str, str] = {}
    extras: list[str] = []
    required: dict[str, str] = {}
    for target, recipe in rule.columns.items():
        known = table.column(target)
        cells[target] = compiler.recipe(recipe, known.allowed if known else ())
        if known is None:
            extras.append(target)
        sought = [compiler.recipe(lookup.value) for lookup in lookups_of(recipe) if not lookup.optional]
        if sought:
            required[target] = f"sought:{target}"
            cells[required[target]] = f"coalesce({', '.join(sought)})"
    for heading in kept_headings(rule, headings):
        own = heading not in cells and table.column(heading) is None and not is_taken(heading)
        target = heading if own else kept_as(heading)
        cells[target] = compiler.recipe(FromColumn(heading))
        extras.append(target)
    where = _where(rule, compiler, with_faults=with_faults)
    selected = ", ".join(f"{expression} AS {sql.name(target)}" for target, expression in cells.items())
    neat = ", ".join(f"{trimmed(cell)} AS t{number}" for number, cell in enumerate(originals))
    text = (
        f"SELECT scan.line, scan.fault, scan.raw, {selected}, {', '.join(f'scan.{cell}' for cell in originals)} "
        f"FROM (SELECT *, {neat} FROM scan) AS scan {' '.join(compiler.joins)} {where}"
    )
    columns = tuple(target for target in cells if not target.startswith("sought:"))
    sources = {target: value_columns(recipe) for target, recipe in rule.columns.items()}
    return CellsQuery(text, columns, tuple(extras), compiler.lookups, required, sources)


def left_out_query(rules: Sequence[TableRule], headings: Sequence[str], null_words: frozenset[str]) -> str:
    """How many rows of ``scan`` meet the condition of no rule; each of them has one."""
    compiler = _Compiler({heading: f"scan.t{number}" for number, heading in enumerate(headings)}, null_words)
    wanted = sql.joined(compiler.condition(rule.when) for rule in rules if rule.when is not None)
    neat = ", ".join(f"{trimmed(CELL.format(number))} AS t{number}" for number in range(len(headings)))
    return f"SELECT count(*) FROM (SELECT *, {neat} FROM scan) AS scan WHERE fault IS NULL AND NOT {wanted}"


def _where(rule: TableRule, compiler: _Compiler, *, with_faults: bool) -> str:
    if rule.when is None:
        return "" if with_faults else "WHERE scan.fault IS NULL"
    condition = compiler.condition(rule.when)
    return (
        f"WHERE scan.fault IS NOT NULL OR {condition}" if with_faults else f"WHERE scan.fault IS NULL AND {condition}"
    )


def kept_headings(rule: TableRule, headings: Sequence[str]) -> tuple[str, ...]:
    """The headings of the file that come along under their own names."""
    if rule.keep == "rest":
        taken = {recipe.column for recipe in rule.columns.values() if isinstance(recipe, FromColumn)}
        return tuple(heading for heading in headings if heading and heading not in taken and heading not in OWN_COLUMNS)
    wanted = () if isinstance(rule.keep, str) else rule.keep
    return tuple(heading for heading in headings if heading in wanted)


def folded(cell: str) -> str:
    """DuckDB SQL for what :func:`accord.ingest.folding.fold` does to a word, but for letters beyond the Latin
    alphabet.
    """
    return f"regexp_replace(lower(strip_accents({cell})), '[^\\p{{L}}\\p{{N}}]', '', 'g')"
