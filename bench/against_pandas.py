"""What the bench holds against pandas: a question asked, and everything from the tables to the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring import Run, accord, best, step

if TYPE_CHECKING:
    from promises import Bench

__all__ = ["pandas", "whole_process"]


def whole_process(bench: Bench) -> Run:
    """``accord acceptance`` from start to end, where nothing has changed since it was asked before."""
    command = ("acceptance", "--by", "channel", "--period", "week", "--workspace", bench.place / "SQLite")
    bench.kept("acceptance, building the episodes", accord(*command))
    return best([bench.kept("acceptance", accord(*command)) for _turn in range(3)])


def pandas(bench: Bench) -> None:
    """What a script in pandas takes for the same columns and figures; each line says what either side starts from."""
    place = bench.place / "SQLite"
    theirs = step("pandas", place).answer
    ours = bench.kept("episodes and report, built anew", step("rebuild", place)).answer
    found = bench.figures.get("acceptance") or step("figures", place).answer
    bench.figures["pandas"] = {"theirs": theirs, "ours": ours}
    worst = ", ".join(f"{name} {value:.0e}" for name, value in theirs["largest_differences"].items())
    equal = "every column of every row equal" if not theirs["different_columns"] else f"{theirs['different_columns']}"
    held = (
        f"of processor {ours['processor']:.1f} s against {theirs['processor']:.1f} s; the first time in its process "
        f"Accord takes {ours['first']:.1f} s; pandas holds {theirs['peak'] / 1024:.1f} GB; episodes: {equal}; counts "
        f"equal, others differ by at most: {worst}"
    )
    pairs = {
        "tables to report, against pandas": (
            ours["seconds"],
            theirs["whole"],
            f"both from Parquet tables, libraries loaded, episodes left in a file ({theirs['saving']:.1f} s of the "
            "script's); " + held,
        ),
        "a question asked, against a script in pandas": (
            found.get("whole") or whole_process(bench).seconds,
            theirs["whole"],
            "Accord as a whole process, from what it keeps up to date; the script from Parquet tables, keeping nothing",
        ),
        "a report, running process, against pandas": (
            found["warm"],
            theirs["report"],
            "Accord with its facts on the shelf, pandas with the episodes in memory",
        ),
        "a report, from files, against pandas": (
            found["reopened"],
            theirs["from_file"],
            "each from what it has saved: Accord its facts and totals, pandas the episodes' columns it needs",
        ),
    }
    for what, (here, there, note) in pairs.items():
        bench.at_least(what, 10, there / here, "times quicker", f"{here:.2f} s against {there:.1f} s; {note}")
    # A part of the first line, which holds its promise as a whole: Accord works its facts out when they are first asked
    # for, and the script when it builds the episodes. Told, and promised nothing of its own.
    bench.say(
        "a first report, from files, against pandas",
        "",
        f"{theirs['from_file'] / found['cold']:.1f} times quicker",
        note=f"{found['cold']:.2f} s against {theirs['from_file']:.1f} s; Accord from episodes just built, nothing on "
        "the shelf; pandas as before",
    )
