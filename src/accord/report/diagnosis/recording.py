"""The command that puts what is done about a finding on the list of corrective actions."""

from __future__ import annotations

import shlex

__all__ = ["recording"]


def recording(finding: str) -> str:
    """What to type, for the finding of that id; what is done, by whom, where and when stand as dots.

    It names no workspace: pages and JSON are read where the folder is another.
    """
    return f"accord actions add '…' --finding {shlex.quote(finding)} --owner … --start … --by …"
