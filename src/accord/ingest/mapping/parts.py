"""The parts of a mapping file: recipes and conditions made of plain values, with every fault on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.agreement.findings import shown
from accord.agreement.kinds import WrittenFloat, WrittenInteger
from accord.agreement.source import KeyPath, line_of
from accord.errors import Fault
from accord.ingest.cells import FALSE_WORDS, TRUE_WORDS, is_word
from accord.ingest.folding import nearest
from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Before,
    Condition,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Lookup,
    Not,
    Only,
    Recipe,
    StartsWith,
    Words,
)
from accord.language import gettext as _
from accord.tables.schema import NULL_WORDS, TABLES, Column, Type

__all__ = ["DELIMITERS", "ENCODINGS", "Reader"]

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1")

BASES = ("column", "constant", "join", "first_of", "lookup", "value")
"""Where a value comes from: one of these in every recipe."""

CHANGES = ("before", "words", "otherwise", "when")
"""What may be done to it, in this order."""

OF_COLUMN = ("salesforce_id",)
OF_JOIN, OF_LOOKUP = ("with",), ("in", "by", "give", "if_absent")
TESTS = ("is", "is_not", "starts_with", "filled")
KEEP, EMPTY = "keep", "empty"


@dataclass
class Reader:
    """Makes parts of a mapping of what a file says; what it cannot use becomes a fault and None."""

    file: str
    lines: Mapping[KeyPath, int]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: KeyPath, message: str, hint: str | None = None) -> None:
        """Note a fault of what stands at ``path``."""
        self.faults.append(Fault(message, self.file, line_of(self.lines, path), hint))

    def keys(
        self, content: object, path: KeyPath, allowed: Sequence[str], needed: Sequence[str] = ()
    ) -> Mapping[str, object] | None:
        """``content`` as keys with values, all of them known and none of the needed absent."""
        if not isinstance(content, dict):
            self.fault(
                path,
                _("Keys are expected here: {allowed}; found {found}.").format(
                    allowed=", ".join(allowed), found=shown(content)
                ),
            )
            return None
        for key in content:
            if key not in allowed:
                close = nearest(str(key), allowed)
                self.fault(
                    (*path, key),
                    _("{key} is not known here.").format(key=key),
                    _("Is {close} meant?").format(close=close)
                    if close
                    else _("Allowed: {allowed}.").format(allowed=", ".join(allowed)),
                )
        for key in needed:
            if key not in content:
                self.fault(path, _("{key} is missing here.").format(key=key))
        return content

    def items(self, content: object, path: KeyPath, *, may_be_empty: bool = False) -> Sequence[object]:
        """``content`` as a list."""
        if isinstance(content, (list, tuple)) and (content or may_be_empty):
            return content
        self.fault(
            path, _("A list with at least one entry is expected here; found {found}.").format(found=shown(content))
        )
        return ()

    def text(self, content: object, path: KeyPath) -> str | None:
        """``content`` as it is written; None for nothing."""
        match content:
            case None:
                return None
            case bool():
                return "true" if content else "false"
            case WrittenInteger() | WrittenFloat():
                return content.text
            case str():
                return content
            case _:
                self.fault(path, _("One word or text is expected here; found {found}.").format(found=shown(content)))
                return None

    def word(self, content: object, path: KeyPath, allowed: Sequence[str], *, optional: bool = False) -> str | None:
        """``content`` as one of ``allowed``."""
        found = self.text(content, path)
        if found is None and optional:
            return None
        if found not in allowed:
            close = nearest(found or "", allowed)
            self.fault(
                path,
                _("{found} is not one of {allowed}.").format(
                    found=shown(found),
                    allowed=", ".join(repr(word) if not word.isalnum() else word for word in allowed),
                ),
                _("Is {close} meant?").format(close=close) if close else None,
            )
            return None
        return found

    def recipe(self, content: object, path: KeyPath, target: Column | None = None) -> Recipe | None:
        """Where a value comes from: a column by its name, or keys that say more.

        ``target``: the column that it becomes, where that holds words of its own: those written here must be among
        them, or every row would be refused.
        """
        if not isinstance(content, dict):
            name = self.text(content, path)
            if name is None:
                self.fault(path, _("Nothing says where this comes from."), _("Name a column, or write constant: …"))
                return None
            return FromColumn(name)
        bases = [key for key in BASES if key in content]
        allowed = (*BASES, *CHANGES, *OF_COLUMN, *OF_JOIN, *OF_LOOKUP)
        if self.keys(content, path, allowed) is None or len(bases) != 1:
            self.fault(
                path,
                _("Exactly one of {bases} is expected here; found {found}.").format(
                    bases=", ".join(BASES), found=", ".join(bases) or _("none")
                ),
            )
            return None
        if "salesforce_id" in content and (
            bases[0] not in {"column", "lookup"} or content["salesforce_id"] is not True
        ):
            self.fault(
                (*path, "salesforce_id"), _("salesforce_id: true stands beside column or lookup, or not at all.")
            )
        as_it_is = "before" not in content and "words" not in content
        made = self._base(bases[0], content, path, target if as_it_is else None)
        return None if made is None else self._changed(made, content, path, target)

    def _known(self, text: str | None, path: KeyPath, target: Column | None) -> None:
        """A fault where ``text`` would be refused in every row of ``target``."""
        if not text or target is None or text.lower() in NULL_WORDS:
            return
        if target.allowed and not is_word(text, target):
            self.word(text, path, target.allowed)
        if target.type is Type.BOOLEAN and text.lower() not in {*TRUE_WORDS, *FALSE_WORDS}:
            self.word(text, path, ("true", "false"))

    def _base(self, base: str, content: Mapping[str, object], path: KeyPath, target: Column | None) -> Recipe | None:
        inner, here = content[base], (*path, base)
        match base:
            case "column":
                name = self.text(inner, here)
                return None if name is None else FromColumn(name, content.get("salesforce_id") is True)
            case "constant":
                text = self.text(inner, here)
                self._known(text, here, target)
                return None if text is None else Constant(text)
            case "value":
                return self.recipe(inner, here, target)
            case "lookup":
                return self._lookup(content, path)
            case _:
                parts = tuple(
                    recipe
                    for number, part in enumerate(self.items(inner, here))
                    if (recipe := self.recipe(part, (*here, number), target if base == "first_of" else None))
                    is not None
                )
                if base == "first_of":
                    return FirstOf(parts)
                separator = self.text(content.get("with", "-"), (*path, "with"))
                return Joined(parts, "" if separator is None else separator)

    def _lookup(self, content: Mapping[str, object], path: KeyPath) -> Recipe | None:
        value = self.recipe(content["lookup"], (*path, "lookup"))
        for key in ("in", "by", "give"):
            if key not in content:
                self.fault(path, _("A lookup needs in, by and give; {key} is missing.").format(key=key))
        place = content.get("in")
        file = table = None
        if isinstance(place, dict):
            self.keys(place, (*path, "in"), ("file",), ("file",))
            file = self.text(place.get("file"), (*path, "in", "file"))
        elif place is not None:
            table = self.word(place, (*path, "in"), tuple(known.name for known in TABLES))
        by, give = (self.text(content.get(key), (*path, key)) for key in ("by", "give"))
        absent = self.word(content.get("if_absent", EMPTY), (*path, "if_absent"), (EMPTY, "refuse"))
        if value is None or by is None or give is None or (file is None and table is None):
            return None
        return Lookup(
            value,
            by,
            give,
            file,
            table,
            optional=absent != "refuse",
            salesforce_id=content.get("salesforce_id") is True,
        )

    def _changed(
        self, recipe: Recipe, content: Mapping[str, object], path: KeyPath, target: Column | None
    ) -> Recipe | None:
        if "before" in content:
            separator = self.text(content["before"], (*path, "before"))
            recipe = Before(recipe, separator or ";")
        if "words" in content:
            words = content["words"]
            if isinstance(words, dict):
                meanings = {str(word): self.text(to, (*path, "words", word)) or "" for word, to in words.items()}
                for word, to in meanings.items():
                    self._known(to, (*path, "words", word), target)
                otherwise = self.text(content.get("otherwise", KEEP), (*path, "otherwise"))
                if otherwise not in {KEEP, EMPTY}:
                    self._known(otherwise, (*path, "otherwise"), target)
                recipe = Words(
                    recipe, meanings, None if otherwise == KEEP else "" if otherwise in (EMPTY, None) else otherwise
                )
            else:
                self.fault((*path, "words"), _("words: lists each word with what it becomes, as in Busy: no_answer."))
        elif "otherwise" in content:
            self.fault((*path, "otherwise"), _("otherwise says what becomes of other words; there are no words here."))
        if "when" in content:
            condition = self.condition(content["when"], (*path, "when"))
            return None if condition is None else Only(recipe, condition)
        return recipe

    def condition(self, content: object, path: KeyPath) -> Condition | None:  # noqa: PLR0911 - one for each kind
        """A condition: a column and what it must be, or several conditions tied together."""
        allowed = ("column", *TESTS, "all", "any", "not")
        found = self.keys(content, path, allowed)
        if found is None:
            return None
        for key, tie in (("all", AllOf), ("any", AnyOf)):
            if key in found:
                parts = tuple(
                    made
                    for number, part in enumerate(self.items(found[key], (*path, key)))
                    if (made := self.condition(part, (*path, key, number))) is not None
                )
                return tie(parts)
        if "not" in found:
            inner = self.condition(found["not"], (*path, "not"))
            return None if inner is None else Not(inner)
        column = self.text(found.get("column"), (*path, "column"))
        tests = [test for test in TESTS if test in found]
        if column is None or len(tests) != 1:
            if column is None or tests or all(key in allowed for key in found):  # else what is meant was told above
                self.fault(path, _("A condition names a column and one of {tests}.").format(tests=", ".join(TESTS)))
            return None
        if tests[0] == "filled":
            return Filled(column) if found["filled"] is not False else Not(Filled(column))
        written = found[tests[0]]
        listed = written if isinstance(written, (list, tuple)) else [written]
        words = tuple(text for part in listed if (text := self.text(part, (*path, tests[0]))) is not None)
        if tests[0] == "starts_with":
            return StartsWith(column, tuple(word for word in words if word))
        return IsOneOf(column, words) if tests[0] == "is" else Not(IsOneOf(column, words))
