"""An action that answers a drop is compared with the time from the drop on: by hand, and where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from accord.actions.effect import measured
from accord.actions.keeping import add_action, change_action, entries_kept
from accord.actions.model import CorrectiveAction, actions_in
from accord.actions.report import ActionEffect
from accord.actions.stretch import drop_before
from accord.actions.weekly import Weekly, difference_in_differences, gap_trend, step_at, weekly
from accord.errors import DataError
from accord.values import Estimate, Reason, Unknown
from accord.workspace import Workspace
from actions.company import DRAFT
from actions.simulated import EPOCH, START, World, action, measuring

WEEKS = np.arange(-20, 12)
FULL = np.full(WEEKS.size, 20)


def stepped(*hits: int, since: int = -7) -> Weekly:
    """Of twenty touched leads a week: accepted before the drop, from it on (week ``since``), and since the action."""
    touched = np.select([since > WEEKS, WEEKS < 0], hits[:2], hits[2])
    return Weekly(WEEKS, FULL, touched, FULL * 2, np.where(WEEKS < 0, 20, 22))


# By hand -------------------------------------------------------------------------------------------------------------


def test_it_is_the_interaction_of_a_regression_on_the_weeks_since_the_drop() -> None:
    """10 of 20, then 6, then 11; the others from 20 to 22 of 40: what came before the drop is no part of before."""
    counts = stepped(14, 10, 13)
    found = difference_in_differences(counts, -49)
    assert found is not None
    rows = []
    for group, (leads, hits) in enumerate(
        ((counts.untouched_leads, counts.untouched_hits), (counts.touched_leads, counts.touched_hits))
    ):
        for week, of, hit in zip(WEEKS, leads, hits, strict=True):
            rows += [(group, week >= 0, number < hit) for number in range(of) if week >= -7]
    touched, after, accepted = np.array(rows, dtype=float).T
    fitted = sm.OLS(accepted, np.stack([np.ones(touched.size), touched, after, touched * after], 1)).fit()
    assert fitted.params[3] == pytest.approx(0.1, abs=1e-12)
    assert found.value == pytest.approx(fitted.params[3], abs=1e-9)
    assert found.n == 12 * 20
    # the weeks before the drop still tell how weeks differ by themselves: a little wider than independent leads
    assert 1.0 <= (found.high - found.low) / 2 / (1.96 * fitted.HC0_se[3]) <= 1.3
    mixed = difference_in_differences(counts)
    assert mixed is not None
    assert mixed.value == pytest.approx(0.1 - 0.2 * 13 / 20, abs=0.03), "all weeks before hide the repair"


def test_the_week_in_which_the_drop_lies_counts_nowhere() -> None:
    counts = stepped(14, 10, 13)
    odd = replace(counts, touched_hits=np.where(WEEKS == -8, 0, counts.touched_hits))
    for since in (-50, -55):  # within week −8, so that whole weeks of the drop begin with −7
        assert difference_in_differences(odd, since) == difference_in_differences(counts, since)
    assert difference_in_differences(odd, -56) != difference_in_differences(counts, -56)


def test_the_step_and_the_trend_are_those_of_the_weeks_since_the_drop() -> None:
    step = step_at(stepped(14, 10, 13), -49)
    assert step is not None
    assert step.value == pytest.approx(-0.2, abs=1e-9)
    assert step.n == 7 * 20
    trend = gap_trend(stepped(14, 10, 13), -49)
    assert trend is not None
    assert trend.value == pytest.approx(0, abs=1e-9), "the drop itself is no trend"
    rising = stepped(14, 10, 13)
    hits = np.where((WEEKS >= -7) & (WEEKS < 0), 14 + WEEKS, rising.touched_hits)
    found = gap_trend(replace(rising, touched_hits=hits), -49)
    assert found is not None
    assert found.value == pytest.approx(4 / 20, abs=1e-6), "a recovery that had begun before the action is one"


@pytest.mark.parametrize("since", [-20, -14, -1])
def test_too_little_since_the_drop_gives_no_figure(since: int) -> None:
    assert difference_in_differences(stepped(14, 10, 13), since) is None
    assert step_at(stepped(14, 10, 13), since) is None


def test_a_drop_as_old_as_the_record_leaves_all_weeks() -> None:
    counts = stepped(10, 10, 13)
    assert difference_in_differences(counts, -7 * 20) == difference_in_differences(counts)


def test_the_drop_is_found_in_its_week_and_never_because_of_what_came_after() -> None:
    drop = drop_before(stepped(14, 8, 13))
    assert drop is not None
    assert (drop.since, round(drop.step.value, 9)) == (-49, -0.3)
    assert drop_before(stepped(14, 8, 0)) == drop
    assert drop_before(stepped(10, 10, 18)) is None
    assert drop_before(stepped(8, 14, 14)) is None, "a rise is no drop: the trend and the placebo dates tell of it"


# Truth known ---------------------------------------------------------------------------------------------------------


def counted(world: World, seed: int) -> Weekly:
    """The weeks of a world, half a year before the action and all since."""
    handed = measuring(world, seed, (action(),)).handed
    start = (START - EPOCH).days
    near = handed.day >= start - 7 * 26
    touched = handed.rows({"channel": "c0"}) & near
    return weekly(handed.day, np.isfinite(handed.accepted_after), touched, ~touched & near, start)


DROPPED = World(rates=(0.6, 0.5, 0.6, 0.55, 0.4), leads=25, drop=1.3, effect=0.25)
"""From 60 % to about 29 %; repaired by a quarter of all leads."""


def test_the_repair_of_a_drop_is_measured_and_its_interval_holds_the_truth() -> None:
    """Named or found in the weeks: the interval holds it; against all weeks before it would not be seen."""
    named, found, mixed = [], [], []
    worlds = [DROPPED, replace(DROPPED, effect=0.12, broken=6, on=12)]
    for world in worlds:
        for seed in range(60):
            counts = counted(world, seed)
            drop = drop_before(counts)
            known = difference_in_differences(counts, -7 * world.broken)
            by_itself = difference_in_differences(counts, drop.since if drop else None)
            whole = difference_in_differences(counts)
            assert known
            assert by_itself
            assert whole
            named.append((known.low <= world.effect <= known.high, known.value - world.effect))
            found.append((by_itself.low <= world.effect <= by_itself.high, by_itself.value - world.effect))
            mixed.append((whole.low <= world.effect <= whole.high, whole.value - world.effect))
    # of 120 at 95 %, fewer than 107 happens once in two hundred; the mean of 120 is known to about one point
    assert np.mean(named, axis=0)[0] >= 0.89
    assert np.mean(found, axis=0)[0] >= 0.87
    assert abs(np.mean(named, axis=0)[1]) < 0.025
    assert abs(np.mean(found, axis=0)[1]) < 0.03
    assert np.mean(mixed, axis=0)[1] < -0.08, "what the time before the drop hides"


def test_a_repair_that_did_nothing_is_seldom_found_to_have_worked() -> None:
    better = 0
    for seed in range(100):
        counts = counted(replace(DROPPED, effect=0.0), seed)
        drop = drop_before(counts)
        effect = difference_in_differences(counts, drop.since if drop else None)
        assert effect
        better += effect.low > 0
    # half of 5 % by chance, and what looking for the deepest week adds
    assert better <= 9


def test_a_drop_is_seldom_found_where_there_was_none() -> None:
    found = [drop_before(counted(world, seed)) for world in (World(), World(leads=40)) for seed in range(60)]
    assert sum(drop is not None for drop in found) <= 0.08 * len(found)


# The answer ----------------------------------------------------------------------------------------------------------


def answering(**said: Any) -> ActionEffect:
    world = replace(DROPPED, spread=0.01)
    return measured(measuring(world, 1, ()), replace(action(), **said))


def test_the_answer_says_which_time_stands_for_before() -> None:
    since = START - timedelta(weeks=8)
    named = answering(since=since)
    assert named.stretch is not None
    assert (named.stretch.by, named.stretch.since, named.weeks_before, named.verdict) == ("named", since, 8, "better")
    assert isinstance(named.effect, Estimate)
    assert named.effect.low <= 0.25 <= named.effect.high
    calm, broken = named.stretch.ordinary.touched, named.before.touched
    assert isinstance(calm, Estimate)
    assert isinstance(broken, Estimate)
    assert calm.value - broken.value > 0.2
    assert f"8 weeks with {broken.n} of its leads. Against all weeks before" in named.stretch.text["en"]
    assert "begun_when_low" in {each.code for each in named.cautions}
    assert "placebo_failed" not in {each.code for each in named.cautions}
    # nothing was done before the drop, nor between it and the action: no placebo mixes the two
    assert [(START - each.day).days // 7 for each in named.dates] == [16, 21, 26, 4]
    step = named.stretch.step
    assert isinstance(step, Estimate)
    assert step.high < -0.15


@pytest.mark.parametrize(("finding", "by"), [("", "found"), ("sudden_drop:channel=c0", "finding")])
def test_without_a_date_the_drop_is_found_and_said(finding: str, by: str) -> None:
    found = answering(finding=finding)
    assert found.stretch is not None
    assert found.stretch.by == by
    assert abs((found.stretch.since - START).days + 56) <= 7
    assert found.verdict == "better"


def test_an_early_day_says_that_all_weeks_before_are_meant() -> None:
    early = answering(since=START - timedelta(weeks=60))
    assert early.stretch is None
    assert early.weeks_before == 26
    assert answering(since=START - timedelta(weeks=26)).effect == early.effect


def test_a_drop_just_before_the_action_says_what_is_missing() -> None:
    near = answering(since=START - timedelta(days=12))
    assert near.effect == Unknown(Reason.TOO_FEW, 30)
    assert near.because["en"].startswith("Between 24 December 2025, when the trouble began, and the action")
    assert near.stretch is None


# Kept ----------------------------------------------------------------------------------------------------------------


def test_since_when_is_kept_changed_and_checked(here: Workspace) -> None:
    added = add_action(here, {**DRAFT, "since": "2026-01-12"}, name="Ann")
    assert added.since == date(2026, 1, 12)
    assert actions_in(entries_kept(here)) == [added]
    assert change_action(here, added.id, {"since": ""}, name="Ann").since is None
    with pytest.raises(DataError, match="dates from 2026-03-02, which is not before it starts on 2026-03-02"):
        add_action(here, {**DRAFT, "since": DRAFT["start"]}, name="Ann")


def test_actions_of_before_know_no_since(here: Workspace, tmp_path: Path) -> None:
    add_action(here, DRAFT, name="Ann")
    entry = entries_kept(here)[0]
    old = replace(entry, content={name: value for name, value in entry.content.items() if name != "since"})
    assert isinstance(actions_in([old])[0], CorrectiveAction)
    assert actions_in([old]) == actions_in([entry])
