"""Handing over, as the store keeps it: handoffs by an import like every other, and beside each what it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.store.changed import chunks, keys_written
from accord.store.imports import Written, commit, imports, open_import
from accord.store.merging import Row
from accord.store.moments import moment_shown, now
from accord.store.physical import version_table
from accord.store.session import Session
from accord.store.versions import first_free, insert_version

__all__ = [
    "TRACED_FORMAT",
    "FrozenTrace",
    "NewHandoff",
    "explored_handoffs",
    "frozen_trace",
    "ways_of_crossing",
    "write_handoffs",
]

TRACED_FORMAT = 3
"""The first format of the database that has traces of handoffs and overrides of leads."""

_DECIDING = ("leads", "handoffs", "decisions", "opportunities")
"""Tables that say whether a lead may be handed over."""


@dataclass(frozen=True, slots=True)
class NewHandoff:
    """A handoff to write: ``values`` by column of the contract (``at`` naive UTC), and its trace as JSON text."""

    values: Mapping[str, object]
    trace: str

    @property
    def handoff_id(self) -> str:
        """Its key."""
        return str(self.values["handoff_id"])

    @property
    def lead_id(self) -> str:
        """The lead that is handed over."""
        return str(self.values["lead_id"])


@dataclass(frozen=True, slots=True)
class FrozenTrace:
    """What a lead was handed over with; ``intact``: the text is the one whose digest was recorded."""

    handoff_id: str
    lead_id: str
    trace: str
    digest: str

    @property
    def intact(self) -> bool:
        """Whether the text still has the digest that was recorded with it."""
        return _digest(self.trace) == self.digest


def write_handoffs(session: Session, handoffs: Sequence[NewHandoff], since: int, source: str) -> frozenset[str]:
    """Write ``handoffs`` with their traces, as one import, all or nothing; the ids of those that were written.

    ``since``: the position of the state they were worked out from. A lead of which a handoff, a decision or a deal was
    recorded after it is left out, and so is a handoff that is there already: whoever wrote it was first. Durable when
    it returns. A transaction of its own.
    """
    table = version_table("handoffs")
    columns = {column.name: None for column in table.columns}
    with session.writing():
        session.order_commits()
        changed = _leads_changed_since(session, since)
        there = _there_already(session, [handoff.handoff_id for handoff in handoffs])
        fresh = [each for each in handoffs if each.lead_id not in changed and each.handoff_id not in there]
        if not fresh:
            return frozenset()
        record = open_import(session, source)
        first = first_free(session, table) if session.is_sqlite else None
        moment = moment_shown(now(), sqlite=session.is_sqlite)
        for handoff in fresh:
            insert_version(session, table, record.id, Row({**columns, **handoff.values}))
        session.execute_many(
            "INSERT INTO handoff_traces (handoff_id, lead_id, digest, trace, recorded_at) VALUES (?, ?, ?, ?, ?)",
            [(each.handoff_id, each.lead_id, _digest(each.trace), each.trace, moment) for each in fresh],
        )
        counts = {"read": len(fresh), "added": len(fresh), "updated": 0, "unchanged": 0, "quarantined": 0}
        last = None if first is None else first + len(fresh) - 1
        commit(session, record.id, {"handoffs": counts}, {"handoffs": Written(len(fresh), first, last)})
    return frozenset(each.handoff_id for each in fresh)


def frozen_trace(session: Session, handoff_id: str) -> FrozenTrace | None:
    """What that handoff was made with; None where Accord did not make it."""
    found = session.one("SELECT lead_id, trace, digest FROM handoff_traces WHERE handoff_id = ?", (handoff_id,))
    return None if found is None else FrozenTrace(handoff_id, *map(str, found))


def ways_of_crossing(session: Session) -> dict[str, tuple[str, float]]:
    """Handoff → how its lead crossed (``crossed``, ``judged``, ``explored``) and the threshold it had then."""
    if session.is_sqlite:
        kind, threshold = "json_extract(trace, '$.kind')", "json_extract(trace, '$.threshold')"
    else:
        kind, threshold = "CAST(trace AS jsonb) ->> 'kind'", "CAST(CAST(trace AS jsonb) ->> 'threshold' AS float)"
    found = session.rows(f"SELECT handoff_id, {kind}, {threshold} FROM handoff_traces")
    return {str(handoff): (str(how), float(points)) for handoff, how, points in found}


def explored_handoffs(session: Session) -> dict[str, tuple[float | None, str | None]]:
    """Handoffs of leads that the lot drew below the threshold → the share that was drawn, where it was kept, and the
    digest of the agreement that said so.
    """
    if session.is_sqlite:
        kind, share = "json_extract(trace, '$.kind')", "json_extract(trace, '$.exploration_share')"
        digest = "json_extract(trace, '$.agreement_digest')"
    else:
        kind, share = "CAST(trace AS jsonb) ->> 'kind'", "CAST(CAST(trace AS jsonb) ->> 'exploration_share' AS float)"
        digest = "CAST(trace AS jsonb) ->> 'agreement_digest'"
    found = session.rows(f"SELECT handoff_id, {share}, {digest} FROM handoff_traces WHERE {kind} = 'explored'")
    return {str(handoff): (None if drawn is None else float(drawn), name) for handoff, drawn, name in found}


def _leads_changed_since(session: Session, since: int) -> set[str]:
    """Leads of which something that decides about handing over was recorded after position ``since``."""
    records = imports(session, "WHERE position > ?", (since,))
    leads: set[str] = set()
    for name in _DECIDING:
        table = version_table(name)
        for some in chunks(keys_written(session, table, records)):
            marks = ", ".join("?" * len(some))
            query = (
                f'SELECT DISTINCT lead_id FROM {table.name} WHERE "{table.key}" IN ({marks}) AND lead_id IS NOT NULL'
            )
            leads.update(str(lead) for (lead,) in session.rows(query, some))
            if name == "decisions":
                named = (
                    "SELECT DISTINCT h.lead_id FROM decisions_versions d JOIN handoffs_versions h "
                    f"ON h.handoff_id = d.handoff_id WHERE d.decision_id IN ({marks})"
                )
                leads.update(str(lead) for (lead,) in session.rows(named, some))
    return leads


def _there_already(session: Session, handoffs: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(handoffs):
        marks = ", ".join("?" * len(some))
        query = (
            "SELECT v.handoff_id FROM handoffs_versions v JOIN imports i ON i.id = v.import_id "
            f"WHERE v.handoff_id IN ({marks}) AND i.position IS NOT NULL"
        )
        found.update(str(key) for (key,) in session.rows(query, some))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
