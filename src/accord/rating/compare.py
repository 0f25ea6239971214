"""Two people rated the same leads without seeing each other's sheet: how far they agree, and on which leads not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accord.errors import DataError, Fault
from accord.language import gettext as _
from accord.rating.sheets import Sheet
from accord.rating.words import OVERALL, YES_AND_NO
from accord.stats.figures import share_figures
from accord.stats.kappa import Weighting, kappa
from accord.values import Figure

__all__ = ["CriterionAgreement", "Disagreement", "RatingReport", "compare"]

_MOST_MARKS = 21
"""Marks such as 0 to 20 are a scale of which every step counts; beyond that, only the marks that were given."""


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
    criteria = tuple(_criterion(name, leads, marketing, sales) for name in names)
    return RatingReport(
        leads=len(leads),
        only_in_marketing=tuple(lead for lead in marketing.ratings if lead not in sales.ratings),
        only_in_sales=tuple(lead for lead in sales.ratings if lead not in marketing.ratings),
        criteria=criteria,
        disagreements=_disagreements(criteria, leads, marketing, sales),
    )


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
    if words and all(word.isdecimal() for word in words):
        first, last = min(map(int, words)), max(map(int, words))
        if last - first < _MOST_MARKS:
            return _with_all_between(words, {int(word): word for word in words}, str)
    if all(_is_number(word) for word in words):
        return tuple(sorted(words, key=float))
    if words and all(len(word) == 1 and "A" <= word <= "Z" for word in words):
        return _with_all_between(words, {ord(word): word for word in words}, chr)
    return tuple(sorted(words))


def _with_all_between(words: set[str], found: Mapping[int, str], word_of: Callable[[int], str]) -> tuple[str, ...]:
    """Words in order with those in between that nobody used: A is three steps from D, whether anybody said B or not."""
    if len(found) < len(words):  # 1 and 01: two words of one mark
        return tuple(sorted(words, key=lambda word: (int(word), word)))
    return tuple(found.get(place, word_of(place)) for place in range(min(found), max(found) + 1))


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
