"""Corrective actions as JSON: what each is, its history, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence

from accord.actions.files import COLUMNS
from accord.actions.keeping import Imported
from accord.actions.model import CorrectiveAction, Step, content_of
from accord.actions.report import ActionEffect, ActionsReport, Rates, Stretch
from accord.report.envelope import utc_text
from accord.values import Json

__all__ = [
    "action_data",
    "effects_data",
    "exported",
    "history_data",
    "imported_data",
    "measured_data",
]


def effects_data(report: ActionsReport) -> dict[str, Json]:
    """``definition``, ``window_days`` and ``actions``, each with its ``effect``."""
    return {
        "definition": report.definition,
        "window_days": report.window_days,
        "actions": [measured_data(each) for each in report.effects],
    }


def measured_data(effect: ActionEffect) -> dict[str, Json]:
    """What an action says, and its ``effect``."""
    return {**action_data(effect.action), "effect": _effect(effect)}


def action_data(action: CorrectiveAction) -> dict[str, Json]:
    """What an action says; ``removed`` only where it was."""
    return {"id": action.id, **content_of(action), **({"removed": True} if action.removed else {})}


def history_data(steps: Sequence[Step]) -> list[Json]:
    """The steps of an action's history, the first first."""
    return [
        {
            "event": step.event,
            "by": step.name,
            "at": utc_text(step.at),
            "changed": {name: {"from": before, "to": now} for name, (before, now) in step.changed.items()},
        }
        for step in steps
    ]


def imported_data(imported: Imported) -> dict[str, Json]:
    """How many actions a file held, and the ids of those it added, changed, and left as they were."""
    return {
        "read": imported.read,
        "added": list(imported.added),
        "changed": list(imported.changed),
        "unchanged": list(imported.unchanged),
    }


def exported(actions: Sequence[CorrectiveAction]) -> list[Json]:
    """What ``accord actions import`` reads, without what was removed."""
    assert COLUMNS[0] == "id"
    return [{"id": action.id, **content_of(action)} for action in actions if not action.removed]


def _effect(effect: ActionEffect) -> dict[str, Json]:
    return {
        "state": effect.state,
        "verdict": effect.verdict,
        "because": dict(effect.because),
        "horizon_days": effect.horizon_days,
        "answers_drop": _stretch(effect.stretch) if effect.stretch else None,
        "weeks": {"before": effect.weeks_before, "after": effect.weeks_after},
        "acceptance": effect.effect.to_json(),
        "before": _rates(effect.before),
        "after": _rates(effect.after),
        "expected": effect.expected.to_json(),
        "gained_acceptances": effect.gained.to_json(),
        "answered_in_time": {
            "hours": effect.promise_hours,
            "by_class": effect.by_class,
            "effect": effect.answered.to_json(),
        },
        "leads_a_week": {"before": _rounded(effect.per_week_before), "after": _rounded(effect.per_week_after)},
        "compared_with": "sharing" if effect.sharing else "untouched",
        "gap_in_four_weeks_before": effect.trend.to_json(),
        "placebo": {
            "passed": effect.passed,
            "dates": [{"start": each.day.isoformat(), "effect": each.effect.to_json()} for each in effect.dates],
            "segments": [{"where": dict(each.where), "effect": each.effect.to_json()} for each in effect.segments],
        },
        "cautions": [
            {"code": each.code, "actions": list(each.actions), "text": dict(each.text)} for each in effect.cautions
        ],
    }


def _stretch(stretch: Stretch) -> dict[str, Json]:
    return {
        "since": stretch.since.isoformat(),
        "by": stretch.by,
        "text": dict(stretch.text),
        "step": stretch.step.to_json(),
        "before_it": _rates(stretch.ordinary),
        "acceptance_against_all_weeks": stretch.all_weeks.to_json(),
    }


def _rates(rates: Rates) -> dict[str, Json]:
    return {"touched": rates.touched.to_json(), "untouched": rates.untouched.to_json()}


def _rounded(per_week: float | None) -> float | None:
    return None if per_week is None else round(per_week, 2)
