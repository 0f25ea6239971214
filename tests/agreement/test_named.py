"""Names that stand for nothing are said together with every other fault, also of a part that is unsound."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.agreement.findings import nearest
from accord.agreement.load import load_agreement
from accord.agreement.named import with_names
from accord.cli.main import run
from accord.errors import AgreementError

FAULTY = """\
segments: [chanel]
handoff: {routes: [{where: {teritory: [north]}, team: A}]}
qualification:
  lists: {ours: [Acme]}
  axes: {fit: {max: 20}}
  criteria:
    - id: size
      axis: fit
      label: {en: Big, fr: Grande}
      why: {en: They buy, fr: Elles achètent}
      points: 25
      when: {field: employes, at_least: 50}
    - id: size
      axis: fitt
      label: {en: Big, fr: Grande}
      why: {en: They buy, fr: Elles achètent}
      points: 5
      when: {any: [{field: company, in_list: our}, {not: {field: sectr, exists: true}}]}
  disqualifiers:
    - {id: rival, label: {en: R, fr: R}, when: {field: compny, is: X}, reason: nothing_known}
  overrides: [{name: H, where: {sectr: [health]}, points: {size: 3}}]
  ideal_profile: {field: employes, at_least: 1}
  threshold: 500
"""
KNOWN = {"employees", "sector", "company", "territory", "channel"}


def faults(tmp_path: Path, text: str, columns: set[str] | None = KNOWN) -> list[tuple[int | None, str, str | None]]:
    path = tmp_path / "accord.yaml"
    path.write_text(text)
    with pytest.raises(AgreementError) as error:
        load_agreement(path)
    whole = with_names(error.value, path, columns, KNOWN - {"channel"})
    assert str(whole).startswith(f"{path} has {len(whole.faults)} faults:")
    assert [fault.line or 0 for fault in whole.faults] == sorted(fault.line or 0 for fault in whole.faults)
    return [(fault.line, fault.message, fault.hint) for fault in whole.faults]


def test_every_name_is_looked_up_although_its_part_is_at_fault(tmp_path: Path) -> None:
    said = faults(tmp_path, FAULTY)
    column = "{} is not a column of the leads."
    for line, name, near in (
        (1, "chanel", "channel"),
        (2, "teritory", "territory"),
        (12, "employes", "employees"),
        (18, "sectr", "sector"),
        (20, "compny", "company"),
        (21, "sectr", "sector"),
        (22, "employes", "employees"),
    ):
        assert (line, column.format(name), f"Did you mean {near}?") in said
    assert (13, 'qualification.criteria[2].id is "size", which is there already.', None) in said
    listed = 'qualification.criteria[2].when.any[1].in_list is "our", which is not a list of this agreement.'
    assert (18, listed, "Did you mean ours?") in said
    assert any(line == 11 and "at most 20" in message for line, message, _hint in said)
    assert any(line == 14 and "fitt" in message for line, message, _hint in said)


def test_nothing_is_said_twice(tmp_path: Path) -> None:
    text = FAULTY.replace("axis: fitt", "axis: fit")
    said = faults(tmp_path, text)
    assert len(said) == len(set(said))
    assert sum(line == 13 for line, _message, _hint in said) == 1


def test_columns_are_not_judged_before_anything_is_imported(tmp_path: Path) -> None:
    assert not any("column" in message for _line, message, _hint in faults(tmp_path, FAULTY, None))


@pytest.mark.parametrize(
    "text", ["- a\n- b\n", "qualification: 3\n", "a: [", "qualification: {criteria: 7, lists: [x]}\n"]
)
def test_what_is_no_agreement_at_all_stays_the_fault_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accord.yaml"
    path.write_text(text)
    with pytest.raises(AgreementError) as error:
        load_agreement(path)
    assert with_names(error.value, path, KNOWN, KNOWN).faults == error.value.faults


def test_the_command_says_all_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "leads.csv").write_text("lead_id,created_at,employees\nl1,2026-03-02T08:00:00Z,80\n")
    assert run(["import", str(tmp_path / "leads.csv"), "--workspace", str(tmp_path)]) == 0
    (tmp_path / "accord.yaml").write_text(FAULTY)
    assert run(["agreement", "check", "--workspace", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert "accord.yaml:12: employes is not a column of the leads. Did you mean employees?" in err
    assert "accord.yaml:14: qualification.criteria[2].axis" in err


def test_the_word_that_one_began_to_write_is_the_nearest() -> None:
    reasons = ("chose_competitor", "competitor_or_partner")
    assert nearest("competitor", reasons) == "Did you mean competitor_or_partner?"
    assert nearest("competitors", reasons) == "Did you mean chose_competitor?"
    assert nearest("comp", reasons) is None
    assert nearest("sector", ("sector_a", "sector_b")) is not None
