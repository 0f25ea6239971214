"""The one line that tells when figures follow a signed version and not the file one is looking at."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.workspace import Workspace

__all__ = ["say_draft"]


def say_draft(place: Workspace) -> None:
    """Say it on standard error, beside the answer; nothing where the file is what figures follow."""
    if place.version_in_force is None:
        return
    from accord.report.agreement.versions import draft_notice, fault_notice

    if place.file_fault is not None:
        print(fault_notice(place.register), file=sys.stderr)
        return
    line = draft_notice(place.register, place.file)
    if line:
        print(line, file=sys.stderr)
