"""Why the rate moved: parts that add up to the whole in every dimension; shifts of the mix told from falls of rates."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from math import fsum
from typing import Any

import numpy as np
import pytest

from accord.demo.company import Cause, Company
from accord.diagnosis.cases import fetch_cases
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import DiagnosisReport
from accord.diagnosis.verdict import judge
from accord.diagnosis.watching import settling
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.envelope import dumps
from accord.tables.times import microseconds
from accord.values import Estimate
from diagnosis.companies import (
    AGREEMENT,
    UNTIL,
    diagnosed,
    diagnosed_rows,
    finding_of,
    kinds,
    plain_company,
    source_of,
)


def moved(report: DiagnosisReport) -> None:
    """Every table of a change adds up to it, in rates, in acceptances and in money."""
    change = report.change
    assert change is not None
    assert change.tables
    for table in change.tables:
        parts = (table.mix, table.rate, table.interaction)
        assert fsum(parts) == pytest.approx(change.moved.value, abs=1e-12)
        for place, part in enumerate(parts):
            assert part == pytest.approx(
                fsum((row.mix, row.rate, row.interaction)[place] for row in table.rows), abs=1e-12
            )
        assert sum(row.after for row in table.rows) == change.leads
        assert fsum(parts) * table.leads == pytest.approx(change.acceptances, abs=1e-8)
    said: Any = json.loads(dumps(diagnosis_json(report)))["data"]["change"]
    for cut in said["dimensions"]:
        assert sum(cut["acceptances"].values()) == pytest.approx(said["acceptances"], abs=1e-8)
        if said["cost"] is not None:
            assert sum(cut["cost"].values()) == pytest.approx(said["cost"], abs=1e-6)


@pytest.mark.slow
def test_a_drop_sets_the_border_and_the_tables_add_up() -> None:
    report = diagnosed(Company().with_causes(Cause("sudden_drop", {}, 0.3, weeks_before_end=16)), 3_000, 530)
    drop = finding_of(report, "sudden_drop")
    assert report.change is not None
    assert report.change.border == drop.since
    assert report.change.finding == drop.id
    assert report.change.cost is not None
    assert report.change.moved.high < -0.1
    moved(report)


@pytest.mark.slow
def test_others_are_held_against_a_drop_in_the_same_time_and_only_where_there_are_others() -> None:
    """What all leads did before is not elsewhere; and what the same leads did before is told as that."""
    report = diagnosed(Company().with_causes(Cause("sudden_drop", {}, 0.3, weeks_before_end=16)), 3_000, 530)
    drop = finding_of(report, "sudden_drop")
    assert not drop.where
    assert [one.what for one in drop.evidence] == ["rate", "rate_before"]
    somewhere = Cause("sudden_drop", {"channel": "webinar"}, 0.4, weeks_before_end=16)
    with source_of(Company().with_causes(somewhere), 4_000, 531, AGREEMENT) as source:
        drop = finding_of(diagnose(source), "sudden_drop")
        clock = business_clock_at(AGREEMENT, source.as_of)
        seen = Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock)
        cases = fetch_cases(source, seen)
    assert drop.where == {"channel": "webinar"}
    assert drop.since is not None
    others = ~cases.rows(drop.where) & cases.settled & (cases.day >= (drop.since - date(1970, 1, 1)).days)
    told = next(one.value for one in drop.evidence if one.what == "rate_elsewhere")
    assert isinstance(told, Estimate)
    assert told.n == others.sum()
    assert told.value == pytest.approx(cases.accepted[others].mean())


@pytest.mark.slow
def test_a_drop_that_is_not_sure_makes_no_verdict() -> None:
    company = Company().with_causes(Cause("sudden_drop", {}, 0.3, weeks_before_end=16))
    with source_of(company, 3_000, 530, AGREEMENT) as source:
        drop = finding_of(diagnose(source), "sudden_drop")
        clock = business_clock_at(AGREEMENT, source.as_of)
        seen = Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock)
        cases = fetch_cases(source, seen)
    assert drop.confidence > 0.9
    assert judge(cases, AGREEMENT, [drop]).verdict == "sudden_drop"
    doubtful = judge(cases, AGREEMENT, [settling(cases, replace(drop, confidence=0.25))])
    assert (doubtful.verdict, doubtful.finding) == ("unclear", None)
    assert "may have dropped" in doubtful.because["en"]
    assert "25% sure" in doubtful.because["en"]
    assert "more leads settle it: at the present pace" in doubtful.because["en"]


@pytest.mark.slow
def test_a_shift_of_the_mix_is_told_from_a_fall_of_rates() -> None:
    """White papers bought by the thousand are accepted as little as ever: there are only more of them."""
    friction = Cause("segment_friction", {"channel": "content_syndication"}, 0.3)
    shift = Cause("mix_shift", {"channel": "content_syndication"}, 5.0, weeks_before_end=18)
    report = diagnosed(Company().with_causes(friction, shift), 6_000, 531)
    assert "mix_shift" in kinds(report)
    assert "sudden_drop" not in kinds(report)
    finding = finding_of(report, "mix_shift")
    assert dict(finding.where) == {"channel": "content_syndication"}
    true = UNTIL - timedelta(days=UNTIL.weekday() + 7 * 18)
    assert finding.since is not None
    assert abs((finding.since - true).days) <= 21
    assert isinstance(finding.effect, Estimate)
    assert finding.effect.high < 0
    moved(report)
    assert report.change is not None
    by_channel = next(table for table in report.change.tables if table.dimension == "channel")
    assert by_channel.mix < 0
    assert abs(by_channel.mix) > abs(by_channel.rate)


def test_without_a_date_the_latest_quarter_is_held_against_the_rest_by_hand() -> None:
    tables = plain_company(900, days=300, channel=lambda k: "web" if k % 3 else "fair")
    report = diagnosed_rows(tables)
    change = report.change
    assert change is not None
    assert change.finding is None
    yes = {row["handoff_id"] for row in tables["decisions"] if row["outcome"] == "accepted"}
    latest, oldest = date(2026, 7, 1) - timedelta(days=30 + 90), date(2026, 7, 1) - timedelta(days=30)
    assert change.border == latest
    spans: dict[bool, list[bool]] = {True: [], False: []}
    for row in tables["handoffs"]:
        if row["at"].date() < oldest:
            spans[row["at"].date() >= latest].append(row["handoff_id"] in yes)
    assert change.leads == pytest.approx(len(spans[True]), abs=3)  # the window ends within the last day
    assert change.before.value == pytest.approx(np.mean(spans[False]))
    moved(report)


def test_what_the_company_changed_stands_on_the_time_line() -> None:
    tables = plain_company(900, days=300, reps=3, campaign=lambda k: "spring" if k >= 600 else "all year")
    for place, row in enumerate(tables["handoffs"]):
        row["agreement"] = "2" if place >= 450 else "1"
        row["rep_id"] = "r9" if place >= 700 and place % 3 == 0 else row["rep_id"]
    report = diagnosed_rows(tables)
    began = {(change.what, change.value): change.since for change in report.own_changes}
    assert began == {
        ("agreement", "2"): tables["handoffs"][450]["at"].date(),
        ("campaign", "spring"): tables["handoffs"][600]["at"].date(),
        ("rep_id", "r9"): tables["handoffs"][702]["at"].date(),
    }
