"""Episodes in the read model: computed in one pass, kept as Parquet, refreshed for the leads that changed.

``readmodel/episodes/`` holds immutable files and one ``manifest.json``, replaced atomically, that says what the files
were made from: the generation of the tables, the rules of the agreement, and the version of this format. When anything
but a few leads differs, everything is computed anew; when only some leads changed, theirs are computed and laid over
the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import pyarrow as pa

from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.space import out_of_space
from accord.errors import EngineError, WorkspaceError
from accord.language import gettext as _
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW
from accord.readmodel.compiled import compiled
from accord.readmodel.inputs import episode_inputs
from accord.readmodel.source import EPISODES
from accord.store.faults import disk_full
from accord.tables.episodes import ORPHANS, EpisodeInputs, episodes, left_out, merged_leads, orphans

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["COUNTED", "EpisodeFiles", "current_episodes", "materialise_episodes", "rules_fingerprint", "write_episodes"]

FORMAT = 4
"""Raised whenever a column of the episodes changes its meaning: older files are then rebuilt."""

GRACE_SECONDS = 600
"""How long a file stays after the last manifest that named it was replaced."""

OVERLAY_ROWS = 1 << 40
"""Rows of the overlay are numbered from here, those of the base from 0."""

COUNTED = frozenset({"leads", "handoffs", "decisions"})
"""Tables whose rows no episode may be able to use, activities aside: those are counted by lead (``orphans``)."""

MOST_OVERLAID = 0.2
"""Share of the leads above which everything is computed anew rather than laid over."""


@dataclass(frozen=True)
class EpisodeFiles:
    """The episodes on disk: what they were made from, the files, and what no episode could use.

    ``position``: the store's position they reflect. ``base``: the file of all episodes at some earlier position;
    ``orphans``: how many activities name each unknown lead, at that position. ``overlay`` and ``replaced``: the
    episodes computed since, and the leads whose older ones they replace.
    """

    format: int
    position: int
    generation: int
    rules: str
    base: str
    orphans: str
    overlay: str | None
    replaced: str | None
    rows: int
    left_out: Mapping[str, int]
    lead_columns: Mapping[str, str]

    def relation(self, folder: Path) -> str:
        """The DuckDB relation of all current episodes, each with its :data:`EPISODE_ROW`."""
        base = _numbered(folder / self.base, 0)
        if self.overlay is None:
            return base
        return (
            f"{base} WHERE lead_id NOT IN (SELECT lead_id FROM read_parquet('{_quoted(folder / str(self.replaced))}'))"
            f" UNION ALL BY NAME {_numbered(folder / self.overlay, OVERLAY_ROWS)}"
        )


class _Files(NamedTuple):
    base: str
    orphans: str
    overlay: str | None
    replaced: str | None


def rules_fingerprint(agreement: Agreement) -> str:
    """SHA-256 of everything in the agreement that an episode's row depends on."""
    rules = agreement.acceptance.model_dump(
        mode="json", exclude={"definition", "promises", "promises_hours", "floor", "target"}
    )
    parts = {
        "acceptance": rules,
        "timezone": agreement.timezone,
        "size_bands": [band.model_dump(mode="json") for band in agreement.size_bands],
        "weights": agreement.weights.model_dump(mode="json"),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def materialise_episodes(engine: Engine, agreement: Agreement) -> EpisodeInputs:
    """Compute the episodes of ``engine``'s tables as table ``episodes`` of this session; what they were made from."""
    inputs = episode_inputs(engine, agreement)
    engine.materialise_sql(EPISODES, compiled(episodes, inputs, rules_fingerprint(agreement), engine.dialect))
    return inputs


def current_episodes(folder: Path) -> EpisodeFiles | None:
    """What stands in ``folder``, or ``None`` when nothing usable does."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        files = EpisodeFiles(**content)
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None
    present = all((folder / name).exists() for name in _names(files))
    return files if present and files.format == FORMAT else None


def _names(files: EpisodeFiles) -> list[str]:
    return [name for name in (files.base, files.orphans, files.overlay, files.replaced) if name]


def write_episodes(
    folder: Path,
    engine: DuckDBEngine,
    agreement: Agreement,
    *,
    position: int,
    generation: int,
    lead_columns: Mapping[str, str],
    changed_leads: pa.Table | None = None,
    changed_tables: Collection[str] = COUNTED,
) -> EpisodeFiles:
    """Compute episodes from ``engine``'s tables and publish them; returns what now stands in ``folder``.

    ``lead_columns``: types of the leads' columns beyond the contract's. ``changed_leads``: the ``lead_id`` of every
    lead that any change since the episodes on disk touched; ``None`` computes all. ``changed_tables``: the tables that
    were written to since then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = episode_inputs(engine, agreement)
    before = current_episodes(folder)
    rules = rules_fingerprint(agreement)
    if changed_leads is not None and before is not None and before.rules == rules and _fits(before, lead_columns):
        files = _overlaid(folder, engine, inputs, before, changed_leads)
    else:
        files = None
    if files is None:
        files = _Files(f"base-{uuid4().hex}.parquet", f"orphans-{uuid4().hex}.parquet", None, None)
        _copy(engine, compiled(episodes, inputs, rules, engine.dialect), folder / files.base)
        _copy(engine, compiled(orphans, inputs, rules, engine.dialect), folder / files.orphans)
    counted = {ORPHANS: _orphaned(folder, engine, inputs, files)}
    known: Mapping[str, int] = {}
    if before is not None and files.base == before.base and COUNTED.isdisjoint(changed_tables):
        known = before.left_out  # what the other reasons count has not changed
    else:
        counted = {**left_out(inputs), **counted}
    lost = {**known, **{reason: engine.run(table)["rows"][0].as_py() for reason, table in counted.items()}}
    made = EpisodeFiles(FORMAT, position, generation, rules, *files, rows=0, left_out=lost, lead_columns=lead_columns)
    rows = engine.run_sql(f"SELECT count(*) AS n FROM ({made.relation(folder)})")["n"][0].as_py()
    made = replace(made, rows=rows)
    _publish(folder, made)
    _sweep(folder, keep=[before, made])
    return made


def _fits(before: EpisodeFiles, lead_columns: Mapping[str, str]) -> bool:
    """Whether columns of leads kept their types: new ones are null in older episodes, a changed type is not."""
    return all(lead_columns.get(name) == kind for name, kind in before.lead_columns.items())


def _overlaid(
    folder: Path, engine: DuckDBEngine, inputs: EpisodeInputs, before: EpisodeFiles, changed: pa.Table
) -> _Files | None:
    """Files for ``before`` with the episodes of the changed leads laid over, or ``None`` when there are too many."""
    engine.keep("accord_changed_leads", changed.select(["lead_id"]))
    _with_their_like(engine, inputs)
    replaced = f"replaced-{uuid4().hex}.parquet"
    earlier = (
        f" UNION SELECT lead_id FROM read_parquet('{_quoted(folder / str(before.replaced))}')"
        if before.replaced
        else ""
    )
    _copy(engine, f"SELECT DISTINCT lead_id FROM accord_changed_leads{earlier}", folder / replaced)
    engine.view("accord_replaced_leads", f"read_parquet('{_quoted(folder / replaced)}')")
    leads = engine.run_sql("SELECT count(*) AS n FROM accord_replaced_leads")["n"][0].as_py()
    if leads > max(MOST_OVERLAID * before.rows, 1000):
        (folder / replaced).unlink()
        return None
    overlay = f"overlay-{uuid4().hex}.parquet"
    _copy(engine, compiled(episodes, _only(inputs, engine), before.rules, engine.dialect), folder / overlay)
    return _Files(before.base, before.orphans, overlay, replaced)


def _orphaned(folder: Path, engine: DuckDBEngine, inputs: EpisodeInputs, files: _Files) -> ir.Table:
    """``rows``: how many activities name an unknown lead. Counting them all takes longer than a small refresh may:
    what was counted for the base holds for the leads that are not replaced."""
    engine.view("accord_orphans", f"read_parquet('{_quoted(folder / files.orphans)}')")
    known = engine.table("accord_orphans")
    if files.replaced is not None:
        replaced = engine.table("accord_replaced_leads")
        # Few of them, mostly none, are unknown: the activities are read for those, not for all that are replaced.
        unknown = replaced.anti_join(inputs.leads, "lead_id")
        again = orphans(replace(inputs, activities=inputs.activities.semi_join(unknown, "lead_id")))
        known = ibis.union(known.anti_join(replaced, "lead_id"), again)
    return known.aggregate(rows=ibis.coalesce(known.rows.sum(), 0))


def _with_their_like(engine: DuckDBEngine, inputs: EpisodeInputs) -> None:
    """Add to the changed leads all that are one with any of them by a merge."""
    identity = merged_leads(inputs)
    if identity is None:
        return
    engine.materialise("accord_merged_leads", identity)
    engine.connection.execute(
        "INSERT INTO accord_changed_leads SELECT becomes FROM accord_merged_leads"
        " WHERE lead_id IN (SELECT lead_id FROM accord_changed_leads)"
    )
    engine.connection.execute(
        "INSERT INTO accord_changed_leads SELECT lead_id FROM accord_merged_leads"
        " WHERE becomes IN (SELECT lead_id FROM accord_changed_leads)"
    )


def _only(inputs: EpisodeInputs, engine: DuckDBEngine) -> EpisodeInputs:
    """The inputs cut down to the leads that are replaced, each read once: the definition reads some of them often."""
    wanted = engine.table("accord_replaced_leads")

    def cut(name: str, rows: ir.Table) -> ir.Table:
        engine.materialise(f"accord_replaced_{name}", rows)
        return engine.table(f"accord_replaced_{name}")

    handoffs = cut("handoffs", inputs.handoffs.semi_join(wanted, "lead_id"))
    named = inputs.decisions.filter(inputs.decisions.handoff_id.notnull()).semi_join(handoffs, "handoff_id")
    unnamed = inputs.decisions.filter(inputs.decisions.handoff_id.isnull()).semi_join(wanted, "lead_id")
    return replace(
        inputs,
        leads=cut("rows_of_leads", inputs.leads.semi_join(wanted, "lead_id")),
        handoffs=handoffs,
        decisions=cut("decisions", ibis.union(named, unnamed)),
        activities=cut("activities", inputs.activities.drop("activity_id").semi_join(wanted, "lead_id")),
    )


def _copy(engine: DuckDBEngine, query: str, path: Path) -> None:
    """Write a query's rows to a Parquet file that appears whole or not at all."""
    passing = path.with_suffix(".part")
    try:
        engine.write_parquet(query, passing)
        passing.replace(path)
    except (OSError, EngineError) as error:
        if out_of_space(error):
            raise disk_full(str(path.parent)) from error
        raise WorkspaceError(
            _(
                "The read model in {folder} cannot be written: {reason} Free space or grant access, then try again."
            ).format(folder=path.parent, reason=error)
        ) from error
    finally:
        passing.unlink(missing_ok=True)


def _publish(folder: Path, files: EpisodeFiles) -> None:
    passing = folder / f"manifest-{os.getpid()}-{uuid4().hex}.part"
    passing.write_text(json.dumps(asdict(files), indent=1, sort_keys=True), encoding="utf-8")
    passing.replace(folder / "manifest.json")


def _sweep(folder: Path, keep: list[EpisodeFiles | None]) -> None:
    """Remove files no manifest has named for a while: readers of an earlier one may still be at work."""
    named = {name for files in keep if files for name in _names(files)}
    long_ago = time.time() - GRACE_SECONDS
    for path in [*folder.glob("*.parquet"), *folder.glob("*.part")]:
        with suppress(FileNotFoundError):
            if path.name not in named and path.stat().st_mtime < long_ago:
                path.unlink()


def _numbered(path: Path, first: int) -> str:
    scan = f"read_parquet('{_quoted(path)}', file_row_number = true)"
    return f"SELECT * EXCLUDE (file_row_number), file_row_number + {first} AS {EPISODE_ROW} FROM {scan}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
