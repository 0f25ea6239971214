"""Touches in the order of their leads and times, however many bits their times need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.value.touches import in_order

LEADS = 70_000


@given(
    st.lists(
        st.tuples(st.integers(0, LEADS - 1), st.integers(-(10**6), 10**6), st.integers(0, 4)), min_size=0, max_size=60
    ),
    st.sampled_from([1, 1_000_000, 3_600_000_000, 10**12]),
    st.booleans(),
)
def test_as_a_plain_sort(touches: list[tuple[int, int, int]], unit: int, far: bool) -> None:
    rows = [(lead, time * unit, code) for lead, time, code in touches]
    if far:  # the span and a microsecond more: no common unit, and too many bits for one number
        rows += [(3, -(2**61), 1), (3, 2**60 + 1, 0), (3, 2**60 + 1, 0)]
    lead, at, code = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    found = in_order(lead.astype(np.int32), at, code.astype(np.int16), LEADS, 5)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == sorted(rows)


@pytest.mark.parametrize("instants", [3, 2**50])
def test_many_at_one_instant(instants: int) -> None:
    chance = np.random.default_rng(7)
    lead, code = chance.integers(0, 50, 5000).astype(np.int32), chance.integers(0, 9, 5000).astype(np.int16)
    at = chance.integers(0, instants, 5000) // (instants // 3) * (instants // 3)
    found = in_order(lead, at, code, 2**20, 9)
    rows = sorted(zip(lead.tolist(), at.tolist(), code.tolist(), strict=True))
    assert list(zip(*(column.tolist() for column in found), strict=True)) == rows
