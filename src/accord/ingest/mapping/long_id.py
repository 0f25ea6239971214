"""Salesforce's identifiers: 15 characters in its reports, 18 everywhere else, of one and the same row."""

from __future__ import annotations

from accord.ingest import sqltext as sql

__all__ = ["long_id"]

SHORT = "0[0-9A-Za-z]{14}"
"""An identifier as reports write it. Those of leads, deals, acts and users begin with a zero, as no name does."""

GROUP = 5
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
"""The letter that says which of five characters are capitals: the first counts 1, the second 2, the fifth 16."""


def long_id(cell: str) -> str:
    """DuckDB SQL for ``cell``, a text, with a short identifier of Salesforce made a long one; other texts stay.

    In the short form two rows may differ by the case of a letter alone. The three letters that the long one adds tell
    it, so that it survives whatever takes capitals for small letters.
    """
    groups = (_suffix(cell, first) for first in range(1, 3 * GROUP, GROUP))
    longer = f"concat({cell}, {', '.join(groups)})"
    return f"(CASE WHEN regexp_full_match({cell}, {sql.text(SHORT)}) THEN {longer} ELSE {cell} END)"


def _suffix(cell: str, first: int) -> str:
    capitals = " + ".join(
        f"(CASE WHEN substr({cell}, {first + place}, 1) BETWEEN 'A' AND 'Z' THEN {2**place} ELSE 0 END)"
        for place in range(GROUP)
    )
    return f"substr({sql.text(SUFFIX)}, 1 + {capitals}, 1)"
