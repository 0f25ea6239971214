"""The board report as the records its pages are rendered from: each part is the answer of the command it comes from."""

from __future__ import annotations

from accord.diagnosis.comparing import Comparison
from accord.diagnosis.report import ChangeTable
from accord.report.acceptance.answer import acceptance_json
from accord.report.actions.answer import effects_data
from accord.report.board.parts import Board
from accord.report.board.sentences import because_sentence, caveats, headline, summary
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.envelope import envelope
from accord.report.recycle.answer import recycle_json
from accord.report.value.answer import value_json
from accord.values import Json

__all__ = ["board_json"]


def board_json(board: Board) -> dict[str, Json]:
    """The whole report in its envelope.

    ``acceptance``, ``channels``, ``trend``, ``diagnosis`` and the reports under ``money`` are the ``data`` of
    ``accord acceptance``, ``diagnose`` and ``value`` for the same days; ``actions`` that of ``accord actions``.
    ``compared`` holds the changes. ``said`` is the text, in the language in use.
    """
    data: dict[str, Json] = {
        "period": {
            "label": board.period.label,
            "from": board.period.start.isoformat(),
            "to": board.period.end.isoformat(),
            "because": board.period.because,
            "over": board.period.over,
        },
        "said": {
            "headline": headline(board),
            "summary": list(summary(board)),
            "period": because_sentence(board),
            "caveats": list(caveats(board)),
        },
        "acceptance": acceptance_json(board.acceptance)["data"],
        "channels": acceptance_json(board.channels)["data"] if board.channels else None,
        "trend": acceptance_json(board.trend)["data"],
        "compared": {
            "previous": _comparison(board.previous, board.labels["previous"]),
            "year_ago": _comparison(board.year_ago, board.labels["year_ago"]),
        },
        "diagnosis": diagnosis_json(board.diagnosis)["data"],
        "findings_about_people_left_out": board.of_people,
        "actions": effects_data(board.actions),
        "recycled": recycle_json(board.recycled)["data"],
        "money": {
            "period": value_json(board.money.period)["data"],
            "previous": value_json(board.money.previous)["data"],
            "year_ago": value_json(board.money.year_ago)["data"] if board.money.year_ago else None,
            "twelve_months": value_json(board.money.year)["data"],
            "cohorts": value_json(board.money.cohorts)["data"],
        },
    }
    return envelope(board.agreement_name, board.agreement_version, board.as_of, data)


def _comparison(comparison: Comparison | None, label: str) -> Json:
    if comparison is None:
        return {"period": label, "acceptance": None, "moved": None, "tables": []}
    return {
        "period": label,
        "acceptance": acceptance_json(comparison.before)["data"],
        "moved": comparison.moved.to_json(),
        "tables": [_table(table) for table in comparison.tables],
    }


def _table(table: ChangeTable) -> Json:
    return {
        "dimension": table.dimension,
        "mix": table.mix,
        "rate": table.rate,
        "interaction": table.interaction,
        "rows": [
            {
                "value": row.value,
                "before": row.before,
                "after": row.after,
                "accepted_before": row.accepted_before,
                "accepted_after": row.accepted_after,
                "mix": row.mix,
                "rate": row.rate,
                "interaction": row.interaction,
            }
            for row in table.rows
        ],
    }
