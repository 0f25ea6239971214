"""What sales did around each handoff: calls, e-mails, meetings, tasks, automatic messages, and the replies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Codes, Floats, Seconds, draw, hit, spread
from accord.demo.clock import DAY, HOUR
from accord.demo.handing import Handoffs
from accord.demo.verdict import ACCEPTED, UNDECIDED, Effort, Verdicts
from accord.demo.world import World
from accord.tables.schema import ACTIVITY_KINDS

__all__ = ["OUTCOMES", "Activities", "activities"]

OUTCOMES = ("no_answer", "voicemail", "bounced", "booked", "held", "connected", "no_show")
_CALL, _EMAIL, _MEETING, _MESSAGE, _VISIT, _TASK = range(len(ACTIVITY_KINDS))
_KIND_SHARES = (0.44, 0.34, 0.08, 0.11, 0.02, 0.01)


@dataclass(frozen=True)
class Activities:
    """One element per activity.

    ``handoff``: row of the handoff it surrounds; ``at``: UTC seconds; ``rep`` -1 = nobody named; codes and ``duration``
    (seconds): -1 = missing.
    """

    handoff: NDArray[np.int64]
    at: Seconds
    rep: NDArray[np.int32]
    kind: Codes
    inbound: Booleans
    duration: NDArray[np.int32]
    outcome: Codes
    automated: NDArray[np.int8]

    def take(self, rows: NDArray[np.integer] | Booleans) -> Activities:
        """Those rows."""
        return Activities(**{name: value[rows] for name, value in vars(self).items()})


def activities(world: World, handoffs: Handoffs, verdicts: Verdicts, rng: np.random.Generator) -> Activities:
    """All activities around these handoffs before the data end, in the order of their time."""
    chunk = _Chunk(world, handoffs, verdicts, rng)
    made = _concatenated([*chunk.first_actions(), chunk.follow_ups(), chunk.tokens(), chunk.tasks()])
    automatic = chunk.automatic()
    everything = _concatenated([made, automatic, chunk.replies(made, automatic), chunk.before_handoff()])
    kept = (everything.at < world.end) & (everything.at < handoffs.next_at[everything.handoff])
    everything = everything.take(kept)
    return everything.take(np.argsort(everything.at, kind="stable"))


@dataclass(frozen=True)
class _How:
    """Kind, length in seconds and result of actions; -1 = missing."""

    kind: Codes
    duration: NDArray[np.number[Any]]
    outcome: NDArray[np.integer[Any]]


@dataclass(frozen=True)
class _Chunk:
    world: World
    handoffs: Handoffs
    verdicts: Verdicts
    rng: np.random.Generator

    def first_actions(self) -> tuple[Activities, Activities]:
        """One real action on everything that was worked: around the acceptance, or before another verdict."""
        worked = np.flatnonzero(self.verdicts.effort == Effort.WORKED)
        later = spread(self.rng, 1.5 * HOUR, 1.2, worked.size).clip(60, 35 * HOUR)
        at = self._open_time_after(worked, self.verdicts.at[worked], later)
        at = np.where(hit(self.rng, 0.35, worked.size), self._before_verdict(worked), at)
        contacted = np.flatnonzero(self.verdicts.effort == Effort.CONTACTED)
        return (
            self._real(worked, at),
            self._real(contacted, self._before_verdict(contacted)),
        )

    def follow_ups(self) -> Activities:
        """The rest of the effort: several weeks of it on accepted leads, an attempt or two on the others."""
        per_worked = max(0.0, (self.world.company.activities - 1.5) / 0.71 - 1)
        mean = np.choose(self.verdicts.effort, (0.0, 0.0, 0.6, per_worked))
        rows = np.repeat(np.arange(len(self.handoffs)), self.rng.poisson(mean))
        accepted = self.verdicts.outcome[rows] == ACCEPTED
        at = self._before_verdict(rows)
        long_after = 25 * 9 * HOUR * self.rng.random(rows.size) ** 1.8
        worked = np.flatnonzero(accepted)
        at[worked] = self._open_time_after(rows[worked], self.verdicts.at[rows[worked]], long_after[worked])
        return self._ordinary(rows, at)

    def tokens(self) -> Activities:
        """One call, unanswered or over in seconds, and nothing else."""
        rows = np.flatnonzero(self.verdicts.effort == Effort.TOKEN)
        soon = spread(self.rng, 2 * HOUR, 0.8, rows.size).clip(60, 25 * HOUR)
        at = self._open_time_after(rows, self.verdicts.at[rows], soon)
        unanswered = hit(self.rng, 0.6, rows.size)
        ring = np.where(hit(self.rng, 0.5, rows.size), 0, -1)
        how = _How(
            kind=np.full(rows.size, _CALL, dtype=np.int16),
            duration=np.where(unanswered, ring, self.rng.integers(4, 26, rows.size)),
            outcome=np.where(unanswered, OUTCOMES.index("no_answer"), -1),
        )
        return self._made(rows, at, how, owner_only=True)

    def tasks(self) -> Activities:
        """Things planned, not done: no figure may count them."""
        rows = np.flatnonzero(hit(self.rng, 0.3, len(self.handoffs)) & (self.verdicts.effort != Effort.TOKEN))
        at = self.handoffs.at[rows] + spread(self.rng, 900, 1.0, rows.size).astype(np.int64)
        blank = np.full(rows.size, -1)
        return self._made(rows, at, _How(np.full(rows.size, _TASK, dtype=np.int16), blank, blank))

    def automatic(self) -> Activities:
        """E-mails that a sequence sends in the rep's name."""
        in_sequence = hit(self.rng, 0.55, len(self.handoffs)) & (self.verdicts.effort != Effort.TOKEN)
        count = np.where(in_sequence, self.rng.integers(1, 4, len(self.handoffs)), 0)
        rows = np.repeat(np.arange(len(self.handoffs)), count)
        step = np.arange(rows.size) - np.repeat(np.cumsum(count) - count, count)
        at = self.handoffs.at[rows] + np.array([300, 2 * DAY, 5 * DAY])[step]
        at = at + self.rng.integers(0, 60, rows.size)
        bounced = np.where(hit(self.rng, 0.03, rows.size), OUTCOMES.index("bounced"), -1)
        how = _How(np.full(rows.size, _EMAIL, dtype=np.int16), np.full(rows.size, -1), bounced)
        sent = self._made(rows, at, how, owner_only=True)
        return Activities(**{**vars(sent), "automated": np.ones(rows.size, dtype=np.int8)})

    def replies(self, made: Activities, automatic: Activities) -> Activities:
        """What prospects answered to e-mails and messages."""
        written = np.isin(made.kind, (_EMAIL, _MESSAGE)) & hit(self.rng, 0.2, made.at.size)
        answered = _concatenated([made.take(written), automatic.take(hit(self.rng, 0.03, automatic.at.size))])
        delay = spread(self.rng, 5 * HOUR, 1.2, answered.at.size).clip(60, 20 * DAY).astype(np.int64)
        size = answered.at.size
        return Activities(
            handoff=answered.handoff,
            at=answered.at + delay,
            rep=answered.rep,
            kind=answered.kind,
            inbound=np.ones(size, dtype=np.bool_),
            duration=np.full(size, -1, dtype=np.int32),
            outcome=np.full(size, -1, dtype=np.int16),
            automated=np.zeros(size, dtype=np.int8),
        )

    def before_handoff(self) -> Activities:
        """Calls made before the lead was handed over: no acceptance of it can come from them."""
        rows = np.flatnonzero(hit(self.rng, 0.03, len(self.handoffs)) & ~self.handoffs.second)
        return self._ordinary(rows, self.handoffs.at[rows] - self.rng.integers(HOUR, 3 * DAY, rows.size))

    def _before_verdict(self, rows: NDArray[np.int64]) -> Seconds:
        """An open time between handoff and decision; within the first days where nobody decided."""
        answer = np.empty(rows.size, dtype=np.int64)
        undecided = self.verdicts.outcome[rows] == UNDECIDED
        share = self.rng.random(rows.size)
        patience = spread(self.rng, 8 * HOUR, 0.9, rows.size).clip(60, 60 * HOUR)
        for number, hours in enumerate(self.world.calendar.hours):
            mine = np.flatnonzero(self.handoffs.team[rows] == number)
            start = hours.to_local(self.handoffs.at[rows[mine]])
            until = hours.elapsed(hours.to_local(self.verdicts.at[rows[mine]])) - hours.elapsed(start)
            delay = np.where(undecided[mine], patience[mine], share[mine] * until)
            at = hours.to_utc(hours.after(start, delay))
            # a verdict given at night leaves no open time before it: the call came just before
            late = ~undecided[mine] & (at >= self.verdicts.at[rows[mine]])
            wait = (self.verdicts.at - self.handoffs.at)[rows[mine]]
            answer[mine] = np.where(late, self.handoffs.at[rows[mine]] + (0.6 * wait).astype(np.int64), at)
        return answer

    def _open_time_after(self, rows: NDArray[np.int64], start: Seconds, delay: Floats) -> Seconds:
        answer = np.empty(rows.size, dtype=np.int64)
        for number, hours in enumerate(self.world.calendar.hours):
            mine = np.flatnonzero(self.handoffs.team[rows] == number)
            answer[mine] = hours.to_utc(hours.after(hours.to_local(start[mine]), delay[mine]))
        return answer

    def _real(self, rows: NDArray[np.int64], at: Seconds) -> Activities:
        """Actions that count under any definition: done, by the owner, long enough."""
        kind = draw(self.rng, (0.5, 0.36, 0.04, 0.1), rows.size)
        duration = np.where(kind == _CALL, spread(self.rng, 260, 0.7, rows.size).clip(45, 5400), -1)
        outcome = np.choose(kind, (OUTCOMES.index("connected"), -1, OUTCOMES.index("held"), -1))
        return self._made(rows, at, _How(kind, duration, outcome), owner_only=True)

    def _ordinary(self, rows: NDArray[np.int64], at: Seconds) -> Activities:
        """Actions as they come: many calls ring out, some e-mails bounce, some meetings are only booked."""
        kind = draw(self.rng, _KIND_SHARES, rows.size)
        talk = spread(self.rng, 220, 0.9, rows.size).clip(31, 5400)
        how = draw(self.rng, (0.34, 0.2, 0.06, 0.4), rows.size)  # rings out, voicemail, short, a talk
        ring = np.where(hit(self.rng, 0.5, rows.size), 0, -1)
        message, mistake = self.rng.integers(12, 48, rows.size), self.rng.integers(3, 29, rows.size)
        seconds = np.choose(how, (ring, message, mistake, talk))
        call = _positions("no_answer", "voicemail", "", "connected")[how]
        meeting = draw(self.rng, (0.35, 0.5, 0.15), rows.size)
        held = _positions("booked", "held", "no_show")[meeting]
        bounced = np.where(hit(self.rng, 0.03, rows.size), OUTCOMES.index("bounced"), -1)
        outcome = np.select([kind == _CALL, kind == _EMAIL, kind == _MEETING], [call, bounced, held], -1)
        length = np.where(kind == _MEETING, 900 * self.rng.integers(2, 6, rows.size), -1)
        return self._made(rows, at, _How(kind, np.where(kind == _CALL, seconds, length), outcome))

    def _made(self, rows: NDArray[np.int64], at: Seconds, how: _How, *, owner_only: bool = False) -> Activities:
        owner = self.handoffs.receiver[rows]
        rep = owner.copy()
        if not owner_only:
            rep = np.where(hit(self.rng, 0.05, rows.size), self._colleague(owner), rep)
            rep = np.where(
                hit(self.rng, 0.01, rows.size), self.rng.integers(0, self.world.reps.team.size, rows.size), rep
            )
            rep = np.where(hit(self.rng, 0.02, rows.size), -1, rep)
        unsaid = hit(self.rng, 0.1, rows.size)
        return Activities(
            handoff=rows,
            at=at,
            rep=rep.astype(np.int32),
            kind=how.kind,
            inbound=np.zeros(rows.size, dtype=np.bool_),
            duration=how.duration.astype(np.int32),
            outcome=how.outcome.astype(np.int16),
            automated=np.where(unsaid, -1, 0).astype(np.int8),
        )

    def _colleague(self, owner: NDArray[np.int32]) -> NDArray[np.int32]:
        order = np.argsort(self.world.reps.team, kind="stable")
        sizes = np.bincount(self.world.reps.team)
        start = np.cumsum(sizes) - sizes
        team = self.world.reps.team[owner]
        chosen = (self.rng.random(owner.size) * sizes[team]).astype(np.int64)
        return np.asarray(order[start[team] + chosen], dtype=np.int32)


def _positions(*outcomes: str) -> Codes:
    return np.array([OUTCOMES.index(name) if name else -1 for name in outcomes], dtype=np.int16)


def _concatenated(parts: Sequence[Activities]) -> Activities:
    return Activities(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})
