from __future__ import annotations

import pytest

from accord.actions.keeping import add_action
from accord.workspace import Workspace
from board.companies import Made, Rows, all_open, made, simulated_rows, undecided, workspace_of

OWNER = "Léa Morel-Ausgedacht"
"""Somebody whose name must not go round."""


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return simulated_rows(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="session")
def whole(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Made:
    place = workspace_of(tmp_path_factory.mktemp("board") / "whole", rows)
    draft = {"text": "A shorter form", "where": {"channel": "webinar"}, "owner": OWNER, "start": "2026-03-02"}
    add_action(Workspace(place), {"code": "other", **draft}, name="Ann")
    of_one = {"text": "Coaching", "where": {"rep_id": "R005"}, "owner": OWNER, "start": "2026-03-02"}
    add_action(Workspace(place), {"code": "train", **of_one}, name="Ann")
    return made(place)


@pytest.fixture(scope="session")
def unrecorded(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(workspace_of(tmp_path_factory.mktemp("board") / "undecided", undecided(rows)))


@pytest.fixture(scope="session")
def still_open(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(workspace_of(tmp_path_factory.mktemp("board") / "open", all_open(rows)))


@pytest.fixture(scope="session")
def of_nothing(whole: Made, rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A month between others in which nothing was handed over."""
    kept = [row for row in rows["handoffs"] if row["at"].strftime("%Y-%m") != "2026-02"]
    tables = {"leads": rows["leads"], "handoffs": kept, "decisions": []}
    return made(workspace_of(tmp_path_factory.mktemp("board") / "gap", tables), "2026-02")
