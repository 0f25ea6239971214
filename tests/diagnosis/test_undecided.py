"""Leads that are worked and never decided are one finding: those of the last weeks are not late beside it."""

from __future__ import annotations

import numpy as np
import pytest

from accord.demo.company import Cause, Company
from accord.diagnosis.cases import fetch_cases
from accord.diagnosis.habits import definition_gaps, slow_responses
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.tables.times import microseconds
from diagnosis.companies import AGREEMENT, READ, source_of


@pytest.mark.slow
def test_what_is_undecided_so_far_among_leads_that_are_never_decided_is_explained_as_well() -> None:
    gap = Cause("definition_gap", {"country": "FR"}, 0.6)
    with source_of(Company().with_causes(gap), 5_000, 551, AGREEMENT, READ) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        cases = fetch_cases(source, Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock))
    answer = definition_gaps(cases, AGREEMENT)
    assert [dict(one.where) for one in answer.findings] == [{"country": "FR"}]
    young, there = cases.age < cases.window, cases.rows({"country": "FR"})
    assert (young & there & ~cases.decided).sum() > 20
    np.testing.assert_array_equal(answer.explained & young, young & there & ~cases.decided)
    assert not slow_responses(cases, AGREEMENT, answer.explained)
    assert slow_responses(cases, AGREEMENT, answer.explained & ~young), "left in, they pass for a new delay"
