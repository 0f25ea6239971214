"""An acceptance report in the shape that programs read (contract, section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.report.acceptance.agreed import agreed_json
from accord.report.envelope import envelope
from accord.values import Figure, Json

__all__ = ["acceptance_json"]

COUNTS = (
    "handed",
    "accepted",
    "rejected",
    "disqualified",
    "recycled",
    "expired",
    "superseded",
    "open",
    "disqualified_after_acceptance",
    "recycled_after_acceptance",
)


def acceptance_json(report: AcceptanceReport, *, every_definition: bool = False) -> dict[str, Json]:
    """The whole answer in its envelope.

    ``every_definition`` says that all definitions were asked for: ``data`` then holds ``definitions``, one answer per
    name, else the one answer that was asked for. ``chosen`` names the definition that counts, ``chosen_because`` says
    why it does, ``left_out`` counts what could not be used, ``promises`` and ``commitments`` say how the agreement's
    own are kept. These are additions to the contract.
    """
    data: dict[str, Json]
    if every_definition:
        data = {"definitions": {str(name): _answer(answer) for name, answer in report.answers.items()}}
    else:
        (only,) = report.answers.values()
        data = _answer(only)
    data |= {
        "chosen": report.chosen,
        "chosen_because": report.chosen_because,
        "left_out": dict(sorted(report.left_out.items())),
        **agreed_json(report),
    }
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _answer(answer: AcceptanceAnswer) -> dict[str, Json]:
    return {
        "definition": answer.definition,
        "window_days": answer.window_days,
        "totals": _row(answer.totals),
        "rows": [_row(row) for row in answer.rows],
    }


def _row(row: AcceptanceRow) -> dict[str, Json]:
    return {
        "segment": dict(row.segment),
        "period": row.period,
        **{name: getattr(row, name) for name in COUNTS},
        "raw_rate": row.raw_rate.to_json(),
        "open_bounds": row.open_bounds.to_json(),
        "rate": row.rate.to_json(),
        "shrunk": row.shrunk.to_json(),
        "within": _figures(row.within),
        "business_within": _figures(row.business_within),
        "answered_within": _figures(row.answered_within),
        "delay_hours": _figures(row.delay_hours),
        "business_delay_hours": _figures(row.business_delay_hours),
        "weighted_delay_hours": row.weighted_delay_hours.to_json(),
        "ghost": row.ghost.to_json(),
        "silent": row.silent.to_json(),
        "token": row.token.to_json(),
        "never_worked": row.never_worked.to_json(),
    }


def _figures(figures: Mapping[str, Figure]) -> dict[str, Json]:
    return {name: figure.to_json() for name, figure in figures.items()}
