"""What the page is made of: the report that was asked for, and the ones that belong beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.acceptance.figures import AcceptanceReport
from accord.agreement.model import Definition

__all__ = ["Briefing"]


@dataclass(frozen=True, slots=True)
class Briefing:
    """``definitions`` has every definition and no rows; the others speak of the definition that is shown.

    ``trend`` is everything by period; ``segments`` a report per dimension, or one by the dimensions asked for;
    ``folded`` more of them, told only to who opens them; ``detail`` the segments by period, where both were asked for.
    ``left_away``: by dimensions, how many segments of such a report are not in it.
    """

    definitions: AcceptanceReport
    shown: Definition
    trend: AcceptanceReport
    segments: tuple[AcceptanceReport, ...]
    detail: AcceptanceReport | None = None
    folded: tuple[AcceptanceReport, ...] = ()
    left_away: Mapping[tuple[str, ...], int] = field(default_factory=dict)
