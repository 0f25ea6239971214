"""Handoffs as a frame: the lead's columns and touches as learning wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from accord.agreement.model import Agreement
from accord.learning.frame import Field, Floats, Frame, Touches, number_field, too_different, words_field
from accord.learning.handoffs import Handoffs
from accord.tables.times import DAY

__all__ = ["frame_of"]

_SAYS_WHO = frozenset({"lead_id", "company", "customer_id", "currency"})
"""Columns that say who the lead is, not what it is worth."""


def frame_of(
    handoffs: Handoffs, chosen: Sequence[int], good: Sequence[bool], weights: Floats, agreement: Agreement
) -> tuple[Frame, dict[str, str]]:
    """The frame of the ``chosen`` handoffs, and the columns that could not be used, with the reason."""
    leads = [handoffs.leads[place] for place in chosen]
    fields: dict[str, Field] = {}
    skipped: dict[str, str] = {}
    for name in leads[0] if leads else ():
        if name in _SAYS_WHO or name.endswith("_is_date"):
            continue
        made = _field(name, [lead[name] for lead in leads])
        if isinstance(made, Field):
            fields[name] = made
        elif made:
            skipped[name] = made
    sizes = [_size_of(lead, agreement) for lead in leads]
    if any(size is not None for size in sizes):
        fields["account_size"] = words_field("account_size", sizes)
    touches = _touches(handoffs, chosen)
    return Frame(fields, np.array(good, dtype=bool), weights, touches), skipped


def _field(name: str, cells: list[Any]) -> Field | str:
    filled = [cell for cell in cells if cell is not None]
    if not filled:
        return ""
    if len(set(filled)) == 1 and len(filled) == len(cells):
        return "constant"
    if all(isinstance(cell, bool) for cell in filled):
        return words_field(name, cells)
    if all(isinstance(cell, int | float) for cell in filled):
        return number_field(name, np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64))
    if not all(isinstance(cell, str) for cell in filled):
        return "time"
    return "all_different" if too_different(filled) else words_field(name, cells)


def _size_of(lead: Mapping[str, Any], agreement: Agreement) -> str | None:
    employees = lead.get("employees")
    if employees is None:
        return None
    return next((band.name for band in agreement.size_bands if band.below is None or employees < band.below), None)


def _touches(handoffs: Handoffs, chosen: Sequence[int]) -> Touches | None:
    rows, kinds, days = [], [], []
    for row, place in enumerate(chosen):
        moment = int(handoffs.at[place])
        for touch in handoffs.touches[place]:
            rows.append(row)
            kinds.append(touch.kind)
            days.append((moment - touch.at) // DAY)
    if not rows:
        return None
    names = tuple(sorted(set(kinds)))
    number = {name: place for place, name in enumerate(names)}
    return Touches(
        np.array(rows, dtype=np.int64),
        np.array([number[kind] for kind in kinds], dtype=np.int64),
        names,
        np.array(days, dtype=np.int64),
    )
