"""Which dimensions figures are cut by where nobody names one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accord.acceptance.figures import AcceptanceReport
from accord.acceptance.measure import dimensions_of
from accord.metrics.cells import HANDOFF_DIMENSIONS, dimension_column
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.times import microseconds
from accord.values import Estimate

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from accord.readmodel.shelf import Kept

__all__ = ["COUNTED_AT_ONCE", "FEWEST_VALUES", "IDENTIFIERS", "MOST_VALUES", "apart", "usual_dimensions"]

FEWEST_VALUES, MOST_VALUES = 2, 50
"""How many segments a dimension nobody named must have at least, and how many values at most."""

IDENTIFIERS = frozenset({"customer_id", "merged_into"})
"""Columns of leads that name something and describe nothing. Where they have few values they are dimensions all the
same, as the contract has it; whoever shows several shows them last."""

_OF_HANDOFFS = ("account_size", "team", "band", "rep_id")
"""Besides the leads' own columns; the agreement in force at the handoff is asked for by name only."""

_TRIED = 20_000
"""Rows looked at first: a column with too many values shows it in few of them, and need not be counted in all."""

COUNTED_AT_ONCE = 40
"""Columns whose values are counted in one query: each takes memory of its own, however few its rows."""


def usual_dimensions(source: Source) -> tuple[str, ...]:
    """The dimensions the agreement names in ``segments``; where it names none, every text or yes-or-no column with
    2 to 50 values among the leads handed over up to ``as_of``, and ``account_size``, ``team``, ``band``, ``rep_id``.

    Leads without a value are a segment of their own, so one value beside a missing one is enough; they are no value,
    so fifty beside it are not too many. Columns of the contract come first, in its order. What the agreement names and
    no lead has is left away; the agreement's own check tells of it.
    """
    named = source.agreement.segments
    if named:
        there = dimensions_of(source)
        return tuple(name for name in named if name in there)
    _arrays, note = source.kept("usual dimensions", lambda: _counted(source))
    return tuple(note["usual"])


def apart(report: AcceptanceReport) -> float:
    """How far the segments' rates lie from each other beyond chance: the standard deviation of the rates drawn
    together (``shrunk``), each segment weighing as many leads as it has; 0 where no rate is known."""
    rows = report.answers[report.chosen].rows if report.chosen in report.answers else ()
    rows = rows or next(iter(report.answers.values())).rows
    known = [(row.shrunk.value, row.handed) for row in rows if isinstance(row.shrunk, Estimate)]
    leads = sum(handed for _rate, handed in known)
    if not leads:
        return 0.0
    mean = sum(rate * handed for rate, handed in known) / leads
    return float((sum(handed * (rate - mean) ** 2 for rate, handed in known) / leads) ** 0.5)


def _counted(source: Source) -> Kept:
    handed = source.episodes.filter(source.episodes.at_us <= microseconds(source.as_of))
    names = [name for name in _candidates(source) if _is_of_kinds(handed, name)]
    if source.recorded.get("handoffs", 0) > _TRIED:
        names = list(_few(source, handed.limit(_TRIED), names))
    counted = _few(source, handed, names)
    return {}, {"usual": [name for name, (values, missing) in counted.items() if values + missing >= FEWEST_VALUES]}


def _candidates(source: Source) -> list[str]:
    of_leads = [name.removeprefix(LEAD_PREFIX) for name in source.columns if name.startswith(LEAD_PREFIX)]
    own = [name for name in of_leads if name not in HANDOFF_DIMENSIONS]  # the handoff's, if a lead has one so called
    return [name for name in (*own, *_OF_HANDOFFS) if dimension_column(source, name) is not None]


def _is_of_kinds(handed: ir.Table, name: str) -> bool:
    kind = handed[dimension_column(handed, name)].type()
    return bool(kind.is_string() or kind.is_boolean())


def _few(source: Source, rows: ir.Table, names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """The dimensions with at most 50 values in ``rows``: how many, and 1 where a value is missing."""
    counted: dict[str, Any] = {}
    for start in range(0, len(names), COUNTED_AT_ONCE):
        columns = {name: rows[dimension_column(rows, name)] for name in names[start : start + COUNTED_AT_ONCE]}
        if columns:
            asked = {f"values_{place}": column.nunique() for place, column in enumerate(columns.values())}
            asked |= {f"missing_{place}": column.isnull().any() for place, column in enumerate(columns.values())}
            found = source.engine.run(rows.aggregate(**asked)).to_pylist()[0]
            counted |= {
                name: (found[f"values_{place}"], int(bool(found[f"missing_{place}"])))
                for place, name in enumerate(columns)
            }
    return {name: both for name, both in counted.items() if both[0] <= MOST_VALUES}
