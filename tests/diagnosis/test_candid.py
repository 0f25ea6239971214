"""Beside a gap stands what the plain shares say where that is something else, and what the data cannot tell apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accord.demo.company import Cause, Company
from accord.diagnosis.apart import TOGETHER, candid
from accord.diagnosis.cases import Cases, Dimension, Rows
from accord.diagnosis.report import DiagnosisReport, Evidence, Finding, Kind
from accord.diagnosis.shares import share
from accord.diagnosis.viewing import Viewer, seen_by
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import diagnosed
from diagnosis.test_by_hours import looked_at

UNKNOWN = Unknown(Reason.NOT_IDENTIFIED)
EFFECT = -0.12


@pytest.fixture(scope="module")
def some() -> Cases:
    cases, _report = looked_at(Company(), 4_000, 11, 0.0)
    return cases


def mixed(some: Cases, kind: str, web: float, others: float) -> tuple[Cases, Rows]:
    """Leads from the web fare worse by ``EFFECT`` in either sector; good sectors are ``web`` of theirs."""
    rng = np.random.default_rng(5)
    inside = rng.random(len(some)) < 0.4
    good = rng.random(len(some)) < np.where(inside, web, others)
    rate = np.where(good, 0.8, 0.4) + EFFECT * inside
    happened = rng.random(len(some)) < (rate if kind == "accepted" else 1 - rate)
    everything = np.ones(len(some), dtype=np.bool_)
    dimensions = (
        Dimension("channel", inside.astype(np.int64), ("fair", "web")),
        Dimension("sector", good.astype(np.int64), ("bad", "good")),
        Dimension("origin", rng.integers(2, size=len(some)), ("a", "b")),
    )
    cases = replace(some, dimensions=dimensions, settled=everything, judged=everything, beside=())
    return replace(cases, **{kind: happened}), inside


def found(cases: Cases, inside: Rows, kind: Kind) -> Finding:
    late = kind == "slow_response"
    what, happened = ("late", cases.late) if late else ("rate", cases.accepted)
    size = -EFFECT if late else EFFECT
    return Finding(
        kind=kind,
        where={"channel": "web"},
        confidence=0.99,
        effect=Estimate(size, size - 0.03, size + 0.03, int(inside.sum())),
        leads=int(inside.sum()),
        lost_acceptances=UNKNOWN,
        cost=UNKNOWN,
        text={"en": "A gap.", "fr": "Un écart."},
        actions=(),
        evidence=(Evidence(what, share(happened, inside)), Evidence(f"{what}_elsewhere", share(happened, ~inside))),
    )


@pytest.mark.parametrize(("kind", "of"), [("segment_friction", "accepted"), ("slow_response", "late")])
def test_a_gap_that_the_plain_shares_turn_round_is_told_with_the_column_that_does_it(
    some: Cases, kind: Kind, of: str
) -> None:
    cases, inside = mixed(some, of, 0.9, 0.2)
    told = candid(cases, found(cases, inside, kind))
    here, elsewhere = (round(100 * getattr(cases, of)[rows].mean()) for rows in (inside, ~inside))
    assert (here > elsewhere) == (of == "accepted"), "the other way round than the gap"
    assert f"{here}% of these leads" in told.text["en"]
    assert (
        f"{elsewhere}% of the others: the gap shows only among comparable leads (alike in sector, " in told.text["en"]
    )
    (alike,) = [one.value for one in told.evidence if "_alike: " in one.what]
    assert isinstance(alike, Estimate)
    expected = 0.9 * 0.8 + 0.1 * 0.4
    assert alike.low < (expected if of == "accepted" else 1 - expected) < alike.high
    assert f"{round(100 * alike.value)}% elsewhere" in told.text["en"]


def test_a_gap_that_the_plain_shares_show_needs_no_word(some: Cases) -> None:
    cases, inside = mixed(some, "accepted", 0.5, 0.5)
    plain = found(cases, inside, "segment_friction")
    assert candid(cases, plain) == plain


def test_a_gap_that_mostly_is_the_mix_is_told_as_well(some: Cases) -> None:
    cases, inside = mixed(some, "accepted", 0.1, 0.9)
    told = candid(cases, found(cases, inside, "segment_friction"))
    assert "much of that is gone among comparable leads (alike in sector" in told.text["en"]


@pytest.fixture(scope="module")
def untrained() -> DiagnosisReport:
    """A team that has a country nearly to itself, and a kind of lead that it was not trained for."""
    cause = Cause("rep_gap", {"team": "DACH", "lead_type": "white_paper"}, strength=0.35, reason="training")
    return diagnosed(Company().with_causes(cause), 5_000, 712)


def test_leads_and_those_who_work_them_are_both_named_where_nothing_tells_them_apart(
    untrained: DiagnosisReport,
) -> None:
    (finding,) = [one for one in untrained.findings if one.kind == "segment_friction"]
    assert finding.where == {"country": "DE", "lead_type": "white_paper"}
    assert "% of leads in country DE go to team DACH: the data cannot tell" in finding.text["en"]
    assert "vont à l’équipe DACH" in finding.text["fr"]
    (same,) = [one.value for one in finding.evidence if one.what == "same_leads: team=DACH"]
    assert isinstance(same, Estimate)
    assert same.value > 0.88
    assert finding.actions[0].code == TOGETHER
    assert "team DACH" in finding.actions[0].text["en"]


def test_whoever_may_not_see_the_team_reads_of_the_leads_alone(untrained: DiagnosisReport) -> None:
    theirs = seen_by(untrained, Viewer("manager", team="DACH"), {})
    assert any("DACH" in finding.text["en"] for finding in theirs.findings)
    for viewer in (Viewer("manager", team="Benelux"), Viewer("rep", rep_id="R001")):
        (finding,) = [one for one in seen_by(untrained, viewer, {}).findings if one.kind == "segment_friction"]
        assert "go to the same people: the data cannot tell" in finding.text["en"]
        assert "DACH" not in repr(finding)
