"""Columns of an engine's answer as NumPy arrays.

By DLPack, because pyarrow's own ``to_numpy`` loads pandas wherever it is installed, which costs half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["column_array", "column_arrays", "integers", "texts"]


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


def integers(values: npt.NDArray[np.int64]) -> pa.Array:
    """Whole numbers as an Arrow array, not copied; ``pa.array`` would load pandas as well."""
    numbers = np.ascontiguousarray(values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])


def texts(values: Sequence[str]) -> pa.Array:
    """Texts as an Arrow array, without pandas either.

    >>> texts(["a", "é"]).to_pylist()
    ['a', 'é']
    """
    encoded = [value.encode() for value in values]
    ends = np.array([0, *accumulate(map(len, encoded))], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])
