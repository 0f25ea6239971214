"""What prospects do before they are handed over: counts of touches by kind, and the touches themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Codes, Seconds, spread
from accord.demo.clock import DAY
from accord.demo.vocabulary import LEAD_TYPES
from accord.tables.schema import TOUCH_KINDS

__all__ = ["Touches", "touch_counts", "touches_of"]

_DEFINING = {
    "demo_request": "demo_request",
    "contact_request": "form",
    "white_paper": "download",
    "webinar": "webinar",
    "trial": "trial",
    "event_badge": "event",
    "call_in": "call_in",
}
"""The touch without which a lead would not be of its type."""

_DEFINING_TOUCH = np.array([TOUCH_KINDS.index(_DEFINING[name]) for name in LEAD_TYPES])

_AFTERWARDS = np.array([TOUCH_KINDS.index(name) for name in ("page_view", "email_open", "email_click", "pricing_view")])

_INTEREST = {"page_view": 2.0, "email_open": 1.4, "email_click": 0.6, "download": 0.35, "webinar": 0.12, "social": 0.1}
"""Mean counts of touches that curiosity alone brings."""

_INTENT = {"pricing_view": 0.35, "form": 0.12, "email_reply": 0.14, "chat": 0.08, "demo_request": 0.05, "event": 0.04}
"""Mean counts of touches that an intention to buy brings."""

_INTENT_OF_TYPE = {"white_paper": 0.5, "webinar": 0.7, "event_badge": 0.8}
_INTEREST_OF_TYPE = {"white_paper": 1.7, "webinar": 1.3}


def touch_counts(kind: Codes, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Counts per lead (row) and kind of touch (column, as in ``TOUCH_KINDS``) before the handoff.

    Interest and intent vary independently between leads: many downloads say nothing of an intention to buy.
    """
    size = kind.size
    interest = np.exp(0.55 * rng.standard_normal(size) - 0.15)
    interest *= np.array([_INTEREST_OF_TYPE.get(name, 1.0) for name in LEAD_TYPES])[kind]
    intent = np.exp(0.9 * rng.standard_normal(size) - 0.4)
    intent *= np.array([_INTENT_OF_TYPE.get(name, 1.0) for name in LEAD_TYPES])[kind]
    counts = np.zeros((size, len(TOUCH_KINDS)), dtype=np.uint8)
    for means, latent in ((_INTEREST, interest), (_INTENT, intent)):
        for name, mean in means.items():
            counts[:, TOUCH_KINDS.index(name)] = np.minimum(rng.poisson(mean * latent), 40)
    counts[np.arange(size), _DEFINING_TOUCH[kind]] += 1
    return counts


@dataclass(frozen=True)
class Touches:
    """One element per touch; ``lead``: its row; ``at``: UTC seconds; ``kind``: position in ``TOUCH_KINDS``."""

    lead: NDArray[np.int64]
    at: Seconds
    kind: Codes


def touches_of(
    counts: NDArray[np.uint8], kind: Codes, span: tuple[Seconds, Seconds], end: int, rng: np.random.Generator
) -> Touches:
    """Every touch before ``end``: those in the ``span`` from a lead's creation to its crossing the threshold, the one
    that tipped it last; and a few afterwards.
    """
    created, moment = span
    cells = np.flatnonzero(counts)
    repeats = counts.ravel()[cells]
    touched = np.repeat(cells, repeats)
    lead, touch = np.divmod(touched, len(TOUCH_KINDS))
    share = rng.random(lead.size) ** 0.6
    tipping = np.repeat(_DEFINING_TOUCH[kind[cells // len(TOUCH_KINDS)]] == cells % len(TOUCH_KINDS), repeats)
    tipping[1:] &= touched[1:] != touched[:-1]  # one of each lead
    at = created[lead] + (share * (moment - created)[lead]).astype(np.int64)
    at = np.where(tipping, moment[lead] - np.minimum(45, moment[lead] - created[lead]), at)
    back = np.repeat(np.arange(kind.size), rng.poisson(0.5, kind.size))
    back_at = moment[back] + (DAY * spread(rng, 3, 1.2, back.size)).astype(np.int64)
    back_kind = _AFTERWARDS[rng.integers(0, _AFTERWARDS.size, back.size)]
    lead, at, touch = np.concatenate((lead, back)), np.concatenate((at, back_at)), np.concatenate((touch, back_kind))
    order = np.argsort(at, kind="stable")
    order = order[at[order] < end]
    return Touches(lead[order], at[order], touch[order].astype(np.int16))
