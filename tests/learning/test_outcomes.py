"""What counts as good, bad or unknown, row by row."""

from __future__ import annotations

import numpy as np

from accord.learning.minimum import missing
from accord.learning.outcomes import NEVER, Events, verdicts
from accord.metrics.outcomes import Outcome
from accord.tables.times import DAY
from accord.values import Reason, Unknown

ROWS = [
    # outcome, reason, age in days, days to an opportunity, days to a win; acceptance, opportunity (90 days), both
    (Outcome.ACCEPTED, None, 400, 5, None, "good", "good", "good"),
    (Outcome.ACCEPTED, None, 400, None, None, "good", "bad", "bad"),
    (Outcome.ACCEPTED, None, 20, None, None, "good", "too_early", "too_early"),
    (Outcome.REJECTED, "company_size", 400, None, None, "bad", "bad", "bad"),
    (Outcome.REJECTED, "no_budget", 20, None, None, "bad", "too_early", "bad"),
    (Outcome.REJECTED, "wrong_territory", 400, None, None, "procedural", "procedural", "procedural"),
    (Outcome.REJECTED, "bad_email", 400, None, None, "procedural", "procedural", "procedural"),
    (Outcome.REJECTED, "wrong_territory", 400, 30, None, "procedural", "good", "procedural"),
    (Outcome.REJECTED, "bad_timing", 400, None, None, "other_reason", "bad", "bad"),
    (Outcome.REJECTED, "other: hm", 400, None, None, "other_reason", "bad", "bad"),
    (Outcome.REJECTED, None, 400, None, None, "no_reason", "bad", "bad"),
    (Outcome.EXPIRED, None, 400, None, None, "no_answer", "bad", "bad"),
    (Outcome.OPEN, None, 10, None, None, "open", "too_early", "open"),
]


def events() -> Events:
    def after(days: int | None) -> int:
        return NEVER if days is None else days * DAY

    return Events(
        np.array([row[0] for row in ROWS], np.int64),
        [row[1] for row in ROWS],
        np.array([row[2] * DAY for row in ROWS], np.int64),
        np.array([after(row[3]) for row in ROWS], np.int64),
        np.array([after(row[4]) for row in ROWS], np.int64),
    )


def told(names: tuple[str, ...]) -> list[str]:
    found = verdicts(events(), names)  # type: ignore[arg-type]
    words = ["good" if good else "bad" if known else "?" for good, known in zip(found.good, found.known, strict=True)]
    assert sum(found.left_out.values()) == words.count("?")
    return words


def expected(column: int) -> list[str]:
    return [str(row[column]) if row[column] in {"good", "bad"} else "?" for row in ROWS]


def test_acceptance() -> None:
    assert told(("acceptance",)) == expected(5)
    found = verdicts(events(), ("acceptance",))
    assert found.left_out == {"procedural": 3, "other_reason": 2, "no_reason": 1, "no_answer": 1, "open": 1}


def test_opportunity() -> None:
    assert told(("opportunity",)) == expected(6)
    assert verdicts(events(), ("opportunity",)).horizons == {"opportunity": 30}


def test_both_sides_must_have_said_yes() -> None:
    assert told(("acceptance", "opportunity")) == expected(7)


def test_the_minimum_says_how_much_is_missing() -> None:
    assert missing(np.arange(30) % 2 == 0) == Unknown(Reason.TOO_FEW, 200)
    few_good = np.arange(1000) % 50 == 0  # 2 % of them good
    found = missing(few_good)
    assert found is not None
    assert found.need is not None
    assert 2500 < found.need < 3500
    assert missing(np.arange(found.need + 400) % 50 == 0) is None
    assert missing(np.arange(400) % 2 == 0) is None
