"""Which exports have been imported before: it matters where another export gives the same facts less well."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from accord.ingest import sqltext as sql
from accord.ingest.systems.catalogue import Recognised
from accord.ingest.systems.hubspot_leads import LEADS, NAMED

__all__ = ["stored_exports"]


def stored_exports(
    connection: duckdb.DuckDBPyConnection, stored: Mapping[str, str]
) -> dict[str, tuple[str, Recognised]]:
    """Their names, as neighbours without a file and a column. ``stored``: table → the DuckDB relation of its rows."""
    relation = stored.get("handoffs")
    if relation is None:
        return {}
    there = f"SELECT 1 FROM {relation} WHERE starts_with(handoff_id, {sql.text(f'{NAMED}-')}) LIMIT 1"
    return {LEADS.name: ("", Recognised(LEADS, {}))} if connection.execute(there).fetchall() else {}
