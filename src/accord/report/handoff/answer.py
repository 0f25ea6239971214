"""Handing over, frozen traces and overrides as JSON, and handing over as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from accord.qualification.crossing import Stays
from accord.qualification.freezing import points
from accord.qualification.overrides import WON_WITHIN_DAYS, EffectOfOverrides
from accord.qualification.planning import HandedOver, HandoffReport
from accord.report.envelope import utc_text
from accord.report.spreadsheets import Reader, Record, csv_text
from accord.store.handing import FrozenTrace
from accord.store.overrides import LeadOverride
from accord.values import Json

__all__ = ["effect_data", "frozen_data", "handoff_csv", "handoff_data", "override_data"]


def handoff_data(report: HandoffReport) -> Json:
    """``{"dry_run", "counts", "handed": […], "not_handed": […], "people": […]}``; every reason in both languages."""
    return {
        "dry_run": report.dry_run,
        **_columns(report),
        "counts": dict(report.counts),
        "handed": [_handed(each) for each in report.handed],
        "not_handed": [_stays(each) for each in report.stays],
        "people": [
            {
                "rep_id": each.rep_id,
                "team": each.team,
                "capacity": each.capacity,
                "before": each.before,
                "now": each.now,
            }
            for each in report.people
        ],
    }


def _columns(report: HandoffReport) -> dict[str, Json]:
    """Of a moment that was asked for: whether the columns are those known then."""
    if not report.past:
        return {}
    if report.how is None:
        return {"columns": "current"}
    return {
        "columns": "as_first_recorded" if report.how.later else "as_known_then",
        "columns_changed_since": report.how.changed,
        "columns_first_recorded_later": report.how.later,
    }


def _handed(each: HandedOver) -> dict[str, Json]:
    return {
        "handoff_id": each.handoff_id,
        "lead_id": each.lead_id,
        "score": points(each.score),
        "band": each.band,
        "threshold": points(each.threshold),
        "kind": each.kind,
        "rep_id": each.rep_id,
        "team": each.team,
        "why": [said.to_json() for said in each.why],
        "to_whom": [said.to_json() for said in each.to_whom],
    }


def _stays(each: Stays) -> dict[str, Json]:
    return {
        "lead_id": each.lead_id,
        "score": points(each.score),
        "threshold": points(each.threshold),
        "reason": each.reason.to_json(),
    }


def frozen_data(kept: FrozenTrace) -> Json:
    """The trace as it was kept, and whether its text still has the digest that was recorded with it."""
    trace: Json = json.loads(kept.trace)
    return {"handoff_id": kept.handoff_id, "digest": kept.digest, "intact": kept.intact, "trace": trace}


def override_data(overrides: Sequence[LeadOverride]) -> Json:
    """Judgements in the order in which they were recorded."""
    return [
        {
            "number": each.number,
            "lead_id": each.lead_id,
            "judgement": each.judgement,
            "reason": each.reason,
            "name": each.name,
            "at": utc_text(each.at),
        }
        for each in overrides
    ]


def effect_data(effect: EffectOfOverrides) -> Json:
    """``{"definition", …, "groups": […], "better_accepted": EST, "better_won": EST, "kept_back"}``."""
    return {
        "definition": effect.definition,
        "window_days": effect.window_days,
        "threshold": effect.threshold,
        "margin": effect.margin,
        "recorded": effect.recorded,
        "too_late": effect.too_late,
        "won_within_days": WON_WITHIN_DAYS,
        "groups": [
            {
                "group": each.group,
                "handed": each.handed,
                "over": each.over,
                "settled": each.settled,
                "acceptance": each.acceptance.to_json(),
                "win": each.win.to_json(),
            }
            for each in effect.groups
        ],
        "better_accepted": effect.better_accepted.to_json(),
        "better_won": effect.better_won.to_json(),
        "kept_back": effect.kept_back,
    }


_COLUMNS = ("lead_id", "handoff_id", "score", "band", "threshold", "kind", "rep_id", "team", "code", "why")


def handoff_csv(report: HandoffReport, reader: Reader = "programs") -> str:
    """A line per lead, those handed over first: to whom, or why not, in the language in use."""
    return csv_text(_COLUMNS, _records(report), reader)


def _records(report: HandoffReport) -> Iterator[Record]:
    for gone in report.handed:
        yield {
            "lead_id": gone.lead_id,
            "handoff_id": gone.handoff_id,
            "score": points(gone.score),
            "band": gone.band or "",
            "threshold": points(gone.threshold),
            "kind": gone.kind,
            "rep_id": gone.rep_id or "",
            "team": gone.team or "",
            "code": "handed",
            "why": " ".join(said.sentence() for said in (*gone.why, *gone.to_whom)),
        }
    for stays in report.stays:
        yield {
            "lead_id": stays.lead_id,
            "score": points(stays.score),
            "threshold": points(stays.threshold),
            "code": stays.reason.code,
            "why": stays.reason.sentence(),
        }
