"""Files with hundreds of columns, as a CRM exports them: read as narrow ones are, and named briefly."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from accord.errors import DataError
from accord.ingest.importing import import_files
from accord.ingest.learn import SHAPES, WIDE, count_shapes
from accord.ingest.mapping.compile import CellsQuery
from accord.ingest.source import MOST_NAMED
from accord.store.database import open_store
from accord.workspace import Workspace

CELLS = ("1", "1.234,5", "-2,5", "", "yes", "no", "2026-03-01", "01/02/2026 09:15", "13/02/2026", "€ 3", "x'y", "0012")


def test_a_wide_table_is_counted_as_a_narrow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column has other cells, some only empty ones; what is wanted of a column differs, too."""
    columns = tuple(f"column {number}" for number in range(WIDE + 5))
    listed = ", ".join("'" + cell.replace("'", "''") + "'" for cell in CELLS)
    cells = ", ".join(
        f"nullif(list_extract([{listed}], (i * {number + 1} + {number}) % {1 + number % len(CELLS)} + 1), '')"
        f' AS "{name}"'
        for number, name in enumerate(columns)
    )
    text = f"SELECT {cells}, CASE WHEN i = 3 THEN 'spoilt' END AS fault FROM range(40) AS t(i)"
    query = CellsQuery(text, columns, columns, {}, {})
    every = tuple(SHAPES)
    wanted = {name: every[: 1 + number % 3] if number % 7 else () for number, name in enumerate(columns)}
    with duckdb.connect() as connection:
        wide = count_shapes(connection, query, wanted)
        monkeypatch.setattr("accord.ingest.learn.WIDE", len(columns))
        assert wide == count_shapes(connection, query, wanted)
    assert any(counts["filled"] == 39 for counts in wide.values())


def test_a_message_names_some_of_many_headings(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(",".join(f"thing {number}" for number in range(90)) + "\n" + "," * 89 + "\n")
    with pytest.raises(DataError) as caught:
        import_files(Workspace(tmp_path / "workspace"), [tmp_path / "odd.csv"])
    said = str(caught.value)
    assert f"thing {MOST_NAMED - 1}, {90 - MOST_NAMED} more)" in said
    assert "thing 89" not in said


def test_more_columns_than_can_be_read_at_once_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the columns are few and the memory is small; nothing is left behind."""
    monkeypatch.setattr("accord.ingest.scan.MEMORY", "12MB")
    names = [f"own {number}" for number in range(100)]
    lines = [",".join(["lead_id", "created_at", *names])]
    lines += [",".join([f"l{row}", "2026-07-14", *(f"{row} is {row}" for _ in names)]) for row in range(3000)]
    (tmp_path / "leads.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        import_files(Workspace(tmp_path / "workspace"), [tmp_path / "leads.csv"])
    (fault,) = caught.value.faults
    assert fault.message == "Its 102 columns are more than can be read at once."
    assert str(fault.file).endswith("leads.csv")
    assert "Nothing was imported" in str(fault.hint)
    monkeypatch.undo()
    import_files(Workspace(tmp_path / "workspace"), [tmp_path / "leads.csv"])
    with open_store(Workspace(tmp_path / "workspace").database_url, read_only=True) as store:
        assert store.position() == 1
