"""A plain table: what each column is, the order of time, and every way it can be asked wrongly."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from accord.cli.main import run
from accord.errors import AccordError, DataError, UsageError
from accord.learning.from_table import learn_from_table
from accord.learning.rivals import boosting_chances
from accord.learning.table import TableQuestion, read_learning_table
from accord.report.learning.text import learning_text
from accord.report.look import Look
from accord.values import Reason, Unknown

TABLE = """\
id,when,won,source,visits,asked,empty,same,other score
a1,2026-03-01,yes,Web,3,yes,,x,10
a2,2026-01-01,no,web,NA,no,,x,
a3,2026-02-01,no,Select,1.5,,,x,30
a4,2026-04-01,,fair,4,no,,x,40
a5,,yes,fair,4,no,,x,50
"""


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "leads.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_typed_and_leads_put_in_order(tmp_path: Path) -> None:
    found = read_learning_table(table(tmp_path), TableQuestion("won", "when", compared=("other score",)))
    assert found.order == ("2026-01-01", "2026-02-01", "2026-03-01")
    assert found.undecided == 2
    assert found.frame.good.tolist() == [False, False, True]
    assert found.skipped == {"empty": "empty", "same": "constant"}
    kinds = {name: one.kind for name, one in found.frame.fields.items()}
    assert kinds == {"id": "words", "source": "words", "visits": "number", "asked": "yes_no"}
    source = found.frame.fields["source"]
    assert [None if code < 0 else source.words[code] for code in source.codes] == ["web", None, "Web"]
    assert np.isnan(found.frame.fields["visits"].values).tolist() == [True, False, False]
    assert np.isnan(found.compared["other score"]).tolist() == [True, False, False]


def test_good_values_can_be_named(tmp_path: Path) -> None:
    found = read_learning_table(table(tmp_path), TableQuestion("source", "when", ("Web", "fair"), left_out=("id",)))
    assert found.frame.good.tolist() == [False, True, True]
    assert "id" not in found.frame.fields


def test_everything_wrong_is_said_at_once_with_the_nearest_word(tmp_path: Path) -> None:
    question = TableQuestion("wom", "whenn", left_out=("zebra",))
    with pytest.raises(UsageError) as raised:
        read_learning_table(table(tmp_path), question)
    text = str(raised.value)
    assert "no column wom. Did you mean won?" in text
    assert "no column whenn. Did you mean when?" in text
    assert "no column zebra. It has: id, when, won" in text


@pytest.mark.parametrize(
    ("question", "error", "words"),
    [
        (TableQuestion("source", "when"), DataError, "source holds Web, which is neither yes nor no. Say which"),
        (TableQuestion("won", "source"), DataError, "source holds Web: leads are put in order by numbers"),
        (TableQuestion("won", "when", ("maybe",)), UsageError, "No lead has maybe in won. It holds: no, yes"),
        (
            TableQuestion("won", "when", axes={"fitness": ("id",)}),
            UsageError,
            "There is no axis fitness. There are: fit",
        ),
    ],
)
def test_what_cannot_be_read_is_said(
    tmp_path: Path, question: TableQuestion, error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        read_learning_table(table(tmp_path), question)
    assert words in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no such file"):
        read_learning_table(tmp_path / "absent.csv", TableQuestion("won", "when"))


def test_thirty_leads_teach_nothing_and_it_is_said_how_many_would(tmp_path: Path) -> None:
    rows = [f"{number},{number % 2},{number % 3}" for number in range(30)]
    path = table(tmp_path, "\n".join(["order,won,visits", *rows]) + "\n")
    report = learn_from_table(path, TableQuestion("won", "order"))
    assert report.proposal == Unknown(Reason.TOO_FEW, 200)
    assert (report.material.leads, report.material.good, report.judged) == (30, 15, {})


def test_the_order_of_the_rows_in_the_file_does_not_matter(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    visits = random.integers(0, 9, 500)
    won = random.random(500) < visits / 10
    rows = [f"{place},{int(good)},{count}" for place, (good, count) in enumerate(zip(won, visits, strict=True))]
    question = TableQuestion("won", "order")
    first = learn_from_table(table(tmp_path, "\n".join(["order,won,visits", *rows]) + "\n"), question)
    random.shuffle(rows)
    again = learn_from_table(table(tmp_path, "\n".join(["order,won,visits", *rows]) + "\n"), question)
    assert first.proposal == again.proposal
    assert first.material.border == "400"
    assert not isinstance(first.proposal, Unknown)
    assert first.proposal.criteria


def test_without_scikit_learn_everything_but_gradient_boosting_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)  # what an absent package looks like
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    rows = [f"{number},{number * 7 % 3 % 2},{number % 5}" for number in range(400)]
    path = table(tmp_path, "\n".join(["order,won,visits", *rows]) + "\n")
    report = learn_from_table(path, TableQuestion("won", "order"))
    assert not report.boosting_available
    assert report.judged.keys() == {"proposal", "logistic"}
    assert "pip install 'accord[learn]'" in " ".join(learning_text(report, Look()).split())
    with pytest.raises(AccordError, match="needs scikit-learn"):
        boosting_chances(*read_learning_table(path, TableQuestion("won", "order")).frame.split())


def test_a_table_without_a_lead_says_how_many_it_takes(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("won,number\n")
    report = learn_from_table(tmp_path / "empty.csv", TableQuestion("won", "number"))
    assert report.material.leads == 0
    assert isinstance(report.proposal, Unknown)
    assert (report.proposal.need or 0) >= 200


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("n,won,x,x,n\n1,yes,a,b,1\n2,no,a,b,2\n")
    with pytest.raises(DataError) as refused:
        read_learning_table(path, TableQuestion("won", "n"))
    assert [str(fault).removeprefix(f"{path}:1: ") for fault in refused.value.faults] == [
        f"The column {name} is there twice. Rename one of them: nobody can tell which one is meant." for name in "nx"
    ]


def test_where_no_column_tells_anything_there_is_no_proposal_to_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "noise.csv"
    rows = [f"{number},{'yes' if number % 2 else 'no'},{'ab'[number // 2 % 2]}" for number in range(600)]
    path.write_text("\n".join(["n,won,x", *rows, ""]))
    assert run(["learn", "--table", str(path), "--outcome-column", "won", "--order-column", "n"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Nothing learnt No column tells good leads from bad ones better than chance does." in said
    assert "proposal" not in said
    assert "agreement" not in said
