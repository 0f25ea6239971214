"""The share of leads that have the ideal customer profile: what a channel brings, before anybody scores it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from accord.acceptance.measure import refuse_dimensions
from accord.clock.periods import PeriodUnit
from accord.engines.shape import contract_table
from accord.errors import AgreementError, Fault
from accord.language import gettext as _
from accord.metrics.cells import MISSING, period_label_of, period_number
from accord.readmodel.source import Source
from accord.scoring.expressions import Conditions
from accord.scoring.reading import IS_DATE
from accord.scoring.rules import prepare
from accord.stats.figures import share_figures
from accord.tables.merges import followed_merges
from accord.tables.schema import table_named
from accord.tables.times import day_number, instant, local_day, microseconds, month_number
from accord.values import Bounds, Figure

__all__ = ["IdealReport", "IdealRow", "ideal_shares"]

_MARKED = "accord_ideal"
_BACK = 40 * 366 * 86_400_000_000
"""Leads older than forty years are counted in the month of their UTC time."""


@dataclass(frozen=True, slots=True)
class IdealRow:
    """Leads of one segment and period: how many, how many of them have the ideal profile, of how many nobody can tell.

    ``share``: those with the profile of those of whom one can tell. ``bounds``: the share of all leads, should none or
    all of the others have it.
    """

    segment: dict[str, str]
    period: str | None
    leads: int
    ideal: int
    undecided: int
    share: Figure
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class IdealReport:
    """Shares at ``as_of`` (naive UTC) by segment and by the period in which leads were created."""

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    dimensions: tuple[str, ...]
    period: PeriodUnit | None
    totals: IdealRow
    rows: tuple[IdealRow, ...]


def ideal_shares(source: Source, by: Sequence[str] = (), period: PeriodUnit | None = None) -> IdealReport:
    """How many of the leads created up to the source's moment have the ideal profile, merged leads as one.

    Each share has a Jeffreys interval over the leads of whom one can tell. Raises ``AgreementError`` where the
    agreement names no ideal profile, ``UsageError`` with every dimension that is no column of the leads.
    """
    rules = prepare(source.agreement)
    if rules.ideal is None:
        hint = _("Add qualification.ideal_profile to accord.yaml: a condition such as {field: sector, in: [software]}.")
        raise AgreementError(Fault(_("The agreement does not say what the ideal profile is."), hint=hint))
    moment = microseconds(source.as_of)
    leads = contract_table(source.engine, table_named("leads"))
    known_names = _dimensions(leads)
    refuse_dimensions(by, [name for name in by if name not in known_names], known_names)
    offsets = rules.reading.zone.around(moment - _BACK, moment)
    created = instant(leads.created_at, leads.created_at_is_date, rules.reading.zone.around(moment, moment))
    known = leads.filter(created <= moment)
    stayed = known.anti_join(followed_merges(known), "lead_id")
    conditions = Conditions(stayed, rules.reading.sizes, offsets, moment)
    stored = stayed.created_at.delta(ibis.timestamp("1970-01-01 00:00:00"), unit="microsecond").cast("int64")
    day = ibis.ifelse(stayed.created_at_is_date, day_number(stored), local_day(stored, offsets))
    columns: dict[str, ir.Value] = {f"cell_{place}": _segment(conditions, name) for place, name in enumerate(by)}
    # Kept first: engines are slow at reading an expression that repeats the time zone in every part of a calendar.
    source.engine.materialise(_MARKED, stayed.select(**columns, created_day=day, ideal=conditions.holds(rules.ideal)))
    marked = source.engine.table(_MARKED)
    celled = marked.mutate(cell_period=period_number(marked.created_day, month_number(marked.created_day), period))
    keys = [*columns, "cell_period"]
    counted = celled.group_by(keys).aggregate(
        leads=celled.count(),
        ideal=celled.count(where=celled.ideal),
        undecided=celled.count(where=celled.ideal.isnull()),
    )
    found = source.engine.run(counted.order_by([counted[key] for key in keys])).to_pylist()
    sums = {name: sum(row[name] for row in found) for name in ("leads", "ideal", "undecided")}
    return IdealReport(
        agreement_name=rules.name,
        agreement_version=rules.version,
        as_of=source.as_of,
        timezone=source.agreement.timezone,
        dimensions=tuple(by),
        period=period,
        totals=_row({**sums, "cell_period": 0}, (), None),
        rows=tuple(_row(row, by, period) for row in found) if by or period else (),
    )


def _segment(conditions: Conditions, dimension: str) -> ir.StringValue:
    return conditions.value(dimension).cast("string").fill_null(MISSING)


def _dimensions(leads: ir.Table) -> tuple[str, ...]:
    return (*(name for name in leads.columns if not name.endswith(IS_DATE)), "account_size")


def _row(counts: dict[str, int | str], by: Sequence[str], period: PeriodUnit | None) -> IdealRow:
    leads, ideal, undecided = (int(counts[name]) for name in ("leads", "ideal", "undecided"))
    (share,) = share_figures([ideal], [leads - undecided])
    segment = {name: str(counts[f"cell_{place}"]) for place, name in enumerate(by)}
    bounds = Bounds(ideal / leads, (ideal + undecided) / leads) if leads else Bounds(0.0, 1.0)
    return IdealRow(
        segment, period_label_of(int(counts["cell_period"]), period), leads, ideal, undecided, share, bounds
    )
