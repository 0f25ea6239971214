"""Public holidays per country, from the ``holidays`` library: which dates, and which countries there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import holidays

__all__ = ["known_countries", "public_holidays"]


@cache
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The days off work by law in ``year``, days given in lieu included.

    ``country`` and ``subdivision`` are keys and values of :func:`known_countries`.
    """
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


@cache
def known_countries() -> Mapping[str, Sequence[str]]:
    """ISO 3166-1 code of every country whose holidays are known → the codes of its subdivisions."""
    countries: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    return {country: tuple(subdivisions) for country, subdivisions in countries.items()}
