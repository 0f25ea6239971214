"""What somebody who was told the cause, where and since when, would see of it: the yardstick of bench/calibrate.py.

Every ``z`` is the signed root of a deviance: how much likelier two rates are than one for both. Near 0 and 1 a
difference divided by its standard error says something else: nineteen of twenty instead of three of four are seven
standard errors by their own error, and four and a half by their likelihood.

Values of a dimension, and reps, ordinarily differ from each other. Of a lasting cause that touches exactly one of them
nobody can tell how much is planted and how much is ordinary, however many leads there are: that spread is a part of
its standard error. By the chance of single leads alone (``by_chance``) it seems clearer than anybody can see it.
People's paces differ most of all: a team of four that answers late looks like four slow people.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from accord.agreement.model import Acceptance
from accord.demo.simulate import Simulation
from accord.demo.truth import Planted
from accord.diagnosis.cases import Cases, Rows
from accord.tables.schema import TOUCH_KINDS
from accord.values import MINIMUM_COUNT

__all__ = ["HABITS", "Seen", "moved_by_habit", "oracle", "rows_of"]

FLOOR = Acceptance().floor
EPOCH = date(1970, 1, 1)
RECENT = 92
"""Days of mature handoffs that a low rate is read off, as the verdict does."""

STEP = 5.0
"""Points of score within which leads count as alike."""

LASTING = frozenset({"segment_friction", "segment_model", "rep_gap", "rubber_stamp"})
VARYING = frozenset({"channel", "sector", "country", "lead_type", "job_function", "seniority", "need"})
"""Kinds that move acceptance for good, and the dimensions whose values ordinarily differ in it."""

LEAST_OF_ONE = 20
"""Answers of one person from which their pace tells how much paces ordinarily differ."""

HABITS = {"token_effort": ("token", "token_of"), "definition_gap": ("silent", "silent_of")}


class Seen(NamedTuple):
    """Standard errors that a cause measures; ``by_chance``: had nothing but the chance of single leads an error."""

    z: float
    by_chance: float


def oracle(simulation: Simulation, place: int, cases: Cases) -> Seen:
    """Standard errors that the planted cause in ``place`` measures to somebody told where and since when to look."""
    z = _by_chance(simulation, place, cases)
    planted, company = simulation.truth.planted[place], simulation.year.world.company
    if planted.cause.kind == "slow_response" and "team" in planted.cause.where and z:
        return Seen(z / float(np.hypot(1.0, _ordinary_pace(planted, cases) * z)), z)
    usual = 0.0
    if planted.since is None and planted.cause.kind in LASTING and len(planted.cause.where) == 1:
        name = next(iter(planted.cause.where))
        usual = company.rep_spread if name == "rep_id" else company.heterogeneity if name in VARYING else 0.0
    if not usual or not z:
        return Seen(z, z)
    rows, odds = simulation.year.odds.touched[place], simulation.year.odds
    planted_logits = abs(float((logit(odds.accept[rows]) - logit(odds.without[place][rows])).mean()))
    return Seen(z / float(np.hypot(1.0, usual * z / max(planted_logits, 1e-9))), z)


def _ordinary_pace(planted: Planted, cases: Cases) -> float:
    """By how much a team's share of late answers ordinarily differs, by who is in it: as a part of what was planted.

    The spread of the other people's log-odds is what is left of their variance without that of chance (DerSimonian &
    Laird 1986, Controlled Clinical Trials 7, 177-188); a team of several has a part of it, by who has how many leads.
    """
    reps, inside = cases.dimension("rep_id"), rows_of(planted, cases)
    assert reps is not None
    size, judged = len(reps.values), cases.judged
    there = np.bincount(reps.code[judged & ~inside], minlength=size).astype(np.float64)
    late = np.bincount(reps.code[judged & ~inside & cases.late], minlength=size)
    some = there >= LEAST_OF_ONE
    odds = np.log((late[some] + 0.5) / (there[some] - late[some] + 0.5))
    weight = 1 / (1 / (late[some] + 0.5) + 1 / (there[some] - late[some] + 0.5))
    beyond = float((weight * (odds - np.average(odds, weights=weight)) ** 2).sum()) - (odds.size - 1)
    spread = max(beyond, 0.0) / float(weight.sum() - (weight**2).sum() / weight.sum())
    here = np.bincount(reps.code[judged & inside], minlength=size).astype(np.float64)
    people = here.sum() ** 2 / (here**2).sum()
    apart = logit(_clipped(_mean(cases.late[judged & inside]))) - logit(_clipped(_mean(cases.late[judged & ~inside])))
    return float((spread * (1 / people + 1 / odds.size)) ** 0.5 / max(abs(apart), 1e-9))


def _clipped(rate: float) -> float:
    return float(np.clip(rate, 1e-6, 1 - 1e-6))


def _by_chance(simulation: Simulation, place: int, cases: Cases) -> float:
    """The same, where nothing but the chance of single leads has an error.

    A signal is held against leads of the same score that do not have it: that marginal leads are accepted less than
    all others says nothing yet, for they have the lowest scores.
    """
    planted = simulation.truth.planted[place]
    kind = planted.cause.kind
    if "criterion" in planted.cause.where:
        return _of_signal(simulation, place)
    if kind == "durably_low":
        recent = (cases.age >= cases.window) & (cases.day > cases.as_of_day - cases.window - RECENT)
        rate, count = cases.accepted[recent].mean(), int(recent.sum())
        return float((FLOOR - rate) / np.sqrt(rate * (1 - rate) / max(count, 1)))
    inside = rows_of(planted, cases)
    if kind == "mix_shift":
        return _of_mix(planted, cases)
    if kind == "slow_response" or kind in HABITS:
        happened, of = (
            (cases.late, cases.judged) if kind == "slow_response" else (cases.flags[name] for name in HABITS[kind])
        )
        here, there = happened[inside & of], happened[~inside & of]
        return _apart(_mean(here), here.size, _mean(there), there.size)
    here = cases.accepted[inside & cases.settled]
    others = ~inside if planted.since is None else ~inside & cases.rows(dict(planted.cause.where))
    rate = _mean(here)
    return abs(_apart(rate, here.size, rate - planted.effect, int((others & cases.settled).sum())))


def moved_by_habit(planted: Planted, cases: Cases) -> float:
    """Acceptances, or decisions, that a planted habit touches beyond what is usual elsewhere."""
    happened, of = (cases.flags[name] for name in HABITS[planted.cause.kind])
    inside = rows_of(planted, cases)
    return (_mean(happened[inside & of]) - _mean(happened[~inside & of])) * int((inside & of).sum())


def rows_of(planted: Planted, cases: Cases) -> Rows:
    """The cases that a cause touches, but for a signal's."""
    inside = cases.rows(dict(planted.cause.where))
    return inside if planted.since is None else inside & _since(planted, cases)


def _of_signal(simulation: Simulation, place: int) -> float:
    """By the true chances: leads that the signal concerns against leads of the same score that do not have it."""
    year, cause = simulation.year, simulation.truth.planted[place].cause
    concerned = year.odds.touched[place]
    others = year.leads.touches[year.handoffs.lead, TOUCH_KINDS.index(cause.where["criterion"])] == 0
    step = np.floor(year.handoffs.score / STEP).astype(np.int64)
    count = np.bincount(step[others], minlength=int(step.max()) + 1)
    total = np.bincount(step[others], year.odds.truth[others], count.size)
    known = concerned & (count[step] >= MINIMUM_COUNT)
    if not known.any():
        return 0.0
    like = float((total[step[known]] / count[step[known]]).mean())
    comparable = int(count[np.unique(step[known])].sum())
    return abs(_apart(float(year.odds.truth[known].mean()), int(known.sum()), like, comparable))


def _of_mix(planted: Planted, cases: Cases) -> float:
    """What the shift of the share does to the whole rate, over its standard error."""
    inside, mature = cases.rows(dict(planted.cause.where)), cases.age >= cases.window
    after = _since(planted, cases)
    parts = [inside[~after], inside[after], cases.accepted[mature & inside], cases.accepted[mature & ~inside]]
    if not all(part.size for part in parts):
        return 0.0
    before, later, here, there = (_mean(part) for part in parts)
    errors = [_mean(part) * (1 - _mean(part)) / part.size for part in parts]
    moved = (later - before) * (here - there)
    spread = (here - there) ** 2 * (errors[0] + errors[1]) + (later - before) ** 2 * (errors[2] + errors[3])
    return float(abs(moved) / max(spread, 1e-12) ** 0.5)


def _since(planted: Planted, cases: Cases) -> Rows:
    assert planted.since is not None
    return np.asarray(cases.day >= (planted.since - EPOCH).days)


def _mean(happened: npt.NDArray[np.bool_]) -> float:
    return float(happened.mean()) if happened.size else 0.0


def _apart(here: float, n: int, there: float, m: int) -> float:
    """Signed root of the deviance of two rates, of ``n`` and of ``m``, against one."""
    if not n or not m:
        return 0.0
    one = (n * here + m * there) / (n + m)
    deviance = 2 * (n * _entropy(here, one) + m * _entropy(there, one))
    return float(np.sign(here - there) * max(deviance, 0.0) ** 0.5)


def _entropy(rate: float, than: float) -> float:
    """Kullback–Leibler divergence of two chances."""
    rate, than = _clipped(rate), _clipped(than)
    return float(rate * np.log(rate / than) + (1 - rate) * np.log((1 - rate) / (1 - than)))
