"""The leads of a year: who they are, what they did, what the rule gives them, and when they cross the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from accord.demo.chance import Booleans, Codes, Floats, Seconds, draw, draw_given, hit, spread
from accord.demo.clock import DAY, HOUR, OpenHours
from accord.demo.company import Company
from accord.demo.engagement import touch_counts
from accord.demo.people import TEAM_OF_TERRITORY
from accord.demo.rule import THRESHOLD, Profile, account_size, points, touch_factors
from accord.demo.vocabulary import (
    CAMPAIGN_TOPICS,
    CHANNELS,
    COUNTRIES,
    JOB_FUNCTIONS,
    LEAD_TYPES,
    LEAD_TYPES_OF_CHANNEL,
    NEED_WORDS,
    NEEDS_OF_TYPE,
    ORIGIN_OF_CHANNEL,
    ORIGINS,
    SECTORS,
    SENIORITIES,
    TERRITORIES,
    TOPIC_SHARES,
)

__all__ = ["SHIFTING", "WORDS", "Calendar", "Leads", "populate"]

CAMPAIGNS = tuple(f"{channel.name}-{topic}" for channel in CHANNELS for topic in CAMPAIGN_TOPICS)
_LANGUAGES = ("fr", "nl", "de", "en")

WORDS: Mapping[str, tuple[str, ...]] = {
    "channel": tuple(channel.name for channel in CHANNELS),
    "origin": ORIGINS,
    "campaign": CAMPAIGNS,
    "lead_type": LEAD_TYPES,
    "sector": tuple(name for name, _ in SECTORS),
    "country": tuple(country.code for country in COUNTRIES),
    "territory": tuple(territory.name for territory in TERRITORIES),
    "job_function": tuple(name for name, _ in JOB_FUNCTIONS),
    "seniority": tuple(name for name, _ in SENIORITIES),
    "currency": ("EUR", "GBP"),
    "need": NEED_WORDS,
    "language": _LANGUAGES,
}
"""The words behind the codes of each text column of ``leads``."""

SHIFTING = frozenset({"channel", "country", "sector"})
"""The dimensions whose mix a ``mix_shift`` can move."""

_MISSING = {
    "origin": 0.02,
    "campaign": 0.05,
    "sector": 0.03,
    "country": 0.01,
    "job_function": 0.05,
    "seniority": 0.04,
    "need": 0.15,
    "language": 0.02,
}
_IMMEDIATE = np.array([kind in {"demo_request", "contact_request", "trial", "call_in"} for kind in LEAD_TYPES])
"""Lead types routed to sales the moment they come in; the others wait for the next wave."""

_WAVES = np.array([9 * HOUR + 300, 13 * HOUR + 2100, 16 * HOUR + 2100])
_SEASON = (  # activity by ISO week, 1 to 53: quiet year's end, Easter, May bridges, August
    *(0.80, 1.00, 1.05, 1.05, 1.05, 1.05, 1.00, 0.95, 1.00, 1.08, 1.10, 1.10, 1.08, 1.05, 0.95, 0.92, 0.95, 0.90),
    *(0.85, 0.95, 1.02, 1.02, 1.05, 1.08, 1.05, 1.00, 0.95, 0.88, 0.80, 0.74, 0.64, 0.55, 0.52, 0.62, 0.85, 1.05),
    *(1.15, 1.18, 1.20, 1.18, 1.15, 1.15, 1.08, 1.08, 1.12, 1.15, 1.15, 1.12, 1.05, 0.95, 0.75, 0.40, 0.50),
)
_WEEKDAY = (1.05, 1.15, 1.10, 1.15, 0.85, 0.12, 0.10)


@dataclass(frozen=True)
class Calendar:
    """The year that is simulated: days since 1970, from ``first_day``; data end at local midnight of ``end_day``."""

    first_day: int
    end_day: int
    hours: tuple[OpenHours, ...]

    @cached_property
    def end(self) -> int:
        """The UTC second of the midnight at which the data end, on the clock of the first team."""
        return int(self.hours[0].to_utc(np.array([self.end_day * DAY]))[0])

    @property
    def end_monday(self) -> int:
        """The Monday of the week in which the data end, or on which they end."""
        return self.end_day - (self.end_day + 3) % 7

    def since(self, weeks_before_end: int | None) -> int | None:
        """The first day of a cause that started so many weeks before the end."""
        return None if weeks_before_end is None else self.end_monday - 7 * weeks_before_end


@dataclass
class Leads:
    """Leads in the order they were created; ``codes`` hold what is stored, missing cells included.

    ``moment``: UTC second at which the lead crosses the threshold (or is last heard of); ``worth``: its score by the
    points it deserves, all known; ``score``: by those the agreement gives to what is known; ``fair_score``: by those it
    would give were no signal mis-weighted.
    """

    codes: dict[str, Codes]
    employees: NDArray[np.int32]
    size: Codes
    budget: Floats
    timeline_days: NDArray[np.int16]
    decision_maker: NDArray[np.int8]
    newsletter: Booleans
    touches: NDArray[np.uint8]
    created: Seconds
    moment: Seconds
    later_version: Booleans
    worth: Floats
    score: Floats
    fair_score: Floats

    def __len__(self) -> int:
        return int(self.created.size)

    def take(self, rows: NDArray[np.integer]) -> Leads:
        """Those rows, in that order."""
        taken = {name: value[rows] for name, value in vars(self).items() if name != "codes"}
        return Leads(codes={name: value[rows] for name, value in self.codes.items()}, **taken)

    def followed_by(self, others: Leads) -> Leads:
        """These, then the others."""
        both = {
            name: np.concatenate((value, getattr(others, name)))
            for name, value in vars(self).items()
            if name != "codes"
        }
        return Leads(
            codes={name: np.concatenate((value, others.codes[name])) for name, value in self.codes.items()}, **both
        )

    @property
    def qualified(self) -> Booleans:
        """Whether the rule hands them over."""
        return self.score >= THRESHOLD


def populate(company: Company, size: int, calendar: Calendar, rng: np.random.Generator) -> Leads:
    """``size`` leads that marketing works in the year, qualified or not."""
    day = _days(company, calendar, size, rng)
    codes: dict[str, Codes] = {}
    shifted = _Shifts(company, calendar, day)
    codes["channel"] = shifted.draw("channel", _channel_shares(calendar), (day - calendar.first_day) // 7, rng)
    channel_names = WORDS["channel"]
    kind = draw_given(rng, [LEAD_TYPES_OF_CHANNEL[name] for name in channel_names], codes["channel"])
    codes["lead_type"] = kind
    codes["origin"] = draw_given(rng, [ORIGIN_OF_CHANNEL[name] for name in channel_names], codes["channel"])
    topic = draw(rng, TOPIC_SHARES, size)
    codes["campaign"] = (codes["channel"] * len(CAMPAIGN_TOPICS) + topic).astype(np.int16)
    codes["sector"] = shifted.draw("sector", np.array([[share for _, share in SECTORS]]), np.zeros_like(day), rng)
    country = shifted.draw("country", np.array([[c.share for c in COUNTRIES]]), np.zeros_like(day), rng)
    codes["country"] = country
    in_country = [[t.share * (t.country == c.code) for t in TERRITORIES] for c in COUNTRIES]
    codes["territory"] = draw_given(rng, in_country, country)
    codes["currency"] = np.array([WORDS["currency"].index(c.currency) for c in COUNTRIES], dtype=np.int16)[country]
    languages = [[dict(c.languages).get(word, 0.0) for word in _LANGUAGES] for c in COUNTRIES]
    codes["language"] = draw_given(rng, languages, country)
    codes["job_function"] = draw(rng, [share for _, share in JOB_FUNCTIONS], size)
    codes["seniority"] = draw(rng, [share for _, share in SENIORITIES], size)
    codes["need"] = draw_given(rng, [NEEDS_OF_TYPE[name] for name in LEAD_TYPES], kind)
    employees = np.clip(spread(rng, 120, 1.45, size), 1, 60_000).astype(np.int32)
    decides = hit(rng, np.array([0.85, 0.65, 0.3, 0.08, 0.0])[codes["seniority"]], size)
    has_budget = hit(rng, np.array([0.08, 0.2, 0.45, 0.6])[codes["need"]], size)
    budget = np.where(has_budget, np.round(spread(rng, 9 * employees.astype(float) ** 0.6 * 60, 0.7, size), -2), np.nan)
    touches = touch_counts(kind, rng)
    truly = Profile(
        codes["sector"], account_size(employees), codes["job_function"], codes["seniority"], codes["need"],
        has_budget, decides, touches,
    )  # fmt: skip
    worth = points(truly)
    _forget(codes, company.habits.missing, rng)
    employees[hit(rng, 0.06 * company.habits.missing, size)] = -1
    said = np.where(hit(rng, 0.12 * company.habits.missing, size), np.int8(-1), decides.astype(np.int8))
    moment, created = _moments(codes, kind, day, calendar, rng)
    later_version = day >= (calendar.first_day + calendar.end_day) // 2
    seen = Profile(
        codes["sector"], account_size(employees), codes["job_function"], codes["seniority"], codes["need"],
        has_budget, said == 1, touches,
    )  # fmt: skip
    factors = touch_factors(company)
    fair_score = points(seen, later=later_version)
    return Leads(
        codes=codes,
        employees=employees,
        size=account_size(employees),
        budget=budget,
        timeline_days=np.where(hit(rng, 0.5, size), -1, np.round(spread(rng, 90, 0.7, size), -1)).astype(np.int16),
        decision_maker=said,
        newsletter=hit(rng, 0.42, size),
        touches=touches,
        created=created,
        moment=moment,
        later_version=later_version,
        worth=worth,
        score=points(seen, factors, later=later_version) if factors else fair_score,
        fair_score=fair_score,
    )


def _days(company: Company, calendar: Calendar, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    days = np.arange(calendar.first_day, calendar.end_day)
    week = np.array([(date(1970, 1, 1) + timedelta(days=int(day))).isocalendar().week for day in days])
    weight = np.asarray(_SEASON)[week - 1] * np.asarray(_WEEKDAY)[(days + 3) % 7]
    weight = weight * np.linspace(1, company.growth, days.size)
    return np.asarray(days[draw(rng, list(weight), size)])


def _channel_shares(calendar: Calendar) -> Floats:
    """Shares of the channels in each week of the year that is simulated: events and webinars have their weeks."""
    rows = []
    for day in range(calendar.first_day, calendar.end_day, 7):
        week = (date(1970, 1, 1) + timedelta(days=day)).isocalendar().week
        rows.append([channel.share * (2.0 if week in channel.peaks else 1.0) for channel in CHANNELS])
    return np.array(rows)


@dataclass(frozen=True)
class _Shifts:
    """Draws a dimension, with the shares that ``mix_shift`` causes change from their day on."""

    company: Company
    calendar: Calendar
    day: NDArray[np.int64]

    def draw(self, dimension: str, shares: Floats, row: NDArray[np.int64], rng: np.random.Generator) -> Codes:
        """Positions drawn with ``shares[row]``, shifted where a cause says so."""
        for cause in self.company.causes:
            if cause.kind == "mix_shift" and dimension in cause.where:
                after = shares.copy()
                after[:, WORDS[dimension].index(cause.where[dimension])] *= cause.strength
                since = self.calendar.since(cause.weeks_before_end) or 0
                row = row + len(shares) * (self.day >= since)
                shares = np.concatenate((shares, after))
        return draw_given(rng, shares, row)


def _forget(codes: dict[str, Codes], scale: float, rng: np.random.Generator) -> None:
    """Empty the ordinary share of cells."""
    for name, share in _MISSING.items():
        codes[name] = np.where(hit(rng, share * scale, codes[name].size), -1, codes[name]).astype(np.int16)


def _moments(
    codes: Mapping[str, Codes],
    kind: Codes,
    day: NDArray[np.int64],
    calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[Seconds, Seconds]:
    """When each lead crosses the threshold, and when it was created (UTC seconds)."""
    size = day.size
    immediate = _IMMEDIATE[kind] | hit(rng, 0.2, size)
    by_day = np.clip(rng.normal(13.2, 2.8, size), 0.2, 23.9)
    round_the_clock = rng.uniform(0, 24, size)
    second = (np.where(hit(rng, 0.12, size), round_the_clock, by_day) * HOUR).astype(np.int64)
    wave = _WAVES[draw(rng, (0.45, 0.3, 0.25), size)] + rng.exponential(240, size).astype(np.int64)
    moment = np.empty(size, dtype=np.int64)
    team = TEAM_OF_TERRITORY[codes["territory"]]
    for number, hours in enumerate(calendar.hours):
        mine = team == number
        start = day[mine] * DAY
        local = np.where(immediate[mine], start + second[mine], hours.next_open_day(start) + wave[mine])
        moment[mine] = hours.to_utc(local)
    quick = _IMMEDIATE[kind] & hit(rng, 0.55, size)
    lag = np.where(quick, spread(rng, 480, 0.7, size), DAY * spread(rng, 6, 1.0, size))
    return moment, moment - np.clip(lag, 30, 60 * DAY).astype(np.int64)
