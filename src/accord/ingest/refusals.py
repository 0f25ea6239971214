"""Why a row is refused: every reason, its sentence and what to do. The one home of these words.

A refused row is kept with its reasons in English (a database does not change its language); :func:`told` says one in
the reader's language, worked out again from its code, column and value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.ingest.folding import nearest
from accord.ingest.meanings import meaning_of_word
from accord.language import gettext as _
from accord.language import mark
from accord.tables.schema import TABLES, table_named

__all__ = ["LONGEST_SHOWN", "REFUSALS", "Refusal", "named", "told"]

LONGEST_SHOWN = 80
"""Letters of a value that a message repeats."""


OF_EVERY_ROW = frozenset({"created_at", *(name for table in TABLES for name in table.key), "lead_id"})
"""Columns without which a row is nobody's: a mapping does not leave it out for that."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One kind of reason: ``message`` and ``hint`` with ``{column}``, ``{value}`` and ``{allowed}`` to fill in."""

    code: str
    message: str
    hint: str


REFUSALS: Mapping[str, Refusal] = {
    refusal.code: refusal
    for refusal in (
        Refusal(
            "missing",
            mark("{column} is empty."),
            mark("Every row needs it: fill it in."),
        ),
        Refusal(
            "missing_any_of",
            mark("None of {column} is filled."),
            mark("Fill in at least one of them."),
        ),
        Refusal(
            "not_an_integer",
            mark("{column} is {value}, which is not a whole number."),
            mark("Write digits only, as in 250."),
        ),
        Refusal(
            "not_a_number",
            mark("{column} is {value}, which is not a number."),
            mark("Write it as in 12500.50."),
        ),
        Refusal(
            "infinite",
            mark("{column} is {value}, beyond every number that can be stored."),
            mark("Correct the number, or leave the cell empty; a division by zero may have made it."),
        ),
        Refusal(
            "spreadsheet_error",
            mark("{column} is {value}: an error of the spreadsheet, and no value."),
            mark("Correct the formula in the spreadsheet, or empty the cell, and save it."),
        ),
        Refusal(
            "never_calculated",
            mark("{column} is {value}: a formula whose result is not in the file."),
            mark("Open the file in a spreadsheet, let it calculate, and save it again."),
        ),
        Refusal(
            "not_a_boolean",
            mark("{column} is {value}, which is neither yes nor no."),
            mark("Write true or false."),
        ),
        Refusal(
            "not_a_time",
            mark("{column} is {value}, which is not a time."),
            mark("Write it as in 2026-07-31T18:00:00+02:00, or a date alone as in 2026-07-31."),
        ),
        Refusal(
            "day_or_month",
            mark("{column} is {value}, and nothing in the file tells whether the day comes first or the month."),
            mark(
                "Write it as in 2026-07-31, or say in a mapping which comes first (dates: day first, or month first)."
            ),
        ),
        Refusal(
            "day_number",
            mark("{column} is {value}: a spreadsheet's number of a day, among dates that are written as dates."),
            mark("Format the column as a date in the spreadsheet, or write the date as in 2026-07-31."),
        ),
        Refusal(
            "not_a_date",
            mark("{column} is {value}, which is not a date."),
            mark("Write it as in 2026-07-31."),
        ),
        Refusal(
            "impossible_date",
            mark("{column} is {value}: there is no such day or hour between 1900 and 2199."),
            mark("Correct the day, the month or the year."),
        ),
        Refusal(
            "unknown_word",
            mark("{column} is {value}, which is not a word it may hold."),
            mark("Allowed: {allowed}."),
        ),
        Refusal(
            "negative",
            mark("{column} is {value}, and cannot be below zero."),
            mark("Correct the number, or leave the cell empty."),
        ),
        Refusal(
            "end_before_start",
            mark("The end, {value}, is before the start."),
            mark("Swap the dates, or correct one of them."),
        ),
        Refusal(
            "too_long",
            mark("{column} is longer than 500 characters, too long to identify anything."),
            mark("Check that the columns have not slipped."),
        ),
        Refusal(
            "no_match",
            mark("{column}: nothing is known under {value}."),
            mark("Import the file that holds it, then this one again; or both at once."),
        ),
        Refusal(
            "too_few_cells",
            mark("The row has fewer cells than there are headings."),
            mark("Put quotes around a cell that holds a line break, or fill in the cells that are missing."),
        ),
        Refusal(
            "one_cell",
            mark("Only the first cell of this row is there."),
            mark("A title, a total or a remark is no row: leave it, or delete its line. Else fill in the other cells."),
        ),
        Refusal(
            "too_many_cells",
            mark("The row has more cells than there are headings."),
            mark(
                "Put quotes around a cell that holds the delimiter; or remove the delimiter too many at the end of the "
                "row; or give the last column a heading."
            ),
        ),
        Refusal(
            "broken_quotes",
            mark("A quote in this row is not closed, or text follows one that is."),
            mark('Double the quotes inside a quoted cell, as in "he said ""yes""".'),
        ),
        Refusal(
            "zero_byte",
            mark("The row holds a zero byte, which is no character of any text."),
            mark("Export the file again."),
        ),
        Refusal(
            "not_utf8",
            mark("The row is not in the encoding of the rest of the file, UTF-8."),
            mark("Save the whole file as UTF-8."),
        ),
        Refusal(
            "double_key",
            mark("The object has the key {value} twice."),
            mark("Remove one of the two, or rename it: nobody could tell which is meant."),
        ),
        Refusal(
            "not_an_object",
            mark("The line is not a JSON object."),
            mark('Write one object per line, as in {"lead_id": "L1", "created_at": "2026-07-31"}.'),
        ),
    )
}


def named(column: str, heading: str | None) -> str:
    """A column as its file calls it, with the contract's name beside it; of several, those that would do, by their
    names alone where the file has one of them.
    """
    if heading in column.split(", "):
        return column
    return f"{heading} ({column})" if heading and column else heading or column


def told(table: str, reason: Mapping[str, str | None]) -> str:
    """A reason as it is kept (code, column, value, message, hint, heading), in the reader's language.

    As it was kept when its code is not known any more.
    """
    refusal = REFUSALS.get(reason["code"] or "")
    column, heading = reason.get("column") or "", reason.get("heading")
    if refusal is None:
        return " ".join(part for part in (reason["message"], reason.get("hint")) if part)
    shown = reason.get("value") or ""
    if len(shown) > LONGEST_SHOWN:
        shown = f"{shown[: LONGEST_SHOWN - 1]}…"
    said = _(refusal.message).replace("{column}", named(column, heading)).replace("{value}", shown)
    known = table_named(table).column(column)
    allowed = known.allowed if known else ()
    advice = _(refusal.hint).replace("{allowed}", ", ".join(allowed))
    close = nearest(shown, allowed) if shown else None
    meant = [_("Did you mean {close}?").format(close=close)] if close else []
    snippet = []
    if refusal.code == "unknown_word" and shown and not close:
        snippet = [_in_a_mapping(column, heading or column, shown, allowed)]
    elif refusal.code == "missing" and heading and ", " not in heading and column not in OF_EVERY_ROW:
        snippet = [_says_nothing(table, heading)]
    return " ".join([said, *meant, advice, *snippet])


def _says_nothing(table: str, heading: str) -> str:
    """How a mapping leaves out the rows of a file that say nothing of a table."""
    return _("Or, if such a row gives no {table}, say so in a mapping, beside columns: {snippet}").format(
        table=table, snippet=f"when: {{column: {_written(heading)}, filled: true}}"
    )


def _written(text: str) -> str:
    """``text`` as YAML reads it back."""
    return text if text.replace(" ", "").isalnum() and not text[0].isdigit() else json.dumps(text, ensure_ascii=False)


def _in_a_mapping(column: str, heading: str, word: str, allowed: Sequence[str]) -> str:
    """How a mapping gives a word its meaning, to be pasted into it; the meaning filled in where it is known."""
    meaning = meaning_of_word(word, tuple(allowed)) or allowed[0]
    return _("Or say in a mapping (--map) what the word means: {snippet}").format(
        snippet=f"{column}: {{column: {_written(heading)}, words: {{{_written(word)}: {meaning}}}}}"
    )
