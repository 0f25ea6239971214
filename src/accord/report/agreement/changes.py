"""The difference between two agreements in words, for those who sign: grouped by section, one change to a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from accord.agreement.diff import Change, Labels
from accord.language import LANGUAGES, current_language, use_language
from accord.language import gettext as _
from accord.report.agreement.items import item_words
from accord.report.agreement.keys import KEYS, SECTION_NAMES, Unit
from accord.report.agreement.values import bare, called, value_words
from accord.report.axis_names import axis_name
from accord.report.look import Look
from accord.values import Json

__all__ = ["change_words", "changes_json", "changes_text", "hanging", "held_words"]

_WORDY: tuple[Unit, ...] = ("plain", "rule", "condition", "selection", "axis")
"""Units without a word of their own after the number."""

_OF_AXES = ("qualification.axes.*.max",)
"""Keys whose name is that of an axis."""

_POINTS_OF_OVERRIDES = "qualification.overrides.*.points"

_LONG_LIST = 12
"""Items of a list beyond which only what came and what went is said."""


def changes_text(changes: Sequence[Change], look: Look) -> str:
    """All changes under the names of their sections; a sentence where there is none."""
    if not changes:
        return _("They say the same.") + "\n"
    lines: list[str] = []
    for section, group in groupby(changes, lambda change: change.section):
        lines.append(look.styled(_(SECTION_NAMES[section]), "bold"))
        lines += [line for change in group for line in hanging(change_words(change), look)]
    return look.plain("\n".join(lines)) + "\n"


def changes_json(changes: Sequence[Change]) -> list[Json]:
    """One record a change: where, what it was, what it is, and the same in words of both languages."""
    return [
        {
            "section": change.section,
            "key": change.key,
            "change": change.kind,
            "before": change.before,
            "after": change.after,
            "text": _in_both_languages(change),
        }
        for change in changes
    ]


def _in_both_languages(change: Change) -> dict[str, Json]:
    spoken, texts = current_language(), {}
    try:
        for language in LANGUAGES:
            use_language(language)
            texts[language] = change_words(change)
    finally:
        use_language(spoken)
    return dict(texts)


def change_words(change: Change) -> str:
    """“Size”: 15 → 20 points; + criterion “Webinar”: 5 points per touch …; − promise demo: 1 h …"""
    name, unit = _called(change.path, change.labels)
    before, after = change.before, change.after
    if unit == "plain" and before is None and isinstance(after, dict):
        return "+ " + _told(name, item_words(change.path, after, change.labels))
    if unit == "plain" and after is None and isinstance(before, dict):
        return "− " + _told(name, item_words(change.path, before, change.labels))
    if change.kind == "reordered" and isinstance(before, list) and isinstance(after, list):
        labels = change.labels.get(change.key, {})
        was, becomes = (", ".join(called(str(part), labels) for part in names) for names in (before, after))
        return _told(name, f"{was} → {becomes}")
    if isinstance(before, list) and isinstance(after, list) and change.kind == "changed":
        return _told(name, _list_words(before, after, unit))
    if unit in _WORDY or before is None or after is None:
        return _told(name, f"{value_words(before, unit)} → {value_words(after, unit)}")
    return _told(name, f"{bare(before, unit)} → {value_words(after, unit)}")


def held_words(change: Change) -> str:
    """What holds where a change from the defaults was agreed: window: 45 days (default: 30 days)."""
    name, unit = _called(change.path, change.labels)
    before, after = change.before, change.after
    if after is None or change.kind == "reordered":
        return change_words(change)
    if unit == "plain" and isinstance(after, dict):
        return _told(name, item_words(change.path, after, change.labels))
    said = _told(name, value_words(after, unit))
    return (
        said
        if before in (None, [], {})
        else f"{said} {_('(default: {value})').format(value=value_words(before, unit))}"
    )


def _told(name: str, what: str) -> str:
    return _("{name}: {what}").format(name=name, what=what)


def hanging(text: str, look: Look) -> list[str]:
    """A paragraph whose further lines stand deeper than its first."""
    first, *rest = look.paragraph(text, 2) or [""]
    return [first, *(f"    {line.strip()}" for line in rest)]


def _called(path: Sequence[str], labels: Labels) -> tuple[str, Unit]:
    """What the value at a path is called, and its unit; the path itself where it has no name."""
    if tuple(path[:2]) == ("acceptance", "team_calendars") and len(path) > 3:
        inner, unit = _called(("acceptance", "calendar", *path[3:]), labels)
        return _("team {name}, {what}").format(name=path[2], what=inner), unit
    for pattern, (name, unit) in KEYS.items():
        parts = pattern.split(".")
        if len(parts) == len(path) and all(part in ("*", there) for part, there in zip(parts, path, strict=True)):
            names = [_item(parts[:place], path[place], labels) for place, part in enumerate(parts) if part == "*"]
            if pattern in _OF_AXES:
                names = [axis_name(axis) for axis in names]
            return _(name).format(**dict(zip(("name", "inner"), names, strict=False))), unit
    return ".".join(path), "plain"


def _item(above: Sequence[str], name: str, labels: Labels) -> str:
    """What the item at a place of the file is called; the points of an override are those of criteria."""
    key = ".".join(above)
    return called(name, labels.get("qualification.criteria" if key == _POINTS_OF_OVERRIDES else key, {}))


def _list_words(before: list[Json], after: list[Json], unit: Unit) -> str:
    came, went = [part for part in after if part not in before], [part for part in before if part not in after]
    if (came or went) and max(len(before), len(after)) > _LONG_LIST:
        return ", ".join([*(f"+ {bare(part, unit)}" for part in came), *(f"− {bare(part, unit)}" for part in went)])
    return f"{value_words(before, unit)} → {value_words(after, unit)}"
