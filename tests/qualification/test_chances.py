"""What would bring a lead to the threshold: only what can still happen, and nothing that excludes the rest."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.agreement.load import load_agreement
from accord.qualification.chances import chances, shortest_way
from accord.scoring.one import score_one
from accord.scoring.rules import Rules, prepare

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).replace(tzinfo=None)

TEXT = """
qualification:
  criteria:
    - {id: middle, axis: fit, label: Middle, points: 20, when: {field: employees, between: [50, 999]}}
    - {id: large, axis: fit, label: Large, points: 14, when: {field: employees, at_least: 1000}}
    - {id: huge, axis: fit, label: Huge, points: 10, when: {field: employees, at_least: 5000}}
    - {id: sized, axis: fit, label: Size, points: 9, when: {field: account_size, in: [large, enterprise]}}
    - {id: chief, axis: fit, label: Chief, points: 10, when: {field: seniority, in: [chief, head]}}
    - {id: student, axis: fit, label: Student, points: 8, when: {field: seniority, is: student}}
    - {id: urgent, axis: need, label: Urgent, points: 12, when: {field: need, is: urgent}}
    - {id: demo, axis: engagement, label: Demo, points: 25, touches: {kind: demo_request}}
  threshold: 40
"""


def agreed(place: Path, text: str) -> Rules:
    both = re.sub(r"label: (\w+)", r"label: {en: \1, fr: \1}, why: {en: \1, fr: \1}", text)
    (place / "accord.yaml").write_text(both)
    return prepare(load_agreement(place / "accord.yaml").agreement)


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    return agreed(tmp_path, TEXT)


def ways(rules: Rules, **cells: object) -> tuple[set[str], list[str]]:
    scored = score_one(rules, {"lead_id": "L", **cells}, [], NOON)
    return {each.criterion for each in chances(rules, scored)}, [each.criterion for each in shortest_way(rules, scored)]


def test_who_a_lead_is_does_not_change_but_what_it_needs_does(rules: Rules) -> None:
    possible, way = ways(rules, employees=120, seniority="student", need="exploring")
    assert possible == {"urgent", "demo"}
    assert way == ["demo"]  # 20 + 8 + 25


def test_what_is_not_known_yet_is_a_chance(rules: Rules) -> None:
    possible, _way = ways(rules, need="exploring")
    assert possible == {"middle", "large", "huge", "sized", "chief", "student", "urgent", "demo"}


def test_no_two_ways_that_exclude_each_other(rules: Rules) -> None:
    _possible, way = ways(rules, need="exploring")
    assert way == ["demo", "middle"]
    possible, way = ways(rules, employees=120, need="urgent")  # 32: eight are lacking
    assert possible == {"chief", "student", "demo"}
    assert way == ["demo"]


def test_nested_conditions_hold_together(tmp_path: Path) -> None:
    rules = agreed(tmp_path, TEXT.replace("points: 25", "points: 2").replace("points: 20", "points: 1"))
    _possible, way = ways(rules, need="exploring")  # the middle would exclude the rest
    assert way == ["large", "urgent", "huge", "chief"]


def test_nothing_that_is_still_open_may_bring_it(tmp_path: Path) -> None:
    without = agreed(tmp_path, TEXT.replace("points: 25", "points: 5"))
    assert ways(without, employees=10, seniority="student", need="urgent")[1] == []
