"""The French catalogue: collect the sentences of the source, keep their translations, compile, say what is missing.

``python scripts/catalogue.py`` rewrites ``accord.po`` (new sentences appear in it with an empty translation, sentences
that are gone leave it) and compiles ``accord.mo``, which is committed because the wheel carries it. With ``--check``
it changes nothing, lists what is missing and ends with exit code 1 if anything is.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
FOLDER = SOURCE / "accord" / "locale" / "fr" / "LC_MESSAGES"
PO = FOLDER / "accord.po"
MO = FOLDER / "accord.mo"

KEYWORDS: Mapping[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "both": None,
    "mark": None,
}
TEMPLATES = [("**.html", "jinja2"), ("**.j2", "jinja2")]
# The command-line library takes its own sentences from our catalogue (accord.language.install_for_command_line).
TYPER_MODULES = ("core.py", "rich_utils.py")
STRFTIME = re.compile(r"%-?[A-Za-z%]")


def main() -> int:
    """Update and compile the catalogue, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 when anything is missing")
    if not parser.parse_args().check:
        catalogue = up_to_date_catalogue()
        FOLDER.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(po_bytes(catalogue))
        MO.write_bytes(mo_bytes(catalogue))
    found = faults()
    print("\n".join(found) if found else f"{PO.relative_to(ROOT)}: complete")
    return 1 if found else 0


def collected() -> Catalog:
    """Every sentence of the source, and of the command-line library."""
    catalogue = Catalog(locale="fr", project="Accord", fuzzy=False)
    for path in sorted(SOURCE.rglob("*.py")):
        for line, message in sentences_in_code(path):
            catalogue.add(message, None, [(str(path.relative_to(ROOT)), line)])
    for name, line, message, _comments, context in extract_from_dir(
        SOURCE, method_map=TEMPLATES, keywords=dict(KEYWORDS)
    ):
        catalogue.add(message, None, [(f"src/{name}", line)], context=context)
    typer = find_spec("typer")
    assert typer is not None
    assert typer.origin is not None
    for module in TYPER_MODULES:
        for line, message, _comments, context in extract_from_file(
            "python", Path(typer.origin).parent / module, keywords={"_": None}
        ):
            catalogue.add(message, None, [(f"typer/{module}", line)], context=context)
    return catalogue


def sentences_in_code(path: Path) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """Line and sentence of every call that translates, in order.

    Babel reads tokens, and before Python 3.12 an f-string is one token: ``f"{_('…')}"`` would stay in English.
    """
    calls = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in KEYWORDS:
            forms = 1 if KEYWORDS[call.func.id] is None else 2
            given = [argument.value for argument in call.args[:forms] if isinstance(argument, ast.Constant)]
            texts = tuple(text for text in given if isinstance(text, str) and text)
            if len(texts) == forms:
                yield call.lineno, texts if forms > 1 else texts[0]


def up_to_date_catalogue() -> Catalog:
    """The translations there are, for exactly the sentences that the source has now."""
    existing = existing_catalogue()
    template = collected()
    template.creation_date = existing.creation_date  # no date of today in the file: nothing changed, nothing differs
    existing.update(template, no_fuzzy_matching=True, update_creation_date=False)
    existing.obsolete.clear()
    return existing


def existing_catalogue() -> Catalog:
    """The catalogue as it is committed; an empty one before the first."""
    if not PO.exists():
        return Catalog(
            locale="fr",
            domain="accord",
            header_comment="# What Accord says, in French.",
            fuzzy=False,
            project="Accord",
            version="0",
            msgid_bugs_address="none",
            last_translator="The Accord authors",
            language_team="French",
        )
    with PO.open("rb") as file:
        return read_po(file, locale="fr", domain="accord")


def po_bytes(catalogue: Catalog) -> bytes:
    """The text of ``accord.po``."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False, sort_by_file=True)
    return buffer.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """The content of ``accord.mo``."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def faults() -> list[str]:
    """Everything that keeps the committed catalogue from being complete and true to the source."""
    existing = existing_catalogue()
    current = up_to_date_catalogue()
    found = [
        f"not in accord.po: {said(message)}" for message in sentences(current) if not in_catalogue(message, existing)
    ]
    found += [
        f"no longer in the source: {said(message)}"
        for message in sentences(existing)
        if not in_catalogue(message, current)
    ]
    found += [f"obsolete: {identifier!r}" for identifier in existing.obsolete]
    found += [f"{fault}: {said(message)}" for message in sentences(existing) for fault in message_faults(message)]
    if not found and PO.read_bytes() != po_bytes(current):
        found.append("accord.po is not as make catalogue writes it")
    if not MO.exists() or MO.read_bytes() != mo_bytes(existing):
        found.append("accord.mo is older than accord.po: make catalogue")
    return found


def sentences(catalogue: Catalog) -> list[Message]:
    """Its messages without the header, which is the translation of nothing."""
    return [message for message in catalogue if message.id]


def in_catalogue(message: Message, catalogue: Catalog) -> bool:
    """Whether the catalogue has the sentence, in the same singular and plural."""
    other = catalogue.get(message.id, message.context)
    return other is not None and other.id == message.id


def said(message: Message) -> str:
    """The English of a sentence, and where it stands."""
    places = ", ".join(sorted({place for place, _ in message.locations}))
    return f"{singular(message)!r} ({places})"


def singular(message: Message) -> str:
    """The English of a sentence (of its singular)."""
    return message.id if isinstance(message.id, str) else message.id[0]


def message_faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    if not all(translations):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    for translation in translations:
        if placeholders([translation]) - placeholders(sources):
            yield f"unknown placeholder in {translation!r}"
        # The form for one may leave the number out ("un lead"), but only where English has a form for one too.
        needed = (
            placeholders(sources[:1]) if len(sources) == 1 else placeholders(sources[:1]) & placeholders(sources[1:])
        )
        optional = {"n", "count"} if len(sources) > 1 else set()
        if missing := needed - placeholders([translation]) - optional:
            yield f"without {', '.join(sorted(missing))}"
        if edges(translation) != edges(sources[0]):
            yield f"other white space at the ends in {translation!r}"
        if sorted(STRFTIME.findall(translation)) != sorted(STRFTIME.findall(sources[0])):
            yield f"other % codes in {translation!r}"


def placeholders(texts: Iterable[str]) -> set[str]:
    """The names in braces, whatever their format."""
    names: set[str] = set()
    for text in texts:
        try:
            names |= {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError:  # a lone brace: a text that is not a format
            names.add("{")
    return names


def edges(text: str) -> tuple[str, str]:
    """Plain white space before and after a text, which layouts rely on (the unbreakable one before ";" is French)."""
    return text[: len(text) - len(text.lstrip(" \n\t"))], text[len(text.rstrip(" \n\t")) :]


if __name__ == "__main__":
    sys.exit(main())
