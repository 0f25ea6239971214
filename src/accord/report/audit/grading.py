"""What an audit says of a figure, beside the figure: a grade where the data do not carry it well, and one line why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.acceptance.figures import AcceptanceReport
from accord.agreement.model import Definition
from accord.audit.figures import Audited
from accord.audit.kept import Lowered
from accord.audit.report import Grade, LoweredGrade
from accord.language import gettext as _
from accord.late import Late
from accord.report import formats
from accord.report.audit.words import FIGURES, GRADES
from accord.typed import as_typed

__all__ = ["DELAYS", "MARKED", "PROMISES", "RATES", "REAL", "Grading", "cut_figure"]

MARKED: tuple[Grade, ...] = ("C", "D")
"""A and B are good enough to decide on: nothing is said."""

RATES = (Audited.RATE, Audited.RAW_RATE)
PROMISES = (Audited.WITHIN, Audited.BUSINESS_WITHIN, Audited.ANSWERED_WITHIN)
DELAYS = (Audited.DELAY, Audited.BUSINESS_DELAY, Audited.WEIGHTED_DELAY)
REAL = (Audited.GHOST, Audited.TOKEN, Audited.SILENT, Audited.NEVER_WORKED)

registry = Late("accord.audit.registry")


@dataclass(frozen=True, slots=True)
class Grading:
    """The grades to show: ``lowered`` as an audit left them; None where nobody has audited these data yet."""

    lowered: Lowered | None = None

    @property
    def audited(self) -> bool:
        """Whether there are grades at all."""
        return self.lowered is not None

    def mark(self, figure: Audited, definition: Definition) -> str:
        """ "C" or "D" where the figure is to be doubted under ``definition``, else nothing."""
        found = self._found(figure, definition)
        return found.grade if found else ""

    def notes(self, figures: Sequence[Audited], definition: Definition) -> list[str]:
        """A sentence per grade and reason: which of ``figures`` are to be doubted, and why."""
        doubted: dict[LoweredGrade, list[Audited]] = {}
        for figure in figures:
            if found := self._found(figure, definition):
                doubted.setdefault(found, []).append(figure)
        return [_note(lowered, concerned) for lowered, concerned in doubted.items()]

    def _found(self, figure: Audited, definition: Definition) -> LoweredGrade | None:
        found = (self.lowered or {}).get(definition, {}).get(figure)
        return found if found and found.grade in MARKED else None


def _note(lowered: LoweredGrade, figures: Sequence[Audited]) -> str:
    titles = {check.code: check.title for check in registry.CHECKS}
    names = [_(FIGURES[figure]) for figure in figures]
    names[1:] = [name[:1].lower() + name[1:] for name in names[1:]]
    return _("{figures}: grade {grade}, {meaning}. {finding}. See: {audit}").format(
        figures=formats.sequence(names),
        grade=lowered.grade,
        meaning=_(GRADES[lowered.grade]),
        finding=_(titles[lowered.because]) if lowered.because in titles else lowered.because,
        audit=as_typed("audit"),
    )


def cut_figure(report: AcceptanceReport) -> Audited | None:
    """What an audit calls the figures of a report that is cut by a dimension; None where it is not."""
    if not report.dimensions:
        return None
    if "rep_id" in report.dimensions:
        return Audited.BY_REP
    return Audited.BY_TEAM if "team" in report.dimensions else Audited.BY_SEGMENT
