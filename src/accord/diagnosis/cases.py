"""What a diagnosis looks at: one narrow row per handoff of the last year, fetched once, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.diagnosis.money import cost_of_leads
from accord.diagnosis.points import Points, points_of
from accord.diagnosis.refusals import refusals_of
from accord.diagnosis.report import Refusals
from accord.engines.arrays import column_array
from accord.engines.shape import contract_table
from accord.metrics.cells import EPISODE_ROW, MISSING, dimension_column, segment_value
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.schema import table_named
from accord.tables.times import DAY

__all__ = ["Cases", "Dimension", "Floats", "Rows", "fetch_cases"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

ANALYSED_DAYS = 371
"""Handoffs of the last 53 weeks are looked at: a whole year, every season once."""

MOST_VALUES = 50
"""A column with more values than this is no segment (reps are: somebody has to look after each)."""

NEVER_SEGMENTS = frozenset({"agreement", "id", "created_at", "company", "customer_id", "merged_into", "currency"})
"""Columns that name a lead or a moment and no kind of lead; a currency says what the country says already."""

EPOCH = date(1970, 1, 1)

SEEN = "accord_diagnosed"

FACTS = (
    *("handoff_id", "lead_id", "rep_id", "team", "band", "agreement", "score", "sequence", "next_us"),
    *("local_day", "local_month", "at_us", "age_us", "outcome", "left_us", "ended", "reason", "decision", "token"),
    *("said_yes", "said_no", "decided_us", "acted_us", "active_us", "answered_us"),
    *("business_answered_us", "business_day_us"),
)
"""Columns of the observed episodes that questions are asked of."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """One way to cut the leads: ``values[code]`` is what a case has; missing is a value of its own."""

    name: str
    code: npt.NDArray[np.int64]
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Cases:
    """An element per handoff, in the order of handoff. ``first``, ``last``: the local days looked at, both included.

    ``settled``: whether the outcome is known; ``accepted`` means something only there. ``age``: days since the
    handoff; ``left``: days until the outcome. ``late``: not answered within the first promise, where ``judged``.
    ``token``/``token_of``, ``silent``/``silent_of``, ``ghost``/``ghost_of``: as the contract counts them. ``decided``
    says whether sales said anything; ``reason`` is a place in ``reasons``, -1 = a refusal without reason or none.
    ``load``: the receiver's leads of that week over capacity, NaN where unknown. ``worked``: any real action.
    ``dimensions`` are searched; ``too_wide`` names columns with too many values to be. ``cost``: money per lead, NaN
    where nothing was recorded. ``retried``: see :func:`_retried`. ``reps_named``: reps that received anything.
    ``points``: what the agreement's criteria give, None where it scores nothing. ``versions`` of the agreement that
    leads were handed over under. ``refusals``: what refusals say, counted where the data stand.
    """

    first: date
    last: date
    as_of_day: int
    window: int
    day: npt.NDArray[np.int64]
    month: npt.NDArray[np.int64]
    accepted: Rows
    settled: Rows
    expired: Rows
    decided: Rows
    age: Floats
    left: Floats
    late: Rows
    judged: Rows
    waited: Floats
    worked: Rows
    flags: Mapping[str, Rows]
    reason: npt.NDArray[np.int64]
    reasons: tuple[str, ...]
    score: Floats
    load: Floats
    converted: Rows
    retried: npt.NDArray[np.int64]
    cost: Floats
    dimensions: tuple[Dimension, ...]
    too_wide: tuple[str, ...]
    reps_named: int
    recorded: Mapping[str, int]
    points: Points | None = None
    versions: Dimension | None = None
    refusals: Refusals | None = None

    def __len__(self) -> int:
        return int(self.day.size)

    def dimension(self, name: str) -> Dimension | None:
        """The dimension of that name, where there is one."""
        return next((dimension for dimension in self.dimensions if dimension.name == name), None)

    def rows(self, where: Mapping[str, str]) -> Rows:
        """The cases in a segment."""
        inside = np.ones(len(self), dtype=np.bool_)
        for name, value in where.items():
            dimension = self.dimension(name)
            if dimension is None or value not in dimension.values:
                return np.zeros(len(self), dtype=np.bool_)
            inside &= dimension.code == dimension.values.index(value)
        return inside


def fetch_cases(source: Source, observation: Observation) -> Cases:
    """One query over the episodes, a few small ones beside it."""
    seen = observed(source.episodes, observation)
    as_of_day = (source.as_of.date() - EPOCH).days
    seen = seen.filter(seen.local_day > as_of_day - ANALYSED_DAYS)
    source.engine.materialise(SEEN, _needed(seen, source))
    handed = seen = source.engine.table(SEEN)
    names, too_wide = _segments(source, seen)
    deals = contract_table(source.engine, table_named("opportunities")).select(deal_lead="lead_id").distinct()
    seen = seen.left_join(deals, seen.lead_id == deals.deal_lead)
    rows = _in_order(source.engine.run(_narrow(seen, observation, names)))
    numbers = {name: column_array(rows, name) for name in rows.column_names if name[:4] not in {"dim_", "text"}}
    reason, reasons = _encoded(rows["text_reason"])
    dimensions = tuple(Dimension(name, *_encoded(rows[f"dim_{name}"])) for name in names)
    flags = {
        name: numbers[name].astype(bool) for name in ("token", "token_of", "silent", "silent_of", "ghost", "ghost_of")
    }
    if MISSING in reasons:
        reason = np.where(reason == reasons.index(MISSING), -1, reason)
    day, lead = numbers["local_day"].astype(np.int64), _encoded(rows["text_lead"])
    outcome = numbers["outcome"]
    by_name = {dimension.name: dimension for dimension in dimensions}
    accepted = outcome == Outcome.ACCEPTED
    return Cases(
        first=EPOCH + timedelta(days=int(day.min())) if len(day) else source.as_of.date(),
        last=EPOCH + timedelta(days=int(day.max())) if len(day) else source.as_of.date(),
        as_of_day=as_of_day,
        window=observation.rules.window_days,
        day=day,
        month=numbers["local_month"].astype(np.int64),
        accepted=accepted,
        settled=outcome != Outcome.OPEN,
        expired=outcome == Outcome.EXPIRED,
        decided=numbers["decided"].astype(bool),
        age=numbers["age_us"] / DAY,
        left=numbers["left_us"] / DAY,
        late=numbers["late"].astype(bool),
        judged=numbers["judged"].astype(bool),
        waited=np.where(numbers["waited"] < NEVER / 2, numbers["waited"] / DAY, np.nan),
        worked=numbers["worked"].astype(bool),
        flags=flags,
        reason=reason,
        reasons=reasons,
        score=numbers["score"],
        load=_load(source, by_name.get("rep_id"), day),
        converted=numbers["converted"].astype(bool),
        retried=_retried(*lead, numbers["at_us"], accepted, outcome != Outcome.OPEN),
        cost=cost_of_leads(source, by_name.get("channel"), numbers["local_month"].astype(np.int64)),
        dimensions=tuple(d for d in dimensions if len(d.values) > 1),
        too_wide=too_wide,
        reps_named=len([v for v in by_name["rep_id"].values if v != MISSING]) if "rep_id" in by_name else 0,
        recorded=source.recorded,
        versions=Dimension("agreement", *_encoded(rows["text_agreement"])),
        refusals=refusals_of(source, handed),
        points=points_of(source, seen, numbers["lead"].astype(np.int64), numbers["sequence"] == 1),
    )


def _needed(seen: ir.Table, source: Source) -> ir.Table:
    """The columns that anything is asked of, computed once: what follows reads a plain table."""
    named = source.agreement.segments
    leads = [
        name
        for name in seen.columns
        if name.startswith(LEAD_PREFIX) and (seen[name].type().is_string() or seen[name].type().is_boolean())
    ]
    cuts = [column for name in (*(named or ()), "account_size") if (column := dimension_column(seen, name)) is not None]
    row = [EPISODE_ROW] if EPISODE_ROW in seen.columns else []
    return seen.select(*dict.fromkeys((*row, *FACTS, *leads, *cuts)))


def _narrow(seen: ir.Table, observation: Observation, names: tuple[str, ...]) -> ir.Table:
    rules = observation.rules
    hours = rules.promises_hours[0]
    day = seen.business_day_us
    answered = seen.answered_us < NEVER
    in_days = ibis.ifelse(answered, (seen.business_answered_us / day) * DAY, float(NEVER))
    promised = hours / 24 * DAY
    ghost_of = seen.said_yes & (seen.decided_us + int(rules.ghost_after_days * DAY) <= seen.age_us)
    token_of = (
        seen.said_yes & (seen.active_us < NEVER) & (seen.decided_us + int(rules.token.within_days * DAY) <= seen.age_us)
    )
    silent_of = seen.ended & (seen.acted_us < NEVER)
    decided = seen.decided_us < NEVER
    reason = ibis.ifelse(decided & ~seen.said_yes, seen.reason, ibis.null("string"))
    numbered = [EPISODE_ROW] if EPISODE_ROW in seen.columns else []
    return seen.select(
        *numbered,
        "local_day",
        "local_month",
        "at_us",
        "outcome",
        "left_us",
        "age_us",
        "sequence",
        lead=seen.lead_id.hash(),
        decided=decided.cast("int8"),
        late=(in_days > promised).cast("int8"),
        judged=(answered | seen.ended | (seen.age_us >= 7 * DAY)).cast("int8"),
        waited=in_days.cast("float64"),
        worked=(seen.acted_us < NEVER).cast("int8"),
        ghost_of=ghost_of.cast("int8"),
        ghost=(ghost_of & (seen.acted_us > seen.decided_us + int(rules.ghost_after_days * DAY))).cast("int8"),
        token_of=token_of.cast("int8"),
        token=(token_of & seen.token).cast("int8"),
        silent_of=silent_of.cast("int8"),
        silent=(silent_of & (seen.decided_us == NEVER)).cast("int8"),
        score=ibis.coalesce(seen.score, float("nan")).cast("float64"),
        converted=seen.deal_lead.notnull().cast("int8"),
        text_agreement=ibis.coalesce(seen.agreement.cast("string"), MISSING),
        text_reason=ibis.coalesce(reason, MISSING),
        text_lead=ibis.ifelse(seen.next_us.notnull() | (seen.sequence > 1), seen.lead_id, MISSING),
        **{f"dim_{name}": segment_value(seen, name) for name in names},
    )


def _segments(source: Source, seen: ir.Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Dimensions to search: those the agreement names, else every text or yes-or-no column with few values."""
    named = source.agreement.segments
    leads = [name.removeprefix(LEAD_PREFIX) for name in seen.columns if name.startswith(LEAD_PREFIX)]
    wanted = named if named is not None else ("team", "rep_id", "band", "account_size", *leads)
    known = [
        name
        for name in dict.fromkeys(wanted)
        if name not in NEVER_SEGMENTS
        and (column := dimension_column(seen, name)) is not None
        and (seen[column].type().is_string() or seen[column].type().is_boolean())
    ]
    if not known:
        return (), ()
    counted = seen.aggregate(**{name: seen[dimension_column(seen, name)].nunique() for name in known})
    values = source.engine.run(counted).to_pylist()[0]
    kept = tuple(name for name in known if name == "rep_id" or 1 <= values[name] <= MOST_VALUES)
    return kept, tuple(name for name in known if values[name] > MOST_VALUES and name != "rep_id")


def _in_order(rows: pa.Table) -> pa.Table:
    """By time of handoff; what happened at one instant keeps the order of its rows in the read model."""
    at = column_array(rows, "at_us")
    keys = (column_array(rows, EPISODE_ROW), at) if EPISODE_ROW in rows.column_names else (at,)
    if EPISODE_ROW in rows.column_names:
        rows = rows.drop_columns([EPISODE_ROW])
    return rows.take(pa.array(np.lexsort(keys)))


def _encoded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Codes in the alphabetical order of the values, so that nothing depends on the order of rows."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    order = sorted(range(len(values)), key=values.__getitem__)
    place = np.empty(len(values), dtype=np.int64)
    place[order] = np.arange(len(values))
    codes = np.from_dlpack(encoded.indices).astype(np.int64)
    return place[codes] if len(values) else codes, tuple(values[index] for index in order)


def _retried(
    lead: npt.NDArray[np.int64], values: tuple[str, ...], at: npt.NDArray[np.int64], accepted: Rows, settled: Rows
) -> npt.NDArray[np.int64]:
    """What became of the lead's next handoff: 1 accepted, 0 not, -1 there was none or it is still open."""
    answer = np.full(lead.size, -1, dtype=np.int64)
    again = np.flatnonzero(lead != values.index(MISSING)) if MISSING in values else np.arange(lead.size)
    order = again[np.lexsort((at[again], lead[again]))]
    this, following = order[:-1], order[1:]
    same = (lead[this] == lead[following]) & settled[following]
    answer[this[same]] = accepted[following[same]]
    return answer


def _load(source: Source, reps: Dimension | None, day: npt.NDArray[np.int64]) -> Floats:
    """The receiver's leads of the week over what they can take; NaN where nobody said how many that is."""
    if reps is None:
        return np.full(day.size, np.nan)
    table = contract_table(source.engine, table_named("reps"))
    said = source.engine.run(table.select("rep_id", "capacity").filter(table.capacity > 0)).to_pylist()
    capacity_of = {row["rep_id"]: float(row["capacity"]) for row in said}
    capacity = np.array([capacity_of.get(value, np.nan) for value in reps.values])
    week = (day + 3) // 7
    _, place, count = np.unique(reps.code * 100_000 + week, return_inverse=True, return_counts=True)
    return np.asarray(count[place] / capacity[reps.code])
