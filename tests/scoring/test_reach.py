"""No lead scores more than the validator says can be reached; criteria that exclude each other do not add up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from accord.agreement.qualification import Qualification
from accord.agreement.reach import attainable
from scoring import naive
from scoring.companies import World, worlds


@settings(max_examples=60, deadline=None)
@given(world=worlds())
def test_no_lead_scores_more_than_can_be_reached(world: World) -> None:
    most = attainable(Qualification.model_validate(world.document["qualification"]))
    for row in naive.scores(world).values():
        assert float(row["score"]) <= most


def reach(*conditions: dict[str, Any], most: float | None = None, points: float = 30) -> float:
    words = {"en": "x", "fr": "x"}
    criteria = [
        {"id": f"c{place}", "axis": "fit", "points": points, "when": when, "label": words, "why": words}
        for place, when in enumerate(conditions)
    ]
    said: dict[str, Any] = {"criteria": criteria, "threshold": 0, "lists": {"home": ["FR", "BE"]}}
    if most is not None:
        said["axes"] = {"fit": {"max": most}}
    return attainable(Qualification.model_validate(said))


HEALTH, IT = {"field": "sector", "is": "health"}, {"field": "sector", "is": "it"}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((HEALTH, IT), 30),
        ((HEALTH, {"field": "sector", "in": ["it", "health"]}), 60),
        ((HEALTH, {"not": HEALTH}), 30),
        ((HEALTH, {"not": IT}), 60),
        ((HEALTH, {"field": "sector", "exists": False}), 30),
        ((HEALTH, {"not": {"field": "sector", "exists": True}}), 30),
        ((HEALTH, {"field": "country", "is": "FR"}), 60),
        (({"field": "country", "in_list": "home"}, {"field": "country", "is": "DE"}), 30),
        (({"field": "country", "in_list": "home"}, {"field": "country", "is": "FR"}), 60),
        (({"field": "employees", "between": [50, 999]}, {"field": "employees", "at_least": 1000}), 30),
        (({"field": "employees", "between": [50, 1000]}, {"field": "employees", "at_least": 1000}), 60),
        (({"field": "employees", "at_most": 9}, {"field": "employees", "is": 9}), 60),
        (({"field": "employees", "at_least": 10}, {"not": {"field": "employees", "at_most": 10}}), 60),
        (({"any": [HEALTH, IT]}, {"field": "sector", "is": "law"}), 30),
        (({"all": [HEALTH, {"field": "country", "is": "FR"}]}, IT), 30),
        (({"any": [HEALTH, {"field": "country", "is": "FR"}]}, IT), 60),
        (({"field": "created_at", "within_days": 30}, {"field": "created_at", "within_days": 10}), 60),
        (({"field": "decision_maker", "is": True}, {"field": "decision_maker", "is": False}), 30),
    ],
)
def test_criteria_on_one_column_add_up_only_where_one_value_meets_both(
    conditions: tuple[dict[str, Any], ...], expected: float
) -> None:
    assert reach(*conditions) == expected
    assert reach(*conditions, most=40) == min(expected, 40)


def test_hundredths_add_up() -> None:
    columns = [{"field": name, "is": "x"} for name in ("sector", "country", "channel")]
    assert reach(*columns, points=0.1) == 0.3  # as fractions of two: 0.30000000000000004
