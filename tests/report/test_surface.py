"""What ``import accord`` offers, and that it costs nothing until it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import accord
from accord.surface import NAMES, RENAMED

EXPORTED = {
    *("Acceptance", "Actions", "Audit", "BoardReport", "Diagnosis", "Figures", "Recycle", "Value", "Viewer", "open"),
    *("Bounds", "Estimate", "Reason", "Unknown"),
    *("AccordError", "AgreementError", "DataError", "EngineError", "Fault", "UsageError", "WorkspaceError"),
    "use_language",
}


def test_the_names_are_these() -> None:
    assert set(NAMES) == EXPORTED
    assert set(accord.__all__) == {*EXPORTED, "__version__"}


def test_the_types_that_editors_see_are_the_same_names() -> None:
    stub = ast.parse(Path(accord.__file__ or "").with_suffix(".pyi").read_text("utf-8"))
    imported = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert imported == EXPORTED
    modules = {
        alias.asname: (node.module, alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert modules == {name: (module, RENAMED.get(name, name)) for name, module in NAMES.items()}


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_every_name_is_there(name: str) -> None:
    assert getattr(accord, name) is not None


def test_there_is_no_other() -> None:
    with pytest.raises(AttributeError, match="'accord' has no attribute 'acceptance_rate'"):
        getattr(accord, "acceptance_rate")  # noqa: B009  mypy knows that it is not there


def test_importing_loads_nothing_of_ours_but_the_list_of_names() -> None:
    ask = "import accord, sys; print(sorted(name for name in sys.modules if name.startswith('accord')))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['accord', 'accord.surface']"


def test_a_notebook_is_offered_every_name_before_any_is_loaded() -> None:
    ask = "import accord, sys; print(sorted(dir(accord))); print('accord.api' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    offered, loaded = done.stdout.splitlines()
    assert {*EXPORTED, "__version__", "__doc__"} <= set(ast.literal_eval(offered))
    assert loaded == "False"
