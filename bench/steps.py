"""What the bench measures inside a process: one function per step, called by name, answering one line of JSON."""
# ruff: noqa: PLC0415 - a step loads what it measures and nothing else, or its memory would not be its own

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from many_curves import curves
from watching import peak, watched

UNTIL = date(2026, 7, 1)
SEED = 1
TABLES = ("reps", "leads", "handoffs", "decisions", "activities")


def simulate(folder: str, size: str, *more: str) -> Any:
    """Write the company's files: about as many leads, handoffs and decisions as ``size``, ten times the activities;
    and the tables ``more``."""
    from accord.demo.agreement import agreement_text
    from accord.demo.company import DEMO
    from accord.demo.simulate import simulate as simulated

    company = replace(DEMO, unqualified=0.06, activities=11.2)
    made = simulated(company, int(size), SEED, UNTIL)
    rows = {}
    from accord.demo.files import write_table

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    with watched() as watch:
        for name in (*TABLES, *more):
            rows[name] = write_table(made.tables[name](), place / f"{name}.csv")
    (place / "accord.yaml").write_text(agreement_text(company, int(size), UNTIL), encoding="utf-8")
    return {"rows": rows, "seconds": watch.seconds}


def change(folder: str, size: str, more: str = "7") -> Any:
    """A file with ``size`` activities of the last months whose length (by ``more`` seconds) and result differ."""
    import duckdb

    source, target = Path(folder) / "activities.csv", Path(folder) / "changed.csv"
    duckdb.sql(f"""
        COPY (
            SELECT * REPLACE (coalesce(duration_s, 0) + {int(more)} AS duration_s, 'connected' AS outcome)
            FROM (FROM read_csv('{source}') WHERE kind = 'call' ORDER BY activity_id DESC LIMIT {size})
        ) TO '{target}' (HEADER)
    """)
    return {"rows": int(size)}


def changes(workspace: str, file: str) -> Any:
    """Changed rows reach the figures of a process that runs already, as a server would: import, then the report."""
    from accord.acceptance.measure import measure
    from accord.ingest.importing import import_files
    from accord.readmodel.opening import open_source
    from accord.report.acceptance.answer import acceptance_json
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))

    def report() -> None:
        with open_source(place) as source:
            acceptance_json(measure(source, by=("channel",)))

    report()
    with watched() as importing:
        imported = import_files(place, [Path(file)], table="activities")
    with watched() as figures:
        report()
    counted = imported.accounting["activities"]
    return {
        "updated": counted.updated,
        "import": importing.seconds,
        "figures": figures.seconds,
        "processor": importing.processor + figures.processor,
    }


def bare(folder: str) -> Any:
    """DuckDB alone: the activities from CSV to Parquet."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "2GB"})
    target = Path(folder) / "bare.parquet"
    with watched() as watch:
        connection.execute(
            f"COPY (FROM read_csv('{folder}/activities.csv')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    target.unlink()
    return {"seconds": watch.seconds, "processor": watch.processor}


def episodes(workspace: str) -> Any:
    """Episodes by Accord and by the hand-written query, in turns, from the same files; then every column compared."""
    import yardstick

    from accord.engines.base import compile_sql
    from accord.engines.duckdb import DuckDBEngine
    from accord.readmodel.inputs import episode_inputs
    from accord.readmodel.refresh import catch_up
    from accord.tables.episodes import episodes as defined
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))
    engine = DuckDBEngine(catch_up(place).relations)
    ours, theirs = Path(workspace) / "ours.parquet", Path(workspace) / "theirs.parquet"
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "theirs": []}
    for _turn in range(3):
        with watched() as watch:
            engine.write_parquet(compile_sql(defined(episode_inputs(engine, place.agreement)), engine.dialect), ours)
        times["ours"].append((watch.seconds, watch.processor))
        with watched() as watch:
            yardstick.prepare(engine.connection, place.agreement)
            engine.write_parquet(yardstick.episodes_query(engine.connection), theirs)
        times["theirs"].append((watch.seconds, watch.processor))
    found = yardstick.differences(engine.connection, f"'{ours}'", f"'{theirs}'")
    ours.unlink()
    theirs.unlink()
    return {
        "seconds": {name: min(wall for wall, _ in runs) for name, runs in times.items()},
        "processor": {name: min(spent for _, spent in runs) for name, runs in times.items()},
        "different": found,
    }


def figures(workspace: str) -> Any:
    """``accord acceptance --by channel --period week`` in a process that is warm: it has answered another question."""
    import shutil

    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.report.acceptance.answer import acceptance_json
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))
    times: dict[str, list[float]] = {"cold": [], "reopened": [], "warm": [], "warm_processor": [], "again": []}
    for _turn in range(4):
        for name in ("cold", "reopened"):  # from the episodes alone, then with what that left on the shelf
            if name == "cold":
                shutil.rmtree(place.readmodel / "episodes" / "facts", ignore_errors=True)
            with watched() as watch, open_source(place) as source:
                report = measure(source, by=("channel",), period="week")
            times[name].append(watch.seconds)
        with open_source(place) as source:
            measure(source, by=("team",), period="month")
            for name in ("warm", "again"):
                with watched() as watch:
                    acceptance_json(measure(source, by=("channel",), period="week"))
                times[name].append(watch.seconds)
                if name == "warm":
                    times["warm_processor"].append(watch.processor)
    quickest = {name: min(seconds) for name, seconds in times.items()}
    return {**quickest, "rows": len(report.answers["explicit"].rows), "peak": peak()}


def pandas(workspace: str) -> Any:
    """The same episodes and report in pandas, from the same tables as Parquet; then held against Accord's."""
    import duckdb
    import in_pandas
    import pandas as pd
    import report_in_pandas
    import same_figures
    import yardstick

    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))
    files = {name: place.root / f"for_pandas_{name}.parquet" for name in (*TABLES, "ours", "saved", "theirs")}
    with open_source(place) as source:
        ours, as_of = measure(source, by=("channel",), period="week"), source.as_of
        for name in TABLES:
            source.engine.write_parquet(f"FROM {name}", files[name])
        source.engine.write_parquet("SELECT * EXCLUDE (episode_row) FROM episodes", files["ours"])
    whole: list[tuple[float, float]] = []
    reports: list[tuple[float, float]] = []
    saved: list[float] = []
    for _turn in range(2):
        with watched() as building:
            built, lost = in_pandas.episodes(files, place.agreement)
            with watched() as saving:  # as Accord does: the next report is read from there
                built.to_parquet(files["saved"])
        with watched() as reporting:
            theirs = report_in_pandas.report(built, place.agreement, as_of)
        saved.append(saving.seconds)
        whole.append((building.seconds + reporting.seconds, building.processor + reporting.processor))
        reports.append((reporting.seconds, reporting.processor))
    most = peak()
    in_pandas.as_stored(built).to_parquet(files["theirs"])
    del built
    with watched() as reading:
        report_in_pandas.report(
            pd.read_parquet(files["saved"], columns=report_in_pandas.NEEDED), place.agreement, as_of
        )
    different = yardstick.differences(duckdb.connect(), f"'{files['ours']}'", f"'{files['theirs']}'")
    for path in files.values():
        path.unlink()
    return {
        "whole": min(whole)[0],
        "processor": min(whole)[1],
        "report": min(reports)[0],
        "report_processor": min(reports)[1],
        "saving": min(saved),
        "from_file": reading.seconds,
        "cells": len(theirs.cells),
        "different_columns": different,
        "largest_differences": same_figures.largest_differences(ours, theirs, lost),
        "peak": most,
    }


def rebuild(workspace: str) -> Any:
    """Accord's own episodes and report from the files of the read model, nothing of them built yet; twice."""
    import shutil

    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.readmodel.refresh import catch_up
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))
    catch_up(place)
    turns = []
    for _turn in range(2):
        shutil.rmtree(place.readmodel / "episodes", ignore_errors=True)
        with watched() as watch, open_source(place) as source:
            measure(source, by=("channel",), period="week")
        turns.append((watch.seconds, watch.processor))
    seconds, processor = min(turns)
    return {"seconds": seconds, "processor": processor, "first": turns[0][0]}


def beside(workspace: str, file: str) -> Any:
    """How long single writes take while another process imports a file, and reports in a third."""
    import statistics
    import subprocess
    from datetime import datetime

    from accord.store.address import address_of
    from accord.store.single import SingleWriter
    from accord.workspace import Workspace

    place = Workspace(Path(workspace))
    accord = [str(Path(sys.executable).with_name("accord")), "import", file, "--workspace", workspace, "--json"]
    touch = {"lead_id": "L1", "at": datetime(2026, 7, 1), "kind": "form"}  # noqa: DTZ001 - naive UTC
    writes: list[float] = []
    with SingleWriter(address_of(place.database_url)) as writer:
        process = subprocess.Popen(accord, stdout=subprocess.DEVNULL)
        reader = subprocess.Popen(
            [sys.executable, __file__, "reading", workspace, str(process.pid)], stdout=subprocess.PIPE
        )
        while process.poll() is None:
            with watched() as watch:
                writer.write("touches", [{"touch_id": f"T{len(writes)}", **touch}])
            writes.append(watch.seconds)
            time.sleep(0.02)
    reads = json.loads(reader.communicate()[0])
    if process.returncode or reader.returncode:
        raise SystemExit("the import or the reports beside it failed")
    return {
        "writes": len(writes),
        "p99": statistics.quantiles(writes, n=100)[-1],
        "slowest": max(writes),
        "reads": len(reads),
        "read": statistics.median(reads),
    }


def reading(workspace: str, process: str) -> Any:
    """Seconds of each report, one after the other, for as long as a process runs."""
    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.workspace import Workspace

    place, seconds = Workspace(Path(workspace)), []
    while Path(f"/proc/{process}").exists():
        with watched() as watch, open_source(place) as source:
            measure(source, by=("channel",))
        seconds.append(watch.seconds)
    return seconds


def scoring(folder: str, leads: str) -> Any:
    """Scores of ``leads`` leads with ten times the touches by 25 criteria: ours, by hand, and one lead at a time."""
    import random

    from scored_leads import AS_OF, KINDS, agreement, by_hand, write

    from accord.engines.base import compile_sql
    from accord.engines.duckdb import DuckDBEngine
    from accord.scoring.batch import scored
    from accord.scoring.one import score_one
    from accord.scoring.result import Touch
    from accord.scoring.rules import prepare
    from accord.tables.times import DAY, microseconds

    place = Path(folder)
    write(place, int(leads))
    rules = prepare(agreement())
    engine = DuckDBEngine({name: f"read_parquet('{place}/{name}.parquet')" for name in ("leads", "touches")})
    with watched() as compiling:
        answers = scored(engine.table("leads"), engine.table("touches"), rules, AS_OF, has_merges=False)
        names = [rule.id for rule in rules.criteria]
        points = [answers[f"points_{number}"].name(name) for number, name in enumerate(names)]
        text = compile_sql(answers.select("lead_id", *points, "score"), "duckdb")
    seconds: dict[str, list[float]] = {"ours": [], "by_hand": []}
    for _turn in range(3):
        for name, query in (("ours", text), ("by_hand", by_hand(place))):
            with watched() as watch:
                engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
            seconds[name].append(watch.seconds)
    columns = ", ".join(["lead_id", *(f"{name}::BIGINT AS {name}" for name in [*names, "score"])])
    different = engine.connection.execute(
        f"SELECT count(*) FROM (SELECT {columns} FROM ours EXCEPT ALL SELECT {columns} FROM by_hand)"
    ).fetchall()
    chance, now = random.Random(1), microseconds(AS_OF)
    rows = engine.run_sql("FROM leads LIMIT 2000").to_pylist()
    kinds = [[Touch(now - chance.randrange(180 * DAY), chance.choice(KINDS), "web") for _ in range(10)] for _ in rows]
    each = []
    for _turn in range(3):
        with watched() as watch:
            for lead, touches in zip(rows, kinds, strict=True):
                score_one(rules, lead, touches, AS_OF)
        each.append(watch.processor / len(rows))
    return {
        "ours": min(seconds["ours"]),
        "by_hand": min(seconds["by_hand"]),
        "compiling": compiling.seconds,
        "different": different[0][0],
        "one": min(each),
    }


STEPS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        *(simulate, change, changes, bare, episodes, figures, pandas, rebuild),
        *(beside, reading, curves, scoring),
    )
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
