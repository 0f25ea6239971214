"""Grades are kept beside the read model: worked out once for a state of the data, read by every report after that.

Why, and when they are worked out without being asked for: docs/decisions/0041-grades-stand-beside-figures.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from accord import __version__
from accord.agreement.load import agreement_digest
from accord.agreement.model import Definition
from accord.audit.figures import Audited
from accord.audit.report import LoweredGrade
from accord.audit.thresholds import THRESHOLDS
from accord.readmodel.source import Source
from accord.workspace import Workspace

__all__ = ["Lowered", "keep", "kept"]

Lowered = Mapping[Definition, Mapping[Audited, LoweredGrade]]
"""Under every definition, the figures that are graded below A."""

FOLDER = "audit"
MOST_KEPT = 8
"""States whose grades stay: a few moments (``--as-of``) and agreements are looked at in turn."""


def kept(workspace: Workspace, source: Source, quarantined: Mapping[str, int]) -> Lowered | None:
    """The grades that an audit of this very state found; None where there was none, or its file cannot be read."""
    path = _place(workspace, source, quarantined)
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            definition: {Audited(figure): LoweredGrade(*lowered) for figure, lowered in figures.items()}
            for definition, figures in found.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def keep(workspace: Workspace, source: Source, quarantined: Mapping[str, int], lowered: Lowered) -> None:
    """Remember what an audit found. Where that is impossible (a folder one may only read), only time is lost."""
    path = _place(workspace, source, quarantined)
    if path is None:
        return
    content = {
        definition: {figure.value: [grade.grade, grade.because] for figure, grade in figures.items()}
        for definition, figures in lowered.items()
    }
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        pending = path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            pending.write_text(json.dumps(content, indent=1), encoding="utf-8")
            pending.replace(path)
        finally:
            pending.unlink(missing_ok=True)
        newest = sorted(path.parent.glob("*.json"), key=os.path.getmtime, reverse=True)
        for old in newest[MOST_KEPT:]:
            old.unlink(missing_ok=True)


def _place(workspace: Workspace, source: Source, quarantined: Mapping[str, int]) -> Path | None:
    """The file of this state: the data, the moment, the agreement, and the checks that this version makes."""
    if source.state is None:
        return None
    parts = {
        "accord": __version__,
        "agreement": agreement_digest(source.agreement),
        "as_of": source.as_of.isoformat(),
        "quarantined": dict(sorted(quarantined.items())),
        "state": source.state,
        "thresholds": repr(sorted(THRESHOLDS.items())),
    }
    name = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]
    return workspace.readmodel / FOLDER / f"{name}.json"
