"""A company may call its columns what it likes: also what Accord calls its own things."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.acceptance.measure import dimensions_of, measure
from accord.acceptance.segments import usual_dimensions
from accord.cli.main import run
from accord.errors import DataError, UsageError
from accord.ingest.mapping.load import read_mapping
from accord.ingest.own_columns import kept_as
from accord.readmodel.opening import open_source
from accord.workspace import Workspace

TAKEN = (
    *("id", "line", "Fault", "raw", "refused", "extra", "filename", "file_row_number", "accord_extra"),
    *("accord_cell_0", "at_is_date", "created_at_is_date"),
)
OTHERS = (
    *("at", "lead_", "n", "week", "month", "segment", "period", "outcome", "local_day", "episode_row", "cell_0", "c0"),
    *("file", "scanned", "reasons", "key", "value", "group", "order", "select", "import_id", "handed", "score", "none"),
    *("(none)", "a.b", "a b", 'q"q', "semi;colon", "it's", "état", "lead_team", "x_id", "%s", "{x}"),
)
OF_HANDOFFS = ("team", "rep_id", "band", "agreement", "account_size")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty leads, each with ``x`` or ``y`` in every column."""
    data, place = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("company")
    names = [*TAKEN, *OTHERS, *OF_HANDOFFS]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    leads = [",".join(["lead_id", "created_at", *quoted])]
    leads += [",".join([f"l{n}", "2026-03-01T09:00Z", *("xy"[n % 2] for _ in names)]) for n in range(60)]
    handoffs = ["handoff_id,lead_id,at,team"]
    handoffs += [f"h{n},l{n},2026-03-02T10:00Z,{'north' if n % 3 else 'south'}" for n in range(60)]
    for name, lines in {"leads": leads, "handoffs": handoffs}.items():
        (data / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(["import", str(data), "--workspace", str(place), "--json"]) == 0
    return place


def test_every_column_can_be_cut_by(company: Path) -> None:
    """Under its own name, or, where that means something else here, with "(original)" behind it."""
    with open_source(Workspace(company)) as source:
        for name in (*OTHERS, *map(kept_as, (*TAKEN, *OF_HANDOFFS))):
            rows = measure(source, by=[name], definition="action").answers["action"].rows
            assert [(row.segment[name], row.handed) for row in rows] == [("x", 30), ("y", 30)], name
        known = dimensions_of(source)
        assert not set(TAKEN) & set(known)
        assert len(set(known)) == len(known)
        assert {*OTHERS, "team"} <= set(usual_dimensions(source))


def test_what_is_the_handoff_s_stays_the_handoff_s(company: Path) -> None:
    with open_source(Workspace(company)) as source:
        rows = measure(source, by=["team"], definition="action").answers["action"].rows
        assert [(row.segment["team"], row.handed) for row in rows] == [("north", 40), ("south", 20)]


def test_the_old_name_leads_to_the_new_one(company: Path) -> None:
    with (
        open_source(Workspace(company)) as source,
        pytest.raises(UsageError, match=r"Did you mean line \(original\)\?"),
    ):
        measure(source, by=["line"])


@pytest.mark.parametrize("command", [["acceptance", "--html", "page.html"], ["audit"], ["diagnose"], ["value"]])
def test_every_report_can_be_made(
    company: Path, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*command, "--workspace", str(company)]) == 0


def test_a_mapping_cannot_call_a_column_so() -> None:
    text = b"files:\n- tables:\n  - table: leads\n    columns: {lead_id: a, created_at: b, line: c}\n"
    with pytest.raises(DataError, match="line is a word of Accord's own here"):
        read_mapping(text, Path("m.yaml"))
