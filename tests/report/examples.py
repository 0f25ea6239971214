"""Acceptance reports made by hand, to draw without an engine: full, empty, and one that knows next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from scipy.stats import beta

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.agreement.model import Definition
from accord.values import MINIMUM_COUNT, Bounds, Estimate, Figure, Reason, Unknown

TOO_FEW = Unknown(Reason.TOO_FEW, MINIMUM_COUNT)
NOT_RECORDED = Unknown(Reason.NOT_RECORDED)
NOT_MATURE = Unknown(Reason.NOT_MATURE, 400)

CHANNELS = {
    "demo_request": (0.74, 210),
    "trade_fair": (0.58, 164),
    "partner": (0.55, 48),
    "webinar": (0.49, 305),
    "paid_search": (0.44, 260),
    "content_download": (0.27, 418),
    "(none)": (0.40, 7),
}
DEFINITIONS: Mapping[Definition, float] = {"explicit": 1.0, "action": 1.25, "worked": 0.8, "tacit": 1.4}


def share(successes: float, trials: int) -> Figure:
    """A share with its Jeffreys interval, unknown below the minimum."""
    if trials < MINIMUM_COUNT:
        return TOO_FEW
    low, high = beta.interval(0.95, successes + 0.5, trials - successes + 0.5)
    return Estimate(successes / trials, float(low), float(high), trials)


def hours(value: float, n: int) -> Figure:
    """A delay with an interval of a fifth on either side."""
    return Estimate(value, value * 0.8, value * 1.2, n) if n >= MINIMUM_COUNT else TOO_FEW


def row(
    handed: int,
    rate: float,
    *,
    segment: Mapping[str, str] | None = None,
    period: str | None = None,
    still_open: int = 0,
    slowness: float = 1.0,
) -> AcceptanceRow:
    """A row in which everything follows from how many were handed over, the rate and how many are still open."""
    ended = handed - still_open
    accepted = round(ended * rate)
    expired = round((ended - accepted) * 0.3)
    rejected = ended - accepted - expired
    within = {"24h": share(rate * 0.6 * handed, handed), "48h": share(rate * 0.8 * handed, handed)}
    return AcceptanceRow(
        segment=segment or {},
        period=period,
        handed=handed,
        accepted=accepted,
        rejected=rejected,
        disqualified=rejected // 4,
        recycled=rejected // 10,
        expired=expired,
        superseded=expired // 5,
        open=still_open,
        disqualified_after_acceptance=accepted // 20,
        recycled_after_acceptance=accepted // 30,
        raw_rate=share(accepted, handed),
        open_bounds=Bounds(accepted / handed, (accepted + still_open) / handed),
        rate=share(rate * handed, handed),
        shrunk=Estimate(0.8 * rate + 0.1, max(0.8 * rate - 0.05, 0), min(0.8 * rate + 0.25, 1), handed),
        within=within,
        business_within={"24h": share(rate * 0.7 * handed, handed), "48h": share(rate * 0.85 * handed, handed)},
        answered_within={"24h": share(0.5 * handed, handed), "48h": share(0.62 * handed, handed)},
        delay_hours={name: hours(value * slowness, accepted) for name, value in DELAYS.items()},
        business_delay_hours={name: hours(value * slowness / 3, accepted) for name, value in DELAYS.items()},
        weighted_delay_hours=hours(9.4 * slowness, accepted),
        ghost=share(accepted * 0.12, accepted),
        silent=share(handed * 0.08, handed),
        token=share(accepted * 0.06, accepted),
        never_worked=share(ended * 0.18, ended),
    )


DELAYS = {"p50": 5.35, "p90": 77.0, "p95": 214.0}


def report(
    totals: AcceptanceRow,
    rows: tuple[AcceptanceRow, ...] = (),
    definitions: tuple[Definition, ...] = ("explicit",),
    **changes: object,
) -> AcceptanceReport:
    """A report of these rows under each definition."""
    made = AcceptanceReport(
        agreement_name="Example Pumps",
        agreement_version="3",
        as_of=datetime.fromisoformat("2026-07-31T12:05"),
        timezone="Europe/Paris",
        currency="EUR",
        floor=0.5,
        target=0.8,
        chosen="explicit",
        chosen_because="decisions_recorded",
        dimensions=tuple(rows[0].segment) if rows else (),
        period="week" if rows and rows[0].period else None,
        start=None,
        end=None,
        answers={name: AcceptanceAnswer(name, 30, totals, rows) for name in definitions},
        left_out={},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def total() -> AcceptanceRow:
    """1,412 leads, 47 % accepted, 118 still open."""
    return row(1412, 0.47, still_open=118)


def overall() -> AcceptanceReport:
    """No segment, no period."""
    return report(total())


def by_channel() -> AcceptanceReport:
    """Seven channels, one of which is too small to say anything."""
    rows = tuple(
        row(handed, rate, segment={"channel": channel}, still_open=handed // 12, slowness=2 - rate)
        for channel, (rate, handed) in CHANNELS.items()
    )
    return report(total(), rows)


def weeks(segment: Mapping[str, str] | None = None, scale: float = 1.0) -> tuple[AcceptanceRow, ...]:
    """26 weeks with a step down after the fourteenth; the last four are still open in part."""
    first = date(2026, 2, 2)
    made = []
    for number in range(26):
        year, week, _ = (first + timedelta(weeks=number)).isocalendar()
        handed = round((48 + 7 * (number % 4)) * scale)
        rate = 0.56 - 0.04 * (number % 3) if number < 14 else 0.41 - 0.03 * (number % 4)
        still_open = round(handed * max(0, number - 21) * 0.2)
        made.append(row(handed, rate, segment=segment, period=f"{year}-W{week:02d}", still_open=still_open))
    return tuple(made)


def by_week() -> AcceptanceReport:
    """26 weeks, everything together."""
    return report(total(), weeks())


def by_channel_and_week() -> AcceptanceReport:
    """Two channels, 26 weeks each."""
    rows = weeks({"channel": "webinar"}, 0.5) + weeks({"channel": "paid_search"}, 0.3)
    return report(total(), rows)


def every_definition() -> AcceptanceReport:
    """The seven channels under all four definitions."""
    answers: dict[Definition, AcceptanceAnswer] = {}
    for name, factor in DEFINITIONS.items():
        rows = tuple(
            row(handed, min(rate * factor, 0.97), segment={"channel": channel}, still_open=handed // 12)
            for channel, (rate, handed) in CHANNELS.items()
        )
        answers[name] = AcceptanceAnswer(name, 30, row(1412, 0.47 * factor, still_open=118), rows)
    return replace(by_channel(), answers=answers)


def unknown_row(handed: int, segment: Mapping[str, str] | None = None, period: str | None = None) -> AcceptanceRow:
    """Handed over, never decided, nothing done: every figure is unknown, each for a reason."""
    nothing = {"24h": NOT_RECORDED, "48h": NOT_RECORDED}
    return replace(
        row(10, 0.5, segment=segment, period=period),
        handed=handed,
        accepted=0,
        rejected=0,
        disqualified=0,
        recycled=0,
        expired=0,
        superseded=0,
        open=handed,
        disqualified_after_acceptance=0,
        recycled_after_acceptance=0,
        raw_rate=TOO_FEW if handed < MINIMUM_COUNT else NOT_RECORDED,
        open_bounds=Bounds(0.0, 1.0 if handed else 0.0),
        rate=TOO_FEW if handed < MINIMUM_COUNT else NOT_MATURE,
        shrunk=Unknown(Reason.NOT_IDENTIFIED),
        within=nothing,
        business_within=nothing,
        answered_within=nothing,
        delay_hours=dict.fromkeys(DELAYS, TOO_FEW),
        business_delay_hours=dict.fromkeys(DELAYS, TOO_FEW),
        weighted_delay_hours=TOO_FEW,
        ghost=NOT_RECORDED,
        silent=NOT_RECORDED,
        token=NOT_RECORDED,
        never_worked=NOT_MATURE,
    )


def mostly_unknown() -> AcceptanceReport:
    """A workspace whose data cannot carry the figures."""
    rows = tuple(unknown_row(n, {"channel": name}) for name, n in (("webinar", 230), ("fair", 9), ("(none)", 3)))
    return report(
        unknown_row(242),
        rows,
        chosen="action",
        chosen_because="no_decisions",
        left_out={"handoffs_of_unknown_leads": 12, "activities_of_unknown_leads": 0},
        answers={"action": AcceptanceAnswer("action", 30, unknown_row(242), rows)},
    )


def empty() -> AcceptanceReport:
    """Nothing was ever handed over."""
    return report(unknown_row(0))
