"""``accord rating``: two people rate the same leads without seeing each other's sheet, and see how far they agree."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli.asking import moment_asked, workspace_asked
from accord.cli.figure_options import READERS, check_choice, csv_for_option, reader_of, say_written
from accord.cli.options import HERE, as_of_option, json_option, words, workspace_option
from accord.cli.output import print_for_programs
from accord.cli.program import Program
from accord.errors import UsageError, WorkspaceError
from accord.language import gettext as _
from accord.language import ngettext
from accord.typed import as_typed

if TYPE_CHECKING:
    from accord.rating.compare import RatingReport
    from accord.rating.sample import Sample
    from accord.report.spreadsheets import Reader

__all__ = ["register"]

SIDES = ("marketing", "sales")
FEWEST, MOST = 10, 1000


def register(app: Program) -> None:
    """Add the commands."""
    group = Program(help=_("Let marketing and sales rate the same leads blind, and measure how far they agree."))
    group.command("sample", help=_("Draw leads and write two sheets to fill in, one for each side."))(sample)
    group.command("compare", help=_("Read both sheets back: kappa by criterion, and the leads rated apart."))(compare)
    app.add_typer(group, name="rating")


def sample(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar=_("FOLDER"), show_default=False, help=_("Where to write the two sheets.")),
    ] = Path(),
    size: Annotated[
        int, typer.Option("--size", metavar="N", show_default=False, help=_("How many leads (default: 60)."))
    ] = 60,
    disputed: Annotated[
        int,
        typer.Option(
            "--disputed",
            metavar="N",
            show_default=False,
            help=_("How many of them are refusals as no fit, the newest first (default: none)."),
        ),
    ] = 0,
    days: Annotated[
        int,
        typer.Option(
            "--days", metavar="N", show_default=False, help=_("Leads created in the last N days (default: 180).")
        ),
    ] = 180,
    criteria: Annotated[
        list[str] | None,
        typer.Option(
            "--criteria",
            metavar=_("NAMES"),
            show_default=False,
            help=_("What to rate beside the whole (default: fit, need, budget, authority, engagement)."),
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns",
            metavar=_("NAMES"),
            show_default=False,
            help=_("Columns of the lead to show (default: those of the contract)."),
        ),
    ] = None,
    seed: Annotated[
        str,
        typer.Option("--seed", metavar=_("TEXT"), show_default=False, help=_("Another text draws other leads.")),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", show_default=False, help=_("Replace sheets that are there, filled in or not."))
    ] = False,
    csv_for: Annotated[str, csv_for_option()] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
    as_of: Annotated[str, as_of_option()] = "",
) -> None:
    """Write ``rating-marketing.csv`` and ``rating-sales.csv``: the same leads, each in an order of its own."""
    from accord.rating.sample import AXES, draw_sample
    from accord.rating.sheets import sheet_text
    from accord.readmodel.opening import open_source
    from accord.report.files import write_whole
    from accord.report.spreadsheets import BYTE_ORDER_MARK, SPREADSHEETS

    check_choice("--csv-for", csv_for, READERS)
    if not FEWEST <= size <= MOST:
        raise UsageError(_("--size must be between {low} and {high}.").format(low=FEWEST, high=MOST))
    if not 0 <= disputed <= size:
        raise UsageError(_("--disputed must be between 0 and --size, {size}.").format(size=size))
    if days < 1:
        raise UsageError(_("--days must be at least 1."))
    paths = {side: out / f"rating-{side}.csv" for side in SIDES}
    there = [str(path) for path in paths.values() if path.exists()]
    if there and not force:
        message = _("{paths}: there already. Name another --out, or write them anew with --force.")
        raise WorkspaceError(message.format(paths=", ".join(there)))
    place = workspace_asked(workspace)
    moment = moment_asked(place, as_of)
    with open_source(place, moment) as source:
        drawn = draw_sample(source, size, disputed=disputed, days=days, columns=words(columns), seed=seed)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = _("{path}: the folder cannot be made ({reason}). Name another one.")
        raise WorkspaceError(message.format(path=out, reason=error.strerror)) from error
    rated = words(criteria) or AXES
    how = SPREADSHEETS[reader_of("rating.csv", csv_for)]
    for side, path in paths.items():
        text = sheet_text(drawn.informing, rated, drawn.for_rater(side), delimiter=how.delimiter, point=how.point)
        write_whole(path, BYTE_ORDER_MARK + text if how.by_hand else text)
    _say_sample(drawn, paths)


def _say_sample(drawn: Sample, paths: dict[str, Path]) -> None:
    number = len(drawn.rows)
    typer.echo(
        ngettext(
            "Drew {n} lead: {handed} handed over, {others} not handed over, {disputed} refused as no fit.",
            "Drew {n} leads: {handed} handed over, {others} not handed over, {disputed} refused as no fit.",
            number,
        ).format(n=number, handed=drawn.handed_over, others=drawn.not_handed_over, disputed=drawn.disputed)
    )
    from accord.report.look import Look

    for path in paths.values():
        typer.echo(_("Written: {file}").format(file=path))
    sentence = _(
        "Each side fills in its own sheet without seeing the other's: yes or no (or the bands, or marks) in the columns"
        " that begin with rate:, nothing where one cannot tell. Then:"
    )
    typer.echo("\n".join(Look.of(sys.stdout, os.environ).paragraph(sentence)))
    typer.echo(f"  {as_typed('rating compare', str(paths['marketing']), str(paths['sales']))}")


def compare(
    marketing: Annotated[
        Path, typer.Argument(metavar=_("MARKETING"), show_default=False, help=_("The sheet that marketing filled in."))
    ],
    sales: Annotated[
        Path, typer.Argument(metavar=_("SALES"), show_default=False, help=_("The sheet that sales filled in."))
    ],
    *,
    as_json: Annotated[bool, json_option()] = False,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar=_("FILE"), show_default=False, help=_("Write every lead rated apart to a CSV file.")
        ),
    ] = None,
    csv_for: Annotated[str, csv_for_option()] = "",
    workspace: Annotated[Path, workspace_option()] = HERE,
) -> None:
    """Read, compare, render."""
    from accord.rating.compare import compare as compared
    from accord.rating.sheets import read_sheet
    from accord.report.envelope import dumps, envelope
    from accord.report.files import write_whole
    from accord.report.look import Look
    from accord.report.rating.answer import rating_data
    from accord.report.rating.text import rating_text
    from accord.workspace import Workspace

    check_choice("--csv-for", csv_for, READERS)
    if marketing == sales:
        raise UsageError(_("Both sheets are the same file; name marketing's and sales' own."))
    report = compared(read_sheet(marketing), read_sheet(sales))
    if csv is not None:
        reader = reader_of(str(csv), csv_for)
        write_whole(csv, _apart_csv(report, reader))
        say_written(str(csv), reader)
    if as_json:
        agreement = Workspace(workspace).agreement
        print_for_programs(dumps(envelope(agreement.name, agreement.version, None, rating_data(report))))
    else:
        sys.stdout.write(rating_text(report, Look.of(sys.stdout, os.environ)))


def _apart_csv(report: RatingReport, reader: Reader) -> str:
    from accord.report.spreadsheets import csv_text

    apart = (
        {"lead_id": one.lead_id, "criterion": name, "marketing": ours, "sales": theirs}
        for one in report.disagreements
        for name, (ours, theirs) in one.apart.items()
    )
    return csv_text(("lead_id", "criterion", "marketing", "sales"), apart, reader)
