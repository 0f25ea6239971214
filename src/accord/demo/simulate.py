"""The simulator's front door: a company, a size and a seed in; nine tables and the truth out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from accord.demo.company import DEMO, SMALLEST, Cause, Company
from accord.demo.files import FileFormat, write_tables
from accord.demo.population import SHIFTING, WORDS
from accord.demo.rule import ACCOUNT_SIZES, BANDS, CRITERIA
from accord.demo.tables import told
from accord.demo.truth import Truth, truth_of
from accord.demo.vocabulary import TEAMS
from accord.demo.year import Year, live
from accord.errors import UsageError
from accord.language import gettext as _

__all__ = ["Simulation", "simulate"]


@dataclass(frozen=True)
class Simulation:
    """A simulated year: its tables in chunks, its truth. The same company, size, seed and date give the same rows."""

    year: Year

    @property
    def until(self) -> date:
        """The first day that is not in the data."""
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.year.world.calendar.end_day)

    @cached_property
    def tables(self) -> Mapping[str, Callable[[], Iterator[Any]]]:
        """Per table of the contract, a function that yields its rows as Arrow tables."""
        return told(self.year)

    @cached_property
    def truth(self) -> Truth:
        """What was planted, and what it really did."""
        return truth_of(self.year)

    def write(
        self, folder: Path, file_format: FileFormat = "csv", progress: Callable[[str, int], None] | None = None
    ) -> dict[str, int]:
        """Write all nine tables into ``folder``; returns the rows of each."""
        return write_tables(self.tables, folder, file_format, progress)


def simulate(company: Company = DEMO, size: int = 6_000, seed: int = 1, until: date | None = None) -> Simulation:
    """A year of ``company`` with about ``size`` handoffs, whose data end at midnight before ``until`` (default: today).

    Raises ``UsageError`` when the size is below :data:`SMALLEST` or a cause names what the company does not have.
    """
    if size < SMALLEST:
        raise UsageError(
            _("A simulated company needs at least {smallest} handoffs, not {size}.").format(
                smallest=SMALLEST, size=size
            )
        )
    for cause in company.causes:
        _check(cause)
    return Simulation(live(company, size, seed, until or date.today()))  # noqa: DTZ011 - the reader's own today


def _check(cause: Cause) -> None:
    known = {
        **WORDS,
        "account_size": ACCOUNT_SIZES,
        "band": BANDS,
        "team": tuple(name for name, _, _ in TEAMS),
        "decision_maker": ("false", "true"),
        "criterion": CRITERIA,
        "rep_id": None,
    }
    if cause.kind == "mix_shift" and not cause.where.keys() <= SHIFTING:
        raise UsageError(
            _("The mix can shift by {allowed} in the simulated company, not by {names}.").format(
                allowed=", ".join(sorted(SHIFTING)), names=", ".join(cause.where)
            )
        )
    for name, value in cause.where.items():
        if name not in known:
            raise UsageError(
                _("A cause cannot name {name!r}: allowed are {allowed}.").format(name=name, allowed=", ".join(known))
            )
        words = known[name]
        if words is not None and value not in words:
            raise UsageError(
                _("{name} is never {value!r} in the simulated company: it is one of {allowed}.").format(
                    name=name, value=value, allowed=", ".join(words)
                )
            )
