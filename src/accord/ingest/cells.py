"""Cells as text: what is missing, which words count, what is yes and what is no. Each function answers DuckDB SQL."""

from __future__ import annotations

from accord.ingest import sqltext as sql
from accord.ingest.folding import fold
from accord.language import LANGUAGES, both
from accord.tables.reasons import DISQUALIFICATION_REASONS, OTHER, REASON_LABELS, REJECTION_REASONS
from accord.tables.schema import Column

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "boolean", "filled", "is_word", "nearest_word", "reason", "trimmed", "word"]

TRUE_WORDS = ("true", "1", "yes", "oui", "vrai", "t", "y", "1.0")
FALSE_WORDS = ("false", "0", "no", "non", "faux", "f", "n", "0.0")

OTHER_WORDS = {
    "accepted": ("accepté", "acceptée"),
    "rejected": ("refusé", "refusée", "rejeté", "rejetée"),
    "disqualified": ("disqualifié", "disqualifiée"),
    "recycled": ("recyclé", "recyclée"),
    "exploring": ("en réflexion", "exploration"),
    "defined": ("défini", "identifié"),
    "none": ("aucun",),
    "call": ("appel", "appel téléphonique"),
    "email": ("e-mail", "mail", "courriel"),
    "meeting": ("réunion", "rendez-vous", "rdv"),
    "visit": ("visite",),
    "task": ("tâche",),
    "out": ("sortant", "sortante", "outbound"),
    "in": ("entrant", "entrante", "inbound"),
}
"""Word of the contract → what people write for it in French, or in full."""

BLANKS = " \t\r\n\u00a0\u202f\u2007\ufeff"
"""Blanks around a value say nothing; the last four are the hard spaces and marks that exports leave behind."""


def trimmed(cell: str) -> str:
    """A cell without the blanks around it; NULL when nothing is left.

    Trimming costs more than all the rest of reading a plain cell, so a look at the ends decides whether there is
    anything to trim: a first letter up to the blank, a last one that is a blank, or a letter beyond ASCII.
    """
    return (
        f"(CASE WHEN {cell} = '' THEN NULL WHEN {cell} < '!' OR {cell}[-1] < '!' OR strlen({cell}) <> length({cell}) "
        f"THEN nullif(trim({cell}, {sql.text(BLANKS)}), '') ELSE {cell} END)"
    )


def filled(neat: str, null_words: frozenset[str]) -> str:
    """A trimmed cell, or NULL for a word that means *missing*."""
    words = sorted(word.casefold() for word in null_words)
    if not words:
        return neat
    longest = max(len(word.encode()) for word in words)
    return (
        f"(CASE WHEN strlen({neat}) > {longest} THEN {neat} "
        f"WHEN lower({neat}) IN {sql.text_list(words)} THEN NULL ELSE {neat} END)"
    )


def boolean(cell: str) -> str:
    """Yes, no, or NULL where it is neither."""
    return (
        f"(CASE WHEN {cell} = 'true' THEN true WHEN {cell} = 'false' THEN false "
        f"WHEN lower({cell}) IN {sql.text_list(TRUE_WORDS)} THEN true "
        f"WHEN lower({cell}) IN {sql.text_list(FALSE_WORDS)} THEN false END)"
    )


def word(cell: str, column: Column) -> str:
    """One of the words that ``column`` allows, whatever its case, or its French; NULL for others unless welcome."""
    allowed = sql.text_list(column.allowed)
    usual = f"replace(replace(lower({cell}), ' ', '_'), '-', '_')"
    known = {fold(other): one for one in column.allowed for other in OTHER_WORDS.get(one, ())}
    otherwise = ""
    if column.others_welcome:
        otherwise = f" ELSE {cell}"
    elif known:
        pairs = ", ".join(f"{sql.text(other)}: {sql.text(one)}" for other, one in known.items())
        otherwise = f" ELSE (MAP {{{pairs}}})[{_folded(cell)}]"
    return f"(CASE WHEN {cell} IN {allowed} THEN {cell} WHEN {usual} IN {allowed} THEN {usual}{otherwise} END)"


def is_word(text: str, column: Column) -> bool:
    """Whether a cell with this text is one of the words that ``column`` allows, as :func:`word` reads it."""
    neat = text.strip(BLANKS)
    usual = neat.lower().replace(" ", "_").replace("-", "_")
    others = {fold(other) for one in column.allowed for other in OTHER_WORDS.get(one, ())}
    return column.others_welcome or usual in column.allowed or fold(neat) in others


def _folded(cell: str) -> str:
    return f"regexp_replace(lower(strip_accents({cell})), '[^a-z0-9]', '', 'g')"


def nearest_word(cell: str, allowed: tuple[str, ...]) -> str:
    """The allowed word that a wrong one most resembles, by edits; NULL when it resembles none."""
    distances = ", ".join(
        f"{{'edits': damerau_levenshtein(lower({cell}), {sql.text(known)}), 'word': {sql.text(known)}}}"
        for known in allowed
    )
    best = f"list_min([{distances}])"
    return f"(CASE WHEN {best}.edits <= greatest(2, strlen({cell}) // 4) THEN {best}.word END)"


def reason(cell: str) -> str:
    """A reason code for a code or its label in any language we speak; any other text behind :data:`OTHER`."""
    codes = [code for level in REJECTION_REASONS.values() for code in level] + list(DISQUALIFICATION_REASONS)
    known: dict[str, str] = {}
    for code in codes:
        labels = both(REASON_LABELS[code])
        for label in (code, *(labels[language] for language in LANGUAGES)):
            known.setdefault(fold(label), code)
    pairs = ", ".join(f"{sql.text(label)}: {sql.text(code)}" for label, code in known.items())
    return (
        f"(CASE WHEN {cell} IS NULL THEN NULL WHEN {cell} IN {sql.text_list(codes)} THEN {cell} "
        f"WHEN starts_with({cell}, {sql.text(OTHER)}) THEN {cell} "
        f"ELSE coalesce((MAP {{{pairs}}})[{_folded(cell)}], {sql.text(OTHER)} || {cell}) END)"
    )
