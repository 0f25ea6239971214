"""Erasing a person: every version of every row that names one lead, and the refused rows that do."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence

from accord.store.changed import chunks
from accord.store.handing import TRACED_FORMAT
from accord.store.imports import Written, commit, open_import
from accord.store.layout import layout_of
from accord.store.physical import VERSION_TABLES, VersionTable
from accord.store.session import Session

__all__ = ["erase_lead", "forget_on_disk"]

_NAMING = ("leads", "touches", "handoffs", "decisions", "activities", "opportunities", "orders")


def erase_lead(session: Session, lead_id: str) -> dict[str, int]:
    """Erase what names ``lead_id``, in one transaction; versions erased per table, refused rows as ``quarantine``.

    Rows that now name the lead go with all their past. Of rows that named it once and now name another, only the
    versions that named it go. Decisions go with the handoff they name. Only for who holds the import turn.
    """
    handoffs = _naming(session, VERSION_TABLES["handoffs"], "lead_id", [lead_id])
    erased: dict[str, int] = {}
    with session.writing():
        session.order_commits()
        for name in _NAMING:
            table = VERSION_TABLES[name]
            erased[name] = _erase(session, table, "lead_id", [lead_id])
            if name == "decisions":
                erased[name] += _erase(session, table, "handoff_id", handoffs)
        # Handing over wrote down what was known of the lead, and people their judgement of it.
        layout = layout_of(session)
        if layout is not None and layout.version >= TRACED_FORMAT:
            erased["handoff_traces"] = _erase_traces(session, lead_id, handoffs)
            erased["lead_overrides"] = _deleted(session, "DELETE FROM lead_overrides WHERE lead_id = ?", [lead_id])
        erased["quarantine"] = _erase_refused(session, lead_id)
        # A read model made before still holds the person. With another identity no file of it is ever read again.
        session.execute("UPDATE accord_format SET identity = ?", (uuid.uuid4().hex,))
        # Files imported before are no longer all there: importing them again has to look.
        session.execute("UPDATE imports SET fingerprint = NULL WHERE fingerprint IS NOT NULL")
        record = open_import(session, "erasure")
        commit(session, record.id, {}, {"leads": Written(0)}, columns_changed=True)
    return {name: count for name, count in erased.items() if count}


def forget_on_disk(session: Session) -> None:
    """Overwrite what was erased in the database's own files too."""
    if session.is_sqlite:
        session.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        for name in _NAMING:
            session.execute(f"VACUUM {VERSION_TABLES[name].name}")


def _naming(session: Session, table: VersionTable, column: str, values: Sequence[str]) -> list[str]:
    """Keys of which a version has one of ``values`` in ``column``."""
    keys: set[str] = set()
    for some in chunks(values):
        marks = ", ".join("?" * len(some))
        query = f'SELECT DISTINCT "{table.key}" FROM {table.name} WHERE "{column}" IN ({marks})'
        keys.update(key for (key,) in session.rows(query, some))
    return sorted(keys)


def _erase(session: Session, table: VersionTable, column: str, values: Sequence[str]) -> int:
    erased = 0
    for some in chunks(_naming(session, table, column, values)):
        keys = ", ".join("?" * len(some))
        newest = (
            f'SELECT v."{table.key}" FROM {table.name} v JOIN imports i ON i.id = v.import_id '
            f'WHERE v."{table.key}" IN ({keys}) AND v."{column}" = ? AND i.position = (SELECT MAX(j.position) '
            f'FROM {table.name} n JOIN imports j ON j.id = n.import_id WHERE n."{table.key}" = v."{table.key}")'
        )
        for value in values:
            whole = [key for (key,) in session.rows(newest, (*some, value))]
            for part in chunks(whole):
                marks = ", ".join("?" * len(part))
                erased += _deleted(session, f'DELETE FROM {table.name} WHERE "{table.key}" IN ({marks})', part)
            once = f'DELETE FROM {table.name} WHERE "{table.key}" IN ({keys}) AND "{column}" = ?'
            erased += _deleted(session, once, (*some, value))
    return erased


def _erase_traces(session: Session, lead_id: str, handoffs: Sequence[str]) -> int:
    erased = _deleted(session, "DELETE FROM handoff_traces WHERE lead_id = ?", [lead_id])
    for some in chunks(handoffs):
        marks = ", ".join("?" * len(some))
        erased += _deleted(session, f"DELETE FROM handoff_traces WHERE handoff_id IN ({marks})", some)
    return erased


def _erase_refused(session: Session, lead_id: str) -> int:
    # The text may write other characters than ASCII as they are or escaped: then every row is looked at.
    like = f"%{json.dumps(lead_id)[1:-1].replace('%', '_')}%" if lead_id.isascii() else "%"
    found = session.rows("SELECT id, raw FROM quarantine WHERE raw LIKE ?", (like,))
    ids = [number for number, raw in found if lead_id in map(str, json.loads(raw).values())]
    for number in ids:
        session.execute("DELETE FROM quarantine WHERE id = ?", (number,))
    return len(ids)


def _deleted(session: Session, statement: str, parameters: Sequence[object]) -> int:
    return int(session.raw.execute(session.worded(statement), parameters).rowcount)
