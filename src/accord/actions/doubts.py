"""What speaks against believing an effect: the same method where nothing was done, and what else there is to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from accord.actions.groups import BACK_WEEKS, EPOCH, Groups, Measuring, accepted, day_number
from accord.actions.leads import Handed, Rows
from accord.actions.model import CorrectiveAction
from accord.actions.report import Caution, PlaceboDate, PlaceboSegment
from accord.actions.weekly import difference_in_differences
from accord.actions.wording import caution, signed
from accord.stats.functions import special
from accord.values import Estimate, Figure

__all__ = ["cautions_of", "fake_dates", "fake_segments", "passes"]

FAKE_WEEKS = (8, 13, 18)
"""How many weeks before the action it is pretended to have begun."""

MOST_SEGMENTS = 12
"""Untouched segments in which the method is tried, the largest first."""

FEWER = 0.75
"""A segment that hands over less than this share of what it did has other leads now."""

FEW_WEEKS = 8
"""Below it an effect may be the stir that any change makes."""


def fake_dates(
    handed: Handed, groups: Groups, horizon: float, start: int, since: int | None = None
) -> Iterator[PlaceboDate]:
    """The effect at days before the action, from handoffs before it alone.

    ``since``: the days (negative) from the action to a drop. Nothing was done before the drop, nor from it to the
    action: the days lie before it, and in the middle of these weeks where they are enough for both sides.
    """
    if since is not None:
        yield from fake_dates(handed, groups, horizon, start + since)
        middle = -7 * (-since // 14)
        seen = (handed.day >= start - 7 * BACK_WEEKS) & (handed.day < start) & (handed.age >= horizon)
        counts = accepted(handed, groups, seen, horizon, start + middle)
        effect = difference_in_differences(counts, since - middle)
        if effect is not None:
            yield PlaceboDate(EPOCH + timedelta(days=start + middle), effect)
        return
    for weeks in FAKE_WEEKS:
        fake = start - 7 * weeks
        seen = (handed.day >= fake - 7 * BACK_WEEKS) & (handed.day < start) & (handed.age >= horizon)
        effect = difference_in_differences(accepted(handed, groups, seen, horizon, fake))
        if effect is not None:
            yield PlaceboDate(EPOCH + timedelta(days=fake), effect)


def fake_segments(  # noqa: PLR0917 - all that the comparison itself rests on
    measuring: Measuring, action: CorrectiveAction, groups: Groups, near: Rows, horizon: float, since: int | None = None
) -> Iterator[PlaceboSegment]:
    """The segments that have another value in one of the action's dimensions, against the other untouched leads.

    ``since``: the days (negative) from the action to a drop; the same weeks are compared as for the action itself.
    """
    handed, start = measuring.handed, day_number(action.start)
    seen = near & (handed.age >= horizon)
    tried = []
    for name, value in action.where.items():
        for other in handed.values.get(name, ()):
            if other != value:
                where = {**action.where, name: other}
                rows = handed.rows(where) & groups.untouched
                tried.append((-int((rows & seen).sum()), sorted(where.items()), where, rows))
    for _size, _key, where, rows in sorted(tried, key=lambda each: each[:2])[:MOST_SEGMENTS]:
        fake = Groups(rows, groups.untouched & ~rows, groups.sharing, ())
        effect = difference_in_differences(accepted(handed, fake, seen, horizon, start), since)
        if effect is not None:
            yield PlaceboSegment(where, effect)


def passes(effects: Sequence[Figure]) -> bool | None:
    """Whether no more placebo effects stand out than chance makes of so many, one time in twenty."""
    if not effects:
        return None
    stand_out = sum(isinstance(effect, Estimate) and not effect.low <= 0 <= effect.high for effect in effects)
    return bool(stand_out == 0 or special.bdtrc(stand_out - 1, len(effects), 0.05) >= 0.05)


def cautions_of(  # noqa: PLR0917 - everything that a figure may have to be read with
    measuring: Measuring,
    horizon: int,
    weeks: tuple[int, int],
    trend: Estimate | None,
    passed: bool | None,
    per_week: tuple[float | None, float | None],
) -> Iterator[Caution]:
    """Everything that a figure has to be read with, beside what other actions did."""
    if trend is not None and not trend.low <= 0 <= trend.high:
        yield caution("trends_not_parallel", points=signed(100 * trend.value, 1))
    if passed is False:
        yield caution("placebo_failed")
    before, after = per_week
    if before is not None and after is not None and _fewer(before, after, weeks[1]):
        yield caution("fewer_leads", before=f"{before:.1f}", after=f"{after:.1f}")
    if horizon < measuring.window_days:
        yield caution("short_horizon", days=horizon, window=measuring.window_days)
    if weeks[1] < FEW_WEEKS:
        yield caution("few_weeks", weeks=weeks[1])


def _fewer(before: float, after: float, weeks: int) -> bool:
    """Whether clearly fewer leads a week come than before, and not by the chance of a few weeks."""
    return after < FEWER * before and before - after > 2 * (before / max(weeks, 1)) ** 0.5
