"""Long arrays worked on by several processors at once: NumPy lets go of the interpreter while it adds up.

Each part is worked out as it would be alone and the answers keep their order, so nothing that is said depends on how
many processors there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["LONG", "side_by_side"]

LONG = 100_000
"""Elements from which a part takes longer than handing it to another processor does."""

MOST_AT_ONCE = 4
"""What is added up comes from memory, and more processors than this wait for it; each holds arrays of its own, too."""

T = TypeVar("T")
R = TypeVar("R")

_here = threading.local()


def side_by_side(work: Callable[[T], R], parts: Iterable[T], length: int) -> list[R]:
    """``work`` of each of the ``parts``, in their order; ``length``: of the arrays that a part goes over.

    Parts must not change what others read. Where one of them asks for several at once in turn, those come one after
    another: all processors have something to do already.

    >>> side_by_side(sum, [[1, 2], [3, 4]], length=2)
    [3, 7]
    """
    processors = min(_processors(), MOST_AT_ONCE)
    if length < LONG or processors == 1 or getattr(_here, "busy", False):
        return [work(part) for part in parts]

    def busily(part: T) -> R:
        _here.busy = True
        try:
            return work(part)
        finally:
            _here.busy = False

    return list(_workers(processors, os.getpid()).map(busily, parts))


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _workers(count: int, _process: int) -> ThreadPoolExecutor:
    # By process: a child that was forked has none of its parent's threads.
    return ThreadPoolExecutor(count, thread_name_prefix="accord-arrays")
