"""The functions of SciPy, loaded when one is first used: they take longer to load than many questions take to answer.

Who knows that one will be needed, and waits for something else first, begins to load them meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accord.late import Late
from accord.stats.side_by_side import meanwhile

if TYPE_CHECKING:
    from scipy import linalg, special
else:
    linalg, special = Late("scipy.linalg"), Late("scipy.special")

__all__ = ["linalg", "loading", "special"]


def loading() -> Callable[[], None]:
    """Begin to load them beside what comes next; calling what is returned waits until they are there.

    >>> ready = loading()
    >>> ready()
    >>> float(special.expit(0.0))
    0.5
    """
    return meanwhile(_load)


def _load() -> None:
    special.expit, linalg.cho_solve  # noqa: B018 - naming one loads all
