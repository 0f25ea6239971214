"""Every worked example in the statistics runs, and every module that computes has one."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import accord.stats

NAMES = sorted(module.name for module in pkgutil.iter_modules(accord.stats.__path__))
WITHOUT_EXAMPLE = {"equivalent", "figures", "stages"}  # shown by the examples of what calls them


@pytest.mark.parametrize("name", NAMES)
def test_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"accord.stats.{name}"))
    assert result.failed == 0
    assert (result.attempted == 0) == (name in WITHOUT_EXAMPLE)
