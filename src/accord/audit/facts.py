"""What the data hold at all: the counts that decide whether a figure can be measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from accord.agreement.model import Definition
from accord.audit import populations
from accord.audit.evidence import Evidence

__all__ = ["Facts", "facts_of"]

Aggregates = Callable[[ir.Table], dict[str, ir.IntegerScalar]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts of rows that exist at ``as_of``.

    ``owned``: handoffs with an owner; ``teamed``: handoffs whose team is known; ``channelled``: handoffs of leads with
    a channel or an origin; ``refusals``: decisions other than acceptances; ``owners``: how many people own a handoff.
    """

    leads: int
    handoffs: int
    owned: int
    teamed: int
    channelled: int
    owners: int
    decisions: int
    acceptances: int
    refusals: int
    activities: int
    opportunities: int
    wins: int
    orders: int
    spend: int
    reps: int

    @property
    def chosen(self) -> Definition:
        """The definition that counts when the agreement names none (contract, section 2)."""
        return "explicit" if self.decisions else "action"


def facts_of(evidence: Evidence) -> Facts:
    """Count what is there."""
    handed = populations.handoffs(evidence)
    leads = evidence.table("leads")
    described = leads.select(described="lead_id", channelled=leads.channel.notnull() | leads.origin.notnull())
    handed = handed.left_join(described, handed.lead_id == described.described)
    decided = evidence.known("decisions")
    opened = evidence.known("opportunities")
    counts = {
        **_one(evidence, populations.leads(evidence), lambda t: {"leads": t.count()}),
        **_one(
            evidence,
            handed,
            lambda t: {
                "handoffs": t.count(),
                "owned": t.count(where=t.rep_id.notnull()),
                "teamed": t.count(where=t.team.notnull()),
                "channelled": t.count(where=t.channelled),
                "owners": t.rep_id.nunique(),
            },
        ),
        **_one(
            evidence,
            decided,
            lambda t: {
                "decisions": t.count(),
                "acceptances": t.count(where=t.outcome == "accepted"),
                "refusals": t.count(where=t.outcome != "accepted"),
            },
        ),
        **_one(evidence, evidence.known("activities"), lambda t: {"activities": t.count()}),
        **_one(
            evidence,
            opened,
            lambda t: {
                "opportunities": t.count(),
                "wins": t.count(where=t.won),
            },
        ),
        **_one(evidence, evidence.known("orders"), lambda t: {"orders": t.count()}),
        **_one(evidence, evidence.table("spend"), lambda t: {"spend": t.count()}),
        **_one(evidence, evidence.table("reps"), lambda t: {"reps": t.count()}),
    }
    return Facts(**counts)


def _one(evidence: Evidence, table: ir.Table, aggregates: Aggregates) -> dict[str, int]:
    (row,) = evidence.rows(table.aggregate(**aggregates(table)))
    return row
