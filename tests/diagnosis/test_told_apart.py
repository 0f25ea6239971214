"""What looks like something else: who waves through and who chooses, a step and a lasting gap."""

from __future__ import annotations

import numpy as np
import pytest

from accord.demo.company import Cause, Company
from accord.diagnosis.accepting import CHOOSING, rising
from accord.diagnosis.cases import Dimension
from accord.diagnosis.dating import first_day
from accord.diagnosis.pricing import DEEPER, Prices
from accord.diagnosis.scan import Candidate, Scan
from accord.stats.steps import Cuts
from diagnosis.companies import diagnosed, finding_of, kinds


def test_somebodys_kind_of_lead_pays_for_such_pairs_alone() -> None:
    rng = np.random.default_rng(3)
    sizes = {"rep_id": 5, "sector": 4, "channel": 6, "country": 6}
    dimensions = [
        Dimension(name, rng.integers(size, size=6_000), tuple(map(str, range(size)))) for name, size in sizes.items()
    ]
    scan = Scan(dimensions, range(4), np.arange(6_000) // 120, 50, steps=True, deepest=2)
    prices = Prices(scan, 0)
    theirs, others = 5 * 4, 4 * 6 + 4 * 6 + 6 * 6
    assert prices.of(Candidate(((0, 1), (1, 1)))) == pytest.approx(2 * np.log(theirs) + DEEPER)
    assert prices.of(Candidate(((1, 1), (2, 1)))) == pytest.approx(2 * np.log(others) + DEEPER)
    assert prices.of(Candidate(((0, 1),))) == pytest.approx(2 * np.log(sum(sizes.values())))


def test_acceptance_that_rises_with_the_score_is_a_choice() -> None:
    rng = np.random.default_rng(7)
    score = rng.normal(70, 15, 3_000)
    chooses = rng.random(3_000) < 1 / (1 + np.exp(-(2.6 + 0.03 * (score - 70))))
    waves = rng.random(3_000) < 0.93
    assert rising(chooses, score) > CHOOSING
    assert abs(rising(waves, score)) < CHOOSING
    assert rising(np.ones(5, dtype=bool), score[:5]) == 0.0


def test_the_interval_of_a_date_holds_what_explains_as_much_however_far_it_is() -> None:
    z = np.zeros(300)
    z[100], z[101], z[155], z[250] = -6.0, -5.8, -5.7, 5.9  # of the other sign: not this step
    scan = Cuts(z, z, np.ones(300))
    assert first_day(scan, 100, -1.0) == (100, 100, 155)
    assert first_day(scan, 250, 1.0) == (250, 250, 250)


@pytest.mark.slow
def test_who_accepts_nearly_all_they_decide_is_found_among_few_leads() -> None:
    company = Company().with_causes(Cause("rubber_stamp", {"rep_id": "R010"}, 0.96))
    report = diagnosed(company, 5_000, 41_012_002)
    assert dict(finding_of(report, "rubber_stamp").where) == {"rep_id": "R010"}


@pytest.mark.slow
def test_a_drop_early_in_the_year_is_no_lasting_friction() -> None:
    drop = Cause("sudden_drop", {"job_function": "engineering"}, 0.26, weeks_before_end=37)
    report = diagnosed(Company().with_causes(drop), 5_000, 41_003_000)
    assert kinds(report) == ["sudden_drop"]
    assert dict(finding_of(report, "sudden_drop").where) == {"job_function": "engineering"}
