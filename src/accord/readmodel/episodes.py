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
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import pyarrow as pa

from accord.agreement.model import Agreement
from accord.engines.arrays import texts
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.space import out_of_space
from accord.errors import EngineError, WorkspaceError
from accord.language import gettext as _
from accord.metrics.cells import EPISODE_ROW
from accord.readmodel.compiled import compiled
from accord.readmodel.inputs import episode_inputs
from accord.readmodel.source import EPISODES
from accord.stats.side_by_side import meanwhile
from accord.store.faults import disk_full
from accord.tables.episodes import ORPHANS, EpisodeInputs, counted_otherwise, episodes, orphans
from accord.tables.merges import followed_merges

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = [
    "COUNTED",
    "EpisodeFiles",
    "current_episodes",
    "episodes_without_merges_into",
    "materialise_episodes",
    "rules_fingerprint",
    "write_episodes",
]

FORMAT = 4
"""Raised whenever a column of the episodes changes its meaning: older files are then rebuilt."""

GRACE_SECONDS = 600
"""How long a file stays after the last manifest that named it was replaced."""

OVERLAY_ROWS = 1 << 40
"""Rows of the overlay are numbered from here, those of the base from 0."""

AGAIN = "accord_episodes_again"
"""The episodes of a moment that knows fewer merges, of the leads that these touch."""

AGAIN_ROWS = 1 << 41
"""Their rows are numbered from here."""

MOST_MOMENTS = 50
"""For so many moments they are kept, two files each."""

COUNTED = frozenset({"leads", "handoffs", "decisions"})
"""Tables whose rows no episode may be able to use, activities aside: those are counted by lead (``orphans``)."""

CHANGED = "accord_changed_leads"
"""The leads whose rows are not what their episodes were computed from."""

REPLACED = "accord_replaced_leads"
"""The leads whose episodes are computed again: those, and all that are one with any of them."""

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
    beside: DuckDBEngine,
    agreement: Agreement,
    *,
    position: int,
    generation: int,
    lead_columns: Mapping[str, str],
    changed: Callable[[], pa.Table | None],
    changed_tables: Collection[str],
) -> EpisodeFiles:
    """Compute episodes from ``engine``'s tables and publish them; returns what now stands in ``folder``.

    ``beside``: another session over the same tables, which counts meanwhile what no episode can use. ``lead_columns``:
    types of the leads' columns beyond the contract's. ``changed`` answers with the ``lead_id`` of every lead that any
    change since the episodes on disk touched; with ``None`` all are computed. ``changed_tables``: the tables that were
    written to since then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = episode_inputs(engine, agreement)
    before = current_episodes(folder)
    rules = rules_fingerprint(agreement)
    changed_leads, overlaid = changed(), None
    if changed_leads is not None and before is not None and before.rules == rules and _fits(before, lead_columns):
        overlaid = _overlaid(folder, engine, inputs, before, changed_leads)
    files = overlaid or _Files(f"base-{uuid4().hex}.parquet", f"orphans-{uuid4().hex}.parquet", None, None)
    text, lost_text, otherwise = (
        compiled(definition, inputs, rules, engine.dialect) for definition in (episodes, orphans, counted_otherwise)
    )

    def count() -> dict[str, int]:
        if files.overlay is None:
            _copy(beside, lost_text, folder / files.orphans)
        if before is not None and files.base == before.base and COUNTED.isdisjoint(changed_tables):
            lost = dict(before.left_out)  # what the other reasons count has not changed
        else:
            lost = {row["reason"]: row["rows"] for row in beside.run_sql(otherwise).to_pylist()}
        lost[ORPHANS] = _orphaned(folder, beside, lost_text, files)
        return lost

    counting = meanwhile(count)
    try:
        if files.overlay is None:
            _copy(engine, text, folder / files.base)
        else:
            _copy(engine, _of_replaced(engine, text), folder / files.overlay)
    finally:
        lost = counting()  # nobody closes the engine under it
    made = EpisodeFiles(FORMAT, position, generation, rules, *files, rows=0, left_out=lost, lead_columns=lead_columns)
    rows = engine.run_sql(f"SELECT count(*) AS n FROM ({made.relation(folder)})")["n"][0].as_py()
    made = replace(made, rows=rows)
    _publish(folder, made)
    _sweep(folder, keep=[before, made])
    return made


def episodes_without_merges_into(
    engine: DuckDBEngine, agreement: Agreement, files: EpisodeFiles, folder: Path, leads: Sequence[str]
) -> None:
    """Show the episodes, and the leads, as if nobody had been merged into ``leads``, for the rest of this session.

    Computed again for the leads that are one with any of those; the rest come from ``files``. What is computed stays
    beside them for the next session that asks, where the folder can be written.
    """
    made_from = json.dumps([FORMAT, files.base, files.overlay, files.replaced, files.rules, list(leads)])
    name = hashlib.sha256(made_from.encode()).hexdigest()[:40]
    kept = {REPLACED: folder / f"then-{name}-leads.parquet", AGAIN: folder / f"then-{name}.parquet"}
    if all(path.exists() for path in kept.values()):
        engine.without_values("leads", "merged_into", leads)
        for view, path in kept.items():
            engine.view(view, f"read_parquet('{_quoted(path)}')")
            with suppress(OSError):
                os.utime(path)  # used just now: nobody sweeps it yet
    else:
        _computed_again(engine, agreement, files.rules, leads)
        with suppress(WorkspaceError, OSError):  # a folder that can only be read: the next session computes it again
            for view, path in kept.items():
                passing = folder / f"then-{uuid4().hex}.parquet"  # another process may be writing the same
                _copy(engine, f"FROM {view}", passing)
                passing.replace(path)
            _forget_moments(folder)
    engine.view(
        EPISODES,
        f"SELECT * FROM ({files.relation(folder)}) WHERE lead_id NOT IN (SELECT lead_id FROM {REPLACED})"
        f" UNION ALL BY NAME SELECT *, row_number() OVER () - 1 + {AGAIN_ROWS} AS {EPISODE_ROW} FROM {AGAIN}",
    )


def _computed_again(engine: DuckDBEngine, agreement: Agreement, rules: str, leads: Sequence[str]) -> None:
    engine.keep(CHANGED, pa.table({"lead_id": texts(leads)}))
    _with_their_like(engine, episode_inputs(engine, agreement), rules)
    engine.without_values("leads", "merged_into", leads)
    engine.materialise_sql(REPLACED, f"SELECT DISTINCT lead_id FROM {CHANGED}")
    inputs = episode_inputs(engine, agreement)
    engine.materialise_sql(AGAIN, _of_replaced(engine, compiled(episodes, inputs, rules, engine.dialect)))


def _fits(before: EpisodeFiles, lead_columns: Mapping[str, str]) -> bool:
    """Whether columns of leads kept their types: new ones are null in older episodes, a changed type is not."""
    return all(lead_columns.get(name) == kind for name, kind in before.lead_columns.items())


def _overlaid(
    folder: Path, engine: DuckDBEngine, inputs: EpisodeInputs, before: EpisodeFiles, changed: pa.Table
) -> _Files | None:
    """Files for ``before`` with the episodes of the changed leads laid over, which are still to be computed: so far
    :data:`REPLACED` names those leads. ``None`` when there are too many."""
    engine.keep(CHANGED, changed.select(["lead_id"]))
    _with_their_like(engine, inputs, before.rules)
    replaced = f"replaced-{uuid4().hex}.parquet"
    earlier = (
        f" UNION SELECT lead_id FROM read_parquet('{_quoted(folder / str(before.replaced))}')"
        if before.replaced
        else ""
    )
    _copy(engine, f"SELECT DISTINCT lead_id FROM {CHANGED}{earlier}", folder / replaced)
    engine.view(REPLACED, f"read_parquet('{_quoted(folder / replaced)}')")
    leads = engine.run_sql(f"SELECT count(*) AS n FROM {REPLACED}")["n"][0].as_py()
    if leads > max(MOST_OVERLAID * before.rows, 1000):
        (folder / replaced).unlink()
        return None
    return _Files(before.base, before.orphans, f"overlay-{uuid4().hex}.parquet", replaced)


def _orphaned(folder: Path, engine: DuckDBEngine, text: str, files: _Files) -> int:
    """How many activities name an unknown lead; ``text``: the query of :func:`accord.tables.episodes.orphans`.

    Counting them all takes longer than a small refresh may: what was counted for the base holds for the leads that are
    not replaced.
    """
    known = f"SELECT lead_id, rows FROM read_parquet('{_quoted(folder / files.orphans)}')"
    if files.replaced is not None:
        # Few of the replaced leads, mostly none, are unknown: the activities are read for those alone.
        engine.view(REPLACED, f"read_parquet('{_quoted(folder / files.replaced)}')")
        engine.materialise_sql("accord_unknown_leads", f"FROM {REPLACED} ANTI JOIN leads USING (lead_id)")
        engine.view("accord_lost_again", "SELECT * FROM activities SEMI JOIN accord_unknown_leads USING (lead_id)")
        again = _reading({"activities": "accord_lost_again"}, text)
        known = f"{known} ANTI JOIN {REPLACED} USING (lead_id) UNION ALL {again}"
    return int(engine.run_sql(f"SELECT coalesce(sum(rows), 0)::BIGINT AS n FROM ({known})")["n"][0].as_py())


def _with_their_like(engine: DuckDBEngine, inputs: EpisodeInputs, rules: str) -> None:
    """Add to the changed leads all that are one with any of them by a merge."""
    if not inputs.has_merges:
        return
    engine.materialise_sql("accord_merged_leads", compiled(followed, inputs, rules, engine.dialect))
    engine.connection.execute(
        f"INSERT INTO {CHANGED} SELECT becomes FROM accord_merged_leads"
        f" WHERE lead_id IN (SELECT lead_id FROM {CHANGED})"
    )
    engine.connection.execute(
        f"INSERT INTO {CHANGED} SELECT lead_id FROM accord_merged_leads"
        f" WHERE becomes IN (SELECT lead_id FROM {CHANGED})"
    )


def followed(inputs: EpisodeInputs) -> ir.Table:
    """Which lead each merged one has become."""
    return followed_merges(inputs.leads)


def _of_replaced(engine: DuckDBEngine, text: str) -> str:
    """The query ``text``, of the tables cut down to the leads that are replaced, each read once: the definition reads
    some of them often. The text itself stays as it is, so that it need not be compiled a second time."""
    of_them = f"SEMI JOIN {REPLACED} USING (lead_id)"
    cut = {name: f"accord_replaced_{name}" for name in ("handoffs", "decisions", "activities")}
    cut["leads"] = "accord_replaced_rows_of_leads"
    engine.materialise_sql(cut["leads"], f"FROM leads {of_them}")
    engine.materialise_sql(cut["handoffs"], f"FROM handoffs {of_them}")
    named = f"FROM decisions SEMI JOIN {cut['handoffs']} USING (handoff_id)"
    unnamed = f"FROM (FROM decisions WHERE handoff_id IS NULL) {of_them}"
    engine.materialise_sql(cut["decisions"], f"{named} UNION ALL {unnamed}")
    engine.materialise_sql(cut["activities"], f"FROM activities {of_them}")
    return _reading(cut, text)


def _reading(instead: Mapping[str, str], text: str) -> str:
    """The query ``text``, which reads other tables than those it names."""
    named = ", ".join(f'"{name}" AS NOT MATERIALIZED (FROM "{other}")' for name, other in instead.items())
    return f"SELECT * FROM (WITH {named} SELECT * FROM ({text}))"


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


def _forget_moments(folder: Path) -> None:
    """Keep what was computed for few moments: those that were asked for last."""
    moments = sorted(folder.glob("then-*.parquet"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in moments[2 * MOST_MOMENTS :]:
        if path.stat().st_mtime < time.time() - GRACE_SECONDS:
            path.unlink(missing_ok=True)


def _numbered(path: Path, first: int) -> str:
    scan = f"read_parquet('{_quoted(path)}', file_row_number = true)"
    return f"SELECT * EXCLUDE (file_row_number), file_row_number + {first} AS {EPISODE_ROW} FROM {scan}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
