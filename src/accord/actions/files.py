"""Actions as files: JSON and CSV in, by the same fields; what is wrong is said with its line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from accord.actions.model import FIELDS
from accord.agreement.findings import nearest
from accord.errors import DataError, Fault
from accord.language import gettext as _

__all__ = ["COLUMNS", "read_drafts"]

COLUMNS = ("id", *FIELDS)

Drafts = list[tuple[int, Mapping[str, object]]]


def read_drafts(path: Path) -> Drafts:
    """The drafts of a file, each with its line (of JSON: its place, from 1). ``DataError`` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(_("{path} is no UTF-8 text. Save it as UTF-8.").format(path=path)) from error
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in {"[", "{"}:
        return _of_json(text, path)
    return _of_csv(text, path)


def _of_json(text: str, path: Path) -> Drafts:
    try:
        found = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise DataError(Fault(_("This is no JSON: {reason}.").format(reason=error), str(path), line)) from error
    for key in ("data", "actions"):  # the answer of accord actions export, whole or in part
        if isinstance(found, dict) and key in found:
            found = found[key]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise DataError(
            Fault(
                _("A list of actions is expected, each an object with: {known}.").format(known=", ".join(COLUMNS)),
                str(path),
            )
        )
    return [
        (number, {name: value for name, value in each.items() if value is not None})
        for number, each in enumerate(found, 1)
    ]


def _of_csv(text: str, path: Path) -> Drafts:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=lambda sign: len(set(heading.strip().split(sign)) & set(COLUMNS)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = [name.strip().lower() for name in next(reader, [])]
        faults = [
            Fault(
                _("{name} is no column of actions. There are: {known}.").format(
                    name=name or _("(empty)"), known=", ".join(COLUMNS)
                ),
                str(path),
                1,
                nearest(name, COLUMNS),
            )
            for name in headings
            if name not in COLUMNS
        ]
        faults += [
            Fault(_("The column {name} is there twice.").format(name=name), str(path), 1)
            for name in sorted({name for name in headings if headings.count(name) > 1 and name in COLUMNS})
        ]
        if not headings:
            faults.append(Fault(_("The file is empty. Its first line names the columns."), str(path), 1))
        drafts: Drafts = []
        start = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(headings):
                message = _("There are {found} cells where the first line names {known} columns.")
                faults.append(Fault(message.format(found=len(cells), known=len(headings)), str(path), start))
            elif any(cell.strip() for cell in cells):
                drafts.append((start, dict(zip(headings, cells, strict=False))))
            start = reader.line_num + 1
    except csv.Error as error:
        place = Fault(_("This line is no CSV: {reason}.").format(reason=error), str(path), reader.line_num)
        raise DataError(place) from error
    if faults:
        raise DataError(*faults)
    return drafts
