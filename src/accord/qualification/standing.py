"""Where every lead stands with sales at a moment: never handed over, in their hands, refused, given back, in a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from accord.agreement.model import Agreement
from accord.clock import local_date, utc_of_local_midnight
from accord.engines.base import Engine
from accord.engines.shape import contract_tables
from accord.qualification.routing import Person
from accord.scoring.zone import zone_of
from accord.tables.merges import followed_merges, with_canonical_lead
from accord.tables.times import DAY, instant, microseconds, room

__all__ = ["HandedThisWeek", "Sales", "week_start"]

_BACK = 3 * 366 * DAY
"""How far back a date without an hour is read with the offset of its day; before, one hour more or less is nothing."""

STANDING = "accord_standing"
"""Table of the session: :meth:`Sales.standing`."""

_TABLES = ("leads", "touches", "handoffs", "decisions", "opportunities", "reps")


def week_start(moment: datetime, timezone: str) -> datetime:
    """The naive UTC instant at which the local week of ``moment`` began, on Monday at midnight."""
    day = local_date(moment, timezone)
    return utc_of_local_midnight(day - timedelta(days=day.weekday()), timezone)


@dataclass(frozen=True, slots=True)
class HandedThisWeek:
    """How many leads somebody was given this week, as one of a team; None where nobody or no team was named."""

    rep_id: str | None
    team: str | None
    leads: int


@dataclass(frozen=True)
class Sales:
    """The tables of an engine as handing over reads them at ``moment`` (naive UTC), merged leads as one.

    ``offsets``: the agreement's time zone; ``identity``: which lead each merged one has become, nothing where none was.
    """

    engine: Engine
    agreement: Agreement
    moment: datetime
    tables: Mapping[str, ir.Table]
    offsets: Sequence[tuple[int, int]]
    identity: ir.Table | None

    @classmethod
    def of(cls, engine: Engine, agreement: Agreement, moment: datetime) -> Sales:
        """Look whether any lead was merged; all the rest is worked out when it is asked for."""
        tables = contract_tables(engine, _TABLES)
        leads = tables["leads"]
        merged = engine.run(leads.filter(leads.merged_into.notnull()).limit(1).select("lead_id")).num_rows
        offsets = zone_of(agreement.timezone).around(microseconds(moment) - _BACK, microseconds(moment))
        return cls(engine, agreement, moment, tables, offsets, followed_merges(leads) if merged else None)

    def canonical(self, leads: Sequence[str]) -> dict[str, str]:
        """Each of ``leads`` → the lead it has become."""
        if self.identity is None or not leads:
            return {lead: lead for lead in leads}
        merges = self.engine.run(self.identity.filter(self.identity.lead_id.isin(list(leads)))).to_pylist()
        became = {row["lead_id"]: row["becomes"] for row in merges}
        return {lead: became.get(lead, lead) for lead in leads}

    def standing(self) -> ir.Table:
        """One row per lead that sales ever had to do with, times in microseconds since 1970. Worked out once.

        ``last_handoff``, to whom (``rep_id``) and ``handed_us``; ``outcome`` of the last decision on it and when, at
        the latest (``decided_us``); ``active_us``, the last touch of a lead that was given back; ``deal``, an open or
        won one.
        """
        if not self.engine.has(STANDING):
            self.engine.materialise(STANDING, self._standing())
        return self.engine.table(STANDING)

    def _standing(self) -> ir.Table:
        last = self._last_handoffs()
        decided = self._last_decisions(last)
        found = last.left_join(decided, "handoff_id").drop("handoff_id_right")
        found = found.left_join(self._last_touches(found), "lead_id").drop("lead_id_right")
        joined = found.outer_join(self._deals(), "lead_id")
        return joined.select(
            lead_id=ibis.coalesce(joined.lead_id, joined.lead_id_right),
            last_handoff=joined.handoff_id,
            handed_us=joined.handed_us,
            rep_id=joined.rep_id,
            outcome=joined.outcome,
            decided_us=joined.decided_us,
            active_us=joined.active_us,
            deal=ibis.coalesce(joined.deal, ibis.literal(value=False)),
        )

    def people(self, week: Sequence[HandedThisWeek]) -> list[Person]:
        """Everybody in sales who was hired by then, with the leads of this ``week`` and those without an answer."""
        reps = self.tables["reps"]
        hired = instant(reps.hired_at, reps.hired_at_is_date, self.offsets) <= self._now
        here = reps.filter(ibis.coalesce(hired, ibis.literal(value=True)))
        rows = self.engine.run(here.select("rep_id", "team", "territory", "capacity")).to_pylist()
        waiting = {row["rep_id"]: row["leads"] for row in self._unanswered()}
        return [
            Person(
                row["rep_id"],
                row["team"],
                row["territory"],
                row["capacity"],
                sum(each.leads for each in week if each.rep_id == row["rep_id"]),
                waiting.get(row["rep_id"], 0),
            )
            for row in rows
        ]

    def handed_this_week(self) -> list[HandedThisWeek]:
        """Leads handed over since Monday, by person and team."""
        handed, start = self._handed(), microseconds(week_start(self.moment, self.agreement.timezone))
        now = handed.filter(handed.handed_us >= start, handed.handed_us <= self._now)
        rows = self.engine.run(now.group_by("rep_id", "team").aggregate(leads=now.count())).to_pylist()
        return [HandedThisWeek(row["rep_id"], row["team"], row["leads"]) for row in rows]

    @property
    def _now(self) -> int:
        return microseconds(self.moment)

    def _handed(self) -> ir.Table:
        handoffs, reps = self.tables["handoffs"], self.tables["reps"]
        timed = handoffs.select(
            "handoff_id",
            "lead_id",
            "rep_id",
            named_team=handoffs.team,
            handed_us=instant(handoffs["at"], handoffs.at_is_date, self.offsets),
        )
        teamed = timed.left_join(reps.select(owner="rep_id", rep_team="team"), [("rep_id", "owner")])
        teamed = teamed.mutate(team=ibis.coalesce(teamed.named_team, teamed.rep_team))
        return with_canonical_lead(teamed.drop("owner", "named_team", "rep_team"), self.identity)

    def _last_handoffs(self) -> ir.Table:
        handed = self._handed()
        newest = ibis.window(group_by="lead_id", order_by=[ibis.desc("handed_us"), ibis.desc("handoff_id")])
        ranked = handed.mutate(rank=ibis.row_number().over(newest))
        return ranked.filter(ranked["rank"] == 0).select("lead_id", "handoff_id", "handed_us", "rep_id")

    def _last_decisions(self, last: ir.Table) -> ir.Table:
        """The last decision on each lead's last handoff; a date without an hour counts as its last instant."""
        table = self.tables["decisions"]
        timed = table.select(
            "decision_id",
            "handoff_id",
            "lead_id",
            "outcome",
            time_us=instant(table["at"], table.at_is_date, self.offsets),
            slack_us=room(table["at"], table.at_is_date, self.offsets),
        )
        timed = timed.filter(timed.time_us <= self._now)
        named = timed.filter(timed.handoff_id.notnull()).drop("lead_id").semi_join(last, "handoff_id")
        unnamed = with_canonical_lead(timed.filter(timed.handoff_id.isnull()).drop("handoff_id"), self.identity)
        joined = unnamed.inner_join(last.select("lead_id", "handoff_id", "handed_us"), "lead_id")
        after = joined.filter(joined.time_us + joined.slack_us >= joined.handed_us).drop("lead_id", "handed_us")
        columns = ["decision_id", "handoff_id", "outcome", "time_us", "slack_us"]
        every = ibis.union(named.select(columns), after.select(columns))
        newest = ibis.window(group_by="handoff_id", order_by=[ibis.desc("time_us"), ibis.desc("decision_id")])
        ranked = every.mutate(rank=ibis.row_number().over(newest), decided_us=every.time_us + every.slack_us)
        return ranked.filter(ranked["rank"] == 0).select("handoff_id", "outcome", "decided_us")

    def _last_touches(self, found: ir.Table) -> ir.Table:
        table = self.tables["touches"]
        timed = table.select("lead_id", time_us=instant(table["at"], table.at_is_date, self.offsets))
        timed = with_canonical_lead(timed.filter(timed.time_us <= self._now), self.identity)
        back = found.filter(found.outcome == "recycled").select("lead_id")
        touched = timed.semi_join(back, "lead_id")
        return touched.group_by("lead_id").aggregate(active_us=touched.time_us.max())

    def _deals(self) -> ir.Table:
        table = self.tables["opportunities"]
        timed = table.select(
            "lead_id",
            "won",
            opened_us=instant(table.created_at, table.created_at_is_date, self.offsets),
            closed_us=instant(table.closed_at, table.closed_at_is_date, self.offsets),
        )
        opened = timed.filter(timed.opened_us <= self._now)
        known_closed = ibis.coalesce(opened.closed_us <= self._now, opened.won.notnull())
        here = opened.filter(~known_closed | ibis.coalesce(opened.won, ibis.literal(value=False)))
        here = with_canonical_lead(here.select("lead_id"), self.identity)
        return here.distinct().mutate(deal=ibis.literal(value=True))

    def _unanswered(self) -> list[dict[str, Any]]:
        found, window = self.standing(), self.agreement.acceptance.window_days * DAY
        waiting = found.filter(
            found.outcome.isnull(), found.handed_us <= self._now, found.handed_us + window > self._now
        )
        rows: list[dict[str, Any]] = self.engine.run(
            waiting.group_by("rep_id").aggregate(leads=waiting.count())
        ).to_pylist()
        return rows
