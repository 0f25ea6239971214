"""What the bench measures of ``accord diagnose``: twenty thousand handoffs, and all of them cut by ten dimensions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import accord, step

if TYPE_CHECKING:
    from promises import Bench

__all__ = ["diagnoses", "workspace_of"]

SMALL = 20_000
VERY_FIRST = "the very first"
MORE = ("touches", "opportunities", "orders", "spend")
TEN = (
    *("team", "rep_id", "channel", "campaign", "lead_type"),
    *("sector", "country", "territory", "job_function", "account_size"),
)


def diagnoses(bench: Bench) -> None:
    """``accord diagnose`` as whole processes: the very first under an agreement, which writes its queries; the first
    after an import, which finds them written; and one that finds what it fetched."""
    for size, promised in {bench.size: 10.0, SMALL: 1.5}.items():  # the bench itself may be as small
        folder, place = bench.place / f"diagnosed-{size}", workspace_of(bench, size)
        step("simulate", folder, str(size), *MORE)
        place.mkdir()
        agreement = (folder / "accord.yaml").read_text(encoding="utf-8")
        (folder / "accord.yaml").unlink()
        (place / "accord.yaml").write_text(f"{agreement}\nsegments: [{', '.join(TEN)}]\n", encoding="utf-8")
        accord("import", folder, "--workspace", place, "--json")
        accord("acceptance", "--json", "--workspace", place)  # builds the episodes
        _measure(bench, place, size, promised)


def workspace_of(bench: Bench, size: int) -> Path:
    """Where the workspace of that many handoffs stands."""
    return bench.place / f"diagnosed-workspace-{size}"


def _measure(bench: Bench, place: Path, size: int, promised: float) -> None:
    queries = {"XDG_CACHE_HOME": str(bench.place / f"queries-{size}")}  # nobody else's
    for turn in (VERY_FIRST, "first after an import", "again"):
        if turn != "again":  # nothing is fetched yet, as after an import
            shutil.rmtree(place / "readmodel" / "episodes" / "facts", ignore_errors=True)
        what = f"diagnosis of {size:,} handoffs, {turn}"
        run = bench.kept(what, accord("diagnose", "--json", "--workspace", place, environment=queries))
        found = json.loads(run.output)["data"]
        bench.figures[what] = {"seconds": run.seconds, "processor": run.processor, "megabytes": run.megabytes}
        note = (
            f"{run.processor:.1f} s of processor, {run.megabytes / 1024:.1f} GB; {len(TEN)} dimensions, "
            f"{len(found['findings'])} findings"
        )
        if turn == VERY_FIRST:
            bench.say(what, "", f"{run.seconds:.1f} s", None, note)
        else:
            bench.at_most(what, promised, run.seconds, "s", note)
