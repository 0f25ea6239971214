"""The line of a handing over: who stands where, and how likely the lot was to let an explored lead go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.qualification.crossing import Crosses, Kind, chances, drawn_for_exploration, in_line, lot


def crosses(name: str, kind: Kind, score: int = 0) -> Crosses:
    return Crosses(name, score, 5000, kind, ())


KINDS: list[Kind] = ["judged", "crossed", "explored"]


def line_of(found: list[tuple[Kind, int]]) -> list[Crosses]:
    return [crosses(f"L{place}", kind, score) for place, (kind, score) in enumerate(found)]


LINES = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9000)), max_size=60).map(line_of)


@given(line=LINES, share=st.floats(0.001, 1), day=st.dates().map(str))
def test_everybody_stands_once_and_in_the_agreed_order(line: list[Crosses], share: float, day: str) -> None:
    found = in_line(line, share, day)
    assert sorted(found, key=id) == sorted(line, key=id)
    assert found == in_line(line[::-1], share, day)
    kinds = [each.kind for each in found]
    assert kinds[: kinds.count("judged")] == ["judged"] * kinds.count("judged")
    for kind in ("judged", "crossed"):
        scores = [each.score for each in found if each.kind == kind]
        assert scores == sorted(scores, reverse=True)
    lots = [lot(each.lead_id) for each in found if each.kind == "explored"]
    assert lots == sorted(lots)
    # While leads that cross wait behind them, explored ones have their share of the places, give or take one.
    waiting = kinds[kinds.count("judged") :]
    while waiting and waiting[-1] == "explored":
        waiting.pop()
    for places in range(1, len(waiting) + 1):
        assert waiting[:places].count("explored") <= max(min(share, 0.5) * places + 1, 1)


def test_where_nobody_crosses_only_the_room_decides() -> None:
    line = [crosses(f"L{place}", "explored") for place in range(9)]
    assert [each.lead_id for each in in_line(line, 0.05, "x")] == sorted((each.lead_id for each in line), key=lot)
    assert chances([each.lead_id for each in line], []) == {each.lead_id: 1.0 for each in line}


@pytest.mark.parametrize("room", [40, 120, 400])
def test_whoever_was_explored_stands_for_all_that_could_have_been(room: int) -> None:
    """1,000 leads below the threshold and 200 above, a share of 0.2, 300 companies: the leads for which the explored
    ones stand are 1,000 on average, however little room there was. Four standard errors."""
    stood_for = []
    for company in range(300):
        drawn = [f"{company}-{n}" for n in range(1000) if drawn_for_exploration(f"{company}-{n}", "1", 0.2)]
        line = [crosses(name, "explored") for name in drawn]
        line += [crosses(f"{company}-c{n}", "crossed", n) for n in range(200)]
        turn = in_line(line, 0.2, str(company))
        gone = [each.lead_id for each in turn[:room] if each.kind == "explored"]
        chance = chances(gone, [each.lead_id for each in turn[room:] if each.kind == "explored"])
        stood_for.append(sum(1 / (0.2 * chance[name]) for name in gone))
    error = np.std(stood_for) / np.sqrt(len(stood_for))
    assert abs(np.mean(stood_for) - 1000) < 4 * error
