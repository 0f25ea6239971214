"""Arrays to Arrow columns of the contract's types, missing cells included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from accord.demo.chance import Booleans

__all__ = ["days", "identifiers", "instants", "numbers", "texts", "truths"]


def identifiers(prefix: str, rows: NDArray[np.integer], digits: int = 8) -> Any:
    """``L00000012`` for row 11: counted from one; missing where the row is negative."""
    numbers_ = rows.astype(np.int64) + 1
    characters = np.empty((rows.size, digits + len(prefix)), dtype=np.uint8)
    characters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    for place in range(digits):
        characters[:, -1 - place] = numbers_ % 10 + ord("0")
        numbers_ //= 10
    width = digits + len(prefix)
    offsets = np.arange(0, (rows.size + 1) * width, width, dtype=np.int32)
    array = pa.StringArray.from_buffers(rows.size, pa.py_buffer(offsets), pa.py_buffer(characters))
    missing = rows < 0
    return pa.compute.if_else(pa.array(missing), pa.scalar(None, pa.string()), array) if missing.any() else array


def texts(words: Sequence[str], codes: NDArray[np.integer]) -> Any:
    """The word behind each code; missing where the code is negative."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words), pa.string())).cast(pa.string())


def numbers(values: NDArray[np.number], missing: Booleans | None = None) -> Any:
    """Integers or floats; missing where said."""
    kind = pa.float64() if np.issubdtype(values.dtype, np.floating) else pa.int64()
    return pa.array(values, kind, mask=missing)


def instants(seconds: NDArray[np.int64], missing: Booleans | None = None) -> Any:
    """UTC seconds as instants."""
    return pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC"), mask=missing)


def days(values: NDArray[np.integer], missing: Booleans | None = None) -> Any:
    """Days since 1970 as dates."""
    return pa.array(values.astype(np.int32), pa.date32(), mask=missing)


def truths(values: NDArray[np.integer] | Booleans) -> Any:
    """0 and 1 as false and true; missing where negative."""
    whole = values.astype(np.int8)
    return pa.array(whole > 0, pa.bool_(), mask=whole < 0)
