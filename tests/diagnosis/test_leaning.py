"""What a sign too weak to name a cause says: it does not speak against the cause it points to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accord.demo.company import HEALTHY
from accord.diagnosis.cases import Cases, fetch_cases
from accord.diagnosis.people import why_rep
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.tables.times import microseconds
from diagnosis.companies import AGREEMENT, source_of

OVERLOAD = "refusals_for_overload"


@pytest.fixture(scope="module")
def some() -> Cases:
    with source_of(HEALTHY, 2_500, 541, AGREEMENT) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        observation = Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock)
        return fetch_cases(source, observation)


def crowded(cases: Cases, share: float) -> tuple[Cases, np.ndarray]:
    """Every fourth case is of somebody above capacity, who calls ``share`` of the refusals an overload; nobody else."""
    mine = np.arange(len(cases)) % 4 == 0
    reasons = tuple({*cases.reasons, "overloaded"})
    reason = np.where(cases.reason == -1, -1, 0)
    others = next(place for place, name in enumerate(reasons) if name != "overloaded")
    reason = np.where(reason == -1, -1, others)
    refused = np.flatnonzero(mine & cases.decided & ~cases.accepted)
    reason[refused[: round(share * refused.size)]] = reasons.index("overloaded")
    load = np.where(mine, 2.0, 0.5)
    return replace(cases, load=load, reason=reason, reasons=reasons), mine


@pytest.mark.parametrize(("share", "where"), [(0.0, "against"), (0.12, "evidence"), (0.4, "evidence")])
def test_refusals_for_overload_speak_against_it_only_where_they_are_no_more_than_elsewhere(
    some: Cases, share: float, where: str
) -> None:
    cases, mine = crowded(some, share)
    why = why_rep(cases, mine, trained=False)
    assert why.cause == "overload"
    assert OVERLOAD in {one.what for one in getattr(why, where)}
    assert OVERLOAD not in {one.what for one in getattr(why, "against" if where == "evidence" else "evidence")}
