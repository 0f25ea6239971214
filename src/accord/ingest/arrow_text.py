"""Arrow arrays built from Python values by hand: ``pyarrow.array`` imports pandas where it is installed, for a
second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["int_array", "text_array"]


def int_array(values: npt.NDArray[np.int64]) -> pa.Array:
    """An array of 64-bit integers over the memory of ``values``."""
    whole = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def text_array(values: Sequence[str | None]) -> pa.Array:
    """An array of text; None stays missing."""
    encoded = [b"" if value is None else value.encode() for value in values]
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    present = None
    if any(value is None for value in values):
        bits = np.packbits([value is not None for value in values], bitorder="little")
        present = pa.py_buffer(bits.tobytes())
    buffers = [present, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)
