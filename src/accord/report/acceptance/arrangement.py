"""Which rows are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.errors import UsageError
from accord.language import gettext as _
from accord.values import Estimate, Figure

__all__ = ["SORTS", "Arranged", "arranged"]


def _value(figure: Figure) -> float:
    """The value to sort by; what is unknown comes last."""
    return figure.value if isinstance(figure, Estimate) else float("inf")


SORTS: Mapping[str, Callable[[AcceptanceRow], float | tuple[str, ...]]] = {
    "handed": lambda row: -row.handed,
    "rate": lambda row: _value(row.rate),
    "lost": lambda row: -(row.rejected + row.expired),
    "open": lambda row: -row.open,
    "delay": lambda row: -_value(row.delay_hours["p50"]) if isinstance(row.delay_hours["p50"], Estimate) else 1.0,
    "name": lambda row: tuple(row.segment.values()),
}
"""How segments can be ordered: most handed over, lowest rate, most lost, most open, slowest, by name."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """A report with its segments in order, and how many a limit left away."""

    report: AcceptanceReport
    more_segments: int


def arranged(report: AcceptanceReport, sort: str = "", limit: int = 0) -> Arranged:
    """``report`` with its segments sorted (as they are when ``sort`` is empty) and the first ``limit`` kept (0: all).

    A segment keeps all its periods, in time order; where there are periods, segments are ordered by their periods
    taken together. Without dimensions nothing changes. ``UsageError`` for a sort there is not.
    """
    if sort and sort not in SORTS:
        near = get_close_matches(sort, SORTS, n=1)
        hint = _("The nearest is {near}.").format(near=near[0]) if near else ""
        raise UsageError(
            _("There is no order {sort!r}: {known}.").format(sort=sort, known=", ".join(SORTS)) + f" {hint}".rstrip()
        )
    if not report.dimensions:
        return Arranged(report, 0)
    first = report.answers.get(report.chosen) or next(iter(report.answers.values()))
    order = _segments(first.rows, sort)
    shown = order[:limit] if limit else order
    answers = {name: _only(answer, shown) for name, answer in report.answers.items()}
    return Arranged(replace(report, answers=answers), len(order) - len(shown))


def _segments(rows: Sequence[AcceptanceRow], sort: str) -> list[tuple[str, ...]]:
    groups: dict[tuple[str, ...], list[AcceptanceRow]] = {}
    for row in rows:
        groups.setdefault(tuple(row.segment.values()), []).append(row)
    if not sort:
        return list(groups)
    key = SORTS[sort]
    return sorted(groups, key=lambda segment: (key(_together(groups[segment])), segment))


def _together(rows: Sequence[AcceptanceRow]) -> AcceptanceRow:
    """What a segment with several periods is sorted by: its counts added, the figures of its largest period."""
    largest = max(rows, key=lambda row: row.handed)
    added = {
        name: sum(getattr(row, name) for row in rows) for name in ("handed", "accepted", "rejected", "expired", "open")
    }
    return replace(largest, **added)


def _only(answer: AcceptanceAnswer, shown: Sequence[tuple[str, ...]]) -> AcceptanceAnswer:
    places = {segment: place for place, segment in enumerate(shown)}
    kept = [row for row in answer.rows if tuple(row.segment.values()) in places]
    kept.sort(key=lambda row: places[tuple(row.segment.values())])
    return replace(answer, rows=tuple(kept))
