"""Imports point down the list in docs/architecture.md, go in no circle, and do not hide inside functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.source import Import, imports_of, layers, module_name, modules

OPTIONAL_PACKAGES = {"pandas", "polars", "psycopg", "sklearn", "threadpoolctl", "weasyprint"}
"""Extras: they may be absent, so only the function that needs one imports it, and says how to install it."""

COMMANDS = "accord.cli."
"""A command imports its use case when it runs: `accord --help` loads no engine."""

ALLOWED_IN_FUNCTIONS: dict[tuple[str, str], str] = {
    ("accord.store.database", "accord.store.migrate"): "Django takes half a second; laying out a database needs it",
}
"""(module, what it imports inside a function) → why it cannot stand at the top. This list only shrinks."""


def part_of(module: str) -> str:
    """The part of the package that stands in the list of layers: "stats" for ``accord.stats.curve``."""
    return module.split(".")[1]


def own(module: str) -> bool:
    """Whether the list of layers speaks of it: the package itself and ``python -m accord`` stand above the list."""
    return module.startswith("accord.") and module != "accord.__main__"


OWN_MODULES = [path for path in modules() if own(module_name(path))]


def test_the_list_of_layers_is_read() -> None:
    places = layers()
    assert places["errors"] < places["tables"] < places["metrics"] < places["cli"]


def test_every_part_of_the_package_stands_in_the_list() -> None:
    assert {part_of(module_name(path)) for path in OWN_MODULES} <= layers().keys()


@pytest.mark.parametrize("path", OWN_MODULES, ids=module_name)
def test_imports_point_down(path: Path) -> None:
    places, name = layers(), module_name(path)
    upward = [
        f"line {found.line}: {found.module}"
        for found in imports_of(path)
        if own(found.module) and places[part_of(found.module)] > places[part_of(name)]
    ]
    assert not upward


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_no_import_hides_in_a_function(path: Path) -> None:
    name = module_name(path)
    hidden = [f"line {found.line}: {found.module}" for found in imports_of(path) if is_hidden(name, found)]
    assert not hidden, "import at the top, or add a reason to ALLOWED_IN_FUNCTIONS"


def is_hidden(module: str, found: Import) -> bool:
    return (
        found.in_function
        and not module.startswith(COMMANDS)
        and found.module.split(".")[0] not in OPTIONAL_PACKAGES
        and (module, found.module) not in ALLOWED_IN_FUNCTIONS
    )


def test_every_allowed_import_still_exists() -> None:
    there = {(module_name(path), found.module) for path in modules() for found in imports_of(path) if found.in_function}
    assert ALLOWED_IN_FUNCTIONS.keys() <= there


def test_no_import_goes_in_a_circle() -> None:
    names = {module_name(path) for path in modules()}
    graph = {
        module_name(path): {
            found.module for found in imports_of(path) if found.module in names and not found.in_function
        }
        for path in modules()
    }
    assert circle_in(graph) == []


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """One circle, or nothing: walks every path once, keeping the modules it is inside of."""
    done: set[str] = set()

    def walk(module: str, above: list[str]) -> list[str]:
        if module in above:
            return [*above[above.index(module) :], module]
        if module in done:
            return []
        for below in sorted(graph[module] - {module}):
            if circle := walk(below, [*above, module]):
                return circle
        done.add(module)
        return []

    return next((circle for module in sorted(graph) if (circle := walk(module, []))), [])


def test_a_circle_would_be_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c", "a"]
