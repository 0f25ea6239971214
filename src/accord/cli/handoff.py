"""``accord handoff`` and ``accord override``: hand over who crosses the threshold, and where people judge otherwise."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.figure_options import READERS, check_choice, csv_for_option, reader_of, say_written
from accord.cli.options import HERE, as_of_option, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import AccordError, UsageError
from accord.language import gettext as _
from accord.typed import as_typed

if TYPE_CHECKING:
    from datetime import datetime

    from accord.qualification.said import Said
    from accord.workspace import Workspace

__all__ = ["register"]


def register(app: Program) -> None:
    """Add the commands."""
    app.command("handoff", help=_("Hand the leads that cross the threshold to sales, each to somebody, with reasons."))(
        handoff
    )
    app.command(
        "override", help=_("Judge a lead beside its score: up, down or hold; and see whether that does better.")
    )(override)


def handoff(
    *,
    lead: Annotated[
        str, typer.Option("--lead", metavar="ID", show_default=False, help=_("Only this lead, explained in any case."))
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", show_default=False, help=_("At most so many leads, the best first.")),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", show_default=False, help=_("Write nothing; say who would be handed over."))
    ] = False,
    show: Annotated[
        str,
        typer.Option(
            "--show", metavar="HANDOFF_ID", show_default=False, help=_("Show what a lead was handed over with.")
        ),
    ] = "",
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar=_("FILE"), show_default=False, help=_("Write every lead to a CSV file.")),
    ] = None,
    csv_for: Annotated[str, csv_for_option()] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar=_("TIME"),
            show_default=False,
            help=_(
                "The moment of the score and of the handoffs (default: now, or the newest event where it is more than"
                " 7 days old)."
            ),
        ),
    ] = "",
) -> None:
    """Hand over and say it, or show a trace."""
    from accord.qualification.handoff import hand_over
    from accord.report.envelope import dumps, envelope
    from accord.report.files import write_whole
    from accord.report.handoff.answer import handoff_csv, handoff_data
    from accord.report.handoff.text import handoff_text
    from accord.report.look import Look

    check_choice("--csv-for", csv_for, READERS)
    place = workspace_asked(workspace)
    if show:
        if lead or limit is not None or dry_run or csv is not None or as_of:
            raise UsageError(_("--show goes only with --json and --workspace."))
        _show(place, show, as_json=as_json)
        return
    if limit is not None and limit < 1:
        raise UsageError(_("--limit must be at least 1."))
    moment = moment_asked(place, as_of)
    report = hand_over(place, moment, dry_run=dry_run, lead=lead or None, limit=limit)
    if csv is not None:
        reader = reader_of(str(csv), csv_for)
        write_whole(csv, handoff_csv(report, reader))
        say_written(str(csv), reader)
    if as_json:
        agreement = report.agreement
        answer = envelope(agreement.name, agreement.version, report.moment, handoff_data(report))
        print_for_programs(dumps(answer))
    else:
        sys.stdout.write(handoff_text(report, Look.of(sys.stdout, os.environ)))


def _show(place: Workspace, handoff_id: str, *, as_json: bool) -> None:
    from accord.qualification.handoff import trace_kept
    from accord.report.envelope import dumps, envelope
    from accord.report.handoff.answer import frozen_data
    from accord.report.handoff.text import frozen_text
    from accord.report.look import Look

    kept = trace_kept(place, handoff_id)
    if as_json:
        agreement = place.agreement
        print_for_programs(dumps(envelope(agreement.name, agreement.version, None, frozen_data(kept))))
    else:
        sys.stdout.write(frozen_text(kept, Look.of(sys.stdout, os.environ)))


def override(
    lead: Annotated[
        str, typer.Argument(metavar=_("[LEAD]"), show_default=False, help=_("The lead that is judged."))
    ] = "",
    *,
    up: Annotated[
        bool, typer.Option("--up", show_default=False, help=_("Put it forward: hand it over whatever its score."))
    ] = False,
    down: Annotated[
        bool, typer.Option("--down", show_default=False, help=_("Judge it down: keep it back whatever its score."))
    ] = False,
    hold: Annotated[bool, typer.Option("--hold", show_default=False, help=_("Keep it back for now."))] = False,
    clear: Annotated[
        bool, typer.Option("--clear", show_default=False, help=_("Take that back: its score decides again."))
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar=_("TEXT"), show_default=False, help=_("Why; always asked for."))
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar=_("NAME"), show_default=False, help=_("Who judges."))] = "",
    listed: Annotated[
        bool, typer.Option("--list", show_default=False, help=_("List every judgement (of the lead, where named)."))
    ] = False,
    effect: Annotated[
        bool, typer.Option("--effect", show_default=False, help=_("Do people's judgements do better than the score?"))
    ] = False,
    margin: Annotated[
        float | None,
        typer.Option(
            "--margin",
            metavar=_("POINTS"),
            show_default=False,
            help=_("With --effect: how narrowly compared leads crossed the threshold (default: 10)."),
        ),
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Record a judgement, list them, or measure them."""

    place = workspace_asked(workspace)
    judgements = [word for word, said in {"up": up, "down": down, "hold": hold, "clear": clear}.items() if said]
    if len(judgements) + listed + effect != 1:
        raise UsageError(_("Say one of --up, --down, --hold, --clear, --list and --effect."))
    if margin is not None and not effect:
        raise UsageError(_("--margin goes only with --effect."))
    if not judgements and (reason or by):
        raise UsageError(_("--reason and --by go only with --up, --down, --hold and --clear."))
    moment = moment_asked(place, as_of)
    if effect:
        if lead:
            raise UsageError(_("--effect speaks of all leads; name none."))
        _effect(place, moment, margin, as_json=as_json)
    elif listed:
        _list(place, lead, moment, as_json=as_json)
    else:
        if not lead:
            command = as_typed(_("override LEAD --up --reason TEXT --by NAME"))
            raise UsageError(_("Name the lead: {command}").format(command=command))
        _judge(place, lead, judgements[0], (reason, by), moment, as_json=as_json)


def _judge(
    place: Workspace,
    lead: str,
    judgement: str,
    reason_and_name: tuple[str, str],
    moment: datetime | None,
    *,
    as_json: bool,
) -> None:
    from accord.qualification.handoff import moment_of_workspace
    from accord.qualification.judging import override_lead
    from accord.report.envelope import dumps, envelope
    from accord.report.handoff.answer import override_data
    from accord.report.handoff.override_text import recorded_text
    from accord.report.look import Look

    at = moment or moment_of_workspace(place)
    reason, name = reason_and_name
    recorded = override_lead(place, lead, judgement, reason=reason, name=name, at=at)
    agreement = place.agreement
    if as_json:
        data = override_data([recorded.override])
        print_for_programs(dumps(envelope(agreement.name, agreement.version, at, data)))
    else:
        stays = _stays(place, lead, moment) if judgement == "up" else None
        sys.stdout.write(recorded_text(recorded, agreement.timezone, Look.of(sys.stdout, os.environ), stays))


def _stays(place: Workspace, lead: str, moment: datetime | None) -> Said | None:
    """Why a lead that was put forward would not be handed over now; None where it would, or nobody can tell."""
    from accord.qualification.handoff import hand_over

    try:
        report = hand_over(place, moment, dry_run=True, lead=lead)
    except AccordError:  # the judgement is recorded, whatever stands in the way of handing over
        return None
    return None if report.handed or not report.stays else report.stays[0].reason


def _list(place: Workspace, lead: str, moment: datetime | None, *, as_json: bool) -> None:
    from accord.qualification.judging import overrides_of
    from accord.report.envelope import dumps, envelope
    from accord.report.handoff.answer import override_data
    from accord.report.handoff.override_text import overrides_text
    from accord.report.look import Look

    agreement = place.agreement
    found = [each for each in overrides_of(place, lead or None) if moment is None or each.at <= moment]
    if as_json:
        print_for_programs(dumps(envelope(agreement.name, agreement.version, moment, override_data(found))))
    else:
        sys.stdout.write(overrides_text(found, agreement.timezone, Look.of(sys.stdout, os.environ)))


def _effect(place: Workspace, moment: datetime | None, margin: float | None, *, as_json: bool) -> None:
    from accord.qualification.overrides import MARGIN, effect_of_overrides
    from accord.readmodel.opening import open_source
    from accord.report.envelope import dumps, envelope
    from accord.report.handoff.answer import effect_data
    from accord.report.handoff.override_text import effect_text
    from accord.report.look import Look

    with open_source(place, moment) as source:
        found = effect_of_overrides(place, source, MARGIN if margin is None else margin)
    agreement = place.agreement
    if as_json:
        print_for_programs(dumps(envelope(agreement.name, agreement.version, found.as_of, effect_data(found))))
    else:
        sys.stdout.write(effect_text(found, Look.of(sys.stdout, os.environ)))
