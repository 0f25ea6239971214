"""What scoring says of one lead: the score with everything that made it. Points are whole hundredths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Given", "Scored", "Touch"]


class Touch(NamedTuple):
    """Something the prospect did: microseconds since 1970 (UTC), kind, and channel where it is known."""

    at: int
    kind: str
    channel: str | None = None


class Given(NamedTuple):
    """What one criterion gave, and why.

    ``points`` is what counted, ``before_cap`` what it would have been without the criterion's cap. A condition names
    ``fields``: (field, value) of what decided it. Touches name how many counted, the local day of the last (days since
    1970-01-01) and, where channels are counted, how many. ``override``: the override that set the points.
    """

    criterion: str
    points: int
    before_cap: int
    fields: tuple[tuple[str, object], ...] = ()
    touches: int | None = None
    last: int | None = None
    channels: int | None = None
    override: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """One lead's score.

    ``axes``: the points of each axis of :data:`accord.agreement.criteria.AXES`, at most their maxima; ``sums`` before
    these. ``threshold`` is the one that holds for this lead, set by ``threshold_override`` where that is not None.
    ``missing``: columns without which some condition could not be decided. ``disqualified``: ids of the disqualifiers
    that hold. ``ideal``: whether the lead has the ideal profile; None where that is unknown or the agreement has none.
    ``overrides``: the places of the overrides that hold.
    """

    lead_id: str
    score: int
    threshold: int
    qualified: bool
    band: str | None
    axes: tuple[int, ...]
    sums: tuple[int, ...]
    trace: tuple[Given, ...]
    missing: tuple[str, ...]
    disqualified: tuple[str, ...]
    ideal: bool | None
    threshold_override: str | None = None
    overrides: tuple[int, ...] = ()
