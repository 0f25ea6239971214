"""From a draft to the agreement in force, run as people run it: propose, sign, history, diff, show, check."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from accord.ingest.importing import import_files
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace

FIRST = """\
name: Ours
version: "1.1"
timezone: Europe/Paris
acceptance:
  window_days: 30
"""
SECOND = FIRST.replace('"1.1"', '"1.2"').replace("30", "45")

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a draft, on either database; nothing is stored yet."""
    if request.param == "postgresql":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    (tmp_path / "accord.yaml").write_text(FIRST)
    return tmp_path


@pytest.fixture
def say(place: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run ``accord`` on the workspace: exit code, standard output, standard error."""

    def said(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*words, "--workspace", str(place)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return said


def signed(say: Say, *words: str) -> None:
    """Propose what the file says, and sign it for both sides."""
    for command in (
        ("propose",),
        ("sign", "--side", "marketing", "--name", "Ann"),
        ("sign", "--side", "sales", "--name", "Bob"),
    ):
        code, _out, err = say("agreement", *command, *words)
        assert (code, err) == (0, "")


def data(out: str) -> Any:
    return json.loads(out)["data"]


def test_two_signatures_put_a_version_in_force(place: Path, say: Say) -> None:
    code, out, err = say("agreement", "check")
    assert (code, err) == (0, "")
    assert "It is a draft that nobody has signed" in out

    code, out, err = say("agreement", "propose")
    digest = Workspace(place).file.digest
    assert (code, err) == (0, "")
    assert f"Proposed: version 1.1, digest {digest}." in out
    assert say("agreement", "propose")[1].startswith("Version 1.1 was proposed before and says the same")
    assert "not yet signed by marketing and sales" in say("agreement", "check")[1]

    code, out, err = say("agreement", "sign", "--side", "sales", "--name", "Bob", "--note", "after the meeting")
    assert (code, err) == (0, "")
    assert f"Signed for sales by Bob: version 1.1, digest {digest}." in out
    assert "It takes effect when marketing has signed it too." in out
    assert Workspace(place).version_in_force is None

    code, out, _err = say("agreement", "sign", "--side", "marketing", "--name", "Ann", "--json")
    assert code == 0
    assert data(out)["takes_effect"] is True
    assert json.loads(out)["agreement"] == {"name": "Ours", "version": "1.1"}
    current = Workspace(place).version_in_force
    assert current is not None
    assert (current.version, current.digest) == ("1.1", digest)
    assert "It is the version in force, since" in say("agreement", "check")[1]

    history = data(say("agreement", "history", "--json")[1])
    assert history["in_force"] == "1.1"
    assert [(each["side"], each["name"], each["note"]) for each in history["versions"][0]["signatures"]] == [
        ("sales", "Bob", "after the meeting"),
        ("marketing", "Ann", ""),
    ]
    out = say("agreement", "history")[1]
    assert out.startswith(f"Version 1.1 of Ours  {digest[:12]}\n")
    assert "  Sales: Bob, " in out
    assert " – after the meeting\n" in out


def test_figures_imports_and_answers_follow_the_version_in_force(place: Path, say: Say) -> None:
    write = place / "data"
    write.mkdir()
    (write / "leads.csv").write_text("lead_id,created_at\nL1,2026-03-01T08:00:00\nL2,2026-03-01T08:00:00\n")
    (write / "handoffs.csv").write_text("handoff_id,lead_id,at\nH1,L1,2026-03-02T00:30:00\nH2,L2,2026-03-02T10:00:00\n")
    (write / "decisions.csv").write_text("decision_id,handoff_id,at,outcome\nD1,H1,2026-04-10T10:00:00,accepted\n")
    signed(say)
    (place / "accord.yaml").write_text(SECOND.replace("Europe/Paris", "America/New_York"))
    place_now = Workspace(place)
    assert (place_now.agreement.timezone, place_now.agreement.acceptance.window_days) == ("Europe/Paris", 30)

    import_files(place_now, [write])
    with open_store(place_now.database_url) as store:
        row = store.row("handoffs", "H1")
    assert row is not None
    assert row.values["at"] == datetime(2026, 3, 1, 23, 30), "read in the time zone both signed"  # noqa: DTZ001

    notice = "accord.yaml is a draft of 1.2, not yet proposed; figures follow 1.1.\n"
    code, out, err = say("acceptance", "--json", "--definition", "explicit")
    assert code == 0
    assert notice in err
    answer = json.loads(out)
    assert answer["agreement"] == {"name": "Ours", "version": "1.1"}
    assert (answer["data"]["window_days"], answer["data"]["totals"]["accepted"]) == (30, 0)
    assert notice in say("audit")[2]

    signed(say)
    code, out, err = say("acceptance", "--json", "--definition", "explicit")
    answer = json.loads(out)
    assert "accord.yaml" not in err
    assert answer["agreement"]["version"] == "1.2"
    assert (answer["data"]["window_days"], answer["data"]["totals"]["accepted"]) == (45, 1)


def test_without_a_signed_version_the_bytes_are_what_they_were(place: Path, say: Say) -> None:
    with open_store(Workspace(place).database_url, create=True):
        pass
    at = datetime(2026, 3, 2, tzinfo=UTC)
    write_rows(Workspace(place).database_url, "leads", [{"lead_id": "L", "created_at": at}])
    write_rows(Workspace(place).database_url, "handoffs", [{"handoff_id": "H", "lead_id": "L", "at": at}])
    before = say("acceptance", "--json")
    say("agreement", "propose")
    say("agreement", "sign", "--side", "sales", "--name", "Bob")
    assert say("acceptance", "--json") == before, "proposed, and signed by one side alone"


def test_an_agreement_can_be_signed_before_anything_is_imported(place: Path, say: Say) -> None:
    signed(say)
    code, out, err = say("acceptance")
    assert (code, out) == (1, "")
    said = "Import something first: accord import PATH"
    assert err == f"No row is stored in {place.resolve()} yet. {said} --workspace {place}\n"


def test_a_signed_version_cannot_be_edited(place: Path, say: Say) -> None:
    signed(say)
    path = place / "accord.yaml"
    path.write_text(FIRST.replace("30", "60"))
    fault = f"{path}:2: Version 1.1 is signed and says something else; what is signed never changes."
    for command in (("check",), ("propose",), ("sign", "--side", "sales", "--name", "Bob")):
        code, out, err = say("agreement", *command)
        assert (code, out) == (1, "")
        assert err.startswith(fault)
    assert Workspace(place).agreement.acceptance.window_days == 30
    path.write_text(
        "# a comment changes nothing\nacceptance: {window_days: 30.0}\n" + FIRST.split("acceptance", maxsplit=1)[0]
    )
    assert "It is the version in force" in say("agreement", "check")[1]


def test_other_content_than_proposed_is_not_signed(place: Path, say: Say) -> None:
    code, out, err = say("agreement", "sign", "--side", "sales", "--name", "Bob")
    assert (code, out) == (1, "")
    assert "No version was proposed yet" in err
    say("agreement", "propose")
    digest = Workspace(place).file.digest
    (place / "accord.yaml").write_text(SECOND)
    never_proposed = "What the file says (version 1.2) was not proposed, so it cannot be signed. Propose it first "
    propose = f"(accord agreement propose --workspace {place})"
    refusals: list[tuple[tuple[str, ...], int, str]] = [
        ((), 1, f"{never_proposed}{propose}, or sign what waits for it: --version 1.1."),
        (("--version", "1.3"), 1, "Version 1.3 was never proposed, so it cannot be signed. Did you mean 1.1?"),
        (("--digest", "12345678"), 1, f"was signed. Proposed are: 1.1 ({digest[:12]})."),
        (("--digest", digest[:5]), 2, f"--digest {digest[:5]} is too short to be sure"),
        (("--digest", digest, "--version", "1.2"), 1, f"The digest {digest} is that of version 1.1, not of 1.2"),
    ]
    for words, exit_code, message in refusals:
        code, out, err = say("agreement", "sign", "--side", "sales", "--name", "Bob", *words)
        assert (code, out) == (exit_code, "")
        assert message in err
    (place / "accord.yaml").write_text(FIRST.replace("30", "60"))
    code, _out, err = say("agreement", "sign", "--side", "sales", "--name", "Bob", "--version", "1.1")
    assert code == 1
    assert "The file is labelled 1.1 too, but says something else" in err
    assert Workspace(place).register.versions[0].signatures == ()
    assert say("agreement", "sign", "--side", "sales", "--name", "Bob", "--digest", digest[:8])[0] == 0
    assert [each.side for each in Workspace(place).register.versions[0].signatures] == ["sales"]


def test_a_side_signs_once(place: Path, say: Say) -> None:
    say("agreement", "propose")
    assert say("agreement", "sign", "--side", "sales", "--name", "Bob")[0] == 0
    code, out, err = say("agreement", "sign", "--side", "sales", "--name", "Eve")
    assert (code, out) == (1, "")
    assert err.startswith("Version 1.1 is already signed by sales: Bob, on ")
    for words, message in (
        (("--side", "sale", "--name", "Eve"), "Did you mean sales?"),
        (("--side", "marketing", "--name", " "), "A signature needs a name"),
    ):
        code, _out, err = say("agreement", "sign", *words)
        assert code == 2
        assert message in err
    (version,) = Workspace(place).register.versions
    assert [each.name for each in version.signatures] == ["Bob"]


def test_what_cannot_be_proposed(place: Path, say: Say) -> None:
    path = place / "accord.yaml"
    path.write_text("name: Ours\n")
    code, _out, err = say("agreement", "propose")
    assert code == 1
    assert err.startswith(f"{path}:1: The agreement has no version to sign it under. Add one at the top")
    path.write_text('name: Ours\nversion: "0"\n')
    code, _out, err = say("agreement", "propose")
    assert code == 1
    assert err.startswith(f'{path}:2: Version "0" is that of the defaults, and cannot be signed. Write one of your own')
    path.write_text('version: "2"\nacceptance: {floor: 2}\n')
    code, _out, err = say("agreement", "propose")
    assert code == 1
    assert "acceptance.floor is 2" in err
    path.unlink()
    code, _out, err = say("agreement", "propose")
    assert code == 2
    assert "is not there" in err
    assert Workspace(place).register.versions == ()

    path.write_text('version: "2"\nsegments: [chanel]\n')
    write_first_lead(place)
    code, _out, err = say("agreement", "propose")
    assert code == 1
    assert "chanel is not a column of the leads. Did you mean channel?" in err


def write_first_lead(place: Path) -> None:
    url = Workspace(place).database_url
    open_store(url, create=True).close()
    write_rows(url, "leads", [{"lead_id": "L", "created_at": date(2026, 3, 1)}])


def test_a_draft_beside_the_file_can_be_proposed(place: Path, say: Say) -> None:
    signed(say)
    (place / "next.yaml").write_text(SECOND)
    code, out, _err = say("agreement", "propose", "--file", str(place / "next.yaml"))
    assert code == 0
    assert "What changes against version 1.1, which is in force:" in out
    assert "  window: 30 → 45 days" in out
    assert f'accord agreement sign --side sales --version 1.2 --workspace {place} --name "…"' in out
    assert say("agreement", "sign", "--side", "sales", "--name", "Bob", "--version", "1.2")[0] == 0
    assert "It is the version in force" in say("agreement", "check")[1]


def test_differences_and_past_versions(place: Path, say: Say) -> None:
    assert "From the defaults to accord.yaml:" in say("agreement", "diff")[1]
    signed(say)
    assert say("agreement", "diff")[1] == "From 1.1 to accord.yaml:\nThey say the same.\n"
    between = datetime.now(UTC).isoformat()
    (place / "accord.yaml").write_text(SECOND)
    signed(say)
    lines = "The agreement\n  version: 1.1 → 1.2\nAcceptance\n  window: 30 → 45 days\n"
    assert say("agreement", "diff", "1.1") == (0, f"From 1.1 to accord.yaml:\n{lines}", "")
    assert say("agreement", "diff", "1.1", "1.2") == (0, f"From 1.1 to 1.2:\n{lines}", "")
    answer = data(say("agreement", "diff", "1.1", "1.2", "--json")[1])
    assert [change["key"] for change in answer["changes"]] == ["version", "acceptance.window_days"]
    assert answer["before"]["digest"] == data(say("agreement", "show", "--version", "1.1", "--json")[1])["digest"]
    code, _out, err = say("agreement", "diff", "1.4")
    assert code == 1
    assert "1.4 is no version of this agreement. Did you mean 1.1?" in err or "Did you mean 1.2?" in err

    assert "acceptance.window_days" in say("agreement", "show", "--keys", "--version", "1.1")[1]
    shown = data(say("agreement", "show", "--at", between, "--json")[1])
    assert shown["agreement"]["acceptance"]["window_days"] == 30
    code, _out, err = say("agreement", "show", "--at", "2020-01-01")
    assert code == 1
    assert "No version was in force at 2020-01-01" in err
    assert say("agreement", "show", "--at", "2020-01-01", "--version", "1.1")[0] == 2
    (place / "accord.yaml").write_text(FIRST)
    out = say("agreement", "check")[1]
    assert "; version 1.2 has replaced it." in out


def test_a_version_there_is_none_of_is_told_what_there_is(place: Path, say: Say) -> None:
    code, _out, err = say("agreement", "diff", "1.1")
    assert code == 1
    assert f"accord agreement propose --workspace {place} makes accord.yaml, version 1.1, the first." in err
    assert say("agreement", "propose")[0] == 0
    code, _out, err = say("agreement", "show", "--version", "9")
    assert code == 1
    told = f"Proposed so far: 1.1; accord agreement history --workspace {place} tells of each."
    assert f"9 is no version of this agreement. {told}" in err
    (place / "accord.yaml").unlink()
    assert "1.1" in say("agreement", "diff", "other")[2]


def test_checking_says_that_what_was_signed_was_changed(place: Path, say: Say) -> None:
    signed(say)
    with open_store(Workspace(place).database_url) as store:
        if store.session.is_sqlite:
            (trigger,) = store.session.rows(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'agreement_versions' "
                "AND sql LIKE '%UPDATE ON%'"
            )
            store.session.execute(f"DROP TRIGGER {trigger[0]}")
        else:
            store.session.execute("ALTER TABLE agreement_versions DISABLE TRIGGER ALL")
        with store.session.writing():
            store.session.execute("UPDATE agreement_versions SET content = '{}'")
    code, out, err = say("agreement", "check")
    assert (code, out) == (1, "")
    assert "no longer holds what was signed as" in err


def test_checking_says_what_could_not_be_looked_up(place: Path, say: Say) -> None:
    signed(say)
    with open_store(Workspace(place).database_url) as store, store.session.writing():
        store.session.execute("UPDATE accord_format SET version = 99")  # as a newer version of Accord leaves it
    (place / "accord.yaml").write_text(FIRST + "segments: [channel, vip_programme]\n")
    code, out, err = say("agreement", "check")
    assert (code, err) == (0, "")
    assert "What is signed, and what the data hold, could not be looked up: The database " in out
    assert "was written by a newer version of Accord (its format is 99;" in out
    assert "nobody has signed" not in out.lower()
    assert "Nothing is imported yet" not in out


def test_the_notice_names_what_is_missing(place: Path, say: Say) -> None:
    signed(say)
    write_first_lead(place)
    path = place / "accord.yaml"
    path.write_text(SECOND)
    say("agreement", "propose")
    say("agreement", "sign", "--side", "marketing", "--name", "Ann")
    assert "accord.yaml is version 1.2, not yet signed by sales; figures follow 1.1.\n" in say("audit")[2]
    path.write_text(SECOND.replace("45", "50"))
    assert (
        "accord.yaml says something else than version 1.2 that was proposed; figures follow 1.1.\n" in say("audit")[2]
    )
    path.unlink()
    assert "accord.yaml is not there; figures follow version 1.1, which is signed.\n" in say("audit")[2]
    assert Workspace(place).agreement.version == "1.1"
