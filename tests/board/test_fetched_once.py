"""Value reports asked one after the other of one source are those that each would be alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accord.readmodel.opening import open_source
from accord.value.measure import measure_value
from accord.workspace import Workspace
from board.companies import Made

ASKED: list[dict[str, Any]] = [
    {"by": ("channel",), "start": date(2026, 5, 1), "end": date(2026, 6, 1)},
    {"by": ("channel",)},
    {"period": "quarter"},
    {"by": ("sector", "channel")},
    {"by": ("channel",), "period": "month"},
    {},
    {"by": ("team",)},
]


@pytest.mark.slow
def test_what_was_fetched_before_changes_nothing(whole: Made) -> None:
    workspace = Workspace(whole.place)
    with open_source(workspace) as source:
        together = [measure_value(source, **asked) for asked in ASKED]
    for asked, found in zip(ASKED, together, strict=True):
        with open_source(workspace) as source:
            assert measure_value(source, **asked) == found, asked
