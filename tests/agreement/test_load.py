"""What an agreement file says: defaults, values, the workspace beside it, and the digest of what is signed."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accord.agreement.load import WorkspaceSettings, agreement_digest, load_agreement
from accord.agreement.model import Acceptance, Agreement, Calendar, MonthlyCommitment
from accord.errors import AgreementError
from agreement.files import faults_of, judged, loaded
from agreement.generated import documents

CRITERION = (
    "{id: a, axis: fit, points: 9, when: {field: b, exists: true}, label: {en: EN, fr: FR}, why: {en: W, fr: P}}"
)


def test_without_a_file_the_defaults_of_the_contract_hold(tmp_path: Path) -> None:
    file = load_agreement(tmp_path / "accord.yaml")
    agreement = file.agreement
    assert (agreement.name, agreement.version) == ("default", "0")
    assert (agreement.timezone, agreement.currency) == ("UTC", "EUR")
    acceptance = agreement.acceptance
    assert acceptance.definition is None
    assert (acceptance.window_days, acceptance.promises_hours) == (30, (24, 48))
    assert (acceptance.floor, acceptance.target) == (0.5, 0.8)
    assert (acceptance.ghost_after_days, acceptance.tacit_after_hours) == (7, 72)
    assert acceptance.real_action.kinds == ("call", "email", "meeting", "message", "visit")
    assert (acceptance.real_action.min_call_seconds, acceptance.real_action.by) == (30, "team")
    assert acceptance.token.within_days == 7
    week = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    assert acceptance.calendar.hours == dict.fromkeys(week, (("09:00", "18:00"),))
    assert (acceptance.calendar.country, acceptance.calendar.timezone) == (None, None)
    assert agreement.weights.band == {"A": 3, "B": 2, "C": 1, "D": 0.5}
    assert agreement.weights.need == {"urgent": 2, "defined": 1.5}
    assert (agreement.materiality.points, agreement.materiality.acceptances) == (3, 20)
    sizes = {band.name: band.below for band in agreement.size_bands}
    assert sizes == {"micro": 10, "small": 50, "medium": 250, "large": 1000, "enterprise": None}
    assert file.workspace == WorkspaceSettings(database=None, engine="duckdb")
    assert file.path == tmp_path / "accord.yaml"


def test_a_full_file(tmp_path: Path) -> None:
    file = loaded(
        tmp_path,
        """
name: Nord & Sud
version: 1.10            # text as it is written, not the number 1.1
timezone: Europe/Paris
review_by: 2027-01-31
acceptance:
  definition: worked
  promises_hours: [48, 1.5]
  promises:
    - {name: Demo, where: {lead_type: demo_request, department: 01, vip: true}, within_hours: 1, clock: business}
  calendar:
    hours:
      tuesday: [13:30 - 18:00, 09:00-12:30]
      monday: [["00:00", "24:00"]]
      sunday: []
    country: NO            # Norway, whatever YAML 1.1 makes of it
    closed: [2026-12-24]
  team_calendars:
    North: {timezone: America/New_York}
commitments:
  monthly: [{leads: 400.0}]
segments: [channel, "on"]
weights:
  band: {1: 2, no: 3}
workspace:
  database: postgresql://accord@db/accord
""",
    )
    agreement = file.agreement
    assert (agreement.name, agreement.version) == ("Nord & Sud", "1.10")
    assert agreement.review_by == date(2027, 1, 31)
    assert list(agreement.acceptance.promises_hours) == [1.5, 48]
    promise = agreement.acceptance.promises[0]
    assert promise.where == {"lead_type": ("demo_request",), "department": ("01",), "vip": ("true",)}
    assert (promise.within_hours, promise.clock) == (1, "business")
    hours = agreement.acceptance.calendar.hours
    assert hours == {"monday": (("00:00", "24:00"),), "tuesday": (("09:00", "12:30"), ("13:30", "18:00"))}
    assert agreement.acceptance.calendar.country == "NO"
    assert agreement.acceptance.calendar.closed == (date(2026, 12, 24),)
    north = agreement.acceptance.team_calendars["North"]
    assert (north.timezone, north.hours) == ("America/New_York", Calendar().hours)
    assert agreement.commitments.monthly == (MonthlyCommitment(leads=400),)
    assert agreement.segments == ("channel", "on")
    assert agreement.weights.band == {"1": 2, "no": 3}
    assert agreement.weights.need == {"urgent": 2, "defined": 1.5}, "a section keeps the defaults it does not name"
    assert file.workspace.database == "postgresql://accord@db/accord"
    assert type(agreement) is Agreement
    assert file.line(("acceptance", "promises", 0)) == 10
    assert file.line(("acceptance", "floor")) == 6, "what the file does not name stands where its section does"


def test_a_key_without_a_value_has_its_default(tmp_path: Path) -> None:
    text = "name:\nacceptance:\n  window_days:\n  calendar: ~\ncommitments: null\nsize_bands:\nweights: {band: }\n"
    assert loaded(tmp_path, text).agreement == Agreement()


def test_repeated_parts_can_be_named_once(tmp_path: Path) -> None:
    text = """
acceptance:
  calendar: &office {hours: {monday: [10:00-16:00]}}
  team_calendars: {North: *office}
"""
    acceptance = loaded(tmp_path, text).agreement.acceptance
    assert acceptance.team_calendars["North"] == acceptance.calendar


def test_an_agreement_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Agreement().name = "another"


def test_an_agreement_made_by_hand_is_checked_too() -> None:
    with pytest.raises(ValueError, match=r"above the target of 0\.8"):
        Acceptance(floor=0.9)


# The digest -------------------------------------------------------------------------------------------------------


def test_the_digest_is_of_what_differs_from_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "name: default\n").digest == hashlib.sha256(b"{}").hexdigest()
    content = b'{"acceptance":{"floor":0.6},"name":"\xc3\x89t\xc3\xa9"}'
    assert loaded(tmp_path, "acceptance: {target: 0.8, floor: 0.60}\nname: Été\n").digest == (
        hashlib.sha256(content).hexdigest()
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("name: a\nversion: '2'\n", "version: 2 # the same\n\nname: 'a'\n"),
        ("acceptance: {window_days: 30, floor: 0.5}", "timezone: UTC"),
        ("acceptance: {promises_hours: [24, 72]}", "acceptance: {promises_hours: [72.0, 24.0]}"),
        (
            "acceptance: {calendar: {hours: {monday: [09:00-12:00, 13:00-17:00]}}}",
            "acceptance: {calendar: {hours: {monday: [['13:00', '17:00'], ['09:00', '12:00']], sunday: []}}}",
        ),
        ("name: a", "name: a\nworkspace: {engine: postgresql://db/accord}"),
        ("attribution: {days: 50, points: [1, 2.50]}", "attribution: {points: [1, 2.5], days: 50}"),
    ],
)
def test_the_same_content_has_the_same_digest(tmp_path: Path, one: str, other: str) -> None:
    assert loaded(tmp_path, one).digest == loaded(tmp_path, other).digest


@pytest.mark.parametrize(
    "text",
    [
        "acceptance: {floor: 0.51}",
        "version: '1'",
        f"qualification: {{threshold: 5, criteria: [{CRITERION}]}}",
        f"qualification: {{threshold: 6, criteria: [{CRITERION}]}}",
        f"qualification: {{threshold: 6, criteria: [{CRITERION.replace('EN', 'Other')}]}}",
        "attribution: first_touch",
        "acceptance: {calendar: {hours: {monday: [09:00-18:00]}}}",
        "segments: []",
    ],
)
def test_other_content_has_another_digest(tmp_path: Path, text: str) -> None:
    others = {agreement_digest(Agreement()), loaded(tmp_path, "attribution: last_touch").digest}
    assert loaded(tmp_path, text).digest not in others


@given(documents(astray=0))
def test_the_digest_sees_the_content_and_nothing_else(document: dict[str, object]) -> None:
    model, faults = judged(document)
    assume(model is not None and not faults)
    assert model is not None
    # Only what was written: the default promise of 48 h is no fault beside a window of one day, a written one is.
    agreement = Agreement.model_validate(model.model_dump(exclude={"workspace"}, exclude_unset=True))
    again = Agreement.model_validate_json(agreement.model_dump_json(exclude_unset=True))
    assert again == agreement
    assert agreement_digest(again) == agreement_digest(agreement)
    assert (agreement_digest(agreement) == agreement_digest(Agreement())) is (agreement == Agreement())


# Files that are no agreement --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"# only a comment\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"- name: default\n", "The file is a list"),
        (b"just some words\n", 'The file is "just some words"'),
        (b"%PDF-1.7\x00\x01", "holds a character that no text has"),
        (b"name: x\n" * 40_000, "The file has 313 KiB; an agreement has at most 256."),
        (b"PK\x03\x04" + bytes(1000), "holds a character that no text has"),
        ("name: Été\n".encode("utf-16"), "The file is UTF-16"),
    ],
)
def test_a_file_that_is_no_agreement(tmp_path: Path, content: bytes, words: str) -> None:
    faults = faults_of(tmp_path, content)
    assert words in faults[0].message
    assert faults[0].file == str(tmp_path / "accord.yaml")


def test_a_byte_order_mark_is_welcome(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbfname: x\r\nversion: 2\r\n").agreement.name == "x"


def test_latin_1_is_said_with_its_line_and_the_rest_is_checked_all_the_same(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "name: x\nversion: Été\ncurrency: EURO\n".encode("latin-1"))
    assert [fault.line for fault in faults] == [2, 3]
    assert "Windows-1252 or Latin-1: “version: Été”" in faults[0].message
    assert faults[0].hint == "Save it as UTF-8."


def test_a_folder_is_no_agreement(tmp_path: Path) -> None:
    with pytest.raises(AgreementError, match="a folder"):
        load_agreement(tmp_path)


def test_a_file_that_cannot_be_reached(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AgreementError, match="cannot be read"):
        load_agreement(tmp_path / "file" / "accord.yaml")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    _read(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    _read(raw)


SIGNS = tuple("[]{}:,'\"|>#~?é%\n\t ")
WORDS = ("acceptance", "floor", "hours", "monday", "0.5", "24", ".nan", "true")
PIECES = ("---", "...", "<<", "*a", "&a ", "!!int ", ": ", "- ", "\n  ")
YAML_PIECES = st.lists(st.sampled_from([*SIGNS, *WORDS, *PIECES]), max_size=30).map("".join)


@given(YAML_PIECES)
def test_nothing_that_looks_like_yaml_breaks_the_reader(text: str) -> None:
    _read(text.encode())


def _read(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for fault in faults_of(Path(folder), raw):
            assert fault.message
            assert fault.line is None or 1 <= fault.line <= raw.count(b"\n") + raw.count(b"\r") + 2


def test_the_document_is_read_as_json_would_be() -> None:
    document = {"attribution": {"rules": [{"id": "a", "points": 1.5}], "days": 50}}
    model, faults = judged(json.loads(json.dumps(document)))
    assert faults == []
    assert model is not None
    assert model.attribution == document["attribution"]
