"""Proposing: what the file says becomes a version with a label and a digest, which both sides can then sign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from accord.agreement.columns import column_faults
from accord.agreement.fields import field_faults
from accord.agreement.load import AgreementFile, canonical_content, load_agreement
from accord.agreement.model import Agreement
from accord.agreement.versions import AgreementVersion, Register
from accord.errors import AgreementError, Fault, UsageError
from accord.language import gettext as _
from accord.signing.known_columns import known_columns
from accord.signing.known_kinds import KNOWN_WORDS, known_kinds
from accord.store.agreements import record_version, register_of
from accord.store.database import open_store
from accord.store.faults import translated
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = ["Proposed", "contradiction", "propose"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed: the version, the agreement it holds, and the one that was in force (None: none was signed).

    ``is_new`` is False where the very same content was proposed before: nothing has changed then.
    """

    version: AgreementVersion
    agreement: Agreement
    in_force: AgreementVersion | None
    before: Agreement
    is_new: bool


def propose(workspace: Workspace, file: Path | None = None) -> Proposed:
    """Keep what ``file`` says (default: the workspace's ``accord.yaml``) as the version it is labelled with.

    Raises ``AgreementError`` with every fault of the file, when it has no version, names columns that no lead has, or
    its label belongs to other content; ``UsageError`` when there is no such file.
    """
    path = file or workspace.root / "accord.yaml"
    if not path.exists():
        message = _("{path} is not there. {init} writes a file to begin with.")
        raise UsageError(message.format(path=path, init=as_typed("init")))
    proposed = load_agreement(path) if file else workspace.file
    _fit_to_propose(workspace, proposed)
    with open_store(workspace.database_url, create=True) as store, translated(store.session.address):
        with store.session.writing():
            store.session.order_commits()
            register = register_of(store.session)
            if fault := contradiction(register, proposed):
                raise AgreementError(fault)
            is_new = not any(register.with_digest(proposed.digest))
            if is_new:
                agreement = proposed.agreement
                record_version(
                    store.session,
                    digest=proposed.digest,
                    name=agreement.name,
                    version=agreement.version,
                    content=canonical_content(agreement),
                    source=path.read_text(encoding="utf-8", errors="replace"),
                )
        register = register_of(store.session)
    version = next(register.with_digest(proposed.digest))
    return Proposed(version, proposed.agreement, workspace.version_in_force, workspace.agreement, is_new)


def contradiction(register: Register, file: AgreementFile) -> Fault | None:
    """What is wrong where the label of ``file`` belongs to a version that says something else; None where nothing."""
    known = register.labelled(file.agreement.version)
    if known is None or known.digest == file.digest:
        return None
    if known.signatures:
        message = _("Version {version} is signed and says something else; what is signed never changes.")
    else:
        message = _("Version {version} was proposed already and says something else; what is proposed never changes.")
    hint = _("Give the draft a new version. {diff} shows what differs.")
    return Fault(
        message.format(version=known.version),
        str(file.path),
        file.line(("version",)),
        hint.format(diff=as_typed("agreement diff", known.version)),
    )


def _fit_to_propose(workspace: Workspace, file: AgreementFile) -> None:
    faults = []
    if "version" not in file.agreement.model_fields_set or file.agreement.version == "0":
        if "version" in file.agreement.model_fields_set:
            message = _('Version "0" is that of the defaults, and cannot be signed.')
            hint = _('Write one of your own, such as version: "1".')
        else:
            message = _("The agreement has no version to sign it under.")
            hint = _('Add one at the top, such as version: "1".')
        faults.append(Fault(message, str(file.path), file.line(("version",)) or 1, hint))
    columns, has_data = known_columns(workspace)
    if has_data:
        kinds, _own = known_kinds(workspace)
        faults += [*column_faults(file, columns), *field_faults(file, kinds, KNOWN_WORDS)]
    if faults:
        raise AgreementError(*faults)
