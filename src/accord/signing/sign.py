"""Signing: one side's yes to one exact content. The second side's makes it the agreement in force, from that moment."""

from __future__ import annotations

from dataclasses import dataclass

from accord.agreement.findings import nearest
from accord.agreement.load import AgreementFile, agreement_of
from accord.agreement.model import Agreement
from accord.agreement.versions import SHORTEST_DIGEST, SIDES, AgreementVersion, Register, Side, Signature, Standing
from accord.errors import AgreementError, Fault, UsageError
from accord.language import gettext as _
from accord.signing.propose import contradiction
from accord.store.agreements import content_kept, record_signature, register_of
from accord.store.database import open_store
from accord.store.faults import translated
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = ["Signed", "side_name", "sign"]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that is kept for good, and what it did.

    ``version`` carries it; ``agreement`` is what was signed, ``before`` what figures followed until then, under the
    signed version ``was_in_force`` (None: they followed the file). ``takes_effect``: both sides have signed now.
    """

    version: AgreementVersion
    signature: Signature
    agreement: Agreement
    was_in_force: AgreementVersion | None
    before: Agreement
    takes_effect: bool


def side_name(side: Side) -> str:
    """What a side is called in the middle of a sentence."""
    return _("marketing") if side == "marketing" else _("sales")


def sign(
    workspace: Workspace, side: str, name: str, *, note: str = "", version: str | None = None, digest: str | None = None
) -> Signed:
    """Sign a proposed version for ``side`` in the name of ``name``. Durable when it returns.

    ``version`` or ``digest`` (its beginning is enough) say which; without them it is the one that ``accord.yaml`` is.
    Raises ``UsageError`` for arguments that make no sense, ``AgreementError`` when that content was never proposed,
    when the file carries the label and says something else, and when the side has signed it already.
    """
    chosen_side = _side(side)
    if not name.strip():
        raise UsageError(_('A signature needs a name: --name "Ann Martin".'))
    if not workspace.register.versions:
        _nothing_proposed(workspace.file)
    with open_store(workspace.database_url, create=True) as store, translated(store.session.address):
        session = store.session
        with session.writing():
            session.order_commits()
            register = register_of(session)
            chosen = _chosen(register, workspace.file, version, digest)
            if (there := chosen.signature(chosen_side)) is not None:
                message = _("Version {version} is already signed by {side}: {name}, on {day}. Nothing was changed.")
                values = {"version": chosen.version, "side": side_name(chosen_side), "name": there.name}
                raise AgreementError(message.format(**values, day=there.signed_at.date()))
            _two_people(chosen, chosen_side, name.strip())
            content, _source = content_kept(session, chosen.digest)
            record_signature(session, chosen.digest, chosen_side, name.strip(), note.strip())
        now = register_of(session)
    signed = next(now.with_digest(chosen.digest))
    signature = signed.signature(chosen_side)
    assert signature is not None
    return Signed(
        version=signed,
        signature=signature,
        agreement=agreement_of(content),
        was_in_force=workspace.version_in_force,
        before=workspace.agreement,
        takes_effect=not signed.missing,
    )


def _side(side: str) -> Side:
    for known in SIDES:
        if known == side:
            return known
    hint = nearest(side, SIDES)
    message = _("--side cannot be {side}: it is marketing or sales.").format(side=side)
    raise UsageError(f"{message} {hint}" if hint else message)


def _two_people(version: AgreementVersion, side: Side, name: str) -> None:
    """An agreement is between two: whoever signed for one side cannot sign for the other."""
    for other in SIDES:
        there = version.signature(other)
        if other != side and there is not None and there.name.casefold() == name.casefold():
            message = _(
                "{name} has signed version {version} for {other} already, and nobody signs for both sides. Somebody of "
                "{side} has to sign it; nothing was signed."
            )
            values = {"name": name, "version": version.version}
            raise AgreementError(message.format(**values, other=side_name(other), side=side_name(side)))


def _nothing_proposed(file: AgreementFile) -> None:
    message = _("No version was proposed yet, so there is nothing to sign.")
    hint = _("First: {command}").format(command=as_typed("agreement propose"))
    raise AgreementError(Fault(message, str(file.path), hint=hint))


def _chosen(register: Register, file: AgreementFile, version: str | None, digest: str | None) -> AgreementVersion:
    if digest is not None:
        return _by_digest(register, version, digest)
    if version is not None:
        return _by_label(register, file, version)
    standing = register.standing(file.agreement.version, file.digest)
    if standing is Standing.CONTRADICTS:
        fault = contradiction(register, file)
        assert fault is not None
        raise AgreementError(fault)
    if standing is Standing.DRAFT:
        message = _("What the file says (version {version}) was not proposed, so it cannot be signed.")
        hint = _("Propose it first: {command}")
        waiting = [known.version for known in register.versions if known.missing]
        if waiting:
            hint = _("Propose it first ({command}), or sign what waits for it: {known}.")
        options = ", ".join(f"--version {label}" for label in waiting)
        hint = hint.format(command=as_typed("agreement propose"), known=options)
        raise AgreementError(Fault(message.format(version=file.agreement.version), str(file.path), None, hint))
    return next(register.with_digest(file.digest))


def _by_digest(register: Register, version: str | None, digest: str) -> AgreementVersion:
    if len(digest) < SHORTEST_DIGEST:
        message = _("--digest {digest} is too short to be sure: give at least its first {n} characters.")
        raise UsageError(message.format(digest=digest, n=SHORTEST_DIGEST))
    found = list(register.with_digest(digest))
    if len(found) != 1:
        message = _("No proposed version has the digest {digest}: nothing was signed. Proposed are: {known}.")
        known = ", ".join(f"{known.version} ({known.digest[:12]})" for known in register.versions)
        raise AgreementError(message.format(digest=digest, known=known))
    if version is not None and found[0].version != version:
        message = _("The digest {digest} is that of version {found}, not of {version}: nothing was signed.")
        raise AgreementError(message.format(digest=digest, found=found[0].version, version=version))
    return found[0]


def _by_label(register: Register, file: AgreementFile, version: str) -> AgreementVersion:
    known = register.labelled(version)
    if known is None:
        message = _("Version {version} was never proposed, so it cannot be signed.").format(version=version)
        labels = [each.version for each in register.versions]
        hint = nearest(version, labels) or _("Proposed are: {known}.").format(known=", ".join(labels))
        raise AgreementError(f"{message} {hint}")
    if file.agreement.version == version and file.digest != known.digest:
        message = _(
            "The file is labelled {version} too, but says something else than what was proposed under that version."
        )
        hint = _("{diff} shows what differs. To sign what was proposed all the same: --digest {digest}.")
        raise AgreementError(
            Fault(
                message.format(version=version),
                str(file.path),
                file.line(("version",)),
                hint.format(diff=as_typed("agreement diff", version), digest=known.digest[:12]),
            )
        )
    return known
