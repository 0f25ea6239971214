"""The columns of a file to mend that are Accord's own and not the original file's."""

from __future__ import annotations

__all__ = [
    "FILE",
    "KEPT_BESIDE",
    "KEY",
    "LINE",
    "MAPPING",
    "NUMBER",
    "OWN_COLUMNS",
    "READING",
    "REASONS",
    "SURPLUS",
    "TABLE",
    "WHOLE_ROW",
]

NUMBER = "_quarantine"
"""The number under which the row was refused first; refused again, it takes it along."""

TABLE, FILE, LINE, REASONS = "_table", "_file", "_line", "_reasons"
"""The table it was meant for, the file and line it came from, and why it was refused."""

WHOLE_ROW = "_row"
"""The text of a row that could not be cut into cells."""

SURPLUS = "_surplus"
"""The cells of a row beyond its headings."""

READING = "_reading"
"""How the rest of its file was read, where the row alone cannot tell: ``dates=dmy decimal=, timezone=Europe/Paris``."""

MAPPING = "_mapping"
"""The mapping by which the row was read, where its headings are not the contract's: kept with the row in quarantine,
and found there again by its number. No file to mend shows it.
"""

KEY = "_key"
"""The identifier that the row would have had, kept with it: the same key again makes the refused row obsolete."""

KEPT_BESIDE = frozenset({MAPPING, KEY, NUMBER})
"""What is kept with a refused row and was no cell of it."""

OWN_COLUMNS = frozenset({NUMBER, TABLE, FILE, LINE, REASONS, READING, WHOLE_ROW, SURPLUS, *KEPT_BESIDE})
