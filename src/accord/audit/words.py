"""Words that look like a value and say nothing, and values that differ only in how they are written."""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir

from accord.tables.schema import table_named

__all__ = [
    "EMPTY_WORDS",
    "TEST_WORDS",
    "allowed_words",
    "bare",
    "email_columns",
    "folded",
    "is_one_of",
    "text_columns",
]

EMPTY_WORDS = (
    "unknown",
    "none",
    "nil",
    "nothing",
    "tbd",
    "tba",
    "todo",
    "x",
    "xx",
    "xxx",
    "n.a.",
    "n.c.",
    "not set",
    "(not set)",
    "(none)",
    "(blank)",
    "blank",
    "empty",
    "not provided",
    "not specified",
    "not available",
    "no value",
    "please select",
    "--none--",
    "--",
    ".",
    "inconnu",
    "inconnue",
    "aucun",
    "aucune",
    "vide",
    "non renseigné",
    "non renseignée",
    "non défini",
    "non définie",
    "à compléter",
    "à définir",
)
"""Lower case. They are values until a mapping says otherwise: in some data ``unknown`` is a real origin."""

TEST_WORDS = ("test", "tests", "testing", "test test", "essai", "asdf", "azerty", "qwerty", "fake", "dummy")
"""Lower case: a company or a name that is exactly one of these is nobody."""


_EMAIL = re.compile(
    r"(person|contact|work|business|lead|primary)?[_ ]?(e[-_ ]?mail|courriel)[_ ]?(address|from)?", re.IGNORECASE
)


def text_columns(leads: ir.Table) -> tuple[str, ...]:
    """Text columns of leads that describe the lead, ids left out."""
    ids = {"lead_id", "merged_into", "customer_id"}
    return tuple(name for name, kind in leads.schema().items() if kind.is_string() and name not in ids)


def email_columns(leads: ir.Table) -> tuple[str, ...]:
    """Columns that hold the e-mail address of a lead, by their name in English or French."""
    return tuple(name for name in text_columns(leads) if _EMAIL.fullmatch(name))


def bare(value: ir.StringValue) -> ir.StringValue:
    """A text without the blanks around it, in lower case."""
    return value.strip().lower()


def folded(word: str) -> str:
    """What stays of a word when case, blanks, dashes and underscores do not count."""
    return re.sub(r"[\s_\-]+", "", word).casefold()


def allowed_words(column: str) -> tuple[str, ...]:
    """The words the contract itself allows in a column of leads."""
    known = table_named("leads").column(column)
    return known.allowed if known is not None else ()


def is_one_of(value: ir.StringValue, words: tuple[str, ...]) -> ir.BooleanValue:
    """Whether a text is one of ``words``, blanks and case aside; false when it is missing."""
    return ibis.coalesce(bare(value).isin(list(words)), ibis.literal(value=False))
