"""Scores and shares of the ideal profile as the contract's JSON."""

from __future__ import annotations

from accord.qualification.freezing import scored_json
from accord.qualification.ideal import IdealReport, IdealRow
from accord.qualification.score import ScoreReport
from accord.report.envelope import envelope
from accord.values import Json

__all__ = ["ideal_json", "score_json"]


def score_json(report: ScoreReport) -> dict[str, Json]:
    """The answer of ``accord score --json``."""
    rules = report.rules
    data: list[Json] = [scored_json(rules, row) for row in report.rows]
    answer = envelope(rules.name, rules.version, report.as_of, data)
    if report.past and report.how is None:
        answer["columns"] = "current"
    if report.how is not None:
        answer["columns"] = "as_first_recorded" if report.how.later else "as_known_then"
        answer["columns_changed_since"] = report.how.changed
        answer["columns_first_recorded_later"] = report.how.later
    return answer


def ideal_json(report: IdealReport) -> dict[str, Json]:
    """The answer of ``accord score --ideal --json``."""
    data: dict[str, Json] = {"totals": _ideal_row(report.totals), "rows": [_ideal_row(row) for row in report.rows]}
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _ideal_row(row: IdealRow) -> dict[str, Json]:
    return {
        "segment": dict(row.segment),
        "period": row.period,
        "leads": row.leads,
        "ideal": row.ideal,
        "undecided": row.undecided,
        "share": row.share.to_json(),
    }
