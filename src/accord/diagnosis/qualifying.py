"""How long it takes to hand a lead over once it qualifies, worked out from its touches where nobody recorded it.

Of an even sample of the leads handed over, the agreement is applied at every moment at which anything happened to the
lead before: when it was created, and at each touch. The lead has qualified since the first of the moments after which
the rule held without a break until the handoff. A lead that does not qualify by the rule when it is handed over
(somebody put it forward, or it was explored) says nothing of the system. Of one that qualified by something of which
only the day is known, the time cannot be told; where many did, the others, who waited for something with an hour, do
not stand for them, and nothing is said.

Touches count as of each moment; the lead's own columns, and the agreement, as they are now: a column that somebody
filled in later counts from the beginning. So it is a figure beside a finding, and never searched for findings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from accord.diagnosis.cases import EPOCH, Cases, Floats, Rows
from accord.diagnosis.delays import middle
from accord.diagnosis.report import Delays, Finding
from accord.diagnosis.shares import counted
from accord.late import Late
from accord.metrics.cells import dimension_column, segment_value
from accord.readmodel.asking import Asking
from accord.readmodel.source import EPISODES, Source
from accord.stats.side_by_side import meanwhile
from accord.tables.schema import table_named
from accord.tables.times import HOUR, microseconds
from accord.values import MINIMUM_COUNT, Figure, Reason, Unknown

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa

    from accord.engines import arrays, shape
    from accord.readmodel import merges
    from accord.scoring import batch, rules
    from accord.tables import merges as merging
    from accord.tables import times
else:
    ibis, pa = Late("ibis"), Late("pyarrow")
    arrays, shape = Late("accord.engines.arrays"), Late("accord.engines.shape")
    batch, rules = Late("accord.scoring.batch"), Late("accord.scoring.rules")
    merges, merging = Late("accord.readmodel.merges"), Late("accord.tables.merges")
    times = Late("accord.tables.times")

Places = npt.NDArray[np.int64]

__all__ = ["Qualified", "beside", "hours_until_handed", "median_and_late", "sampling", "since_qualified"]

MOST_LEADS = 1_500
"""Leads that are looked at, evenly drawn: the median is sure to a few minutes or hours by then."""

REACH = 20
"""Years before the present one whose clock changes are told apart."""

SAMPLED, HAPPENED = "accord_diagnosed_sample", "accord_diagnosed_happened"

INSTANTS = "accord_diagnosed_instants"
"""The instants at which a sampled lead was handed over, and how many were before each of them."""

MOST_BY_DAY = 0.05
"""Of the leads that qualified, so many may have done so on a day without an hour and the others stand for all."""

OF_SAMPLED = {name: f"accord_diagnosed_sampled_{name}" for name in ("leads", "touches")}

OF_TOUCHES = ("lead_id", "kind", "channel", "at", "at_is_date")
"""What is asked of touches: of millions, a column more takes as long as all the others."""

NOW, FIRST_DAY, EVERY = "as_of", "first day", "one of so many"
"""Numbers that the texts of the queries do not follow from."""

_PACKAGES = ("diagnosis", "scoring", "metrics", "tables", "engines", "readmodel", "clock", "agreement")


@dataclass(frozen=True, eq=False)
class Qualified:
    """Per sampled lead: ``hours`` from qualified to handed over, by :func:`hours_until_handed`, ``day``, ``values``."""

    hours: Floats
    day: Floats
    values: dict[str, Sequence[str]]

    def among(self, finding: Finding) -> Rows:
        """The leads that a finding speaks of."""
        inside = np.ones(self.hours.size, dtype=np.bool_)
        for name, value in finding.where.items():
            inside &= np.array([one == value for one in self.values.get(name, [""] * self.hours.size)], dtype=bool)
        if finding.since is not None:
            inside &= self.day >= (finding.since - EPOCH).days
        return inside


def hours_until_handed(lead: Places, moment: Places, qualified: Rows, dated: Rows, handed: Places) -> Floats:
    """Hours from the beginning of the last unbroken time in which each lead qualified to its handoff.

    A row per lead and moment, leads together and moments in order; ``dated``: only the day of the moment is known.
    ``handed``: microseconds, the same in all rows of a lead. NaN where the last row does not qualify, infinite where
    the time began on a day without an hour. One answer per lead, in order.

    >>> lead, moment = np.array([0, 0, 0, 1]), np.array([0, 2, 5, 1]) * 3_600_000_000
    >>> qualified, handed = np.array([True, False, True, False]), np.array([6, 6, 6, 4]) * 3_600_000_000
    >>> hours_until_handed(lead, moment, qualified, np.zeros(4, dtype=bool), handed)
    array([ 1., nan])
    """
    if not lead.size:
        return np.zeros(0)
    ends = np.append(lead[1:] != lead[:-1], True)
    begins = np.append(True, ends[:-1])
    # the row after the last that did not qualify, within the lead
    place = np.arange(lead.size)
    first = np.maximum.accumulate(np.where(begins, place, 0))
    broken = np.maximum.accumulate(np.where(~qualified, place, -1))
    since = np.maximum(first, broken + 1)[ends]
    safe = np.minimum(since, lead.size - 1)
    hours = np.where(dated[safe], np.inf, (handed[ends] - moment[safe]) / HOUR)
    return np.where(qualified[ends], hours, np.nan)


def since_qualified(source: Source, first: date, names: Sequence[str]) -> Qualified | None:
    """The sampled leads handed over from ``first`` on, with their values of the dimensions in ``names``.

    None where the agreement has no rule, or nothing was handed over.
    """
    if source.agreement.qualification is None:
        return None
    prepared = rules.prepare(source.agreement)
    names = [name for name in names if dimension_column(source, name) is not None]
    zone = prepared.reading.zone
    offsets = zone.years(source.as_of, 0), zone.years(source.as_of, REACH)
    every = 1
    numbers = {
        NOW: lambda: microseconds(source.as_of),
        FIRST_DAY: lambda: (first - EPOCH).days,
        EVERY: lambda: every,
    }
    with Asking(
        source, "qualifying", packages=_PACKAGES, tables=(EPISODES, "leads", "touches"), numbers=numbers
    ) as asking:
        handed = np.sort(arrays.column_array(asking.rows("instants", lambda: _handed(asking).select("at_us")), "at_us"))
        if not handed.size:
            return None
        every = -(-handed.size // MOST_LEADS)
        source.engine.keep(INSTANTS, _instants(handed, every))
        merged = merges.has_merged_leads(source)
        asking.table(SAMPLED, lambda: _sampled(asking, names), names)
        for name in ("leads", "touches"):
            asking.table(OF_SAMPLED[name], partial(_of_sampled, source, name), merged)
        asking.table(HAPPENED, lambda: _happened(source, offsets[1]), merged, offsets)

        def answered() -> ir.Table:
            happened = source.engine.table(HAPPENED)
            scored = batch.scored(
                source.engine.table(OF_SAMPLED["leads"]),
                source.engine.table(OF_SAMPLED["touches"]),
                prepared,
                asking.number(NOW),
                has_merges=merged,
                moments=happened.select("lead_id", "moment_us", batch.NUMBER),
                explained=False,
                offsets=offsets,
            )
            by_rule = scored.select(scored_number=batch.NUMBER, qualified=scored.qualified.cast("int8"))
            joined = happened.inner_join(by_rule, [(batch.NUMBER, "scored_number")])
            return joined.select("place", "moment_us", "handed_us", "dated", "qualified")

        rows = asking.rows("answered", answered, merged, offsets)
        leads = asking.rows("leads", lambda: source.engine.table(SAMPLED).drop("lead_id"), names)
    return _put_together(rows, leads, names)


def _handed(asking: Asking) -> ir.Table:
    """The first handoffs that are looked at."""
    now, day = (ibis.literal(asking.number(name), type="int64") for name in (NOW, FIRST_DAY))
    episodes = asking.source.episodes
    return episodes.filter(episodes.sequence == 1, episodes.local_day >= day, episodes.at_us <= now)


def _instants(handed: Places, every: int) -> pa.Table:
    """The instants among ``handed``, in order, at which one of ``every`` so many was handed over."""
    instants = np.unique(handed[::every])
    earlier = np.searchsorted(handed, instants, side="left")
    return pa.Table.from_arrays([arrays.integers(instants), arrays.integers(earlier)], ["instant_us", "earlier"])


def _sampled(asking: Asking, names: Sequence[str]) -> ir.Table:
    """An even sample of the leads handed over, by when they were; those of one instant stand in order of their ids.

    Only leads of the instants that were chosen are numbered: to put all of them in order takes longer than the rest.
    """
    handed, instants = _handed(asking), asking.source.engine.table(INSTANTS)
    joined = handed.inner_join(instants, handed.at_us == instants.instant_us)
    among = ibis.row_number().over(group_by=joined.at_us, order_by=joined.lead_id)
    numbered = joined.mutate(place=(joined.earlier + among).cast("int64"))
    chosen = numbered.filter(numbered.place % ibis.literal(asking.number(EVERY), type="int64") == 0)
    return chosen.select(
        "lead_id",
        "place",
        handed_us=chosen.at_us,
        day=chosen.local_day.cast("int64"),
        **{f"dim_{name}": segment_value(chosen, name) for name in names},
    )


def _of_sampled(source: Source, name: str) -> ir.Table:
    """The rows of a table that speak of a sampled lead, under whichever of its names: very many are read once."""
    table = shape.contract_table(source.engine, table_named(name))
    table = table.select(*OF_TOUCHES) if name == "touches" else table
    sample = source.engine.table(SAMPLED).select("lead_id")
    wanted = merging.under_every_name(sample, merges.merged_leads_of(source)).rename(sampled_name="lead_id").distinct()
    return table.semi_join(wanted, [("lead_id", "sampled_name")])


def _happened(source: Source, offsets: Sequence[tuple[int, int]]) -> ir.Table:
    """Every moment until the handoff at which something happened to a sampled lead, each once and numbered."""
    leads, touches = (source.engine.table(OF_SAMPLED[name]) for name in ("leads", "touches"))
    spans = list(offsets)
    touched = touches.select(
        "lead_id",
        moment_us=times.instant(touches["at"], touches.at_is_date, spans),
        dated=ibis.coalesce(touches.at_is_date, False).cast("int8"),
    )
    created = leads.select(
        "lead_id",
        moment_us=times.instant(leads.created_at, leads.created_at_is_date, spans),
        dated=ibis.coalesce(leads.created_at_is_date, False).cast("int8"),
    )
    every = merging.with_canonical_lead(touched, merges.merged_leads_of(source)).select("lead_id", "moment_us", "dated")
    sample = source.engine.table(SAMPLED).select("handed_us", "place", sampled_lead="lead_id")
    joined = every.union(created).inner_join(sample, [("lead_id", "sampled_lead")])
    before = joined.filter(joined.moment_us <= joined.handed_us)
    once = before.group_by("lead_id", "place", "handed_us", "moment_us").aggregate(dated=before.dated.max())
    return once.mutate(**{batch.NUMBER: ibis.row_number().over(order_by=[once.place, once.moment_us]).cast("int64")})


def _put_together(rows: pa.Table, leads: pa.Table, names: Sequence[str]) -> Qualified:
    place, moment, handed, dated, qualified = (
        arrays.column_array(rows, name).astype(np.int64)
        for name in ("place", "moment_us", "handed_us", "dated", "qualified")
    )
    order = np.lexsort((moment, place))
    place, moment, handed = place[order], moment[order], handed[order]
    hours = hours_until_handed(place, moment, qualified[order] > 0, dated[order] > 0, handed)
    which, day = (arrays.column_array(leads, name).astype(np.int64) for name in ("place", "day"))
    answer = np.full(which.size, np.nan)
    found = dict(zip(np.unique(place).tolist(), hours.tolist(), strict=True))
    for row, number in enumerate(which.tolist()):
        answer[row] = found.get(number, np.nan)
    return Qualified(answer, day.astype(np.float64), {name: leads[f"dim_{name}"].to_pylist() for name in names})


def sampling(source: Source, cases: Cases) -> Callable[[], Qualified | None]:
    """Begin to ask for the sample while something else is worked out; calling what is returned waits for it.

    The engine is nobody else's meanwhile. None where what is asked is recorded, and where no answer is late: then
    nobody wants to know.
    """
    if np.isfinite(cases.handed_after).any() or not (cases.late & cases.judged).any():
        return lambda: None
    names = [dimension.name for dimension in cases.dimensions]
    return meanwhile(lambda: since_qualified(source, cases.first, names))


def beside(findings: Sequence[Finding], delays: Delays, sample: Qualified | None) -> tuple[list[Finding], Delays]:
    """The findings, those on late answers with what handing over took, and the delays of all leads with it.

    As they are where nothing was sampled, and where nobody's answers are out of the ordinary late.
    """
    if sample is None or not any(finding.kind == "slow_response" for finding in findings):
        return list(findings), delays
    promise = delays.promise_hours
    told = []
    for finding in findings:
        if finding.kind == "slow_response":
            hours, later = median_and_late(sample.hours[sample.among(finding)], promise)
            known = {"hours_to_hand_over": hours, "handed_over_late": later}
            evidence = (replace(one, value=known.get(one.what, one.value)) for one in finding.evidence)
            finding = replace(finding, evidence=tuple(evidence))  # noqa: PLW2901 - the same finding, told in full
        told.append(finding)
    hours, later = median_and_late(sample.hours, promise)
    return told, replace(delays, handed_after_hours=hours, handed_late=later, by_rule=True)


def median_and_late(hours: Floats, promise_hours: float) -> tuple[Figure, Figure]:
    """The median of the hours known, and how many are more than an answer is promised in; neither where too many are
    known by their day alone.

    >>> hours = np.append(np.full(19, 30.0), np.inf)
    >>> [figure.value for figure in median_and_late(hours, 24)]
    [30.0, 1.0]
    >>> median_and_late(np.append(hours, np.inf), 24)[0].reason.value
    'not_identified'
    """
    known = hours[np.isfinite(hours)]
    if known.size < MINIMUM_COUNT:
        few = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
        return few, few
    if np.isinf(hours).sum() > MOST_BY_DAY * np.count_nonzero(~np.isnan(hours)):
        by_day = Unknown(Reason.NOT_IDENTIFIED)
        return by_day, by_day
    return middle(known), counted(int((known > promise_hours).sum()), int(known.size))
