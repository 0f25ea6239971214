from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace

import pandas
import polars
import pyarrow as pa
import pytest

from accord.acceptance.figures import AcceptanceReport
from accord.errors import UsageError
from accord.report.acceptance.records import acceptance_csv, acceptance_records, fields
from accord.report.frames import to_arrow, to_pandas, to_polars
from accord.values import Bounds, Estimate
from report import examples

REPORTS = [
    examples.overall(),
    examples.by_channel(),
    examples.by_channel_and_week(),
    examples.every_definition(),
    examples.mostly_unknown(),
    examples.empty(),
]


@pytest.mark.parametrize("report", REPORTS)
def test_every_record_has_the_same_columns(report: AcceptanceReport) -> None:
    names = [field.name for field in fields(report)]
    assert len(set(names)) == len(names)
    for record in acceptance_records(report):
        assert list(record) == names


def test_a_record_says_what_its_row_says() -> None:
    report = examples.by_channel()
    row = report.answers["explicit"].rows[1]
    record = acceptance_records(report)[1]
    assert isinstance(row.rate, Estimate)
    assert record["channel"] == "trade_fair"
    assert record["handed"] == 164
    assert (record["rate"], record["rate_low"], record["rate_high"]) == (row.rate.value, row.rate.low, row.rate.high)
    assert record["rate_n"] == 164
    assert record["rate_unknown"] is None
    assert record["within_24h"] == row.within["24h"].value  # type: ignore[union-attr]
    assert record["delay_hours_p50"] == pytest.approx(5.35 * (2 - 0.58))


def test_what_dates_without_hours_leave_open_has_columns_only_where_there_are_such_dates() -> None:
    report = examples.by_channel()
    assert not any("_date_" in field.name for field in fields(report))
    total = examples.total()
    dated = replace(total, rate=Estimate(0.47, 0.44, 0.5, 1412, date_bounds=Bounds(0.41, 0.52)))
    report = examples.report(dated)
    record = acceptance_records(report)[0]
    assert list(record) == [field.name for field in fields(report)]
    assert (record["rate_date_low"], record["rate_date_high"]) == (0.41, 0.52)
    assert (record["ghost_date_low"], record["ghost_date_high"]) == (None, None)


def test_an_unknown_leaves_its_numbers_out_and_says_why() -> None:
    record = acceptance_records(examples.by_channel())[6]
    assert record["channel"] == "(none)"
    assert [record[name] for name in ("rate", "rate_low", "rate_high", "rate_n")] == [None] * 4
    assert record["rate_unknown"] == "too_few"


def test_totals_stand_in_only_where_there_are_no_rows() -> None:
    assert [record["handed"] for record in acceptance_records(examples.overall())] == [1412]
    assert sum(int(record["handed"] or 0) for record in acceptance_records(examples.by_channel())) == 1412


def test_each_definition_has_its_records() -> None:
    records = acceptance_records(examples.every_definition())
    assert [record["definition"] for record in records[::7]] == ["explicit", "action", "worked", "tacit"]


def test_a_dimension_that_has_the_name_of_a_figure_is_told_apart() -> None:
    row = examples.row(40, 0.5, segment={"rate": "premium", "sector": "energy"})
    (record,) = acceptance_records(examples.report(examples.total(), (row,)))
    assert record["segment_rate"] == "premium"
    assert record["sector"] == "energy"
    assert isinstance(record["rate"], float)


def test_periods_come_with_the_day_they_start() -> None:
    record = acceptance_records(examples.by_week())[0]
    assert (record["period"], record["period_start"]) == ("2026-W06", "2026-02-02")


def test_csv_reads_back_as_the_records() -> None:
    report = examples.by_channel()
    read = list(csv.DictReader(io.StringIO(acceptance_csv(report))))
    for row, record in zip(read, acceptance_records(report), strict=True):
        assert row == {name: "" if value is None else str(value) for name, value in record.items()}


def test_csv_is_not_split_by_what_it_holds() -> None:
    name = 'fairs, "big" ones\nin Lyon'
    row = examples.row(40, 0.5, segment={"origin": name})
    read = list(csv.DictReader(io.StringIO(acceptance_csv(examples.report(examples.total(), (row,))))))
    assert [line["origin"] for line in read] == [name]


@pytest.mark.parametrize("report", REPORTS)
def test_a_french_excel_finds_every_number_again(report: AcceptanceReport) -> None:
    text = acceptance_csv(report, "excel-fr")
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n") == len(acceptance_records(report)) + 1
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    kinds = {field.name: field.kind for field in fields(report)}
    for row, record in zip(read, acceptance_records(report), strict=True):
        assert list(row) == list(record)
        for name, cell in row.items():
            if kinds[name] == "number" and cell:
                assert "." not in cell
                assert float(cell.replace(",", ".")) == record[name]
            else:
                assert cell == ("" if record[name] is None else str(record[name]))


def test_an_english_excel_keeps_points_and_finds_its_letters() -> None:
    report = examples.by_channel()
    text = acceptance_csv(report, "excel-en")
    assert text == "\ufeff" + acceptance_csv(report).replace("\n", "\r\n")


def test_a_name_like_a_formula_is_none_in_a_spreadsheet_and_untouched_for_programs() -> None:
    name = '=HYPERLINK("http://example.com")'
    row = examples.row(40, 0.5, segment={"origin": name})
    report = examples.report(examples.total(), (row,))
    (plain,) = csv.DictReader(io.StringIO(acceptance_csv(report)))
    (opened,) = csv.DictReader(io.StringIO(acceptance_csv(report, "excel-fr").removeprefix("\ufeff")), delimiter=";")
    assert (plain["origin"], opened["origin"]) == (name, f"'{name}")


@pytest.mark.parametrize("report", REPORTS)
def test_arrow_pandas_and_polars_hold_the_records(report: AcceptanceReport) -> None:
    records = acceptance_records(report)
    table = to_arrow(report)
    assert table.to_pylist() == records
    assert table.schema.field("handed").type == pa.int64()
    assert table.schema.field("rate").type == pa.float64()
    assert to_polars(report).to_dicts() == records
    frame = to_pandas(report)
    assert frame["handed"].tolist() == [record["handed"] for record in records]
    assert str(frame["rate_n"].dtype) == "Int64"
    assert [None if pandas.isna(value) else value for value in frame["rate"]] == [record["rate"] for record in records]
    assert isinstance(to_polars(report), polars.DataFrame)


@pytest.mark.parametrize(("package", "convert"), [("pandas", to_pandas), ("polars", to_polars)])
def test_a_missing_extra_says_how_to_install_it(package: str, convert: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"{package} is not installed.*accord\[{package}\]"):
        convert(replace(examples.overall()))  # type: ignore[operator]
