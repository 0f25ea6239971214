"""A simulated company with all its money, stored as a workspace."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

from pyarrow import parquet

from accord.demo.simulate import simulate
from accord.store.database import open_store
from accord.store.single import write_rows
from accord.tables.schema import TABLES
from accord.workspace import Workspace

__all__ = ["stored_company"]


def stored_company(folder: Path, *, size: int, seed: int, without: Collection[str] = ()) -> Path:
    """The workspace in ``folder`` with every table of the simulation but ``without``."""
    simulate(size=size, seed=seed, until=date(2026, 7, 1)).write(folder / "tables", "parquet")
    place = folder / "company"
    place.mkdir()
    (place / "accord.yaml").write_text("timezone: Europe/Paris\n", encoding="utf-8")
    address = Workspace(place).database_url
    open_store(address, create=True).close()
    for table in TABLES:
        path = folder / "tables" / f"{table.name}.parquet"
        if path.exists() and table.name not in without:
            rows = parquet.read_table(path).to_pylist()
            write_rows(address, table.name, [{k: v for k, v in row.items() if v is not None} for row in rows])
    return place
