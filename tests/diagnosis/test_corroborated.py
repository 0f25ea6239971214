"""What is said twice: by a value and a criterion of the same leads, by acceptance and by deals, reasons or loads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accord.agreement.model import Materiality
from accord.demo.company import HEALTHY, Cause, Company
from accord.diagnosis.accepting import about_accepting
from accord.diagnosis.cases import Cases, Dimension, fetch_cases
from accord.diagnosis.people import CLEARLY, corroborated, poorly_converting
from accord.diagnosis.pricing import Prices
from accord.diagnosis.scan import Candidate, Scan
from accord.diagnosis.signals import weighed
from accord.metrics.cells import MISSING
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.tables.times import microseconds
from diagnosis.companies import AGREEMENT, READ, SCORED, diagnosed, diagnosed_with_points, own_agreement, source_of

STEEP = replace(Company(), worth_slope=1.5)
TRIAL = STEEP.with_causes(Cause("underweighted_signal", {"criterion": "trial"}, 0.17))


def cases_of(company: Company, size: int, seed: int, folder: Path | None = None) -> Cases:
    agreement = AGREEMENT if folder is None else own_agreement(company, size, folder)
    with source_of(company, size, seed, agreement, READ if folder is None else SCORED) as source:
        clock = business_clock_at(agreement, source.as_of)
        return fetch_cases(source, Observation("explicit", agreement.acceptance, microseconds(source.as_of), clock))


def test_what_something_else_speaks_of_pays_for_the_values_of_its_dimension() -> None:
    rng = np.random.default_rng(3)
    sizes = {"sector": 4, "territory": 11, "country": 6}
    dimensions = [
        Dimension(name, rng.integers(size, size=6_000), tuple(map(str, range(size)))) for name, size in sizes.items()
    ]
    scan = Scan(dimensions, range(3), np.arange(6_000) // 120, 50, steps=True, deepest=2)
    prices = Prices(scan, 0, frozenset({(1, 2)}))
    assert prices.of(Candidate(((1, 2),))) == pytest.approx(2 * np.log(11))
    assert prices.of(Candidate(((1, 3),))) == pytest.approx(2 * np.log(4 + 11 + 6))
    assert prices.of(Candidate(((1, 2),), 5)) == prices.of(Candidate(((1, 3),), 5)), "of a lasting difference alone"


def test_only_the_planted_territory_is_spoken_of() -> None:
    gap = Cause("rep_gap", {"territory": "Nord-Est"}, 0.2, reason="territory")
    assert corroborated(cases_of(Company().with_causes(gap), 5_000, 531)) == {("territory", "Nord-Est")}
    assert corroborated(cases_of(HEALTHY, 5_000, 532)) == frozenset()


def test_only_who_refuses_without_a_reason_is_spoken_of() -> None:
    for who in ({"rep_id": "R004"}, {"team": "DACH"}):
        gap = Cause("rep_gap", who, 0.2, reason="resistance")
        assert set(who.items()) <= corroborated(cases_of(Company().with_causes(gap), 3_000, 537))
    assert corroborated(cases_of(HEALTHY, 3_000, 538)) == frozenset()


def test_what_a_settled_gap_is_called_asks_one_question_and_pays_for_one() -> None:
    """Deals from accepted leads of a territory, 2.5 standard errors fewer: no place to look, but a name for a gap."""
    cases = cases_of(HEALTHY, 3_000, 539)
    territory = cases.dimension("territory")
    assert territory is not None
    value = int(np.bincount(territory.code).argmax())
    inside, taken = territory.code == value, cases.accepted & cases.settled
    converted = np.zeros(len(cases), dtype=np.bool_)
    for rows, rate in ((taken & ~inside, 0.3), (taken & inside, 0.3 - 2.5 * (0.21 / (taken & inside).sum()) ** 0.5)):
        places = np.flatnonzero(rows)
        converted[places[: round(rate * places.size)]] = True
    altered = replace(cases, converted=converted)
    assert poorly_converting(altered, inside)[0]
    assert not poorly_converting(altered, inside, CLEARLY)[0]
    assert ("territory", territory.values[value]) not in corroborated(altered)


@pytest.mark.slow
def test_a_team_that_refuses_without_a_reason_is_found_where_its_rate_alone_is_not_enough() -> None:
    gap = Cause("rep_gap", {"team": "France Sud"}, 0.11, reason="resistance")
    found = diagnosed(Company().with_causes(gap), 5_000, 540).findings
    assert [(one.kind, dict(one.where), one.cause) for one in found] == [
        ("rep_gap", {"team": "France Sud"}, "resistance")
    ]


@pytest.mark.slow
def test_leads_of_a_country_that_a_team_has_to_itself_are_named_by_the_country() -> None:
    good = Cause("segment_model", {"country": "GB", "lead_type": "webinar"}, 0.22)
    report = diagnosed(Company().with_causes(good), 8_000, 541)
    assert not report.findings
    assert [dict(model.where) for model in report.models] == [{"country": "GB", "lead_type": "webinar"}]


@pytest.mark.slow
def test_a_country_whose_leads_are_nearly_all_accepted_is_no_stamp_of_its_team() -> None:
    report = diagnosed(Company().with_causes(Cause("segment_model", {"country": "GB"}, 0.22)), 5_000, 542)
    assert not report.findings
    assert [dict(model.where) for model in report.models] == [{"country": "GB"}]


@pytest.mark.slow
def test_a_territory_of_which_refusals_and_deals_speak_is_found_where_its_rate_alone_is_not_enough() -> None:
    gap = Cause("rep_gap", {"territory": "England South"}, 0.16, reason="territory")
    found = diagnosed(Company().with_causes(gap), 5_000, 533).findings
    assert [(one.kind, dict(one.where), one.cause) for one in found] == [
        ("rep_gap", {"territory": "England South"}, "territory")
    ]


@pytest.mark.slow
def test_a_criterion_is_named_instead_of_the_type_of_lead_that_it_makes(tmp_path: Path) -> None:
    report = diagnosed_with_points(TRIAL, 6_000, 534, tmp_path)
    assert [(one.kind, dict(one.where)) for one in report.findings] == [
        ("underweighted_signal", {"criterion": "trial"})
    ]
    assert not [model for model in report.models if "lead_type" in model.where]


@pytest.mark.slow
def test_a_type_of_lead_worth_more_than_any_points_is_a_model(tmp_path: Path) -> None:
    company = Company().with_causes(Cause("segment_model", {"lead_type": "trial"}, 0.2))
    report = diagnosed_with_points(company, 6_000, 535, tmp_path)
    assert not report.findings
    assert [dict(model.where) for model in report.models] == [{"lead_type": "trial"}]


def test_a_value_is_said_by_a_criterion_of_the_same_leads_alone(tmp_path: Path) -> None:
    cases = cases_of(TRIAL, 5_000, 534, tmp_path)
    judged = weighed(cases)
    assert judged is not None
    assert judged.said_by(cases) == {("lead_type", "trial"): "trial"}


def test_leads_without_a_value_are_no_model() -> None:
    """A third of the leads, accepted far more often: a model where their sector is known, and none where it is not."""
    cases = cases_of(HEALTHY, 3_000, 536)
    sector = cases.dimension("sector")
    assert sector is not None
    chosen = np.arange(len(cases)) % 3 == 0
    for value, models in (("glass", [{"sector": "glass"}]), (MISSING, [])):
        values = (*(one for one in sector.values if one != MISSING), value)
        code = np.where(chosen, len(values) - 1, np.arange(len(cases)) // 3 % (len(values) - 1))
        dimensions = tuple(d for d in cases.dimensions if d.name != "sector")
        altered = replace(
            cases,
            accepted=np.where(chosen, np.arange(len(cases)) % 10 > 0, cases.accepted),
            dimensions=(*dimensions, Dimension("sector", code, values)),
        )
        told = about_accepting(altered, Materiality(), np.zeros(len(cases), dtype=np.bool_), weighed(altered))
        assert [dict(model.where) for model in told.models] == models


def test_criteria_that_take_points_away_stand_for_no_leads(tmp_path: Path) -> None:
    """Students are accepted far less than their minus points say: they are a kind of lead, no points are missing."""
    company = replace(Company(), worth_slope=1.0)
    cases = cases_of(
        company.with_causes(Cause("segment_friction", {"seniority": "student"}, 0.4)), 12_000, 541, tmp_path
    )
    judged = weighed(cases)
    assert judged is not None
    taking = {one.id for one in judged.points.criteria if one.points < 0}
    assert taking & judged.closely.keys(), "their points are looked at closely all the same"
    assert not taking & {signal.name for signal in judged.signals(np.arange(len(cases)))}
    assert ("seniority", "student") not in judged.said_by(cases)
