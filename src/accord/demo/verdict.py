"""What sales decides: the true acceptance probability of every handoff, the verdict, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Floats, Seconds, draw, expit, hit, logit, spread, stream
from accord.demo.clock import DAY, HOUR
from accord.demo.company import Cause, Company
from accord.demo.handing import Handoffs
from accord.demo.people import Reps
from accord.demo.population import WORDS, Calendar, Leads
from accord.demo.rule import ACCOUNT_SIZES, BANDS, THRESHOLD
from accord.demo.vocabulary import LEAD_TYPES, TEAMS
from accord.demo.world import Stage, World
from accord.errors import UsageError
from accord.language import gettext as _
from accord.tables.schema import TOUCH_KINDS

__all__ = [
    "ACCEPTED",
    "DISQUALIFIED",
    "RECYCLED",
    "REJECTED",
    "UNDECIDED",
    "Effort",
    "Odds",
    "Verdicts",
    "decide",
    "odds",
    "refused_by_resistance",
]

Facts = dict[str, tuple[NDArray[np.integer[Any]], tuple[str, ...]]]
UNDECIDED, ACCEPTED, REJECTED, DISQUALIFIED, RECYCLED = -1, 0, 1, 2, 3
"""Codes of the first decision; from 0 on, positions in ``DECISION_OUTCOMES``."""

_VARYING = ("channel", "sector", "country", "lead_type", "job_function", "seniority", "need")
_TYPICAL_WORTH = 66.0
_QUICKER = {"demo_request": 0.35, "contact_request": 0.5, "call_in": 0.3, "trial": 0.7}
_PACE_OF_TYPE = np.array([_QUICKER.get(kind, 1.2) for kind in LEAD_TYPES])
_LONGEST = 150 * HOUR
"""Open hours after which nobody decides any more: it keeps every decision inside a window of thirty days."""


class Effort:
    """How much sales worked a handoff."""

    NONE, TOKEN, CONTACTED, WORKED = range(4)


@dataclass(frozen=True)
class Odds:
    """What chance holds for each handoff. ``accept``: given that somebody decides; ``undecided``: that nobody does;
    ``queue``: by how much its receiver's leads of the week exceed their capacity.

    ``touched[i]`` selects the handoffs that cause ``i`` touches; ``without[i]`` is ``accept`` had that cause not been
    planted.
    """

    accept: Floats
    undecided: Floats
    queue: Floats
    touched: tuple[Booleans, ...]
    without: tuple[Floats, ...]

    @property
    def truth(self) -> Floats:
        """Probability that the first decision of the episode is an acceptance, once the window is over."""
        return self.accept * (1 - self.undecided)


@dataclass(frozen=True)
class Verdicts:
    """The first decision on each handoff: its code, when (UTC seconds), and how much effort surrounds it."""

    outcome: NDArray[np.int8]
    at: Seconds
    effort: NDArray[np.int8]


def odds(world: World, leads: Leads, handoffs: Handoffs) -> Odds:
    """The true probabilities; what a year shares (differences between segments, weeks) is drawn alike each time."""
    company, reps, calendar = world.company, world.reps, world.calendar
    year = stream(world.seed, Stage.YEAR)
    facts = _facts(leads, handoffs, reps)
    worth = leads.worth[handoffs.lead]
    logits = logit(company.base_rate) + company.worth_slope * np.clip(worth - _TYPICAL_WORTH, -40, 40) / 20
    logits -= 0.9 * np.clip(50 - worth, 0, 30) / 10
    for name in _VARYING:
        differences = company.heterogeneity * year.standard_normal(len(WORDS[name]))
        logits += np.append(differences, 0.0)[facts[name][0]]
    weeks = 0.04 * year.standard_normal(60)
    logits += weeks[np.clip((handoffs.at // DAY - calendar.first_day) // 7, 0, 59)]
    logits += _season(company, (handoffs.at / DAY - calendar.first_day) / 365.25)
    logits += np.where(handoffs.ownerless, -0.1, reps.ease[handoffs.receiver])
    logits -= np.where(handoffs.misrouted, 1.2, 0.0)
    queue = _queue(handoffs, reps)
    logits -= 1.2 * queue
    undecided = np.full(len(handoffs), company.undecided)
    touched, deltas = [], []
    for cause in company.causes:
        rows = _rows(cause, facts, handoffs, calendar)
        if cause.kind == "overweighted_signal":
            rows = rows & (leads.score[handoffs.lead] >= THRESHOLD) & (leads.fair_score[handoffs.lead] < THRESHOLD)
        elif cause.kind == "underweighted_signal":
            rows = rows & (leads.touches[handoffs.lead, TOUCH_KINDS.index(cause.where["criterion"])] > 0)
        touched.append(rows)
        deltas.append(_delta(cause, company, rows, queue))
        logits = logits + (0.0 if cause.reason == "overload" else deltas[-1])  # the queue is in already
        if cause.kind == "definition_gap":
            undecided = np.where(rows, np.maximum(undecided, cause.strength), undecided)
    accept = expit(logits)
    without = tuple(expit(logits - delta) for delta in deltas)
    for cause, rows in zip(company.causes, touched, strict=True):
        if cause.kind == "rubber_stamp":
            accept = np.where(rows, cause.strength, accept)
    undecided = np.where(handoffs.superseded, 1.0, undecided)
    return Odds(accept, undecided, queue, tuple(touched), without)


def decide(world: World, leads: Leads, handoffs: Handoffs, chances: Odds, rng: np.random.Generator) -> Verdicts:
    """Draw the verdict, its time on the team's working hours, and the effort around it."""
    company, reps, calendar = world.company, world.reps, world.calendar
    size = len(handoffs)
    kind = leads.codes["lead_type"][handoffs.lead]
    undecided = hit(rng, chances.undecided, size)
    accepted = hit(rng, chances.accept, size)
    refusal = draw(rng, (0.56, 0.29, 0.15), size) + 1
    outcome = np.where(undecided, UNDECIDED, np.where(accepted, ACCEPTED, refusal)).astype(np.int8)
    outcome = np.where(handoffs.misrouted & (outcome > 0), REJECTED, outcome).astype(np.int8)
    pace = np.where(handoffs.ownerless, 6 * HOUR, reps.pace[handoffs.receiver]) * _PACE_OF_TYPE[kind]
    pace = pace * (1 + chances.queue)
    effort_chance = np.where(outcome == REJECTED, 0.18, np.where(outcome == DISQUALIFIED, 0.88, 0.6))
    effort_chance = np.where(undecided, company.habits.silent, effort_chance)
    token = np.full(size, company.habits.token)
    for cause, rows in zip(company.causes, chances.touched, strict=True):
        if cause.kind == "slow_response":
            pace = np.where(rows, pace * cause.strength, pace)
        elif cause.kind == "token_effort":
            token = np.where(rows, cause.strength, token)
        elif cause.kind == "definition_gap":
            effort_chance = np.where(rows & undecided, 0.95, effort_chance)
        elif cause.reason == "resistance":
            pace = np.where(rows, 1.8 * pace, pace)
            effort_chance = np.where(rows, 0.15 * effort_chance, effort_chance)
    delay = spread(rng, pace, 1.05, size)
    delay = np.where(delay > _LONGEST, _LONGEST * rng.uniform(0.6, 1, size), delay)
    at = _answered(handoffs, delay, calendar, rng)
    worked = np.where(hit(rng, token, size), Effort.TOKEN, Effort.WORKED)
    worked = np.where(hit(rng, company.habits.ghost, size), Effort.NONE, worked)
    contacted = np.where(hit(rng, effort_chance, size), Effort.CONTACTED, Effort.NONE)
    effort = np.where(outcome == ACCEPTED, worked, contacted).astype(np.int8)
    return Verdicts(outcome, at, effort)


def _season(company: Company, years: Floats) -> Floats:
    """What the time of the year and a slow drift do to every lead alike; ``years`` since the first day."""
    swing = company.season * np.cos(2 * np.pi * (years - company.season_peak))
    return np.asarray(swing + company.trend * (years - 0.5), dtype=np.float64)


def _facts(leads: Leads, handoffs: Handoffs, reps: Reps) -> Facts:
    """Every dimension a cause can name: its code per handoff, and its words."""
    facts: Facts = {name: (codes[handoffs.lead], WORDS[name]) for name, codes in leads.codes.items()}
    facts["account_size"] = (leads.size[handoffs.lead], ACCOUNT_SIZES)
    facts["decision_maker"] = (leads.decision_maker[handoffs.lead], ("false", "true"))
    facts["band"] = (handoffs.band, BANDS)
    facts["team"] = (handoffs.team, tuple(name for name, _, _ in TEAMS))
    facts["rep_id"] = (np.where(handoffs.ownerless, -1, handoffs.receiver), reps.identifiers)
    return facts


def _rows(cause: Cause, facts: Facts, handoffs: Handoffs, calendar: Calendar) -> Booleans:
    """The handoffs a cause touches."""
    since = calendar.since(cause.weeks_before_end)
    rows = np.ones(len(handoffs), dtype=np.bool_) if since is None else handoffs.at // DAY >= since
    for name, value in cause.where.items():
        if name == "criterion":
            continue
        codes, words = facts[name]
        if value not in words:  # only the number of reps depends on the size; all else was checked before
            raise UsageError(
                _("There is no {value} among the {n} reps of a company of this size ({first} … {last}).").format(
                    value=value, n=len(words), first=words[0], last=words[-1]
                )
            )
        rows = rows & (codes == words.index(value))
    return rows


def _delta(cause: Cause, company: Company, rows: Booleans, queue: Floats) -> Floats:
    """Logits that the cause takes from (or gives to) the acceptance of each handoff."""
    if cause.reason == "overload":
        return np.where(rows, -1.2 * queue, 0.0)
    if cause.kind in {"durably_low", "sudden_drop", "segment_friction", "segment_model", "rep_gap"}:
        sign = 1 if cause.kind == "segment_model" else -1
        target = min(max(company.base_rate + sign * cause.strength, 0.02), 0.98)
        return np.where(rows, logit(target) - logit(company.base_rate), 0.0)
    return np.zeros(rows.size)


def _queue(handoffs: Handoffs, reps: Reps) -> Floats:
    """By how much the receiver's leads of that week exceed their capacity, relative to it; 0 when they do not."""
    week = handoffs.at // (7 * DAY)
    key = handoffs.receiver.astype(np.int64) * 10_000 + week % 10_000
    _, place, count = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray(np.clip(count[place] / reps.capacity[handoffs.receiver] - 1, 0.0, 2.0), dtype=np.float64)


def _answered(handoffs: Handoffs, delay: Floats, calendar: Calendar, rng: np.random.Generator) -> Seconds:
    """UTC time of the decision: open hours later; a few who are sent a lead in the evening answer it there and then."""
    at = np.empty(len(handoffs), dtype=np.int64)
    for number, hours in enumerate(calendar.hours):
        mine = np.flatnonzero(handoffs.team == number)
        local = hours.to_local(handoffs.at[mine])
        at[mine] = hours.to_utc(hours.after(local, delay[mine]))
        eager = ~hours.open_at(local) & hit(rng, 0.08, mine.size)
        at[mine] = np.where(eager, handoffs.at[mine] + spread(rng, 1200, 0.8, mine.size).astype(np.int64), at[mine])
    return at


def refused_by_resistance(company: Company, chances: Odds, verdicts: Verdicts) -> Booleans:
    """Handoffs refused by somebody who resists: they are handed to a colleague within days."""
    rows = np.zeros(verdicts.outcome.size, dtype=np.bool_)
    for cause, touched in zip(company.causes, chances.touched, strict=True):
        if cause.reason == "resistance":
            rows |= touched & (verdicts.outcome > 0)
    return rows
