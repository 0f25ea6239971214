"""The report as a careful analyst writes it in pandas: acceptance by channel and ISO week with all that Accord says.

Counts, shares and weighted delays are aggregated over whole columns; the curves are one NumPy function per cell,
because pandas has nothing else. The same figures as Accord's, each with an interval; where methods of intervals differ
(weighted delays, shrinkage), it is the usual shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from in_pandas import clocks
from scipy.stats import beta, binom, norm

from accord.agreement.model import Agreement, LeadClassPromise

__all__ = ["NEEDED", "Report", "report"]

DAY = pd.Timedelta(days=1)
HOUR = pd.Timedelta(hours=1)
KEYS = ["channel", "week"]
NEEDED = [
    *("lead_id", "at", "next", "end", "local_month", "calendar", "handling_weight", "lead_channel", "lead_lead_type"),
    *("decision", "decision_after", "disqualified_later", "recycled_later"),
    *("activities", "first_activity", "action_after", "token"),
    *("business_at", "business_decision", "business_action", "business_end"),
]
"""The columns of the episodes that the report is made from."""

PROBABILITIES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
CLOCKS = {"within": "hours", "business_within": "open_hours", "answered_within": "answered"}
SHARES = ("ghost", "silent", "token", "never_worked")
COUNTS = (
    *("accepted", "rejected", "disqualified", "recycled", "expired", "superseded", "open"),
    *("disqualified_after_acceptance", "recycled_after_acceptance"),
)


@dataclass(frozen=True)
class Report:
    """A row per cell, one for all together, the share of each promise kept, and leads delivered by month."""

    cells: pd.DataFrame
    totals: pd.DataFrame
    promises: dict[str, float]
    delivered: pd.Series[int]


def report(built: pd.DataFrame, agreement: Agreement, as_of: datetime) -> Report:
    """From episodes to the report under the explicit definition. ``as_of``: naive UTC."""
    judged = _judged(built, agreement, as_of)
    promises = {
        promise.name: _kept(judged[_inside(judged, promise)], promise) for promise in agreement.acceptance.promises
    }
    delivered = judged.groupby("local_month")["lead_id"].nunique()
    everything = judged.assign(channel="", week="")
    return Report(_figures(judged, agreement), _figures(everything, agreement), promises, delivered)


def _judged(built: pd.DataFrame, agreement: Agreement, as_of: datetime) -> pd.DataFrame:
    """What has become of each episode by ``as_of``, and after how many hours on each clock."""
    rules, now = agreement.acceptance, pd.Timestamp(as_of)
    rows = built[built["at"] <= now]
    age = now - rows["at"]
    decided = rows["decision_after"] <= age
    accepted = decided & (rows["decision"] == "accepted")
    ended = rows["end"] <= age
    acted = rows["action_after"] <= age
    ghost_after = rules.ghost_after_days * DAY
    open_now = {name: clock.open_until(pd.Series([now]))[0] for name, clock in clocks(agreement).items()}
    open_age = rows["calendar"].map(open_now) - rows["business_at"]
    left = rows["decision_after"].where(decided, rows["end"].where(ended, age))
    open_left = rows["business_decision"].where(decided, rows["business_end"].where(ended, open_age))
    worked_in_time = rows["action_after"].where(acted) <= rows["decision_after"] + ghost_after
    local = rows["at"].dt.tz_localize("UTC").dt.tz_convert(agreement.timezone).dt.isocalendar()
    hours = left / HOUR
    weight = rows["handling_weight"].where(decided, 0.0)
    ghost_of = accepted & (rows["decision_after"] + ghost_after <= age)
    token_of = accepted & (rows["first_activity"] <= age)
    token_of &= rows["decision_after"] + rules.token.within_days * DAY <= age
    silent_of = ended & acted
    return pd.DataFrame(
        {
            "channel": rows["lead_channel"].fillna("(none)"),
            "week": local["year"].astype(str) + "-W" + local["week"].astype(str).str.zfill(2),
            "lead_type": rows["lead_lead_type"],
            "local_month": rows["local_month"],
            "lead_id": rows["lead_id"],
            "accepted": accepted,
            "rejected": decided & ~accepted,
            "disqualified": decided & (rows["decision"] == "disqualified"),
            "recycled": decided & (rows["decision"] == "recycled"),
            "expired": ~decided & ended,
            "superseded": ~decided & ended & (rows["next"] < rules.window_days * DAY),
            "open": ~decided & ~ended,
            "disqualified_after_acceptance": accepted & (rows["disqualified_later"] <= age),
            "recycled_after_acceptance": accepted & (rows["recycled_later"] <= age),
            "hours": hours,
            "open_hours": open_left / HOUR,
            "cause": np.select([accepted, decided, ended], [1, 2, 3], 0),
            "answered": np.minimum(hours, (rows["action_after"].where(acted) / HOUR).fillna(np.inf)),
            "answered_open": np.minimum(open_left / HOUR, (rows["business_action"].where(acted) / HOUR).fillna(np.inf)),
            "answered_cause": np.select([decided | acted, ended], [1, 3], 0),
            "w": weight,
            "wd": weight * hours,
            "ww": weight**2,
            "wwd": weight**2 * hours,
            "wwdd": weight**2 * hours**2,
            "ghost_of": ghost_of,
            "ghost": ghost_of & ~worked_in_time,
            "silent_of": silent_of,
            "silent": silent_of & ~decided,
            "token_of": token_of,
            "token": token_of & rows["token"],
            "never_worked_of": ended,
            "never_worked": ended & (rows["activities"] == 0),
        }
    )


def _figures(judged: pd.DataFrame, agreement: Agreement) -> pd.DataFrame:
    """A row per cell."""
    promised = agreement.acceptance.promises_hours
    cells = judged.groupby(KEYS)
    sums = [*COUNTS, *SHARES, *(f"{name}_of" for name in SHARES), "w", "wd", "ww", "wwd", "wwdd"]
    table = cells[sums].sum()
    table["handed"] = cells.size()
    table["open_low"] = table["accepted"] / table["handed"]
    table["open_high"] = (table["accepted"] + table["open"]) / table["handed"]
    _share(table, "raw_rate", table["accepted"], table["handed"])
    for name in SHARES:
        _share(table, f"{name}_rate", table[name], table[f"{name}_of"])
    table["weighted_delay"] = table["wd"] / table["w"]
    spread = table["wwdd"] - 2 * table["weighted_delay"] * table["wwd"] + table["weighted_delay"] ** 2 * table["ww"]
    error = norm.ppf(0.975) * np.sqrt(spread.clip(lower=0)) / table["w"]
    table["weighted_delay_low"] = (table["weighted_delay"] - error).clip(lower=0)
    table["weighted_delay_high"] = table["weighted_delay"] + error
    read = {key: _read_off(cell, promised) for key, cell in cells}
    table = table.join(pd.DataFrame.from_dict(read, orient="index").rename_axis(KEYS))
    for name in ["rate", *(f"{clock}_{hours:g}h" for clock in CLOCKS for hours in promised)]:
        sample = table.pop(f"{name}_sample")
        _share(table, name, table[name] * sample, sample)
    _order_statistics(table, judged, "hours", "")
    _order_statistics(table, judged, "open_hours", "business_")
    return _shrunk(table).reset_index()


def _share(table: pd.DataFrame, name: str, part: pd.Series[float], whole: pd.Series[float]) -> None:
    """A share and its Jeffreys interval."""
    table[name] = part / whole
    table[f"{name}_low"] = np.where(part > 0, beta.ppf(0.025, part + 0.5, whole - part + 0.5), 0)
    table[f"{name}_high"] = np.where(part < whole, beta.ppf(0.975, part + 0.5, whole - part + 0.5), 1)


def _read_off(cell: pd.DataFrame, promised: Sequence[float]) -> dict[str, float]:
    """The rate, the promises and the quantiles of a cell; ``…_sample`` is how many leads a share rests on."""
    elapsed = _Curve(cell["hours"], cell["cause"])
    business = _Curve(cell["open_hours"], cell["cause"])
    answered = _Curve(cell["answered"], cell["answered_cause"])
    answer: dict[str, float] = {}
    answer["rate"], answer["rate_sample"] = elapsed.at(np.inf)
    for hours in promised:
        label = f"{hours:g}h"
        answer[f"within_{label}"], answer[f"within_{label}_sample"] = elapsed.at(hours)
        answer[f"business_within_{label}"], answer[f"business_within_{label}_sample"] = business.at(hours * 9 / 24)
        answer[f"answered_within_{label}"], answer[f"answered_within_{label}_sample"] = answered.at(hours)
    for name, share in PROBABILITIES.items():
        answer[name], answer[f"business_{name}"] = elapsed.quantile(share), business.quantile(share)
    return answer


class _Curve:
    """Aalen–Johansen: cumulative incidence of cause 1 at each distinct time, cause 0 being censored."""

    def __init__(self, time: pd.Series[float], cause: pd.Series[int]) -> None:
        times, causes = time.to_numpy(), cause.to_numpy()
        self.n = times.size
        self.grid, place = np.unique(times, return_inverse=True)
        self.left = np.bincount(place, causes > 0, self.grid.size)
        self.wanted = np.bincount(place, causes == 1, self.grid.size)
        gone = np.bincount(place, minlength=self.grid.size).cumsum()
        self.at_risk = self.n - np.concatenate(([0], gone[:-1]))
        self.waiting = np.concatenate(([1.0], np.cumprod(1 - self.left / self.at_risk)[:-1]))
        self.value = np.cumsum(self.waiting * self.wanted / self.at_risk)
        self.first_censored = times[causes == 0].min(initial=np.inf)

    def at(self, horizon: float) -> tuple[float, float]:
        """The share by a horizon, and how many leads followed to the end would tell as much (variance by Aalen)."""
        upto = np.searchsorted(self.grid, horizon, side="right")
        share = float(self.value[upto - 1]) if upto else 0.0
        if self.first_censored >= horizon or not 0 < share < 1:
            return share, self.n
        rest, y, d = share - self.value[:upto], self.at_risk[:upto], self.left[:upto]
        a, s = self.wanted[:upto], self.waiting[:upto]
        greenwood = np.divide(d, y * (y - d), out=np.zeros(upto), where=y > d)
        variance = np.sum(rest**2 * greenwood + s**2 * a * (y - a) / y**3 - 2 * rest * s * a / y**2)
        return share, share * (1 - share) / variance if variance > 0 else self.n

    def quantile(self, share: float) -> float:
        """The delay within which that share of all acceptances came."""
        if not self.value[-1]:
            return float("nan")
        return float(self.grid[np.searchsorted(self.value, share * self.value[-1] * (1 - 1e-12))])


def _order_statistics(table: pd.DataFrame, judged: pd.DataFrame, clock: str, prefix: str) -> None:
    """Intervals of the quantiles: the delays whose ranks are the 95 % range of the binomial."""
    accepted = judged.loc[judged["accepted"], [*KEYS, clock]].sort_values([*KEYS, clock])
    delays, count = accepted[clock].to_numpy(), table["accepted"].to_numpy()
    start = np.concatenate(([0], np.cumsum(count)[:-1]))
    for name, share in PROBABILITIES.items():
        for end, tail in (("low", 0.025), ("high", 0.975)):
            rank = np.clip(binom.ppf(tail, count, share) - (end == "low"), 0, np.maximum(count - 1, 0))
            place = np.minimum(start + np.nan_to_num(rank).astype(int), max(len(delays) - 1, 0))
            table[f"{prefix}{name}_{end}"] = np.where(count > 0, delays[place], np.nan)


def _shrunk(table: pd.DataFrame) -> pd.DataFrame:
    """Each rate drawn towards the others of its week: beta-binomial, its parameters by moments."""
    week = table.groupby("week")
    mean = week["accepted"].transform("sum") / week["handed"].transform("sum")
    off = table["handed"] * (table["open_low"] - mean) ** 2
    spread = off.groupby(level="week").transform("sum") / (week["handed"].transform("size") - 1).clip(lower=1)
    within = mean * (1 - mean)
    between = ((spread - within) / week["handed"].transform("mean")).clip(lower=1e-6)
    strength = (within / between - 1).clip(lower=0.1)
    won, lost = table["rate"] * table["handed"] + mean * strength, 0.0
    lost = table["handed"] + strength - won
    table["shrunk"] = won / (won + lost)
    table["shrunk_low"], table["shrunk_high"] = beta.ppf(0.025, won, lost), beta.ppf(0.975, won, lost)
    return table


def _inside(judged: pd.DataFrame, promise: LeadClassPromise) -> pd.Series[bool]:
    inside = pd.Series(data=True, index=judged.index)
    for column, allowed in promise.where.items():
        inside &= judged[column].isin(allowed)
    return inside


def _kept(rows: pd.DataFrame, promise: LeadClassPromise) -> float:
    clock = "answered" if promise.clock == "elapsed" else "answered_open"
    share, _sample = _Curve(rows[clock], rows["answered_cause"]).at(promise.within_hours)
    return share
