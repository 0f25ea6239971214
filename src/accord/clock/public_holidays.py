"""Public holidays per country, from the ``holidays`` library: which dates, and which countries there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from accord.late import Late

if TYPE_CHECKING:
    import holidays
    from holidays import registry
else:
    # Who has the business clock worked out already asks for no holiday, and they take a while to load.
    holidays, registry = Late("holidays"), Late("holidays.registry")

__all__ = ["known_countries", "public_holidays", "subdivisions"]


@cache
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The days off work by law in ``year``, days given in lieu included.

    ``country`` is one of :func:`known_countries`, ``subdivision`` one of its :func:`subdivisions`.
    """
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


@cache
def known_countries() -> frozenset[str]:
    """ISO 3166-1 code of every country whose holidays are known, without loading any."""
    return frozenset(codes[1] for codes in registry.COUNTRIES.values())


def subdivisions(country: str) -> Sequence[str]:
    """The codes of the parts of a known country that have holidays of their own."""
    return tuple(getattr(holidays, country).subdivisions)
