"""Scores as files for other programs."""

from __future__ import annotations

import io
import secrets
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from accord.errors import DataError
from accord.language import gettext as _

__all__ = ["csv_of", "write_parquet"]


def csv_of(table: pa.Table) -> str:
    """The table as CSV with a heading; what is missing is empty."""
    stream = io.BytesIO()
    pa_csv.write_csv(table, stream, pa_csv.WriteOptions(quoting_style="needed"))
    return stream.getvalue().decode("utf-8")


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write the table to ``path`` whole, or not at all; ``DataError`` naming the reason."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        pa_parquet.write_table(table, beside)
        beside.replace(path)
    except OSError as error:
        message = _("{path}: could not be written ({reason}). Nothing was changed there.")
        raise DataError(message.format(path=path, reason=error.strerror or error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()
