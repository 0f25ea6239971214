"""Handing over: who crosses the threshold now, to whom each goes, written once and for all with what it came from."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.errors import DataError, UsageError, WorkspaceError
from accord.language import gettext as _
from accord.qualification.crossing import Stays
from accord.qualification.freezing import points
from accord.qualification.known_then import looks_back
from accord.qualification.planning import HandedOver, HandoffReport, planned
from accord.qualification.said import Said
from accord.readmodel.opening import newest_moment, open_source
from accord.readmodel.refresh import catch_up
from accord.scoring.rules import prepare
from accord.store.address import address_of
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.handing import TRACED_FORMAT, FrozenTrace, NewHandoff, frozen_trace, write_handoffs
from accord.store.moments import now
from accord.store.turns import import_turn
from accord.workspace import Workspace

__all__ = ["hand_over", "moment_of_handing", "moment_of_workspace", "trace_kept"]

LIVE = timedelta(days=7)
"""Data whose newest event is younger are live: then handing over happens now, and not when the last event did."""

SOURCE = "handoff"
"""Where the store says that these handoffs came from."""


def hand_over(
    workspace: Workspace,
    as_of: datetime | None = None,
    *,
    dry_run: bool = False,
    lead: str | None = None,
    limit: int | None = None,
) -> HandoffReport:
    """Hand over every lead that crosses now (at most ``limit``, or only ``lead``); with ``dry_run`` only say who would.

    ``as_of`` (naive UTC) is the moment of scoring and the time of the handoffs; without one, :func:`moment_of_handing`.
    Handoffs are durable when it returns, all or none; doing it again hands nobody over twice, also when two processes
    do it at once: large imports and runs of this go one after the other, and a lead of which anything was recorded
    in between is left for the next run.

    Raises ``AgreementError`` where nothing is scored, ``DataError`` for a lead that is not there, ``UsageError`` for a
    moment that has not come, ``WorkspaceError`` where the figures come from an engine that Accord does not write to.
    """
    prepare(workspace.agreement)  # says so where nothing is scored, before anything is opened
    if not dry_run:
        _check_moment(as_of)
        _check_writable(workspace)
        open_store(workspace.database_url).close()  # says so where there is none
        open_store(workspace.database_url, create=True).close()  # brings it up to date
    address = address_of(workspace.database_url)
    with nullcontext() if dry_run else import_turn(address):
        position = 0
        if not dry_run:
            with open_store(workspace.database_url) as store:
                position = store.position()
        engine = _opened(workspace)
        try:
            usual = moment_of_handing(newest_moment(engine, workspace.agreement))
            past = looks_back(as_of, usual)
            report = planned(workspace, engine, as_of or usual, past=past, lead=lead, limit=limit)
        finally:
            engine.close()
        if dry_run or not report.handed:
            return replace(report, dry_run=dry_run)
        with open_store(workspace.database_url) as store, translated(address):
            written = write_handoffs(store.session, [_row(each, report) for each in report.handed], position, SOURCE)
    return _as_written(report, written)


def _check_moment(as_of: datetime | None) -> None:
    if as_of is not None and as_of.replace(tzinfo=UTC) > now():
        message = _(
            "{moment} has not come yet, and a lead handed over then would be with nobody until it comes. Leave --as-of "
            "out, or look ahead with --dry-run."
        )
        raise UsageError(message.format(moment=f"{as_of:%Y-%m-%dT%H:%MZ}"))


def moment_of_handing(newest: datetime) -> datetime:
    """The moment of handing over where none is named: now, as something is done now and not only looked at.

    Where the data end more than a week ago they are not live (an export, a demo); then it is their newest moment, as
    for every other figure.
    """
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return now if newest > now - LIVE else newest


def moment_of_workspace(workspace: Workspace) -> datetime:
    """:func:`moment_of_handing` of what the workspace holds: when a judgement of a lead holds from."""
    engine = _opened(workspace)
    try:
        return moment_of_handing(newest_moment(engine, workspace.agreement))
    finally:
        engine.close()


def trace_kept(workspace: Workspace, handoff_id: str) -> FrozenTrace:
    """What a lead was handed over with; ``DataError`` where Accord did not make that handoff, or there is none."""
    with open_store(workspace.database_url, read_only=True) as store, translated(store.session.address):
        kept = frozen_trace(store.session, handoff_id) if store.layout.version >= TRACED_FORMAT else None
        if kept is not None:
            return kept
        if store.row("handoffs", handoff_id) is None:
            raise DataError(_("There is no handoff {handoff}.").format(handoff=handoff_id))
    message = _("The handoff {handoff} was not made by Accord, so nothing was kept of how it came about.")
    raise DataError(message.format(handoff=handoff_id))


def _opened(workspace: Workspace) -> Engine:
    """The tables as they are now; handing over needs no episodes, which take longer than all the rest."""
    if workspace.engine_url == "duckdb":
        return DuckDBEngine(catch_up(workspace).relations)
    return open_source(workspace).engine


def _check_writable(workspace: Workspace) -> None:
    if workspace.engine_url != "duckdb":
        message = _(
            "Figures come from the engine {engine}, which Accord does not write to, so handing over would not be seen "
            "there. See who would be handed over with --dry-run, or set engine: duckdb."
        )
        raise WorkspaceError(message.format(engine=workspace.engine_url.split("@")[-1]))


def _row(each: HandedOver, report: HandoffReport) -> NewHandoff:
    values: dict[str, object] = {
        "handoff_id": each.handoff_id,
        "lead_id": each.lead_id,
        "at": report.moment,
        "at_is_date": False,
        "rep_id": each.rep_id,
        "team": each.team,
        "score": float(points(each.score)),
        "band": each.band,
        "agreement": report.agreement.version,
    }
    return NewHandoff(values, each.trace)


def _as_written(report: HandoffReport, written: frozenset[str]) -> HandoffReport:
    lost = [each for each in report.handed if each.handoff_id not in written]
    meanwhile = tuple(Stays(each.lead_id, each.score, each.threshold, Said("meanwhile")) for each in lost)
    handed = tuple(each for each in report.handed if each.handoff_id in written)
    return replace(report, dry_run=False, handed=handed, stays=(*report.stays, *meanwhile))
