"""Columns that the agreement names and nobody has are said, with their lines, and so are values no cell can hold."""

from __future__ import annotations

from pathlib import Path

from accord.agreement.columns import column_faults
from agreement.files import loaded

COLUMNS = {"channel": False, "lead_type": False, "decision_maker": True, "team": False}

TEXT = """
segments: [channel, chanel, anything]
acceptance:
  promises:
    - name: Demo
      where:
        lead_tpye: demo_request
        decision_maker: [yes, true, perhaps]
      within_hours: 1
commitments:
  monthly:
    - {leads: 3, where: {sector_of_theirs: x, channel: web}}
"""


def test_each_is_said_with_its_line_and_the_nearest_column(tmp_path: Path) -> None:
    faults = column_faults(loaded(tmp_path, TEXT), COLUMNS)
    assert [(fault.line, fault.message, fault.hint) for fault in faults] == [
        (2, "chanel is not a column of the leads.", "Did you mean channel?"),
        (2, "anything is not a column of the leads.", "Known: channel, decision_maker, lead_type, team."),
        (7, "lead_tpye is not a column of the leads.", "Did you mean lead_type?"),
        (
            8,
            'acceptance.promises[1].where.decision_maker is "yes", but the column holds true and false only.',
            "Did you mean true?",
        ),
        (
            8,
            'acceptance.promises[1].where.decision_maker is "perhaps", but the column holds true and false only.',
            None,
        ),
        (12, "sector_of_theirs is not a column of the leads.", "Known: channel, decision_maker, lead_type, team."),
    ]
    assert {fault.file for fault in faults} == {str(tmp_path / "accord.yaml")}


def test_known_columns_are_no_fault(tmp_path: Path) -> None:
    text = "segments: [team]\nacceptance: {promises: [{name: a, where: {channel: web}, within_hours: 1}]}\n"
    assert column_faults(loaded(tmp_path, text), COLUMNS) == ()
    assert column_faults(loaded(tmp_path, "name: a"), COLUMNS) == ()
