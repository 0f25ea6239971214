"""A workspace: the folder that holds one company's agreement, its database and the read model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from accord.agreement.load import AgreementFile, WorkspaceSettings, agreement_of, load_agreement, settings_alone
from accord.agreement.model import Agreement
from accord.agreement.versions import AgreementVersion, Register
from accord.errors import AgreementError
from accord.store.agreements import Kept, kept

__all__ = ["Workspace"]


@dataclass(frozen=True)
class Workspace:
    """Where everything of one company stands. Nothing is created until something is imported.

    ``accord.yaml`` is the agreement (optional: the contract's defaults hold without it) until a version of it was
    signed by both sides; from then on it is the draft of the next. ``accord.db`` is the SQLite database unless
    ``ACCORD_DATABASE`` or the file's ``workspace: {database: …}`` names a PostgreSQL address, ``readmodel/`` the
    derived copies that figures are computed from. What was read once holds for as long as this object lives.
    """

    root: Path

    @cached_property
    def file(self) -> AgreementFile:
        """The agreement file, or the defaults where there is none; ``AgreementError`` with all faults."""
        return load_agreement(self.root / "accord.yaml")

    @cached_property
    def file_fault(self) -> AgreementError | None:
        """What is wrong with the file; None where it can be read."""
        try:
            _read = self.file
        except AgreementError as error:
            return error
        return None

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement in force: the version that both sides signed last, or the file where none is signed.

        ``AgreementError`` with all faults of the file where it is the file. A signed version holds whatever is wrong
        with the file, which is a draft then.
        """
        if self.version_in_force is None or self._kept.content is None:
            return self.file.agreement
        if self.file_fault is None and self.digest == self.file.digest:
            return self.file.agreement
        return agreement_of(self._kept.content)

    @property
    def digest(self) -> str:
        """Digest of the agreement in force."""
        return self.version_in_force.digest if self.version_in_force else self.file.digest

    @property
    def version_in_force(self) -> AgreementVersion | None:
        """The signed version that figures follow; None where they follow the file."""
        return self.register.in_force()

    @property
    def register(self) -> Register:
        """Every version of the agreement that was proposed; ``WorkspaceError`` when the database cannot be read."""
        return self._kept.register

    @cached_property
    def _kept(self) -> Kept:
        return kept(self.database_url)

    @property
    def database_url(self) -> str:
        """``sqlite:///<absolute path>`` or ``postgresql://…``; the environment wins over the file."""
        url = os.environ.get("ACCORD_DATABASE") or self._settings.database
        if url:
            return url
        return f"sqlite:///{quote(str((self.root / 'accord.db').resolve()))}"

    @property
    def engine_url(self) -> str:
        """``duckdb`` (over the read model) or the address of the engine where views of the contract's shape stand."""
        return os.environ.get("ACCORD_ENGINE") or self._settings.engine

    @cached_property
    def _settings(self) -> WorkspaceSettings:
        if self.file_fault is None:
            return self.file.workspace
        settings = settings_alone(self.root / "accord.yaml")
        if settings is None:
            raise self.file_fault
        return settings

    @property
    def readmodel(self) -> Path:
        """The folder of derived files; deleting it costs a rebuild and nothing else."""
        return self.root / "readmodel"
