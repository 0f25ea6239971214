"""The points that the agreement in force gives every lead as of its handoff: the same meaning as scoring has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from accord.diagnosis.reading import narrowest
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.stats.side_by_side import side_by_side

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa

    from accord.engines import arrays, shape
    from accord.readmodel import merges
    from accord.readmodel.asking import Asking
    from accord.scoring import batch, rules
    from accord.scoring.batch import Offsets
    from accord.scoring.rules import CriterionRule
else:
    ibis = Late("ibis")
    arrays, shape = Late("accord.engines.arrays"), Late("accord.engines.shape")
    batch, rules = Late("accord.scoring.batch"), Late("accord.scoring.rules")
    merges = Late("accord.readmodel.merges")

__all__ = ["Asked", "Criterion", "Points", "Scored", "points_asked", "points_of", "points_scored"]

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]

MOST_SCORED = 2_000_000
"""Leads that are scored, evenly drawn where there are more: what their points say of outcomes is clear by then."""

SHORT = 32_767
"""What two bytes hold at most."""

DENSE = 8
"""Numbers are looked up in a table of all there could be, where it has no more than so many for each that there is."""

MOMENTS = "accord_diagnosed_moments"

REACH = 20
"""Years before the present one whose clock changes are told apart."""

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


class Asked(NamedTuple):
    """The rules that leads were scored by, and a row for each of them."""

    prepared: rules.Rules
    rows: pa.Table


@dataclass(frozen=True, eq=False)
class Scored:
    """What scoring answered: ``criteria`` in JSON's terms; per case, hundredths of points ``given`` by each of them."""

    criteria: Sequence[Mapping[str, Any]]
    given: Sequence[npt.NDArray[Any]]
    score: Floats
    threshold: Floats
    known: Rows


def numbered_lead(seen: ir.Table) -> ir.IntegerColumn:
    """A number that no other lead has, of the episodes ``seen``: that of its first episode's row."""
    return seen[EPISODE_ROW] if EPISODE_ROW in seen.columns else seen.lead_id.hash()


def points_asked(asking: Asking, seen: str, leads: int) -> Asked | None:
    """Ask for the points of the leads of the cases in the session's table ``seen``, of which ``leads`` are first
    handoffs; None where the agreement scores nothing or no lead was handed over. Nobody else reads ``seen`` after it.

    Touches count as of the handoff; columns of the lead are its latest.
    """
    source = asking.source
    if source.agreement.qualification is None or not leads:
        return None
    prepared = rules.prepare(source.agreement)
    every = -(-leads // MOST_SCORED)
    asking.table(MOMENTS, lambda: _moments(source.engine.table(seen), every), every)
    asking.forget(seen)
    merged = merges.has_merged_leads(source)
    zone = prepared.reading.zone
    offsets = zone.years(source.as_of, 0), zone.years(source.as_of, REACH)
    rows = asking.rows("points", lambda: _points(asking, prepared, offsets, merged=merged), offsets, merged)
    asking.forget(MOMENTS)
    return Asked(prepared, rows) if rows.num_rows else None


def points_scored(asked: Asked, lead: npt.NDArray[np.int64], initial: Rows) -> Scored:
    """The points of each case, by what was ``asked``; ``lead``: its :func:`numbered_lead`; ``initial``: first ones."""
    prepared, rows = asked.prepared, asked.rows
    known_lead = arrays.column_array(rows, "lead").astype(np.int64)
    row = _found(known_lead, lead)
    known = initial & (known_lead[row] == lead)

    def of(name: str) -> npt.NDArray[Any]:
        # few bytes a number: they are picked out in the order of the cases, all criteria at once
        return np.asarray(narrowest(arrays.column_array(rows, name))[row] * known)

    said = {criterion.id: criterion.label for criterion in prepared.kept.criteria}
    criteria = [
        {
            "id": rule.id,
            "label": {"en": said[rule.id].en, "fr": said[rule.id].fr},
            "points": rule.points / 100,
            "most": None if rule.cap is None else rule.cap / 100,
            "intent": _intent(rule),
        }
        for rule in prepared.criteria
    ]
    given = side_by_side(of, [f"points_{place}" for place in range(len(criteria))], lead.size)
    return Scored(criteria, given, _whole(of("score")) / 100, _whole(of("threshold")) / 100, known)


def _whole(numbers: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return numbers.astype(np.int64)  # a number of few bytes divided is a rough one


def _found(known: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The place among ``known`` of each number ``wanted``, some place where it is not there."""
    least, most = int(known.min()), int(known.max())
    if most - least < DENSE * known.size:  # numbers of rows: looking them up costs less than sorting them
        place = np.zeros(most - least + 1, dtype=np.int64)
        place[known - least] = np.arange(known.size)
        return place[np.clip(wanted, least, most) - least]
    order = np.argsort(known, kind="stable")
    return order[np.minimum(np.searchsorted(known[order], wanted), order.size - 1)]


def _moments(seen: ir.Table, every: int) -> ir.Table:
    """When each lead was first handed over; where there are very many leads, one of so many."""
    first = seen.filter(seen.sequence == 1)
    if every > 1:
        first = first.filter(first.lead_id.hash() % every == 0)
    return first.select("lead_id", moment_us=first.at_us, **{batch.NUMBER: numbered_lead(first)})


def _points(asking: Asking, prepared: rules.Rules, offsets: tuple[Offsets, Offsets], *, merged: bool) -> ir.Table:
    """What the leads handed over are given, by their number."""
    engine = asking.source.engine
    tables = shape.contract_tables(engine, ("leads", "touches"))
    answer = batch.scored(
        tables["leads"],
        tables["touches"],
        prepared,
        asking.number("as_of"),
        has_merges=merged,
        moments=engine.table(MOMENTS),
        explained=False,
        offsets=offsets,
    )
    return answer.select(
        lead=batch.NUMBER,
        score=answer.score.cast("int64"),
        threshold=answer.threshold.cast("int64"),
        **{
            f"points_{place}": ibis.coalesce(answer[f"points_{place}"], 0).cast("int16" if _short(rule) else "int32")
            for place, rule in enumerate(prepared.criteria)
        },
    )


def _short(rule: CriterionRule) -> bool:
    """Whether two bytes hold whatever it gives, in hundredths: of millions of leads, moving them takes a while."""
    most = max(abs(points) for points in rule.variants) if rule.touches is None else rule.cap
    return most is not None and abs(most) <= SHORT


def points_of(
    columns: Mapping[str, npt.NDArray[Any]], criteria: Sequence[Mapping[str, Any]] | None, prefix: str
) -> Points | None:
    """The points that are kept in ``columns``, those of each criterion under its place after ``prefix``."""
    if criteria is None:
        return None
    # Criterion by criterion in memory: that is how they are looked at.
    given = np.empty((columns["points"].size, len(criteria)), dtype=np.float32, order="F")

    def divide(place: int) -> None:
        np.divide(columns[f"{prefix}{place}"], 100, out=given[:, place], casting="unsafe")

    side_by_side(divide, range(len(criteria)), len(given))
    told = tuple(Criterion(**criterion) for criterion in criteria)
    return Points(told, given, columns["points"], columns["threshold"], columns["points_known"])


def _intent(rule: CriterionRule) -> str:
    if rule.touches is None or not rule.touches.kinds:
        return ""
    if rule.touches.kinds <= CONTENT:
        return "content"
    return "direct" if rule.touches.kinds <= DIRECT else ""
