"""``accord agreement propose | sign | history | diff``: from a draft to the agreement in force, and what changed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.drafts import draft_argument, draft_named, draft_option
from accord.cli.options import HERE, existing, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.language import gettext as _
from accord.typed import as_typed

if TYPE_CHECKING:
    from accord.agreement.model import Agreement
    from accord.agreement.versions import AgreementVersion
    from accord.values import Json
    from accord.workspace import Workspace

__all__ = ["add_to"]


def add_to(group: Program) -> None:
    """Add the commands to the group ``agreement``."""
    group.command("diff", help=_("Say in words what changes from one version to another."))(diff)
    group.command("propose", help=_("Make the draft a version that both sides can sign."))(propose)
    group.command("sign", help=_("Sign a proposed version; once both sides have, it is in force."))(sign)
    group.command("history", help=_("List the versions: who signed when, and what was in force from when to when."))(
        history
    )


def propose(
    draft: Annotated[Path | None, draft_argument()] = None,
    *,
    file: Annotated[Path | None, draft_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Propose, and show what both sides would sign against what holds now."""
    from accord.agreement.diff import changes
    from accord.report.agreement.changes import changes_json, changes_text
    from accord.report.look import Look
    from accord.signing.propose import propose as propose_file
    from accord.workspace import Workspace

    place = Workspace(existing(workspace))
    done = propose_file(place, draft_named(draft, file))
    differences = changes(done.before, done.agreement) if done.in_force else ()
    if as_json:
        data: dict[str, Json] = {"new": done.is_new, "against": _label(done.in_force)}
        _print(place, {**_version_json(place, done.version), **data, "changes": changes_json(differences)})
        return
    version, digest = done.version.version, done.version.digest
    if not done.is_new:
        typer.echo(
            _("Version {version} was proposed before and says the same: nothing has changed.").format(version=version)
        )
    else:
        typer.echo(_("Proposed: version {version}, digest {digest}.").format(version=version, digest=digest))
    if done.in_force is not None and differences:
        typer.echo(
            _("What changes against version {version}, which is in force:").format(version=done.in_force.version)
        )
        typer.echo(changes_text(differences, Look.of(sys.stdout, os.environ)), nl=False)
    for side in done.version.missing:
        command = as_typed("agreement sign", "--side", side, "--version", version)
        typer.echo(_("To sign it: {command}").format(command=f'{command} --name "…"'))


def sign(
    side: Annotated[
        str, typer.Option("--side", metavar="marketing|sales", show_default=False, help=_("The side that signs."))
    ],
    name: Annotated[
        str, typer.Option("--name", metavar=_("NAME"), show_default=False, help=_("Who signs for that side."))
    ],
    *,
    version: Annotated[
        str,
        typer.Option(
            "--version",
            metavar=_("VERSION"),
            show_default=False,
            help=_("The proposed version to sign (default: the one that accord.yaml is)."),
        ),
    ] = "",
    digest: Annotated[
        str,
        typer.Option(
            "--digest",
            metavar=_("DIGEST"),
            show_default=False,
            help=_("The digest of the exact content to sign, or its beginning."),
        ),
    ] = "",
    note: Annotated[
        str,
        typer.Option("--note", metavar=_("TEXT"), show_default=False, help=_("A remark that is kept beside it.")),
    ] = "",
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Sign, and show what was signed against what held before."""
    from accord.agreement.diff import changes
    from accord.report.agreement.changes import changes_json, changes_text
    from accord.report.look import Look
    from accord.signing.sign import side_name
    from accord.signing.sign import sign as sign_version
    from accord.workspace import Workspace

    place = Workspace(existing(workspace))
    done = sign_version(place, side, name, note=note, version=version or None, digest=digest or None)
    before = done.before if done.was_in_force else None
    differences = changes(before, done.agreement) if before else ()
    if as_json:
        data: dict[str, Json] = {"takes_effect": done.takes_effect, "against": _label(done.was_in_force)}
        _print(
            Workspace(existing(workspace)),
            {
                **_version_json(Workspace(existing(workspace)), done.version),
                **data,
                "changes": changes_json(differences),
            },
        )
        return
    label = done.version.version
    if done.was_in_force is not None and differences:
        typer.echo(
            _("Version {version} against {current}, which was in force:").format(
                version=label, current=done.was_in_force.version
            )
        )
        typer.echo(changes_text(differences, Look.of(sys.stdout, os.environ)), nl=False)
    message = _("Signed for {side} by {name}: version {version}, digest {digest}.")
    typer.echo(
        message.format(
            side=side_name(done.signature.side), name=done.signature.name, version=label, digest=done.version.digest
        )
    )
    if done.takes_effect:
        typer.echo(_("Both sides have signed: version {version} is in force from now on.").format(version=label))
    else:
        missing = side_name(done.version.missing[0])
        typer.echo(_("It takes effect when {side} has signed it too.").format(side=missing))


def history(
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """List the versions."""
    from accord.report.agreement.versions import history_json, history_text
    from accord.report.look import Look
    from accord.workspace import Workspace

    place = Workspace(existing(workspace))
    if as_json:
        _print(place, history_json(place.register))
        return
    look = Look.of(sys.stdout, os.environ)
    sys.stdout.write(history_text(place.register, place.agreement.timezone, look))


def diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar=_("[BEFORE]"),
            show_default=False,
            help=_("A version, the beginning of its digest, or a file (default: the version in force)."),
        ),
    ] = "",
    after: Annotated[
        str,
        typer.Argument(metavar=_("[AFTER]"), show_default=False, help=_("Likewise (default: accord.yaml).")),
    ] = "",
    *,
    as_json: Annotated[bool, json_option()] = False,
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Say what changes, in words."""
    from accord.agreement.diff import changes
    from accord.report.agreement.changes import changes_json, changes_text
    from accord.report.look import Look
    from accord.workspace import Workspace

    place = Workspace(existing(workspace))
    old, old_name = _named(place, before) if before else _usual(place)
    new, new_name = _named(place, after) if after else (place.file.agreement, place.file.path.name)
    differences = changes(old, new)
    if as_json:
        _print(place, {"before": _ends(old), "after": _ends(new), "changes": changes_json(differences)})
        return
    typer.echo(_("From {before} to {after}:").format(before=old_name, after=new_name))
    typer.echo(changes_text(differences, Look.of(sys.stdout, os.environ)), nl=False)


def _usual(place: Workspace) -> tuple[Agreement, str]:
    """What a draft is compared with: the version in force, else the one proposed last, else the defaults."""
    from accord.agreement.model import Agreement
    from accord.signing.looking import whole

    known = place.version_in_force or (place.register.versions[-1] if place.register.versions else None)
    return (whole(place, known).agreement, known.version) if known else (Agreement(), _("the defaults"))


def _named(place: Workspace, name: str) -> tuple[Agreement, str]:
    """A version by its label or digest; else a file."""
    from accord.agreement.load import load_agreement
    from accord.signing.looking import agreement_called

    if place.register.labelled(name) is None and Path(name).is_file():
        return load_agreement(Path(name)).agreement, name
    found = agreement_called(place, name)
    return found.agreement, found.version.version


def _ends(agreement: Agreement) -> dict[str, Json]:
    from accord.agreement.load import agreement_digest

    return {"name": agreement.name, "version": agreement.version, "digest": agreement_digest(agreement)}


def _label(version: AgreementVersion | None) -> Json:
    return version.version if version else None


def _version_json(place: Workspace, version: AgreementVersion) -> dict[str, Json]:
    from accord.report.agreement.versions import version_json

    return version_json(version, place.register.span_of(version.digest))


def _print(place: Workspace, data: dict[str, Json]) -> None:
    from accord.report.envelope import dumps, envelope

    agreement = place.agreement
    print_for_programs(dumps(envelope(agreement.name, agreement.version, None, data)))
