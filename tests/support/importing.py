"""An import in a process of its own, that tests may kill: ``python -m support.importing FOLDER PARQUET``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from accord.ingest.apply import apply_import
from accord.ingest.staged import StagedTable
from accord.tables.schema import table_named
from accord.workspace import Workspace

__all__ = ["activities", "import_here", "start_import"]


def activities(rows: Path, count: int) -> StagedTable:
    """A staged file of activities with every column of the contract."""
    present = tuple(column.name for column in table_named("activities").columns)
    return StagedTable("activities", rows.name, rows, present, {}, count, 0, None)


def import_here(folder: Path, rows: Path, count: int) -> None:
    """Import, saying ``rows DONE TOTAL`` on standard output as it goes."""

    def say(done: int, total: int) -> None:
        print("rows", done, total, flush=True)

    apply_import(Workspace(folder), [activities(rows, count)], source=rows.name, progress=say)
    print("done", flush=True)


def start_import(folder: Path, rows: Path, count: int) -> subprocess.Popen[str]:
    """The same in another process; returns once it is about to write."""
    command = [sys.executable, "-m", "support.importing", str(folder), str(rows), str(count)]
    tests = str(Path(__file__).parent.parent)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tests)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("rows 0 "), line
    return process


if __name__ == "__main__":
    import_here(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
