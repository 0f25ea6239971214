"""A generation: one state of the read model, as figures read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from accord.readmodel.manifest import SEGMENTS, Manifest, read_manifest
from accord.readmodel.segments import contract_relation, stored_relation
from accord.store.physical import VERSION_TABLES
from accord.tables.schema import Type

__all__ = ["Generation", "current_generation", "generation_of"]


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the read model; its files do not change, and stay for a while after newer ones have come.

    ``position``: of the last import it shows. ``relations``: the contract's table → the DuckDB relation of its current
    rows (stored columns; leads also have each extra column, typed, under its own name). ``lead_columns``: those extra
    columns. ``rows``: how many rows each table has. ``stored``: the same rows with the key and ``accord_extra`` (JSON
    text of all extra columns), for who compares new rows with them.
    """

    number: int
    position: int
    relations: Mapping[str, str]
    lead_columns: Mapping[str, Type]
    rows: Mapping[str, int]
    stored: Mapping[str, str] = field(repr=False)
    identity: str = ""


def current_generation(folder: Path) -> Generation | None:
    """The generation in force in the read model's folder; ``None`` when there is none that can be read."""
    manifest = read_manifest(folder)
    return generation_of(manifest, folder) if manifest else None


def generation_of(manifest: Manifest, folder: Path) -> Generation:
    """The generation that a manifest describes."""
    place = (folder / SEGMENTS).resolve()
    segments = {name: manifest.tables.get(name, ()) for name in VERSION_TABLES}
    return Generation(
        number=manifest.number,
        position=manifest.position,
        relations={
            name: contract_relation(table, segments[name], place, manifest.lead_columns if name == "leads" else {})
            for name, table in VERSION_TABLES.items()
        },
        lead_columns=manifest.lead_columns,
        rows={name: sum(segment.live for segment in segments[name]) for name in VERSION_TABLES},
        stored={name: stored_relation(table, segments[name], place) for name, table in VERSION_TABLES.items()},
        identity=manifest.identity,
    )
