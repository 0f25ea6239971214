"""The replay: a draft, applied to past leads with what was known then, against the agreement in force."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import compress

import numpy as np
import numpy.typing as npt

from accord.acceptance.measure import definition_that_counts
from accord.agreement.diff import changes
from accord.agreement.load import agreement_digest
from accord.agreement.model import Agreement
from accord.agreement.versions import AgreementVersion
from accord.clock import utc_of_local_midnight
from accord.errors import UsageError, WorkspaceError
from accord.language import gettext as _
from accord.qualification.capacity import capacity_of_teams, people_hired_by
from accord.readmodel.source import Source
from accord.replay.expecting import Comparables
from accord.replay.population import NOT_KNOWN, Population, population_of
from accord.replay.report import Chosen, Replay, TeamLoad, ThresholdRow
from accord.scoring.rules import Rules, prepare
from accord.tables.times import microseconds
from accord.values import MINIMUM_COUNT, Reason, Unknown
from accord.workspace import Workspace

__all__ = ["MOST_THRESHOLDS", "replay"]

MOST_THRESHOLDS = 20
"""Thresholds for which a replay says what would become of them."""

_AROUND = np.array([-10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10])
"""Points from the draft's threshold to those around it; twentieths of the highest score where that is below 20."""

_SHARES = 200
"""Scores looked at for thresholds beyond: each parts half a percent of the leads from the rest."""

_WEEK_US = 7 * 86_400_000_000

Booleans = npt.NDArray[np.bool_]


def replay(
    workspace: Workspace,
    source: Source,
    draft: Agreement,
    *,
    version: AgreementVersion | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Replay:
    """Apply ``draft`` to the leads whose moment lies in the local days [``start``, ``end``).

    ``workspace`` has the history of the leads' columns, of which each lead has those known at its moment.
    ``source`` is read under the agreement in force (``version``: the signed version that it is). Where that has no
    qualification, what was really handed over stands for it. Raises ``AgreementError`` where the draft qualifies
    nothing, ``UsageError`` for an empty span, ``WorkspaceError`` where no lead has its moment in it.
    """
    if start is not None and end is not None and start >= end:
        message = _(
            "The span from {start} to {end} is empty: the first day must come before the last, which is left out."
        )
        raise UsageError(message.format(start=start, end=end))
    after = prepare(draft)  # says so where the draft qualifies nothing, before anything is worked out
    zone = source.agreement.timezone
    first = None if start is None else utc_of_local_midnight(start, zone)
    # What happened at the very moment that the data describe belongs to it.
    now = source.as_of + timedelta(microseconds=1)
    last = now if end is None else min(utc_of_local_midnight(end, zone), now)
    people = people_hired_by(source, source.as_of)
    found = population_of(workspace, source, draft, people, start=first, end=last)
    if found.size == 0:
        raise WorkspaceError(_("No lead came to its moment in that time. Choose a longer span, or import leads first."))
    begin = int(found.moment[0]) if first is None else microseconds(first)
    weeks = max((microseconds(last) - begin) / _WEEK_US, 1.0)
    was = found.chosen_before
    becomes = found.after.qualified
    judge = _Judge(found, was, weeks)
    return Replay(
        draft=draft,
        version=version,
        by_hand=found.before is None,
        start=first,
        end=min(last, source.as_of),
        as_of=source.as_of,
        weeks=weeks,
        definition=definition_that_counts(source)[0],
        before=judge.of(was),
        after=judge.of(becomes),
        stay=_count(was & becomes),
        enter=_count(becomes & ~was),
        leave=_count(was & ~becomes),
        entering=judge.of(becomes & ~was),
        leaving=judge.of(was & ~becomes),
        teams=_teams(judge, capacity_of_teams(draft.handoff, people)),
        thresholds=tuple(judge.row(threshold, after.threshold) for threshold in _thresholds(found, after)),
        population=found,
        same=found.before is not None and agreement_digest(draft) == agreement_digest(source.agreement),
        changes=() if found.before is None else changes(source.agreement, draft),
    )


def _count(chosen: Booleans) -> int:
    return int(np.count_nonzero(chosen))


class _Judge:
    """What to expect of chosen leads of a population, against those that ``was`` chose; strata are made once."""

    def __init__(self, found: Population, was: Booleans, weeks: float) -> None:
        self.found = found
        self.was = was
        self.weeks = weeks
        self._acceptance = Comparables.of(found.after.score, found.accepted)
        self._conversion = Comparables.of(found.after.score, found.converted)
        self._not_accepted = _why_nothing(found, found.accepted, recorded=True)
        self._not_converted = _why_nothing(found, found.converted, recorded=found.has_money)

    def of(self, chosen: Booleans) -> Chosen:
        """How many they are, and what to expect of them."""
        acceptance, conversion = self._acceptance.expect(chosen), self._conversion.expect(chosen)
        if self._not_accepted is not None:
            acceptance = dataclasses.replace(acceptance, figure=self._not_accepted)
        if self._not_converted is not None:
            conversion = dataclasses.replace(conversion, figure=self._not_converted)
        return Chosen(_count(chosen), _count(chosen & self.found.handed), acceptance, conversion)

    def row(self, threshold: int, of_draft: int) -> ThresholdRow:
        """The draft with this general threshold."""
        becomes = self.found.after.at(threshold)
        chosen = self.of(becomes)
        return ThresholdRow(
            threshold=threshold / 100,
            chosen=chosen,
            enter=_count(becomes & ~self.was),
            leave=_count(self.was & ~becomes),
            per_week=chosen.leads / self.weeks,
            is_draft=threshold == of_draft,
        )


def _why_nothing(found: Population, outcome: npt.NDArray[np.int8], *, recorded: bool) -> Unknown | None:
    """Why nothing can be expected at all, other than that few were handed over; None where something may be."""
    if not recorded:
        return Unknown(Reason.NOT_RECORDED)
    if _count(outcome != NOT_KNOWN) < MINIMUM_COUNT <= _count(found.handed):
        return Unknown(Reason.NOT_MATURE)
    return None


def _thresholds(found: Population, rules: Rules) -> list[int]:
    """:data:`MOST_THRESHOLDS` general thresholds where there are so many scores, the draft's among them: close together
    around that, where one decides, and beyond at those that part the leads evenly.
    """
    highest = max(int(found.after.score.max()), rules.threshold)
    step = 100 if highest >= MOST_THRESHOLDS * 100 else max(highest // MOST_THRESHOLDS, 1)
    around = rules.threshold + _AROUND * step
    around = around[around >= 0]
    spread = np.quantile(found.after.score, np.linspace(0, 1, _SHARES, endpoint=False), method="higher")
    steps = np.unique(np.round(spread / step).astype(np.int64) * step)
    beyond = steps[np.abs(steps - rules.threshold) > _AROUND.max() * step]
    places = np.linspace(0, beyond.size - 1, min(MOST_THRESHOLDS - around.size, beyond.size)).round().astype(np.int64)
    return [int(threshold) for threshold in np.unique(np.concatenate([around, beyond[places]]))]


def _teams(judge: _Judge, capacity: Mapping[str | None, float]) -> tuple[TeamLoad, ...]:
    found, was, becomes, weeks = judge.found, judge.was, judge.found.after.qualified, judge.weeks
    # Weeks from Monday: 1970-01-01 was a Thursday.
    week = (found.day + 3) // 7
    week -= week.min()
    known = {*compress(found.team_before, was), *compress(found.team, becomes), *capacity}
    number = {team: place for place, team in enumerate({*known, *found.team_before, *found.team})}
    theirs = [
        np.fromiter((number[team] for team in teams), dtype=np.int64, count=found.size)
        for teams in (found.team_before, found.team)
    ]
    loads = []
    for team in [*sorted(known - {None}, key=str), *(known & {None})]:
        before, after = ((teams == number[team]) & chosen for teams, chosen in zip(theirs, (was, becomes), strict=True))
        a_week = np.bincount(week[after], minlength=int(week.max()) + 1)
        most = capacity.get(team)
        loads.append(
            TeamLoad(
                team=team,
                capacity=most,
                before=_count(before) / weeks,
                after=float(a_week.sum()) / weeks,
                peak=int(a_week.max()),
                weeks_over=0 if most is None else _count(a_week > most),
            )
        )
    return tuple(load for load in loads if load.capacity is not None or load.before or load.after)
