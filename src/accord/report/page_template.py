"""The templates of the pages: one way of filling them in, for all of them."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from accord.language import gettext as _
from accord.language import ngettext

__all__ = ["page_template"]


def page_template(name: str) -> Template:
    """The template ``name`` of ``report/templates``; what it is not given is an error, not an empty place."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"_": _, "ngettext": ngettext}
    return environment
