"""Corrective actions, kept: added, changed, stopped, removed; who wrote what and when is never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accord.acceptance.measure import dimensions_of
from accord.actions.check import Checked, check
from accord.actions.model import CorrectiveAction, Step, actions_in, content_of, steps_of
from accord.agreement.findings import nearest
from accord.errors import DataError, Fault, UsageError
from accord.language import gettext as _
from accord.metrics.cells import segment_value
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.store.address import address_of
from accord.store.corrective import (
    ACTIONS_FORMAT,
    ActionEntry,
    Event,
    NewEntry,
    entries_recorded,
    record_entries,
)
from accord.store.database import open_store
from accord.store.faults import translated
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = [
    "Imported",
    "actions_kept",
    "add_action",
    "change_action",
    "entries_kept",
    "history_of",
    "import_actions",
    "remove_action",
    "stop_action",
    "unknown_places",
]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file did: how many actions it held, and which were added, changed, or said nothing new."""

    read: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def actions_kept(workspace: Workspace) -> list[CorrectiveAction]:
    """Every action, removed ones too, in the order in which they were added; none where there is no database yet."""
    return actions_in(entries_kept(workspace))


def entries_kept(workspace: Workspace) -> list[ActionEntry]:
    """Everything ever written down of all actions."""
    address = address_of(workspace.database_url)
    if address.path is not None and not address.path.exists():
        return []
    with open_store(workspace.database_url, read_only=True) as store, translated(address):
        return entries_recorded(store.session) if store.layout.version >= ACTIONS_FORMAT else []


def history_of(workspace: Workspace, action_id: str) -> tuple[CorrectiveAction, list[Step]]:
    """An action as it stands, removed or not, and its history; ``UsageError`` where there is none of that id."""
    entries = entries_kept(workspace)
    return _named(actions_in(entries), action_id, removed=True), steps_of(entries, action_id)


def add_action(
    workspace: Workspace, draft: Mapping[str, object], *, name: str, anyway: bool = True
) -> CorrectiveAction:
    """Keep a new action, under the next free id. Durable when it returns.

    ``draft``: the fields of :class:`~accord.actions.model.CorrectiveAction` as they were written. ``name``: who writes
    it down. ``DataError`` with everything that is wrong; ``UsageError`` where an action says exactly this already, and,
    unless ``anyway``, where it touches leads of which there is none so far.
    """
    checked = _sound(check(draft, _dimensions(workspace)))
    _known_places(workspace, checked, anyway=anyway)

    def decide(entries: Sequence[ActionEntry]) -> list[NewEntry]:
        there = _saying({action.id: action for action in actions_in(entries)}, checked)
        if there is not None:
            raise UsageError(_("{id} says exactly this already. Nothing was recorded.").format(id=there.id))
        action = replace(checked, id=_free_id({entry.action for entry in entries}))
        return [NewEntry(action.id, "added", content_of(action))]

    return _written(workspace, name, decide)[0]


def change_action(
    workspace: Workspace, action_id: str, changes: Mapping[str, object], *, name: str, anyway: bool = True
) -> CorrectiveAction:
    """Write ``changes`` (field → what it says now) to an action. Durable when it returns; what it said before stays.

    ``UsageError`` where there is no such action, where it was removed, and where nothing would change; and, unless
    ``anyway``, where it would then touch leads of which there is none so far.
    """
    dimensions = _dimensions(workspace)

    def decide(entries: Sequence[ActionEntry]) -> list[NewEntry]:
        before = _named(actions_in(entries), action_id)
        draft = {**content_of(before), **changes}
        if "finding" in changes and "where" not in changes and not before.where:
            del draft["where"]
        now = _sound(check(draft, dimensions, action_id=action_id))
        if now.where != before.where:
            _known_places(workspace, now, anyway=anyway)
        if now.says(before):
            raise UsageError(_("{id} says that already. Nothing was changed.").format(id=action_id))
        return [NewEntry(action_id, "changed", content_of(now))]

    return _written(workspace, name, decide)[0]


def stop_action(workspace: Workspace, action_id: str, day: date, *, name: str) -> CorrectiveAction:
    """Say that an action was no longer in force from ``day`` on. ``UsageError`` as for a change."""

    def decide(entries: Sequence[ActionEntry]) -> list[NewEntry]:
        before = _named(actions_in(entries), action_id)
        if day < before.start:
            message = _("It stops on {stop}, before it starts on {start}.")
            raise UsageError(message.format(stop=day, start=before.start))
        if before.stop == day:
            raise UsageError(_("{id} says that already. Nothing was changed.").format(id=action_id))
        return [NewEntry(action_id, "stopped", content_of(replace(before, stop=day)))]

    return _written(workspace, name, decide)[0]


def remove_action(workspace: Workspace, action_id: str, *, name: str) -> CorrectiveAction:
    """Take an action off the list, as one that should not stand there; its history stays."""

    def decide(entries: Sequence[ActionEntry]) -> list[NewEntry]:
        return [NewEntry(action_id, "removed", content_of(_named(actions_in(entries), action_id)))]

    return _written(workspace, name, decide)[0]


def import_actions(
    workspace: Workspace, drafts: Sequence[tuple[int, Mapping[str, object]]], file: str, *, name: str
) -> Imported:
    """Keep the actions of a file: ``drafts`` are its lines and what they say, ``id`` included where they name one.

    An id that is known is changed where the file says something else (fields that a draft lacks stay); one that is not
    is added under it. A draft without id that says what some action says already is that action. All or nothing;
    ``DataError`` with every fault.
    """
    dimensions, result = _dimensions(workspace), Imported(0, (), (), ())

    def decide(entries: Sequence[ActionEntry]) -> list[NewEntry]:
        nonlocal result
        known = {action.id: action for action in actions_in(entries)}
        new: list[NewEntry] = []
        done: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
        faults: list[Fault] = []
        for line, draft in drafts:
            action_id = str(draft.get("id") or "").strip()
            there = known.get(action_id)
            whole = {**(content_of(there) if there else {}), **_without_id(draft)}
            checked = check(whole, dimensions, action_id=action_id, file=file, line=line)
            faults += checked.faults
            if there is not None and there.removed:
                message = _("{id} was removed, and stays so. Leave the id out to add it anew.")
                faults.append(Fault(message.format(id=there.id), file, line))
            if faults or checked.action is None:
                continue
            action = checked.action
            there = there or (None if action_id else _saying(known, action))
            action = replace(action, id=there.id if there else action_id or _free_id(known))
            event: Event = "changed" if there else "added"
            if there is not None and there.says(action):
                done["unchanged"].append(action.id)
            else:
                done[event].append(action.id)
                new.append(NewEntry(action.id, event, content_of(action)))
            known[action.id] = action
        if faults:
            raise DataError(*_first(faults))
        result = Imported(len(drafts), tuple(done["added"]), tuple(done["changed"]), tuple(done["unchanged"]))
        return new

    _written(workspace, name, decide)
    return result


def unknown_places(source: Source, actions: Sequence[CorrectiveAction]) -> list[str]:
    """A sentence for each value that no lead has had so far: it may be a slip, or something new."""
    said: list[str] = []
    known_dimensions = dimensions_of(source.episodes)
    for name, value in dict.fromkeys(pair for action in actions for pair in action.where.items()):
        if name not in known_dimensions:
            continue
        values = source.engine.run(source.episodes.select(value=segment_value(source.episodes, name)).distinct())
        known = [str(row["value"]) for row in values.to_pylist()]
        if value not in known:
            message = _("No lead that was handed over so far has {name} {value}.").format(name=name, value=value)
            said.append(" ".join(filter(None, (message, nearest(value, known)))))
    return said


def _known_places(workspace: Workspace, action: CorrectiveAction, *, anyway: bool) -> None:
    """``UsageError`` where it touches leads of which there is none, which is a slip more often than something new."""
    if anyway or not action.where:
        return
    with open_source(workspace) as source:
        said = unknown_places(source, [action])
    if said:
        hint = _("Nothing was recorded. If it is something new, add --anyway.")
        raise UsageError(*(Fault(sentence) for sentence in said[:-1]), Fault(f"{said[-1]} {hint}"))


def _written(
    workspace: Workspace, name: str, decide: Callable[[Sequence[ActionEntry]], Sequence[NewEntry]]
) -> list[CorrectiveAction]:
    if not name.strip():
        raise UsageError(_('Say who writes this down: --by "Ann Martin".'))
    open_store(workspace.database_url).close()  # says so where there is none
    with open_store(workspace.database_url, create=True) as store, translated(store.session.address):
        return actions_in(record_entries(store.session, name.strip(), decide))


def _dimensions(workspace: Workspace) -> tuple[str, ...]:
    with open_source(workspace) as source:
        return dimensions_of(source.episodes)


def _sound(checked: Checked) -> CorrectiveAction:
    if checked.action is None:
        raise DataError(*_first(checked.faults))
    return checked.action


def _first(faults: Sequence[Fault]) -> tuple[str, *tuple[Fault, ...]]:
    return _("Nothing was recorded."), *faults


def _named(actions: Sequence[CorrectiveAction], action_id: str, *, removed: bool = False) -> CorrectiveAction:
    action = next((action for action in actions if action.id == action_id), None)
    standing = [each.id for each in actions if not each.removed]
    if action is None:
        message = _("There is no action {id}.").format(id=action_id)
        there = _("There are: {known}.").format(known=", ".join(standing)) if standing else ""
        raise UsageError(" ".join(filter(None, (message, nearest(action_id, standing), there))))
    if action.removed and not removed:
        raise UsageError(
            _("{id} was removed, and stays so: {show} tells by whom.").format(
                id=action_id, show=as_typed("actions show", action_id)
            )
        )
    return action


def _saying(known: Mapping[str, CorrectiveAction], action: CorrectiveAction) -> CorrectiveAction | None:
    return next((each for each in known.values() if not each.removed and each.says(action)), None)


def _without_id(draft: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in draft.items() if name != "id"}


def _free_id(taken: Mapping[str, object] | set[str]) -> str:
    number = len(taken) + 1
    while f"A{number}" in taken:
        number += 1
    return f"A{number}"
