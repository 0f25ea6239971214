"""Modules are small, say what they are for, and packages hold no code in their ``__init__``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from support.source import ROOT, module_name, modules, tracked_files

MOST_LINES = 450
LONGER_FOR_NOW: dict[str, str] = {}
"""Path → why it is still one thing. This list only shrinks."""


def python_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".py" and "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_too_long() -> None:
    long = {str(path.relative_to(ROOT)): lines_of(path) for path in python_files() if lines_of(path) > MOST_LINES}
    assert long.keys() - LONGER_FOR_NOW.keys() == set(), f"over {MOST_LINES} lines: {long}"
    assert LONGER_FOR_NOW.keys() <= long.keys(), "no longer too long: take it off the list"


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    if "migrations" in path.parts:
        pytest.skip("a migration is named for what it does")
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [path for path in modules() if path.name == "__init__.py"], ids=module_name)
def test_packages_hold_no_code(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert all(is_a_table_of_contents(statement) for statement in body), "an __init__ re-exports and nothing else"


def is_a_table_of_contents(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.startswith("__") and name.endswith("__")
        case _:
            return False
