"""Whatever is imported in whatever order: every row is accounted for, and the store holds what the contract says.

Files and single writes with repeated keys, absent columns, empty cells, extra columns in several spellings and types
are applied both by Accord and by :mod:`support.oracle`; relations, rows, histories and accounts must be the same.
"""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accord.ingest.apply import apply_import
from accord.readmodel.generation import Generation
from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.store.physical import composite_key, version_table
from accord.store.single import write_rows
from accord.tables.schema import Type, table_named
from accord.workspace import Workspace
from support.oracle import File, Oracle
from support.staging import fresh_sqlite, queried, stage, wipe

TEXTS = st.sampled_from([None, "", "a", "b", "é", 'q"u', "x,y", "two\nlines", "a|b", "\\", "=", "null", "🦊"])
TIMES = st.sampled_from(
    [
        datetime(2026, 1, 1, 12),
        datetime(2026, 1, 1, 12, 0, 0, 1),
        datetime(1969, 12, 31, 23, 59, 59, 999_999),
        date(2026, 2, 3),
    ]
)
NUMBERS = st.sampled_from([None, 0.0, -2.5, 0.1 + 0.2, 1e22])
EXTRA = {
    Type.INTEGER: st.sampled_from([None, 0, 7, -3]),
    Type.NUMBER: st.sampled_from([None, 1.5, -2.25]),
    Type.BOOLEAN: st.sampled_from([None, True, False]),
    Type.TEXT: st.sampled_from([None, "x", "7", "é"]),
}
EXTRA_NAMES = ("Region", "region", "a/b~c", 'q"t')

CELLS = {
    "leads": {
        "lead_id": st.sampled_from(["L1", "L2", "l1"]),
        "created_at": TIMES,
        "channel": TEXTS,
        "employees": st.sampled_from([None, 0, 12]),
        "decision_maker": st.sampled_from([None, True, False]),
        "budget": NUMBERS,
    },
    "activities": {
        "activity_id": st.sampled_from(["A1", "A2", "A3", "é"]),
        "lead_id": st.sampled_from(["L1", "L2"]),
        "at": TIMES,
        "kind": st.sampled_from(["call", "email"]),
        "duration_s": st.sampled_from([None, 0, 30]),
        "automated": st.sampled_from([None, True, False]),
    },
    "spend": {
        "start": st.sampled_from([date(2026, 1, 1), date(999, 1, 1)]),
        "end": st.just(date(2026, 1, 31)),
        "channel": st.sampled_from(["ads", "a|b", "\\"]),
        "campaign": TEXTS,
        "amount": st.sampled_from([5.0, 7.25]),
        "currency": st.sampled_from([None, "EUR"]),
    },
}


@st.composite
def files(draw: st.DrawFn) -> File:
    table = draw(st.sampled_from(sorted(CELLS)))
    cells = CELLS[table]
    required = [column.name for column in table_named(table).columns if column.required and column.name in cells]
    others = draw(st.sets(st.sampled_from([name for name in cells if name not in required])))
    present = tuple(column.name for column in table_named(table).columns if column.name in {*required, *others})
    names = draw(st.sets(st.sampled_from(EXTRA_NAMES), max_size=2)) if table == "leads" else set()
    if {"Region", "region"} <= names:
        names.discard("region")  # two headers of one name are refused before they come here
    types = {name: draw(st.sampled_from(sorted(EXTRA))) for name in sorted(names)}
    shape = {name: cells[name] for name in present}
    maybe = {name: EXTRA[kind] for name, kind in types.items()}
    rows = draw(st.lists(st.fixed_dictionaries(shape, optional=maybe), max_size=6))
    return File(table, rows, present, types, refused=draw(st.integers(0, 2)))


IMPORTS = st.lists(files(), min_size=1, max_size=4)
STEPS = st.lists(st.tuples(st.sampled_from(["import", "again", "single", "forget"]), IMPORTS), min_size=1, max_size=4)


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """``None`` for SQLite, which lives in the workspace; else the address of a PostgreSQL database, emptied often."""
    if request.param == "sqlite":
        yield None
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@settings(max_examples=35, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(steps=STEPS)
def test_the_store_holds_what_the_contract_says(database: str | None, steps: list[tuple[str, list[File]]]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        if database is None:
            fresh_sqlite(root)
        else:
            patch.setenv("ACCORD_DATABASE", database)
            wipe(database)
        Run(Workspace(root), root).all(steps)


class Run:
    def __init__(self, workspace: Workspace, root: Path) -> None:
        self.workspace, self.root, self.oracle = workspace, root, Oracle()

    def all(self, steps: list[tuple[str, list[File]]]) -> None:
        for what, import_ in steps:
            match what:
                case "single":
                    self.single(import_[0])
                case "forget":
                    shutil.rmtree(self.workspace.readmodel, ignore_errors=True)
                    self.bulk(import_)
                case _:
                    self.bulk(import_)
            if what == "again":
                before = self.position()
                self.bulk(import_)
                changed_back = len({(file.table, *file.present) for file in import_}) < len(import_)
                assert changed_back or self.position() == before
        self.check(catch_up(self.workspace))
        shutil.rmtree(self.workspace.readmodel)
        self.check(catch_up(self.workspace))
        self.check_history()

    def position(self) -> int:
        with open_store(self.workspace.database_url) as store:
            return store.position()

    def bulk(self, import_: list[File]) -> None:
        expected = self.oracle.apply(import_)
        staged = [
            stage(
                self.root,
                file.table,
                file.rows,
                extra_types=file.extra_types,
                present=file.present,
                refused=[{"row": str(number)} for number in range(file.refused)],
            )
            for file in import_
        ]
        found = apply_import(self.workspace, staged, source="test")
        outcomes = ("read", "added", "updated", "unchanged", "quarantined")
        assert {t: {o: getattr(a, o) for o in outcomes} for t, a in found.items()} == {
            t: {o: c[o] for o in outcomes} for t, c in expected.items()
        }

    def single(self, file: File) -> None:
        # One row a file: the columns of a call are those of each row.
        for row in file.rows:
            extra = {name: kind for name, kind in file.extra_types.items() if row.get(name) is not None}
            if any(name in row and row[name] is None for name in file.extra_types):
                continue
            self.oracle.apply([File(file.table, [row], file.present, extra)])
            write_rows(self.workspace.database_url, file.table, [row])

    def check(self, generation: Generation) -> None:
        for table in CELLS:
            names = [column.name for column in version_table(table).contract.columns]
            names += [f"{c.name}_is_date" for c in table_named(table).columns if c.type is Type.TIME]
            extra = list(generation.lead_columns) if table == "leads" else []
            selected = ", ".join('"' + name.replace('"', '""') + '"' for name in [*names, *extra])
            rows = queried(f"SELECT {selected} FROM {generation.relations[table]}")
            assert len(rows) == generation.rows[table]
            expected = [
                tuple([row.get(name) for name in names] + [self.oracle.typed_extra(row, name) for name in extra])
                for (of, _key), row in self.oracle.rows.items()
                if of == table
            ]
            assert sorted(map(repr, rows)) == sorted(map(repr, expected))
        assert dict(generation.lead_columns) == self.oracle.types

    def check_history(self) -> None:
        with open_store(self.workspace.database_url) as store:
            for (table, key), states in self.oracle.history.items():
                numbered = "".join(f"|#{place}" for place in key[5:])
                text = str(key[0]) if len(key) == 1 else composite_key(list(key[:5])) + numbered
                found = [
                    {k: v for k, v in version.row.values.items() if v is not None and k != "row_key"}
                    | {"+" + name: value for name, value in version.row.extra.items()}
                    for version in store.history(table, text)
                ]
                assert found == states
                positions = [version.position for version in store.history(table, text)]
                assert positions == sorted(set(positions))
            quarantined = store.quarantined()
            assert len({json.dumps(dict(row.raw)) for row in quarantined}) <= 2
            assert all(row.reasons[0]["code"] == "bad_time" for row in quarantined)


def test_times_survive_to_the_microsecond(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    moments = [
        datetime(1, 1, 1),
        datetime(9999, 12, 31, 23, 59, 59, 999_999),
        datetime(1969, 12, 31, 23, 59, 59, 999_999),
    ]
    moments += [datetime(2026, 1, 1) + timedelta(microseconds=n) for n in (1, 999_999)]
    for moment in moments:
        write_rows(url, "touches", [{"touch_id": moment.isoformat(), "lead_id": "L", "at": moment, "kind": "form"}])
    generation = catch_up(Workspace(tmp_path))
    found = queried(f'SELECT touch_id, "at" FROM {generation.relations["touches"]}')
    assert sorted(found) == sorted((moment.isoformat(), moment) for moment in moments)
    with open_store(url) as store:
        shown = store.session.rows('SELECT touch_id, "at" FROM touches')
    assert {key: datetime.fromisoformat(text) for key, text in shown} == {m.isoformat(): m for m in moments}
