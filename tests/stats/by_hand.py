"""The curve and all that is read off it, lead by lead in exact fractions: slow, and easy to believe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

Lead = tuple[float, str]
"""When it left, and how: accepted, rejected, expired or censored."""


@dataclass(frozen=True)
class Step:
    """One time at which somebody left."""

    time: float
    at_risk: int
    accepted: int
    leaving: int
    censored: int
    waiting: Fraction
    """Share undecided just before."""
    incidence: Fraction
    """Share accepted by then."""
    uncensored: Fraction
    """Share not censored before, by Kaplan–Meier."""


def steps(leads: Sequence[Lead]) -> list[Step]:
    """Aalen–Johansen by its definition, hazards multiplied one after the other."""
    waiting, incidence, uncensored = Fraction(1), Fraction(0), Fraction(1)
    found = []
    for time, at_risk, counts in _leaving(leads):
        accepted, censored = counts["accepted"], counts["censored"]
        leaving = counts.total() - censored
        incidence += waiting * Fraction(accepted, at_risk)
        found.append(Step(time, at_risk, accepted, leaving, censored, waiting, incidence, uncensored))
        waiting *= 1 - Fraction(leaving, at_risk)
        if at_risk > leaving:
            uncensored *= 1 - Fraction(censored, at_risk - leaving)
    return found


def _leaving(leads: Sequence[Lead]) -> Iterator[tuple[float, int, Counter[str]]]:
    at_risk = len(leads)
    for time in sorted({time for time, _ in leads}):
        counts = Counter(how for when, how in leads if when == time)
        yield time, at_risk, counts
        at_risk -= counts.total()


def incidence(leads: Sequence[Lead], horizon: float) -> Fraction:
    """Share accepted by the horizon."""
    return next((step.incidence for step in reversed(steps(leads)) if step.time <= horizon), Fraction(0))


def variance(leads: Sequence[Lead], horizon: float) -> Fraction:
    """The delta method, hazards of one time multinomial and of different times independent.

    The derivative of F(t) by a hazard is taken one lead's way: of those at risk, the accepted gain (own), and those who
    go on gain what is to come for them (later).
    """
    goal, answer = incidence(leads, horizon), Fraction(0)
    for step in steps(leads):
        if step.time > horizon:
            break
        going_on = step.at_risk - step.leaving
        own = step.waiting
        later = (goal - step.incidence) * step.at_risk / going_on if going_on else Fraction(0)
        mean = (step.accepted * own + going_on * later) / step.at_risk
        square = (step.accepted * own**2 + going_on * later**2) / step.at_risk
        answer += (square - mean**2) / step.at_risk
    return answer


def identified(leads: Sequence[Lead], horizon: float) -> bool:
    """Somebody was seen up to the horizon, or nobody is left who is undecided."""
    if any(time >= horizon for time, _ in leads):
        return True
    undecided = Fraction(1)
    for step in steps(leads):
        undecided = step.waiting * (1 - Fraction(step.leaving, step.at_risk))
    return bool(leads) and undecided == 0


def posterior(leads: Sequence[Lead], horizon: float) -> tuple[Fraction, Fraction]:
    """Mean and variance of F(horizon) after one imagined lead: seen up to the horizon, then accepted with even odds.

    Backwards over every single time, without merging any.
    """
    past = [step for step in steps(leads) if step.time <= horizon]
    beyond = sum(1 for time, how in leads if time > horizon or (time == horizon and how == "censored"))
    half = Fraction(1, 2)
    mean = half / (1 + beyond)
    square = half * (half + 1) / ((1 + beyond) * (2 + beyond))
    for step in reversed(past):
        whole = step.at_risk + 1
        on = whole - step.leaving
        pairs = whole * (whole + 1)
        square = (
            Fraction(step.accepted * (step.accepted + 1), pairs)
            + Fraction(2 * step.accepted * on, pairs) * mean
            + Fraction(on * (on + 1), pairs) * square
        )
        mean = Fraction(step.accepted, whole) + Fraction(on, whole) * mean
    return mean, square - mean**2


def quantile(leads: Sequence[Lead], probability: Fraction, window: float) -> float:
    """The smallest time by which the share is accepted, of those accepted by the window."""
    goal = probability * incidence(leads, window)
    return next(step.time for step in steps(leads) if step.incidence >= goal)


def weighted_mean(leads: Sequence[Lead], weights: Sequence[float], delays: Sequence[float]) -> float:
    """Handled leads (accepted), each standing for as many as the inverse of its chance of being seen so long."""
    chance = {step.time: step.uncensored for step in steps(leads)}
    handled = [
        (weight / float(chance[time]), delay)
        for (time, how), weight, delay in zip(leads, weights, delays, strict=True)
        if how == "accepted"
    ]
    return sum(weight * delay for weight, delay in handled) / sum(weight for weight, _ in handled)
