"""``accord.open(...).value()``: the same figures as records and frames, and what it says to a wrong question."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import accord
from accord.api import Figures
from accord.errors import DataError, UsageError, WorkspaceError
from accord.readmodel.source import Source
from accord.report.frames import value_to_arrow
from accord.report.value.answer import value_json
from accord.value.measure import measure_value


def test_frames_hold_the_records(embedded: Source) -> None:
    value = Figures(embedded).value(by=["channel", "sector"], period="quarter")
    records = value.to_records()
    assert records
    names = list(dict.fromkeys(name for record in records for name in record))
    wanted = [{name: record.get(name) for name in names} for record in records]
    assert value.to_arrow().to_pylist() == wanted
    assert value.to_polars().to_dicts() == wanted
    frame = value.to_pandas()
    assert list(frame.columns) == names
    assert frame["leads"].dtype == "Int64"
    assert frame["spend_recorded"].dtype == "boolean"


def test_a_column_without_a_value_still_has_its_type(embedded: Source) -> None:
    report = measure_value(embedded)
    table = value_to_arrow(report)
    assert table.schema.field("payback_months_unknown").type == pa.string()
    assert table.schema.field("cac_unknown").type == pa.string()
    assert table.schema.field("cac_n").type == pa.int64()
    assert table.num_rows == 1


def test_what_is_asked_in_python_is_what_the_command_answers(embedded: Source) -> None:
    value = Figures(embedded).value(by="channel", within=90, inactive_after=120)
    report = measure_value(embedded, by=["channel"], within_days=90, inactive_after_days=120)
    assert value.to_json() == value_json(report)
    assert repr(value).startswith("<848 leads have brought")
    assert "By channel: what leads cost" in str(value)
    assert value.page().startswith("<!DOCTYPE html>")


def test_a_scenario_has_one_record_per_figure(embedded: Source) -> None:
    value = Figures(embedded).value(suppose="acceptance=+10%", where={"channel": "webinar"})
    assert [record["figure"] for record in value.to_records()][:3] == ["leads", "accepted", "won"]
    assert str(value).startswith("What a change would bring: channel webinar")


def test_a_wrong_question_is_told(embedded: Source, tmp_path: Path) -> None:
    figures = accord.Figures(embedded)
    with pytest.raises(UsageError, match="say suppose too"):
        figures.value(where={"channel": "webinar"})
    with pytest.raises(UsageError, match="There is no dimension chanel"):
        figures.value(by="chanel")
    with pytest.raises(WorkspaceError, match="have no workspace"):
        figures.actions()
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,rate\nGBP,x\n", encoding="utf-8")
    with pytest.raises(DataError, match="is not a number above 0"):
        figures.value(rates=rates)
