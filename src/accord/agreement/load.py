"""Reading ``accord.yaml``: the agreement that marketing and sales signed, and where this workspace keeps its data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from accord.agreement.check import checked
from accord.agreement.model import Agreement, WorkspaceSettings
from accord.agreement.source import KeyPath, line_of, read_source
from accord.errors import AgreementError, Fault
from accord.language import gettext as _
from accord.language import ngettext

__all__ = [
    "AgreementFile",
    "WorkspaceSettings",
    "agreement_digest",
    "agreement_of",
    "canonical_content",
    "content_digest",
    "load_agreement",
    "settings_alone",
]


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """The agreement in force, the workspace's settings, the file they were read from, and the digest of what is signed.

    ``path`` is where the file is, or would be: without a file the contract's defaults hold. ``digest`` is the SHA-256
    (hexadecimal) of the canonical content, see :func:`agreement_digest`. ``lines``: where every key and item stands.
    """

    agreement: Agreement
    workspace: WorkspaceSettings
    path: Path
    digest: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    def line(self, path: KeyPath) -> int | None:
        """The line on which a key or an item stands, or else what holds it; None where the file does not name it."""
        return line_of(self.lines, path)


def agreement_digest(agreement: Agreement) -> str:
    """SHA-256, in hexadecimal, of what the agreement says, however it is written.

    Comments, the order of keys, and writing out a default change nothing: the content is what differs from the
    contract's defaults, as JSON with sorted keys and no spaces.
    """
    return content_digest(canonical_content(agreement))


def canonical_content(agreement: Agreement) -> str:
    """What is signed, as text: what differs from the contract's defaults, as JSON with sorted keys and no spaces."""
    content = agreement.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_digest(content: str) -> str:
    """SHA-256, in hexadecimal, of canonical content."""
    return hashlib.sha256(content.encode()).hexdigest()


def agreement_of(content: str) -> Agreement:
    """The agreement whose canonical content this is: the inverse of :func:`canonical_content`."""
    return Agreement.model_validate_json(content)


def load_agreement(path: Path) -> AgreementFile:
    """The agreement written in ``path``; the contract's defaults where there is no such file.

    Raises ``AgreementError`` with every fault of the file, in its order, each with its line.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        agreement = Agreement()
        return AgreementFile(agreement, WorkspaceSettings(), path, agreement_digest(agreement))
    except IsADirectoryError as error:
        hint = _("Name the file, or remove the folder.")
        raise AgreementError(Fault(_("This is a folder, not an agreement."), str(path), hint=hint)) from error
    except OSError as error:
        message = _("The agreement cannot be read ({reason}).").format(reason=error.strerror)
        raise AgreementError(Fault(message, str(path), hint=_("Check the permissions of the file."))) from error
    source = read_source(raw, str(path))
    document, faults = checked(source, str(path))
    if document is None or faults:
        message = ngettext("{path} has {n} fault:", "{path} has {n} faults:", len(faults))
        raise AgreementError(message.format(path=path, n=len(faults)), *faults)
    agreement = Agreement(**{name: getattr(document, name) for name in document.model_fields_set - {"workspace"}})
    return AgreementFile(agreement, document.workspace, path, agreement_digest(agreement), source.lines)


def settings_alone(path: Path) -> WorkspaceSettings | None:
    """Where the data of this workspace stand, from a file whose agreement may be at fault; None where nobody can tell.

    A file that is no YAML at all names a place only if the word ``workspace`` is in it.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    content = read_source(raw, str(path)).content
    if not isinstance(content, dict):
        return None if b"workspace" in raw else WorkspaceSettings()
    if "workspace" not in content:
        return WorkspaceSettings()
    try:
        return WorkspaceSettings.model_validate(content["workspace"], strict=True)
    except ValidationError:
        return None
