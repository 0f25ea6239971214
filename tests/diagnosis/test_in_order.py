"""What a diagnosis reads stands in one order, however the engine that answered laid the rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from accord.diagnosis.reading import columns_of, read
from accord.metrics.outcomes import Outcome

FLOATS = ("waited", "handed_after", "score", "amount")
FLAGS = ("decided", "late", "judged", "worked", "converted")
MORE_FLAGS = ("token", "token_of", "silent", "silent_of", "ghost", "ghost_of")
ROWS = 400


def _rows(seed: int, *, days_alone: bool) -> pa.Table:
    draw = np.random.default_rng(seed)
    day = draw.integers(0, 30, ROWS)
    at = day * 86_400_000_000 + (0 if days_alone else draw.integers(0, 2, ROWS) * 60_000_000)
    named = {f"dim_{name}": [f"{name} {n}" for n in draw.integers(0, 4, ROWS)] for name in ("team", "channel")}
    lead = draw.integers(0, ROWS // 2, ROWS)
    seen: dict[int, int] = {}
    sequence = []
    for one in lead.tolist():
        seen[one] = seen.get(one, 0) + 1
        sequence.append(seen[one])
    return pa.table(
        {
            "episode_row": np.arange(ROWS),
            "lead": np.arange(ROWS),
            "local_day": day,
            "local_month": day // 30,
            "at_us": at,
            "outcome": draw.choice([Outcome.OPEN, Outcome.ACCEPTED, Outcome.REJECTED], ROWS),
            "left_us": draw.integers(0, 10, ROWS),
            "age_us": draw.integers(0, 10, ROWS),
            "sequence": sequence,
            "promise": draw.integers(0, 2, ROWS),
            **{name: draw.choice([0.5, 1.5, -0.0, np.nan], ROWS) for name in FLOATS},
            **{name: draw.integers(0, 2, ROWS).astype(np.int8) for name in (*FLAGS, *MORE_FLAGS)},
            "text_agreement": ["1.0"] * ROWS,
            "text_reason": [f"reason {n}" for n in draw.integers(0, 3, ROWS)],
            "text_lead": [f"L{n}" for n in lead],
            **named,
        }
    )


@pytest.mark.parametrize("days_alone", [False, True])
def test_rows_of_one_instant_have_one_order(days_alone: bool) -> None:
    rows = _rows(3, days_alone=days_alone)
    columns, note = columns_of(read(rows, ("team", "channel")), "Europe/Paris")
    assert np.unique(rows["at_us"].to_numpy()).size < ROWS / 2, "many rows share their instant"
    for seed in range(4):
        shuffled = np.random.default_rng(seed).permutation(ROWS)
        other = rows.take(shuffled).set_column(0, "episode_row", pa.array(np.arange(ROWS)))
        again, said = columns_of(read(other, ("team", "channel")), "Europe/Paris")
        assert said == note
        for name, column in columns.items():
            np.testing.assert_array_equal(again[name], column, err_msg=name)


def test_the_next_handoff_of_one_instant_is_the_one_with_the_next_number() -> None:
    rows = _rows(5, days_alone=True).slice(0, 2)
    rows = rows.set_column(rows.column_names.index("text_lead"), "text_lead", pa.array(["L1", "L1"]))
    rows = rows.set_column(rows.column_names.index("at_us"), "at_us", pa.array([0, 0]))
    rows = rows.set_column(
        rows.column_names.index("outcome"), "outcome", pa.array([Outcome.ACCEPTED, Outcome.REJECTED])
    )
    rows = rows.set_column(rows.column_names.index("sequence"), "sequence", pa.array([2, 1]))
    columns, _note = columns_of(read(rows, ("team", "channel")), "Europe/Paris")
    retried = dict(zip(columns["outcome"].tolist(), columns["retried"].tolist(), strict=True))
    assert retried == {int(Outcome.REJECTED): 1, int(Outcome.ACCEPTED): -1}
