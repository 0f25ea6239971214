"""The names that ``import accord`` offers, each loaded when it is first used: importing Accord itself costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

__all__ = ["NAMES", "RENAMED", "attribute", "names"]

NAMES: Mapping[str, str] = {
    "Acceptance": "accord.api",
    "Actions": "accord.api",
    "Audit": "accord.api",
    "BoardReport": "accord.report.board.written",
    "Diagnosis": "accord.report.diagnosis.written",
    "Figures": "accord.api",
    "Recycle": "accord.api",
    "Value": "accord.api",
    "Viewer": "accord.diagnosis.viewing",
    "open": "accord.api",
    "Bounds": "accord.values",
    "Estimate": "accord.values",
    "Reason": "accord.values",
    "Unknown": "accord.values",
    "AccordError": "accord.errors",
    "AgreementError": "accord.errors",
    "DataError": "accord.errors",
    "EngineError": "accord.errors",
    "Fault": "accord.errors",
    "UsageError": "accord.errors",
    "WorkspaceError": "accord.errors",
    "use_language": "accord.language",
}
"""Name to the module where it stands."""

RENAMED: Mapping[str, str] = {"open": "open_workspace"}
"""Names that are short because ``accord.`` stands before them, and what they are called where they stand."""


def attribute(name: str) -> Any:
    """``accord.<name>``; ``AttributeError`` when there is none."""
    if name not in NAMES:
        raise AttributeError(f"module 'accord' has no attribute {name!r}")
    return getattr(import_module(NAMES[name]), RENAMED.get(name, name))


def names() -> list[str]:
    """Every name that ``accord`` has, loaded or not: what a notebook offers when a name is begun."""
    return sorted({*vars(import_module("accord")), *NAMES})
