"""Identifiers of many rows as two arrays, so that they can stand on a shelf and are read only where one is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Names"]


@dataclass(frozen=True)
class Names:
    """``letters``: all names in UTF-8, one after the other; name n stands from ``ends[n]`` to ``ends[n + 1]``."""

    letters: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int32]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Names:
        """The names of a column of text without nulls.

        >>> Names.of(pa.chunked_array([["a", "bé"], ["c"]]))[1]
        'bé'
        """
        whole = column.combine_chunks()
        if isinstance(whole, pa.ChunkedArray):  # no chunk at all, or more than one array can hold
            whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.string())
        _valid, ends, letters = whole.buffers()
        if not len(whole):
            return cls.written(())
        places = np.frombuffer(ends, dtype=np.int32)[whole.offset : whole.offset + len(whole) + 1]
        text = np.frombuffer(letters, dtype=np.uint8) if letters is not None else np.zeros(0, dtype=np.uint8)
        return cls(text[places[0] : places[-1]], places - places[0])

    @classmethod
    def written(cls, names: Iterable[str]) -> Names:
        """The same of names one has."""
        encoded = [name.encode() for name in names]
        ends = np.array([0, *accumulate(map(len, encoded))], dtype=np.int32)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, place: int) -> str:
        return bytes(self.letters[self.ends[place] : self.ends[place + 1]]).decode()

    @cached_property
    def token(self) -> str:
        """Tells these names in this order from others."""
        parts = (np.ascontiguousarray(part).tobytes() for part in (self.letters, self.ends))
        return "-".join(format(crc32(part), "08x") for part in parts)

    def column(self) -> pa.Array:
        """All of them as an Arrow array, not copied."""
        ends, letters = (np.ascontiguousarray(part) for part in (self.ends, self.letters))
        return pa.Array.from_buffers(pa.string(), len(self), [None, pa.py_buffer(ends), pa.py_buffer(letters)])
