"""Handoffs that a system tells anew at another time: it keeps the last one only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from accord.ingest import sqltext as sql
from accord.ingest.recognise import How, Match
from accord.ingest.stage import Staging
from accord.language import ngettext

__all__ = ["note_of_moved"]

FAR = "INTERVAL 2 DAYS"
"""Further apart two times of one handoff are not a matter of zones and of dates without an hour."""


def note_of_moved(
    connection: duckdb.DuckDBPyConnection, stagings: Sequence[tuple[Match, Staging]], stored: Mapping[str, str]
) -> list[str]:
    """What a recognised export does to handoffs that are ``stored`` at another day under the same identifier: a lead
    that was qualified again has one date, the last."""
    if "handoffs" not in stored:
        return []
    moved = 0
    for match, staging in stagings:
        if match.how is How.SYSTEM and staging.staged.table == "handoffs":
            rows = f"read_parquet({sql.text(str(staging.staged.rows))})"
            ((count,),) = connection.execute(
                f"SELECT count(*) FROM {rows} AS told JOIN {stored['handoffs']} AS known USING (handoff_id) "
                f'WHERE abs(epoch(told."at" - known."at")) > epoch({FAR})'
            ).fetchall()
            moved += int(count)
    if not moved:
        return []
    return [
        ngettext(
            "{n} handoff that is stored has another day in this export, which keeps the last one only: its earlier day "
            "counts no more, in figures of a past moment either. Where leads are qualified again, write a mapping "
            "whose handoff_id has the date in it (join), so that each time counts.",
            "{n} handoffs that are stored have another day in this export, which keeps the last one only: their "
            "earlier days count no more, in figures of a past moment either. Where leads are qualified again, write a "
            "mapping whose handoff_id has the date in it (join), so that each time counts.",
            moved,
        ).format(n=moved)
    ]
