"""A value report as flat records for spreadsheets: one line per row, every figure in columns of its own.

The columns are those of the JSON, flattened: a figure ``cac`` becomes ``cac``, ``cac_low``, ``cac_high``, ``cac_n``
and ``cac_unknown`` (why there is none). A dimension keeps its name, unless a column has it already: then it is
``segment_<name>``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.report.spreadsheets import Cell, Reader, Record, csv_text
from accord.report.value.answer import value_json
from accord.report.value.attribution_answer import LinesOf, value_lines
from accord.report.value.scenario_answer import scenario_lines
from accord.value.figures import ValueReport
from accord.values import Json

__all__ = ["value_csv", "value_records"]


def value_records(report: ValueReport, lines_of: LinesOf | None = None) -> list[Record]:
    """One record per row; the totals only where a report has no rows, so that sums stay right.

    Of a scenario, one record per figure: now, then, the change. ``lines_of``: another table instead.
    """
    data = value_json(report)["data"]
    assert isinstance(data, dict)
    if lines_of is not None:
        return [dict(_flattened(line)) for line in value_lines(report, lines_of)]
    if report.scenario is not None:
        return [dict(_flattened(line)) for line in scenario_lines(report.scenario)]
    rows = data["rows"] or [data["totals"]]
    assert isinstance(rows, list)
    records = []
    for row in rows:
        assert isinstance(row, dict)
        flat = dict(_flattened({name: value for name, value in row.items() if name not in {"segment", "period"}}))
        segment = row["segment"]
        assert isinstance(segment, dict)
        named: Record = {
            f"segment_{name}" if name in flat or name == "period" else name: str(value)
            for name, value in segment.items()
        }
        period = row["period"]
        records.append(named | {"period": None if period is None else str(period)} | flat)
    return records


def _flattened(values: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Cell]]:
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and ("unknown" in value or "value" in value):
            yield key, _plain(value.get("value"))
            for part in ("low", "high", "n", "unknown", "at_least", "at_most"):
                yield f"{key}_{part}", _plain(value.get(part))
        elif isinstance(value, dict):
            yield from _flattened(value, f"{key}_")
        else:
            yield key, _plain(value)


def _plain(value: Json) -> Cell:
    assert not isinstance(value, (dict, list))
    return value


def value_csv(report: ValueReport, reader: Reader = "programs", lines_of: LinesOf | None = None) -> str:
    """The records as CSV for ``reader``; an empty cell for what is missing."""
    records = value_records(report, lines_of)
    return csv_text(list(dict.fromkeys(name for record in records for name in record)), records, reader)
