"""A diagnosis as the Python library hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accord.diagnosis.charting import diagnosed_with_charts
from accord.diagnosis.report import DiagnosisReport
from accord.diagnosis.viewing import Viewer
from accord.language import current_language
from accord.readmodel.source import Source
from accord.report.diagnosis.answer import diagnosis_json
from accord.report.diagnosis.page import diagnosis_page
from accord.report.diagnosis.text import diagnosis_text
from accord.report.look import Look
from accord.value.rates import Rates

__all__ = ["Diagnosis"]


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What a diagnosis found: ``report`` holds the verdict, the findings and the models.

    A page is drawn from more than that, so it wants the workspace still open.
    """

    report: DiagnosisReport
    _source: Source
    _viewer: Viewer
    _rates: Rates | None

    def to_json(self) -> dict[str, Any]:
        """What ``accord diagnose --json`` prints."""
        return diagnosis_json(self.report)

    def page(self) -> str:
        """The diagnosis as one HTML page that needs nothing beside it, in the language in use, for the same viewer."""
        return diagnosis_page(*diagnosed_with_charts(self._source, self._viewer, rates=self._rates))

    def __str__(self) -> str:
        return diagnosis_text(self.report, Look(width=100))

    def __repr__(self) -> str:
        return f"<{self.report.because[current_language()]}>"
