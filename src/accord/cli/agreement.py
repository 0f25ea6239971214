"""``accord init`` and ``accord agreement``: write the agreement, check it, read it, and its JSON Schema."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import HERE, json_option, workspace_option
from accord.cli.program import Program
from accord.errors import AccordError, AgreementError, UsageError, WorkspaceError
from accord.language import current_language
from accord.language import gettext as _
from accord.values import Json

__all__ = ["register"]

FILE = "accord.yaml"


def register(app: Program) -> None:
    """Add the commands to the program."""
    app.command("init", help=_("Write a commented accord.yaml to begin with."))(init)
    group = Program(help=_("Check the agreement, read it, or print its JSON Schema."))
    group.command("check", help=_("Say everything that is wrong with the agreement, with lines."))(check)
    group.command("show", help=_("Show what the agreement says, and where it differs from the defaults."))(show)
    group.command("schema", help=_("Print the JSON Schema of accord.yaml, for editors and other programs."))(schema)
    app.add_typer(group, name="agreement")


def init(
    workspace: Annotated[Path, workspace_option()] = HERE,
    force: Annotated[
        bool, typer.Option("--force", show_default=False, help=_("Replace the accord.yaml that is there."))
    ] = False,
) -> None:
    """Write the template in the language in use; what is there already stays, unless forced."""
    from accord.agreement.packaged import template
    from accord.report.files import write_whole

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
    write_whole(path, template(current_language()))
    typer.echo(
        _("Wrote {path}: every key with its default. Edit it, then run accord agreement check.").format(path=path)
    )


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
    from accord.agreement.load import load_agreement
    from accord.agreement.notes import notes
    from accord.clock import local_date

    path = file or workspace / FILE
    if not path.exists():
        if file is not None:
            raise UsageError(_("{path} is not there. Name a file that is.").format(path=path))
        typer.echo(
            _("{path} is not there, so the defaults hold. accord init writes a file to begin with.").format(path=path)
        )
        return
    loaded = load_agreement(path)
    columns, has_data = _columns(workspace)
    unknown = column_faults(loaded, columns)
    if unknown and has_data:
        raise AgreementError(*unknown)
    typer.echo(
        _("{path} holds: {name}, version {version}, digest {digest}.").format(
            path=path, name=loaded.agreement.name, version=loaded.agreement.version, digest=loaded.digest[:12]
        )
    )
    today = local_date(datetime.now(UTC).replace(tzinfo=None), loaded.agreement.timezone)
    for note in notes(loaded.agreement, today):
        typer.echo(f"- {note}")
    for fault in unknown:
        typer.echo(f"- {fault} {_('Nothing is imported yet, so nobody can tell.')}")


def _columns(workspace: Path) -> tuple[dict[str, bool], bool]:
    """What a segment or a promise may name, with whether it is true or false; and whether there are data to ask."""
    from accord.metrics.cells import HANDOFF_DIMENSIONS
    from accord.store.database import open_store
    from accord.tables.schema import Type, table_named
    from accord.workspace import Workspace

    known = {column.name: column.type is Type.BOOLEAN for column in table_named("leads").columns}
    known |= dict.fromkeys(HANDOFF_DIMENSIONS, False)
    try:
        with open_store(Workspace(workspace).database_url, read_only=True) as store:
            extra = {name: kind is Type.BOOLEAN for name, kind in store.lead_columns().items()}
            return {**extra, **known}, store.position() > 0
    except AccordError:
        return known, False


def show(
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Every key with its value, and the default where it differs."""
    from accord.agreement.listing import content, entries
    from accord.agreement.load import load_agreement
    from accord.report.envelope import dumps, envelope

    loaded = load_agreement(workspace / FILE)
    agreement = loaded.agreement
    listed = list(entries(agreement))
    if as_json:
        differs: list[Json] = [entry.key for entry in listed if entry.differs]
        data: dict[str, Json] = {"digest": loaded.digest, "differs": differs, "agreement": content(agreement)}
        typer.echo(dumps(envelope(agreement.name, agreement.version, None, data)), nl=False)
        return
    width = max(len(entry.key) for entry in listed)
    for entry in listed:
        usual = _("(default: {value})").format(value=entry.default or _("empty")) if entry.differs else ""
        typer.echo(f"{entry.key:{width}}  {entry.value}  {usual}".rstrip())
    typer.echo(_("Digest: {digest}").format(digest=loaded.digest))


def schema() -> None:
    """The published JSON Schema."""
    from accord.agreement.packaged import published_schema

    typer.echo(published_schema(), nl=False)
