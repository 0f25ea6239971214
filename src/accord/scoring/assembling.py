"""From a row that an engine scored to what scoring one lead answers: the same trace, with the engine's points."""

from __future__ import annotations

from collections.abc import Mapping

from accord.agreement.criteria import AXES
from accord.scoring.reading import IS_DATE
from accord.scoring.result import Given, Scored
from accord.scoring.rules import Rules

__all__ = ["assembled"]


def assembled(rules: Rules, row: Mapping[str, object], moment: int) -> Scored:
    """``row`` has the columns of :func:`accord.scoring.batch.scored`; ``moment`` is the ``as_of`` it was scored at."""
    lead: dict[str, object] = {}
    for place, field in enumerate(rules.fields):
        lead[field] = row[f"value_{place}"]
        lead[field + IS_DATE] = row.get(f"value_{place}{IS_DATE}")
    overrides = [rule for place, rule in enumerate(rules.overrides) if row[f"override_{place}"]]
    trace = []
    for place, rule in enumerate(rules.criteria):
        points = _whole(row[f"points_{place}"])
        if not points:
            continue
        holding = next((which for which, _points in rule.overridden if row[f"override_{which}"]), None)
        override = None if holding is None else rules.overrides[holding].name
        if rule.logic is not None:
            decided = rules.reading.decided_by(rule.logic, lead, moment)
            fields = tuple([(field, rules.reading.value(lead, field)) for field in decided])
            trace.append(Given(rule.id, points, points, fields, override=override))
            continue
        trace.append(
            Given(
                rule.id,
                points,
                _whole(row[f"raw_{place}"]),
                touches=_whole(row[f"touches_{place}"]),
                last=rules.reading.zone.local_day(_whole(row[f"last_{place}"])),
                channels=_whole(row[f"channels_{place}"]) if f"channels_{place}" in row else None,
                override=override,
            )
        )
    ideal = row["ideal"]
    band = row["band"]
    return Scored(
        lead_id=str(row["lead_id"]),
        score=_whole(row["score"]),
        threshold=_whole(row["threshold"]),
        qualified=bool(row["qualified"]),
        band=None if band is None else str(band),
        axes=tuple(_whole(row[f"axis_{axis}"]) for axis in range(len(AXES))),
        sums=tuple(_whole(row[f"sum_{axis}"]) for axis in range(len(AXES))),
        trace=tuple(trace),
        missing=tuple(field for place, field in enumerate(rules.fields) if row[f"missing_{place}"]),
        disqualified=tuple(rule.id for place, rule in enumerate(rules.disqualifiers) if row[f"disqualifier_{place}"]),
        ideal=None if ideal is None else bool(ideal),
        threshold_override=next((rule.name for rule in overrides if rule.threshold is not None), None),
        overrides=tuple([place for place in range(len(rules.overrides)) if row[f"override_{place}"]]),
    )


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
