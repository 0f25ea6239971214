"""The pace of a bulk write into SQLite, so that single writes beside it stay fast.

SQLite has one writer at a time. The bulk write therefore works in transactions of a few milliseconds and leaves a gap
after each; where somebody else is seen to write, the gaps grow.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from accord.store.session import Session

__all__ = ["Pace"]

_TRANSACTION_SECONDS = 0.015
"""A click waits for at most one transaction and one gap: well under the 50 ms that its 99th percentile may take."""

_GAP_ALONE = 0.0015
_GAP_BESIDE_OTHERS = 0.005
"""Longer than the pause between two questions of a waiting writer (:mod:`accord.store.session`), so that it gets in."""

_OTHERS_REMEMBERED = 2.0
_FEWEST, _MOST = 100, 20_000


class Pace:
    """How many rows the next transaction takes, and how long to pause after it."""

    def __init__(self, session: Session) -> None:
        self.rows = 2000
        self._session = session
        self._seen = self._commits_of_others()
        self._last_other = -_OTHERS_REMEMBERED

    @contextmanager
    def step(self, rows: int) -> Iterator[None]:
        """One transaction of ``rows`` rows, and the gap after it."""
        with self._session.writing():
            # The clock starts here: waiting for the lock is not our transaction's length.
            started = time.perf_counter()
            yield
        seconds = time.perf_counter() - started
        wanted = rows * _TRANSACTION_SECONDS / max(seconds, 1e-6)
        self.rows = int(min(max(wanted, self.rows / 2, _FEWEST), self.rows * 2, _MOST))
        time.sleep(self._gap())

    def _gap(self) -> float:
        commits = self._commits_of_others()
        if commits != self._seen:
            self._seen, self._last_other = commits, time.monotonic()
        return _GAP_BESIDE_OTHERS if time.monotonic() - self._last_other < _OTHERS_REMEMBERED else _GAP_ALONE

    def _commits_of_others(self) -> int:
        found = self._session.one("PRAGMA data_version")
        assert found is not None
        return int(found[0])
