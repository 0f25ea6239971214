"""Rating sheets: what a spreadsheet makes of them is read, and every fault is named with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from accord.errors import DataError
from accord.rating.compare import CriterionAgreement, compare
from accord.rating.sheets import read_sheet, sheet_text
from accord.report.look import Look
from accord.report.rating.text import rating_text
from accord.values import Estimate, Reason, Unknown


def sheet(folder: Path, name: str, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_a_sheet_comes_back_as_it_was_filled_in(tmp_path: Path) -> None:
    text = sheet_text(["company"], ["fit"], [{"lead_id": "a", "company": "=SUM(A1)"}, {"lead_id": "b"}])
    assert text.splitlines() == ["lead_id,company,rate:fit,rate:overall,comment", "a,'=SUM(A1),,,", "b,,,,"]
    path = sheet(tmp_path, "filled.csv", "lead_id;company;rate:fit;rate:overall;comment", "a;é;Oui;A;x", "", "b;;?;n;")
    assert read_sheet(path).ratings == {"a": {"fit": "yes", "overall": "A"}, "b": {"overall": "no"}}


def test_a_sheet_for_a_french_spreadsheet_comes_back_too(tmp_path: Path) -> None:
    rows = [{"lead_id": "a", "budget": "12.5", "company": "-x"}]
    text = sheet_text(["budget", "company"], ["fit"], rows, delimiter=";", point=",")
    assert text.splitlines() == ["lead_id;budget;company;rate:fit;rate:overall;comment", "a;12,5;'-x;;;"]
    path = sheet(tmp_path, "s.csv", *text.replace("'-x;;;", "'-x;oui;;").splitlines(), encoding="utf-8-sig")
    assert read_sheet(path).ratings == {"a": {"fit": "yes"}}


def test_what_a_spreadsheet_saves_in_its_own_encoding_is_read(tmp_path: Path) -> None:
    path = sheet(tmp_path, "s.csv", "lead_id\trate:overall\tcomment", "a\toui\tdéjà vu", encoding="cp1252")
    assert read_sheet(path).ratings == {"a": {"overall": "yes"}}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "empty"),
        (["name,rate:fit", "a,yes"], "needs one column lead_id; it has: name, rate:fit"),
        (["lead_id,fit", "a,yes"], "begins with rate:"),
        (["lead_id,rate:fit,rate:fit", "a,yes,no"], "rate:fit is there twice"),
        (["lead_id,rate:fit", "a,yes", ",no"], "3: There is no lead_id"),
        (["lead_id,rate:fit", "a,yes", "b,no", "a,no"], "4: The lead a is there twice; it stands in line 2"),
        (["lead_id,rate:fit", "a,", "b,?"], "Nothing is rated"),
    ],
    ids=["empty", "no lead", "no column", "column twice", "no id", "lead twice", "nothing rated"],
)
def test_every_fault_says_where(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(DataError, match=r"s\.csv") as caught:
        read_sheet(sheet(tmp_path, "s.csv", *lines))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        read_sheet(tmp_path / "nowhere.csv")


def filled(folder: Path, side: str, words: str) -> Path:
    return sheet(folder, f"{side}.csv", "lead_id,rate:overall", *(f"l{n},{word}" for n, word in enumerate(words)))


def test_agreement_counts_only_what_both_rated(tmp_path: Path) -> None:
    marketing = read_sheet(filled(tmp_path, "marketing", "yyyyyyyyynnnnn?y"))
    sales = read_sheet(filled(tmp_path, "sales", "yyyyyynnnnnnnnn?"))
    report = compare(marketing, sales)
    (one,) = report.criteria
    assert (one.both, one.only_marketing, one.only_sales) == (14, 1, 1)
    assert one.words == ("no", "yes")
    assert one.table == ((5, 0), (3, 6))
    assert one.stricter == "sales"
    assert one.stricter_in == (3, 3)
    assert "sales (3 of 3)" in rating_text(report, Look())
    # po = 11/14; pe = (5·8 + 9·6)/14²: by hand
    assert isinstance(one.kappa, Estimate)
    assert one.kappa.value == pytest.approx((11 / 14 - 94 / 196) / (1 - 94 / 196))
    assert [apart.lead_id for apart in report.disagreements] == ["l6", "l7", "l8"]


def test_near_misses_count_in_part_only_on_an_ordered_scale(tmp_path: Path) -> None:
    marketing, sales = filled(tmp_path, "m", "ABCDABCDABCD"), filled(tmp_path, "s", "ABCDABCDABDC")
    (one,) = compare(read_sheet(marketing), read_sheet(sales)).criteria
    assert one.weighting == "linear"
    assert one.stricter is None


def test_too_few_ratings_give_no_figure(tmp_path: Path) -> None:
    report = compare(read_sheet(filled(tmp_path, "m", "yyn")), read_sheet(filled(tmp_path, "s", "yny")))
    assert report.criteria[0].kappa == Unknown(Reason.TOO_FEW, 10)


def test_sheets_of_different_samples_are_refused(tmp_path: Path) -> None:
    other = sheet(tmp_path, "other.csv", "lead_id,rate:fit", "x,yes")
    with pytest.raises(DataError) as caught:
        compare(read_sheet(filled(tmp_path, "m", "yyn")), read_sheet(other))
    assert "nothing in common: overall and fit" in str(caught.value)
    assert "no lead in common" in str(caught.value)


def test_the_furthest_apart_stand_first(tmp_path: Path) -> None:
    """By the steps between the whole judgements, then between all of them; C counts although nobody said it."""
    ours = read_sheet(
        sheet(tmp_path, "m.csv", "lead_id,rate:fit,rate:overall", "a,A,B", "b,A,A", "c,A,B", "d,D,A", "e,A,A")
    )
    theirs = read_sheet(
        sheet(tmp_path, "s.csv", "lead_id,rate:fit,rate:overall", "a,A,A", "b,B,D", "c,D,A", "d,A,A", "e,A,A")
    )
    report = compare(ours, theirs)
    assert [one.lead_id for one in report.disagreements] == ["b", "c", "a", "d"]
    assert report.criteria[0].words == ("A", "B", "C", "D")


def test_marks_are_as_far_apart_as_their_values(tmp_path: Path) -> None:
    marks = ["2,3", "2,9", "3,2", "9,9"] * 5
    for side, place in (("m", 0), ("s", 1)):
        lines = [f"l{number},{pair.split(',')[place]}" for number, pair in enumerate(marks)]
        sheet(tmp_path, f"{side}.csv", "lead_id,rate:overall", *lines)
    (found,) = compare(read_sheet(tmp_path / "m.csv"), read_sheet(tmp_path / "s.csv")).criteria
    table = np.array(found.table)
    assert found.words == tuple(map(str, range(2, 10)))
    assert isinstance(found.kappa, Estimate)
    assert found.kappa.value == pytest.approx(cohens_kappa(table, wt="linear", return_results=False), abs=1e-9)


def rated_apart(folder: Path, pairs: list[tuple[str, str]]) -> CriterionAgreement:
    """The one criterion of two sheets with these ratings, five times over; a semicolon keeps decimal commas whole."""
    for side, place in (("m", 0), ("s", 1)):
        lines = [f"l{number};{pair[place]}" for number, pair in enumerate(pairs * 5)]
        sheet(folder, f"{side}.csv", "lead_id;rate:overall", *lines)
    (found,) = compare(read_sheet(folder / "m.csv"), read_sheet(folder / "s.csv")).criteria
    return found


def test_among_marks_one_is_a_mark_and_not_yes(tmp_path: Path) -> None:
    found = rated_apart(tmp_path, [("1", "2"), ("0", "0"), ("4", "5")])
    assert (found.words, found.weighting) == (("0", "1", "2", "3", "4", "5"), "linear")
    only = rated_apart(tmp_path, [("1", "yes"), ("0", "1"), ("no", "0")])
    assert (only.words, only.table) == (("no", "yes"), ((5, 5), (0, 5)))
    one_sided = rated_apart(tmp_path, [("1", "3"), ("0", "0"), ("1", "1")])  # marketing alone says nothing but 1 and 0
    assert one_sided.words == ("0", "1", "2", "3")


def test_marks_in_parts_are_as_far_apart_as_their_values(tmp_path: Path) -> None:
    """Halves with a point or a French comma: 2 is three steps of a half from 3.5, whether anybody gave 2.5 or not."""
    pairs = [("2,0", "2"), ("3,5", "2"), ("1.5", "2"), ("3.5", "3,5")]
    found = rated_apart(tmp_path, pairs)
    values = np.array([1.5, 2.0, 2.5, 3.0, 3.5])
    assert [float(word) for word in found.words] == values.tolist()
    table = np.zeros((5, 5))
    for ours, theirs in pairs * 5:
        first, second = (float(cell.replace(",", ".")) for cell in (ours, theirs))
        table[values.tolist().index(first), values.tolist().index(second)] += 1
    assert isinstance(found.kappa, Estimate)
    assert found.kappa.value == pytest.approx(cohens_kappa(table, wt="linear", return_results=False), abs=1e-9)
