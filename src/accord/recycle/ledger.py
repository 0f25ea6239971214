"""The ledger: how each episode ended, which one came before, and when the lead came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from accord.metrics.cells import MISSING
from accord.metrics.outcomes import NEVER, Outcome
from accord.recycle.facts import Facts
from accord.recycle.figures import KINDS, Entry
from accord.stats.grouped import Bools, Ints
from accord.tables.times import DAY

__all__ = ["AGES", "NOT_RETURNED", "Ledger", "age_band"]

NOT_RETURNED = -1
AGES = (7, 30, 90, 180)
"""Days since the return at which ages part: up to 7, 8 to 30 …, more than 180."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC
_OUTCOMES = {outcome.value: outcome.name.lower() for outcome in Outcome}
PIECE = 50_000


@dataclass(frozen=True)
class Ledger:
    """The episodes of ``facts`` as a chain per lead: an episode's predecessor is the entry before it."""

    facts: Facts

    @cached_property
    def kind(self) -> Ints:
        """Per episode the place in ``KINDS`` of how it came back, or :data:`NOT_RETURNED`."""
        facts = self.facts
        words = {"disqualified": KINDS.index("disqualified"), "recycled": KINDS.index("recycled")}
        refused = np.array([words.get(word, KINDS.index("rejected")) for word in facts.decision.words], dtype=np.int64)
        early = facts.next_at - facts.at < facts.window_us
        over = np.where(early, KINDS.index("superseded"), KINDS.index("expired"))
        kinds = np.select(
            [
                facts.outcome == Outcome.REJECTED,
                facts.outcome == Outcome.EXPIRED,
                (facts.outcome == Outcome.ACCEPTED) & (facts.back < NEVER),
            ],
            [refused[facts.decision.codes], over, KINDS.index("given_back")],
            NOT_RETURNED,
        )
        return kinds.astype(np.int64)

    @cached_property
    def superseded(self) -> Bools:
        """Handed over again before anybody answered."""
        return np.asarray(self.kind == KINDS.index("superseded"))

    @cached_property
    def returned(self) -> Bools:
        """Came back from sales, so that somebody may follow it up."""
        return np.asarray((self.kind != NOT_RETURNED) & ~self.superseded)

    @cached_property
    def returned_late(self) -> Bools:
        """Accepted, and given back after the episode had ended, so that it changes nothing."""
        accepted = np.asarray(self.facts.outcome == Outcome.ACCEPTED)
        return np.asarray(accepted & (self.kind == NOT_RETURNED) & self.facts.events.refused_late)

    @cached_property
    def follows(self) -> Bools:
        """Follow-ups: handoffs of leads that had come back."""
        return np.concatenate([[False], self.returned[:-1] & (self.facts.lead[1:] == self.facts.lead[:-1])])[
            : len(self.facts)
        ]

    def follows_inside(self, inside: Bools) -> Bools:
        """Follow-ups whose predecessor, the handoff that came back, is one of those ``inside``."""
        before: Bools = np.concatenate([[False], inside[:-1]])[: len(inside)]
        return self.follows & before

    @cached_property
    def came_back(self) -> Bools:
        """Returned, and handed over again since."""
        return self.returned & (self.facts.next_at < NEVER)

    @cached_property
    def won_alone(self) -> Ints:
        """When a lead that had come back was won without being handed over again; NEVER where it was not."""
        facts = self.facts
        won = np.full(len(facts), NEVER, dtype=np.int64)
        rows = np.flatnonzero(self.returned)
        first = facts.events.won.first_after(facts.lead[rows], facts.back[rows])
        won[rows] = np.where((first < facts.next_at[rows]) & (first <= facts.as_of), first, NEVER)
        return won

    @cached_property
    def waiting(self) -> Bools:
        """Returned, neither handed over again nor won since."""
        return np.asarray(self.returned & ~self.came_back & (self.won_alone == NEVER))

    @cached_property
    def age(self) -> Ints:
        """Of follow-ups: microseconds since the lead had come back; 0 elsewhere."""
        before = np.concatenate([[0], self.facts.back[:-1]])[: len(self.facts)]
        return np.where(self.follows, self.facts.at - before, 0)

    def entries(self, rows: Ints | None = None) -> Iterator[Entry]:
        """The lines of the ledger, by lead and time, in pieces so that a million are never held at once."""
        chosen = np.arange(len(self.facts)) if rows is None else rows
        for start in range(0, len(chosen), PIECE):
            yield from self._entries(chosen[start : start + PIECE])

    def _entries(self, rows: Ints) -> Iterator[Entry]:
        facts, kinds = self.facts, self.kind
        has_previous = facts.sequence[rows] > 1
        previous = facts.handoff_ids(np.where(has_previous, rows - 1, -1))
        has_next = facts.next_at[rows] < NEVER
        following = facts.handoff_ids(np.where(has_next, rows + 1, -1))
        columns: tuple[Sequence[object], ...] = (facts.handoff_ids(rows), facts.lead_ids(rows), previous, following)
        for row, handoff, lead, before, after in zip(rows.tolist(), *columns, strict=True):
            kind = int(kinds[row])
            returned = None if kind == NOT_RETURNED else KINDS[kind]
            reason = facts.reason.said(row)
            back, next_at = int(facts.back[row]), int(facts.next_at[row])
            yield Entry(
                handoff_id=str(handoff),
                lead_id=str(lead),
                attempt=int(facts.sequence[row]),
                handed_at=_moment(int(facts.at[row])),
                previous_handoff_id=None if before is None else str(before),
                days_since_return=_days(int(self.age[row])) if self.follows[row] else None,
                outcome=_OUTCOMES[int(facts.outcome[row])],
                returned=returned,
                reason=None if returned is None or reason == MISSING else reason,
                returned_at=None if returned is None else _moment(back),
                next_handoff_id=None if after is None else str(after),
                came_back_at=None if next_at == NEVER else _moment(next_at),
                days_to_come_back=_days(next_at - back) if returned is not None and next_at < NEVER else None,
                days_waiting=_days(facts.as_of - back) if self.waiting[row] else None,
            )


def age_band(days: int) -> str:
    """The class of an age in whole days: ``0-7``, ``8-30``, ``31-90``, ``91-180``, ``181+``."""
    below = 0
    for last in AGES:
        if days <= last:
            return f"{below}-{last}"
        below = last + 1
    return f"{below}+"


def _moment(microsecond: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microsecond)


def _days(microseconds: int) -> float:
    return round(microseconds / DAY, 2)
