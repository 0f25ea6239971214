"""The kept diagnosis, as whoever looks may see it: one is made for everybody, however many look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.diagnosis.keeping import diagnosed
from accord.diagnosis.report import DiagnosisReport
from accord.diagnosis.viewing import Viewer, seen_by, teams_of_reps
from accord.readmodel.source import Source

if TYPE_CHECKING:
    from accord.value.rates import Rates

__all__ = ["diagnosed_for"]


def diagnosed_for(source: Source, viewer: Viewer, *, rates: Rates | None = None) -> DiagnosisReport:
    """What :func:`accord.diagnosis.keeping.diagnosed` answers, less what is said of people and is not for the viewer.

    ``rates``: what other currencies are worth in the agreement's.
    """
    teams = teams_of_reps(source) if viewer.role == "manager" else {}
    return seen_by(diagnosed(source, rates=rates), viewer, teams)
