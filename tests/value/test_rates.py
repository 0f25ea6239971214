"""The rate table: what it says, and every fault of it at once with its line."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import DataError
from accord.value.rates import EVER, Rates, read_rates
from accord.value.sharing import largest_remainder
from accord.value.spending import Piece, piece_between


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_rate_holds_from_its_day_on(tmp_path: Path) -> None:
    rates = read_rates(written(tmp_path, "currency,rate,from\nUSD,0.90,\nUSD,0.95,2026-03-01\n"), "EUR")
    assert [rates.at("USD", date(2026, month, 1)) for month in (2, 3, 4)] == [Decimal("0.90")] + [Decimal("0.95")] * 2
    assert rates.at("EUR", date(2026, 1, 1)) == 1
    assert rates.at("GBP", date(2026, 1, 1)) is None


def test_before_its_first_day_a_currency_has_no_rate(tmp_path: Path) -> None:
    rates = read_rates(written(tmp_path, "currency,rate,from\nUSD,0.95,2026-03-01\n"), "EUR")
    assert rates.spans("USD", "EUR") == [(EVER, None), (date(2026, 3, 1), Decimal("0.95"))]


def test_a_table_into_one_currency_converts_into_another(tmp_path: Path) -> None:
    rates = read_rates(written(tmp_path, "Currency;Rate;Into\nusd;0,8;eur\nGBP;1,2;EUR\n"), "CHF")
    assert rates.into == "EUR"
    assert rates.spans("GBP", "USD") == [(EVER, Decimal("1.2") / Decimal("0.8"))]
    assert rates.spans("EUR", "USD") == [(EVER, 1 / Decimal("0.8"))]
    assert rates.spans("CHF", "USD") == [(EVER, None)]


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "currency,rate,from,into\nEURO,1,,\nUSD,nought,,\nGBP,-1,2026-13-01,\nCHF,1.1,,EUR\nCHF,1.2,,EUR\nSEK,0.1,,USD\n",
    )
    with pytest.raises(DataError) as caught:
        read_rates(path, "EUR")
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 4, 6, 7]
    assert "EUR" in str(caught.value.faults[0].hint)
    assert all(str(path) in str(fault) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("code", "meant"), [("GPB", "GBP"), ("UDS", "USD"), ("EURO", "EUR"), ("CFH", "CHF"), ("USS", None)]
)
def test_a_wrong_currency_is_likely_one_in_much_use(tmp_path: Path, code: str, meant: str | None) -> None:
    path = written(tmp_path, f"currency,rate\n{code},1.1\n")
    if meant is None:  # an old code is one
        assert read_rates(path, "EUR").table[code]
        return
    with pytest.raises(DataError, match=f"Did you mean {meant}"):
        read_rates(path, "EUR")


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00\x81\x8d\x00", b"currency,rate\nUSD,\x00\n", b"\x81\x8d"])
def test_what_is_no_text_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="no readable CSV file"):
        read_rates(path, "EUR")


def test_a_table_without_its_columns_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column rate"):
        read_rates(written(tmp_path, "currency,value\nUSD,1\n"), "EUR")
    with pytest.raises(DataError, match="no column currency, rate"):
        read_rates(written(tmp_path, ""), "EUR")


def test_nothing_supplied_converts_nothing() -> None:
    assert Rates("EUR").spans("USD", "EUR") == [(EVER, None)]
    assert Rates("EUR").spans("USD", "USD") == [(EVER, Decimal(1))]


@given(
    st.integers(-(10**12), 10**12),
    st.integers(0, 800),
    st.lists(st.dates(date(2023, 1, 1), date(2028, 1, 1)), max_size=6),
)
def test_a_piece_is_the_sum_of_any_days_it_is_cut_into(cents: int, days: int, cuts: list[date]) -> None:
    piece = Piece(date(2025, 1, 1), date.fromordinal(date(2025, 1, 1).toordinal() + days), cents)
    edges = [date.min, *sorted(cuts), date.max]
    parts = [piece_between(piece, begin, end) for begin, end in itertools.pairwise(edges)]
    assert sum(parts) == cents
    each = {
        piece_between(piece, date.fromordinal(day), date.fromordinal(day + 1))
        for day in range(piece.start.toordinal(), piece.end.toordinal() + 1)
    }
    assert max(each) - min(each) <= 1


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_shares_add_up_and_are_fair_to_a_cent(cents: int, weights: list[int]) -> None:
    parts = largest_remainder(cents, np.array(weights))
    assert int(parts.sum()) == cents
    for part, weight in zip(parts.tolist(), weights, strict=True):
        assert abs(part * sum(weights) - cents * weight) < sum(weights)
