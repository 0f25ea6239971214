"""The columns of a file to mend that are Accord's own and not the original file's."""

from __future__ import annotations

__all__ = ["FILE", "LINE", "NUMBER", "OWN_COLUMNS", "READING", "REASONS", "SURPLUS", "TABLE", "WHOLE_ROW"]

NUMBER = "_quarantine"
"""The number under which the row stands in quarantine."""

TABLE, FILE, LINE, REASONS = "_table", "_file", "_line", "_reasons"
"""The table it was meant for, the file and line it came from, and why it was refused."""

WHOLE_ROW = "_row"
"""The text of a row that could not be cut into cells."""

SURPLUS = "_surplus"
"""The cells of a row beyond its headings."""

READING = "_reading"
"""How the rest of its file was read, where the row alone cannot tell: ``dates=dmy decimal=, timezone=Europe/Paris``."""

OWN_COLUMNS = frozenset({NUMBER, TABLE, FILE, LINE, REASONS, READING, WHOLE_ROW, SURPLUS})
