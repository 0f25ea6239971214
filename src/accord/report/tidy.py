"""Records as CSV text."""

from __future__ import annotations

import csv
import io

from accord.acceptance.figures import AcceptanceReport
from accord.report.records import acceptance_records, fields

__all__ = ["csv_text"]


def csv_text(report: AcceptanceReport) -> str:
    """The report's records as CSV: comma, decimal point, an empty cell for what is missing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(report)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(acceptance_records(report))
    return text.getvalue()
