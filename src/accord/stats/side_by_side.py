"""Long arrays worked on by several processors at once: NumPy lets go of the interpreter while it adds up.

Each part is worked out as it would be alone and the answers keep their order, so nothing that is said depends on how
many processors there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from contextvars import copy_context
from functools import cache
from typing import Any, TypeVar

__all__ = ["LONG", "meanwhile", "side_by_side"]

LONG = 100_000
"""Elements from which a part takes longer than handing it to another processor does."""

MOST_AT_ONCE = 4
"""What is added up comes from memory, and more processors than this wait for it; each holds arrays of its own, too."""

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], parts: Iterable[T], length: int) -> list[R]:
    """``work`` of each of the ``parts``, in their order; ``length``: of the arrays that a part goes over.

    Parts must not change what others read, nor hold a lock while they ask for several at once in turn. Those in turn
    are worked on by whoever has nothing else to do.

    >>> side_by_side(sum, [[1, 2], [3, 4]], length=2)
    [3, 7]
    """
    processors = min(_processors(), MOST_AT_ONCE)
    every = list(parts)
    if length < LONG or processors == 1 or len(every) < 2:
        return [work(part) for part in every]
    return _team(processors, os.getpid()).done(_Job(work, every))


def meanwhile(work: Callable[[], R]) -> Callable[[], R]:
    """Begin ``work`` beside what comes next; calling what is returned waits for its answer, or raises what it raised.

    >>> later = meanwhile(lambda: 6 * 7)
    >>> later()
    42
    """
    spoken = copy_context()  # who raises an error there says it in the reader's language too
    job = _Job(lambda _part: spoken.run(work), [None])
    thread = threading.Thread(target=job.work_on, name="accord-meanwhile", daemon=True)
    thread.start()

    def answer() -> R:
        thread.join()
        found: R = job.results()[0]
        return found

    return answer


class _Job:
    """Parts that whoever comes takes one by one."""

    def __init__(self, work: Callable[[Any], Any], parts: list[Any]) -> None:
        self._work, self._parts = work, parts
        self._answers: list[Any] = [None] * len(parts)
        self._errors: dict[int, BaseException] = {}
        self._taking = threading.Lock()
        self._taken = self._finished = 0

    @property
    def open(self) -> bool:
        """Whether there is a part that nobody has taken."""
        return self._taken < len(self._parts)

    @property
    def finished(self) -> bool:
        """Whether every part that was taken is done, and none is left."""
        return self._finished == len(self._parts)

    def work_on(self) -> None:
        """Take parts as long as there are any."""
        while self.work_on_one():
            pass

    def work_on_one(self) -> bool:
        """Take one part; False where there is none."""
        with self._taking:
            place = self._taken
            if place == len(self._parts):
                return False
            self._taken += 1
        try:
            if not self._errors:  # nobody asks for the others any more
                self._answers[place] = self._work(self._parts[place])
        except BaseException as error:  # raised where the answer is asked for
            self._errors[place] = error
        with self._taking:
            self._finished += 1
        return True

    def results(self) -> list[Any]:
        """The answers, in order; the error of the first part that raised one."""
        if self._errors:
            raise self._errors[min(self._errors)]
        return self._answers


class _Team:
    """So many processors less that of whoever asks. Who waits for an answer works on what was asked for since."""

    def __init__(self, processors: int) -> None:
        self._jobs: list[_Job] = []  # the oldest first: the longest parts
        self._changed = threading.Condition()
        for number in range(processors - 1):
            threading.Thread(target=self._help, name=f"accord-arrays-{number}", daemon=True).start()

    def done(self, job: _Job) -> list[Any]:
        """The answers of the job."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()
        try:
            job.work_on()
            while not job.finished:
                self._wait(job)
        finally:
            with self._changed:
                self._jobs.remove(job)
                self._changed.notify_all()
        return job.results()

    def _wait(self, job: _Job) -> None:
        """Work on a part of a later job, or wait until something happens."""
        with self._changed:
            later = next((one for one in self._jobs[self._jobs.index(job) + 1 :] if one.open), None)
            if later is None:
                if not job.finished:
                    self._changed.wait()
                return
        if later.work_on_one():
            self._tell()

    def _help(self) -> None:
        while True:
            with self._changed:
                while (job := next((one for one in self._jobs if one.open), None)) is None:
                    self._changed.wait()
            if job.work_on_one():
                self._tell()

    def _tell(self) -> None:
        """That a part is done: somebody may wait for it."""
        with self._changed:
            self._changed.notify_all()


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _team(processors: int, _process: int) -> _Team:
    # By process: a child that was forked has none of its parent's threads.
    return _Team(processors)
