"""How an import or an audit gets on, on a terminal; nothing at all where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn

from accord.ingest.importing import Ears
from accord.language import gettext as _

__all__ = ["audit_progress", "import_progress"]


@contextmanager
def import_progress(stream: TextIO) -> Iterator[Ears]:
    """Bars on ``stream`` while the block runs, one per file read and one for writing; gone afterwards."""
    if not stream.isatty():
        yield Ears(waiting=lambda: print(_("Another import is running; waiting for it to end."), file=stream))
        return
    with Progress(*_columns(), console=Console(file=stream), transient=True) as progress:
        tasks: dict[str, TaskID] = {}
        # Said now: who calls may be a thread that does not know the reader's language.
        reading, writing, waiting = (
            _("Reading {file}"),
            _("Writing"),
            _("Another import is running; waiting for it to end."),
        )

        def move(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=max(total, 1))
            progress.update(tasks[name], completed=min(done, max(total, 1)), total=max(total, 1))

        yield Ears(
            reading=lambda file, done, total: move(reading.format(file=Path(file).name), done, total),
            writing=lambda done, total: move(writing, done, total),
            waiting=lambda: progress.console.print(waiting),
        )


@contextmanager
def audit_progress(stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A bar on ``stream`` that hears how many of how many checks are done; gone afterwards."""
    if not stream.isatty():
        yield lambda _done, _total: None
        return
    with Progress(*_columns(), console=Console(file=stream), transient=True) as progress:
        task = progress.add_task(_("Checking the data"), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
