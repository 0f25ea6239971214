"""Dates without an hour: what they leave open of how long an answer took, read both ways for the leads with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.diagnosis.promised import missed
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.metrics.habits import ghost, silent
from accord.metrics.outcomes import NEVER, Edge, Observation, observed
from accord.readmodel.asking import Asking
from accord.tables.times import DAY

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["BY_HOURS", "DATED", "HABITS", "any_by_date", "by_date", "days_to_answer", "read_both_ways"]

WAYS: tuple[tuple[str, Edge], ...] = (("least", "earliest"), ("most", "latest"))
"""As soon after the handoff as the dates allow, and as late."""

HABITS = ("ghost", "silent")
"""Habits that dates without an hour leave room for."""

BY_HOURS = tuple(
    f"{what}_{way}" for way, _edge in WAYS for what in ("late", "waited", *HABITS, *(f"{one}_of" for one in HABITS))
)
"""Columns of :func:`read_both_ways`: whether the answer was late, the business days it took (microseconds), and each
habit with what it is a share of, read so that the share is as small, or as large, as the dates allow."""

DATED = "dated"
"""Whether of a case only the day of something is known."""


def any_by_date(asking: Asking, seen: str) -> bool:
    """Whether of any lead in the session's table ``seen`` only the day of its handoff or of its answer is known."""

    def dated() -> ir.Table:
        table = asking.source.engine.table(seen)
        return table.filter(by_date(table)).limit(1).select("lead_id")

    return bool(asking.rows("any by date", dated).num_rows)


def read_both_ways(seen: ir.Table, episodes: ir.Table, observation: Observation) -> ir.Table:
    """``seen`` with :data:`BY_HOURS`; null where the hours are known, for nothing is open there."""
    key = EPISODE_ROW if EPISODE_ROW in seen.columns else "handoff_id"
    for way, edge in WAYS:
        read = observed(episodes, observation, edge)
        read = read.filter(by_date(read)).select(
            **{
                f"key_{way}": read[key],
                f"late_{way}": missed(read, observation.rules).cast("int8"),
                f"waited_{way}": days_to_answer(read),
                **_habits(read, observation, way, edge),
            }
        )
        seen = seen.left_join(read, seen[key] == read[f"key_{way}"])
    return seen.mutate(**{DATED: seen.late_least.notnull() | seen.late_most.notnull()})


def _habits(read: ir.Table, observation: Observation, way: str, edge: Edge) -> dict[str, ir.IntegerValue]:
    shares = {"ghost": ghost(read, observation.rules, edge), "silent": silent(read, edge)}
    among = {f"{name}_of_{way}": share.among.cast("int8") for name, share in shares.items()}
    return among | {f"{name}_{way}": share.counted.cast("int8") for name, share in shares.items()}


def days_to_answer(seen: ir.Table) -> ir.FloatingValue:
    """Business days from the handoff to the answer, a day told as microseconds of 24 hours; ``NEVER`` without one."""
    in_days = (seen.business_answered_us / seen.business_day_us) * DAY
    return ibis.ifelse(seen.answered_us < NEVER, in_days, float(NEVER)).cast("float64")


def by_date(table: ir.Table) -> ir.BooleanValue:
    """Whether the handoff, the decision or the first action of an episode is a date without an hour."""
    # what, read at the last instant, comes after the end is no part of the episode: it is a date all the same
    decided, acted = (
        table[f"first_{name}"] if f"first_{name}" in table.columns else table[name]
        for name in ("decided_us", "acted_us")
    )
    decision = (decided < NEVER) & (ibis.coalesce(table.decision_slack_us, 0) > 0)
    action = (acted < NEVER) & (ibis.coalesce(table.action_slack_us, 0) > 0)
    return (ibis.coalesce(table.slack_us, 0) > 0) | decision | action
