"""The parts of a YAML file with their lines, before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["MOST_LEVELS", "Items", "Node", "Pairs", "Scalar", "parse"]

MOST_LEVELS = 40
"""An agreement has eight."""


@dataclass(slots=True)
class Scalar:
    """A word, a number or a text; ``plain`` when it stands without quotes."""

    line: int
    text: str
    plain: bool


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Pairs:
    """A mapping, with keys that may be there twice."""

    line: int
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


Node = Scalar | Items | Pairs


def parse(text: str, file: str) -> tuple[Node | None, list[Fault]]:
    """The top of the file, None when nothing stands in it, and what an agreement has no use for.

    Raises ``YAMLError`` where the text is not YAML.
    """
    events = YAML(typ="safe", pure=True).parse(text)
    parser = _Parser(file, events)
    try:
        return parser.document(), parser.faults
    except _TooDeepError:
        return None, parser.faults


class _TooDeepError(Exception):
    """No agreement is like this, and the parser would need minutes for the rest."""


@dataclass
class _Parser:
    file: str
    events: Iterator[Event]
    faults: list[Fault] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)

    def document(self) -> Node | None:
        top: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.fault(event, _("A second document begins here; an agreement is one."), _("Remove the ---."))
                    break
            elif isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                top = self.node(event, 1)
        return top

    def fault(self, event: Event, message: str, hint: str | None = None) -> None:
        self.faults.append(Fault(message, self.file, event.start_mark.line + 1, hint))

    def node(self, event: Any, level: int) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            return self.alias(event, line)
        if event.tag is not None:
            self.fault(
                event,
                _("{tag} is a tag of YAML; an agreement has none.").format(tag=event.tag),
                _("Remove it; put the value in quotes if it is text."),
            )
        node: Node
        if isinstance(event, ScalarEvent):
            node = Scalar(line, event.value, plain=not event.style)
        elif isinstance(event, SequenceStartEvent):
            node = Items(line)
        else:
            node = Pairs(line)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        if level == MOST_LEVELS and not isinstance(node, Scalar):
            self.fault(event, _("Lists and mappings are nested more than {most} deep.").format(most=MOST_LEVELS))
            raise _TooDeepError
        if isinstance(node, Items):
            node.items.extend(self.node(inner, level + 1) for inner in self.until(SequenceEndEvent))
        elif isinstance(node, Pairs):
            for inner in self.until(MappingEndEvent):
                key = self.node(inner, level + 1)
                node.pairs.append((key, self.node(next(self.events), level + 1)))
        return node

    def until(self, end: type[Event]) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def alias(self, event: AliasEvent, line: int) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            self.fault(
                event,
                _("*{name} repeats something that has no name.").format(name=event.anchor),
                _("Write &{name} before what it repeats, or put the text in quotes.").format(name=event.anchor),
            )
            return Scalar(line, "", plain=True)
        return node
