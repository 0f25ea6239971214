"""Handing over in a process of its own, that tests may kill: ``python -m handoff.running FOLDER``."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from accord.qualification.handoff import hand_over
from accord.workspace import Workspace

__all__ = ["start"]


def start(folder: Path, moment: datetime) -> subprocess.Popen[str]:
    """Start handing over; it says ``ready`` when it begins and the number of leads when it is done."""
    command = [sys.executable, "-m", "handoff.running", str(folder), moment.isoformat()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


if __name__ == "__main__":
    print("ready", flush=True)
    report = hand_over(Workspace(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2]))
    print(len(report.handed), flush=True)
