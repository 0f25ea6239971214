"""What the bench measures of reports made of everything: the board report, as figures and as a PDF; and recycling."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from diagnosing import workspace_of
from measuring import accord

if TYPE_CHECKING:
    from measuring import Run
    from promises import Bench

__all__ = ["reports"]

GIGABYTE = 1024


def reports(bench: Bench) -> None:
    """``accord recycle`` and ``accord report`` as whole processes, in the workspace that ``diagnoses`` has filled."""
    place = workspace_of(bench, bench.size)
    _emptied(place)  # of what diagnoses left there
    for what, promised in (("recycling, nothing on the shelf", 4), ("recycling, again", 1)):
        run = _kept(bench, what, accord("recycle", "--json", "--workspace", place))
        found = json.loads(run.output)["data"]["ledger"]
        note = f"{_spent(run)}; {found['episodes']:,} handoffs of {found['leads']:,} leads"
        bench.at_most(f"{what}, whole process", promised, run.seconds, "s", note)
        bench.at_most(f"{what}, memory", 3, run.megabytes / GIGABYTE, "GB", note)
    pdf = ("--pdf", bench.place / "board.pdf")
    of_what = f"board report of {bench.size:,} handoffs"
    _emptied(place)
    _board(bench, f"{of_what}, PDF, nothing on the shelf", *pdf)
    _board(bench, f"{of_what}, PDF, again", *pdf)
    _board(bench, f"{of_what}, figures alone, again", "--json")
    _emptied(place)
    for asked in (("acceptance", "--by", "channel"), ("diagnose",), ("value", "--by", "channel")):
        accord(*asked, "--json", "--workspace", place)
    _board(bench, f"{of_what}, PDF, acceptance, diagnosis and value asked before", *pdf)


def _board(bench: Bench, what: str, *words: str | Path) -> None:
    run = _kept(bench, what, accord("report", *words, "--workspace", workspace_of(bench, bench.size)))
    bench.at_most(what, 15, run.seconds, "s", _spent(run))


def _emptied(place: Path) -> None:
    shutil.rmtree(place / "readmodel" / "episodes" / "facts", ignore_errors=True)


def _kept(bench: Bench, what: str, run: Run) -> Run:
    bench.figures[what] = {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
    return bench.kept(what, run)


def _spent(run: Run) -> str:
    return f"{run.seconds:.1f} s, {run.processor:.1f} s of processor, {run.megabytes / GIGABYTE:.1f} GB"
