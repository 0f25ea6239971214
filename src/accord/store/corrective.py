"""Corrective actions as the store keeps them: one row per thing that was written down, added and never rewritten."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from accord.store.moments import moment_shown, now, recorded
from accord.store.session import Session
from accord.values import Json

__all__ = ["ACTIONS_FORMAT", "EVENTS", "ActionEntry", "Event", "NewEntry", "entries_recorded", "record_entries"]

ACTIONS_FORMAT = 4
"""The first format of the database that has corrective actions."""

Event = Literal["added", "changed", "stopped", "removed"]
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something to write down of an action: what happened to it, and all that holds of it from then on."""

    action: str
    event: Event
    content: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """What was written down, by whom (``name``) and when (``at``, naive UTC); ``number`` counts all entries."""

    number: int
    action: str
    event: Event
    content: Mapping[str, Json]
    name: str
    at: datetime


def record_entries(
    session: Session, name: str, decide: Callable[[Sequence[ActionEntry]], Sequence[NewEntry]]
) -> list[ActionEntry]:
    """Write down what ``decide`` answers, given everything written so far; nobody else writes in between.

    All or nothing, durable when it returns. What ``decide`` raises leaves everything as it was.
    """
    with session.writing():
        session.order_commits()
        new = decide(entries_recorded(session))
        moment = now()
        return [_insert(session, entry, name, moment) for entry in new]


def entries_recorded(session: Session) -> list[ActionEntry]:
    """Everything written down of all actions, the first first."""
    found = session.rows("SELECT id, action, event, content, name, recorded_at FROM corrective_actions ORDER BY id")
    return [
        ActionEntry(int(number), str(action), cast("Event", event), json.loads(content), str(name), recorded(at))
        for number, action, event, content, name, at in found
    ]


def _insert(session: Session, entry: NewEntry, name: str, moment: datetime) -> ActionEntry:
    content = json.dumps(dict(entry.content), ensure_ascii=False, sort_keys=True)
    found = session.one(
        "INSERT INTO corrective_actions (action, event, content, name, recorded_at) VALUES (?, ?, ?, ?, ?) "
        "RETURNING id",
        (entry.action, entry.event, content, name, moment_shown(moment, sqlite=session.is_sqlite)),
    )
    assert found is not None
    return ActionEntry(int(found[0]), entry.action, entry.event, entry.content, name, recorded(moment))
