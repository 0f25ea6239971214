"""A small company to hand leads over in: an agreement with a few criteria, reps, leads and what they did."""

# ruff: noqa: DTZ001 - the store keeps naive UTC
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from accord.store.single import write_rows
from accord.workspace import Workspace

__all__ = ["AGREEMENT", "NOON", "agree", "fill", "leads"]

NOON = datetime(2026, 3, 11, 12, 0)
"""A Wednesday."""

AGREEMENT = """
name: small
version: "1"
timezone: Europe/Paris
qualification:
  criteria:
    - id: large
      axis: fit
      points: 20
      label: {en: Large company, fr: Grande entreprise}
      why: {en: They buy., fr: Elles achètent.}
      when: {field: employees, at_least: 50}
    - id: webinar
      axis: engagement
      points: 10.5
      label: {en: Attended a webinar, fr: A suivi un webinaire}
      why: {en: An hour of attention., fr: Une heure d’attention.}
      touches: {kind: webinar, within_days: 30, at_most: 2}
  disqualifiers:
    - {id: rival, when: {field: sector, is: rival}, reason: competitor_or_partner,
       label: {en: Competitor, fr: Concurrent}}
  threshold: 30
  bands: [{name: A, from: 40}, {name: B, from: 30}, {name: C}]
"""


def agree(folder: Path, more: str = "", text: str = AGREEMENT) -> Workspace:
    """The workspace at ``folder`` with the agreement and ``more`` of it."""
    (folder / "accord.yaml").write_text(text + more, encoding="utf-8")
    return Workspace(folder)


def fill(workspace: Workspace, **tables: Sequence[Mapping[str, Any]]) -> None:
    """Write rows, each table as one import."""
    for name, rows in tables.items():
        write_rows(workspace.database_url, name, rows)


def leads(
    number: int,
    *,
    first: int = 1,
    webinars: int = 1,
    but: Mapping[str, Mapping[str, Any]] | None = None,
    **columns: Any,
) -> dict[str, list[dict[str, Any]]]:
    """Leads of large companies that attended so many webinars each; one webinar is enough to cross.

    ``but``: columns of single leads that differ.
    """
    ids = [f"L{place:03}" for place in range(first, first + number)]
    created = NOON - timedelta(days=20)
    return {
        "leads": [
            {"lead_id": lead, "created_at": created, "employees": 80, **columns, **(but or {}).get(lead, {})}
            for lead in ids
        ],
        "touches": [
            {"touch_id": f"{lead}-{place}", "lead_id": lead, "at": NOON - timedelta(days=1 + place), "kind": "webinar"}
            for lead in ids
            for place in range(webinars)
        ],
    }
