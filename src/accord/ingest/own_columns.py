"""The columns of a file to mend that are Accord's own and not the original file's."""

from __future__ import annotations

__all__ = [
    "FAULTY",
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
    "is_taken",
    "kept_as",
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

FAULTY = "_faulty"
"""What the reason names of a row that could not be cut into cells, on its way there; no row keeps it."""

KEPT_BESIDE = frozenset({MAPPING, KEY, NUMBER})
"""What is kept with a refused row and was no cell of it."""

_OF_ACCORD = "accord_"
_WORKED_WITH = frozenset({"line", "fault", "raw", "refused", "id", "extra", "filename", "file_row_number"})
_OF_HANDOFFS = frozenset({"account_size", "rep_id", "team", "band", "agreement"})
"""What the handoff is cut by: a lead's own column of that name would never be seen."""
_WORKED_WITH_BEFORE = ("t:", "l:", "v:", "sought:", _OF_ACCORD)
"""Names that reading a file, storing it and building episodes use themselves, whatever its own columns are called."""


def is_taken(name: str) -> bool:
    """Whether a column of a file cannot be kept under its own ``name``: Accord has another meaning for it."""
    small = name.casefold()
    return small in _WORKED_WITH | _OF_HANDOFFS or small.endswith("_is_date") or small.startswith(_WORKED_WITH_BEFORE)


def kept_as(heading: str) -> str:
    """What a column is called instead: ``line (original)``; ``(original) accord_x``, for its beginning is taken."""
    if heading.casefold().startswith(_OF_ACCORD):
        return f"(original) {heading}"
    return f"{heading} (original)"


OWN_COLUMNS = frozenset({NUMBER, TABLE, FILE, LINE, REASONS, READING, WHOLE_ROW, SURPLUS, *KEPT_BESIDE})
