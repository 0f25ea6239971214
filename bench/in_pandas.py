"""The episodes as a careful analyst builds them in pandas: the tables in, a row per handoff out, Accord's columns.

Joins, sorts and aggregates over whole columns; no loop over rows. Times of events are columns of dates, delays of type
Timedelta. What it leaves out are dates without an hour: the tables must hold none, and then Accord does no work for
them either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pandas as pd

from accord.agreement.model import Agreement, Calendar

__all__ = ["Clock", "as_stored", "clocks", "episodes"]

EPOCH = pd.Timestamp(1970, 1, 1)
DAY = pd.Timedelta(days=1)
OPEN = 9 * 3600
MOMENTS = ("decision", "action", "end", "tacit")
"""What has a delay on the clock of open hours, too."""


def episodes(tables: Mapping[str, Path], agreement: Agreement) -> tuple[pd.DataFrame, dict[str, int]]:
    """One row per handoff, with every column that Accord's episodes have; and how many rows none of them can use, by
    Accord's reasons. ``tables``: a Parquet file each."""
    leads = pd.read_parquet(tables["leads"])
    team_of = pd.read_parquet(tables["reps"], columns=["rep_id", "team"]).set_index("rep_id")["team"]
    became = leads.dropna(subset="merged_into").set_index("lead_id")["merged_into"]
    while became.isin(became.index).any():
        became = became.map(became).fillna(became)
    columns = ["handoff_id", "lead_id", "at", "rep_id", "team", "score", "band", "agreement"]
    handed = _timed(tables["handoffs"], columns)
    columns = ["decision_id", "handoff_id", "lead_id", "at", "rep_id", "outcome", "reason"]
    decided = _timed(tables["decisions"], columns)
    columns = ["lead_id", "at", "rep_id", "kind", "direction", "duration_s", "outcome", "automated"]
    activities = _timed(tables["activities"], columns)
    named = decided["handoff_id"].notna()
    lost = {
        "handoffs_of_unknown_leads": _unknown(handed["lead_id"], leads["lead_id"]),
        "decisions_of_unknown_handoffs": _unknown(decided.loc[named, "handoff_id"], handed["handoff_id"]),
        "decisions_of_unknown_leads": _unknown(decided.loc[~named, "lead_id"], leads["lead_id"]),
        "activities_of_unknown_leads": _unknown(activities["lead_id"], leads["lead_id"]),
    }
    handoffs = _handoffs(_under_one_name(handed, became), agreement, leads, team_of)
    handoffs = _with_decisions(_under_one_name(decided, became), handoffs)
    done = _activities(_under_one_name(activities, became), agreement, handoffs, team_of)
    handoffs = handoffs.merge(done, on="handoff_id", how="left")
    handoffs["activities"] = handoffs["activities"].fillna(0).astype("int64")
    handoffs["token"] = (handoffs["attempts"] == 1) & (handoffs["failed"] == 1)
    handoffs["action_slack"] = pd.Timedelta(0)
    handoffs = _on_business_clock(handoffs.drop(columns=["attempts", "failed"]), agreement)
    return _with_leads(handoffs, leads, agreement), lost


def _timed(path: Path, columns: list[str]) -> pd.DataFrame:
    """Rows of a table of events."""
    rows = pd.read_parquet(path, columns=[*columns, "at_is_date"])
    if rows["at_is_date"].any():
        raise SystemExit(f"{path} holds dates without an hour; the comparison is written for data without")
    return rows


def _unknown(named: pd.Series[str], known: pd.Series[str]) -> int:
    return int((~named.isin(known)).sum())


def _under_one_name(rows: pd.DataFrame, became: pd.Series[str]) -> pd.DataFrame:
    """The rows, each under the lead that its lead has become."""
    rows["lead_id"] = rows["lead_id"].map(became).fillna(rows["lead_id"])
    return rows


def _handoffs(
    handoffs: pd.DataFrame, agreement: Agreement, leads: pd.DataFrame, team_of: pd.Series[str]
) -> pd.DataFrame:
    handoffs = handoffs[handoffs["lead_id"].isin(leads["lead_id"])]
    belongs = handoffs["rep_id"].map(team_of)
    handoffs["owner_team"] = belongs.fillna(handoffs["team"])
    handoffs["team"] = handoffs["team"].fillna(belongs)
    handoffs = handoffs.sort_values(["lead_id", "at", "handoff_id"], ignore_index=True)
    of_lead = handoffs.groupby("lead_id")
    handoffs["next"] = of_lead["at"].shift(-1) - handoffs["at"]
    handoffs["sequence"] = of_lead.cumcount() + 1
    window = agreement.acceptance.window_days * DAY
    handoffs["end"] = handoffs["next"].clip(upper=window).fillna(window)
    handoffs["slack"] = pd.Timedelta(0)
    local = handoffs["at"].dt.tz_localize("UTC").dt.tz_convert(agreement.timezone).dt.tz_localize(None)
    handoffs["local_day"] = (local.dt.normalize() - EPOCH).dt.days
    handoffs["local_month"] = 12 * local.dt.year + local.dt.month - 1
    return handoffs


def _with_decisions(decisions: pd.DataFrame, handoffs: pd.DataFrame) -> pd.DataFrame:
    decisions = decisions.rename(columns={"rep_id": "decided_by"})
    spans = handoffs.loc[handoffs["end"] > pd.Timedelta(0), ["lead_id", "at", "handoff_id"]].sort_values("at")
    unnamed = decisions[decisions["handoff_id"].isna()].drop(columns="handoff_id").sort_values("at")
    unnamed = pd.merge_asof(unnamed, spans, on="at", by="lead_id").dropna(subset="handoff_id")
    decided = pd.concat([decisions.dropna(subset="handoff_id"), unnamed]).drop(columns="lead_id")
    decided = decided.merge(handoffs[["handoff_id", "at", "end"]], on="handoff_id", suffixes=("", "_handed"))
    decided["after"] = decided["at"] - decided["at_handed"]
    decided = decided[(decided["after"] >= pd.Timedelta(0)) & (decided["after"] < decided["end"])]
    decided = decided.sort_values(["handoff_id", "after", "decision_id"])
    first = ~decided.duplicated("handoff_id")
    counts = decided.loc[first, ["handoff_id", "decision_id", "decided_by", "reason", "outcome", "after"]]
    counts = counts.rename(columns={"outcome": "decision", "after": "decision_after"})
    counts["decision_slack"] = pd.Timedelta(0)
    accepted = counts.loc[counts["decision"] == "accepted", "handoff_id"]
    later = decided[~first & decided["handoff_id"].isin(accepted)]
    handoffs = handoffs.merge(counts, on="handoff_id", how="left")
    for outcome in ("disqualified", "recycled"):
        back = later[later["outcome"] == outcome].groupby("handoff_id")["after"].min()
        handoffs[f"{outcome}_later"] = handoffs["handoff_id"].map(back)
    return handoffs


def _activities(
    activities: pd.DataFrame, agreement: Agreement, handoffs: pd.DataFrame, team_of: pd.Series[str]
) -> pd.DataFrame:
    spans = handoffs.loc[
        handoffs["end"] > pd.Timedelta(0),
        ["lead_id", "at", "end", "handoff_id", "rep_id", "owner_team", "decision_after"],
    ]
    spans = spans.assign(start=spans["at"]).rename(columns={"rep_id": "owner"}).sort_values("at")
    inside = pd.merge_asof(activities.sort_values("at"), spans, on="at", by="lead_id").dropna(subset="handoff_id")
    inside["after"] = inside["at"] - inside["start"]
    inside = inside[inside["after"] < inside["end"]]
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
    soon = inside["after"] <= inside["decision_after"] + rules.token.within_days * DAY
    unanswered = inside["outcome"].isin(["no_answer", "voicemail"]) | ~long_enough
    inside = inside.assign(
        sent=inside["after"].where(outbound & (inside["kind"] != "task")),
        real=inside["after"].where(effort & long_enough),
        reply=inside["after"].where(counts & long_enough & ~outbound & ~held),
        attempts=effort & soon,
        failed=effort & soon & (inside["kind"] == "call") & unanswered,
        soon=soon,
    )
    grouped = inside.groupby("handoff_id").agg(
        activities=("at", "size"),
        first_activity=("after", "min"),
        first_sent=("sent", "min"),
        first_real=("real", "min"),
        attempts=("attempts", "sum"),
        failed=("failed", "sum"),
    )
    replies = inside.loc[inside["reply"].notna(), ["handoff_id", "reply", "soon"]]
    replies = replies[replies["reply"] > replies["handoff_id"].map(grouped["first_sent"])]
    answered = replies.groupby("handoff_id").agg(first_reply=("reply", "min"), replies=("soon", "sum"))
    grouped = grouped.join(answered)
    grouped["attempts"] += grouped["replies"].fillna(0)
    grouped["action_after"] = grouped[["first_real", "first_reply"]].min(axis=1)
    return grouped[["activities", "first_activity", "action_after", "attempts", "failed"]].reset_index()


def _on_business_clock(handoffs: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """The same delays in open hours of the calendar that the owner's team keeps."""
    laid_out = clocks(agreement)
    names = handoffs["owner_team"].map({team: f"team:{team}" for team in agreement.acceptance.team_calendars})
    handoffs["calendar"] = names.fillna("default")
    handoffs["business_day"] = pd.Timedelta(seconds=OPEN)
    tacit = pd.Series(pd.Timedelta(hours=agreement.acceptance.tacit_after_hours), index=handoffs.index)
    after = {"decision": handoffs["decision_after"], "action": handoffs["action_after"], "end": handoffs["end"]}
    columns: dict[str, list[pd.Series[Any]]] = {f"business_{name}": [] for name in ("at", *MOMENTS)}
    for name, rows in handoffs.groupby("calendar").groups.items():
        start = laid_out[name].open_until(handoffs.loc[rows, "at"])
        columns["business_at"].append(start)
        for moment, delay in {**after, "tacit": tacit}.items():
            columns[f"business_{moment}"].append(
                laid_out[name].open_until(handoffs.loc[rows, "at"] + delay[rows]) - start
            )
    return handoffs.assign(**{name: pd.concat(parts) for name, parts in columns.items()})


def clocks(agreement: Agreement) -> dict[str, Clock]:
    """The clock of each calendar by the name that episodes have for it."""
    rules = agreement.acceptance
    own = {f"team:{team}": Clock(calendar, agreement.timezone) for team, calendar in rules.team_calendars.items()}
    return {"default": Clock(rules.calendar, agreement.timezone), **own}


class Clock:
    """Open time since 1990, Monday to Friday 09:00-18:00 less public holidays."""

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self.zone = calendar.timezone or timezone
        self.days = pd.date_range("1990-01-01", "2040-12-31")
        public = holidays.country_holidays(calendar.country, years=range(1990, 2041)) if calendar.country else {}
        closed = {day for day in public if isinstance(day, date)}
        self.open = (self.days.dayofweek < 5) & ~self.days.isin(pd.to_datetime(sorted(closed)))
        self.before = np.concatenate(([0], np.cumsum(self.open * OPEN)))[:-1]

    def open_until(self, moments: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timedelta]:
        """Open time up to each moment (naive UTC)."""
        known = moments.dropna()
        local = known.dt.tz_localize("UTC").dt.tz_convert(self.zone).dt.tz_localize(None)
        micros = ((local - self.days[0]) // pd.Timedelta(microseconds=1)).to_numpy()
        day, rest = micros // 86_400_000_000, micros % 86_400_000_000
        today = np.where(self.open[day], np.clip(rest - 9 * 3_600_000_000, 0, OPEN * 1_000_000), 0)
        passed = (self.before[day] * 1_000_000 + today).astype("timedelta64[us]")
        return pd.Series(passed, index=known.index).reindex(moments.index)


def _with_leads(handoffs: pd.DataFrame, leads: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """The lead's columns, its size band, and the weight of its handling delay."""
    sizes = [band for band in agreement.size_bands if band.below is not None]
    edges = [-np.inf, *(band.below for band in sizes), np.inf]
    leads = leads.assign(
        account_size=pd.cut(
            leads["employees"].astype("float64"),
            edges,
            right=False,
            labels=[band.name for band in agreement.size_bands],
        ).astype(object)
    )
    left_behind = ["merged_into", "extra", *(name for name in leads.columns if name.endswith("_is_date"))]
    described = leads.drop(columns=left_behind, errors="ignore")
    described = described.rename(
        columns={name: f"lead_{name}" for name in described.columns if name not in {"lead_id", "account_size"}}
    )
    together = handoffs.merge(described, on="lead_id")
    weights = agreement.weights
    together["handling_weight"] = together["band"].map(dict(weights.band)).fillna(1.0) * together["lead_need"].map(
        dict(weights.need)
    ).fillna(1.0)
    return together


def as_stored(built: pd.DataFrame) -> pd.DataFrame:
    """The same named and typed as Accord's: delays in whole microseconds."""
    columns = {"at_us": _microseconds(built["at"] - EPOCH)}
    for name, values in built.items():
        if values.dtype.kind == "m":
            columns[f"{str(name).removesuffix('_after')}_us"] = _microseconds(values)
        else:
            columns[str(name)] = values
    return pd.DataFrame(columns)


def _microseconds(delays: pd.Series[pd.Timedelta]) -> pd.Series[int]:
    return (delays / pd.Timedelta(microseconds=1)).round().astype("Int64")
