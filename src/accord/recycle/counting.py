"""Follow-ups and returns counted by cell, finished into figures for all cells at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from accord.metrics.outcomes import NEVER, Outcome
from accord.recycle.cells import Cells
from accord.recycle.figures import KINDS, FollowUpRow, FollowUps, HowReturned, ReturnRow
from accord.recycle.ledger import Ledger
from accord.stats.curve import Curve
from accord.stats.figures import incidence_figures, quantile_figures
from accord.stats.grouped import Bools, Floats, Ints
from accord.stats.quantiles import delay_quantiles
from accord.stats.risk import RiskTable
from accord.tables.times import DAY
from accord.value.conversion import incidence_or_bound
from accord.values import MINIMUM_COUNT, Figure, Reason, Unknown

__all__ = ["WITHIN", "Counting", "Times", "incidence", "table_of"]

WITHIN = (30, 90, 180, 365)
"""Days after the return by which it is read how many have come back."""

QUANTILES = {"p50": 0.5, "p90": 0.9}
DEALS = ("opportunity", "won")


@dataclass(frozen=True)
class Times:
    """When something began, came, or could no longer come; microseconds, :data:`NEVER` where it did not."""

    start: Ints
    event: Ints
    gone: Ints


def table_of(cells: int, cell: Ints, times: Times, as_of: int, last: int) -> RiskTable:
    """A risk table in days: nobody is followed beyond ``last``. An event at the very end still counts."""
    came = (times.event <= times.gone) & (times.event <= as_of)
    gone = ~came & (times.gone <= as_of)
    after = np.where(came, times.event, np.where(gone, times.gone, as_of)) - times.start
    days = np.where(came | gone, after + DAY - 1, after) // DAY
    beyond = days > last
    came, gone, days = came & ~beyond, gone & ~beyond, np.minimum(days, last)
    how = np.where(came, 0, np.where(gone, 1, 2))
    counts = np.bincount((cell * (last + 1) + days) * 3 + how, minlength=cells * (last + 1) * 3)
    table = counts.reshape(cells * (last + 1), 3)
    used = np.flatnonzero(table.any(axis=1))
    return RiskTable(
        cells,
        used // (last + 1),
        used % (last + 1),
        accepted=table[used, 0],
        rejected=table[used, 1],
        expired=np.zeros(len(used), dtype=np.int64),
        censored=table[used, 2],
    )


def incidence(table: RiskTable, *days: int) -> list[list[Figure]]:
    """One list of figures (one per cell) for each of ``days``."""
    return incidence_figures(Curve(table).at(list(days)))


@dataclass(frozen=True)
class Counting:
    """A ledger, and the ages at which its follow-ups are judged."""

    ledger: Ledger
    window_days: int
    horizon: int
    unrecorded: frozenset[str]

    @cached_property
    def opened(self) -> Ints:
        """When an opportunity was first opened since the handoff and before the next."""
        return self._own(self.ledger.facts.events.opened.first_after(self.ledger.facts.lead, self.ledger.facts.at))

    @cached_property
    def won(self) -> Ints:
        """When the lead was first won since the handoff and before the next."""
        return self._own(self.ledger.facts.events.won.first_after(self.ledger.facts.lead, self.ledger.facts.at))

    def _own(self, first: Ints) -> Ints:
        facts = self.ledger.facts
        return np.where((first < facts.next_at) & (first <= facts.as_of), first, NEVER)

    def follow_ups(self, cells: int, cell: Ints, rows: Ints) -> list[FollowUps]:
        """One per cell of the handoffs ``rows``; ``cell``: that of each of them."""
        facts, ledger = self.ledger.facts, self.ledger
        at, as_of, outcome = facts.at[rows], facts.as_of, facts.outcome[rows]

        def shares(event: Ints, gone: Ints, days: int, needs: str) -> list[Figure]:
            if needs in self.unrecorded:
                return [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * cells
            table = table_of(cells, cell, Times(at, event, gone), as_of, days)
            curve = Curve(table)
            # Answers and acceptances come often and soon, and are shares wherever they stand.
            return incidence_or_bound(curve.at([days]))[0] if needs in DEALS else incidence_figures(curve.at([days]))[0]

        def count(where: Bools) -> list[int]:
            counted: list[int] = np.bincount(cell[where], minlength=cells).tolist()
            return counted

        accepted = outcome == Outcome.ACCEPTED
        left, end, following = facts.left[rows], facts.end[rows], facts.next_at[rows]
        outcome_came = np.where(outcome == Outcome.OPEN, NEVER, left)
        answered, opened, won = facts.events.answered[rows], self.opened[rows], self.won[rows]
        columns = zip(
            count(np.ones(len(rows), dtype=np.bool_)),
            count(outcome == Outcome.OPEN),
            count(answered < NEVER),
            count(accepted),
            count(opened < NEVER),
            count(won < NEVER),
            count(ledger.returned[rows]),
            shares(answered, end, self.window_days, "answers"),
            shares(np.where(accepted, left, NEVER), outcome_came, self.window_days, "accepted"),
            shares(opened, following, self.horizon, "opportunity"),
            shares(won, following, self.horizon, "won"),
            strict=True,
        )
        return [FollowUps(*values) for values in columns]

    def categories(self, cells: Cells) -> tuple[FollowUpRow, ...]:
        """Follow-ups (or whatever handoffs stand in cells) by category."""
        rows = np.flatnonzero(cells.of_row >= 0)
        found = self.follow_ups(len(cells), cells.of_row[rows], rows)
        return tuple(FollowUpRow(cells.segment(cell), follow) for cell, follow in enumerate(found))

    def returns(self, cells: Cells) -> tuple[ReturnRow, ...]:
        """One row per cell of handoffs; a follow-up counts in the cell of the handoff that came back."""
        facts, ledger, size = self.ledger.facts, self.ledger, len(cells)
        inside = cells.of_row >= 0
        handed = np.flatnonzero(inside)
        back = np.flatnonzero(inside & ledger.returned)
        cell_handed, cell_back = cells.of_row[handed], cells.of_row[back]
        followed = back[ledger.came_back[back]]
        follow = self.follow_ups(size, cells.of_row[followed], followed + 1)
        return_at = np.where(ledger.returned[handed], facts.back[handed], NEVER)
        rate = incidence(
            table_of(
                size,
                cell_handed,
                Times(facts.at[handed], return_at, np.minimum(facts.end, facts.next_at)[handed]),
                facts.as_of,
                self.window_days,
            ),
            self.window_days,
        )[0]
        coming = table_of(
            size,
            cell_back,
            Times(facts.back[back], facts.next_at[back], ledger.won_alone[back]),
            facts.as_of,
            WITHIN[-1],
        )
        within = incidence(coming, *WITHIN)
        days = self._days(coming)
        if "returns" in self.unrecorded:
            unknown: list[Figure] = [Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)] * size
            rate, within, days = unknown, [unknown] * len(WITHIN), [unknown] * len(QUANTILES)
        kinds = np.bincount(cell_back * len(KINDS) + ledger.kind[back], minlength=size * len(KINDS))
        by_kind = kinds.reshape(size, len(KINDS))
        waits = self._waits(size, cells.of_row)

        def count(where: Bools) -> list[int]:
            counted: list[int] = np.bincount(cells.of_row[inside & where], minlength=size).tolist()
            return counted

        counts = {
            "handed": count(inside),
            "returned": count(ledger.returned),
            "superseded": count(ledger.superseded),
            "came_back": count(ledger.came_back),
            "on_their_own": count((ledger.won_alone < NEVER) & ~ledger.came_back),
            "waiting": count(ledger.waiting),
        }
        return tuple(
            ReturnRow(
                segment=cells.segment(cell),
                period=cells.label(cell),
                **{name: numbers[cell] for name, numbers in counts.items()},
                how=_how(by_kind[cell]),
                return_rate=rate[cell],
                came_back_within={f"{day}d": figures[cell] for day, figures in zip(WITHIN, within, strict=True)},
                days_to_come_back={name: days[place][cell] for place, name in enumerate(QUANTILES)},
                days_waiting=waits[cell],
                follow=follow[cell],
            )
            for cell in range(size)
        )

    def _days(self, coming: RiskTable) -> list[list[Figure]]:
        last = np.zeros(coming.cells)
        np.maximum.at(last, coming.cell, coming.time)
        found = delay_quantiles(coming, list(QUANTILES.values()), last)
        return [
            [
                Unknown(Reason.TOO_FEW, MINIMUM_COUNT) if came < MINIMUM_COUNT else figure
                for figure, came in zip(column, found.n.tolist(), strict=True)
            ]
            for column in quantile_figures(found)
        ]

    def _waits(self, size: int, of_row: Ints) -> list[float | None]:
        """The median of the days that waiting leads have waited: a plain count, not an estimate of anything."""
        rows = np.flatnonzero((of_row >= 0) & self.ledger.waiting)
        days: Floats = (self.ledger.facts.as_of - self.ledger.facts.back[rows]) / DAY
        order = np.lexsort((days, of_row[rows]))
        days, cell = days[order], of_row[rows][order]
        starts = np.searchsorted(cell, np.arange(size + 1))
        return [
            round(float((days[(a + b - 1) // 2] + days[(a + b) // 2]) / 2), 1) if b > a else None
            for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        ]


def _how(counts: Ints) -> Mapping[HowReturned, int]:
    return {kind: int(counts[place]) for place, kind in enumerate(KINDS) if kind != "superseded"}
