"""Two people rated the same leads without seeing each other's sheet: how far they agree, and on which leads not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from accord.errors import DataError, Fault
from accord.language import gettext as _
from accord.rating.sheets import Sheet
from accord.rating.words import AS_NUMBERS, OVERALL, YES_AND_NO
from accord.stats.figures import share_figures
from accord.stats.kappa import Weighting, kappa
from accord.values import Figure

__all__ = ["CriterionAgreement", "Disagreement", "RatingReport", "compare"]

_MOST_MARKS = 41
"""Marks such as 0 to 20, halves too, are a scale of which every step counts; beyond, only the marks that were given."""


@dataclass(frozen=True)
class CriterionAgreement:
    """One criterion: ``both`` rated it in so many leads; ``table[first][second]`` counts them by ``words``.

    ``agreed``: the share of them rated alike. ``kappa``: the agreement beyond chance. ``weighting``: near misses of
    ordered words (numbers, or single letters such as bands A to D) count in part; yes and no are alike or not.
    """

    criterion: str
    words: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    agreed: Figure
    kappa: Figure
    weighting: Weighting
    both: int
    only_marketing: int
    only_sales: int

    @property
    def stricter(self) -> str | None:
        """Which side says no more often, where words are yes and no: ``marketing``, ``sales``, or neither."""
        if self.words != YES_AND_NO:
            return None
        marketing_alone, sales_alone = self.table[1][0], self.table[0][1]
        if marketing_alone == sales_alone:
            return None
        return "sales" if marketing_alone > sales_alone else "marketing"

    @property
    def stricter_in(self) -> tuple[int, int]:
        """In how many leads the stricter side alone said no, of how many rated apart: one more is no verdict."""
        alone = (self.table[1][0], self.table[0][1])
        return max(alone), sum(alone)


@dataclass(frozen=True)
class Disagreement:
    """A lead rated apart: criterion → what marketing and what sales said."""

    lead_id: str
    apart: Mapping[str, tuple[str, str]]
    rated: int


@dataclass(frozen=True)
class RatingReport:
    """How far marketing and sales agree, criterion by criterion, the whole judgement first."""

    leads: int
    only_in_marketing: tuple[str, ...]
    only_in_sales: tuple[str, ...]
    criteria: tuple[CriterionAgreement, ...]
    disagreements: tuple[Disagreement, ...]


def compare(marketing: Sheet, sales: Sheet) -> RatingReport:
    """Match the sheets by lead. ``DataError`` where they have no lead or no criterion in common."""
    names = [name for name in marketing.criteria if name in sales.criteria]
    leads = [lead for lead in marketing.ratings if lead in sales.ratings]
    faults = []
    if not names:
        message = _("The two sheets rate nothing in common: {first} and {second}.")
        found = message.format(first=", ".join(marketing.criteria), second=", ".join(sales.criteria))
        faults.append(Fault(found, str(sales.path), 1))
    if not leads:
        hint = _("Both sheets must come from the same sample.")
        faults.append(Fault(_("The two sheets have no lead in common."), str(sales.path), None, hint))
    if faults:
        raise DataError(*faults)
    names.sort(key=lambda name: name != OVERALL)
    marketing, sales = _as_meant(names, marketing, sales)
    criteria = tuple(_criterion(name, leads, marketing, sales) for name in names)
    return RatingReport(
        leads=len(leads),
        only_in_marketing=tuple(lead for lead in marketing.ratings if lead not in sales.ratings),
        only_in_sales=tuple(lead for lead in sales.ratings if lead not in marketing.ratings),
        criteria=criteria,
        disagreements=_disagreements(criteria, leads, marketing, sales),
    )


def _as_meant(names: Sequence[str], *sheets: Sheet) -> Iterator[Sheet]:
    """The sheets with 1 and 0 read as yes and no in criteria that both rate by nothing else; among marks they stay,
    and a mark is one word however it is written (2 and 2.0)."""
    same: dict[str, Mapping[str, str]] = {}
    for name in names:
        said = {words[name] for sheet in sheets for words in sheet.ratings.values() if name in words}
        if said <= {*YES_AND_NO, *AS_NUMBERS}:
            same[name] = AS_NUMBERS
        elif all(_is_number(word) for word in said):
            same[name] = {word: f"{float(word):g}" for word in said}
    for sheet in sheets:
        ratings = {
            lead: {name: same.get(name, {}).get(word, word) for name, word in words.items()}
            for lead, words in sheet.ratings.items()
        }
        yield replace(sheet, ratings=ratings)


def _criterion(name: str, leads: Sequence[str], marketing: Sheet, sales: Sheet) -> CriterionAgreement:
    pairs = [(marketing.ratings[lead].get(name), sales.ratings[lead].get(name)) for lead in leads]
    both = [(first, second) for first, second in pairs if first is not None and second is not None]
    words = _in_order({word for pair in both for word in pair})
    place = {word: index for index, word in enumerate(words)}
    table = np.zeros((len(words), len(words)), dtype=np.int64)
    for first, second in both:
        table[place[first], place[second]] += 1
    weighting: Weighting = "linear" if len(words) > 2 and _is_ordered(words) else "equal"
    agreed = share_figures(np.array([np.trace(table)]), np.array([len(both)]))[0]
    return CriterionAgreement(
        name,
        words,
        tuple(tuple(row) for row in table.tolist()),
        agreed,
        kappa(table, weighting),
        weighting,
        len(both),
        sum(first is not None and second is None for first, second in pairs),
        sum(first is None and second is not None for first, second in pairs),
    )


def _in_order(words: set[str]) -> tuple[str, ...]:
    if words <= set(YES_AND_NO):
        return YES_AND_NO
    if all(_is_number(word) for word in words):
        return _marks(words)
    if all(len(word) == 1 and "A" <= word <= "Z" for word in words):
        places = {ord(word): word for word in words}
        return tuple(places.get(place, chr(place)) for place in range(min(places), max(places) + 1))
    return tuple(sorted(words))


def _marks(words: set[str]) -> tuple[str, ...]:
    """Marks in order, with those in between that nobody gave: 2 is three half marks from 3.5, whoever said 2.5 or not.

    The step is the largest that all marks are apart by.
    """
    marks = {Fraction(word): word for word in words}
    ascending = sorted(marks)
    first, apart = ascending[0], [mark - ascending[0] for mark in ascending[1:]]
    denominator = lcm(*(each.denominator for each in apart))
    step = Fraction(gcd(*(int(each * denominator) for each in apart)), denominator)
    if not apart or apart[-1] / step >= _MOST_MARKS:
        return tuple(marks[mark] for mark in ascending)
    places = (first + step * place for place in range(int(apart[-1] / step) + 1))
    return tuple(marks.get(place, f"{float(place):g}") for place in places)


def _is_ordered(words: Sequence[str]) -> bool:
    return all(_is_number(word) for word in words) or all(len(word) == 1 and word.isalpha() for word in words)


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def _disagreements(
    criteria: Sequence[CriterionAgreement], leads: Sequence[str], marketing: Sheet, sales: Sheet
) -> tuple[Disagreement, ...]:
    """The leads rated apart: by how far the whole judgements are, then by how far all ratings are together, then by id.

    How far is what kappa is weighted by: steps between the words that were used, where these have an order; else one.
    """
    found = []
    for lead in leads:
        ours, theirs = marketing.ratings[lead], sales.ratings[lead]
        rated = [one for one in criteria if one.criterion in ours and one.criterion in theirs]
        steps = {one.criterion: _steps(one, ours[one.criterion], theirs[one.criterion]) for one in rated}
        apart = {name: (ours[name], theirs[name]) for name, far in steps.items() if far}
        if apart:
            order = (-steps.get(OVERALL, 0), -sum(steps.values()), lead)
            found.append((order, Disagreement(lead, apart, len(rated))))
    return tuple(one for _order, one in sorted(found, key=lambda pair: pair[0]))


def _steps(one: CriterionAgreement, ours: str, theirs: str) -> int:
    far = abs(one.words.index(ours) - one.words.index(theirs))
    return far if one.weighting == "linear" else min(far, 1)
