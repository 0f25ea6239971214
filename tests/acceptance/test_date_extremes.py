"""The bounds that dates leave are the extremes over every hour each of them can have, tried one by one.

Each company is two stories, ten leads of each. The oracle puts every date at many an hour of its day and at its last
instant, in all combinations, throws away those in which something happens before the handoff it follows, and works out
by the contract's words what becomes of the lead. Nothing is open, so the extremes of a share are those of its episodes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import NamedTuple

import pytest

from acceptance.sources import Row, source_of
from accord.acceptance.figures import AcceptanceRow
from accord.acceptance.measure import measure
from accord.agreement.model import Agreement, Definition
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.values import Estimate, Figure

Moment = datetime | date
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - naive UTC
AS_OF = datetime(2026, 9, 1)  # noqa: DTZ001 - naive UTC
HOURS = (0, 1, 9, 10, 11, 12, 13, 15, 16, 23)
"""Before, at and after each hour that a story with hours has; and the ends of a day."""
COPIES = 10
SILENCE, GHOST, WINDOW = 72 * HOUR, 7 * DAY, 30 * DAY
Pair = tuple[bool, bool]
"""Whether an episode is counted among those of a share, and whether it is counted."""


@dataclass(frozen=True)
class Story:
    """What happened to a lead; ``again``: when it was handed over a second time."""

    handed: Moment
    decided: Moment | None
    outcome: str
    acted: Moment | None
    again: datetime | None


class Ending(NamedTuple):
    """What one choice of hours makes of it: shares as pairs, delays in hours (None: not in this figure)."""

    shares: tuple[tuple[str, Pair], ...]
    accepted_after: float | None
    handled_after: float | None


def story_by(chance: random.Random) -> Story:
    """A story whose events belong to it: what may belong to the next handoff, or to none, is another matter."""
    while True:
        story = any_story(chance)
        events = [moment for moment in (story.decided, story.acted) if moment]
        dates = [moment for moment in events if not isinstance(moment, datetime)]
        last_day = story.handed + WINDOW
        beyond = not isinstance(last_day, datetime) and any(day_of(event) == last_day for event in events)
        if not beyond and not (story.again and story.again.date() in dates):
            return story


def day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def any_story(chance: random.Random) -> Story:
    def moment(after: timedelta) -> Moment:
        found = START + after
        return found.date() if chance.random() < 0.7 else found

    days = (0, 0, 1, 2, 3, 7, 29, 30)
    decided_after, acted_after = (chance.choice(days) * DAY + chance.choice((0, 2, 5)) * HOUR for _ in range(2))
    if chance.random() < 0.4:
        acted_after = decided_after + chance.choice((0, 7, 8)) * DAY
    return Story(
        moment(timedelta()),
        moment(decided_after) if chance.random() < 0.85 else None,
        chance.choice(("accepted", "accepted", "rejected")),
        moment(acted_after) if chance.random() < 0.8 else None,
        START + chance.choice((3, 4, 8)) * DAY + 4 * HOUR if chance.random() < 0.2 else None,
    )


def hours_of(moment: Moment | None) -> list[datetime | None]:
    if moment is None or isinstance(moment, datetime):
        return [moment]
    midnight = datetime.combine(moment, time())
    return [*(midnight + hour * HOUR for hour in HOURS), midnight + DAY - timedelta(microseconds=1)]


def endings(story: Story, definition: Definition) -> Iterator[Ending]:
    for handed, decided, acted in product(hours_of(story.handed), hours_of(story.decided), hours_of(story.acted)):
        assert handed is not None
        if any(event is not None and event < handed for event in (decided, acted)):
            continue
        yield ending(story, definition, handed, decided, acted)


def ending(
    story: Story, definition: Definition, handed: datetime, decided: datetime | None, acted: datetime | None
) -> Ending:
    end = min(handed + WINDOW, story.again or handed + WINDOW)
    decided = decided if decided and decided < end else None
    acted = acted if acted and acted < end else None
    yes, no = (decided, None) if story.outcome == "accepted" else (None, decided)
    accepted = rejected = None
    if definition == "explicit":
        accepted, rejected = yes, no
    elif definition == "action":
        rejected = no if no and (acted is None or no <= acted) else None
        accepted = None if rejected else acted
    elif definition == "worked":
        rejected = no
        accepted = max(yes, acted) if yes and acted and acted <= yes + GHOST else None
    else:
        rejected = no if no and no <= handed + SILENCE else None
        accepted = handed + SILENCE if rejected is None and handed + SILENCE < end else None
    outcome = accepted or rejected
    answered = min((moment for moment in (outcome, acted) if moment), default=None)
    shares = {"raw_rate": (True, accepted is not None), "rate": (True, accepted is not None)}
    for hours in (24, 48):
        shares[f"within {hours}"] = (True, accepted is not None and accepted - handed <= hours * HOUR)
        shares[f"answered {hours}"] = (True, answered is not None and answered - handed <= hours * HOUR)
    shares["ghost"] = (yes is not None, yes is not None and not (acted and acted <= yes + GHOST))
    shares["silent"] = (acted is not None, acted is not None and decided is None)
    shares["never_worked"] = (True, acted is None)
    return Ending(
        tuple(shares.items()),
        (accepted - handed) / HOUR if accepted else None,
        (outcome - handed) / HOUR if outcome else None,
    )


def tables_of(told: list[Story]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {name: [] for name in ("leads", "handoffs", "decisions", "activities", "reps")}
    tables["reps"].append({"rep_id": "r"})
    # Somebody decides and somebody acts, far from these leads: otherwise the figures would count as not recorded.
    tables["decisions"].append({"decision_id": "z", "handoff_id": "none", "at": START, "outcome": "accepted"})
    tables["activities"].append({"activity_id": "z", "lead_id": "none", "at": START, "kind": "email"})
    for number, story in enumerate(told):
        for copy in range(COPIES):
            name = f"{number}.{copy}"
            tables["leads"].append({"lead_id": name, "created_at": START - DAY, "channel": f"story {number}"})
            tables["handoffs"].append({"handoff_id": name, "lead_id": name, "at": story.handed, "rep_id": "r"})
            if story.decided:
                decision = {"handoff_id": name, "at": story.decided, "outcome": story.outcome}
                tables["decisions"].append({"decision_id": name, **decision})
            if story.acted:
                action = {"lead_id": name, "at": story.acted, "rep_id": "r", "kind": "email"}
                tables["activities"].append({"activity_id": name, **action})
            if story.again:  # late enough to be told apart by its month
                again = {"handoff_id": f"{name} again", "lead_id": name, "at": story.again, "rep_id": "r2"}
                tables["handoffs"].append(again)
    return tables


def shown(row: AcceptanceRow) -> dict[str, Figure]:
    """The shares by the oracle's names."""
    found: dict[str, Figure] = {
        name: getattr(row, name) for name in ("raw_rate", "rate", "ghost", "silent", "never_worked")
    }
    for hours in (24, 48):
        found[f"within {hours}"] = row.within[f"{hours}h"]
        found[f"answered {hours}"] = row.answered_within[f"{hours}h"]
    return found


def span(figure: Estimate) -> tuple[float, float]:
    room = figure.date_bounds
    return (room.low, room.high) if room else (figure.value, figure.value)


def extremes(told: list[list[Pair]]) -> tuple[float, float] | None:
    """The least and the greatest share over every choice for each story; None where it may be a share of nothing."""
    every = []
    for choice in product(*told):
        among = sum(pair[0] for pair in choice)
        if not among:
            return None
        every.append(sum(pair[1] for pair in choice) / among)
    return min(every), max(every)


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    name: str = request.param
    opened: Engine = PostgresEngine(request.getfixturevalue("postgres_url")) if name == "postgres" else DuckDBEngine()
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", range(6))
def test_bounds_are_the_extremes_over_all_hours(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    compared = 0
    told = [story_by(chance), story_by(chance)]
    source = source_of(engine, tables_of(told), Agreement(), AS_OF)
    for definition, answer in measure(source, by=["rep_id", "channel"], definition="all").answers.items():
        for row in answer.rows:
            if row.segment["rep_id"] != "r":
                continue
            story = told[int(row.segment["channel"].removeprefix("story "))]
            compared += compare([set(endings(story, definition))], row, (story, definition))
    for definition, answer in measure(source, by=["rep_id"], definition="all").answers.items():
        (row,) = (row for row in answer.rows if row.segment["rep_id"] == "r")
        compared += compare([set(endings(story, definition)) for story in told], row, (told, definition))
    assert compared > 15


def compare(told: list[set[Ending]], row: AcceptanceRow, case: object) -> int:
    """Every figure of ``row`` against the endings that each story allows; how many were compared."""
    compared = 0
    for name, figure in shown(row).items():
        expected = extremes([list({dict(ending.shares)[name] for ending in every}) for every in told])
        if expected is None or not isinstance(figure, Estimate):
            continue
        assert span(figure) == pytest.approx(expected), (name, case)
        compared += 1
    if len(told) == 1:  # of one story, every delay is the median
        for name, figure in (("accepted_after", row.delay_hours["p50"]), ("handled_after", row.weighted_delay_hours)):
            delays = [getattr(ending, name) for ending in told[0]]
            if None in delays or not isinstance(figure, Estimate):
                continue
            assert span(figure) == pytest.approx((min(delays), max(delays)), abs=1.01), (name, case)
            compared += 1
    return compared
