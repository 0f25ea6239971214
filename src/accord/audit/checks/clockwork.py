"""Did it come at the same time after every handoff, as only a machine does?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement
from accord.audit.evidence import Evidence
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.populations import decisions
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark
from accord.tables.times import MINUTE

__all__ = ["CHECKS"]

SECOND = 1_000_000
SLOT = 5 * SECOND
"""How far apart a machine's delays may lie and still be the same."""

STRETCH = 2 * MINUTE
"""Delays this close together are as frequent as each other where people decide them."""

SLOTS_OF_A_STRETCH = STRETCH // SLOT

SAME = 10
"""The smallest number of equal delays that betrays a machine."""


def _same_delay(rows: ir.Table, sample: str) -> ir.Table:
    """``rows`` whose delay falls into a slot that stands out: ten or more, and more than three times and ten standard
    deviations of a Poisson count above an ordinary slot of the two minutes around it.

    ``rows``: ``delay_us``, ``at_us`` (of the handoff) and ``sample``. Where both times are on the full minute, seconds
    are not known, and many delays are equal because they are written down so: such rows are left out by the caller.
    """
    placed = rows.mutate(slot=(rows.delay_us / SLOT).floor().cast("int64"))
    placed = placed.mutate(stretch=(placed.slot / SLOTS_OF_A_STRETCH).floor().cast("int64"))
    slots = placed.group_by("slot", "stretch").aggregate(n=placed.count())
    slots = slots.mutate(together=slots.n.sum().over(ibis.window(group_by="stretch")))
    ordinary = (slots.together - slots.n) / float(SLOTS_OF_A_STRETCH - 1)
    limit = 3 * ordinary + 10 * ordinary.sqrt()
    odd = slots.filter(slots.n >= SAME, slots.n > limit).select(odd="slot", in_slot="n")
    return placed.inner_join(odd, placed.slot == odd.odd).select(sample, "slot", "in_slot", "delay_us")


def _to_the_second(rows: ir.Table) -> ir.Table:
    """Without those handed over and answered on full minutes, of which the seconds are not known."""
    return rows.filter((rows.at_us % MINUTE != 0) | ((rows.at_us + rows.delay_us) % MINUTE != 0))


def _measured(evidence: Evidence, rows: ir.Table, sample: str) -> Iterable[Measurement]:
    rows = _to_the_second(rows)
    (count,) = evidence.rows(rows.aggregate(of=rows.count()))
    if not count["of"]:
        return
    odd = _same_delay(rows, sample)
    slots = odd.group_by("slot").aggregate(n=odd.count(), shortest=odd.delay_us.min())
    found = evidence.rows(slots.order_by(ibis.desc("n"), "slot"))
    samples: tuple[str, ...] = ()
    details: dict[str, int] = {}
    if found:
        most = found[0]
        seconds = most["shortest"] // SECOND
        details = {
            "largest": most["n"],
            "hours": seconds // 3600,
            "minutes": seconds // 60 % 60,
            "seconds": seconds % 60,
        }
        inside = odd.filter(odd.slot == most["slot"]).select(sample).order_by(sample).limit(5)
        samples = tuple(row[sample] for row in evidence.rows(inside))
    yield Measurement(sum(row["n"] for row in found), count["of"], samples=samples, details=details)


def _decisions(evidence: Evidence) -> Iterable[Measurement]:
    """First decisions that count for an episode and came more than a second after its handoff (at once:
    ``instant_decisions``)."""
    decided = decisions(evidence)
    first = decided.filter(decided.exact, decided.position == 0, decided.delay_us > SECOND, decided.late_us < 0)
    yield from _measured(evidence, first.select("decision_id", "delay_us", at_us="handed_us"), "decision_id")


def _actions(evidence: Evidence) -> Iterable[Measurement]:
    """First real actions that came more than five seconds after the handoff (at once: ``instant_actions``)."""
    episodes = evidence.episodes
    acted = episodes.filter(
        episodes.action_us.notnull(),
        episodes.at_us + episodes.action_us <= evidence.as_of_us,
        episodes.action_slack_us == 0,
        episodes.slack_us == 0,
        episodes.action_us > SLOT,
    )
    yield from _measured(evidence, acted.select("handoff_id", "at_us", delay_us="action_us"), "handoff_id")


_DETAIL = mark("Most often {hours} h {minutes} min {seconds} s after the handoff ({largest} times).")

CHECKS = (
    Check(
        "clockwork_decisions",
        about="decisions",
        table="decisions",
        column="at",
        measure=_decisions,
        ladder=THRESHOLDS["clockwork_decisions"],
        title=mark("Decisions that come at exactly the same time after their handoff"),
        effect=mark(
            "No person decides to the second like that: a rule did (accepted when nobody refused in time, closed when "
            "nobody answered), and the rate counts the rule, not sales."
        ),
        action=mark(
            "Leave out decisions that a workflow writes; where silence counts as a yes, say so in the agreement: "
            "`definition: tacit`."
        ),
        detail=_DETAIL,
        hurts=(*RATES, *PROMISES, *DELAYS, Audited.BY_SEGMENT, *PEOPLE),
    ),
    Check(
        "clockwork_actions",
        about="activities",
        table="activities",
        column="at",
        counted="handoffs",
        measure=_actions,
        ladder=THRESHOLDS["clockwork_actions"],
        title=mark("First actions that come at exactly the same time after the handoff, not flagged automated"),
        effect=mark("A workflow or a sequence sends them: leads look worked, and in time, by nobody."),
        action=mark("Set `automated` for mails and tasks that a workflow or a sequence sends."),
        detail=_DETAIL,
        hurts=(*RATES, *PROMISES, *DELAYS, *EFFORT),
    ),
)
