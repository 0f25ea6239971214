"""The decisions as the CRM has them: the verdicts, second thoughts, clean-ups, double clicks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Codes, Floats, Seconds, draw, hit, spread, stream
from accord.demo.clock import DAY, HOUR
from accord.demo.handing import NEVER
from accord.demo.reasons import reasons
from accord.demo.verdict import ACCEPTED, DISQUALIFIED, RECYCLED, UNDECIDED, refused_by_resistance
from accord.demo.world import Stage
from accord.demo.year import Year

__all__ = ["NOTES", "Decisions", "record"]

NOTES = (
    "à rappeler en septembre",
    "spoke to the assistant",
    "kein Bedarf dieses Jahr",
    "déjà équipé",
    "good fit, call booked",
)


@dataclass(frozen=True)
class Decisions:
    """One element per decision, by time. ``handoff``: row of the handoff; -1 = of one that was deleted since.

    ``names_handoff`` and ``names_lead`` say which of the two the CRM kept; ``rep``, ``reason``, ``note``: -1 = missing.
    """

    handoff: NDArray[np.int64]
    at: Seconds
    rep: NDArray[np.int32]
    outcome: NDArray[np.int8]
    reason: Codes
    note: Codes
    names_handoff: Booleans
    names_lead: Booleans

    def __len__(self) -> int:
        return int(self.at.size)


def record(year: Year) -> Decisions:
    """Every decision taken before the data end."""
    rng = stream(year.world.seed, Stage.DECISIONS, 0)
    handoffs, verdicts = year.handoffs, year.verdicts
    size = len(handoffs)
    resisted = refused_by_resistance(year.world.company, year.odds, verdicts)
    first_reason = reasons(year.leads, handoffs, verdicts.outcome, rng, crowded=year.odds.queue, vague=resisted)
    decided = np.flatnonzero(verdicts.outcome != UNDECIDED)
    row, at, outcome, reason = decided, verdicts.at[decided], verdicts.outcome[decided], first_reason[decided]

    # second thoughts: a lead accepted, then given up
    given_up = np.flatnonzero((verdicts.outcome == ACCEPTED) & hit(rng, 0.16, size))
    how = np.where(hit(rng, 0.7, given_up.size), DISQUALIFIED, RECYCLED).astype(np.int8)
    when = _open_time_after(year, given_up, spread(rng, 45 * HOUR, 0.8, given_up.size))
    calm = np.zeros(given_up.size)
    why = reasons(year.leads, handoffs.take(given_up), how, rng, crowded=calm, vague=calm > 0)

    # the undecided, closed long after
    closed, closed_at = _closed_late(year, rng)

    # a button pressed twice
    twice = np.flatnonzero(hit(rng, 0.004, decided.size))

    row = np.concatenate((row, given_up, closed, decided[twice]))
    at = np.concatenate((at, when, closed_at, verdicts.at[decided[twice]] + rng.integers(1, 20, twice.size)))
    outcome = np.concatenate((outcome, how, np.full(closed.size, RECYCLED, np.int8), verdicts.outcome[decided[twice]]))
    reason = np.concatenate((reason, why, np.full(closed.size, -1, np.int16), first_reason[decided[twice]]))
    kept = (at < year.world.end) & (at < handoffs.next_at[row])
    order = np.flatnonzero(kept)[np.argsort(at[kept], kind="stable")]
    return _written(year, row[order], at[order], outcome[order], reason[order].astype(np.int16))


def _written(year: Year, row: NDArray[np.int64], at: Seconds, outcome: NDArray[np.int8], reason: Codes) -> Decisions:
    """What the CRM keeps of each decision."""
    rng = stream(year.world.seed, Stage.DECISIONS, 1)
    size = row.size
    again = year.handoffs.second | (year.handoffs.next_at != NEVER)
    rep = np.where(hit(rng, 0.01, size), -1, year.handoffs.receiver[row])
    what = draw(rng, (0.85, 0.10, 0.05), size)
    lead_only = (what == 2) & ~again[row]  # a lead handed over twice needs the handoff's name
    note = np.where(hit(rng, 0.05, size), draw(rng, [1.0] * len(NOTES), size), -1)
    deleted = hit(rng, year.world.company.habits.orphans, size)
    return Decisions(
        np.where(deleted, -1, row),
        at,
        rep.astype(np.int32),
        outcome.astype(np.int8),
        reason,
        note.astype(np.int16),
        ~lead_only | deleted,
        (what != 1) & ~deleted,
    )


def _open_time_after(year: Year, rows: NDArray[np.int64], delay: Floats) -> Seconds:
    """The verdicts' times, so many open seconds later."""
    answer = np.empty(rows.size, dtype=np.int64)
    for number, hours in enumerate(year.world.calendar.hours):
        mine = np.flatnonzero(year.handoffs.team[rows] == number)
        answer[mine] = hours.to_utc(hours.after(hours.to_local(year.verdicts.at[rows[mine]]), delay[mine]))
    return answer


def _closed_late(year: Year, rng: np.random.Generator) -> tuple[NDArray[np.int64], Seconds]:
    """Handoffs nobody decided in time, closed afterwards, and when: one by one, or all in one minute of a quarter."""
    handoffs = year.handoffs
    undecided = (year.verdicts.outcome == UNDECIDED) & ~handoffs.superseded & (handoffs.next_at == NEVER)
    rows = np.flatnonzero(undecided & hit(rng, year.world.company.habits.late, len(handoffs)))
    over = handoffs.at[rows] + 31 * DAY
    if not year.world.company.habits.cleanup:
        return rows, over + (DAY * rng.uniform(0, 40, rows.size)).astype(np.int64)
    ends = np.array([17 * HOUR + 2500 + DAY * day for day in _quarter_ends(year.world.calendar.first_day)])
    return rows, ends[np.searchsorted(ends, over)] + rng.integers(0, 60, rows.size)


def _quarter_ends(first_day: int) -> list[int]:
    """The last days of the quarters from ``first_day`` on, for two years."""
    epoch = date(1970, 1, 1)
    first = epoch + timedelta(days=first_day)
    return [
        day
        for year in (first.year, first.year + 1, first.year + 2)
        for month in (4, 7, 10, 13)
        if (day := (date(year + month // 13, (month - 1) % 12 + 1, 1) - epoch).days - 1) >= first_day
    ]
