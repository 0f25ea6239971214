"""The frame of the program: Typer's commands with every word of their help in the reader's language.

Typer prints its own words ("Usage", "Show this message and exit") in English whatever the language, so the three
places where help is laid out are written here. Help is plain text, aligned, the same on a terminal and in a pipe.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from accord.errors import UsageError
from accord.language import gettext as _

__all__ = ["Command", "Group", "Program"]


def _write_usage(command: Any, context: Any, formatter: Any) -> None:
    pieces = [command.options_metavar]
    for parameter in command.get_params(context):
        if parameter.param_type_name == "argument":
            name = _argument_name(parameter)
            pieces.append(name if parameter.required or name.startswith("[") else f"[{name}]")
    if isinstance(command, Group):
        pieces.append(command.subcommand_metavar)
    formatter.write_usage(context.command_path, " ".join(pieces), prefix=_("Usage: "))


def _argument_name(parameter: Any) -> str:
    """What stands for the argument: its metavar, with dots where it may be repeated."""
    name = str(parameter.display_name_raw).replace(" …", "")
    return name if parameter.nargs == 1 else f"{name} ..."


def _write_parameters(command: Any, context: Any, formatter: Any) -> None:
    parameters = command.get_params(context)
    arguments = [
        (_argument_name(parameter).strip("[]"), parameter.help or "")
        for parameter in parameters
        if parameter.param_type_name == "argument" and not parameter.hidden
    ]
    options = [
        record
        for parameter in parameters
        if parameter.param_type_name == "option"
        and (record := parameter.get_help_record(context))
        and "--help" not in record[0]
    ]
    options.append(("--lang en|fr", _("The language to speak (default: ACCORD_LANG, then the system's).")))
    options.append(("-h, --help", _("Show this message and stop.")))
    for heading, records in ((_("Arguments"), arguments), (_("Options"), options)):
        if records:
            with formatter.section(heading):
                formatter.write_dl(records)


class Command(TyperCommand):
    """One command, with its help in the reader's language."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["options_metavar"] = _("[OPTIONS]")
        super().__init__(*args, **settings)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options."""
        _write_parameters(self, ctx, formatter)


class Group(TyperGroup):
    """The program itself, or a command that has commands of its own."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["options_metavar"] = _("[OPTIONS]")
        settings["subcommand_metavar"] = _("COMMAND ...")
        super().__init__(*args, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """With nothing said, show what could be."""
        if not args:
            typer.echo(ctx.get_help())
            raise typer.Exit
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names; ``UsageError`` with the nearest when there is none."""
        found, known = args[0], self.list_commands(ctx)
        if found not in known and not found.startswith("-"):
            near = get_close_matches(found, known, n=1)
            raise UsageError(
                _("There is no command {found}. The nearest is {near}.").format(found=found, near=near[0])
                if near
                else _("There is no command {found}. There are: {known}.").format(found=found, known=", ".join(known))
            )
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write commands, then options: what can be done comes first."""
        rows = [
            (name, command.help or "")
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        rows = [(name, text.strip().split("\n")[0]) for name, text in rows]
        if rows:
            with formatter.section(_("Commands")):
                formatter.write_dl(rows)
        _write_parameters(self, ctx, formatter)


class Program(typer.Typer):
    """A Typer application whose commands are :class:`Command` and whose groups are :class:`Group`."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("cls", Group)
        super().__init__(
            rich_markup_mode=None,
            add_completion=False,
            pretty_exceptions_enable=False,
            no_args_is_help=False,
            context_settings={"help_option_names": ["--help", "-h"]},
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command, as Typer does."""
        settings.setdefault("cls", Command)
        return super().command(name, **settings)
