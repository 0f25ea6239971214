"""What episodes are read with, gathered from an engine: tables in shape, time zone offsets, the business clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from accord.agreement.model import Agreement, Calendar
from accord.clock import BusinessDays, business_day_seconds, business_days
from accord.engines.arrays import column_array
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.shape import contract_table
from accord.tables.episodes import EpisodeInputs
from accord.tables.schema import table_named
from accord.tables.times import offsets_between

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["BUSINESS_DAYS", "BusinessClockAt", "business_clock_at", "calendars_of", "episode_inputs"]

BUSINESS_DAYS = "accord_business_days"
"""Name of the session's table of open hours."""

CLOCK_START = date(1990, 1, 1)
"""Business time accumulates from here, whatever the data span, so that episodes built at different times agree."""

_STORED = {"at": "timestamp(6)", "at_is_date": "boolean", "merged_into": "string"}
"""The types of the columns that the embedded engine is asked of."""

_NOTHING_RECORDED = (datetime(2000, 1, 1), datetime(2000, 1, 2))  # noqa: DTZ001 - naive UTC, any span does
_LONGEST_SPAN = (datetime(1950, 1, 1), datetime(2150, 1, 1))  # noqa: DTZ001 - naive UTC; beyond it dates are mistakes


def calendars_of(agreement: Agreement) -> dict[str, Calendar]:
    """The business calendars by the name the episodes use: ``default``, and one per team that has its own."""
    own = {f"team:{team}": calendar for team, calendar in agreement.acceptance.team_calendars.items()}
    return {"default": agreement.acceptance.calendar, **own}


def episode_inputs(engine: Engine, agreement: Agreement) -> EpisodeInputs:
    """Look at the span of the data, lay out the business clock over it, and hand everything to the definition."""
    first, last = _span_of_handoffs(engine)
    reach = timedelta(days=agreement.acceptance.window_days + 1, hours=agreement.acceptance.tacit_after_hours)
    calendars = calendars_of(agreement)
    clock = _clock_until(agreement, (last + reach + timedelta(days=2)).date())
    numbered = clock.table.set_column(
        clock.table.column_names.index("day"), "day", clock.table["day"].cast(pa.int32()).cast(pa.int64())
    )
    engine.keep(BUSINESS_DAYS, numbered)
    return EpisodeInputs(
        leads=_laid_out_late(engine, "leads"),
        handoffs=_laid_out_late(engine, "handoffs"),
        decisions=_laid_out_late(engine, "decisions"),
        activities=_laid_out_late(engine, "activities"),
        reps=_laid_out_late(engine, "reps"),
        business_days=_laid_out_late(engine, BUSINESS_DAYS),
        intervals=clock.intervals,
        offsets=offsets_between(agreement.timezone, first - timedelta(days=2), last + reach + timedelta(days=2)),
        calendar_of_team={team: f"team:{team}" for team in agreement.acceptance.team_calendars},
        day_seconds={name: business_day_seconds(calendar) for name, calendar in calendars.items()},
        agreement=agreement,
        has_merges=_has_merges(engine),
        has_dates=any(_has_dates(engine, name) for name in ("handoffs", "decisions", "activities")),
    )


class _LateTable:
    """An unbound Ibis table that is written down when a query is made of it; its ``repr`` says what it follows from.

    Whose queries are kept already never loads what they are written with. Ibis takes it in no place where it expects a
    table of its own: what is joined to another is selected from it first.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._of = (engine, name)
        self._types = list(engine.types(name).items()) if engine.has(name) else []

    def __repr__(self) -> str:
        return f"{self._of[1]} {self._types}"

    @cached_property
    def _written(self) -> ir.Table:
        engine, name = self._of
        return engine.table(name) if name == BUSINESS_DAYS else contract_table(engine, table_named(name))

    def __getattr__(self, name: str) -> object:
        return getattr(self._written, name)

    def __getitem__(self, name: str) -> ir.Value:
        return self._written[name]


def _laid_out_late(engine: Engine, name: str) -> ir.Table:
    return cast("ir.Table", _LateTable(engine, name))


def _as_stored(engine: Engine, name: str, *columns: str) -> DuckDBEngine | None:
    """The engine, where it is the embedded one and the table has these columns as the read model stores them: then it
    is asked in its own words, as every command asks and what else writes queries takes longer to load."""
    if not isinstance(engine, DuckDBEngine) or not engine.has(name):
        return None
    types = engine.types(name)
    return engine if all(types.get(column) == _STORED[column] for column in columns) else None


def _has_merges(engine: Engine) -> bool:
    own = _as_stored(engine, "leads", "merged_into")
    if own is not None:
        return bool(own.run_sql("SELECT 1 FROM leads WHERE merged_into IS NOT NULL LIMIT 1").num_rows)
    leads = contract_table(engine, table_named("leads"), only=("lead_id", "merged_into"))
    return bool(engine.run(leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")).num_rows)


def _has_dates(engine: Engine, name: str) -> bool:
    own = _as_stored(engine, name, "at", "at_is_date")
    if own is not None:
        return bool(own.run_sql(f'SELECT 1 FROM "{name}" WHERE at_is_date LIMIT 1').num_rows)
    table = contract_table(engine, table_named(name), only=("lead_id", "at"))
    return bool(engine.run(table.filter(table.at_is_date).limit(1).select("lead_id")).num_rows)


def business_clock_at(agreement: Agreement, moment: datetime) -> dict[str, int]:
    """Open microseconds accumulated at ``moment`` (naive UTC) since the clock's start, per calendar."""
    day = moment.date()
    clock = _clock_until(agreement, max(day, CLOCK_START))
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC
    second = (moment - midnight).total_seconds()
    answer: dict[str, int] = {}
    seconds = [name for name in clock.table.column_names if name not in {"calendar", "day"}]
    rows = {name: column_array(clock.table, name) for name in seconds}
    # One row per calendar and day, calendar after calendar.
    names, days = calendars_of(agreement), clock.table.num_rows // len(calendars_of(agreement))
    for index, name in enumerate(names):
        place = index * days + (max(day, CLOCK_START) - CLOCK_START).days
        row = {column: int(values[place]) for column, values in rows.items()}
        spans = ((row[f"open{k}_s"], row[f"close{k}_s"]) for k in range(1, clock.intervals + 1))
        passed = sum(min(max(second - opens, 0), closes - opens) for opens, closes in spans)
        answer[name] = round((row["before_s"] + passed) * 1_000_000)
    return answer


def _clock_until(agreement: Agreement, day: date) -> BusinessDays:
    """The clock of every calendar from its start to the end of the year of ``day``: laid out once in a process."""
    calendars = {name: calendar.model_dump(mode="json") for name, calendar in calendars_of(agreement).items()}
    return _laid_out(json.dumps(calendars), agreement.timezone, day.year)


@lru_cache(maxsize=8)
def _laid_out(calendars: str, timezone: str, year: int) -> BusinessDays:
    described = {name: Calendar.model_validate(own) for name, own in json.loads(calendars).items()}
    return business_days(described, timezone, CLOCK_START, date(year, 12, 31))


class BusinessClockAt(Mapping[str, int]):
    """:func:`business_clock_at`, worked out when it is first looked at: who has the facts already does not."""

    def __init__(self, agreement: Agreement, moment: datetime) -> None:
        self._asked = (agreement, moment)

    @cached_property
    def _known(self) -> dict[str, int]:
        return business_clock_at(*self._asked)

    def __getitem__(self, calendar: str) -> int:
        return self._known[calendar]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _span_of_handoffs(engine: Engine) -> tuple[datetime, datetime]:
    own = _as_stored(engine, "handoffs", "at")
    if own is not None:
        row = own.run_sql('SELECT min("at") AS first, max("at") AS last FROM handoffs').to_pylist()[0]
    else:
        handoffs = contract_table(engine, table_named("handoffs"), only=("at",))
        row = engine.run(handoffs.aggregate(first=handoffs["at"].min(), last=handoffs["at"].max())).to_pylist()[0]
    if row["first"] is None:
        return _NOTHING_RECORDED
    # Activities and decisions count only inside an episode, so the span of handoffs plus the window covers them.
    return max(_naive(row["first"]), _LONGEST_SPAN[0]), min(_naive(row["last"]), _LONGEST_SPAN[1])


def _naive(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - naive UTC
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
