"""What the board report is made of: the reports of the use cases, about one period and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.actions.report import ActionsReport
from accord.diagnosis.comparing import Comparison
from accord.diagnosis.report import DiagnosisReport
from accord.recycle.figures import RecycleReport
from accord.report.audit.grading import Grading
from accord.value.figures import ValueReport

__all__ = ["Board", "BoardPeriod", "Money", "totals_of"]

Because = Literal["asked", "latest_settled", "latest_over", "only_one"]


@dataclass(frozen=True, slots=True)
class BoardPeriod:
    """A month (``2026-06``) or a quarter (``2026-Q2``): its first local day, and the first after it.

    ``because``: somebody asked for it; or it is the latest whose leads are settled; or the latest that is over, though
    leads of it are open; or there is no other. ``over``: whether it had ended when the data do.
    """

    label: str
    start: date
    end: date
    because: Because
    over: bool

    @property
    def unit(self) -> Literal["month", "quarter"]:
        """What it is."""
        return "quarter" if "Q" in self.label else "month"


@dataclass(frozen=True, slots=True)
class Money:
    """What leads cost and customers brought.

    ``period``, ``previous`` and ``year_ago`` (None where nothing was handed over then) by channel: spend and revenue by
    their own day, costs of the leads created then. ``year``: leads created in the twelve months up to the end of the
    period, by channel; they have had time to become customers. ``cohorts``: by quarter of creation.
    """

    period: ValueReport
    previous: ValueReport
    year_ago: ValueReport | None
    year: ValueReport
    cohorts: ValueReport


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board report says. ``as_of`` is naive UTC.

    ``previous`` and ``year_ago``: the period before it, and the same a year before; None where the data do not reach so
    far back. ``trend``: everything by month. ``channels``: the period by channel, None where leads have none.
    ``diagnosis`` is of the year before ``as_of``, without what it says of single people; ``of_people`` counts that.
    ``actions`` too are those about more than one.
    ``recycled``: leads of the twelve months up to the end of the period that came back from sales.
    ``labels``: what the periods beside it are called.
    """

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    period: BoardPeriod
    acceptance: AcceptanceReport
    previous: Comparison | None
    year_ago: Comparison | None
    labels: Mapping[str, str]
    trend: AcceptanceReport
    channels: AcceptanceReport | None
    diagnosis: DiagnosisReport
    of_people: int
    actions: ActionsReport
    money: Money
    recycled: RecycleReport
    grading: Grading

    @property
    def totals(self) -> AcceptanceRow:
        """Acceptance of the period, under the definition that counts."""
        return totals_of(self.acceptance)


def totals_of(report: AcceptanceReport) -> AcceptanceRow:
    """The totals of a report, under the definition that counts."""
    return report.answers[report.chosen].totals
