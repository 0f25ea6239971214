"""Names in a file that is at fault elsewhere too: columns, lists and ids are looked up in what was written.

The model checks how the parts of an agreement fit together only where each part is sound by itself, so a criterion with
a wrong axis would hide that its column does not exist, or that its id is taken. Here nothing is left out for that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from accord.agreement.fields import unknown_column
from accord.agreement.findings import nearest, shown
from accord.agreement.source import KeyPath, dotted, line_of, read_source
from accord.errors import AgreementError, Fault
from accord.language import gettext as _
from accord.language import ngettext

__all__ = ["with_names"]

Complaint = tuple[KeyPath, str, str | None]

_WITH_IDS = ("criteria", "disqualifiers")
_SELECTIONS = (("acceptance", "promises"), ("commitments", "monthly"), ("handoff", "routes"))


def with_names(
    error: AgreementError, path: Path, columns: Collection[str] | None, fields: Collection[str]
) -> AgreementError:
    """``error`` about the file at ``path``, with the names in it that stand for nothing, in the order of the file.

    ``columns``: what promises and segments may name; None where nothing is imported yet, so that nobody can tell.
    ``fields``: what a qualification may name, the columns of the leads alone.
    """
    source = read_source(path.read_bytes(), str(path))
    if not isinstance(source.content, dict):
        return error
    found = [
        Fault(message, str(path), line_of(source.lines, place), hint)
        for place, message, hint in _complaints(source.content, columns, {*fields, "account_size"})
    ]
    # A name that the model has complained of already says nothing new on the same line.
    news = [fault for fault in dict.fromkeys(found) if fault not in error.faults]
    if not news:
        return error
    faults = sorted((*error.faults, *news), key=lambda fault: fault.line or 0)
    message = ngettext("{path} has {n} fault:", "{path} has {n} faults:", len(faults))
    return AgreementError(message.format(path=path, n=len(faults)), *faults)


def _complaints(
    content: dict[str, Any], columns: Collection[str] | None, fields: Collection[str]
) -> Iterator[Complaint]:
    said = content.get("qualification")
    said = said if isinstance(said, dict) else {}
    yield from _taken_ids(said)
    yield from _unknown_lists(said)
    if columns is not None:
        for place, name in _columns_named(content, said):
            known = fields if place[0] == "qualification" else columns
            if name not in known:
                yield place, *unknown_column(name, known)


def _taken_ids(said: dict[str, Any]) -> Iterator[Complaint]:
    message = _("{key} is {value}, which is there already.")
    for key in _WITH_IDS:
        ids: list[str] = []
        for place, part in _items(said.get(key)):
            name = part.get("id") if isinstance(part, dict) else None
            if not isinstance(name, str):
                continue
            if name in ids:
                path: KeyPath = ("qualification", key, place, "id")
                yield path, message.format(key=dotted(path), value=shown(name)), None
            ids.append(name)


def _unknown_lists(said: dict[str, Any]) -> Iterator[Complaint]:
    lists = said.get("lists")
    known = [name for name in lists if isinstance(name, str)] if isinstance(lists, dict) else []
    message = _("{key} is {found}, which is not a list of this agreement.")
    usual = _("Known: {words}.").format(words=", ".join(known)) if known else _("Add it to lists.")
    for place, comparison in _comparisons(said):
        name = comparison.get("in_list")
        if isinstance(name, str) and name not in known:
            path = (*place, "in_list")
            yield path, message.format(key=dotted(path), found=shown(name)), nearest(name, known) or usual


def _columns_named(content: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for place, name in _items(content.get("segments")):
        if isinstance(name, str):
            yield ("segments", place), name
    for path, comparison in _comparisons(said):
        if isinstance(name := comparison.get("field"), str):
            yield (*path, "field"), name
    selecting: list[tuple[KeyPath, Any]] = [(("qualification", "overrides"), said.get("overrides"))]
    for section, key in _SELECTIONS:
        part = content.get(section)
        selecting.append(((section, key), part.get(key) if isinstance(part, dict) else None))
    for above, parts in selecting:
        for place, part in _items(parts):
            where = part.get("where") if isinstance(part, dict) else None
            for name in where if isinstance(where, dict) else ():
                if isinstance(name, str):
                    yield (*above, place, "where", name), name


def _comparisons(said: dict[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Everything that is written where a condition stands and names a field or a list."""
    for key in _WITH_IDS:
        for place, part in _items(said.get(key)):
            if isinstance(part, dict):
                yield from _within(part.get("when"), ("qualification", key, place, "when"))
    yield from _within(said.get("ideal_profile"), ("qualification", "ideal_profile"))


def _within(condition: Any, path: KeyPath) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    if not isinstance(condition, dict):
        return
    if "field" in condition or "in_list" in condition:
        yield path, condition
    for key in ("all", "any"):
        for place, part in _items(condition.get(key)):
            yield from _within(part, (*path, key, place))
    yield from _within(condition.get("not"), (*path, "not"))


def _items(value: Any) -> Iterator[tuple[int, Any]]:
    yield from enumerate(value) if isinstance(value, tuple) else ()
