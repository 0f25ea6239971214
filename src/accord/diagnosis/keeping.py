"""A diagnosis that was made before, over the same data by the same rules and the same code, is read, not made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.diagnosis import report as parts
from accord.diagnosis.report import DiagnosisReport
from accord.late import Late
from accord.readmodel.finished import Finished
from accord.readmodel.source import Source
from accord.stats.side_by_side import meanwhile

if TYPE_CHECKING:
    from accord.diagnosis import diagnose, fetching
    from accord.value.rates import Rates
else:
    diagnose, fetching = Late("accord.diagnosis.diagnose"), Late("accord.diagnosis.fetching")

__all__ = ["diagnosed"]

_PACKAGES = (
    *(".", "acceptance", "agreement", "clock", "diagnosis", "engines", "metrics", "readmodel", "scoring", "stats"),
    *("tables", "value"),
)
"""Whose source a diagnosis follows from."""

_DIAGNOSES = Finished(DiagnosisReport, (parts,), _PACKAGES)


def diagnosed(source: Source, *, rates: Rates | None = None) -> DiagnosisReport:
    """What :func:`accord.diagnosis.diagnose.diagnose` answers to revenue operations; kept on the source's shelf.

    A finished diagnosis is a few kilobytes, and takes seconds to make of a million handoffs. It follows from the worth
    of currencies too.
    """

    def make() -> DiagnosisReport:
        observation = fetching.observation_of(source)
        loading = meanwhile(lambda: diagnose.diagnose)  # what reads the cases, while the engine fetches them
        fetching.fetched(source, observation, rates)
        return loading()(source, rates=rates)

    if source.shelf is None:
        return diagnose.diagnose(source, rates=rates)
    worth = None if rates is None else (rates.into, sorted(rates.table.items()))
    return _DIAGNOSES.report(source, worth, make)
