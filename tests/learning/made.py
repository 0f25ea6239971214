"""Leads made up with a truth that is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from accord.learning.frame import Field, Frame, number_field, words_field

__all__ = ["WORTH", "drawn", "fields_of", "frame_of", "true_log_odds"]

SECTORS = ("software", "industry", "health", "retail", "other")
WORTH = {"software": 1.6, "industry": 0.8, "health": 0.0, "retail": 0.0, "other": 0.0}


def fields_of(random: np.random.Generator, size: int) -> dict[str, Field]:
    """A sector, a size, a yes or no with gaps, and two fields that mean nothing."""
    answers = random.random(size)
    return {
        "sector": words_field("sector", random.choice(SECTORS, size).tolist()),
        "employees": number_field("employees", np.round(np.exp(random.normal(4, 1.5, size)))),
        "asked": words_field("asked", [None if x < 0.2 else bool(x < 0.5) for x in answers]),
        "colour": words_field("colour", random.choice(["red", "green", "blue"], size).tolist()),
        "noise": number_field("noise", random.normal(size=size)),
    }


def true_log_odds(fields: Mapping[str, Field]) -> npt.NDArray[np.float64]:
    """Sector, at least 100 employees, and having asked are worth something."""
    sector = np.array([WORTH[str(fields["sector"].words[code])] for code in fields["sector"].codes])
    asked = fields["asked"].codes == fields["asked"].words.index(True)
    return np.asarray(-1.8 + sector + 1.2 * (fields["employees"].values >= 100) + 0.9 * asked)


def drawn(random: np.random.Generator, log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Outcomes with these log-odds."""
    return np.asarray(random.random(log_odds.size) < expit(log_odds))


def frame_of(seed: int, size: int, *, noise: bool = False) -> Frame:
    """Leads whose outcomes follow the truth, or nothing at all."""
    random = np.random.default_rng(seed)
    fields = fields_of(random, size)
    log_odds = np.full(size, -0.4) if noise else true_log_odds(fields)
    return Frame(fields, drawn(random, log_odds), np.ones(size))
