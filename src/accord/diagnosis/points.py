"""The points that the agreement in force gives every lead as of its handoff: the same meaning as scoring has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from accord.engines.arrays import column_array
from accord.engines.shape import contract_tables
from accord.readmodel.source import Source
from accord.scoring.batch import scored
from accord.scoring.rules import CriterionRule, prepare

__all__ = ["Criterion", "Points", "points_of"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

MOST_SCORED = 200_000
"""Leads that are scored, evenly drawn where there are more: what their points say of outcomes is clear by then."""

MOMENTS = "accord_diagnosed_moments"

CONTENT = frozenset({"page_view", "download", "webinar", "email_open", "email_click", "social"})
DIRECT = frozenset({"demo_request", "call_in", "trial", "form", "pricing_view", "chat", "email_reply"})
"""Kinds of touch that show interest in a subject, and those that show an intention to buy."""


@dataclass(frozen=True)
class Criterion:
    """A criterion: its points (each time, for touches), the most it gives, and what its touches are a sign of.

    ``intent``: "content", "direct", or "" for conditions and for kinds that are neither.
    """

    id: str
    label: Mapping[str, str]
    points: float
    most: float | None
    intent: str


@dataclass(frozen=True, eq=False)
class Points:
    """What each criterion ``given`` to each case (cases × criteria), where ``known``; ``score`` and ``threshold``.

    Known are the first handoffs of leads: of later ones the agreement had its say already.
    """

    criteria: tuple[Criterion, ...]
    given: npt.NDArray[np.float32]
    score: Floats
    threshold: Floats
    known: Rows


def points_of(source: Source, seen: ir.Table, lead: npt.NDArray[np.int64], initial: Rows) -> Points | None:
    """Score the leads of the cases in ``seen``; None where the agreement scores nothing or no lead was handed over.

    ``lead``: a number per case that is the same for the same lead, the hash of its id; ``initial``: first handoffs.
    Touches count as of the handoff; columns of the lead are its latest.
    """
    if source.agreement.qualification is None or not initial.any():
        return None
    rules = prepare(source.agreement)
    every = -(-int(initial.sum()) // MOST_SCORED)
    first = seen.filter(seen.sequence == 1)
    if every > 1:
        first = first.filter(first.lead_id.hash() % every == 0)
    source.engine.materialise(MOMENTS, first.select("lead_id", moment_us=first.at_us))
    tables = contract_tables(source.engine, ("leads", "touches"))
    answer = scored(tables["leads"], tables["touches"], rules, source.as_of, moments=source.engine.table(MOMENTS))
    places = range(len(rules.criteria))
    rows = source.engine.run(
        answer.select(
            lead=answer.lead_id.hash(),
            score=answer.score.cast("int64"),
            threshold=answer.threshold.cast("int64"),
            **{f"points_{place}": ibis.coalesce(answer[f"points_{place}"], 0).cast("int32") for place in places},
        )
    )
    if not rows.num_rows:
        return None
    known_lead = column_array(rows, "lead").astype(np.int64)
    order = np.argsort(known_lead, kind="stable")
    at = np.minimum(np.searchsorted(known_lead[order], lead), order.size - 1)
    row = order[at]
    known = initial & (known_lead[row] == lead)

    def of(name: str) -> Floats:
        return np.asarray(np.where(known, column_array(rows, name)[row] / 100, 0.0))

    given = np.stack([of(f"points_{place}").astype(np.float32) for place in places], axis=1)
    said = {criterion.id: criterion.label for criterion in rules.kept.criteria}
    criteria = tuple(
        Criterion(
            rule.id,
            {"en": said[rule.id].en, "fr": said[rule.id].fr},
            rule.points / 100,
            None if rule.cap is None else rule.cap / 100,
            _intent(rule),
        )
        for rule in rules.criteria
    )
    return Points(criteria, given, of("score"), of("threshold"), known)


def _intent(rule: CriterionRule) -> str:
    if rule.touches is None or not rule.touches.kinds:
        return ""
    if rule.touches.kinds <= CONTENT:
        return "content"
    return "direct" if rule.touches.kinds <= DIRECT else ""
