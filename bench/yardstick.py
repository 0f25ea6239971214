"""The hand-written episodes query, made to run: its clock laid out, its settings filled in, its rows compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import holidays

from accord.agreement.model import Agreement, Calendar

__all__ = ["differences", "episodes_query", "prepare"]

FIRST, LAST = date(1990, 1, 1), date(2040, 12, 31)
US = 1_000_000
NOT_BY_HAND = {"business_late_action_us", "business_late_decision_us", "business_late_tacit_us", "business_slack_us"}
"""The open hours to the other end of a date without an hour: tests/acceptance/test_dates.py holds them to a walk."""


def prepare(connection: duckdb.DuckDBPyConnection, agreement: Agreement) -> None:
    """Lay out what ``bench/episodes.sql`` reads beside the tables.

    It was written for one company: open Monday to Friday 09:00-18:00, nine hours a day.
    """
    rules = agreement.acceptance
    settings: Mapping[str, object] = {
        "zone": agreement.timezone,
        "window_us": rules.window_days * 86_400 * US,
        "minimum_call_s": rules.real_action.min_call_seconds,
        "token_us": int(rules.token.within_days * 86_400 * US),
        "tacit_us": int(rules.tacit_after_hours * 3_600 * US),
        "business_day_us": 9 * 3_600 * US,
    }
    for name, value in settings.items():
        said = f"'{value}'" if isinstance(value, str) else f"{value}::BIGINT"
        connection.execute(f"SET VARIABLE {name} = {said}")
    calendars = {"default": rules.calendar, **{f"team:{team}": own for team, own in rules.team_calendars.items()}}
    connection.execute("CREATE OR REPLACE TEMP TABLE yard_teams(team TEXT, calendar TEXT)")
    connection.execute("CREATE OR REPLACE TEMP TABLE yard_zones(calendar TEXT, zone TEXT)")
    connection.execute("CREATE OR REPLACE TEMP TABLE yard_closed(calendar TEXT, day DATE)")
    if rules.team_calendars:
        connection.executemany("INSERT INTO yard_teams VALUES (?, ?)", [(t, f"team:{t}") for t in rules.team_calendars])
    for name, calendar in calendars.items():
        connection.execute("INSERT INTO yard_zones VALUES (?, ?)", (name, calendar.timezone or agreement.timezone))
        connection.execute("INSERT INTO yard_closed SELECT ?, unnest(?::DATE[])", (name, _closed(calendar)))
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE yard_days AS
        WITH days AS (SELECT unnest(generate_series(DATE '{FIRST}', DATE '{LAST}', INTERVAL 1 DAY))::DATE AS day),
        hours AS (
            SELECT z.calendar, d.day,
                isodow(d.day) < 6 AND c.day IS NULL AS is_open,
                epoch(timezone(z.zone, d.day + INTERVAL 9 HOUR))::BIGINT % 86400 AS opens_s
            FROM days d CROSS JOIN yard_zones z LEFT JOIN yard_closed c ON c.calendar = z.calendar AND c.day = d.day
        )
        SELECT calendar, datediff('day', DATE '1970-01-01', day) AS day, opens_s,
            CASE WHEN is_open THEN opens_s + 9 * 3600 ELSE opens_s END AS closes_s,
            coalesce(sum(CASE WHEN is_open THEN 9 * 3600 ELSE 0 END) OVER (
                PARTITION BY calendar ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0)::BIGINT AS before_s
        FROM hours
    """)


def episodes_query(connection: duckdb.DuckDBPyConnection) -> str:
    """The text of the query for the lead's columns that stand there."""
    text = (Path(__file__).parent / "episodes.sql").read_text(encoding="utf-8")
    names = [row[0] for row in connection.execute("DESCRIBE leads").fetchall()]
    kept = [name for name in names if name not in {"lead_id", "merged_into", "extra"} and not name.endswith("_is_date")]
    return text.replace("{lead_columns}", ", ".join(f'l."{name}" AS "lead_{name}"' for name in kept))


def differences(connection: duckdb.DuckDBPyConnection, left: str, right: str) -> dict[str, int]:
    """Rows in which each column of two relations of episodes differs; ``rows`` counts handoffs only one of them has."""
    first = {row[0] for row in connection.execute(f"DESCRIBE FROM {left}").fetchall()}
    second = {row[0] for row in connection.execute(f"DESCRIBE FROM {right}").fetchall()}
    shared = sorted(first & second - {"handoff_id"})
    counts = ", ".join(f'count(*) FILTER (a."{name}" IS DISTINCT FROM b."{name}") AS "{name}"' for name in shared)
    row = connection.execute(f"""
        SELECT count(*) FILTER (a.handoff_id IS NULL OR b.handoff_id IS NULL) AS "rows", {counts}
        FROM {left} a FULL JOIN {right} b ON a.handoff_id = b.handoff_id
    """).fetchone()
    assert row is not None
    found = dict(zip(["rows", *shared], row, strict=True))
    return {name: count for name, count in found.items() if count} | dict.fromkeys(
        sorted((first ^ second) - NOT_BY_HAND), -1
    )


def _closed(calendar: Calendar) -> list[date]:
    years = range(FIRST.year, LAST.year + 1)
    public = (
        set(holidays.country_holidays(calendar.country, subdiv=calendar.subdivision, years=years))
        if calendar.country
        else set()
    )
    return sorted((public - set(calendar.open)) | set(calendar.closed))
