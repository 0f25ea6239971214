"""The JSON that leaves Accord: one envelope around every answer, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from accord import __version__
from accord.values import Json

__all__ = ["dumped", "dumps", "envelope", "utc_text"]


def envelope(agreement_name: str, agreement_version: str, as_of: datetime | None, data: Json) -> dict[str, Json]:
    """``{"accord", "agreement", "as_of", "data"}``; ``as_of`` is naive UTC, None where nothing was ever recorded."""
    return {
        "accord": __version__,
        "agreement": {"name": agreement_name, "version": agreement_version},
        "as_of": None if as_of is None else utc_text(as_of),
        "data": data,
    }


def utc_text(moment: datetime) -> str:
    """A naive UTC instant as ISO 8601 with ``Z``; fractions of a second only where there are any."""
    return f"{moment.isoformat()}Z"


def dumps(answer: Json) -> str:
    """``answer`` as ASCII JSON text, one record to a line, ending with a line break.

    Lists of objects take a line per object and what holds them a line per key, so that two answers can be compared
    line by line; everything deeper stays on its line. NaN and infinity are refused: no figure of ours is either.
    """
    return "".join([*_laid_out(answer, 0), "\n"])


def dumped(answer: Mapping[str, Json], name: str, records: Iterator[Json]) -> Iterator[str]:
    """The text that :func:`dumps` makes of ``answer`` with ``records`` under ``name``, piece by piece: a million
    records are never held at once.
    """
    first = next(records, None)
    for number, (key, part) in enumerate(answer.items()):
        yield f"{',' if number else '{'}\n {_compact(key)}: "
        if key != name or first is None:
            yield from _laid_out(part, 1)
            continue
        yield f"[\n  {_compact(first)}"
        for record in records:
            yield f",\n  {_compact(record)}"
        yield "\n ]"
    yield "\n}\n"


def _laid_out(value: Json, depth: int) -> Iterator[str]:
    inner, outer = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict) and (depth == 0 or _holds_records(value)):
        yield "{"
        for number, (key, part) in enumerate(value.items()):
            yield f"{',' if number else ''}{inner}{_compact(key)}: "
            yield from _laid_out(part, depth + 1)
        yield outer + "}"
    elif isinstance(value, list) and _is_records(value):
        yield "["
        for number, part in enumerate(value):
            yield f"{',' if number else ''}{inner}{_compact(part)}"
        yield outer + "]"
    else:
        yield _compact(value)


def _is_records(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _holds_records(value: Json) -> bool:
    if isinstance(value, dict):
        return any(_is_records(part) or _holds_records(part) for part in value.values())
    return False


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
