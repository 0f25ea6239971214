"""``accord diagnose``: why acceptance is what it is, and what to do about it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from accord.cli.asking import moment_asked, workspace_asked, write_file
from accord.cli.figure_options import html_option
from accord.cli.options import HERE, as_of_option, json_option, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.language import gettext as _

__all__ = ["register"]


def diagnose(
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
    json: Annotated[bool, json_option()] = False,
    html: Annotated[str, html_option()] = "",
) -> None:
    # The matrices of a diagnosis are small: threads of the linear algebra would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from accord.diagnosis.keeping import diagnosed
    from accord.readmodel.opening import open_source
    from accord.report.diagnosis.answer import diagnosis_json
    from accord.report.envelope import dumps
    from accord.value.rates import rates_beside

    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    rates = rates_beside(place.root, place.agreement.currency)
    with open_source(place, moment) as source:
        if html:
            from accord.diagnosis.charting import diagnosed_with_charts
            from accord.report.diagnosis.page import diagnosis_page

            report, charting = diagnosed_with_charts(source, rates=rates)
            write_file(html, diagnosis_page(report, charting))
            if not json:
                return
        else:
            report = diagnosed(source, rates=rates)
    if json:
        print_for_programs(dumps(diagnosis_json(report)))
    else:
        from accord.report.diagnosis.text import diagnosis_text
        from accord.report.look import Look

        sys.stdout.write(diagnosis_text(report, Look.of(sys.stdout, os.environ)))


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "diagnose", help=_("Say why acceptance is what it is: what hurts it, since when, where, and what to do.")
    )(diagnose)
