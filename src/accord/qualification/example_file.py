"""Reading a file of examples: leads made up by the people who agreed, and what must come out for each.

Every fault of the file is reported at once, with its line, what is allowed and the nearest known word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from accord.agreement.criteria import AXES
from accord.agreement.findings import nearest, shown
from accord.agreement.kinds import as_text
from accord.agreement.source import KeyPath, dotted, line_of, read_source
from accord.errors import AgreementError, Fault, UsageError
from accord.language import gettext as _
from accord.language import ngettext
from accord.qualification.examples import AS_OF, Example, Expected
from accord.scoring.logic import ACCOUNT_SIZE
from accord.scoring.result import Touch
from accord.scoring.rules import Rules
from accord.tables.schema import Type, table_named
from accord.tables.times import microseconds

__all__ = ["load_examples"]

_KEYS = ("name", "lead", "touches", "expect")
_TOUCH_KEYS = ("kind", "channel", "days_ago", "times")
_EXPECT_KEYS = ("band", "qualified", "score", "points", "axes", "disqualified", "ideal")
_BOUND_KEYS = ("at_least", "at_most")


def load_examples(path: Path, rules: Rules, lead_columns: Mapping[str, Type]) -> tuple[Example, ...]:
    """The examples in ``path``, for the agreement behind ``rules``.

    ``lead_columns``: columns of the leads that the contract does not know. Raises ``UsageError`` when there is no such
    file, ``AgreementError`` with every fault.
    """
    if not path.is_file():
        message = _("{path} is not there. Write examples into it, or name another file.")
        raise UsageError(message.format(path=path))
    source = read_source(path.read_bytes(), str(path))
    contract = {column.name: column.type for column in table_named("leads").columns}
    reader = _Reader(str(path), source.lines, rules, {**lead_columns, **contract}, list(source.faults))
    examples = tuple(reader.examples(source.content))
    if reader.faults:
        message = ngettext("{path} has {n} fault:", "{path} has {n} faults:", len(reader.faults))
        faults = sorted(dict.fromkeys(reader.faults), key=lambda fault: fault.line or 0)
        raise AgreementError(message.format(path=path, n=len(reader.faults)), *faults)
    return examples


@dataclass
class _Reader:
    file: str
    lines: Mapping[KeyPath, int]
    rules: Rules
    columns: Mapping[str, Type]
    faults: list[Fault] = field(default_factory=list)

    def examples(self, content: Any) -> Iterator[Example]:
        listed = content.get("tests") if isinstance(content, dict) else content
        if isinstance(content, dict):
            self.keys(content, ("tests",), ())
        if not isinstance(listed, tuple) or not listed:
            if not self.faults:
                hint = _("Write a list under tests: each with name, lead, touches and expect.")
                self.faults.append(Fault(_("The file has no examples."), self.file, 1, hint))
            return
        above: KeyPath = ("tests",) if isinstance(content, dict) else ()
        for place, given in enumerate(listed):
            yield self.example(given, (*above, place), place)

    def example(self, given: Any, path: KeyPath, place: int) -> Example:
        example = self.mapping(given, path)
        self.keys(example, _KEYS, path)
        name = example.get("name") or _("example {n}").format(n=place + 1)
        expect = self.mapping(example.get("expect"), (*path, "expect"))
        if not expect:
            self.fault(
                path, _("{key} expects nothing.").format(key=dotted(path)), _("Add expect: {band: A}, or another.")
            )
        return Example(
            name=str(as_text(name)),
            line=line_of(self.lines, path) or 0,
            lead=self.lead(self.mapping(example.get("lead"), (*path, "lead")), (*path, "lead")),
            touches=tuple(self.touches(example.get("touches"), (*path, "touches"))),
            expected=tuple(self.expected(expect, (*path, "expect"))),
        )

    # What goes in ------------------------------------------------------------------------------------------------

    def lead(self, given: Mapping[str, Any], path: KeyPath) -> dict[str, object]:
        lead: dict[str, object] = {}
        known = dict.fromkeys((*self.columns, *self.rules.fields))
        for name, value in given.items():
            if name == ACCOUNT_SIZE:
                message = _("{key} follows from the number of employees.").format(key=dotted((*path, name)))
                self.fault((*path, name), message, _("Give employees instead."))
            elif name not in known:
                message = _("{name} is not a column of the leads.").format(name=name)
                listed = _("Known: {words}.").format(words=", ".join(sorted(known)))
                self.fault((*path, name), message, nearest(name, known) or listed)
            else:
                self.cell(lead, name, value, (*path, name))
        return lead

    def cell(self, lead: dict[str, object], name: str, value: Any, path: KeyPath) -> None:
        kind = self.columns.get(name)
        if value is None:
            return
        if kind in (Type.TIME, Type.DATE) or (kind is None and isinstance(value, dict)):
            moment, is_date = self.moment(value, path)
            lead[name], lead[f"{name}_is_date"] = (moment.date() if moment and kind is Type.DATE else moment), is_date
        elif kind in (Type.INTEGER, Type.NUMBER):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                self.wrong(path, value, _("a number"))
            else:
                lead[name] = value
        elif kind is Type.BOOLEAN:
            if isinstance(value, bool):
                lead[name] = value
            else:
                self.wrong(path, value, _("true or false"))
        elif isinstance(value, (dict, tuple)):
            self.wrong(path, value, _("text"))
        else:
            # A column that no data has told the type of: a number and a truth stay what they are, as in an import.
            lead[name] = as_text(value) if kind is Type.TEXT and not isinstance(value, bool) else value

    def moment(self, value: Any, path: KeyPath) -> tuple[datetime | None, bool]:
        if isinstance(value, dict) and value.keys() == {"days_ago"}:
            days = self.number(value["days_ago"], (*path, "days_ago"))
            return AS_OF - timedelta(days=days or 0), False
        try:
            if isinstance(value, str):
                day = date.fromisoformat(value)
                return datetime(day.year, day.month, day.day), True  # noqa: DTZ001 - a local date
        except ValueError:
            pass
        self.wrong(path, value, _("{days_ago: 3}, or a date such as 2026-03-01"))
        return None, False

    def touches(self, given: Any, path: KeyPath) -> Iterator[Touch]:
        if given is None:
            return
        if not isinstance(given, tuple):
            self.wrong(path, given, _("a list"))
            return
        for place, one in enumerate(given):
            here = (*path, place)
            touch = self.mapping(one, here)
            self.keys(touch, _TOUCH_KEYS, here)
            for key in ("kind", "days_ago"):
                if touch.get(key) is None:
                    self.fault(here, _("{key} has no {name}, which it needs.").format(key=dotted(here), name=key))
            days = self.number(touch.get("days_ago"), (*here, "days_ago"))
            times = self.number(touch.get("times", 1), (*here, "times"))
            if days is None or times is None:
                continue
            at = microseconds(AS_OF - timedelta(days=days))
            channel = touch.get("channel")
            made = Touch(at, str(as_text(touch.get("kind"))), None if channel is None else str(as_text(channel)))
            yield from [made] * int(times)

    # What must come out ------------------------------------------------------------------------------------------

    def expected(self, expect: Mapping[str, Any], path: KeyPath) -> Iterator[Expected]:
        self.keys(expect, _EXPECT_KEYS, path)
        for key, value in expect.items():
            here = (*path, key)
            if key == "band":
                yield from self.one_of(key, value, here, dict(self.rules.bands), self.no_bands)
            elif key in ("qualified", "ideal"):
                if isinstance(value, bool):
                    yield Expected(key, None, value, value, self.line(here))
                else:
                    self.wrong(here, value, _("true or false"))
            elif key == "score":
                yield from self.bounds(key, None, value, here)
            elif key in ("points", "axes"):
                known = [rule.id for rule in self.rules.criteria] if key == "points" else list(AXES)
                parts = self.mapping(value, here)
                self.known(parts, known, here)
                for name, points in parts.items():
                    yield from self.bounds(key, name, points, (*here, name))
            elif key == "disqualified":
                yield from self.disqualified(value, here)

    def disqualified(self, value: Any, path: KeyPath) -> Iterator[Expected]:
        if value is False:
            yield Expected("disqualified", None, value, value, self.line(path))
            return
        known = {rule.id: None for rule in self.rules.disqualifiers}
        for name in value if isinstance(value, tuple) else (value,):
            yield from self.one_of("disqualified", name, path, known, _("The agreement has no disqualifiers."))

    @property
    def no_bands(self) -> str:
        return _("The agreement has no bands.")

    def one_of(self, what: str, value: Any, path: KeyPath, known: Mapping[str, Any], none: str) -> Iterator[Expected]:
        text = str(as_text(value))
        if isinstance(value, (str, int, float)) and text in known:
            yield Expected(what, None, text, text, self.line(path))
            return
        message = _("{key} is {found}.").format(key=dotted(path), found=shown(value))
        listed = _("Known: {words}.").format(words=", ".join(known)) if known else none
        self.fault(path, message, nearest(text, known) or listed)

    def bounds(self, what: str, name: str | None, value: Any, path: KeyPath) -> Iterator[Expected]:
        if isinstance(value, dict):
            self.keys(value, _BOUND_KEYS, path)
            low, high = (self.number(value.get(key), (*path, key)) for key in _BOUND_KEYS)
            if low is None and high is None and {*value} <= {*_BOUND_KEYS}:
                self.fault(path, _("{key} says neither at_least nor at_most.").format(key=dotted(path)))
        else:
            low = high = self.number(value, path)
        yield Expected(what, name, low, high, self.line(path))

    # What everything needs ---------------------------------------------------------------------------------------

    def number(self, value: Any, path: KeyPath) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong(path, value, _("a number"))
            return None
        return float(value)

    def mapping(self, value: Any, path: KeyPath) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(path, value, _("a mapping (key: value)"))
            return {}
        return value

    def keys(self, given: Mapping[str, Any], allowed: tuple[str, ...], path: KeyPath) -> None:
        self.known(given, allowed, path)

    def known(self, given: Mapping[str, Any], allowed: Any, path: KeyPath) -> None:
        for key in given:
            if key not in allowed:
                message = _("{key} is not known here.").format(key=dotted((*path, key)))
                listed = _("Allowed: {words}.").format(words=", ".join(allowed))
                near = nearest(key, allowed)
                self.fault((*path, key), message, f"{near} {listed}" if near else listed)

    def wrong(self, path: KeyPath, found: Any, must_be: str) -> None:
        message = _("{key} is {found}; it must be {must_be}.")
        self.fault(path, message.format(key=dotted(path), found=shown(found), must_be=must_be))

    def fault(self, path: KeyPath, message: str, hint: str | None = None) -> None:
        self.faults.append(Fault(message, self.file, self.line(path), hint))

    def line(self, path: KeyPath) -> int:
        return line_of(self.lines, path) or 1
