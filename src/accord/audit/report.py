"""What the audit answers: findings and grades, frozen. It holds counts and codes, never text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from accord.agreement.model import Definition
from accord.audit.figures import Audited
from accord.values import Unknown

__all__ = ["AuditReport", "CheckFinding", "Grade", "GradedFigure", "LoweredGrade", "Severity"]

Grade = Literal["A", "B", "C", "D"]
"""A: nothing found against the figure. B: good for a decision. C: read it with the finding beside it. D: do not decide
on it before the finding is mended."""


class Severity(StrEnum):
    """How much a finding hurts the figures it touches. A note hurts none: it is there to be known."""

    NOTE = "note"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """0 for a note … 3 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One check that found something.

    ``table`` and ``column`` say where it lies; ``affected`` of ``of`` rows of the table ``counted`` are concerned.
    ``samples`` are at most five ids to look at; ``details`` are values that the check's sentences mention. ``hurts``
    are the figures whose grade the finding lowers.
    """

    code: str
    severity: Severity
    table: str
    column: str | None
    counted: str
    affected: int
    of: int
    samples: tuple[str, ...]
    details: Mapping[str, str | int | float]
    hurts: tuple[Audited, ...]

    @property
    def share(self) -> float:
        """The part that is concerned, 0 to 1."""
        return self.affected / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class GradedFigure:
    """A figure with its grade, or why it cannot be measured, and the codes of the findings that say so."""

    figure: Audited
    grade: Grade | Unknown
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoweredGrade:
    """A grade below A, and the code of the finding that put it there: the first of those that put it lowest."""

    grade: Grade
    because: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The whole answer: findings by what hurts most, one grade per figure, and what was looked at.

    ``passed``: codes of checks that found nothing; ``skipped``: codes of checks that had nothing to look at.
    ``tables``: rows per table of the contract. ``as_of`` is naive UTC. ``definition`` is the definition of acceptance
    that counts, which decides whether decisions or activities matter to the rate. ``lowered``: under every definition,
    the figures that are graded below A.
    """

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    definition: Definition
    tables: Mapping[str, int]
    findings: tuple[CheckFinding, ...]
    grades: tuple[GradedFigure, ...]
    passed: tuple[str, ...]
    skipped: tuple[str, ...]
    lowered: Mapping[Definition, Mapping[Audited, LoweredGrade]] = field(default_factory=dict)
