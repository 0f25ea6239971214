"""Actions are kept for good: who wrote what and when, on either database, whatever becomes of the process."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.actions.files import read_drafts
from accord.actions.keeping import (
    actions_kept,
    add_action,
    change_action,
    history_of,
    import_actions,
    remove_action,
    stop_action,
)
from accord.actions.where import segment_of_finding, segment_of_text, segment_text
from accord.errors import DataError, UsageError, WorkspaceError
from accord.report.actions.files import actions_csv, actions_file
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.layout import FORMAT
from accord.store.migrate import migrate
from accord.workspace import Workspace
from actions.company import DRAFT, agree, company, fill
from actions.running import start


def test_an_action_and_its_history(workspace: Workspace) -> None:
    added = add_action(workspace, DRAFT, name="Ann")
    assert (added.id, added.where, added.start, added.stop) == ("A1", {"channel": "webinar"}, date(2026, 3, 2), None)
    change_action(workspace, "A1", {"owner": "Tom", "note": "from Monday"}, name="Bob")
    stop_action(workspace, "A1", date(2026, 5, 4), name="Ann")
    (kept,) = actions_kept(workspace)
    assert (kept.owner, kept.note, kept.stop, kept.text) == ("Tom", "from Monday", date(2026, 5, 4), DRAFT["text"])
    remove_action(workspace, "A1", name="Cleo")
    action, steps = history_of(workspace, "A1")
    assert action.removed
    assert [(step.event, step.name, dict(step.changed)) for step in steps] == [
        ("added", "Ann", {}),
        ("changed", "Bob", {"owner": ("Léa", "Tom"), "note": ("", "from Monday")}),
        ("stopped", "Ann", {"stop": (None, "2026-05-04")}),
        ("removed", "Cleo", {}),
    ]
    assert sorted(step.at for step in steps) == [step.at for step in steps]
    assert add_action(workspace, DRAFT, name="Ann").id == "A2", "an id never comes back"


def test_what_was_written_down_cannot_be_rewritten(workspace: Workspace) -> None:
    add_action(workspace, DRAFT, name="Ann")
    with open_store(workspace.database_url) as store, pytest.raises(Exception, match="never rewritten"):
        store.session.execute("UPDATE corrective_actions SET name = 'another'")


def test_all_faults_at_once_and_nothing_recorded(here: Workspace) -> None:
    wrong = {"text": " ", "code": "Not A Code", "where": "chanel=webinar", "start": "3.4.2026", "stop": "2026-02-30"}
    with pytest.raises(DataError) as caught:
        add_action(here, {**wrong, "finding": "segment_frction:team=DACH"}, name="Ann")
    said = str(caught.value)
    for part in (
        "Nothing was recorded.",
        "text is missing",
        "owner is missing",
        "start is 3.4.2026, which is no day",
        "stop is 2026-02-30, which is no day",
        "Not A Code is no code",
        "Did you mean segment_friction?",
        "There is no dimension chanel. Did you mean channel?",
    ):
        assert part in said
    assert actions_kept(here) == []


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("webinar", "is no segment"),
        ("channel=", "is no segment"),
        ("channel=a; channel=b", "given twice"),
        ('{"channel": 3}', "an object of texts"),
        ("{channel", "is no segment"),
        ([1], "an object of texts"),
    ],
)
def test_a_segment_that_is_none(here: Workspace, where: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        add_action(here, {**DRAFT, "where": where}, name="Ann")


def test_what_makes_no_sense_is_refused(here: Workspace, tmp_path: Path) -> None:
    add_action(here, DRAFT, name="Ann")
    with pytest.raises(UsageError, match=r"There is no action A7\. .*There are: A1\."):
        change_action(here, "A7", {"owner": "Tom"}, name="Ann")
    with pytest.raises(UsageError, match="says that already"):
        change_action(here, "A1", {"owner": "Léa"}, name="Ann")
    with pytest.raises(UsageError, match="before it starts"):
        stop_action(here, "A1", date(2026, 1, 1), name="Ann")
    with pytest.raises(DataError, match="before it starts"):
        change_action(here, "A1", {"stop": "2026-01-01"}, name="Ann")
    with pytest.raises(UsageError, match="who writes this down"):
        remove_action(here, "A1", name=" ")
    remove_action(here, "A1", name="Ann")
    with pytest.raises(UsageError, match="was removed, and stays so"):
        stop_action(here, "A1", date(2026, 4, 1), name="Ann")
    assert len(history_of(here, "A1")[1]) == 2
    with pytest.raises(UsageError, match="There is no action A2"):
        history_of(here, "A2")
    (tmp_path / "nothing").mkdir()
    assert actions_kept(Workspace(tmp_path / "nothing")) == []
    with pytest.raises(WorkspaceError):
        add_action(Workspace(tmp_path / "nothing"), DRAFT, name="Ann")


def test_a_finding_says_where(here: Workspace) -> None:
    plain = {name: value for name, value in DRAFT.items() if name != "where"}
    found = add_action(here, {**plain, "finding": "segment_friction:channel=webinar,team=DACH"}, name="Ann")
    assert found.where == {"channel": "webinar", "team": "DACH"}
    own = add_action(here, {**DRAFT, "finding": "segment_friction:team=DACH"}, name="Ann")
    assert own.where == {"channel": "webinar"}
    criterion = add_action(here, {**plain, "finding": "overweighted_signal:criterion=download"}, name="Ann")
    assert criterion.where == {}
    with pytest.raises(DataError, match="does not tell where for sure"):
        add_action(here, {**plain, "finding": "segment_friction:company=a,b"}, name="Ann")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_is_exported_comes_back_and_says_nothing_new(here: Workspace, tmp_path: Path, form: str) -> None:
    odd = {**DRAFT, "where": {"channel": "a; b=c"}, "text": 'Say "no",\nthen ask', "note": "é"}
    for draft in (DRAFT, odd, {**DRAFT, "where": {}, "finding": "segment_friction:team=DACH", "stop": "2026-09-01"}):
        add_action(here, draft, name="Ann")
    remove_action(here, add_action(here, {**DRAFT, "note": "gone"}, name="Ann").id, name="Ann")
    before = [action for action in actions_kept(here) if not action.removed]
    file = tmp_path / f"actions.{form}"
    file.write_text(actions_csv(before) if form == "csv" else actions_file(before), encoding="utf-8")
    again = import_actions(here, read_drafts(file), str(file), name="Bob")
    assert (again.read, again.added, again.changed, again.unchanged) == (3, (), (), ("A1", "A2", "A3"))
    (tmp_path / "elsewhere").mkdir()
    elsewhere = agree(tmp_path / "elsewhere")
    open_store(elsewhere.database_url, create=True).close()
    fill(elsewhere, **company(before=1, after=1))
    assert import_actions(elsewhere, read_drafts(file), str(file), name="Bob").added == ("A1", "A2", "A3")
    assert actions_kept(elsewhere) == before


def test_a_file_adds_changes_and_leaves_alone(here: Workspace, tmp_path: Path) -> None:
    add_action(here, DRAFT, name="Ann")
    add_action(here, {**DRAFT, "where": "team=DACH"}, name="Ann")
    file = tmp_path / "actions.csv"
    file.write_text(
        "id;text;owner;where;start\nA1;Ask for a phone number;Tom;channel=webinar;2026-03-02\n"
        ";Train them;Zoe;team=DACH;2026-04-01\n\nX-7;Another;Zoe;;2026-04-01\n",
        encoding="utf-8-sig",
    )
    done = import_actions(here, read_drafts(file), str(file), name="Bob")
    assert (done.added, done.changed, done.unchanged) == (("A3", "X-7"), ("A1",), ())
    kept = {action.id: action for action in actions_kept(here)}
    assert (kept["A1"].owner, kept["A1"].code) == ("Tom", "stricter_entry"), "a column that the file lacks stays"
    done = import_actions(here, read_drafts(file), str(file), name="Bob")
    assert (done.added, done.changed, done.unchanged) == ((), (), ("A1", "A3", "X-7"))


def test_a_file_is_imported_whole_or_not_at_all(here: Workspace, tmp_path: Path) -> None:
    remove_action(here, add_action(here, DRAFT, name="Ann").id, name="Ann")
    file = tmp_path / "actions.csv"
    file.write_text(
        'id,text,owner,where,start\nA9,"two\nlines",Tom,,2026-03-02\nA8,,Tom,chan=x,2026\nA1,Back,Tom,,2026-03-02\n',
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        import_actions(here, read_drafts(file), "actions.csv", name="Bob")
    said = str(caught.value)
    assert "actions.csv:4: text is missing" in said
    assert "actions.csv:4: start is 2026, which is no day" in said
    assert "actions.csv:4: There is no dimension chan." in said
    assert "actions.csv:5: A1 was removed" in said
    assert [action.id for action in actions_kept(here)] == ["A1"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "The file is empty"),
        ("a.csv", "text,ownr\nx,y\n", "actions.*Did you mean owner"),
        ("a.csv", "text,text\nx,y\n", "there twice"),
        ("a.csv", 'text,owner\n"x,y\n', "is no CSV"),
        ("a.csv", "text,owner\nx,y,z\n", r"a\.csv:2: There are 3 cells"),
        ("a.json", "[{]", r"a\.json:1: This is no JSON"),
        ("a.json", '{"data": 3}', "A list of actions is expected"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, text: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_drafts(file)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("text\nLéa\n".encode("latin-1"))
    with pytest.raises(DataError, match="Save it as UTF-8"):
        read_drafts(tmp_path / "a.csv")


def test_the_answer_of_the_command_is_a_file_too(tmp_path: Path) -> None:
    draft = {"id": "A1", "text": "x", "stop": None}
    (tmp_path / "a.json").write_text(json.dumps({"accord": "1", "data": {"actions": [draft]}}))
    assert read_drafts(tmp_path / "a.json") == [(1, {"id": "A1", "text": "x"})]


def test_what_was_acknowledged_survives_a_kill(workspace: Workspace, tmp_path: Path) -> None:
    process = start(tmp_path, "Ann", 500)
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(3)]
    process.kill()
    said += process.communicate()[0].split()
    kept = [action.id for action in actions_kept(workspace)]
    assert kept[: len(said)] == said
    assert len(kept) <= len(said) + 1
    assert add_action(workspace, DRAFT, name="Bob").id == f"A{len(kept) + 1}"


def test_two_who_record_at_once_get_different_ids(workspace: Workspace, tmp_path: Path) -> None:
    processes = [start(tmp_path, name, 5) for name in ("Ann", "Bob")]
    said = [id_ for process in processes for id_ in process.communicate()[0].split()]
    assert sorted(said) == sorted(f"A{number}" for number in range(1, 11))
    assert sorted(action.id for action in actions_kept(workspace)) == sorted(said)


def test_a_database_of_before_is_read_and_migrates_by_itself(tmp_path: Path) -> None:
    workspace = agree(tmp_path)
    migrate(address_of(workspace.database_url), until="0003")
    fill(workspace, **company(before=1, after=1))
    assert actions_kept(workspace) == []
    add_action(workspace, DRAFT, name="Ann")
    assert [action.id for action in actions_kept(workspace)] == ["A1"]
    with open_store(workspace.database_url) as store:
        assert store.layout.version == FORMAT


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)


@given(st.dictionaries(words, words, max_size=4))
def test_a_segment_as_text_is_that_segment(where: dict[str, str]) -> None:
    assert segment_of_text(segment_text(where)) == where


def test_where_a_finding_lies() -> None:
    assert segment_of_finding("sudden_drop") == {}
    assert segment_of_finding("rep_gap:rep_id=r1,sector=steel") == {"rep_id": "r1", "sector": "steel"}
    assert segment_of_finding("not_measurable:field=reason") == {}
    assert segment_of_finding("segment_friction:company=x, y") is None
