"""Signing and comparing as French readers see it, who may sign, and a draft with faults beside a signed version."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cli.main import run
from accord.errors import AgreementError
from accord.language import use_language
from accord.workspace import Workspace

AGREEMENT = """\
name: Nous
version: "1.0"
qualification:
  criteria:
    - {id: size, axis: fit, label: {en: Size, fr: Taille}, why: {en: They stay., fr: Elles restent.}, points: 20,
       when: {field: employees, at_least: 50}}
  threshold: 20
"""

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "accord.yaml").write_text(AGREEMENT)
    (tmp_path / "leads.csv").write_text("lead_id,created_at,employees\nann,2026-06-01T09:00Z,120\n")
    assert run(["import", str(tmp_path / "leads.csv"), "--workspace", str(tmp_path)]) == 0
    return tmp_path


@pytest.fixture
def say(place: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def said(*words: str, lang: str = "en") -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([*words, "--workspace", str(place), "--lang", lang])
        use_language("en")
        captured = capsys.readouterr()
        out, err = (" ".join(text.replace("\u00a0", " ").split()) for text in (captured.out, captured.err))
        return code, out, err

    return said


def sign(say: Say) -> None:
    assert say("agreement", "propose")[0] == 0
    assert say("agreement", "sign", "--side", "marketing", "--name", "Ann")[0] == 0
    assert say("agreement", "sign", "--side", "sales", "--name", "Bob")[0] == 0


def test_signing_in_french(say: Say) -> None:
    assert say("agreement", "propose", lang="fr")[0] == 0
    code, out, err = say("agreement", "sign", "--side", "marketing", "--name", "Ann", lang="fr")
    assert (code, err) == (0, "")
    assert out.startswith("Signée côté marketing par Ann : version 1.0, empreinte ")
    assert out.endswith("Elle entrera en vigueur quand l’autre partie (commerciaux) l’aura signée aussi.")
    code, out, _err = say("agreement", "sign", "--side", "sales", "--name", "Bob", lang="fr")
    assert code == 0
    assert out.endswith("Les deux parties ont signé : la version 1.0 est désormais en vigueur.")


def test_comparing_in_french(place: Path, say: Say) -> None:
    sign(say)
    (place / "accord.yaml").write_text(AGREEMENT.replace("threshold: 20", "threshold: 15").replace("1.0", "1.1"))
    code, out, _err = say("agreement", "diff", lang="fr")
    assert code == 0
    assert re.search(r"Qualification et score seuil ?: 20 → 15 points", out)


def test_nobody_signs_for_both_sides(place: Path, say: Say) -> None:
    assert say("agreement", "propose")[0] == 0
    assert say("agreement", "sign", "--side", "marketing", "--name", "Ann Martin")[0] == 0
    code, out, err = say("agreement", "sign", "--side", "sales", "--name", " ann martin ")
    assert (code, out) == (1, "")
    assert err.startswith("ann martin has signed version 1.0 for marketing already, and nobody signs for both sides.")
    assert [each.side for each in Workspace(place).register.versions[0].signatures] == ["marketing"]


def test_figures_follow_the_signed_version_whatever_is_wrong_with_the_draft(place: Path, say: Say) -> None:
    sign(say)
    before = say("score", "--json")[1]
    lists_them = f"accord agreement check --workspace {place} lists them"
    notice = f"accord.yaml has faults, so it is no draft yet ({lists_them}); figures follow version"
    for broken in (AGREEMENT.replace("threshold", "treshold"), "a: [b\n", "", "3\n"):
        (place / "accord.yaml").write_text(broken)
        code, out, err = say("score", "--json")
        assert (code, out) == (0, before)
        assert err == f"{notice} 1.0, which is signed."
        code, _out, err = say("agreement", "check")
        assert code == 1
        assert "accord.yaml" in err
    (place / "accord.yaml").write_text(AGREEMENT.replace("threshold", "treshold"))
    code, _out, err = say("agreement", "replay")
    assert code == 1
    assert "Did you mean threshold?" in err


def test_where_nobody_can_tell_where_the_data_are_nothing_is_guessed(place: Path, say: Say) -> None:
    sign(say)
    for broken in ("a: [b\nworkspace: {database: postgresql://there/x}\n", f"{AGREEMENT}workspace: {{dtabase: x}}\n"):
        (place / "accord.yaml").write_text(broken)
        code, out, err = say("score")
        assert (code, out) == (1, "")
        assert "has 1 fault" in err


def test_settings_are_read_from_a_file_whose_agreement_has_faults(place: Path, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    (place / "accord.yaml").write_text(f"treshold: 3\nworkspace: {{database: '{other}', engine: duckdb}}\n")
    assert Workspace(place).database_url == other
    with pytest.raises(AgreementError, match="has 1 fault"):
        _agreement = Workspace(place).agreement  # nothing is signed there: the file is all there is
