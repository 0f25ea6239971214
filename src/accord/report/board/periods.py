"""Which month or quarter a board report is about: the one asked for, or the latest that can be spoken of."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accord.acceptance.figures import AcceptanceReport
from accord.acceptance.measure import measure
from accord.clock import local_date, period_bounds, period_label
from accord.clock.periods import PeriodUnit
from accord.errors import DataError, UsageError
from accord.language import gettext as _
from accord.readmodel.source import Source
from accord.report import formats
from accord.report.acceptance.ripeness import settled
from accord.report.board.parts import BoardPeriod
from accord.typed import as_typed

__all__ = ["choose_period", "period_asked", "period_before", "same_a_year_before"]


def period_asked(month: str, quarter: str) -> str:
    """The label of what ``--month`` or ``--quarter`` names; empty where neither is given. ``UsageError`` for both, and
    for what is neither.
    """
    if month and quarter:
        raise UsageError(
            _("--month and --quarter name two periods: a report is about one. Leave one of them out, or ask twice.")
        )
    given, option, mark, example = (
        (month, "--month", "-", "2026-06") if month else (quarter, "--quarter", "-Q", "2026-Q2")
    )
    if not given:
        return ""
    written = given.strip().upper()
    try:
        period_bounds(written)
        known = "W" not in written and ("Q" in written) == (mark == "-Q")
    except (ValueError, OverflowError):
        known = False
    if not known:
        wanted = _("a month") if month else _("a quarter")
        raise UsageError(
            _("{option} {given!r} is not {wanted}. Write it as in {example}.").format(
                option=option, given=given, wanted=wanted, example=example
            )
        )
    return written


def period_before(label: str) -> str:
    """The month before a month, the quarter before a quarter."""
    return period_label(period_bounds(label)[0] - timedelta(days=1), _unit(label))


def same_a_year_before(label: str) -> str:
    """The same month or quarter of the year before."""
    start = period_bounds(label)[0]
    return period_label(start.replace(year=start.year - 1), _unit(label))


def choose_period(source: Source, asked: str) -> BoardPeriod:
    """The period that ``asked`` names, or else the latest month whose leads are settled.

    ``UsageError`` for a period that has not begun when the data end, or that ended before they begin, and for a moment
    before they begin; ``DataError`` where nothing was ever handed over.
    """
    months = measure(source, period="month")
    first, last = _first_month(months), _last_day(source)
    if first is None:
        begun = _first_handoff(source)
        if begun is not None and begun > last:
            timezone = source.agreement.timezone
            raise UsageError(
                _(
                    "Nothing can be reported as of {moment}: the data begin later, the first lead was handed over on "
                    "{first}. Ask for a moment after that: --as-of TIME."
                ).format(moment=formats.moment(source.as_of, timezone), first=formats.day(begun))
            )
        raise DataError(
            _(
                "There is nothing to report to a board yet: no lead has been handed over to sales. Import handoffs "
                "({import_}); {audit} tells what the data can carry."
            ).format(import_=as_typed("import PATH"), audit=as_typed("audit"))
        )
    if asked:
        return _asked(asked, first, last)
    known = [row for row in months.answers[months.chosen].rows if row.period]
    over = [row for row in known if period_bounds(row.period or "")[1] <= last + timedelta(days=1)]
    ripe = [row for row in over if settled(row)]
    if ripe:
        return _period(ripe[-1].period or "", "latest_settled", last)
    if over:
        return _period(over[-1].period or "", "latest_over", last)
    return _period(known[-1].period or "", "only_one", last)


def _asked(asked: str, first: date, last: date) -> BoardPeriod:
    start, end = period_bounds(asked)
    begun = formats.period_name(period_label(first, "month"))
    words = {"period": formats.period_name(asked), "first": begun, "last": formats.day(last)}
    if start > last:
        raise UsageError(
            _("{period} has not begun where the data end: they describe everything up to {last}.").format(**words)
        )
    if end <= first:
        raise UsageError(
            _("{period} is before the data begin: the first lead was handed over in {first}.").format(**words)
        )
    return _period(asked, "asked", last)


def _period(label: str, because: str, last: date) -> BoardPeriod:
    start, end = period_bounds(label)
    return BoardPeriod(label, start, end, because, over=end <= last + timedelta(days=1))  # type: ignore[arg-type]


def _first_month(months: AcceptanceReport) -> date | None:
    labels = [row.period for row in months.answers[months.chosen].rows if row.period and row.handed]
    return min((period_bounds(label)[0] for label in labels), default=None)


def _first_handoff(source: Source) -> date | None:
    """The local day of the first handoff there is, whatever the moment asked about."""
    episodes = source.episodes
    day = source.engine.run(episodes.aggregate(first=episodes.local_day.min()))["first"][0].as_py()
    return None if day is None else date(1970, 1, 1) + timedelta(days=day)


def _last_day(source: Source) -> date:
    """The last local day the data describe; midnight itself belongs to the day before."""
    moment: datetime = source.as_of - timedelta(microseconds=1)
    return local_date(moment, source.agreement.timezone)


def _unit(label: str) -> PeriodUnit:
    return "quarter" if "Q" in label else "month"
