"""Cells: which segment and which cohort period an episode is counted in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from accord.tables.episodes import LEAD_PREFIX

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = [
    "EPISODE_ROW",
    "HANDOFF_DIMENSIONS",
    "MISSING",
    "HasColumns",
    "dimension_column",
    "in_cells",
    "period_label_of",
    "period_number",
    "segment_value",
]

Number = Any
"""An Ibis column, an array or a number."""

PeriodUnit = Literal["week", "month", "quarter"]

MISSING = "(none)"
"""The segment of leads whose value is missing; they are never dropped."""

EPISODE_ROW = "episode_row"
"""Column of episodes kept in files: a number for each, by which columns that were asked for one by one are put in one
order. Engines hand out rows in whatever order they like."""

HANDOFF_DIMENSIONS = ("team", "rep_id", "band", "agreement", "account_size")
"""Dimensions that stand in the episode itself; all others are the lead's columns."""


class HasColumns(Protocol):
    """Episodes, or whatever knows the names of their columns."""

    @property
    def columns(self) -> Sequence[str]: ...  # noqa: D102


def dimension_column(episodes: HasColumns, dimension: str) -> str | None:
    """The column of ``episodes`` that holds ``dimension``; ``None`` when there is no such dimension."""
    if dimension in HANDOFF_DIMENSIONS:
        return dimension
    column = f"{LEAD_PREFIX}{dimension}"
    return column if column in episodes.columns and dimension != "id" else None


EXACT = 2.0**53
"""From here on not every whole number is one a computer holds, and soon none fits an integer."""


def segment_value(episodes: ir.Table, dimension: str) -> ir.StringValue:
    """The segment an episode belongs to, as text; missing is :data:`MISSING`."""
    column = dimension_column(episodes, dimension)
    if column is None:
        raise KeyError(dimension)
    value = episodes[column]
    if value.type().is_boolean():
        text = value.cases((True, "true"), (False, "false"), else_=MISSING)
    elif value.type().is_floating():
        # 5.0 and 5 are one segment, written alike by every engine
        counted = (value.abs() < EXACT).ifelse(value, 0.5)  # any that is not whole, where no integer holds it
        whole = counted.round(0) == counted
        text = whole.ifelse(counted.cast("int64").cast("string"), value.cast("string")).fill_null(MISSING)
    else:
        text = value.cast("string").fill_null(MISSING)
    return text


def in_cells(episodes: ir.Table, dimensions: Sequence[str], period: PeriodUnit | None) -> ir.Table:
    """``episodes`` with the columns ``cell_0`` … (segment values, in order) and ``cell_period`` (a number, or 0)."""
    values = {f"cell_{index}": segment_value(episodes, name) for index, name in enumerate(dimensions)}
    return episodes.mutate(**values, cell_period=period_number(episodes.local_day, episodes.local_month, period))


def period_number(day: Number, month: Number, period: PeriodUnit | None) -> Number:
    """The number of the period a local day lies in (0 without a period): of Ibis columns, arrays or plain numbers.

    ``day`` counts days since 1970-01-01, ``month`` months since year 0.
    """
    if period == "week":
        return (day + 3) // 7  # 1970-01-01 was a Thursday
    if period == "month":
        return month
    if period == "quarter":
        return month // 3
    return day * 0


def period_label_of(number: int, period: PeriodUnit | None) -> str | None:
    """The contract's label of a period's number: ``2026-W31``, ``2026-07``, ``2026-Q3``."""
    if period == "week":
        year, week, _weekday = date.fromordinal(number * 7 - 3 + date(1970, 1, 1).toordinal()).isocalendar()
        return f"{year:04d}-W{week:02d}"
    if period == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    if period == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    return None
