"""Numbers are read as people wrote them; which sign is the decimal one is learnt from the column and said."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.ingest.numbers import Numbers, integer, number, tidied
from support.reading import Read, read

PLAIN, ENGLISH, CONTINENTAL = Numbers(), Numbers(plain=False, decimal="."), Numbers(plain=False, decimal=",")


def told(cells: list[str], how: Numbers) -> list[tuple[float | None, int | None]]:
    """(as a number, as a whole number) of each cell."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {number('tidy')}, {integer('tidy')} FROM (SELECT {tidied('cell', how)} AS tidy FROM "
            "(SELECT unnest($1) AS cell))",
            [cells],
        ).fetchall()


@pytest.mark.parametrize(
    ("cell", "how", "value"),
    [
        ("12500.50", PLAIN, 12500.5),
        ("-3", PLAIN, -3.0),
        ("+.5", PLAIN, 0.5),
        ("1e3", PLAIN, 1000.0),
        ("12 500,50", CONTINENTAL, 12500.5),
        ("12\u202f500,50", CONTINENTAL, 12500.5),
        ("12\u00a0500", CONTINENTAL, 12500.0),
        ("1.234,56", CONTINENTAL, 1234.56),
        ("1.234", CONTINENTAL, 1234.0),
        ("1,234", CONTINENTAL, 1.234),
        ("1,234", ENGLISH, 1234.0),
        ("1.234", ENGLISH, 1.234),
        ("1,234.56", CONTINENTAL, 1234.56),
        ("1'234'567.5", ENGLISH, 1234567.5),
        ("$1,200", ENGLISH, 1200.0),
        ("12,50 €", CONTINENTAL, 12.5),
        ("EUR 12", ENGLISH, 12.0),
    ],
)
def test_numbers(cell: str, how: Numbers, value: float) -> None:
    assert told([cell], how)[0][0] == value


@pytest.mark.parametrize("cell", ["abc", "1 2", "1,2,3", "0x10", "1_000", "nan", "inf", "", "-", "12 34 56", "1.2.3"])
def test_what_is_no_number(cell: str) -> None:
    assert [told([cell], how)[0][0] for how in (PLAIN, ENGLISH, CONTINENTAL)] == [None] * 3


def test_whole_numbers() -> None:
    cells = ["12", "12.0", "12.5", "007", "123456789012345678", "1e3"]
    assert [whole for _number, whole in told(cells, PLAIN)] == [12, 12, None, 7, 123456789012345678, 1000]


NUMBERS = st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=30)


@settings(max_examples=25)  # of thirty numbers each
@given(NUMBERS, st.sampled_from(["\u202f", " ", ".", "'", ""]))
def test_continental_numbers_come_back(numbers: list[Decimal], separator: str) -> None:
    written = [f"{value:,}".replace(",", "_").replace(".", ",").replace("_", separator) for value in numbers]
    assert [value for value, _whole in told(written, CONTINENTAL)] == [float(value) for value in numbers]


@settings(max_examples=25)  # of thirty numbers each
@given(NUMBERS)
def test_english_numbers_come_back(numbers: list[Decimal]) -> None:
    found = told([f"{value:,}" for value in numbers], ENGLISH)
    assert [value for value, _whole in found] == [float(value) for value in numbers]


def orders(folder: Path, amounts: list[str], delimiter: str = ",") -> Read:
    path = folder / "orders.csv"
    lines = [delimiter.join(("order_id", "at", "amount"))]
    lines += [delimiter.join((f"O{n}", "2026-07-14", f'"{amount}"')) for n, amount in enumerate(amounts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read([path])


def amounts(found: Read) -> list[float]:
    return [row["amount"] for row in found.rows["orders"]]


def test_the_decimal_sign_is_learnt_from_the_column(tmp_path: Path) -> None:
    found = orders(tmp_path, ["1,234", "5,5"])
    assert amounts(found) == [1.234, 5.5]
    assert "amount: the decimal sign is the comma." in found.said
    assert amounts(orders(tmp_path, ["1,234", "5.5"])) == [1234.0, 5.5]
    assert amounts(orders(tmp_path, ["1.234", "1.234,5"])) == [1234.0, 1234.5]


def test_the_decimal_sign_is_guessed_by_the_habit_of_the_file_and_said(tmp_path: Path) -> None:
    found = orders(tmp_path, ["1,234", "2,345"])
    assert amounts(found) == [1234.0, 2345.0]
    assert "nothing in the file proves it" in found.said
    assert amounts(orders(tmp_path, ["1,234", "2,345"], ";")) == [1.234, 2.345]
    plain = orders(tmp_path, ["1.234", "2.345"])
    assert amounts(plain) == [1.234, 2.345]
    assert "decimal" not in plain.said


def test_wrong_numbers_are_refused(tmp_path: Path) -> None:
    found = orders(tmp_path, ["12", "twelve", "1e999"])
    assert amounts(found) == [12.0]
    assert [refused.reasons for refused in found.refused["orders"]] == [
        [("not_a_number", "amount")],
        [("infinite", "amount")],
    ]


def currencies(found: Read) -> list[tuple[float, str | None]]:
    return [(row["amount"], row.get("currency")) for row in found.rows["orders"]]


def test_amounts_that_name_their_currency_are_in_it(tmp_path: Path) -> None:
    cells = ["1 200,50 €", "£30", "CHF 40", "50 USD", "$60 USD", "70", "€ -80"]
    found = orders(tmp_path, cells, ";")
    assert currencies(found) == [
        (1200.5, "EUR"),
        (30.0, "GBP"),
        (40.0, "CHF"),
        (50.0, "USD"),
        (60.0, "USD"),
        (70.0, None),
        (-80.0, "EUR"),
    ]
    assert "amount: the currency was taken from its cells" in found.said
    assert "does not say which" not in found.said


def test_a_sign_of_several_currencies_decides_nothing_and_is_told(tmp_path: Path) -> None:
    found = orders(tmp_path, ["$1,200", "¥30", "40"])
    assert currencies(found) == [(1200.0, None), (30.0, None), (40.0, None)]
    assert "currency" not in found.present["orders"]
    assert "amount: a sign such as $ does not say which currency of that name it is" in found.said


def test_a_column_of_currencies_is_believed_and_its_gaps_are_filled(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = ["A,2026-07-14,€10,USD", "B,2026-07-14,€20,", "C,2026-07-14,$30,"]
    path.write_text("\n".join(["order_id,at,amount,currency", *rows]) + "\n", encoding="utf-8")
    found = read([path])
    assert currencies(found) == [(10.0, "USD"), (20.0, "EUR"), (30.0, None)]
    assert "currency" not in found.said


def test_plain_amounts_say_nothing_of_a_currency(tmp_path: Path) -> None:
    found = orders(tmp_path, ["10", "20.5"])
    assert found.present["orders"] == ("order_id", "at", "amount")
    assert "currency" not in found.said


def test_a_mapping_that_says_how_numbers_are_written_says_nothing_of_the_currency(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("number;day;total\nA;2026-07-14;1.234 €\n", encoding="utf-8")
    columns = "{order_id: number, at: day, amount: total}"
    mapping = (
        f"files:\n- match: sales.csv\n  read: {{decimal: ','}}\n  tables:\n  - table: orders\n    columns: {columns}\n"
    )
    assert currencies(read([path], mapping=mapping)) == [(1234.0, "EUR")]
    told = read([path], mapping=mapping.replace("total}", "total, currency: {constant: GBP}}"))
    assert currencies(told) == [(1234.0, "GBP")]
