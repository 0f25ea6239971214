"""What the bench measures of reports made of everything: the board report, as figures and as a PDF; and recycling."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from diagnosing import workspace_of
from measuring import accord

if TYPE_CHECKING:
    from measuring import Run
    from promises import Bench

__all__ = ["reports"]

GIGABYTE = 1024


def reports(bench: Bench) -> None:
    """``accord report`` and ``accord recycle`` as whole processes, in the workspace that ``diagnoses`` has filled."""
    place = workspace_of(bench, bench.size)
    pdf = bench.place / "board.pdf"
    shutil.rmtree(place / "readmodel" / "episodes" / "facts", ignore_errors=True)  # what diagnoses left there
    for what, words in (
        ("board report as a PDF, nothing on the shelf", ("--pdf", pdf)),
        ("board report as a PDF, again", ("--pdf", pdf)),
        ("board report, figures alone, again", ("--json",)),
    ):
        run = _kept(bench, what, accord("report", *words, "--workspace", place))
        bench.at_most(what, 15, run.seconds, "s", _spent(run))
    what = "recycling, whole process"
    run = _kept(bench, what, accord("recycle", "--json", "--workspace", place))
    found = json.loads(run.output)["data"]["ledger"]
    note = f"{_spent(run)}; {found['episodes']:,} handoffs of {found['leads']:,} leads"
    bench.at_most(f"{what}, memory", 3, run.megabytes / GIGABYTE, "GB", note)


def _kept(bench: Bench, what: str, run: Run) -> Run:
    bench.figures[what] = {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
    return bench.kept(what, run)


def _spent(run: Run) -> str:
    return f"{run.seconds:.1f} s, {run.processor:.1f} s of processor, {run.megabytes / GIGABYTE:.1f} GB"
