"""Small drawings made of letters: bars, interval plots, sparklines. Every one has a form in ASCII."""

from __future__ import annotations

from collections.abc import Sequence

from accord.report.look import Look
from accord.values import Estimate

__all__ = ["bar", "interval_plot", "scale", "sparkline"]

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_LEVELS_ASCII = "_.:-=+*#"


def bar(share: float, width: int, look: Look, *, ripe: bool = True) -> str:
    """A bar of ``share`` of ``width``; light where the figure can still change."""
    if not look.unicode:
        return ("#" if ripe else ".") * max(round(share * width), 1 if share > 0 else 0)
    if not ripe:
        return "░" * max(round(share * width), 1 if share > 0 else 0)
    whole, eighth = divmod(round(share * width * 8), 8)
    text = "█" * whole + (_EIGHTHS[eighth] if eighth else "")
    return text or ("▏" if share > 0 else "")


def interval_plot(estimate: Estimate, width: int, look: Look, *, floor: float, ripe: bool = True) -> str:
    """A share from 0 to 100%: its interval as a line, its value as a dot (hollow when unripe), the floor as a mark."""
    axis, line, mark, dot = ("·", "━", "┊", "●" if ripe else "○") if look.unicode else (".", "-", "|", "o")
    if not (ripe or look.unicode):
        dot = "?"
    places = [axis] * width
    places[_place(floor, width)] = mark
    for place in range(_place(estimate.low, width), _place(estimate.high, width) + 1):
        places[place] = line
    places[_place(estimate.value, width)] = dot
    return "".join(places)


def scale(width: int, label: str) -> str:
    """The heading of a column of interval plots: 0 … 100%."""
    return "0" + label.rjust(width - 1)


def sparkline(shares: Sequence[tuple[float | None, bool]], look: Look) -> str:
    """One letter per period, from 0 to 100%: ``(share, ripe)``; unripe ones light, unknown ones blank."""
    levels = _LEVELS if look.unicode else _LEVELS_ASCII
    unripe = "░" if look.unicode else "?"
    return "".join(
        " " if share is None else levels[min(int(share * len(levels)), len(levels) - 1)] if ripe else unripe
        for share, ripe in shares
    )


def _place(share: float, width: int) -> int:
    return min(max(int(share * width), 0), width - 1)
