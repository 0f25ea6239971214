"""Commands that sentences tell people to type: on the workspace they named, as they named it, quoted for the shell.

A sentence writes ``{audit}`` where the command stands, and is filled with ``audit=as_typed("audit")``. The command
line says once which workspace was named (:func:`use_workspace`); what nobody named is not repeated.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

__all__ = ["as_typed", "for_others", "in_one_piece", "use_workspace", "workspace_named"]

_NO_END = "\x1f"
"""Stands for a blank at which no line may end; nothing that people write holds it."""

_workspace: ContextVar[str] = ContextVar("workspace", default="")


def use_workspace(folder: Path) -> None:
    """Commands named from now on, in this thread or task, are for the workspace in ``folder``; here needs no word."""
    _workspace.set("" if folder == Path() else str(folder))


def workspace_named() -> str:
    """The workspace as it was named; empty where it is here, or nobody said."""
    return _workspace.get()


@contextmanager
def for_others() -> Iterator[None]:
    """Inside, commands name no workspace: a page is read on other machines, where that folder is not."""
    before = _workspace.set("")
    try:
        yield
    finally:
        _workspace.reset(before)


def as_typed(words: str, *values: str) -> str:
    """``accord`` with ``words`` as they stand and ``values`` quoted: "accord agreement diff '2 b' --workspace x"."""
    return " ".join(["accord", words, *map(shlex.quote, values)]) + _where()


def in_one_piece(text: str, wrapped: Callable[[str], list[str]]) -> list[str]:
    """``text`` in lines as ``wrapped`` cuts them, no line ending inside a command: a piece of one cannot be pasted.

    Only what ends with the workspace is known to be a command; without one, commands are as short as their names.
    """
    if not _where():
        return wrapped(text)
    command = rf"accord (?:(?!accord ).)*?{re.escape(_where())}"
    whole = re.sub(command, lambda found: found[0].replace(" ", _NO_END), text)
    return [line.replace(_NO_END, " ") for line in wrapped(whole)]


def _where() -> str:
    return f" --workspace {shlex.quote(workspace_named())}" if workspace_named() else ""
