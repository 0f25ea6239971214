"""What a mapping says: for each file the tables it gives, for each of their columns where the value comes from.

Nothing here is ever evaluated as text: a value is a column, a constant, or a few of them put together in one of the
ways below.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from accord.tables.schema import NULL_WORDS

__all__ = [
    "AllOf",
    "AnyOf",
    "Before",
    "Condition",
    "Constant",
    "FileRule",
    "Filled",
    "FirstOf",
    "FromColumn",
    "IsOneOf",
    "Joined",
    "Lookup",
    "Mapping",
    "Not",
    "Only",
    "Reading",
    "Recipe",
    "StartsWith",
    "TableRule",
    "Words",
    "columns_of",
    "lookups_of",
    "value_columns",
]


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """The column holds one of these words, whatever their case, accents and punctuation."""

    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The cell begins with one of these texts, as they are written."""

    column: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """The column holds anything at all."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple[Condition, ...]


Condition = IsOneOf | StartsWith | Filled | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class FromColumn:
    """The cell of a column of the export.

    ``salesforce_id``: an identifier of Salesforce, which its reports write with 15 characters and everything else with
    18, is written with 18 whatever the file has, so that both name one row.
    """

    column: str
    salesforce_id: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text in every row."""

    text: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Several values with a separator between them; missing where one of them is."""

    parts: tuple[Recipe, ...]
    separator: str = "-"


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first of several values that is not missing."""

    parts: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The text before the first separator, as in the first of several identifiers in one cell."""

    value: Recipe
    separator: str


@dataclass(frozen=True, slots=True)
class Words:
    """A value with some words exchanged for others, whatever their case, accents and punctuation.

    ``otherwise``: what becomes of a word that is not listed: None keeps it, "" makes it missing, any other text
    replaces it.
    """

    value: Recipe
    words: MappingOf[str, str]
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Only:
    """A value where a condition holds, missing elsewhere."""

    value: Recipe
    when: Condition


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value found in another file of the same import, or among the leads that are known.

    The row whose ``by`` equals ``value`` (without case) gives its ``give``. ``file``: a name or pattern of a file
    that is imported at the same time; None: the rows of ``table``, those of this import and those already stored.
    ``optional``: where there is no such row the value is missing; otherwise the row is refused. ``salesforce_id``: what
    is given is an identifier of Salesforce, to be written with 18 characters.
    """

    value: Recipe
    by: str
    give: str
    file: str | None = None
    table: str | None = None
    optional: bool = True
    salesforce_id: bool = False


Recipe = FromColumn | Constant | Joined | FirstOf | Before | Words | Only | Lookup


@dataclass(frozen=True, slots=True)
class TableRule:
    """The rows that a file gives to one table of the contract.

    ``columns``: column of the contract, or a name of one's own, → where its value comes from. ``when``: the rows that
    count. ``keep``: the other columns of the file that come along under their own names: all that no rule uses as it
    is ("rest"), none, or those named. ``keep_hours``: a row that is known with an hour already stays as it is where
    this file has the date alone. ``needs``: of each of these groups the file must have a column, or what ``when`` tells
    apart cannot be told and the rule gives nothing; for descriptions of systems, which may have lost columns.
    """

    table: str
    columns: MappingOf[str, Recipe]
    when: Condition | None = None
    keep: tuple[str, ...] | str = "rest"
    keep_hours: bool = False
    needs: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file writes its values, where that is not to be found out from it.

    ``timezone``: of times without an offset. ``dates``: "dmy" or "mdy", which comes first in 03/04/2026. ``decimal``:
    "," or ".". ``null_words``: the words that mean *missing*, instead of the usual ones. ``delimiter`` and
    ``encoding``: of a CSV file. ``sheet``: of a workbook. ``headings_line``: on which line the headings are, the
    first being 1.
    """

    timezone: str | None = None
    dates: str | None = None
    decimal: str | None = None
    null_words: frozenset[str] = NULL_WORDS
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    headings_line: int | None = None


@dataclass(frozen=True, slots=True)
class FileRule:
    """What to do with the files that ``match``: a pattern of their name, as in ``*contacts*.csv``; None: any file
    that has the columns which ``tables`` use.
    """

    tables: tuple[TableRule, ...]
    match: str | None = None
    reading: Reading = Reading()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping; ``name`` says what it is for. The first rule that fits a file is used."""

    files: tuple[FileRule, ...]
    name: str = ""
    notes: tuple[str, ...] = field(default=())


def lookups_of(recipe: Recipe | None) -> tuple[Lookup, ...]:
    """The lookups in a recipe."""
    match recipe:
        case Lookup():
            return (recipe, *lookups_of(recipe.value))
        case Joined() | FirstOf():
            return tuple(lookup for part in recipe.parts for lookup in lookups_of(part))
        case Before() | Words() | Only():
            return lookups_of(recipe.value)
        case _:
            return ()


def columns_of(part: Recipe | Condition | None) -> tuple[str, ...]:
    """The columns of the file that a recipe or a condition reads, in order, each once."""
    return tuple(dict.fromkeys(_columns(part)))


def value_columns(recipe: Recipe | None) -> tuple[str, ...]:
    """The columns of the file whose cells end up in the value; where it is a constant, those that choose it."""
    match recipe:
        case Only():
            return value_columns(recipe.value) or columns_of(recipe.when)
        case Joined() | FirstOf():
            return tuple(dict.fromkeys(column for inner in recipe.parts for column in value_columns(inner)))
        case Words() | Lookup() | Before():
            return value_columns(recipe.value)
        case _:
            return columns_of(recipe)


def _columns(part: Recipe | Condition | None) -> list[str]:  # noqa: PLR0911 - one for each kind
    match part:
        case None | Constant():
            return []
        case FromColumn() | IsOneOf() | StartsWith() | Filled():
            return [part.column]
        case Joined() | FirstOf():
            return [column for inner in part.parts for column in _columns(inner)]
        case AllOf() | AnyOf():
            return [column for inner in part.conditions for column in _columns(inner)]
        case Not():
            return _columns(part.condition)
        case Words() | Lookup() | Before():
            return _columns(part.value)
        case Only():
            return [*_columns(part.value), *_columns(part.when)]
