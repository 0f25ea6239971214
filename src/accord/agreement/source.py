"""From the bytes of a YAML file to plain values, with the line of every one of them and everything YAML gets wrong.

YAML 1.2's core schema, read strictly for what people write in agreements: ``yes``, ``no`` and ``on`` are words (so NO
is Norway), ``2026-12-24`` and ``09:00`` are text for the model to understand, a key stands once, and what no key of an
agreement could mean (tags, several documents, infinity) is a fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.error import YAMLError

from accord.agreement.findings import shown
from accord.agreement.kinds import WrittenFloat, WrittenInteger
from accord.agreement.nodes import Items, Node, Pairs, Scalar, parse
from accord.agreement.syntax import decoded, syntax_fault, tab_faults
from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["MOST_BYTES", "MOST_VALUES", "KeyPath", "Source", "dotted", "line_of", "read_source"]

KeyPath = tuple[str | int, ...]
"""The keys and places that lead from the top of the file to a value."""

MOST_BYTES = 256 * 1024
"""An agreement of a thousand criteria is a quarter of this; the parser needs seconds for more."""

MOST_VALUES = 20_000
"""Values once repetitions are written out: a few lines of repetitions of repetitions would fill the memory."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_BASED = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says: ``content`` is made of ``dict``, ``tuple``, text, numbers, booleans and None.

    ``lines`` has the 1-based line of every key and item. ``faults`` are those of the YAML itself, in the order of the
    file; ``content`` is what could be read all the same, None when nothing could.
    """

    content: Any
    lines: Mapping[KeyPath, int]
    faults: tuple[Fault, ...]


def dotted(path: KeyPath) -> str:
    """A path as people write it: ``acceptance.promises[2].name``, places counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of what stands at ``path``, or else of what holds it; None where the file names neither."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


def read_source(raw: bytes, file: str) -> Source:
    """What the bytes of ``file`` say; nothing is raised whatever stands in them."""
    if len(raw) > MOST_BYTES:
        message = _("The file has {size} KiB; an agreement has at most {most}.")
        values = {"size": math.ceil(len(raw) / 1024), "most": MOST_BYTES // 1024}
        return Source(None, {}, (Fault(message.format(**values), file, hint=_("Is it the right file?")),))
    text, faults = decoded(raw, file)
    tabs = tab_faults(text, file)
    reading = _Values(file)
    content = None
    try:
        top, of_the_grammar = parse(text, file)
        content = None if top is None else reading.of(top, ())
        faults += of_the_grammar
    except YAMLError as error:
        # A tab is also the parser's complaint, at the first line that has one.
        faults += [] if tabs else [syntax_fault(error, text, file)]
    faults += tabs + reading.faults
    return Source(content, reading.lines, tuple(sorted(faults, key=lambda fault: fault.line or 0)))


@dataclass
class _Values:
    file: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    """The lists and mappings we are inside of: one that repeats itself would never end."""
    count: int = 0

    def fault(self, line: int, message: str, hint: str | None = None) -> None:
        self.faults.append(Fault(message, self.file, line, hint))

    def of(self, node: Node, path: KeyPath) -> Any:
        self.count += 1
        if self.count > MOST_VALUES or id(node) in self.inside:
            if self.count <= MOST_VALUES:
                self.fault(node.line, _("{key} repeats itself without end.").format(key=dotted(path)))
            elif self.count == MOST_VALUES + 1:
                message = _("Written out, the file has more than {most} values.").format(most=MOST_VALUES)
                self.fault(node.line, message, _("Is it the right file?"))
            return None
        if isinstance(node, Scalar):
            return self.scalar(node, path)
        self.inside.append(id(node))
        value = self.items(node, path) if isinstance(node, Items) else self.mapping(node, path)
        self.inside.pop()
        return value

    def items(self, node: Items, path: KeyPath) -> tuple[Any, ...]:
        for place, item in enumerate(node.items):
            self.lines[(*path, place)] = item.line
        return tuple(self.of(item, (*path, place)) for place, item in enumerate(node.items))

    def mapping(self, node: Pairs, path: KeyPath) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                self.fault(key.line, _("A key is {found}; it must be text.").format(found=_kind(key)))
                continue
            place = (*path, key.text)
            if key.text in content:
                message = _("{key} is there twice: first in line {line}.")
                self.fault(
                    key.line, message.format(key=dotted(place), line=self.lines[place]), _("Keep one of the two.")
                )
                continue
            self.lines[place] = key.line
            content[key.text] = self.of(value, place)
        return content

    def scalar(self, node: Scalar, path: KeyPath) -> object:
        if not node.plain:
            return node.text
        if node.text in _WORDS:
            return _WORDS[node.text]
        number = _number(node.text)
        if number is None or math.isfinite(number):
            return node.text if number is None else number
        message = _("{key} is {found}; no number of an agreement is that large.")
        self.fault(node.line, message.format(key=dotted(path), found=node.text))
        return None


def _number(text: str) -> WrittenInteger | WrittenFloat | None:
    """The number that ``text`` writes, infinite where it is too large for one; None when it is a word."""
    number: WrittenInteger | WrittenFloat
    if _INTEGER.fullmatch(text):
        number = WrittenInteger(text)
    elif _BASED.fullmatch(text):
        number = WrittenInteger(text, 0)
    elif _NUMBER.fullmatch(text):
        number = WrittenFloat(text)
    elif _NOT_FINITE.fullmatch(text):
        number = WrittenFloat("inf")
    else:
        return None
    number.text = text
    return number


def _kind(node: Node) -> str:
    return shown([] if isinstance(node, Items) else {})
