"""Arrow columns out of Python lists, by way of buffers.

``pa.array`` would do, but it imports pandas wherever that is installed, which costs a second; and here nothing may be
guessed from the values: each type has its one way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["column_of", "repeated_integer"]


def column_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """A column of type ``kind``; instants come as microseconds, dates as ``YYYY-MM-DD``, booleans as 0 and 1."""
    if pa.types.is_string(kind):
        return _text(values)
    if pa.types.is_date(kind):
        return _text(values).cast(kind)
    missing = None in values
    filled = [0 if value is None else value for value in values] if missing else values
    validity = _validity(values) if missing else None
    if pa.types.is_boolean(kind):
        bits = np.packbits(np.array(filled, dtype=np.bool_), bitorder="little")
        return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(bits)])
    numbers = np.array(filled, dtype=np.float64 if pa.types.is_floating(kind) else np.int64)
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(numbers)])


def repeated_integer(value: int, rows: int) -> pa.Array:
    """A column that holds ``value`` everywhere."""
    return pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(np.full(rows, value, dtype=np.int64))])


def _text(values: Sequence[Any]) -> pa.Array:
    missing = None in values
    texts = ["" if value is None else value for value in values] if missing else values
    together = "".join(texts)
    if together.isascii():
        data, lengths = together.encode("ascii"), map(len, texts)
    else:
        encoded = [text.encode("utf-8") for text in texts]
        data, lengths = b"".join(encoded), map(len, encoded)
    offsets = np.fromiter(accumulate(lengths, initial=0), dtype=np.int64, count=len(values) + 1)
    buffers = [_validity(values) if missing else None, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.large_string(), len(values), buffers).cast(pa.string())


def _validity(values: Sequence[Any]) -> pa.Buffer:
    return pa.py_buffer(
        np.packbits(np.array([value is not None for value in values], dtype=np.bool_), bitorder="little")
    )
