"""Figures: an estimate that is never bare, or an unknown that says why.

Every figure Accord shows is one of the two. There is no third: no 0 for "no data", no NaN, no ``None``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LEVEL", "MINIMUM_COUNT", "Bounds", "Estimate", "Figure", "Json", "Reason", "Unknown"]

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

LEVEL = 0.95
"""Level of every interval unless a caller says otherwise."""

MINIMUM_COUNT = 10
"""Below this count a figure is ``too_few``: its interval would be wider than any decision."""


class Reason(StrEnum):
    """Why a figure is unknown."""

    TOO_FEW = "too_few"
    NOT_RECORDED = "not_recorded"
    NOT_MATURE = "not_mature"
    NOT_IDENTIFIED = "not_identified"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and highest a figure could be, whatever the missing part turns out to be; no probability."""

    low: float
    high: float

    def to_json(self) -> dict[str, Json]:
        """``{"low", "high"}``."""
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval.

    ``low`` and ``high`` bound it at ``level``; ``n`` is the count it rests on. ``date_bounds`` is present where
    some times are dates without an hour and the figure depends on the hour that is missing.
    """

    value: float
    low: float
    high: float
    n: int
    level: float = LEVEL
    date_bounds: Bounds | None = None

    def __post_init__(self) -> None:
        if math.isfinite(self.value + self.low + self.high):  # a report holds ten thousand: one look each
            return
        for part in (self.value, self.low, self.high):
            if not math.isfinite(part):
                raise ValueError(f"an estimate is finite, not {part!r}: use Unknown")

    def to_json(self) -> dict[str, Json]:
        """The contract's shape of an estimate."""
        answer: dict[str, Json] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "n": self.n,
        }
        if self.date_bounds is not None:
            answer["date_bounds"] = self.date_bounds.to_json()
        return answer


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, and why; ``need`` is the total count that would give one, where a count would."""

    reason: Reason
    need: int | None = None

    def to_json(self) -> dict[str, Json]:
        """The contract's shape of an unknown."""
        answer: dict[str, Json] = {"unknown": self.reason.value}
        if self.need is not None:
            answer["need"] = self.need
        return answer


Figure = Estimate | Unknown
