"""Which leads two people rate blind: recent ones, handed over or not, and refusals that somebody may dispute."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

import ibis
import ibis.expr.types as ir

from accord.engines.shape import contract_table
from accord.errors import UsageError
from accord.language import gettext as _
from accord.readmodel.merges import merged_leads_of
from accord.readmodel.source import Source
from accord.scoring.reading import IS_DATE
from accord.tables.merges import with_canonical_lead
from accord.tables.reasons import REJECTION_REASONS
from accord.tables.schema import table_named
from accord.tables.times import has_come, local_microseconds, microseconds

__all__ = ["AXES", "Sample", "draw_sample"]

AXES = ("fit", "need", "budget", "authority", "engagement")
"""What is rated beside the whole judgement, unless criteria are named: the five axes of qualification."""

NEVER_SHOWN = frozenset({"lead_id", "merged_into", "customer_id", "created_at_is_date", "currency"})
"""Columns of the lead that inform nobody, or that tell who became a customer."""

TOUCHED_DAYS = 90


@dataclass(frozen=True)
class Sample:
    """The leads drawn, as cells of text. ``disputed``, ``handed_over`` and ``not_handed_over`` count them by origin."""

    informing: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    disputed: int
    handed_over: int
    not_handed_over: int
    start: datetime
    as_of: datetime

    def for_rater(self, rater: str) -> list[Mapping[str, str]]:
        """The leads in an order of this rater's own, so that two who sit together cannot go down the list alike."""
        place = {lead: number for number, lead in enumerate(_shuffled((row["lead_id"] for row in self.rows), rater))}
        return sorted(self.rows, key=lambda row: place[row["lead_id"]])


def draw_sample(
    source: Source, size: int, *, disputed: int = 0, days: int = 180, columns: Sequence[str] = (), seed: str = ""
) -> Sample:
    """Draw ``size`` leads created in the ``days`` before the moment the data describe.

    First up to ``disputed`` refusals: leads that the agreement passed on and sales refused as no fit (a definitional
    reason, contract section 3), the newest first. The rest half from leads handed over, half from leads not handed
    over, as far as there are enough of each: raters who see only good leads cannot disagree much. Which ones is decided
    by a digest of the lead's id and ``seed``, so the same data give the same sample, and another seed another.

    The sample informs by columns of the lead (``columns``, or the contract's) and by what the prospect did in the 90
    days before; never by score, band, rep or outcome, which would not be blind.

    Raises ``UsageError`` for a column leads do not have, or when no lead was created in that time.
    """
    leads = contract_table(source.engine, table_named("leads"))
    shown = _shown(leads, columns)
    start = source.as_of - timedelta(days=days)
    just_before = start - timedelta(microseconds=1)
    of_time = leads.filter(_by(source, leads, "created_at"), ~_by(source, leads, "created_at", just_before))
    recent = of_time.filter(of_time.merged_into.isnull())
    handed = _handed_over(source)
    marked = recent.select("lead_id").left_join(handed.rename(handed_lead="lead_id"), [("lead_id", "handed_lead")])
    found = source.engine.run(marked.select("lead_id", was_handed=marked.handed_lead.notnull())).to_pylist()
    if not found:
        raise UsageError(
            _("No lead was created in the {days} days before {moment}: give more --days.").format(
                days=days, moment=f"{source.as_of:%Y-%m-%d}"
            )
        )
    first = _refused(source, start)[:disputed] if disputed else []
    taken = set(first)
    pools = {
        kind: _shuffled((row["lead_id"] for row in found if row["was_handed"] is kind), seed) for kind in (True, False)
    }
    pools = {kind: [lead for lead in pool if lead not in taken] for kind, pool in pools.items()}
    rest = max(size - len(first), 0)
    of_handed = min(len(pools[True]), max(rest - rest // 2, rest - len(pools[False])))
    chosen_handed = pools[True][:of_handed]
    chosen_others = pools[False][: rest - of_handed]
    drawn = _shuffled([*first, *chosen_handed, *chosen_others], seed)
    return Sample(
        (*shown, "touches"),
        tuple(_told(source, leads, drawn, shown)),
        len(first),
        len(chosen_handed),
        len(chosen_others),
        start,
        source.as_of,
    )


def _shown(leads: ir.Table, columns: Sequence[str]) -> tuple[str, ...]:
    if not columns:
        known = [column.name for column in table_named("leads").columns]
        return tuple(name for name in known if name not in NEVER_SHOWN)
    there = [name for name in leads.columns if not name.endswith(IS_DATE)]
    for name in columns:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            hint = " " + _("The nearest is {near}.").format(near=near[0]) if near else ""
            message = _("Leads have no column {name}. They have: {known}.")
            raise UsageError(message.format(name=name, known=", ".join(there)) + hint)
    return tuple(name for name in dict.fromkeys(columns) if name != "lead_id")


def _handed_over(source: Source) -> ir.Table:
    episodes = source.episodes
    return episodes.filter(episodes.at_us <= microseconds(source.as_of)).select("lead_id").distinct()


def _refused(source: Source, start: datetime) -> list[str]:
    """Leads refused as no fit, the newest refusal first."""
    episodes = source.episodes
    decided = episodes.at_us + episodes.decision_us
    refused = episodes.filter(
        episodes.decision == "rejected",
        episodes.reason.isin(REJECTION_REASONS["definitional"]),
        decided <= microseconds(source.as_of),
        decided >= microseconds(start),
    )
    rows = refused.select("lead_id", decided=refused.at_us + refused.decision_us)
    newest = rows.group_by("lead_id").aggregate(newest=rows.decided.max())
    ordered = newest.order_by([ibis.desc("newest"), "lead_id"])
    return [row["lead_id"] for row in source.engine.run(ordered).to_pylist()]


def _shuffled(leads: Iterable[str], seed: str) -> list[str]:
    return sorted(leads, key=lambda lead: (hashlib.sha256(f"{seed}\0{lead}".encode()).digest(), lead))


def _told(source: Source, leads: ir.Table, drawn: Sequence[str], shown: Sequence[str]) -> Iterable[Mapping[str, str]]:
    rows = source.engine.run(leads.filter(leads.lead_id.isin(drawn)).select("lead_id", *shown)).to_pylist()
    told = {row["lead_id"]: row for row in rows}
    touched = _touched(source, drawn)
    for lead in drawn:
        row = told.get(lead, {})
        cells = {name: _cell(row.get(name)) for name in shown}
        yield {"lead_id": lead, **cells, "touches": touched.get(lead, "")}


def _touched(source: Source, drawn: Sequence[str]) -> Mapping[str, str]:
    """What each prospect did of late, as "webinar 2, page_view 7"."""
    touches = contract_table(source.engine, table_named("touches"))
    since = source.as_of - timedelta(days=TOUCHED_DAYS)
    named = with_canonical_lead(touches.select("lead_id", "kind", "at", "at_is_date"), merged_leads_of(source))
    recent = named.filter(named.lead_id.isin(drawn), _by(source, named, "at"), ~_by(source, named, "at", since))
    counted = recent.group_by(["lead_id", "kind"]).aggregate(times=recent.count())
    answer: dict[str, list[str]] = {}
    for row in source.engine.run(counted.order_by(["lead_id", ibis.desc("times"), "kind"])).to_pylist():
        answer.setdefault(row["lead_id"], []).append(f"{row['kind']} {row['times']}")
    return {lead: ", ".join(parts) for lead, parts in answer.items()}


def _by(source: Source, table: ir.Table, time: str, moment: datetime | None = None) -> ir.BooleanValue:
    """Whether a row had come by a moment: that which the data describe."""
    now = source.as_of if moment is None else moment
    local = local_microseconds(now, source.agreement.timezone)
    return has_come(table[time], table[f"{time}_is_date"], microseconds(now), local)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d}"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
