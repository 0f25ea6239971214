"""Headings that can be told apart: no two of one name, none missing over a column that holds something."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from accord.errors import Fault
from accord.ingest.source import CELL, Source
from accord.language import gettext as _

__all__ = ["heading_faults"]


def heading_faults(source: Source, first_rows: pa.Table, *, complete: bool) -> list[Fault]:
    """What is wrong with the headings of ``source``. ``first_rows``: its beginning, all of it when ``complete``."""
    return [*_doubles(source.name, source.headings), *_nameless(source, first_rows, complete=complete)]


def _doubles(name: str, headings: Sequence[str]) -> list[Fault]:
    faults = []
    for heading in dict.fromkeys(heading for heading in headings if heading):
        places = [number for number, other in enumerate(headings, 1) if other == heading]
        if len(places) > 1:
            faults.append(
                Fault(
                    _("Columns {places} are both called {heading}.").format(
                        places=_(" and ").join(map(str, places)), heading=heading
                    ),
                    name,
                    hint=_("Rename or remove one: nobody could tell which is meant."),
                )
            )
    return faults


def _nameless(source: Source, first_rows: pa.Table, *, complete: bool) -> list[Fault]:
    """Columns without a heading are passed over when nothing stands in them, in the whole file."""
    numbers = [number for number, heading in enumerate(source.headings) if not heading]
    if not numbers:
        return []
    batches = first_rows.to_batches() if complete else source.read(lambda _read: None)
    faults: dict[int, Fault] = {}
    for batch in batches:
        for number in numbers:
            column = batch.column(CELL.format(number))
            filled = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False)
            position = pc.index(filled, True).as_py()
            if number not in faults and position >= 0:
                faults[number] = Fault(
                    _("Column {number} has no heading, and holds {value}.").format(
                        number=number + 1, value=column[position].as_py()
                    ),
                    source.name,
                    batch.column("line")[position].as_py(),
                    _("Give it a heading, or remove it."),
                )
    return list(faults.values())
