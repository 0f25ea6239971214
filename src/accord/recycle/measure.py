"""The recycling use case: who came back from sales, what following them up brings, and whom to follow up now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from accord.acceptance.measure import check_dimensions, definition_that_counts
from accord.errors import UsageError
from accord.language import gettext as _
from accord.metrics.cells import period_number
from accord.metrics.outcomes import NEVER, Outcome
from accord.readmodel.source import Source
from accord.recycle.cells import cells_of, one_cell
from accord.recycle.chances import Chances
from accord.recycle.coded import Coded
from accord.recycle.comparing import Comparing
from accord.recycle.counting import Counting
from accord.recycle.facts import Facts, gather
from accord.recycle.figures import (
    DEFAULT_HORIZON_DAYS,
    DEFAULT_LIMIT,
    KINDS,
    MOST_ATTEMPTS,
    FollowUpRow,
    PeriodUnit,
    RecycleReport,
    returns_recorded,
)
from accord.recycle.ledger import AGES, Ledger, age_band
from accord.stats.grouped import Bools, Ints
from accord.tables.times import DAY

__all__ = ["DEFAULT_HORIZON_DAYS", "DEFAULT_LIMIT", "Recycling", "measure_recycling"]

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Recycling:
    """The report, and the ledger it was counted from."""

    report: RecycleReport
    ledger: Ledger
    inside: Bools

    @property
    def rows(self) -> Ints:
        """The entries of the ledger that the report counts."""
        return np.flatnonzero(self.inside)


def measure_recycling(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date | None = None,
    end: date | None = None,
    within_days: int = DEFAULT_HORIZON_DAYS,
    limit: int = DEFAULT_LIMIT,
) -> Recycling:
    """Returns, follow-ups and what they bring, of handoffs on a local date in [``start``, ``end``).

    ``by``: dimensions of the handoff that came back, or of its lead, to cut by, together. ``period``: cut by cohort of
    handoff too. ``within_days``: the horizon of opportunities and wins. ``limit``: leads worth following up that are
    listed; 0 lists all. Who is waiting now, and what past follow-ups teach, does not depend on the span.

    Raises ``UsageError`` for an unknown dimension and for an empty span.
    """
    check_dimensions(source, by)
    if start is not None and end is not None and start >= end:
        raise UsageError(
            _(
                "The span from {start} to {end} is empty: the first day must come before the last, which is left out."
            ).format(start=start, end=end)
        )
    agreement = source.agreement
    definition, _because = definition_that_counts(source)
    facts = gather(source, by, definition)
    recorded = frozenset(name for name, rows in source.recorded.items() if rows)
    told = returns_recorded(definition, recorded)
    ledger = Ledger(facts if told else _untold(facts))
    unrecorded = _unrecorded(recorded, told=told)
    counting = Counting(ledger, agreement.acceptance.window_days, within_days, unrecorded)
    inside = _inside(facts, start, end)
    comparing = Comparing(counting, inside, agreement.materiality.points / 100)
    rule = comparing.stop_rule()
    number = np.asarray(period_number(facts.day, facts.month, period), dtype=np.int64)
    categories = _Categories(counting, inside)
    report = RecycleReport(
        agreement_name=agreement.name,
        agreement_version=agreement.version,
        as_of=source.as_of,
        timezone=agreement.timezone,
        definition=definition,
        window_days=agreement.acceptance.window_days,
        horizon_days=within_days,
        dimensions=tuple(by),
        period=period,
        start=start,
        end=end,
        recorded=recorded,
        episodes=int(inside.sum()),
        leads=int(np.count_nonzero(np.diff(facts.lead[inside], prepend=-1))),  # they rise
        returned_late=int((ledger.returned_late & inside).sum()),
        totals=counting.returns(one_cell(inside))[0],
        rows=counting.returns(cells_of(by, facts.segments, inside, period, number)) if by or period else (),
        by_reason=categories.by_reason(),
        by_attempt=categories.by_attempt(),
        by_follow_up=categories.by_follow_up() if source.recorded.get("activities") else (),
        by_brought_back=categories.by_brought_back() if source.recorded.get("touches") else (),
        by_age=categories.by_age(),
        stop_rule=rule,
        against_left_alone=comparing.against_left_alone(),
        relaunch=Chances(ledger, agreement.timezone, float(agreement.acceptance.floor)).worth_relaunching(rule, limit),
    )
    return Recycling(report, ledger, inside)


@dataclass(frozen=True)
class _Categories:
    """Follow-ups by what was known of them; those of handoffs ``inside`` that came back."""

    counting: Counting
    inside: Bools

    def by_reason(self) -> tuple[FollowUpRow, ...]:
        """By how and why the lead had come back."""
        facts = self.counting.ledger.facts
        how = Coded(self._before(np.maximum(self.counting.ledger.kind, 0)), KINDS)
        why = Coded(self._before(facts.reason.codes), facts.reason.words)
        return self._cut(("returned", "reason"), (how, why))

    def by_attempt(self) -> tuple[FollowUpRow, ...]:
        """By the number of the handoff; the first, which is no follow-up, to compare with."""
        facts, ledger = self.counting.ledger.facts, self.counting.ledger
        first = (facts.sequence == 1) & self.inside
        words = (*(str(number) for number in range(1, MOST_ATTEMPTS)), f"{MOST_ATTEMPTS}+")
        column = Coded(np.minimum(facts.sequence, MOST_ATTEMPTS) - 1, words)
        followed = ledger.follows_inside(self.inside)
        return self.counting.categories(cells_of(("attempt",), (column,), first | followed))

    def by_follow_up(self) -> tuple[FollowUpRow, ...]:
        """By what sales tried first."""
        return self._cut(("follow_up",), (self.counting.ledger.facts.events.tried,))

    def by_brought_back(self) -> tuple[FollowUpRow, ...]:
        """By the last thing the prospect did between the return and the follow-up."""
        brought = self.counting.ledger.facts.events.brought
        return self._cut(("last_touch_before",), (Coded(self._before(brought.codes), brought.words),))

    def by_age(self) -> tuple[FollowUpRow, ...]:
        """By the days since the return."""
        edges = np.array([last + 1 for last in AGES])
        words = tuple(age_band(day) for day in (0, *edges.tolist()))
        column = Coded(np.searchsorted(edges, self.counting.ledger.age // DAY, side="right"), words)
        return self._cut(("days_since_return",), (column,))

    def _cut(self, names: Sequence[str], columns: Sequence[Coded]) -> tuple[FollowUpRow, ...]:
        followed = self.counting.ledger.follows_inside(self.inside)
        return self.counting.categories(cells_of(names, columns, followed))

    def _before(self, values: Ints) -> Ints:
        """The value of the predecessor."""
        return np.concatenate([[0], values[:-1]])[: len(values)].astype(np.int64)


def _inside(facts: Facts, start: date | None, end: date | None) -> Bools:
    inside = np.ones(len(facts), dtype=np.bool_)
    if start is not None:
        inside &= facts.day >= (start - EPOCH).days
    if end is not None:
        inside &= facts.day < (end - EPOCH).days
    return inside


def _untold(facts: Facts) -> Facts:
    """The same handoffs where nobody recorded what became of them: none is known to be over."""
    size = len(facts)
    return replace(
        facts,
        outcome=np.full(size, int(Outcome.OPEN), dtype=np.int64),
        back=np.full(size, NEVER, dtype=np.int64),
    )


def _unrecorded(recorded: frozenset[str], *, told: bool) -> frozenset[str]:
    """What nobody wrote down, so that nothing of it can be told."""
    known = {
        "returns": told,
        "answers": "activities" in recorded,
        "accepted": told,
        "opportunity": "opportunities" in recorded,
        "won": bool({"opportunities", "orders"} & recorded),
    }
    return frozenset(name for name, there in known.items() if not there)
