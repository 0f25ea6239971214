"""What a check is: a declaration of what to look for, what it hurts, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from accord.audit.figures import Audited
from accord.audit.report import Severity

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from accord.audit.evidence import Evidence

__all__ = ["About", "Check", "Ladder", "Measure", "Measurement", "Rows"]

About = Literal["handoffs", "decisions", "activities", "leads", "reps", "money"]
"""What a finding casts doubt on."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The share of rows from which a finding is a note, minor, major or critical; None: never that bad.

    Nothing is said below ``least`` rows: a handful can be chance.
    """

    note: float | None = None
    minor: float | None = None
    major: float | None = None
    critical: float | None = None
    least: int = 1

    def severity(self, affected: int, of: int) -> Severity | None:
        """How bad ``affected`` of ``of`` rows are; None when that is nothing to speak of."""
        if affected < self.least or affected == 0 or of == 0:
            return None
        reached = [
            severity
            for severity, from_share in (
                (Severity.NOTE, self.note),
                (Severity.MINOR, self.minor),
                (Severity.MAJOR, self.major),
                (Severity.CRITICAL, self.critical),
            )
            if from_share is not None and affected / of >= from_share
        ]
        return max(reached, key=lambda severity: severity.weight, default=None)


@dataclass(frozen=True, slots=True)
class Measurement:
    """How many of how many. ``table`` and ``column`` say where when that differs from the check's own place."""

    affected: int
    of: int
    samples: tuple[str, ...] = ()
    details: Mapping[str, str | int | float] = field(default_factory=dict)
    table: str | None = None
    column: str | None = None


Measure: TypeAlias = "Callable[[Evidence], Iterable[Measurement]]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Count the rows of a population that are faulty.

    All ``Rows`` of one population are counted in one query. ``population`` gives the rows (None: there is nothing to
    look at), ``among`` narrows them, ``faulty`` is true for the rows to complain about (null counts as false), and
    ``sample`` is the column that names a row to a person.
    """

    population: Callable[[Evidence], ir.Table | None]
    faulty: Callable[[ir.Table], ir.BooleanValue]
    sample: str
    among: Callable[[ir.Table], ir.BooleanValue] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong with the data.

    ``code`` is stable. ``hurts``: figures that lose a grade for each step of severity (minor B, major C, critical D);
    ``blurs``: figures that lose one step less. ``counted``: the table whose rows are counted when it is not ``table``
    (actions dated too early are counted in leads). The sentences are English source text, translated where they are
    shown: ``title`` names what was found, ``effect`` says what it does to which figure, ``action`` what to do;
    ``detail``, if any, is filled with the measurement's details. Commands stand in ``action`` and ``detail`` by the
    names that ``report.audit.words.COMMANDS`` gives them.
    """

    code: str
    about: About
    table: str
    column: str | None
    measure: Rows | Measure
    ladder: Ladder
    title: str
    effect: str
    action: str
    hurts: tuple[Audited, ...] = ()
    blurs: tuple[Audited, ...] = ()
    detail: str | None = None
    counted: str | None = None
