"""The leads of a replay: when each came to its moment, what each agreement made of it then, and what became of it.

Every lead has one moment. Where it was handed over, that is its first handoff: what the agreement would have said then,
and nothing later, is what counts. Where it was not, it is the last thing the prospect did before the end (its creation,
where it did nothing): the last time anyone had a reason to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from accord.acceptance.measure import definition_that_counts
from accord.agreement.model import Agreement
from accord.engines.arrays import column_array, texts
from accord.engines.base import Engine
from accord.engines.shape import contract_tables
from accord.metrics.outcomes import Observation, Outcome, observed
from accord.qualification.known_then import HowKnown, leads_known_each_at
from accord.qualification.routing import Person
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.replay.routed import MOMENTS, Routed
from accord.scoring.batch import scored
from accord.scoring.rules import Rules, prepare
from accord.scoring.zone import zone_of
from accord.tables.merges import followed_merges, with_canonical_lead
from accord.tables.times import DAY, instant, local_day, microseconds
from accord.workspace import Workspace

__all__ = ["CONVERSION_DAYS", "NOT_KNOWN", "Population", "Verdict", "population_of"]

CONVERSION_DAYS = 90
"""Days after the handoff in which a deal must be won, or money received, to count as converted."""

NOT_KNOWN = -1
"""In place of 0 or 1 where nobody can tell yet, or ever: it was not handed over, or not long enough ago."""

_REACH = timedelta(days=20 * 366)

Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What one agreement made of each lead at its moment: points in hundredths.

    ``own``: whether an override sets the threshold of this lead. ``barred``: whether something disqualifies it.
    """

    score: Integers
    threshold: Integers
    own: Booleans
    barred: Booleans
    qualified: Booleans
    band: Sequence[str | None]

    def at(self, threshold: int) -> Booleans:
        """Who qualified with another general threshold; those with one of their own keep it."""
        return (self.score >= np.where(self.own, self.threshold, threshold)) & ~self.barred


@dataclass(frozen=True, eq=False)
class Population:
    """One entry per lead, in the order of their moments.

    ``moment``: microseconds since 1970 UTC; ``day``: its local day (days since 1970). ``handed``: whether it was handed
    over at that moment. ``accepted`` and ``converted``: 1, 0, or :data:`NOT_KNOWN`. ``after``: what the draft says;
    ``before``: what the agreement in force says (None: it scores nothing). ``team_before`` and ``team``: whose those
    that held before, and those that the draft chooses, were or would have been. ``how``: how many have changed since
    their moment; None where their columns are those recorded now. ``has_money``: whether any deal or order is recorded.
    """

    lead: Sequence[str]
    moment: Integers
    day: Integers
    handed: Booleans
    accepted: npt.NDArray[np.int8]
    converted: npt.NDArray[np.int8]
    team_before: Sequence[str | None]
    team: Sequence[str | None]
    after: Verdict
    before: Verdict | None
    how: HowKnown | None
    has_money: bool

    @property
    def size(self) -> int:
        """How many leads."""
        return self.moment.size

    @property
    def chosen_before(self) -> Booleans:
        """Who qualified by what held; where that scores nothing, who was really handed over."""
        return self.handed if self.before is None else self.before.qualified


def population_of(
    workspace: Workspace,
    source: Source,
    draft: Agreement,
    people: Sequence[Person],
    *,
    start: datetime | None,
    end: datetime,
) -> Population:
    """Every lead whose moment is in [``start``, ``end``) (naive UTC), scored by ``draft`` and by the source's agreement
    where that scores leads, with the columns that were known at each lead's moment; and given to ``people`` by both.

    Leads that were handed over before ``start`` had their moment then, and are not looked at again.
    """
    after = prepare(draft)
    before = prepare(source.agreement) if source.agreement.qualification is not None else None
    tables = contract_tables(source.engine, ("leads", "touches", "opportunities", "orders"))
    frame = _Frame.of(source, tables["leads"])
    first, last = -(2**61) if start is None else microseconds(start), microseconds(end)
    source.engine.materialise(MOMENTS, frame.moments(source, tables, first, last))
    moments = source.engine.table(MOMENTS)
    then = leads_known_each_at(workspace, source.engine, moments)
    known = moments.select("lead_id", "moment_us")
    rows = source.engine.run(moments.order_by("moment_us", "lead_id"))
    order = rows["lead_id"].to_pylist()

    def verdict(rules: Rules) -> Verdict:
        expression = scored(
            then.table, tables["touches"], rules, end, has_merges=frame.has_merges, moments=known, explained=False
        )
        return _verdict(source.engine, expression, rules, order)

    age = _whole(rows, "age_us")
    handed = _whole(rows, "handed").astype(np.bool_)
    ripe = handed & (age >= source.agreement.acceptance.window_days * DAY)
    accepted = np.where(ripe, _whole(rows, "outcome") == Outcome.ACCEPTED, NOT_KNOWN).astype(np.int8)
    settled = handed & (age >= CONVERSION_DAYS * DAY)
    won = _whole(rows, "won_us")
    converted = np.where(settled, (won >= 0) & (won <= CONVERSION_DAYS * DAY), NOT_KNOWN).astype(np.int8)
    if not frame.has_money:
        converted[:] = NOT_KNOWN
    verdicts = verdict(after), None if before is None else verdict(before)
    day = _whole(rows, "day")
    routed = Routed.of(source.engine, then.table, (source.agreement, draft), people, rows)
    was = handed if verdicts[1] is None else verdicts[1].qualified
    # Weeks from Monday: 1970-01-01 was a Thursday.
    week = (day + 3) // 7
    return Population(
        lead=order,
        moment=_whole(rows, "moment_us"),
        day=day,
        handed=handed,
        accepted=accepted,
        converted=converted,
        team_before=routed.before(week, was),
        team=routed.after(week, verdicts[0].qualified),
        after=verdicts[0],
        before=verdicts[1],
        how=then.how(source.engine, moments),
        has_money=frame.has_money,
    )


def _whole(rows: pa.Table, name: str) -> Integers:
    return column_array(pa.table({name: rows[name].cast(pa.int64())}), name)


@dataclass(frozen=True)
class _Frame:
    """What everything is read with: the time zone, merged leads, and whether deals or money are recorded."""

    offsets: Sequence[tuple[int, int]]
    identity: ir.Table | None
    has_merges: bool
    has_money: bool

    @classmethod
    def of(cls, source: Source, leads: ir.Table) -> _Frame:
        merged = source.engine.run(leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")).num_rows > 0
        now = microseconds(source.as_of)
        offsets = zone_of(source.agreement.timezone).around(now - microseconds(_EPOCH + _REACH), now)
        money = bool(source.recorded.get("opportunities", 0) + source.recorded.get("orders", 0))
        return cls(offsets, followed_merges(leads) if merged else None, merged, money)

    def moments(self, source: Source, tables: dict[str, ir.Table], first: int, last: int) -> ir.Table:
        """One row per lead with a moment in [``first``, ``last``): what it is, and what became of a handoff."""
        leads, touches = tables["leads"], tables["touches"]
        stayed = leads if self.identity is None else leads.anti_join(self.identity, "lead_id")
        created = stayed.select("lead_id", created_us=self._instant(stayed, "created_at"))
        timed = with_canonical_lead(touches.select("lead_id", at_us=self._instant(touches, "at")), self.identity)
        past = timed.filter(timed.at_us < last)
        touched = past.group_by("lead_id").aggregate(touched_us=past.at_us.max())
        joined = created.left_join(self._handed(source), "lead_id").drop("lead_id_right")
        joined = joined.left_join(touched, "lead_id").drop("lead_id_right")
        handed = ibis.coalesce(joined.handed_us < last, ibis.literal(value=False))
        quiet = ibis.coalesce(ibis.greatest(joined.touched_us, joined.created_us), joined.touched_us, joined.created_us)
        joined = joined.mutate(handed=handed, moment_us=ibis.ifelse(handed, joined.handed_us, quiet))
        inside = joined.filter(joined.moment_us >= first, joined.moment_us < last)
        won = self._won(tables, inside)
        inside = inside.left_join(won, "lead_id").drop("lead_id_right")
        nothing = ibis.literal(-1, type="int64")
        return inside.select(
            "lead_id",
            "moment_us",
            handed=ibis.ifelse(inside.handed, 1, 0),
            team=ibis.ifelse(inside.handed, inside.team, ibis.null("string")),
            outcome=ibis.coalesce(inside.outcome.cast("int64"), nothing),
            age_us=ibis.coalesce(inside.age_us, nothing),
            won_us=ibis.coalesce(inside.won_us, nothing),
            day=local_day(inside.moment_us, list(self.offsets)),
        )

    def _handed(self, source: Source) -> ir.Table:
        """Each lead's first handoff: the end of its day where only that is known."""
        definition, _because = definition_that_counts(source)
        now = microseconds(source.as_of)
        clock = business_clock_at(source.agreement, source.as_of)
        seen = observed(source.episodes, Observation(definition, source.agreement.acceptance, now, clock))
        ranked = seen.filter(seen.sequence == 1)
        return ranked.select(
            "lead_id", "team", "outcome", "age_us", handed_us=ranked.at_us + ranked.slack_us, started_us=ranked.at_us
        )

    def _won(self, tables: dict[str, ir.Table], inside: ir.Table) -> ir.Table:
        """Per lead, microseconds from its handoff to the first deal won or money received after it."""
        deals, orders = tables["opportunities"], tables["orders"]
        closed = ibis.coalesce(self._latest(deals, "closed_at"), self._latest(deals, "created_at"))
        won = deals.filter(ibis.coalesce(deals.won, ibis.literal(value=False))).select("lead_id", at_us=closed)
        paid = orders.filter(orders.lead_id.notnull(), orders.amount > 0)
        money = with_canonical_lead(
            ibis.union(won, paid.select("lead_id", at_us=self._latest(paid, "at"))), self.identity
        )
        handed = inside.filter(inside.handed).select("lead_id", "started_us")
        joined = money.inner_join(handed, "lead_id")
        after = joined.filter(joined.at_us >= joined.started_us)
        return after.group_by("lead_id").aggregate(won_us=(after.at_us - after.started_us).min())

    def _latest(self, table: ir.Table, column: str) -> ir.IntegerValue:
        """A date without an hour may be as late as the end of its day: a deal won on the day of the handoff counts."""
        slack = ibis.ifelse(table[f"{column}_is_date"], DAY - 1, 0).cast("int64")
        return self._instant(table, column) + slack

    def _instant(self, table: ir.Table, column: str) -> ir.IntegerValue:
        return instant(table[column], table[f"{column}_is_date"], self.offsets)


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC


@contextmanager
def _selects_as_they_stand() -> Iterator[None]:
    """Queries one inside the other are left so: to fuse those of thirty criteria takes Ibis half as long as the engine
    takes to answer, and the engine sees through them by itself.
    """
    fuses = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = fuses


def _verdict(engine: Engine, expression: ir.Table, rules: Rules, order: Sequence[str]) -> Verdict:
    own = [expression[f"override_{place}"] for place, rule in enumerate(rules.overrides) if rule.threshold is not None]
    barred = [expression[f"disqualifier_{place}"] for place in range(len(rules.disqualifiers))]
    no = ibis.literal(value=False)
    asked = expression.select(
        "lead_id",
        "score",
        "threshold",
        "qualified",
        "band",
        own=ibis.or_(no, *own) if own else no,
        barred=ibis.or_(no, *barred) if barred else no,
    )
    with _selects_as_they_stand():
        rows = engine.run(asked)
    # The engine gives no order: each lead's row is put where its moment stands.
    leads = rows["lead_id"].combine_chunks()
    found = pa.table({"place": pc.index_in(texts(order).cast(leads.type), value_set=leads)})
    places = column_array(found, "place").astype(np.int64)
    bands = rows["band"].to_pylist()
    return Verdict(
        score=_whole(rows, "score")[places],
        threshold=_whole(rows, "threshold")[places],
        own=_whole(rows, "own").astype(np.bool_)[places],
        barred=_whole(rows, "barred").astype(np.bool_)[places],
        qualified=_whole(rows, "qualified").astype(np.bool_)[places],
        band=[bands[place] for place in places],
    )
