"""What a check of the model found wrong: a sentence that waits for the key's name, carried through pydantic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from accord.language import gettext as _

__all__ = ["ANY", "FINDINGS", "Finding", "broken", "nearest", "shown"]

FINDINGS = "accord_findings"
"""The type under which pydantic reports what our own checks found."""

ANY = "*"
"""Stands for every key or place of a value."""

_LONGEST = 60

_TELLING = 5
"""So many letters at the beginning of one known word tell it: competitor is competitor_or_partner, although
chose_competitor is shorter."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a value. ``{key}`` in ``message`` becomes the key's full name, the rest comes from ``values``.

    ``within`` leads from the checked value to the part at fault; ``hint`` is a whole sentence. ``rests_on``: the keys
    or places of the checked value that contradict each other here, :data:`ANY` for all; when one of them is itself at
    fault, the finding means nothing.
    """

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    hint: str | None = None
    within: tuple[str | int, ...] = ()
    rests_on: tuple[str | int, ...] = ()

    def sentence(self, key: str) -> str:
        """The message about ``key``."""
        return self.message.format(key=key, **self.values)


def broken(*findings: Finding) -> PydanticCustomError:
    """What a check raises; in a program that builds an agreement by hand, the first finding is what it reads."""
    summary = " ".join(finding.sentence(_("The value")) for finding in findings)
    return PydanticCustomError(FINDINGS, "{summary}", {"summary": summary, "findings": findings})


def shown(value: object) -> str:
    """A value as one reads it in the file: text in quotes, cut where it is long; a list or a mapping by its kind."""
    match value:
        case None:
            return _("empty")
        case bool():
            return "true" if value else "false"
        case str():
            text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
            return f'"{text}"'
        case dict():
            return _("a mapping")
        case list() | tuple():
            return _("a list")
        case _:
            return str(value)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the known word nearest to ``word``, whatever the case; None when none is near."""
    words = {name.casefold(): name for name in known}
    begun = [name for name in words if len(word) >= _TELLING and name.startswith(word.casefold())]
    near = begun if len(begun) == 1 else get_close_matches(word.casefold(), words, n=1, cutoff=0.6)
    return _("Did you mean {near}?").format(near=words[near[0]]) if near else None
