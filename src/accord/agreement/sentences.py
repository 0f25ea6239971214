"""pydantic's complaints as sentences about keys of ``accord.yaml``, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from accord.agreement.findings import ANY, FINDINGS, Finding, nearest, shown
from accord.agreement.schema import all_keys, keys_of, schema_at
from accord.agreement.source import KeyPath, dotted
from accord.language import gettext as _

__all__ = ["Complaint", "complaints"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at ``path``, and the next thing to do.

    ``rests_on``: other parts that this is about; where one of them was taken out, there may be nothing to complain of.
    ``follows``: the same where one of them is at fault at the same time (our own checks of a whole only run when its
    parts are sound; pydantic's count of items does not wait for that).
    """

    path: KeyPath
    sentence: str
    hint: str | None = None
    rests_on: tuple[KeyPath, ...] = ()
    follows: bool = False


_LOOSE_NUMBER = re.compile(r"\s*([-+]?[0-9][0-9 _]*)(?:[.,]([0-9]+))?\s*(%?)\s*[^0-9]*")


def complaints(error: ErrorDetails, original: Callable[[KeyPath], KeyPath]) -> Iterator[Complaint]:
    """What one of pydantic's errors says about the file; ``original`` tells where in it a part stands."""
    loc, kind, found = error["loc"], error["type"], error["input"]
    if loc and loc[-1] == "[key]":
        loc = loc[:-1]
        kind = "extra_forbidden" if kind == "literal_error" else kind
    path = original(loc)
    if kind == FINDINGS:
        findings: tuple[Finding, ...] = error["ctx"]["findings"]
        for finding in findings:
            place = original((*loc, *finding.within))
            rests_on = tuple((*path, key) for key in finding.rests_on)
            yield Complaint(place, finding.sentence(_named(place)), finding.hint, rests_on)
    elif kind == "extra_forbidden":
        yield Complaint(path, *_unknown_key(path))
    elif kind == "missing":
        message = _("{key} has no {name}, which it needs.")
        yield Complaint(path[:-1], message.format(key=_named(path[:-1]), name=path[-1]), rests_on=(path,))
    elif kind == "too_short":
        message = _("{key} has nothing in it.")
        hint = _("Name at least one, or leave the key out.")
        if path and path[-1] in schema_at(path[:-1]).get("required", ()):
            hint = " ".join(part for part in (_("Name at least one."), _example(path)) if part)
        yield Complaint(path, message.format(key=_named(path)), hint, ((*path, ANY),), follows=True)
    else:
        yield Complaint(path, *_wrong_value(path, kind, found))


def _named(path: KeyPath) -> str:
    return dotted(path) or _("The agreement")


def _unknown_key(path: KeyPath) -> tuple[str, str]:
    key, known = str(path[-1]), keys_of(schema_at(path[:-1]))
    elsewhere = [place for place in all_keys() if place[-1] == key]
    hint = nearest(key, known)
    if elsewhere:  # a word that is known to the letter is no slip of the pen
        hint = _("It belongs in {place}.").format(place=".".join(elsewhere[0][:-1]) or _("the top of the file"))
    allowed = _("Allowed: {words}.").format(words=", ".join(known))
    return _("{key} is not a key of an agreement.").format(key=dotted(path)), f"{hint} {allowed}" if hint else allowed


def _wrong_value(path: KeyPath, kind: str, found: object) -> tuple[str, str | None]:
    schema = schema_at(path)
    message = _("{key} is {found}; it must be {must_be}.")
    sentence = message.format(key=_named(path), found=shown(found), must_be=_must_be(schema, kind))
    words = [str(word) for word in schema.get("enum", ())]
    if words:
        return sentence, nearest(str(found), words)
    if schema.get("type") in ("number", "integer"):
        return sentence, _meant_number(found, schema)
    return sentence, _example(path)


def _example(path: KeyPath) -> str | None:
    """How it is written, where a list or a mapping has a shape that nobody guesses."""
    if "hours" in path[-2:] and ("calendar" in path or "team_calendars" in path):
        return _("For example: hours: {example}").format(
            example="{monday: [09:00-12:00, 14:00-18:00], friday: [09:00-16:00]}"
        )
    if path[-1] == "where" or "where" in path[-2:-1]:
        return _("For example: where: {example}").format(example="{lead_type: [demo_request, trial]}")
    return None


def _must_be(schema: Mapping[str, Any], kind: str) -> str:
    if words := schema.get("enum"):
        return _("one of {words}").format(words=", ".join(words))
    named = {
        "integer": _("a whole number"),
        "number": _("a number"),
        "array": _("a list"),
        "object": _("a mapping (key: value)"),
        "string": _("text"),
        "boolean": _("true or false"),
    }
    types = schema.get("type", "string")
    thing = named[types if isinstance(types, str) else types[0]]
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    if low is None or kind == "finite_number":
        return thing
    bounds = {"thing": thing, "low": _plain(low), "high": "" if high is None else _plain(high)}
    if high is None:
        return _("{thing} from {low}").format(**bounds)
    if "exclusiveMinimum" in schema:
        return _("{thing} above {low} and up to {high}").format(**bounds)
    return _("{thing} from {low} to {high}").format(**bounds)


def _plain(number: float) -> str:
    """As a person writes it: 10000000, not 1e+07."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _meant_number(found: object, schema: Mapping[str, Any]) -> str | None:
    """A guess at the number that was meant: a decimal comma, a unit, a percentage."""
    loose = _LOOSE_NUMBER.fullmatch(found) if isinstance(found, str) else None
    if loose is not None:
        number = float(f"{loose[1].replace(' ', '').replace('_', '')}.{loose[2] or '0'}")
    elif isinstance(found, (int, float)) and not isinstance(found, bool):
        number = float(found)
    else:
        return None
    is_percentage = schema.get("maximum") == 1 and 1 < number <= 100
    if is_percentage or (loose is not None and loose[3]):
        return _("Write {fraction} for {percent} %.").format(fraction=f"{number / 100:g}", percent=f"{number:g}")
    return _("Did you mean {near}?").format(near=f"{number:g}") if loose is not None else None
