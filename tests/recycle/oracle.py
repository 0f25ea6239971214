"""The ledger and its counts by plain loops over plain rows, under the explicit definition."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from recycle.company import Row

WINDOW = timedelta(days=30)
ANSWERS = {"call_in", "chat", "demo_request", "email_reply", "form", "trial"}


@dataclass
class Episode:
    """A handoff, and what is known of it."""

    handoff: Row
    lead: str
    at: datetime
    number: int
    next_at: datetime | None
    outcome: str = "open"
    kind: str | None = None
    reason: str = "(none)"
    back: datetime | None = None
    answered: datetime | None = None
    tried: str = "(none)"
    touches: list[Row] = field(default_factory=list)
    opened: datetime | None = None
    won: datetime | None = None
    on_its_own: bool = False

    @property
    def returned(self) -> bool:
        """Back, and not only handed over again."""
        return self.kind not in {None, "superseded"}


def becomes(tables: dict[str, list[Row]]) -> dict[str, str]:
    """Lead to the lead it has become; rings and dead ends stay."""
    into = {row["lead_id"]: row["merged_into"] for row in tables["leads"] if row.get("merged_into")}
    known = {row["lead_id"] for row in tables["leads"]}

    def followed(lead: str) -> str:
        seen, now = {lead}, lead
        while now in into and into[now] in known and into[now] != now:
            now = into[now]
            if now in seen:
                return lead
            seen.add(now)
        return now

    return {lead: followed(lead) for lead in known}


def ledger(tables: dict[str, list[Row]], as_of: datetime) -> list[Episode]:
    """Every episode up to the moment, by lead and time."""
    canonical = becomes(tables)

    def upto(table: str, time: str = "at") -> list[Row]:
        return [row for row in tables[table] if row[time] <= as_of]

    per_lead: dict[str, list[Row]] = {}
    for row in upto("handoffs"):
        per_lead.setdefault(canonical[row["lead_id"]], []).append(row)
    episodes = []
    for lead, rows in sorted(per_lead.items()):
        rows.sort(key=lambda row: (row["at"], row["handoff_id"]))
        for place, row in enumerate(rows):
            following = rows[place + 1]["at"] if place + 1 < len(rows) else None
            episodes.append(Episode(row, lead, row["at"], place + 1, following))
    rows_of = {
        name: _by_lead(upto(name, "created_at" if name == "opportunities" else "at"), canonical)
        for name in ("decisions", "activities", "touches", "opportunities")
    }
    for episode in episodes:
        mine = {name: rows.get(episode.lead, []) for name, rows in rows_of.items()}
        decisions = [row for row in mine["decisions"] if _of(row, episode)]
        _judge(episode, sorted(decisions, key=lambda row: (row["at"], row["decision_id"])), as_of)
        _act(episode, mine["activities"])
        _touch(episode, mine["touches"])
        deals = mine["opportunities"]
        episode.opened = _first([row["created_at"] for row in deals], episode.at, episode.next_at)
        won = [
            max(row["closed_at"], row["created_at"])
            for row in deals
            if row["won"] and row["closed_at"] is not None and row["closed_at"] <= as_of
        ]
        episode.won = _first(won, episode.at, episode.next_at)
        if episode.returned and episode.back is not None:
            episode.on_its_own = _first(won, episode.back, episode.next_at) is not None
    return episodes


def _end(episode: Episode) -> datetime:
    end = episode.at + WINDOW
    return end if episode.next_at is None else min(end, episode.next_at)


def _by_lead(rows: list[Row], canonical: dict[str, str]) -> dict[str, list[Row]]:
    answer: dict[str, list[Row]] = {}
    for row in rows:
        answer.setdefault(canonical[row["lead_id"]], []).append(row)
    return answer


def _of(row: Row, episode: Episode) -> bool:
    if not episode.at <= row["at"] < _end(episode):
        return False
    return row["handoff_id"] is None or bool(row["handoff_id"] == episode.handoff["handoff_id"])


def _judge(episode: Episode, decisions: list[Row], as_of: datetime) -> None:
    if decisions:
        first = decisions[0]
        if first["outcome"] == "accepted":
            episode.outcome = "accepted"
            later = [row for row in decisions[1:] if row["outcome"] in {"recycled", "disqualified"}]
            if later:
                episode.kind, episode.back = "given_back", later[0]["at"]
                same = [
                    row["reason"]
                    for row in sorted(decisions, key=lambda row: row["decision_id"])
                    if row["at"] == later[0]["at"] and row["reason"] and row["outcome"] != "accepted"
                ]
                episode.reason = same[0] if same else "(none)"
            return
        episode.outcome, episode.kind, episode.back = "rejected", first["outcome"], first["at"]
        episode.reason = first["reason"] or "(none)"
        return
    if _end(episode) <= as_of:
        episode.outcome, episode.back = "expired", _end(episode)
        superseded = episode.next_at is not None and episode.next_at - episode.at < WINDOW
        episode.kind = "superseded" if superseded else "expired"


def _act(episode: Episode, rows: list[Row]) -> None:
    inside = [row for row in rows if episode.at <= row["at"] < _end(episode)]
    answers, tries = [], []
    for row in inside:
        outbound, automated = (row["direction"] or "out") == "out", bool(row["automated"])
        spoken = (
            row["kind"] == "call"
            and not automated
            and (row["duration_s"] or 0) >= 30
            and row["outcome"] not in {"no_answer", "voicemail"}
        )
        if (not outbound and not automated) or spoken or (row["kind"] == "meeting" and row["outcome"] == "held"):
            answers.append(row["at"])
        if outbound and row["kind"] != "task":
            tries.append((row["at"], f"automated {row['kind']}" if automated else row["kind"]))
    episode.answered = min(answers, default=None)
    episode.tried = min(tries)[1] if tries and episode.number > 1 else "(none)"


def _touch(episode: Episode, rows: list[Row]) -> None:
    for row in rows:
        if row["kind"] in ANSWERS and episode.at < row["at"] < _end(episode):
            episode.answered = row["at"] if episode.answered is None else min(episode.answered, row["at"])
        after = episode.back is not None and row["at"] >= episode.back
        if after and (episode.next_at is None or row["at"] < episode.next_at):
            episode.touches.append(row)


def last_touch(episode: Episode) -> str:
    """The kind of the last touch since the return."""
    if not episode.touches:
        return "(none)"
    last = max(row["at"] for row in episode.touches)
    return min(str(row["kind"]) for row in episode.touches if row["at"] == last)


def _first(times: list[datetime], since: datetime, before: datetime | None) -> datetime | None:
    return min((time for time in times if time >= since and (before is None or time < before)), default=None)


def followed(episodes: list[Episode]) -> list[tuple[Episode, Episode]]:
    """Returns and the follow-up of each."""
    pairs = itertools.pairwise(episodes)
    return [(before, after) for before, after in pairs if before.returned and before.lead == after.lead]


def counts(episodes: list[Episode]) -> dict[str, Any]:
    """Counts of a row of the report."""
    returned = [episode for episode in episodes if episode.returned]
    follow = [after for _before, after in followed(episodes)]
    back = [episode for episode in returned if episode.next_at is not None]
    own = [episode for episode in returned if episode.on_its_own]
    return {
        "handed": len(episodes),
        "returned": len(returned),
        "how": dict(Counter(str(episode.kind) for episode in returned)),
        "superseded": sum(episode.kind == "superseded" for episode in episodes),
        "came_back": len(back),
        "on_their_own": sum(episode.next_at is None for episode in own),
        "waiting": sum(episode.next_at is None and not episode.on_its_own for episode in returned),
        "follow": follow_counts(follow),
    }


def follow_counts(follow: list[Episode]) -> dict[str, int]:
    """Counts of follow-ups."""
    return {
        "follow_ups": len(follow),
        "open": sum(episode.outcome == "open" for episode in follow),
        "answered": sum(episode.answered is not None for episode in follow),
        "accepted": sum(episode.outcome == "accepted" for episode in follow),
        "opportunities": sum(episode.opened is not None for episode in follow),
        "won": sum(episode.won is not None for episode in follow),
        "returned_again": sum(episode.returned for episode in follow),
    }
