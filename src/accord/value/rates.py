"""The rate table that the user supplies: what one unit of a currency is worth in another. Nothing is ever guessed."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from babel.core import get_global

from accord.errors import DataError, Fault
from accord.language import gettext as _

__all__ = ["RATES_FILE", "Rates", "rates_beside", "read_rates"]

RATES_FILE = "rates.csv"
"""The rate table of a workspace, beside its accord.yaml."""

EVER = date.min
COLUMNS = ("currency", "rate", "from", "into")
MANY = 20
"""So many codes like a wrong one are looked at."""

MUCH_USED = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN RON SEK SGD THB TRY USD ZAR"
"""Currencies that are traded most; a slip of the pen is far likelier to mean one of them."""


@dataclass(frozen=True)
class Rates:
    """Rates into ``into``: per currency ``(from, rate)`` by rising day; a rate holds from its day until the next.

    A rate without a day holds from ever. ``into`` itself is worth 1.
    """

    into: str
    table: Mapping[str, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)
    file: str | None = None

    def at(self, currency: str, day: date) -> Decimal | None:
        """What one unit of ``currency`` is worth in ``into`` on ``day``; None where no rate says it."""
        if currency == self.into:
            return Decimal(1)
        steps = self.table.get(currency, ())
        place = bisect_right([begins for begins, _rate in steps], day)
        return steps[place - 1][1] if place else None

    def spans(self, currency: str, target: str) -> list[tuple[date, Decimal | None]]:
        """``(from, rate)`` into ``target``, the first from ever: where it holds, one unit is worth that much."""
        if currency == target:
            return [(EVER, Decimal(1))]
        changes = {EVER, *(begins for name in (currency, target) for begins, _rate in self.table.get(name, ()))}
        answer: list[tuple[date, Decimal | None]] = []
        for day in sorted(changes):
            ours, theirs = self.at(currency, day), self.at(target, day)
            answer.append((day, None if ours is None or theirs is None else ours / theirs))
        return answer


def read_rates(path: Path, into: str) -> Rates:
    """The rate table of a CSV file: columns ``currency``, ``rate``, and if need be ``from`` and ``into``.

    One unit of ``currency`` is worth ``rate`` units of ``into`` (where the file does not say: the agreement's currency)
    from the day ``from`` on. Raises ``DataError`` with every fault at once, each with its line.
    """
    text = _text_of(path)
    lines = text.splitlines()
    heading = lines[0] if lines else ""
    delimiter = max(",;\t", key=heading.count)
    rows = csv.DictReader(lines, delimiter=delimiter)
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    name = str(path)
    if missing := [column for column in COLUMNS[:2] if column not in rows.fieldnames]:
        raise DataError(
            Fault(
                _("The rate table has no column {columns}.").format(columns=", ".join(missing)),
                file=name,
                line=1,
                hint=_("It has: {known}. Write currency,rate and, where rates change, from.").format(
                    known=", ".join(rows.fieldnames) or "–"
                ),
            )
        )
    reading = _Reading(name, into, delimiter)
    for row in rows:
        reading.take(rows.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)})
    if reading.faults:
        raise DataError(*reading.faults)
    return Rates(reading.into or into, {key: sorted(steps.items()) for key, steps in reading.table.items()}, name)


def rates_beside(root: Path, into: str, file: str | Path | None = None) -> Rates | None:
    """The rate table ``file``, else the one of the workspace in the folder ``root``; None where there is none."""
    path = Path(file) if file else root / RATES_FILE
    return read_rates(path, into) if file or path.is_file() else None


def _text_of(path: Path) -> str:
    """As UTF-8, else as older spreadsheets write it; ``DataError`` for what is no text."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataError(
        Fault(_("This is no readable CSV file."), file=str(path), hint=_("Save the rate table as CSV, in UTF-8."))
    )


def _nearest(code: str, known: Iterable[str]) -> str | None:
    """The currency most likely meant: of those like it, one in much use, then one of the same letters."""
    near = get_close_matches(code, known, n=MANY)
    return min(
        near,
        key=lambda name: (name not in MUCH_USED.split(), sorted(name) != sorted(code), near.index(name)),
        default=None,
    )


class _Reading:
    """Rows as they come, and every fault of them."""

    def __init__(self, file: str, usual: str, delimiter: str) -> None:
        self.file, self.usual, self.delimiter = file, usual, delimiter
        self.into: str | None = None
        self.table: dict[str, dict[date, Decimal]] = {}
        self.faults: list[Fault] = []

    def take(self, line: int, row: Mapping[str, str]) -> None:
        """One row of the file."""
        found = list(self._faults_of(row))
        self.faults += [Fault(message, self.file, line, hint) for message, hint in found]
        if found:
            return
        currency, into = row["currency"].upper(), row.get("into", "").upper() or self.usual
        day = date.fromisoformat(row["from"]) if row.get("from") else EVER
        if self.into not in {None, into}:
            message = _("This rate is into {into}, those before it are into {other}.")
            hint = _("Give all rates into one currency.")
            self.faults.append(Fault(message.format(into=into, other=self.into), self.file, line, hint))
            return
        self.into = into
        steps = self.table.setdefault(currency, {})
        if day in steps:
            message = _("The rate of {currency} is there already for the same day.").format(currency=currency)
            self.faults.append(Fault(message, self.file, line, _("Keep one of them.")))
            return
        steps[day] = self._number(row["rate"])

    def _faults_of(self, row: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
        known = get_global("all_currencies")
        for column in ("currency", "into"):
            code = row.get(column, "").upper()
            if code not in known and (code or column == "currency"):
                near = _nearest(code, known)
                hint = _("Did you mean {near}?").format(near=near) if near else None
                yield _("{code!r} is not a currency.").format(code=code), hint or _("Write its ISO 4217 code.")
        try:
            positive = self._number(row.get("rate", "")) > 0
        except (InvalidOperation, ValueError):
            positive = False
        if not positive:
            message = _("The rate {rate!r} is not a number above 0.").format(rate=row.get("rate", ""))
            yield message, _("Write it as 1.17: what one unit of the currency is worth.")
        try:
            date.fromisoformat(row.get("from") or "2000-01-01")
        except ValueError:
            yield _("{day!r} is not a day.").format(day=row["from"]), _("Write it as 2026-07-01.")

    def _number(self, text: str) -> Decimal:
        # A decimal comma, where the comma does not part the columns.
        number = Decimal(text if self.delimiter == "," else text.replace(",", "."))
        if not number.is_finite():
            raise InvalidOperation
        return number
