"""Two spans held against each other: the parts add up, and are what counting by hand gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.diagnosis.comparing import Comparison, Span, compare_spans
from accord.engines.duckdb import DuckDBEngine
from accord.errors import UsageError
from accord.language import use_language
from accord.report.board.sentences import moved_sentence
from accord.stats.differences import difference
from accord.values import Estimate, Unknown

MAY: Span = (date(2026, 5, 1), date(2026, 6, 1))
JUNE: Span = (date(2026, 6, 1), date(2026, 7, 1))
LATER = datetime.fromisoformat("2026-09-01")
Told = tuple[str, str, bool]
"""Month, channel, accepted."""


def compared(told: list[Told], as_of: datetime = LATER) -> Comparison:
    tables: dict[str, list[dict[str, Any]]] = {"leads": [], "handoffs": [], "decisions": [], "activities": []}
    for number, (month, channel, accepted) in enumerate(told):
        at = datetime.fromisoformat(f"{month}-10T09:00:00")
        tables["leads"].append({"lead_id": f"L{number}", "created_at": at - timedelta(days=1), "channel": channel})
        tables["handoffs"].append({"handoff_id": f"H{number}", "lead_id": f"L{number}", "at": at})
        decision = {"decision_id": f"D{number}", "handoff_id": f"H{number}", "at": at + timedelta(hours=1)}
        tables["decisions"].append(decision | {"outcome": "accepted" if accepted else "rejected"})
    with source_of(DuckDBEngine(), tables, Agreement(), as_of) as source:
        return compare_spans(source, MAY, JUNE, ("channel",))


def rate(told: list[Told], month: str, channel: str | None = None) -> Fraction:
    chosen = [accepted for when, where, accepted in told if when == month and channel in {None, where}]
    return Fraction(sum(chosen), len(chosen))


def test_a_change_of_mix_alone_is_told_as_one() -> None:
    told = [("2026-05", "a", n < 16) for n in range(20)] + [("2026-05", "b", n < 4) for n in range(20)]
    told += [("2026-06", "a", n < 8) for n in range(10)] + [("2026-06", "b", n < 6) for n in range(30)]
    found = compared(told)
    (table,) = found.tables
    assert table.dimension == "channel"
    assert [table.mix, table.rate, table.interaction] == pytest.approx([float(Fraction(14, 40) - Fraction(1, 2)), 0, 0])
    assert isinstance(found.moved, Estimate)
    assert found.moved.value == pytest.approx(float(rate(told, "2026-06") - rate(told, "2026-05")))
    rows = [answer.answers["explicit"].totals.rate for answer in (found.after, found.before)]
    assert found.moved == difference(*rows)


@settings(max_examples=12)  # each builds a database
@given(
    st.lists(
        st.tuples(st.sampled_from(["2026-05", "2026-06"]), st.sampled_from("abc"), st.booleans()),
        min_size=1,
        max_size=40,
    )
)
def test_the_parts_add_up_to_the_change_of_the_plain_rates(told: list[Told]) -> None:
    found = compared(told)
    months = Counter(month for month, _channel, _accepted in told)
    channels = {channel for _month, channel, _accepted in told}
    if len(months) < 2 or len(channels) < 2:
        assert found.tables == ()
        return
    (table,) = found.tables
    change = rate(told, "2026-06") - rate(told, "2026-05")
    assert table.mix + table.rate + table.interaction == pytest.approx(float(change), abs=1e-12)
    assert {row.value: (row.before, row.after) for row in table.rows} == {
        channel: tuple(sum(told_of[:2] == (month, channel) for told_of in told) for month in ("2026-05", "2026-06"))
        for channel in channels
    }
    for row in table.rows:
        if row.before and row.after:
            share = Fraction(row.before, months["2026-05"])
            moved = rate(told, "2026-06", row.value) - rate(told, "2026-05", row.value)
            assert row.rate == pytest.approx(float(share * moved), abs=1e-12)


def test_nothing_is_split_while_leads_are_open() -> None:
    told = [("2026-05", channel, True) for channel in "ab" for _ in range(10)]
    told += [("2026-06", channel, True) for channel in "ab" for _ in range(10)]
    before_the_decisions = datetime.fromisoformat("2026-06-10T09:30")
    assert compared(told).tables
    assert compared(told, before_the_decisions).tables == ()


@pytest.mark.parametrize(
    ("before", "after", "language", "said"),
    [
        (60, 30, "en", "It is down 30.0 points on May 2026 (16.4 to 42.4), more than chance"),
        (30, 60, "en", "It is up 30.0 points on May 2026 (16.4 to 42.4), more than chance"),
        (60, 30, "fr", "Par rapport à mai 2026, le taux a perdu 30,0 points (16,4 à 42,4), plus que"),
        (50, 52, "en", "Against May 2026 the rate moved by +2.0 points (−11.7 to +15.6), no more"),
    ],
)
def test_up_and_down_are_said_once(before: int, after: int, language: str, said: str) -> None:
    told = [("2026-05", "a", n < before) for n in range(100)] + [("2026-06", "a", n < after) for n in range(100)]
    found = compared(told)
    use_language(language)
    sentence = moved_sentence(found, "2026-05")
    use_language("en")
    assert sentence.startswith(said)


def test_a_span_of_nothing_has_no_change() -> None:
    found = compared([("2026-06", channel, True) for channel in "ab" for _ in range(10)])
    assert isinstance(found.moved, Unknown)
    assert found.tables == ()


def test_an_unknown_dimension_is_named() -> None:
    with source_of(DuckDBEngine(), _one(), Agreement(), LATER) as source, pytest.raises(UsageError, match="chanel"):
        compare_spans(source, MAY, JUNE, ("chanel",))


def _one() -> dict[str, list[dict[str, Any]]]:
    at = datetime.fromisoformat("2026-05-10T09:00")
    handoffs = [{"handoff_id": f"H{month}", "lead_id": "L1", "at": at.replace(month=month)} for month in (5, 6)]
    lead = {"lead_id": "L1", "created_at": at - timedelta(days=1), "channel": "a"}
    return {"leads": [lead], "handoffs": handoffs, "decisions": [], "activities": []}
