"""What people call the five axes of a qualification."""

from __future__ import annotations

from collections.abc import Mapping

from accord.language import gettext as _
from accord.language import mark

__all__ = ["axis_name"]

_NAMES: Mapping[str, str] = {
    "fit": mark("Fit"),
    "need": mark("Need"),
    "budget": mark("Budget"),
    "authority": mark("Authority"),
    "engagement": mark("Engagement"),
}


def axis_name(axis: str) -> str:
    """The axis in the reader's language; what is none of the five keeps its name."""
    return _(_NAMES[axis]) if axis in _NAMES else axis
