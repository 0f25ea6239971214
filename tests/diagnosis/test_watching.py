"""What is not sure changes nothing: it says what to look at, and how many more leads would settle it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import numpy as np
import pytest

from accord.agreement.model import Agreement
from accord.demo.company import HEALTHY
from accord.diagnosis.advice import advised
from accord.diagnosis.cases import EPOCH, Cases, fetch_cases
from accord.diagnosis.figuring import confidence_of, gain_of_confidence
from accord.diagnosis.report import SURE, Evidence, Finding, Kind, Texts
from accord.diagnosis.watching import Settled, settling, to_settle
from accord.diagnosis.wording import ACTIONS
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.report.diagnosis.text import diagnosis_text
from accord.report.diagnosis.views import card
from accord.report.look import Look
from accord.tables.times import microseconds
from accord.values import Estimate, Reason, Unknown
from diagnosis.companies import AGREEMENT, diagnosed_rows, plain_company, source_of

LOOKING = {"find_the_change", "refuse_with_reason", "judge_a_sample", "read_refusals", "listen"}


@pytest.fixture(scope="module")
def some() -> Cases:
    with source_of(HEALTHY, 2_500, 541, AGREEMENT) as source:
        clock = business_clock_at(AGREEMENT, source.as_of)
        observation = Observation("explicit", AGREEMENT.acceptance, microseconds(source.as_of), clock)
        return fetch_cases(source, observation)


def where_of(cases: Cases, leads: int) -> dict[str, str]:
    """The value of a column that selects about so many settled leads."""
    found = [
        (abs(int((cases.rows({one.name: value}) & cases.settled).sum()) - leads), one.name, value)
        for one in cases.dimensions
        for value in one.values
    ]
    _, name, value = min(found)
    return {name: value}


def suspected(
    cases: Cases, *, effect: float, error: float, confidence: float, kind: Kind = "segment_friction"
) -> Finding:
    estimate = Estimate(effect, effect - 1.959964 * error, effect + 1.959964 * error, 100)
    unknown = Unknown(Reason.NOT_IDENTIFIED)
    rate = Estimate(0.5 + effect / 2, 0.3, 0.6, 100)  # half-way to what it would be: one in two
    evidence = (Evidence("rate", rate),)
    where = where_of(cases, 150)
    return Finding(kind, where, confidence, estimate, 100, unknown, unknown, {}, (), evidence)


def of_chance(cases: Cases, where: dict[str, str]) -> tuple[int, float]:
    """Leads with an outcome, and the error of a rate of one in two among them."""
    leads = int((cases.rows(where) & cases.settled).sum())
    return leads, (0.25 / leads) ** 0.5


def test_so_many_more_leads_make_it_sure_in_four_of_five_cases(some: Cases) -> None:
    where = where_of(some, 150)
    leads, error = of_chance(some, where)
    effect = -5.0 * error
    finding = suspected(some, effect=effect, error=error, confidence=0.3)
    told = to_settle(some, finding)
    assert isinstance(told, Settled)
    price = 25 - gain_of_confidence(0.3, finding.kind)
    rng = np.random.default_rng(3)
    # what is found once all have come, were it as large as it looks: the leads there are and those to come
    z = effect / (0.25 / (leads + told.leads)) ** 0.5 + rng.standard_normal(4_000)
    sure = [confidence_of(float(each) ** 2 - price, finding.kind) >= SURE for each in z]
    assert 0.77 < np.mean(sure) < 0.84


def test_the_pace_says_how_long(some: Cases) -> None:
    where = where_of(some, 150)
    _, error = of_chance(some, where)
    told = to_settle(some, suspected(some, effect=-5 * error, error=error, confidence=0.3))
    assert isinstance(told, Settled)
    last = int(some.day.max())
    pace = int((some.rows(where) & (some.day > last - 91)).sum()) / 91
    assert told.days == pytest.approx(told.leads / pace + some.window, abs=1.01)
    surer = to_settle(some, suspected(some, effect=-5 * error, error=error, confidence=0.6))
    assert isinstance(surer, Settled)
    assert surer.leads < told.leads


def test_more_leads_do_not_settle_what_differs_ordinarily_nor_do_few(some: Cases) -> None:
    _, error = of_chance(some, where_of(some, 150))
    wide = suspected(some, effect=-12 * error, error=3 * error, confidence=0.1)
    assert to_settle(some, wide) is Reason.NOT_IDENTIFIED
    assert "nearly ordinary" in settling(some, wide).facts["settles"]["en"]  # type: ignore[index]
    slight = suspected(some, effect=-1.5 * error, error=error, confidence=0.01)
    assert to_settle(some, slight) is Reason.TOO_FEW


def test_of_a_drop_the_leads_since_count(some: Cases) -> None:
    where = where_of(some, 150)
    day = int(np.quantile(some.day[some.rows(where)], 0.5))
    since = int((some.rows(where) & some.settled & (some.day >= day)).sum())
    error = (0.25 / since) ** 0.5
    drop = suspected(some, effect=-4 * error, error=error, confidence=0.3, kind="sudden_drop")
    drop = replace(drop, since=EPOCH + timedelta(days=day))
    told = to_settle(some, drop)
    assert isinstance(told, Settled)
    needed = (16 + gain_of_confidence(SURE, "sudden_drop") - gain_of_confidence(0.3, "sudden_drop")) ** 0.5 + 0.84
    assert told.leads == pytest.approx(since * (needed / 4) ** 2 - since, abs=1)


KINDS = [kind for kind in get_args(Kind) if kind not in {"not_measurable", "durably_low"}]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_sure_moves_no_points_no_routes_and_no_budget(some: Cases, kind: Kind) -> None:
    finding = replace(suspected(some, effect=-0.2, error=0.05, confidence=0.3), kind=kind, since=some.first)
    if kind in {"rep_gap", "token_effort", "rubber_stamp"}:
        rep = some.dimension("rep_id")
        assert rep is not None
        finding = replace(finding, where={"rep_id": rep.values[0]}, cause="overload" if kind == "rep_gap" else None)
    if kind.endswith("signal"):
        label = {"en": "Downloads", "fr": "Téléchargements"}
        facts: dict[str, float | Texts | None] = {"label": label, "granted": 15.0, "proposed": 6.0, "supported": 6.0}
        criterion = some.points.criteria[0].id if some.points is not None else "download"
        finding = replace(finding, where={"criterion": criterion}, facts=facts)
    told = advised(some, finding, Agreement())
    codes = {action.code for action in told.actions}
    changing = {code for actions in ACTIONS.values() for code, _ in actions}
    assert not codes & (
        changing - {"find_the_change", "refuse_with_reason", "judge_a_sample", "read_refusals", "listen"}
    )
    assert codes or kind in {"sudden_drop", "rubber_stamp"}
    assert told.check is not None
    assert not told.check.to_record
    for text in (told.check.text, *(action.text for action in told.actions)):
        assert text["en"] != text["fr"]
        assert "{" not in text["en"] + text["fr"]


def test_a_page_and_a_terminal_say_that_it_is_to_be_looked_at(some: Cases) -> None:
    finding = suspected(some, effect=-0.2, error=0.05, confidence=0.3)
    told = advised(some, replace(finding, text={"en": "Low.", "fr": "Bas."}), Agreement())
    report = replace(diagnosed_rows(plain_company(200)), findings=(told,))
    text = diagnosis_text(report, Look(width=300))
    assert "Meanwhile: Read 20 refusals" in text
    assert "→" not in text
    assert "What settles it:" in text
    assert "To gain, if it is real:" in text
    assert not card(told, 1, "EUR", None).sure
    assert not card(told, 1, "EUR", None).command
