"""What a step of the bench took: seconds on the wall, of the processor, and memory at most."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Watch:
    """Seconds on the wall and of the processor between ``with`` and its end."""

    seconds = 0.0
    processor = 0.0


@contextmanager
def watched() -> Iterator[Watch]:
    """Time what stands inside."""
    watch, start, spent = Watch(), time.perf_counter(), time.process_time()
    yield watch
    watch.seconds, watch.processor = time.perf_counter() - start, time.process_time() - spent


def peak() -> float:
    """Megabytes this process has held at most (``ru_maxrss`` would also count what its parent held at the start)."""
    words = Path("/proc/self/status").read_text().split()
    return int(words[words.index("VmHWM:") + 1]) / 1024
