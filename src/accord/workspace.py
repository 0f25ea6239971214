"""A workspace: the folder that holds one company's agreement, its database and the read model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from accord.agreement.load import AgreementFile, load_agreement
from accord.agreement.model import Agreement

__all__ = ["Workspace"]


@dataclass(frozen=True)
class Workspace:
    """Where everything of one company stands. Nothing is created until something is imported.

    ``accord.yaml`` is the agreement (optional: the contract's defaults hold without it), ``accord.db`` the SQLite
    database unless ``ACCORD_DATABASE`` or the file's ``workspace: {database: …}`` names a PostgreSQL address,
    ``readmodel/`` the derived copies that figures are computed from.
    """

    root: Path

    @cached_property
    def file(self) -> AgreementFile:
        """The agreement file, or the defaults where there is none; ``AgreementError`` with all faults."""
        return load_agreement(self.root / "accord.yaml")

    @property
    def agreement(self) -> Agreement:
        """The agreement in force."""
        return self.file.agreement

    @property
    def database_url(self) -> str:
        """``sqlite:///<absolute path>`` or ``postgresql://…``; the environment wins over the file."""
        url = os.environ.get("ACCORD_DATABASE") or self.file.workspace.database
        if url:
            return url
        return f"sqlite:///{quote(str((self.root / 'accord.db').resolve()))}"

    @property
    def engine_url(self) -> str:
        """``duckdb`` (over the read model) or the address of the engine where views of the contract's shape stand."""
        return os.environ.get("ACCORD_ENGINE") or self.file.workspace.engine

    @property
    def readmodel(self) -> Path:
        """The folder of derived files; deleting it costs a rebuild and nothing else."""
        return self.root / "readmodel"
