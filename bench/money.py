"""What the bench measures of ``accord value``: leads, ten times the touches, a tenth of the orders, and spend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import accord, best

if TYPE_CHECKING:
    from promises import Bench

__all__ = ["value", "write"]

CHANNELS = 9
DAYS = 360
TABLES = ("leads", "touches", "handoffs", "decisions", "opportunities", "orders", "spend")


def value(bench: Bench) -> None:
    """``accord value`` as whole processes: the channels met before the handoff, then credit by the Markov chain."""
    folder, place = bench.place / "money", bench.place / "money-workspace"
    write(folder, bench.size)
    place.mkdir()
    files = [folder / f"{name}.parquet" for name in TABLES]
    bench.kept("import of leads, touches and money", accord("import", *files, "--workspace", place, "--json"))
    accord("acceptance", "--json", "--workspace", place)
    for what, promised, words, kept in (
        ("value by channel, nothing on the shelf", 5, ("--by", "channel"), False),
        ("value by channel, again", 5, ("--by", "channel"), True),
        ("value, credit by a Markov chain and by rules, nothing on the shelf", 10, ("--attribution", "markov"), False),
        ("value, credit by a Markov chain and by rules, again", 10, ("--attribution", "markov"), True),
    ):
        runs = []
        for _turn in range(3):
            if not kept:
                shutil.rmtree(place / "readmodel" / "episodes" / "facts", ignore_errors=True)
            runs.append(bench.kept(what, accord("value", *words, "--json", "--workspace", place)))
        run = best(runs)
        found = json.loads(run.output)["data"]
        bench.figures[what] = {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
        bench.at_most(
            f"{what}, whole process",
            promised,
            run.seconds,
            "s",
            f"{run.processor:.1f} s of processor, {run.megabytes / 1024:.1f} GB; {found['totals']['leads']:,} leads, "
            f"{10 * bench.size:,} touches, {found['revenue']['orders']:,} orders",
        )
    _board(bench, place)


def _board(bench: Bench, place: Path) -> None:
    """The board report of the same data, as a PDF."""
    what = f"board report of {bench.size:,} leads and {10 * bench.size:,} touches, PDF, nothing on the shelf"
    runs = []
    for _turn in range(3):
        shutil.rmtree(place / "readmodel" / "episodes" / "facts", ignore_errors=True)
        runs.append(bench.kept(what, accord("report", "--pdf", bench.place / "board.pdf", "--workspace", place)))
    run = best(runs)
    bench.figures[what] = {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
    bench.at_most(what, 15, run.seconds, "s", f"{run.processor:.1f} s of processor, {run.megabytes / 1024:.1f} GB")


def write(folder: Path, leads: int) -> None:
    """Parquet files: each touch of any of nine channels before or after the handoff, a tenth of the leads won."""
    import duckdb  # noqa: PLC0415 - the bench itself needs no engine

    folder.mkdir(parents=True)
    connection = duckdb.connect(config={"memory_limit": "2GB"})
    connection.execute("SELECT setseed(0.5)")
    start, channel = "TIMESTAMP '2025-07-01'", f"'channel ' || floor(random() * random() * {CHANNELS})::INT"
    made = f"{start} + to_seconds((hash(i) % ({DAYS} * 86400))::BIGINT)"
    queries = {
        "leads": f"SELECT 'L' || i AS lead_id, {made} AS created_at, {channel} AS channel FROM range({leads}) r(i)",
        "touches": (
            f"SELECT 't' || n AS touch_id, 'L' || i AS lead_id, {made} + to_seconds(floor(random() * 5e6)::BIGINT) "
            f"AS \"at\", 'page_view' AS kind, CASE WHEN random() < 0.8 THEN {channel} END AS channel "
            f"FROM (SELECT n, floor(random() * {leads})::BIGINT AS i FROM range({10 * leads}) r(n))"
        ),
        "handoffs": (
            f"SELECT 'h' || i AS handoff_id, 'L' || i AS lead_id, {made} + to_days(9) AS \"at\" "
            f"FROM range({leads}) r(i) WHERE i % 3 < 2"
        ),
        "decisions": (
            f"SELECT 'd' || i AS decision_id, 'h' || i AS handoff_id, {made} + to_days(11) AS \"at\", "
            f"CASE WHEN i % 2 = 0 THEN 'accepted' ELSE 'rejected' END AS outcome "
            f"FROM range({leads}) r(i) WHERE i % 3 < 2"
        ),
        "opportunities": (
            f"SELECT 'o' || i AS opportunity_id, 'L' || i AS lead_id, {made} + to_days(20) AS created_at, "
            f"{made} + to_days(20 + (i % 60)::INT) AS closed_at, true AS won FROM range({leads}) r(i) WHERE i % 10 = 0"
        ),
        "orders": (
            f"SELECT 's' || i AS order_id, 'L' || i AS lead_id, {made} + to_days(90) AS \"at\", "
            f"round(exp(random() * 8), 2) AS amount FROM range({leads}) r(i) WHERE i % 10 = 0"
        ),
        "spend": (
            "SELECT (DATE '2025-07-01' + to_months(m::INT))::DATE AS \"start\", "
            "(DATE '2025-07-01' + to_months(m::INT + 1) - INTERVAL 1 DAY)::DATE AS \"end\", "
            f"'channel ' || c AS channel, round({leads} * (0.5 + random()), 2) AS amount "
            f"FROM range(12) a(m), range({CHANNELS}) b(c)"
        ),
    }
    for name, query in queries.items():
        connection.execute(f"COPY ({query}) TO '{folder}/{name}.parquet'")
