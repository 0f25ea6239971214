"""The draft of the next version: made from the version in force, its bands within reach, what was only tracked seen."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from accord.agreement.load import load_agreement
from accord.agreement.qualification import Qualification
from accord.cli.main import run
from accord.learning.figures import Proposal
from accord.learning.from_workspace import learn_from_workspace
from accord.learning.proposing import moved_bands
from accord.readmodel.opening import open_source
from accord.store.database import open_store
from accord.workspace import Workspace
from handoff.company import NOON, fill

AGREEMENT = """\
# As agreed in spring.
name: small
version: "1"
qualification:
  criteria:
    - {id: large, axis: fit, points: 20, when: {field: employees, at_least: 50}, label: {en: L, fr: L}, why: {en: x, fr: x}}
    - {id: health, axis: fit, points: 20, when: {field: sector, is: health}, label: {en: H, fr: H}, why: {en: x, fr: x}}
    - {id: need, axis: need, points: 20, when: {field: need, is: defined}, label: {en: N, fr: N}, why: {en: x, fr: x}}
    - {id: abroad, axis: fit, points: 0, when: {field: country, is: XX}, label: {en: A, fr: A}, why: {en: x, fr: x}}
  threshold: 60
  bands: [{name: A, from: 60}, {name: B, from: 40}, {name: C}]
"""  # noqa: E501


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,500 leads: size and need tell as much, health nothing; few from abroad are accepted, which is only tracked."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "accord.yaml").write_text(AGREEMENT, encoding="utf-8")
    place, chance = Workspace(folder), random.Random(4)
    open_store(place.database_url, create=True).close()
    rows, handoffs, decisions = [], [], []
    for number in range(1500):
        large, health, abroad, need = (chance.random() < 0.5 for _ in range(4))
        good = chance.random() < 0.25 + 0.3 * large + 0.3 * need - 0.2 * abroad
        lead, at = f"L{number:04}", NOON - timedelta(days=300) + timedelta(hours=4 * number)
        columns = {"sector": "health" if health else "it", "country": "XX" if abroad else "FR"}
        columns["need"] = "defined" if need else "none"
        rows.append({"lead_id": lead, "created_at": at - timedelta(days=1), "employees": 80 if large else 8, **columns})
        handoffs.append({"handoff_id": f"h{lead}", "lead_id": lead, "at": at})
        decisions.append(
            {"decision_id": f"d{lead}", "handoff_id": f"h{lead}", "lead_id": lead, "at": at + timedelta(hours=1)}
            | {"outcome": "accepted" if good else "rejected", "reason": None if good else "sector"}
        )
    fill(place, leads=rows, handoffs=handoffs, decisions=decisions)
    return folder


def test_what_was_only_tracked_gets_points_and_bands_stay_within_reach(company: Path) -> None:
    place = Workspace(company)
    with open_source(place) as source:
        proposal = learn_from_workspace(place, source).proposal
    assert isinstance(proposal, Proposal)
    after = {one.id: one.after for one in proposal.criteria}
    assert after["abroad"] is not None
    assert after["abroad"] < 0
    health = after["health"] or 0
    assert health < 10
    assert proposal.threshold_before == 60
    assert proposal.threshold <= (after["large"] or 0) + (after["need"] or 0) + health < 60
    bands = dict(proposal.bands)
    assert bands["A"] == proposal.threshold  # where it began before
    assert bands["B"] is not None
    assert bands["B"] < proposal.threshold
    assert proposal.bands_before == (("A", 60.0), ("B", 40.0), ("C", None))


def test_the_draft_is_made_from_the_version_in_force(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(company))
    assert run(["agreement", "propose", *place]) == 0
    for side, name in (("marketing", "Ann"), ("sales", "Bob")):
        assert run(["agreement", "sign", "--side", side, "--name", name, *place]) == 0
    edited = AGREEMENT.replace('"1"', '"1.5"').replace(
        "points: 20, when: {field: sector", "points: 7, when: {field: sector"
    )
    (company / "accord.yaml").write_text(edited, encoding="utf-8")
    draft = company / "next.yaml"
    capsys.readouterr()
    assert run(["learn", "--write", str(draft), *place]) == 0
    out, err = capsys.readouterr()
    assert "The draft changes version 1, which is in force." in err
    assert "A from " in out
    written = load_agreement(draft).agreement
    said = written.qualification
    assert isinstance(said, Qualification)
    assert written.version == "2"
    assert draft.read_text(encoding="utf-8").startswith("# As agreed in spring.\n")
    points = {one.id: one.points for one in said.criteria}
    assert points.get("health") != 7
    assert points["abroad"] < 0
    assert [
        (band.name, band.lowest) for band in said.bands if band.lowest is not None and band.lowest > said.threshold
    ] == []


def test_each_band_keeps_its_share_of_the_leads() -> None:
    random = np.random.default_rng(3)
    before = random.integers(0, 90, 5000).astype(float)
    after = before * 0.5 + 3
    moved = moved_bands([("A", 80.0), ("B", 60.0), ("C", 25.0), ("D", None)], before, after, (60.0, 33.0))
    for (_name, lowest), (name, begins) in zip((("A", 80.0), ("C", 25.0)), (moved[0], moved[2]), strict=True):
        assert begins is not None, name
        # to the next whole point: a point of the new scores holds 1 / 45 of the leads
        assert abs((after >= begins).mean() - (before >= lowest).mean()) < 1 / 44
    assert moved[1] == ("B", 33.0)
    assert moved[3] == ("D", None)
    reached = moved_bands([("A", 95.0), ("B", 60.0)], before, after, (60.0, 33.0))
    assert reached == (("A", 95.0), ("B", 33.0))  # nobody reached A before
