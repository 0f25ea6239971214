"""The French catalogue is complete, true to the source, and compiled."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

import catalogue
from accord.language import both, gettext, mark, ngettext, use_language
from support.source import ROOT, modules

TRANSLATED_CALLS = {"_", "gettext", "ngettext", "both", "mark"}


def test_every_sentence_has_its_french() -> None:
    assert catalogue.faults() == [], "`make catalogue` collects new sentences; then translate them in accord.po"


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    # The catalogue is collected by reading: an f-string or a sum could never be found in it.
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in modules()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in TRANSLATED_CALLS
        and any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in call.args)
    ]
    assert wrong == []


def test_sentences_inside_others_are_collected(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "first = f\"{_('one')} {name}\"\n"
        'second = ngettext("{n} row", "{n} rows", n).format(n=n) + _(variable)\n'
        'third = both("two", n=3)\n'
    )
    assert list(catalogue.sentences_in_code(code)) == [(1, "one"), (2, ("{n} row", "{n} rows")), (3, "two")]


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("{n} rows of {table}", "{n} lignes de {tabel}", "unknown placeholder in '{n} lignes de {tabel}'"),
        ("{n} rows of {table}", "{n} lignes", "without table"),
        ("Usage: ", "Usage :", "other white space at the ends in 'Usage :'"),
        ("ends at %H:%M", "finit à %H", "other % codes in 'finit à %H'"),
        ("a sentence", "", "not translated"),
    ],
)
def test_a_wrong_translation_is_found(source: str, translation: str, fault: str) -> None:
    messages = Catalog(locale="fr")
    assert fault in catalogue.message_faults(messages.add(source, translation))


def test_french_counts_zero_and_one_as_one() -> None:
    messages = Catalog(locale="fr")
    right = messages.add(("{n} row", "{n} rows"), ("{n} ligne", "{n} lignes"))
    assert list(catalogue.message_faults(right)) == []
    assert messages.plural_expr == "(n > 1)"


def test_nothing_to_say_stays_nothing() -> None:
    use_language("fr")
    assert gettext("") == ""  # the catalogue keeps its header under the empty sentence


def test_a_sentence_nobody_translated_is_said_in_english() -> None:
    use_language("fr")
    assert gettext("never in any catalogue") == mark("never in any catalogue")
    assert ngettext("one thing", "{n} things", 2) == "{n} things"
    assert both("{n} things", n=3) == {"en": "3 things", "fr": "3 things"}
