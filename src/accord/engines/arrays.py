"""Columns of an engine's answer as NumPy arrays.

By DLPack, because pyarrow's own ``to_numpy`` loads pandas wherever it is installed, which costs half a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["column_array", "column_arrays"]


def column_array(rows: pa.Table, name: str) -> npt.NDArray[Any]:
    """A numeric column without nulls, not copied where it stands in one piece; ``ValueError`` for one with nulls."""
    column = rows[name].combine_chunks()
    if column.null_count:
        raise ValueError(f"column {name} has {column.null_count} nulls")
    array: npt.NDArray[Any] = np.from_dlpack(column)
    return array


def column_arrays(rows: pa.Table) -> dict[str, npt.NDArray[Any]]:
    """:func:`column_array` of every column."""
    return {name: column_array(rows, name) for name in rows.column_names}
