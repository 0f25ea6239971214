"""X Education: the leaks found, the scorecard beside gradient boosting and the vendor's own scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.learning.figures import LearningReport, Proposal
from accord.learning.from_table import learn_from_table
from accord.learning.reliability import Calibration
from accord.learning.table import TableQuestion
from accord.values import Estimate, Figure

VENDOR = ("Asymmetrique Activity Score", "Asymmetrique Profile Score")
VENDOR_CLASSES = ("Asymmetrique Activity Index", "Asymmetrique Profile Index")
LEAKS = {"Tags", "Lead Quality", "Last Activity", "Last Notable Activity", "Lead Profile"}


def learnt(folder: Path, question: TableQuestion) -> LearningReport:
    return learn_from_table(folder / "x_education" / "Leads.csv", question)


@pytest.fixture(scope="module")
def every_column(shared_data: Path) -> LearningReport:
    return learnt(shared_data, TableQuestion("Converted", "Lead Number"))


@pytest.fixture(scope="module")
def own_columns(shared_data: Path) -> LearningReport:
    """Without the vendor's columns, to be held against them."""
    question = TableQuestion("Converted", "Lead Number", left_out=VENDOR_CLASSES, compared=VENDOR)
    return learnt(shared_data, question)


def value(figure: Figure) -> float:
    assert isinstance(figure, Estimate)
    return figure.value


@pytest.mark.parametrize("columns", ["every_column", "own_columns"])
def test_the_five_leaking_columns_are_found_and_no_other(columns: str, request: pytest.FixtureRequest) -> None:
    report: LearningReport = request.getfixturevalue(columns)
    assert {leak.field for leak in report.leaks} == LEAKS


@pytest.mark.parametrize("columns", ["every_column", "own_columns"])
def test_few_criteria_with_whole_points_come_near_gradient_boosting(
    columns: str, request: pytest.FixtureRequest
) -> None:
    report: LearningReport = request.getfixturevalue(columns)
    assert isinstance(report.proposal, Proposal)
    assert 1 <= len(report.proposal.criteria) <= 15
    assert all(one.after == int(one.after or 0) for one in report.proposal.criteria)
    assert (report.material.older, report.material.newer) == (7392, 1848)
    proposal, boosting = report.judged["proposal"], report.judged["boosting"]
    assert value(proposal.order) >= value(boosting.order) - 0.02


def test_its_chances_are_as_honest_as_chance_allows(every_column: LearningReport) -> None:
    found = every_column.judged["proposal"].calibration
    assert isinstance(found, Calibration)
    assert found.error <= found.limit
    assert len(found.bins) == 10


def test_without_the_vendors_columns_they_are_not_and_it_says_so(own_columns: LearningReport) -> None:
    """The newest leads differ from the older ones by more than chance, and the rivals' chances miss by more still."""
    errors = {}
    for name in ("proposal", "logistic", "boosting"):
        found = own_columns.judged[name].calibration
        assert isinstance(found, Calibration)
        assert not found.sound
        errors[name] = found.error
    assert errors["proposal"] == min(errors.values()) < 0.035


def test_it_beats_the_vendors_scores_where_they_are_filled(own_columns: LearningReport) -> None:
    for name in VENDOR:
        assert own_columns.compared[name] == 1843
        gain = own_columns.judged[name].order_gain  # of the vendor over the proposal
        assert isinstance(gain, Estimate)
        assert gain.high < -0.15


def test_better_bands_turn_out_better(own_columns: LearningReport) -> None:
    rates = [value(band.rate) for band in own_columns.bands]
    assert rates == sorted(rates, reverse=True)
