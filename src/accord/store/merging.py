"""The same key again: what a newer row does to the one that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.values import Json

__all__ = ["Row", "merge", "same"]


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row at one time: columns of the contract by name, and all others as they stand in ``extra``."""

    values: Mapping[str, object]
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def extra_text(self) -> str | None:
        """``extra`` as the store keeps it; ``None`` when there is nothing in it."""
        return json.dumps(self.extra, ensure_ascii=False, separators=(",", ":")) if self.extra else None


def merge(current: Row | None, given: Mapping[str, object], extra: Mapping[str, Json], names: tuple[str, ...]) -> Row:
    """The row after ``given`` and ``extra`` arrived: absent keeps the old value, a given ``None`` clears it."""
    old = current.values if current else {}
    kept = {**(current.extra if current else {}), **extra}
    return Row(
        {name: given[name] if name in given else old.get(name) for name in names},
        {name: value for name, value in kept.items() if value is not None},
    )


def same(one: Row, other: Row) -> bool:
    """Whether two rows hold the same; in ``extra`` the text ``"1"``, the number 1 and *true* differ."""
    return dict(one.values) == dict(other.values) and _typed(one.extra) == _typed(other.extra)


def _typed(extra: Mapping[str, Json]) -> dict[str, str]:
    return {name: json.dumps(value, ensure_ascii=False, sort_keys=True) for name, value in extra.items()}
