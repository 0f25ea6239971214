"""The shape in which a system's exports are described."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.ingest.mapping.model import TableRule
from accord.language import gettext as _
from accord.language import mark

__all__ = ["EMPTY", "Export", "Trap"]


@dataclass(frozen=True, slots=True)
class Trap:
    """Something about a column that a figure could stumble over, said when the column is there (``{column}``: its
    heading in the file)."""

    meaning: str
    text: str
    unless: tuple[str, ...] = ()
    """Headings of which it is not true."""


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export of one system.

    ``meanings``: what a column is → the headings under which it comes; ``tables`` speak of columns by their meaning.
    ``stages``: meanings that are the moment a stage was reached, under headings made of the stage's name (see
    :mod:`accord.ingest.systems.stage_dates`), where none of the headings in ``meanings`` is there.
    A part of a recipe whose column is absent falls away, and with it a table that can then not be filled.
    ``anchors``: of each group at least one must be there, or it is another export. ``traps`` and ``limits``: what a
    person must know, the second whatever columns there are. ``better``: a table → the export that gives it better:
    imported together with that one, this one leaves it. ``better_told`` says so.
    ``corrects``: the exports whose rows of the same key are of the
    same fact and known less well; where both are imported together, this one's come last and so count.
    """

    system: str
    what: str
    meanings: Mapping[str, tuple[str, ...]]
    anchors: tuple[tuple[str, ...], ...]
    tables: tuple[TableRule, ...] = ()
    traps: tuple[Trap, ...] = ()
    limits: tuple[str, ...] = ()
    stages: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    better: Mapping[str, str] = field(default_factory=dict)
    better_told: str = ""
    corrects: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As in ``HubSpot contacts``; a lookup in another file names it so."""
        return f"{self.system} {self.what}"

    @property
    def shown(self) -> str:
        """The same in the reader's language."""
        return _("{system} {what}").format(system=self.system, what=_(self.what))


_WHAT = (
    *(mark("contacts"), mark("companies"), mark("owners"), mark("tickets"), mark("deals"), mark("deal contacts")),
    *(
        mark("activities"),
        mark("activity contacts"),
        mark("leads"),
        mark("lead history"),
        mark("tasks"),
        mark("events"),
    ),
    *(
        mark("opportunities"),
        mark("campaign members"),
        mark("campaigns"),
        mark("users"),
        mark("accounts"),
        mark("calls"),
    ),
)
"""What exports hold, as people call it; :attr:`Export.shown` translates it."""

EMPTY = ""
"""What a word becomes that means *nothing* here."""
