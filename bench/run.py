"""Speed and memory of Accord, as ratios within one run: ``make bench``, or ``bench/run.py --quick`` for a smoke.

A machine is never as idle as one thinks, so what is compared is measured in the same run, in turns, and the quickest of
several is kept. Nothing here fails because something is slow: it prints what was measured beside what is promised, and
writes ``bench/results.json``.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from against_pandas import pandas, whole_process
from diagnosing import diagnoses
from measuring import accord, best, step
from money import value
from promises import Bench, Line, row
from reporting import reports

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

MILLION = 1_000_000
CHANGED = 50_000
CELLS, SAMPLED = 10_000, 200


def main() -> None:
    """Measure everything, print the table, write the results."""
    options = _options()
    if options.folder:
        Path(options.folder).mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="accord-bench-", dir=options.folder))
    bench = Bench(options.size or (20_000 if options.quick else MILLION), place)
    machine = f"{platform.platform()}, Python {platform.python_version()}"
    print(f"{bench.size:,} handoffs, ten times the activities; {machine}\n")
    print(row(Line("", "promised", "measured")))
    try:
        for part in (
            _files,
            _imports_sqlite,
            _episodes,
            _figures,
            _curves,
            pandas,
            _changes,
            _imports_postgres,
            _tenth,
            _beside,
            _replay,
            _scoring,
            value,
            diagnoses,
            reports,
            _help,
            _memory,
        ):
            if not options.only or part.__name__.removeprefix("_") in options.only:
                _attempt(bench, part)
    finally:
        if options.keep:
            print(f"\nFiles kept in {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    results = {
        "size": bench.size,
        "machine": platform.platform(),
        "python": platform.python_version(),
        "lines": [asdict(line) for line in bench.lines],
        "figures": bench.figures,
        "processes": {
            name: {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
            for name, run in bench.runs.items()
        },
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="20,000 handoffs instead of a million")
    parser.add_argument("--size", type=int, help="number of handoffs")
    parser.add_argument("--folder", help="where to work (default: the temporary folder; a full run takes 12 GB)")
    parser.add_argument("--only", nargs="*", help="parts to run, files and imports_sqlite being what most others need")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    return parser.parse_args()


def _attempt(bench: Bench, part: Callable[[Bench], None]) -> None:
    """A part that fails is said, and the others go on."""
    try:
        part(bench)
    except Exception as error:
        bench.say(part.__name__.strip("_"), "", "not measured", None, str(error).strip().splitlines()[-1][:200])
        traceback.print_exc()


def _data(bench: Bench, size: int) -> Path:
    """The folder with the simulated files of that size."""
    return bench.place / f"data-{size}"


def _files(bench: Bench) -> None:
    run = bench.kept("simulate", step("simulate", _data(bench, bench.size), str(bench.size)))
    rows = run.answer["rows"]
    bench.figures["rows"] = rows
    bench.say("simulate the files", "", f"{run.seconds:.0f} s", None, ", ".join(f"{n:,} {t}" for t, n in rows.items()))


def _workspace(bench: Bench, name: str, data: Path, environment: dict[str, str] | None = None) -> Path:
    """A workspace with everything but the activities in it."""
    place = bench.place / name
    place.mkdir()
    shutil.copy(data / "accord.yaml", place)
    others = [data / f"{table}.csv" for table in ("reps", "leads", "handoffs", "decisions")]
    bench.kept(
        f"import of the small tables, {name}",
        accord("import", *others, "--workspace", place, "--json", environment=environment),
    )
    return place


def _import_activities(
    bench: Bench, name: str, data: Path, promised: int, environment: dict[str, str] | None = None
) -> tuple[Path, float]:
    place = _workspace(bench, name, data, environment)
    first = bench.kept(
        f"import of the activities, {name}",
        accord("import", data / "activities.csv", "--workspace", place, "--json", environment=environment),
    )
    counted = json.loads(first.output)["data"]["activities"]
    if counted["added"] != counted["read"]:
        raise RuntimeError(f"not everything was added: {counted}")
    bare = step("bare", data).answer
    bench.at_least(
        f"import of the activities into {name}, read model included",
        promised,
        counted["read"] / first.seconds,
        "rows/s",
        f"{first.seconds:.0f} s, {first.processor:.0f} s of processor; DuckDB alone, CSV to Parquet: "
        f"{bare['seconds']:.1f} s, {first.seconds / bare['seconds']:.1f} times quicker",
    )
    again = bench.kept(
        f"import of the same file again, {name}",
        accord("import", data / "activities.csv", "--workspace", place, "--json", environment=environment),
    )
    counted = json.loads(again.output)["data"]["activities"]
    if counted["unchanged"] != counted["read"]:
        raise RuntimeError(f"not everything was unchanged: {counted}")
    bench.at_least(
        f"the same file again, {name}", 5, first.seconds / again.seconds, "times quicker", f"{again.seconds:.1f} s"
    )
    return place, first.seconds


def _imports_sqlite(bench: Bench) -> None:
    _place, seconds = _import_activities(bench, "SQLite", _data(bench, bench.size), 100_000)
    bench.figures["import_sqlite"] = seconds


def _imports_postgres(bench: Bench) -> None:
    with _postgres() as url:
        address = {"ACCORD_DATABASE": url}
        _place, seconds = _import_activities(bench, "PostgreSQL", _data(bench, bench.size), 150_000, address)
        bench.figures["import_postgres"] = seconds


@contextmanager
def _postgres() -> Iterator[str]:
    """An empty database on a server of our own, as durable as one should be: that of the tests gives it up."""
    from support import postgres  # noqa: PLC0415 - needs psycopg, which nothing else here does

    durable = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "autovacuum": "on",
        "max_wal_size": "4GB",
    }
    postgres.SETTINGS.update(durable)
    with postgres.running_server() as server:
        yield server.url(server.create_database())


def _episodes(bench: Bench) -> None:
    run = bench.kept("episodes, both ways", step("episodes", bench.place / "SQLite"))
    answer = bench.figures["episodes"] = run.answer
    ours, theirs = answer["seconds"]["ours"], answer["seconds"]["theirs"]
    spent = answer["processor"]["ours"] / answer["processor"]["theirs"]
    bench.at_most(
        "episodes, against a hand-written query",
        1.5,
        ours / theirs,
        "times",
        f"{ours:.1f} s against {theirs:.1f} s; of processor {spent:.2f} times; "
        + (f"DIFFERENT: {answer['different']}" if answer["different"] else "every column of every row equal"),
    )


def _figures(bench: Bench) -> None:
    place, whole = bench.place / "SQLite", whole_process(bench)
    warm = bench.kept("acceptance, warm", step("figures", place)).answer
    bench.figures["acceptance"] = {"whole": whole.seconds, **warm}
    bench.at_most(
        "acceptance by channel and week, warm",
        0.3,
        warm["warm"],
        "s",
        f"{warm['rows']} cells, {warm['warm_processor']:.2f} s of processor; asked again {warm['again']:.2f} s; "
        f"opening the files too {warm['reopened']:.2f} s, nothing on the shelf {warm['cold']:.2f} s",
    )
    bench.at_most(
        "acceptance by channel and week, whole process", 2, whole.seconds, "s", f"{whole.processor:.1f} s of processor"
    )


def _curves(bench: Bench) -> None:
    cells = min(CELLS, bench.size // 40)
    answer = step("curves", bench.place / "SQLite", str(cells), str(min(SAMPLED, cells))).answer
    bench.figures["curves"] = answer
    each = answer["lifelines_each"]
    bench.at_least(
        f"curves of {cells:,} cells, against one lifelines fit each",
        100,
        each * cells / answer["ours"],
        "times quicker",
        f"{answer['ours']:.2f} s; lifelines {1000 * each:.0f} ms a fit, {min(SAMPLED, cells)} fitted and extrapolated; "
        f"largest difference {answer['largest_difference']:.1e}",
    )


def _changes(bench: Bench) -> None:
    data, place = _data(bench, bench.size), bench.place / "SQLite"
    changed = min(CHANGED, bench.size)
    step("change", data, str(changed))
    command = ("acceptance", "--by", "channel", "--json", "--workspace", place)
    accord(*command)
    applied = bench.kept(
        "import of changed rows",
        accord("import", data / "changed.csv", "--table", "activities", "--workspace", place, "--json"),
    )
    counted = json.loads(applied.output)["data"]["activities"]
    if counted["updated"] != changed:
        raise RuntimeError(f"not {changed} rows updated: {counted}")
    shown = bench.kept("acceptance after changed rows", accord(*command))
    step("change", data, str(changed), "14")
    running = bench.kept("changed rows in a running process", step("changes", place, data / "changed.csv")).answer
    if running["updated"] != changed:
        raise RuntimeError(f"not {changed} rows updated: {running}")
    spent = applied.processor + shown.processor
    both = {
        "of a running process": (running["import"], running["figures"], running["processor"]),
        "as two commands": (applied.seconds, shown.seconds, spent),
    }
    for how, (importing, figures, processor) in both.items():
        note = f"import {importing:.1f} s, figures {figures:.1f} s; {processor:.1f} s of processor"
        bench.at_most(f"{changed:,} changed rows reach the figures {how}", 5, importing + figures, "s", note)


def _tenth(bench: Bench) -> None:
    """The same at a tenth of the size: ten times the rows may cost eleven times the time."""
    size = bench.size // 10
    small = Bench(size, bench.place / "tenth")
    small.place.mkdir()
    step("simulate", _data(small, size), str(size), "touches")
    place = _workspace(small, "SQLite", _data(small, size))
    imported = accord("import", _data(small, size) / "activities.csv", "--workspace", place, "--json")
    built = step("rebuild", place)
    pairs = {
        "import into SQLite": (bench.figures.get("import_sqlite"), imported.seconds),
        "tables to report": (bench.figures.get("pandas", {}).get("ours", {}).get("seconds"), built.answer["seconds"]),
    }
    for what, (large, little) in pairs.items():
        if large:
            bench.at_most(
                f"ten times the rows: {what}", 11, large / little, "times", f"{large:.1f} s against {little:.1f} s"
            )


def _beside(bench: Bench) -> None:
    """Single writes and reports while activities are imported, at a tenth of the size."""
    data = bench.place / "tenth" / f"data-{bench.size // 10}"
    place = _workspace(bench, "beside", data)
    answer = bench.figures["beside"] = step("beside", place, data / "activities.csv").answer
    bench.at_most(
        "single writes beside an import, 99 of 100 within",
        50,
        1000 * answer["p99"],
        "ms",
        f"{answer['writes']} writes, the slowest {1000 * answer['slowest']:.0f} ms; reports meanwhile, from files: "
        f"{answer['reads']}, half of them within {answer['read']:.2f} s each",
    )


def _replay(bench: Bench) -> None:
    data = bench.place / "tenth" / f"data-{bench.size // 10}"
    place = bench.place / "tenth" / "SQLite"
    accord("import", data / "touches.csv", "--workspace", place, "--json")
    draft = bench.place / "draft.yaml"
    held = (place / "accord.yaml").read_text(encoding="utf-8")
    draft.write_text(held.replace("  threshold: 50", "  threshold: 45"), encoding="utf-8")
    command = ("agreement", "replay", draft, "--workspace", place, "--json")
    first = bench.kept("replay, building the episodes", accord(*command))
    again = best([bench.kept("replay", accord(*command)) for _turn in range(3)])
    told = json.loads(again.output[again.output.index("{") :])["data"]
    bench.figures["replay"] = {
        "leads": told["leads"],
        "thresholds": len(told["thresholds"]),
        "seconds": again.seconds,
        "processor": again.processor,
        "first": first.seconds,
    }
    bench.at_most(
        f"accord agreement replay of {told['leads']:,} leads, {len(told['thresholds'])} thresholds",
        5,
        again.seconds,
        "s",
        f"whole process, {again.processor:.1f} s of processor; the first after an import {first.seconds:.1f} s",
    )


def _scoring(bench: Bench) -> None:
    run = bench.kept("scoring", step("scoring", bench.place / "scoring", str(bench.size)))
    answer = bench.figures["scoring"] = run.answer
    bench.at_most(
        f"scores of {bench.size:,} leads, against a hand-written query",
        2,
        answer["ours"] / answer["by_hand"],
        "times",
        f"{answer['ours']:.1f} s against {answer['by_hand']:.1f} s, ten times the touches, 25 criteria; "
        + (f"DIFFERENT: {answer['different']} leads" if answer["different"] else "every point of every lead equal"),
    )
    bench.at_most("one lead scored, with its trace", 100, 1e6 * answer["one"], "µs", "ten touches, 25 criteria")


def _help(bench: Bench) -> None:
    quickest = best([accord("--help") for _turn in range(5)])
    bench.at_most("accord --help", 0.3, quickest.seconds, "s", f"{quickest.processor:.2f} s of processor")


def _memory(bench: Bench) -> None:
    name, run = max(bench.runs.items(), key=lambda item: item[1].megabytes)
    bench.at_most("peak memory of any process", 3, run.megabytes / 1024, "GB", name)


if __name__ == "__main__":
    main()
