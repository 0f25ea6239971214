"""``accord actions``: record what was changed, and see what it really did."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.options import HERE, as_of_option, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Group, Program
from accord.errors import UsageError
from accord.language import gettext as _
from accord.typed import as_typed

if TYPE_CHECKING:
    from datetime import datetime

    from accord.actions.model import CorrectiveAction
    from accord.store.corrective import Event
    from accord.workspace import Workspace

__all__ = ["register"]


class _Listing(Group):
    """With nothing said, the list is shown, not the help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the words as Typer does."""
        return typer.core.TyperGroup.parse_args(self, ctx, args)


def register(app: Program) -> None:
    """Add the commands."""
    group = Program(cls=_Listing, help=_("Record what was changed, where and by whom, and see what it really did."))
    group.callback(invoke_without_command=True)(measured)
    group.command("add", help=_("Record a corrective action."))(add)
    group.command("list", help=_("List the actions, without measuring them."))(listed)
    group.command("show", help=_("Show one action: what it changed, what that rests on, and its history."))(show)
    group.command("change", help=_("Change what an action says; what it said before stays in its history."))(change)
    group.command("stop", help=_("Say from which day on an action was no longer in force."))(stop)
    group.command("remove", help=_("Take an action off the list; its history stays."))(remove)
    group.command("import", help=_("Read actions from a JSON or CSV file."))(read)
    group.command("export", help=_("Write the actions to a JSON or CSV file."))(write)
    app.add_typer(group, name="actions")


def _by() -> Any:
    return typer.Option("--by", metavar=_("NAME"), show_default=False, help=_("Who writes this down (required)."))


def _text_option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, show_default=False, help=text)


def _id() -> Any:
    return typer.Argument(metavar=_("ID"), show_default=False, help=_("The action, as in A1."))


def _where() -> Any:
    text = _("The leads it touches, as in channel=webinar; repeat it for several dimensions (default: all leads).")
    return _text_option("--where", _("DIM=VALUE"), text)


def _finding() -> Any:
    return _text_option("--finding", "ID", _("The finding of a diagnosis that it answers; it says where, too."))


def _since() -> Any:
    text = _(
        "The day from which the trouble that it answers dates, as of a drop (a finding's since): only the time from "
        "then on is its before (default: found in the weeks before)."
    )
    return _text_option("--since", _("DAY"), text)


def _anyway() -> Any:
    text = _("Record it though no lead that was handed over so far has the value of --where.")
    return typer.Option("--anyway", show_default=False, help=text)


def _code() -> Any:
    return _text_option("--code", _("CODE"), _("A word for the kind of action, as in stricter_entry (default: other)."))


def measured(
    context: typer.Context,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Every action with its effect."""
    if context.invoked_subcommand is not None:
        if as_json or as_of or _said(context, "workspace"):
            message = _("Options stand after the command: {command}")
            raise UsageError(message.format(command=as_typed(f"actions {context.invoked_subcommand} …")))
        return
    from accord.report.actions.answer import effects_data
    from accord.report.actions.text import effects_text
    from accord.report.envelope import dumps, envelope
    from accord.report.look import Look

    place, moment = _place(workspace, as_of)
    report = _report(place, moment, None)
    if as_json:
        answer = envelope(report.agreement_name, report.agreement_version, report.as_of, effects_data(report))
        print_for_programs(dumps(answer))
    else:
        sys.stdout.write(effects_text(report, Look.of(sys.stdout, os.environ)))


def add(
    text: Annotated[str, typer.Argument(metavar=_("TEXT"), show_default=False, help=_("What is done, in a sentence."))],
    *,
    owner: Annotated[str, _text_option("--owner", _("NAME"), _("Who looks after it (required)."))] = "",
    start: Annotated[
        str, _text_option("--start", _("DAY"), _("The first day on which it is in force (required)."))
    ] = "",
    where: Annotated[list[str] | None, _where()] = None,
    code: Annotated[str, _code()] = "",
    finding: Annotated[str, _finding()] = "",
    since: Annotated[str, _since()] = "",
    note: Annotated[str, _text_option("--note", _("TEXT"), _("Anything else worth remembering."))] = "",
    anyway: Annotated[bool, _anyway()] = False,
    by: Annotated[str, _by()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Record an action."""
    from accord.actions.keeping import add_action

    place, _moment = _place(workspace)
    said = {"text": text, "owner": owner, "start": start, "code": code, "finding": finding, "note": note}
    said["since"] = since
    draft: dict[str, object] = {**said, **_segment(where)}
    _recorded(place, add_action(place, draft, name=by, anyway=anyway), "added", as_json=as_json)


def change(
    action: Annotated[str, _id()],
    *,
    text: Annotated[str | None, _text_option("--text", _("TEXT"), _("What is done, in a sentence."))] = None,
    owner: Annotated[str | None, _text_option("--owner", _("NAME"), _("Who looks after it."))] = None,
    start: Annotated[str | None, _text_option("--start", _("DAY"), _("The first day on which it is in force."))] = None,
    until: Annotated[
        str | None, _text_option("--stop", _("DAY"), _("The first day on which it is not; empty while it is."))
    ] = None,
    where: Annotated[list[str] | None, _where()] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", show_default=False, help=_("It touches all leads."))
    ] = False,
    code: Annotated[str | None, _code()] = None,
    finding: Annotated[str | None, _finding()] = None,
    since: Annotated[str | None, _since()] = None,
    note: Annotated[str | None, _text_option("--note", _("TEXT"), _("Anything else worth remembering."))] = None,
    anyway: Annotated[bool, _anyway()] = False,
    by: Annotated[str, _by()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Change what an action says."""
    from accord.actions.keeping import change_action

    place, _moment = _place(workspace)
    if everywhere and where:
        raise UsageError(_("--everywhere and --where contradict each other. Say one of them."))
    said = {"text": text, "owner": owner, "start": start, "stop": until, "since": since, "code": code}
    said |= {"finding": finding, "note": note}
    changes: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    changes |= {"where": {}} if everywhere else _segment(where)
    if not changes:
        raise UsageError(
            _("Say what is to change: --text, --where, --owner, --start, --stop, --since, --code, --finding, --note.")
        )
    _recorded(place, change_action(place, action, changes, name=by, anyway=anyway), "changed", as_json=as_json)


def stop(
    action: Annotated[str, _id()],
    *,
    on: Annotated[
        str, _text_option("--on", _("DAY"), _("The first day on which it was no longer in force (required)."))
    ] = "",
    by: Annotated[str, _by()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Say when an action ended."""
    from accord.actions.keeping import stop_action

    place, _moment = _place(workspace)
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise UsageError(_("--on {day} is no day. Write it as in 2026-03-31.").format(day=repr(on))) from error
    _recorded(place, stop_action(place, action, day, name=by), "stopped", as_json=as_json)


def remove(
    action: Annotated[str, _id()],
    *,
    by: Annotated[str, _by()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Take an action off the list."""
    from accord.actions.keeping import remove_action

    place, _moment = _place(workspace)
    _recorded(place, remove_action(place, action, name=by), "removed", as_json=as_json)


def listed(
    *,
    removed: Annotated[bool, typer.Option("--all", show_default=False, help=_("Removed actions too."))] = False,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """List the actions."""
    from accord.actions.keeping import actions_kept
    from accord.report.actions.answer import action_data
    from accord.report.actions.text import list_text
    from accord.report.look import Look

    place, _moment = _place(workspace)
    found = [action for action in actions_kept(place) if removed or not action.removed]
    if as_json:
        _answer(place, {"actions": [action_data(action) for action in found]})
    else:
        sys.stdout.write(list_text(found, Look.of(sys.stdout, os.environ)))


def show(
    action: Annotated[str, _id()],
    *,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """One action, all that is known of it."""
    from accord.actions.keeping import history_of
    from accord.report.actions.answer import action_data, history_data, measured_data
    from accord.report.actions.text import action_text
    from accord.report.envelope import dumps, envelope
    from accord.report.look import Look

    place, moment = _place(workspace, as_of)
    found, steps = history_of(place, action)
    report = None if found.removed else _report(place, moment, found.id)
    agreement = place.agreement
    if as_json:
        data = action_data(found)
        if report is not None:
            data = measured_data(report.effects[0])
        data["history"] = history_data(steps)
        as_of_moment = report.as_of if report else moment
        print_for_programs(dumps(envelope(agreement.name, agreement.version, as_of_moment, data)))
    else:
        effect = report.effects[0] if report else None
        look = Look.of(sys.stdout, os.environ)
        sys.stdout.write(action_text(found, steps, effect, agreement.timezone, look))


def read(
    file: Annotated[Path, typer.Argument(metavar=_("FILE"), show_default=False, help=_("A JSON or CSV file."))],
    *,
    by: Annotated[str, _by()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Read actions from a file."""
    from accord.actions.files import read_drafts
    from accord.actions.keeping import import_actions
    from accord.report.actions.answer import imported_data
    from accord.report.actions.text import imported_text
    from accord.report.look import Look

    place, _moment = _place(workspace)
    imported = import_actions(place, read_drafts(file), str(file), name=by)
    if as_json:
        _answer(place, imported_data(imported))
    else:
        sys.stdout.write(imported_text(imported, Look.of(sys.stdout, os.environ)))


def write(
    file: Annotated[
        Path, typer.Argument(metavar=_("FILE"), show_default=False, help=_("A file whose name ends in .json or .csv."))
    ],
    *,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Write the actions to a file."""
    from accord.actions.keeping import actions_kept
    from accord.report.actions.files import actions_csv, actions_file
    from accord.report.files import write_whole

    place, _moment = _place(workspace)
    forms = {".csv": actions_csv, ".json": actions_file}
    if file.suffix.lower() not in forms:
        raise UsageError(_("{file} ends neither in .json nor in .csv. Name a file that does.").format(file=file))
    found = [action for action in actions_kept(place) if not action.removed]
    write_whole(file, forms[file.suffix.lower()](found))
    print(_("Written: {file}").format(file=file), file=sys.stderr)


def _place(workspace: Path, as_of: str = "") -> tuple[Workspace, datetime | None]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small: threads would wait for each other
    place = workspace_asked(workspace)
    return place, moment_asked(place, as_of)


def _report(place: Workspace, moment: datetime | None, only: str | None) -> Any:
    from accord.actions.keeping import actions_kept
    from accord.actions.measure import measure_actions
    from accord.readmodel.opening import open_source

    with open_source(place, moment) as source:
        return measure_actions(source, actions_kept(place), only)


def _recorded(place: Workspace, action: CorrectiveAction, event: Event, *, as_json: bool) -> None:
    from accord.actions.keeping import unknown_places
    from accord.readmodel.opening import open_source
    from accord.report.actions.answer import action_data
    from accord.report.actions.text import recorded_text
    from accord.report.look import Look

    doubts: list[str] = []
    if event in {"added", "changed"}:
        with open_source(place) as source:
            doubts = unknown_places(source, [action])
    if as_json:
        for doubt in doubts:
            print(doubt, file=sys.stderr)
        _answer(place, action_data(action))
    else:
        sys.stdout.write(recorded_text(action, event, doubts, Look.of(sys.stdout, os.environ)))


def _answer(place: Workspace, data: Any) -> None:
    from accord.report.envelope import dumps, envelope

    print_for_programs(dumps(envelope(place.agreement.name, place.agreement.version, None, data)))


def _segment(where: list[str] | None) -> dict[str, object]:
    return {"where": "; ".join(where)} if where else {}


def _said(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, and not in the environment alone."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"
