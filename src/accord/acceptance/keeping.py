"""What every report over the same data says alike, whatever it is cut by, is read where it was worked out before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar, cast

from accord.acceptance import figures
from accord.acceptance.figures import AcceptanceRow
from accord.agreement.model import Definition
from accord.readmodel.finished import Finished
from accord.readmodel.source import Source

__all__ = ["Span", "told_of_all", "totals_of"]

T = TypeVar("T")

Span = tuple[date | None, date | None]
"""First local day of the handoffs, and the first that is left out; None: from the first, to the last."""

_PACKAGES = (".", "acceptance", "agreement", "clock", "engines", "metrics", "readmodel", "stats", "tables")
"""Whose source they follow from."""

_TOTALS = Finished(AcceptanceRow, (figures,), _PACKAGES)
_PARTS: Finished[tuple[object, ...]] = Finished(tuple, (figures,), _PACKAGES)


def totals_of(source: Source, definition: Definition, span: Span, make: Callable[[], AcceptanceRow]) -> AcceptanceRow:
    """The totals under a definition: kept by the source, and on its shelf where they are of all handoffs."""
    asked = ("totals", definition, span)
    return source.noted(asked, lambda: _TOTALS.report(source, asked, make) if span == (None, None) else make())


def told_of_all(source: Source, what: str, span: Span, make: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """The same of what the agreement promises: each line of ``what``."""
    asked = (what, span)
    whole = span == (None, None)
    return cast("tuple[T, ...]", source.noted(asked, lambda: _PARTS.report(source, asked, make) if whole else make()))
