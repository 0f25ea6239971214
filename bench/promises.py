"""What is promised and what was measured: the lines of a run, printed as they come."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measuring import Run

BUSY = 1.3
"""Load per processor above which a line says that others were at work."""


@dataclass(frozen=True)
class Line:
    """One promise: what was promised, what was measured, and the two as a ratio (1 or more: kept).

    ``load``: the machine's load average just then, per processor; above 1 others were at work too, and only what was
    measured in processor seconds, or in turns, says much.
    """

    what: str
    promised: str
    measured: str
    ratio: float | None = None
    note: str = ""
    load: float = 0.0


@dataclass
class Bench:
    """A run: its size, where it works, what it found. ``runs`` keeps every process for the memory they took."""

    size: int
    place: Path
    lines: list[Line] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def kept(self, name: str, run: Run) -> Run:
        """Remember a process for its peak memory."""
        before = self.runs.get(name)
        self.runs[name] = run if before is None or run.megabytes > before.megabytes else before
        return run

    def say(self, what: str, promised: str, measured: str, ratio: float | None = None, note: str = "") -> None:
        """Add a line and print it at once: a long run is watched."""
        self.lines.append(Line(what, promised, measured, ratio, note, os.getloadavg()[0] / (os.cpu_count() or 1)))
        print(row(self.lines[-1]), flush=True)

    def at_least(self, what: str, promised: float, measured: float, unit: str, note: str = "") -> None:
        """A promise that more is better of."""
        self.say(what, f"≥ {_number(promised)} {unit}", f"{_number(measured)} {unit}", measured / promised, note)

    def at_most(self, what: str, promised: float, measured: float, unit: str, note: str = "") -> None:
        """A promise that less is better of."""
        self.say(what, f"≤ {_number(promised)} {unit}", f"{_number(measured)} {unit}", promised / measured, note)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def row(line: Line) -> str:
    """A line as it is printed, its columns aligned with the others."""
    ratio = "" if line.ratio is None else f"{line.ratio:6.2f}"
    busy = f" [busy machine: load {line.load:.1f} per processor]" if line.load > BUSY else ""
    return f"{line.what:<62} {line.promised:>22} {line.measured:>22} {ratio:>7}  {line.note}{busy}".rstrip()
