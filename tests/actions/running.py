"""Recording actions in a process of its own, that tests may kill: ``python -m actions.running FOLDER NAME NUMBER``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from accord.actions.keeping import add_action
from accord.workspace import Workspace
from actions.company import DRAFT

__all__ = ["start"]


def start(folder: Path, name: str, number: int) -> subprocess.Popen[str]:
    """Start recording; it says the id of each action once it is durable."""
    command = [sys.executable, "-m", "actions.running", str(folder), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)


if __name__ == "__main__":
    for place in range(int(sys.argv[3])):
        added = add_action(Workspace(Path(sys.argv[1])), {**DRAFT, "note": f"{sys.argv[2]} {place}"}, name=sys.argv[2])
        print(added.id, flush=True)
