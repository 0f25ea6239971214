"""A draft is an agreement: it loads, keeps what it does not change, and its points are the proposal's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from accord.agreement.load import load_agreement
from accord.learning.draft import amended_agreement, amended_draft, new_draft, next_version
from accord.learning.figures import Change, Proposal, ProposedCriterion
from accord.learning.frame import Frame
from accord.learning.points import Scale
from accord.learning.proposing import fresh_proposal
from accord.learning.scorecard import learn_scorecard
from accord.scoring.one import score_one
from accord.scoring.rules import prepare
from accord.values import Reason, Unknown
from learning.made import frame_of

AGREEMENT = """\
# Ours, since the spring meeting.
name: Acme
version: "1.4"

qualification:
  axes: {engagement: {max: 30}}
  criteria:
    - id: size        # asked for by sales
      axis: fit
      label: {en: Size, fr: Taille}
      why: {en: They buy., fr: Elles achètent.}
      points: 20
      when: {field: employees, at_least: 50}
    - {id: webinar, axis: engagement, label: {en: W, fr: W}, why: {en: W, fr: W}, points: 5, cap: 10,
       touches: {kind: webinar}}
    - {id: gone, axis: fit, label: {en: G, fr: G}, why: {en: G, fr: G}, points: 3, when: {field: country, is: FR}}
  overrides:
    - {name: Health, where: {sector: [health]}, points: {webinar: 10, gone: 1}}
  threshold: 20
  bands: [{name: A, from: 30}, {name: B}]
"""
NOTHING = Unknown(Reason.NOT_RECORDED)
TEXT = {"en": "T", "fr": "T"}


def criterion(
    name: str, change: Change, before: float | None, after: float | None, **written: object
) -> ProposedCriterion:
    axis = "fit" if name == "gone" else "engagement"
    figures = (NOTHING, NOTHING, NOTHING, NOTHING)
    return ProposedCriterion(name, axis, change, before, after, written, TEXT, TEXT, *figures)


PROPOSAL = Proposal(
    (
        criterion("size", "kept", 20, 20),
        criterion("webinar", "changed", 5, 20),
        criterion("gone", "removed", 3, None),
        criterion("demo", "added", None, 40, touches={"kind": ["demo_request"], "within_days": 90, "at_most": 1}),
    ),
    20,
    25,
    (("A", 30.0), ("B", None)),
    Scale(0, 0),
    4,
)


def test_the_file_keeps_what_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "accord.yaml"
    path.write_text(AGREEMENT, encoding="utf-8")
    text = amended_draft(path.read_text(encoding="utf-8"), PROPOSAL)
    path.write_text(text, encoding="utf-8")
    agreement = load_agreement(path).agreement
    assert agreement.version == "1.5"
    assert text.startswith("# Ours, since the spring meeting.\nname: Acme\n")
    assert "# asked for by sales" in text
    said = agreement.qualification
    assert said is not None
    points = {one.id: one.points for one in said.criteria}
    assert points == {"size": 20, "webinar": 20, "demo": 40}
    assert next(one.cap for one in said.criteria if one.id == "webinar") == 40  # in proportion
    assert said.overrides[0].points == {"webinar": 40}
    assert said.axes.engagement.most == 40  # raised, or the draft would contradict itself
    assert said.threshold == 25


def test_the_agreement_and_the_file_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "accord.yaml"
    path.write_text(AGREEMENT, encoding="utf-8")
    before = load_agreement(path).agreement
    path.write_text(amended_draft(path.read_text(encoding="utf-8"), PROPOSAL), encoding="utf-8")
    written = load_agreement(path).agreement
    assert amended_agreement(before, PROPOSAL) == written.model_copy(update={"version": "1.4"})


def test_an_agreement_without_qualification_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "accord.yaml"
    path.write_text("name: Acme  # new\nversion: '1'\n", encoding="utf-8")
    proposal = fresh_proposal(learn_scorecard(frame_of(1, 3000)), frame_of(1, 3000))
    path.write_text(amended_draft(path.read_text(encoding="utf-8"), proposal), encoding="utf-8")
    said = load_agreement(path).agreement.qualification
    assert said is not None
    assert len(said.criteria) == len(proposal.criteria)
    assert "name: Acme  # new" in path.read_text(encoding="utf-8")


def test_a_new_draft_scores_leads_as_it_was_learnt(tmp_path: Path) -> None:
    frame = frame_of(3, 4000)
    card = learn_scorecard(frame)
    path = tmp_path / "draft.yaml"
    path.write_text(new_draft(fresh_proposal(card, frame), "New"), encoding="utf-8")
    rules = prepare(load_agreement(path).agreement)
    fresh = frame_of(4, 300)
    scores = card.scores(fresh)
    for row in range(fresh.size):
        assert score_one(rules, lead_of(fresh, row), (), MOMENT).score == 100 * scores[row]


MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001 - naive UTC


def lead_of(frame: Frame, row: int) -> dict[str, object]:
    lead: dict[str, object] = {}
    for name, one in frame.fields.items():
        if one.kind == "number":
            lead[name] = float(one.values[row])
        else:
            lead[name] = None if one.codes[row] < 0 else one.words[one.codes[row]]
    return lead


@pytest.mark.parametrize(
    ("before", "after"),
    [("1", "2"), ("1.9", "1.10"), ("2026-03", "2026-4"), ("autumn", "autumn-2"), ("v2 draft", "v3 draft")],
)
def test_the_next_version(before: str, after: str) -> None:
    assert next_version(before) == after


def test_an_axis_is_never_lowered() -> None:
    agreement = load_agreement(Path("absent.yaml")).agreement
    smaller = replace(PROPOSAL, criteria=(criterion("demo", "added", None, 5, when={"field": "x", "exists": True}),))
    assert amended_agreement(agreement, replace(smaller, threshold=5)).qualification is not None
