"""`accord score` as a person and a program use it: points by hand, reasons, the past, and what goes wrong."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pyarrow import parquet
from scipy.stats import beta

from accord.agreement.packaged import READY_MADE
from accord.cli.main import run
from accord.language import use_language

AGREEMENT = """
name: Ours
version: "3"
timezone: Europe/Paris
qualification:
  axes: {fit: {max: 20}}
  criteria:
    - id: size
      axis: fit
      label: {en: The right size, fr: La bonne taille}
      why: {en: They stay., fr: Elles restent.}
      points: 15
      when: {field: employees, between: [50, 999]}
    - id: region
      axis: fit
      label: {en: At home, fr: Chez nous}
      why: {en: We know the market., fr: Nous connaissons le marché.}
      points: 7.5
      when: {field: region, in: [north, south]}
    - id: webinars
      axis: engagement
      label: {en: Webinars, fr: Webinaires}
      why: {en: An hour of attention., fr: Une heure d’attention.}
      points: 8
      touches: {kind: webinar, within_days: 90, half_life_days: 10, at_most: 2}
      cap: 10
  ideal_profile: {field: employees, at_least: 50}
  disqualifiers:
    - id: rival
      label: {en: A rival, fr: Un concurrent}
      when: {field: company, is: Rival}
      reason: competitor_or_partner
  threshold: 24
  bands: [{name: A, from: 30}, {name: B, from: 20}, {name: C}]
"""
LEADS = """lead_id,created_at,employees,region,company,channel,merged_into
ann,2026-06-01T09:00Z,120,north,Acme,web,
bob,2026-06-01T09:00Z,,south,Acme,web,
cid,2026-06-01T09:00Z,60,north,Rival,events,
dee,2026-06-01T09:00Z,3,,Acme,events,
eve,2026-06-01T09:00Z,,,Acme,web,bob
"""
TOUCHES = """touch_id,lead_id,at,kind,channel
t1,ann,2026-06-30T12:00Z,webinar,webinar
t2,ann,2026-06-20T12:00Z,webinar,webinar
t3,ann,2026-06-10T12:00Z,webinar,webinar
t4,eve,2026-06-30T12:00Z,webinar,webinar
t5,cid,2026-06-30T12:00Z,webinar,webinar
"""


@pytest.fixture
def company(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "touches.csv").write_text(TOUCHES)
    assert (
        run(["import", str(tmp_path / "leads.csv"), str(tmp_path / "touches.csv"), "--workspace", str(tmp_path)]) == 0
    )
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], company: Path, *words: str) -> tuple[int, str, str]:
    code = run(["score", "--workspace", str(company), *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def answered(capsys: pytest.CaptureFixture[str], company: Path, *words: str) -> dict[str, Any]:
    code, out, err = said(capsys, company, "--json", *words)
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_the_answer_is_what_one_adds_up_by_hand(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, company)
    assert answer["agreement"] == {"name": "Ours", "version": "3"}
    assert answer["as_of"] == "2026-06-30T12:00:00Z"
    ann, cid, bob, dee = answer["data"]
    # fit 15 + 7.5, at most 20; webinars 8 and 8 ÷ 2 ten days later, the third does not count, at most 10
    assert ann == {
        "lead_id": "ann",
        "score": 30,
        "band": "A",
        "qualified": True,
        "axes": {"fit": 20, "need": 0, "budget": 0, "authority": 0, "engagement": 10},
        "trace": [
            {"criterion": "size", "points": 15, "because": {"field": "employees", "value": 120}},
            {"criterion": "region", "points": 7.5, "because": {"field": "region", "value": "north"}},
            {
                "criterion": "webinars",
                "points": 10,
                "because": {"touches": 2, "last": "2026-06-30"},
                "before_cap": 12,
            },
        ],
        "missing": [],
        "agreement": "3",
        "threshold": 24,
        "disqualified": [],
        "ideal": True,
        "axes_before_maximum": {"fit": 22.5},
    }
    assert (cid["lead_id"], cid["score"], cid["qualified"], cid["disqualified"]) == ("cid", 28, False, ["rival"])
    # eve became bob: her touch is his
    assert (bob["lead_id"], bob["score"], bob["missing"], bob["ideal"]) == ("bob", 15.5, ["employees"], None)
    assert (dee["lead_id"], dee["score"], dee["missing"], dee["band"]) == ("dee", 0, ["region"], "C")


def test_a_lead_asked_for_is_the_same_as_among_all(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = {row["lead_id"]: row for row in answered(capsys, company)["data"]}
    for name, row in everything.items():
        assert answered(capsys, company, "--lead", name)["data"] == [row]
    assert answered(capsys, company, "--lead", "eve")["data"] == [everything["bob"]]


def test_the_files_hold_what_the_answer_says(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = answered(capsys, company)["data"]
    code, out, _err = said(capsys, company, "--csv", "-", "--parquet", str(company / "scores.parquet"))
    assert code == 0
    written = list(csv.DictReader(io.StringIO(out)))
    assert parquet.read_table(company / "scores.parquet").num_rows == len(rows)
    for row, line in zip(rows, written, strict=True):
        assert (line["lead_id"], float(line["score"]), line["band"]) == (row["lead_id"], row["score"], row["band"])
        assert {axis: float(line[axis]) for axis in row["axes"]} == row["axes"]
        given = {each["criterion"]: each["points"] for each in row["trace"]}
        assert {name: float(line[f"points_{name}"]) for name in ("size", "region", "webinars")} == {
            "size": 0, "region": 0, "webinars": 0, **given,
        }  # fmt: skip
        assert line["missing"].split() == row["missing"]
        assert line["disqualified"].split() == row["disqualified"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["The right size (employees: ", "They stay.", "An hour of attention."]),
        ("fr", ["La bonne taille (effectif\u00a0: ", "Elles restent."]),
    ],
)
def test_reasons_are_said_in_both_languages(
    company: Path, capsys: pytest.CaptureFixture[str], language: str, words: list[str]
) -> None:
    code, out, _err = said(capsys, company, "--lead", "ann", "--lang", language)
    use_language("en")
    assert code == 0
    for word in words:
        assert word in out


def test_what_is_missing_and_what_would_bring_the_rest_is_said(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _code, out, _err = said(capsys, company, "--lead", "bob")
    text = " ".join(out.split())
    assert "Missing, so that it could not count: " in text
    # 24 − 15.5; the size would add 15, but the axis leaves room for 12.5
    assert "8.5 points are lacking. What would bring them: The right size (+12.5), if filled in: " in text


def test_the_past_has_the_touches_and_the_columns_of_then(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (company / "later.csv").write_text("lead_id,created_at,employees\nann,2026-06-01T09:00Z,5\n")
    assert run(["import", str(company / "later.csv"), "--table", "leads", "--workspace", str(company)]) == 0
    capsys.readouterr()
    assert answered(capsys, company, "--lead", "ann")["data"][0]["axes"]["fit"] == 7.5
    database = sqlite3.connect(company / "accord.db")
    first, second = [row[0] for row in database.execute("SELECT id FROM imports ORDER BY position")]

    def imported(first_at: str, second_at: str) -> None:
        for moment, number in ((first_at, first), (second_at, second)):
            database.execute("UPDATE imports SET finished_at = ? WHERE id = ?", (moment, number))
        database.commit()

    def fit(moment: str) -> tuple[float, str]:
        answer = answered(capsys, company, "--lead", "ann", "--as-of", moment)
        return answer["data"][0]["axes"]["fit"], answer["columns"]

    imported("2026-06-11 10:00:00.000000", "2026-06-25 10:00:00.000000")
    assert fit("2026-06-24T00:00Z") == (20, "as_known_then")
    assert fit("2026-06-26T00:00Z") == (7.5, "as_known_then")
    assert fit("2026-06-05T00:00Z") == (20, "as_first_recorded")
    imported("2026-07-11 10:00:00.000000", "2026-07-25 10:00:00.000000")
    assert fit("2026-06-26T00:00Z") == (20, "as_first_recorded")
    database.close()
    then = answered(capsys, company, "--lead", "ann", "--as-of", "2026-06-20T12:00Z")["data"][0]
    # of the touches then, the newest two: one now, one ten days old
    assert then["trace"][-1]["because"] == {"touches": 2, "last": "2026-06-20"}
    assert answered(capsys, company, "--as-of", "2026-05-31T00:00Z")["data"] == []


def test_what_goes_wrong_is_said(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, company, "--lead", "anne")
    assert (code, out) == (2, "")
    assert "There is no lead anne. Did you mean ann?" in err
    code, _out, err = said(capsys, company, "--lead", "ann", "--as-of", "2026-05-01")
    assert code == 2
    assert "created after that moment" in err
    code, _out, err = said(capsys, company, "--by", "channel")
    assert code == 2
    assert "--ideal" in err
    (company / "accord.yaml").write_text(AGREEMENT.replace("field: region", "field: regoin"))
    code, _out, err = said(capsys, company)
    assert code == 1
    assert "accord.yaml:19: regoin is not a column of the leads. Did you mean region?" in err
    (company / "accord.yaml").write_text("name: Empty\n")
    code, _out, err = said(capsys, company)
    assert code == 1
    assert "accord init --template" in err


def test_the_share_of_the_ideal_profile(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"n{place},2026-06-{1 + place % 28:02d}T22:30Z,{place},web\n" for place in range(10, 90))
    (company / "many.csv").write_text("lead_id,created_at,employees,channel\n" + many)
    assert run(["import", str(company / "many.csv"), "--table", "leads", "--workspace", str(company)]) == 0
    capsys.readouterr()
    data = answered(capsys, company, "--ideal", "--by", "channel", "--period", "month")["data"]
    # ann and 50 … 89 of ann, 10 … 89; bob has no employees, and eve is bob
    web = next(row for row in data["rows"] if row["segment"] == {"channel": "web"} and row["period"] == "2026-06")
    assert (web["leads"], web["ideal"], web["undecided"]) == (82, 41, 1)
    assert (web["bounds"]["low"], web["bounds"]["high"]) == pytest.approx((41 / 82, 42 / 82))
    assert web["share"]["value"] == pytest.approx(41 / 81)
    assert (web["share"]["low"], web["share"]["high"]) == pytest.approx(beta.ppf([0.025, 0.975], 41.5, 40.5))
    assert data["totals"]["leads"] == sum(row["leads"] for row in data["rows"]) == 84
    events = next(row for row in data["rows"] if row["segment"] == {"channel": "events"})
    assert events["share"] == {"unknown": "too_few", "need": 10}
    code, _out, err = said(capsys, company, "--ideal", "--by", "chanel", "--by", "countri")
    assert code == 2
    assert "Did you mean channel?" in err
    assert "Did you mean country?" in err


@pytest.mark.parametrize("name", READY_MADE)
def test_a_ready_made_agreement_scores(
    name: str, company: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("en", "fr"):
        place = ["--workspace", str(tmp_path / language)]
        assert run(["init", "--template", name, "--lang", language, *place]) == 0
        assert run(["agreement", "check", *place]) == 0
    use_language("en")
    capsys.readouterr()
    text = (tmp_path / "en" / "accord.yaml").read_text()
    french = (tmp_path / "fr" / "accord.yaml").read_text()
    sections = [each[each.index("\nqualification:") :].split("\n\n")[0] for each in (text, french)]
    assert sections[0] == sections[1]
    (company / "accord.yaml").write_text(text)
    leads = "".join(
        f"{need}{size},2026-06-01T09:00Z,{size},{need},operations,director,true,20000,60,FR,chemicals\n"
        for need in ("urgent", "none")
        for size in (5, 500)
    )
    heading = (
        "lead_id,created_at,employees,need,job_function,seniority,decision_maker,budget,timeline_days,country,sector\n"
    )
    (company / "more.csv").write_text(heading + leads)
    touch = "touch_id,lead_id,at,kind,channel\nx1,urgent500,2026-06-29T10:00Z,demo_request,web\n"
    (company / "more_touches.csv").write_text(touch)
    files = [("more.csv", "leads"), ("more_touches.csv", "touches")]
    for file, table in files:
        assert run(["import", str(company / file), "--table", table, "--workspace", str(company)]) == 0
    capsys.readouterr()
    scores = {row["lead_id"]: row for row in answered(capsys, company)["data"]}
    assert scores["urgent500"]["qualified"]
    assert not scores["none5"]["qualified"]
    assert scores["urgent500"]["score"] > scores["urgent5"]["score"]
    assert scores["urgent500"]["score"] > scores["none500"]["score"]


def test_the_ready_made_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(READY_MADE)
    assert run(["init", "--template", "bnat"]) == 2
    assert "Did you mean bant?" in capsys.readouterr().err


def test_every_engine_prints_the_same(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    (tmp_path / "leads.csv").write_text(LEADS.replace(",region,", ",territory,"))
    (tmp_path / "accord.yaml").write_text(AGREEMENT.replace("field: region", "field: territory"))
    (tmp_path / "touches.csv").write_text(TOUCHES)
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    files = [str(tmp_path / name) for name in ("leads.csv", "touches.csv")]
    assert run(["import", *files, "--workspace", str(tmp_path)]) == 0
    capsys.readouterr()
    asked = (["--json"], ["--csv", "-"], ["--lead", "ann", "--json"], ["--ideal", "--period", "month", "--json"])
    embedded = [said(capsys, tmp_path, *words) for words in asked]
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    assert [said(capsys, tmp_path, *words) for words in asked] == embedded
    assert [code for code, _out, _err in embedded] == [0, 0, 0, 0]


def test_the_past_is_the_same_where_postgresql_computes_over_the_store(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    (tmp_path / "leads.csv").write_text(LEADS)
    (tmp_path / "touches.csv").write_text(TOUCHES)
    (tmp_path / "later.csv").write_text("lead_id,created_at,employees,region\nann,2026-06-01T09:00Z,5,west\n")
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    files = [str(tmp_path / name) for name in ("leads.csv", "touches.csv")]
    assert run(["import", *files, "--workspace", str(tmp_path)]) == 0
    assert run(["import", str(tmp_path / "later.csv"), "--table", "leads", "--workspace", str(tmp_path)]) == 0
    with psycopg.connect(postgres_url) as store:
        store.execute("UPDATE imports SET finished_at = '2026-06-11 10:00Z' WHERE position = 1")
        store.execute("UPDATE imports SET finished_at = '2026-06-25 10:00Z' WHERE position = 2")
    capsys.readouterr()
    asked = [["--json", "--as-of", moment] for moment in ("2026-06-05", "2026-06-20", "2026-06-28")]
    asked.append(["--as-of", "2026-06-20", "--lead", "ann"])
    embedded = [said(capsys, tmp_path, *words) for words in asked]
    first, second, third = (json.loads(out) for _code, out, _err in embedded[:3])
    scores = [answer["data"][0]["lead_id"] for answer in (first, second, third)]
    assert scores == ["ann", "ann", "cid"]
    assert (second["columns"], second["columns_changed_since"]) == ("as_known_then", 1)
    assert (first["columns_first_recorded_later"], third["columns_changed_since"]) == (4, 0)
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    assert [said(capsys, tmp_path, *words) for words in asked] == embedded
    # Another warehouse has no history, and says so.
    monkeypatch.setenv("ACCORD_DATABASE", f"sqlite:///{tmp_path / 'own.db'}")
    answer = answered(capsys, tmp_path, "--as-of", "2026-06-20")
    assert (answer["columns"], answer["data"][0]["lead_id"]) == ("current", "cid")
    _code, out, _err = said(capsys, tmp_path, "--as-of", "2026-06-20")
    assert "The columns of leads are those of today" in " ".join(out.split())


def test_an_empty_cell_is_missing_where_filling_it_in_would_give_points(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the agreement asks whether it is filled; and only where the criterion gives this lead any points."""
    known = "when: {field: budget, exists: true}"
    text = AGREEMENT.replace("when: {field: employees, between: [50, 999]}", known)
    text += "  overrides: [{name: Web, where: {channel: [web]}, points: {size: 0, region: 0}}]\n"
    (company / "accord.yaml").write_text(text)
    rows = {row["lead_id"]: row for row in answered(capsys, company)["data"]}
    assert rows["dee"]["missing"] == ["budget", "region"]
    assert rows["cid"]["missing"] == ["budget"]
    assert rows["bob"]["missing"] == [], "by the override its points come from elsewhere"
    _code, out, _err = said(capsys, company, "--lead", "cid")
    assert "The right size (+12.5), if filled in: budget" in " ".join(out.split())
    (company / "accord.yaml").write_text(
        AGREEMENT.replace("{field: company, is: Rival}", "{field: fax, exists: false}")
    )
    (company / "fax.csv").write_text("lead_id,created_at,fax\nann,2026-06-01T09:00Z,1\n")
    assert run(["import", str(company / "fax.csv"), "--table", "leads", "--workspace", str(company)]) == 0
    capsys.readouterr()
    rows = {row["lead_id"]: row for row in answered(capsys, company)["data"]}
    assert (rows["cid"]["disqualified"], rows["cid"]["missing"]) == (["rival"], ["fax"])
    assert (rows["ann"]["disqualified"], rows["ann"]["missing"]) == ([], [])


def test_a_lead_merged_into_a_later_one_is_itself_until_then(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks for one lead is told of one: the chain zed, yan, ann is whole only when yan is there."""
    chain = "lead_id,created_at,employees,merged_into\nzed,2026-06-02T09:00Z,50,yan\nyan,2026-06-20T09:00Z,50,ann\n"
    (company / "chain.csv").write_text(chain)
    assert run(["import", str(company / "chain.csv"), "--table", "leads", "--workspace", str(company)]) == 0
    capsys.readouterr()
    for moment, names in (("2026-06-10T12:00Z", ["zed"]), ("2026-06-30T12:00Z", ["ann"])):
        rows = answered(capsys, company, "--lead", "zed", "--as-of", moment)["data"]
        assert [row["lead_id"] for row in rows] == names
        every = {row["lead_id"]: row for row in answered(capsys, company, "--as-of", moment)["data"]}
        assert rows == [every[names[0]]]
    code, _out, err = said(capsys, company, "--lead", "yan", "--as-of", "2026-06-10T12:00Z")
    assert code == 2
    assert "The lead yan was created after that moment." in err
    code, out, _err = said(capsys, company, "--lead", "zed", "--as-of", "2026-06-10T12:00Z")
    assert "merged" not in out


def test_the_moment_of_the_data_means_the_data_as_they_are_named_or_not(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Same tables, same as_of, same bytes: the store's history answers for moments before it alone."""
    (company / "later.csv").write_text("lead_id,created_at,employees\nann,2026-06-01T09:00Z,3\n")
    assert run(["import", str(company / "later.csv"), "--table", "leads", "--workspace", str(company)]) == 0
    capsys.readouterr()
    usual = said(capsys, company, "--json")
    assert usual == said(capsys, company, "--json", "--as-of", "2026-06-30T12:00Z")
    assert said(capsys, company) == said(capsys, company, "--as-of", "2026-06-30T12:00Z")
    ann = next(row for row in json.loads(usual[1])["data"] if row["lead_id"] == "ann")
    later = answered(capsys, company, "--lead", "ann", "--as-of", "2026-07-01T12:00Z")["data"]
    assert later[0]["axes"]["fit"] == ann["axes"]["fit"] == 7.5
    before = answered(capsys, company, "--lead", "ann", "--as-of", "2026-06-29T12:00Z")["data"]
    assert before[0]["axes"]["fit"] == 20, "first recorded with 120 employees"


def test_scores_for_a_french_spreadsheet(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file written in French opens with a double click; for programs it is what it always was."""
    files = {name: company / f"{name}.csv" for name in ("french", "english", "programs")}
    try:
        code, _out, err = said(capsys, company, "--csv", str(files["french"]), "--lang", "fr")
    finally:
        use_language("en")
    assert code == 0
    assert "Excel" in err
    assert said(capsys, company, "--csv", str(files["english"]), "--csv-for", "excel-en")[0] == 0
    assert said(capsys, company, "--csv", str(files["programs"]))[0] == 0
    read = {
        name: list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig")), delimiter=";" if name == "french" else ","))
        for name, file in files.items()
    }
    assert files["french"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert not files["programs"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert read["english"] == read["programs"]
    assert [{name: cell.replace(",", ".") for name, cell in row.items()} for row in read["french"]] == read["programs"]
    assert any("," in row["score"] for row in read["french"])
    assert said(capsys, company, "--csv", str(files["french"]), "--csv-for", "excel")[0] == 2


def test_an_agreement_is_checked_against_a_warehouse(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the leads stand elsewhere, their columns and words are asked for there."""
    with psycopg.connect(postgres_url) as warehouse:
        warehouse.execute("CREATE TABLE leads (lead_id text, created_at timestamptz, employees int, region text)")
        warehouse.execute("CREATE TABLE reps (rep_id text, team text); INSERT INTO leads VALUES ('a',now(),60,'north')")
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    checked = ["agreement", "check", "--workspace", str(tmp_path)]
    (tmp_path / "accord.yaml").write_text(AGREEMENT.replace("field: region", "field: regoin"))
    assert run(checked) == 1
    assert "accord.yaml:19: regoin is not a column of the leads. Did you mean region?" in capsys.readouterr().err
    assert run(["agreement", "propose", "--workspace", str(tmp_path)]) == 1
    assert "regoin is not a column of the leads" in capsys.readouterr().err
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    assert run(checked) == 0
    told = capsys.readouterr().out
    assert 'no lead so far has "south"' in told
    assert "Nothing is imported yet" not in told
