"""The command that puts what is done about a finding on the list of corrective actions."""

from __future__ import annotations

import shlex

from accord.diagnosis.report import Finding

__all__ = ["recording"]


def recording(finding: Finding) -> str:
    """What to type about a finding; what is done, by whom, where and when stand as dots.

    It names no workspace: pages and JSON are read where the folder is another. A trouble that has a day of its own is
    followed from there; of a drop, whose day is wide, the actions look for the week themselves.
    """
    dated = finding.since is not None and finding.kind != "sudden_drop"
    since = f" --since {finding.since}" if dated else ""
    return f"accord actions add '…' --finding {shlex.quote(finding.id)}{since} --owner … --start … --by …"
