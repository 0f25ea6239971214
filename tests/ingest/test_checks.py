"""Each row is good or refused, with every reason; good cells come out typed, bad ones untouched."""

# ruff: noqa: DTZ001 - a naive moment is UTC, or local where the test says so

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from accord.tables.schema import Type
from support.reading import Read, read


def table(folder: Path, name: str, text: str, **settings: Any) -> Read:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return read([path], **settings)


def reasons(found: Read, name: str) -> list[tuple[int, list[tuple[str, str | None]]]]:
    return [(refused.line, refused.reasons) for refused in found.refused[name]]


def test_a_row_is_refused_with_all_its_reasons_and_kept_whole(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "leads",
        "lead_id,created_at,employees,budget,decision_maker,need,timeline_days,Region\n"
        ",2026-02-30,twelve,x,perhaps,urgnet,-3,West\n"
        "L1,2026-02-28,12,1.5,oui,urgent,3,West\n",
    )
    assert reasons(found, "leads") == [
        (
            2,
            [
                ("missing", "lead_id"),
                ("impossible_date", "created_at"),
                ("not_an_integer", "employees"),
                ("not_a_boolean", "decision_maker"),
                ("not_a_number", "budget"),
                ("unknown_word", "need"),
            ],
        )
    ]
    assert found.refused["leads"][0].raw == {
        "lead_id": "",
        "created_at": "2026-02-30",
        "employees": "twelve",
        "budget": "x",
        "decision_maker": "perhaps",
        "need": "urgnet",
        "timeline_days": "-3",
        "Region": "West",
    }
    (row,) = found.rows["leads"]
    assert row["decision_maker"] is True
    assert row["employees"] == 12
    assert row["extra"] == {"Region": "West"}
    assert row["line"] == 3


def test_messages_name_the_value_and_the_nearest_word(tmp_path: Path) -> None:
    found = table(tmp_path, "decisions", "decision_id,lead_id,at,outcome\nd1,L1,2026-07-14,acepted\n")
    (refused,) = found.refused["decisions"]
    assert refused.messages == ["outcome is acepted, which is not a word it may hold."]


@pytest.mark.parametrize(
    ("word", "value"),
    [(word, True) for word in ("true", "TRUE", "1", "yes", "Oui", "vrai", "t", "1.0")]
    + [(word, False) for word in ("false", "False", "0", "no", "NON", "faux", "f", "0.0")],
)
def test_yes_and_no(tmp_path: Path, word: str, value: bool) -> None:
    found = table(tmp_path, "leads", f"lead_id,created_at,decision_maker\nL1,2026-07-14,{word}\n")
    assert found.rows["leads"][0]["decision_maker"] is value


@pytest.mark.parametrize(
    "word", ["", "null", "NULL", "n/a", "N/A", "na", "-", "?", "Select", "undefined", "  ", "\u00a0"]
)
def test_words_that_mean_missing(tmp_path: Path, word: str) -> None:
    found = table(tmp_path, "leads", f"lead_id,created_at,origin,employees\nL1,2026-07-14,{word},{word}\n")
    assert found.rows["leads"][0]["origin"] is None
    assert found.rows["leads"][0]["employees"] is None


def test_none_and_unknown_are_values(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", "lead_id,created_at,origin,need\nL1,2026-07-14,unknown,none\n")
    assert found.rows["leads"][0]["origin"] == "unknown"
    assert found.rows["leads"][0]["need"] == "none"


def test_an_allowed_value_beats_a_null_word(tmp_path: Path) -> None:
    mapping = (
        "files:\n- read: {null_words: [none, zilch]}\n  tables:\n  - table: leads\n"
        "    columns: {lead_id: lead_id, created_at: created_at, need: need, origin: origin}\n"
    )
    text = "lead_id,created_at,need,origin\nL1,2026-07-14,none,none\nL2,2026-07-14,zilch,n/a\n"
    first, second = table(tmp_path, "leads", text, mapping=mapping).rows["leads"]
    assert (first["need"], first["origin"]) == ("none", None)
    assert (second["need"], second["origin"]) == (None, "n/a")


def test_words_in_any_case_and_words_of_ones_own(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "touches",
        "touch_id,lead_id,at,kind\nT1,L1,2026-07-14,Demo "
        "Request\nT2,L1,2026-07-14,pricing-view\nT3,L1,2026-07-14,Tasting\n",
    )
    assert [row["kind"] for row in found.rows["touches"]] == ["demo_request", "pricing_view", "Tasting"]


def test_reasons_become_codes_and_other_words_are_kept(tmp_path: Path) -> None:
    words = ["no_budget", "No budget", "NO-BUDGET", "wrong territory", "too far away", "other: gone", ""]
    rows = "".join(f"d{n},L1,2026-07-14,rejected,{word}\n" for n, word in enumerate(words))
    found = table(tmp_path, "decisions", f"decision_id,lead_id,at,outcome,reason\n{rows}")
    assert [row["reason"] for row in found.rows["decisions"]] == [
        "no_budget",
        "no_budget",
        "no_budget",
        "wrong_territory",
        "other: too far away",
        "other: gone",
        None,
    ]


def test_one_of_several_columns_must_be_filled(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "decisions",
        "decision_id,handoff_id,lead_id,at,outcome\nd1,,,2026-07-14,accepted\nd2,H,,2026-07-14,accepted\n",
    )
    assert reasons(found, "decisions") == [(2, [("missing_any_of", "handoff_id, lead_id")])]


def test_a_count_is_never_below_zero_but_money_and_days_left_may_be(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "leads",
        "lead_id,created_at,employees,budget,timeline_days\nL1,2026-02-28,12,-0.5,-3\nL2,2026-02-28,-3,10,3\n",
    )
    (row,) = found.rows["leads"]
    assert (row["budget"], row["timeline_days"]) == (-0.5, -3)
    assert reasons(found, "leads") == [(3, [("negative", "employees")])]


def test_an_order_may_be_of_nobody_and_negative(tmp_path: Path) -> None:
    found = table(tmp_path, "orders", "order_id,lead_id,customer_id,at,amount\nO1,,,2026-07-14,-12.5\n")
    assert found.rows["orders"][0]["amount"] == -12.5


def test_spend(tmp_path: Path) -> None:
    lines = [
        "start,end,channel,amount",
        "2026-07-01,2026-07-31,web,100",
        "2026-07-31,2026-07-01,web,100",
        "2026-07-01 10:00,2026-07-31,web,1",
        "2026-07-01 00:00:00,2026-07-31T00:00:00Z,web,1",
        "2026-02-30,2026-07-31,web,1",
    ]
    found = table(tmp_path, "spend", "\n".join(lines))
    assert [(row["start"], row["end"]) for row in found.rows["spend"]] == [(date(2026, 7, 1), date(2026, 7, 31))] * 2
    assert reasons(found, "spend") == [
        (3, [("end_before_start", "end")]),
        (4, [("not_a_date", "start")]),
        (6, [("impossible_date", "start")]),
    ]


def test_identifiers_have_a_limit(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", f"lead_id,created_at\n{'x' * 501},2026-07-14\n{'y' * 500},2026-07-14\n")
    assert reasons(found, "leads") == [(2, [("too_long", "lead_id")])]


def test_identifiers_stay_text(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", "lead_id,created_at,customer_id\n007,2026-07-14,1.0\n")
    assert found.rows["leads"][0]["lead_id"] == "007"
    assert found.rows["leads"][0]["customer_id"] == "1.0"


def test_columns_of_ones_own_are_typed_by_the_whole_file(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "leads",
        "lead_id,created_at,count,ratio,flag,day,moment,code,digits,word,mixed,empty\n"
        "L1,2026-07-14,1,1.5,yes,2026-07-14,2026-07-14 10:00,01,12345678901234567890,x,1,\n"
        "L2,2026-07-14,2,2,no,2026-07-15,2026-07-14,02,1,y,z,\n"
        "L3,2026-07-14,n/a,,,,,,,,,\n",
    )
    assert found.extra_types["leads"] == {
        "count": Type.INTEGER,
        "ratio": Type.NUMBER,
        "flag": Type.BOOLEAN,
        "day": Type.DATE,
        "moment": Type.TIME,
        "code": Type.TEXT,
        "digits": Type.TEXT,
        "word": Type.TEXT,
        "mixed": Type.TEXT,
        "empty": Type.TEXT,
    }
    first, second, third = (row["extra"] for row in found.rows["leads"])
    assert first == {
        "count": 1,
        "ratio": 1.5,
        "flag": True,
        "day": "2026-07-14",
        "moment": "2026-07-14T10:00:00Z",
        "code": "01",
        "digits": "12345678901234567890",
        "word": "x",
        "mixed": "1",
        "empty": None,
    }
    assert second["moment"] == "2026-07-14"
    assert set(third.values()) == {None}


def test_a_type_learnt_from_the_first_rows_gives_way_to_a_late_one(tmp_path: Path) -> None:
    rows = "".join(f"L{n},2026-07-14,{n},{n}\n" for n in range(130_000))
    found = table(tmp_path, "leads", f"lead_id,created_at,a,b\n{rows}X,2026-07-14,word,1.5\n")
    assert found.extra_types["leads"] == {"a": Type.TEXT, "b": Type.NUMBER}
    assert found.rows["leads"][-1]["extra"] == {"a": "word", "b": 1.5}


def test_columns_other_tables_do_not_know_are_kept_and_said(tmp_path: Path) -> None:
    found = table(tmp_path, "handoffs", "handoff_id,lead_id,at,chanel\nH1,L1,2026-07-14T10:00Z,web\n")
    assert found.rows["handoffs"][0]["extra"] == {"chanel": "web"}
    assert "handoffs has no column chanel" in found.said


def test_a_near_miss_is_said(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", "lead_id,created_at,chanel\nL1,2026-07-14,web\n")
    assert "chanel is a column of its own; rename it if channel is meant." in found.said


def test_headings_are_found_in_any_case_and_order(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", "Created At ; LEAD_ID;jobFunction\n2026-07-14;L1;IT\n")
    assert found.rows["leads"][0]["lead_id"] == "L1"
    assert found.rows["leads"][0]["job_function"] == "IT"
    assert found.rows["leads"][0]["created_at"] == datetime(2026, 7, 14)


def test_what_is_absent_is_not_present(tmp_path: Path) -> None:
    found = table(tmp_path, "leads", "lead_id,created_at,origin\nL1,2026-07-14,\n")
    assert found.present["leads"] == ("lead_id", "created_at", "origin")
    assert set(found.rows["leads"][0]) == {
        "lead_id",
        "created_at",
        "created_at_is_date",
        "origin",
        "extra",
        "line",
        "without_offset",
        "refused",
        "scanned",
    } - ({"refused", "scanned"} if "refused" not in found.rows["leads"][0] else set())


def test_quoted_line_breaks_keep_line_numbers_true(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "decisions",
        'decision_id,lead_id,at,outcome,note\nd1,L,2026-07-14,accepted,"two\nlines"\n\nd2,L,bad,accepted,x\n',
    )
    assert [row["line"] for row in found.rows["decisions"]] == [2]
    assert found.rows["decisions"][0]["note"] == "two\nlines"
    assert reasons(found, "decisions") == [(5, [("not_a_time", "at")])]


def test_a_date_that_is_none_in_any_order_proves_no_order(tmp_path: Path) -> None:
    lines = ["handoff_id;lead_id;at", "h1;l1;05/04/2026 10:00", "h2;l1;32/13/2026 10:00", "h3;l1;06/04/2026"]
    found = table(tmp_path, "handoffs", "\n".join(lines))
    assert [row["at"].date() for row in found.rows["handoffs"]] == [date(2026, 4, 5), date(2026, 4, 6)]
    assert reasons(found, "handoffs") == [(3, [("impossible_date", "at")])]


def test_french_hours_and_words_are_read(tmp_path: Path) -> None:
    lines = [
        "decision_id;handoff_id;at;outcome",
        "d1;h1;11/10/2025 22h00;Accepté",
        "d2;h2;13/10/2025 à 9 h 05;REFUSÉE",
        "d3;h3;13/10/2025 8H30;recyclé",
        "d4;h4;13/10/2025;disqualifié",
        "d5;h5;13/10/2025;peut-être",
    ]
    found = table(tmp_path, "decisions", "\n".join(lines))
    assert [(row["outcome"], row["at"].isoformat(), row["at_is_date"]) for row in found.rows["decisions"]] == [
        ("accepted", "2025-10-11T22:00:00", False),
        ("rejected", "2025-10-13T09:05:00", False),
        ("recycled", "2025-10-13T08:30:00", False),
        ("disqualified", "2025-10-13T00:00:00", True),
    ]
    assert reasons(found, "decisions") == [(6, [("unknown_word", "outcome")])]


def test_a_date_of_which_nothing_tells_the_order_is_refused_for_that(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "leads",
        "lead_id,created_at\nL1,2026-01-07 09:00:00\nL2,2026-01-08\nL3,06/01/2026\nL4,46029.5\nL5,2026-13-40\n"
        "L6,soon\n",
    )
    assert [row["lead_id"] for row in found.rows["leads"]] == ["L1", "L2"]
    assert [codes for _line, codes in reasons(found, "leads")] == [
        [("day_or_month", "created_at")],
        [("day_number", "created_at")],
        [("impossible_date", "created_at")],
        [("not_a_time", "created_at")],
    ]
    proven = table(tmp_path, "leads", "lead_id,created_at\nL1,2026-01-07 09:00:00\nL2,06/01/2026\nL3,13/01/2026\n")
    assert [row["lead_id"] for row in proven.rows["leads"]] == ["L1", "L2", "L3"]
