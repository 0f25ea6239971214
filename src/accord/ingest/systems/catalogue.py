"""Which system wrote a file: the export whose headings it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accord.ingest.folding import fold
from accord.ingest.systems import (
    hubspot_activities,
    hubspot_deals,
    hubspot_leads,
    hubspot_people,
    odoo,
    pipedrive,
    salesforce_activities,
    salesforce_leads,
    salesforce_money,
    zoho,
)
from accord.ingest.systems.model import Export
from accord.ingest.systems.stage_dates import is_stage_date

__all__ = ["SYSTEMS", "Recognised", "recognise"]

SYSTEMS: tuple[Export, ...] = (
    *hubspot_people.EXPORTS,
    *hubspot_leads.EXPORTS,
    *hubspot_deals.EXPORTS,
    *hubspot_activities.EXPORTS,
    *salesforce_leads.EXPORTS,
    *salesforce_activities.EXPORTS,
    *salesforce_money.EXPORTS,
    *pipedrive.EXPORTS,
    *odoo.EXPORTS,
    *zoho.EXPORTS,
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """An export and the file's headings for its meanings."""

    export: Export
    columns: Mapping[str, str]


def recognise(headings: Sequence[str]) -> Recognised | None:
    """The export that explains most of ``headings``, or None when none has all its anchors."""
    by_fold = {fold(heading): heading for heading in reversed(headings) if heading}
    best: Recognised | None = None
    for export in SYSTEMS:
        columns = {
            meaning: by_fold[found]
            for meaning, names in export.meanings.items()
            if (found := next((fold(name) for name in names if fold(name) in by_fold), None))
        }
        _add_stage_dates(columns, export, headings)
        anchored = all(any(meaning in columns for meaning in group) for group in export.anchors)
        if anchored and (best is None or len(set(columns.values())) > len(set(best.columns.values()))):
            best = Recognised(export, columns)
    return best


def _add_stage_dates(columns: dict[str, str], export: Export, headings: Sequence[str]) -> None:
    """Find the moments of ``export`` whose headings are made of the name of a stage, the first heading of each."""
    for meaning, stage in export.stages.items():
        if meaning not in columns:
            found = next(
                (heading for heading in headings if heading and is_stage_date(heading, stage)),
                None,
            )
            if found is not None and found not in columns.values():
                columns[meaning] = found
