"""A recycling report in the shape that programs read; docs/guides/recycle.md names every key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.recycle.figures import (
    Attempt,
    Comparison,
    FollowUpRow,
    FollowUps,
    RecycleReport,
    Relaunch,
    ReturnRow,
    StopRule,
)
from accord.report.envelope import envelope
from accord.values import Figure, Json, Reason, Unknown

__all__ = ["recycle_json"]


def recycle_json(report: RecycleReport) -> dict[str, Json]:
    """The whole answer in its envelope."""
    data: dict[str, Json] = {
        "definition": report.definition,
        "window_days": report.window_days,
        "horizon_days": report.horizon_days,
        "from": report.start.isoformat() if report.start else None,
        "to": report.end.isoformat() if report.end else None,
        "totals": _row(report.totals),
        "rows": [_row(row) for row in report.rows],
        "by_reason": _categories(report.by_reason),
        "by_attempt": _categories(report.by_attempt),
        "by_follow_up": _categories(report.by_follow_up),
        "by_last_touch": _categories(report.by_brought_back),
        "by_age": _categories(report.by_age),
        "stop_rule": _stop_rule(report.stop_rule),
        "against_left_alone": {name: _comparison(found) for name, found in report.against_left_alone.items()},
        "ledger": {
            "episodes": report.episodes,
            "leads": report.leads,
            "returned": report.totals.returned,
            "came_back": report.totals.came_back,
            "waiting": report.totals.waiting,
            "returned_late": report.returned_late,
        },
        "waiting_leads": {
            "worth_relaunching": report.relaunch.candidates,
            "surely_gaining": report.relaunch.gains,
            "chance_reaches_floor": Unknown(Reason.TOO_FEW, report.relaunch.need).to_json()
            if report.relaunch.sure is None
            else report.relaunch.sure,
            "floor": report.relaunch.floor,
            "left_out": dict(report.relaunch.left_out),
            "learned_from": report.relaunch.learned_from,
        },
        "relaunch": [_relaunch(lead) for lead in report.relaunch.leads],
    }
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _row(row: ReturnRow) -> dict[str, Json]:
    return {
        "segment": dict(row.segment),
        "period": row.period,
        "handed": row.handed,
        "returned": row.returned,
        **{str(kind): count for kind, count in row.how.items()},
        "superseded": row.superseded,
        "came_back": row.came_back,
        "on_their_own": row.on_their_own,
        "waiting": row.waiting,
        "median_days_waiting": row.days_waiting,
        "return_rate": row.return_rate.to_json(),
        "came_back_within": _figures(row.came_back_within),
        "days_to_come_back": _figures(row.days_to_come_back),
        "follow_ups": _follow(row.follow),
    }


def _follow(follow: FollowUps) -> dict[str, Json]:
    return {
        "n": follow.follow_ups,
        "open": follow.open,
        "answered": follow.answered,
        "accepted": follow.accepted,
        "opportunities": follow.opportunities,
        "won": follow.won,
        "returned_again": follow.returned_again,
        "response_rate": follow.response_rate.to_json(),
        "reacceptance_rate": follow.reacceptance_rate.to_json(),
        "opportunity_rate": follow.opportunity_rate.to_json(),
        "win_rate": follow.win_rate.to_json(),
    }


def _categories(rows: Sequence[FollowUpRow]) -> list[Json]:
    return [{"segment": dict(row.segment), "follow_ups": _follow(row.follow)} for row in rows]


def _comparison(found: Comparison) -> dict[str, Json]:
    return {
        "event": found.event,
        "followed_up": found.followed_up.to_json(),
        "left_alone": found.left_alone.to_json(),
        "gain": found.gain.to_json(),
        "matched": list(found.matched),
        "unmatched": found.unmatched,
        "too_young": found.too_young,
    }


def _stop_rule(rule: StopRule) -> dict[str, Json]:
    unknown = Unknown(Reason.TOO_FEW if rule.attempts else Reason.NOT_RECORDED, rule.need).to_json()
    return {
        "last_worthwhile_attempt": unknown if rule.last_worthwhile is None else rule.last_worthwhile,
        "stop_before_attempt": unknown if rule.stop_before is None else rule.stop_before,
        "worthwhile_gain": rule.worthwhile,
        "attempts": [_attempt(found) for found in rule.attempts],
    }


def _attempt(found: Attempt) -> dict[str, Json]:
    return {
        "attempt": found.attempt,
        "shows": found.shows,
        "follow_ups": _follow(found.follow),
        "compared": _comparison(found.compared),
    }


def _relaunch(lead: Relaunch) -> dict[str, Json]:
    return {
        "lead_id": lead.lead_id,
        "handoff_id": lead.handoff_id,
        "returned": lead.returned,
        "reason": lead.reason,
        "returned_on": lead.returned_on.isoformat(),
        "days_waiting": lead.days_waiting,
        "attempts": lead.attempts,
        "touches_since": lead.touches_since,
        "last_touch": lead.last_touch,
        "last_touch_on": lead.last_touch_on.isoformat() if lead.last_touch_on else None,
        "channel": lead.channel,
        "band": lead.band,
        "chance": lead.chance.to_json(),
        "because": [
            {"what": one.what, "value": one.value, "effect": one.effect, "followed_up": one.followed_up}
            for one in lead.because
        ],
    }


def _figures(figures: Mapping[str, Figure]) -> dict[str, Json]:
    return {name: figure.to_json() for name, figure in figures.items()}
