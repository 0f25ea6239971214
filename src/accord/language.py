"""The reader's language: English source text, French catalogue.

Write ``_("…")`` around every sentence a person reads, ``ngettext`` where a count decides the form, and fill
placeholders *after* translation: ``_("{n} rows").format(n=n)``. Sentences that leave in both languages at once
(the ``{"en", "fr"}`` texts of the JSON answers) use :func:`both`. A sentence that stands in a table of constants is
wrapped in :func:`mark` there and translated where it is shown. All want the sentence itself as their argument, not
an f-string: the catalogue is collected by reading the source (``make catalogue``).
"""

from __future__ import annotations

import gettext as _gettext
import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

__all__ = [
    "LANGUAGES",
    "both",
    "current_language",
    "gettext",
    "install_for_command_line",
    "mark",
    "ngettext",
    "preferred_language",
    "use_language",
]

LANGUAGES = ("en", "fr")
DOMAIN = "accord"
FOLDER = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(DOMAIN, FOLDER, languages=[language], fallback=True)


def use_language(language: str) -> None:
    """Speak ``language`` ("en" or "fr") from now on, in this thread or task."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    _language.set(language)


def install_for_command_line(language: str) -> None:
    """Speak ``language``, and have the command-line library speak it too.

    Typer asks the standard library's default catalogue for its own sentences, some of them while it is imported: call
    this before Typer is. It decides for the whole process and what it starts (``LANGUAGE`` is set in the
    environment), so it is for programs, never for the library or a server.
    """
    use_language(language)
    _gettext.bindtextdomain(DOMAIN, str(FOLDER))
    _gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language


def current_language() -> str:
    """The language in use: "en" or "fr"."""
    return _language.get()


def preferred_language(environment: Mapping[str, str]) -> str:
    """The language that ``ACCORD_LANG``, ``LC_ALL``, ``LC_MESSAGES`` or ``LANG`` ask for, the first that is set."""
    for name in ("ACCORD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def gettext(message: str) -> str:
    """``message`` in the language in use."""
    return _catalogue(_language.get()).gettext(message) if message else ""  # "" is the catalogue's header


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form that ``count`` asks for, in the language in use (French: 0 and 1 are singular)."""
    return _catalogue(_language.get()).ngettext(singular, plural, count)


def mark(message: str) -> str:
    """``message`` unchanged: it goes into the catalogue, and through :func:`gettext` where it is shown."""
    return message


def both(message: str, **values: object) -> dict[str, str]:
    """``{"en": …, "fr": …}`` of one sentence, placeholders filled with ``values``."""
    return {language: _catalogue(language).gettext(message).format(**values) for language in LANGUAGES}
