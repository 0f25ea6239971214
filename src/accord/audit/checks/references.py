"""Do rows point at rows that exist?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measure, Measurement
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, EVERYTHING_HANDED, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.schema import table_named

__all__ = ["CHECKS"]

MEND_THEM = mark(
    "Mend the refused rows; nothing else is missing. {quarantine} writes them with their reasons, "
    "{mend} takes them back."
)
HOW_MANY = mark("Rows in quarantine that they wait for: {waiting} ({target}).")


def _pointing(evidence: Evidence, table: str, column: str, target: str) -> ir.Table:
    """Rows with a reference, and whether its target is ``there`` or ``waits`` in quarantine."""
    rows = evidence.known(table)
    rows = rows.filter(rows[column].notnull())
    if (table, column) == ("decisions", "lead_id"):
        rows = rows.filter(rows.handoff_id.isnull())  # a decision that names its handoff needs no lead
    (target_key,) = table_named(target).key
    targets = evidence.table(target).select(target_key=target_key)
    joined = rows.left_join(targets, rows[column] == targets.target_key)
    waiting = evidence.waiting(target)
    if waiting is None:
        return joined.mutate(there=joined.target_key.notnull(), waits=ibis.literal(value=False))
    joined = joined.left_join(waiting, joined[column] == waiting.waiting_key)
    there = joined.target_key.notnull()
    return joined.mutate(there=there, waits=~there & joined.waiting_key.notnull())


def _unresolved(evidence: Evidence, table: str, column: str, target: str) -> Measurement | None:
    joined = _pointing(evidence, table, column, target)
    lost = ~joined.there & ~joined.waits
    (key,) = table_named(table).key
    (count,) = evidence.rows(joined.aggregate(of=joined.count(), affected=joined.count(where=lost)))
    if not count["of"]:
        return None
    return Measurement(
        count["affected"],
        count["of"],
        samples=_samples(evidence, joined.filter(lost), key) if count["affected"] else (),
        table=table,
        column=column,
    )


def _waiting(*references: tuple[str, str, str]) -> Measure:
    """Rows whose target waits in quarantine; nothing to look at where none does."""

    def measure(evidence: Evidence) -> Iterable[Measurement]:
        for table, column, target in references:
            if evidence.waiting(target) is None or not evidence.counts[table]:
                continue
            joined = _pointing(evidence, table, column, target)
            (key,) = table_named(table).key
            (count,) = evidence.rows(
                joined.aggregate(
                    of=joined.count(),
                    affected=joined.count(where=joined.waits),
                    waiting=joined[column].nunique(where=joined.waits),
                )
            )
            if count["of"]:
                yield Measurement(
                    count["affected"],
                    count["of"],
                    samples=_samples(evidence, joined.filter(joined.waits), key) if count["affected"] else (),
                    details={"waiting": count["waiting"], "target": target},
                    table=table,
                    column=column,
                )

    return measure


def _samples(evidence: Evidence, rows: ir.Table, key: str) -> tuple[str, ...]:
    return tuple(row["sample"] for row in evidence.rows(rows.select(sample=key).order_by("sample").limit(5)))


def _to(*references: tuple[str, str, str], needs_rows_in_target: bool = False) -> Measure:
    def measure(evidence: Evidence) -> Iterable[Measurement]:
        for table, column, target in references:
            if not evidence.counts[table] or (needs_rows_in_target and not evidence.counts[target]):
                continue
            found = _unresolved(evidence, table, column, target)
            if found is not None:
                yield found

    return measure


def _merged(kind: str) -> Measure:
    def measure(evidence: Evidence) -> Iterable[Measurement]:
        merged = evidence.merges
        found = {"rings": merged.rings, "chains": merged.chains}[kind]
        total = len(merged.becomes) + len(merged.rings) + len(merged.unknown)
        if total:
            yield Measurement(len(found), evidence.counts["leads"], samples=found[:5])

    return measure


CHECKS = (
    Check(
        "handoffs_of_unknown_leads",
        about="handoffs",
        table="handoffs",
        column="lead_id",
        measure=_to(("handoffs", "lead_id", "leads")),
        ladder=THRESHOLDS["handoffs_of_unknown_leads"],
        title=mark("Handoffs of leads that are not there"),
        effect=mark("They are left out of every figure: the number handed over is too small."),
        action=mark("Import the missing leads, or mend the ids; nothing needs to be imported in a particular order."),
        hurts=EVERYTHING_HANDED,
    ),
    Check(
        "decisions_of_nothing",
        about="decisions",
        table="decisions",
        column="handoff_id",
        measure=_to(("decisions", "handoff_id", "handoffs"), ("decisions", "lead_id", "leads")),
        ladder=THRESHOLDS["decisions_of_nothing"],
        title=mark("Decisions on handoffs or leads that are not there"),
        effect=mark("They are left out: leads that were decided look undecided, and the rate is too low."),
        action=mark("Import the missing handoffs, or mend the ids."),
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE, Audited.GHOST, Audited.SILENT),
        blurs=(Audited.REASONS,),
    ),
    Check(
        "activities_of_unknown_leads",
        about="activities",
        table="activities",
        column="lead_id",
        measure=_to(("activities", "lead_id", "leads")),
        ladder=THRESHOLDS["activities_of_unknown_leads"],
        title=mark("Activities on leads that are not there"),
        effect=mark("They are left out: leads that were worked look untouched."),
        action=mark("Import the missing leads, or map the id that the activities use (contact, lead or company)."),
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "other_orphans",
        about="leads",
        table="touches",
        column="lead_id",
        measure=_to(
            ("touches", "lead_id", "leads"),
            ("opportunities", "lead_id", "leads"),
            ("orders", "lead_id", "leads"),
            ("leads", "merged_into", "leads"),
        ),
        ladder=THRESHOLDS["other_orphans"],
        title=mark("Touches, deals, orders or merges that point at leads that are not there"),
        effect=mark("They are left out: conversion and revenue are too low, or two leads stay two."),
        action=mark("Import the missing leads, those that wait in quarantine included, or mend the ids."),
        hurts=(Audited.CONVERSION, Audited.REVENUE),
    ),
    Check(
        "handoffs_of_waiting_leads",
        about="handoffs",
        table="handoffs",
        column="lead_id",
        measure=_waiting(("handoffs", "lead_id", "leads")),
        ladder=THRESHOLDS["handoffs_of_waiting_leads"],
        title=mark("Handoffs of leads that wait in quarantine"),
        effect=mark("They are left out of every figure: the number handed over is too small."),
        action=MEND_THEM,
        detail=HOW_MANY,
        hurts=EVERYTHING_HANDED,
    ),
    Check(
        "decisions_of_waiting_rows",
        about="decisions",
        table="decisions",
        column="handoff_id",
        measure=_waiting(("decisions", "handoff_id", "handoffs"), ("decisions", "lead_id", "leads")),
        ladder=THRESHOLDS["decisions_of_waiting_rows"],
        title=mark("Decisions on handoffs or leads that wait in quarantine"),
        effect=mark("They are left out until what they speak of is there."),
        action=MEND_THEM,
        detail=HOW_MANY,
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE, Audited.GHOST, Audited.SILENT),
        blurs=(Audited.REASONS,),
    ),
    Check(
        "activities_of_waiting_leads",
        about="activities",
        table="activities",
        column="lead_id",
        measure=_waiting(("activities", "lead_id", "leads")),
        ladder=THRESHOLDS["activities_of_waiting_leads"],
        title=mark("Activities on leads that wait in quarantine"),
        effect=mark("They are left out until what they speak of is there."),
        action=MEND_THEM,
        detail=HOW_MANY,
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "unknown_reps",
        about="reps",
        table="handoffs",
        column="rep_id",
        measure=_to(
            ("handoffs", "rep_id", "reps"),
            ("decisions", "rep_id", "reps"),
            ("activities", "rep_id", "reps"),
            needs_rows_in_target=True,
        ),
        ladder=THRESHOLDS["unknown_reps"],
        title=mark("People in sales who are not in the table of reps"),
        effect=mark(
            "Their team is not known: figures by team miss them, and their actions for a colleague do not count."
        ),
        action=mark("Add them to `reps`, people who have left included; integration users need no team."),
        hurts=(Audited.BY_TEAM,),
        blurs=(Audited.BY_REP,),
    ),
    Check(
        "merge_rings",
        about="leads",
        table="leads",
        column="merged_into",
        measure=_merged("rings"),
        ladder=THRESHOLDS["merge_rings"],
        title=mark("Leads merged in a circle"),
        effect=mark("Nobody can say which one is left: each is kept as a lead of its own."),
        action=mark("Clear `merged_into` on the lead that is to stay."),
        hurts=RATES,
    ),
    Check(
        "merge_chains",
        about="leads",
        table="leads",
        column="merged_into",
        measure=_merged("chains"),
        ladder=THRESHOLDS["merge_chains"],
        title=mark("Leads merged into leads that were merged again"),
        effect=mark("None: the chain is followed to its end."),
        action=mark("Nothing to do."),
    ),
)
