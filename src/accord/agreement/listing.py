"""An agreement as a list of its keys, for people and programs that want to see what holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accord.agreement.conditions import Condition
from accord.agreement.model import Agreement
from accord.agreement.part import Part

__all__ = ["Entry", "content", "entries", "written"]

_PLAIN = re.compile(r"[^\W\d_][\w .:+/-]*\w|[^\W\d_]|[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_READ_OTHERWISE = re.compile(r"true|false|null|.*: .*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key, as ``acceptance.floor``, with its value as one writes it in the file, and its default likewise."""

    key: str
    value: str
    default: str

    @property
    def differs(self) -> bool:
        """Whether the agreement says something else than the default."""
        return self.value != self.default


def entries(agreement: Agreement) -> Iterator[Entry]:
    """Every key of the agreement, sections opened, in the order of the reference."""
    yield from _entries(agreement, Agreement(), "")


def _entries(part: Part, default: Part | None, above: str) -> Iterator[Entry]:
    for name, field in type(part).model_fields.items():
        value, usual = getattr(part, name), getattr(default, name, None)
        key = f"{above}{field.alias or name}"
        if isinstance(value, Part) and not isinstance(value, Condition):
            yield from _entries(value, usual if isinstance(usual, Part) else None, f"{key}.")
        else:
            yield Entry(key, written(_plain(value)), written(_plain(usual)))


def content(agreement: Agreement) -> dict[str, Any]:
    """The whole agreement as JSON values, every default filled in; whole numbers without a decimal point."""
    plain: dict[str, Any] = _plain(agreement)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return _plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def written(value: Any) -> str:
    """A JSON value as one writes it on one line of the file; nothing for what is empty."""
    match value:
        case None:
            return ""
        case dict():
            named = (f"{written(key)}: {written(part)}" for key, part in value.items() if part is not None)
            return "{" + ", ".join(named) + "}"
        case list():
            if len(value) == 2 and all(re.fullmatch(r"[0-9]{2}:[0-9]{2}", str(part)) for part in value):
                return "-".join(value)
            return "[" + ", ".join(written(part) for part in value) + "]"
        case str():
            return (
                value
                if _PLAIN.fullmatch(value) and not _READ_OTHERWISE.fullmatch(value)
                else json.dumps(value, ensure_ascii=False)
            )
        case _:
            return json.dumps(value)
