"""A criterion, a promise, a band … of an agreement as a whole, in a few words: what came with it, or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from babel.dates import get_day_names

from accord.agreement.diff import Labels
from accord.agreement.listing import written
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report.agreement.values import called, value_words
from accord.report.axis_names import axis_name
from accord.report.condition_words import condition_words, number, selection_words

__all__ = ["counted_words", "item_words"]

Item = Mapping[str, Any]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Keys of the open hours in the file, in the order in which babel names the days."""


def item_words(path: Sequence[str], item: Item, labels: Labels) -> str:
    """The item at ``path`` in words; as one would write it in the file where there are no better ones."""
    key = ".".join(path[:-1])
    if key == "qualification.overrides":
        return _override(item, labels.get("qualification.criteria", {}))
    describe = _DESCRIPTIONS.get(key)
    return describe(item) if describe else written({key: part for key, part in item.items() if part not in (None, [])})


def _criterion(item: Item) -> str:
    points = value_words(item["points"], "points")
    channels = item.get("channels") or {}
    if item.get("when") is not None:
        first = _("{points} when {condition}").format(points=points, condition=condition_words(item["when"]))
    elif item.get("touches") is not None:
        first = _("{points} per touch").format(points=points)
    else:
        first = _("{points} per channel from channel {n} on").format(points=points, n=channels.get("at_least", 2))
    return f"{_('; ').join([first, *_limits(item)])} ({axis_name(item['axis'])})"


def counted_words(item: Item) -> str:
    """What a criterion gives its points for: employees from 50 to 999; per touch, of the last 60 days …"""
    if item.get("when") is not None:
        return condition_words(item["when"])
    channels = item.get("channels") or {}
    first = _("per touch")
    if item.get("touches") is None:
        first = _("per channel from channel {n} on").format(n=channels.get("at_least", 2))
    return _("; ").join([first, *_limits(item)])


def _limits(item: Item) -> Iterator[str]:
    """Which touches count and how far, and the most that the criterion gives."""
    yield from _touches(item.get("touches") or item.get("channels") or {})
    if item.get("cap") is not None:
        yield _("at most {points} in all").format(points=value_words(item["cap"], "points"))


def _touches(rule: Item) -> Iterator[str]:
    for key in ("kind", "channel"):
        if rule.get(key):
            yield ", ".join(rule[key])
    if days := rule.get("within_days"):
        yield ngettext("of the last day", "of the last {n} days", days).format(n=number(days))
    if days := rule.get("half_life_days"):
        yield _("half after {days}").format(days=value_words(days, "days"))
    if most := rule.get("at_most"):
        yield ngettext("{n} counted at most", "{n} counted at most", most).format(n=number(most))
    if most := rule.get("at_most_a_day"):
        yield ngettext("{n} a day counted at most", "{n} a day counted at most", most).format(n=number(most))


def _disqualifier(item: Item) -> str:
    return f"{condition_words(item['when'])} ({item['reason']})"


def _override(item: Item, criteria: Mapping[str, Mapping[str, str]]) -> str:
    parts = [selection_words(item["where"])]
    parts += [
        f"{called(criterion, criteria)} {value_words(points, 'points')}"
        for criterion, points in (item.get("points") or {}).items()
    ]
    if item.get("threshold") is not None:
        parts.append(f"{_('threshold')} {number(item['threshold'])}")
    return _("; ").join(parts)


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


def _calendar(item: Item) -> str:
    parts = [_open_hours(item.get("hours") or {}) or _("never open")]
    if item.get("timezone"):
        parts.append(_("time zone {name}").format(name=item["timezone"]))
    if item.get("country"):
        where = ", ".join(part for part in (item["country"], item.get("subdivision")) if part)
        parts.append(_("closed on the public holidays of {where}").format(where=where))
    if item.get("closed"):
        parts.append(_("also closed on {days}").format(days=", ".join(map(str, item["closed"]))))
    if item.get("open"):
        parts.append(_("open all the same on {days}").format(days=", ".join(map(str, item["open"]))))
    return _("; ").join(parts)


def _open_hours(hours: Item) -> str:
    """Monday to Friday 09:00–18:00, Saturday 10:00–13:00: neighbouring days of the same hours together."""
    names = get_day_names("wide", locale=current_language())
    spans = [" ".join("–".join(span) for span in hours.get(day) or ()) for day in WEEKDAYS]
    said = []
    first = 0
    for day in range(1, len(WEEKDAYS) + 1):
        if day < len(WEEKDAYS) and spans[day] == spans[first]:
            continue
        if spans[first]:
            last = names[day - 1]
            days = names[first] if day - first == 1 else _("{first} to {last}").format(first=names[first], last=last)
            said.append(f"{days} {spans[first]}")
        first = day
    return ", ".join(said)


_DESCRIPTIONS: Mapping[str, Callable[[Item], str]] = {
    "qualification.criteria": _criterion,
    "qualification.disqualifiers": _disqualifier,
    "qualification.bands": _band,
    "acceptance.promises": _promise,
    "acceptance.team_calendars": _calendar,
    "commitments.monthly": _commitment,
    "size_bands": _size_band,
}
