"""The words of a rating sheet: what a cell may say, in both languages."""

from __future__ import annotations

import re
from types import MappingProxyType

__all__ = ["AS_NUMBERS", "CANNOT_TELL", "OVERALL", "YES_AND_NO", "read_word"]

OVERALL = "overall"
"""The column of the whole judgement: is this a good lead for sales?"""

YES_AND_NO = ("no", "yes")
"""The words Accord offers, the lower first; a sheet may use others, such as the bands A to D, throughout a column."""

CANNOT_TELL = MappingProxyType(dict.fromkeys(("", "?", "-", "n/a", "na", "cannot tell", "sans avis", "nsp")))
"""A cell that rates nothing: the lead is left out of that criterion and counted as such."""

_SAME = MappingProxyType({"y": "yes", "oui": "yes", "o": "yes", "true": "yes", "n": "no", "non": "no", "false": "no"})
AS_NUMBERS = MappingProxyType({"1": "yes", "0": "no"})
"""Yes and no where a criterion has no other numbers; among marks, the marks 1 and 0."""

_WITH_COMMA = re.compile(r"[+-]?\d+,\d+")


def read_word(cell: str) -> str | None:
    """The rating a cell holds, ``None`` where it rates nothing; oui and non are yes and no, case does not matter.

    A mark with a decimal comma is the one with a point. Whether 1 is yes or a mark, only the other ratings tell
    (:data:`AS_NUMBERS`).
    """
    word = cell.strip()
    if word.lower() in CANNOT_TELL:
        return None
    lower = word.lower()
    if lower in YES_AND_NO:
        return lower
    if _WITH_COMMA.fullmatch(word):
        return word.replace(",", ".")
    return _SAME.get(lower, word.upper() if len(word) == 1 else word)
