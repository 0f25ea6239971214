"""A fresh environment with Accord's wheel and what it asks for, and nothing more; made without a network.

The packages are not installed anew but linked from the environment that runs the tests, so the versions are the locked
ones. What is proved is the *list*: a package that the wheel does not ask for is not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support.source import ROOT

__all__ = ["Installation", "build_wheel", "closure", "core_requirements", "install"]


@dataclass(frozen=True)
class Installation:
    """An environment: run things in it."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def run(self, *words: str | Path, cwd: Path, language: str = "en") -> subprocess.CompletedProcess[str]:
        """``accord`` with ``words``, by the entry point that the wheel declares."""
        program = "import sys; from accord.cli.main import main; sys.argv[0] = 'accord'; main()"
        return subprocess.run(
            [self.python, "-c", program, *words],
            cwd=cwd,
            env={"ACCORD_LANG": language, "HOME": str(cwd), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def build_wheel(folder: Path) -> Path:
    """Build Accord's wheel into ``folder`` with the locked builder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return next(folder.glob("accord-*.whl"))


def core_requirements(wheel: Path) -> list[Requirement]:
    """What the wheel asks for when no extra is named."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    return wanted(metadata.get_all("Requires-Dist", []))


def wanted(lines: Iterable[str], extras: Iterable[str] = ()) -> list[Requirement]:
    """Those of the requirements that hold on this machine, without extras or with the given ones."""
    requirements = [Requirement(line) for line in lines]
    environments = [{"extra": extra} for extra in ("", *extras)]
    return [
        requirement
        for requirement in requirements
        if requirement.marker is None or any(requirement.marker.evaluate(each) for each in environments)
    ]


def closure(requirements: Iterable[Requirement]) -> dict[str, Distribution]:
    """The packages asked for, and all that they ask for in turn, by name."""
    found: dict[str, Distribution] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in found or requirement.extras:
            found[name] = distribution(name)
            waiting += [
                each
                for each in wanted(found[name].requires or [], requirement.extras)
                if canonicalize_name(each.name) not in found
            ]
    return found


def install(wheel: Path, folder: Path) -> Installation:
    """A new environment in ``folder``: the wheel, and links to the packages it asks for."""
    venv.create(folder, with_pip=False)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    for package in closure(core_requirements(wheel)).values():
        tops = {file.parts[0] for file in package.files or [] if file.parts[0] not in {"..", "__pycache__"}}
        for top in tops:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(package.locate_file(top))))
    return Installation(folder)
