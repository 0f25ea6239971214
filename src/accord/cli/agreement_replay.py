"""``accord agreement replay``: what a draft would have done with past leads."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accord.cli.asking import days_asked, moment_asked, write_file
from accord.cli.drafts import draft_argument, draft_named, draft_option
from accord.cli.figure_options import READERS, check_choice, csv_for_option, reader_of
from accord.cli.options import HERE, as_of_option, existing, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.agreement.model import Agreement
    from accord.workspace import Workspace

__all__ = ["add_to"]


def add_to(group: Program) -> None:
    """Add the command to the group ``agreement``."""
    group.command("replay", help=_("Apply a draft to past leads: who enters, who leaves, what to expect."))(run_replay)


def _text(name: str, metavar: str, meaning: str) -> Any:
    """An option that takes a text; typed as typer types its own."""
    return typer.Option(name, metavar=metavar, show_default=False, help=meaning)


def run_replay(
    draft: Annotated[Path | None, draft_argument()] = None,
    *,
    file: Annotated[Path | None, draft_option()] = None,
    version: Annotated[str, _text("--version", _("VERSION"), _("A proposed version instead."))] = "",
    start: Annotated[str, _text("--from", _("DAY"), _("Leads from this local day on."))] = "",
    end: Annotated[str, _text("--to", _("DAY"), _("Leads before this local day."))] = "",
    csv: Annotated[str, _text("--csv", _("FILE"), _("Write a row for every lead to FILE."))] = "",
    csv_for: Annotated[str, csv_for_option()] = "",
    html: Annotated[str, _text("--html", _("FILE"), _("Write one page with a chart to FILE."))] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Replay, and show; files that were asked for are named on standard error."""
    from accord.readmodel.opening import open_source
    from accord.replay.run import replay
    from accord.report.envelope import dumps, envelope
    from accord.report.look import Look
    from accord.report.replay.answer import replay_csv, replay_json
    from accord.report.replay.text import replay_text
    from accord.workspace import Workspace

    check_choice("--csv-for", csv_for, READERS)
    file = draft_named(draft, file)
    if file is not None and version:
        raise UsageError(_("--file and --version both say what to replay: give one of them."))
    place = Workspace(existing(workspace))
    agreement = _draft(place, file, version)
    moment = moment_asked(place, as_of)
    first, last = days_asked(start, end)
    with open_source(place, moment) as source:
        done = replay(place, source, agreement, version=place.version_in_force, start=first, end=last)
    if csv:
        reader = reader_of(csv, csv_for)
        write_file(csv, replay_csv(done, reader), reader)
    if html:
        from accord.report.replay.page import replay_page

        write_file(html, replay_page(done))
    if as_json:
        held = place.agreement
        print_for_programs(dumps(envelope(held.name, held.version, done.as_of, replay_json(done))))
    elif not (csv or html):
        sys.stdout.write(replay_text(done, Look.of(sys.stdout, os.environ)))


def _draft(place: Workspace, file: Path | None, version: str) -> Agreement:
    from accord.agreement.load import load_agreement
    from accord.signing.looking import agreement_called

    if version:
        return agreement_called(place, version).agreement
    if file is None:
        return place.file.agreement
    if not file.exists():
        raise UsageError(_("{path} is not there. Name a file that is.").format(path=file))
    return load_agreement(file).agreement
