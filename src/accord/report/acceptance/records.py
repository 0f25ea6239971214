"""An acceptance report as flat records: one dictionary per segment and period, every figure in columns of its own.

The columns are the same for every record of a report, whatever is known: a figure ``rate`` becomes ``rate``,
``rate_low``, ``rate_high``, ``rate_n`` and ``rate_unknown`` (why there is none; empty when there is one). Where dates
without an hour leave any figure of the report open, all have ``rate_date_low`` and ``rate_date_high``, too. A dimension
keeps its name, unless a figure has it already: then it is ``segment_<name>``. Names are English in every language:
programs read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.clock.periods import period_bounds
from accord.report.acceptance.answer import COUNTS
from accord.report.spreadsheets import Reader, Record, csv_text
from accord.values import Estimate, Figure

__all__ = ["Field", "Kind", "acceptance_csv", "acceptance_records", "fields"]

Kind = Literal["text", "count", "number"]

_SHARES = ("raw_rate", "rate", "shrunk")
_MAPPINGS = ("within", "business_within", "answered_within", "delay_hours", "business_delay_hours")
_ENDING = ("weighted_delay_hours", "ghost", "silent", "token", "never_worked")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the records."""

    name: str
    kind: Kind


def acceptance_records(report: AcceptanceReport) -> list[Record]:
    """One record per row of each definition; the totals only where a report has no rows, so that sums stay right."""
    dated = _dated(report)
    return [
        _record(report, answer, row, dated=dated)
        for answer in report.answers.values()
        for row in (answer.rows or (answer.totals,))
    ]


def acceptance_csv(report: AcceptanceReport, reader: Reader = "programs") -> str:
    """The report's records as CSV for ``reader``; an empty cell for what is missing."""
    return csv_text([field.name for field in fields(report)], acceptance_records(report), reader)


def fields(report: AcceptanceReport) -> list[Field]:
    """The columns of the report's records, in order."""
    answer, dated = next(iter(report.answers.values())), _dated(report)
    named = [
        Field("definition", "text"),
        *(Field(name, "text") for name in _dimension_columns(report).values()),
        Field("period", "text"),
        Field("period_start", "text"),
        *(Field(name, "count") for name in COUNTS),
        Field("open_low", "number"),
        Field("open_high", "number"),
    ]
    for name, _figure in _figures(answer.totals):
        named += [Field(name, "number"), Field(f"{name}_low", "number"), Field(f"{name}_high", "number")]
        named += [Field(f"{name}_n", "count"), Field(f"{name}_unknown", "text")]
        if dated:
            named += [Field(f"{name}_date_low", "number"), Field(f"{name}_date_high", "number")]
    return named


def _dated(report: AcceptanceReport) -> bool:
    """Whether dates without an hour leave any figure of the report open."""
    return any(
        isinstance(figure, Estimate) and figure.date_bounds is not None
        for answer in report.answers.values()
        for row in (answer.totals, *answer.rows)
        for _name, figure in _figures(row)
    )


def _record(report: AcceptanceReport, answer: AcceptanceAnswer, row: AcceptanceRow, *, dated: bool) -> Record:
    columns = _dimension_columns(report)
    record: Record = {"definition": answer.definition}
    record |= {columns[dimension]: row.segment.get(dimension) for dimension in report.dimensions}
    record["period"] = row.period
    record["period_start"] = period_bounds(row.period)[0].isoformat() if row.period else None
    record |= {name: getattr(row, name) for name in COUNTS}
    record["open_low"], record["open_high"] = row.open_bounds.low, row.open_bounds.high
    for name, figure in _figures(row):
        record |= _columns_of(name, figure)
        if dated:
            bounds = figure.date_bounds if isinstance(figure, Estimate) else None
            record[f"{name}_date_low"] = None if bounds is None else bounds.low
            record[f"{name}_date_high"] = None if bounds is None else bounds.high
    return record


def _columns_of(name: str, figure: Figure) -> Record:
    if isinstance(figure, Estimate):
        values: tuple[float | None, ...] = (figure.value, figure.low, figure.high)
        n, unknown = figure.n, None
    else:
        values, n, unknown = (None, None, None), None, figure.reason.value
    record: Record = dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
    return record | {f"{name}_n": n, f"{name}_unknown": unknown}


def _figures(row: AcceptanceRow) -> Iterator[tuple[str, Figure]]:
    yield from ((name, getattr(row, name)) for name in _SHARES)
    for name in _MAPPINGS:
        figures: Mapping[str, Figure] = getattr(row, name)
        yield from ((f"{name}_{key}", figure) for key, figure in figures.items())
    yield from ((name, getattr(row, name)) for name in _ENDING)


def _dimension_columns(report: AcceptanceReport) -> dict[str, str]:
    taken = {"definition", "period", "period_start", *COUNTS, "open_low", "open_high"}
    answer = next(iter(report.answers.values()))
    for name, _figure in _figures(answer.totals):
        taken |= {name, *(f"{name}_{end}" for end in ("low", "high", "n", "unknown", "date_low", "date_high"))}
    return {name: f"segment_{name}" if name in taken else name for name in report.dimensions}
