"""A source of figures over a simulated company, to draw what is really measured."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pyarrow import parquet

from acceptance.sources import source_of
from accord.agreement.model import Agreement
from accord.demo.simulate import simulate
from accord.engines.duckdb import DuckDBEngine
from accord.readmodel.source import Source

NEEDED = ("leads", "handoffs", "decisions", "activities", "reps")


def simulated_source(folder: Path, size: int = 1500) -> Source:
    """The source of a year that ends with June 2026; the caller closes its engine."""
    simulate(size=size, seed=7, until=date(2026, 7, 1)).write(folder, "parquet")
    tables = {name: parquet.read_table(folder / f"{name}.parquet").to_pylist() for name in NEEDED}
    agreement = Agreement(name="Simulated", version="1", timezone="Europe/Paris")
    return source_of(DuckDBEngine(), tables, agreement, datetime.fromisoformat("2026-06-30T22:00"))
