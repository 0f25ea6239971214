"""A plain table of leads and their outcome, in any file that can be imported, as something to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import numpy.typing as npt

from accord.errors import DataError, Fault, UsageError
from accord.ingest.cells import FALSE_WORDS, TRUE_WORDS
from accord.ingest.inputs import open_sources
from accord.ingest.kinds import examine
from accord.ingest.mapping.model import Reading
from accord.ingest.source import CELL
from accord.language import gettext as _
from accord.learning.frame import AXES, Field, Frame, number_field, too_different, words_field
from accord.tables.schema import NULL_WORDS

__all__ = ["LearningTable", "Skipped", "TableQuestion", "read_learning_table"]

Floats = npt.NDArray[np.float64]
Cells = Sequence[str | None]

_YES = {word for word in TRUE_WORDS if not word.isdigit()}
_NO = {word for word in FALSE_WORDS if not word.isdigit()}


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """What each column of the table is for.

    ``outcome``: the column that says how the lead turned out, good where it is one of ``good`` (without any: yes, true
    or 1). ``order``: the column that tells older from newer leads. ``left_out``: columns to ignore. ``compared``:
    columns that hold another score. ``axes``: axis → columns that belong to it, where more can only be better.
    """

    outcome: str
    order: str
    good: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    axes: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, eq=False)
class LearningTable:
    """The frame, and what stands beside it. ``order``: each lead's place as it is written. ``compared``: other scores.

    ``undecided``: rows without an outcome or an order; ``skipped``: column → why it could not be used.
    """

    frame: Frame
    order: tuple[str, ...]
    compared: Mapping[str, Floats]
    undecided: int
    skipped: Mapping[str, str]


class Skipped:
    """Why a column teaches nothing."""

    EMPTY = "empty"
    CONSTANT = "constant"
    ALL_DIFFERENT = "all_different"


def read_learning_table(path: Path, question: TableQuestion) -> LearningTable:
    """Read ``path`` and put its leads in order.

    ``UsageError`` for a column that is not there, naming the nearest; ``DataError`` for an outcome or an order that
    cannot be read.
    """
    cells = _read(path)
    _check(path, cells, question)
    good = _outcomes(path, question, cells[question.outcome])
    place = _places(path, question.order, cells[question.order])
    decided = np.array([one is not None for one in good], dtype=bool) & ~np.isnan(place)
    rows = np.flatnonzero(decided)
    rows = rows[np.argsort(place[rows], kind="stable")]
    fields, skipped = _fields(cells, question, rows)
    frame = Frame(fields, np.array([bool(good[row]) for row in rows], dtype=bool), np.ones(rows.size))
    return LearningTable(
        frame,
        tuple(str(cells[question.order][row]) for row in rows),
        {name: _numbers(cells[name])[rows] for name in question.compared},
        int((~decided).sum()),
        skipped,
    )


def _read(path: Path) -> dict[str, list[str | None]]:
    if not path.exists():
        raise UsageError(Fault(_("There is no such file."), str(path)))
    source = open_sources(examine(path), Reading())[0]
    twice = [name for name in dict.fromkeys(source.headings) if name and source.headings.count(name) > 1]
    if twice:
        hint = _("Rename one of them: nobody can tell which one is meant.")
        faults = [Fault(_("The column {name} is there twice.").format(name=name), str(path), 1, hint) for name in twice]
        raise DataError(*faults)
    columns: dict[str, list[str | None]] = {heading: [] for heading in source.headings}
    with closing(source.read(lambda _read: None)) as batches:
        for batch in batches:
            sound = [fault is None for fault in batch.column("fault").to_pylist()]
            for number, heading in enumerate(source.headings):
                values = batch.column(CELL.format(number)).to_pylist()
                columns[heading] += [_tidy(value) for value, kept in zip(values, sound, strict=True) if kept]
    return columns


def _tidy(cell: str | None) -> str | None:
    text = "" if cell is None else cell.strip()
    return None if not text or text.lower() in NULL_WORDS else text


def _check(path: Path, cells: Mapping[str, Cells], question: TableQuestion) -> None:
    wanted = [question.outcome, question.order, *question.left_out, *question.compared]
    for axis, names in (question.axes or {}).items():
        if axis not in AXES:
            raise UsageError(_("There is no axis {axis}. There are: {known}.").format(axis=axis, known=", ".join(AXES)))
        wanted += names
    faults = []
    for name in dict.fromkeys(wanted):
        if name not in cells:
            near = get_close_matches(name, cells, n=1, cutoff=0.5)
            hint = (
                _("Did you mean {nearest}?").format(nearest=near[0])
                if near
                else _("It has: {known}.").format(known=", ".join(cells))
            )
            faults.append(Fault(_("The table has no column {name}.").format(name=name), str(path), hint=hint))
    if faults:
        raise UsageError(*faults)


def _outcomes(path: Path, question: TableQuestion, cells: Cells) -> list[bool | None]:
    if question.good:
        words = set(question.good)
        absent = words - {cell for cell in cells if cell is not None}
        if absent:
            raise UsageError(
                Fault(
                    _("No lead has {value} in {column}.").format(
                        value=", ".join(sorted(absent)), column=question.outcome
                    ),
                    str(path),
                    hint=_("It holds: {known}.").format(known=_some(cells)),
                )
            )
        return [None if cell is None else cell in words for cell in cells]
    answers = [_yes_or_no(cell) for cell in cells]
    unclear = [cell for cell, answer in zip(cells, answers, strict=True) if cell is not None and answer is None]
    if unclear:
        raise DataError(
            Fault(
                _("{column} holds {value}, which is neither yes nor no.").format(
                    column=question.outcome, value=unclear[0]
                ),
                str(path),
                hint=_("Say which values are good with --good. It holds: {known}.").format(known=_some(cells)),
            )
        )
    return answers


def _yes_or_no(cell: str | None) -> bool | None:
    if cell is None:
        return None
    word = cell.lower()
    if word in TRUE_WORDS or word in {"1", "1.0"}:
        return True
    return False if word in FALSE_WORDS or word in {"0", "0.0"} else None


def _some(cells: Cells) -> str:
    words = sorted({cell for cell in cells if cell is not None})
    return ", ".join(words[:10]) + (", …" if len(words) > 10 else "")


def _places(path: Path, name: str, cells: Cells) -> Floats:
    numbers = _numbers(cells)
    known = np.array([cell is not None for cell in cells], dtype=bool)
    if not np.isnan(numbers[known]).any():
        return numbers
    places = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise DataError(
                Fault(
                    _(
                        "{column} holds {value}: leads are put in order by numbers or by times such as 2026-07-31."
                    ).format(column=name, value=cell),
                    str(path),
                    hint=_("Name another column with --order-column."),
                )
            ) from None
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        places[row] = zoned.timestamp()
    return places


def _numbers(cells: Cells) -> Floats:
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is not None:
            try:
                value = float(cell)
            except ValueError:
                continue
            values[row] = value if np.isfinite(value) else np.nan
    return values


def _fields(
    cells: Mapping[str, Cells], question: TableQuestion, rows: npt.NDArray[np.int64]
) -> tuple[dict[str, Field], dict[str, str]]:
    own = {question.outcome, question.order, *question.left_out, *question.compared}
    axes = {name: axis for axis, names in (question.axes or {}).items() for name in names}
    fields, skipped = {}, {}
    for name, column in cells.items():
        if name in own:
            continue
        made = _field(name, [column[row] for row in rows], axes.get(name))
        if isinstance(made, str):
            skipped[name] = made
        else:
            fields[name] = made
    return fields, skipped


def _field(name: str, cells: Cells, axis: str | None) -> Field | str:
    words = {cell for cell in cells if cell is not None}
    if not words:
        return Skipped.EMPTY
    if len(words) == 1 and None not in cells:
        return Skipped.CONSTANT
    direction = 1 if axis is not None and axis != "fit" else 0
    if {word.lower() for word in words} <= _YES | _NO:
        answers = [None if cell is None else cell.lower() in _YES for cell in cells]
        return words_field(name, answers, axis, direction)
    values = _numbers(cells)
    if not any(cell is not None and np.isnan(value) for cell, value in zip(cells, values, strict=True)):
        return number_field(name, values, axis, direction)
    if too_different([cell for cell in cells if cell is not None]):
        return Skipped.ALL_DIFFERENT
    return words_field(name, cells, axis)
