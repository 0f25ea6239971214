"""A replay as records: JSON for programs, and a row per lead for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from accord.replay.population import CONVERSION_DAYS
from accord.replay.report import Chosen, Expectation, Replay, TeamLoad, ThresholdRow
from accord.report.agreement.changes import changes_json
from accord.report.envelope import utc_text
from accord.report.spreadsheets import Cell, Reader, Record, csv_text
from accord.values import Json

__all__ = ["replay_csv", "replay_json"]


def replay_json(replay: Replay) -> dict[str, Json]:
    """Everything but the single leads, which :func:`replay_csv` lists."""
    return {
        "draft": {"name": replay.draft.name, "version": replay.draft.version},
        "against": "handed_over" if replay.by_hand else "agreement",
        "from": None if replay.start is None else utc_text(replay.start),
        "to": utc_text(replay.end),
        "weeks": replay.weeks,
        "definition": replay.definition,
        "conversion_days": CONVERSION_DAYS,
        "leads": replay.population.size,
        "columns": _columns(replay),
        "before": _chosen(replay.before),
        "after": _chosen(replay.after),
        "stay": replay.stay,
        "enter": replay.enter,
        "leave": replay.leave,
        "entering": _chosen(replay.entering),
        "leaving": _chosen(replay.leaving),
        "teams": [_team(load) for load in replay.teams],
        "thresholds": [_threshold(row) for row in replay.thresholds],
        "changes": changes_json(replay.changes),
    }


def _columns(replay: Replay) -> Json:
    """Whether the columns are those known at each lead's moment, and of how many leads nothing so old is recorded."""
    how = replay.population.how
    if how is None:
        return {"known": "now"}
    return {"known": "then", "changed_since": how.changed, "first_recorded_later": how.later}


def _chosen(chosen: Chosen) -> dict[str, Json]:
    return {
        "leads": chosen.leads,
        "handed_over": chosen.handed,
        "acceptance": _expectation(chosen.acceptance),
        "conversion": _expectation(chosen.conversion),
    }


def _expectation(expectation: Expectation) -> dict[str, Json]:
    return {
        **expectation.figure.to_json(),
        "bounds": expectation.bounds.to_json(),
        "comparable": expectation.comparable,
    }


def _team(load: TeamLoad) -> dict[str, Json]:
    return {
        "team": load.team,
        "capacity": load.capacity,
        "before_per_week": load.before,
        "after_per_week": load.after,
        "peak_week": load.peak,
        "weeks_over": load.weeks_over,
    }


def _threshold(row: ThresholdRow) -> dict[str, Json]:
    return {
        "threshold": row.threshold,
        "draft": row.is_draft,
        **_chosen(row.chosen),
        "enter": row.enter,
        "leave": row.leave,
        "per_week": row.per_week,
    }


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC

_COLUMNS = (
    "lead_id",
    "moment",
    "change",
    "score",
    "threshold",
    "band",
    "qualified",
    "score_before",
    "qualified_before",
    "handed_over",
    "accepted",
    "converted",
    "team",
)


def replay_csv(replay: Replay, reader: Reader = "programs") -> str:
    """One row per lead: its moment, what the draft makes of it, what held before, and what became of it."""
    return csv_text(_COLUMNS, _records(replay), reader)


def _records(replay: Replay) -> Iterator[Record]:
    found = replay.population
    after, before = found.after, found.before
    was = found.chosen_before
    whose = [after or before for after, before in zip(found.team, found.team_before, strict=True)]
    for place, lead in enumerate(found.lead):
        moment = _EPOCH + timedelta(microseconds=int(found.moment[place]))
        yield {
            "lead_id": lead,
            "moment": utc_text(moment),
            "change": _CHANGES[bool(was[place]), bool(after.qualified[place])],
            "score": _points(int(after.score[place])),
            "threshold": _points(int(after.threshold[place])),
            "band": after.band[place] or "",
            "qualified": _truth(int(after.qualified[place])),
            "score_before": "" if before is None else _points(int(before.score[place])),
            "qualified_before": _truth(int(was[place])),
            "handed_over": _truth(int(found.handed[place])),
            "accepted": _truth(int(found.accepted[place])),
            "converted": _truth(int(found.converted[place])),
            "team": whose[place] or "",
        }


_CHANGES = {(True, True): "stays", (False, True): "enters", (True, False): "leaves", (False, False): "stays_out"}


def _points(hundredths: int) -> Cell:
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def _truth(value: int) -> str:
    return {0: "false", 1: "true"}.get(value, "")
