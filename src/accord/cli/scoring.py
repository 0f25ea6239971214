"""``accord score``: the score of leads by the agreement, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.figure_options import (
    PERIODS,
    READERS,
    TO_STANDARD_OUTPUT,
    USUAL_LIMIT,
    FigureCommand,
    by_option,
    check_choice,
    csv_for_option,
    csv_option,
    limit_option,
    period_option,
    reader_of,
    say_written,
)
from accord.cli.options import HERE, as_of_option, json_option, words, workspace_option
from accord.cli.output import print_for_programs, print_pieces
from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _

if TYPE_CHECKING:
    from accord.report.spreadsheets import Reader

__all__ = ["register"]


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "score",
        cls=FigureCommand,
        help=_("Score leads by the agreement, and say why: one lead, or all of them."),
    )(score)


def score(
    *,
    lead: Annotated[
        list[str] | None,
        typer.Option(
            "--lead",
            metavar=_("ID"),
            show_default=False,
            help=_("The lead to score, with everything that made its score; may be given several times."),
        ),
    ] = None,
    limit: Annotated[
        int | None, limit_option(_("Show the N highest scores only; 0 shows all (default: 40 as text, all elsewhere)."))
    ] = None,
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[str, csv_option(_("Write every score to FILE for spreadsheets (- for standard output)."))] = "",
    csv_for: Annotated[str, csv_for_option()] = "",
    parquet: Annotated[
        str,
        typer.Option(
            "--parquet", metavar=_("FILE"), show_default=False, help=_("Write every score to FILE as Parquet.")
        ),
    ] = "",
    ideal: Annotated[
        bool,
        typer.Option(
            "--ideal", show_default=False, help=_("Say instead how many leads have the ideal profile, with intervals.")
        ),
    ] = False,
    by: Annotated[
        list[str] | None,
        by_option(_("With --ideal: cut by channel, campaign or any column of the leads; may be given several times.")),
    ] = None,
    period: Annotated[
        str,
        period_option(_("With --ideal: cut by when leads were created too: week, month or quarter.")),
    ] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Parse, score, render; files that were asked for are named on standard error."""
    from accord.qualification.known_then import looks_back
    from accord.readmodel.opening import newest_moment, open_source
    from accord.scoring.rules import prepare

    check_choice("--csv-for", csv_for, READERS)
    ids = _check(lead, csv, parquet, by=by, period=period, ideal=ideal, as_json=as_json)
    place = workspace_asked(workspace)
    prepare(place.agreement)
    moment = moment_asked(place, as_of)
    with open_source(place, moment) as source:
        past = moment is not None and looks_back(moment, newest_moment(source.engine, source.agreement))
        if ideal:
            _ideal(source, words(by), period, as_json=as_json)
            return
        if csv or parquet:
            _files(place, source, (csv, reader_of(csv, csv_for)), parquet, past=past)
        if (csv or parquet) and not (ids or as_json):
            return
        from accord.qualification.score import score_leads, score_stream

        usual = 0 if ids or as_json else USUAL_LIMIT
        shown = usual if limit is None else limit
        if as_json:
            from accord.report.scoring.answer import score_json_text

            stream = score_stream(place, source, ids, past=past, limit=shown)
            print_pieces(score_json_text(stream))
            return
        report = score_leads(place, source, ids, past=past, limit=shown)
    from accord.report.look import Look
    from accord.report.scoring.text import score_text

    sys.stdout.write(score_text(report, Look.of(sys.stdout, os.environ), explained=bool(ids)))


def _check(
    lead: Sequence[str] | None,
    csv: str,
    parquet: str,
    *,
    by: list[str] | None,
    period: str,
    ideal: bool,
    as_json: bool,
) -> tuple[str, ...]:
    """The leads asked for, once the options make sense together."""
    if (by or period) and not ideal:
        raise UsageError(_("--by and --period cut the share of the ideal profile: give --ideal with them."))
    if ideal and (lead or csv or parquet):
        raise UsageError(_("--ideal answers with a share, not with scores: leave --lead, --csv and --parquet out."))
    if period and period not in PERIODS:
        raise UsageError(
            _("--period {period!r} is not one of {known}.").format(period=period, known=", ".join(PERIODS))
        )
    if as_json and csv == TO_STANDARD_OUTPUT:
        raise UsageError(
            _("Standard output cannot be JSON and CSV at once: give --csv a file, or leave one of them out.")
        )
    return tuple(dict.fromkeys(lead or ()))


def _ideal(source: Any, by: tuple[str, ...], period: str, *, as_json: bool) -> None:
    from accord.qualification.ideal import ideal_shares
    from accord.report.envelope import dumps
    from accord.report.look import Look
    from accord.report.scoring.answer import ideal_json
    from accord.report.scoring.text import ideal_text

    report = ideal_shares(source, by, cast("Literal['week', 'month', 'quarter'] | None", period or None))
    if as_json:
        print_for_programs(dumps(ideal_json(report)))
    else:
        sys.stdout.write(ideal_text(report, Look.of(sys.stdout, os.environ)))


def _files(place: Any, source: Any, csv_and_reader: tuple[str, Reader], parquet: str, *, past: bool) -> None:
    from accord.qualification.score import score_batches
    from accord.report.scoring.files import write_csv, write_scores

    csv, reader = csv_and_reader
    named = Path(csv) if csv and csv != TO_STANDARD_OUTPUT else None
    if named or parquet:
        write_scores(score_batches(place, source, past=past), named, Path(parquet) if parquet else None, reader)
    if csv == TO_STANDARD_OUTPUT:
        sys.stdout.flush()
        write_csv(sys.stdout.buffer, score_batches(place, source, past=past), reader)
        sys.stdout.buffer.flush()
    for file in (csv, parquet):
        if file and file != TO_STANDARD_OUTPUT:
            say_written(file, reader if file == csv else "")
