"""``accord init`` and ``accord agreement``: write the agreement, check it, read it, and its JSON Schema."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import agreement_replay, agreement_test, agreement_versions
from accord.cli.options import HERE, existing, json_option, workspace_option
from accord.cli.program import Program
from accord.errors import AccordError, AgreementError, UsageError, WorkspaceError
from accord.language import current_language
from accord.language import gettext as _
from accord.typed import as_typed
from accord.values import Json

if TYPE_CHECKING:
    from accord.agreement.load import AgreementFile
    from accord.agreement.model import Agreement
    from accord.workspace import Workspace

__all__ = ["register"]

FILE = "accord.yaml"


def register(app: Program) -> None:
    """Add the commands to the program."""
    app.command("init", help=_("Write a commented accord.yaml to begin with."))(init)
    group = Program(help=_("Check the agreement, read it, or print its JSON Schema."))
    group.command("check", help=_("Say everything that is wrong with the agreement, with lines."))(check)
    group.command("show", help=_("Show what the agreement says, in sentences; every key with --keys."))(show)
    agreement_versions.add_to(group)
    agreement_test.add_to(group)
    agreement_replay.add_to(group)
    group.command("schema", help=_("Print the JSON Schema of accord.yaml, for editors and other programs."))(schema)
    app.add_typer(group, name="agreement")


def init(
    workspace: Annotated[Path, workspace_option()] = HERE,
    force: Annotated[
        bool, typer.Option("--force", show_default=False, help=_("Replace the accord.yaml that is there."))
    ] = False,
    name: Annotated[
        str,
        typer.Option(
            "--template",
            metavar=_("NAME"),
            show_default=False,
            help=_("Begin with a ready-made qualification: bant, five-axes, icp-intent or minimal."),
        ),
    ] = "",
    listing: Annotated[
        bool, typer.Option("--list", show_default=False, help=_("List the ready-made qualifications, and stop."))
    ] = False,
) -> None:
    """Write the template in the language in use; what is there already stays, unless forced."""
    from accord.agreement.packaged import READY_MADE, ready_made, template
    from accord.report.files import write_whole

    if listing:
        for known, meaning in READY_MADE.items():
            typer.echo(f"{known:{max(map(len, READY_MADE))}}  {_(meaning)}")
        return
    text = ready_made(name, current_language()) if name else template(current_language())
    path = workspace / FILE
    if path.exists() and not force:
        raise WorkspaceError(
            _("{path} is there already. Edit it, or write it anew with --force: what it says now is lost then.").format(
                path=path
            )
        )
    try:
        workspace.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{path}: the folder cannot be made ({reason}). Name another one.")
        raise WorkspaceError(message.format(path=workspace, reason=error.strerror)) from error
    write_whole(path, text)
    check_it, score_it = as_typed("agreement check"), as_typed("score")
    said = _("Written: {path}, every key with its default. Edit it, then: {check}")
    if name:
        said = _("Written: {path}, with the qualification {name}. Edit it, then: {check} and {score}")
    typer.echo(said.format(path=path, name=name, check=check_it, score=score_it))


def check(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar=_("FILE"), show_default=False, help=_("The file (default: the workspace's accord.yaml).")
        ),
    ] = None,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Load the file: every fault is said by the error; else say what holds, and what to look at."""
    from accord.agreement.columns import column_faults
    from accord.agreement.fields import field_faults
    from accord.agreement.load import load_agreement
    from accord.agreement.named import with_names
    from accord.agreement.notes import notes
    from accord.agreement.versions import Register
    from accord.clock import local_date
    from accord.report.agreement.versions import standing_words
    from accord.signing.known_columns import known_columns
    from accord.signing.known_kinds import KNOWN_WORDS, known_kinds
    from accord.signing.looking import whole
    from accord.signing.propose import contradiction
    from accord.store.agreements import AlteredError
    from accord.workspace import Workspace

    path = file or existing(workspace) / FILE
    if not path.exists():
        if file is not None:
            raise UsageError(_("{path} is not there. Name a file that is.").format(path=path))
        typer.echo(
            _("{path} is not there, so the defaults hold. {init} writes a file to begin with.").format(
                path=path, init=as_typed("init")
            )
        )
        return
    place = Workspace(workspace)
    columns, has_data = known_columns(place)
    kinds, _own = known_kinds(place)
    try:
        loaded = load_agreement(path)
    except AgreementError as error:
        raise with_names(error, path, columns if has_data else None, kinds) from error
    unknown = (*column_faults(loaded, columns), *field_faults(loaded, kinds, KNOWN_WORDS))
    register, away = Register(), ""  # the file can be checked where its database is out of reach
    try:
        register = place.register
    except AlteredError:
        raise
    except AccordError as error:
        away = str(error)
    for version in register.versions:
        whole(place, version)  # says so where what was signed has been tampered with
    faults = [fault for fault in (contradiction(register, loaded), *(unknown if has_data else ())) if fault]
    if faults:
        raise AgreementError(*faults)
    typer.echo(
        _("{path} holds: {name}, version {version}, digest {digest}.").format(
            path=path, name=loaded.agreement.name, version=loaded.agreement.version, digest=loaded.digest[:12]
        )
    )
    if away:  # not "nobody has signed it": that is what could not be looked up
        typer.echo(f"- {_('What is signed, and what the data hold, could not be looked up:')} {away}")
    else:
        typer.echo(f"- {standing_words(register, loaded)}")
    today = local_date(datetime.now(UTC).replace(tzinfo=None), loaded.agreement.timezone)
    for note in notes(loaded.agreement, today):
        typer.echo(f"- {note}")
    for fault in () if away else unknown:
        typer.echo(f"- {fault} {_('Nothing is imported yet, so nobody can tell.')}")
    for said in _unheard(place, loaded) if has_data else ():
        typer.echo(f"- {said}")


def _unheard(place: Workspace, loaded: AgreementFile) -> list[str]:
    """What the agreement names and the data never say; nothing where they are out of reach."""
    from accord.engines.duckdb import DuckDBEngine
    from accord.ingest.foresee import current_rows
    from accord.qualification.unheard import unheard_words
    from accord.signing.warehouse import warehouse_of

    try:
        with warehouse_of(place) as elsewhere:
            if elsewhere is not None:
                return unheard_words(loaded, elsewhere)
        generation = current_rows(place)
        if generation is None:
            return []
        engine = DuckDBEngine(generation.relations)
        try:
            return unheard_words(loaded, engine)
        finally:
            engine.close()
    except AccordError:
        return []


def show(
    version: Annotated[
        str,
        typer.Option(
            "--version",
            metavar=_("VERSION"),
            show_default=False,
            help=_("A version, or the beginning of its digest (default: what accord.yaml says)."),
        ),
    ] = "",
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar=_("TIME"), show_default=False, help=_("The version that was in force at that moment.")
        ),
    ] = "",
    *,
    keys: Annotated[
        bool,
        typer.Option(
            "--keys", show_default=False, help=_("Every key with its value, and the default where it differs.")
        ),
    ] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """In sentences; with ``--keys`` every key with its value, and the default where it differs."""
    from accord.agreement.listing import content, entries
    from accord.agreement.load import agreement_digest
    from accord.report.agreement.said import agreement_text
    from accord.report.envelope import dumps, envelope
    from accord.report.look import Look

    agreement = _shown(existing(workspace), version, at)
    digest = agreement_digest(agreement)
    if not (keys or as_json):
        sys.stdout.write(agreement_text(agreement, digest, Look.of(sys.stdout, os.environ)))
        return
    listed = list(entries(agreement))
    if as_json:
        differs: list[Json] = [entry.key for entry in listed if entry.differs]
        data: dict[str, Json] = {"digest": digest, "differs": differs, "agreement": content(agreement)}
        typer.echo(dumps(envelope(agreement.name, agreement.version, None, data)), nl=False)
        return
    width = max(len(entry.key) for entry in listed)
    for entry in listed:
        usual = _("(default: {value})").format(value=entry.default or _("empty")) if entry.differs else ""
        typer.echo(f"{entry.key:{width}}  {entry.value}  {usual}".rstrip())
    typer.echo(_("Digest: {digest}").format(digest=digest))


def _shown(workspace: Path, version: str, at: str) -> Agreement:
    """The agreement that the options name."""
    from accord.agreement.load import load_agreement
    from accord.clock import parse_as_of
    from accord.signing.looking import agreement_at, agreement_called
    from accord.workspace import Workspace

    if version and at:
        raise UsageError(_("--version and --at both say which version: give one of them."))
    place = Workspace(workspace)
    if version:
        return agreement_called(place, version).agreement
    if not at:
        return load_agreement(workspace / FILE).agreement
    found = agreement_at(place, parse_as_of(at, place.agreement.timezone).replace(tzinfo=UTC))
    if found is None:
        raise AgreementError(_("No version was in force at {at}: both sides had signed none yet.").format(at=at))
    return found.agreement


def schema() -> None:
    """The published JSON Schema."""
    from accord.agreement.packaged import published_schema

    typer.echo(published_schema(), nl=False)
