"""Effects of actions, from rows to report: by hand, on both engines, and where there is no answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accord.actions.measure import measure_actions
from accord.actions.model import CorrectiveAction
from accord.actions.report import ActionEffect, ActionsReport
from accord.agreement.model import Acceptance, Agreement, LeadClassPromise
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.store.database import open_store
from accord.values import Estimate, Reason, Unknown
from accord.workspace import Workspace
from actions.company import AS_OF, START, agree, company, fill
from episodes.data import arrow_table
from support.staging import fresh_sqlite


def planned(action_id: str = "A1", start: date = START, stop: date | None = None, **where: str) -> CorrectiveAction:
    return CorrectiveAction(action_id, "other", "Do it", where or {"channel": "webinar"}, "Ann", start, stop)


def report_of(
    tables: dict[str, Any], *actions: CorrectiveAction, as_of: datetime = AS_OF, folder: Path
) -> ActionsReport:
    agreement = agree(folder).agreement
    engine = DuckDBEngine()
    for name, rows in {"reps": [], "activities": [], **tables}.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, agreement)
    with Source(engine, agreement, as_of, {name: len(rows) for name, rows in tables.items()}) as source:
        return measure_actions(source, actions)


def effect_of(
    tables: dict[str, Any], *actions: CorrectiveAction, as_of: datetime = AS_OF, folder: Path
) -> ActionEffect:
    return report_of(tables, *actions, as_of=as_of, folder=folder).effects[0]


def test_by_hand(tmp_path: Path) -> None:
    """Webinar goes from 4 to 7 of 10, the others stay at 11 of 20; leads of the last 30 days are not looked at."""
    found = effect_of(company(20, 17), planned(), folder=tmp_path)
    assert isinstance(found.effect, Estimate)
    assert found.effect.value == pytest.approx(0.3, abs=1e-9)
    assert found.effect.low > 0.1
    # handed over on 3 March + 7 w at 10:00; of 17 weeks those up to 26 May are 30 days old on 29 June
    assert (found.weeks_before, found.weeks_after, found.effect.n) == (20, 13, 130)
    assert [
        getattr(side, group).value for side in (found.before, found.after) for group in ("touched", "untouched")
    ] == [
        0.4,
        0.55,
        0.7,
        0.55,
    ]
    assert found.before.untouched.n == 20 * 20  # type: ignore[union-attr]
    assert isinstance(found.expected, Estimate)
    assert isinstance(found.gained, Estimate)
    assert found.expected.value == pytest.approx(0.4, abs=1e-9)
    assert found.gained.value == pytest.approx(0.3 * 130, abs=1e-6)
    assert isinstance(found.answered, Estimate)
    assert found.answered.value == pytest.approx(0, abs=1e-9)
    assert (found.per_week_before, found.per_week_after) == (10, 10)
    assert (found.verdict, found.passed, found.cautions, found.horizon_days) == ("better", True, (), 30)
    assert found.because["en"].startswith("Better: 30 points more are accepted than without it (+")
    assert [(each.day - START).days // 7 for each in found.dates] == [-8]
    assert [dict(each.where) for each in found.segments] == [{"channel": "partner"}, {"channel": "search"}]


def test_answers_are_in_time_by_what_their_class_is_promised(tmp_path: Path) -> None:
    """Webinar leads are answered after a day until the action, then within half an hour: both within one business day.

    Promised is an hour. So where classes have promises, all of them are answered in time since, and none before.
    """
    tables = company(20, 17)
    for handoff, decision in zip(tables["handoffs"], tables["decisions"], strict=True):
        if handoff["handoff_id"].startswith("webinar") and handoff["at"].date() >= START:
            decision["at"] = handoff["at"] + timedelta(minutes=30)
    general = effect_of(tables, planned(), folder=tmp_path)
    assert (general.by_class, general.promise_hours) == (False, 24)
    assert isinstance(general.answered, Estimate)
    assert general.answered.value == pytest.approx(0, abs=1e-9)
    promise = LeadClassPromise(name="asked", where={"channel": ("webinar",)}, within_hours=1)
    rules = Acceptance(definition="explicit", window_days=30, promises=(promise,))
    engine = DuckDBEngine()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    agreement = Agreement(timezone="UTC", acceptance=rules)
    materialise_episodes(engine, agreement)
    with Source(engine, agreement, AS_OF, {name: len(rows) for name, rows in tables.items()}) as source:
        (of_class,) = measure_actions(source, [planned()]).effects
    assert of_class.by_class
    assert isinstance(of_class.answered, Estimate)
    assert of_class.answered.value == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("dated", [True, False])
def test_answers_that_dates_leave_open_are_told_to_be(tmp_path: Path, *, dated: bool) -> None:
    """Decided a day of no hour after the handoff: within one business day or not, nobody knows."""
    tables = company(20, 17)
    for decision in tables["decisions"]:
        decision["at"] = decision["at"].date() if dated else decision["at"]
    promise = LeadClassPromise(name="asked", where={"channel": ("webinar",)}, within_hours=20)
    rules = Acceptance(definition="explicit", window_days=30, promises=(promise,))
    engine = DuckDBEngine()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    agreement = Agreement(timezone="UTC", acceptance=rules)
    materialise_episodes(engine, agreement)
    with Source(engine, agreement, AS_OF, {name: len(rows) for name, rows in tables.items()}) as source:
        (effect,) = measure_actions(source, [planned()]).effects
    said = {each.code: each.text["en"] for each in effect.cautions}
    assert ("answers_by_date" in said) == dated
    if dated:
        assert "% of the leads it cannot be said whether they were answered in time" in said["answers_by_date"]


def test_it_is_worse_or_nothing(tmp_path: Path) -> None:
    worse = effect_of(company(accepted={"webinar": (7, 3), "search": (6, 6)}), planned(), folder=tmp_path)
    assert (worse.verdict, worse.state) == ("worse", "in_force")
    nothing = effect_of(company(accepted={"webinar": (5, 6), "search": (6, 7)}), planned(), folder=tmp_path)
    assert nothing.verdict == "no_difference"
    assert isinstance(nothing.effect, Estimate)
    assert abs(nothing.effect.value) < 0.01


def test_open_leads_and_late_acceptances_do_not_bend_it(tmp_path: Path) -> None:
    """What is decided later than the horizon, or handed over too recently, counts the same on both sides."""
    tables = company(20, 17)
    day = timedelta(days=1)
    for decision in tables["decisions"]:
        if decision["at"] > AS_OF - 20 * day:
            decision["outcome"] = "accepted"
    recent = effect_of(tables, planned(), folder=tmp_path)
    assert isinstance(recent.effect, Estimate)
    assert recent.effect.value == pytest.approx(0.3, abs=1e-9)


def test_a_shorter_horizon_where_the_window_is_not_over(tmp_path: Path) -> None:
    early = effect_of(
        company(20, 9),
        planned(),
        as_of=datetime.combine(START, datetime.min.time()) + timedelta(weeks=7),
        folder=tmp_path,
    )
    assert (early.horizon_days, early.weeks_after) == (14, 5)
    assert isinstance(early.effect, Estimate)
    assert early.effect.value == pytest.approx(0.3, abs=1e-9)
    assert {each.code for each in early.cautions} == {"short_horizon", "few_weeks"}


def test_it_stops_counting_where_the_action_stopped(tmp_path: Path) -> None:
    stopped = effect_of(company(20, 17), planned(stop=START + timedelta(weeks=6)), folder=tmp_path)
    assert (stopped.state, stopped.weeks_after) == ("stopped", 6)


UNKNOWN: Mapping[str, tuple[dict[str, Any], CorrectiveAction, Reason, int | None, str]] = {
    "everywhere": (
        company(),
        CorrectiveAction("A1", "other", "x", {}, "Ann", START),
        Reason.NOT_IDENTIFIED,
        None,
        "all leads",
    ),
    "nobody else": (company(), planned(team="DACH"), Reason.NOT_IDENTIFIED, None, "nothing can be compared"),
    "nothing before": (company(before=0), planned(), Reason.NOT_IDENTIFIED, None, "nothing can be compared"),
    "hardly anything before": (company(before=5), planned(), Reason.NOT_IDENTIFIED, None, "nothing can be compared"),
    "not begun": (company(), planned(start=date(2026, 9, 1)), Reason.NOT_MATURE, 30, "Too early"),
    "just begun": (company(), planned(start=date(2026, 6, 8)), Reason.NOT_MATURE, 30, "Too early"),
    "a day long": (company(), planned(stop=START + timedelta(days=3)), Reason.TOO_FEW, 30, "Too few"),
    "a segment without leads": (company(), planned(channel="fair"), Reason.NOT_IDENTIFIED, None, "nothing can be"),
    "an empty workspace": (
        {"leads": [], "handoffs": [], "decisions": []},
        planned(),
        Reason.NOT_RECORDED,
        None,
        "Nothing is recorded",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_no_answer_says_why(case: str, tmp_path: Path) -> None:
    tables, action, reason, need, said = UNKNOWN[case]
    found = effect_of(tables, action, folder=tmp_path)
    assert found.effect == Unknown(reason, need)
    assert (found.verdict, found.cautions, found.dates, found.segments, found.passed) == ("unknown", (), (), (), None)
    assert said in found.because["en"]
    assert found.gained == found.effect


def test_another_action_on_the_same_leads_makes_it_doubtful(tmp_path: Path) -> None:
    same = planned("A2", START + timedelta(weeks=3))
    found = effect_of(company(20, 17), planned(), same, folder=tmp_path)
    assert found.verdict == "doubtful"
    assert [(each.code, each.actions) for each in found.cautions] == [("overlap", ("A2",))]
    assert "nobody can say that this did it" in found.because["en"]


def test_leads_that_another_action_touched_too_are_left_out(tmp_path: Path) -> None:
    part = planned("A2", START, country="FR")  # every other lead
    found = effect_of(company(20, 17), planned(), part, folder=tmp_path)
    assert [(each.code, each.actions) for each in found.cautions] == [("overlap_left_out", ("A2",))]
    assert found.effect.n == 65  # type: ignore[union-attr]
    assert found.before.untouched.n == 20 * 10  # type: ignore[union-attr]


def test_others_that_another_action_touched_are_no_comparison(tmp_path: Path) -> None:
    """Partner leads rise with an action of their own; compared with search alone, webinar still gains three."""
    tables = company(20, 17, {"webinar": (4, 7), "search": (6, 6), "partner": (3, 9)})
    found = effect_of(tables, planned(), planned("A2", channel="partner"), folder=tmp_path)
    assert isinstance(found.effect, Estimate)
    assert found.effect.value == pytest.approx(0.3, abs=1e-9)
    assert found.cautions == ()
    old = planned("A2", START - timedelta(weeks=60), channel="partner")
    assert effect_of(tables, planned(), old, folder=tmp_path).before.untouched.n == 400  # type: ignore[union-attr]
    both = planned("A2", channel="search"), planned("A3", channel="partner")
    doubted = effect_of(tables, planned(), *both, folder=tmp_path)
    assert [(each.code, each.actions) for each in doubted.cautions if each.code == "untouched_changed"] == [
        ("untouched_changed", ("A2", "A3"))
    ]


def test_a_gap_that_moved_before_makes_it_doubtful(tmp_path: Path) -> None:
    tables = company(24, 17, {"webinar": (2, 9), "search": (5, 5), "partner": (5, 5)})
    for row, decision in zip(tables["handoffs"], tables["decisions"], strict=True):
        week = (row["at"].date() - START).days // 7
        if row["handoff_id"].startswith("webinar") and week < 0:
            decision["outcome"] = "accepted" if int(row["handoff_id"][-1]) < 8 + week // 4 else "rejected"
    found = effect_of(tables, planned(), folder=tmp_path)
    assert "trends_not_parallel" in {each.code for each in found.cautions}
    assert isinstance(found.trend, Estimate)
    assert found.trend.low > 0.05
    assert found.verdict in {"doubtful", "no_difference"}


def test_fewer_leads_are_said(tmp_path: Path) -> None:
    tables = company(20, 17, {"webinar": (4, 4), "search": (6, 6)})
    gone = {
        row["handoff_id"]
        for row in tables["handoffs"]
        if row["at"].date() >= START and row["handoff_id"].startswith("webinar") and int(row["handoff_id"][-1]) >= 5
    }
    tables = {
        name: [row for row in rows if row["lead_id" if name == "leads" else "handoff_id"] not in gone]
        for name, rows in tables.items()
    }
    found = effect_of(tables, planned(), folder=tmp_path)
    assert (found.per_week_before, found.per_week_after) == (10, 5)
    assert "fewer_leads" in {each.code for each in found.cautions}


def test_two_dimensions_are_compared_with_what_differs_in_one(tmp_path: Path) -> None:
    found = effect_of(company(20, 17), planned(channel="webinar", country="FR"), folder=tmp_path)
    assert found.sharing
    # webinar of DE, and FR of the two other channels: 5 + 10 a week
    assert found.before.untouched.n == 20 * 15  # type: ignore[union-attr]


def test_removed_actions_are_neither_measured_nor_in_the_way(tmp_path: Path) -> None:
    gone = CorrectiveAction("A2", "other", "x", {"channel": "webinar"}, "Ann", START, removed=True)
    report = report_of(company(20, 17), planned(), gone, folder=tmp_path)
    assert [each.action.id for each in report.effects] == ["A1"]
    assert report.effects[0].verdict == "better"


def test_the_figures_are_the_same_on_postgresql(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_sqlite(tmp_path)
    actions = [planned(), planned("A2", channel="search", country="DE")]
    workspace = agree(tmp_path)
    fill(workspace, **company(14, 10))
    with open_source(workspace, AS_OF) as source:
        embedded = measure_actions(source, actions)
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    open_store(Workspace(tmp_path).database_url, create=True).close()
    fill(agree(tmp_path), **company(14, 10))
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    with open_source(Workspace(tmp_path), AS_OF) as source:
        assert measure_actions(source, actions) == embedded
    assert isinstance(embedded.effects[0].effect, Estimate)
