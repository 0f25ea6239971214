"""Whether an embedded engine gave up because no more can be written where it writes."""

from __future__ import annotations

__all__ = ["out_of_space"]

_SAID = ("No space left", "Disk quota exceeded", "File too large", "max_temp_directory_size")


def out_of_space(error: BaseException | None) -> bool:
    """Whether ``error``, or what it came from, is DuckDB's report of a full disk, a quota, or a limit on files.

    DuckDB has no kind of error for it; the words of the operating system stand in its text.

    >>> out_of_space(RuntimeError("IO Error: Could not write file: No space left on device"))
    True
    >>> out_of_space(RuntimeError("IO Error: No files found that match the pattern"))
    False
    """
    while error is not None:
        if any(words in str(error) for words in _SAID):
            return True
        error = error.__cause__
    return False
