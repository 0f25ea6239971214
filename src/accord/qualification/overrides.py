"""Do people's judgements do better than the score? What became of leads they put forward, and of the score's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import ibis

from accord.acceptance.measure import definition_that_counts
from accord.agreement.model import Definition
from accord.errors import UsageError
from accord.language import gettext as _
from accord.metrics.outcomes import Observation, Outcome, observed
from accord.qualification.freezing import points
from accord.qualification.judging import in_force, overrides_of
from accord.qualification.standing import Sales
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.scoring.rules import prepare
from accord.stats.differences import difference
from accord.stats.figures import share_figures
from accord.store.database import open_store
from accord.store.faults import translated
from accord.store.handing import TRACED_FORMAT, ways_of_crossing
from accord.store.overrides import LeadOverride
from accord.tables.merges import with_canonical_lead
from accord.tables.times import DAY, instant, microseconds
from accord.values import MINIMUM_COUNT, Figure, Reason, Unknown
from accord.workspace import Workspace

__all__ = ["MARGIN", "WON_WITHIN_DAYS", "EffectOfOverrides", "GroupOutcome", "effect_of_overrides"]

MARGIN = 10.0
"""Points above the threshold within which a lead crossed narrowly, unless a caller says otherwise."""

WON_WITHIN_DAYS = 90
"""Days after the handoff in which a deal must be won to count, the same for every group; as in a replay."""

Group = Literal["put_forward", "near_the_threshold", "against_a_judgement"]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of one group's handoffs.

    ``handed`` counts them, ``over`` those whose window is over, which ``acceptance`` is a share of. ``win`` is a share
    of the ``settled`` ones, handed over at least :data:`WON_WITHIN_DAYS` ago: those with a deal, opened before the
    lead's next handoff, that was won in so many days.
    """

    group: Group
    handed: int
    over: int
    settled: int
    acceptance: Figure
    win: Figure


@dataclass(frozen=True)
class EffectOfOverrides:
    """How leads that people put forward fared against leads that narrowly crossed by their score.

    ``better_accepted`` and ``better_won``: the first less the second. ``kept_back``: leads held or judged down that
    were never handed over, of which nobody knows what would have become. ``recorded`` counts all judgements,
    ``too_late`` the handoffs whose judgement was only written down when their outcome was known: it is none of theirs.
    """

    as_of: datetime
    definition: Definition
    window_days: int
    threshold: float
    margin: float
    groups: tuple[GroupOutcome, ...]
    better_accepted: Figure
    better_won: Figure
    kept_back: int
    recorded: int
    too_late: int


@dataclass(frozen=True, slots=True)
class _Fate:
    """Of one handoff: whether its window is over, whether it was accepted, whether 90 days have passed, whether won."""

    over: bool
    accepted: bool
    settled: bool
    won: bool


def effect_of_overrides(workspace: Workspace, source: Source, margin: float = MARGIN) -> EffectOfOverrides:
    """Compare three groups of handoffs by what became of them.

    *Put forward*: handed over below the threshold because a person said so. *Near the threshold*: crossed by the score,
    by less than ``margin`` points, with nobody's judgement: the leads that the score itself was least sure of. *Against
    a judgement*: handed over although somebody held it or judged it down. Only handoffs whose window is over count, so
    that quick answers weigh no more than slow ones; likewise for wins those of 90 days ago or more. A judgement that
    was written down when the outcome was known already is none. Explored leads are in no group.

    A comparison of leads, not of the same leads with and without an override: people choose, and know more than the
    score does. Raises ``UsageError`` for a margin that is not positive, ``AgreementError`` where nothing is scored.
    """
    if margin <= 0:
        raise UsageError(_("--margin must be above 0."))
    rules = prepare(source.agreement)
    recorded = overrides_of(workspace)
    sales = Sales.of(source.engine, source.agreement, source.as_of)
    became = sales.canonical(sorted({override.lead_id for override in recorded}))
    definition, _because = definition_that_counts(source)
    threshold = float(points(rules.threshold))
    handed = _handoffs(source, definition)
    ways = _ways(workspace)
    won = _won(source, sales)
    groups: dict[Group, list[_Fate]] = {
        "put_forward": [],
        "near_the_threshold": [],
        "against_a_judgement": [],
    }
    by_lead: dict[str, list[LeadOverride]] = {}
    for override in recorded:
        by_lead.setdefault(became[override.lead_id], []).append(override)
    window = source.agreement.acceptance.window_days * DAY
    now = microseconds(source.as_of)
    too_late = 0
    for row in handed:
        judgements = by_lead.get(row["lead_id"], ())
        judgement, late = _judgement(judgements, row["at_us"], row["at_us"] + row["left_us"], became)
        way = ways.get(row["handoff_id"])
        # Where Accord handed it over because of the judgement, that came first, whatever the clocks say.
        too_late += late and (way is None or way[0] != "judged")
        group = _group(row, judgement, way, threshold, margin)
        if group is not None:
            age = now - row["at_us"]
            accepted, deal = row["outcome"] == Outcome.ACCEPTED, _has_won(won.get(row["lead_id"], ()), row)
            groups[group].append(_Fate(age >= window, accepted, age >= WON_WITHIN_DAYS * DAY, deal))
    deals = source.recorded.get("opportunities", 0)
    outcomes = tuple(_outcome(group, rows, recorded=deals > 0) for group, rows in groups.items())
    forward, near, _against = outcomes
    standing = in_force(recorded, source.as_of, became)
    gone = {row["lead_id"] for row in handed}
    kept = [lead for lead, override in standing.items() if override.judgement in ("down", "hold") and lead not in gone]
    return EffectOfOverrides(
        as_of=source.as_of,
        definition=definition,
        window_days=source.agreement.acceptance.window_days,
        threshold=threshold,
        margin=margin,
        groups=outcomes,
        better_accepted=difference(forward.acceptance, near.acceptance),
        better_won=difference(forward.win, near.win),
        kept_back=len(kept),
        recorded=len(recorded),
        too_late=too_late,
    )


def _handoffs(source: Source, definition: Definition) -> list[dict[str, Any]]:
    observation = Observation(
        definition,
        source.agreement.acceptance,
        microseconds(source.as_of),
        business_clock_at(source.agreement, source.as_of),
    )
    seen = observed(source.episodes, observation)
    rows: list[dict[str, Any]] = source.engine.run(
        seen.select("handoff_id", "lead_id", "at_us", "score", "outcome", "left_us", "following_us")
    ).to_pylist()
    return rows


def _ways(workspace: Workspace) -> dict[str, tuple[str, float]]:
    with open_store(workspace.database_url, read_only=True) as store, translated(store.session.address):
        return ways_of_crossing(store.session) if store.layout.version >= TRACED_FORMAT else {}


def _won(source: Source, sales: Sales) -> dict[str, list[tuple[int, int]]]:
    """Lead → when each deal that is won by now was opened, and won."""
    table = sales.tables["opportunities"]
    now = microseconds(source.as_of)
    timed = table.select(
        "lead_id",
        "won",
        opened_us=instant(table.created_at, table.created_at_is_date, sales.offsets),
        closed_us=instant(table.closed_at, table.closed_at_is_date, sales.offsets),
    )
    timed = timed.mutate(won_us=ibis.coalesce(timed.closed_us, timed.opened_us))
    won = timed.filter(ibis.coalesce(timed.won, ibis.literal(value=False)), timed.won_us <= now)
    won = with_canonical_lead(won.select("lead_id", "opened_us", "won_us"), sales.identity)
    deals: dict[str, list[tuple[int, int]]] = {}
    for row in source.engine.run(won).to_pylist():
        deals.setdefault(row["lead_id"], []).append((row["opened_us"], row["won_us"]))
    return deals


def _has_won(deals: Sequence[tuple[int, int]], handoff: Mapping[str, Any]) -> bool:
    """Whether a deal came of this handoff in time: opened from it on and before the lead's next one."""
    start, following = handoff["at_us"], handoff["following_us"]
    return any(0 <= opened - start < following and won - start <= WON_WITHIN_DAYS * DAY for opened, won in deals)


def _judgement(
    overrides: Sequence[LeadOverride], at_us: int, outcome_us: int, became: Mapping[str, str]
) -> tuple[LeadOverride | None, bool]:
    """The judgement of a lead that was in force when it was handed over, as far as it was written down before the
    outcome; and whether one was written down later, as of before.
    """
    if not overrides:
        return None, False
    moment, known = (datetime.fromtimestamp(us / 1_000_000, UTC).replace(tzinfo=None) for us in (at_us, outcome_us))
    in_time = [override for override in overrides if override.recorded_at <= known]
    late = any(override.recorded_at > known and override.at <= moment for override in overrides)
    return next(iter(in_force(in_time, moment, became).values()), None), late


def _group(
    row: Mapping[str, Any],
    judgement: LeadOverride | None,
    way: tuple[str, float] | None,
    threshold: float,
    margin: float,
) -> Group | None:
    """The group of a handoff; one that others wrote is told by the judgement in force and the score it carries."""
    kind, threshold = way or ("", threshold)
    score = row["score"]
    if kind == "explored":
        return None
    if judgement is not None and judgement.judgement in ("down", "hold"):
        return "against_a_judgement"
    below = score is None or score < threshold
    if kind == "judged" or (not kind and judgement is not None and below):
        return "put_forward"
    narrowly = score is not None and threshold <= score < threshold + margin
    return "near_the_threshold" if judgement is None and narrowly else None


def _outcome(group: Group, rows: Sequence[_Fate], *, recorded: bool) -> GroupOutcome:
    over, settled = [row for row in rows if row.over], [row for row in rows if row.settled]
    good = [sum(row.accepted for row in over), sum(row.won for row in settled)]
    acceptance, win = share_figures(good, [len(over), len(settled)])
    if not recorded:
        win = Unknown(Reason.NOT_RECORDED)
    elif len(settled) < MINIMUM_COUNT <= len(rows):
        win = Unknown(Reason.NOT_MATURE, MINIMUM_COUNT)
    return GroupOutcome(group, len(rows), len(over), len(settled), acceptance, win)
