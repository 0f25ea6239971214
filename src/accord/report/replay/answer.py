"""A replay as records: JSON for programs, and a row per lead for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

from accord.replay.population import CONVERSION_DAYS, Verdict
from accord.replay.report import Chosen, Expectation, Replay, TeamLoad, ThresholdRow
from accord.report.agreement.changes import changes_json
from accord.report.envelope import utc_text
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


def replay_csv(replay: Replay) -> str:
    """One row per lead: its moment, what the draft makes of it, what held before, and what became of it."""
    found = replay.population
    after, before = found.after, found.before
    was = found.chosen_before
    whose = [after or before for after, before in zip(found.team, found.team_before, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for place, lead in enumerate(found.lead):
        moment = _EPOCH + timedelta(microseconds=int(found.moment[place]))
        change = _CHANGES[bool(was[place]), bool(after.qualified[place])]
        row: list[object] = [lead, utc_text(moment), change, *_verdict(after, place)]
        row += ["" if before is None else _points(before, place), _truth(int(was[place]))]
        row += [_truth(int(found.handed[place])), _truth(int(found.accepted[place]))]
        row += [_truth(int(found.converted[place])), whose[place] or ""]
        writer.writerow(row)
    return text.getvalue()


_CHANGES = {(True, True): "stays", (False, True): "enters", (True, False): "leaves", (False, False): "stays_out"}


def _verdict(verdict: Verdict, place: int) -> list[object]:
    threshold = f"{verdict.threshold[place] / 100:g}"
    return [_points(verdict, place), threshold, verdict.band[place] or "", _truth(int(verdict.qualified[place]))]


def _points(verdict: Verdict, place: int) -> str:
    return f"{verdict.score[place] / 100:g}"


def _truth(value: int) -> str:
    return {0: "false", 1: "true"}.get(value, "")
