"""Follow-ups against comparable leads left alone, and after which attempt there is nothing left to gain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.recycle.counting import Counting
from accord.recycle.figures import MOST_ATTEMPTS, Attempt, Comparison, StopRule
from accord.stats.grouped import Bools, Ints, ranks
from accord.stats.left_alone import Alone, Tried, against_left_alone
from accord.tables.times import DAY
from accord.values import MINIMUM_COUNT, Estimate, Reason, Unknown

__all__ = ["Comparing"]

Event = Literal["opportunity", "won"]


@dataclass(frozen=True)
class Comparing:
    """Leads that came back, each from its return on: followed up, or left alone until then.

    ``worthwhile``: the gain, as a share, below which trying again is not worth it.
    """

    counting: Counting
    inside: Bools
    worthwhile: float

    def against_left_alone(self) -> Mapping[Event, Comparison]:
        """Every follow-up against leads left alone, by what may come of it; whatever is done after it counts too."""
        return {event: self._compared(event, None) for event in ("opportunity", "won")}

    def stop_rule(self) -> StopRule:
        """Attempt by attempt, against stopping before it; what comes after the next attempt is the next one's."""
        event: Event = "won" if "opportunity" in self.counting.unrecorded else "opportunity"
        facts = self.counting.ledger.facts
        followed = np.flatnonzero(self.counting.ledger.follows_inside(self.inside))
        number = np.minimum(facts.sequence[followed], MOST_ATTEMPTS)
        attempts = []
        for attempt in range(2, int(number.max(initial=1)) + 1):
            rows = followed[number == attempt]
            follow = self.counting.follow_ups(1, np.zeros(len(rows), dtype=np.int64), rows)[0]
            compared = self._compared(event, attempt)
            attempts.append(Attempt(attempt, follow, compared, _shows(compared, self.worthwhile)))
        last, stop = _stopping(attempts)
        return StopRule(last, stop, tuple(attempts), self.worthwhile)

    @cached_property
    def _spells(self) -> Ints:
        """The returns that are in the span, of leads that were no customers yet."""
        ledger = self.counting.ledger
        facts = ledger.facts
        rows = np.flatnonzero(ledger.returned & self.inside)
        first_win = facts.events.won.first_after(facts.lead[rows], np.zeros(len(rows), dtype=np.int64))
        return rows[first_win >= facts.back[rows]]

    @cached_property
    def _strata(self) -> tuple[Ints, ...]:
        """Finest first: attempt, how and why returned, channel, band; then without the last, one by one."""
        facts, kind = self.counting.ledger.facts, self.counting.ledger.kind
        rows = self._spells
        columns = (
            facts.reason.codes[rows],
            facts.channel.codes[rows],
            facts.band.codes[rows],
        )
        code = np.minimum(facts.sequence[rows], MOST_ATTEMPTS - 1) * 8 + kind[rows]
        strata = [code]
        for column in columns:
            values = int(column.max(initial=0)) + 1
            code = ranks(code * values + column, (int(code.max(initial=0)) + 1) * values)[1]
            strata.append(code)
        return tuple(reversed(strata))

    def _compared(self, event: Event, attempt: int | None) -> Comparison:
        """``attempt``: only follow-ups that were a lead's n-th handoff, each only until the next."""
        counting, facts = self.counting, self.counting.ledger.facts
        if {event, "returns"} & counting.unrecorded:
            missing = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
            return Comparison(event, missing, missing, missing, (), 0, 0)
        rows, strata = self._spells, self._strata
        if attempt is not None:
            chosen = np.minimum(facts.sequence[rows] + 1, MOST_ATTEMPTS) == attempt
            rows, strata = rows[chosen], tuple(code[chosen] for code in strata)
        moments = facts.events.opened if event == "opportunity" else facts.events.won
        own = moments.first_after(facts.lead[rows], facts.back[rows])
        again, horizon = facts.next_at[rows], counting.horizon * DAY
        until = np.minimum(np.minimum(own, again), facts.as_of)
        came = (own < again) & (own <= facts.as_of)
        followed = again < NEVER
        ripe = followed & (again + horizon <= facts.as_of)
        among = np.flatnonzero(ripe & ~came)
        following = rows[among] + 1
        since = moments.first_after(facts.lead[following], facts.at[following])
        last = facts.at[following] + horizon
        happened = since <= last
        if attempt is not None:
            happened &= since < facts.next_at[following]
        compared = against_left_alone(
            Alone(strata, (until - facts.back[rows]) // DAY, came),
            Tried(
                tuple(code[among] for code in strata),
                (again[among] - facts.back[rows[among]]) // DAY,
                happened,
                facts.lead[following],
            ),
            counting.horizon,
        )
        return Comparison(
            event=event,
            followed_up=compared.tried,
            left_alone=compared.alone,
            gain=compared.gain,
            matched=compared.matched,
            unmatched=compared.unmatched + int((ripe & came).sum()),
            too_young=int((followed & ~ripe).sum()),
        )


def _shows(compared: Comparison, worthwhile: float) -> Literal["gain", "no_gain", "not_known"]:
    gain = compared.gain
    if not isinstance(gain, Estimate):
        return "not_known"
    if gain.low > 0:
        return "gain"
    # That no gain can be seen does not show that there is none: the interval has to leave no room for one.
    return "no_gain" if gain.high < worthwhile else "not_known"


def _stopping(attempts: list[Attempt]) -> tuple[int | None, int | None]:
    """The last attempt of the unbroken row that gains, and the first after it that does not; None: not known."""
    last: int | None = None
    for found in attempts:
        if found.shows == "not_known":
            return last, None
        if found.shows == "no_gain":
            return last or found.attempt - 1, found.attempt
        last = found.attempt
    return last, None
