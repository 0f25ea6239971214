"""What both sides promised: answers in time per class of leads, leads a month from marketing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from accord.acceptance.dates import incidence_bounds, readings
from accord.acceptance.figures import MonthDelivered, PromiseKept
from accord.acceptance.state import Cells, Gathered
from accord.agreement.criteria import Wording
from accord.agreement.model import Agreement, LeadClassPromise
from accord.clock import counts_days, local_date, period_bounds, period_label
from accord.engines.arrays import column_array
from accord.metrics.acceptance import Clock
from accord.metrics.cells import PeriodUnit, period_label_of, segment_value
from accord.readmodel.asking import Asking
from accord.readmodel.source import EPISODES, Source
from accord.stats.curve import Curve
from accord.stats.figures import incidence_figures
from accord.tables.times import microseconds
from accord.values import MINIMUM_COUNT, Reason, Unknown

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Gather", "clock_of", "commitments_met", "promises_kept"]

Gather = Callable[[Sequence[str], PeriodUnit | None], Gathered]
"""State cut by some dimensions and a period, under the definition that counts."""

_CHOSEN_AND_OTHERS = Cells((), ((), ()), (None, None), np.zeros(2, dtype=np.int64))


def promises_kept(agreement: Agreement, gather: Gather, recorded: Mapping[str, int]) -> tuple[PromiseKept, ...]:
    """For each class of leads that was promised an answer in time: how many got one, open ones counted fairly.

    An answer is the first outcome by sales or real action.
    """
    return tuple(_kept(promise, gather, recorded) for promise in agreement.acceptance.promises)


def _kept(promise: LeadClassPromise, gather: Gather, recorded: Mapping[str, int]) -> PromiseKept:
    gathered = gather(list(promise.where), None)
    chosen = _chosen(gathered.cells, promise.where)
    apart = gathered.merged((~chosen).astype(np.int64), _CHOSEN_AND_OTHERS)
    hours = [promise.within_hours]
    kept = {
        edge: Curve(apart.risk(clock_of(promise), edge, horizons=hours)).at(hours) for edge in readings(apart.counts)
    }
    figure = incidence_figures(kept["stated"], date_bounds=incidence_bounds(kept))[0][0]
    if not recorded.get("decisions") and not recorded.get("activities"):
        figure = Unknown(Reason.NOT_RECORDED, MINIMUM_COUNT)
    handed = int(gathered.counts["handed"][chosen].sum())
    return PromiseKept(
        promise.name, promise.where, promise.within_hours, promise.clock, handed, figure, _labels(promise.label)
    )


def _labels(label: Wording | None) -> Mapping[str, str] | None:
    return None if label is None else {"en": label.en, "fr": label.fr}


def clock_of(promise: LeadClassPromise) -> Clock:
    """The clock that the promise is told by."""
    if promise.clock == "elapsed":
        return "answered"
    return "answered_business_days" if counts_days(promise.within_hours) else "answered_business"


def commitments_met(source: Source, span: tuple[date | None, date | None] = (None, None)) -> tuple[MonthDelivered, ...]:
    """For each commitment of marketing and each month that has begun: leads handed over against leads owed.

    The months go from the first with a handoff to the one of ``as_of``, those in which nothing was handed over among
    them: they are the ones most owed. A month of which ``span`` (days) holds a part is left out, for what is owed is
    owed by the whole of it. Leads are owed, not handoffs: one that is handed over several times in a month, under
    whatever identifiers were merged, counts once in it, and again in another month.
    """
    today = local_date(source.as_of, source.agreement.timezone)
    answer = []
    for commitment in source.agreement.commitments.monthly:
        delivered_in = _leads_a_month(source, commitment.where)
        delivered = {month: delivered_in.get(month, 0) for month in _months(set(delivered_in), today)}
        labels = _labels(commitment.label)
        for month, leads in delivered.items():
            if not _is_whole(month, span):
                continue
            over = _after(month) <= today
            answer.append(MonthDelivered(commitment.name, month, commitment.leads, leads, over, labels))
    return tuple(answer)


def _leads_a_month(source: Source, where: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """For each month with a handoff of any lead: different leads of the class that were handed over in it."""
    chosen = sorted((name, tuple(sorted(values))) for name, values in where.items())

    def fetch() -> tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]:
        asking = Asking(
            source,
            "commitments",
            packages=("acceptance", "metrics", "tables", "engines", "readmodel"),
            tables=(EPISODES,),
            numbers={"as_of": lambda: microseconds(source.as_of)},
        )
        with asking:

            def a_month() -> ir.Table:
                seen = source.episodes.filter(source.episodes.at_us <= asking.number("as_of"))
                of_class = [segment_value(seen, name).isin(values) for name, values in chosen]
                leads = seen.lead_id.nunique(where=reduce(and_, of_class) if of_class else None)
                return seen.group_by(month=seen.local_month.cast("int64")).aggregate(leads=leads.cast("int64"))

            rows = asking.rows("leads a month", a_month, chosen)
        return {name: column_array(rows, name) for name in ("month", "leads")}, {}

    columns, _note = source.kept(f"leads a month {chosen}", fetch)
    months = (str(period_label_of(int(number), "month")) for number in columns["month"])
    return dict(zip(months, columns["leads"].tolist(), strict=True))


def _months(seen: set[str], today: date) -> list[str]:
    """Every month from the first one seen to today's, in order; none where none was seen."""
    months = []
    day = period_bounds(min(seen))[0] if seen else date.max
    while day <= today:
        months.append(period_label(day, "month"))
        day = _after(months[-1])
    return months


def _is_whole(month: str, span: tuple[date | None, date | None]) -> bool:
    first, after = period_bounds(month)
    start, end = span
    return (start is None or start <= first) and (end is None or after <= end)


def _after(month: str) -> date:
    return period_bounds(month)[1]


def _chosen(cells: Cells, where: Mapping[str, tuple[str, ...]]) -> npt.NDArray[np.bool_]:
    """Which cells lie in the class: every dimension has one of its values."""
    return np.array(
        [
            all(value in where[name] for name, value in zip(cells.dimensions, segment, strict=True))
            for segment in cells.segments
        ],
        dtype=np.bool_,
    )
