"""A corrective action: what somebody changed, where, who looks after it, and from when on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from accord.actions.where import same_leads
from accord.store.corrective import ActionEntry, Event
from accord.values import Json

__all__ = ["FIELDS", "CorrectiveAction", "Step", "actions_in", "content_of", "steps_of"]

FIELDS = ("code", "text", "where", "owner", "start", "stop", "since", "finding", "note")
"""What an action says, in the order in which it is shown and written to files."""


@dataclass(frozen=True, slots=True)
class CorrectiveAction:
    """One thing that was changed so that acceptance gets better.

    ``id``: as in A7. ``code``: a stable word for the kind of action, as the diagnosis proposes them (``train``,
    ``stricter_entry`` …). ``where``: stored values by dimension, ``{}`` = everywhere. ``start``: the first local day on
    which it was in force; ``stop``: the first on which it no longer was, None while it is. ``finding``: the id of the
    finding of a diagnosis that it answers, or empty. ``since``: the day from which what it answers dates, as of a
    drop, or None.
    """

    id: str
    code: str
    text: str
    where: Mapping[str, str]
    owner: str
    start: date
    stop: date | None = None
    finding: str = ""
    note: str = ""
    removed: bool = False
    since: date | None = None

    def says(self, other: CorrectiveAction) -> bool:
        """Whether both say the same, whatever they are called."""
        return content_of(self) == content_of(other)

    def touches(self, other: CorrectiveAction) -> bool:
        """Whether a lead may lie in both segments."""
        return same_leads(self.where, other.where)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an action's history: what happened, who wrote it down and when (naive UTC).

    ``changed``: what each field said before and says now; of the first step, nothing.
    """

    event: Event
    name: str
    at: datetime
    changed: Mapping[str, tuple[Json, Json]]


def content_of(action: CorrectiveAction) -> dict[str, Json]:
    """All that an action says, as JSON has it."""
    return {
        "code": action.code,
        "text": action.text,
        "where": dict(sorted(action.where.items())),
        "owner": action.owner,
        "start": action.start.isoformat(),
        "stop": action.stop.isoformat() if action.stop else None,
        "since": action.since.isoformat() if action.since else None,
        "finding": action.finding,
        "note": action.note,
    }


def actions_in(entries: Sequence[ActionEntry]) -> list[CorrectiveAction]:
    """Every action as its last entry left it, in the order in which they were added."""
    found: dict[str, CorrectiveAction] = {}
    for entry in entries:
        action = _read(entry.action, entry.content)
        found[entry.action] = replace(action, removed=entry.event == "removed")
    return list(found.values())


def steps_of(entries: Sequence[ActionEntry], action_id: str) -> list[Step]:
    """The history of one action, the first step first."""
    steps: list[Step] = []
    before: Mapping[str, Json] | None = None
    for entry in entries:
        if entry.action != action_id:
            continue
        changed = {} if before is None else _differences(before, entry.content)
        steps.append(Step(entry.event, entry.name, entry.at, changed))
        before = entry.content
    return steps


def _differences(before: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, tuple[Json, Json]]:
    return {name: (before.get(name), now.get(name)) for name in FIELDS if before.get(name) != now.get(name)}


def _read(action_id: str, content: Mapping[str, Json]) -> CorrectiveAction:
    where, stop, since = content["where"], content.get("stop"), content.get("since")
    assert isinstance(where, dict)
    return CorrectiveAction(
        id=action_id,
        code=str(content["code"]),
        text=str(content["text"]),
        where={name: str(value) for name, value in where.items()},
        owner=str(content["owner"]),
        start=date.fromisoformat(str(content["start"])),
        stop=date.fromisoformat(str(stop)) if stop else None,
        finding=str(content.get("finding") or ""),
        note=str(content.get("note") or ""),
        since=date.fromisoformat(str(since)) if since else None,
    )
