"""A source as a table called ``scan`` in DuckDB, read as a stream: memory does not grow with the file."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context
from pathlib import Path

import duckdb
import pyarrow as pa

from accord.engines.space import out_of_space
from accord.errors import WorkspaceError
from accord.ingest.source import Source, Watch, scan_schema
from accord.language import gettext as _

__all__ = ["SAMPLE_ROWS", "engine", "sample_of", "scanning"]

SAMPLE_ROWS = 20_000
MEMORY = "1GB"
"""What DuckDB may keep before it writes to the temporary folder; the rest of an import needs a few hundred megabytes
more.
"""


@contextmanager
def engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, spilling into ``folder``; ``WorkspaceError`` where no more can be written there."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    # Each IN with more than a few words would become a hash join; a dozen of them for every cell cost more than
    # comparing.
    connection.execute("SET disabled_optimizers = 'in_clause'")
    try:
        yield connection
    except duckdb.Error as error:
        if not out_of_space(error):
            raise
        raise WorkspaceError(
            _(
                "The disk is full at {place}, where rows wait while a file is read. Nothing was changed. Free some "
                "space there, or name a folder that has more in TMPDIR, and run the command again."
            ).format(place=folder.parent)
        ) from error
    finally:
        connection.close()


@contextmanager
def scanning(connection: duckdb.DuckDBPyConnection, source: Source, watch: Watch) -> Iterator[None]:
    """Within the block ``scan`` is the whole of ``source``, to be read once.

    An error that reading raises comes out as itself, not as the engine's report of it.
    """
    failure: list[BaseException] = []
    # The engine pulls the rows from threads of its own, in which nothing says what language the reader speaks.
    surroundings = copy_context()

    def batches() -> Generator[pa.RecordBatch]:
        rows = source.read(watch)
        try:
            while (batch := surroundings.run(next, rows, None)) is not None:
                yield batch
        except BaseException as error:
            failure.append(error)
            raise
        finally:
            rows.close()

    stream = batches()
    connection.register("scan", pa.RecordBatchReader.from_batches(scan_schema(len(source.headings)), stream))
    try:
        yield
    except Exception as error:
        if failure:
            raise failure[0] from error
        raise
    finally:
        connection.unregister("scan")
        stream.close()


def sample_of(source: Source) -> tuple[pa.Table, bool]:
    """The first rows of ``source``, and whether these are all."""
    batches: list[pa.RecordBatch] = []
    rows, complete = 0, True
    with closing(source.read(lambda _read: None)) as stream:
        for batch in stream:
            if rows >= SAMPLE_ROWS:
                complete = False
                break
            batches.append(batch)
            rows += batch.num_rows
    return pa.Table.from_batches(batches, schema=scan_schema(len(source.headings))), complete
