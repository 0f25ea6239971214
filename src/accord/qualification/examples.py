"""Examples kept beside the agreement: "this lead must be A, this one must not qualify", run against what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from accord.agreement.criteria import AXES
from accord.scoring.one import score_one
from accord.scoring.result import Scored, Touch
from accord.scoring.rules import Rules

__all__ = ["AS_OF", "Example", "ExampleReport", "Expected", "Missed", "What", "run_examples"]

AS_OF = datetime(2026, 1, 1, 12)  # noqa: DTZ001 - naive UTC
"""The moment at which every example is scored, so that none passes today and fails tomorrow; ages are counted back from
it."""

What = Literal["band", "qualified", "score", "points", "axes", "disqualified", "ideal"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that must come out: between ``low`` and ``high`` (numbers; None: no bound), else equal to both.

    ``name``: the criterion or the axis. ``line``: where it stands.
    """

    what: str
    name: str | None
    low: object
    high: object
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A made-up lead and what must come out for it; times are those at :data:`AS_OF`."""

    name: str
    line: int
    lead: Mapping[str, object]
    touches: Sequence[Touch]
    expected: Sequence[Expected]


@dataclass(frozen=True, slots=True)
class Missed:
    """An expectation that is not met, and what came out instead (points as numbers)."""

    expected: Expected
    found: object


@dataclass(frozen=True, slots=True)
class ExampleReport:
    """What became of one example: its score, and what was missed (nothing: it holds)."""

    example: Example
    scored: Scored
    missed: Sequence[Missed]


def run_examples(rules: Rules, examples: Sequence[Example]) -> tuple[ExampleReport, ...]:
    """Score every example and compare."""
    return tuple(_ran(rules, example) for example in examples)


def _ran(rules: Rules, example: Example) -> ExampleReport:
    scored = score_one(rules, {"lead_id": example.name, **example.lead}, example.touches, AS_OF)
    return ExampleReport(example, scored, tuple(_missed(example.expected, scored)))


def _missed(expected: Sequence[Expected], scored: Scored) -> Iterator[Missed]:
    for one in expected:
        if one.what == "disqualified" and one.low is not False:
            if one.low not in scored.disqualified:
                yield Missed(one, scored.disqualified)
            continue
        found = _found(one, scored)
        if isinstance(found, float):
            if not _between(found, one.low, one.high):
                yield Missed(one, found)
        elif found != one.low:
            yield Missed(one, found)


def _found(expected: Expected, scored: Scored) -> object:
    given = {each.criterion: each.points for each in scored.trace}
    found: dict[str, object] = {
        "band": scored.band,
        "qualified": scored.qualified,
        "ideal": scored.ideal,
        "score": scored.score / 100,
        "disqualified": bool(scored.disqualified),
    }
    if expected.what == "points":
        return given.get(expected.name or "", 0) / 100
    if expected.what == "axes":
        return scored.axes[[*AXES].index(expected.name)] / 100  # type: ignore[arg-type]  # the reader knows the axes
    return found[expected.what]


def _between(found: float, low: object, high: object) -> bool:
    return (not isinstance(low, float) or found >= low) and (not isinstance(high, float) or found <= high)
