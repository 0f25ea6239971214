"""A criterion, a promise, a band … of an agreement as a whole, in a few words: what came with it, or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from accord.agreement.listing import written
from accord.language import current_language
from accord.language import gettext as _
from accord.report.agreement_values import value_words
from accord.report.condition_words import condition_words, number, selection_words

__all__ = ["item_words"]

Item = Mapping[str, Any]


def item_words(path: Sequence[str], item: Item) -> str:
    """The item at ``path`` in words; as one would write it in the file where there are no better ones."""
    describe = _DESCRIPTIONS.get(".".join(path[:-1]))
    return describe(item) if describe else written({key: part for key, part in item.items() if part not in (None, [])})


def _criterion(item: Item) -> str:
    points = value_words(item["points"], "points")
    if item.get("when") is not None:
        parts = [_("{points} when {condition}").format(points=points, condition=condition_words(item["when"]))]
    elif item.get("touches") is not None:
        parts = [_("{points} per touch").format(points=points), *_touches(item["touches"])]
    else:
        channels = item.get("channels") or {}
        per_channel = _("{points} per channel from channel {n} on")
        parts = [per_channel.format(points=points, n=channels.get("at_least", 2))]
        parts += _touches({key: part for key, part in channels.items() if key != "at_least"})
    if item.get("cap") is not None:
        parts.append(_("at most {points} in all").format(points=value_words(item["cap"], "points")))
    return f"{'; '.join(parts)} – “{item['label'][current_language()]}” ({item['axis']})"


def _touches(rule: Item) -> Iterator[str]:
    for key in ("kind", "channel"):
        if rule.get(key):
            yield ", ".join(rule[key])
    sentences = (
        ("within_days", _("of the last {n} days")),
        ("half_life_days", _("half after {n} days")),
        ("at_most", _("{n} counted at most")),
        ("at_most_a_day", _("{n} a day counted at most")),
    )
    for key, sentence in sentences:
        if rule.get(key):
            yield sentence.format(n=number(rule[key]))


def _disqualifier(item: Item) -> str:
    return f"{condition_words(item['when'])} ({item['reason']})"


def _override(item: Item) -> str:
    parts = [selection_words(item["where"])]
    parts += [
        f"{criterion} {value_words(points, 'points')}" for criterion, points in (item.get("points") or {}).items()
    ]
    if item.get("threshold") is not None:
        parts.append(f"{_('threshold')} {number(item['threshold'])}")
    return "; ".join(parts)


def _band(item: Item) -> str:
    lowest = item.get("from")
    return _("all that is lower") if lowest is None else _("from {n} points").format(n=number(lowest))


def _promise(item: Item) -> str:
    clock = _("open hours") if item.get("clock") == "business" else _("around the clock")
    hours = _("{n} h").format(n=number(item["within_hours"]))
    return f"{hours} ({clock}): {selection_words(item['where'])}"


def _commitment(item: Item) -> str:
    leads = value_words(item["leads"], "leads")
    return f"{leads} ({selection_words(item['where'])})" if item.get("where") else leads


def _size_band(item: Item) -> str:
    below = item.get("below")
    return _("all that is larger") if below is None else _("below {n}").format(n=number(below))


_DESCRIPTIONS: Mapping[str, Callable[[Item], str]] = {
    "qualification.criteria": _criterion,
    "qualification.disqualifiers": _disqualifier,
    "qualification.overrides": _override,
    "qualification.bands": _band,
    "acceptance.promises": _promise,
    "commitments.monthly": _commitment,
    "size_bands": _size_band,
}
