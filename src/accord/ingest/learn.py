"""What the columns of a file hold, learnt from the file: types of the columns the contract does not know, and how
times and numbers are written in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from accord.ingest import sqltext as sql
from accord.ingest.cells import FALSE_WORDS, TRUE_WORDS
from accord.ingest.mapping.compile import CellsQuery
from accord.ingest.mapping.model import Reading
from accord.ingest.numbers import NUMBER_SHAPES, Numbers, read_numbers
from accord.ingest.sheet_errors import broken
from accord.ingest.source import CELL, SourceTraits
from accord.ingest.times import TIME_SHAPES, Times, read_times
from accord.tables.schema import Table, Type

__all__ = ["ColumnPlan", "Shapes", "count_shapes", "families", "families_left", "order_in_file", "plan_columns"]

WORD_SHAPES = {
    "yes_or_no": "lower({cell}) IN "
    + sql.text_list(word for word in (*TRUE_WORDS, *FALSE_WORDS) if len(word) > 1 and word.isalpha())
}
SHAPES = {"boolean": WORD_SHAPES, "number": NUMBER_SHAPES, "time": TIME_SHAPES}
"""Family → shapes that are counted to tell whether a column belongs to it."""

Shapes = Mapping[str, Mapping[str, int]]
"""Column → shape → how many of its cells have it; ``filled`` counts the cells that hold anything."""

WIDE = 60
"""Columns above which planning an expression for every shape of every column takes longer than counting."""

PLAIN_NUMBERS, ISO_TIMES = Numbers(), Times()
AMERICAN = ("America/", "US/", "Pacific/Honolulu")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How one column is read. ``extra``: the contract does not know it, its type was learnt. ``beside``: the column of
    amounts whose cells name the currency, where the file has no column for it and this is that column.
    """

    name: str
    type: Type
    extra: bool = False
    numbers: Numbers = PLAIN_NUMBERS
    times: Times = ISO_TIMES
    beside: str = ""


def families(query: CellsQuery, table: Table) -> dict[str, tuple[str, ...]]:
    """Column → families to count for it when nothing is known yet."""
    wanted: dict[str, tuple[str, ...]] = {}
    for name in query.columns:
        known = table.column(name)
        if known is None:
            wanted[name] = tuple(SHAPES)
        elif known.type in (Type.TIME, Type.DATE):
            wanted[name] = ("time",)
        elif known.type in (Type.INTEGER, Type.NUMBER):
            wanted[name] = ("number",)
    return wanted


def count_shapes(
    connection: duckdb.DuckDBPyConnection,
    query: CellsQuery,
    wanted: Mapping[str, Iterable[str]],
    *,
    with_errors: bool = False,
) -> dict[str, dict[str, int]]:
    """Count the shapes of the ``wanted`` families over all rows that ``query`` gives.

    ``with_errors``: those of a spreadsheet among the cells count for nothing: a column of numbers with one stays one.
    """
    filled = f"count(CASE WHEN NOT {broken('{cell}')} THEN {{cell}} END)" if with_errors else "count({cell})"
    if len(wanted) > WIDE:
        return _counted_in_turn(connection, query, wanted, filled)
    counts: list[tuple[str, str, str]] = []
    for column, names in wanted.items():
        cell = sql.name(column)
        counts.append((column, "filled", filled.replace("{cell}", cell)))
        counts += [(column, shape, counted.replace("{cell}", cell)) for shape, counted in _counted(names).items()]
    if not counts:
        return {}
    selected = ", ".join(expression for _column, _shape, expression in counts)
    (row,) = connection.execute(f"SELECT {selected} FROM ({query.text}) AS cells WHERE fault IS NULL").fetchall()
    found: dict[str, dict[str, int]] = {}
    for (column, shape, _expression), count in zip(counts, row, strict=True):
        found.setdefault(column, {})[shape] = count
    return found


def _counted(names: Iterable[str]) -> dict[str, str]:
    """Shape → the expression that counts it in ``{cell}``."""
    return {
        shape: f"coalesce(count_if({condition}), 0)" for family in names for shape, condition in SHAPES[family].items()
    }


def _counted_in_turn(
    connection: duckdb.DuckDBPyConnection, query: CellsQuery, wanted: Mapping[str, Iterable[str]], filled: str
) -> dict[str, dict[str, int]]:
    """The same for many columns, a cell to a row: the engine plans every shape once, not once for every column."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for column, names in wanted.items():
        alike.setdefault(tuple(names), []).append(column)
    found: dict[str, dict[str, int]] = {column: {} for column in wanted}
    for names, columns in alike.items():
        shapes = _counted(names)
        cells = ", ".join(map(sql.name, columns))
        selected = ", ".join(counted.replace("{cell}", "cell") for counted in (filled, *shapes.values()))
        rows = connection.execute(
            f"SELECT place, {selected} FROM (SELECT unnest(range({len(columns)})) AS place, unnest([{cells}]) AS cell"
            f" FROM ({query.text}) AS cells WHERE fault IS NULL) GROUP BY place"
        ).fetchall()
        counted = {place: counts for place, *counts in rows}
        nothing = [0] * (1 + len(shapes))
        for place, column in enumerate(columns):
            found[column] = dict(zip(("filled", *shapes), counted.get(place, nothing), strict=True))
    return found


def order_in_file(connection: duckdb.DuckDBPyConnection, first_rows: pa.Table, cells: int) -> str | None:
    """Which of day and month comes first in all ``cells`` columns of a file, whatever tables they go to.

    ``"dmy"`` or ``"mdy"`` where the beginning of the file proves it, None where nothing does or cells disagree.
    """
    if not cells:
        return None
    connection.register("beginning", first_rows)
    try:
        columns = ", ".join(f"{sql.name(CELL.format(number))}::VARCHAR" for number in range(cells))
        first, second = (TIME_SHAPES[shape].replace("{cell}", "cell") for shape in ("first_over_12", "second_over_12"))
        (row,) = connection.execute(
            f"SELECT count_if({first}), count_if({second}) FROM (SELECT unnest([{columns}]) AS cell FROM beginning)"
        ).fetchall()
    finally:
        connection.unregister("beginning")
    return _order_of(*row)


def plan_columns(
    query: CellsQuery,
    table: Table,
    shapes: Shapes,
    *,
    reading: Reading,
    traits: SourceTraits,
    timezone: str,
    order_elsewhere: str | None = None,
) -> tuple[ColumnPlan, ...]:
    """How each column is read. ``timezone``: the agreement's, a hint of which comes first, day or month.

    ``order_elsewhere``: which comes first in columns of the file that go to other tables.
    """
    comma = reading.decimal == "," or (reading.decimal is None and _comma_likely(shapes.values(), traits))
    order = reading.dates or _proven_order(shapes.values()) or order_elsewhere
    day_first = traits.decimal_comma_likely or not timezone.startswith(AMERICAN)
    plans = []
    for name in query.columns:
        known, counted = table.column(name), shapes.get(name, {})
        numbers, times = Numbers(), Times()
        if "plain" in counted and not traits.canonical:
            numbers = read_numbers(counted, comma_likely=comma)
            if reading.decimal is not None:
                numbers = replace(
                    numbers, plain=numbers.plain and reading.decimal == ".", decimal=reading.decimal, guessed=False
                )
        if "iso_date" in counted:
            times = read_times(
                counted,
                counted["filled"],
                order=order,
                day_first_likely=day_first,
                days_from_1904=traits.days_from_1904,
            )
        kind = known.type if known else _type_of(counted, times)
        plans.append(ColumnPlan(name, kind, known is None, numbers, times))
    return (*plans, *_currency_beside(plans, table))


def _currency_beside(plans: Iterable[ColumnPlan], table: Table) -> Iterable[ColumnPlan]:
    """The column of the currency where the file has none and its amounts name theirs."""
    there = {plan.name: plan for plan in plans}
    money = there.get(table.money) if table.money else None
    if money is not None and money.numbers.names_currency and "currency" not in there:
        yield ColumnPlan("currency", Type.TEXT, beside=money.name)


def families_left(plans: Sequence[ColumnPlan], shapes: Shapes) -> dict[str, tuple[str, ...]]:
    """What must be counted over the whole file after a look at its first rows.

    A column that holds one word that is no number is text, whatever follows. One that held only numbers so far may
    still prove to be text. A column of the contract is looked at again where its cells are not all plain.
    """
    left: dict[str, tuple[str, ...]] = {}
    for plan in plans:
        counted = shapes.get(plan.name, {})
        if plan.extra and not counted.get("filled"):
            left[plan.name] = tuple(SHAPES)
        elif plan.extra and plan.type is not Type.TEXT:
            left[plan.name] = _FAMILY_OF[plan.type]
        elif plan.type in (Type.INTEGER, Type.NUMBER) and counted.get("plain", 0) < counted.get("filled", 0):
            left[plan.name] = ("number",)
        elif plan.type in (Type.TIME, Type.DATE) and _iso(counted) < counted.get("filled", 0):
            left[plan.name] = ("time",)
    return left


_FAMILY_OF = {
    Type.BOOLEAN: ("boolean",),
    Type.INTEGER: ("number",),
    Type.NUMBER: ("number",),
    Type.TIME: ("time",),
    Type.DATE: ("time",),
}


def _iso(counted: Mapping[str, int]) -> int:
    return counted.get("iso_date", 0) + counted.get("iso_time", 0)


def _comma_likely(all_shapes: Iterable[Mapping[str, int]], traits: SourceTraits) -> bool:
    """The habit of the file: what its columns prove, else what its delimiter suggests."""
    continental = english = 0
    for counted in all_shapes:
        if counted.get("filled") and counted.get("number", 0) == counted["filled"]:
            continental += counted["continental"] > counted["english"]
            english += counted["english"] > counted["continental"]
    if continental or english:
        return continental > english
    return traits.decimal_comma_likely


def _proven_order(all_shapes: Iterable[Mapping[str, int]]) -> str | None:
    """Which of day and month comes first in the file, where a number above 12 in one place proves it."""
    first = second = 0
    for counted in all_shapes:
        if counted.get("numeric"):
            first += counted["first_over_12"]
            second += counted["second_over_12"]
    return _order_of(first, second)


def _order_of(first: int, second: int) -> str | None:
    if bool(first) == bool(second):
        return None
    return "dmy" if first else "mdy"


def _type_of(counted: Mapping[str, int], times: Times) -> Type:
    """The type that every filled cell of a column has."""
    filled = counted.get("filled", 0)
    if not filled:
        return Type.TEXT
    if counted.get("yes_or_no") == filled:
        return Type.BOOLEAN
    if counted.get("digits") == filled:
        return Type.INTEGER
    if counted.get("number") == filled and not counted["leading_zero"] and not counted["long_digits"]:
        return Type.NUMBER
    read = _iso(counted) + (counted.get("numeric", 0) if times.order else 0) + counted.get("other", 0)
    if counted.get("iso_date") is not None and read >= filled:
        return Type.TIME if counted["with_clock"] else Type.DATE
    return Type.TEXT
