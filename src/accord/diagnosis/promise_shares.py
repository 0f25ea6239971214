"""How often each promise was missed in a segment: by class of lead, in figures and in words."""

from __future__ import annotations

from functools import reduce

from accord.agreement.model import Acceptance, LeadClassPromise
from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.lateness import how_many_late, late_share
from accord.diagnosis.phrases import Said, filled, number
from accord.diagnosis.promised import strictest_first
from accord.diagnosis.report import Evidence
from accord.language import LANGUAGES, mark
from accord.values import Estimate

__all__ = ["missed_by_promise"]

ELAPSED = mark("“{leads}”, within {hours} h: {late} of {all}")
OPEN = mark("“{leads}”, within {hours} h in open hours: {late} of {all}")
OTHERS = mark("leads without a class of their own, within {hours} h: {late} of {all}")
FURTHER = mark("{told}; {more}")


def missed_by_promise(cases: Cases, judged: Rows, rules: Acceptance) -> tuple[Said, tuple[Evidence, ...]]:
    """Of the cases ``judged``: every promise they were given, in words, and the share that missed it."""
    told: list[Said] = []
    shares: list[Evidence] = []
    classes = list(enumerate(strictest_first(rules), 1))
    for place, promise in (*classes, (0, None)):
        given = judged & (cases.promise == place)
        if not given.any():
            continue
        counts = {"late": how_many_late(cases, given), "all": number(int(given.sum()))}
        told.append(_told(promise, rules, counts))
        figure = late_share(cases, given)
        if promise is not None and isinstance(figure, Estimate):
            shares.append(Evidence(f"late: {promise.name}", figure))
    if not told:
        return dict.fromkeys(LANGUAGES, ""), tuple(shares)
    said = reduce(lambda before, after: filled(FURTHER, {"told": before, "more": after}), told)
    return said, tuple(shares)


def _told(promise: LeadClassPromise | None, rules: Acceptance, counts: dict[str, Said]) -> Said:
    if promise is None:
        return filled(OTHERS, {"hours": number(rules.promises_hours[0], 1), **counts})
    called = dict.fromkeys(LANGUAGES, promise.name)
    if promise.label is not None:
        called = {"en": promise.label.en, "fr": promise.label.fr}
    message = OPEN if promise.clock == "business" else ELAPSED
    return filled(message, {"leads": called, "hours": number(promise.within_hours, 1), **counts})
