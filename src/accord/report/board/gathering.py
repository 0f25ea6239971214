"""Asks the use cases for every report that the board report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from accord.acceptance.measure import dimensions_of, measure
from accord.acceptance.segments import usual_dimensions
from accord.actions.keeping import actions_kept
from accord.actions.measure import measure_actions
from accord.actions.report import ActionsReport
from accord.audit.workspace import grades_beside
from accord.clock import period_bounds
from accord.diagnosis.comparing import Comparison, Span, compare_spans
from accord.diagnosis.keeping import diagnosed
from accord.diagnosis.report import DiagnosisReport
from accord.readmodel.source import Source
from accord.recycle.keeping import recycled
from accord.report.audit.grading import Grading
from accord.report.board.parts import Board, BoardPeriod, Money
from accord.report.board.periods import choose_period, period_before, same_a_year_before
from accord.value.figures import ValueReport
from accord.value.keeping import valued
from accord.value.rates import Rates, rates_beside
from accord.workspace import Workspace

__all__ = ["board_of"]

PEOPLE = frozenset({"rep_id", "team"})
"""What a change is never split by: what goes round among many says nothing of a few."""

COHORT_YEARS = 2
"""How far back the cohorts go before the year of the period."""


LISTED = 10
"""Leads worth following up now that are listed in JSON; the page counts them."""


def board_of(
    place: Workspace,
    source: Source,
    asked: str = "",
    rates_file: str | Path | None = None,
    *,
    touches: bool = True,
) -> Board:
    """The board report about the period that ``asked`` names (``2026-06``, ``2026-Q2``), or the latest settled month.

    ``rates_file``: what other currencies are worth; by default the workspace's own table, where there is one.
    ``touches``: whether the value reports tell what touches tell; no page shows it, the JSON does.

    Raises what :func:`accord.report.board.periods.choose_period` raises.
    """
    period = choose_period(source, asked)
    before, a_year_ago = period_before(period.label), same_a_year_before(period.label)
    there = dimensions_of(source.episodes)
    by = [name for name in usual_dimensions(source) if name not in PEOPLE]
    span = (period.start, period.end)
    then = _held_against(source, a_year_ago, span, by)
    rates = rates_beside(place.root, source.agreement.currency, rates_file)
    diagnosis = diagnosed(source, rates=rates)
    spoken = _without_people(diagnosis)
    return Board(
        agreement_name=source.agreement.name,
        agreement_version=source.agreement.version,
        as_of=source.as_of,
        timezone=source.agreement.timezone,
        period=period,
        acceptance=measure(source, start=period.start, end=period.end),
        previous=_held_against(source, before, span, by),
        year_ago=then,
        labels={"previous": before, "year_ago": a_year_ago},
        trend=measure(source, period="month", start=period_bounds(a_year_ago)[0]),
        channels=measure(source, by=("channel",), start=period.start, end=period.end) if "channel" in there else None,
        diagnosis=spoken,
        of_people=len(diagnosis.findings) - len(spoken.findings),
        actions=_of_many(measure_actions(source, actions_kept(place))),
        money=_money(
            source,
            rates,
            period,
            (before, a_year_ago),
            year_ago=then is not None,
            channels="channel" in there,
            touches=touches,
        ),
        recycled=recycled(source, start=_year_before(period.end), end=period.end, limit=LISTED),
        grading=Grading(grades_beside(place, source)),
    )


def _year_before(day: date) -> date:
    """Twelve months earlier; the day is the first of a month."""
    return day.replace(year=day.year - 1)


def _held_against(source: Source, label: str, span: Span, by: Sequence[str]) -> Comparison | None:
    found = compare_spans(source, period_bounds(label), span, by)
    return found if found.before.answers[found.before.chosen].totals.handed else None


def _without_people(report: DiagnosisReport) -> DiagnosisReport:
    """What goes round among many says nothing of one person, not even by id."""
    return replace(
        report,
        findings=tuple(finding for finding in report.findings if "rep_id" not in finding.where),
        models=tuple(finding for finding in report.models if "rep_id" not in finding.where),
    )


def _of_many(report: ActionsReport) -> ActionsReport:
    """The same of actions: one that is about one person is that person's."""
    return replace(report, effects=tuple(each for each in report.effects if "rep_id" not in each.action.where))


def _money(
    source: Source,
    rates: Rates | None,
    period: BoardPeriod,
    labels: tuple[str, str],
    *,
    year_ago: bool,
    channels: bool,
    touches: bool,
) -> Money:
    # What a value report is made of is fetched once for all of them: the first cut holds what the others need.
    by = ("channel",) if channels else ()

    def of(start: date, end: date) -> ValueReport:
        return valued(source, by=by, start=start, end=end, rates=rates, touches=touches)

    before, a_year_ago = map(period_bounds, labels)
    quarter = date(period.start.year - COHORT_YEARS, (period.start.month - 1) // 3 * 3 + 1, 1)
    return Money(
        period=of(period.start, period.end),
        previous=of(*before),
        year_ago=of(*a_year_ago) if year_ago else None,
        year=of(_year_before(period.end), period.end),
        cohorts=valued(source, period="quarter", start=quarter, rates=rates, touches=touches),
    )
