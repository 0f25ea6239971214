"""The questions a diagnosis asks of the cases: acceptance, lateness, token efforts, silence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from accord.agreement.model import Materiality
from accord.diagnosis.cases import Cases, Dimension, Floats, Rows
from accord.diagnosis.search import Question
from accord.stats.effects import Spread
from accord.values import MINIMUM_COUNT

__all__ = [
    "about_acceptance",
    "about_ghosts",
    "about_handing_over",
    "about_late",
    "about_silent",
    "about_stamps",
    "about_token",
    "age_offset",
    "held_to_promise",
    "subset",
]

LEAST = 150
"""With fewer cases in all nothing is searched."""

PACE = 7.0
"""What lateness must gain: people's paces differ with longer tails than a normal distribution has."""

LEAST_KNOWN = 0.1
"""Share of refusals that must be known by an age before settled leads of that age tell anything."""

KNOTS = (0.2, 0.5, 0.8)
"""Quantiles of the score at which the curve that adjusts for it may turn."""

ACCEPTANCE = (Spread(0.08, 0.04, 0.25), Spread(0.10, 0.06, 0.40), Spread(0.05, 0.03, 0.15, 20))
LATENESS = (Spread(0.2, 0.1, 0.5), Spread(0.75, 0.5, 1.2, 20), Spread(0.1, 0.05, 0.4, 20))
HABIT = (Spread(0.2, 0.1, 0.5), Spread(0.25, 0.1, 0.6), Spread(0.1, 0.05, 0.3, 20))
"""Ordinary spreads, in logits, that the search starts from: of segments, of reps, of weeks."""


def subset(cases: Cases, rows: npt.NDArray[np.int64], *, without: frozenset[str] = frozenset()) -> list[Dimension]:
    """The dimensions of some cases, less those in which they do not differ."""
    cut = [replace(d, code=d.code[rows]) for d in cases.dimensions if d.name not in without]
    return [d for d in cut if d.code.size and d.code.min() != d.code.max()]


def about_acceptance(cases: Cases, settled: Rows) -> tuple[npt.NDArray[np.int64], Question]:
    """Which settled cases are accepted; what is decided early is judged against what is decided as early."""
    rows = np.flatnonzero(settled & ~_foregone(cases, settled))
    asked = _question(cases, rows, cases.accepted, ACCEPTANCE, offset=age_offset(cases, rows))
    beside = [replace(each, code=each.code[rows]) for each in cases.beside]
    return rows, replace(asked, beside=beside)


def about_late(cases: Cases, left_out: Rows) -> tuple[npt.NDArray[np.int64], Question]:
    """Which cases are answered later than promised; kinds of lead differ in it as people do.

    An hour is missed more often than two days: which promise a lead was given is adjusted for. ``left_out``: cases that
    another finding explains already.
    """
    rows = np.flatnonzero(held_to_promise(cases) & ~left_out)
    asked = _question(cases, rows, cases.late, LATENESS)
    given = cases.promise[rows].astype(np.int64)
    if given.size and given.min() != given.max():
        promised = Dimension("promise", given, tuple(str(place) for place in range(int(given.max()) + 1)))
        asked = replace(asked, beside=[promised])
    return rows, replace(asked, deepest=1, threshold=PACE, loose=frozenset({"rep_id", "lead_type"}))


def about_handing_over(cases: Cases, late: Rows, of: Rows) -> tuple[npt.NDArray[np.int64], Question]:
    """Which leads are handed over ``late`` after they qualified, of those (``of``) whose moment is recorded."""
    rows = np.flatnonzero(of)
    return rows, replace(_question(cases, rows, late, HABIT), deepest=1, threshold=PACE)


def held_to_promise(cases: Cases) -> Rows:
    """Cases whose answer can be called late.

    Where nobody records decisions, a lead without an answer is a lead that was not accepted: that is asked elsewhere,
    and only answers that came can be late.
    """
    return cases.judged if cases.recorded.get("decisions") else cases.judged & np.isfinite(cases.waited)


def about_token(cases: Cases) -> tuple[npt.NDArray[np.int64], Question]:
    """Which acceptances are followed by one vain call and no more: a habit of people, so only they are searched."""
    rows = np.flatnonzero(cases.flags["token_of"])
    asked = _question(cases, rows, cases.flags["token"], HABIT)
    people = [dimension for dimension in asked.dimensions if dimension.name in {"rep_id", "team"}]
    return rows, replace(asked, dimensions=people, steps=False, deepest=1)


def about_stamps(cases: Cases) -> tuple[npt.NDArray[np.int64], Question]:
    """Which of the leads that somebody decides are accepted: who only waves through shows there, not in what is left.

    Leads that nobody decides dilute it: of 100 leads 95 accepted are far from 75, and 88 and 71 of 107 are not.
    """
    rows = np.flatnonzero(cases.settled & cases.decided)
    asked = _question(cases, rows, cases.accepted, ACCEPTANCE, offset=age_offset(cases, rows))
    people = frozenset(dimension.name for dimension in asked.dimensions if dimension.name in {"rep_id", "team"})
    return rows, replace(asked, only=people, steps=False, deepest=1)


def about_silent(cases: Cases) -> tuple[npt.NDArray[np.int64], Question]:
    """Which leads are worked and never decided."""
    rows = np.flatnonzero(cases.flags["silent_of"])
    return rows, replace(_question(cases, rows, cases.flags["silent"], HABIT), steps=True, deepest=2)


def about_ghosts(cases: Cases, left_out: Rows) -> tuple[npt.NDArray[np.int64], Question]:
    """Which acceptances are followed by no real action; tokens aside, for a call was tried there.

    ``left_out``: acceptances of those who are known for their tokens.
    """
    rows = np.flatnonzero(cases.flags["ghost_of"] & ~cases.flags["token"] & ~left_out)
    return rows, replace(_question(cases, rows, cases.flags["ghost"], HABIT), steps=True, deepest=2)


def age_offset(cases: Cases, rows: npt.NDArray[np.int64]) -> Floats:
    """Log-odds by which leads decided within a given age are accepted more than leads whose window is over.

    From mature leads among ``rows``: how many of those settled by that age were accepted, against how many of all are
    in the end.
    """
    asked = np.zeros(len(cases), dtype=np.bool_)
    asked[rows] = True
    mature = asked & (cases.age >= cases.window)
    offset = np.zeros(rows.size)
    young = ~mature[rows]
    accepted = np.sort(cases.left[mature & cases.accepted])
    other = np.sort(cases.left[mature & ~cases.accepted])
    if not young.any() or min(accepted.size, other.size) < LEAST // 3:
        return offset
    age = cases.age[rows][young]
    by_then = np.searchsorted(accepted, age, side="right") + 0.5
    against = np.searchsorted(other, age, side="right") + 0.5
    offset[young] = np.clip(np.log(by_then / against) - np.log(accepted.size / other.size), -2, 2)
    return offset


def _foregone(cases: Cases, settled: Rows) -> Rows:
    """Young cases of an age at which hardly any refusal is known yet: that they are settled says they are accepted.

    So it is in the last weeks of a company where nobody says no and leads merely expire. Taken for evidence, they would
    make every recent drop look smaller than it is.
    """
    other = np.sort(cases.left[settled & ~cases.accepted & (cases.age >= cases.window)])
    if other.size < MINIMUM_COUNT:
        return np.zeros(len(cases), dtype=np.bool_)
    known = np.searchsorted(other, cases.age, side="right") / other.size
    return (cases.age < cases.window) & (known < LEAST_KNOWN)


def concerning(question: Question, materiality: Materiality, least_points: float = 0.0) -> Question:
    """The same question, less what the agreement says is nobody's concern, or moves less than ``least_points``."""
    least_effect = max(materiality.points, least_points) / 100
    return replace(question, least_effect=least_effect, least_cases_moved=materiality.acceptances)


def _question(
    cases: Cases,
    rows: npt.NDArray[np.int64],
    happened: Rows,
    spreads: tuple[Spread, Spread, Spread],
    offset: Floats | None = None,
) -> Question:
    week = (cases.day[rows] + 3) // 7 - ((int(cases.day.min()) + 3) // 7 if len(cases) else 0)
    return Question(
        happened[rows],
        subset(cases, rows),
        week,
        np.zeros(rows.size) if offset is None else offset,
        _score_columns(_score(cases)[rows]),
        spreads,
    )


def _score_columns(score: Floats) -> Floats:
    """The score, standardised, and what it exceeds each knot by: a curve; leads without one are all alike."""
    missing = np.isnan(score)
    spread = 0.0 if missing.all() else np.nanstd(score)
    if spread == 0:
        return np.zeros((score.size, 0))
    z = np.where(missing, 0.0, (score - np.nanmean(score)) / spread)
    knots = np.unique(np.quantile(z[~missing], KNOTS))
    columns = [z, *(np.maximum(z - knot, 0.0) for knot in knots)]
    if missing.any():
        columns.append(missing.astype(np.float64))
    return np.stack(columns).T  # each lies in one piece


def _score(cases: Cases) -> Floats:
    """The score by the agreement in force where it is known, else the one that was handed over with the lead."""
    if cases.points is None:
        return cases.score
    return np.where(cases.points.known, cases.points.score, cases.score)
