"""The templates of the pages: one way of filling them in, for all of them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from accord.language import gettext as _
from accord.language import ngettext

__all__ = ["page_template", "whole"]

_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|j)\b)")
"""The blank between a number and its unit: no line ends there."""

_INTERVAL = re.compile(r"[^ \n(]*\d–[^ \n)]*\d[^ \n)]*")


def page_template(name: str) -> Template:
    """The template ``name`` of ``report/templates``; what it is not given is an error, not an empty place."""
    return _environment().get_template(name)


def whole(text: str) -> Markup:
    """``text`` for a page, no interval in it broken over two lines: browsers break lines after a dash."""
    text, found, end = _bound(text), Markup(), 0
    for interval in _INTERVAL.finditer(text):
        found += escape(text[end : interval.start()])
        found += Markup('<span class="whole">{}</span>').format(interval.group())
        end = interval.end()
    return found + escape(text[end:])


def _bound(value: Any) -> Any:
    """A text with its numbers bound to their units; anything else, markup too, as it is."""
    return _BEFORE_UNIT.sub("\u00a0", value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_bound,
    )
    environment.globals |= {"_": _, "ngettext": ngettext}
    environment.filters["whole"] = whole
    return environment
