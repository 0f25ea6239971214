"""Of very many handoffs, what acceptance says and what habits say is looked for at once: the answer is the same."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from accord.demo.company import DEMO
from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.report import DiagnosisReport
from accord.stats import side_by_side
from diagnosis.companies import diagnosed

SIZE, SEED = 2_000, 1


def at_once(monkeypatch: pytest.MonkeyPatch) -> DiagnosisReport:
    """The diagnosis on two processors, as if the company were large."""
    # by name of module: the package shows the function of that name
    for module in ("accord.stats.side_by_side", "accord.diagnosis.diagnose"):
        monkeypatch.setattr(sys.modules[module], "LONG", 1)
    monkeypatch.setattr(sys.modules["accord.stats.side_by_side"], "_processors", lambda: 2)
    return diagnosed(DEMO, SIZE, SEED)


def test_the_answer_is_that_of_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert side_by_side.LONG > SIZE
    alone = diagnosed(DEMO, SIZE, SEED)
    assert {finding.kind for finding in alone.findings} >= {"slow_response"}
    assert at_once(monkeypatch) == alone


def test_lateness_that_something_else_explains_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def everything(cases: Cases, _findings: object) -> Rows:
        return np.ones(len(cases), dtype=np.bool_)

    monkeypatch.setattr(sys.modules["accord.diagnosis.diagnose"], "_burdened", everything)
    alone = diagnosed(DEMO, SIZE, SEED)
    assert not [finding for finding in alone.findings if finding.kind == "slow_response"]
    assert at_once(monkeypatch) == alone
