"""Is an action complete and sound? Everything that is wrong is said at once, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accord.actions.model import FIELDS, CorrectiveAction
from accord.actions.where import finding_fault, segment_of_finding, segment_of_object, segment_of_text
from accord.agreement.findings import nearest
from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["Checked", "check"]

_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

OTHER = "other"
"""The code of an action that nobody gave one."""


@dataclass(slots=True)
class Checked:
    """What a draft says, as far as it can be read, and everything that is wrong with it."""

    faults: list[Fault] = field(default_factory=list)
    action: CorrectiveAction | None = None


def check(
    draft: Mapping[str, object],
    dimensions: Sequence[str],
    *,
    action_id: str = "",
    file: str | None = None,
    line: int | None = None,
) -> Checked:
    """The action that ``draft`` (field → what was written) describes, or what is wrong with it.

    ``dimensions``: what leads can be cut by. ``action_id``: its name where it has one already. Fields that are absent
    are empty. A finding that is named says where, unless ``where`` does.
    """
    found = _Check(draft, file, line)
    text = found.needed("text", _("Say what is done, as in “Ask for a phone number on the webinar form”."))
    owner = found.needed("owner", _("Say who looks after it."))
    start = found.day("start", needed=True)
    stop = found.day("stop")
    if start and stop and stop < start:
        found.fault(_("It stops on {stop}, before it starts on {start}.").format(stop=stop, start=start))
    since = found.day("since")
    if start and since and since >= start:
        message = _("What it answers dates from {since}, which is not before it starts on {start}.")
        found.fault(message.format(since=since, start=start))
    code = found.text("code") or OTHER
    if not _CODE.fullmatch(code):
        message = _("{code} is no code: small letters, digits and underscores, as in stricter_entry.")
        found.fault(message.format(code=code))
    finding = found.text("finding")
    if finding and (wrong := finding_fault(finding)):
        found.fault(wrong)
    where = found.where(dimensions, finding)
    if action_id and not _ID.fullmatch(action_id):
        message = _("{id} is no id: letters, digits, dots, dashes and underscores, at most 40.")
        found.fault(message.format(id=action_id))
    for name in draft:
        if name not in FIELDS:
            message = _("An action has no {name}. It has: {known}.").format(name=name, known=", ".join(FIELDS))
            found.fault(" ".join(filter(None, (message, nearest(str(name), FIELDS)))))
    checked = Checked(found.faults)
    if not found.faults:
        assert start is not None
        note = found.text("note")
        checked.action = CorrectiveAction(action_id, code, text, where, owner, start, stop, finding, note, since=since)
    return checked


class _Check:
    def __init__(self, draft: Mapping[str, object], file: str | None, line: int | None) -> None:
        self.draft, self.file, self.line = draft, file, line
        self.faults: list[Fault] = []

    def fault(self, message: str) -> None:
        self.faults.append(Fault(message, self.file, self.line))

    def text(self, name: str) -> str:
        value = self.draft.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(_("{name} is {value}; it must be text.").format(name=name, value=value))
            return ""
        return value.strip()

    def needed(self, name: str, hint: str) -> str:
        before = len(self.faults)
        value = self.text(name)
        if not value and len(self.faults) == before:
            self.fault(_("{name} is missing. {hint}").format(name=name, hint=hint))
        return value

    def day(self, name: str, *, needed: bool = False) -> date | None:
        hint = _("Write the day as in 2026-03-31.")
        said = self.needed(name, hint) if needed else self.text(name)
        if not said:
            return None
        try:
            if not _DAY.fullmatch(said):
                raise ValueError(said)
            return date.fromisoformat(said)
        except ValueError:
            self.fault(_("{name} is {value}, which is no day. {hint}").format(name=name, value=said, hint=hint))
            return None

    def where(self, dimensions: Sequence[str], finding: str) -> dict[str, str]:
        said = self.draft.get("where")
        if said is None and finding:
            of_finding = segment_of_finding(finding)
            if of_finding is None:
                message = _("The id {finding} does not tell where for sure. Say it with where.")
                self.fault(message.format(finding=finding))
            return self._known(of_finding or {}, dimensions)
        try:
            segment = segment_of_text(said) if isinstance(said, str) else segment_of_object(said or {})
        except ValueError as error:
            self.fault(str(error))
            return {}
        return self._known(segment, dimensions)

    def _known(self, segment: dict[str, str], dimensions: Sequence[str]) -> dict[str, str]:
        for name in segment:
            if name not in dimensions:
                hint = nearest(name, dimensions)
                self.fault(
                    _("There is no dimension {name}.{hint} Leads can be cut by: {known}.").format(
                        name=name, hint=f" {hint}" if hint else "", known=", ".join(dimensions)
                    )
                )
        return segment
