"""What learning answers, in the shape that programs read; every sentence in both languages."""

from __future__ import annotations

from datetime import datetime

from accord.agreement.model import Agreement
from accord.language import both
from accord.learning.figures import LearningReport, Proposal, ProposedCriterion
from accord.learning.leaks import Leak, Sign
from accord.learning.quality import Judged
from accord.learning.reliability import Calibration
from accord.learning.words import SELECTION, SELECTION_EXPLORED, SIGNS
from accord.report.envelope import envelope
from accord.values import Json, Unknown

__all__ = ["learning_json"]


def learning_json(report: LearningReport, agreement: Agreement, as_of: datetime | None) -> dict[str, Json]:
    """The whole answer in its envelope; ``data`` is laid out in docs/method/learning.md."""
    material = report.material
    data: dict[str, Json] = {
        "outcomes": list(material.outcomes),
        "leads": material.leads,
        "good": material.good,
        "left_out": dict(material.left_out),
        "learnt_from": material.older,
        "judged_on": material.newer,
        "judged_from": material.border,
        "horizon_days": dict(material.horizons),
        "exploration": {
            "share": material.exploration_share,
            "leads": material.explored,
            "stand_for": material.stand_for,
        },
        "selection": dict(_selection(report)),
        "skipped": dict(material.skipped),
        "leaks": [_leak(leak) for leak in report.leaks],
        "proposal": _proposal(report.proposal),
        "capacity": report.capacity,
        "capacity_from": _capacity_from(report),
        "quality": {name: _judged(judged) for name, judged in report.judged.items()},
        "bands": [
            {"band": one.band, "from": one.lowest, "leads": one.leads, "rate": one.rate.to_json()}
            for one in report.bands
        ],
        "turned_away": {
            name: {"leads": one.leads, "share": one.share.to_json()} for name, one in report.turned_away.items()
        },
        "compared": dict(report.compared),
        "boosting_installed": report.boosting_available,
    }
    return envelope(agreement.name, agreement.version, as_of, data)


def _selection(report: LearningReport) -> dict[str, str]:
    material = report.material
    if material.explored:
        return dict(both(SELECTION_EXPLORED, explored=material.explored, leads=round(material.stand_for)))
    return dict(both(SELECTION))


def _leak(leak: Leak) -> dict[str, Json]:
    answer: dict[str, Json] = {"field": leak.field, "sign": leak.sign.value, "evidence": leak.evidence.to_json()}
    if leak.sign is Sign.KIN:
        answer |= {"of": list(leak.of), "likeness": round(leak.likeness, 6)}
    values = {"value": f"{leak.evidence.value:.2f}", "n": leak.evidence.n, "others": ", ".join(leak.of)}
    return {**answer, "text": dict(both(SIGNS[leak.sign], **values))}


def _proposal(proposal: Proposal | Unknown) -> dict[str, Json]:
    if isinstance(proposal, Unknown):
        return proposal.to_json()
    return {
        "criteria": [_criterion(one) for one in proposal.criteria],
        "threshold": {"before": proposal.threshold_before, "after": proposal.threshold},
        "bands": [{"name": name, "from": lowest} for name, lowest in proposal.bands],
        "chance": {"start": proposal.scale.start, "step": proposal.scale.step},
        "considered": proposal.considered,
    }


def _criterion(one: ProposedCriterion) -> dict[str, Json]:
    return {
        "id": one.id,
        "axis": one.axis,
        "change": one.change,
        "before": one.before,
        "after": one.after,
        "label": dict(one.label),
        "why": dict(one.why),
        **one.written,
        "supported": one.learned.to_json(),
        "held_out": one.held_out.to_json(),
        "rate_with": one.with_it.to_json(),
        "rate_without": one.without_it.to_json(),
    }


def _capacity_from(report: LearningReport) -> dict[str, Json]:
    room = report.room
    if room is None or room.leads is None:
        return {"basis": "agreement" if "current" in report.judged else "proposal"}
    return {
        "basis": "recorded",
        "a_week": room.capacity.a_week,
        "weeks": room.weeks,
        "leads": room.leads,
        "handed": room.handed,
        "judging": room.judging,
        "people": room.capacity.people,
        "without_capacity": room.capacity.without,
    }


def _judged(judged: Judged) -> dict[str, Json]:
    return {
        "auc": judged.order.to_json(),
        "auc_above_proposal": judged.order_gain.to_json(),
        "auc_of_all_leads": judged.order_everywhere.to_json(),
        "calibration": _calibration(judged.calibration),
        "precision": judged.precision.to_json(),
        "precision_of_half": judged.precision_of_half.to_json(),
    }


def _calibration(found: Calibration | Unknown) -> dict[str, Json]:
    if isinstance(found, Unknown):
        return found.to_json()
    return {
        "error": found.error,
        "low": found.low,
        "high": found.high,
        "limit": found.limit,
        "usual": found.usual,
        "n": found.n,
        "bins": [
            {"lowest": one.lowest, "highest": one.highest, "stated": one.stated, "happened": one.happened.to_json()}
            for one in found.bins
        ],
    }
