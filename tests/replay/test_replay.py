"""A replay against a plain one: every lead scored alone at its moment, with what was known then."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from accord.agreement.load import load_agreement
from accord.cli.main import run
from accord.demo.simulate import simulate
from accord.errors import AgreementError, UsageError, WorkspaceError
from accord.ingest.importing import import_files
from accord.readmodel.opening import open_source
from accord.replay.population import CONVERSION_DAYS, NOT_KNOWN
from accord.replay.report import Replay
from accord.replay.run import MOST_THRESHOLDS, replay
from accord.report import formats
from accord.report.look import Look
from accord.report.replay.text import replay_text
from accord.report.replay.words import changes_words
from accord.scoring.one import score_one
from accord.scoring.result import Touch
from accord.scoring.rules import Rules, prepare
from accord.tables.times import DAY, microseconds
from accord.values import Reason, Unknown
from accord.workspace import Workspace

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "replay.schema.json").read_text("utf-8"))
UNTIL = date(2026, 7, 1)

HELD = """\
name: Ours
version: "1"
timezone: Europe/Paris
acceptance: {definition: explicit, window_days: 30}
qualification:
  axes: {engagement: {max: 30}}
  criteria:
    - {id: size, axis: fit, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 15,
       when: {field: employees, at_least: 50}}
    - {id: need, axis: need, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 15,
       when: {field: need, in: [defined, urgent]}}
    - {id: touches, axis: engagement, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 4,
       touches: {within_days: 60, half_life_days: 20, at_most_a_day: 1}, cap: 25}
    - {id: channels, axis: engagement, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 4,
       channels: {within_days: 60}, cap: 8}
    - {id: fresh, axis: need, label: {en: a, fr: b}, why: {en: a, fr: b}, points: 2.5,
       when: {field: created_at, within_days: 20}}
  overrides: [{name: Small, where: {account_size: [micro, small]}, threshold: 20}]
  disqualifiers:
    - {id: private, label: {en: a, fr: b}, when: {field: job_function, exists: false}, reason: role}
  threshold: 30
  bands: [{name: A, from: 50}, {name: B}]
"""
DRAFT = (
    HELD.replace('version: "1"', 'version: "2"')
    .replace("points: 4,", "points: 7,", 1)
    .replace("points: 15,", "points: 5,", 1)
    .replace("threshold: 30", "threshold: 34")
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a year of a small simulated company, imported from its files."""
    folder = tmp_path_factory.mktemp("replay")
    simulate(size=260, seed=11, until=UNTIL).write(folder / "files", "csv")
    (folder / "accord.yaml").write_text(HELD)
    import_files(Workspace(folder), [folder / "files"])
    (folder / "draft.yaml").write_text(DRAFT)
    return folder


@pytest.fixture(scope="module")
def done(company: Path) -> Replay:
    with open_source(Workspace(company)) as source:
        return replay(Workspace(company), source, load_agreement(company / "draft.yaml").agreement)


def rows(company: Path, table: str) -> Iterator[dict[str, str]]:
    with (company / "files" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def instant(text: str) -> int:
    """Microseconds of a time in the files; of a date the last moment of its day, as long as a day usually is."""
    moment = datetime.fromisoformat(text)
    if len(text) == 10:
        return microseconds(moment.replace(tzinfo=ZoneInfo("Europe/Paris"))) + DAY - 1
    assert moment.tzinfo is not None
    return microseconds(moment.astimezone(UTC))


def cell(name: str, text: str) -> object:
    if not text:
        return None
    if name in ("employees", "timeline_days"):
        return int(text)
    if name == "budget":
        return float(text)
    if name == "decision_maker":
        return text == "true"
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if name == "created_at" else text


class Plain:
    """The company read from its files with nothing but Python."""

    def __init__(self, company: Path, as_of: datetime) -> None:
        self.as_of = microseconds(as_of)
        self.leads = {row["lead_id"]: row for row in rows(company, "leads")}
        self.into = {lead: row["merged_into"] for lead, row in self.leads.items() if row.get("merged_into")}
        self.touches: dict[str, list[Touch]] = defaultdict(list)
        for row in rows(company, "touches"):
            self.touches[self.one(row["lead_id"])].append(
                Touch(instant(row["at"]), row["kind"], row["channel"] or None)
            )
        self.handed: dict[str, tuple[int, str]] = {}
        for row in rows(company, "handoffs"):
            lead, key = self.one(row["lead_id"]), (instant(row["at"]), row["handoff_id"])
            if lead in self.leads and key[0] <= self.as_of:
                self.handed[lead] = min(self.handed.get(lead, key), key)

    def one(self, lead: str) -> str:
        while lead in self.into:
            lead = self.into[lead]
        return lead

    def moment(self, lead: str, end: int) -> int:
        if lead in self.handed and self.handed[lead][0] < end:
            return self.handed[lead][0]
        past = [touch.at for touch in self.touches[lead] if touch.at < end]
        return max([instant(self.leads[lead]["created_at"]), *past])

    def score(self, rules: Rules, lead: str, moment: int) -> tuple[int, int, bool, str | None]:
        cells: Mapping[str, object] = {name: cell(name, text) for name, text in self.leads[lead].items()}
        at = datetime(1970, 1, 1) + timedelta(microseconds=moment)  # noqa: DTZ001
        found = score_one(rules, {**cells, "created_at_is_date": False}, self.touches[lead], at)
        return found.score, found.threshold, found.qualified, found.band


def test_every_lead_is_scored_with_what_was_known_at_its_moment(company: Path, done: Replay) -> None:
    plain = Plain(company, done.as_of)
    end = microseconds(done.end) + 1
    moments = {lead: plain.moment(lead, end) for lead in plain.leads if lead not in plain.into}
    expected = {lead: moment for lead, moment in moments.items() if moment < end}
    found = done.population
    assert dict(zip(found.lead, found.moment.tolist(), strict=True)) == expected
    assert len(expected) > 300
    assert 50 < np.count_nonzero(found.handed) < found.size
    for name, verdict in (("draft.yaml", found.after), ("accord.yaml", found.before)):
        rules = prepare(load_agreement(company / name).agreement)
        assert verdict is not None
        seen = zip(
            verdict.score.tolist(),
            verdict.threshold.tolist(),
            verdict.qualified.tolist(),
            verdict.band,
            strict=True,
        )
        assert list(seen) == [plain.score(rules, lead, expected[lead]) for lead in found.lead]
    assert len(set(found.after.score.tolist())) > 50


def test_what_became_of_them(company: Path, done: Replay) -> None:
    plain, found = Plain(company, done.as_of), done.population
    first = {handoff: lead for lead, (_at, handoff) in plain.handed.items()}
    decided: dict[str, tuple[int, str, str]] = {}
    starts: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows(company, "handoffs"):
        starts[plain.one(row["lead_id"])].append((instant(row["at"]), row["handoff_id"]))
    for row in rows(company, "decisions"):
        # Without a handoff, the last one of the lead that came before it is meant.
        before = [start for start in starts[plain.one(row["lead_id"])] if start[0] <= instant(row["at"])]
        handoff = row["handoff_id"] or max(before, default=(0, ""))[1]
        if handoff in first and instant(row["at"]) <= plain.as_of:
            lead = first[handoff]
            key = (instant(row["at"]), row["decision_id"], row["outcome"])
            decided[lead] = min(decided.get(lead, key), key)
    won: dict[str, list[int]] = defaultdict(list)
    for row in rows(company, "opportunities"):
        if row["won"] == "true":
            won[plain.one(row["lead_id"])].append(instant(row["closed_at"] or row["created_at"]))
    for row in rows(company, "orders"):
        if row["lead_id"] and float(row["amount"]) > 0:
            won[plain.one(row["lead_id"])].append(instant(row["at"]))
    expected: list[tuple[int, int]] = []
    for lead in found.lead:
        at = plain.handed[lead][0] if lead in plain.handed else None
        if at is None:
            expected.append((NOT_KNOWN, NOT_KNOWN))
            continue
        age = plain.as_of - at
        until = min([at + 30 * DAY, *(other for other, _handoff in starts[lead] if other > at)])
        yes = lead in decided and decided[lead][2] == "accepted" and at <= decided[lead][0] < until
        sold = any(0 <= moment - at <= CONVERSION_DAYS * DAY for moment in won[lead] if moment <= plain.as_of)
        expected.append(
            (int(yes) if age >= 30 * DAY else NOT_KNOWN, int(sold) if age >= CONVERSION_DAYS * DAY else NOT_KNOWN)
        )
    seen = list(zip(found.accepted.tolist(), found.converted.tolist(), strict=True))
    assert seen == expected
    assert Counter(accepted for accepted, _converted in seen)[1] > 20
    assert Counter(converted for _accepted, converted in seen)[1] > 2


def test_counts_add_up(done: Replay) -> None:
    assert done.enter + done.stay == done.after.leads == done.entering.leads + done.stay
    assert done.leave + done.stay == done.before.leads == done.leaving.leads + done.stay
    assert min(done.enter, done.leave, done.stay) > 0
    assert sum(load.after for load in done.teams) * done.weeks == pytest.approx(done.after.leads)
    assert sum(load.before for load in done.teams) * done.weeks == pytest.approx(done.before.leads)
    assert not done.by_hand


def test_the_threshold_cuts_the_scores(company: Path, done: Replay) -> None:
    rows_ = done.thresholds
    assert len(rows_) <= MOST_THRESHOLDS
    assert [row.threshold for row in rows_] == sorted({row.threshold for row in rows_})
    (own,) = [row for row in rows_ if row.is_draft]
    assert (own.threshold, own.chosen, own.enter, own.leave) == (34, done.after, done.enter, done.leave)
    assert {24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44} <= {row.threshold for row in rows_}, "close where one decides"
    leads = [row.chosen.leads for row in rows_]
    assert leads == sorted(leads, reverse=True)
    assert leads[0] > leads[-1]
    # A draft that says so itself gives the same row.
    other = next(row for row in rows_ if row.threshold < 34 and row.chosen.leads > done.after.leads)
    (company / "other.yaml").write_text(DRAFT.replace("threshold: 34", f"threshold: {other.threshold:g}"))
    with open_source(Workspace(company)) as source:
        again = replay(Workspace(company), source, load_agreement(company / "other.yaml").agreement)
    assert (again.after, again.enter, again.leave) == (other.chosen, other.enter, other.leave)


def test_teams_and_what_they_can_take(company: Path, done: Replay) -> None:
    capacity: dict[str, float] = defaultdict(float)
    for row in rows(company, "reps"):
        if row["capacity"]:
            capacity[row["team"]] += int(float(row["capacity"]))  # whole leads, as handing over counts
    assert {load.team: load.capacity for load in done.teams if load.team} == dict(capacity)
    found = done.population
    for load in done.teams:
        weeks = Counter(
            (int(found.day[place]) + 3) // 7
            for place in range(found.size)
            if found.after.qualified[place] and found.team[place] == load.team
        )
        assert load.peak == max(weeks.values(), default=0)
        if load.capacity is not None:
            assert load.weeks_over == sum(count > load.capacity for count in weeks.values())


def test_too_early_is_not_too_few(company: Path, done: Replay) -> None:
    """Of leads handed over within the last 90 days, nobody can know what was sold: more leads would not help."""
    draft = load_agreement(company / "draft.yaml").agreement
    with open_source(Workspace(company)) as source:
        late = replay(Workspace(company), source, draft, start=date(2026, 5, 1))
    assert late.after.handed >= 10
    assert late.after.conversion.figure == late.entering.conversion.figure == Unknown(Reason.NOT_MATURE)
    handed = sorted(late.population.moment[late.population.handed].tolist())
    tenth = datetime.fromtimestamp(handed[9] / 1e6, ZoneInfo("Europe/Paris")).date() + timedelta(days=CONVERSION_DAYS)
    said_ = " ".join(replay_text(late, Look()).split())
    assert f"a first figure comes on {formats.day(tenth)}." in said_
    assert "first figure" not in replay_text(done, Look())


def test_a_span_holds_the_leads_whose_moment_lies_in_it(company: Path, done: Replay) -> None:
    draft = load_agreement(company / "draft.yaml").agreement
    with open_source(Workspace(company)) as source:
        part = replay(Workspace(company), source, draft, start=date(2026, 2, 1), end=date(2026, 4, 1))
        with pytest.raises(UsageError, match="is empty"):
            replay(Workspace(company), source, draft, start=date(2026, 4, 1), end=date(2026, 4, 1))
        with pytest.raises(WorkspaceError, match="No lead came to its moment"):
            replay(Workspace(company), source, draft, start=date(2001, 1, 1), end=date(2001, 4, 1))
    assert 0 < part.population.size < done.population.size
    first, last = (microseconds(datetime(2026, month, 1, tzinfo=UTC)) for month in (2, 4))
    # Paris is an hour ahead of UTC in February and two in April.
    assert first - 2 * 3_600_000_000 <= part.population.moment.min()
    assert part.population.moment.max() < last - 3_600_000_000


def test_against_what_was_handed_over_where_nothing_is_scored_yet(company: Path, tmp_path: Path) -> None:
    (tmp_path / "accord.yaml").write_text(HELD.split("qualification:", maxsplit=1)[0])
    import_files(Workspace(tmp_path), [company / "files"])
    with open_source(Workspace(tmp_path)) as source:
        found = replay(Workspace(company), source, load_agreement(company / "draft.yaml").agreement)
        with pytest.raises(AgreementError, match="has no section qualification"):
            replay(Workspace(company), source, source.agreement)
    assert found.by_hand
    assert found.before.leads == found.before.handed == np.count_nonzero(found.population.handed)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["agreement", "replay", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_command(company: Path, tmp_path: Path, done: Replay, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--workspace", str(company), "--file", str(company / "draft.yaml"))
    code, out, _err = said(capsys, *place)
    assert code == 0
    assert out.startswith("Replay of Ours, version 2\nAgainst accord.yaml, which nobody has signed: ")
    assert f"In: {done.enter}; out: {done.leave}; unchanged: {done.stay}." in out
    assert "  34 *  " in out
    changed = changes_words(done)
    assert changed
    assert [line.strip() for line in out.split("What the draft changes\n")[1].split("\n\n")[0].splitlines()] == changed
    assert not any("version" in line for line in changed)
    code, unchanged, _err = said(capsys, *place[:2])
    assert code == 0
    assert "The draft says the same as what it is held against, so nothing moves." in " ".join(unchanged.split())
    assert "In: 0;" not in unchanged
    assert "What the draft changes" not in unchanged
    assert said(capsys, str(company / "draft.yaml"), *place[:2]) == (0, out, ""), "named alone, without --file"
    code, _out, err = said(capsys, "other.yaml", *place)
    assert code == 2
    assert "are both given as the draft" in err
    code, out, err = said(
        capsys, *place, "--json", "--csv", str(tmp_path / "r.csv"), "--html", str(tmp_path / "r.html")
    )
    assert code == 0
    assert err.splitlines() == [f"Written: {tmp_path / 'r.csv'}", f"Written: {tmp_path / 'r.html'}"]
    answer: dict[str, Any] = json.loads(out)
    assert answer["agreement"] == {"name": "Ours", "version": "1"}
    Draft202012Validator(SCHEMA).validate(answer)
    data = answer["data"]
    assert [change["text"]["en"] for change in data["changes"] if change["key"] != "version"] == changed
    assert (data["enter"], data["leave"], data["stay"]) == (done.enter, done.leave, done.stay)
    assert data["after"]["acceptance"]["bounds"]["low"] <= data["after"]["acceptance"]["value"]
    assert said(capsys, *place, "--json")[1] == out, "the same bytes again"
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert Counter(row["change"] for row in listed) == {
        "enters": done.enter,
        "leaves": done.leave,
        "stays": done.stay,
        "stays_out": done.population.size - done.enter - done.leave - done.stay,
    }
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2, "for a wide screen and for a telephone"
    assert "src=" not in page
    assert page.count('class="marked"') == 1, "the threshold of the draft"
    assert "http" not in page.replace("http://www.w3.org", "")
    drawing = page[page.index("<svg") : page.index("</svg>") + 6]
    assert len(ElementTree.fromstring(drawing).findall(".//*")) > 50

    assert said(capsys, *place, "--version", "1")[0] == 2
    code, _out, err = said(capsys, "--workspace", str(company), "--version", "9")
    assert code == 1
    assert "9 is no version of this agreement" in err
    assert said(capsys, "--workspace", str(company), "--file", str(tmp_path / "no.yaml"))[0] == 2


def test_every_engine_replays_the_same(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    simulate(size=60, seed=11, until=UNTIL).write(tmp_path / "files", "csv")
    (tmp_path / "accord.yaml").write_text(HELD)
    (tmp_path / "draft.yaml").write_text(DRAFT)
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    import_files(Workspace(tmp_path), [tmp_path / "files"])
    asked = ("--workspace", str(tmp_path), "--file", str(tmp_path / "draft.yaml"), "--json")
    embedded = said(capsys, *asked)
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    assert said(capsys, *asked) == embedded
    assert json.loads(embedded[1])["data"]["enter"] > 0
