"""One table of the read model, brought up to date: fresh rows become a segment, rows they replace are listed dead."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from accord.readmodel.extra_columns import with_extra_columns
from accord.readmodel.fresh import Fresh
from accord.readmodel.incoming import REPLACES
from accord.readmodel.segments import Segment, internal_columns, live_rows
from accord.readmodel.tiers import out_of_order, outdated, to_rewrite
from accord.readmodel.workbench import identifier, literal, paths
from accord.store.physical import VersionTable
from accord.tables.schema import Type

__all__ = ["TableRefresh"]

LEAD = "lead_id"
"""The column that rows are put in the order of."""

_WRITTEN = "(FORMAT parquet, COMPRESSION snappy)"


@dataclass(frozen=True)
class TableRefresh:
    """The work on one table. ``place``: the folder of segments; ``types``: the extra columns it has from now on."""

    connection: duckdb.DuckDBPyConnection
    place: Path
    table: VersionTable
    types: Mapping[str, Type]
    written: list[str] = field(default_factory=list)

    def refreshed(
        self, segments: Sequence[Segment], fresh: Fresh | None, adopted_types: Mapping[str, Type]
    ) -> tuple[Segment, ...]:
        """The segments that show the table with ``fresh`` applied; the old ones' files are left as they are."""
        kept = self._buried(segments, _replaced_keys(self.table, fresh)) if fresh and segments else list(segments)
        if fresh and fresh.incoming:
            adopted = self._adopted(fresh.incoming, fresh.incoming_rows, adopted_types)
            kept += (
                self._buried([adopted], f"(SELECT {self._key} FROM {_scan(fresh.file)})") if fresh.rows else [adopted]
            )
        rewritten = outdated(kept, self.types)
        if self._of_leads:
            rewritten += [segment for segment in out_of_order(kept) if segment not in rewritten]
        if fresh and fresh.rows:
            rewritten += [segment for segment in to_rewrite(kept, fresh.rows) if segment not in rewritten]
        left = [segment for segment in kept if segment not in rewritten and segment.live]
        sources = [live_rows(segment, self.place) for segment in rewritten if segment.live]
        if fresh and fresh.rows:
            sources.append(_scan(fresh.file))
        made = (*left, self._written(sources)) if sources else tuple(left)
        self._drop_passing(made)
        return made

    @property
    def _key(self) -> str:
        return identifier(self.table.key)

    @property
    def _of_leads(self) -> bool:
        return any(column.name == LEAD for column in self.table.columns)

    def _written(self, sources: Sequence[str]) -> Segment:
        columns = ", ".join(identifier(column.name) for column in internal_columns(self.table))
        rows = "(" + " UNION ALL ".join(f"SELECT {columns} FROM {source}" for source in sources) + ")"
        file = self._new_name("parquet")
        # Episodes and journeys are worked out lead by lead: rows of one lead that lie together save a fifth of it.
        order = f" ORDER BY {LEAD}" if self._of_leads else ""
        count = self._copied(f"FROM {with_extra_columns(rows, self.types)}{order}", file)
        return Segment(file, count, self._size(file), types=dict(self.types), in_order=self._of_leads)

    def _adopted(self, incoming: Path, rows: int, types: Mapping[str, Type]) -> Segment:
        file = self._new_name("parquet")
        try:
            os.link(incoming, self.place / file)
        except OSError:  # a file system without hard links
            shutil.copyfile(incoming, self.place / file)
        return Segment(file, rows, self._size(file), types=dict(types))

    def _buried(self, segments: Sequence[Segment], keys: str) -> list[Segment]:
        """The segments with the rows of ``keys`` listed dead."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE replaced_keys AS FROM {keys}")
        files = paths([self.place / segment.file for segment in segments])
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE hits AS SELECT filename, file_row_number "
            f"FROM read_parquet({files}, filename = true, file_row_number = true) "
            f"SEMI JOIN replaced_keys USING ({self._key})"
        )
        hit = {name for (name,) in self.connection.execute("SELECT DISTINCT filename FROM hits").fetchall()}
        return [self._with_dead(segment) if str(self.place / segment.file) in hit else segment for segment in segments]

    def _with_dead(self, segment: Segment) -> Segment:
        before = (
            f"UNION SELECT file_row_number FROM {_scan(self.place / segment.dead_file)}" if segment.dead_file else ""
        )
        file = self._new_name("dead.parquet")
        count = self._copied(
            f"SELECT file_row_number FROM hits WHERE filename = {literal(self.place / segment.file)} {before}", file
        )
        return replace(segment, dead=count, dead_file=file, dead_size=self._size(file))

    def _copied(self, query: str, file: str) -> int:
        found = self.connection.execute(f"COPY ({query}) TO {literal(self.place / file)} {_WRITTEN}").fetchone()
        assert found is not None
        return int(found[0])

    def _new_name(self, ending: str) -> str:
        self.written.append(f"{self.table.contract.name}-{uuid.uuid4().hex}.{ending}")
        return self.written[-1]

    def _drop_passing(self, made: Sequence[Segment]) -> None:
        # The list of dead rows of a segment that was then written anew, for one: no manifest ever names it.
        named = {file for segment in made for file, _size in segment.files}
        for file in self.written:
            if file not in named:
                (self.place / file).unlink(missing_ok=True)

    def _size(self, file: str) -> int:
        # On disk before the manifest names it.
        with (self.place / file).open("rb") as written:
            os.fsync(written.fileno())
        return (self.place / file).stat().st_size


def _replaced_keys(table: VersionTable, fresh: Fresh) -> str:
    key = identifier(table.key)
    keys = f"SELECT {key} FROM {_scan(fresh.file)}"
    if fresh.incoming:
        keys += f" UNION ALL SELECT {key} FROM {_scan(fresh.incoming)} WHERE {REPLACES}"
    return f"({keys})"


def _scan(file: Path) -> str:
    return f"read_parquet({literal(file)})"
