"""A private DuckDB session in which the read model is made: bounded memory, spilling beside the read model, UTC."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from accord.engines.space import out_of_space
from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.faults import disk_fault, disk_full
from accord.tables.schema import Type

__all__ = ["DUCKDB_TYPES", "identifier", "literal", "paths", "scratch", "workbench"]

MEMORY_LIMIT = "1300MB"
"""Leaves half of the 3 GB that an import may take to Python, Arrow and the database driver."""

DUCKDB_TYPES: dict[Type, str] = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.TIME: "TIMESTAMP",
    Type.DATE: "DATE",
}


def identifier(name: str) -> str:
    """A column's or table's name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """A text, quoted."""
    return "'" + str(text).replace("'", "''") + "'"


def paths(files: list[Path]) -> str:
    """A list of files, quoted."""
    return "[" + ", ".join(literal(file) for file in files) + "]"


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder of this call's own under ``folder``, gone afterwards."""
    own = folder / "scratch" / uuid.uuid4().hex
    try:
        own.mkdir(parents=True)
        yield own
    except OSError as error:
        raise disk_fault(error, Path(error.filename or folder)) from error
    finally:
        shutil.rmtree(own, ignore_errors=True)


@contextmanager
def workbench(spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The session; spills into the folder ``spill``. DuckDB's own errors come out as ``WorkspaceError``."""
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        # Files that come sorted by key are told from others by their order, and written on in that order.
        connection.execute("SET preserve_insertion_order = true")
        yield connection
    except duckdb.IOException as error:
        if out_of_space(error):
            raise disk_full(str(spill.parent.parent)) from error
        raise WorkspaceError(
            _("The read model cannot be used: {reason}. Delete the folder {folder}; it is made anew.").format(
                reason=error, folder=spill.parent.parent
            )
        ) from error
    finally:
        connection.close()
