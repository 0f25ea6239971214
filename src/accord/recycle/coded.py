"""Words as numbers: what a column of text holds, and for each row which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from accord.metrics.cells import MISSING
from accord.stats.grouped import Ints

__all__ = ["Coded", "coded"]


@dataclass(frozen=True)
class Coded:
    """For each row the place (``codes``) of its word in ``words``, which are sorted."""

    codes: Ints
    words: tuple[str, ...]

    @classmethod
    def sorting(cls, codes: Ints, words: Sequence[str]) -> Coded:
        """The same of words in any order; a word that stands there twice is one."""
        ranked = sorted(set(words))
        place = {word: number for number, word in enumerate(ranked)}
        sorted_code = np.array([place[word] for word in words], dtype=np.int64)
        return cls(sorted_code[codes] if len(codes) else codes.astype(np.int64), tuple(ranked))

    def said(self, row: int) -> str:
        """The word of a row."""
        return self.words[int(self.codes[row])]

    def take(self, rows: Ints) -> Coded:
        """Those rows, in that order."""
        return Coded(self.codes[rows], self.words)


def coded(rows: pa.Table, name: str) -> Coded:
    """A column of text; what is missing is :data:`~accord.metrics.cells.MISSING`."""
    encoded = rows[name].combine_chunks().dictionary_encode(null_encoding="encode")
    words = [MISSING if word is None else str(word) for word in encoded.dictionary.to_pylist()]
    return Coded.sorting(np.from_dlpack(encoded.indices).astype(np.int64), words)
