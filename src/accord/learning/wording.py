"""Names, labels and reasons of criteria that nobody has written yet, in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from accord.language import both, mark
from accord.values import Estimate, Figure

__all__ = ["identifier", "label", "why"]

_LONGEST = 60


def identifier(written: Mapping[str, Any], taken: Collection[str]) -> str:
    """A name for programs made of what the criterion says, different from all that are ``taken``."""
    base = re.sub(r"[^a-z0-9]+", "_", _ascii(" ".join(_words(written)))).strip("_")[:_LONGEST].strip("_") or "criterion"
    if not base[0].isalpha():
        base = f"c_{base}"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(written: Mapping[str, Any]) -> list[str]:
    if "touches" in written:
        rule = written["touches"]
        return [*rule["kind"], "in", str(rule["within_days"]), "days"] + (["once"] if rule["at_most"] == 1 else [])
    return _of_condition(written["when"])


def _of_condition(when: Mapping[str, Any]) -> list[str]:
    if "not" in when:
        return ["not", *_of_condition(when["not"])]
    if "any" in when:
        return _of_condition(when["any"][0])
    name = when["field"]
    if "exists" in when:
        return [name, "known" if when["exists"] else "unknown"]
    for form in ("at_least", "at_most"):
        if form in when:
            return [name, form, str(when[form])]
    values = when["in"] if "in" in when else [when["is"]]
    return [name, *(_cell(value) for value in values)]


def _cell(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def label(written: Mapping[str, Any]) -> dict[str, str]:
    """What people read: "Total Time Spent on Website: at least 700"."""
    if "touches" in written:
        rule = written["touches"]
        sentence = mark("{kind}: touches of the last {days} days, at most {most}")
        return both(sentence, kind=", ".join(rule["kind"]), days=rule["within_days"], most=rule["at_most"])
    return _label_of(written["when"], opposite=False, or_unknown=False)


def _label_of(when: Mapping[str, Any], *, opposite: bool, or_unknown: bool) -> dict[str, str]:
    if "any" in when:
        return _label_of(when["any"][0], opposite=opposite, or_unknown=True)
    if "not" in when:
        return _label_of(when["not"], opposite=not opposite, or_unknown=or_unknown)
    field = when["field"]
    if "exists" in when:
        known = bool(when["exists"]) is not opposite
        return both(mark("{field}: known") if known else mark("{field}: not known"), field=field)
    form = "at_least" if "at_least" in when else "at_most" if "at_most" in when else "is"
    values = when["in"] if "in" in when else [when.get("is")]
    shown = when[form] if form != "is" else ", ".join(_cell(value) for value in values)
    return both(_SENTENCES[form, opposite, or_unknown], field=field, value=shown)


_SENTENCES = {
    ("at_least", False, False): mark("{field}: at least {value}"),
    ("at_least", True, False): mark("{field}: below {value}"),
    ("at_least", True, True): mark("{field}: below {value}, or not known"),
    ("at_most", False, False): mark("{field}: at most {value}"),
    ("at_most", True, False): mark("{field}: above {value}"),
    ("at_most", True, True): mark("{field}: above {value}, or not known"),
    ("is", False, False): mark("{field}: {value}"),
    ("is", True, False): mark("{field}: other than {value}"),
    ("is", True, True): mark("{field}: other than {value}, or not known"),
}


def why(with_it: Figure, without_it: Figure) -> dict[str, str]:
    """What the points rest on, in one sentence."""
    if isinstance(with_it, Estimate) and isinstance(without_it, Estimate):
        sentence = mark(
            "Learnt from outcomes: {with_it} of 100 leads that meet it turned out well, {without} of 100 others."
        )
        return both(sentence, with_it=round(100 * with_it.value), without=round(100 * without_it.value))
    return both(mark("Learnt from outcomes."))
