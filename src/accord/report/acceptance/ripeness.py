"""Which rows are marked as still changing: those that can change what is read, not each that has a lead open."""

from __future__ import annotations

from accord.acceptance.figures import AcceptanceRow

__all__ = ["MOVES", "settled"]

MOVES = 0.01
"""One point: the last digit that is shown."""


def settled(row: AcceptanceRow) -> bool:
    """Whether the leads that are still open could move the row's share of accepted leads by less than a point.

    One open lead of 215 is settled: a mark on every row would say nothing. How many are open is shown all the same.
    """
    return row.open_bounds.high - row.open_bounds.low < MOVES
