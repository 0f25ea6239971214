"""The Python library: open a workspace, ask for figures, turn them into frames, charts, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from accord.acceptance.figures import AcceptanceReport, PeriodUnit
from accord.acceptance.measure import measure
from accord.actions.keeping import actions_kept
from accord.actions.measure import measure_actions
from accord.actions.report import ActionsReport
from accord.agreement.model import Definition
from accord.audit.examine import examine
from accord.audit.report import AuditReport
from accord.audit.workspace import audit_source, grades_beside
from accord.clock import parse_as_of, parse_day
from accord.diagnosis.seeing import diagnosed_for
from accord.diagnosis.viewing import REVENUE_OPERATIONS, Viewer
from accord.errors import UsageError, WorkspaceError
from accord.language import gettext as _
from accord.language import ngettext
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.recycle import measure as recycling
from accord.report import frames
from accord.report.acceptance import sentences
from accord.report.acceptance.answer import acceptance_json
from accord.report.acceptance.arrangement import arranged
from accord.report.acceptance.charts import interval_chart, trend_chart
from accord.report.acceptance.gathering import brief
from accord.report.acceptance.page import page_html
from accord.report.acceptance.records import acceptance_records
from accord.report.acceptance.text import terminal_text
from accord.report.actions.answer import effects_data
from accord.report.actions.text import effects_text
from accord.report.audit.answer import audit_json
from accord.report.audit.grading import Grading
from accord.report.audit.text import audit_text
from accord.report.board.gathering import board_of
from accord.report.board.periods import period_asked
from accord.report.board.written import BoardReport
from accord.report.diagnosis.written import Diagnosis
from accord.report.drawing import Chart
from accord.report.envelope import envelope
from accord.report.look import Look
from accord.report.recycle.answer import recycle_json
from accord.report.recycle.files import ledger_record
from accord.report.recycle.text import recycle_text
from accord.report.spreadsheets import Record
from accord.report.value.answer import value_json
from accord.report.value.gathering import doubts_about, value_pages
from accord.report.value.page import value_page
from accord.report.value.records import value_records
from accord.report.value.scenario_text import scenario_text
from accord.report.value.sentences import headline
from accord.report.value.text import value_text
from accord.value.figures import PeriodUnit as ValuePeriod
from accord.value.figures import ValueReport
from accord.value.levers import suppositions_of
from accord.value.measure import DEFAULT_INACTIVE_AFTER_DAYS, measure_value
from accord.value.rates import Rates, rates_beside
from accord.value.supposing import Supposed
from accord.values import Unknown
from accord.workspace import Workspace

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["Acceptance", "Actions", "Audit", "Diagnosis", "Figures", "Recycle", "Value", "open_workspace"]


def open_workspace(workspace: str | Path = ".", as_of: str | datetime | None = None) -> Figures:
    """Open the workspace in the folder ``workspace`` for figures, as the data stood at ``as_of``.

    ``as_of``: a time, or its text ("2026-07-31", "2026-07-31T18:00"); without an offset it is local to the agreement's
    time zone; by default the newest event recorded. Close what is opened, or use ``with``.

    Raises ``WorkspaceError`` where there is nothing to read, ``AgreementError`` where ``accord.yaml`` is at fault.
    """
    place = Workspace(Path(workspace))
    return Figures(open_source(place, _instant(as_of, place.agreement.timezone)), place)


class Figures:
    """An open workspace: every method answers one question about its data.

    Without a ``workspace``, of a source alone, grades are neither kept nor shown beside figures.
    """

    def __init__(self, source: Source, workspace: Workspace | None = None) -> None:
        self._source = source
        self._workspace = workspace

    def acceptance(
        self,
        by: str | Sequence[str] = (),
        period: PeriodUnit | None = None,
        start: str | date | None = None,
        end: str | date | None = None,
        definition: Definition | Literal["all"] | None = None,
    ) -> Acceptance:
        """How many of the leads handed over sales accepts, by segment and period.

        ``by``: one dimension or several together. ``period``: cut by week, month or quarter of the handoff too.
        Handoffs from local day ``start`` until before ``end``. ``definition``: what counts as accepted; the agreement's
        unless given. Raises ``UsageError`` for a dimension, a day or a span that makes no sense.
        """
        report = measure(
            self._source,
            by=_several(by),
            period=period,
            start=_day(start, "start"),
            end=_day(end, "end"),
            definition=definition,
        )
        return Acceptance(report, every_definition=definition == "all")

    def page(
        self,
        by: str | Sequence[str] = (),
        period: PeriodUnit | None = None,
        start: str | date | None = None,
        end: str | date | None = None,
        definition: Definition | None = None,
    ) -> str:
        """The acceptance report as one HTML page that needs nothing beside it, in the language in use."""
        days = {"start": _day(start, "start"), "end": _day(end, "end")}
        briefing = brief(self._source, by=_several(by), period=period, **days, definition=definition)
        graded = Grading(grades_beside(self._workspace, self._source)) if self._workspace else None
        return page_html(briefing, graded)

    def audit(self) -> Audit:
        """Whether these data can carry the figures: what bends them, what to do, and a grade for each figure."""
        return Audit(audit_source(self._workspace, self._source) if self._workspace else examine(self._source))

    def diagnose(self, viewer: Viewer | None = None) -> Diagnosis:
        """Why acceptance is what it is: what hurts it, since when, where, what to do; silent where nothing is wrong.

        ``viewer``: who will read it, as in ``accord.Viewer("rep", rep_id="R05")``; what is said of people is for the
        person, whoever leads their team and revenue operations, who see all and whom it is for unless said.
        """
        seen = viewer or REVENUE_OPERATIONS
        return Diagnosis(diagnosed_for(self._source, seen, rates=self._rates()), self._source, seen, self._rates())

    def _rates(self, file: str | Path | None = None) -> Rates | None:
        """What currencies are worth: by ``file``, else by the workspace's own table, where there is one."""
        root = self._workspace.root if self._workspace else Path()
        return rates_beside(root, self._source.agreement.currency, file) if file or self._workspace else None

    def value(
        self,
        by: str | Sequence[str] = (),
        period: ValuePeriod | None = None,
        start: str | date | None = None,
        end: str | date | None = None,
        *,
        suppose: str | Sequence[str] = (),
        where: Mapping[str, str] | None = None,
        rates: str | Path | None = None,
        currency: str | None = None,
        within: int | None = None,
        inactive_after: int = DEFAULT_INACTIVE_AFTER_DAYS,
        attribution: str | None = None,
    ) -> Value:
        """What leads cost, how far they come, and what the customers among them bring.

        ``by``, ``period`` (month or quarter of creation), ``start``, ``end``: of the leads. ``suppose``: what a change
        would bring, as in ``"acceptance=+10%"``, of the leads ``where`` names (``{"channel": "webinar"}``). ``rates``:
        what other currencies are worth, a CSV file; by default the workspace's ``rates.csv``. ``within``: days at which
        conversion is read. ``inactive_after``: days without a purchase after which a customer is lost.
        ``attribution``: who gets the credit. Raises ``UsageError`` for a question that makes no sense, ``DataError``
        for a rate table at fault.
        """
        moved = suppositions_of((suppose,) if isinstance(suppose, str) else suppose)
        asked: dict[str, Any] = {
            "by": _several(by),
            "period": period,
            "start": _day(start, "start"),
            "end": _day(end, "end"),
            "rates": self._rates(rates),
            "currency": currency,
            "within_days": within,
            "inactive_after_days": inactive_after,
            "suppose": Supposed(moved, where or {}) if moved else None,
            "attribution": attribution,
        }
        if where and not moved:
            raise UsageError(_("where says where a change is supposed: say suppose too, as in acceptance=+10%."))
        graded = Grading(grades_beside(self._workspace, self._source)) if self._workspace else None
        return Value(measure_value(self._source, **asked), self._source, asked, graded)

    def actions(self) -> Actions:
        """What was changed, where and by whom, and what it really changed against comparable leads left alone.

        It names whoever an action is about, and others to compare with: like ``acceptance(by="rep_id")`` it is for
        revenue operations, whoever reads a ``diagnose`` of their own.

        Raises ``WorkspaceError`` where the figures are of a source without a workspace, which keeps no actions.
        """
        return Actions(measure_actions(self._source, actions_kept(self._kept())))

    def recycle(
        self,
        by: str | Sequence[str] = (),
        period: PeriodUnit | None = None,
        start: str | date | None = None,
        end: str | date | None = None,
        *,
        within: int = recycling.DEFAULT_HORIZON_DAYS,
        limit: int = recycling.DEFAULT_LIMIT,
    ) -> Recycle:
        """Which leads came back from sales, what following them up brings, and whom to relaunch now.

        ``by``, ``period``, ``start``, ``end``: of the handoffs that came back, as for :meth:`acceptance`. ``within``:
        days after a follow-up by which opportunities and wins are compared. ``limit``: leads to relaunch that are
        listed; 0 lists all. Raises ``UsageError`` for a dimension, a day or a span that makes no sense.
        """
        days = {"start": _day(start, "start"), "end": _day(end, "end")}
        return Recycle(
            recycling.measure_recycling(
                self._source, by=_several(by), period=period, **days, within_days=within, limit=limit
            )
        )

    def board(self, month: str = "", quarter: str = "", *, rates: str | Path | None = None) -> BoardReport:
        """The board report of a ``month`` ("2026-06") or ``quarter`` ("2026-Q2"), by default the latest settled month.

        Raises ``UsageError`` for what is neither, ``WorkspaceError`` where the figures have no workspace.
        """
        return BoardReport(board_of(self._kept(), self._source, period_asked(month, quarter), rates))

    def _kept(self) -> Workspace:
        if self._workspace is None:
            raise WorkspaceError(_("These figures have no workspace, and actions are kept in one: use accord.open."))
        return self._workspace

    def close(self) -> None:
        """Let go of the engine."""
        self._source.engine.close()

    def __enter__(self) -> Figures:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, repr=False)
class Acceptance:
    """An answer: ``report`` holds every figure; the methods put it into other shapes."""

    report: AcceptanceReport
    every_definition: bool = False

    def to_records(self) -> list[Record]:
        """One flat dictionary per segment and period."""
        return acceptance_records(self.report)

    def to_arrow(self) -> pyarrow.Table:
        """The records as an Arrow table."""
        return frames.to_arrow(self.report)

    def to_pandas(self) -> pandas.DataFrame:
        """The records as a pandas frame (``pip install 'accord[pandas]'``)."""
        return frames.to_pandas(self.report)

    def to_polars(self) -> polars.DataFrame:
        """The records as a Polars frame (``pip install 'accord[polars]'``)."""
        return frames.to_polars(self.report)

    def to_json(self) -> dict[str, Any]:
        """What ``accord acceptance --json`` prints."""
        return acceptance_json(self.report, every_definition=self.every_definition)

    def chart(self) -> Chart:
        """The trend where the answer is cut by period, else the segments with their intervals."""
        draw = trend_chart if self.report.period else interval_chart
        return Chart(draw(self.report))

    def sorted(self, order: str, limit: int = 0) -> Acceptance:
        """The same answer with its segments in another order: handed, rate, lost, open, delay or name."""
        return Acceptance(arranged(self.report, order, limit).report, self.every_definition)

    def __str__(self) -> str:
        return terminal_text(self.report, Look(width=100))

    def __repr__(self) -> str:
        answer = self.report.answers.get(self.report.chosen) or next(iter(self.report.answers.values()))
        return f"<{sentences.headline(answer.totals)} ({sentences.interval_words(answer.totals.rate)})>"


@dataclass(frozen=True, repr=False)
class Audit:
    """What an audit found: ``report`` holds the findings and the grade of every figure."""

    report: AuditReport

    @property
    def grades(self) -> dict[str, str]:
        """Figure → A, B, C or D; figures that cannot be measured are not in it."""
        return {
            graded.figure.value: graded.grade for graded in self.report.grades if not isinstance(graded.grade, Unknown)
        }

    def to_json(self) -> dict[str, Any]:
        """What ``accord audit --json`` prints."""
        return audit_json(self.report)

    def __str__(self) -> str:
        return audit_text(self.report, Look(width=100))

    def __repr__(self) -> str:
        letters = list(self.grades.values())
        counted = ", ".join(f"{letters.count(letter)} {letter}" for letter in "ABCD" if letter in letters)
        return f"<{_('Grades')}: {counted or '–'}>"


@dataclass(frozen=True, repr=False)
class Value:
    """What leads are worth: ``report`` holds every figure; the methods put it into other shapes.

    A page is drawn from more than was asked, so it wants the workspace still open.
    """

    report: ValueReport
    _source: Source
    _asked: dict[str, Any]
    _grading: Grading | None

    def to_records(self) -> list[Record]:
        """One flat dictionary per row; of a scenario, one per figure."""
        return value_records(self.report)

    def to_arrow(self) -> pyarrow.Table:
        """The records as an Arrow table."""
        return frames.value_to_arrow(self.report)

    def to_pandas(self) -> pandas.DataFrame:
        """The records as a pandas frame (``pip install 'accord[pandas]'``)."""
        return frames.to_pandas(self.to_arrow())

    def to_polars(self) -> polars.DataFrame:
        """The records as a Polars frame (``pip install 'accord[polars]'``)."""
        return frames.to_polars(self.to_arrow())

    def to_json(self) -> dict[str, Any]:
        """What ``accord value --json`` prints."""
        return value_json(self.report)

    def page(self) -> str:
        """The report as one HTML page that needs nothing beside it, in the language in use."""
        return value_page(value_pages(self._source, self.report, self._asked, self._grading))

    def __str__(self) -> str:
        look = Look(width=100)
        if self.report.scenario is not None:
            return scenario_text(self.report, self.report.scenario, look)
        return value_text(self.report, look, doubts=doubts_about(self.report, self._grading))

    def __repr__(self) -> str:
        return f"<{headline(self.report)}>"


@dataclass(frozen=True, repr=False)
class Actions:
    """What was changed and what it changed: ``report`` holds every action and its effect."""

    report: ActionsReport

    def to_json(self) -> dict[str, Any]:
        """What ``accord actions --json`` prints."""
        report = self.report
        return envelope(report.agreement_name, report.agreement_version, report.as_of, effects_data(report))

    def __str__(self) -> str:
        return effects_text(self.report, Look(width=100))

    def __repr__(self) -> str:
        n = len(self.report.effects)
        return f"<{ngettext('{n} action', '{n} actions', n).format(n=n)}>"


@dataclass(frozen=True, repr=False)
class Recycle:
    """Leads that came back: ``found`` holds the report and the ledger it was counted from."""

    found: recycling.Recycling

    @property
    def relaunch(self) -> list[str]:
        """The ids of the leads worth relaunching now, the surest first."""
        return [lead.lead_id for lead in self.found.report.relaunch.leads]

    def ledger(self) -> list[Record]:
        """One flat dictionary per handoff, by lead and time."""
        return [dict(ledger_record(entry)) for entry in self.found.ledger.entries(self.found.rows)]

    def to_json(self) -> dict[str, Any]:
        """What ``accord recycle --json`` prints."""
        return recycle_json(self.found.report)

    def __str__(self) -> str:
        return recycle_text(self.found.report, Look(width=100))

    def __repr__(self) -> str:
        totals = self.found.report.totals
        return f"<{_('{n} handoffs came back from sales').format(n=totals.returned)}>"


def _several(by: str | Sequence[str]) -> Sequence[str]:
    return (by,) if isinstance(by, str) else by


def _day(day: str | date | None, name: str) -> date | None:
    return parse_day(day, name) if isinstance(day, str) else day


def _instant(as_of: str | datetime | None, timezone: str) -> datetime | None:
    if not isinstance(as_of, datetime):
        return parse_as_of(as_of, timezone) if as_of else None
    moment = as_of if as_of.tzinfo else as_of.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC).replace(tzinfo=None)
