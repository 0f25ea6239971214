"""Companies unlike the simulator's, made by hand with one thing wrong: it is found, and called what it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np

from accord.agreement.model import Agreement
from accord.diagnosis.report import DiagnosisReport
from accord.values import Estimate
from diagnosis.companies import AS_OF, diagnosed_rows, finding_of, kinds, plain_company

Lead = dict[str, Any]


def company(
    leads: int,
    rate: Callable[[Lead], float],
    reason: Callable[[Lead], str | None] = lambda _: None,
    *,
    seed: int = 5,
    days: int = 300,
    **columns: Any,
) -> dict[str, list[Lead]]:
    """``plain_company`` whose leads are accepted and refused by what they are; handoffs carry ``day``, from 0."""
    rng = np.random.default_rng(seed)
    tables = plain_company(leads, days=days, reps=6, **columns)
    start = AS_OF - timedelta(days=days + 35)
    for lead, handoff, decision in zip(tables["leads"], tables["handoffs"], tables["decisions"], strict=True):
        known = {**lead, "rep_id": handoff["rep_id"], "day": (handoff["at"] - start).days}
        accepted = rng.random() < rate(known)
        decision["outcome"] = "accepted" if accepted else "rejected"
        decision["reason"] = None if accepted else reason(known)
    return tables


def among(*words: str, seed: int = 1) -> Callable[[int], str]:
    """A word for each lead, evenly drawn."""
    drawn = np.random.default_rng(seed).integers(0, len(words), 20_000)
    return lambda k: words[int(drawn[k])]


def told(tables: dict[str, list[Lead]], agreement: Agreement | None = None) -> DiagnosisReport:
    return diagnosed_rows(tables, agreement)


def test_a_shift_of_the_mix_is_found_however_large_it_is() -> None:
    """The share of the health sector jumps from 12 % to 60 %: the step itself is no ordinary variation of the weeks."""
    chance = np.random.default_rng(2).random(4_000)

    def sector(k: int) -> str:
        share = 0.12 if k < 2_200 else 0.6  # 300 days for 4,000 leads: from the 165th day on
        return "health" if chance[k] < share else ("retail" if chance[k] < (1 + share) / 2 else "finance")

    report = told(company(4_000, lambda lead: 0.5 if lead["sector"] == "health" else 0.8, sector=sector))
    shift = finding_of(report, "mix_shift")
    assert shift.where == {"sector": "health"}
    began = (AS_OF - timedelta(days=335 - 165)).date()
    assert shift.since_low is not None
    assert shift.since_high is not None
    assert shift.since_low <= began <= shift.since_high
    assert isinstance(shift.effect, Estimate)
    assert shift.effect.low <= -0.48 * 0.3 <= shift.effect.high


def test_a_territory_refused_for_whose_it_is_is_a_matter_of_routing() -> None:
    """No deals are recorded, but the refusals of one territory say that it is somebody else's, whoever gets it."""

    def reason(lead: Lead) -> str:
        return "wrong_territory" if lead["territory"] == "south" and lead["day"] % 3 else "below_threshold"

    tables = company(
        3_000,
        lambda lead: 0.5 if lead["territory"] == "south" else 0.75,
        reason,
        territory=among("north", "south", "east", "west"),
        channel=among("web", "fair", "partner", seed=3),
    )
    gap = finding_of(told(tables), "rep_gap")
    assert gap.where == {"territory": "south"}
    assert gap.cause == "territory"
    assert {one.what for one in gap.evidence} >= {"routing_refusals", "routing_refusals_elsewhere"}
    assert gap.actions[0].code == "review_routes"


def test_a_territory_refused_for_what_its_leads_are_is_a_friction() -> None:
    tables = company(
        3_000,
        lambda lead: 0.5 if lead["territory"] == "south" else 0.75,
        lambda _: "below_threshold",
        territory=among("north", "south", "east", "west"),
        channel=among("web", "fair", "partner", seed=3),
    )
    report = told(tables)
    assert kinds(report) == ["segment_friction"]
    assert report.findings[0].where == {"territory": "south"}


def worked(tables: dict[str, list[Lead]], ghost: Callable[[Lead], float], seed: int = 7) -> dict[str, list[Lead]]:
    """The same with a real call a day after every acceptance, but for a share of ``ghost``."""
    rng = np.random.default_rng(seed)
    tables["activities"] = [
        {
            "activity_id": f"a{k}",
            "lead_id": handoff["lead_id"],
            "at": decision["at"] + timedelta(days=1),
            "rep_id": handoff["rep_id"],
            "kind": "call",
            "duration_s": 240,
        }
        for k, (handoff, decision) in enumerate(zip(tables["handoffs"], tables["decisions"], strict=True))
        if decision["outcome"] == "accepted" and rng.random() >= ghost(handoff)
    ]
    return tables


def test_acceptances_that_nobody_works_are_a_gap_of_definitions() -> None:
    """70 % accepted, 40 % of them without an action: what is worked lies below the floor that the rate stands above."""
    report = told(worked(company(2_000, lambda _: 0.7), lambda _: 0.4))
    gap = finding_of(report, "definition_gap")
    assert gap.where == {}
    assert kinds(report) == ["definition_gap"]
    ghost = next(one.value for one in gap.evidence if one.what == "ghost")
    assert isinstance(ghost, Estimate)
    assert ghost.low <= 0.4 <= ghost.high
    assert {action.code for action in gap.actions} == {"count_what_is_worked", "remind_the_owner"}


def test_a_few_acceptances_that_nobody_works_are_ordinary() -> None:
    assert not kinds(told(worked(company(2_000, lambda _: 0.75), lambda _: 0.1)))


def test_who_accepts_without_working_makes_token_efforts() -> None:
    report = told(
        worked(company(2_400, lambda _: 0.75), lambda handoff: 0.6 if handoff["rep_id"] == "r2" else 0.05),
    )
    assert kinds(report) == ["token_effort"]
    assert report.findings[0].where == {"rep_id": "r2"}
    assert "no real action" in report.findings[0].text["en"]


def test_a_rate_that_slides_all_year_did_not_drop() -> None:
    """25 points in 300 days, a little each day: a step explains much of it, a slope more."""
    report = told(company(6_000, lambda lead: 0.85 - 0.25 * lead["day"] / 300, channel=among("web", "fair", "partner")))
    assert not kinds(report)
    stepped = told(company(6_000, lambda lead: 0.8 if lead["day"] < 160 else 0.65, channel=among("web", "fair")))
    assert kinds(stepped) == ["sudden_drop"]


def test_without_decisions_a_lead_that_nobody_answers_is_not_called_late_as_well() -> None:
    """Acceptance is a real action then: fewer in one channel is a friction, and not slowness on top of it."""
    tables = company(
        3_000, lambda lead: 0.45 if lead["channel"] == "fair" else 0.75, channel=among("web", "fair", "partner")
    )
    worked(tables, lambda _: 0.0)
    tables["decisions"] = []
    report = told(tables)
    assert kinds(report) == ["segment_friction"]
    assert report.findings[0].where == {"channel": "fair"}


def test_the_last_weeks_of_leads_that_merely_expire_do_not_dampen_a_drop() -> None:
    """Nobody says no: of the last thirty days only what was accepted is settled, and says nothing of the rest."""
    tables = company(4_000, lambda lead: 0.8 if lead["day"] < 240 else 0.4, channel=among("web", "fair", "partner"))
    worked(tables, lambda _: 0.0)
    tables["decisions"] = []
    for row in (*tables["leads"], *tables["handoffs"], *tables["activities"]):
        for name in {"at", "created_at"} & row.keys():
            row[name] += timedelta(days=33)  # now they reach up to two days before they are looked at
    report = told(tables)
    drop = finding_of(report, "sudden_drop")
    assert drop.where == {}
    assert isinstance(drop.effect, Estimate)
    assert drop.effect.low <= -0.4 <= drop.effect.high


def rushed(tables: dict[str, list[Lead]], rep: str, seed: int = 11) -> dict[str, list[Lead]]:
    """Of every second fortnight, half of the leads of the others go to ``rep`` as well, who refuses most of these."""
    rng = np.random.default_rng(seed)
    first = tables["handoffs"][0]["at"]
    for handoff, decision in zip(tables["handoffs"], tables["decisions"], strict=True):
        crowded = (handoff["at"] - first).days // 14 % 2 == 1
        if crowded and rng.random() < 0.3:
            handoff["rep_id"] = rep
        if handoff["rep_id"] == rep and crowded:
            accepted = rng.random() < 0.3
            decision["outcome"], decision["reason"] = (
                ("accepted", None) if accepted else ("rejected", "below_threshold")
            )
    return tables


def test_who_refuses_in_the_weeks_that_bring_many_leads_is_overloaded() -> None:
    """Nobody's capacity is recorded: that the refusals come with the queue says it."""
    report = told(rushed(company(4_000, lambda _: 0.75, lambda _: "below_threshold"), "r1"))
    gap = finding_of(report, "rep_gap")
    assert gap.where == {"rep_id": "r1"}
    assert gap.cause == "overload"
    shares = {one.what: one.value for one in gap.evidence}
    busy, quiet = shares["refused_in_busy_weeks"], shares["refused_in_quiet_weeks"]
    assert isinstance(busy, Estimate)
    assert isinstance(quiet, Estimate)
    assert busy.low > quiet.high


def test_who_refuses_everything_alike_in_own_words_resists() -> None:
    def reason(lead: Lead) -> str:
        return "other: not interesting" if lead["rep_id"] == "r1" and lead["day"] % 4 else "below_threshold"

    report = told(company(3_000, lambda lead: 0.45 if lead["rep_id"] == "r1" else 0.75, reason))
    gap = finding_of(report, "rep_gap")
    assert gap.where == {"rep_id": "r1"}
    assert gap.cause == "resistance"


def test_who_refuses_more_and_gives_no_other_sign_is_asked_and_not_judged() -> None:
    report = told(company(3_000, lambda lead: 0.45 if lead["rep_id"] == "r1" else 0.75, lambda _: "below_threshold"))
    assert finding_of(report, "rep_gap").cause == "undetermined"
