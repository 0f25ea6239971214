"""Merges as they stood at a moment: a lead that does not exist yet can have nobody merged into it.

The tables say what each lead has become, not since when. What is certain is that two leads were not one before the one
that stays was there; asked of such a moment, each stands for itself, and what happens to the other has not happened.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from accord.clock import utc_of_local_midnight
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.shape import contract_table
from accord.tables.schema import table_named

__all__ = ["not_there_yet"]

_TWO_DAYS = timedelta(days=2)
"""No date without an hour begins further from its stored midnight, in any time zone."""


def not_there_yet(engine: Engine, timezone: str, moment: datetime) -> list[str]:
    """The leads that others were merged into and that are created after ``moment`` (naive UTC), in order."""
    since = moment - _TWO_DAYS
    if not engine.has("leads"):
        return []
    if isinstance(engine, DuckDBEngine) and {"created_at_is_date", "merged_into"} <= set(engine.columns("leads")):
        found = _of_read_model(engine, since)
    else:
        found = _of_warehouse(engine, since)
    return sorted(row["lead_id"] for row in found.to_pylist() if _begins(row, timezone) > moment)


def _begins(row: dict[str, datetime], timezone: str) -> datetime:
    if not row["created_at_is_date"]:
        return row["created_at"]
    return utc_of_local_midnight(row["created_at"].date(), timezone)


def _of_read_model(engine: DuckDBEngine, since: datetime) -> pa.Table:
    """In DuckDB's own words: every command asks, and what else writes queries takes longer to load than this runs."""
    return engine.run_sql(
        f"SELECT lead_id, created_at, coalesce(created_at_is_date, false) AS created_at_is_date FROM leads"
        f" WHERE created_at > TIMESTAMP '{since}'"
        " AND lead_id IN (SELECT merged_into FROM leads WHERE merged_into IS NOT NULL)"
    )


def _of_warehouse(engine: Engine, since: datetime) -> pa.Table:
    leads = contract_table(engine, table_named("leads"), only=("lead_id", "created_at", "merged_into"))
    stayed = leads.filter(leads.merged_into.notnull()).select(stays="merged_into")
    late = leads.filter(leads.created_at > since).semi_join(stayed, [("lead_id", "stays")])
    return engine.run(late.select("lead_id", "created_at", "created_at_is_date"))
