"""The one query that a diagnosis asks of the episodes, and the few small ones beside it; kept for whoever asks next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from accord.acceptance.measure import definition_that_counts
from accord.acceptance.segments import COUNTED_AT_ONCE, MOST_VALUES
from accord.diagnosis.by_hours import BY_HOURS, DATED, any_by_date, days_to_answer, read_both_ways
from accord.diagnosis.money import cost_of_leads
from accord.diagnosis.points import Asked, numbered_lead, points_asked, points_scored
from accord.diagnosis.promised import columns_promised, longest_wait, missed, promise_of
from accord.diagnosis.reading import Coded, columns_of, narrowest, read, received_in_week
from accord.diagnosis.refusals import refusals_counted
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW, MISSING, dimension_column, segment_value
from accord.metrics.habits import ghost, silent, token
from accord.metrics.outcomes import NEVER, Observation, observed
from accord.readmodel.asking import Asking
from accord.readmodel.inputs import BusinessClockAt, calendars_of
from accord.readmodel.shelf import Kept
from accord.readmodel.source import EPISODES, Source
from accord.stats.functions import loading
from accord.stats.side_by_side import meanwhile
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.schema import table_named
from accord.tables.times import DAY, has_come, local_microseconds, microseconds

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa

    from accord.engines import arrays, shape
    from accord.readmodel import merges
    from accord.tables import merges as merging
    from accord.value.rates import Rates
else:
    ibis, pa = Late("ibis"), Late("pyarrow")
    arrays, shape = Late("accord.engines.arrays"), Late("accord.engines.shape")
    merges, merging = Late("accord.readmodel.merges"), Late("accord.tables.merges")

__all__ = ["GIVEN", "fetched", "observation_of"]

Floats = npt.NDArray[np.float64]

GIVEN = "given "
"""What the hundredths of points of a criterion are kept under, before its place."""

ANALYSED_DAYS = 371
"""Handoffs of the last 53 weeks are looked at: a whole year, every season once."""

NEVER_SEGMENTS = frozenset({"agreement", "id", "created_at", "company", "customer_id", "merged_into", "currency"})
"""Columns that name a lead or a moment and no kind of lead; a currency says what the country says already."""

EPOCH = date(1970, 1, 1)

EDITION = 10
"""Raised whenever what is kept changes its meaning."""

SEEN = "accord_diagnosed"

NOW, LOCAL_NOW, FIRST_DAY = "as_of", "as_of by the clock", "first day"
"""Numbers that the texts of the queries do not follow from."""

TABLES = ("leads", "touches", "activities", "reps", "opportunities")
"""What is read besides the episodes."""

_PACKAGES = ("diagnosis", "scoring", "metrics", "tables", "engines", "readmodel", "clock", "agreement")
"""Whose source the queries follow from."""

AMOUNT = f"{LEAD_PREFIX}budget"
"""What the lead has to spend, or asks for."""

TERRITORY = f"{LEAD_PREFIX}territory"
"""Where the lead lives, which refusals are held against."""

QUALIFIED = f"{LEAD_PREFIX}qualified_at"
"""When the lead qualified, where somebody recorded it in a column of that name."""

FACTS = (
    *("lead_id", "rep_id", "team", "agreement", "score", "sequence", "next_us"),
    *("local_day", "local_month", "at_us", "age_us", "outcome", "left_us", "ended", "reason", "decision", "token"),
    *("said_yes", "said_no", "decided_us", "acted_us", "active_us", "answered_us"),
    *("slack_us", "decision_slack_us", "action_slack_us"),
    *("business_answered_us", "business_day_us"),
)
"""Columns of the observed episodes that questions are asked of."""


def fetched(source: Source, observation: Observation, rates: Rates | None = None) -> Kept:
    """Arrays with an element per handoff, in the order of handoff, and what belongs to them as a note.

    They follow from the data, the moment, the definition, the agreement and the worth of currencies (``rates``) alone,
    and are kept under these: who asks again, in this process or another, asks no engine.
    """
    worth = () if rates is None else (rates.into, sorted(rates.table.items()))
    agreed = hashlib.sha256(f"{source.agreement.model_dump_json()} {worth}".encode()).hexdigest()
    name = f"diagnosis {EDITION} {observation.definition} {agreed}"
    return source.kept(name, lambda: _fetched(source, observation, rates))


def observation_of(source: Source) -> Observation:
    """The episodes as a diagnosis sees them: by the definition that counts, at the moment the data describe."""
    definition, _because = definition_that_counts(source)
    clock = BusinessClockAt(source.agreement, source.as_of)
    return Observation(definition, source.agreement.acceptance, microseconds(source.as_of), clock)


def _fetched(source: Source, observation: Observation, rates: Rates | None) -> Kept:
    ready = loading()  # the engine is waited for first
    with _asking(source, observation) as asking:
        answer = _asked(asking, observation, rates)
    ready()
    return answer


def _asking(source: Source, observation: Observation) -> Asking:
    """The questions of a diagnosis, whose texts hold for every moment."""
    clock = observation.business_as_of_us
    return Asking(
        source,
        "diagnosis",
        packages=_PACKAGES,
        tables=(EPISODES, *TABLES),
        follows_from=(observation.definition, observation.rules.model_dump_json()),
        numbers={
            NOW: lambda: observation.as_of_us,
            LOCAL_NOW: lambda: local_microseconds(source.as_of, source.agreement.timezone),
            FIRST_DAY: lambda: (source.as_of.date() - EPOCH).days - ANALYSED_DAYS,
            **{f"{NOW} {name}": partial(clock.__getitem__, name) for name in calendars_of(source.agreement)},
        },
    )


def _seen(asking: Asking, observation: Observation) -> ir.Table:
    """The episodes of the last year as they are observed, with the columns that anything is asked of."""
    source = asking.source
    seen = observed(source.episodes, _at_any_time(asking, observation))
    first = ibis.literal(asking.number(FIRST_DAY), type="int64")
    return _needed(seen.filter(seen.local_day > first), source)


def _at_any_time(asking: Asking, observation: Observation) -> Observation:
    """The same, its moment a number that the texts of the queries do not follow from."""
    clock = {name: asking.number(f"{NOW} {name}") for name in calendars_of(asking.source.agreement)}
    return replace(observation, as_of_us=asking.number(NOW), business_as_of_us=clock)


def _asked(asking: Asking, observation: Observation, rates: Rates | None) -> Kept:
    source = asking.source
    asking.table(SEEN, lambda: _seen(asking, observation))
    names, too_wide = _segments(asking)
    by_date = any_by_date(asking, SEEN)

    def narrow() -> ir.Table:
        seen = _with_deals(asking)
        if by_date:
            seen = read_both_ways(seen, source.episodes, _at_any_time(asking, observation))
        return _narrow(seen, observation, names)

    rows = asking.rows("narrow", narrow, names, by_date, merges.has_merged_leads(source))
    first = int((arrays.column_array(rows, "sequence") == 1).sum())
    capacity_of = _capacities(asking) if "rep_id" in names else {}

    def further() -> tuple[Mapping[str, Any], Asked | None]:
        return refusals_counted(asking, SEEN), points_asked(asking, SEEN, first)

    later = meanwhile(further)  # nothing else is asked until it is answered
    try:
        known = read(rows, names)
        del rows  # whatever comes next may have its memory
        columns, note = columns_of(known, source.agreement.timezone)
        columns["load"] = _load(capacity_of, known.dimensions.get("rep_id"), columns["day"].astype(np.int64))
    finally:
        refusals, asked = later()
    numbers, channels = known.numbers, known.dimensions.get("channel")
    columns["cost"] = cost_of_leads(source, _handed(asking), channels, columns["month"].astype(np.int64), rates)
    note["too_wide"] = list(too_wide)
    note["refusals"] = {**refusals, "contacts": bool(numbers["worked"].any())}
    note["criteria"] = None
    if asked is not None:
        scored = points_scored(asked, numbers["lead"].astype(np.int64), numbers["sequence"] == 1)
        note["criteria"] = scored.criteria
        columns |= {"points_known": scored.known, "points": scored.score, "threshold": scored.threshold}
        columns |= {f"{GIVEN}{place}": narrowest(column) for place, column in enumerate(scored.given)}
    return columns, note


def _with_deals(asking: Asking) -> ir.Table:
    """What is seen, and whether any deal was opened from the lead by now, under whatever name."""
    source = asking.source
    seen = source.engine.table(SEEN)
    deals = shape.contract_table(source.engine, table_named("opportunities"))
    now, local_now = (ibis.literal(asking.number(name), type="int64") for name in (NOW, LOCAL_NOW))
    opened = deals.filter(has_come(deals.created_at, deals.created_at_is_date, now, local_now)).select("lead_id")
    known = merging.with_canonical_lead(opened, merges.merged_leads_of(source)).select(deal_lead="lead_id").distinct()
    return seen.left_join(known, seen.lead_id == known.deal_lead)


def _handed(asking: Asking) -> dict[tuple[str, int], int]:
    """Handoffs by channel and local month, of those too old to be cases as well; none where no spend asks for them."""
    source = asking.source
    if not source.recorded.get("spend") or dimension_column(source, "channel") is None:
        return {}

    def counted() -> ir.Table:
        every = source.episodes.filter(source.episodes.at_us <= ibis.literal(asking.number(NOW), type="int64"))
        keyed = every.select("local_month", channel=segment_value(every, "channel"))
        return keyed.group_by("channel", "local_month").aggregate(handed=keyed.count())

    rows = asking.rows("handed", counted).to_pylist()
    return {(row["channel"], row["local_month"]): row["handed"] for row in rows}


def _needed(seen: ir.Table, source: Source) -> ir.Table:
    """The columns that anything is asked of, computed once: what follows reads a plain table."""
    named = source.agreement.segments
    leads = [
        name
        for name in seen.columns
        if name.startswith(LEAD_PREFIX)
        and name.removeprefix(LEAD_PREFIX) not in NEVER_SEGMENTS
        and (not named or name == TERRITORY)
        and (seen[name].type().is_string() or seen[name].type().is_boolean())
    ]
    cuts = [column for name in (*(named or ()), "account_size") if (column := dimension_column(seen, name)) is not None]
    row = [EPISODE_ROW] if EPISODE_ROW in seen.columns else ["handoff_id"]
    band = [] if named else ["band"]
    amount = [AMOUNT] if AMOUNT in seen.columns and seen[AMOUNT].type().is_numeric() else []
    qualified = [QUALIFIED] if QUALIFIED in seen.columns and seen[QUALIFIED].type().is_timestamp() else []
    classes = columns_promised(seen, source.agreement.acceptance)
    return seen.select(*dict.fromkeys((*row, *FACTS, *band, *leads, *cuts, *classes, *amount, *qualified)))


def _narrow(seen: ir.Table, observation: Observation, names: tuple[str, ...]) -> ir.Table:
    rules = observation.rules
    answered = seen.answered_us < NEVER
    ghosts, tokens, silents = ghost(seen, rules), token(seen, rules), silent(seen)
    decided = seen.decided_us < NEVER
    reason = ibis.ifelse(decided & ~seen.said_yes, seen.reason, ibis.null("string"))
    late, waited = missed(seen, rules).cast("int8"), days_to_answer(seen)
    stated = {
        "late": late,
        "waited": waited,
        "ghost": ghosts.counted.cast("int8"),
        "ghost_of": ghosts.among.cast("int8"),
        "silent": silents.counted.cast("int8"),
        "silent_of": silents.among.cast("int8"),
    }
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
        lead=numbered_lead(seen),
        decided=decided.cast("int8"),
        late=late,
        promise=promise_of(seen, rules).cast("int8"),
        judged=(answered | seen.ended | (seen.age_us >= longest_wait(rules))).cast("int8"),
        waited=waited,
        handed_after=_handed_after(seen),
        worked=(seen.acted_us < NEVER).cast("int8"),
        ghost_of=ghosts.among.cast("int8"),
        ghost=ghosts.counted.cast("int8"),
        token_of=tokens.among.cast("int8"),
        token=tokens.counted.cast("int8"),
        silent_of=silents.among.cast("int8"),
        silent=silents.counted.cast("int8"),
        score=ibis.coalesce(seen.score, float("nan")).cast("float64"),
        amount=(ibis.coalesce(seen[AMOUNT].cast("float64"), float("nan")) if AMOUNT in seen.columns else float("nan")),
        converted=seen.deal_lead.notnull().cast("int8"),
        text_agreement=ibis.coalesce(seen.agreement.cast("string"), MISSING),
        text_reason=ibis.coalesce(reason, MISSING),
        text_lead=ibis.ifelse(seen.next_us.notnull() | (seen.sequence > 1), seen.lead_id, MISSING),
        **{
            name: ibis.coalesce(seen[name], stated[name.rpartition("_")[0]])
            for name in BY_HOURS
            if name in seen.columns
        },
        **({DATED: seen[DATED].cast("int8")} if DATED in seen.columns else {}),
        **{f"dim_{name}": segment_value(seen, name) for name in names},
    )


def _handed_after(seen: ir.Table) -> ir.FloatingValue:
    """Microseconds from qualified to handed over; NaN where either is not recorded or a day alone, or they are in the
    other order. A day alone, read as its midnight, would leave those that waited longest and nobody else."""
    if QUALIFIED not in seen.columns:
        return ibis.literal(float("nan"))
    then = seen[QUALIFIED].delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")
    took = seen.at_us - then
    known = (then % DAY != 0) & (took >= 0) & (ibis.coalesce(seen.slack_us, 0) == 0)
    return ibis.ifelse(ibis.coalesce(known, False), took.cast("float64"), float("nan"))


@dataclass(frozen=True)
class _Columns:
    columns: Sequence[str]


def _segments(asking: Asking) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Dimensions to search, and those with too many values: what the agreement names, else every text or yes-or-no
    column. People are searched however many they are: somebody has to look after each."""
    source = asking.source
    types = source.engine.types(SEEN)
    named = source.agreement.segments or None  # an empty list names nothing, as everywhere
    leads = [name.removeprefix(LEAD_PREFIX) for name in types if name.startswith(LEAD_PREFIX)]
    wanted = named if named is not None else ("team", "rep_id", "band", "account_size", *leads)
    columns = {
        name: column
        for name in dict.fromkeys(wanted)
        if name not in NEVER_SEGMENTS
        and (column := dimension_column(_Columns(list(types)), name)) is not None
        and types[column] in {"string", "boolean"}
    }
    known = list(columns)
    if not known:
        return (), ()
    values: dict[str, int] = {}
    for start in range(0, len(known), COUNTED_AT_ONCE):
        some = {name: columns[name] for name in known[start : start + COUNTED_AT_ONCE]}
        values |= asking.rows("values", partial(_counted, source, some), some).to_pylist()[0]
    kept = tuple(name for name in known if name == "rep_id" or 1 <= values[name] <= MOST_VALUES)
    return kept, tuple(name for name in known if values[name] > MOST_VALUES and name != "rep_id")


def _counted(source: Source, columns: Mapping[str, str]) -> ir.Table:
    """How many values each column has."""
    seen = source.engine.table(SEEN)
    chosen = seen.select(**{name: seen[column] for name, column in columns.items()})
    return chosen.aggregate(**{name: chosen[name].nunique() for name in columns})


def _capacities(asking: Asking) -> dict[str, float]:
    """How many leads a week each rep can take, where somebody said it."""

    def capacities() -> ir.Table:
        table = shape.contract_table(asking.source.engine, table_named("reps"))
        return table.select("rep_id", "capacity").filter(table.capacity > 0)

    said = asking.rows("capacities", capacities).to_pylist()
    return {row["rep_id"]: float(row["capacity"]) for row in said}


def _load(capacity_of: Mapping[str, float], reps: Coded | None, day: npt.NDArray[np.int64]) -> Floats:
    """The receiver's leads of the week over what they can take; NaN where nobody said how many that is."""
    if reps is None:
        return np.full(day.size, np.nan)
    capacity = np.array([capacity_of.get(value, np.nan) for value in reps[1]])
    received = received_in_week(reps[0].astype(np.int64), (day + 3) // 7)
    return np.asarray(received / capacity[reps[0]])
