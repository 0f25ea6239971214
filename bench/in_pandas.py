"""The same report as a careful analyst writes it in pandas: episodes from the tables, then acceptance by cell.

Vectorised throughout where pandas allows it; the curves are one loop over the cells, because pandas has nothing else.
It does less than Accord: no dates without a time, no shrinkage of small segments, no intervals of delay quantiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pandas as pd
from scipy.stats import beta, norm

from accord.agreement.model import Agreement, Calendar

__all__ = ["acceptance", "episodes", "read"]

DAY = pd.Timedelta(days=1)
OPEN = 9 * 3600


def episodes(tables: Mapping[str, Path], agreement: Agreement) -> pd.DataFrame:
    """One row per handoff: what happened, when, also on the clock of open hours. ``tables``: a Parquet file each."""
    leads = pd.read_parquet(tables["leads"], columns=["lead_id", "merged_into", "channel", "need"])
    reps = pd.read_parquet(tables["reps"], columns=["rep_id", "team"])
    became = leads.dropna(subset="merged_into").set_index("lead_id")["merged_into"]
    while became.isin(became.index).any():
        became = became.map(became).fillna(became)
    team_of = reps.set_index("rep_id")["team"]

    handoffs = pd.read_parquet(tables["handoffs"], columns=["handoff_id", "lead_id", "at", "rep_id", "team", "band"])
    handoffs["lead_id"] = handoffs["lead_id"].map(became).fillna(handoffs["lead_id"])
    handoffs["owner_team"] = handoffs["rep_id"].map(team_of).fillna(handoffs["team"])
    handoffs["team"] = handoffs["team"].fillna(handoffs["rep_id"].map(team_of))
    handoffs = handoffs.merge(leads.drop(columns="merged_into"), on="lead_id")
    handoffs = handoffs.sort_values(["lead_id", "at", "handoff_id"], ignore_index=True)
    window = agreement.acceptance.window_days * DAY
    handoffs["next_at"] = handoffs.groupby("lead_id")["at"].shift(-1)
    handoffs["end"] = np.minimum(handoffs["next_at"].fillna(pd.Timestamp.max), handoffs["at"] + window)
    real_spans = handoffs[handoffs["end"] > handoffs["at"]].sort_values("at")

    decisions = pd.read_parquet(
        tables["decisions"], columns=["decision_id", "handoff_id", "lead_id", "at", "outcome", "reason"]
    )
    unnamed = decisions[decisions["handoff_id"].isna()].drop(columns="handoff_id")
    unnamed = unnamed.assign(lead_id=unnamed["lead_id"].map(became).fillna(unnamed["lead_id"])).sort_values("at")
    unnamed = pd.merge_asof(
        unnamed, real_spans[["lead_id", "at", "handoff_id"]].assign(start=real_spans["at"]), on="at", by="lead_id"
    )
    named = decisions.dropna(subset="handoff_id")
    together = pd.concat([named, unnamed.dropna(subset="handoff_id")])[
        ["handoff_id", "decision_id", "at", "outcome", "reason"]
    ].rename(columns={"at": "decided_at", "outcome": "decision"})
    together = together.merge(handoffs[["handoff_id", "at", "end"]], on="handoff_id")
    together = together[(together["decided_at"] >= together["at"]) & (together["decided_at"] < together["end"])]
    together = together.sort_values(["handoff_id", "decided_at", "decision_id"])
    first = together.drop_duplicates("handoff_id")[["handoff_id", "decision", "decided_at", "reason"]]
    handoffs = handoffs.merge(first, on="handoff_id", how="left")

    done = _activities(tables["activities"], agreement, handoffs, became, team_of)
    handoffs = handoffs.merge(done, on="handoff_id", how="left")
    handoffs["activities"] = handoffs["activities"].fillna(0)
    handoffs["token"] = (handoffs["attempts"] == 1) & (handoffs["failed"] == 1)
    return _on_business_clock(handoffs, agreement)


def _activities(
    path: Path, agreement: Agreement, handoffs: pd.DataFrame, became: pd.Series[str], team_of: pd.Series[str]
) -> pd.DataFrame:
    columns = ["lead_id", "at", "rep_id", "kind", "direction", "duration_s", "outcome", "automated"]
    activities = pd.read_parquet(path, columns=columns)
    activities["lead_id"] = activities["lead_id"].map(became).fillna(activities["lead_id"])
    spans = handoffs.loc[
        handoffs["end"] > handoffs["at"], ["lead_id", "at", "end", "handoff_id", "rep_id", "owner_team", "decided_at"]
    ]
    spans = spans.assign(start=spans["at"]).rename(columns={"rep_id": "owner"}).sort_values("at")
    inside = pd.merge_asof(activities.sort_values("at"), spans, on="at", by="lead_id").dropna(subset="handoff_id")
    inside = inside[inside["at"] < inside["end"]]
    rules = agreement.acceptance
    outbound = inside["direction"].fillna("out") == "out"
    held = (inside["kind"] == "meeting") & (inside["outcome"] == "held")
    long_enough = (inside["kind"] != "call") | ~(inside["duration_s"] < rules.real_action.min_call_seconds)
    right_person = inside["rep_id"].notna() & (
        inside["owner"].isna()
        | (inside["rep_id"] == inside["owner"])
        | (inside["rep_id"].map(team_of) == inside["owner_team"])
    )
    by_hand = inside["automated"] != True  # noqa: E712 - a column of objects, with missing cells
    counts = inside["kind"].isin(rules.real_action.kinds) & by_hand & right_person
    effort = counts & (outbound | held)
    soon = inside["at"] <= inside["decided_at"] + rules.token.within_days * DAY
    unanswered = inside["outcome"].isin(["no_answer", "voicemail"]) | ~long_enough
    inside = inside.assign(
        sent=inside["at"].where(outbound & (inside["kind"] != "task")),
        real=inside["at"].where(effort & long_enough),
        reply=inside["at"].where(counts & long_enough & ~outbound & ~held),
        attempts=effort & soon,
        failed=effort & soon & (inside["kind"] == "call") & unanswered,
    )
    grouped = inside.groupby("handoff_id").agg(
        activities=("at", "size"),
        first_activity=("at", "min"),
        first_sent=("sent", "min"),
        first_real=("real", "min"),
        attempts=("attempts", "sum"),
        failed=("failed", "sum"),
    )
    replies = inside.loc[inside["reply"].notna(), ["handoff_id", "reply", "decided_at"]].merge(
        grouped["first_sent"].dropna().reset_index(), on="handoff_id"
    )
    replies = replies[replies["reply"] > replies["first_sent"]]
    replies["soon"] = replies["reply"] <= replies["decided_at"] + rules.token.within_days * DAY
    answered = replies.groupby("handoff_id").agg(first_reply=("reply", "min"), replies=("soon", "sum"))
    grouped = grouped.join(answered)
    grouped["attempts"] += grouped["replies"].fillna(0)
    grouped["action"] = grouped[["first_real", "first_reply"]].min(axis=1)
    return grouped[["activities", "first_activity", "action", "attempts", "failed"]].reset_index()


def _on_business_clock(handoffs: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    rules = agreement.acceptance
    clocks = {name: _Clock(own, agreement.timezone) for name, own in rules.team_calendars.items()}
    usual = _Clock(rules.calendar, agreement.timezone)
    for name in ("at", "decided_at", "action", "end"):
        handoffs[f"{name}_open"] = np.nan
    for team in [*clocks, None]:
        mine = ~handoffs["owner_team"].isin(list(clocks)) if team is None else handoffs["owner_team"] == team
        clock = usual if team is None else clocks[team]
        for name in ("at", "decided_at", "action", "end"):
            handoffs.loc[mine, f"{name}_open"] = clock.seconds(handoffs.loc[mine, name])
    return handoffs


class _Clock:
    """Open seconds since 2000, Monday to Friday 09:00-18:00 less public holidays."""

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self.zone = calendar.timezone or timezone
        self.days = pd.date_range("2000-01-01", "2040-12-31")
        public = holidays.country_holidays(calendar.country, years=range(2000, 2041)) if calendar.country else {}
        closed = {day for day in public if isinstance(day, date)}
        self.open = (self.days.dayofweek < 5) & ~self.days.isin(pd.to_datetime(sorted(closed)))
        self.before = np.concatenate(([0], np.cumsum(self.open * OPEN)))[:-1]

    def seconds(self, moments: pd.Series[pd.Timestamp]) -> np.ndarray[Any, Any]:
        known = moments.notna().to_numpy()
        local = moments[known].dt.tz_localize("UTC").dt.tz_convert(self.zone).dt.tz_localize(None)
        since = (local - self.days[0]).dt.total_seconds().to_numpy()
        day = (since // 86_400).astype(int)
        answer = np.full(len(moments), np.nan)
        answer[known] = self.before[day] + np.where(self.open[day], np.clip(since % 86_400 - 9 * 3600, 0, OPEN), 0)
        return answer


def read(path: Path) -> pd.DataFrame:
    """Episodes that were saved."""
    return pd.read_parquet(path)


def acceptance(built: pd.DataFrame, agreement: Agreement, as_of: datetime) -> pd.DataFrame:
    """Acceptance by channel and ISO week of the handoff, the explicit definition: one row per cell."""
    rules = agreement.acceptance
    rows = built[built["at"] <= as_of].copy()
    decided = rows["decided_at"].notna() & (rows["decided_at"] <= as_of)
    accepted = decided & (rows["decision"] == "accepted")
    ended = rows["end"] <= as_of
    left = rows["decided_at"].where(decided, rows["end"].where(ended, as_of))
    action = rows["action"].where(rows["action"] <= as_of)
    active = rows["first_activity"].where(rows["first_activity"] <= as_of)
    local = rows["at"].dt.tz_localize("UTC").dt.tz_convert(agreement.timezone)
    calendar = local.dt.isocalendar()
    weight = rows["band"].map(rules_weights(agreement, "band")).fillna(1) * rows["need"].map(
        rules_weights(agreement, "need")
    ).fillna(1)
    hours = (left - rows["at"]).dt.total_seconds() / 3600
    open_left = rows["decided_at_open"].where(decided, rows["end_open"])
    judged = rows.assign(
        channel=rows["channel"].fillna("(none)"),
        week=calendar["year"].astype(str) + "-W" + calendar["week"].astype(str).str.zfill(2),
        accepted=accepted,
        rejected=decided & ~accepted,
        disqualified=decided & (rows["decision"] == "disqualified"),
        recycled=decided & (rows["decision"] == "recycled"),
        expired=~decided & ended,
        superseded=~decided & ended & (rows["next_at"] < rows["at"] + rules.window_days * DAY),
        still_open=~decided & ~ended,
        hours=hours,
        open_hours=(open_left - rows["at_open"]) / 3600,
        cause=np.select([accepted, decided, ended], [1, 2, 3], 0),
        answered=np.minimum(hours, ((action - rows["at"]).dt.total_seconds() / 3600).fillna(np.inf)),
        was_answered=decided | action.notna(),
        weight=np.where(decided, weight, 0),
        weighted=np.where(decided, weight * hours, 0),
        ghost_of=accepted & (rows["decided_at"] + rules.ghost_after_days * DAY <= as_of),
        silent_of=ended & action.notna(),
        token_of=accepted & active.notna() & (rows["decided_at"] + rules.token.within_days * DAY <= as_of),
        over=ended,
    )
    judged["ghost"] = judged["ghost_of"] & ~(action <= rows["decided_at"] + rules.ghost_after_days * DAY)
    judged["silent"] = judged["silent_of"] & ~decided
    judged["token"] = judged["token_of"] & rows["token"]
    judged["never_worked"] = ended & (rows["activities"] == 0)
    sums = [
        *("accepted", "rejected", "disqualified", "recycled", "expired", "superseded", "still_open"),
        *(
            "weight",
            "weighted",
            "ghost_of",
            "ghost",
            "silent_of",
            "silent",
            "token_of",
            "token",
            "over",
            "never_worked",
        ),
    ]
    cells = judged.groupby(["channel", "week"])
    table = cells[sums].sum()
    table["handed"] = cells.size()
    table["raw_rate"] = table["accepted"] / table["handed"]
    table["raw_low"] = beta.ppf(0.025, table["accepted"] + 0.5, table["handed"] - table["accepted"] + 0.5)
    table["raw_high"] = beta.ppf(0.975, table["accepted"] + 0.5, table["handed"] - table["accepted"] + 0.5)
    for name in ("ghost", "silent", "token"):
        table[f"{name}_rate"] = table[name] / table[f"{name}_of"]
    table["never_worked_rate"] = table["never_worked"] / table["over"]
    table["weighted_delay"] = table["weighted"] / table["weight"]
    curves = cells.apply(_curves, include_groups=False)
    return table.join(curves).reset_index()


def rules_weights(agreement: Agreement, name: str) -> dict[str, float]:
    return dict(getattr(agreement.weights, name))


def _curves(cell: pd.DataFrame) -> pd.Series[float]:
    time, cause = cell["hours"].to_numpy(), cell["cause"].to_numpy()
    grid, curve, deviation = _incidence(time, cause)
    business, open_curve, _ = _incidence(np.nan_to_num(cell["open_hours"].to_numpy(), nan=1e9), cause)
    first, answered, _ = _incidence(cell["answered"].to_numpy(), np.where(cell["was_answered"], 1, cause))
    rate = curve[-1]
    answer = {"rate": rate, "low": np.nan, "high": np.nan}
    spread = norm.ppf(0.975) * deviation[-1]
    if 0 < rate < 1:
        wide = spread / abs(rate * np.log(rate)) if rate else 0.0
        answer["low"], answer["high"] = rate ** np.exp(wide), rate ** np.exp(-wide)
    for hours in (24, 48):
        answer[f"within_{hours}h"] = _at(grid, curve, hours)
        answer[f"business_within_{hours}h"] = _at(business, open_curve, hours / 24 * 9)
        answer[f"answered_within_{hours}h"] = _at(first, answered, hours)
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95)):
        answer[name] = grid[np.searchsorted(curve, share * rate)] if rate else np.nan
        reached = np.searchsorted(open_curve, share * open_curve[-1])
        answer[f"business_{name}"] = business[reached] if rate else np.nan
    return pd.Series(answer)


def _incidence(time: Any, cause: Any) -> tuple[Any, Any, Any]:
    """Aalen–Johansen: cumulative incidence of cause 1 at each distinct time, and its standard deviation (Aalen)."""
    grid, place = np.unique(time, return_inverse=True)
    events = np.bincount(place, cause > 0, grid.size)
    wanted = np.bincount(place, cause == 1, grid.size)
    at_risk = time.size - np.concatenate(([0], np.cumsum(np.bincount(place, minlength=grid.size))))[:-1]
    survival = np.cumprod(1 - events / at_risk)
    before = np.concatenate(([1.0], survival[:-1]))
    curve = np.cumsum(before * wanted / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(at_risk > events, events / (at_risk * (at_risk - events)), 0.0)
        rest = curve[-1] - curve
        variance = np.sum(rest**2 * hazard)
        variance += np.sum(before**2 * wanted * (at_risk - wanted) / at_risk**3)
        variance -= 2 * np.sum(rest * before * wanted / at_risk**2)
    deviation = np.zeros_like(curve)
    deviation[-1] = np.sqrt(max(variance, 0.0))
    return grid, curve, deviation


def _at(grid: Any, curve: Any, hours: float) -> float:
    place = np.searchsorted(grid, hours, side="right") - 1
    return float(curve[place]) if place >= 0 else 0.0
