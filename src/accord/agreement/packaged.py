"""What is packaged beside the code: the file to begin with, in each language, and the published JSON Schema."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib.resources import files

from accord.errors import UsageError
from accord.language import gettext as _
from accord.language import mark
from accord.typed import as_typed

__all__ = ["READY_MADE", "published_schema", "ready_made", "template"]

READY_MADE = {
    "bant": mark("Budget, authority, need and time first: for few leads, each worked by hand"),
    "five-axes": mark(
        "Fit, need, budget, authority and engagement, nineteen criteria: the whole picture, to be pruned"
    ),
    "icp-intent": mark("Whom you sell to, and what they do: a grid of fit and engagement that fades with time"),
    "minimal": mark("Three criteria and a threshold: enough to agree on, and to begin to measure"),
}
"""Qualifications to begin with, by name, and what each is for."""

_EMPTY_SECTION = re.compile(r"^qualification:\n", re.MULTILINE)


def template(language: str) -> str:
    """``accord.yaml`` to begin with: every key with its default, explained in ``language`` ("en" or "fr")."""
    return (files("accord.agreement") / "templates" / f"accord.{language}.yaml").read_text(encoding="utf-8")


def ready_made(name: str, language: str) -> str:
    """``accord.yaml`` to begin with, with the qualification of that name; ``UsageError`` where there is none."""
    if name not in READY_MADE:
        near = get_close_matches(name, READY_MADE, n=1)
        hint = _("{init} shows them.").format(init=as_typed("init --list"))
        if near:
            hint = _("Did you mean {near}?").format(near=near[0])
        message = _("There is no ready-made agreement {name}: {known}.").format(name=name, known=", ".join(READY_MADE))
        raise UsageError(f"{message} {hint}")
    section = files("accord.agreement") / "templates" / f"qualification.{name}.yaml"
    whole, replaced = _EMPTY_SECTION.subn(lambda _found: section.read_text(encoding="utf-8"), template(language))
    if replaced != 1:
        raise AssertionError("the template has no place for a qualification")
    return whole


def published_schema() -> str:
    """The JSON Schema (draft 2020-12) of ``accord.yaml``, as text."""
    return (files("accord.agreement") / "accord.schema.json").read_text(encoding="utf-8")
