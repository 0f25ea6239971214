"""Pieces of DuckDB SQL: names and texts quoted, whatever a file calls its columns."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["joined", "matches", "name", "text", "text_list"]


def name(identifier: str) -> str:
    """``identifier`` as a quoted name."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """``value`` as a quoted text."""
    return "'" + value.replace("'", "''") + "'"


def text_list(values: Iterable[str]) -> str:
    """``('a', 'b')``, for ``IN``."""
    return "(" + ", ".join(text(value) for value in values) + ")"


def matches(expression: str, pattern: str) -> str:
    """Whether all of ``expression`` is as the regular expression ``pattern`` says."""
    return f"regexp_full_match({expression}, {text(pattern)})"


def joined(conditions: Iterable[str], by: str = "OR") -> str:
    """Conditions tied together; false when there is none."""
    listed = list(conditions)
    return f"({f' {by} '.join(listed)})" if listed else "false"
