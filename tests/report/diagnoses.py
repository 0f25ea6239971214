"""Diagnoses to show: a company with problems, a healthy one, one with hardly any data, and none at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accord.agreement.model import Agreement
from accord.demo.company import DEMO, HEALTHY
from accord.diagnosis.charting import Charting, diagnosed_with_charts
from accord.diagnosis.report import DiagnosisReport
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.source import Source
from diagnosis.companies import AGREEMENT, AS_OF, SCORED, own_agreement, plain_company, source_of
from episodes.data import arrow_table

__all__ = ["STATES", "shown", "source_of_rows"]

STATES = ("troubled", "healthy", "few", "empty")
NOTHING: Mapping[str, list[dict[str, Any]]] = {"reps": [], "leads": [], "handoffs": [], "decisions": []}


@cache
def shown(state: str) -> tuple[DiagnosisReport, Charting]:
    """The diagnosis of a company in that state, and what is drawn beside it."""
    if state == "troubled":
        with TemporaryDirectory() as folder:
            agreement = own_agreement(DEMO, 3000, Path(folder))
        with source_of(DEMO, 3000, 20, agreement, SCORED) as source:
            return diagnosed_with_charts(source)
    if state == "healthy":
        with source_of(HEALTHY, 2000, 501, AGREEMENT) as source:
            return diagnosed_with_charts(source)
    with source_of_rows(plain_company(40, days=20) if state == "few" else NOTHING) as source:
        return diagnosed_with_charts(source)


def source_of_rows(tables: Mapping[str, list[dict[str, Any]]]) -> Source:
    """A source over plain rows, as of the first of July 2026."""
    agreement, engine = Agreement(), DuckDBEngine()
    for name, rows in {"activities": [], **tables}.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, agreement)
    return Source(engine, agreement, AS_OF, {name: len(rows) for name, rows in tables.items()})
