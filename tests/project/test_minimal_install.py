"""The wheel alone, with what it asks for and no extra, is a working Accord."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from support.installation import Installation, build_wheel, closure, core_requirements, install
from support.source import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def minimal(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(wheel, tmp_path_factory.mktemp("minimal") / "environment")


def test_the_wheel_carries_what_is_not_code(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"accord/py.typed", "accord/locale/fr/LC_MESSAGES/accord.mo"} <= names
    assert [name for name in names if name.startswith(("tests/", "bench/", "scripts/"))] == []


def test_the_lock_has_all_that_the_wheel_asks_for(wheel: Path) -> None:
    lock = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0]: line.split("==")[1].split()[0] for line in lock.splitlines() if "==" in line}
    assert closure(core_requirements(wheel)).keys() <= pinned.keys()


@pytest.mark.parametrize(("language", "sentence"), [("en", "Usage: accord"), ("fr", "Utilisation")])
def test_help_speaks_both_languages(minimal: Installation, tmp_path: Path, language: str, sentence: str) -> None:
    done = minimal.run("--help", cwd=tmp_path, language=language)
    assert (done.returncode, done.stderr) == (0, "")
    assert sentence in done.stdout
