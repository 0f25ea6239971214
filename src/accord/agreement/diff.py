"""What changes from one agreement to another, by meaning: criteria by their id, promises by their name, not by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from accord.agreement.listing import content
from accord.agreement.model import Agreement
from accord.values import Json

__all__ = ["SECTIONS", "Change", "Kind", "Labels", "Section", "changes"]

Section = Literal["general", "qualification", "handoff", "acceptance", "commitments", "reports", "attribution"]
Kind = Literal["changed", "added", "removed", "reordered"]

Labels = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Key of a list (``qualification.criteria``) → id or name of an item → language → what people call it."""

SECTIONS: Mapping[Section, tuple[str, ...]] = {
    "general": ("name", "version", "timezone", "currency", "review_by"),
    "qualification": ("qualification",),
    "handoff": ("handoff",),
    "acceptance": ("acceptance",),
    "commitments": ("commitments",),
    "reports": ("segments", "size_bands", "weights", "materiality"),
    "attribution": ("attribution",),
}
"""The sections of a diff and the keys of the agreement that belong to each, in the order in which they are read."""

_WHOLE = frozenset(("when", "ideal_profile", "label", "why", "where", "grid", "attribution"))
"""Keys whose value is one statement: half of a condition means nothing."""

_OPENED = 3
"""Levels of the qualification down to which what only one side has is opened: axes, and each axis."""

_LABELLED = ("qualification.criteria", "qualification.disqualifiers", "acceptance.promises", "commitments.monthly")
"""Lists whose items people call by a label."""

_NAMES = ("id", "name")
"""The keys by which items of a list are told apart."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference at ``path`` (names of items stand in for their places).

    ``before`` and ``after`` are JSON values; None where there is nothing. ``reordered``: the same items in another
    order, which are then lists of their names. ``labels``: what people call the items of both agreements, the later
    one's word first.
    """

    section: Section
    path: tuple[str, ...]
    kind: Kind
    before: Json
    after: Json
    labels: Labels = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The path as one word: ``qualification.criteria.company_size.points``."""
        return ".".join(self.path)


def changes(before: Agreement, after: Agreement) -> tuple[Change, ...]:
    """Every difference between two agreements, in the order of :data:`SECTIONS`; none where they say the same.

    Defaults are filled in on both sides; a qualification that one side lacks is compared by what the other writes.
    """
    old, new = content(before), content(after)
    for one, other, agreement in ((old, new, after), (new, old, before)):
        if one["qualification"] is None and other["qualification"] is not None:
            written = agreement.model_dump(mode="json", include={"qualification"}, exclude_defaults=True)
            one["qualification"], other["qualification"] = {}, _plain(written["qualification"])
    labels = _labels(old, new)
    return tuple(
        Change(section, *difference, labels)
        for section, keys in SECTIONS.items()
        for key in keys
        for difference in _differences((key,), old.get(key), new.get(key))
    )


def _labels(*contents: Mapping[str, Any]) -> Labels:
    """The labels of the items, those of the last agreement where both have one."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for content_of in contents:
        for key in _LABELLED:
            section, inner = key.split(".")
            items = (content_of.get(section) or {}).get(inner) or ()
            named = {item.get("id") or item["name"]: item["label"] for item in items if item.get("label")}
            found.setdefault(key, {}).update(named)
    return found


_Difference = tuple[tuple[str, ...], Kind, Json, Json]


def _differences(path: tuple[str, ...], old: Any, new: Any) -> Iterator[_Difference]:
    if _same(old, new):
        return
    if path[0] == "qualification" and len(path) <= _OPENED and path[-1] not in _WHOLE:
        # What one side left out is told by what stands in it on the other.
        old, new = _as_much(old, new), _as_much(new, old)
    if path[-1] in _WHOLE:
        yield _replaced(path, old, new)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _differences((*path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and (name := _told_apart_by([*old, *new])):
        yield from _items(path, old, new, name)
    else:
        yield _replaced(path, old, new)


def _items(
    path: tuple[str, ...], old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], name: str
) -> Iterator[_Difference]:
    before, after = ({item[name]: item for item in items} for items in (old, new))
    for key in [*before, *(key for key in after if key not in before)]:
        if key in before and key in after:
            yield from _differences((*path, key), before[key], after[key])
        else:
            yield _replaced((*path, key), before.get(key), after.get(key))
    stayed = [key for key in before if key in after], [key for key in after if key in before]
    if stayed[0] != stayed[1]:
        yield path, "reordered", list(stayed[0]), list(stayed[1])


def _replaced(path: tuple[str, ...], old: Any, new: Any) -> _Difference:
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    return path, kind, old, new


def _as_much(value: Any, other: Any) -> Any:
    """An empty value of the kind of ``other`` where there is none."""
    return type(other)() if value is None and isinstance(other, (dict, list)) else value


def _told_apart_by(items: Sequence[Any]) -> str | None:
    """The key by which these items are told apart; None where they are not items with names."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    return next((name for name in _NAMES if all(name in item for item in items)), None)


def _same(old: object, new: object) -> bool:
    # 1 is not true here, as it is for Python; the order of keys is nobody's statement, and that of items is.
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def _plain(value: Any) -> Any:
    """JSON values as :func:`~accord.agreement.listing.content` has them: whole numbers without a decimal point."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
