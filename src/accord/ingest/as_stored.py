"""Rows that an export identifies by the moment, told again with the moment written in another way.

Salesforce's lead history has no identifier in a report: a change of owner is its moment and its lead. The same history
comes as CSV and as a workbook, and from colleagues in Paris and in Boston, with the moment written otherwise each time.
Such a row keeps the identifier under which it is stored, or each lead would be handed over as often as it was exported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from accord.ingest import sqltext as sql
from accord.ingest.mapping.model import FromColumn, Joined, TableRule
from accord.ingest.recognise import How, Match
from accord.ingest.stage import PARQUET, Staging

__all__ = ["keep_identifiers"]

SAME: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "handoffs": ("handoff_id", ("lead_id", "at"), "ends_with(handoff_id, '-' || lead_id)"),
    "decisions": (
        "decision_id",
        ("lead_id", "at", "outcome"),
        "starts_with(decision_id, lead_id || '-') AND regexp_matches(decision_id[length(lead_id) + 2:], '[0-9]')",
    ),
}
"""Table → its key, what makes two of its rows one and the same, and how a key that was made of the moment looks."""


def keep_identifiers(
    connection: duckdb.DuckDBPyConnection, stagings: Sequence[tuple[Match, Staging]], stored: Mapping[str, str]
) -> None:
    """Give the staged rows of recognised exports that are ``stored`` already the identifiers that they have there."""
    for match, staging in stagings:
        table = staging.staged.table
        if match.how is How.SYSTEM and table in SAME and table in stored and _is_of_the_moment(staging.job.rule):
            _rewritten(connection, staging, stored[table])


def _is_of_the_moment(rule: TableRule) -> bool:
    key, at = rule.columns.get(SAME[rule.table][0]), rule.columns.get("at")
    return isinstance(key, Joined) and isinstance(at, FromColumn) and at in key.parts


def _rewritten(connection: duckdb.DuckDBPyConnection, staging: Staging, stored: str) -> None:
    key, alike, made_so = SAME[staging.staged.table]
    rows = staging.staged.rows
    new = rows.with_name(f"{rows.stem}-as-stored.parquet")
    told = f"read_parquet({sql.text(str(rows))})"
    columns = ", ".join(sql.name(name) for name in alike)
    connection.execute(
        f"COPY (SELECT told.* REPLACE (CASE WHEN same.{key} IS NULL THEN coalesce(known.id, told.{key}) "
        f"ELSE told.{key} END AS {key}) FROM {told} AS told "
        f"LEFT JOIN (SELECT {key} FROM {stored}) AS same USING ({key}) "
        f"LEFT JOIN (SELECT {columns}, min({key}) AS id FROM {stored} WHERE {made_so} GROUP BY ALL) AS known "
        f"USING ({columns}) ORDER BY told.line) TO {sql.text(str(new))} {PARQUET}"
    )
    new.replace(rows)
