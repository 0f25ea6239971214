"""What is proposed for files that nothing says anything about: by the words of headings and what the cells hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from accord.cli.main import run
from accord.ingest.draft import Proposal
from accord.ingest.mapping.model import Constant, FromColumn, Joined, Words, columns_of
from accord.ingest.meanings import MOMENTS, meaning_of_word
from accord.ingest.profile import Holds, profiles
from accord.ingest.propose import propose
from accord.ingest.source import CELL
from accord.tables.schema import ACTIVITY_DIRECTIONS, DECISION_OUTCOMES, table_named


def proposed(headings: list[str], *rows: list[str | None]) -> Proposal | None:
    columns = {
        CELL.format(number): pa.array([row[number] for row in rows], pa.string()) for number in range(len(headings))
    }
    return propose(headings, pa.table(columns))


def uses(proposal: Proposal | None) -> set[tuple[str, str, str]]:
    """(heading, table, column) of all that a proposal makes of a file; with the outcome that it adds."""
    assert proposal is not None
    found = set()
    for rule in proposal.rules:
        outcome = rule.columns.get("outcome")
        for target, recipe in rule.columns.items():
            named = f"{target} {outcome.text}" if target == "at" and isinstance(outcome, Constant) else target
            found |= {(heading, rule.table, named) for heading in columns_of(recipe)}
    return found


FRENCH = [
    "Prospect",
    "Entreprise",
    "Créé le",
    "Transmis le",
    "Commercial",
    "Pris en charge le",
    "Accepté le",
    "Refusé le",
    "Motif",
]
FRENCH_ROWS: list[list[str | None]] = [
    ["P1", "Acme", "01/07/2026", "02/07/2026 09:30", "Bea", "02/07/2026 10:00", "03/07/2026 15:30", None, None],
    ["P2", "Beta", "02/07/2026", "03/07/2026 09:30", "Léo", "03/07/2026 10:00", None, "04/07/2026 15:30", "hors cible"],
]


def test_a_french_table_of_prospects_becomes_four_tables() -> None:
    proposal = proposed(FRENCH, *FRENCH_ROWS)
    assert {
        ("Prospect", "leads", "lead_id"),
        ("Créé le", "leads", "created_at"),
        ("Entreprise", "leads", "company"),
        ("Transmis le", "handoffs", "at"),
        ("Commercial", "handoffs", "rep_id"),
        ("Pris en charge le", "activities", "at"),
        ("Accepté le", "decisions", "at accepted"),
        ("Refusé le", "decisions", "at rejected"),
        ("Motif", "decisions", "reason"),
    } <= uses(proposal)


def test_a_time_that_is_only_planned_or_comes_again_is_no_event() -> None:
    proposal = proposed(
        ["lead_id", "created_at", "expected handoff date", "last call", "assigned_at"],
        ["L1", "2026-07-01", "2026-07-09", "2026-07-08", "2026-07-02"],
        ["L2", "2026-07-01", "2026-07-09", "2026-07-08", "2026-07-03"],
    )
    assert {heading for heading, _table, _column in uses(proposal)} == {"lead_id", "created_at", "assigned_at"}


def test_of_two_acceptances_the_one_that_is_filled_more_is_used_and_the_other_told() -> None:
    proposal = proposed(
        ["lead_id", "assigned_at", "accepted_at", "sql date"],
        ["L1", "2026-07-01", None, "2026-07-02"],
        ["L2", "2026-07-01", "2026-07-03", "2026-07-02"],
    )
    assert proposal is not None
    assert ("sql date", "decisions", "at accepted") in uses(proposal)
    assert "accepted_at" not in proposal.sure
    assert any("accepted_at is not used" in note for note in proposal.notes)


def test_a_status_becomes_decisions_by_the_words_in_it() -> None:
    proposal = proposed(
        ["lead_id", "date", "Statut"],
        ["L1", "2026-07-01", "Accepté"],
        ["L1", "2026-07-02", "Refusé"],
        ["L2", "2026-07-02", "À l'étude"],
    )
    assert proposal is not None
    (rule,) = proposal.rules
    assert rule.table == "decisions"
    assert rule.columns["outcome"] == Words(FromColumn("Statut"), {"Accepté": "accepted", "Refusé": "rejected"})


def test_rows_that_share_an_identifier_get_one_of_two_columns() -> None:
    proposal = proposed(
        ["order_id", "item", "client id", "order date", "price"],
        ["o1", "1", "c1", "2026-07-01", "10.5"],
        ["o1", "2", "c1", "2026-07-01", "3"],
        ["o2", "1", "c2", "2026-07-02", "7"],
    )
    assert proposal is not None
    (rule,) = proposal.rules
    assert rule.table == "orders"
    assert rule.columns["order_id"] == Joined((FromColumn("order_id"), FromColumn("item")))


def test_nothing_is_made_of_a_file_that_says_nothing() -> None:
    assert proposed(["x", "y"], ["a", "b"], ["c", "d"]) is None
    assert proposed(["lead_id"], [None]) is None


def test_what_is_proposed_is_always_what_the_tables_hold() -> None:
    for moment in MOMENTS:
        for phrase in moment.phrases:
            proposal = proposed(["lead_id", f"{phrase} at"], ["L1", "2026-07-01"], ["L2", "2026-07-02"])
            for rule in proposal.rules if proposal else ():
                table = table_named(rule.table)
                assert {column.name for column in table.columns if column.required} <= rule.columns.keys()
                assert rule.columns.keys() <= {column.name for column in table.columns}


@pytest.mark.parametrize(
    ("cells", "holds"),
    [
        (["2026-07-01", "2026-07-02T10:00:00Z", None], Holds.TIME),
        (["14/07/2026 10:22", "3.7.26"], Holds.TIME),
        (["12 500,50", "-3", "€ 7"], Holds.NUMBER),
        (["a", "1", "2026-07-01"], Holds.TEXT),
        ([None, " ", "n/a"], Holds.NOTHING),
    ],
)
def test_what_a_column_holds(cells: list[str | None], holds: Holds) -> None:
    (profile,) = profiles(["Créé-Le_ISODate"], pa.table({CELL.format(0): pa.array(cells, pa.string())}))
    assert profile.holds is holds
    assert profile.words[:2] == ("cree", "le")


def test_words_of_people_mean_words_of_the_contract() -> None:
    assert meaning_of_word("Refusée", DECISION_OUTCOMES) == "rejected"
    assert meaning_of_word("sortant", ACTIVITY_DIRECTIONS) == "out"
    assert meaning_of_word("Appel", DECISION_OUTCOMES) is None


def test_what_sales_answered_is_a_decision_on_the_date_that_shares_its_name() -> None:
    found = uses(
        proposed(
            ["Lead ID", "Created", "Assigned On", "Assigned To", "First Call Date", "Sales Response", "Response Date"],
            ["1", "2026-02-01", "2026-02-02 10:00", "Bea", "2026-02-02 12:00", "Accepted", "2026-02-03 11:00"],
            ["2", "2026-02-01", "2026-02-02 11:00", "Bea", None, "Declined", "2026-02-04 11:00"],
        )
    )
    assert {("Response Date", "decisions", "at"), ("Sales Response", "decisions", "outcome")} <= found
    assert {("Assigned On", "handoffs", "at"), ("Assigned To", "handoffs", "rep_id")} <= found
    assert {heading for heading, table, _target in found if table == "activities"} <= {
        *("First Call Date", "Assigned To", "Lead ID")
    }


def test_a_yes_or_no_of_sales_is_what_it_decided() -> None:
    found = proposed(
        ["Lead", "Date de création", "Date transmission", "Accepté (O/N)", "Date décision"],
        ["1", "01/02/2026", "02/02/2026 10:00", "O", "03/02/2026 11:00"],
        ["2", "01/02/2026", "02/02/2026 11:00", "N", "04/02/2026 11:00"],
    )
    assert ("Accepté (O/N)", "decisions", "outcome") in uses(found)
    assert found is not None
    (words,) = [
        rule.columns["outcome"].words
        for rule in found.rules
        if rule.table == "decisions" and isinstance(rule.columns["outcome"], Words)
    ]
    assert words == {"O": "accepted", "N": "rejected"}


def test_leads_that_come_again_with_an_answer_each_time_are_handoffs() -> None:
    headings = ["Contact ID", "Société", "Date", "Date d'envoi aux ventes", "Réponse", "Date de réponse", "Montant"]
    rows: list[list[str | None]] = [
        ["C1", "Acme", "01/02/2026", "02/02/2026 10:00", "Accepté", "03/02/2026 09:00", "1 200,50"],
        ["C2", "Beta", "05/02/2026", "06/02/2026 10:00", "Refusé", "07/02/2026 09:00", None],
        ["C1", "Acme", "15/02/2026", "20/02/2026 10:00", "Accepté", "21/02/2026 09:00", "3 000"],
    ]
    found = proposed(headings, *rows)
    assert found is not None
    assert [rule.table for rule in found.rules] == ["leads", "handoffs", "decisions"]
    _leads, handoffs, decisions = found.rules
    own = (FromColumn("Contact ID"), FromColumn("Date d'envoi aux ventes"))
    assert handoffs.columns["handoff_id"] == Joined((*own, Constant("handoff")))
    assert decisions.columns["handoff_id"] == handoffs.columns["handoff_id"]
    assert found.sure["Date"] < 0.5  # nothing but its being the only date left speaks for it


def test_an_unused_time_is_told_by_what_is_used_in_its_place_or_by_nothing() -> None:
    twice = proposed(
        ["Lead", "MQL Date", "SAL Date", "Accepted at"],
        ["1", "2026-02-02", "2026-02-03", "2026-02-03"],
        ["2", "2026-02-02", "2026-02-03", None],
    )
    assert twice is not None
    assert "Accepted at is not used: SAL Date says the same and is filled more often." in twice.notes
    alone = proposed(
        ["Lead", "Created", "MQL Date", "Decision date"],
        ["1", "2026-02-01", "2026-02-02", "2026-02-03"],
        ["2", "2026-02-01", "2026-02-02", "2026-02-04"],
    )
    assert alone is not None
    assert "Decision date is not used: nothing else in the file goes with it." in alone.notes


def accord(*words: object) -> int:
    return run([str(word) for word in words])


def dry_run(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    capsys.readouterr()
    assert accord("import", *words, "--dry-run", "--json") in {0, 1}
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def counts(answer: dict[str, Any]) -> dict[str, int]:
    return {table: account["added"] for table, account in answer["data"].items()}


def test_from_an_unknown_file_to_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [";".join(cell or "" for cell in row) for row in FRENCH_ROWS]
    Path("suivi.csv").write_text("\n".join([";".join(FRENCH), *rows]) + "\n", encoding="utf-8")
    assert accord("import", "suivi.csv") == 1
    refused = " ".join(capsys.readouterr().err.split())
    assert "accord import suivi.csv --dry-run --write-map mapping.yaml" in refused
    assert accord("import", "suivi.csv", "--dry-run") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "What this might be (nothing was changed)" in shown
    assert (
        "accord import suivi.csv --dry-run --write-map mapping.yaml accord import suivi.csv --map mapping.yaml" in shown
    )
    assert "Pris en charge le (55 %)" in shown  # the least sure are named
    assert accord("import", "suivi.csv", "--dry-run", "--write-map", "mapping.yaml") == 1
    assert "Look through mapping.yaml and correct it, then: accord import suivi.csv --map mapping.yaml" in " ".join(
        capsys.readouterr().out.split()
    )
    assert accord("import", "suivi.csv", "--map", "mapping.yaml") == 0
    assert counts(dry_run(capsys, "suivi.csv", "--map", "mapping.yaml")) == dict.fromkeys(
        ("leads", "handoffs", "activities", "decisions"), 0
    )
    assert accord("acceptance", "--json") == 0
    totals = json.loads(capsys.readouterr().out)["data"]["totals"]
    assert (totals["handed"], totals["accepted"], totals["rejected"]) == (2, 1, 1)


def test_the_lender_log_gives_its_published_rate_with_the_proposal(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    log = shared_data / "bpi2012" / "lead_handoffs.csv"
    assert accord("import", log, "--dry-run", "--write-map", "m.yaml") == 0  # as it is, it is a list of leads
    said = " ".join(capsys.readouterr().out.split())
    for part in (
        "transmitted_at → handoffs (80 %)",
        "taken_at → activities (55 %)",
        "preaccepted_at → decisions (75 %)",
        "declined_at → decisions (70 %)",
        "cancelled_at → decisions (70 %)",
    ):
        assert part in said
    assert accord("import", log, "--map", "m.yaml") == 0
    capsys.readouterr()
    assert accord("acceptance", "--json") == 0
    totals = json.loads(capsys.readouterr().out)["data"]["totals"]
    assert totals["handed"] == 4755
    assert round(100 * totals["accepted"] / totals["handed"], 1) == 52.9  # the fact in the data's own notes


OLIST: dict[str, tuple[str, dict[str, str], int]] = {
    "olist_closed_deals_dataset.csv": (
        "opportunities",
        {"lead_id": "mql_id", "created_at": "won_date", "closed_at": "won_date"},
        842,
    ),
    "won_seller_items.csv": ("orders", {"lead_id": "mql_id", "at": "order_date_proxy", "amount": "price"}, 5044),
    "olist_marketing_qualified_leads_dataset.csv": ("leads", {"created_at": "first_contact_date"}, 8000),
}


@pytest.mark.parametrize("name", OLIST)
def test_the_marketplace_files_are_proposed_as_what_they_are(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    table, columns, rows = OLIST[name]
    answer = dry_run(capsys, shared_data / "olist" / name, "--write-map", "m.yaml")
    (file,) = answer["files"]
    became = {
        part["column"]: (column["heading"], column["confidence"])
        for column in file["columns"]
        for part in column["becomes"]
        if part["table"] == table
    }
    assert {column: became[column][0] for column in columns} == columns
    assert all(0 < became[column][1] < 1 for column in columns)
    assert accord("import", shared_data / "olist" / name, "--map", "m.yaml") == 0
    capsys.readouterr()
    assert dry_run(capsys, shared_data / "olist" / name, "--map", "m.yaml")["data"][table]["unchanged"] == rows


FRENCH_LIST = (
    "N° lead;Société;Créé le;Transmis le;Commercial;Équipe;Décision;Décidé le;Motif\n"
    "1001;Acme;01/07/2026 09:00;02/07/2026 09:30;Bea;Nord;Accepté;03/07/2026 15:30;\n"
    "1002;Beta;02/07/2026 10:00;13/07/2026 09:30;Léo;Sud;Refusé;14/07/2026 15:30;hors cible\n"
    "1003;Gamma;02/07/2026 11:00;13/07/2026 10:30;Léo;Sud;;;\n"
    "1004;Delta;05/07/2026 11:00;;;;;;\n"
    "1005;Epsilon;05/07/2026 12:00;13/07/2026 10:30;Bea;Nord;En attente;;\n"
)
ENGLISH_LIST = (
    "Lead no,Company,Created,Passed to sales on,Rep,Team,Decision,Decided on,Reason\n"
    "1001,Acme,2026-07-01 09:00,2026-07-02 09:30,Bea,North,Accepted,2026-07-03 15:30,\n"
    "1002,Beta,2026-07-02 10:00,2026-07-13 09:30,Leo,South,Rejected,2026-07-14 15:30,wrong sector\n"
    "1003,Gamma,2026-07-02 11:00,2026-07-13 10:30,Leo,South,,,\n"
    "1004,Delta,2026-07-05 11:00,,,,,,\n"
    "1005,Epsilon,2026-07-05 12:00,2026-07-13 10:30,Bea,North,Pending,,\n"
)


@pytest.mark.parametrize("text", [FRENCH_LIST, ENGLISH_LIST], ids=["French", "English"])
def test_a_list_made_by_hand_becomes_leads_handoffs_and_decisions(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, place, mapping = tmp_path / "list.csv", tmp_path / "workspace", tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    assert run(["import", str(path), "--dry-run", "--write-map", str(mapping), "--workspace", str(place)]) == 1
    capsys.readouterr()
    assert run(["import", str(path), "--map", str(mapping), "--workspace", str(place), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    # Whoever has not decided yet has no decision: the row is a lead that waits, and is not refused.
    assert {table: (counts["added"], counts["quarantined"]) for table, counts in data.items()} == {
        "leads": (5, 0),
        "handoffs": (4, 0),
        "decisions": (2, 0),
    }
    assert run(["acceptance", "--by", "team", "--workspace", str(place), "--json"]) == 0
    totals = json.loads(capsys.readouterr().out)["data"]["totals"]
    assert (totals["handed"], totals["accepted"], totals["rejected"], totals["open"]) == (4, 1, 1, 2)


def test_a_decision_without_its_day_is_refused_with_the_right_remedies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, place, mapping = tmp_path / "list.csv", tmp_path / "workspace", tmp_path / "map.yaml"
    path.write_text(FRENCH_LIST + "1006;Eta;05/07/2026;13/07/2026;Bea;Nord;Accepté;;\n", encoding="utf-8")
    run(["import", str(path), "--dry-run", "--write-map", str(mapping), "--workspace", str(place)])
    run(["import", str(path), "--map", str(mapping), "--workspace", str(place)])
    capsys.readouterr()
    run(["quarantine", "--workspace", str(place)])
    said = " ".join(capsys.readouterr().out.split())
    assert "1 row in quarantine" in said
    assert "Décidé le (at) is empty. Every row needs it: fill it in." in said
    snippet = "when: {column: Décidé le, filled: true}"
    assert snippet in said
    # The snippet is what a mapping takes.
    written = mapping.read_text(encoding="utf-8")
    start, end = written.index("        when:\n"), written.index("        columns:\n          decision_id")
    mapping.write_text(f"{written[:start]}        {snippet}\n{written[end:]}", encoding="utf-8")
    run(["import", str(path), "--map", str(mapping), "--workspace", str(place), "--json"])
    assert json.loads(capsys.readouterr().out)["data"]["decisions"]["quarantined"] == 0


def test_a_decision_without_any_day_is_not_made_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "N° lead;Créé le;Transmis le;Décision\n1;01/07/2026;02/07/2026;Accepté\n2;01/07/2026;02/07/2026;Refusé\n",
        encoding="utf-8",
    )
    run(["import", str(path), "--dry-run", "--workspace", str(tmp_path / "workspace"), "--json"])
    (file,) = json.loads(capsys.readouterr().out)["files"]
    became = {part["table"] for column in file["columns"] for part in column["becomes"]}
    assert became == {"leads", "handoffs"}
    assert any("Décision says what sales decided, and no column says when" in note for note in file["notes"])
