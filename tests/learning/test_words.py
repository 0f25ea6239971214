"""What learning says in sentences: days and numbers as the language writes them, and what a kept threshold does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accord.language import use_language
from accord.learning.figures import LearningReport, Material, Proposal, ProposedCriterion
from accord.learning.points import Scale
from accord.learning.quality import TurnedAway
from accord.report.learning.words import number, opening, points, supported_cell, turned_away_sentences
from accord.values import Estimate, Reason, Unknown

NOTHING = Unknown(Reason.TOO_FEW, 10)
LABEL = {"en": "Papers", "fr": "Livres blancs"}
CHANGED = ProposedCriterion(
    "papers", "engagement", "changed", 15, 7, {}, LABEL, LABEL, NOTHING, NOTHING, NOTHING, NOTHING
)
PROPOSAL = Proposal((CHANGED,), 50.0, 50.0, (), Scale(0.0, 0.0), 10)


def report(border: str, proposal: Proposal = PROPOSAL, *, away: tuple[int, int] = (108, 6)) -> LearningReport:
    material = Material(("acceptance",), 500, 400, {}, 400, 100, border, {})
    turned = {name: TurnedAway(leads, NOTHING) for name, leads in zip(("proposal", "current"), away, strict=True)}
    return LearningReport(material, (), proposal, {}, 90, (), turned, {}, boosting_available=True)


@pytest.mark.parametrize(
    ("language", "border", "words"),
    [
        ("en", "2026-09-19", "from 19 Sep 2026 on"),
        ("fr", "2026-09-19", "19 sept. 2026"),
        ("en", "641584", "from 641584 on"),
        ("en", "lot 7", "from lot 7 on"),
    ],
)
def test_the_newest_begin_on_a_day_as_the_language_writes_it(language: str, border: str, words: str) -> None:
    use_language(language)
    try:
        assert words in " ".join(opening(report(border)))
    finally:
        use_language("en")


def test_numbers_have_a_true_minus_and_no_nought_below_nought() -> None:
    assert supported_cell(Estimate(2, -2.4, 7.4, 50)) == "\u22122 to 7"
    assert supported_cell(Estimate(2, -0.4, 7.4, 50)) == "0 to 7"
    assert number(-0.0004, 3) == "0.000"
    assert points(-2.5) == "\u22122.5"


def test_the_share_turned_away_is_of_the_good_ones() -> None:
    shares = {"proposal": TurnedAway(108, Estimate(0.14, 0.12, 0.16, 776)), "current": TurnedAway(1, NOTHING)}
    assert list(turned_away_sentences(replace(report("1"), turned_away=shares)))[:2] == [
        "Good leads that the proposal would have turned away: 108, 14% (12\u201316%) of all good ones.",
        "Good leads that the agreement in force would have turned away: 1.",
    ]


def test_a_kept_threshold_that_turns_more_good_leads_away_is_explained() -> None:
    said = list(turned_away_sentences(report("1")))
    assert "the threshold stays at 50" in said[-1]
    assert "accord agreement replay FILE" in said[-1]
    unexplained = [
        report("1", away=(6, 6)),
        report("1", replace(PROPOSAL, threshold=43.0)),
        report("1", replace(PROPOSAL, criteria=(replace(CHANGED, change="kept", after=15),))),
    ]
    for one in unexplained:
        assert len(list(turned_away_sentences(one))) == 2
