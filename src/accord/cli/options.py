"""Options that every command shares, and the words they are read with.

A command is a module-level function whose annotations call these functions, and the module starts with
``from __future__ import annotations``: Typer then evaluates them when the program is built, in the reader's language.

    def audit(workspace: Annotated[Path, workspace_option()] = HERE, as_of: Annotated[str, as_of_option()] = ""):
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer

from accord.errors import UsageError
from accord.language import gettext as _

__all__ = [
    "HERE",
    "as_of_option",
    "json_option",
    "read_day",
    "read_moment",
    "words",
    "workspace_option",
]

HERE = Path()
"""The workspace when none is named: the current folder."""


def workspace_option() -> Any:
    """``--workspace DIR``."""
    return typer.Option(
        "--workspace",
        metavar="DIR",
        envvar="ACCORD_WORKSPACE",
        show_envvar=False,
        show_default=False,
        help=_("The folder that holds the agreement and the data (default: here, or ACCORD_WORKSPACE)."),
    )


def as_of_option() -> Any:
    """``--as-of TIME``; read it with :func:`read_moment`."""
    return typer.Option(
        "--as-of",
        metavar=_("TIME"),
        show_default=False,
        help=_("The moment the data describe, as in 2026-07-31T18:00 (default: the newest event recorded)."),
    )


def json_option() -> Any:
    """``--json``."""
    return typer.Option("--json", show_default=False, help=_("Print JSON for programs instead of text for people."))


def read_moment(text: str, timezone: str, option: str = "--as-of") -> datetime | None:
    """The instant that ``text`` names, as naive UTC; None when ``text`` is empty.

    An offset or ``Z`` is obeyed; without one the time is local to ``timezone`` (the agreement's), and a date alone is
    its local midnight. ``UsageError`` for anything else.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            _(
                "{option} {text!r} is not a time. Write a date, as in 2026-07-31, or a date and a time, as in "
                "2026-07-31T18:00, 2026-07-31T18:00+02:00 or 2026-07-31T16:00Z."
            ).format(option=option, text=text)
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC).replace(tzinfo=None)


def read_day(text: str, option: str) -> date | None:
    """The day that ``text`` names, None when empty; a week (2026-W31), month or quarter names its first day.

    ``UsageError`` for anything else.
    """
    if not text:
        return None
    written = text.strip().upper()
    try:
        if len(written) == 7 and written[4:6] == "-Q":
            return date(int(written[:4]), 3 * int(written[6]) - 2, 1)
        if len(written) == 7 and written[4] == "-":
            return date(int(written[:4]), int(written[5:]), 1)
        return date.fromisoformat(written)
    except ValueError as error:
        raise UsageError(
            _("{option} {text!r} is not a day. Write it as 2026-07-31, 2026-07, 2026-W31 or 2026-Q3.").format(
                option=option, text=text
            )
        ) from error


def words(values: list[str] | None) -> tuple[str, ...]:
    """What a repeatable option was given, with ``a,b`` meaning the same as giving it twice; doubles said once."""
    said = (word.strip() for value in values or () for word in value.split(","))
    return tuple(dict.fromkeys(word for word in said if word))
