"""The use case of scoring: one lead with everything that made its score, or all of them, at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from accord.agreement.criteria import AXES
from accord.agreement.fields import field_faults
from accord.engines.shape import contract_table
from accord.errors import AgreementError, UsageError
from accord.language import gettext as _
from accord.qualification.known_then import HowKnown, KnownLeads, leads_known_at
from accord.readmodel.source import Source
from accord.scoring.assembling import assembled
from accord.scoring.batch import created_by, scored
from accord.scoring.decay import HUNDREDTHS
from accord.scoring.result import Scored
from accord.scoring.rules import Rules, prepare
from accord.signing.warehouse import kinds_of
from accord.tables.merges import followed_merges
from accord.tables.schema import table_named
from accord.tables.times import microseconds
from accord.typed import as_typed
from accord.workspace import Workspace

__all__ = ["ScoreReport", "ScoreStream", "score_batches", "score_leads", "score_stream"]

_SCORES = "accord_scores"
_TABLE = "accord_score_table"
_RANK = "accord_rank"
_AT_ONCE = 50_000
"""Leads that are held at a time where all are written out."""

_MOST_IDS = 50_000
"""Identifiers looked through for the one that was meant."""


@dataclass(frozen=True)
class ScoreReport:
    """Leads with their scores, highest first.

    ``leads`` of them are known at ``as_of`` (naive UTC), ``qualified`` of these are qualified; ``rows`` are those asked
    for. ``past``: whether the moment was asked for; ``how`` then: how many have changed since, None where there is no
    history and columns are as they are now.
    ``merged``: leads asked for that have become others.
    """

    rules: Rules
    as_of: datetime
    timezone: str
    leads: int
    qualified: int
    rows: tuple[Scored, ...]
    how: HowKnown | None = None
    past: bool = False
    merged: dict[str, str] = field(default_factory=dict)


def score_leads(
    workspace: Workspace,
    source: Source,
    lead_ids: Sequence[str] = (),
    *,
    past: bool = False,
    limit: int = 0,
) -> ScoreReport:
    """Scores at the source's moment: of ``lead_ids``, or of all (the first ``limit``, 0: all).

    ``past``: the moment was asked for, so columns are those known then. Raises ``AgreementError`` where the agreement
    says nothing of qualification or names columns there are none of, ``UsageError`` for a lead that is not known.
    """
    stream = score_stream(workspace, source, lead_ids, past=past, limit=limit)
    return replace(stream.report, rows=tuple(stream.rows))


@dataclass(frozen=True)
class ScoreStream:
    """Scores one after the other: ``report`` has everything but its rows, which ``rows`` yields, highest first."""

    report: ScoreReport
    rows: Iterator[Scored]


def score_stream(
    workspace: Workspace, source: Source, lead_ids: Sequence[str] = (), *, past: bool = False, limit: int = 0
) -> ScoreStream:
    """:func:`score_leads`, some thousands of leads held at a time."""
    rules, known = _prepared(workspace, source, past=past)
    merged: dict[str, str] = {}
    if lead_ids:
        known, touches, merged = _families(source, known, rules, lead_ids)
    else:
        touches = contract_table(source.engine, table_named("touches"))
    answers = scored(known.table, touches, rules, source.as_of, has_merges=_has_merges(source, known.table))
    source.engine.materialise(_SCORES, _ranked(answers))
    table = source.engine.table(_SCORES)
    counts = source.engine.run(
        table.aggregate(leads=table.count(), qualified=table.count(where=table.qualified))
    ).to_pylist()[0]
    if lead_ids:
        found = source.engine.run(table.select("lead_id"))["lead_id"].to_pylist()
        _all_found(source, known.table, lead_ids, {*found} | merged.keys())
    moment, most = microseconds(source.as_of), limit or counts["leads"]
    report = ScoreReport(
        rules=rules,
        as_of=source.as_of,
        timezone=source.agreement.timezone,
        leads=counts["leads"],
        qualified=counts["qualified"],
        rows=(),
        how=known.how(source.engine, table),
        past=past,
        merged=merged,
    )
    slices = _in_order(source, table, min(most, counts["leads"]))
    return ScoreStream(report, (assembled(rules, row, moment) for part in slices for row in part.to_pylist()))


def _ranked(answers: ir.Table) -> ir.Table:
    order = ibis.window(order_by=[ibis.desc("score"), ibis.asc("lead_id")])
    return answers.mutate(**{_RANK: ibis.row_number().over(order)})


def _in_order(source: Source, ranked: ir.Table, most: int) -> Iterator[pa.Table]:
    """The first ``most`` rows of a ranked table, some thousands at a time."""
    for start in range(0, most, _AT_ONCE):
        inside = ranked.filter(ranked[_RANK] >= start, ranked[_RANK] < min(start + _AT_ONCE, most))
        yield source.engine.run(inside.order_by(_RANK).drop(_RANK))


def score_batches(workspace: Workspace, source: Source, *, past: bool = False) -> Iterator[pa.Table]:
    """Every lead's score for other programs, highest first, in tables of some thousands of leads, at least one: points
    as numbers, one column a criterion.

    Columns: ``lead_id``, ``score``, ``band``, ``qualified``, ``threshold``, ``ideal``, each axis,
    ``points_<criterion>``, ``missing`` and ``disqualified`` (names parted by spaces), ``agreement``.
    """
    rules, known = _prepared(workspace, source, past=past)
    touches = contract_table(source.engine, table_named("touches"))
    answers = scored(known.table, touches, rules, source.as_of, has_merges=_has_merges(source, known.table))
    points = {"score": answers.score, "threshold": answers.threshold}
    points |= {axis: answers[f"axis_{place}"] for place, axis in enumerate(AXES)}
    points |= {f"points_{rule.id}": answers[f"points_{place}"] for place, rule in enumerate(rules.criteria)}
    missing = {name: answers[f"missing_{place}"] for place, name in enumerate(rules.fields)}
    disqualified = {rule.id: answers[f"disqualifier_{place}"] for place, rule in enumerate(rules.disqualifiers)}
    columns: dict[str, ir.Value] = {name: value.cast("float64") / HUNDREDTHS for name, value in points.items()}
    table = answers.select(
        lead_id=answers.lead_id,
        score=columns.pop("score"),
        band=answers.band,
        qualified=answers.qualified,
        threshold=columns.pop("threshold"),
        ideal=answers.ideal,
        **columns,
        missing=_named(missing),
        disqualified=_named(disqualified),
        agreement=ibis.literal(rules.version),
    )
    source.engine.materialise(_TABLE, _ranked(table))
    kept = source.engine.table(_TABLE)
    leads = source.engine.run(kept.aggregate(n=kept.count()))["n"][0].as_py()
    if not leads:
        yield source.engine.run(kept.drop(_RANK))
    yield from _in_order(source, kept, leads)


def _named(flags: dict[str, ir.BooleanValue]) -> ir.StringValue:
    words: ir.StringValue = ibis.literal("")
    for name, flag in flags.items():
        words = words + ibis.ifelse(flag, name + " ", "")
    return words.rstrip()


def _prepared(workspace: Workspace, source: Source, *, past: bool) -> tuple[Rules, KnownLeads]:
    rules = prepare(source.agreement)
    known = leads_known_at(workspace, source.engine, source.as_of if past else None)
    if workspace.file_fault is None and source.agreement == workspace.file.agreement:
        kinds = kinds_of(known.table)
        if faults := field_faults(workspace.file, kinds):
            raise AgreementError(*faults)
    return rules, known


def _has_merges(source: Source, leads: ir.Table) -> bool:
    merged = leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")
    return bool(source.engine.run(merged).num_rows)


def _families(
    source: Source, known: KnownLeads, rules: Rules, lead_ids: Sequence[str]
) -> tuple[KnownLeads, ir.Table, dict[str, str]]:
    """Only the leads asked for, with those merged into them by then, and their touches; and which have become others.

    A lead that was merged into one created later is itself until then, and so is whatever that was merged into.
    """
    leads = known.table
    names = set(lead_ids)
    merged: dict[str, str] = {}
    if _has_merges(source, leads):
        becomes = {
            row["lead_id"]: row["becomes"]
            for row in source.engine.run(
                followed_merges(created_by(leads, rules, source.as_of)).select("lead_id", "becomes")
            ).to_pylist()
        }
        merged = {name: becomes[name] for name in lead_ids if name in becomes}
        stayed = {becomes.get(name, name) for name in lead_ids}
        names |= stayed | {name for name, stays in becomes.items() if stays in stayed}
    touches = contract_table(source.engine, table_named("touches"))
    few = sorted(names)
    return (
        KnownLeads(leads.filter(leads.lead_id.isin(few)), known.past),
        touches.filter(touches.lead_id.isin(few)),
        merged,
    )


def _all_found(source: Source, known: ir.Table, lead_ids: Sequence[str], found: set[str]) -> None:
    lost = [name for name in dict.fromkeys(lead_ids) if name not in found]
    if not lost:
        return
    leads = contract_table(source.engine, table_named("leads"))
    there = source.engine.run(leads.select("lead_id").order_by("lead_id").limit(_MOST_IDS))["lead_id"].to_pylist()
    later = {row["lead_id"] for row in source.engine.run(known.select("lead_id")).to_pylist()}
    sentences = []
    listed = _("{score} lists those there are.").format(score=as_typed("score"))
    for name in lost:
        if name in later:
            sentences.append(_("The lead {lead} was created after that moment.").format(lead=name))
            continue
        near = get_close_matches(name, there, n=1, cutoff=0.6)
        hint = _("Did you mean {near}?").format(near=near[0]) if near else listed
        sentences.append(_("There is no lead {lead}.").format(lead=name) + " " + hint)
    raise UsageError("\n".join(sentences))
