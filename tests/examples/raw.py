"""What the real files say, by plain SQL on them: the numbers that everything imported is held against."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

__all__ = ["Bpi", "Hubspot", "Olist", "rows"]


def rows(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    connection = duckdb.connect()
    try:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _csv(path: Path) -> str:
    return f"read_csv('{path}', header = true, all_varchar = true)"


class Bpi:
    """BPI 2012: one row per lead handed over."""

    def __init__(self, data: Path) -> None:
        self.table = _csv(data / "bpi2012" / "lead_handoffs.csv")

    def handed(self) -> int:
        return int(rows(f"SELECT count(*) FROM {self.table}")[0][0])

    def reps(self) -> int:
        return int(rows(f"SELECT count(DISTINCT rep_id) FROM {self.table}")[0][0])

    def pre_accepted(self) -> int:
        return int(rows(f"SELECT count(preaccepted_at) FROM {self.table}")[0][0])

    def refused_without_pre_acceptance(self) -> int:
        return int(
            rows(
                f"SELECT count(*) FROM {self.table} WHERE preaccepted_at IS NULL "
                "AND coalesce(declined_at, cancelled_at) IS NOT NULL"
            )[0][0]
        )

    def taken_after_hours(self) -> Mapping[str, float]:
        """Quantiles of the delay from transmission to the first real action, in hours."""
        (found,) = rows(
            "SELECT quantile_cont(hours, 0.5), quantile_cont(hours, 0.75), quantile_cont(hours, 0.9) FROM ("
            "SELECT (epoch_us(taken_at::TIMESTAMPTZ) - epoch_us(transmitted_at::TIMESTAMPTZ)) / 3.6e9 AS hours "
            f"FROM {self.table})"
        )
        return dict(zip(("p50", "p75", "p90"), found, strict=True))

    def rate_by_rep(self, least: int) -> Mapping[str, tuple[int, int]]:
        """``(handed, pre-accepted)`` of the reps with at least that many leads."""
        found = rows(
            f"SELECT rep_id, count(*), count(preaccepted_at) FROM {self.table} WHERE rep_id IS NOT NULL "
            f"GROUP BY rep_id HAVING count(*) >= {least}"
        )
        return {rep: (handed, accepted) for rep, handed, accepted in found}

    def taken_within(self, hours: float) -> int:
        return int(
            rows(
                f"SELECT count(*) FROM {self.table} WHERE epoch_us(taken_at::TIMESTAMPTZ) "
                f"- epoch_us(transmitted_at::TIMESTAMPTZ) <= {hours} * 3600000000"
            )[0][0]
        )


class Olist:
    """Olist: leads, the deals that some became, and what the sellers won then sold."""

    def __init__(self, data: Path) -> None:
        folder = data / "olist"
        self.leads = _csv(folder / "olist_marketing_qualified_leads_dataset.csv")
        self.deals = _csv(folder / "olist_closed_deals_dataset.csv")
        self.items = _csv(folder / "won_seller_items.csv")

    def won_by_origin(self) -> Mapping[str | None, tuple[int, int]]:
        """Origin as it stands in the file → ``(leads, won)``."""
        found = rows(
            f"SELECT origin, count(*), count(d.mql_id) FROM {self.leads} l LEFT JOIN {self.deals} d USING (mql_id) "
            "GROUP BY origin"
        )
        return {origin: (leads, won) for origin, leads, won in found}

    def sellers_that_sold(self) -> int:
        return int(rows(f"SELECT count(DISTINCT seller_id) FROM {self.items}")[0][0])

    def sold(self) -> tuple[int, float]:
        """Items, and what they cost together in reais."""
        (found,) = rows(f"SELECT count(*), sum(price::DECIMAL(12, 2)) FROM {self.items}")
        return int(found[0]), float(found[1])


class Hubspot:
    """The generated HubSpot export."""

    def __init__(self, data: Path) -> None:
        folder = data / "crm_exports" / "hubspot_dummy"
        self.contacts = _csv(folder / "hubspot_contacts.csv")
        self.activities = _csv(folder / "hubspot_activities.csv")
        self.deals = _csv(folder / "hubspot_deals.csv")

    def contacts_count(self) -> int:
        return int(rows(f"SELECT count(*) FROM {self.contacts}")[0][0])

    def activities_by_type(self) -> Mapping[str, int]:
        return dict(rows(f'SELECT "Activity Type", count(*) FROM {self.activities} GROUP BY 1'))

    def meetings_not_cancelled(self) -> int:
        return int(
            rows(
                f"SELECT count(*) FROM {self.activities} WHERE \"Activity Type\" = 'Meeting' "
                "AND \"Meeting Outcome\" IS DISTINCT FROM 'Cancelled'"
            )[0][0]
        )

    def tasks_done(self) -> int:
        return int(rows(f"SELECT count(*) FROM {self.activities} WHERE \"Task Status\" = 'Completed'")[0][0])

    def deals_won(self) -> int:
        return int(rows(f"SELECT count(*) FROM {self.deals} WHERE \"Deal Stage\" = 'Closed Won'")[0][0])
