"""``accord value``: what leads cost, how far they come, and what the customers among them bring."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from accord.cli.asking import days_asked, grading_beside, moment_asked, workspace_asked, write_file, write_table
from accord.cli.figure_options import (
    READERS,
    USUAL_LIMIT,
    FigureCommand,
    by_option,
    check_choice,
    check_days,
    check_one_output,
    csv_for_option,
    csv_option,
    from_option,
    html_option,
    limit_option,
    period_option,
    rates_option,
    reader_of,
    to_option,
)
from accord.cli.options import HERE, as_of_option, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.report.audit.grading import Grading
    from accord.report.value.attribution_answer import LinesOf
    from accord.value.figures import PeriodUnit, ValueReport
    from accord.value.supposing import Supposed

__all__ = ["register"]

PERIODS = ("month", "quarter")
LINES = ("rows", "attribution", "combinations", "fronts")


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "value",
        cls=FigureCommand,
        help=_("Say what leads cost, how far they come, and what the customers among them bring."),
    )(value)


def value(
    *,
    by: Annotated[
        list[str] | None,
        by_option(_("Cut by channel, campaign, origin, sector, account_size or any column; several at once.")),
    ] = None,
    period: Annotated[
        str,
        period_option(_("Cut by acquisition cohort too: the month or quarter in which a lead was created.")),
    ] = "",
    start: Annotated[
        str, from_option(_("The first day of creation and of spend: 2026-07-01, 2026-07 or 2026-Q3."))
    ] = "",
    end: Annotated[str, to_option()] = "",
    rates: Annotated[str, rates_option()] = "",
    currency: Annotated[
        str,
        typer.Option(
            "--currency",
            metavar=_("CODE"),
            show_default=False,
            help=_("The currency of all amounts (default: the agreement's)."),
        ),
    ] = "",
    within: Annotated[
        int | None,
        typer.Option(
            "--within",
            metavar=_("DAYS"),
            show_default=False,
            help=_("The age at which conversion is read (default: 30, 90, 180 or 365, by when most wins have come)."),
        ),
    ] = None,
    inactive_after: Annotated[
        int,
        typer.Option(
            "--inactive-after",
            metavar=_("DAYS"),
            show_default=False,
            help=_("A customer is lost after so many days without a purchase (default: 180)."),
        ),
    ] = 180,
    attribution: Annotated[
        str,
        typer.Option(
            "--attribution",
            metavar=_("RULE"),
            show_default=False,
            help=_(
                "Who gets the credit for customers and revenue: lead_channel, first, last, linear, position, "
                "time_decay (time_decay:14 for a half-life of 14 days) or markov (default: the agreement's, else "
                "lead_channel)."
            ),
        ),
    ] = "",
    suppose: Annotated[
        list[str] | None,
        typer.Option(
            "--if",
            metavar=_("LEVER=CHANGE"),
            show_default=False,
            help=_(
                "What a change would bring: acceptance=+10% (of itself), acceptance=+10pts or acceptance=60%; also "
                "win_rate, late_acceptances, leads, cost_per_lead, spend. Several at once."
            ),
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar=_("DIM=VALUE"),
            show_default=False,
            help=_("Where --if changes it: channel=webinar. Several narrow it down (default: everywhere)."),
        ),
    ] = None,
    limit: Annotated[
        int | None, limit_option(_("Show the first N rows only; 0 shows all (default: 40 as text, all elsewhere)."))
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[str, csv_option()] = "",
    csv_for: Annotated[str, csv_for_option()] = "",
    csv_of: Annotated[
        str,
        typer.Option(
            "--csv-of",
            metavar=_("LINES"),
            show_default=False,
            help=_("What --csv holds: rows, attribution, combinations or fronts (default: rows)."),
        ),
    ] = "",
    html: Annotated[str, html_option()] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, measure, render; a file that was asked for is named on standard error."""
    from accord.readmodel.opening import open_source
    from accord.value.measure import measure_value
    from accord.value.rates import rates_beside

    check_choice("--period", period, PERIODS)
    check_choice("--csv-for", csv_for, READERS)
    check_choice("--csv-of", csv_of, LINES)
    if csv_of and not csv:
        raise UsageError(_("--csv-of says what --csv holds: add --csv, or --csv FILE."))
    if within is not None:
        check_days("--within", within, least=1)
    check_days("--inactive-after", inactive_after, least=1)
    check_one_output(csv, as_json=as_json)
    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    first, last = days_asked(start, end)
    asked: dict[str, Any] = {
        "by": words(by),
        "period": cast("PeriodUnit | None", period or None),
        "start": first,
        "end": last,
        "rates": rates_beside(place.root, place.agreement.currency, rates),
        "currency": currency.upper() or None,
        "within_days": within,
        "inactive_after_days": inactive_after,
        "suppose": _supposed(suppose, where),
        "attribution": attribution or None,
    }
    with open_source(place, moment) as source:
        report = measure_value(source, **asked, tell_later=moment is None)
        grading = grading_beside(place, source) if html or not (as_json or csv) else None
        if html:
            from accord.report.value.gathering import value_pages
            from accord.report.value.page import value_page

            write_file(html, value_page(value_pages(source, report, asked, grading)))
    if csv:
        _csv(_first(report, limit, 0), csv, csv_for, csv_of)
    if as_json:
        _json(_first(report, limit, 0))
    elif not (csv or html):
        _text(report, limit, grading)


def _supposed(suppose: list[str] | None, where: list[str] | None) -> Supposed | None:
    from accord.actions.where import segment_of_text
    from accord.value.levers import suppositions_of
    from accord.value.supposing import Supposed

    if not suppose:
        if where:
            raise UsageError(_("--where says where a change is supposed: give --if too, as in --if acceptance=+10%."))
        return None
    try:
        segment = segment_of_text("; ".join(where or ()))
    except ValueError as error:
        raise UsageError(str(error)) from error
    return Supposed(suppositions_of(suppose), segment)


def _first(report: ValueReport, limit: int | None, usual: int) -> ValueReport:
    shown = usual if limit is None else limit
    return replace(report, rows=report.rows[:shown]) if shown else report


def _json(report: ValueReport) -> None:
    from accord.report.envelope import dumps
    from accord.report.value.answer import value_json

    print_for_programs(dumps(value_json(report)))


def _csv(report: ValueReport, file: str, reader: str, lines: str) -> None:
    from accord.report.value.records import value_csv

    lines_of = cast("LinesOf | None", lines if lines not in {"", "rows"} else None)
    if lines_of == "attribution" and (report.attribution is None or report.attribution.by_rule is None):
        raise UsageError(_("--csv-of attribution needs a rule: add --attribution linear, or another."))
    if lines_of in {"combinations", "fronts"} and report.multichannel is None:
        raise UsageError(
            _("--csv-of {lines} needs touches and handoffs, and these are not recorded.").format(lines=lines_of)
        )
    for_whom = reader_of(file, reader)
    write_table(file, [value_csv(report, for_whom, lines_of)], for_whom)


def _text(report: ValueReport, limit: int | None, grading: Grading | None) -> None:
    from accord.report.look import Look
    from accord.report.value.gathering import doubts_about
    from accord.report.value.scenario_text import scenario_text
    from accord.report.value.text import value_text

    if report.scenario is not None:
        sys.stdout.write(scenario_text(report, report.scenario, Look.of(sys.stdout, os.environ)))
        return
    shown = _first(report, limit, USUAL_LIMIT)
    look = Look.of(sys.stdout, os.environ)
    doubts = doubts_about(report, grading)
    sys.stdout.write(value_text(shown, look, more_rows=len(report.rows) - len(shown.rows), doubts=doubts))
