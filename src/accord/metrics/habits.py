"""The habits that a rate hides, each condition once: ghost acceptances, silent work, token efforts, never worked.

Each is a share of episodes: those it is counted among (old enough to be judged), and those that are counted. Dates
without an hour leave room for both; an ``edge`` says how they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accord.agreement.model import Acceptance
from accord.metrics.outcomes import NEVER, Edge
from accord.tables.times import DAY

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Share", "ghost", "habits", "never_worked", "silent", "token"]


class Share(NamedTuple):
    """Two conditions on observed episodes, never null; whoever is counted is among those it is counted among."""

    among: ir.BooleanValue
    counted: ir.BooleanValue


def habits(observed: ir.Table, rules: Acceptance, edge: Edge = "stated") -> dict[str, Share]:
    """Every habit by its name, in the order in which acceptance tells them.

    ``earliest`` gives the least that the dates allow and ``latest`` the greatest; a token effort is read as its times
    are stated, by every edge.
    """
    return {
        "ghost": ghost(observed, rules, edge),
        "silent": silent(observed, edge),
        "token": token(observed, rules),
        "never_worked": never_worked(observed, edge),
    }


def ghost(observed: ir.Table, rules: Acceptance, edge: Edge = "stated") -> Share:
    """Explicit acceptances that no real action followed within ``ghost_after_days``; of those as old as that."""
    limit = int(rules.ghost_after_days * DAY)
    if edge == "stated":
        among = observed.said_yes & (observed.decided_us + limit <= observed.age_us)
        return Share(among, among & (observed.acted_us > observed.decided_us + limit))
    age, decided, acted = observed.longest_age_us, observed.first_decided_us, observed.first_acted_us
    old = observed.accepting & (decided < NEVER) & (decided + limit <= age)
    surely_old = (observed.last_decided_us < NEVER) & (observed.last_decided_us + limit <= age)
    return _share(
        edge,
        may_be=old & (observed.last_acted_us > decided + limit),
        may_not=old & (acted < NEVER) & (acted <= observed.last_decided_us + limit),
        may_be_outside=~surely_old,
    )


def silent(observed: ir.Table, edge: Edge = "stated") -> Share:
    """Worked and never decided; of the episodes that are over and had a real action."""
    if edge == "stated":
        among = observed.ended & (observed.acted_us < NEVER)
        return Share(among, among & (observed.decided_us == NEVER))
    worked = (observed.longest_end_us <= observed.longest_age_us) & (observed.first_acted_us < NEVER)
    return _share(
        edge,
        may_be=worked & (observed.last_decided_us == NEVER),
        may_not=worked & (observed.first_decided_us < NEVER),
        may_be_outside=~observed.surely_ended | (observed.last_acted_us == NEVER),
    )


def token(observed: ir.Table, rules: Acceptance) -> Share:
    """Explicit acceptances that one short or unanswered call followed and nothing else; of those with any activity and
    as old as ``token.within_days``."""
    within = int(rules.token.within_days * DAY)
    among = observed.said_yes & (observed.active_us < NEVER) & (observed.decided_us + within <= observed.age_us)
    return Share(among, among & observed.token)


def never_worked(observed: ir.Table, edge: Edge = "stated") -> Share:
    """Episodes that are over and saw no activity at all; of those that are over."""
    untouched = observed.activities == 0
    if edge == "stated":
        return Share(observed.ended, observed.ended & untouched)
    over = observed.longest_end_us <= observed.longest_age_us
    only_one_may_be_late = (
        (observed.activities == 1)
        & (observed.first_acted_us < observed.last_acted_us)
        & (observed.last_acted_us == NEVER)
    )
    return _share(
        edge,
        may_be=over & (untouched | only_one_may_be_late),
        may_not=over & ~untouched,
        may_be_outside=~observed.surely_ended,
    )


def _share(edge: Edge, *, may_be: ir.BooleanValue, may_not: ir.BooleanValue, may_be_outside: ir.BooleanValue) -> Share:
    """The conditions of a share, read so that it is as small (``earliest``) or as large (``latest``) as can be.

    ``may_be``: the episode can be one of those counted; ``may_not``: it can be one of those it is counted among
    without being counted; ``may_be_outside``: it can be neither. A share grows by each that is counted, and shrinks by
    each that is only counted among.
    """
    if edge == "latest":
        return Share(may_be | (may_not & ~may_be_outside), may_be)
    among = may_not | (may_be & ~may_be_outside)
    return Share(among, among & ~may_not)
