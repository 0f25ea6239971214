"""Scores and shares of the ideal profile as the contract's JSON."""

from __future__ import annotations

from collections.abc import Iterator

from accord.qualification.freezing import scored_json
from accord.qualification.ideal import IdealReport, IdealRow
from accord.qualification.score import ScoreReport, ScoreStream
from accord.report.envelope import dumped, envelope
from accord.values import Json

__all__ = ["ideal_json", "score_json", "score_json_text"]


def score_json(report: ScoreReport) -> dict[str, Json]:
    """The answer of ``accord score --json``."""
    answer = _around(report)
    answer["data"] = [scored_json(report.rules, row) for row in report.rows]
    return answer


def score_json_text(stream: ScoreStream) -> Iterator[str]:
    """The same as text, piece by piece: a million leads are never held at once."""
    rules = stream.report.rules
    return dumped(_around(stream.report), "data", (scored_json(rules, row) for row in stream.rows))


def _around(report: ScoreReport) -> dict[str, Json]:
    answer = envelope(report.rules.name, report.rules.version, report.as_of, [])
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
        "bounds": row.bounds.to_json(),
        "share": row.share.to_json(),
    }
