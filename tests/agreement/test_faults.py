"""Everything that is wrong is said at once: its line, what was found, what is allowed, the nearest known word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.load import load_agreement
from accord.errors import AgreementError
from agreement.files import faults_of, judged
from agreement.generated import documents

PYDANTIC = re.compile(r"Input should|Field required|Extra inputs|validation error|pydantic|Value error|Unable to", re.I)
RUAMEL = re.compile(r"while (parsing|scanning)|could not find|block (end|mapping)|found (character|undefined)", re.I)


class Wrong(NamedTuple):
    """A file with one fault: its text, the line of the fault, and words of the sentence."""

    text: str
    line: int | None
    words: str


ONE_FAULT = {
    # Handing over
    "a route to nobody": Wrong(
        "handoff:\n  routes:\n    - {where: {sector: a}}\n", 3, "handoff.routes[1] names nobody."
    ),
    "a route to two": Wrong(
        "handoff:\n  routes:\n    - {team: a, rep_id: b}\n", 3, "has team and rep_id; a route has one of them."
    ),
    "a route that nothing comes past": Wrong(
        "handoff:\n  routes:\n    - {team: a}\n    - {team: b}\n", 3, "handoff.routes[1] takes every lead"
    ),
    "no such word": Wrong("handoff:\n  territory: frist\n", 2, "Did you mean first?"),
    # Keys
    "unknown key, nearest": Wrong(
        "name: a\ntimezon: UTC\n", 2, "timezon is not a key of an agreement. Did you mean timezone?"
    ),
    "unknown key, allowed": Wrong("materiality:\n  colour: red\n", 2, "Allowed: points, acceptances."),
    "key of another section": Wrong("name: a\nfloor: 0.6\n", 2, "It belongs in acceptance."),
    "key of the top": Wrong("acceptance:\n  currency: EUR\n", 2, "It belongs in the top of the file."),
    "key of another section, near one here": Wrong(
        "acceptance:\n  min_call_seconds: 20\n", 2, "It belongs in acceptance.real_action."
    ),
    "hours without days": Wrong(
        'acceptance:\n  calendar:\n    hours: "9-18"\n',
        3,
        "it must be a mapping (key: value). For example: hours: {monday: [09:00-12:00, 14:00-18:00]",
    ),
    "hours without a list": Wrong(
        'acceptance:\n  calendar:\n    hours: {monday: "9-18"}\n',
        3,
        "it must be a list. For example: hours: {monday: [09:00-12:00, 14:00-18:00]",
    ),
    "where without columns": Wrong(
        "acceptance:\n  promises:\n    - {name: a, within_hours: 1, where: demo}\n",
        3,
        "For example: where: {lead_type: [demo_request, trial]}",
    ),
    "unknown weekday": Wrong(
        "acceptance:\n  calendar:\n    hours:\n      monday: [09:00-18:00]\n      tusday: []\n",
        5,
        "Did you mean tuesday?",
    ),
    "key twice": Wrong("name: a\nversion: '1'\nname: b\n", 3, "name is there twice: first in line 1."),
    "inner key twice": Wrong(
        "acceptance:\n  floor: 0.5\n  floor: 0.6\n", 3, "acceptance.floor is there twice: first in line 2."
    ),
    "key that is a list": Wrong("[a, b]: c\n", 1, "A key is a list; it must be text."),
    "blank key": Wrong("weights:\n  band:\n    ' ': 2\n", 3, "is empty; it must be text."),
    "blank column": Wrong(
        "acceptance:\n  promises:\n    - name: a\n      within_hours: 1\n      where:\n        '': b\n",
        6,
        "is empty; it must be",
    ),
    "merge key": Wrong("acceptance:\n  <<: {floor: 0.5}\n", 2, "acceptance.<< is not a key of an agreement."),
    "missing key": Wrong(
        "commitments:\n  monthly:\n    - name: all\n", 3, "commitments.monthly[1] has no leads, which it needs."
    ),
    # Types and ranges
    "text for a number": Wrong(
        "acceptance:\n  floor: high\n", 2, 'acceptance.floor is "high"; it must be a number from 0 to 1.'
    ),
    "decimal comma": Wrong("acceptance:\n  floor: 0,55\n", 2, "Did you mean 0.55?"),
    "per cent": Wrong("acceptance:\n  target: 80 %\n", 2, "Write 0.8 for 80 %."),
    "per cent without the sign": Wrong("acceptance:\n  target: 80\n", 2, "Write 0.8 for 80 %."),
    "number with a unit": Wrong("acceptance:\n  window_days: 45 days\n", 2, "Did you mean 45?"),
    "a large range": Wrong(
        "commitments:\n  monthly:\n  - {name: x, leads: many}\n", 3, "it must be a whole number from 1 to 10000000."
    ),
    "below the range": Wrong("acceptance:\n  window_days: 0\n", 2, "it must be a whole number from 1 to 366."),
    "above the range": Wrong(
        "acceptance:\n  window_days: 400\n", 2, "is 400; it must be a whole number from 1 to 366."
    ),
    "not above": Wrong("acceptance:\n  ghost_after_days: 0\n", 2, "it must be a number above 0 and up to 366."),
    "half a day": Wrong("acceptance:\n  window_days: 1.5\n", 2, "is 1.5; it must be a whole number"),
    "yes for a number": Wrong("acceptance:\n  floor: yes\n", 2, 'is "yes"; it must be a number from 0 to 1.'),
    "true for a number": Wrong("acceptance:\n  floor: true\n", 2, "is true; it must be a number from 0 to 1."),
    "true for text": Wrong("name: true\n", 1, "name is true; it must be text."),
    "list for text": Wrong("name: [a]\n", 1, "name is a list; it must be text."),
    "blank text": Wrong("name: '  '\n", 1, "name is empty; it must be text."),
    "number for a section": Wrong("acceptance: 5\n", 1, "acceptance is 5; it must be a mapping (key: value)."),
    "text for a list": Wrong("segments: channel\n", 1, 'segments is "channel"; it must be a list.'),
    "item of the wrong type": Wrong(
        "acceptance:\n  promises_hours:\n    - 24\n    - two days\n", 4, "acceptance.promises_hours[2]"
    ),
    "empty list": Wrong("acceptance:\n  promises_hours: []\n", 2, "acceptance.promises_hours has nothing in it."),
    "infinite": Wrong("acceptance:\n  window_days: .inf\n", 2, "acceptance.window_days is .inf"),
    "too large": Wrong("materiality:\n  acceptances: 1e999\n", 2, "materiality.acceptances is 1e999"),
    "qualification as a list": Wrong("qualification: [1]\n", 1, "qualification is a list; it must be a mapping"),
    "attribution as a number": Wrong("attribution: 3\n", 1, "attribution is 3; it must be text or a mapping."),
    # Words
    "unknown word": Wrong(
        "acceptance:\n  definition: explict\n", 2, "one of explicit, action, worked, tacit. Did you mean explicit?"
    ),
    "unknown kind": Wrong(
        "acceptance:\n  real_action: {kinds: [call, task]}\n", 2, "one of call, email, meeting, message, visit."
    ),
    "unknown zone": Wrong(
        "timezone: Europe/Pari\n", 1, '"Europe/Pari", which is not a time zone. Did you mean Europe/Paris?'
    ),
    "zone in the wrong case": Wrong("timezone: europe/paris\n", 1, "Did you mean Europe/Paris?"),
    "folder of zones": Wrong("timezone: Europe\n", 1, "which is not a time zone."),
    "zone like nothing": Wrong("timezone: '???'\n", 1, "Write an IANA name"),
    "unknown currency": Wrong("currency: EURO\n", 1, "which is not a currency. Did you mean EUR?"),
    "unknown country": Wrong(
        "acceptance:\n  calendar:\n    country: FRA\n", 3, "public holidays are known. Did you mean FR?"
    ),
    "country in lower case": Wrong("acceptance:\n  calendar:\n    country: fr\n", 3, "Did you mean FR?"),
    "unknown subdivision": Wrong(
        "acceptance:\n  calendar:\n    country: DE\n    subdivision: Bayern\n",
        4,
        "which is not a part of DE with known holidays.",
    ),
    "subdivision of nothing": Wrong("acceptance:\n  calendar:\n    subdivision: BY\n", 3, "but no country is named."),
    # Days and hours
    "overlap": Wrong(
        "acceptance:\n  calendar:\n    hours:\n      monday:\n        - 09:00-12:00\n        - 11:00-13:00\n",
        6,
        "monday[2] is 11:00-13:00, which overlaps with 09:00-12:00.",
    ),
    "one within the other": Wrong(
        "acceptance:\n  calendar:\n    hours: {monday: [08:00-20:00, 09:00-10:00]}\n",
        3,
        "which overlaps with 08:00-20:00.",
    ),
    "past midnight": Wrong("acceptance:\n  calendar:\n    hours: {monday: [22:00-02:00]}\n", 3, "two stretches"),
    "no time of day": Wrong("acceptance:\n  calendar:\n    hours: {monday: [9h30-18:00]}\n", 3, "Did you mean 09:30?"),
    "after the end of the day": Wrong(
        "acceptance:\n  calendar:\n    hours: {monday: [09:00-24:30]}\n", 3, '"24:30"; a time of day'
    ),
    "no stretch": Wrong("acceptance:\n  calendar:\n    hours: {monday: [09:00]}\n", 3, "not a stretch of open hours."),
    "hours as numbers": Wrong(
        "acceptance:\n  calendar:\n    hours: {monday: [[9, '18:00']]}\n", 3, "Did you mean 09:00?"
    ),
    "never open": Wrong("acceptance:\n  calendar:\n    hours: {monday: []}\n", 3, "opens on no day"),
    "no hours at all": Wrong("acceptance:\n  team_calendars:\n    North:\n      hours: {}\n", 4, "opens on no day"),
    "no such day": Wrong("review_by: 2026-02-30\n", 1, '"2026-02-30": there is no such day in the calendar.'),
    "day first": Wrong("review_by: 24/12/2026\n", 1, "Write year, month and day: 2026-12-24."),
    "time for a date": Wrong("review_by: 2026-12-24T10:00\n", 1, "which is not a date."),
    "number for a date": Wrong("review_by: 20261224\n", 1, "review_by is 20261224, which is not a date."),
    "closed and open": Wrong(
        "acceptance:\n  calendar:\n    open: [2026-12-24]\n    closed:\n      - 2026-12-23\n      - 2026-12-24\n",
        6,
        "closed[2] is 2026-12-24, which is also listed as open.",
    ),
    "day twice": Wrong(
        "acceptance:\n  calendar:\n    closed:\n      - 2026-12-24\n      - 2026-12-24\n", 5, "which is there already."
    ),
    # Things that contradict each other
    "floor above target": Wrong("acceptance:\n  floor: 0.9\n", 2, "acceptance.floor is 0.9, above the target of 0.8."),
    "target below the floor": Wrong(
        "acceptance:\n  target: 0.3\n", 2, "acceptance.target is 0.3, below the floor of 0.5."
    ),
    "floor above target, both written": Wrong(
        "acceptance:\n  floor: 0.4\n  target: 0.3\n", 2, "acceptance.floor is 0.4, above the target of 0.3."
    ),
    "promise beyond the window": Wrong(
        "acceptance:\n  window_days: 7\n  promises_hours: [24, 200]\n",
        3,
        "has 200 hours, but the window closes after 7 days.",
    ),
    "promise beyond three days at half an hour": Wrong(
        "acceptance:\n  promises_hours: [24, 100.5]\n",
        2,
        "is 100.5 hours; beyond 72 hours promises are whole hours.",
    ),
    "class promise between a business day and 24": Wrong(
        "acceptance:\n  promises:\n    - name: a\n      where: {channel: web}\n      within_hours: 23\n"
        "      clock: business\n",
        5,
        "is 23 open hours, more than the 9 of a business day. Write business days as 24",
    ),
    "class promise beyond the window": Wrong(
        "acceptance:\n  promises:\n    - name: a\n      where: {channel: web}\n      within_hours: 721\n",
        5,
        "is 721, but the window",
    ),
    "promise for nobody": Wrong(
        "acceptance:\n  promises:\n    - {name: a, where: {}, within_hours: 1}\n",
        3,
        "promises[1].where has nothing in it. Name at least one. For example: where: {lead_type",
    ),
    "promise for no value": Wrong(
        "acceptance:\n  promises:\n    - {name: a, where: {channel: []}, within_hours: 1}\n",
        3,
        "where.channel has nothing in it.",
    ),
    "two of one name": Wrong(
        "acceptance:\n  promises:\n"
        "    - {name: a, where: {b: c}, within_hours: 1}\n    - {name: a, where: {b: d}, within_hours: 2}\n",
        4,
        'promises[2] is "a", which is there already.',
    ),
    "segment twice": Wrong(
        "segments: [channel, team, channel]\n", 1, 'segments[3] is "channel", which is there already.'
    ),
    "sizes that shrink": Wrong(
        "size_bands:\n  - {name: a, below: 50}\n  - {name: b, below: 10}\n  - {name: c}\n",
        3,
        "size_bands[2].below is 10, not above the 50",
    ),
    "sizes that end": Wrong(
        "size_bands:\n  - {name: a, below: 50}\n", 2, "size_bands[1] ends below 50, so larger accounts have no size."
    ),
    "sizes after the last": Wrong(
        "size_bands:\n  - {name: a}\n  - {name: b}\n", 2, "so no account reaches the sizes after it."
    ),
    "sizes of one name": Wrong("size_bands:\n  - {name: a, below: 5}\n  - {name: a}\n", 3, "which is there already."),
    "no sizes": Wrong("size_bands: []\n", 1, "size_bands has nothing in it."),
    # YAML
    "colon in a text": Wrong("name: Nord: Sud\n", 1, "A colon stands where no key can be"),
    "key without a colon": Wrong("name\nversion: '1'\n", 2, "A colon stands where no key can be"),
    "indentation": Wrong("acceptance:\n  floor: 0.5\n   target: 0.8\n", 3, "A colon stands where no key can be"),
    "indentation, less": Wrong(
        "acceptance:\n    floor: 0.5\n  target: 0.8\n", 3, "The indentation does not fit the lines above."
    ),
    "quote": Wrong("name: a\nversion: '1\ncurrency: EUR\n", 2, "A quote is opened and never closed."),
    "bracket": Wrong("segments: [channel, team\ncurrency: EUR\n", 1, "A bracket is opened and not closed"),
    "bracket at the end": Wrong("segments: [channel,\n", 1, "A bracket is opened and never closed."),
    "sign": Wrong("name: @home\n", 1, "A value begins with a character that YAML keeps for itself."),
    "backslash": Wrong('name: "C:\\data"\n', 1, "A backslash in double quotes"),
    "tag": Wrong("name: !!str a\n", 1, "is a tag of YAML; an agreement has none."),
    "two documents": Wrong("name: a\n---\nname: b\n", 2, "A second document begins here"),
    "alias of nothing": Wrong("name: *other\n", 1, "*other repeats something that has no name."),
    "alias of itself": Wrong("attribution: &all\n  again: *all\n", 1, "attribution.again repeats itself without end."),
    "nested without end": Wrong("qualification: " + "[" * 60 + "]" * 60 + "\n", 1, "nested more than 40 deep."),
    "workspace key": Wrong("workspace:\n  databas: x\n", 2, "Did you mean database? Allowed: database, engine."),
}


@pytest.mark.parametrize("wrong", ONE_FAULT.values(), ids=ONE_FAULT)
def test_one_fault_is_one_sentence_with_its_line(tmp_path: Path, wrong: Wrong) -> None:
    faults = faults_of(tmp_path, wrong.text)
    assert [(fault.line, wrong.words in f"{fault.message} {fault.hint or ''}") for fault in faults] == [
        (wrong.line, True)
    ], [str(fault) for fault in faults]


def test_the_error_names_the_file_and_counts_the_faults(tmp_path: Path) -> None:
    path = tmp_path / "accord.yaml"
    path.write_text("timezone: Europe/Pari\ncurrency: EURO\n")
    with pytest.raises(AgreementError) as caught:
        load_agreement(path)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"{path} has 2 faults:"
    assert lines[1] == f'{path}:1: timezone is "Europe/Pari", which is not a time zone. Did you mean Europe/Paris?'
    assert lines[2].startswith(f"{path}:2: currency is ")
    assert caught.value.exit_code == 1


def test_every_tab_is_said(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "acceptance:\n\tfloor: 0.5\n\ttarget: 0.8\n\t# comment\nname: a\n")
    assert [fault.line for fault in faults] == [2, 3]
    assert {fault.message for fault in faults} == {"The line is indented with a tab; YAML allows only spaces."}


INDEPENDENT = {
    "name": ("true", "name is true"),
    "timezone": ("Mars/Olympus", "timezone is"),
    "currency": ("EURO", "currency is"),
    "review_by": ("soon", "review_by is"),
    "segments": ("[a, b, a]", "segments[3] is"),
    "size_bands": ("[{name: a, below: 5}]", "size_bands[1] ends"),
    "weights": ("{band: {A: heavy}}", "weights.band.A is"),
    "materiality": ("{points: 0, acceptance: 3}", "materiality.acceptance is not a key"),
    "commitments": ("{monthly: [{name: x}]}", "commitments.monthly[1] has no leads"),
    "attribution": ("[1]", "attribution is"),
    "extra": ("1", "extra is not a key"),
    "workspace": ("{engin: x}", "workspace.engin is not a key"),
}
IN_ACCEPTANCE = {
    "definition": ("maybe", "acceptance.definition is"),
    "window_days": ("0", "acceptance.window_days is"),
    "promises_hours": ("[24, 24]", "acceptance.promises_hours[2] is"),
    "promises": ("[{name: x, where: {a: b}, within_hours: 0}]", "acceptance.promises[1].within_hours is"),
    "ghost_after_days": ("-1", "acceptance.ghost_after_days is"),
    "real_action": ("{by: me}", "acceptance.real_action.by is"),
    "calendar": (
        "{closed: [x, 2026-12-24], open: [2026-12-24], hours: {monday: [10:00-09:00]}}",
        "acceptance.calendar.closed[2] is 2026-12-24, which is also listed as open",
    ),
    "team_calendars": ("{a: {subdivision: b}}", "acceptance.team_calendars.a.subdivision is"),
    "floor": ("0.9", "acceptance.floor is 0.9, above the target"),
    "token": ("5", "acceptance.token is"),
}


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(sorted(INDEPENDENT)), unique=True),
    st.lists(st.sampled_from(sorted(IN_ACCEPTANCE)), unique=True),
)
def test_no_fault_hides_another(tmp_path_factory: pytest.TempPathFactory, top: list[str], inner: list[str]) -> None:
    lines = [f"{key}: {INDEPENDENT[key][0]}" for key in top]
    expected = {INDEPENDENT[key][1]: number for number, key in enumerate(top, 1)}
    if inner:
        expected |= {IN_ACCEPTANCE[key][1]: number for number, key in enumerate(inner, len(lines) + 2)}
        lines += ["acceptance:", *(f"  {key}: {IN_ACCEPTANCE[key][0]}" for key in inner)]
    found = faults_of(tmp_path_factory.mktemp("agreement"), "\n".join(lines or ["name: a"]))
    for words, line in expected.items():
        assert [fault.line for fault in found if words in fault.message] == [line], words
    assert bool(found) is bool(expected)


def test_two_that_contradict_each_other_do_not_hide_each_other(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "size_bands:\n  - {name: a, below: 50}\n  - {name: a, below: 10}\n")
    assert [fault.message for fault in faults] == [
        'size_bands[2] is "a", which is there already.',
        "size_bands[2] ends below 10, so larger accounts have no size.",
        "size_bands[2].below is 10, not above the 50 of the size before it.",
    ]


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("acceptance: {floor: 0.9, target: x}", "above the target"),
        ("acceptance: {window_days: x, promises_hours: [1000]}", "window closes"),
        ("acceptance: {calendar: {hours: {monday: [x]}}}", "opens on no day"),
        ("acceptance: {calendar: {country: XX, subdivision: YY}}", "no country"),
        ("acceptance: {real_action: {kinds: [x]}}", "nothing in it"),
        ("size_bands: [{name: a, below: x}, {name: b}]", "no size"),
        ("size_bands: [{name: a, below: 5}, {name: b, below: x}]", "larger accounts"),
        ("commitments: {monthly: [{leads: x}]}", "has no leads"),
    ],
)
def test_no_fault_is_said_that_only_follows_from_another(tmp_path: Path, text: str, absent: str) -> None:
    faults = faults_of(tmp_path, text)
    assert len(faults) == 1
    assert absent not in faults[0].message


@given(documents(astray=0.1))
def test_no_sentence_is_somebody_elses(document: dict[str, object]) -> None:
    _, faults = judged(document)
    for fault in faults:
        assert not PYDANTIC.search(str(fault))
        assert not RUAMEL.search(str(fault))
        assert "{" not in fault.message.replace("{}", "") or '"' in fault.message, "a placeholder that nobody filled"


def test_bands_that_overlap_are_told_beside_other_faults_of_the_score(tmp_path: Path) -> None:
    text = (
        "qualification:\n"
        "  threshold: many\n"
        "  criteria:\n"
        "    - {id: demo, points: 5}\n"
        "  bands:\n"
        "    - {name: A, from: 70}\n"
        "    - {name: A, from: 90}\n"
        "    - {name: C}\n"
    )
    told = [(fault.line, fault.message) for fault in faults_of(tmp_path, text)]
    assert any(line == 2 and "threshold" in message for line, message in told)
    assert (7, "qualification.bands[2].from is 90, not below the 70 of the band before it, so the two overlap.") in told
    assert any(line == 7 and "which is there already" in message for line, message in told)
