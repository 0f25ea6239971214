"""What an import did in the shape that programs read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from accord.agreement.model import Agreement
from accord.ingest.outcome import ColumnReport, FileReport, ImportReport
from accord.ingest.own_columns import KEPT_BESIDE
from accord.report.envelope import envelope
from accord.store.quarantine import QuarantinedRow
from accord.values import Json

__all__ = ["import_json", "quarantine_json"]


def import_json(report: ImportReport, agreement: Agreement, as_of: datetime | None) -> dict[str, Json]:
    """The counts of each table in the envelope.

    Additions to the contract, beside ``data``: ``dry_run`` (nothing was changed), ``files`` (what each was taken for
    and what became of its columns), ``notes``.
    """
    data: dict[str, Json] = {table: dict(asdict(account)) for table, account in report.accounting.items()}
    answer = envelope(agreement.name, agreement.version, as_of, data)
    answer["dry_run"] = report.rehearsal
    answer["files"] = [_file(file) for file in report.files]
    answer["notes"] = [*(passed.said for passed in report.passed_over), *report.notes]
    return answer


def _file(file: FileReport) -> dict[str, Json]:
    return {
        "file": file.name,
        "understood": file.how.value,
        "system": file.system,
        "rows": dict(file.rows),
        "left_out": file.left_out,
        "columns": [_column(column) for column in file.columns],
        "constants": [{"table": table, "column": column, "value": value} for table, column, value in file.constants],
        "refused": [
            {
                "table": count.table,
                "code": count.code,
                "column": count.column,
                "rows": count.rows,
                "line": count.line,
                "value": count.value,
                "heading": count.heading,
            }
            for count in file.refusals
        ],
        "notes": list(file.notes),
    }


def _column(column: ColumnReport) -> dict[str, Json]:
    return {
        "heading": column.heading,
        "samples": list(column.samples),
        "becomes": [
            {"table": part.table, "column": part.column, "type": part.type.value, "use": part.how.value}
            for part in column.becomes
        ],
        "confidence": column.confidence,
    }


def quarantine_json(rows: list[QuarantinedRow], agreement: Agreement, as_of: datetime | None) -> dict[str, Json]:
    """Rows in quarantine in the envelope: ``data`` is ``{"rows": [{"id", "table", "file", "line", "raw", "reasons"}
    …]}``.
    """
    listed: list[Json] = [
        {
            "id": row.id,
            "table": row.table,
            "file": row.file,
            "line": row.line,
            "raw": {name: cell for name, cell in row.raw.items() if name not in KEPT_BESIDE},
            "reasons": [dict(reason) for reason in row.reasons],
        }
        for row in rows
    ]
    return envelope(agreement.name, agreement.version, as_of, {"rows": listed})
