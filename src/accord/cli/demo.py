"""``accord demo``: a simulated company, imported as a user's files are, and its report."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from accord.cli.program import Program
from accord.errors import UsageError
from accord.language import gettext as _
from accord.typed import as_typed, use_workspace

if TYPE_CHECKING:
    from accord.demo.place import Order
    from accord.demo.simulate import Simulation
    from accord.workspace import Workspace

__all__ = ["register"]

FORMATS = ("csv", "parquet")
USUAL_SIZE = 6_000
ELSEWHERE = ("ACCORD_DATABASE", "ACCORD_ENGINE")
"""Settings that would put the demo into a database, or read its figures from an engine, that is not the folder's."""


def register(app: Program) -> None:
    """Add the command."""
    app.command(
        "demo", help=_("Simulate a company with a few known problems, import it, and show its lead acceptance report.")
    )(demo)


def demo(
    *,
    workspace: Annotated[
        Path,
        typer.Option(
            "--workspace",
            metavar="DIR",
            show_default=False,
            help=_("The folder for the company (default: demo): a new one, an empty one, or that of a demo."),
        ),
    ] = Path("demo"),
    size: Annotated[
        str,
        typer.Option("--size", metavar="N", show_default=False, help=_("Leads handed over in a year (default: 6000).")),
    ] = "",
    seed: Annotated[
        str,
        typer.Option(
            "--seed", metavar="N", show_default=False, help=_("Another number, another company (default: 1).")
        ),
    ] = "",
    until: Annotated[
        str,
        typer.Option(
            "--until",
            metavar=_("DAY"),
            show_default=False,
            help=_("The first day that is not in the data any more (default: today)."),
        ),
    ] = "",
    file_format: Annotated[
        str, typer.Option("--format", metavar="csv|parquet", show_default=False, help=_("How to write the files."))
    ] = "csv",
    healthy: Annotated[
        bool, typer.Option("--healthy", show_default=False, help=_("Plant no problem: a company in good order."))
    ] = False,
    files_only: Annotated[
        str,
        typer.Option(
            "--files-only", metavar="DIR", show_default=False, help=_("Write the nine tables there and import nothing.")
        ),
    ] = "",
    truth: Annotated[
        str,
        typer.Option(
            "--truth", metavar=_("FILE"), show_default=False, help=_("Write what was planted to a JSON file.")
        ),
    ] = "",
    force: Annotated[
        bool,
        typer.Option(
            "--force", show_default=False, help=_("Make the demo anew, or write into a folder that is not empty.")
        ),
    ] = False,
) -> None:
    """Simulate, import, measure, and say what to do next."""
    from accord.clock import parse_day
    from accord.demo.company import SMALLEST
    from accord.demo.place import Order, claim, finish
    from accord.workspace import Workspace

    if file_format not in FORMATS:
        raise UsageError(
            _("--format cannot be {value!r}: {known}.").format(value=file_format, known=", ".join(FORMATS))
        )
    day = parse_day(until, "--until") if until else None
    wanted = _number("--size", size, USUAL_SIZE, at_least=SMALLEST)
    order = Order(
        wanted, _number("--seed", seed, 1, at_least=0), day, cast("Literal['csv', 'parquet']", file_format), healthy
    )
    if files_only:
        _files_only(order, Path(files_only), truth, force=force)
        return
    for name in ELSEWHERE:
        if os.environ.get(name):
            raise UsageError(
                _("{name} is set, and the demo keeps to its own folder. Unset it and try again.").format(name=name)
            )
    if not claim(workspace, order, force=force):
        _make(order, workspace, truth)
        finish(workspace, order)
    elif truth:
        _write_truth(_simulated(order), truth)
    use_workspace(workspace)
    _report(Workspace(workspace))
    _what_next(workspace)


def _files_only(order: Order, folder: Path, truth: str, *, force: bool) -> None:
    from accord.demo.place import is_empty

    if not is_empty(folder) and not force:
        raise UsageError(
            _("{path} is not empty. Name a new folder, or write into this one all the same with --force.").format(
                path=folder
            )
        )
    simulation = _simulated(order)
    _write_files(simulation, folder, order)
    if truth:
        _write_truth(simulation, truth)
    _tell(_("Import them with: accord import {folder} --workspace my-company").format(folder=folder))


def _make(order: Order, folder: Path, truth: str) -> None:
    from accord.demo.agreement import agreement_text
    from accord.report import formats
    from accord.report.files import write_whole
    from accord.workspace import Workspace

    simulation = _simulated(order)
    _write_files(simulation, folder / "files", order)
    if truth:
        _write_truth(simulation, truth)
    text = agreement_text(simulation.year.world.company, order.size, simulation.until)
    write_whole(folder / "accord.yaml", text)
    start = time.perf_counter()
    rows = _import(folder / "files", Workspace(folder))
    _tell(_("Imported {rows} rows in {seconds} s.").format(rows=formats.count(rows), seconds=_since(start)))


def _import(folder: Path, place: Workspace) -> int:
    """Import the simulated files as a user's are; the rows that were added."""
    from accord.cli.progress import import_progress
    from accord.ingest.importing import import_files

    with import_progress(sys.stderr) as ears:
        report = import_files(place, [folder], ears=ears)
    return sum(account.added for account in report.accounting.values())


def _simulated(order: Order) -> Simulation:
    from accord.demo.company import DEMO, HEALTHY
    from accord.demo.simulate import simulate

    return simulate(HEALTHY if order.healthy else DEMO, order.size, order.seed, order.until)


def _write_files(simulation: Simulation, folder: Path, order: Order) -> None:
    from accord.report import formats

    start = time.perf_counter()
    rows = simulation.write(folder, order.file_format)
    _tell(
        _("Simulated a year of {company}: {rows} rows in nine tables, in {folder}, in {seconds} s.").format(
            company=simulation.year.world.company.name,
            rows=formats.count(sum(rows.values())),
            folder=folder,
            seconds=_since(start),
        )
    )


def _since(start: float) -> str:
    """Seconds since ``start``, as the language in use writes them."""
    from accord.report import formats

    return formats.decimal(time.perf_counter() - start, 1)


def _write_truth(simulation: Simulation, file: str) -> None:
    from accord.report.files import write_whole

    write_whole(Path(file), json.dumps(simulation.truth.to_json(), indent=1, ensure_ascii=False) + "\n")
    _tell(_("Written: {file}").format(file=file))


def _report(place: Workspace) -> None:
    """The acceptance report by channel on standard output, the page beside the data."""
    from accord.acceptance.measure import measure
    from accord.readmodel.opening import open_source
    from accord.report.acceptance.arrangement import arranged
    from accord.report.acceptance.gathering import brief
    from accord.report.acceptance.page import page_html
    from accord.report.acceptance.text import terminal_text
    from accord.report.files import write_whole
    from accord.report.look import Look

    with open_source(place) as source:
        report = arranged(measure(source, by=("channel",)), "handed", 0).report
        sys.stdout.write(terminal_text(report, Look.of(sys.stdout, os.environ)))
        sys.stdout.flush()
        write_whole(place.root / "report.html", page_html(brief(source)))


def _what_next(folder: Path) -> None:
    lines = [
        (_("Open the page:"), str((folder / "report.html").resolve())),
        (_("Month by month:"), as_typed("acceptance --by channel --period month")),
        (_("Teams, slowest first:"), as_typed("acceptance --by team --sort delay")),
        (_("What hurts the rate:"), as_typed("diagnose")),
        (_("What leads cost and bring:"), as_typed("value --by channel")),
        (_("Leads to try again:"), as_typed("recycle")),
        (_("A month for the board:"), as_typed("report")),
        (_("What the data can carry:"), as_typed("audit")),
        (_("Your own export:"), "accord import leads.csv --workspace my-company"),
    ]
    width = max(len(label) for label, _command in lines)
    print("\n" + _("What to do next"))
    for label, command in lines:
        print(f"  {label:<{width}}  {command}")
    active = Path(sys.executable).with_name("activate")
    if shutil.which("accord") is None and active.exists():
        print(_("accord is found once its environment is active: {command}").format(command=f"source {_near(active)}"))


def _near(path: Path) -> str:
    """``path`` as it is typed from here, where it lies below."""
    below = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return shlex.quote(str(below))


def _number(option: str, text: str, usual: int, *, at_least: int) -> int:
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal()) or int(text) < at_least:
        raise UsageError(
            _("{option} cannot be {text!r}: it takes a whole number, {least} or more.").format(
                option=option, text=text, least=at_least
            )
        )
    return int(text)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
