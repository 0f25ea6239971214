"""Companies to diagnose: simulated ones with planted causes, and a few rows by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from accord.agreement.load import load_agreement
from accord.agreement.model import Acceptance, Agreement
from accord.demo.agreement import agreement_text
from accord.demo.company import Company
from accord.demo.simulate import simulate
from accord.diagnosis.diagnose import diagnose
from accord.diagnosis.report import DiagnosisReport, Finding
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.opening import newest_moment
from accord.readmodel.source import Source
from episodes.data import arrow_table

Row = dict[str, Any]
UNTIL = date(2026, 7, 1)
AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - naive UTC
AGREEMENT = Agreement(timezone="Europe/Paris", acceptance=Acceptance(definition="explicit"))
READ = ("reps", "leads", "handoffs", "decisions", "activities", "opportunities", "spend")
SCORED = (*READ, "touches")


def source_of(company: Company, size: int, seed: int, agreement: Agreement, names: tuple[str, ...] = READ) -> Source:
    """A source over the tables of a simulated company, in memory."""
    tables = simulate(company, size, seed, UNTIL).tables
    engine, rows = DuckDBEngine(), {}
    for name in names:
        table = pa.concat_tables(list(tables[name]()))
        engine.keep(name, table)
        rows[name] = table.num_rows
    materialise_episodes(engine, agreement)
    return Source(engine, agreement, newest_moment(engine, agreement), rows)


def diagnosed(company: Company, size: int, seed: int, agreement: Agreement = AGREEMENT) -> DiagnosisReport:
    """The diagnosis of a simulated company; its agreement scores nothing."""
    with source_of(company, size, seed, agreement) as source:
        return diagnose(source)


def own_agreement(company: Company, size: int, folder: Path) -> Agreement:
    """What the simulated company agreed on, points included."""
    path = folder / "accord.yaml"
    path.write_text(agreement_text(company, size, UNTIL), encoding="utf-8")
    return load_agreement(path).agreement


def diagnosed_with_points(company: Company, size: int, seed: int, folder: Path) -> DiagnosisReport:
    """The diagnosis of a simulated company by its own agreement."""
    with source_of(company, size, seed, own_agreement(company, size, folder), SCORED) as source:
        return diagnose(source)


def diagnosed_rows(tables: dict[str, list[Row]], agreement: Agreement | None = None) -> DiagnosisReport:
    """The diagnosis of plain rows, as of the first of July 2026."""
    agreement = agreement or Agreement()
    engine = DuckDBEngine()
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    materialise_episodes(engine, agreement)
    recorded = {name: len(rows) for name, rows in tables.items()}
    with Source(engine, agreement, AS_OF, recorded) as source:
        return diagnose(source)


def plain_company(
    leads: int, *, rate: float = 0.7, days: int = 330, reps: int = 4, seed: int = 1, **columns: Any
) -> dict[str, list[Row]]:
    """``leads`` handed over evenly and decided a day later; ``columns``: values per lead, or functions of its number.

    A rate of 0 or 1 leaves no chance; None decides nothing at all.
    """
    rng = np.random.default_rng(seed)
    start = AS_OF - timedelta(days=days + 35)
    handed = [start + timedelta(days=days * number / max(leads, 1)) for number in range(leads)]
    values = {name: [value(k) if callable(value) else value for k in range(leads)] for name, value in columns.items()}
    return {
        "reps": [{"rep_id": f"r{k}", "team": "north"} for k in range(reps)],
        "leads": [
            {"lead_id": f"l{k}", "created_at": handed[k], **{name: of[k] for name, of in values.items()}}
            for k in range(leads)
        ],
        "handoffs": [
            {"handoff_id": f"h{k}", "lead_id": f"l{k}", "at": handed[k], "rep_id": f"r{k % reps}", "team": "north"}
            for k in range(leads)
        ],
        "decisions": [
            {
                "decision_id": f"d{k}",
                "handoff_id": f"h{k}",
                "at": handed[k] + timedelta(days=1),
                "outcome": "accepted" if rng.random() < rate else "rejected",
                "reason": None,
            }
            for k in range(leads)
        ],
    }


def kinds(report: DiagnosisReport) -> list[str]:
    """Kinds of findings, what cannot be measured left aside."""
    return [finding.kind for finding in report.findings if finding.kind != "not_measurable"]


def finding_of(report: DiagnosisReport, kind: str) -> Finding:
    """The first finding of a kind."""
    return next(finding for finding in (*report.findings, *report.models) if finding.kind == kind)
