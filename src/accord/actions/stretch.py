"""Which weeks before an action it is compared with: all, or only those since a drop that it answers."""

from __future__ import annotations

from dataclasses import dataclass

from accord.actions.weekly import LEAST_STRETCH, Weekly, step_at
from accord.values import Estimate

__all__ = ["Drop", "drop_before"]

CLEAR = 1.5
"""How many half widths of its interval the deepest drop must measure, as the deepest of all weeks is looked for."""

KNOWN = 1.0
"""The same where a diagnosis has found the drop already, and only its week is looked for."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A step down of the gap to the untouched, ``since`` days (negative) before the action began; ``step``: how far."""

    since: int
    step: Estimate


def drop_before(counts: Weekly, *, known: bool = False) -> Drop | None:
    """The clearest drop in the weeks before the action, from these weeks alone; None where chance explains them all.

    ``known``: a diagnosis has found that there is one. What came after the action has no say, so that a drop is never
    found because the action worked.
    """
    weeks = counts.week[counts.week < 0]
    if not weeks.size:
        return None
    found: list[tuple[float, Drop]] = []
    for week in range(int(weeks.min()) + LEAST_STRETCH, -LEAST_STRETCH + 1):
        step = step_at(counts, 7 * week)
        if step is not None and step.high < 0:
            found.append((step.value / (step.high - step.value), Drop(7 * week, step)))
    if not found:
        return None
    clearness, deepest = min(found, key=lambda each: (each[0], each[1].since))
    return deepest if -clearness >= (KNOWN if known else CLEAR) else None
