"""The acceptance use case: how many of the leads handed over sales accepts, how fast, and where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, get_args

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, PeriodUnit
from accord.acceptance.keeping import told_of_all, totals_of
from accord.acceptance.promises import clock_of, commitments_met, promises_kept
from accord.acceptance.rows import business_horizons, cell_rows, whole_row
from accord.acceptance.state import Gathered
from accord.acceptance.summed_by_engine import sum_by_engine
from accord.acceptance.summed_here import sum_here
from accord.agreement.model import Agreement, Definition
from accord.clock import PERIOD_UNITS
from accord.engines.duckdb import DuckDBEngine
from accord.engines.shape import contract_table
from accord.errors import AgreementError, Fault, UsageError
from accord.language import gettext as _
from accord.metrics.acceptance import CLOCKS, Clock
from accord.metrics.cells import HANDOFF_DIMENSIONS, HasColumns, dimension_column
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import BusinessClockAt
from accord.readmodel.source import Source
from accord.tables.episodes import LEAD_PREFIX
from accord.tables.schema import table_named
from accord.tables.times import has_come, local_microseconds, microseconds

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["check_dimensions", "counts_by", "definition_that_counts", "dimensions_of", "measure", "refuse_dimensions"]

DEFINITIONS: tuple[Definition, ...] = get_args(Definition)


def measure(
    source: Source,
    *,
    by: Sequence[str] = (),
    period: PeriodUnit | None = None,
    start: date | None = None,
    end: date | None = None,
    definition: Definition | Literal["all"] | None = None,
) -> AcceptanceReport:
    """Acceptance of the handoffs whose local date is in [``start``, ``end``), by segment and cohort period.

    ``by``: dimensions to cut by, together (columns of the lead, ``account_size``, ``team``, ``rep_id``, ``band``,
    ``agreement``). ``period``: cut by cohort too. ``definition``: what counts as accepted; the agreement's unless
    given, ``all`` for every definition side by side.

    Raises ``UsageError`` for an unknown dimension (naming the nearest and all there are) and for an empty span.
    """
    check_dimensions(source, by)
    if start is not None and end is not None and start >= end:
        raise UsageError(
            _(
                "The span from {start} to {end} is empty: the first day must come before the last, which is left out."
            ).format(start=start, end=end)
        )
    _check_classes(source)
    chosen, because = definition_that_counts(source)
    wanted = DEFINITIONS if definition == "all" else (definition or chosen,)
    agreement, span, recorded = source.agreement, (start, end), source.recorded
    clock = BusinessClockAt(agreement, source.as_of)
    answers: dict[Definition, AcceptanceAnswer] = {}
    for name in wanted:
        gather = _Gathering(source, _seen(source, name, clock), span, _clocks(agreement, name == chosen))
        answers[name] = _answer(gather, by, period)
    promised = _Gathering(source, _seen(source, chosen, clock), span, _clocks(agreement, promises=True))
    return AcceptanceReport(
        agreement_name=agreement.name,
        agreement_version=agreement.version,
        as_of=source.as_of,
        timezone=agreement.timezone,
        currency=agreement.currency,
        floor=agreement.acceptance.floor,
        target=agreement.acceptance.target,
        chosen=chosen,
        chosen_because=because,
        dimensions=tuple(by),
        period=period,
        start=start,
        end=end,
        answers=answers,
        left_out=source.left_out,
        promises=told_of_all(source, "promises", span, lambda: promises_kept(agreement, promised, recorded)),
        commitments=told_of_all(source, "commitments", span, lambda: commitments_met(source, span)),
    )


def counts_by(source: Source, dimension: str, start: date, end: date) -> dict[str, tuple[int, int]]:
    """How many were handed over, and how many of them accepted under the definition that counts, by the values of
    ``dimension``: the two counts of :func:`measure`'s rows, for who needs none of their figures.

    Raises ``UsageError`` for an unknown dimension.
    """
    check_dimensions(source, (dimension,))
    agreement, (chosen, _because) = source.agreement, definition_that_counts(source)
    observation = _seen(source, chosen, BusinessClockAt(agreement, source.as_of))
    gather = _Gathering(source, observation, (start, end), _clocks(agreement, promises=True))
    found = gather((dimension,), None)
    segments = (values[0] for values in found.cells.segments)
    handed, accepted = (found.counts[name].tolist() for name in ("handed", "accepted"))
    return {value: (handed[place], accepted[place]) for place, value in enumerate(segments)}


def _seen(source: Source, definition: Definition, clock: BusinessClockAt) -> Observation:
    return Observation(definition, source.agreement.acceptance, microseconds(source.as_of), clock)


def _clocks(agreement: Agreement, promises: bool) -> tuple[Clock, ...]:
    """The clocks that the figures are read off; those of the agreement's promises too where they are asked for."""
    rules = agreement.acceptance
    needed: set[Clock] = {"elapsed", "business", "answered"}
    if business_horizons(rules) is None:
        needed.add("business_days")
    if promises:
        needed.update(clock_of(promise) for promise in rules.promises)
    return tuple(clock for clock in CLOCKS if clock in needed)


def _answer(gather: _Gathering, by: Sequence[str], period: PeriodUnit | None) -> AcceptanceAnswer:
    source, observation = gather.source, gather.observation
    gathered, recorded = gather(by, period), source.recorded
    totals = totals_of(source, observation.definition, gather.span, lambda: whole_row(gathered, observation, recorded))
    rows = cell_rows(gathered, observation, recorded) if by or period is not None else ()
    return AcceptanceAnswer(observation.definition, observation.rules.window_days, totals, rows)


@dataclass(frozen=True)
class _Gathering:
    """State under one definition over one span of handoffs, cut as asked."""

    source: Source
    observation: Observation
    span: tuple[date | None, date | None]
    clocks: Sequence[Clock]

    def __call__(self, by: Sequence[str], period: PeriodUnit | None) -> Gathered:
        source = self.source
        if source.fetches_rows:
            return sum_here(source, self.observation, by, period, span=self.span, clocks=self.clocks)
        episodes = _in_span(source.episodes, *self.span)
        return sum_by_engine(source.engine, episodes, self.observation, by, period, clocks=self.clocks)


def definition_that_counts(
    source: Source,
) -> tuple[Definition, Literal["agreement", "decisions_recorded", "no_decisions"]]:
    """The definition in force and why: the agreement names it, or it follows from decisions up to ``as_of``."""
    named = source.agreement.acceptance.definition
    if named is not None:
        return named, "agreement"
    _none, note = source.kept(
        f"decisions {source.agreement.timezone}", lambda: ({}, {"recorded": _has_decisions(source)})
    )
    return ("explicit", "decisions_recorded") if note["recorded"] else ("action", "no_decisions")


def _has_decisions(source: Source) -> bool:
    engine = source.engine
    own = engine if isinstance(engine, DuckDBEngine) and engine.has("decisions") else None
    types = own.types("decisions") if own is not None else {}
    if own is not None and (types.get("at"), types.get("at_is_date")) == ("timestamp(6)", "boolean"):
        # In its own words: what else writes queries takes longer to load than all the rest after a small change.
        moment = f"CASE WHEN at_is_date THEN TIMESTAMP '{_local(source)}' ELSE TIMESTAMP '{source.as_of}' END"
        return bool(own.run_sql(f'SELECT 1 FROM decisions WHERE "at" <= {moment} LIMIT 1').num_rows)
    decisions = contract_table(engine, table_named("decisions"))
    now, local = microseconds(source.as_of), microseconds(_local(source))
    come = has_come(decisions["at"], decisions.at_is_date, now, local)
    before = decisions.filter(come).select("decision_id").limit(1)
    return bool(engine.run(before).num_rows)


def _local(source: Source) -> datetime:
    """What the clocks of the agreement's time zone show at ``as_of``: a date has come with its local midnight."""
    return datetime(1970, 1, 1) + timedelta(microseconds=local_microseconds(source.as_of, source.agreement.timezone))  # noqa: DTZ001 - what clocks show


def dimensions_of(episodes: HasColumns) -> tuple[str, ...]:
    """Every dimension the episodes can be cut by."""
    columns = (name.removeprefix(LEAD_PREFIX) for name in episodes.columns if name.startswith(LEAD_PREFIX))
    of_leads = (name for name in columns if name != "id" and name not in HANDOFF_DIMENSIONS)
    return (*HANDOFF_DIMENSIONS, *of_leads)


def check_dimensions(episodes: HasColumns, by: Sequence[str]) -> None:
    """``UsageError`` with every name in ``by`` that is no dimension of episodes, and those given twice."""
    refuse_dimensions(by, [name for name in by if dimension_column(episodes, name) is None], dimensions_of(episodes))


def refuse_dimensions(by: Sequence[str], wrong: Sequence[str], known: Sequence[str]) -> None:
    """``UsageError`` that names every one of ``wrong``, with the nearest of ``known``, and what ``by`` has twice."""
    said = []
    for name in dict.fromkeys(wrong):
        renamed = [other for other in known if other in {f"{name} (original)", f"(original) {name}"}]
        nearest = renamed or get_close_matches(name, known, n=1, cutoff=0.5)
        hint = _(" Did you mean {nearest}?").format(nearest=nearest[0]) if nearest else ""
        if name in PERIOD_UNITS:
            hint = _(" --period {unit} cuts by it.").format(unit=name)
        said.append((name, hint))
    faults = [Fault(_("There is no dimension {name}.{hint}").format(name=name, hint=hint)) for name, hint in said[:-1]]
    for name, hint in said[-1:]:  # what there is instead is told once
        text = _("There is no dimension {name}.{hint} Leads can be cut by: {known}.")
        faults.append(Fault(text.format(name=name, hint=hint, known=", ".join(known))))
    if len(set(by)) < len(by):
        text = _("A dimension is given twice: {names}. Give each one once.")
        faults.append(Fault(text.format(names=", ".join(by))))
    if faults:
        raise UsageError(*faults)


def _check_classes(source: Source) -> None:
    """Every column that a promise or a commitment names must be there, or it would be kept by nobody, unnoticed."""
    known = dimensions_of(source)
    classes = [(part.name, part.where) for part in source.agreement.acceptance.promises]
    classes += [(part.name, part.where) for part in source.agreement.commitments.monthly]
    faults = [
        Fault(
            _("The promise {promise} names the column {column}, which leads do not have.").format(
                promise=name, column=column
            ),
            file="accord.yaml",
            hint=_("Leads have: {known}.").format(known=", ".join(known)),
        )
        for name, where in classes
        for column in where
        if column not in known
    ]
    if faults:
        raise AgreementError(*faults)


def _in_span(episodes: ir.Table, start: date | None, end: date | None) -> ir.Table:
    epoch = date(1970, 1, 1)
    if start is not None:
        episodes = episodes.filter(episodes.local_day >= (start - epoch).days)
    if end is not None:
        episodes = episodes.filter(episodes.local_day < (end - epoch).days)
    return episodes
