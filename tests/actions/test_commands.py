"""``accord actions`` as a person and as a program run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run
from actions.company import agree, company, fill
from support.staging import fresh_sqlite


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run ``accord actions`` in a workspace and give what it printed."""
    fresh_sqlite(tmp_path)
    fill(agree(tmp_path), **company(20, 17))
    monkeypatch.chdir(tmp_path)

    def say(*words: str, code: int = 0) -> tuple[str, str]:
        assert run(["actions", *words]) == code
        captured = capsys.readouterr()
        return captured.out, captured.err

    return say


ADD = ("add", "Ask for a phone number", "--owner", "Léa", "--start", "2026-03-02", "--by", "Ann")


def test_nothing_yet(said: Any) -> None:
    assert "No corrective action stands on the list." in said()[0]
    assert "No corrective action stands on the list." in said("list")[0]
    assert json.loads(said("--json")[0])["data"]["actions"] == []


def test_from_recording_to_the_effect(said: Any) -> None:
    text, _complaint = said(*ADD, "--where", "channel=webinar", "--code", "stricter_entry")
    assert text.startswith("A1 is recorded: Ask for a phone number\n  channel=webinar · from 2 Mar 2026 on · Léa\n")
    text, _complaint = said()
    assert "Better: 30 points more are accepted than without it (+" in text
    text, _complaint = said("show", "A1")
    for part in ("40% of 200", "70% of 120", "55% of 400", "finds nothing beyond chance", "added by Ann"):
        assert part in text
    answer = json.loads(said("--json")[0])
    assert answer["as_of"] == "2026-06-24T10:00:00Z"
    (action,) = answer["data"]["actions"]
    assert (action["id"], action["where"], action["start"], action["stop"]) == (
        "A1",
        {"channel": "webinar"},
        "2026-03-02",
        None,
    )
    effect = action["effect"]
    assert effect["verdict"] == "better"
    for estimate in (
        effect["acceptance"],
        effect["before"]["touched"],
        effect["after"]["untouched"],
        effect["expected"],
        effect["gained_acceptances"],
        effect["answered_in_time"]["effect"],
        effect["placebo"]["segments"][0]["effect"],
    ):
        assert estimate["low"] <= estimate["value"] <= estimate["high"]
        assert (estimate["level"], estimate["n"] > 0) == (0.95, True)
    assert json.loads(said("show", "A1", "--json")[0])["data"]["effect"] == effect
    assert said("--json")[0] == said("--json")[0]


@pytest.mark.parametrize(("finding", "led"), [("slow_response:channel=webinar", True), ("", False)])
def test_what_answers_late_answers_is_led_by_answers(said: Any, finding: str, led: bool) -> None:
    """That more are accepted is not what it was done for."""
    said(*ADD, "--where", "channel=webinar", *(("--finding", finding) if finding else ()))
    assert ("Answered within" in said()[0]) == led
    text = said("show", "A1")[0]
    assert text.count("Answered within") == 1
    assert (text.index("Answered within") < text.index("40% of 200")) == led


def test_before_it_began_there_is_no_figure(said: Any) -> None:
    said(*ADD, "--where", "channel=webinar")
    (action,) = json.loads(said("--json", "--as-of", "2026-03-20")[0])["data"]["actions"]
    assert action["effect"]["acceptance"] == {"unknown": "not_mature", "need": 30}
    assert action["effect"]["verdict"] == "unknown"


def test_change_stop_remove(said: Any) -> None:
    said(*ADD, "--where", "channel=webinar", "--where", "country=FR")
    said("change", "A1", "--owner", "Tom", "--everywhere", "--by", "Bob")
    assert "stopped on 2026-05-04" in said("stop", "A1", "--on", "2026-05-04", "--by", "Bob")[0]
    text, _complaint = said("show", "A1")
    for part in ("owner: Léa → Tom", "where: channel=webinar; country=FR → all leads", "until: – → 2026-05-04"):
        assert part in text
    assert "4 May 2026" in said("list")[0]
    said("remove", "A1", "--by", "Bob")
    for words in ((), ("list",)):  # one was recorded, and that it was is in its history
        assert "No corrective action stands on the list." in said(*words)[0]
    assert "removed" in said("list", "--all")[0]
    assert json.loads(said("show", "A1", "--json")[0])["data"]["history"][-1]["event"] == "removed"


def test_import_and_export(said: Any, tmp_path: Path) -> None:
    said(*ADD, "--where", "channel=webinar")
    assert "Written: a.csv" in said("export", "a.csv")[1]
    said("export", "a.json")
    for name in ("a.csv", "a.json"):
        assert "1 action read: 0 added, 0 changed, 1 said nothing new." in said("import", name, "--by", "Bob")[0]
    assert json.loads(said("import", "a.csv", "--by", "Bob", "--json")[0])["data"]["unchanged"] == ["A1"]
    assert "neither in .json nor in .csv" in said("export", "a.txt", code=2)[1]
    assert "there is no such file" in said("import", "no.csv", "--by", "Bob", code=1)[1]


def test_what_may_be_a_slip_is_recorded_only_anyway(said: Any) -> None:
    slip = "No lead that was handed over so far has channel webinr. Did you mean webinar?"
    _text, complaint = said(*ADD, "--where", "channel=webinr", code=2)
    assert f"{slip} Nothing was recorded. If it is something new, add --anyway." in " ".join(complaint.split())
    assert json.loads(said("list", "--json")[0])["data"]["actions"] == []
    text, complaint = said(*ADD, "--where", "channel=webinr", "--anyway", "--json")
    assert "Did you mean webinar?" in complaint
    assert json.loads(text)["data"]["id"] == "A1"
    assert slip in " ".join(
        said("change", "A1", "--where", "channel=webinr", "--where", "team=DACH", "--by", "Ann", code=2)[1].split()
    )
    assert "nobody is left to" in said(*ADD)[0]


def test_the_same_twice_is_recorded_once(said: Any) -> None:
    said(*ADD, "--where", "channel=webinar")
    _text, complaint = said(*ADD, "--where", "channel=webinar", code=2)
    assert "A1 says exactly this already. Nothing was recorded." in complaint
    said("remove", "A1", "--by", "Ann")
    assert json.loads(said(*ADD, "--where", "channel=webinar", "--json")[0])["data"]["id"] == "A2"


def test_help_says_what_is_required(said: Any) -> None:
    text = " ".join(said("add", "--help")[0].split())
    for option in ("Who looks after it (required).", "it is in force (required).", "Who writes this down (required)."):
        assert option in text


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("add", "x", "--by", "Ann"), 1, "owner is missing"),
        (ADD[:-2], 2, "Say who writes this down"),
        ((*ADD, "--where", "chanel=x"), 1, "Did you mean channel?"),
        (("stop", "A1", "--on", "soon", "--by", "Ann"), 2, "--on 'soon' is no day"),
        (("show", "A1"), 2, "There is no action A1"),
        (("change", "A1", "--by", "Ann"), 2, "Say what is to change"),
        (("change", "A1", "--by", "Ann", "--everywhere", "--where", "a=b"), 2, "contradict each other"),
        (("--json", "list"), 2, "Options stand after the command: accord actions list"),
        (("shw",), 2, "The nearest is show"),
    ],
)
def test_complaints(said: Any, words: tuple[str, ...], code: int, complaint: str) -> None:
    assert complaint in said(*words, code=code)[1]


def test_an_action_that_answers_a_drop_says_so_everywhere(said: Any, tmp_path: Path) -> None:
    """Named or not, as text and as JSON, in both languages."""
    for option in ((), ("--since", "2025-12-29")):
        said(*ADD, "--where", "channel=webinar", *option)
    text = " ".join(said("show", "A2")[0].split())
    for part in (
        "“Before” is the time from 29 December 2025, when the trouble began, to the action: 9 weeks with 90 of its",
        "Against all weeks before, those before 29 December 2025 included, it would be +30 (",
        "before the drop from the drop since",
        "40% of 110 40% of 90 70% of 120",
        "! It was begun where the rate had just been low.",
    ):
        assert part in text
    plain, named = (each["effect"] for each in json.loads(said("--json")[0])["data"]["actions"])
    assert plain["answers_drop"] is None
    assert (named["answers_drop"]["since"], named["answers_drop"]["by"]) == ("2025-12-29", "named")
    assert named["answers_drop"]["before_it"]["touched"]["n"] == 110
    assert named["answers_drop"]["acceptance_against_all_weeks"] == plain["acceptance"]
    assert said("change", "A2", "--since", "", "--by", "Ann")[0].startswith("A2 is changed")
    assert "is not before it starts" in said("change", "A2", "--since", "2026-03-02", "--by", "Ann", code=1)[1]
