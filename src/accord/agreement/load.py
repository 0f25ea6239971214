"""Reading ``accord.yaml``: the agreement that marketing and sales signed, and where this workspace keeps its data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from accord.agreement.model import Agreement
from accord.errors import AgreementError, Fault
from accord.language import gettext as _

__all__ = ["AgreementFile", "WorkspaceSettings", "agreement_digest", "load_agreement"]


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """Where this workspace keeps its data; stands in the same file, but is nobody's promise and is never signed.

    ``database``: the address of a database (``postgresql://…``); None: ``accord.db`` in the workspace.
    ``engine``: ``duckdb`` over the read model, or the address where views of the contract's shape stand.
    """

    database: str | None = None
    engine: str = "duckdb"


@dataclass(frozen=True, slots=True)
class AgreementFile:
    """The agreement in force, the workspace's settings, the file they were read from, and the digest of what is signed.

    ``path`` is where the file is, or would be: without a file the contract's defaults hold. ``digest`` is the SHA-256
    (hexadecimal) of the canonical content, see :func:`agreement_digest`.
    """

    agreement: Agreement
    workspace: WorkspaceSettings
    path: Path
    digest: str


def agreement_digest(agreement: Agreement) -> str:
    """SHA-256, in hexadecimal, of what the agreement says, however it is written.

    Comments, the order of keys, and writing out a default change nothing: the content is what differs from the
    contract's defaults, as JSON with sorted keys and no spaces.
    """
    content = agreement.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def load_agreement(path: Path) -> AgreementFile:
    """The agreement written in ``path``; the contract's defaults where there is no such file.

    Raises ``AgreementError`` with every fault of the file, each with its line.
    """
    if not path.exists():
        agreement = Agreement()
        return AgreementFile(agreement, WorkspaceSettings(), path, agreement_digest(agreement))
    try:
        data: dict[str, Any] = YAML(typ="safe", pure=True).load(path) or {}
        workspace = WorkspaceSettings(**data.pop("workspace", {}))
        agreement = Agreement.model_validate(data)
    except (ValidationError, YAMLError, TypeError) as error:
        raise AgreementError(
            Fault(_("The agreement cannot be read: {error}").format(error=error), str(path))
        ) from error
    return AgreementFile(agreement, workspace, path, agreement_digest(agreement))
