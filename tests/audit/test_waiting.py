"""Rows that point at leads in quarantine miss nothing else: the audit says so, and names the cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.cli.main import run

FILES = {
    "leads.csv": "lead_id,created_at\nL1,2026-07-01\nL2,2026-07-02\nL3,2026-07-32\nL4,2026-07-33\n",
    "handoffs.csv": "handoff_id,lead_id,at\n" + "".join(f"H{n},L{n},2026-07-1{n}T09:00:00Z\n" for n in (1, 2, 3, 4, 5)),
    "decisions.csv": "decision_id,lead_id,at,outcome\n"
    + "".join(f"D{n},L{n},2026-07-1{n}T10:00:00Z,accepted\n" for n in (1, 3, 5)),
    "activities.csv": "activity_id,lead_id,at,kind\nA1,L3,2026-07-13T11:00:00Z,call\n",
}


def checks(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert run(["audit", "--json", *words]) == 0
    return {found["code"]: found for found in json.loads(capsys.readouterr().out)["data"]["checks"]}


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_the_cure_is_the_quarantine(
    tmp_path: Path,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    if database == "postgres":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    run(["import", *FILES])
    found = checks(capsys)
    waiting, unknown = found["handoffs_of_waiting_leads"], found["handoffs_of_unknown_leads"]
    assert (waiting["affected"], waiting["of"], waiting["samples"]) == (2, 5, ["H3", "H4"])
    assert waiting["details"] == {"waiting": 2, "target": "leads"}
    assert "accord quarantine --csv mend.csv" in waiting["action"]["en"]
    assert (unknown["affected"], unknown["samples"]) == (1, ["H5"])
    assert (found["decisions_of_waiting_rows"]["affected"], found["decisions_of_nothing"]["affected"]) == (1, 1)
    assert found["activities_of_waiting_leads"]["affected"] == 1
    assert "activities_of_unknown_leads" not in found
    # The cure works.
    run(["quarantine", "--csv", "mend.csv"])
    mended = Path("mend.csv").read_text(encoding="utf-8").replace("L3,2026-07-32", "L3,2026-07-03")
    Path("mend.csv").write_text(mended.replace("L4,2026-07-33", "L4,2026-07-03"), encoding="utf-8")
    run(["import", "mend.csv"])
    found = checks(capsys)
    assert not {code for code in found if "waiting" in code}
    assert found["handoffs_of_unknown_leads"]["affected"] == 1
