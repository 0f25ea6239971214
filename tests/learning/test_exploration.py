"""The lot's draws are read from what was kept with each handoff; nothing else counts as drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from accord.learning.exploration import drawn_shares
from accord.learning.from_workspace import learn_from_workspace
from accord.qualification.handoff import hand_over
from accord.qualification.judging import override_lead
from accord.readmodel.opening import open_source
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.session import connect
from accord.values import Estimate
from accord.workspace import Workspace
from handoff.company import AGREEMENT, NOON, agree, fill, leads

EXPLORING = "  exploration: {share: 0.4}\nhandoff: {exploration_within_days: 25}\n"


@dataclass(frozen=True)
class Handed:
    place: Workspace
    drawn: set[str]
    others: set[str]


@pytest.fixture(params=["sqlite", "postgresql"])
def handed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Handed:
    """Sixty leads below the threshold of which the lot draws some, one that a person puts forward, one that crosses."""
    if request.param == "postgresql":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    else:
        monkeypatch.delenv("ACCORD_DATABASE", raising=False)
    agree(tmp_path, EXPLORING)
    open_store(Workspace(tmp_path).database_url, create=True).close()
    fill(Workspace(tmp_path), **leads(60, webinars=0))
    fill(Workspace(tmp_path), **leads(1, first=61, webinars=2))
    override_lead(Workspace(tmp_path), "L001", "up", reason="Met them.", name="Ann", at=NOON)
    report = hand_over(Workspace(tmp_path), NOON)
    kinds = {each.handoff_id: each.kind for each in report.handed}
    drawn = {handoff for handoff, kind in kinds.items() if kind == "explored"}
    assert set(kinds.values()) == {"explored", "judged", "crossed"}
    return Handed(Workspace(tmp_path), drawn, kinds.keys() - drawn)


def test_only_what_the_lot_drew_counts_as_drawn_at_the_share_of_then(handed: Handed) -> None:
    assert drawn_shares(handed.place) == dict.fromkeys(handed.drawn, 0.4)
    # Another share in the next version changes nothing of what was drawn before.
    later = agree(handed.place.root, EXPLORING.replace("0.4", "0.1"))
    assert drawn_shares(later) == dict.fromkeys(handed.drawn, 0.4)
    never = agree(handed.place.root)
    assert drawn_shares(never) == dict.fromkeys(handed.drawn, 0.4)


def test_a_handoff_that_did_not_keep_the_share_has_that_of_the_agreement(handed: Handed) -> None:
    """Handoffs of before the share was kept: no version of that digest was proposed, so the agreement in force."""
    if handed.place.database_url.startswith("postgresql"):
        return
    session = connect(address_of(handed.place.database_url))
    names = [name for (name,) in session.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        if name.startswith("handoff_traces"):
            session.execute(f"DROP TRIGGER {name}")
    session.execute("UPDATE handoff_traces SET trace = json_remove(trace, '$.exploration_share')")
    session.close()
    later = agree(handed.place.root, EXPLORING.replace("0.4", "0.25"))
    assert drawn_shares(later) == dict.fromkeys(handed.drawn, 0.25)


def test_an_agreement_that_explores_counts_nobody_as_drawn_who_was_not(tmp_path: Path) -> None:
    """Leads of another system below the threshold: a share in the agreement says nothing of them."""
    place = agree(tmp_path, EXPLORING)
    open_store(place.database_url, create=True).close()
    tables = leads(300, webinars=0)
    fill(place, **tables)
    ids = [row["lead_id"] for row in tables["leads"]]
    fill(place, handoffs=[{"handoff_id": f"h{lead}", "lead_id": lead, "at": NOON} for lead in ids])
    outcome = ["accepted", "rejected"]
    fill(
        place,
        decisions=[
            {"decision_id": f"d{lead}", "handoff_id": f"h{lead}", "lead_id": lead, "at": NOON}
            | {"outcome": outcome[number % 2], "reason": "sector" if number % 2 else None}
            for number, lead in enumerate(ids)
        ],
    )
    with open_source(place) as source:
        found = learn_from_workspace(place, source)
    assert found.material.leads == 300
    assert (found.material.explored, found.material.stand_for) == (0, 0.0)


def test_bands_of_a_grid_are_those_of_the_grid(tmp_path: Path) -> None:
    """Every lead of a large company is an A by the grid, whatever its score; counted by hand."""
    fresh = AGREEMENT.replace(
        "bands: [{name: A, from: 40}, {name: B, from: 30}, {name: C}]",
        "bands: [{name: A}, {name: B}]\n  grid: {fit: [0, 20], engagement: [0], bands: [[B], [A]]}",
    )
    assert "grid" in fresh
    place = agree(tmp_path, text=fresh)
    open_store(place.database_url, create=True).close()
    tables = leads(400, webinars=1)
    for number, row in enumerate(tables["leads"]):
        row["employees"] = 80 if number % 3 else 4
    fill(place, **tables)
    ids = [(number, row["lead_id"]) for number, row in enumerate(tables["leads"])]
    at = {lead: NOON + timedelta(minutes=number) for number, lead in ids}
    fill(place, handoffs=[{"handoff_id": f"h{lead}", "lead_id": lead, "at": at[lead]} for _number, lead in ids])
    good = {lead: number % 3 > 0 if number % 5 else number % 2 == 0 for number, lead in ids}
    decisions = [
        {"decision_id": f"d{lead}", "handoff_id": f"h{lead}", "lead_id": lead, "at": at[lead] + timedelta(hours=1)}
        | {"outcome": "accepted" if good[lead] else "rejected", "reason": None if good[lead] else "sector"}
        for _number, lead in ids
    ]
    fill(place, decisions=decisions)
    with open_source(place) as source:
        found = learn_from_workspace(place, source)
    newest = [(number, lead) for number, lead in ids if number >= 320]
    by_hand = {
        band: [good[lead] for number, lead in newest if bool(number % 3) is large]
        for band, large in (("A", True), ("B", False))
    }
    assert {one.band: one.leads for one in found.bands} == {band: len(those) for band, those in by_hand.items()}
    for one in found.bands:
        assert isinstance(one.rate, Estimate)
        assert one.rate.value == pytest.approx(sum(by_hand[one.band]) / len(by_hand[one.band]))
        assert one.lowest is None
