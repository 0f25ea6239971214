"""A handoff or an opening dated by day may have been at any hour of it: what was met that day came before."""

from __future__ import annotations

from datetime import datetime, timedelta

from acceptance.sources import source_of
from accord.engines.duckdb import DuckDBEngine
from accord.value.attribution_figures import WHOLE
from accord.value.measure import measure_value
from value.company import Row
from value.conftest import AGREEMENT

DAY = timedelta(days=1)


def test_touches_of_the_day_count_where_handoffs_and_openings_have_no_hour() -> None:
    """A touch at ten, a handoff and an opening dated that day: the touch may have led to both."""
    day = datetime(2026, 3, 2)  # noqa: DTZ001 - naive UTC
    tables: dict[str, list[Row]] = {"leads": [], "handoffs": [], "opportunities": [], "touches": [], "reps": []}
    tables |= {"decisions": [], "activities": []}
    for number in range(12):
        lead = f"l{number}"
        tables["leads"].append({"lead_id": lead, "created_at": day - 9 * DAY, "channel": "partner"})
        tables["handoffs"].append({"handoff_id": lead, "lead_id": lead, "at": day.date()})
        opened = {"opportunity_id": lead, "lead_id": lead, "created_at": day.date(), "won": False}
        tables["opportunities"].append(opened)
        for hours, channel in ((10, "webinar"), (26, "search")):
            touch = {"lead_id": lead, "at": day + timedelta(hours=hours), "kind": "page_view", "channel": channel}
            tables["touches"].append({"touch_id": f"{lead} {channel}", **touch})
    for chosen in ("first", None):  # with every touch at hand, and with those asked for alone
        with source_of(DuckDBEngine(), tables, AGREEMENT, day + 90 * DAY) as source:
            found = measure_value(source, attribution=chosen)
        assert found.multichannel is not None
        assert [(one.channels, one.handed) for one in found.multichannel.combinations] == [(("webinar",), 12)]
        if chosen:
            assert found.attribution is not None
            assert found.attribution.by_rule is not None
            credit = {row.channel: row.opportunities for row in found.attribution.by_rule["first"]}
            assert credit["webinar"] == 12 * WHOLE
