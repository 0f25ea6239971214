"""``accord agreement test``: the examples beside the agreement, run against what it says."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.options import HERE, existing, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.tables.schema import Type
    from accord.workspace import Workspace

__all__ = ["add_to"]

EXAMPLES = "accord-tests.yaml"


def add_to(group: Program) -> None:
    """Add the command to the group ``agreement``."""
    group.command("test", help=_("Run the examples that say which leads must qualify, and which must not."))(run_tests)


def run_tests(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar=_("FILE"),
            show_default=False,
            help=_("The examples (default: accord-tests.yaml beside the agreement)."),
        ),
    ] = None,
    version: Annotated[
        str,
        typer.Option(
            "--version",
            metavar=_("VERSION"),
            show_default=False,
            help=_("The version to test (default: what accord.yaml says)."),
        ),
    ] = "",
    *,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Run every example; exit code 1 when one does not hold."""
    from accord.qualification.example_file import load_examples
    from accord.qualification.examples import run_examples
    from accord.report.agreement.examples import examples_json, examples_text
    from accord.report.envelope import dumps, envelope
    from accord.report.look import Look
    from accord.scoring.rules import prepare
    from accord.signing.looking import agreement_called
    from accord.workspace import Workspace

    place = Workspace(existing(workspace))
    agreement = agreement_called(place, version).agreement if version else place.file.agreement
    rules = prepare(agreement)
    path = file or workspace / EXAMPLES
    reports = run_examples(rules, load_examples(path, rules, _lead_columns(place)))
    if as_json:
        data = examples_json(reports, str(path))
        print_for_programs(dumps(envelope(agreement.name, agreement.version, None, data)))
    else:
        sys.stdout.write(examples_text(reports, rules.kept, str(path), Look.of(sys.stdout, os.environ)))
    if any(report.missed for report in reports):
        raise typer.Exit(1)


def _lead_columns(place: Workspace) -> Mapping[str, Type]:
    """Columns of the leads that the contract does not know; none where nothing is imported yet."""
    from accord.errors import WorkspaceError
    from accord.store.database import open_store

    try:
        with open_store(place.database_url, read_only=True) as store:
            return store.lead_columns()
    except WorkspaceError:
        return {}
