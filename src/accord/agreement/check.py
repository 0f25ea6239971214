"""Everything that is wrong with a file, at once: pydantic's findings, each with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import ValidationError

from accord.agreement.findings import ANY, shown
from accord.agreement.model import Document
from accord.agreement.sentences import Complaint, complaints
from accord.agreement.source import KeyPath, Source, line_of
from accord.errors import Fault
from accord.language import gettext as _
from accord.typed import as_typed

__all__ = ["checked"]


def checked(source: Source, file: str) -> tuple[Document | None, list[Fault]]:
    """What ``source`` says, and everything that is wrong with it, in the order of the file.

    pydantic does not check the whole of a section before its parts are sound. So what is at fault is taken out, and the
    rest is looked at again, until nothing new is found.
    """
    faults = list(source.faults)
    if source.content is None:
        if not faults:
            hint = _("To begin with the defaults: {init}; or remove the file.").format(init=as_typed("init --force"))
            faults.append(Fault(_("The file is empty."), file, hint=hint))
        return None, faults
    if not isinstance(source.content, dict):
        message = _("The file is {found}; an agreement is a mapping of keys, such as timezone: Europe/Paris.")
        return None, [*faults, Fault(message.format(found=shown(source.content)), file, 1)]

    remaining = _Remaining(source.content)
    while True:
        try:
            document = Document.model_validate(remaining.content, strict=True)
            break
        except ValidationError as error:
            errors = error.errors(include_url=False)
        found = [complaint for details in errors for complaint in complaints(details, remaining.original)]
        news = [complaint for complaint in found if not rests_on_any(complaint, remaining.gone)]
        certain = {complaint.path for complaint in news if not complaint.follows}
        faults += [
            Fault(complaint.sentence, file, line_of(source.lines, complaint.path), complaint.hint)
            for complaint in news
            if not (complaint.follows and rests_on_any(complaint, certain - {complaint.path}))
        ]
        remaining.take_out(found)
    return document, sorted(dict.fromkeys(faults), key=lambda fault: fault.line or 0)


def rests_on_any(complaint: Complaint, at_fault: Collection[KeyPath]) -> bool:
    """Whether there may only be something to complain about because other parts are at fault."""

    def concerned(path: KeyPath) -> bool:
        top = path[:-1] if path[-1] == ANY else path
        return any(len(other) >= len(path) and other[: len(top)] == top for other in at_fault)

    return any(concerned(path) for path in complaint.rests_on)


class _Remaining:
    """What is left of a file when what is at fault has been taken out, and where its parts stood."""

    def __init__(self, content: Any) -> None:
        self._whole = content
        self._kept: dict[KeyPath, list[int]] = {}
        self.content = content
        self.gone: set[KeyPath] = set()

    def take_out(self, complaints: Iterable[Complaint]) -> None:
        """Leave out what is complained of, and what it contradicts."""
        paths = {
            existing
            for complaint in complaints
            for path in (complaint.path, *complaint.rests_on)
            if (existing := self._existing(path)) is not None
        }
        if () in paths or paths <= self.gone:
            raise AssertionError(f"nothing to leave out at {sorted(map(str, paths))}")
        self.gone |= paths
        self.content = self._without(self._whole, ())

    def _existing(self, path: KeyPath) -> KeyPath | None:
        """``path``, or the text it is a part of, such as the 9h of 9h-18h; None where the file does not have it."""
        value = self._whole
        for length, part in enumerate(path):
            if isinstance(value, dict):
                if part not in value:
                    return None
            elif not isinstance(value, tuple):
                return path[:length]
            elif not isinstance(part, int):
                return None
            value = value[part]
        return path

    def original(self, path: KeyPath) -> KeyPath:
        """Where a part of what is left stood in the file."""
        before: KeyPath = ()
        for part in path:
            kept = self._kept.get(before)
            before = (*before, kept[part] if kept is not None and isinstance(part, int) else part)
        return before

    def _without(self, value: Any, here: KeyPath) -> Any:
        if isinstance(value, dict):
            return {
                key: self._without(part, (*here, key)) for key, part in value.items() if (*here, key) not in self.gone
            }
        if isinstance(value, tuple):
            kept = [place for place in range(len(value)) if (*here, place) not in self.gone]
            self._kept[here] = kept
            return tuple(self._without(value[place], (*here, place)) for place in kept)
        return value
