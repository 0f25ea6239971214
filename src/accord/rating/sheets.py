"""Rating sheets as CSV: written for two people who must not see each other's, read back with every fault at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from accord.errors import DataError, Fault
from accord.language import gettext as _
from accord.rating.words import OVERALL, read_word
from accord.typed import as_typed

__all__ = ["COMMENT", "LEAD", "Sheet", "read_sheet", "sheet_text"]

LEAD = "lead_id"
COMMENT = "comment"
RATE = "rate:"
"""What the heading of a column to fill in begins with; columns without it only inform."""


@dataclass(frozen=True)
class Sheet:
    """What one person rated. ``ratings``: lead → criterion → word, cells that rate nothing absent; ``lines``: lead →
    line of the file."""

    path: Path
    criteria: tuple[str, ...]
    ratings: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, int]


def sheet_text(
    informing: Sequence[str],
    criteria: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    *,
    delimiter: str = ",",
    point: str = ".",
) -> str:
    """A sheet with a line per lead: what informs, then the empty columns to fill in, then room for a comment.

    A cell that a spreadsheet would take for a formula is kept from it by an apostrophe. ``delimiter`` between cells and
    ``point`` of a number are those of whoever opens it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([LEAD, *informing, *(RATE + name for name in (*criteria, OVERALL)), COMMENT])
    for row in rows:
        told = [_written(row.get(name, ""), point) for name in informing]
        writer.writerow([row[LEAD], *told, *[""] * (len(criteria) + 1), ""])
    return out.getvalue()


def _written(cell: str, point: str) -> str:
    if _is_number(cell):
        return cell.replace(".", point)
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def read_sheet(path: Path) -> Sheet:
    """A sheet that somebody filled in, whatever the spreadsheet made of it: comma, semicolon or tab, UTF-8 or not.

    Raises ``DataError`` naming every line at fault: no lead, a lead twice, no column to rate in, nothing rated.
    """
    rows = list(_rows(path))
    if not rows:
        hint = _("Make sheets with: {command}").format(command=as_typed("rating sample"))
        raise DataError(Fault(_("The sheet is empty."), str(path), None, hint))
    headings = [heading.strip() for heading in rows[0][1]]
    criteria = [heading.removeprefix(RATE).strip() for heading in headings if heading.startswith(RATE)]
    faults = _heading_faults(path, headings, criteria)
    if faults:
        raise DataError(*faults)
    places = {
        heading.removeprefix(RATE).strip(): place for place, heading in enumerate(headings) if heading.startswith(RATE)
    }
    lead_place = headings.index(LEAD)
    ratings: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for line, cells in rows[1:]:
        lead = cells[lead_place].strip() if lead_place < len(cells) else ""
        if not lead:
            faults.append(Fault(_("There is no lead_id."), str(path), line, _("Put back the one of the sheet made.")))
        elif lead in lines:
            message = _("The lead {lead} is there twice; it stands in line {line} too.")
            faults.append(
                Fault(message.format(lead=lead, line=lines[lead]), str(path), line, _("Keep one of the two."))
            )
        else:
            lines[lead] = line
            words = {name: read_word(cells[place]) for name, place in places.items() if place < len(cells)}
            ratings[lead] = {name: word for name, word in words.items() if word is not None}
    if not faults and not any(ratings.values()):
        hint = _("Write yes or no in the columns whose heading begins with {mark}").format(mark=f"{RATE}")
        faults.append(Fault(_("Nothing is rated."), str(path), None, hint))
    if faults:
        raise DataError(*faults)
    return Sheet(path, tuple(criteria), ratings, lines)


def _heading_faults(path: Path, headings: Sequence[str], criteria: Sequence[str]) -> list[Fault]:
    faults = []
    if headings.count(LEAD) != 1:
        message = _("The sheet needs one column {name}; it has: {found}.")
        faults.append(Fault(message.format(name=LEAD, found=", ".join(headings)), str(path), 1))
    if not criteria:
        message = _("No column's heading begins with {mark} so there is nothing to compare.")
        faults.append(Fault(message.format(mark=RATE), str(path), 1))
    faults += [
        Fault(_("The column {name} is there twice.").format(name=RATE + name), str(path), 1)
        for name in dict.fromkeys(criteria)
        if criteria.count(name) > 1
    ]
    return faults


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Line number and cells of every row with anything in it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = _("The file cannot be read: {reason}.").format(reason=error.strerror)
        raise DataError(Fault(message, str(path))) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
