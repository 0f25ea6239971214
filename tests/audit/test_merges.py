"""Merges followed to their end, against following them one step at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from accord.audit.evidence import Evidence
from accord.audit.merges import resolve
from accord.engines.duckdb import DuckDBEngine
from audit.company import AGREEMENT, AS_OF, LoadedSource, arrow_table

NAMES = [f"l{number}" for number in range(7)]


def step_by_step(into: dict[str, str], known: frozenset[str], lead: str) -> str | None:
    """Where a lead ends; itself when it is merged into nothing that exists, None when it never ends."""
    here = lead
    for _step in range(len(into) + 1):
        if here not in into or into[here] not in known:
            return here
        here = into[here]
    return None


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from([*NAMES, "nowhere"])))
def test_every_lead_ends_where_its_merges_lead(into: dict[str, str]) -> None:
    known = frozenset(NAMES)
    found = resolve(into, known)
    ends = {lead: step_by_step(into, known, lead) for lead in into}
    assert found.becomes == {lead: end for lead, end in ends.items() if end not in {None, lead}}
    assert set(found.rings) == {lead for lead, end in ends.items() if end is None}
    assert set(found.unknown) == {lead for lead in into if into[lead] == "nowhere"}
    assert set(found.chains) == {lead for lead in found.becomes if into[lead] in found.becomes}


def test_rows_follow_their_lead() -> None:
    leads = [
        {"lead_id": "a", "created_at": AS_OF, "merged_into": "b"},
        {"lead_id": "b", "created_at": AS_OF, "merged_into": "c"},
        {"lead_id": "c", "created_at": AS_OF},
    ]
    handoffs = [{"handoff_id": f"h-{lead}", "lead_id": lead, "at": AS_OF} for lead in "abcx"]
    engine = DuckDBEngine()
    for name in ("touches", "decisions", "activities", "opportunities", "orders", "spend", "reps"):
        engine.keep(name, arrow_table(name, []))
    engine.keep("leads", arrow_table("leads", leads))
    engine.keep("handoffs", arrow_table("handoffs", handoffs))
    evidence = Evidence(LoadedSource(engine, AGREEMENT, AS_OF))
    rows = evidence.rows(evidence.by_person("handoffs").select("handoff_id", "lead_id"))
    assert {row["handoff_id"]: row["lead_id"] for row in rows} == {"h-a": "c", "h-b": "c", "h-c": "c", "h-x": "x"}
    engine.close()
