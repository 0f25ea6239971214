"""The difference of two independent figures, from their own intervals."""

from __future__ import annotations

from math import hypot

from accord.values import Estimate, Figure, Unknown

__all__ = ["difference"]


def difference(one: Figure, other: Figure) -> Figure:
    r"""``one`` less ``other``, of separate groups: what the first has more.

    .. math:: d - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2},\quad d + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2}

    In plain words: each end of the difference takes the ends of both intervals that pull it there, and they seldom
    pull as hard at once. It keeps the skew of intervals near 0 and 1, which the usual ± would lose. ``n`` counts both
    groups. Unknown as soon as either is. Raises ``ValueError`` where the two are not at one level.

    >>> difference(Estimate(0.6, 0.45, 0.74, 40), Estimate(0.4, 0.31, 0.49, 100)).low > 0
    True

    Reference: Newcombe (1998), Statist. Med. 17, 873-890, method 10; there with Wilson's intervals.
    """
    for figure in (one, other):
        if isinstance(figure, Unknown):
            return figure
    assert isinstance(one, Estimate)
    assert isinstance(other, Estimate)
    if one.level != other.level:
        raise ValueError("two figures at different levels have no difference at one level")
    value = one.value - other.value
    return Estimate(
        value,
        value - hypot(one.value - one.low, other.high - other.value),
        value + hypot(one.high - one.value, other.value - other.low),
        one.n + other.n,
        one.level,
    )
