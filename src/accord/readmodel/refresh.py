"""Catching up: the read model is brought to the store's position, touching only what changed."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from accord.readmodel.fresh import changes_since, fresh_rows
from accord.readmodel.generation import Generation, generation_of
from accord.readmodel.incoming import clear_incoming
from accord.readmodel.manifest import MANIFEST, SEGMENTS, Manifest, Retired, read_manifest, write_manifest
from accord.readmodel.table_refresh import TableRefresh
from accord.readmodel.tiers import outdated
from accord.readmodel.workbench import scratch, workbench
from accord.store.database import Store, open_store
from accord.store.faults import disk_fault, translated
from accord.store.lead_columns import lead_columns
from accord.store.physical import VERSION_TABLES
from accord.store.turns import file_turn
from accord.workspace import Workspace

__all__ = ["catch_up"]

_GRACE_SECONDS = 900
"""A file that newer generations do without stays this long, for who still reads the older one."""

_ORPHAN_SECONDS = 86_400
"""A file that no manifest knows was left by a refresh that died; after a day nobody is still writing it."""


def catch_up(workspace: Workspace) -> Generation:
    """Bring the read model to the store's position and return the generation that shows it.

    Several processes may do so at once: one works, the others wait and find it done. Readers keep the generation they
    have. ``WorkspaceError`` when there is no database, or the folder cannot be written.
    """
    folder = workspace.readmodel
    with open_store(workspace.database_url, read_only=True) as store:
        manifest = read_manifest(folder)
        if manifest is not None and _is_current(manifest, store):
            return generation_of(manifest, folder)
        _make_folder(folder)
        with file_turn(folder / "refresh.lock"):
            manifest = read_manifest(folder)
            if manifest is None or not _is_current(manifest, store):
                manifest = _caught_up(store, folder, manifest if manifest and _continues(manifest, store) else None)
            return generation_of(manifest, folder)


def _is_current(manifest: Manifest, store: Store) -> bool:
    return _continues(manifest, store) and manifest.position == store.position()


def _continues(manifest: Manifest, store: Store) -> bool:
    """Whether the store still has the history that the manifest was made from."""
    if manifest.identity != store.layout.identity:
        return False
    return manifest.token == _token_at(store, manifest.position)


def _token_at(store: Store, position: int) -> str:
    with translated(store.session.address):
        found = store.session.one("SELECT token FROM imports WHERE position = ?", (position,))
    return str(found[0]) if found else ""


def _caught_up(store: Store, folder: Path, old: Manifest | None) -> Manifest:
    with ExitStack() as stack:
        own = stack.enter_context(scratch(folder))
        connection = stack.enter_context(workbench(own))
        stack.enter_context(translated(store.session.address))
        stack.enter_context(store.session.reading())
        since, token = (old.position, old.token) if old else (0, "")
        changes = changes_since(store.session, since, token, folder)
        columns = lead_columns(store.session)
        tables = dict(old.tables) if old else {}
        for name, table in VERSION_TABLES.items():
            types = columns if name == "leads" else {}
            changed = name in changes.tables
            if changed or outdated(tables.get(name, ()), types):
                fresh = fresh_rows(store.session, connection, table, changes, own) if changed else None
                adopted = changes.adopted.types if changes.adopted and name == "leads" else {}
                work = TableRefresh(connection, folder / SEGMENTS, table, types)
                tables[name] = work.refreshed(tables.get(name, ()), fresh, adopted)
    manifest = Manifest(
        number=old.number + 1 if old else _first_number(folder),
        position=changes.position,
        identity=store.layout.identity,
        token=changes.token,
        lead_columns=columns,
        tables=tables,
    )
    manifest = replace(manifest, retired=_retired(manifest, old, folder))
    if old is None:
        # What others derived from files that are no more: a database put back from a backup repeats its positions.
        shutil.rmtree(folder / "episodes", ignore_errors=True)
    write_manifest(folder, manifest)
    for incoming in changes.incoming:
        clear_incoming(folder, incoming.token)
    _clean(folder, manifest)
    return manifest


def _first_number(folder: Path) -> int:
    # A number is never given twice, also after the manifest is lost: who remembers a number must not mistake a state.
    return time.time_ns() // 1_000_000 if (folder / MANIFEST).exists() else 1


def _retired(manifest: Manifest, old: Manifest | None, folder: Path) -> tuple[Retired, ...]:
    if old is None:
        return ()
    now = time.time()
    dropped = old.files().keys() - manifest.files().keys()
    there = [file for file in old.retired if (folder / SEGMENTS / file.file).exists()]
    return (*there, *(Retired(file, now) for file in sorted(dropped)))


def _clean(folder: Path, manifest: Manifest) -> None:
    """Remove files that no reader can need any more; what cannot be removed is left for the next time."""
    now = time.time()
    retired = {file.file: file.since for file in manifest.retired}
    for path in (folder / SEGMENTS).iterdir():
        if path.name in manifest.files():
            continue
        with suppress(OSError):
            since = retired.get(path.name)
            too_old = now - since > _GRACE_SECONDS if since else now - path.stat().st_mtime > _ORPHAN_SECONDS
            if too_old:
                path.unlink()
    for path in (folder / "scratch").iterdir():
        with suppress(OSError):
            if now - path.stat().st_mtime > _ORPHAN_SECONDS:
                shutil.rmtree(path)


def _make_folder(folder: Path) -> None:
    try:
        (folder / SEGMENTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_fault(error, folder) from error
