"""Looking at versions: the agreement that a label, a digest or a moment stands for, whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accord.agreement.findings import nearest
from accord.agreement.load import agreement_of
from accord.agreement.model import Agreement
from accord.agreement.versions import SHORTEST_DIGEST, AgreementVersion
from accord.errors import AgreementError
from accord.language import gettext as _
from accord.store.agreements import content_kept
from accord.store.database import open_store
from accord.store.faults import translated
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = ["KeptAgreement", "agreement_at", "agreement_called", "whole"]


@dataclass(frozen=True, slots=True)
class KeptAgreement:
    """A version, the agreement it holds, and the text of the file it was proposed from."""

    version: AgreementVersion
    agreement: Agreement
    source: str


def agreement_called(workspace: Workspace, name: str) -> KeptAgreement:
    """The version with this label, or whose digest begins so; ``AgreementError`` when there is none."""
    register = workspace.register
    found = register.labelled(name)
    if found is None and len(name) >= SHORTEST_DIGEST:
        found = next(register.with_digest(name), None)
    if found is None:
        message = _("{name} is no version of this agreement.").format(name=name)
        labels = [version.version for version in register.versions]
        raise AgreementError(" ".join(filter(None, [message, nearest(name, labels), _there_are(workspace, labels)])))
    return whole(workspace, found)


def _there_are(workspace: Workspace, labels: list[str]) -> str:
    """Which versions there are, and what can be named besides."""
    if labels:
        return _("Proposed so far: {known}; {history} tells of each. A file can be named too.").format(
            known=", ".join(labels), history=as_typed("agreement history")
        )
    if workspace.file.path.exists():
        return _(
            "None was proposed yet: {propose} makes accord.yaml, version {version}, the first. Until then name files, "
            "or leave the version out."
        ).format(version=workspace.file.agreement.version, propose=as_typed("agreement propose"))
    return _("None was proposed yet, and there is no accord.yaml: {init} writes one to begin with.").format(
        init=as_typed("init")
    )


def agreement_at(workspace: Workspace, moment: datetime) -> KeptAgreement | None:
    """The version that was in force at ``moment`` (aware UTC); None before the first was signed by both sides."""
    found = workspace.register.in_force(moment)
    return whole(workspace, found) if found else None


def whole(workspace: Workspace, version: AgreementVersion) -> KeptAgreement:
    """All that is kept of ``version``."""
    with open_store(workspace.database_url, read_only=True) as store, translated(store.session.address):
        content, source = content_kept(store.session, version.digest)
    return KeptAgreement(version, agreement_of(content), source)
