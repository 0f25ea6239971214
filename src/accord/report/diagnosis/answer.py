"""A diagnosis in the shape of the contract, section 5."""

from __future__ import annotations

from accord.diagnosis.report import (
    Change,
    ChangeTable,
    Check,
    Delays,
    DiagnosisReport,
    Evidence,
    Finding,
    Gain,
    IntentRow,
    OwnChange,
    Refusals,
    SignalRow,
)
from accord.report.diagnosis.recording import recording
from accord.report.envelope import envelope
from accord.values import Json

__all__ = ["diagnosis_json"]


def diagnosis_json(report: DiagnosisReport) -> dict[str, Json]:
    """The whole answer in its envelope: ``verdict``, ``findings``, ``models``.

    Beside them, beyond the contract: ``because`` (why the verdict, in both languages), ``limits`` (what could not be
    looked at), ``definition`` (what counts as accepted) and ``definition_because``, ``rate`` of mature leads,
    ``handed`` and the days ``first`` and ``last`` of the analysed period, and ``searched``, how many segments and dates
    were compared; ``signals``, every criterion against the outcomes, and ``intents``, content against direct intent;
    ``change``, why the rate moved, per dimension, in rates, acceptances and money; ``own_changes``; ``refusals``;
    ``delays``, whose they are. Of every finding ``gain``, what acting on it would bring, and ``check``, how to see
    later that it worked; and ``context``, figures that speak neither for it nor against it.
    """
    data: dict[str, Json] = {
        "verdict": report.verdict,
        "definition": report.definition,
        "definition_because": report.definition_because,
        "because": dict(report.because),
        "rate": report.rate.to_json(),
        "handed": report.handed,
        "first": report.first.isoformat() if report.first else None,
        "last": report.last.isoformat() if report.last else None,
        "searched": report.searched,
        "findings": [_finding(finding) for finding in report.findings],
        "models": [_finding(finding) for finding in report.models],
        "limits": [dict(limit) for limit in report.limits],
        "signals": [_signal(row) for row in report.signals],
        "intents": [_intent(row) for row in report.intents],
        "change": _change(report.change) if report.change else None,
        "own_changes": [_own_change(change) for change in report.own_changes],
        "refusals": _refusals(report.refusals) if report.refusals else None,
        "delays": _delays(report.delays) if report.delays else None,
    }
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _finding(finding: Finding) -> dict[str, Json]:
    answer: dict[str, Json] = {
        "id": finding.id,
        "kind": finding.kind,
        "where": dict(finding.where),
        "since": finding.since.isoformat() if finding.since else None,
        "since_low": finding.since_low.isoformat() if finding.since_low else None,
        "since_high": finding.since_high.isoformat() if finding.since_high else None,
        "confidence": round(finding.confidence, 4),
        "effect": finding.effect.to_json(),
        "leads": finding.leads,
        "lost_acceptances": finding.lost_acceptances.to_json(),
        "cost": finding.cost.to_json(),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "against": [_evidence(evidence) for evidence in finding.against],
        "context": [_evidence(evidence) for evidence in finding.context],
        "actions": [{"code": action.code, "text": dict(action.text)} for action in finding.actions],
        "text": dict(finding.text),
        "gain": _gain(finding.gain) if finding.gain else None,
        "check": _check(finding, finding.check) if finding.check else None,
    }
    if finding.kind == "rep_gap":
        answer["cause"] = finding.cause
    return answer


def _gain(gain: Gain) -> dict[str, Json]:
    return {
        "of": gain.of,
        "amount": gain.amount.to_json(),
        "money": gain.money.to_json(),
        "days": gain.days,
        "text": dict(gain.text),
    }


def _check(finding: Finding, check: Check) -> dict[str, Json]:
    return {"text": dict(check.text), "command": recording(finding) if check.to_record else None}


def _evidence(evidence: Evidence) -> dict[str, Json]:
    return {"what": evidence.what, "value": evidence.value.to_json()}


def _signal(row: SignalRow) -> dict[str, Json]:
    return {
        "criterion": row.criterion,
        "label": dict(row.label),
        "points": row.points,
        "most": row.most,
        "supported": row.supported.to_json(),
        "supported_by_deals": row.supported_by_deals.to_json(),
        "only_thanks": row.only_thanks.to_json(),
        "marginal_rate": row.marginal_rate.to_json(),
    }


def _intent(row: IntentRow) -> dict[str, Json]:
    return {"intent": row.intent, "leads": row.leads, "rate": row.rate.to_json(), "deals": row.deals.to_json()}


def _change(change: Change) -> dict[str, Json]:
    return {
        "border": change.border.isoformat(),
        "finding": change.finding,
        "before": change.before.to_json(),
        "after": change.after.to_json(),
        "moved": change.moved.to_json(),
        "leads": change.leads,
        "acceptances": change.acceptances,
        "cost": change.cost,
        "dimensions": [_table(table) for table in change.tables],
    }


def _table(table: ChangeTable) -> dict[str, Json]:
    """Each part as a fraction of the leads since, in acceptances, and in money lost where spend is recorded."""
    rows: list[Json] = [
        {
            "value": row.value,
            "leads_before": row.before,
            "leads_after": row.after,
            "accepted_before": row.accepted_before,
            "accepted_after": row.accepted_after,
            "mix": row.mix,
            "rate": row.rate,
            "interaction": row.interaction,
            "acceptances": (row.mix + row.rate + row.interaction) * table.leads,
        }
        for row in table.rows
    ]
    parts = {"mix": table.mix, "rate": table.rate, "interaction": table.interaction}
    cost = table.cost_per_lead
    return {
        "dimension": table.dimension,
        **parts,
        "acceptances": {name: part * table.leads for name, part in parts.items()},
        "cost": None if cost is None else {name: -part * table.leads * cost for name, part in parts.items()},
        "values": rows,
    }


def _own_change(change: OwnChange) -> dict[str, Json]:
    return {"since": change.since.isoformat(), "what": change.what, "value": change.value, "beside": [*change.beside]}


def _delays(delays: Delays) -> dict[str, Json]:
    return {
        "promise_hours": delays.promise_hours,
        "late": delays.late.to_json(),
        "handed_after_hours": delays.handed_after_hours.to_json(),
        "handed_late": delays.handed_late.to_json(),
        "from_queue": delays.from_queue.to_json(),
        "from_people": delays.from_people.to_json(),
        "by_rule": delays.by_rule,
    }


def _refusals(refusals: Refusals) -> dict[str, Json]:
    return {
        "refused": refusals.refused,
        "without_reason": refusals.without_reason.to_json(),
        "levels": dict(refusals.levels),
        "rejected_before_contact": refusals.rejected_before_contact.to_json(),
        "disqualified_before_contact": refusals.disqualified_before_contact.to_json(),
        "contradictions": [{"reason": one.reason, "share": one.share.to_json()} for one in refusals.contradictions],
    }
