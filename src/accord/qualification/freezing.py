"""A score as the contract's JSON, and the trace of a handoff: readable without the agreement or the lead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accord.agreement.criteria import AXES
from accord.scoring.decay import HUNDREDTHS
from accord.scoring.result import Given, Scored
from accord.scoring.rules import Rules
from accord.values import Json

__all__ = ["day_of", "frozen", "points", "scored_json"]

_FIRST_DAY = date(1970, 1, 1)


def points(hundredths: int) -> float | int:
    """Hundredths as points: 12, 12.5."""
    return hundredths // HUNDREDTHS if hundredths % HUNDREDTHS == 0 else hundredths / HUNDREDTHS


def frozen(content: Mapping[str, Json]) -> str:
    """``content`` as the text that is kept: the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def day_of(number: int) -> date:
    """The calendar day of a day number."""
    return _FIRST_DAY + timedelta(days=number)


def scored_json(rules: Rules, scored: Scored, *, worded: bool = False) -> dict[str, Json]:
    """A score as the contract has it (section 5): score, band, whether it is qualified, axes, trace, what is missing,
    and what else decided. ``worded``: with the labels of its criteria in both languages.
    """
    answer: dict[str, Json] = {
        "lead_id": scored.lead_id,
        "score": points(scored.score),
        "band": scored.band,
        "qualified": scored.qualified,
        "axes": {axis: points(each) for axis, each in zip(AXES, scored.axes, strict=True)},
        "trace": [_given(rules, each, worded=worded) for each in scored.trace],
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


def _given(rules: Rules, given: Given, *, worded: bool) -> dict[str, Json]:
    answer: dict[str, Json] = {
        "criterion": given.criterion,
        "points": points(given.points),
        "because": _because(given),
    }
    if given.before_cap != given.points:
        answer["before_cap"] = points(given.before_cap)
    if given.override is not None:
        answer["override"] = given.override
    if worded:
        said = next(criterion for criterion in rules.kept.criteria if criterion.id == given.criterion)
        answer["label"] = {"en": said.label.en, "fr": said.label.fr}
        answer["why"] = {"en": said.why.en, "fr": said.why.fr}
    return answer


def _because(given: Given) -> dict[str, Json]:
    if given.touches is not None and given.last is not None:
        found: dict[str, Json] = {"touches": given.touches, "last": day_of(given.last).isoformat()}
        if given.channels is not None:
            found["channels"] = given.channels
        return found
    (field, value), *rest = given.fields
    because: dict[str, Json] = {"field": field, "value": _plain(value)}
    if rest:
        because["also"] = [{"field": other, "value": _plain(each)} for other, each in rest]
    return because


def _plain(value: object) -> Json:
    match value:
        case float() if value.is_integer():
            return int(value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return f"{value.isoformat()}Z"
        case date():
            return value.isoformat()
        case _:
            return str(value)
