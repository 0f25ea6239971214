"""A workspace with a small simulated company in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pyarrow import parquet

from accord.demo.simulate import simulate
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.workspace import Workspace

TABLES = ("leads", "handoffs", "decisions", "activities", "reps")


def simulated_workspace(folder: Path, size: int = 400) -> Path:
    """Fill ``folder / "company"`` with a year that ends with June 2026; its path."""
    company = folder / "company"
    company.mkdir()
    simulate(size=size, seed=7, until=date(2026, 7, 1)).write(folder / "tables", "parquet")
    address = Workspace(company).database_url
    open_store(address, create=True).close()
    for name in TABLES:
        rows = parquet.read_table(folder / "tables" / f"{name}.parquet").to_pylist()
        write_rows(address, name, [{key: value for key, value in row.items() if value is not None} for row in rows])
    return company
