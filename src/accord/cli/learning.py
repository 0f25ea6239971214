"""``accord learn``: what outcomes would change in the agreement, with the evidence, and how good the score is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.figure_options import html_option, say_written
from accord.cli.options import HERE, as_of_option, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import DataError, UsageError
from accord.language import gettext as _
from accord.typed import as_typed

if TYPE_CHECKING:
    from datetime import datetime

    from accord.learning.figures import LearningReport
    from accord.workspace import Workspace

__all__ = ["register"]


def register(app: Program) -> None:
    """Add the command."""
    app.command("learn", help=_("Propose a new version of the agreement from outcomes, with the evidence."))(learn)


def learn(
    *,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            metavar=_("NAMES"),
            show_default=False,
            help=_("What makes a lead good: acceptance, opportunity, win, or several at once (default: acceptance)."),
        ),
    ] = None,
    criteria: Annotated[
        int,
        typer.Option("--criteria", metavar="N", show_default=False, help=_("Change or add at most N (default: 15).")),
    ] = 15,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar=_("FILE"), show_default=False, help=_("Write the draft of the next version.")),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            metavar=_("FILE"),
            show_default=False,
            help=_("Learn from a plain table instead of the workspace: one row per lead, with its outcome."),
        ),
    ] = None,
    outcome_column: Annotated[
        str,
        typer.Option(
            "--outcome-column", metavar=_("COLUMN"), show_default=False, help=_("Of the table: how it turned out.")
        ),
    ] = "",
    good: Annotated[
        list[str] | None,
        typer.Option(
            "--good",
            metavar=_("VALUE"),
            show_default=False,
            help=_("Of the table: an outcome that is good; may be given again (default: yes, true, 1)."),
        ),
    ] = None,
    order_column: Annotated[
        str,
        typer.Option(
            "--order-column",
            metavar=_("COLUMN"),
            show_default=False,
            help=_("Of the table: a time, or a number that grows with it; the newest fifth judges."),
        ),
    ] = "",
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out",
            metavar=_("COLUMN"),
            show_default=False,
            help=_("Of the table: a column to ignore; may be given again."),
        ),
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            metavar=_("COLUMN"),
            show_default=False,
            help=_("Of the table: another score to hold the proposal against; may be given again."),
        ),
    ] = None,
    axis: Annotated[
        list[str] | None,
        typer.Option(
            "--axis",
            metavar=_("AXIS=COLUMN"),
            show_default=False,
            help=_(
                "Of the table: a column's axis (default: fit); on the others more is never worse. May be given again."
            ),
        ),
    ] = None,
    html: Annotated[
        str,
        html_option(_("Write one page with charts to FILE, ready to print.")),
    ] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
    json: Annotated[bool, json_option()] = False,
) -> None:
    """Learn, render, and write the draft where one was asked for."""
    if criteria < 1:
        raise UsageError(_("--criteria {n}: at least 1.").format(n=criteria))
    of_table = {
        "--outcome-column": outcome_column,
        "--order-column": order_column,
        "--good": good,
        "--leave-out": leave_out,
        "--compare": compare,
        "--axis": axis,
    }
    if table is None:
        given = [name for name, value in of_table.items() if value]
        if given:
            raise UsageError(_("{options} speak of a table: name it with --table.").format(options=", ".join(given)))
        _from_workspace(workspace, as_of, _outcomes(outcome), criteria, files=(write, html), json=json)
        return
    if outcome or as_of:
        raise UsageError(_("--outcome and --as-of speak of a workspace, not of a table. Leave them out."))
    absent = [name for name in ("--outcome-column", "--order-column") if not of_table[name]]
    if absent:
        raise UsageError(_("Learning from a table needs {options}.").format(options=", ".join(absent)))
    _from_table(
        table,
        criteria,
        columns=(outcome_column, order_column),
        lists=(good or [], leave_out or [], compare or []),
        axes=_axes(axis or []),
        files=(write, html),
        json=json,
    )


def _outcomes(said: list[str] | None) -> tuple[str, ...]:
    known = ("acceptance", "opportunity", "win")
    named = words(said) or ("acceptance",)
    for name in named:
        if name not in known:
            raise UsageError(
                _("--outcome {name} is not known. Allowed: {known}.").format(name=name, known=", ".join(known))
            )
    return named


def _axes(said: list[str]) -> dict[str, tuple[str, ...]]:
    axes: dict[str, tuple[str, ...]] = {}
    for one in said:
        axis, sign, column = one.partition("=")
        if not sign or not axis or not column:
            raise UsageError(_("--axis {said}: write it as engagement=COLUMN.").format(said=one))
        axes[axis] = (*axes.get(axis, ()), column)
    return axes


def _from_workspace(
    folder: Path, as_of: str, outcomes: tuple[str, ...], most: int, *, files: tuple[Path | None, str], json: bool
) -> None:
    from typing import cast

    from accord.learning.draft import amended_draft
    from accord.learning.from_workspace import learn_from_workspace
    from accord.learning.outcomes import OutcomeName
    from accord.readmodel.opening import open_source

    place = workspace_asked(folder)
    moment = moment_asked(place, as_of)
    with open_source(place, moment) as source:
        report = learn_from_workspace(place, source, cast("tuple[OutcomeName, ...]", outcomes), most)
        seen = source.as_of
    write, html = files
    _show(report, folder=folder, as_of=seen, json=json, instead=html)
    _page(html, report, place.agreement.name, (seen, place.agreement.timezone))
    if write is not None:
        text, without_edits = _text_learnt_from(place)
        labels = [version.version for version in place.register.versions]
        written = _write(write, report, lambda proposal: amended_draft(text, proposal, labels), folder)
        if written and without_edits:
            print(
                _(
                    "The draft changes version {version}, which is in force. What accord.yaml says otherwise is signed "
                    "by nobody and not in it; {diff} shows it."
                ).format(
                    version=place.agreement.version,
                    diff=as_typed("agreement diff", place.agreement.version, str(folder / "accord.yaml")),
                ),
                file=sys.stderr,
            )


def _text_learnt_from(place: Workspace) -> tuple[str | None, bool]:
    """The file of the agreement in force as it was written, and whether accord.yaml says something else by now."""
    from accord.signing.looking import whole

    version = place.version_in_force
    if version is not None and (place.file_fault is not None or place.digest != place.file.digest):
        return whole(place, version).source, True
    path = place.root / "accord.yaml"
    return (path.read_text(encoding="utf-8") if path.exists() else None), False


def _from_table(
    table: Path,
    most: int,
    *,
    columns: tuple[str, str],
    lists: tuple[list[str], list[str], list[str]],
    axes: dict[str, tuple[str, ...]],
    files: tuple[Path | None, str],
    json: bool,
) -> None:
    from accord.learning.draft import new_draft
    from accord.learning.from_table import learn_from_table
    from accord.learning.table import TableQuestion

    good, left_out, compared = (tuple(names) for names in lists)
    question = TableQuestion(columns[0], columns[1], good, left_out, compared, axes)
    report = learn_from_table(table, question, most)
    write, html = files
    _show(report, folder=None, as_of=None, json=json, instead=html)
    _page(html, report, table.name, (None, ""))
    if write is not None:
        _write(write, report, lambda proposal: new_draft(proposal, table.stem))


def _show(report: LearningReport, *, folder: Path | None, as_of: datetime | None, json: bool, instead: str) -> None:
    """Print the answer; ``instead``: the page that tells it, where one is written."""
    from accord.agreement.model import Agreement
    from accord.report.envelope import dumps
    from accord.report.learning.answer import learning_json
    from accord.report.learning.text import learning_text
    from accord.report.look import Look
    from accord.workspace import Workspace

    if json:
        agreement = Agreement() if folder is None else Workspace(folder).agreement
        print_for_programs(dumps(learning_json(report, agreement, as_of)))
    elif not instead:
        sys.stdout.write(learning_text(report, Look.of(sys.stdout, os.environ)))
    sys.stdout.flush()  # what follows on standard error comes after it


def _page(file: str, report: LearningReport, title: str, moment: tuple[datetime | None, str]) -> None:
    if not file:
        return
    from accord.report.files import write_whole
    from accord.report.learning.page import learning_page, moment_words

    write_whole(Path(file), learning_page(report, title, moment_words(*moment)))
    say_written(file)


def _write(file: Path, report: LearningReport, text: object, workspace: Path = HERE) -> bool:
    """Write the draft; whether there was anything to propose. ``DataError`` where there was too little to learn."""
    from accord.learning.figures import Proposal
    from accord.report.files import write_whole
    from accord.values import Unknown

    assert callable(text)
    proposal = report.proposal
    if isinstance(proposal, Unknown):
        from accord.report.learning.words import too_few_sentence

        message = _("{file} was not written. {why}").format(file=file, why=too_few_sentence(report, proposal))
        raise DataError(message)
    if not isinstance(proposal, Proposal) or not proposal.changes:
        print(_("{file} was not written: there is nothing to propose.").format(file=file), file=sys.stderr)
        return False
    write_whole(file, text(proposal))
    check_it = as_typed("agreement check", str(file))
    print(
        _("Written: {file}. Read it, then: {command}").format(file=file, command=check_it),
        file=sys.stderr,
    )
    return True
