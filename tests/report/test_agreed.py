"""Promises to classes of leads and marketing's months, as they are told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft202012Validator

from accord.acceptance.figures import AcceptanceReport, MonthDelivered, PromiseKept
from accord.language import use_language
from accord.report.acceptance.agreed import delivered_months, earlier_months_sentence, kept_promises
from accord.report.acceptance.answer import acceptance_json
from accord.report.acceptance.text import terminal_text
from accord.report.envelope import dumps
from accord.report.look import Look
from accord.values import Estimate, Reason, Unknown
from report import examples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "acceptance.schema.json").read_text("utf-8"))


def promised() -> AcceptanceReport:
    return replace(
        examples.overall(),
        promises=(
            PromiseKept("Demo", {"lead_type": ("demo",)}, 1.0, "business", 420, Estimate(0.46, 0.41, 0.51, 420)),
            PromiseKept("Paper", {"lead_type": ("paper",)}, 48.0, "elapsed", 4, Unknown(Reason.TOO_FEW, 10)),
        ),
        commitments=(
            *(MonthDelivered("All", f"2026-0{month}", 475, 500, over=True) for month in range(1, 6)),
            MonthDelivered("All", "2026-06", 475, 355, over=True),
            MonthDelivered("All", "2026-07", 475, 12, over=False),
        ),
    )


def test_json_has_every_promise_and_every_month() -> None:
    answer = json.loads(dumps(acceptance_json(promised())))
    Draft202012Validator(SCHEMA).validate(answer)
    assert [promise["kept"] for promise in answer["data"]["promises"]] == [
        {"value": 0.46, "low": 0.41, "high": 0.51, "level": 0.95, "n": 420},
        {"unknown": "too_few", "need": 10},
    ]
    assert len(answer["data"]["commitments"]) == 7


def test_only_a_month_that_is_over_can_fall_short() -> None:
    months = delivered_months(promised())
    assert [month.short for month in months] == [False, False, True, False]
    assert months[2].remark == "120 short"
    assert months[3].remark == "not over yet"
    assert [kept.label for kept in kept_promises(promised())] == [
        "Demo: within 1\N{NO-BREAK SPACE}h, in open hours",
        "Paper: within 48\N{NO-BREAK SPACE}h",
    ]


def test_the_terminal_tells_them_and_is_silent_where_nothing_is_promised() -> None:
    text = terminal_text(promised(), Look(width=80)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Demo: within 1 h, in open hours  46% (41–51%), n = 420" in text
    assert "120 short" in text
    assert "The last 4 months; 3 earlier ones are in accord acceptance --json" in text
    assert "owes" not in terminal_text(examples.overall(), Look(width=80))
    use_language("fr")
    assert "Demo" in terminal_text(promised(), Look(width=80))


def test_nothing_is_said_of_earlier_months_where_all_are_shown() -> None:
    few = replace(promised(), commitments=promised().commitments[-4:])
    assert earlier_months_sentence(few) == ""
    assert "earlier" not in terminal_text(few, Look(width=80))


def test_classes_are_called_in_the_language_of_the_reader() -> None:
    """Where the agreement has labels; the name stays in JSON, and where there are none."""
    labels = {"en": "Asked to be called", "fr": "A demandé à être appelé"}
    named, month = promised().promises[0], promised().commitments[0]
    report = replace(
        examples.overall(),
        promises=(replace(named, labels=labels), named),
        commitments=(replace(month, labels=labels),),
    )
    for language, label in labels.items():
        use_language(language)
        try:
            assert [kept.label.partition(":")[0].strip() for kept in kept_promises(report)] == [label, "Demo"]
            assert [met.label for met in delivered_months(report)] == [label]
        finally:
            use_language("en")
    answer = json.loads(dumps(acceptance_json(report)))["data"]
    assert [kept["name"] for kept in answer["promises"]] == ["Demo", "Demo"]
    assert [met["name"] for met in answer["commitments"]] == ["All"]
