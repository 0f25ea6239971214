"""Modules that are loaded when they are first used.

What queries are written with takes a quarter of a second to load, and a process that finds everything it is asked for
on the shelf writes no query.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Late"]


class Late:
    """Stands for the module of that name.

    >>> statistics = Late("statistics")
    >>> statistics.mean([1, 2, 3])
    2
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
