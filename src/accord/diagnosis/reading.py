"""What the rows of a diagnosis become: arrays in the order of handoff, and codes instead of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from accord.clock.offsets import constant_offsets
from accord.diagnosis.by_hours import BY_HOURS, DATED
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW, MISSING
from accord.metrics.outcomes import Outcome
from accord.stats.grouped import ranks
from accord.stats.side_by_side import side_by_side

if TYPE_CHECKING:
    import pyarrow as pa

    from accord.engines import arrays
else:
    arrays = Late("accord.engines.arrays")

__all__ = ["CODES", "FLAGS", "Coded", "Read", "columns_of", "narrowest", "read", "received_in_week"]

Places = npt.NDArray[np.int64]
Rows = npt.NDArray[np.bool_]
Coded = tuple[npt.NDArray[Any], tuple[str, ...]]
"""Codes in as few bytes as hold them, and what each stands for."""

CODES = "code "
"""What the codes of a dimension are kept under, before its name."""

FLAGS = ("token", "token_of", "silent", "silent_of", "ghost", "ghost_of")

OF_THE_ENGINE = frozenset({EPISODE_ROW, "lead"})
"""Columns that number rows as the engine likes: nothing is put in order by them."""

ODD = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)
"""With these the bits of several columns are mixed into one number; alike rows get the same one."""

YES_OR_NO = ("decided", "late", "judged", "worked", "converted", *FLAGS)


class Read(NamedTuple):
    """The rows, in the order of handoff: plain ``numbers``; of texts, codes and what they stand for."""

    numbers: Mapping[str, npt.NDArray[Any]]
    versions: Coded
    reasons: Coded
    leads: Coded
    dimensions: Mapping[str, Coded]


def read(rows: pa.Table, names: Sequence[str]) -> Read:
    """Rows that were fetched, cut by the dimensions ``names``."""
    plain = [name for name in rows.column_names if name[:4] not in {"dim_", "text"}]
    texts = ["text_agreement", "text_reason", "text_lead", *(f"dim_{name}" for name in names)]

    def encoded(name: str) -> Coded:
        return _encoded(rows[name])

    coded = dict(zip(texts, side_by_side(encoded, texts, rows.num_rows), strict=True))
    numbers = {name: arrays.column_array(rows, name) for name in plain}
    told = {name: numbers[name] for name in plain if name not in OF_THE_ENGINE}
    order = _in_order(numbers["at_us"], told | {name: code for name, (code, _values) in coded.items()})

    def in_order(name: str) -> npt.NDArray[Any]:
        return numbers[name][order] if name in numbers else coded[name][0][order]

    each = dict(zip([*plain, *texts], side_by_side(in_order, [*plain, *texts], rows.num_rows), strict=True))
    versions, reasons, leads, *cut = ((each[name], coded[name][1]) for name in texts)
    return Read({name: each[name] for name in plain}, versions, reasons, leads, dict(zip(names, cut, strict=True)))


def columns_of(rows: Read, timezone: str) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """What is kept of the rows alone, and the note that belongs to it; ``timezone``: the agreement's."""
    numbers, outcome = rows.numbers, rows.numbers["outcome"]
    settled, accepted = outcome != Outcome.OPEN, outcome == Outcome.ACCEPTED
    columns: dict[str, npt.NDArray[Any]] = {
        "day": numbers["local_day"].astype(np.int32),
        "month": numbers["local_month"].astype(np.int32),
        "outcome": outcome.astype(np.int8),
        "age_us": numbers["age_us"].astype(np.int64),
        "left_us": numbers["left_us"].astype(np.int64),
        "waited_us": numbers["waited"],
        "handed_after_us": numbers["handed_after"],
        "score": numbers["score"],
        "hour": _local_hour(numbers["at_us"], timezone),
        "amount": numbers["amount"],
        "retried": _retried(*rows.leads, numbers["sequence"], accepted, settled).astype(np.int8),
        "reason": narrowest(rows.reasons[0]),
        "promise": numbers["promise"].astype(np.int8),
        "version": narrowest(rows.versions[0]),
        **{name: numbers[name].astype(bool) for name in YES_OR_NO},
        **_by_hours(numbers),
        **{f"{CODES}{name}": narrowest(code) for name, (code, _values) in rows.dimensions.items()},
    }
    note = {
        "dimensions": {name: list(values) for name, (_code, values) in rows.dimensions.items()},
        "reasons": list(rows.reasons[1]),
        "versions": list(rows.versions[1]),
    }
    return columns, note


def _by_hours(numbers: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """What dates without an hour leave open of lateness and habits; nothing where every time has its hour."""
    if not set(BY_HOURS) <= numbers.keys():
        return {}
    late = numbers["late"].astype(bool)
    least, most = late & numbers["late_least"].astype(bool), late | numbers["late_most"].astype(bool)
    told = {name: numbers[name] if name.startswith("waited") else numbers[name].astype(bool) for name in BY_HOURS}
    return {**told, "late_least": least, "late_most": most, DATED: numbers[DATED].astype(bool)}


def received_in_week(code: Places, week: Places) -> Places:
    """Per case, how many came to the same owner in the same week."""
    if not code.size:
        return np.zeros(0, dtype=np.int64)
    first = int(week.min())
    width = int(week.max()) - first + 1
    cell = code * width + (week - first)
    cells, place = ranks(cell, (int(code.max()) + 1) * width)
    return np.bincount(place, minlength=cells.size)[place]


def _local_hour(at_us: Places, timezone: str) -> npt.NDArray[np.int8]:
    """Hour of the agreement's zone in which each lead was handed over."""
    second = at_us // 1_000_000
    if not second.size:
        return np.zeros(0, dtype=np.int8)
    stretches = constant_offsets(timezone, int(second.min()), int(second.max()) + 1)
    begins, offsets = np.array([one[0] for one in stretches]), np.array([one[2] for one in stretches])
    local = second + offsets[np.searchsorted(begins, second, side="right") - 1]
    return np.asarray(local // 3600 % 24, dtype=np.int8)


def narrowest(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same whole numbers in as few bytes as hold them."""
    low, high = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
    kinds: tuple[type[np.signedinteger[Any]], ...] = (np.int8, np.int16, np.int32)
    kind = next((kind for kind in kinds if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max), np.int64)
    return numbers.astype(kind, copy=False)


def _in_order(at: Places, contents: Mapping[str, npt.NDArray[Any]]) -> Places:
    """The order by time of handoff; what happened at one instant is put in order by all that is told of it.

    Rows that stay in the order in which they came are then alike in every column read here, so no sum of these, and
    not even its last digit, depends on the engine that answered or on how its rows lie. The points of single criteria
    are asked for apart: of two leads alike in all else and in their score, the criteria may stand in either order.
    """
    order = np.argsort(at, kind="stable")
    equal = at[order][1:] == at[order][:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal)) if at.size else order
    if not tied.size:
        return order
    rows = order[tied]
    mixed = np.zeros(rows.size, dtype=np.uint64)
    for name in sorted(contents):
        column = contents[name][rows]
        bits = (
            (column.astype(np.float64) + 0.0).view(np.uint64) if column.dtype.kind == "f" else column.astype(np.uint64)
        )
        mixed = (mixed ^ bits) * ODD
        mixed ^= mixed >> SHIFT
    order[tied] = rows[np.lexsort((mixed, at[rows]))]
    return order


def _encoded(column: pa.ChunkedArray) -> Coded:
    """Codes that stand in the alphabetical order of the values: nothing depends on the order in which they came."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    codes = np.from_dlpack(encoded.indices)
    return narrowest(place)[codes] if len(values) else codes, tuple(values[index] for index in order)


def _retried(
    lead: npt.NDArray[Any], values: tuple[str, ...], sequence: npt.NDArray[np.int64], accepted: Rows, settled: Rows
) -> npt.NDArray[np.int64]:
    """What became of the lead's next handoff: 1 accepted, 0 not, -1 there was none or it is still open."""
    answer = np.full(lead.size, -1, dtype=np.int64)
    again = np.flatnonzero(lead != values.index(MISSING)) if MISSING in values else np.arange(lead.size)
    order = again[np.lexsort((sequence[again], lead[again]))]
    this, following = order[:-1], order[1:]
    same = (lead[this] == lead[following]) & settled[following]
    answer[this[same]] = accepted[following[same]]
    return answer
