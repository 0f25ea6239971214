"""Columns of leads that the contract does not know: names and types, widened when files disagree, never narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from accord.store.physical import version_table
from accord.store.session import Session
from accord.tables.schema import Type

__all__ = ["known_as", "lead_columns", "record_lead_columns", "type_of", "widened"]

_RESERVED = frozenset(name.lower() for name in (*version_table("leads").names, "filename", "file_row_number"))
"""Names that would stand for two things in the read model; a column so called is kept in the store only."""

_RESERVED_PREFIX = "accord_"


def lead_columns(session: Session) -> dict[str, Type]:
    """Every extra column of leads, by name, in the order of their names."""
    found = session.rows("SELECT name, type FROM lead_columns ORDER BY name")
    return {str(name): Type(kind) for name, kind in found}


def widened(old: Mapping[str, Type], new: Mapping[str, Type]) -> dict[str, Type]:
    """Both together: an integer beside a number is a number, any other disagreement is text."""
    together = dict(old)
    for name, kind in new.items():
        known = together.get(name, kind)
        if known is kind:
            together[name] = kind
        elif {known, kind} == {Type.INTEGER, Type.NUMBER}:
            together[name] = Type.NUMBER
        else:
            together[name] = Type.TEXT
    return dict(sorted(together.items()))


def known_as(old: Mapping[str, Type], name: str) -> str | None:
    """The name under which a column is kept: the first spelling, as engines do not tell ``Region`` from ``region``.

    ``None`` when the name is one that is needed here for something else.
    """
    folded = name.lower()
    if folded in _RESERVED or folded.startswith(_RESERVED_PREFIX):
        return None
    return next((known for known in old if known.lower() == folded), name)


def record_lead_columns(session: Session, new: Mapping[str, Type]) -> bool:
    """Add ``new`` to the known columns, inside the writer's transaction; whether that changed anything."""
    old = lead_columns(session) if new else {}
    together = widened(old, new)
    for name, kind in together.items():
        if name not in old:
            session.execute("INSERT INTO lead_columns (name, type) VALUES (?, ?)", (name, kind.value))
        elif old[name] is not kind:
            session.execute("UPDATE lead_columns SET type = ? WHERE name = ?", (kind.value, name))
    return together != old


def type_of(value: object) -> Type:
    """The type of one cell."""
    match value:
        case bool():
            return Type.BOOLEAN
        case int():
            return Type.INTEGER
        case float():
            return Type.NUMBER
        case datetime():
            return Type.TIME
        case date():
            return Type.DATE
        case _:
            return Type.TEXT
