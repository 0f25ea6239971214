"""French exports become the same tables as English ones, however their headings are worded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.ingest.systems.catalogue import recognise
from accord.ingest.systems.stage_dates import MARKETING_QUALIFIED, SALES_QUALIFIED, is_stage_date
from support.reading import Read, read

ENGLISH = (
    "Record ID",
    "Email",
    "Create Date",
    "Contact owner",
    "Original Source",
    "Lifecycle Stage",
    "Became a Marketing Qualified Lead Date",
    "Became a Sales Qualified Lead Date",
    "First Conversion Date",
    "Number of Employees",
)
FRENCH = (
    "ID Contact",
    "Adresse e-mail",
    "Date de création",
    "Propriétaire du contact",
    "Source d'origine",
    "Phase du cycle de vie",
    "Date de passage en lead marketing qualifié",
    "Date de passage en lead commercial qualifié",
    "Date de la première conversion",
    "Nombre d'employés",
)
ROWS = (
    "101;a@x.org;2026-07-01 09:12;Bea;Paid Search;SQL;2026-07-02 10:00;2026-07-03 16:20;2026-07-01 09:12;12",
    "102;b@x.org;2026-07-01 11:40;Bea;Direct Traffic;MQL;2026-07-04 08:30;;;",
    "103;c@x.org;2026-07-02 11:40;;Direct Traffic;Lead;;;;3",
)
STAGES = {
    "mql": (
        "Date de passage en lead marketing qualifié",
        "Date de conversion en Lead qualifié par le marketing",
        "Date d'entrée dans « Lead marketing qualifié (Pipeline de phase de cycle de vie) »",
        "Date à laquelle le contact est devenu un lead qualifié marketing",
        "Date d’entrée en MQL",
        "Devenu MQL le",
        "Became a Marketing Qualified Lead Date",
        'Date entered "Marketing Qualified Lead (Lifecycle Stage Pipeline)"',
        "hs_v2_date_entered_marketingqualifiedlead",
        "property_hs_lifecyclestage_marketingqualifiedlead_date",
    ),
    "sql": (
        "Date de passage en lead commercial qualifié",
        "Date de conversion en Lead qualifié par l'équipe commerciale",
        "Date d'entrée dans « Lead qualifié par les ventes (Pipeline de phase de cycle de vie) »",
        "Date à laquelle le contact est devenu un lead qualifié commercial",
        "Date SQL",
        "Became a Sales Qualified Lead Date",
        'Date entered "Sales Qualified Lead (Lifecycle Stage Pipeline)"',
    ),
    "": (
        "Date de passage en lead",
        "Date de passage en opportunité",
        "Date de passage en client",
        "Became a Lead Date",
        "Became an Opportunity Date",
        "Date de sortie de « Lead marketing qualifié »",
        "Temps cumulé en lead marketing qualifié",
        "hs_v2_date_exited_marketingqualifiedlead",
        "hs_v2_cumulative_time_in_marketingqualifiedlead",
        "Marketing emails opened",
        "Lead marketing qualifié",
    ),
}


def imported(folder: Path, name: str, headings: tuple[str, ...]) -> Read:
    path = folder / f"{name}.csv"
    path.write_text("\n".join([";".join(headings), *ROWS]) + "\n", encoding="utf-8-sig")
    return read([path], timezone="Europe/Paris")


def test_a_french_hubspot_export_gives_what_the_english_one_gives(tmp_path: Path) -> None:
    english, french = imported(tmp_path, "contacts", ENGLISH), imported(tmp_path, "tous-les-contacts", FRENCH)
    assert {name: len(rows) for name, rows in english.rows.items()} == {
        "leads": 3,
        "handoffs": 2,
        "decisions": 1,
        "touches": 1,
    }
    for name in ("handoffs", "decisions", "touches"):
        assert french.rows[name] == english.rows[name]
    shared = ("lead_id", "created_at", "origin", "employees")
    assert [[row[name] for name in shared] for row in french.rows["leads"]] == [
        [row[name] for name in shared] for row in english.rows["leads"]
    ]


@pytest.mark.parametrize(("stage", "heading"), [(stage, name) for stage, names in STAGES.items() for name in names])
def test_the_moment_of_a_stage_is_told_by_its_heading(stage: str, heading: str) -> None:
    assert is_stage_date(heading, MARKETING_QUALIFIED) is (stage == "mql")
    assert is_stage_date(heading, SALES_QUALIFIED) is (stage == "sql")
    found = recognise([*FRENCH[:6], heading])
    assert found is not None
    assert found.export.name == "HubSpot contacts"
    assert [name for name in ("mql", "sql") if found.columns.get(name) == heading] == [stage] * bool(stage)


def test_the_official_heading_beats_one_that_only_looks_alike() -> None:
    found = recognise(
        [*FRENCH[:6], 'Date entered "Marketing Qualified Lead"', "Became a Marketing Qualified Lead Date"]
    )
    assert found is not None
    assert found.columns["mql"] == "Became a Marketing Qualified Lead Date"


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (["ID d'activité", "Type d'activité", "Date d'activité", "ID des contacts associés"], "HubSpot activities"),
        (["ID de la transaction", "Nom de la transaction", "Montant", "Date de création"], "HubSpot deals"),
        (["ID de la piste", "Statut de la piste", "Société / Compte", "Date de création"], "Salesforce leads"),
        (["ID piste", "Champ / Événement", "Nouvelle valeur", "Date de modification"], "Salesforce lead history"),
        (["ID d'activité", "ID de piste", "Statut", "Date d'échéance", "Priorité"], "Salesforce tasks"),
        (["ID de l'opportunité", "Étape", "Date de clôture", "Probabilité (%)"], "Salesforce opportunities"),
        (["Prospect - Titre", "Prospect - Propriétaire", "Prospect - Étiquettes"], "Pipedrive leads"),
        (["Activité - Objet", "Activité - Type", "Activité - Terminée"], "Pipedrive activities"),
        (["Opportunité", "Créé le", "Commercial", "Date d'attribution"], "Odoo leads"),
        (["ID d'enregistrement", "Heure de création", "Statut du prospect", "Société"], "Zoho leads"),
        (["ID d'enregistrement", "Nom de l'affaire", "Étape", "Date de clôture"], "Zoho deals"),
        (["ID d'enregistrement", "Type d'appel", "Heure de début de l'appel", "Nom du contact"], "Zoho calls"),
    ],
)
def test_french_headings_are_recognised(headings: list[str], name: str) -> None:
    found = recognise(headings)
    assert found is not None
    assert found.export.name == name


SYSTEM_OF = {"hubspot": "HubSpot", "salesforce": "Salesforce", "pipedrive": "Pipedrive", "zoho": "Zoho"}


def test_every_real_heading_list_is_recognised(shared_data: Path) -> None:
    listed = json.loads((shared_data / "crm_exports" / "header_dictionary.json").read_text(encoding="utf-8"))
    for name, entry in listed.items():
        if name.startswith("_"):
            continue
        found = recognise(entry["columns"])
        assert found is not None, name
        assert found.export.system == SYSTEM_OF[name.split("_")[0]], name


def test_a_number_of_employees_in_ranges_is_kept_in_words_and_costs_no_lead(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    rows = ["1;13/01/2026;Nouveau;51-200;", "2;14/01/2026;Nouveau;1 000+;", "3;15/01/2026;Nouveau;;16/01/2026"]
    heading = (
        "ID de l'enregistrement;Date de création;Statut du lead;Nombre d'employés;"
        "Date de passage à un lead marketing qualifié"
    )
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    found = read([path], timezone="Europe/Paris")
    assert [(row.get("employees"), row["extra"]["Nombre d'employés"]) for row in found.rows["leads"]] == [
        (None, "51-200"),
        (None, "1 000+"),
        (None, None),
    ]
    assert "Nombre d'employés holds ranges such as 51-200" in found.said
    assert "Statut du lead has no date of its own" in found.said


def test_headings_of_a_french_hubspot_export_are_proposed_rightly_when_it_is_not_recognised(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "export.csv"
    heading = (
        "ID de l’enregistrement;E-mail;Créé à;Source d'origine;Nombre d'employés;Pays/Région;"
        "Date de passage à un lead marketing qualifié;Date de passage à un lead commercial qualifié"
    )
    rows = [
        f"9{n};z{n}@ex.fr;{10 + n}/01/2026 20:00;Recherche;{['51-200', '12'][n % 2]};France;{12 + n}/01/2026 21:00;"
        f"{f'{14 + n}/01/2026 06:00' if n % 2 else ''}"
        for n in range(8)
    ]
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    assert run(["import", str(path), "--dry-run", "--json", "--workspace", str(tmp_path / "company")]) == 1
    (file,) = json.loads(capfd.readouterr().out)["files"]
    became = {
        column["heading"]: {f"{use['table']}.{use['column']}" for use in column["becomes"]}
        for column in file["columns"]
    }
    assert "leads.lead_id" in became["ID de l’enregistrement"]
    assert became["Créé à"] == {"leads.created_at"}
    assert became["Source d'origine"] == {"leads.origin"}
    assert became["Pays/Région"] == {"leads.country"}
    assert became["Date de passage à un lead marketing qualifié"] == {"handoffs.at"}
    assert became["Date de passage à un lead commercial qualifié"] == {"decisions.at"}
    assert "leads.employees" not in became["Nombre d'employés"]


def test_a_column_is_named_once_where_it_is_said_how_dates_were_read(tmp_path: Path) -> None:
    """The day an opportunity was created comes from two columns, each of which is named by itself already."""
    path = tmp_path / "pistes.csv"
    path.write_text(
        "ID externe,Opportunité,Type,Étape,Vendeur,Source,Revenu espéré,Créé le,"
        "Date de conversion,Date de fermeture,Actif\n"
        "crm_1,A,Opportunity,New,Ann,Web,10,13/01/2025 09:05,14/01/2025 10:00,,Oui\n"
        "crm_2,B,Opportunity,Won,Ann,Web,20,15/01/2025 09:05,16/01/2025 10:00,20/01/2025 11:00,Oui\n",
        encoding="utf-8",
    )
    found = read([path])
    assert len(found.rows["opportunities"]) == 2
    (said,) = [line for line in found.said.splitlines() if "were read the day first" in line]
    assert said.count("Date de conversion") == said.count("Créé le") == said.count("Date de fermeture") == 1
