"""Run a command as a process of its own and say what it took: time, processor time, memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Run", "accord", "best", "run", "step"]

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Run:
    """``seconds`` on the wall, ``processor`` seconds, ``megabytes`` at the peak of the process, what it printed."""

    seconds: float
    processor: float
    megabytes: float
    output: str

    @property
    def answer(self) -> Any:
        """What a step answered: the JSON of its last line."""
        return json.loads(self.output.strip().splitlines()[-1])


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Run:
    """Run ``command``; ``RuntimeError`` with all it printed when it fails."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(str(word) for word in command)}\nended with {process.returncode}:\n{text}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def accord(*words: str | Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run the program ``accord`` as a user does."""
    return run([Path(sys.executable).with_name("accord"), *words], {"ACCORD_LANG": "en", **(environment or {})})


def step(name: str, *words: str | Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run one function of ``bench/steps.py`` in a process of its own."""
    return run([sys.executable, HERE / "steps.py", name, *words], environment)


def best(runs: Sequence[Run]) -> Run:
    """The quickest: what else the machine did then disturbed it least."""
    return min(runs, key=lambda one: one.seconds)
