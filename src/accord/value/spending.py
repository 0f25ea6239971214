"""Marketing money by channel, campaign and local day: spread over its period to the cent, converted, nothing lost.

An amount is cut where a rate changes, each piece is converted and rounded to a cent once, and a piece of c cents over
d days gives each day ⌊c/d⌋ and the first (c mod d) days one cent more: the largest remainder, whose parts always add up
to the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision

from accord.engines.shape import contract_table
from accord.metrics.cells import MISSING
from accord.readmodel.asking import Asking
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.tables.schema import table_named
from accord.value.figures import LeftOut
from accord.value.rates import Rates

__all__ = ["Piece", "Spending", "Unpriced", "in_units", "piece_between", "spending"]

EXAMPLES = 5
_COLUMNS = ("start", "end", "channel", "campaign", "amount", "currency")
NO_DAY = "no_period"
NO_RATE = "no_rate"
Place = tuple[str, str]
"""A channel and a campaign."""


class Piece(NamedTuple):
    """``cents`` spread evenly over the days from ``start`` to ``end``, both included."""

    start: date
    end: date
    cents: int


class Unpriced(NamedTuple):
    """Spend that nobody said the worth of, of the row ``row``: ``piece`` in the smallest units of ``currency``."""

    row: int
    place: Place
    currency: str
    piece: Piece


@dataclass(frozen=True)
class Spending:
    """Every amount that can be counted, as pieces by channel and campaign; and what cannot be.

    ``unpriced``: where, and from which day to which, money was spent in a currency that nobody said the worth of, and
    how much.
    """

    rows: int
    pieces: Mapping[Place, Sequence[Piece]]
    left_out: tuple[LeftOut, ...]
    unpriced: tuple[Unpriced, ...] = ()

    def total(self) -> int:
        """All of it, in cents."""
        return sum(piece.cents for pieces in self.pieces.values() for piece in pieces)

    def between(self, start: date, end: date) -> int:
        """What falls on the days from ``start`` to before ``end``."""
        return sum(piece_between(piece, start, end) for pieces in self.pieces.values() for piece in pieces)

    def by_month(self, start: date, end: date) -> dict[tuple[str, str, int], int]:
        """Cents by channel, campaign and month (months since year 0), of the days from ``start`` to before ``end``.

        A month that a piece touches is there, be it with 0 cents: somebody wrote down that it cost nothing.
        """
        spent: dict[tuple[str, str, int], int] = {}
        for place, pieces in self.pieces.items():
            for piece in pieces:
                _add_months(spent, place, piece, (start, end))
        return spent

    def unpriced_by_month(self, start: date, end: date) -> dict[str, dict[tuple[str, str, int], int]]:
        """The same of the money without a rate, by currency and in the smallest units of each."""
        spent: dict[str, dict[tuple[str, str, int], int]] = {}
        for _row, place, currency, piece in self.unpriced:
            if max(piece.start, start) <= piece.end and piece.start < end:
                _add_months(spent.setdefault(currency, {}), place, piece, (start, end))
        return spent

    def left_out_between(self, start: date, end: date, *, whole: bool = False) -> tuple[LeftOut, ...]:
        """What cannot be counted, and how much of that falls on the days from ``start`` to before ``end``.

        ``whole``: these are all days that have come, and the part is told only where something falls on later ones.
        """
        told = []
        for left in self.left_out:
            if left.reason != NO_RATE:
                told.append(left)
                continue
            here = [
                (row, piece)
                for row, _place, currency, piece in self.unpriced
                if currency == left.currency and piece.start < end and start <= piece.end
            ]
            cents = sum(piece_between(piece, start, end) for _row, piece in here)
            amount = in_units(cents, left.currency)
            if whole and amount == left.amount:
                told.append(left)
                continue
            told.append(replace(left, rows_in_span=len({row for row, _piece in here}), amount_in_span=amount))
        return tuple(told)

    def days(self, before: date) -> dict[Place, tuple[date, date]]:
        """First and last day with spend per channel and campaign, of the days before ``before``."""
        return {
            place: (min(piece.start for piece in seen), max(min(piece.end, before - timedelta(1)) for piece in seen))
            for place, pieces in self.pieces.items()
            if (seen := [piece for piece in pieces if piece.start < before])
        }


def piece_between(piece: Piece, start: date, end: date) -> int:
    """The cents of ``piece`` that fall on the days from ``start`` to before ``end``.

    >>> whole = Piece(date(2026, 1, 1), date(2026, 1, 3), 100)
    >>> [piece_between(whole, date(2026, 1, day), date(2026, 1, day + 1)) for day in (1, 2, 3, 4)]
    [34, 33, 33, 0]
    """
    days = (piece.end - piece.start).days + 1
    each, more = divmod(abs(piece.cents), days)
    first = min(max((start - piece.start).days, 0), days)
    last = min(max((end - piece.start).days, first), days)
    cents = each * (last - first) + min(last, more) - min(first, more)
    return cents if piece.cents >= 0 else -cents


def in_units(cents: int, currency: str) -> float:
    """An amount in the smallest units of a currency as people write it.

    >>> in_units(1250, "USD"), in_units(1250, "JPY")
    (12.5, 1250.0)
    """
    digits = get_currency_precision(currency)
    return round(cents / 10.0**digits, digits)


def spending(source: Source, rates: Rates, target: str, decimals: int) -> Spending:
    """All spend of the source in ``target``, in its smallest units (``decimals`` of them make one)."""
    rows = _rows(source) if source.recorded.get("spend") else []
    pieces: dict[Place, list[Piece]] = {}
    lost: dict[tuple[str, str], list[tuple[Decimal, str]]] = {}
    unpriced: list[Unpriced] = []
    for number, row in enumerate(rows):
        currency = (row["currency"] or source.agreement.currency).upper()
        place = (row["channel"] or MISSING, row["campaign"] or MISSING)
        start, end = row["start"], row["end"]
        if start is None or end is None or end < start:
            lost.setdefault((NO_DAY, currency), []).append((_amount(row), _where(row)))
            continue
        for (first, last, rate), amount in _parts(row, rates.spans(currency, target)):
            if rate is not None:
                pieces.setdefault(place, []).append(Piece(first, last, _cents(amount * rate, decimals)))
                continue
            cents = _cents(amount, get_currency_precision(currency))
            unpriced.append(Unpriced(number, place, currency, Piece(first, last, cents)))
            lost.setdefault((NO_RATE, currency), []).append((Decimal(repr(in_units(cents, currency))), _where(row)))
    left_out = tuple(
        LeftOut(
            "spend",
            reason,
            currency,
            len({where for _amount, where in found}),
            _rounded(sum((amount for amount, _where in found), Decimal(0)), currency),
            tuple(dict.fromkeys(where for _amount, where in found))[:EXAMPLES],
        )
        for (reason, currency), found in sorted(lost.items())
    )
    return Spending(len(rows), pieces, left_out, tuple(unpriced))


def _rows(source: Source) -> list[dict[str, Any]]:
    def fetch() -> Kept:
        with Asking(source, "spend", packages=("tables", "engines", "readmodel", "value"), tables=("spend",)) as asking:
            spent = asking.rows("rows", lambda: contract_table(source.engine, table_named("spend")).select(*_COLUMNS))
        found = spent.to_pylist()
        # The order of rows decides nothing but which examples are shown; engines hand them out in any.
        found.sort(key=lambda row: tuple(str(row[name]) for name in _COLUMNS))
        return {}, {
            "rows": [
                [day and day.isoformat() for day in (row["start"], row["end"])] + [row[name] for name in _COLUMNS[2:]]
                for row in found
            ]
        }

    _none, note = source.kept("value spend", fetch)
    return [
        dict(zip(_COLUMNS, [*(day and date.fromisoformat(day) for day in row[:2]), *row[2:]], strict=True))
        for row in note["rows"]
    ]


def _rounded(amount: Decimal, currency: str) -> float:
    """An amount to the smallest unit of its currency: a part of a row by its days has endless decimals."""
    digits = get_currency_precision(currency)
    return float(amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _where(row: Mapping[str, Any]) -> str:
    return " ".join(str(row[name]) for name in ("start", "end", "channel", "campaign") if row[name] is not None)


def _amount(row: Mapping[str, Any]) -> Decimal:
    return Decimal(repr(row["amount"])) if row["amount"] is not None else Decimal(0)


def _cents(amount: Decimal, decimals: int) -> int:
    return int((amount / Decimal(1).scaleb(-decimals)).quantize(Decimal(1), ROUND_HALF_UP))


def _parts(
    row: Mapping[str, Any], spans: Sequence[tuple[date, Decimal | None]]
) -> Iterator[tuple[tuple[date, date, Decimal | None], Decimal]]:
    """The row cut where a rate changes: first day, last day and rate of each part, and its amount by its days."""
    start, end, amount = row["start"], row["end"], _amount(row)
    days = (end - start).days + 1
    for place, (begins, rate) in enumerate(spans):
        first = max(start, begins)
        last = min(end, spans[place + 1][0] - timedelta(days=1)) if place + 1 < len(spans) else end
        if first <= last:
            yield (first, last, rate), amount * ((last - first).days + 1) / days


def _add_months(spent: dict[tuple[str, str, int], int], place: Place, piece: Piece, span: tuple[date, date]) -> None:
    """Add what of a piece falls into ``span``, whose last day is left out, month by month."""
    for month, first, after in _months(max(piece.start, span[0]), min(piece.end, span[1] - timedelta(days=1))):
        key = (*place, month)
        spent[key] = spent.get(key, 0) + piece_between(piece, first, after)


def _months(first: date, last: date) -> Iterator[tuple[int, date, date]]:
    """Number, first day and first day after of each month, as far as it lies between ``first`` and ``last``."""
    month = first.year * 12 + first.month - 1
    while first <= last:
        month += 1
        after = date(month // 12, month % 12 + 1, 1)
        yield month - 1, first, min(after, last + timedelta(days=1))
        first = after
