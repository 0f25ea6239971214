"""Options that every command shares, and the words they are read with.

A command is a module-level function whose annotations call these functions, and the module starts with
``from __future__ import annotations``: Typer then evaluates them when the program is built, in the reader's language.

    def audit(workspace: Annotated[Path, workspace_option()] = HERE, as_of: Annotated[str, as_of_option()] = ""):
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.typed import use_workspace

__all__ = [
    "HERE",
    "as_of_option",
    "existing",
    "json_option",
    "words",
    "workspace_option",
]

HERE = Path()
"""The workspace when none is named: the current folder."""


def _named(folder: Path) -> Path:
    use_workspace(folder)
    return folder


def workspace_option() -> Any:
    """``--workspace DIR``; commands that the answer names are for the same folder."""
    return typer.Option(
        "--workspace",
        metavar="DIR",
        envvar="ACCORD_WORKSPACE",
        callback=_named,
        show_envvar=False,
        show_default=False,
        help=_("The folder that holds the agreement and the data (default: here, or ACCORD_WORKSPACE)."),
    )


def existing(folder: Path) -> Path:
    """``folder``, for commands that read a workspace and never make one; ``WorkspaceError`` where there is none.

    With the database or the engine named in the environment there may be no folder yet.
    """
    if folder.is_dir() or any(os.environ.get(name) for name in ("ACCORD_DATABASE", "ACCORD_ENGINE")):
        return folder
    if folder.exists():
        raise WorkspaceError(_("{path} is a file, not a folder. Name the folder of a workspace.").format(path=folder))
    beside = sorted(path.parent.name for path in folder.parent.glob("*/accord.db"))
    parts = [_("There is no folder {path}.").format(path=folder)]
    if near := get_close_matches(folder.name, beside, n=1) or beside[:5]:
        parts.append(_("Beside it there are workspaces: {names}.").format(names=", ".join(near)))
    parts.append(_("Name one with --workspace, or make it: accord import PATH --workspace {path}").format(path=folder))
    raise WorkspaceError(" ".join(parts))


def as_of_option() -> Any:
    """``--as-of TIME``; :func:`accord.clock.parse_as_of` reads it."""
    return typer.Option(
        "--as-of",
        metavar=_("TIME"),
        show_default=False,
        help=_("The moment the data describe, as in 2026-07-31T18:00 (default: the newest event recorded)."),
    )


def json_option() -> Any:
    """``--json``."""
    return typer.Option("--json", show_default=False, help=_("Print JSON for programs instead of text for people."))


def words(values: list[str] | None) -> tuple[str, ...]:
    """What a repeatable option was given, with ``a,b`` meaning the same as giving it twice; doubles said once."""
    said = (word.strip() for value in values or () for word in value.split(","))
    return tuple(dict.fromkeys(word for word in said if word))
