"""The ledger and every count of it, against plain loops over the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from acceptance.sources import source_of
from accord.agreement.model import Acceptance, Agreement, Definition
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.source import Source
from accord.recycle.figures import FollowUpRow, FollowUps, ReturnRow
from accord.recycle.ledger import age_band
from accord.recycle.measure import Recycling, measure_recycling
from accord.value.figures import Bounded
from accord.value.measure import measure_value
from accord.values import Estimate
from recycle.company import AGREEMENT, AS_OF, START, company, empty
from recycle.oracle import Episode, counts, follow_counts, followed, last_touch, ledger


def told(row: ReturnRow) -> dict[str, Any]:
    """The counts of a row."""
    names = ("handed", "returned", "superseded", "came_back", "on_their_own", "waiting")
    return {
        **{name: getattr(row, name) for name in names},
        "how": {kind: count for kind, count in row.how.items() if count},
        "follow": told_of(row.follow),
    }


def told_of(follow: FollowUps) -> dict[str, int]:
    names = ("follow_ups", "open", "answered", "accepted", "opportunities", "won", "returned_again")
    return {name: getattr(follow, name) for name in names}


def by(rows: tuple[FollowUpRow, ...]) -> dict[tuple[str, ...], dict[str, int]]:
    return {tuple(row.segment.values()): told_of(row.follow) for row in rows}


def cut(pairs: list[tuple[Episode, Episode]], name: Any) -> dict[tuple[str, ...], dict[str, int]]:
    groups: dict[tuple[str, ...], list[Episode]] = defaultdict(list)
    for before, after in pairs:
        groups[name(before, after)].append(after)
    return {key: follow_counts(follow) for key, follow in groups.items()}


@pytest.fixture
def measured(source: Source) -> Recycling:
    return measure_recycling(source, by=["channel"], period="quarter")


def test_every_count_is_what_loops_find(measured: Recycling) -> None:
    known, report = ledger(company(1), AS_OF), measured.report
    assert told(report.totals) == counts(known)
    pairs = followed(known)
    assert len(pairs) > 80
    assert by(report.by_reason) == cut(pairs, lambda before, after: (str(before.kind), before.reason))
    assert by(report.by_follow_up) == cut(pairs, lambda before, after: (after.tried,))
    assert by(report.by_brought_back) == cut(pairs, lambda before, after: (last_touch(before),))
    assert by(report.by_age) == cut(pairs, lambda before, after: (age_band((after.at - before.back).days),))
    numbered = cut(pairs, lambda before, after: (str(after.number) if after.number < 5 else "5+",))
    first = follow_counts([episode for episode in known if episode.number == 1])
    assert by(report.by_attempt) == {("1",): first} | numbered


def test_rows_are_the_segments_of_what_came_back(measured: Recycling) -> None:
    tables = company(1)
    channel = {row["lead_id"]: row["channel"] or "(none)" for row in tables["leads"]}
    groups: dict[tuple[str, str], list[tuple[int, Episode]]] = defaultdict(list)
    known = ledger(tables, AS_OF)
    for place, episode in enumerate(known):
        quarter = f"{episode.at.year}-Q{(episode.at.month + 2) // 3}"
        groups[channel[episode.lead], quarter].append((place, episode))
    rows = {(row.segment["channel"], str(row.period)): row for row in measured.report.rows}
    assert list(rows) == sorted(groups)
    for key, members in groups.items():
        after = [known[place + 1] for place, episode in members if episode.returned and episode.next_at is not None]
        expected = counts([]) | {
            "handed": len(members),
            "returned": sum(episode.returned for _place, episode in members),
            "came_back": len(after),
            "follow": follow_counts(after),
        }
        found = told(rows[key])
        assert {name: found[name] for name in ("handed", "returned", "came_back", "follow")} == {
            name: expected[name] for name in ("handed", "returned", "came_back", "follow")
        }


def test_the_ledger_names_every_episode_and_its_neighbours(measured: Recycling) -> None:
    known = ledger(company(1), AS_OF)
    entries = list(measured.ledger.entries())
    assert len(entries) == len(known)
    previous = None
    for entry, episode in zip(entries, known, strict=True):
        assert (entry.handoff_id, entry.lead_id) == (episode.handoff["handoff_id"], episode.lead)
        assert (entry.attempt, entry.handed_at, entry.outcome) == (episode.number, episode.at, episode.outcome)
        assert (entry.returned, entry.returned_at) == (episode.kind, episode.back if episode.kind else None)
        assert entry.reason == (None if episode.kind is None or episode.reason == "(none)" else episode.reason)
        assert entry.came_back_at == episode.next_at
        same = previous is not None and previous.lead == episode.lead
        assert entry.previous_handoff_id == (previous.handoff["handoff_id"] if same and previous else None)
        if same and previous and previous.returned and previous.back is not None:
            assert entry.days_since_return == pytest.approx((episode.at - previous.back) / timedelta(days=1), abs=0.006)
        else:
            assert entry.days_since_return is None
        previous = episode


@settings(max_examples=8)
@given(seed=st.integers(0, 2**31), leads=st.integers(0, 60))
@example(seed=508, leads=1)  # one lead, of which nobody decided anything
def test_what_came_back_is_followed_up_or_won_or_waits(seed: int, leads: int) -> None:
    tables = company(seed, leads)
    with source_of(DuckDBEngine(), tables, AGREEMENT, AS_OF) as source:
        report = measure_recycling(source, by=["band"]).report
    assert report.told == bool(tables["decisions"])
    if report.told:
        assert told(report.totals) == counts(ledger(tables, AS_OF))
    else:
        assert report.totals.returned == 0
    for row in (report.totals, *report.rows):
        assert row.returned == row.came_back + row.on_their_own + row.waiting == sum(row.how.values())
        assert row.came_back == row.follow.follow_ups
    for name in ("handed", "returned", "superseded", "came_back", "on_their_own", "waiting"):
        assert sum(getattr(row, name) for row in report.rows) == getattr(report.totals, name)
    for rows in (report.by_reason, report.by_follow_up, report.by_brought_back, report.by_age):
        if rows:
            assert sum(row.follow.follow_ups for row in rows) == report.totals.came_back


@pytest.mark.parametrize("definition", ["explicit", "action", "worked", "tacit"])
def test_under_every_definition_a_return_lies_between_its_handoff_and_the_next(definition: Definition) -> None:
    agreement = Agreement(timezone="Europe/Paris", acceptance=Acceptance(definition=definition))
    with source_of(DuckDBEngine(), company(2), agreement, AS_OF) as source:
        found = measure_recycling(source, by=["channel"], period="week")
    totals = found.report.totals
    assert totals.returned == totals.came_back + totals.on_their_own + totals.waiting > 100
    assert sum(row.returned for row in found.report.rows) == totals.returned
    for entry in found.ledger.entries():
        if entry.returned_at is not None:
            assert entry.handed_at <= entry.returned_at <= min(entry.came_back_at or AS_OF, AS_OF)
            assert entry.returned == "given_back" or entry.outcome in {"rejected", "expired"}


def test_a_share_of_what_nobody_is_open_for_is_the_plain_share() -> None:
    later = AS_OF + timedelta(days=800)
    tables = company(1)
    with source_of(DuckDBEngine(), tables, AGREEMENT, later) as source:
        follow = measure_recycling(source).report.totals.follow
    known = [after for _before, after in followed(ledger(tables, later))]
    n = len(known)
    assert follow.follow_ups == n
    for rate, holds in (
        (follow.reacceptance_rate, lambda episode: episode.outcome == "accepted"),
        (follow.response_rate, lambda episode: episode.answered is not None),
        (follow.opportunity_rate, lambda episode: _within(episode.opened, episode)),
        (follow.win_rate, lambda episode: _within(episode.won, episode)),
    ):
        assert isinstance(rate, Estimate)
        assert rate.value == pytest.approx(sum(map(holds, known)) / n, abs=1e-12)
        assert rate.n == n


def test_where_no_follow_up_was_won_the_rate_of_wins_is_unknown_as_in_value() -> None:
    """What wins are said to be does not depend on which report says it; what happens often stays a share."""
    later = AS_OF + timedelta(days=800)
    tables = company(1)
    for deal in tables["opportunities"]:
        deal["won"] = False
    tables["orders"] = []
    with source_of(DuckDBEngine(), tables, AGREEMENT, later) as source:
        follow = measure_recycling(source).report.totals.follow
        conversion = measure_value(source, within_days=90).totals.funnel.conversion["won"]
    assert follow.won == 0
    for rate, n in ((follow.win_rate, follow.follow_ups), (conversion, len(tables["leads"]))):
        assert isinstance(rate, Bounded)
        assert rate.at_most == pytest.approx(3 / n, rel=0.2)  # n: of leads, those that were merged count once
        assert rate.reason == "too_few"
    assert isinstance(follow.opportunity_rate, Estimate)


def _within(moment: datetime | None, episode: Episode) -> bool:
    return moment is not None and moment - episode.at <= timedelta(days=90)


def test_an_order_belongs_to_the_lead_that_value_says(opened: Callable[[dict[str, list[Any]]], Source]) -> None:
    """An unknown lead_id falls back to the customer, and of several leads of a customer only one is won."""
    tables = empty()
    for number, customer in enumerate(["a", "b", "b"]):
        at = START + timedelta(days=number)
        tables["leads"].append({"lead_id": f"l{number}", "created_at": at, "customer_id": customer})
        tables["handoffs"].append({"handoff_id": f"h{number}", "lead_id": f"l{number}", "at": at})
        tables["decisions"].append(
            {
                "decision_id": f"d{number}",
                "handoff_id": f"h{number}",
                "at": at + timedelta(days=2),
                "outcome": "rejected",
            }
        )
    later = START + timedelta(days=60)
    tables["orders"] = [
        {"order_id": "1", "lead_id": "stray", "customer_id": "a", "at": later, "amount": 10.0},
        {"order_id": "2", "lead_id": None, "customer_id": "b", "at": later, "amount": 10.0},
    ]
    report = measure_recycling(opened(tables)).report
    assert (report.totals.on_their_own, report.totals.waiting) == (2, 1)
    # its customer has bought, through the other lead
    assert report.relaunch.left_out["customer"] == 1


def test_an_order_of_a_lead_merged_into_one_that_is_not_there_yet(
    opened: Callable[[dict[str, list[Any]]], Source],
) -> None:
    tables = empty()
    tables["leads"] = [
        {"lead_id": "l0", "created_at": START, "merged_into": "later"},
        {"lead_id": "later", "created_at": START + timedelta(days=5000), "merged_into": None},
    ]
    tables["handoffs"].append({"handoff_id": "h0", "lead_id": "l0", "at": START})
    tables["decisions"].append(
        {"decision_id": "d0", "handoff_id": "h0", "at": START + timedelta(days=2), "outcome": "rejected"}
    )
    paid = START + timedelta(days=60)
    tables["orders"] = [{"order_id": "1", "lead_id": "l0", "customer_id": None, "at": paid, "amount": 10.0}]
    report = measure_recycling(opened(tables)).report
    assert (report.totals.on_their_own, report.totals.waiting) == (1, 0)


def test_what_is_given_back_after_its_episode_is_said_and_not_counted(
    opened: Callable[[dict[str, list[Any]]], Source],
) -> None:
    tables = empty()
    for number, (named, days) in enumerate([(True, 45), (False, 45), (True, 20)]):
        lead, handoff, at = f"l{number}", f"h{number}", START + timedelta(days=number)
        tables["leads"].append({"lead_id": lead, "created_at": at})
        tables["handoffs"].append({"handoff_id": handoff, "lead_id": lead, "at": at})
        which = {"handoff_id": handoff} if named else {"lead_id": lead}
        for outcome, after in (("accepted", 2), ("recycled", days)):
            when = at + timedelta(days=after)
            tables["decisions"].append(
                {
                    "decision_id": f"{outcome}{number}",
                    "at": when,
                    "outcome": outcome,
                    "handoff_id": None,
                    "lead_id": None,
                }
                | which
            )
    report = measure_recycling(opened(tables)).report
    assert (report.totals.returned, report.returned_late) == (1, 2)
