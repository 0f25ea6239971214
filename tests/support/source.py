"""What the source says about itself: modules, imports, layers, read without running anything."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["ROOT", "SHARED_DATA", "SOURCE", "Import", "imports_of", "layers", "module_name", "modules", "tracked_files"]

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src"
SHARED_DATA = ROOT.parent / "shared" / "data"
"""The real data sets: beside the checkout, because their licences keep them out of it."""


@dataclass(frozen=True)
class Import:
    """One import statement's target, where it stands, and whether it hides inside a function."""

    module: str
    line: int
    in_function: bool


def tracked_files() -> list[Path]:
    """Every file of the project that git knows or would add; never what .gitignore leaves out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted((SOURCE / "accord").rglob("*.py"))


def module_name(path: Path) -> str:
    """``accord.stats.curve`` for ``src/accord/stats/curve.py``."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """Every module that ``path`` imports; ``from package import module`` names the module where it is one."""
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8")), path, in_function=False))


def _imports(node: ast.AST, path: Path, *, in_function: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, in_function)
        elif isinstance(child, ast.ImportFrom):
            base = _absolute(child, path)
            for alias in child.names:
                yield Import(_module_in(base, alias.name), child.lineno, in_function)
        else:
            inside = in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, path, in_function=inside)


def _absolute(statement: ast.ImportFrom, path: Path) -> str:
    if not statement.level:
        return statement.module or ""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    package = parts[: len(parts) - statement.level]
    return ".".join([*package, *([statement.module] if statement.module else [])])


def _module_in(base: str, name: str) -> str:
    folder = SOURCE.joinpath(*base.split("."))
    is_module = (folder / f"{name}.py").is_file() or (folder / name).is_dir()
    return f"{base}.{name}" if is_module else base


def layers() -> dict[str, int]:
    """Each part of the package and its place in the list of ``docs/architecture.md``; imports point to lower places."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert block is not None, "docs/architecture.md has no list of layers"
    names = [name for line in block[1].splitlines() for name in re.split(r"\s{2,}", line)[:-1]]
    return {name: place for place, name in enumerate(names)}
