"""Erasing a person from a workspace: from the database with its history, and from every file made of it."""

from __future__ import annotations

import shutil

from accord.readmodel.refresh import catch_up
from accord.store.database import open_store
from accord.store.erasing import erase_lead, forget_on_disk
from accord.store.faults import translated
from accord.store.sweeping import sweep
from accord.store.turns import import_turn
from accord.workspace import Workspace

__all__ = ["erase"]


def erase(workspace: Workspace, lead_id: str) -> dict[str, int]:
    """Erase everything that names ``lead_id``, history included; how many versions of each table that was.

    The read model is deleted and made anew, since its files hold the person too: who reads an older generation at that
    moment gets an error and has to ask again. Backups are the caller's to deal with. Raises ``WorkspaceError``.
    """
    with open_store(workspace.database_url) as store, import_turn(store.session.address):
        with translated(store.session.address):
            if store.session.is_sqlite:
                store.session.execute("PRAGMA secure_delete = ON")
            sweep(store.session)
            erased = erase_lead(store.session, lead_id)
            forget_on_disk(store.session)
        shutil.rmtree(workspace.readmodel, ignore_errors=True)
    catch_up(workspace)
    return erased
