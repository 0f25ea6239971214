"""What the page is made of: the report that was asked for, and the ones that belong beside it."""

from __future__ import annotations

from dataclasses import dataclass

from accord.acceptance.figures import AcceptanceReport
from accord.agreement.model import Definition

__all__ = ["Briefing"]


@dataclass(frozen=True, slots=True)
class Briefing:
    """``definitions`` has every definition and no rows; the others speak of the definition that is shown.

    ``trend`` is everything by period; ``segments`` a report per dimension, or one by the dimensions asked for;
    ``detail`` the segments by period, where both were asked for.
    """

    definitions: AcceptanceReport
    shown: Definition
    trend: AcceptanceReport
    segments: tuple[AcceptanceReport, ...]
    detail: AcceptanceReport | None = None
