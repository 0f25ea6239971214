"""``accord audit``: can these data carry the figures?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.options import HERE, as_of_option, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.language import gettext as _

__all__ = ["register"]


def audit(
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
    json: Annotated[bool, json_option()] = False,
) -> None:
    from accord.audit.workspace import audit_workspace
    from accord.cli.progress import audit_progress
    from accord.report.audit.answer import audit_json
    from accord.report.audit.text import audit_text
    from accord.report.envelope import dumps
    from accord.report.look import Look

    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    with audit_progress(sys.stderr) as progress:
        report = audit_workspace(place, moment, progress=progress)
    if json:
        print_for_programs(dumps(audit_json(report)))
    else:
        sys.stdout.write(audit_text(report, Look.of(sys.stdout, os.environ)))


def register(app: Program) -> None:
    """Add the command."""
    app.command("audit", help=_("Say whether the data can carry the figures, what bends them, and what to do."))(audit)
