"""What can be wrong with a file before it says anything: its encoding, tabs, and YAML's own grammar."""

from __future__ import annotations

import codecs
import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from accord.errors import Fault
from accord.language import gettext as _
from accord.language import mark

__all__ = ["decoded", "syntax_fault", "tab_faults"]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_INDENTATION_WITH_TAB = re.compile(r" *\t")

_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        mark("A colon stands where no key can be: the indentation is wrong, or a text has a colon in it."),
        mark("Give all keys of one section the same indentation, and put text that has a colon in quotes."),
    ),
    (
        "could not find expected ':'",
        mark("A key has no colon after it."),
        mark("Write key: value, with a space after the colon."),
    ),
    (
        "expected <block end>",
        mark("The indentation does not fit the lines above."),
        mark("Give all keys of one section, and all items of one list, the same indentation."),
    ),
    (
        "found unexpected end of stream",
        mark("A quote is opened and never closed."),
        mark("Close it with the same quote."),
    ),
    (
        "expected ',' or",
        mark("A bracket is opened and not closed where it should be."),
        mark("Separate the items with commas, and close the list with ] and the mapping with }."),
    ),
    (
        "but found '<stream end>'",
        mark("A bracket is opened and never closed."),
        mark("Close the list with ] and the mapping with }."),
    ),
    (
        "expected the node content",
        mark("A bracket is closed that was never opened, or a value is missing."),
        mark("Put text that begins with a sign in quotes."),
    ),
    (
        "that cannot start any token",
        mark("A value begins with a character that YAML keeps for itself."),
        mark("Put the value in quotes."),
    ),
    (
        "sequence entries are not allowed",
        mark("A dash stands where no list can begin."),
        mark("Begin the list on a line of its own, or put the text in quotes."),
    ),
    (
        "unknown escape character",
        mark("A backslash in double quotes begins no character that YAML knows."),
        mark("Use single quotes, or write the backslash twice."),
    ),
)


def decoded(raw: bytes, file: str) -> tuple[str, list[Fault]]:
    """The text of a file. One that is not UTF-8 is at fault, and still read as well as can be for its other faults."""
    hint = _("Save it as UTF-8.")
    if raw.startswith(_UTF_16):
        return raw.decode("utf-16", "replace"), [Fault(_("The file is UTF-16, not UTF-8."), file, hint=hint)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", "replace")
        line = raw.count(b"\n", 0, error.start) + 1
        words = text.splitlines()[line - 1].strip() if line <= len(text.splitlines()) else ""
        message = _("The file is not UTF-8; it looks like Windows-1252 or Latin-1: “{words}”.").format(words=words[:60])
        return text, [Fault(message, file, line, hint)]


def tab_faults(text: str, file: str) -> list[Fault]:
    """Every line that is indented with a tab."""
    message, hint = _("The line is indented with a tab; YAML allows only spaces."), _("Replace each tab by two spaces.")
    return [
        Fault(message, file, number, hint)
        for number, line in enumerate(text.split("\n"), 1)
        if _INDENTATION_WITH_TAB.match(line) and line.strip() and not line.lstrip().startswith("#")
    ]


def syntax_fault(error: YAMLError, text: str, file: str) -> Fault:
    """The parser's complaint about ``text`` in the reader's language; what the end misses is said of the last line."""
    if isinstance(error, ReaderError):
        message = _("The file holds a character that no text has (number {number}).").format(number=error.character)
        return Fault(message, file, hint=_("Is it the right file?"))
    problem = (error.problem or "") if isinstance(error, MarkedYAMLError) else str(error)
    place = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    opened = error.context_mark if isinstance(error, MarkedYAMLError) else None
    last = max(len(text.rstrip().splitlines()), 1)
    for words, message, hint in _SENTENCES:
        if words in problem:
            # What is never closed is found at the end of the file: the line that opened it is the one to look at.
            if opened is not None and words in ("found unexpected end of stream", "expected ',' or"):
                place = opened
            return Fault(_(message), file, None if place is None else min(place.line + 1, last), _(hint))
    return Fault(_("This is not YAML."), file, None if place is None else min(place.line + 1, last))
