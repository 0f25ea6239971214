"""The agreement of the simulated company says the rule that its leads were scored by."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.agreement.load import load_agreement
from accord.demo.agreement import agreement_text
from accord.demo.company import DEMO, HEALTHY, Company
from accord.demo.rule import CRITERIA, THRESHOLD
from demo.test_episodes_by_hand import UNTIL


@pytest.mark.parametrize(("company", "download"), [(HEALTHY, (5, 10)), (DEMO, (15, 30))])
def test_the_points_are_those_of_the_rule_and_of_what_is_planted(
    company: Company, download: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "accord.yaml").write_text(agreement_text(company, 1_000, UNTIL), encoding="utf-8")
    said = load_agreement(tmp_path / "accord.yaml").agreement.qualification
    assert said is not None
    assert said.threshold == pytest.approx(THRESHOLD)
    assert [(band.name, band.lowest) for band in said.bands] == [("A", 90), ("B", 70), ("C", 50), ("D", None)]
    criteria = {criterion.id: criterion for criterion in said.criteria}
    assert set(CRITERIA) <= criteria.keys()
    assert [criteria["download"].points, criteria["download"].cap] == list(download)
    assert criteria["webinar"].points == pytest.approx(7), "what the second version changed"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_criterion_is_said_in_words_of_its_own(language: str, tmp_path: Path) -> None:
    (tmp_path / "accord.yaml").write_text(agreement_text(DEMO, 1_000, UNTIL), encoding="utf-8")
    agreed = load_agreement(tmp_path / "accord.yaml").agreement.qualification
    assert agreed is not None
    labels = [getattr(criterion.label, language) for criterion in agreed.criteria]
    assert len(set(labels)) == len(labels)
    for label, criterion in zip(labels, agreed.criteria, strict=True):
        assert "_" not in label + getattr(criterion.why, language)
        assert "true" not in label
