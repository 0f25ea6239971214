"""People's judgements of leads, beside the score: added one by one, never rewritten; the last of a lead holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from accord.store.moments import moment_shown, now, recorded
from accord.store.session import Session

__all__ = ["JUDGEMENTS", "Judgement", "LeadOverride", "overrides_recorded", "record_override"]

Judgement = Literal["up", "down", "hold", "clear"]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)


@dataclass(frozen=True, slots=True)
class LeadOverride:
    """One judgement: ``up`` hands a lead over, ``down`` and ``hold`` keep it back, ``clear`` takes that away again.

    ``at`` (naive UTC): from when it holds. ``recorded_at`` (naive UTC): when it was written down, by the store's clock;
    nobody chooses that. ``number`` counts all judgements; a later one of the same lead wins.
    """

    number: int
    lead_id: str
    judgement: Judgement
    reason: str
    name: str
    at: datetime
    recorded_at: datetime


def record_override(
    session: Session, lead_id: str, judgement: Judgement, *, reason: str, name: str, at: datetime
) -> LeadOverride:
    """Keep a judgement that holds from ``at`` (naive UTC) on; durable when it returns."""
    moment, written = at.replace(tzinfo=UTC), now()
    with session.writing():
        found = session.one(
            "INSERT INTO lead_overrides (lead_id, judgement, reason, name, at, recorded_at) "
            "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            (
                lead_id,
                judgement,
                reason,
                name,
                moment_shown(moment, sqlite=session.is_sqlite),
                moment_shown(written, sqlite=session.is_sqlite),
            ),
        )
    assert found is not None
    return LeadOverride(int(found[0]), lead_id, judgement, reason, name, at, written.replace(tzinfo=None))


def overrides_recorded(session: Session, lead_id: str | None = None) -> list[LeadOverride]:
    """Every judgement (of one lead), in the order in which they were recorded."""
    where, parameters = ("WHERE lead_id = ?", [lead_id]) if lead_id is not None else ("", [])
    found: Sequence[tuple[object, ...]] = session.rows(
        f"SELECT id, lead_id, judgement, reason, name, at, recorded_at FROM lead_overrides {where} ORDER BY id",
        parameters,
    )
    return [
        LeadOverride(
            int(str(number)),
            str(lead),
            cast("Judgement", judgement),
            str(reason),
            str(name),
            recorded(at),
            recorded(recorded_at),
        )
        for number, lead, judgement, reason, name, at, recorded_at in found
    ]
