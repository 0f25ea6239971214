"""A mapping says what becomes of each column, as data; it is checked whole, written and read back unchanged."""

# ruff: noqa: DTZ001 - a naive moment is UTC

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.errors import DataError
from accord.ingest.mapping.dump import dump_mapping
from accord.ingest.mapping.load import read_mapping
from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Before,
    Condition,
    Constant,
    FileRule,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Lookup,
    Mapping,
    Not,
    Only,
    Reading,
    Recipe,
    StartsWith,
    TableRule,
    Words,
)
from support.reading import Read, read

names = st.text(st.sampled_from("abc é:'\"#-1"), min_size=1, max_size=8).filter(lambda text: text.strip() == text)
columns = st.builds(FromColumn, names, st.booleans())
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        st.builds(IsOneOf, names, st.lists(names, min_size=1, max_size=3).map(tuple)),
        st.builds(StartsWith, names, st.lists(names, min_size=1, max_size=3).map(tuple)),
        st.builds(Filled, names),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner.filter(lambda found: not isinstance(found, Not))),
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
recipes: st.SearchStrategy[Recipe] = st.recursive(
    st.one_of(columns, st.builds(Constant, names)),
    lambda inner: st.one_of(
        st.builds(Joined, st.lists(inner, min_size=1, max_size=3).map(tuple), names),
        st.builds(FirstOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Before, inner, names),
        st.builds(
            Words,
            inner,
            st.dictionaries(names, names, max_size=3),
            st.one_of(st.none(), st.just(""), names.filter(lambda word: word not in {"keep", "empty"})),
        ),
        st.builds(Only, inner, conditions),
        st.builds(Lookup, inner, names, names, file=names, optional=st.booleans(), salesforce_id=st.booleans()),
        st.builds(
            Lookup, inner, names, names, table=st.just("leads"), optional=st.booleans(), salesforce_id=st.booleans()
        ),
    ),
    max_leaves=6,
)
readings = st.builds(
    Reading,
    timezone=st.sampled_from([None, "Europe/Paris"]),
    dates=st.sampled_from([None, "dmy", "mdy"]),
    decimal=st.sampled_from([None, ",", "."]),
    null_words=st.frozensets(names, max_size=3),
    delimiter=st.sampled_from([None, ",", ";", "\t", "|"]),
    encoding=st.sampled_from([None, "cp1252"]),
    sheet=st.one_of(st.none(), names),
)
rules = st.builds(
    lambda extra, when, keep, hours: TableRule(
        "leads", {"lead_id": FromColumn("id"), "created_at": FromColumn("at"), **extra}, when, keep, hours
    ),
    st.dictionaries(st.sampled_from(["origin", "channel", "my own"]), recipes, max_size=3),
    st.one_of(st.none(), conditions),
    st.one_of(st.just("rest"), st.lists(names, max_size=2, unique=True).map(tuple)),
    st.booleans(),
)
mappings = st.builds(
    lambda files, name: Mapping(tuple(files), name),
    st.lists(
        st.builds(FileRule, st.lists(rules, min_size=1, max_size=2).map(tuple), st.one_of(st.none(), names), readings),
        min_size=1,
        max_size=2,
    ),
    names,
)


@settings(max_examples=60)
@given(mappings)
def test_what_is_written_is_read_back(mapping: Mapping) -> None:
    text = dump_mapping(mapping)
    assert read_mapping(text.encode(), Path("mapping.yaml")).mapping == mapping


FAULTY = """\
mapping: everything wrong
files:
  - match: a.csv
    tabels: []
    tables:
      - table: laeds
        columns: {lead_id: {colum: x}}
      - table: handoffs
        columns:
          handoff: x
          lead_id: {column: a, constant: b}
          att: {join: []}
        when: {column: x}
      - table: leads
        columns:
          lead_id: a
          created_at: b
          origin: {column: c, words: [a, b]}
          channel: {column: c, otherwise: keep}
          country: {lookup: c, in: {fiel: x}, by: d}
          campaign:
    read: {timezone: Europe/Pari, dates: dmy, delimiter: semi}
"""


def test_every_fault_at_once_with_its_line() -> None:
    with pytest.raises(DataError) as raised:
        read_mapping(FAULTY.encode(), Path("m.yaml"))
    said = str(raised.value)
    for expected in (
        "m.yaml:4: tabels is not known here. Is tables meant?",
        'm.yaml:6: "laeds" is not one of leads, touches,',
        "Is leads meant?",
        "m.yaml:7: colum is not known here. Is column meant?",
        "m.yaml:9: handoffs needs a column handoff_id, and nothing here gives it. Is handoff meant?",
        "m.yaml:9: handoffs needs a column at, and nothing here gives it. Is att meant?",
        "m.yaml:11: Exactly one of column, constant, join, first_of, lookup, value is expected here",
        "m.yaml:12: A list with at least one entry is expected here",
        "m.yaml:13: A condition names a column and one of is, is_not, starts_with, filled.",
        "m.yaml:18: words: lists each word with what it becomes",
        "m.yaml:19: otherwise says what becomes of other words; there are no words here.",
        "m.yaml:20: A lookup needs in, by and give; give is missing.",
        "m.yaml:20: fiel is not known here. Is file meant?",
        "m.yaml:21: Nothing says where this comes from.",
        "m.yaml:22: Europe/Pari is not a time zone. Is Europe/Paris meant?",
        "m.yaml:22: \"dmy\" is not one of 'day first', 'month first'.",
        'm.yaml:22: "semi" is not one of comma, semicolon, tab, pipe',
    ):
        assert expected in said
    assert len(raised.value.faults) >= 17


WORDS = """files:
- tables:
  - table: decisions
    columns:
      decision_id: id
      handoff_id: handoff
      at: at
      outcome: {constant: acepted}
  - table: decisions
    columns:
      decision_id: id
      handoff_id: handoff
      at: at
      outcome: {column: a, words: {Oui: acepted, Non: Refusé, "": "", Peut-être: recycled}, otherwise: dropped}
  - table: decisions
    columns:
      decision_id: id
      handoff_id: handoff
      at: at
      outcome:
        first_of:
        - {column: a, when: {column: b, filed: true}}
        - {constant: yes}
  - table: activities
    columns:
      activity_id: id
      lead_id: lead
      at: at
      kind: {constant: E-Mail}
      outcome: {constant: gatekeeper}
      direction: {constant: n/a}
      automated: {column: a, words: {robot: Oui, person: no, both: mabe}}
"""


def test_words_that_every_row_would_be_refused_for_are_faults_of_the_mapping() -> None:
    with pytest.raises(DataError) as raised:
        read_mapping(WORDS.encode(), Path("m.yaml"))
    allowed = "accepted, rejected, disqualified, recycled."
    assert [(fault.line, fault.message, fault.hint) for fault in raised.value.faults] == [
        (8, f'"acepted" is not one of {allowed}', "Is accepted meant?"),
        (14, f'"acepted" is not one of {allowed}', "Is accepted meant?"),
        (14, f'"dropped" is not one of {allowed}', None),
        (22, "filed is not known here.", "Is filled meant?"),
        (23, f'"yes" is not one of {allowed}', None),
        (32, '"mabe" is not one of true, false.', None),
    ]


@pytest.mark.parametrize("text", ["", "files:", "- a", "files: 3", "files: []", "mapping: x", "files:\n\t- a"])
def test_what_is_no_mapping(text: str) -> None:
    with pytest.raises(DataError):
        read_mapping(text.encode(), Path("m.yaml"))


def mapped(folder: Path, text: str, **files: str) -> Read:
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.csv"
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return read(paths, mapping=text)


def column(folder: Path, recipe: str, cells: str, headings: str = "a,b") -> list[Any]:
    """The column origin of leads, made by ``recipe``."""
    mapping = (
        "files:\n- tables:\n  - table: leads\n    keep: none\n    columns:\n"
        f"      lead_id: id\n      created_at: {{constant: '2026-07-14'}}\n      origin: {recipe}\n"
    )
    lines = [f"L{number},{line}" for number, line in enumerate(cells.split("\n"))]
    path = folder / "export.csv"
    path.write_text(f"id,{headings}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return [row["origin"] for row in read([path], mapping=mapping).rows["leads"]]


@pytest.mark.parametrize(
    ("recipe", "cells", "values"),
    [
        ("a", "x,y", ["x"]),
        ("{constant: web}", "x,y", ["web"]),
        ("{join: [a, b]}", "x,y\nx,", ["x-y", None]),
        ("{join: [a, {constant: mql}], with: '/'}", "x,y", ["x/mql"]),
        ("{first_of: [a, b]}", ",y\nx,y\nn/a,y", ["y", "x", "y"]),
        ("{column: a, before: ';'}", "1;2,y\n3,y\n,y", ["1", "3", None]),
        ("{column: a, words: {Élevé: high, Bas: low}}", "ELEVE,y\nbas,\nother,", ["high", "low", "other"]),
        ("{column: a, words: {yes: 'true'}, otherwise: empty}", "Yes,\nno,", ["true", None]),
        ("{column: a, words: {yes: good}, otherwise: bad}", "YES,\nno,\n,", ["good", "bad", None]),
        ("{column: a, when: {column: b, is: [won, lost]}}", "x,Won\nx,open", ["x", None]),
        ("{column: a, when: {column: b, is_not: won}}", "x,Won\nx,open\nx,", [None, "x", "x"]),
        (
            "{column: a, when: {column: b, starts_with: ['005', 'é']}}",
            "x,0051\nx,1005\nx,été\nx,",
            ["x", None, "x", None],
        ),
        ("{column: a, when: {not: {column: b, starts_with: '005'}}}", "x,0051\nx,1005\nx,", [None, "x", "x"]),
        ("{column: a, when: {column: b, filled: true}}", "x,y\nx,n/a", ["x", None]),
        (
            "{column: a, when: {any: [{column: b, filled: false}, {column: a, is: z}]}}",
            "x,y\nx,\nz,y",
            [None, "x", "z"],
        ),
        ("{column: a, when: {all: [{column: b, filled: true}, {not: {column: a, is: z}}]}}", "x,y\nz,y", ["x", None]),
        ("{value: {first_of: [a, b]}, words: {y: why}}", ",y\nx,y", ["why", "x"]),
    ],
)
def test_recipes(tmp_path: Path, recipe: str, cells: str, values: list[Any]) -> None:
    assert column(tmp_path, recipe, cells) == values


def test_a_value_is_never_run(tmp_path: Path) -> None:
    text = "'); DROP TABLE scan; --"
    assert column(tmp_path, f'{{constant: "{text}"}}', "x,y") == [text]
    assert column(tmp_path, f'{{column: "{text}"}}', "x,y", f'"{text}",b') == ["x"]


def test_one_export_gives_several_tables(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        """
        files:
        - tables:
          - table: leads
            columns: {lead_id: id, created_at: created}
            keep: [city]
          - table: handoffs
            columns: {handoff_id: {join: [id, {constant: sent}]}, lead_id: id, at: sent, rep_id: owner}
            when: {column: sent, filled: true}
            keep: none
        """,
        export="id,created,sent,owner,city\n1,2026-07-01,2026-07-02T10:00Z,R1,Lyon\n2,2026-07-01,,R1,Nice\n"
        "3,bad,bad,R2,Metz\n4,5\n",
    )
    assert [(row["lead_id"], row["extra"]) for row in found.rows["leads"]] == [
        ("1", {"city": "Lyon"}),
        ("2", {"city": "Nice"}),
    ]
    (handoff,) = found.rows["handoffs"]
    assert (handoff["handoff_id"], handoff["rep_id"], handoff["extra"]) == ("1-sent", "R1", None)
    assert handoff["at"] == datetime(2026, 7, 2, 10)
    # A row that could not be cut into cells is refused once, in the first table.
    assert [refused.line for refused in found.refused["leads"]] == [4, 5]
    assert [refused.line for refused in found.refused["handoffs"]] == [4]
    assert found.read == {"leads": 4, "handoffs": 2}


def test_rows_that_no_rule_wants_are_counted(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        """
        files:
        - tables:
          - table: activities
            columns: {activity_id: id, lead_id: lead, at: at, kind: kind}
            when: {column: done, is: yes}
        """,
        export="id,lead,at,kind,done\n1,L,2026-07-14,call,yes\n2,L,2026-07-14,call,no\n3,L,2026-07-14,call,\n",
    )
    assert found.files[0].left_out == 2


LOOKUP = """
files:
- match: people.csv
  tables:
  - table: leads
    columns: {lead_id: id, created_at: created, sector: {lookup: firm, in: {file: firms*.csv}, by: name, give: sector}}
- match: calls.csv
  tables:
  - table: activities
    columns:
      activity_id: id
      at: at
      kind: {constant: call}
      lead_id: {lookup: who, in: leads, by: mail, give: lead_id, if_absent: refuse}
"""


def test_values_are_looked_up_in_other_files(tmp_path: Path) -> None:
    found = _with_firms(tmp_path)
    assert [row["sector"] for row in found.rows["leads"]] == ["Steel", None, None]
    assert [(row["activity_id"], row["lead_id"]) for row in found.rows["activities"]] == [("C1", "L1")]
    assert [(refused.line, refused.reasons) for refused in found.refused["activities"]] == [
        (3, [("no_match", "lead_id")]),
        (4, [("missing", "lead_id")]),
    ]


def _with_firms(folder: Path) -> Read:
    mapping = LOOKUP + "- match: firms.csv\n  tables: [{table: reps, columns: {rep_id: name}, keep: none}]\n"
    return mapped(
        folder,
        mapping,
        calls="id,who,at\nC1,Ann@x.org,2026-07-14\nC2,nobody@x.org,2026-07-14\nC3,,2026-07-14\n",
        firms="name,sector\nAcme,Steel\nBeta,\n",
        people="id,created,mail,firm\nL1,2026-07-01,ann@X.org,ACME\nL2,2026-07-01,bob@x.org,Beta\nL3,2026-07-01,,\n",
    )


def test_a_column_that_the_file_does_not_have(tmp_path: Path) -> None:
    text = (
        "files:\n- match: '*.csv'\n  tables:\n  - table: leads\n    columns:\n"
        "      lead_id: ID\n      created_at: creatd\n"
    )
    with pytest.raises(DataError, match=r"mapping\.yaml:7: .*export\.csv has no column creatd\. Is created meant\?"):
        mapped(tmp_path, text, export="ID,created\n1,2026-07-14\n")


def test_reading_says_how_the_file_is_written(tmp_path: Path) -> None:
    text = (
        "files:\n- read: {delimiter: pipe, encoding: cp1252, dates: month first, decimal: ',', timezone: Asia/Tokyo}\n"
        "  tables: [{table: orders, columns: {order_id: id, at: at, amount: amount}, keep: none}]\n"
    )
    path = tmp_path / "export.csv"
    path.write_bytes("id|at|amount\né|03/04/2026 09:00|1,234\n".encode("cp1252"))
    (row,) = read([path], mapping=text).rows["orders"]
    assert (row["order_id"], row["at"], row["amount"]) == ("é", datetime(2026, 3, 4, 0, 0), 1.234)
