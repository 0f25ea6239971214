"""How an import gets on, on a terminal; nothing at all where nobody watches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from accord.ingest.importing import Ears
from accord.language import gettext as _

__all__ = ["import_progress"]


@contextmanager
def import_progress(stream: TextIO) -> Iterator[Ears]:
    """Bars on ``stream`` while the block runs, one per file read and one for writing; gone afterwards."""
    if not stream.isatty():
        yield Ears(waiting=lambda: print(_("Another import is running; waiting for it to end."), file=stream))
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def move(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=max(total, 1))
            progress.update(tasks[name], completed=min(done, max(total, 1)), total=max(total, 1))

        yield Ears(
            reading=lambda file, done, total: move(_("Reading {file}").format(file=Path(file).name), done, total),
            writing=lambda done, total: move(_("Writing"), done, total),
            waiting=lambda: progress.console.print(_("Another import is running; waiting for it to end.")),
        )
