"""What a date without an hour leaves open is said beside every figure it touches, and nowhere else.

Every company here is ten leads with the same story, so a figure under one reading is 0 or 1, or that story's delay.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acceptance.sources import Row, source_of
from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.acceptance.measure import measure
from accord.agreement.model import Acceptance, Agreement, Definition, LeadClassPromise
from accord.clock import business_seconds_between
from accord.engines.base import Engine
from accord.values import Estimate, Figure

UTC_RULES = Agreement(
    acceptance=Acceptance(
        promises=(
            LeadClassPromise(name="all", where={"channel": ("web",)}, within_hours=24),
            LeadClassPromise(name="open hours", where={"channel": ("web",)}, within_hours=24, clock="business"),
        )
    )
)
PARIS = Agreement(timezone="Europe/Paris")
LEADS = 10
Moment = datetime | date


def utc(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - naive UTC


def paris(*parts: int) -> datetime:
    """A local time in Paris, as naive UTC."""
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC).replace(tzinfo=None)  # type: ignore[arg-type,misc]


def story(
    handed: Moment,
    decided: Moment | None = None,
    outcome: str = "accepted",
    *,
    acted: Moment | None = None,
    handed_again: Moment | None = None,
) -> dict[str, list[Row]]:
    """Ten leads that fared alike."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("leads", "handoffs", "decisions", "activities", "reps")
    }
    tables["reps"].append({"rep_id": "r"})
    for n in range(LEADS):
        tables["leads"].append({"lead_id": f"l{n}", "created_at": utc(2025, 1, 1), "channel": "web"})
        tables["handoffs"].append({"handoff_id": f"h{n}", "lead_id": f"l{n}", "at": handed, "rep_id": "r"})
        if handed_again:
            tables["handoffs"].append({"handoff_id": f"i{n}", "lead_id": f"l{n}", "at": handed_again, "rep_id": "r"})
        if decided:
            tables["decisions"].append(
                {"decision_id": f"d{n}", "handoff_id": f"h{n}", "at": decided, "outcome": outcome}
            )
        if acted:
            tables["activities"].append(
                {"activity_id": f"a{n}", "lead_id": f"l{n}", "at": acted, "rep_id": "r", "kind": "email"}
            )
    return tables


def report(
    way: tuple[Engine, bool], tables: dict[str, list[Row]], agreement: Agreement, **asked: Any
) -> AcceptanceReport:
    engine, fetch = way
    source = source_of(engine, tables, agreement, utc(2026, 6, 1))
    if not fetch:
        object.__setattr__(source, "recorded", {**source.recorded, "handoffs": 10**9})  # too many to fetch
        assert not source.fetches_rows
    return measure(source, **asked)


def totals(
    way: tuple[Engine, bool], tables: dict[str, list[Row]], agreement: Agreement, definition: Definition = "explicit"
) -> AcceptanceRow:
    return report(way, tables, agreement, definition=definition).answers[definition].totals


def estimate(figure: Figure) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def allowed(figure: Figure) -> tuple[float, float] | None:
    """What the missing hours allow; ``None`` where they do not matter."""
    found = estimate(figure)
    if found.date_bounds is None:
        return None
    assert found.date_bounds.low <= found.value <= found.date_bounds.high
    return found.date_bounds.low, found.date_bounds.high


def test_an_answer_on_a_date_is_early_or_late(way: tuple[Engine, bool]) -> None:
    """Handed over Monday 10:00, accepted "on Tuesday": 14 to 38 hours later, 8 to 17 open ones."""
    found = report(way, story(utc(2026, 3, 2, 10), date(2026, 3, 3)), UTC_RULES)
    row = found.answers["explicit"].totals
    assert allowed(row.within["24h"]) == allowed(row.answered_within["24h"]) == (0, 1)
    assert allowed(row.business_within["24h"]) == (0, 1)
    assert allowed(row.within["48h"]) is allowed(row.answered_within["48h"]) is None
    assert allowed(row.delay_hours["p50"]) == (14, 38)
    assert estimate(row.weighted_delay_hours).value == 14
    assert allowed(row.weighted_delay_hours) == pytest.approx((14, 38), abs=1 / 3600)  # delays count whole seconds
    assert estimate(row.business_delay_hours["p50"]).value == 8
    assert allowed(row.business_delay_hours["p50"]) == (8, 17)
    assert [allowed(promise.kept) for promise in found.promises] == [(0, 1), (0, 1)]
    assert allowed(row.rate) is allowed(row.raw_rate) is None


def test_a_handoff_on_a_date_may_be_answered_at_once_or_a_day_later(way: tuple[Engine, bool]) -> None:
    found = report(
        way, story(date(2026, 3, 2), utc(2026, 3, 3, 10), acted=date(2026, 3, 3)), UTC_RULES, definition="all"
    )
    row = found.answers["explicit"].totals
    assert allowed(row.delay_hours["p50"]) == pytest.approx((10, 34), abs=0.02)  # minutes, in bins
    assert allowed(row.answered_within["24h"]) == (0, 1)
    assert allowed(row.business_delay_hours["p50"]) == (1, 10)
    by_action = found.answers["action"].totals
    assert allowed(by_action.delay_hours["p50"]) == pytest.approx((0, 48), abs=0.02)


def test_an_answer_is_the_first_of_decision_and_action(way: tuple[Engine, bool]) -> None:
    """A call at 20 hours answers in time, whatever the hour of the acceptance."""
    row = totals(way, story(utc(2026, 3, 2, 10), date(2026, 3, 3), acted=utc(2026, 3, 3, 6)), UTC_RULES)
    assert allowed(row.within["24h"]) == (0, 1)
    assert estimate(row.answered_within["24h"]).value == 1
    assert allowed(row.answered_within["24h"]) is None


def test_a_date_on_which_nobody_works_holds_no_open_hours(way: tuple[Engine, bool]) -> None:
    row = totals(way, story(utc(2026, 3, 6, 10), date(2026, 3, 7)), UTC_RULES)  # from Friday to a Saturday
    assert allowed(row.delay_hours["p50"]) == (14, 38)
    assert estimate(row.business_delay_hours["p50"]).value == 8
    assert allowed(row.business_delay_hours["p50"]) is None


@pytest.mark.parametrize(("day", "hours"), [(date(2025, 10, 26), 25), (date(2026, 3, 29), 23), (date(2026, 3, 2), 24)])
def test_a_day_is_as_long_as_its_clocks_say(way: tuple[Engine, bool], day: date, hours: int) -> None:
    row = totals(way, story(paris(day.year, day.month, day.day), day), PARIS)
    assert allowed(row.delay_hours["p50"]) == (0, hours)
    assert allowed(row.within["24h"]) == ((0, 1) if hours > 24 else None)


def test_silence_takes_its_hours_whenever_it_began(way: tuple[Engine, bool]) -> None:
    """72 hours after a handoff are 72 hours, whatever its hour."""
    rules = Agreement(acceptance=Acceptance(promises_hours=(60, 72)))
    tables = story(date(2026, 3, 2))
    tables["decisions"].append({"decision_id": "d", "handoff_id": "h99", "at": utc(2026, 3, 3), "outcome": "accepted"})
    tables["leads"].append({"lead_id": "l99", "created_at": utc(2025, 1, 1)})
    tables["handoffs"].append({"handoff_id": "h99", "lead_id": "l99", "at": utc(2026, 3, 2)})
    row = totals(way, tables, rules, "tacit")
    assert estimate(row.delay_hours["p50"]).value == 72
    for figure in (row.raw_rate, row.rate, *row.within.values(), *row.delay_hours.values(), row.weighted_delay_hours):
        assert allowed(figure) is None
    assert estimate(row.within["60h"]).value == 0
    assert estimate(row.within["72h"]).value == 1
    # From midnight to midnight three days on, and from the next to the next: three open days either way.
    assert estimate(row.business_delay_hours["p50"]).value == 27
    assert allowed(row.business_delay_hours["p50"]) is None


def test_silence_over_a_weekend_holds_more_or_less_open_hours(way: tuple[Engine, bool]) -> None:
    tables = story(date(2026, 3, 5))  # a Thursday: till Sunday morning, or till Sunday night
    tables["decisions"].append({"decision_id": "d", "handoff_id": "none", "at": utc(2026, 3, 3), "outcome": "accepted"})
    row = totals(way, tables, Agreement(), "tacit")
    assert estimate(row.business_delay_hours["p50"]).value == 18
    assert allowed(row.business_delay_hours["p50"]) == (9, 18)


def test_silence_that_a_second_handoff_may_have_broken(way: tuple[Engine, bool]) -> None:
    """Handed over on a Monday and again on Thursday at ten: 82 hours later at most, 58 at least."""
    tables = story(date(2026, 3, 2), handed_again=utc(2026, 3, 5, 10))
    tables["decisions"].append({"decision_id": "d", "handoff_id": "none", "at": utc(2026, 3, 3), "outcome": "accepted"})
    row = totals(way, tables, Agreement(), "tacit")
    assert row.handed == 20
    assert estimate(row.rate).value == 1
    assert allowed(row.rate) == (0.5, 1)


def test_the_window_may_end_before_a_date_does(way: tuple[Engine, bool]) -> None:
    """The thirty days end on 2 April at 11:00, summer time; accepted "on 2 April"."""
    row = totals(way, story(paris(2026, 3, 3, 10), date(2026, 4, 2)), PARIS)
    assert (row.accepted, row.expired) == (LEADS, 0)  # counts keep the first instant the date can mean
    assert estimate(row.rate).value == estimate(row.raw_rate).value == 1
    assert allowed(row.rate) == allowed(row.raw_rate) == allowed(row.shrunk) == (0, 1)
    assert allowed(totals(way, story(paris(2026, 3, 3, 10), date(2026, 4, 1)), PARIS).rate) is None


def test_a_refusal_on_a_date_may_come_too_late_to_break_silence(way: tuple[Engine, bool]) -> None:
    row = totals(way, story(paris(2026, 3, 2, 10), date(2026, 3, 5), "rejected"), PARIS, "tacit")
    assert (row.accepted, row.rejected) == (0, LEADS)
    assert estimate(row.rate).value == 0
    assert allowed(row.rate) == allowed(row.raw_rate) == (0, 1)
    assert allowed(totals(way, story(paris(2026, 3, 2, 10), date(2026, 3, 4), "rejected"), PARIS, "tacit").rate) is None


def test_work_on_a_date_may_come_too_late(way: tuple[Engine, bool]) -> None:
    """Accepted on 3 March at midnight, an e-mail "on 10 March": by the end of the seven days or after it."""
    tables = story(paris(2026, 3, 2, 10), paris(2026, 3, 3), acted=date(2026, 3, 10))
    answers = report(way, tables, PARIS, definition="all").answers
    ghost, worked = answers["explicit"].totals.ghost, answers["worked"].totals
    assert estimate(ghost).value == 0
    assert allowed(ghost) == (0, 1)
    assert estimate(worked.rate).value == 1
    assert allowed(worked.rate) == allowed(worked.raw_rate) == (0, 1)
    sooner = report(
        way, story(paris(2026, 3, 2, 10), paris(2026, 3, 3), acted=date(2026, 3, 9)), PARIS, definition="all"
    ).answers
    assert allowed(sooner["explicit"].totals.ghost) is allowed(sooner["worked"].totals.rate) is None


def test_cells_have_the_bounds_of_their_own_dates(way: tuple[Engine, bool]) -> None:
    """Two channels with the same story, but one knows its hours: bounds in one row, and half of them in the whole."""
    dated, exact = story(paris(2026, 3, 3, 10), date(2026, 4, 2)), story(paris(2026, 3, 3, 10), paris(2026, 4, 2))
    tables = {name: list(rows) for name, rows in dated.items()}
    for name in ("leads", "handoffs", "decisions"):
        for row in exact[name]:
            renamed = {k: f"x{v}" if k in {"lead_id", "handoff_id", "decision_id"} else v for k, v in row.items()}
            tables[name].append(renamed)
    for row in tables["leads"]:
        row["channel"] = "exact" if row["lead_id"].startswith("x") else "dated"
    answer = report(way, tables, PARIS, by=["channel"]).answers["explicit"]
    rows = {row.segment["channel"]: row for row in answer.rows}
    assert allowed(rows["dated"].rate) == allowed(rows["dated"].raw_rate) == (0, 1)
    assert allowed(rows["exact"].rate) is allowed(rows["exact"].raw_rate) is None
    assert allowed(answer.totals.rate) == (0.5, 1)


def test_open_hours_of_dates_are_those_of_the_reference_clock(way: tuple[Engine, bool]) -> None:
    """Across a change of clocks, in Paris: the bounds are the open hours at the two ends of the day."""
    start, day = paris(2026, 3, 27, 15), date(2026, 3, 30)
    row = totals(way, story(start, day), PARIS)
    ends = (paris(2026, 3, 30), paris(2026, 3, 31))
    hours = tuple(
        business_seconds_between(PARIS.acceptance.calendar, PARIS.timezone, start, end) / 3600 for end in ends
    )
    assert hours == (3.0, 12.0)
    assert allowed(row.business_delay_hours["p50"]) == hours
    assert allowed(row.delay_hours["p50"]) == tuple((end - start) / timedelta(hours=1) for end in ends)
