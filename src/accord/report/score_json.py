"""Scores and shares of the ideal profile as the contract's JSON."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accord.agreement.criteria import AXES
from accord.qualification.ideal import IdealReport, IdealRow
from accord.qualification.score import ScoreReport
from accord.report.envelope import envelope, utc_text
from accord.scoring.decay import HUNDREDTHS
from accord.scoring.result import Given, Scored
from accord.scoring.rules import Rules
from accord.values import Json

__all__ = ["day_of", "ideal_json", "points", "score_json", "scored_json"]

_EPOCH = date(1970, 1, 1)


def points(hundredths: int) -> int | float:
    """Points as a number: whole where they are."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return hundredths / HUNDREDTHS if rest else whole


def day_of(number: int) -> date:
    """The calendar day of a day number."""
    return _EPOCH + timedelta(days=number)


def score_json(report: ScoreReport) -> dict[str, Json]:
    """The answer of ``accord score --json``."""
    rules = report.rules
    data: list[Json] = [scored_json(rules, row) for row in report.rows]
    answer = envelope(rules.name, rules.version, report.as_of, data)
    if report.how is not None:
        answer["columns"] = "as_first_recorded" if report.how.later else "as_known_then"
        answer["columns_changed_since"] = report.how.changed
        answer["columns_first_recorded_later"] = report.how.later
    return answer


def scored_json(rules: Rules, scored: Scored) -> dict[str, Json]:
    """One lead: score, band, whether it is qualified, axes, trace, what is missing, and what else decided."""
    answer: dict[str, Json] = {
        "lead_id": scored.lead_id,
        "score": points(scored.score),
        "band": scored.band,
        "qualified": scored.qualified,
        "axes": {axis: points(each) for axis, each in zip(AXES, scored.axes, strict=True)},
        "trace": [_given(each) for each in scored.trace],
        "missing": list(scored.missing),
        "agreement": rules.version,
        "threshold": points(scored.threshold),
        "disqualified": list(scored.disqualified),
        "ideal": scored.ideal,
    }
    limited: dict[str, Json] = {
        axis: points(before)
        for axis, each, before in zip(AXES, scored.axes, scored.sums, strict=True)
        if each != before
    }
    if limited:
        answer["axes_before_maximum"] = limited
    return answer


def _given(given: Given) -> dict[str, Json]:
    because: dict[str, Json]
    if given.touches is not None and given.last is not None:
        because = {"touches": given.touches, "last": day_of(given.last).isoformat()}
        if given.channels is not None:
            because["channels"] = given.channels
    else:
        (field, value), *rest = given.fields
        because = {"field": field, "value": _cell(value)}
        if rest:
            because["also"] = [{"field": other, "value": _cell(each)} for other, each in rest]
    answer: dict[str, Json] = {"criterion": given.criterion, "points": points(given.points), "because": because}
    if given.before_cap != given.points:
        answer["before_cap"] = points(given.before_cap)
    if given.override is not None:
        answer["override"] = given.override
    return answer


def _cell(value: object) -> Json:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


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
