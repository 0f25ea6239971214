"""The trace of a handoff: all that made score and choice, readable without the agreement or the lead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accord.agreement.criteria import AXES
from accord.scoring.decay import HUNDREDTHS
from accord.scoring.result import Given, Scored
from accord.scoring.rules import Rules
from accord.values import Json

__all__ = ["frozen", "points", "scored_json"]

_FIRST_DAY = date(1970, 1, 1)


def points(hundredths: int) -> float | int:
    """Hundredths as points: 12, 12.5."""
    return hundredths // HUNDREDTHS if hundredths % HUNDREDTHS == 0 else hundredths / HUNDREDTHS


def frozen(content: Mapping[str, Json]) -> str:
    """``content`` as the text that is kept: the same bytes for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def scored_json(rules: Rules, scored: Scored) -> dict[str, Json]:
    """A score as the contract has it (section 5), with the labels of its criteria in both languages."""
    wording = {criterion.id: criterion for criterion in rules.kept.criteria}
    trace: list[Json] = []
    for given in scored.trace:
        said = wording[given.criterion]
        entry: dict[str, Json] = {
            "criterion": given.criterion,
            "points": points(given.points),
            "because": _because(given),
            "label": {"en": said.label.en, "fr": said.label.fr},
            "why": {"en": said.why.en, "fr": said.why.fr},
        }
        if given.before_cap != given.points:
            entry["before_cap"] = points(given.before_cap)
        if given.override is not None:
            entry["override"] = given.override
        trace.append(entry)
    limited: dict[str, Json] = {
        axis: points(before)
        for axis, each, before in zip(AXES, scored.axes, scored.sums, strict=True)
        if each != before
    }
    return {
        **({"axes_before_maximum": limited} if limited else {}),
        "lead_id": scored.lead_id,
        "score": points(scored.score),
        "band": scored.band,
        "qualified": scored.qualified,
        "threshold": points(scored.threshold),
        "axes": {axis: points(given) for axis, given in zip(AXES, scored.axes, strict=True)},
        "trace": trace,
        "missing": list(scored.missing),
        "disqualified": list(scored.disqualified),
        "ideal": scored.ideal,
        "agreement": rules.version,
    }


def _because(given: Given) -> Json:
    if given.touches is not None:
        last = None if given.last is None else (_FIRST_DAY + timedelta(days=given.last)).isoformat()
        found: dict[str, Json] = {"touches": given.touches, "last": last}
        if given.channels is not None:
            found["channels"] = given.channels
        return found
    facts = [{"field": field, "value": _plain(value)} for field, value in given.fields]
    first, *rest = facts
    return {**first, "also": [dict(fact) for fact in rest]} if rest else {**first}


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
