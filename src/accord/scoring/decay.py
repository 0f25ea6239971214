"""What a touch is worth by its age: a table of whole hundredths, made once, which every engine reads."""

from __future__ import annotations

from accord.agreement.criteria import Touches

__all__ = ["HUNDREDTHS", "decay_table", "hundredths"]

HUNDREDTHS = 100


def hundredths(points: float) -> int:
    """Points as whole hundredths; they have two decimals."""
    return round(points * HUNDREDTHS)


def decay_table(points: int, rule: Touches) -> tuple[int, ...]:
    """Hundredths of one touch by its age in whole times 24 hours; what is older than the table has its last entry.

    ``points × 2^(−age ÷ half life)``, rounded half away from zero; without a half-life always ``points``. The table
    ends where a touch gives nothing any more.
    """
    if rule.half_life_days is None:
        return (points,)
    table = [points]
    while table[-1] and (rule.within_days is None or len(table) < rule.within_days):
        worth = abs(points) * 2.0 ** (-len(table) / rule.half_life_days)
        table.append(int(worth + 0.5) * (1 if points > 0 else -1))
    return tuple(table)
