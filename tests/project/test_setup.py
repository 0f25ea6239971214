"""Setting up on a machine that lacks something says exactly what, and how to get it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.source import ROOT

NEEDED = ("bash", "cat", "cksum", "dirname", "env", "rm")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with next to nothing on it: a folder to be the only one on the search path, and the scripts."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    return tmp_path


def put(machine: Path, name: str, text: str) -> None:
    """A program of that name, which does what ``text`` says."""
    path = machine / "bin" / name
    path.write_text(f"#!{shutil.which('bash')}\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def run(machine: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(machine / "scripts" / words[0]), *words[1:]],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_that_is_too_old_is_named(machine: Path) -> None:
    put(machine, "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    done = run(machine, "environment", "run")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; found Python 3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (machine / ".venv").exists()


def test_who_may_not_install_is_told_the_command(machine: Path) -> None:
    put(machine, "id", "echo 1000")
    put(machine, "apt-get", "echo must not run; exit 99")
    done = run(machine, "system-package", "postgresql")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends postgresql" in done.stderr


def test_a_system_without_apt_is_told_the_name(machine: Path) -> None:
    put(machine, "id", "echo 0")
    done = run(machine, "system-package", "postgresql")
    assert done.returncode == 1
    assert "postgresql is missing" in done.stderr


def test_the_administrator_installs_without_being_asked(machine: Path) -> None:
    put(machine, "id", "echo 0")
    put(
        machine,
        "apt-get",
        f'echo "$@" >> {machine}/log; [ -f {machine}/lists ] || [ "$1" = update ] && > {machine}/lists',
    )
    assert run(machine, "system-package", "postgresql").returncode == 0
    install = "install -y -qq --no-install-recommends postgresql"
    assert (machine / "log").read_text().splitlines() == [install, "update -qq", install]
