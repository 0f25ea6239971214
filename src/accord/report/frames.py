"""Records as Arrow, pandas or Polars frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from accord.acceptance.figures import AcceptanceReport
from accord.errors import UsageError
from accord.language import gettext as _
from accord.report.acceptance.records import Kind, acceptance_records, fields
from accord.report.value.records import value_records
from accord.value.figures import ValueReport

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["to_arrow", "to_pandas", "to_polars", "value_to_arrow"]

_ARROW: Mapping[Kind, Any] = {"text": pa.string(), "count": pa.int64(), "number": pa.float64()}


def to_arrow(report: AcceptanceReport) -> pa.Table:
    """The records as an Arrow table; missing values are null."""
    schema = pa.schema([(field.name, _ARROW[field.kind]) for field in fields(report)])
    return pa.Table.from_pylist(acceptance_records(report), schema)


def value_to_arrow(report: ValueReport) -> pa.Table:
    """The rows of a value report as an Arrow table; missing values are null.

    A column without any value is text where it says why a figure is unknown, a count where it ends in ``_n``.
    """
    records = value_records(report)
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: [record.get(name) for record in records] for name in names}
    schema = pa.schema([(name, _type_of(name, values)) for name, values in columns.items()])
    return pa.Table.from_pydict(columns, schema)


def _type_of(name: str, values: Sequence[str | int | float | None]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if str in kinds or (not kinds and name.endswith("_unknown")):
        return pa.string()
    if kinds == {bool}:
        return pa.bool_()
    return pa.int64() if kinds == {int} or (not kinds and name.endswith("_n")) else pa.float64()


def to_pandas(found: AcceptanceReport | pa.Table) -> pandas.DataFrame:
    """The records as a pandas frame; counts stay whole numbers beside missing ones. ``UsageError`` without pandas."""
    try:
        import pandas  # noqa: PLC0415  an extra: only who asks for a frame needs it
    except ModuleNotFoundError as error:
        raise _missing("pandas") from error
    types = {pa.int64(): pandas.Int64Dtype(), pa.string(): pandas.StringDtype(), pa.bool_(): pandas.BooleanDtype()}
    frame: pandas.DataFrame = _table(found).to_pandas(types_mapper=types.get)
    return frame


def to_polars(found: AcceptanceReport | pa.Table) -> polars.DataFrame:
    """The records as a Polars frame. ``UsageError`` without Polars."""
    try:
        import polars  # noqa: PLC0415  an extra: only who asks for a frame needs it
    except ModuleNotFoundError as error:
        raise _missing("polars") from error
    frame = polars.from_arrow(_table(found))
    assert isinstance(frame, polars.DataFrame)
    return frame


def _table(found: AcceptanceReport | pa.Table) -> pa.Table:
    return found if isinstance(found, pa.Table) else to_arrow(found)


def _missing(package: str) -> UsageError:
    return UsageError(
        _("{package} is not installed. Install it with: pip install 'accord[{package}]'").format(package=package)
    )
