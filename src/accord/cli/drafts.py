"""The draft that a command is about: named alone, as in ``accord agreement replay next.yaml``, or with ``--file``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from accord.errors import UsageError
from accord.language import gettext as _

__all__ = ["draft_argument", "draft_named", "draft_option"]


def draft_argument() -> Any:
    """``FILE``."""
    return typer.Argument(
        metavar=_("FILE"), show_default=False, help=_("The draft (default: the workspace's accord.yaml).")
    )


def draft_option() -> Any:
    """``--file FILE``."""
    return typer.Option("--file", metavar=_("FILE"), show_default=False, help=_("The draft, named by an option."))


def draft_named(argument: Path | None, option: Path | None) -> Path | None:
    """The one of the two that was given; ``UsageError`` where two files were."""
    if argument is not None and option is not None and argument != option:
        message = _("{first} and {second} are both given as the draft: give one.")
        raise UsageError(message.format(first=argument, second=option))
    return argument or option
