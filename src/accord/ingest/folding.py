"""Headings and words, compared as people read them: without case, accents, apostrophes, blanks and punctuation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

__all__ = ["fold", "likeness", "nearest"]

CLOSE_ENOUGH = 0.75
"""Share of matching letters from which a word counts as a slip of another: ``chanel`` is 0.92 of ``channel``."""


def fold(text: str) -> str:
    """``text`` reduced to its letters and digits, without accents or case: ``Became a Lead Date`` →
    ``becamealeaddate``.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` most resembles, or None when none is close."""
    found = [(likeness(word, candidate), candidate) for candidate in known]
    closest = max(found, default=(0.0, ""), key=lambda entry: entry[0])
    return closest[1] if closest[0] >= CLOSE_ENOUGH else None


def likeness(word: str, other: str) -> float:
    """From 0 to 1: the share of letters that two words have in common, in order."""
    return SequenceMatcher(None, fold(word), fold(other)).ratio()
