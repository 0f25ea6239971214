"""Sources of figures made of a handful of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accord.agreement.model import Agreement
from accord.engines.base import Engine
from accord.readmodel.episodes import materialise_episodes
from accord.readmodel.merges_then import not_there_yet
from accord.readmodel.source import Source
from episodes.data import arrow_table

Row = dict[str, Any]


def source_of(engine: Engine, tables: Mapping[str, list[Row]], agreement: Agreement, as_of: datetime) -> Source:
    """A source over plain rows: tables kept in the session, episodes computed once, leads one as an opening sees it."""
    for name, rows in tables.items():
        engine.keep(name, arrow_table(name, rows))
    unborn = not_there_yet(engine, agreement.timezone, as_of)
    if unborn:
        apart = [{**row, "merged_into": None} if row["merged_into"] in unborn else row for row in tables["leads"]]
        engine.keep("leads", arrow_table("leads", apart))
    materialise_episodes(engine, agreement)
    return Source(engine, agreement, as_of, {name: len(rows) for name, rows in tables.items()})
