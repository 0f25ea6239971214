"""An audit on paper: JSON as the contract has it, text that fits the terminal, both languages."""

from __future__ import annotations

import json
import re
from string import Formatter
from typing import Any

import jsonschema
import pytest

from accord.audit.figures import Audited
from accord.audit.registry import CHECKS
from accord.audit.report import AuditReport, Severity
from accord.language import use_language
from accord.report.audit.answer import audit_json
from accord.report.audit.text import audit_text
from accord.report.audit.words import FIGURES, SEVERITIES, TABLES, commands, rows_named
from accord.report.envelope import dumps
from accord.report.look import Look, display_width
from accord.tables.schema import TABLES as CONTRACT_TABLES
from audit.company import audit, clean_company
from audit.scenarios import SCENARIOS

SENTENCE = {
    "type": "object",
    "required": ["en", "fr"],
    "additionalProperties": False,
    "properties": {"en": {"type": "string", "minLength": 1}, "fr": {"type": "string", "minLength": 1}},
}
CODES = {"type": "array", "items": {"enum": [check.code for check in CHECKS]}}
SCHEMA = {
    "type": "object",
    "required": ["accord", "agreement", "as_of", "data"],
    "additionalProperties": False,
    "properties": {
        "accord": {"type": "string"},
        "agreement": {"type": "object", "required": ["name", "version"]},
        "as_of": {"type": "string", "pattern": "Z$"},
        "data": {
            "type": "object",
            "required": ["definition", "checks", "grades", "tables", "passed", "skipped"],
            "additionalProperties": False,
            "properties": {
                "definition": {"enum": ["explicit", "action", "worked", "tacit"]},
                "checks": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": [
                            *("code", "severity", "table", "column", "counted", "affected", "of", "share"),
                            *("samples", "details", "figures", "title", "effect", "action"),
                        ],
                        "additionalProperties": False,
                        "properties": {
                            "code": {"enum": [check.code for check in CHECKS]},
                            "severity": {"enum": ["note", "minor", "major", "critical"]},
                            "table": {"enum": [table.name for table in CONTRACT_TABLES]},
                            "column": {"type": ["string", "null"]},
                            "counted": {"enum": list(TABLES)},
                            "affected": {"type": "integer", "minimum": 1},
                            "of": {"type": "integer", "minimum": 1},
                            "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                            "samples": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
                            "details": {"type": "object"},
                            "figures": {"type": "array", "items": {"enum": list(Audited)}},
                            "title": SENTENCE,
                            "effect": SENTENCE,
                            "action": SENTENCE,
                            "detail": SENTENCE,
                        },
                    },
                },
                "grades": {
                    "type": "object",
                    "required": list(Audited),
                    "additionalProperties": {
                        "oneOf": [
                            {
                                "type": "object",
                                "required": ["grade", "because"],
                                "additionalProperties": False,
                                "properties": {"grade": {"enum": ["A", "B", "C", "D"]}, "because": CODES},
                            },
                            {
                                "type": "object",
                                "required": ["unknown", "because"],
                                "additionalProperties": False,
                                "properties": {
                                    "unknown": {"enum": ["not_recorded", "too_few"]},
                                    "need": {"type": "integer"},
                                    "because": CODES,
                                },
                            },
                        ]
                    },
                },
                "tables": {"type": "object", "required": [table.name for table in CONTRACT_TABLES]},
                "passed": CODES,
                "skipped": CODES,
            },
        },
    },
}


@pytest.fixture(scope="module")
def report() -> AuditReport:
    tables = clean_company(leads=150)
    for code in ("missing_reasons", "duplicate_leads", "night_masses", "spelling_variants", "automation_not_recorded"):
        SCENARIOS[code].spoil(tables)
    tables["spend"].clear()
    return audit(tables)


def test_json_is_what_is_promised(report: AuditReport) -> None:
    answer: dict[str, Any] = json.loads(dumps(audit_json(report)))
    jsonschema.validate(answer, SCHEMA)
    found = {check["code"]: check for check in answer["data"]["checks"]}
    hour = found["night_masses"]["details"]["hour"]
    assert hour in {"01:00", "02:00"}  # midnight UTC in Paris, in winter and in summer
    assert found["night_masses"]["detail"]["en"] == f"Most of them at {hour} local time."
    assert found["missing_reasons"]["figures"] == ["reasons"]
    assert answer["data"]["grades"]["cost"] == {"unknown": "not_recorded", "because": []}
    assert answer["data"]["tables"]["leads"] == 150
    assert answer["agreement"] == {"name": "acme", "version": "3"}
    assert answer["as_of"] == "2026-06-30T15:00:00Z"


def test_findings_come_worst_first(report: AuditReport) -> None:
    weights = [finding.severity.weight for finding in report.findings]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) > 1


def test_a_person_reads_what_was_found_and_what_to_do(report: AuditReport) -> None:
    text = audit_text(report, Look(width=100))
    assert "Can these data carry the figures?" in text
    for finding in report.findings:
        check = next(check for check in CHECKS if check.code == finding.code)
        assert check.title in text
        assert f"{finding.affected} of {finding.of}" in text
        if finding.severity is not Severity.NOTE:
            assert check.action.split()[0] in text
    assert re.search(r"Reasons for refusal +C +see \d", text)
    assert "Cannot be measured (not recorded): cost." in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_text_fits_the_terminal(report: AuditReport, width: int, language: str) -> None:
    use_language(language)
    lines = audit_text(report, Look(width=width)).splitlines()
    assert [line for line in lines if display_width(line) > width] == []


def test_colour_is_only_decoration(report: AuditReport) -> None:
    plain = audit_text(report, Look(width=90))
    coloured = audit_text(report, Look(width=90, colour=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def test_a_sound_audit_is_short() -> None:
    text = audit_text(audit(clean_company(leads=150)), Look())
    assert "19 figures of 19 stand on data that can carry them." in text
    assert "To do" not in text


def test_nothing_imported_says_so() -> None:
    text = audit_text(audit({}), Look())
    assert "Nothing has been imported yet." in text
    assert "Grades" not in text


def test_everything_has_a_name() -> None:
    assert FIGURES.keys() == set(Audited)
    assert SEVERITIES.keys() == set(Severity)
    names = {table.name for table in CONTRACT_TABLES}
    for check in CHECKS:
        assert check.table in names
        assert (check.counted or check.table) in TABLES


def test_one_row_is_told_in_the_singular() -> None:
    tables = clean_company(leads=1)
    assert len(tables["handoffs"]) == 1
    text = audit_text(audit(tables), Look(width=200))
    told = re.search(r"In it: (.*)\.", text)
    assert told
    assert {"1 lead", "1 handoff"} <= set(re.split(r", | and ", told[1]))
    for name in TABLES:
        assert rows_named(name, 1).startswith("1 ")
        assert rows_named(name, 2000).startswith("2,000 ")
        assert rows_named(name, 1)[2:] != rows_named(name, 2000)[6:]
    assert rows_named("work", 2) == "2 decisions and activities"


def test_details_fill_the_sentences_of_their_check() -> None:
    """A detail says something of the measurement, an action may name commands, and the others stand as they are."""
    for check in CHECKS:
        assert (check.detail is None) == (not fields_of(check.detail or "") - commands().keys()), check.code
        assert fields_of(check.action) <= commands().keys(), check.code
        assert not fields_of(check.title) | fields_of(check.effect), check.code


def fields_of(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _how in Formatter().parse(sentence) if name}
