"""Applying staged files: quarantine, several files of one table, the fast answer for files that were applied before."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.errors import WorkspaceError
from accord.ingest.apply import already_applied, apply_import
from accord.ingest.staged import Accounting
from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.tables.schema import Type
from accord.workspace import Workspace
from support.staging import MOMENT, fresh_sqlite, queried, stage


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    fresh_sqlite(tmp_path)
    return Workspace(tmp_path)


def lead(number: int, **cells: object) -> dict[str, object]:
    return {"lead_id": f"L{number}", "created_at": MOMENT, **cells}


def test_the_first_import_lays_out_the_database(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    workspace = Workspace(tmp_path / "new")
    found = apply_import(workspace, [stage(tmp_path, "leads", [lead(1)])], source="leads.csv")
    assert found == {"leads": Accounting(read=1, added=1)}
    assert catch_up(workspace).rows["leads"] == 1


def test_a_folder_is_one_import(workspace: Workspace, tmp_path: Path) -> None:
    handoff = {"handoff_id": "H1", "lead_id": "L1", "at": MOMENT}
    staged = [stage(tmp_path, "leads", [lead(1)]), stage(tmp_path, "handoffs", [handoff])]
    apply_import(workspace, staged, source="folder")
    with open_store(workspace.database_url) as store:
        (record,) = store.imports()
    assert (record.position, record.source, sorted(record.changed)) == (1, "folder", ["handoffs", "leads"])


def test_quarantined_rows_are_kept_whole_once(workspace: Workspace, tmp_path: Path) -> None:
    refused = [{"lead_id": "L9", "created_at": "31/31/2026", "note": 'ünïcode, "quoted"'}]
    staged = stage(tmp_path, "leads", [lead(1)], refused=refused)
    for _time in range(2):
        assert apply_import(workspace, [staged], source="leads.csv")["leads"].quarantined == 1
    with open_store(workspace.database_url) as store:
        (row,) = store.quarantined("leads")
        assert (row.file, row.line, row.raw) == ("leads.csv", 1000, refused[0])
        assert row.reasons[0]["message"] == "No time."
        assert store.quarantined("touches") == []
        mended = stage(tmp_path, "leads", [lead(9, note="mended")], extra_types={"note": Type.TEXT})
        apply_import(workspace, [mended], source="mended.csv", mends=[row.id])
        assert store.quarantined() == []
        (kept,) = store.quarantined(mended=True)
        assert kept.mended_at is not None


def test_nothing_but_refused_rows(workspace: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, "leads", [], present=["lead_id", "created_at"], refused=[{"lead_id": ""}])
    assert apply_import(workspace, [staged], source="x") == {"leads": Accounting(read=1, quarantined=1)}
    with open_store(workspace.database_url) as store:
        assert store.position() == 0
        assert len(store.quarantined()) == 1


def test_no_files_at_all(workspace: Workspace) -> None:
    assert apply_import(workspace, [], source="empty folder") == {}


def test_files_of_one_table_follow_each_other(workspace: Workspace, tmp_path: Path) -> None:
    """Monthly exports of one shape, taken as one, are accounted for as if applied one by one."""
    touch = {"lead_id": "L1", "at": MOMENT, "kind": "form"}
    files = [
        stage(tmp_path, "touches", [{"touch_id": "T1", **touch, "value": value} for value in values])
        for values in ([1.0, 2.0], [2.0], [3.0, 2.0], [5.0])
    ]
    account = apply_import(workspace, files, source="folder")["touches"]
    # 1 is overridden in its file, 2 is new, 2 is the same, 3 is overridden in its file, 2 is the same, 5 differs.
    assert account == Accounting(read=6, added=1, updated=3, unchanged=2)
    again = apply_import(workspace, files, source="folder")["touches"]
    # 5 is there: 1 overridden, 2 differs, 2 the same, 3 overridden, 2 the same, 5 differs; nothing is written of it.
    assert again == Accounting(read=6, added=0, updated=4, unchanged=2)
    assert catch_up(workspace).position == 1


def test_what_a_later_file_changes_back_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    types = {"tier": Type.INTEGER}
    first, second = (stage(tmp_path, "leads", [lead(1, tier=tier)], extra_types=types) for tier in (1, 2))
    apply_import(workspace, [first], source="first")
    apply_import(workspace, [second, first], source="both")
    with open_store(workspace.database_url) as store:
        assert [version.row.extra for version in store.history("leads", "L1")] == [{"tier": 1}]


@pytest.mark.parametrize(
    "again",
    [{"c": None, "b": 2, "a": 1}, {"b": 2}, {"c": None}, {"a": 1, "c": None}],
    ids=["another-order", "some-only", "an-empty-one-only", "first-and-last"],
)
def test_another_order_of_columns_changes_nothing(
    workspace: Workspace, tmp_path: Path, again: dict[str, int | None]
) -> None:
    cells = {"a": 1, "b": 2, "c": None, "d": 4}
    first = stage(tmp_path, "leads", [lead(1, **cells)], extra_types=dict.fromkeys(cells, Type.INTEGER))
    second = stage(tmp_path, "leads", [lead(1, **again)], extra_types=dict.fromkeys(again, Type.INTEGER))
    other = stage(tmp_path, "leads", [lead(1, b=3)], extra_types={"b": Type.INTEGER})
    apply_import(workspace, [first], source="first")
    assert apply_import(workspace, [second], source="second")["leads"] == Accounting(read=1, unchanged=1)
    account = apply_import(workspace, [other, second, first], source="there and back")["leads"]
    assert account.updated == 2  # to b=3 and back again, in the second file or in the third
    with open_store(workspace.database_url) as store:
        assert [version.row.extra for version in store.history("leads", "L1")] == [{"a": 1, "b": 2, "d": 4}]


def test_the_same_cell_in_a_column_that_has_become_text_is_unchanged(workspace: Workspace, tmp_path: Path) -> None:
    numbers = stage(tmp_path, "leads", [lead(1, tier=2)], extra_types={"tier": Type.INTEGER})
    words = stage(tmp_path, "leads", [lead(1, tier="2"), lead(2, tier="gold")], extra_types={"tier": Type.TEXT})
    apply_import(workspace, [numbers], source="numbers")
    assert apply_import(workspace, [words], source="words")["leads"] == Accounting(read=2, added=1, unchanged=1)
    assert apply_import(workspace, [numbers], source="numbers")["leads"] == Accounting(read=1, unchanged=1)
    other = stage(tmp_path, "leads", [lead(1, tier="2.0")], extra_types={"tier": Type.TEXT})
    assert apply_import(workspace, [other], source="other")["leads"] == Accounting(read=1, updated=1)


def test_extra_columns_are_typed_columns(workspace: Workspace, tmp_path: Path) -> None:
    types = {"Tier": Type.INTEGER, "seen": Type.TIME, "born": Type.DATE, 'a "b"/c~d': Type.BOOLEAN}
    cells = {"Tier": 3, "seen": "2026-01-01 10:00:00", "born": "1999-12-31", 'a "b"/c~d': True}
    apply_import(workspace, [stage(tmp_path, "leads", [lead(1, **cells)], extra_types=types)], source="x")
    generation = catch_up(workspace)
    described = queried(f"DESCRIBE FROM {generation.relations['leads']}")
    found = {row[0]: row[1] for row in described}
    assert {name: found[name] for name in types} == {
        "Tier": "BIGINT",
        "seen": "TIMESTAMP",
        "born": "DATE",
        'a "b"/c~d': "BOOLEAN",
    }
    # A text among the numbers: the column is text from now on, and what was a number reads as it was written.
    later = stage(tmp_path, "leads", [lead(2, Tier="gold")], extra_types={"Tier": Type.TEXT})
    apply_import(workspace, [later], source="y")
    generation = catch_up(workspace)
    assert generation.lead_columns["Tier"] is Type.TEXT
    rows = queried(f'SELECT lead_id, "Tier" FROM {generation.relations["leads"]} ORDER BY 1')
    assert rows == [("L1", "3"), ("L2", "gold")]


class TestAlreadyApplied:
    def test_the_same_files_change_nothing(self, workspace: Workspace, tmp_path: Path) -> None:
        staged = [stage(tmp_path, "leads", [lead(1), lead(2)], refused=[{"lead_id": ""}])]
        assert already_applied(workspace, "f") is None
        apply_import(workspace, staged, source="x", fingerprint="f")
        quick = already_applied(workspace, "f")
        assert quick == {"leads": Accounting(read=3, unchanged=2, quarantined=1)}
        assert quick == apply_import(workspace, staged, source="x", fingerprint="f")
        assert already_applied(workspace, "f") == quick
        assert already_applied(workspace, "g") is None

    def test_not_after_somebody_changed_the_table(self, workspace: Workspace, tmp_path: Path) -> None:
        apply_import(workspace, [stage(tmp_path, "leads", [lead(1)])], source="x", fingerprint="f")
        write_rows(
            workspace.database_url, "touches", [{"touch_id": "T", "lead_id": "L1", "at": MOMENT, "kind": "form"}]
        )
        assert already_applied(workspace, "f") is not None
        write_rows(workspace.database_url, "leads", [lead(1, channel="ads")])
        assert already_applied(workspace, "f") is None

    def test_not_where_a_key_came_twice(self, workspace: Workspace, tmp_path: Path) -> None:
        apply_import(
            workspace, [stage(tmp_path, "leads", [lead(1, channel="a"), lead(1)])], source="x", fingerprint="f"
        )
        assert already_applied(workspace, "f") is None

    def test_not_in_another_time_zone(self, workspace: Workspace, tmp_path: Path) -> None:
        apply_import(workspace, [stage(tmp_path, "leads", [lead(1)])], source="x", fingerprint="f")
        (tmp_path / "accord.yaml").write_text("timezone: Europe/Paris\n")
        assert already_applied(Workspace(tmp_path), "f") is None

    def test_not_where_nothing_is(self, tmp_path: Path) -> None:
        assert already_applied(Workspace(tmp_path), "f") is None


def test_a_read_model_that_cannot_be_written_does_not_undo_an_import(workspace: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, "leads", [lead(1)])

    def break_it(done: int, total: int) -> None:
        if done == total:
            manifest = workspace.readmodel / "manifest.json"
            manifest.unlink()
            manifest.mkdir()

    apply_import(workspace, [staged], source="x", progress=break_it)
    with pytest.raises(WorkspaceError, match="manifest"):
        catch_up(workspace)
    with open_store(workspace.database_url) as store:
        assert store.position() == 1
    (workspace.readmodel / "manifest.json").rmdir()
    assert catch_up(workspace).rows["leads"] == 1
