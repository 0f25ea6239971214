"""What the page on the lender's clerks says follows from the log."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from accord.cli.main import run
from support.source import ROOT

SCRIPT = ROOT / "scripts" / "bpi2012_reps.py"


@pytest.fixture(scope="module")
def reps() -> ModuleType:
    described = importlib.util.spec_from_file_location("bpi2012_reps", SCRIPT)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["bpi2012_reps"] = module
    described.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def log(reps: ModuleType, shared_data: Path) -> Any:
    return reps.read(shared_data / "bpi2012" / "lead_handoffs.csv")


def rates(reps: ModuleType, cell: np.ndarray, accepted: np.ndarray) -> list[int]:
    return [round(100 * rate) for leads, rate, _ in reps.share_by(cell, accepted) if leads]


def test_the_log_is_the_one_that_is_known(reps: ModuleType, log: Any) -> None:
    assert log.accepted.size == 4_755
    assert len(log.reps) == 44
    assert round(float(log.accepted.mean()), 3) == 0.529
    assert [round(float(q), 1) for q in np.quantile(log.waited, [0.5, 0.75, 0.9])] == [0.7, 9.9, 14.8]
    assert int((log.rep < 0).sum()) == 611
    leads = np.bincount(log.rep[log.rep >= 0])
    share = np.bincount(log.rep[log.rep >= 0], log.accepted[log.rep >= 0]) / leads
    assert [round(100 * float(bound)) for bound in (share[leads >= 100].min(), share[leads >= 100].max())] == [44, 61]


def test_the_amount_decides_and_the_backlog_does_not(reps: ModuleType, log: Any) -> None:
    amounts = rates(reps, reps.tenths(log.amount, 5), log.accepted)
    assert (amounts[0], amounts[-1]) == (36, 70)
    waiting = rates(reps, reps.tenths(log.backlog.astype(float), 5), log.accepted)
    assert 51 <= min(waiting) <= max(waiting) <= 54


def test_november_is_a_month_of_small_requests(reps: ModuleType, log: Any) -> None:
    october, november, *others, _one_lead = rates(reps, log.month, log.accepted)
    assert november == 45
    assert 54 <= min(october, *others) <= max(october, *others) <= 57
    half = [float(np.median(log.amount[log.month == month])) for month in range(5)]
    assert half == [10_000, 8_000, 9_950, 10_000, 10_000]


def test_without_the_amounts_a_drop_is_suspected_and_not_said(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = (ROOT / "docs" / "examples" / "bpi2012.yaml").read_text(encoding="utf-8")
    (tmp_path / "without.yaml").write_text(re.sub(r".*: amount_requested\n", "", mapping), encoding="utf-8")
    page = (ROOT / "docs" / "examples" / "bpi2012_reps.md").read_text(encoding="utf-8")
    agreement = page.partition("```yaml accord.yaml\n")[2].partition("```")[0]
    (tmp_path / "accord.yaml").write_text(agreement, encoding="utf-8")
    here = ["--workspace", str(tmp_path), "--json"]
    mapped = ["--map", str(tmp_path / "without.yaml")]
    assert run(["import", str(shared_data / "bpi2012"), *mapped, *here]) == 0
    capsys.readouterr()
    assert run(["diagnose", *here]) == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert told["verdict"] == "unclear"
    (drop,) = (one for one in told["findings"] if one["kind"] != "not_measurable")
    assert (drop["kind"], drop["where"], drop["since"]) == ("sudden_drop", {}, "2011-11-07")
    assert (round(100 * drop["effect"]["value"]), round(100 * drop["confidence"])) == (-9, 34)


def test_fast_is_not_better_on_either_clock(reps: ModuleType, log: Any) -> None:
    clock = rates(reps, np.digitize(log.waited, reps.WAITS), log.accepted)
    assert clock[0] == 64
    assert (min(clock[1:7]), max(clock[1:7])) == (44, 50)  # until eight hours have passed
    assert (clock[7], clock[8]) == (50, 58)  # overnight: better than within the hour
    opened = rates(reps, np.digitize(log.open_hours, reps.WAITS), log.accepted)
    assert opened[0] == 62
    assert opened[1:6] == [49, 50, 49, 51, 55]


@pytest.mark.parametrize("clock", ["waited", "open_hours"])
def test_no_slope_of_the_wait_is_left_beside_amount_and_hour(reps: ModuleType, log: Any, clock: str) -> None:
    """Likelihood ratio of one slope, by an optimiser: 3.84 would be 5 %."""
    cuts = [np.eye(10)[reps.tenths(log.amount)], np.eye(24)[log.hour][:, 1:]]

    def likelihood(columns: np.ndarray) -> float:
        def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
            eta = columns @ beta
            value = np.logaddexp(0, eta).sum() - eta[log.accepted].sum()
            return float(value), columns.T @ (1 / (1 + np.exp(-eta)) - log.accepted)

        start = np.zeros(columns.shape[1])
        return -float(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1_000}).fun)

    wait = np.log1p(getattr(log, clock))[:, None]
    assert 2 * (likelihood(np.hstack([*cuts, wait])) - likelihood(np.hstack(cuts))) < 3.84


def test_of_the_clerks_one_lies_at_the_edge(reps: ModuleType, log: Any) -> None:
    amount = reps.tenths(log.amount)
    bare, fair = reps.gaps(log, []), reps.gaps(log, [amount, log.hour])
    queued = reps.gaps(log, [amount, log.hour, reps.tenths(log.backlog.astype(float))])
    assert len(fair.ids) == 31
    assert [round(100 * found.spread, 1) for found in (bare, fair, queued)] == [4.5, 4.6, 4.5]
    assert [len(found.outside) for found in (bare, fair, queued)] == [2, 1, 1]
    most = int(np.argmin(np.where(fair.leads >= 300, fair.rate, 1.0)))
    assert (int(fair.leads[most]), round(100 * float(fair.rate[most]))) == (392, 44)
    assert round(100 * float(fair.rate[most] - fair.expected[most])) == -7


def test_the_drawings_are_those_of_the_log(reps: ModuleType, log: Any) -> None:
    """To a fifth of a pixel: another machine adds up in another order."""
    number = re.compile(r"-?\d+\.\d+")
    for name, drawing in reps.drawings(log).items():
        kept = (reps.DRAWINGS / name).read_text(encoding="utf-8")
        assert number.sub("", kept) == number.sub("", drawing)
        now, then = ([float(each) for each in number.findall(text)] for text in (drawing, kept))
        np.testing.assert_allclose(now, then, atol=0.2)
