"""A column of leads that the contract does not name is a segment wherever the figures are computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.main import run

CHOSEN = ["web", "l'été", "b%d", ""]


@pytest.fixture
def company(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty leads with columns of their own, imported into a PostgreSQL store."""
    monkeypatch.setenv("ACCORD_DATABASE", postgres_url)
    leads = ['lead_id,created_at,"Groupe ""A""",seats,fit,signed_on']
    leads += [f"l{n},2026-03-02T09:00Z,{CHOSEN[n % 4]},{n % 3},{n % 2 == 0},2026-01-0{1 + n % 2}" for n in range(40)]
    handoffs = ["handoff_id,lead_id,at", *(f"h{n},l{n},2026-03-02T10:00Z" for n in range(40))]
    decisions = ["decision_id,handoff_id,at,outcome"]
    decisions += [f"d{n},h{n},2026-03-02T12:00Z,{'accepted' if n % 3 else 'rejected'}" for n in range(40)]
    data = tmp_path / "data"
    data.mkdir()
    for name, lines in {"leads": leads, "handoffs": handoffs, "decisions": decisions}.items():
        (data / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    place = tmp_path / "company"
    place.mkdir()
    assert run(["import", str(data), "--workspace", str(place), "--json"]) == 0
    return place


@pytest.mark.parametrize("column", ['Groupe "A"', "seats", "fit", "signed_on"])
def test_the_store_as_engine_gives_the_same_segments(
    company: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
    column: str,
) -> None:
    capsysbinary.readouterr()
    command = ["acceptance", "--by", column, "--json", "--workspace", str(company)]
    assert run(command) == 0
    embedded = capsysbinary.readouterr().out
    monkeypatch.setenv("ACCORD_ENGINE", postgres_url)
    assert run(command) == 0
    assert capsysbinary.readouterr().out == embedded
    assert embedded.count(b'"segment"') > 2
