"""The ledger, and the list of leads worth following up, as CSV: one line per episode, one per lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime

from accord.recycle.figures import Entry, RecycleReport, Relaunch
from accord.report.envelope import utc_text
from accord.report.spreadsheets import Cell, Reader, Record, csv_pieces
from accord.values import Estimate

__all__ = ["ledger_csv", "ledger_record", "relaunch_csv"]

_LEDGER = tuple(field.name for field in fields(Entry))
_REASONS = 3
_RELAUNCH = (
    "lead_id", "handoff_id", "returned", "reason", "returned_on", "days_waiting", "attempts", "touches_since",
    "last_touch", "last_touch_on", "channel", "band", "chance", "chance_low", "chance_high", "chance_n",
    "chance_unknown", *(f"because_{place}{part}" for place in range(1, _REASONS + 1) for part in ("", "_effect")),
)  # fmt: skip


def ledger_csv(entries: Iterable[Entry], reader: Reader = "programs") -> Iterator[str]:
    """The ledger in pieces, a heading first; times in UTC."""
    yield from csv_pieces(_LEDGER, map(ledger_record, entries), reader)


def relaunch_csv(report: RecycleReport, reader: Reader = "programs") -> Iterator[str]:
    """The leads worth following up now, the surest first, each with its three strongest reasons."""
    yield from csv_pieces(_RELAUNCH, map(_lead, report.relaunch.leads), reader)


def ledger_record(entry: Entry) -> Mapping[str, Cell]:
    """An entry as a flat record; times in UTC."""
    values = {name: getattr(entry, name) for name in _LEDGER}
    return {name: utc_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _lead(lead: Relaunch) -> Mapping[str, Cell]:
    row: Record = {
        name: value
        for name in _RELAUNCH[:12]
        if isinstance(value := getattr(lead, name), (str, int, float)) or value is None
    }
    row["returned_on"] = lead.returned_on.isoformat()
    row["last_touch_on"] = lead.last_touch_on.isoformat() if lead.last_touch_on else None
    if isinstance(lead.chance, Estimate):
        chance = lead.chance
        row |= {"chance": chance.value, "chance_low": chance.low, "chance_high": chance.high, "chance_n": chance.n}
    else:
        row["chance_unknown"] = lead.chance.reason.value
    for place, one in enumerate(lead.because[:_REASONS], start=1):
        row |= {f"because_{place}": f"{one.what}={one.value}", f"because_{place}_effect": one.effect}
    return row
