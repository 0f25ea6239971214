"""The simulated tables obey the contract, repeat exactly, and hold what the simulator says it put into them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from accord.demo.company import DEMO, HEALTHY, Company, Habits
from accord.demo.simulate import Simulation, simulate
from accord.errors import UsageError
from accord.tables.schema import TABLES, Type

UNTIL = date(2026, 7, 1)
SIZE = 12_000


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(HEALTHY, SIZE, seed=5, until=UNTIL)


@pytest.fixture(scope="module")
def folder(simulation: Simulation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    simulation.write(folder, "parquet")
    return folder


@pytest.fixture
def db(folder: Path, simulation: Simulation) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table.name} AS FROM '{folder / table.name}.parquet'")
    connection.register("truth", simulation.truth.handoffs())
    return connection


def one(db: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = db.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_obeys_the_contract(table: Any, db: duckdb.DuckDBPyConnection) -> None:
    found = {row[0]: row[1] for row in db.execute(f"DESCRIBE {table.name}").fetchall()}
    assert [column.name for column in table.columns] == [name for name in found if table.column(name)]
    kinds = {
        Type.TEXT: {"VARCHAR"},
        Type.INTEGER: {"BIGINT"},
        Type.NUMBER: {"DOUBLE"},
        Type.BOOLEAN: {"BOOLEAN"},
        Type.TIME: {"TIMESTAMP WITH TIME ZONE", "DATE"},
        Type.DATE: {"DATE"},
    }
    for column in table.columns:
        assert found[column.name] in kinds[column.type], column.name
        if column.required:
            assert one(db, f'SELECT count(*) FROM {table.name} WHERE "{column.name}" IS NULL') == 0
        if column.allowed and not column.others_welcome:
            words = db.execute(f'SELECT DISTINCT "{column.name}" FROM {table.name}').fetchall()
            assert {word for (word,) in words if word is not None} <= set(column.allowed)
    keys = ", ".join(f'"{name}"' for name in table.key)
    assert one(db, f"SELECT count(*) FROM {table.name}") > 0
    assert one(db, f"SELECT count(*) FROM (SELECT {keys} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)") == 0
    for group in table.any_of:
        missing = " AND ".join(f'"{name}" IS NULL' for name in group)
        assert one(db, f"SELECT count(*) FROM {table.name} WHERE {missing}") == 0


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [(table.name, column, target) for table in TABLES for column, target in table.references],
)
def test_every_reference_resolves(table: str, column: str, target: str, db: duckdb.DuckDBPyConnection) -> None:
    key = f"{target.removesuffix('s')}_id"
    unresolved = f'SELECT "{column}" FROM {table} WHERE "{column}" IS NOT NULL EXCEPT SELECT {key} FROM {target}'
    assert db.execute(unresolved).fetchall() == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("leads", "created_at"),
        ("touches", "at"),
        ("handoffs", "at"),
        ("decisions", "at"),
        ("activities", "at"),
        ("opportunities", "created_at"),
        ("orders", "at"),
    ],
)
def test_the_data_end_at_midnight_in_paris(table: str, column: str, db: duckdb.DuckDBPyConnection) -> None:
    assert one(db, f"SELECT max(\"{column}\") < TIMESTAMPTZ '2026-06-30 22:00:00Z' FROM {table}")
    assert one(db, f"SELECT max(\"{column}\") > TIMESTAMPTZ '2026-06-29 22:00:00Z' FROM {table}")


def test_nothing_happens_before_its_cause(db: duckdb.DuckDBPyConnection) -> None:
    before = {
        "handed over before it was created": "handoffs h JOIN leads l USING (lead_id) WHERE h.at < l.created_at",
        "decided before it was handed over": "decisions d JOIN handoffs h USING (handoff_id) WHERE d.at <= h.at",
        "touched before it was created": "touches t JOIN leads l USING (lead_id) WHERE t.at < l.created_at",
        "worked by a rep not yet hired": "handoffs h JOIN reps r USING (rep_id) WHERE h.at::DATE + 7 < r.hired_at",
        "closed before it was opened": "opportunities WHERE closed_at < created_at::DATE",
        "won without a date": "opportunities WHERE (won IS NULL) <> (closed_at IS NULL)",
        "spent backwards": 'spend WHERE "end" < start',
    }
    for what, rows in before.items():
        assert one(db, f"SELECT count(*) FROM {rows}") == 0, what


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for file_format in ("csv", "parquet"):
        for name, seed in (("first", 3), ("again", 3), ("other", 4)):
            simulate(DEMO, 600, seed=seed, until=UNTIL).write(tmp_path / name, file_format)
        for table in TABLES:
            path = f"{table.name}.{file_format}"
            first = (tmp_path / "first" / path).read_bytes()
            assert first == (tmp_path / "again" / path).read_bytes(), path
            assert first != (tmp_path / "other" / path).read_bytes(), path


def test_csv_and_parquet_hold_the_same_rows(simulation: Simulation, folder: Path, tmp_path: Path) -> None:
    simulation.write(tmp_path, "csv")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in TABLES:
        parquet, csv = f"'{folder / table.name}.parquet'", f"'{tmp_path / table.name}.csv'"
        types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE FROM {parquet}").fetchall()}
        query = f"SELECT count(*) FROM (FROM read_csv({csv}, types={types}) EXCEPT ALL FROM {parquet})"
        assert one(connection, query) == 0, table.name
        assert one(connection, f"SELECT count(*) FROM read_csv({csv})") == one(
            connection, f"SELECT count(*) FROM {parquet}"
        )


FIRST_DECISION = """
    SELECT h.handoff_id, h.lead_id, h.team, h.band, h.rep_id, h.at, d.outcome, d.at AS decided_at
    FROM handoffs h LEFT JOIN (
        SELECT DISTINCT ON (handoff_id) * FROM (
            SELECT coalesce(d.handoff_id, h.handoff_id) AS handoff_id, d.at, d.outcome, d.decision_id
            FROM decisions d LEFT JOIN handoffs h ON d.handoff_id IS NULL AND d.lead_id = h.lead_id
        ) ORDER BY handoff_id, "at", decision_id
    ) d ON d.handoff_id = h.handoff_id AND d.at < h.at + INTERVAL 30 DAY
    WHERE h.at < TIMESTAMPTZ '2026-05-31 22:00:00Z'
"""


@pytest.mark.parametrize(
    "by", ["1", "channel", "lead_type", "country", "sector", "seniority", "need", "team", "band", "truth_decile"]
)
def test_acceptance_is_as_the_truth_says(by: str, db: duckdb.DuckDBPyConnection) -> None:
    """In every segment the accepted count lies within 4.5 standard deviations of the sum of the true probabilities.

    The count is a sum of independent draws, so its standard deviation is known; 4.5 of them are left once in 150,000
    segments, and some 60 are looked at.
    """
    rows = db.execute(f"""
        WITH first AS ({FIRST_DECISION})
        SELECT {by}, count(*), count(*) FILTER (outcome = 'accepted'),
               sum(acceptance), sum(acceptance * (1 - acceptance))
        FROM (
            SELECT first.*, l.channel, l.lead_type, l.country, l.sector, l.seniority, l.need, t.acceptance,
                   ntile(10) OVER (ORDER BY t.acceptance) AS truth_decile
            FROM first JOIN truth t USING (handoff_id) JOIN leads l USING (lead_id)
        ) GROUP BY 1
    """).fetchall()
    assert sum(row[1] for row in rows) > 0.85 * SIZE
    for segment, _handed, accepted, expected, variance in rows:
        assert abs(accepted - expected) <= 4.5 * variance**0.5 + 1, (segment, accepted, expected)


def test_the_trap_cases_have_their_shares(db: duckdb.DuckDBPyConnection) -> None:
    """What real data have and figures must survive: each share within 4.5 standard deviations of the habit's."""
    habits = HEALTHY.habits

    def share(query: str, expected: float) -> None:
        ((count, total),) = db.execute(query).fetchall()
        deviation = (total * expected * (1 - expected)) ** 0.5
        assert abs(count - total * expected) <= 4.5 * deviation + 1, (query, count, total)

    share("SELECT count(*) FILTER (rep_id IS NULL), count(*) FROM handoffs", habits.ownerless)
    share("SELECT count(merged_into), count(*) FROM leads", habits.merged)
    share("SELECT count(*) FILTER (sector IS NULL), count(*) FROM leads", 0.03)
    # a handful of decisions were pressed twice
    twice = "count(handoff_id) - count(DISTINCT handoff_id), count(handoff_id)"
    share(f"SELECT {twice} FROM decisions WHERE outcome = 'accepted'", 0.004)
    one_lead = "coalesce(l.merged_into, l.lead_id)"
    followed = f"""SELECT h.*, lead(h.at) OVER (PARTITION BY {one_lead} ORDER BY h.at, h.handoff_id) AS next_at
                   FROM handoffs h JOIN leads l USING (lead_id)"""
    again = one(db, f"SELECT count(next_at) FROM ({followed})")
    assert again == round(SIZE * HEALTHY.again) + round(SIZE * habits.superseded)
    superseded = one(
        db,
        f"""SELECT count(*) FROM ({followed}) f
        WHERE next_at < f.at + INTERVAL 16 DAY
          AND NOT EXISTS (FROM decisions d WHERE d.handoff_id = f.handoff_id)""",
    )
    assert superseded == round(SIZE * habits.superseded)
    assert one(db, f"SELECT count(*) FROM ({followed}) f WHERE next_at = f.at") > 0
    worked = f"""
        SELECT f.handoff_id, f.outcome, count(a.kind) FILTER (a.at >= f.at) AS actions
        FROM ({FIRST_DECISION}) f LEFT JOIN activities a
          ON a.lead_id = f.lead_id AND a.kind <> 'task' AND a.automated IS NOT TRUE AND a.direction = 'out'
             AND a.at < f.at + INTERVAL 40 DAY
        WHERE f.lead_id NOT IN (SELECT lead_id FROM handoffs GROUP BY 1 HAVING count(*) > 1)
        GROUP BY ALL"""
    share(f"SELECT count(*) FILTER (actions = 0), count(*) FROM ({worked}) WHERE outcome = 'accepted'", habits.ghost)
    share(f"SELECT count(*) FILTER (actions > 0), count(*) FROM ({worked}) WHERE outcome IS NULL", habits.silent)
    assert one(db, "SELECT count(*) FROM activities WHERE automated") > 0.5 * SIZE
    assert one(db, "SELECT count(*) FROM activities WHERE direction = 'in'") > 0.1 * SIZE
    assert one(db, "SELECT count(*) FROM activities a JOIN handoffs h USING (lead_id) WHERE a.at < h.at") > 0.01 * SIZE
    assert one(
        db, "SELECT count(*) FROM decisions d JOIN handoffs h USING (handoff_id) WHERE d.at > h.at + INTERVAL 30 DAY"
    )
    assert one(db, "SELECT count(*) FROM orders WHERE amount < 0") > 0
    assert one(db, "SELECT count(*) FROM orders WHERE lead_id IS NULL AND customer_id IS NULL") > 0
    assert one(db, "SELECT count(DISTINCT agreement) FROM handoffs") == 2


def test_deleted_rows_leave_references_behind_where_wished() -> None:
    company = Company(habits=Habits(orphans=0.05))
    tables = {name: list(chunks()) for name, chunks in simulate(company, 2_000, seed=2, until=UNTIL).tables.items()}
    handed = {value for table in tables["handoffs"] for value in table["handoff_id"].to_pylist()}
    named = [value for table in tables["decisions"] for value in table["handoff_id"].to_pylist() if value]
    unknown = sum(value not in handed for value in named)
    # 5 % of about 2,000 decisions: 100, standard deviation 10
    assert 55 <= unknown <= 145


@pytest.mark.parametrize("size", [50, 777, 5_000])
def test_the_size_is_the_number_of_handoffs(size: int) -> None:
    made = simulate(HEALTHY, size, seed=1, until=UNTIL)
    counts = {name: sum(table.num_rows for table in chunks()) for name, chunks in made.tables.items()}
    assert size * 0.94 <= counts["handoffs"] <= size
    assert made.truth.acceptance.size == counts["handoffs"]
    assert counts["leads"] >= counts["handoffs"]


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identifiers go on from chunk to chunk and every chunk has the same columns."""
    monkeypatch.setattr("accord.demo.tables.CHUNK", 500)
    chunks = list(simulate(HEALTHY, 2_000, seed=1, until=UNTIL).tables["activities"]())
    assert len(chunks) == 4
    identifiers = [value for chunk in chunks for value in chunk["activity_id"].to_pylist()]
    assert identifiers == [f"A{number:09d}" for number in range(1, len(identifiers) + 1)]
    assert len({chunk.schema for chunk in chunks}) == 1


def test_most_work_is_done_in_working_hours(db: duckdb.DuckDBPyConnection) -> None:
    open_hours = """extract(isodow FROM timezone('Europe/Paris', "at")) < 6
                    AND extract(hour FROM timezone('Europe/Paris', "at")) BETWEEN 8 AND 18"""
    assert one(db, f"SELECT avg(({open_hours})::INT) FROM decisions") > 0.97
    assert 0.85 < one(db, f"SELECT avg(({open_hours})::INT) FROM handoffs") < 0.99


def test_volume_has_a_season_and_a_trend(db: duckdb.DuckDBPyConnection) -> None:
    months = dict(db.execute("SELECT strftime(h.at, '%Y-%m'), count(*) FROM handoffs h GROUP BY 1").fetchall())
    assert months["2025-08"] < 0.75 * months["2025-09"]
    assert months["2026-06"] > months["2025-07"]


def test_what_cannot_be_simulated_is_said() -> None:
    from accord.demo.company import Cause

    with pytest.raises(UsageError, match="at least 50"):
        simulate(size=10)
    with pytest.raises(UsageError, match="'colour'"):
        simulate(HEALTHY.with_causes(Cause("segment_friction", {"colour": "red"})))
    with pytest.raises(UsageError, match="channel, country, sector"):
        simulate(HEALTHY.with_causes(Cause("mix_shift", {"need": "none"})))
    with pytest.raises(UsageError, match="There is no R999"):
        simulate(HEALTHY.with_causes(Cause("rubber_stamp", {"rep_id": "R999"})), size=500)
    with pytest.raises(UsageError, match=r"channel is never 'fax'.*webinar"):
        simulate(HEALTHY.with_causes(Cause("segment_friction", {"channel": "fax"})))


def test_seeds_differ_in_luck_and_not_in_kind() -> None:
    rates = [simulate(HEALTHY, 3_000, seed=seed, until=UNTIL).truth.acceptance.mean() for seed in range(8)]
    assert np.std(rates) < 0.03
    assert 0.6 < np.mean(rates) < 0.75


@pytest.mark.parametrize("size", [1_500, 6_000])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_in_a_healthy_company_has_more_than_they_can_take(size: int, seed: int, tmp_path: Path) -> None:
    """Before a colleague joins, the others have the colleague's leads too: their capacity has to hold those as well."""
    simulate(HEALTHY, size, seed, UNTIL).write(tmp_path, "parquet")
    crowded = duckdb.connect().execute(
        f"""
        WITH weeks AS (
            SELECT rep_id, date_trunc('week', "at") AS week, count(*) AS leads
            FROM '{tmp_path / "handoffs.parquet"}' GROUP BY ALL
        )
        SELECT rep_id, sum(leads) FILTER (leads > capacity) / sum(leads) AS beyond
        FROM weeks JOIN '{tmp_path / "reps.parquet"}' USING (rep_id)
        GROUP BY rep_id HAVING sum(leads) >= 10 AND beyond > 0.25
        """
    )
    assert crowded.fetchall() == []
