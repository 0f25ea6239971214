"""Why sales said no: reason codes of the contract, drawn in keeping with the lead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Codes, Floats, draw, draw_given, hit
from accord.demo.handing import Handoffs
from accord.demo.population import WORDS, Leads
from accord.demo.rule import ACCOUNT_SIZES
from accord.demo.verdict import DISQUALIFIED, RECYCLED, REJECTED

__all__ = ["REASONS", "reasons"]

_REJECTION = {
    "already_owned": 7,
    "duplicate": 5,
    "existing_customer": 5,
    "overloaded": 1,
    "bad_email": 4,
    "bad_phone": 5,
    "missing_data": 6,
    "fake_or_test": 2,
    "company_size": 6,
    "sector": 5,
    "geography": 2,
    "role": 8,
    "below_threshold": 14,
    "competitor_or_partner": 3,
    "wrong_territory": 1,
    "wrong_team": 1,
    "pas le bon moment pour nous": 0.7,
    "asked for a job": 0.4,
}
_DISQUALIFICATION = {
    "unreachable": 22,
    "no_need": 22,
    "no_budget": 12,
    "no_authority": 10,
    "bad_timing": 14,
    "chose_competitor": 9,
    "no_fit": 9,
    "do_not_contact": 2,
}
_RECYCLING = {"bad_timing": 60, "no_need": 15, "unreachable": 25}

REASONS = tuple(dict.fromkeys((*_REJECTION, *_DISQUALIFICATION, *_RECYCLING)))
"""Every reason that occurs: the contract's codes, and two that a rep typed."""


def reasons(
    leads: Leads,
    handoffs: Handoffs,
    outcome: NDArray[np.int8],
    rng: np.random.Generator,
    *,
    crowded: Floats,
    vague: NDArray[np.bool_],
) -> Codes:
    """Position in :data:`REASONS` for each refusal; -1 for acceptances and where nobody gave a reason.

    ``crowded``: the excess of the receiver's queue; ``vague``: refused by somebody who gives few reasons, none of them
    telling.
    """
    answer = np.full(outcome.size, -1, dtype=np.int16)
    for code, weights in ((DISQUALIFIED, _DISQUALIFICATION), (RECYCLED, _RECYCLING)):
        rows = np.flatnonzero(outcome == code)
        answer[rows] = _positions(tuple(weights))[draw(rng, tuple(weights.values()), rows.size)]
    rows = np.flatnonzero(outcome == REJECTED)
    answer[rows] = _rejections(leads, handoffs.take(rows), crowded[rows], rng)
    silent = hit(rng, np.where(vague, 0.55, 0.12), outcome.size)
    blunt = vague & hit(rng, 0.7, outcome.size) & (outcome == REJECTED)
    answer = np.where(blunt, REASONS.index("below_threshold"), answer).astype(np.int16)
    return np.where(silent | (outcome <= 0), -1, answer).astype(np.int16)


def _rejections(leads: Leads, handoffs: Handoffs, crowded: Floats, rng: np.random.Generator) -> Codes:
    lead = handoffs.lead
    traits = {  # what makes a reason likelier, and how many times
        "company_size": ((leads.size[lead] == ACCOUNT_SIZES.index("micro")), 8.0),
        "sector": (leads.codes["sector"][lead] == WORDS["sector"].index("consulting"), 6.0),
        "role": (leads.codes["seniority"][lead] >= WORDS["seniority"].index("specialist"), 4.0),
        "below_threshold": (leads.worth[lead] < 50, 3.0),
        "wrong_territory": (handoffs.misrouted, 400.0),
        "overloaded": (crowded > 0, 30.0),
        "missing_data": (leads.codes["job_function"][lead] < 0, 4.0),
    }
    names = tuple(_REJECTION)
    place = np.zeros(lead.size, dtype=np.int64)
    table = np.array(tuple(_REJECTION.values()))[None, :]
    for name, (holds, factor) in traits.items():  # every combination of traits is a row of the table
        raised = table.copy()
        raised[:, names.index(name)] *= factor
        place = place + len(table) * holds
        table = np.concatenate((table, raised))
    return np.asarray(_positions(names)[draw_given(rng, table, place)])


def _positions(names: tuple[str, ...]) -> Codes:
    return np.array([REASONS.index(name) for name in names], dtype=np.int16)
