"""Which exports have been imported before: it matters where another export gives the same facts less well."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from accord.errors import Fault
from accord.ingest import sqltext as sql
from accord.ingest.systems.catalogue import Recognised
from accord.ingest.systems.hubspot_leads import LEADS, NAMED
from accord.ingest.systems.hubspot_people import HANDED_OVER
from accord.language import gettext as _
from accord.language import ngettext
from accord.typed import as_typed

__all__ = ["counted_twice", "stored_exports"]


def stored_exports(
    connection: duckdb.DuckDBPyConnection, stored: Mapping[str, str]
) -> dict[str, tuple[str, Recognised]]:
    """Their names, as neighbours without a file and a column. ``stored``: table → the DuckDB relation of its rows."""
    relation = stored.get("handoffs")
    if relation is None:
        return {}
    there = f"SELECT 1 FROM {relation} WHERE starts_with(handoff_id, {sql.text(f'{NAMED}-')}) LIMIT 1"
    return {LEADS.name: ("", Recognised(LEADS, {}))} if connection.execute(there).fetchall() else {}


def counted_twice(
    connection: duckdb.DuckDBPyConnection, stored: Mapping[str, str], found: Recognised, file: str
) -> Fault | None:
    """Why ``file``, recognised as ``found``, cannot be imported: what is stored gave the same facts under other ids."""
    relation = stored.get("handoffs")
    if relation is None or found.export is not LEADS:
        return None
    given = f"SELECT count(*) FROM {relation} WHERE handoff_id = lead_id || {sql.text(f'-{HANDED_OVER}')}"
    ((handoffs,),) = connection.execute(given).fetchall()
    if not handoffs:
        return None
    message = ngettext(
        "HubSpot's contacts were imported before and gave {n} handoff; with its leads, it would count twice.",
        "HubSpot's contacts were imported before and gave {n} handoffs; with its leads, these would count twice.",
        handoffs,
    )
    hint = _(
        "Import contacts and leads together into a new workspace; or keep this one, write a mapping, take handoffs and "
        "decisions out of it, and import with that: {command}"
    )
    command = as_typed("import", file, "--dry-run", "--write-map", "mapping.yaml")
    return Fault(message.format(n=handoffs), file, hint=hint.format(command=command))
