"""Numbers as people write them: which sign is the decimal one is learnt from the column, never guessed per cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.ingest import sqltext as sql

__all__ = ["NUMBER_SHAPES", "Numbers", "currency_named", "integer", "number", "read_numbers", "tidied"]

PLAIN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"
DIGITS = r"[+-]?\d{1,18}"
CURRENCY = r"([$€£¥]|\b(EUR|USD|GBP|CHF|CAD|AUD|JPY|SEK|NOK|DKK|PLN|BRL|MAD)\b)"
CURRENCY_AROUND = rf"^{CURRENCY}[\s\x{{00A0}}\x{{202F}}]*|[\s\x{{00A0}}\x{{202F}}]*{CURRENCY}$"
NAMES_CURRENCY = r"^([€£]|[A-Z]{3})|([€£]|[A-Z]{3})$"
SHARED_SIGN = r"^[$¥]|[$¥]$"
"""Signs of several currencies: which dollar, only who wrote it knows."""
SEPARATORS = r"[\s\x{00A0}\x{202F}\x{2007}'’]"
SPACED_GROUPS = rf"[+-]?\d{{1,3}}({SEPARATORS}\d{{3}})+([.,]\d+)?"
ENGLISH_GROUPS = r"[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})"
CONTINENTAL_GROUPS = r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})"
COMMA_AND_THREE = r"[+-]?\d{1,3},\d{3}"
POINT_AND_THREE = r"[+-]?\d{1,3}\.\d{3}"
COMMA_DECIMAL = r"[+-]?\d*,\d+"
TIDY = rf"({PLAIN}|{ENGLISH_GROUPS}|{CONTINENTAL_GROUPS}|{COMMA_DECIMAL})"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a column writes its numbers.

    ``plain``: digits and a decimal point, nothing else. ``decimal``: the sign to believe where a cell could be read
    either way (``1,234``). ``guessed``: nothing in the data decided that, only the habit of such files.
    ``names_currency``: some cells say which currency they are in (``100 €``). ``shares_sign``: some have a sign that
    several currencies share, as ``$``, and nothing else.
    """

    plain: bool = True
    decimal: str = "."
    guessed: bool = False
    names_currency: bool = False
    shares_sign: bool = False


def _tidied(cell: str) -> str:
    """Without the currency beside it, and without the spaces or apostrophes between groups of three digits."""
    bare = f"regexp_replace({cell}, {sql.text(CURRENCY_AROUND)}, '', 'g')"
    closed = f"regexp_replace({bare}, {sql.text(SEPARATORS)}, '', 'g')"
    return f"(CASE WHEN {sql.matches(bare, SPACED_GROUPS)} THEN {closed} ELSE {bare} END)"


def currency_named(cell: str) -> str:
    """The code of the currency that a cell names beside its number (``€``, ``£``, ``CHF``), or NULL where none is."""
    mark = f"regexp_extract({cell}, {sql.text(NAMES_CURRENCY)})"
    return f"(CASE {mark} WHEN '€' THEN 'EUR' WHEN '£' THEN 'GBP' ELSE nullif({mark}, '') END)"


def _shape(pattern: str) -> str:
    return sql.matches(_tidied("{cell}"), pattern)


NUMBER_SHAPES = {
    "plain": sql.matches("{cell}", PLAIN),
    "digits": sql.matches("{cell}", r"[+-]?(0|[1-9]\d{0,17})"),
    "long_digits": sql.matches("{cell}", r"[+-]?\d{16,}"),
    "leading_zero": sql.matches("{cell}", r"[+-]?0\d+"),
    "number": _shape(TIDY),
    "english": f"({_shape(ENGLISH_GROUPS)} OR ({sql.matches('{cell}', PLAIN)} AND contains({{cell}}, '.') "
    f"AND NOT {sql.matches('{cell}', POINT_AND_THREE)}))",
    "continental": f"({_shape(CONTINENTAL_GROUPS)} OR ({_shape(COMMA_DECIMAL)} AND NOT {_shape(COMMA_AND_THREE)}))",
    "comma_and_three": _shape(COMMA_AND_THREE),
    "point_and_three": sql.matches("{cell}", POINT_AND_THREE),
    "names_currency": f"({_shape(TIDY)} AND {currency_named('{cell}')} IS NOT NULL)",
    "shares_sign": f"({_shape(TIDY)} AND {currency_named('{cell}')} IS NULL "
    f"AND regexp_matches({{cell}}, {sql.text(SHARED_SIGN)}))",
}
"""What is counted over a column to learn how it writes numbers; ``{cell}`` stands for the cell."""


def read_numbers(shapes: Mapping[str, int], *, comma_likely: bool) -> Numbers:
    """What a column's shapes say about it. ``comma_likely``: the rest of the file uses the decimal comma."""
    english, continental = shapes["english"], shapes["continental"]
    doubtful = shapes["comma_and_three"] + shapes["point_and_three"]
    if english or continental:
        decimal, guessed = ("," if continental > english else "."), False
    else:
        decimal, guessed = ("," if comma_likely else "."), shapes["comma_and_three"] > 0
        if not comma_likely and not shapes["comma_and_three"]:
            doubtful = 0  # 1.234 is a plain number unless something speaks for commas
    plain = shapes["plain"] == shapes["number"] and not (doubtful and decimal == ",")
    return Numbers(plain, decimal, guessed, shapes["names_currency"] > 0, shapes["shares_sign"] > 0)


def tidied(cell: str, how: Numbers) -> str:
    """``cell`` as digits with a decimal point, where it is a number; any other cell as it stands, or NULL."""
    return cell if how.plain else _plain_text(_tidied(cell), how.decimal)


def number(tidy: str) -> str:
    """A cell that :func:`tidied` has seen as a number, or NULL where it is none; it may be beyond what a computer
    holds.
    """
    return f"(CASE WHEN {sql.matches(tidy, PLAIN)} THEN try_cast({tidy} AS DOUBLE) END)"


def integer(tidy: str) -> str:
    """A cell that :func:`tidied` has seen as a whole number, or NULL where it is none; ``12.0`` is one."""
    value = number(tidy)
    return (
        f"(CASE WHEN {sql.matches(tidy, DIGITS)} THEN try_cast({tidy} AS BIGINT) "
        f"WHEN {value} = floor({value}) AND abs({value}) < 1e15 THEN {value}::BIGINT END)"
    )


def _plain_text(tidy: str, decimal: str) -> str:
    no_commas = f"replace({tidy}, ',', '')"
    no_points = f"replace({tidy}, '.', '')"
    comma_is_point = f"replace({no_points}, ',', '.')"
    comma_and_three, point_and_three = (comma_is_point, no_points) if decimal == "," else (no_commas, tidy)
    return (
        f"(CASE WHEN {sql.matches(tidy, ENGLISH_GROUPS)} THEN {no_commas} "
        f"WHEN {sql.matches(tidy, CONTINENTAL_GROUPS)} THEN {comma_is_point} "
        f"WHEN {sql.matches(tidy, COMMA_AND_THREE)} THEN {comma_and_three} "
        f"WHEN {sql.matches(tidy, POINT_AND_THREE)} THEN {point_and_three} "
        f"WHEN {sql.matches(tidy, COMMA_DECIMAL)} THEN {comma_is_point} "
        f"WHEN {sql.matches(tidy, PLAIN)} THEN {tidy} END)"
    )
