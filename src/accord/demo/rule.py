"""The points rule of the simulated company, as it should be, and as its agreement has it (the two may differ)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Codes, Floats
from accord.demo.company import Company
from accord.demo.vocabulary import JOB_FUNCTIONS, NEED_WORDS, SECTORS, SENIORITIES
from accord.tables.schema import TOUCH_KINDS

__all__ = [
    "ACCOUNT_SIZES",
    "AGREEMENT_VERSIONS",
    "BANDS",
    "CRITERIA",
    "THRESHOLD",
    "Given",
    "Profile",
    "account_size",
    "band_edges",
    "bands",
    "points",
    "rule_of_fields",
    "rule_of_touches",
    "touch_factors",
]

THRESHOLD = 50.0
BANDS = ("A", "B", "C", "D")
_BAND_EDGES = (90.0, 70.0, THRESHOLD)
AGREEMENT_VERSIONS = ("1.0", "1.1")
ACCOUNT_SIZES = ("micro", "small", "medium", "large", "enterprise")
_SIZE_EDGES = (10, 50, 250, 1000)

_TOUCHES = {  # points for one, and at most
    "page_view": (0.5, 4),
    "download": (5, 10),
    "webinar": (8, 16),
    "email_click": (1.5, 6),
    "email_reply": (8, 16),
    "form": (8, 16),
    "trial": (22, 22),
    "pricing_view": (7, 21),
    "demo_request": (30, 30),
    "call_in": (24, 24),
    "event": (8, 8),
    "social": (1, 3),
    "chat": (6, 12),
}
CRITERIA = tuple(_TOUCHES)
"""Identifiers of the criteria that a signal cause can name: kinds of touch."""

_LATER_VERSION = {"webinar": 7 / 8, "pricing_view": 9 / 7}
"""What the agreement's second version changed, relative to the first."""

_SECTOR = {"consulting": 0, "logistics": 3}
_SIZE = {"micro": 0, "small": 5, "medium": 10, "large": 10, "enterprise": 8}
_FUNCTION = {
    "maintenance": 8,
    "operations": 8,
    "engineering": 7,
    "purchasing": 5,
    "it": 3,
    "finance": 2,
    "marketing": 0,
}
_SENIORITY = {"c_level": 8, "director": 8, "manager": 6, "specialist": 2, "student": -20}
_NEED = (0, 4, 12, 18)
_BUDGET = 6
_DECISION_MAKER = 6


@dataclass(frozen=True)
class Profile:
    """What a rule looks at; -1, NaN or False where it is missing. ``touches``: counts per lead and kind of touch."""

    sector: Codes
    size: Codes
    job_function: Codes
    seniority: Codes
    need: Codes
    has_budget: Booleans
    is_decision_maker: Booleans
    touches: NDArray[np.uint8]


def account_size(employees: NDArray[np.integer]) -> Codes:
    """Position in :data:`ACCOUNT_SIZES`; negative ``employees`` = missing."""
    size = np.searchsorted(_SIZE_EDGES, employees, side="right")
    return np.where(employees < 0, -1, size).astype(np.int16)


def touch_factors(company: Company) -> Mapping[str, float]:
    """What the agreement gives for each criterion, relative to what it deserves: 1 unless a cause says otherwise."""
    return {
        cause.where["criterion"]: cause.strength
        for cause in company.causes
        if cause.kind in {"overweighted_signal", "underweighted_signal"}
    }


def points(profile: Profile, factors: Mapping[str, float] | None = None, *, later: Booleans | None = None) -> Floats:
    """The score of each lead: ``Σ points``, each kind of touch capped.

    ``factors`` distort the points of kinds of touch; ``later`` selects the leads scored by the second version. Without
    both it is what the lead is worth.
    """
    total = _looked_up([_SECTOR.get(name, 6) for name, _ in SECTORS], profile.sector)
    total += _looked_up([_SIZE[name] for name in ACCOUNT_SIZES], profile.size)
    total += _looked_up([_FUNCTION[name] for name, _ in JOB_FUNCTIONS], profile.job_function)
    total += _looked_up([_SENIORITY[name] for name, _ in SENIORITIES], profile.seniority)
    total += _looked_up(list(_NEED), profile.need)
    total += _BUDGET * profile.has_budget + _DECISION_MAKER * profile.is_decision_maker
    for position, kind in enumerate(TOUCH_KINDS):
        if kind not in _TOUCHES:
            continue
        each, most = (value * (factors or {}).get(kind, 1.0) for value in _TOUCHES[kind])
        gained = np.minimum(profile.touches[:, position] * each, most)
        if later is not None and kind in _LATER_VERSION:
            gained = np.where(later, gained * _LATER_VERSION[kind], gained)
        total += gained
    return np.asarray(np.round(np.maximum(total, 0.0), 1), dtype=np.float64)


def bands(score: Floats) -> Codes:
    """Position in :data:`BANDS`."""
    ascending = np.searchsorted(_BAND_EDGES[::-1], score, side="right")
    return (len(_BAND_EDGES) - ascending).astype(np.int16)


@dataclass(frozen=True)
class Given:
    """What a column of the lead brings when it is ``value`` (None: whatever it is, filled in)."""

    field: str
    value: str | None
    points: float


def band_edges() -> tuple[float, ...]:
    """The lowest score of each band but the last, from high to low."""
    return _BAND_EDGES


def rule_of_fields() -> tuple[Given, ...]:
    """The points for what a lead is, one entry per value that brings or costs any."""
    known: dict[str, Mapping[str, float]] = {
        "sector": {name: _SECTOR.get(name, 6) for name, _ in SECTORS},
        "account_size": _SIZE,
        "job_function": _FUNCTION,
        "seniority": _SENIORITY,
        "need": dict(zip(NEED_WORDS, _NEED, strict=True)),
    }
    given = [Given(field, value, each) for field, values in known.items() for value, each in values.items() if each]
    return (*given, Given("budget", None, _BUDGET), Given("decision_maker", "true", _DECISION_MAKER))


def rule_of_touches(company: Company) -> Mapping[str, tuple[float, float]]:
    """Points for one touch of each kind and at most, as the agreement in force has them."""
    factors = touch_factors(company)
    return {
        kind: (
            round(each * factors.get(kind, 1.0) * _LATER_VERSION.get(kind, 1.0), 2),
            round(most * factors.get(kind, 1.0) * _LATER_VERSION.get(kind, 1.0), 2),
        )
        for kind, (each, most) in _TOUCHES.items()
    }


def _looked_up(values: list[int], codes: Codes) -> Floats:
    return np.asarray([*values, 0], dtype=np.float64)[codes]  # -1 reads the last: nothing for a missing cell
