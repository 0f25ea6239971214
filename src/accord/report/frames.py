"""Records as Arrow, pandas or Polars frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from accord.acceptance.figures import AcceptanceReport
from accord.errors import UsageError
from accord.language import gettext as _
from accord.report.records import Kind, acceptance_records, fields

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["to_arrow", "to_pandas", "to_polars"]

_ARROW: Mapping[Kind, Any] = {"text": pa.string(), "count": pa.int64(), "number": pa.float64()}


def to_arrow(report: AcceptanceReport) -> pa.Table:
    """The records as an Arrow table; missing values are null."""
    schema = pa.schema([(field.name, _ARROW[field.kind]) for field in fields(report)])
    return pa.Table.from_pylist(acceptance_records(report), schema)


def to_pandas(report: AcceptanceReport) -> pandas.DataFrame:
    """The records as a pandas frame; counts stay whole numbers beside missing ones. ``UsageError`` without pandas."""
    try:
        import pandas  # noqa: PLC0415  an extra: only who asks for a frame needs it
    except ModuleNotFoundError as error:
        raise _missing("pandas") from error
    types = {pa.int64(): pandas.Int64Dtype(), pa.string(): pandas.StringDtype()}
    frame: pandas.DataFrame = to_arrow(report).to_pandas(types_mapper=types.get)
    return frame


def to_polars(report: AcceptanceReport) -> polars.DataFrame:
    """The records as a Polars frame. ``UsageError`` without Polars."""
    try:
        import polars  # noqa: PLC0415  an extra: only who asks for a frame needs it
    except ModuleNotFoundError as error:
        raise _missing("polars") from error
    frame = polars.from_arrow(to_arrow(report))
    assert isinstance(frame, polars.DataFrame)
    return frame


def _missing(package: str) -> UsageError:
    return UsageError(
        _("{package} is not installed. Install it with: pip install 'accord[{package}]'").format(package=package)
    )
