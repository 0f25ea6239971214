"""Examples beside the agreement: what holds, what does not and why, and all that is wrong with a file at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.agreement.load import load_agreement
from accord.cli.main import run
from accord.errors import AgreementError, UsageError
from accord.qualification.example_file import load_examples
from accord.qualification.examples import ExampleReport, run_examples
from accord.report.agreement.examples import missed_words
from accord.scoring.rules import Rules, prepare
from accord.tables.schema import Type

AGREEMENT = """\
name: Ours
version: "1"
timezone: Europe/Paris
qualification:
  axes: {fit: {max: 30}}
  criteria:
    - {id: company_size, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 20,
       when: {field: account_size, in: [medium, large]}}
    - {id: recent, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 15,
       when: {field: created_at, within_days: 10}}
    - {id: vip, axis: need, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 2.5,
       when: {field: vip_level, at_least: 3}}
    - {id: webinar, axis: engagement, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 8,
       touches: {kind: webinar, within_days: 90, half_life_days: 30}, cap: 12}
  disqualifiers:
    - {id: rival, label: {en: a, fr: b}, when: {field: company, is: Rival}, reason: competitor_or_partner}
  threshold: 30
  bands: [{name: A, from: 30}, {name: B, from: 10}, {name: C}]
  ideal_profile: {field: sector, is: software}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    return prepare(load_agreement(tmp_path / "accord.yaml").agreement)


def ran(
    rules: Rules, folder: Path, *examples: str, columns: dict[str, Type] | None = None
) -> tuple[ExampleReport, ...]:
    """Each example is one line of YAML, a mapping."""
    path = folder / "accord-tests.yaml"
    path.write_text("tests:\n" + "".join(f"  - {example}\n" for example in examples))
    return run_examples(rules, load_examples(path, rules, columns or {}))


@pytest.mark.parametrize(
    ("given", "expect", "missed"),
    [
        ("lead: {employees: 200}", "score: 20, band: B, qualified: false, points: {company_size: 20}", []),
        # 20 + 15 on fit, limited to 30 by the axis
        ("lead: {employees: 200, created_at: {days_ago: 3}}", "score: 30, qualified: true, axes: {fit: 30}", []),
        ("lead: {created_at: {days_ago: 10}}", "points: {recent: 0}", []),
        ("lead: {created_at: 2025-12-23}", "points: {recent: 15}", []),
        # one webinar today and one half-life old: 8 + 4 = 12; a third is beyond the cap
        ("touches: [{kind: webinar, days_ago: 0}, {kind: webinar, days_ago: 30}]", "points: {webinar: 12}", []),
        ("touches: [{kind: webinar, days_ago: 60, times: 2}]", "points: {webinar: 4}, score: {at_most: 4}", []),
        ("touches: [{kind: webinar, days_ago: 91}, {kind: form, days_ago: 1}]", "score: 0, band: C", []),
        ("lead: {vip_level: 3}", "score: 2.5, points: {vip: {at_least: 2, at_most: 3}}", []),
        ("lead: {company: Rival}", "disqualified: rival, qualified: false", []),
        ("lead: {company: Acme, sector: software}", "disqualified: false, ideal: true", []),
        ("lead: {employees: 200}", "band: A", ["The band is B; expected A."]),
        ("lead: {employees: 200}", "qualified: true", ["It is not qualified."]),
        ("lead: {employees: 200}", "score: {at_least: 20.01}", ["The score is 20; expected at least 20.01."]),
        ("lead: {employees: 200}", "score: {at_most: 19}", ["The score is 20; expected at most 19."]),
        ("lead: {employees: 200}", "score: {at_least: 1, at_most: 2}", ["The score is 20; expected 1 to 2."]),
        ("lead: {employees: 200}", "points: {webinar: 1}", ["webinar gives 0; expected 1."]),
        ("lead: {employees: 200}", "axes: {fit: 1}", ["The axis fit has 20; expected 1."]),
        ("lead: {employees: 200}", "disqualified: rival", ["Disqualified by nothing; expected rival."]),
        ("lead: {company: Rival}", "disqualified: false", ["Disqualified by yes; expected nothing."]),
        ("lead: {employees: 2}", "ideal: true", ["Whether it fits the ideal profile: unknown; expected yes."]),
    ],
)
def test_an_example(rules: Rules, tmp_path: Path, given: str, expect: str, missed: list[str]) -> None:
    (report,) = ran(rules, tmp_path, f"{{name: one, {given}, expect: {{{expect}}}}}")
    assert [missed_words(each) for each in report.missed] == missed
    assert {each.expected.line for each in report.missed} <= {2}


def test_columns_of_the_data_have_their_types(rules: Rules, tmp_path: Path) -> None:
    example = "{name: one, lead: {vip_level: '5', region: 7}, expect: {points: {vip: 0}}}"
    with pytest.raises(AgreementError, match="region is not a column of the leads"):
        ran(rules, tmp_path, example)
    (report,) = ran(rules, tmp_path, example, columns={"vip_level": Type.TEXT, "region": Type.TEXT})
    assert not report.missed
    assert report.example.lead == {"vip_level": "5", "region": "7"}
    with pytest.raises(AgreementError, match=r'lead.vip_level is "5"; it must be a number'):
        ran(rules, tmp_path, example, columns={"vip_level": Type.INTEGER, "region": Type.TEXT})


FAULTY = """\
tests:
  - name: x
    leed: {}
    lead: {employes: 3, decision_maker: maybe, account_size: small, created_at: yesterday}
    touches: [{kind: webinar}, {kind: a, days_ago: x, chanel: web}]
    expect: {bend: A, band: Z, points: {company_sise: 3}, score: no, qualified: 1, disqualified: rivals, axes: {f: 1}}
  - name: y
  - 7
  - {name: z, touches: 3, lead: [], expect: {score: {}}}
"""
FAULTS = [
    (3, "tests[1].leed is not known here. Did you mean lead?"),
    (4, "employes is not a column of the leads. Did you mean employees?"),
    (4, 'tests[1].lead.decision_maker is "maybe"; it must be true or false.'),
    (4, "tests[1].lead.account_size follows from the number of employees. Give employees instead."),
    (4, 'tests[1].lead.created_at is "yesterday"; it must be {days_ago: 3}, or a date such as 2026-03-01.'),
    (5, "tests[1].touches[1] has no days_ago, which it needs."),
    (5, "tests[1].touches[2].chanel is not known here. Did you mean channel?"),
    (5, 'tests[1].touches[2].days_ago is "x"; it must be a number.'),
    (6, "tests[1].expect.bend is not known here. Did you mean band?"),
    (6, 'tests[1].expect.band is "Z". Known: A, B, C.'),
    (6, "tests[1].expect.points.company_sise is not known here. Did you mean company_size?"),
    (6, 'tests[1].expect.score is "no"; it must be a number.'),
    (6, "tests[1].expect.qualified is 1; it must be true or false."),
    (6, 'tests[1].expect.disqualified is "rivals". Did you mean rival?'),
    (6, "tests[1].expect.axes.f is not known here. Allowed: fit, need"),
    (7, "tests[2] expects nothing."),
    (8, "tests[3] is 7; it must be a mapping (key: value)."),
    (8, "tests[3] expects nothing."),
    (9, "tests[4].lead is a list; it must be a mapping (key: value)."),
    (9, "tests[4].touches is 3; it must be a list."),
    (9, "tests[4].expect.score says neither at_least nor at_most."),
]


def test_every_fault_of_a_file_at_once(rules: Rules, tmp_path: Path) -> None:
    path = tmp_path / "accord-tests.yaml"
    path.write_text(FAULTY)
    with pytest.raises(AgreementError) as caught:
        load_examples(path, rules, {})
    found = [(fault.line, f"{fault.message} {fault.hint or ''}") for fault in caught.value.faults]
    for line, words in FAULTS:
        assert any(at == line and text.startswith(words) for at, text in found), (line, words)
    assert len(found) == len(FAULTS)


@pytest.mark.parametrize("text", ["", "tests: []\n", "tests: 3\n", "[]\n"])
def test_a_file_without_examples(rules: Rules, tmp_path: Path, text: str) -> None:
    path = tmp_path / "accord-tests.yaml"
    path.write_text(text)
    with pytest.raises(AgreementError, match="The file has no examples"):
        load_examples(path, rules, {})
    with pytest.raises(UsageError, match="is not there"):
        load_examples(tmp_path / "other.yaml", rules, {})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    path = tmp_path / "accord-tests.yaml"
    path.write_text("tests:\n  - {name: medium, lead: {employees: 200}, expect: {band: B}}\n")
    place = ("--workspace", str(tmp_path))
    assert run(["agreement", "test", *place]) == 0
    assert capsys.readouterr().out == "holds  medium  (20 points, B)\n1 example holds.\n"

    path.write_text(path.read_text() + "  - name: small\n    lead: {employees: 20}\n    expect:\n      band: B\n")
    assert run(["agreement", "test", str(path), *place]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "holds  medium  (20 points, B)",
        "FAILS  small  (0 points, C)",
        f"  {path}:6: The band is C; expected B.",
        "  Points: none; the threshold is 30.",
        "  Not known: created_at, vip_level, company.",
        "1 of 2 examples do not hold.",
    ]
    assert run(["agreement", "test", "--json", *place]) == 1
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert answer["agreement"] == {"name": "Ours", "version": "1"}
    assert (answer["data"]["examples"], answer["data"]["failing"]) == (2, 1)
    assert answer["data"]["results"][1]["missed"] == [
        {"line": 6, "what": "band", "name": None, "expected": "B", "found": "C"}
    ]
    assert run(["agreement", "test", str(tmp_path / "nowhere.yaml"), *place]) == 2
    (tmp_path / "accord.yaml").write_text("name: Ours\n")
    assert run(["agreement", "test", *place]) == 1
    assert "has no section qualification" in capsys.readouterr().err
