"""Which of day and month comes first is proved once for a file, whatever tables its columns go to."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.reading import read

HEADINGS = "Lead ID,Lead Owner,Company / Account,Lead Status,Lead Source,Create Date,Converted Date"


@pytest.mark.parametrize(
    ("created", "converted", "moment"),
    [("1/31/2026", "2/3/2026", "2026-02-03"), ("31/1/2026", "2/3/2026", "2026-03-02")],
)
def test_a_column_of_another_table_proves_it(tmp_path: Path, created: str, converted: str, moment: str) -> None:
    lines = [HEADINGS, f"00Q1,Ann,Acme,Closed - Converted,Web,{created},{converted}", "00Q2,Bob,Bcorp,Open,Event,,"]
    (tmp_path / "sf.csv").write_text("\n".join(lines) + "\n")
    (decision,) = read([tmp_path / "sf.csv"]).rows["decisions"]
    assert str(decision["at"])[:10] == moment
