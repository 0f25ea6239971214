"""Merged leads: what ``merged_into`` says, followed to its end, and where it leads nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Merges", "resolve"]


@dataclass(frozen=True, slots=True)
class Merges:
    """``becomes``: lead → the lead it is now. ``rings``: leads merged in a circle, themselves included.

    ``chains``: leads whose target was itself merged further. ``unknown``: leads merged into a lead that is not there.
    """

    becomes: Mapping[str, str]
    rings: tuple[str, ...]
    chains: tuple[str, ...]
    unknown: tuple[str, ...]


def resolve(into: Mapping[str, str], known: frozenset[str]) -> Merges:
    """Follow ``into`` (lead → the lead it was merged into); ``known``: the targets that exist.

    Leads on a ring, or on a path into one, and leads merged into an unknown lead stay themselves.
    """
    ends: dict[str, str | None] = {}  # None: the path runs into a ring
    for start in into:
        path: list[str] = []
        on_path: set[str] = set()
        lead = start
        while lead in into and lead not in ends and lead not in on_path and into[lead] in known:
            path.append(lead)
            on_path.add(lead)
            lead = into[lead]
        end = None if lead in on_path else ends.get(lead, lead)
        ends.update(dict.fromkeys(path, end))
    becomes = {lead: end for lead, end in ends.items() if end is not None}
    return Merges(
        becomes=becomes,
        rings=tuple(sorted(lead for lead, end in ends.items() if end is None)),
        chains=tuple(sorted(lead for lead in becomes if into[lead] in becomes)),
        unknown=tuple(sorted(lead for lead, target in into.items() if target not in known)),
    )
