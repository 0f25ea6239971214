"""Pages' material made by hand."""

from __future__ import annotations

from dataclasses import replace

from accord.acceptance.figures import AcceptanceReport
from accord.agreement.model import Definition
from accord.report.acceptance.briefing import Briefing
from report import examples


def without_rows(report: AcceptanceReport) -> AcceptanceReport:
    """The totals alone."""
    answers = {name: replace(answer, rows=()) for name, answer in report.answers.items()}
    return replace(report, dimensions=(), period=None, answers=answers)


def full() -> Briefing:
    """26 weeks, seven channels, four definitions, two channels week by week."""
    return Briefing(
        without_rows(examples.every_definition()),
        "explicit",
        examples.by_week(),
        (examples.by_channel(),),
        examples.by_channel_and_week(),
    )


def unknown() -> Briefing:
    """Next to nothing is known."""
    report = examples.mostly_unknown()
    months = tuple(examples.unknown_row(30, period=f"2026-0{month}") for month in (5, 6, 7))
    answer = report.answers["action"]
    trend = replace(report, dimensions=(), period="month", answers={"action": replace(answer, rows=months)})
    return Briefing(_each_definition(without_rows(report), "action"), "action", trend, (report,))


def empty() -> Briefing:
    """Nothing was handed over."""
    return Briefing(_each_definition(examples.empty(), "explicit"), "explicit", examples.empty(), ())


def with_names(briefing: Briefing, name: str) -> Briefing:
    """The same with ``name`` for the agreement and for the first segment of every cut."""

    def renamed(report: AcceptanceReport) -> AcceptanceReport:
        answers = {}
        for definition, answer in report.answers.items():
            old = answer.rows[0].segment if answer.rows else {}
            new = dict.fromkeys(old, name)
            rows = tuple(replace(row, segment=new if row.segment == old else row.segment) for row in answer.rows)
            answers[definition] = replace(answer, rows=rows)
        return replace(report, agreement_name=name, answers=answers)

    return Briefing(
        renamed(briefing.definitions),
        briefing.shown,
        renamed(briefing.trend),
        tuple(renamed(segment) for segment in briefing.segments),
        renamed(briefing.detail) if briefing.detail else None,
    )


def _each_definition(report: AcceptanceReport, like: Definition) -> AcceptanceReport:
    answer = report.answers[like]
    return replace(report, answers={name: replace(answer, definition=name) for name in examples.DEFINITIONS})
