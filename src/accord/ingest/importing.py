"""The use case behind ``accord import``: files in, typed rows staged, all of them applied as one import or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from accord.errors import Fault, UsageError
from accord.ingest.apply import already_applied, apply_import
from accord.ingest.fingerprint import fingerprint_of
from accord.ingest.folding import nearest
from accord.ingest.foresee import current_rows, foresee
from accord.ingest.inputs import Candidate, PassedOver, find_files
from accord.ingest.mapping.load import MappingFile, load_mapping
from accord.ingest.mending import Quarantine, rows_waiting
from accord.ingest.outcome import ImportReport
from accord.ingest.passing import passing_folder
from accord.ingest.scan import engine
from accord.ingest.staged import Accounting
from accord.ingest.staging import Ears, Staged, stage_all
from accord.language import gettext as _
from accord.readmodel.generation import Generation
from accord.tables.schema import TABLES
from accord.workspace import Workspace

__all__ = ["Ears", "import_files", "rehearse"]


def import_files(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    table: str | None = None,
    mapping: Path | None = None,
    sheet: str | None = None,
    ears: Ears | None = None,
) -> ImportReport:
    """Import ``paths``, files or folders, as one import: figures see all of it or none of it.

    ``table``: what the files are, when neither name nor columns say so. ``mapping``: a mapping file. ``sheet``: of
    workbooks, only this one. Raises ``UsageError`` for an unknown table or a path that is not there, ``DataError``
    with every fault when a file cannot be used, ``WorkspaceError`` when the store cannot; nothing is changed then.
    """
    heard = ears or Ears()
    candidates, told, passed_over = _looked_at(paths, table, mapping)
    fingerprint = fingerprint_of(candidates, table, mapping, workspace.agreement.timezone, sheet)
    done_before = already_applied(workspace, fingerprint)
    if done_before is not None:
        return ImportReport(
            done_before,
            (),
            (_("These very files were imported before: nothing has changed."),),
            waiting=_waiting(workspace, done_before),
        )
    with _staged(workspace, candidates, table, told, heard, sheet=sheet) as (staged, _there, _folder):
        accounting = apply_import(
            workspace,
            [staging.staged for staging in staged.stagings],
            source=", ".join(str(path) for path in paths),
            progress=heard.writing,
            on_wait=heard.waiting,
            fingerprint=fingerprint,
            mends=staged.mended,
        )
    beside = (*passed_over, *staged.passed_over)
    return ImportReport(
        accounting,
        staged.files,
        staged.notes,
        recorded=staged.recorded,
        passed_over=beside,
        waiting=_waiting(workspace, accounting),
    )


def _waiting(workspace: Workspace, accounting: Mapping[str, Accounting]) -> int | None:
    """Rows that wait for a person, of the tables of which rows were refused just now."""
    refused = [table for table, account in accounting.items() if account.quarantined]
    return rows_waiting(workspace, refused) if refused else None


def rehearse(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    table: str | None = None,
    mapping: Path | None = None,
    sheet: str | None = None,
    ears: Ears | None = None,
) -> ImportReport:
    """Do everything that :func:`import_files` does but change anything, and say what it would have done."""
    candidates, told, passed_over = _looked_at(paths, table, mapping)
    with _staged(workspace, candidates, table, told, ears or Ears(), guess=True, sheet=sheet) as found:
        staged, there, folder = found
        accounting = foresee(there, [staging.staged for staging in staged.stagings], folder)
    beside = (*passed_over, *staged.passed_over)
    return ImportReport(
        accounting, staged.files, staged.notes, rehearsal=True, recorded=staged.recorded, passed_over=beside
    )


def _looked_at(
    paths: Sequence[Path], table: str | None, mapping: Path | None
) -> tuple[list[Candidate], MappingFile | None, list[PassedOver]]:
    names = [known.name for known in TABLES]
    if table is not None and table not in names:
        close = nearest(table, names)
        raise UsageError(
            _("--table cannot be {table}: the tables are {names}.").format(table=table, names=", ".join(names))
            + (" " + _("Is {close} meant?").format(close=close) if close else "")
        )
    if mapping is not None and not mapping.exists():
        raise UsageError(Fault(_("There is no such file or folder."), str(mapping)))
    candidates, passed_over = find_files(paths)
    return candidates, load_mapping(mapping) if mapping else None, passed_over


@contextmanager
def _staged(
    workspace: Workspace,
    candidates: Sequence[Candidate],
    table: str | None,
    mapping: MappingFile | None,
    ears: Ears,
    *,
    guess: bool = False,
    sheet: str | None = None,
) -> Iterator[tuple[Staged, Generation | None, Path]]:
    """All files staged in a folder that is gone afterwards."""
    there = current_rows(workspace)
    with passing_folder() as folder, engine(folder) as connection:
        rows = folder / "rows"
        rows.mkdir()
        staged = stage_all(
            connection,
            candidates,
            table=table,
            mapping=mapping,
            timezone=workspace.agreement.timezone,
            there=there,
            folder=rows,
            ears=ears,
            guess=guess,
            sheet=sheet,
            agreed=workspace.version_in_force is not None or (workspace.root / "accord.yaml").exists(),
            quarantine=Quarantine(workspace) if there is not None else None,
        )
        yield staged, there, folder
