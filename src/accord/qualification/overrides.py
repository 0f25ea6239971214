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
from accord.values import Figure, Reason, Unknown
from accord.workspace import Workspace

__all__ = ["MARGIN", "EffectOfOverrides", "GroupOutcome", "effect_of_overrides"]

MARGIN = 10.0
"""Points above the threshold within which a lead crossed narrowly, unless a caller says otherwise."""

Group = Literal["put_forward", "near_the_threshold", "against_a_judgement"]


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of one group's handoffs.

    ``handed`` counts them, ``over`` those whose window is over, which ``acceptance`` and ``win`` are shares of.
    """

    group: Group
    handed: int
    over: int
    acceptance: Figure
    win: Figure


@dataclass(frozen=True)
class EffectOfOverrides:
    """How leads that people put forward fared against leads that narrowly crossed by their score.

    ``better_accepted`` and ``better_won``: the first less the second. ``kept_back``: leads held or judged down that
    were never handed over, of which nobody knows what would have become. ``recorded`` counts all judgements.
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


def effect_of_overrides(workspace: Workspace, source: Source, margin: float = MARGIN) -> EffectOfOverrides:
    """Compare three groups of handoffs by what became of them.

    *Put forward*: handed over below the threshold because a person said so. *Near the threshold*: crossed by the score,
    by less than ``margin`` points, with nobody's judgement: the leads that the score itself was least sure of. *Against
    a judgement*: handed over although somebody held it or judged it down. Only handoffs whose window is over count, so
    that quick answers weigh no more than slow ones. Explored leads are in no group.

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
    groups: dict[Group, list[tuple[bool, bool, bool]]] = {
        "put_forward": [],
        "near_the_threshold": [],
        "against_a_judgement": [],
    }
    by_lead: dict[str, list[LeadOverride]] = {}
    for override in recorded:
        by_lead.setdefault(became[override.lead_id], []).append(override)
    window = source.agreement.acceptance.window_days * DAY
    now = microseconds(source.as_of)
    for row in handed:
        judgement = _judgement(by_lead.get(row["lead_id"], ()), row["at_us"], became)
        group = _group(row, judgement, ways.get(row["handoff_id"]), threshold, margin)
        if group is not None:
            last = won.get(row["lead_id"])
            fate = row["outcome"] == Outcome.ACCEPTED, last is not None and last >= row["at_us"]
            groups[group].append((row["at_us"] + window <= now, *fate))
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
        seen.select("handoff_id", "lead_id", "at_us", "score", "outcome")
    ).to_pylist()
    return rows


def _ways(workspace: Workspace) -> dict[str, tuple[str, float]]:
    with open_store(workspace.database_url, read_only=True) as store, translated(store.session.address):
        return ways_of_crossing(store.session) if store.layout.version >= TRACED_FORMAT else {}


def _won(source: Source, sales: Sales) -> dict[str, int]:
    """Lead → when the last deal was opened that is won by now."""
    table = sales.tables["opportunities"]
    now = microseconds(source.as_of)
    timed = table.select(
        "lead_id",
        "won",
        opened_us=instant(table.created_at, table.created_at_is_date, sales.offsets),
        closed_us=instant(table.closed_at, table.closed_at_is_date, sales.offsets),
    )
    won = timed.filter(
        ibis.coalesce(timed.won, ibis.literal(value=False)), ibis.coalesce(timed.closed_us, timed.opened_us) <= now
    )
    won = with_canonical_lead(won.select("lead_id", "opened_us"), sales.identity)
    rows = source.engine.run(won.group_by("lead_id").aggregate(opened_us=won.opened_us.max())).to_pylist()
    return {row["lead_id"]: row["opened_us"] for row in rows}


def _judgement(overrides: Sequence[LeadOverride], at_us: int, became: Mapping[str, str]) -> LeadOverride | None:
    """The judgement of a lead that was in force when it was handed over."""
    if not overrides:
        return None
    moment = datetime.fromtimestamp(at_us / 1_000_000, UTC).replace(tzinfo=None)
    return next(iter(in_force(overrides, moment, became).values()), None)


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


def _outcome(group: Group, rows: Sequence[tuple[bool, bool, bool]], *, recorded: bool) -> GroupOutcome:
    over = [(accepted, won) for is_over, accepted, won in rows if is_over]
    accepted, won = (sum(each) for each in zip(*over, strict=True)) if over else (0, 0)
    acceptance, win = share_figures([accepted, won], [len(over)] * 2)
    return GroupOutcome(group, len(rows), len(over), acceptance, win if recorded else Unknown(Reason.NOT_RECORDED))
