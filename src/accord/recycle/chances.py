"""Which waiting leads are worth following up now: the chance that sales takes them, learned from past follow-ups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import expit, ndtri

from accord.metrics.cells import MISSING
from accord.metrics.outcomes import Outcome
from accord.recycle.coded import Coded
from accord.recycle.facts import Facts
from accord.recycle.figures import KINDS, Because, Relaunch, Relaunches, StopRule
from accord.recycle.ledger import Ledger, age_band
from accord.stats.effects import Crossed, Fit, Spread, fit
from accord.stats.grouped import Bools, Floats, Ints, ranks
from accord.tables.times import DAY
from accord.values import LEVEL, Estimate, Figure, Reason, Unknown

__all__ = ["FEWEST", "PAUSE_DAYS", "Chances"]

FEWEST = 50
"""Past follow-ups, with at least :data:`FEWEST_OF_EACH` accepted and refused, below which nothing is learned."""

FEWEST_OF_EACH = 10
RULE_OF_THREE = 3

PAUSE_DAYS = 14
"""Who came back more recently is left in peace, unless they did something since."""

POINTLESS = frozenset({"competitor_or_partner", "fake_or_test", "duplicate", "existing_customer", "already_owned"})
"""Reasons that no waiting mends: they end a lead, unless sales accepted it after them."""

UNREACHABLE_DATA = frozenset({"bad_email", "bad_phone"})
"""Reasons that end a lead until somebody mends what is written of it; handed over again since, it was mended."""

ATTEMPTS_LEARNT = 4
TRAITS = ("returned_because", "days_since_return", "attempts", "last_touch_since", "channel", "band")
DECIMALS = 9
"""Of a chance: what follows depends on the machine's order of adding, and leads as sure as each other would change
places."""

SPREAD = Spread(start=0.4, least=0.05, most=1.5)


@dataclass(frozen=True)
class Chances:
    """Past follow-ups and the leads that wait, described alike. ``floor``: the acceptance rate that was agreed."""

    ledger: Ledger
    timezone: str
    floor: float

    def worth_relaunching(self, rule: StopRule, limit: int) -> Relaunches:
        """The first ``limit`` leads (0: all) that may be followed up now, those most worth it first.

        Before all others stand those whose next handoff surely gains something over leaving them alone, as the stop
        rule tells; among them the surest, by the low end of the chance. A lead of which little is known has a wide
        interval, and so stands below one of which as much is expected for good reasons. Those that have waited longer
        than any that was ever tried come last, and are not among those that surely gain; nor are those that came back
        in a way (given back, say) after which none was ever tried.
        """
        left_out, rows = self._sifted(rule)
        kinds = self.ledger.kind
        gains = self._facts.sequence[rows] + 1 <= (rule.last_worthwhile or 0)
        gains &= np.isin(kinds[rows], kinds[self._past - 1])  # nothing is known of what nobody ever tried
        model = self._model
        if model is None:
            few: Figure = Unknown(Reason.TOO_FEW, self._need)
            # no chance to rank by: who stirred last, then who has waited least
            order = np.lexsort((rows, -self._facts.back[rows], -self._facts.events.last_touch[rows], ~gains))
            shown = rows[order][: limit or None]
            leads = tuple(self._described(row, few, ()) for row in shown.tolist())
            return Relaunches(
                len(rows),
                self._named(leads, shown),
                left_out,
                len(self._past),
                int(gains.sum()),
                None,
                self.floor,
                self._need,
            )
        described = self._traits(rows, self._facts.as_of - self._facts.back[rows])
        chances = model.chances(described)
        untried = model.seen[TRAITS.index("days_since_return")][described[TRAITS.index("days_since_return")]] == 0
        gains &= ~untried
        order = np.lexsort((rows, -self._facts.back[rows], -chances.low, ~gains, untried))[: limit or None]
        leads = tuple(
            self._described(int(rows[place]), chances.figure(place), model.because(described[:, place]))
            for place in order.tolist()
        )
        sure = int((gains & (chances.low >= self.floor)).sum())
        return Relaunches(
            len(rows), self._named(leads, rows[order]), left_out, len(self._past), int(gains.sum()), sure, self.floor
        )

    @property
    def _facts(self) -> Facts:
        return self.ledger.facts

    @cached_property
    def _past(self) -> Ints:
        """Follow-ups whose window is over, so that their outcome is no matter of patience."""
        facts = self._facts
        return np.flatnonzero(self.ledger.follows & (facts.at + facts.window_us <= facts.as_of))

    @cached_property
    def _model(self) -> _Model | None:
        past, accepted = self._past, self._accepted
        if len(past) < FEWEST or min(accepted.sum(), (~accepted).sum()) < FEWEST_OF_EACH:
            return None
        return _Model.of(self._words, self._traits(past - 1, self.ledger.age[past]), accepted)

    @property
    def _accepted(self) -> Bools:
        accepted: Bools = self._facts.outcome[self._past] == Outcome.ACCEPTED
        return accepted

    @property
    def _need(self) -> int:
        """Past follow-ups that it takes to learn from: so many that the rarer of accepted and not comes to enough at
        the share it has, or where none is seen, at the most that the rule of three leaves room for."""
        n, accepted = len(self._past), int(self._accepted.sum())
        rarer = min(accepted, n - accepted)
        if rarer >= FEWEST_OF_EACH:
            return FEWEST
        return max(FEWEST, math.ceil(FEWEST_OF_EACH * n / (rarer or RULE_OF_THREE)))

    @cached_property
    def _words(self) -> tuple[tuple[str, ...], ...]:
        facts = self._facts
        ages = tuple(age_band(day) for day in (0, 8, 31, 91, 181))
        attempts = (*(str(number) for number in range(1, ATTEMPTS_LEARNT)), f"{ATTEMPTS_LEARNT}+")
        return (self._why.words, ages, attempts, facts.events.brought.words, facts.channel.words, facts.band.words)

    @cached_property
    def _why(self) -> Coded:
        """How and why each episode came back, in one word."""
        facts, kinds = self._facts, self.ledger.kind
        size = len(facts.reason.words)
        code = np.maximum(kinds, 0) * size + facts.reason.codes
        present, place = ranks(code, len(KINDS) * size)
        words = [f"{KINDS[number // size]}: {facts.reason.words[number % size]}" for number in present.tolist()]
        ranked = sorted(range(len(words)), key=words.__getitem__)
        rank = np.empty(len(words), dtype=np.int64)
        rank[ranked] = np.arange(len(words))
        return Coded(rank[place] if len(code) else code, tuple(words[number] for number in ranked))

    def _traits(self, rows: Ints, age: Ints) -> Ints:
        """What is known when a lead that came back with episode ``rows`` is (or would be) followed up: codes."""
        facts = self._facts
        edges = np.array([8, 31, 91, 181])
        return np.stack(
            [
                self._why.codes[rows],
                np.searchsorted(edges, age // DAY, side="right"),
                np.minimum(facts.sequence[rows], ATTEMPTS_LEARNT) - 1,
                facts.events.brought.codes[rows],
                facts.channel.codes[rows],
                facts.band.codes[rows],
            ]
        )

    def _sifted(self, rule: StopRule) -> tuple[Mapping[str, int], Ints]:
        """Waiting leads that are worth a thought, and how many others there are by the first reason that holds."""
        facts, ledger = self._facts, self.ledger
        rows = np.flatnonzero(ledger.waiting)
        lead = facts.lead[rows]
        mistaken = np.array([word in UNREACHABLE_DATA for word in facts.reason.words], dtype=np.bool_)
        stop = rule.stop_before or np.iinfo(np.int64).max
        reasons: dict[str, Bools] = {
            "asked_not_to_be_contacted": facts.events.keep_away[lead],
            "customer": facts.events.customer[lead],
            "open_opportunity": facts.events.open_deal[lead],
            "no_waiting_mends_it": self._ended[lead],
            "contact_data_wrong": mistaken[facts.reason.codes[rows]],
            "beyond_the_stop_rule": facts.sequence[rows] + 1 >= stop,
            "returned_too_recently": (facts.as_of - facts.back[rows] < PAUSE_DAYS * DAY)
            & (facts.events.touches[rows] == 0),
        }
        kept, counts = np.ones(len(rows), dtype=np.bool_), {}
        for name, holds in reasons.items():
            counts[name] = int((kept & holds).sum())
            kept &= ~holds
        return counts, rows[kept]

    @cached_property
    def _ended(self) -> Bools:
        """Per lead, whether any of its handoffs came back for a reason that ends it, and none was accepted since."""
        facts = self._facts
        pointless = np.array([word in POINTLESS for word in facts.reason.words], dtype=np.bool_)
        leads = int(facts.lead[-1]) + 1 if len(facts) else 0
        last_ending, last_accepted = np.full(leads, -1, dtype=np.int64), np.full(leads, -1, dtype=np.int64)
        ending = np.flatnonzero(pointless[facts.reason.codes])
        accepted = np.flatnonzero(facts.outcome == Outcome.ACCEPTED)
        np.maximum.at(last_ending, facts.lead[ending], ending)
        np.maximum.at(last_accepted, facts.lead[accepted], accepted)
        ended: Bools = (last_ending >= 0) & (last_ending >= last_accepted)
        return ended

    def _described(self, row: int, chance: Figure, because: tuple[Because, ...]) -> Relaunch:
        facts = self._facts
        last, brought = int(facts.events.last_touch[row]), facts.events.brought.said(row)
        return Relaunch(
            lead_id="",
            handoff_id="",
            returned=KINDS[int(self.ledger.kind[row])],
            reason=facts.reason.said(row),
            returned_on=self._day(int(facts.back[row])),
            days_waiting=int((facts.as_of - facts.back[row]) // DAY),
            attempts=int(facts.sequence[row]),
            touches_since=int(facts.events.touches[row]),
            last_touch=None if brought == MISSING else brought,
            last_touch_on=None if last < 0 else self._day(last),
            channel=facts.channel.said(row),
            band=facts.band.said(row),
            chance=chance,
            because=because,
        )

    def _named(self, leads: tuple[Relaunch, ...], rows: Ints) -> tuple[Relaunch, ...]:
        named = zip(leads, self._facts.lead_ids(rows), self._facts.handoff_ids(rows), strict=True)
        return tuple(replace(lead, lead_id=name, handoff_id=str(handoff)) for lead, name, handoff in named)

    def _day(self, microsecond: int) -> date:
        return datetime.fromtimestamp(microsecond // 1_000_000, UTC).astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True)
class _Model:
    """What each trait adds to the log-odds that a follow-up is accepted, and how often each was seen."""

    words: tuple[tuple[str, ...], ...]
    found: Fit
    starts: Ints
    seen: tuple[Ints, ...]
    n: int

    @classmethod
    def of(cls, words: tuple[tuple[str, ...], ...], traits: Ints, accepted: Bools) -> _Model:
        """Learn from past follow-ups: a logistic model whose effects are drawn to nothing where little is known."""
        sizes = [len(known) for known in words]
        count = traits.shape[1]
        design = Crossed(list(traits), sizes, list(range(len(sizes))), np.ones((count, 1)))
        found = fit(accepted, design, [SPREAD] * len(sizes), np.zeros(count))
        seen = tuple(np.bincount(codes, minlength=size) for codes, size in zip(traits, sizes, strict=True))
        return cls(words, found, design.starts[:-1], seen, count)

    @cached_property
    def _covariance(self) -> Floats:
        """Of all effects."""
        size = len(self.found.effects)
        return np.stack([self.found.inverse.times(row) for row in np.eye(size)], axis=1)

    def chances(self, traits: Ints) -> _Chances:
        """The chances of leads so described, one column each, with their intervals."""
        columns = [np.zeros(traits.shape[1], dtype=np.int64), *(self.starts[:, None] + traits)]
        predictor, variance = np.zeros(traits.shape[1]), np.zeros(traits.shape[1])
        for one in columns:
            predictor += self.found.effects[one]
            for other in columns:
                variance += self._covariance[one, other]
        width = -float(ndtri((1 - LEVEL) / 2)) * np.sqrt(np.maximum(variance, 0))
        value, low, high = (
            np.asarray(np.round(expit(end), DECIMALS)) for end in (predictor, predictor - width, predictor + width)
        )
        return _Chances(value, low, high, self.n)

    def because(self, traits: Ints) -> tuple[Because, ...]:
        """By how much each trait of a lead moves its chance, the strongest first."""
        effects = self.found.effects[self.starts + traits].tolist()
        predictor = float(self.found.effects[0]) + sum(effects)
        chance = float(expit(predictor))
        because = [
            Because(
                trait,
                self.words[place][code],
                round(chance - float(expit(predictor - effects[place])), 4),
                int(self.seen[place][code]),
            )
            for place, (trait, code) in enumerate(zip(TRAITS, traits.tolist(), strict=True))
        ]
        because.sort(key=lambda one: (-abs(one.effect), TRAITS.index(one.what)))
        return tuple(because)


@dataclass(frozen=True)
class _Chances:
    """Chances with their intervals; ``n`` past follow-ups tell them."""

    value: Floats
    low: Floats
    high: Floats
    n: int

    def figure(self, place: int) -> Figure:
        """One of them."""
        return Estimate(float(self.value[place]), float(self.low[place]), float(self.high[place]), self.n)
