"""Scoring as the bench measures it: leads, touches, an agreement of 25 criteria, and the query written by hand."""
# ruff: noqa: PLC0415 - loaded by a step, which loads what it measures and nothing else

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - naive UTC
BOTH = {"en": "a", "fr": "b"}
KINDS = ("page_view", "email_click", "download", "webinar", "form", "pricing_view", "chat", "event", "demo_request")

CONDITIONS: tuple[tuple[str, str, float, dict[str, Any], str], ...] = (
    ("size_core", "fit", 15, {"field": "employees", "between": [50, 999]}, "employees BETWEEN 50 AND 999"),
    ("size_large", "fit", 9.5, {"field": "employees", "at_least": 1000}, "employees >= 1000"),
    ("sector", "fit", 8, {"field": "sector", "in": ["s1", "s2", "s3"]}, "sector IN ('s1', 's2', 's3')"),
    ("abroad", "fit", -4, {"field": "country", "in": ["c7", "c8", "c9"]}, "country IN ('c7', 'c8', 'c9')"),
    ("function", "fit", 6, {"field": "job_function", "in": ["f1", "f2"]}, "job_function IN ('f1', 'f2')"),
    ("student", "fit", -20, {"field": "seniority", "is": "e0"}, "seniority = 'e0'"),
    ("urgent", "need", 12, {"field": "need", "is": "urgent"}, "need = 'urgent'"),
    ("defined", "need", 8, {"field": "need", "is": "defined"}, "need = 'defined'"),
    ("soon", "need", 4, {"field": "timeline_days", "at_most": 90}, "timeline_days <= 90"),
    ("money", "budget", 6, {"field": "budget", "at_least": 5000}, "budget >= 5000"),
    ("much_money", "budget", 4, {"field": "budget", "at_least": 50000}, "budget >= 50000"),
    ("decides", "authority", 7.25, {"field": "decision_maker", "is": True}, "decision_maker"),
    ("senior", "authority", 5, {"field": "seniority", "in": ["e3", "e4"]}, "seniority IN ('e3', 'e4')"),
    (
        "core_market",
        "fit",
        5,
        {"all": [{"field": "country", "is": "c0"}, {"not": {"field": "sector", "is": "s9"}}]},
        "country = 'c0' AND NOT sector = 's9'",
    ),
)
"""Id, axis, points, the condition, and the same in SQL."""

TOUCHES: tuple[tuple[str, float, int, float | None, float | None, int | None, int | None], ...] = (
    ("page_view", 0.5, 30, None, 4, None, None),
    ("email_click", 1.5, 60, 14, 6, None, None),
    ("download", 5, 90, 30, 10, None, None),
    ("webinar", 8, 90, 30, 16, None, None),
    ("form", 8, 90, 21, 16, None, None),
    ("event", 8, 120, 60, None, None, None),
    ("pricing_view", 7, 60, 10, 21, 3, 1),
    ("chat", 6, 60, 20, 12, 3, 1),
    ("demo_request", 30, 90, 30, None, 2, None),
)
"""Kind, points, days, half-life, cap, how many at most, and a day."""

AXES = {"fit": 30, "need": 20, "budget": 10, "authority": 10, "engagement": 40}


def agreement() -> Any:
    """The agreement of 25 criteria."""
    from accord.agreement.model import Agreement

    criteria: list[dict[str, Any]] = [
        {"id": name, "axis": axis, "label": BOTH, "why": BOTH, "points": points, "when": when}
        for name, axis, points, when, _sql in CONDITIONS
    ]
    for kind, points, days, half, cap, most, a_day in TOUCHES:
        rule = {"kind": kind, "within_days": days, "half_life_days": half, "at_most": most, "at_most_a_day": a_day}
        criterion = {"id": kind, "axis": "engagement", "label": BOTH, "why": BOTH, "points": points, "touches": rule}
        criteria.append({**criterion, "cap": cap})
    for name, days, least in (("channels_60", 60, 2), ("channels_14", 14, 3)):
        counted = {"within_days": days, "at_least": least}
        criteria.append(
            {"id": name, "axis": "engagement", "label": BOTH, "why": BOTH, "points": 4, "channels": counted, "cap": 8}
        )
    said = {"criteria": criteria, "axes": {axis: {"max": most} for axis, most in AXES.items()}, "threshold": 50}
    bands = [{"name": "A", "from": 80}, {"name": "B", "from": 60}, {"name": "C", "from": 40}, {"name": "D"}]
    return Agreement.model_validate({"qualification": {**said, "bands": bands}})


def write(folder: Path, leads: int) -> None:
    """Parquet files of ``leads`` leads and ten times the touches, of which some are older than any criterion looks."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"memory_limit": "2GB"})
    connection.execute("SELECT setseed(0.5)")
    sometimes = "CASE WHEN random() < 0.8 THEN {} END"
    columns = {
        "employees": "floor(exp(random() * 9))::BIGINT",
        "sector": "'s' || floor(random() * 10)::INT",
        "country": "'c' || floor(random() * 10)::INT",
        "job_function": "'f' || floor(random() * 6)::INT",
        "seniority": "'e' || floor(random() * 5)::INT",
        "need": "['none', 'exploring', 'defined', 'urgent'][1 + floor(random() * 4)::INT]",
        "timeline_days": "floor(random() * 400)::BIGINT",
        "budget": "floor(exp(random() * 12))",
        "decision_maker": "random() < 0.4",
    }
    cells = ", ".join(f"{sometimes.format(value)} AS {name}" for name, value in columns.items())
    connection.execute(
        f"COPY (SELECT 'L' || lpad(i::VARCHAR, 8, '0') AS lead_id, "
        f"TIMESTAMP '2026-06-30' - to_days(floor(random() * 300)::INT) AS created_at, false AS created_at_is_date, "
        f"{cells}, NULL::VARCHAR AS merged_into FROM range({leads}) r(i)) TO '{folder}/leads.parquet'"
    )
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    connection.execute(
        f"COPY (SELECT 't' || i AS touch_id, 'L' || lpad(floor(random() * {leads})::VARCHAR, 8, '0') AS lead_id, "
        f"TIMESTAMP '2026-07-01' - to_seconds(floor(random() * 86400 * 180)::BIGINT) AS \"at\", false AS at_is_date, "
        f"[{kinds}][1 + floor(random() * random() * {len(KINDS)})::INT] AS kind, "
        f"'ch' || floor(random() * 6)::INT AS channel, NULL::DOUBLE AS value "
        f"FROM range({10 * leads}) r(i)) TO '{folder}/touches.parquet'"
    )


def by_hand(folder: Path) -> str:
    """The query somebody who knows DuckDB would write for this agreement: points of each criterion, and the score."""
    day = "86400000000"
    age = f"((epoch_us(TIMESTAMP '{AS_OF}') - epoch_us(\"at\")) // {day})"
    windowed = ", ".join(f"'{kind}'" for kind, *_rest, most, a_day in TOUCHES if most or a_day)
    sums = []
    for kind, points, days, half, cap, most, a_day in TOUCHES:
        worth = (
            f"{round(points * 100)}" if half is None else f"floor({round(points * 100)} * pow(2, -age / {half}) + 0.5)"
        )
        limits = (f" AND of_day <= {a_day}" if a_day else "") + (f" AND of_all <= {most}" if most else "")
        total = f"coalesce(sum({worth}) FILTER (kind = '{kind}' AND age < {days}{limits}), 0)"
        sums.append(f"least({total}, {round(cap * 100)}) AS {kind}" if cap else f"{total} AS {kind}")
    for name, days, least in (("channels_60", 60, 2), ("channels_14", 14, 3)):
        counted = f"count(DISTINCT channel) FILTER (age < {days})"
        sums.append(f"least(400 * greatest({counted} - {least - 1}, 0), 800) AS {name}")
    conditions = [
        f"CASE WHEN {sql} THEN {round(points * 100)} ELSE 0 END AS {name}"
        for name, _axis, points, _when, sql in CONDITIONS
    ]
    counted_names = [kind for kind, *_rest in TOUCHES] + ["channels_60", "channels_14"]
    of_axis = {axis: [name for name, where, *_rest in CONDITIONS if where == axis] for axis in AXES}
    of_axis["engagement"] += counted_names
    score = " + ".join(f"least({' + '.join(names)}, {AXES[axis] * 100})" for axis, names in of_axis.items())
    zeroed = ", ".join(f"coalesce({name}, 0) AS {name}" for name in counted_names)
    return f"""
        WITH recent AS (
            SELECT lead_id, kind, channel, "at", {age} AS age FROM '{folder}/touches.parquet'
            WHERE "at" <= TIMESTAMP '{AS_OF}' AND "at" > TIMESTAMP '{AS_OF}' - INTERVAL 120 DAY
        ), of_day AS (
            SELECT *, row_number() OVER (PARTITION BY lead_id, kind, "at"::DATE ORDER BY "at" DESC) AS of_day
            FROM recent WHERE kind IN ({windowed})
        ), of_all AS (
            SELECT *, row_number() OVER (PARTITION BY lead_id, kind ORDER BY "at" DESC) AS of_all
            FROM of_day WHERE of_day = 1 OR kind = 'demo_request'
        ), counted AS (
            SELECT lead_id, kind, channel, age, of_day, of_all FROM of_all
            UNION ALL
            SELECT lead_id, kind, channel, age, 0, 99 FROM of_day WHERE NOT (of_day = 1 OR kind = 'demo_request')
            UNION ALL
            SELECT lead_id, kind, channel, age, 0, 0 FROM recent WHERE kind NOT IN ({windowed})
        ), touched AS (SELECT lead_id, {", ".join(sums)} FROM counted GROUP BY lead_id)
        , points AS (
            SELECT lead_id, {", ".join(conditions)}, {zeroed}
            FROM '{folder}/leads.parquet' LEFT JOIN touched USING (lead_id)
            WHERE created_at <= TIMESTAMP '{AS_OF}'
        )
        SELECT *, greatest({score}, 0) AS score FROM points
    """
