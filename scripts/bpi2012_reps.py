"""What docs/examples/bpi2012_reps.md says of the clerks of a Dutch lender, worked out from the log, and its drawings.

python scripts/bpi2012_reps.py FOLDER_OF_THE_DATA    write docs/examples/bpi2012/*.svg, print the figures
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from accord.stats.effects import Crossed, Spread, fit
from accord.stats.overdispersion import spread_between

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ZONE = ZoneInfo("Europe/Amsterdam")
OPEN = {**dict.fromkeys(range(5), (9, 21)), 5: (10, 17)}
"""Hours in which these clerks begin work, by weekday, read off when 98 % of the work begins; Sundays none."""

WAITS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
"""Hours that part one wait from the next."""

LEAST_LEADS = 25
ANY, ORDINARY = Spread(2.0, 2.0, 2.0), Spread(0.05, 0.03, 0.15, 20)
DRAWINGS = Path(__file__).parent.parent / "docs" / "examples" / "bpi2012"


@dataclass(frozen=True, eq=False)
class Log:
    """A row per lead: whether it was accepted, hours until a clerk took it (by the clock, and open ones), what it was.

    ``month``: local, counted from the first. ``backlog``: leads handed over and not yet taken when it came. ``rep``: a
    place in ``reps``, -1 where none is named.
    """

    accepted: npt.NDArray[np.bool_]
    waited: Floats
    open_hours: Floats
    hour: Codes
    week: Codes
    month: Codes
    amount: Floats
    backlog: Codes
    rep: Codes
    reps: tuple[str, ...]


def read(path: Path) -> Log:
    """The log in ``path``, in the order of handoff."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["transmitted_at"])
    handed = [datetime.fromisoformat(row["transmitted_at"]) for row in rows]
    taken = [datetime.fromisoformat(row["taken_at"]) for row in rows]
    local = [moment.astimezone(ZONE) for moment in handed]
    seconds, until = (np.array([moment.timestamp() for moment in moments]) for moments in (handed, taken))
    reps = tuple(sorted({row["rep_id"] for row in rows} - {""}))
    first = min(local)
    monday = first.date() - timedelta(days=first.weekday())
    before = np.searchsorted(np.sort(seconds), seconds, side="left") - np.searchsorted(np.sort(until), seconds, "right")
    return Log(
        np.array([bool(row["preaccepted_at"]) for row in rows]),
        (until - seconds) / 3600,
        np.array([_open_hours(a, b.astimezone(ZONE)) for a, b in zip(local, taken, strict=True)]),
        np.array([moment.hour for moment in local]),
        np.array([(moment.date() - monday).days // 7 for moment in local]),
        np.array([12 * (moment.year - first.year) + moment.month - first.month for moment in local]),
        np.array([float(row["amount_requested"]) for row in rows]),
        np.maximum(before, 0),
        np.array([reps.index(row["rep_id"]) if row["rep_id"] else -1 for row in rows]),
        reps,
    )


def _open_hours(since: datetime, until: datetime) -> float:
    total, day = 0.0, since.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        opens, closes = OPEN.get(day.weekday(), (0, 0))
        begins, ends = max(since, day + timedelta(hours=opens)), min(until, day + timedelta(hours=closes))
        total += max((ends - begins).total_seconds(), 0.0) / 3600
        day += timedelta(days=1)
    return total


def share_by(cell: Codes, accepted: npt.NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """Per cell: leads, the share accepted, and half the width of its 95 % interval."""
    leads, yes = np.bincount(cell), np.bincount(cell, accepted)
    rate = yes / np.maximum(leads, 1)
    half = 1.96 * np.sqrt(rate * (1 - rate) / np.maximum(leads, 1))
    return [(int(n), float(r), float(h)) for n, r, h in zip(leads, rate, half, strict=True)]


def tenths(values: Floats, parts: int = 10) -> Codes:
    """Which tenth of the values each lies in."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1]))
    return np.asarray(np.searchsorted(edges, values, side="left"), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Gaps:
    """Clerks with at least :data:`LEAST_LEADS` leads, by id: leads, share accepted, expected, and chance's error.

    ``spread``: what clerks differ by beyond chance, as a share; ``outside``: the ids beyond the 95 % limits.
    """

    ids: tuple[str, ...]
    leads: Codes
    rate: Floats
    expected: Floats
    error: Floats
    spread: float

    @property
    def outside(self) -> list[str]:
        """Who lies further from what their leads warrant than 19 in 20 who only differ as clerks do."""
        far = np.abs(self.rate - self.expected) > 1.96 * np.hypot(self.error, self.spread)
        return [one for one, is_far in zip(self.ids, far, strict=True) if is_far]


def gaps(log: Log, cuts: Sequence[Codes]) -> Gaps:
    """Every clerk against what comparable leads are accepted, the leads alike in ``cuts`` and the week."""
    codes = [*cuts, log.week]
    sizes = [int(code.max()) + 1 for code in codes]
    groups = [*(0 for _ in cuts), 1]
    ones = np.ones((log.accepted.size, 1))
    model = fit(log.accepted, Crossed(codes, sizes, groups, ones), (ANY, ORDINARY), np.zeros(log.accepted.size))
    named = log.rep >= 0
    rep, chance = log.rep[named], model.mean[named]
    leads = np.bincount(rep, minlength=len(log.reps))
    enough = np.flatnonzero(leads >= LEAST_LEADS)
    rate = np.bincount(rep, log.accepted[named])[enough] / leads[enough]
    expected = np.bincount(rep, chance)[enough] / leads[enough]
    error = np.sqrt(np.bincount(rep, chance * (1 - chance))[enough]) / leads[enough]
    ids = tuple(log.reps[place] for place in enough)
    return Gaps(ids, leads[enough], rate, expected, error, spread_between(rate - expected, error**2))


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    style = "font-family='Helvetica, Arial, sans-serif' font-size='12' fill='#333'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' role='img' {style}>"
    return "\n".join(
        [head, f"<title>{title}</title>", f"<rect width='{width}' height='{height}' fill='#fff'/>", *parts, "</svg>\n"]
    )


def _bars(title: str, series: Sequence[tuple[str, list[tuple[int, float, float]]]], labels: Sequence[str]) -> str:
    """Shares with their intervals, a panel per series, one scale."""
    wide, high, left = 420, 240, 50
    parts = [f"<text x='{left}' y='20' font-size='14' font-weight='bold'>{title}</text>"]
    for panel, (name, rows) in enumerate(series):
        x0 = left + panel * (wide + 30)
        parts.append(f"<text x='{x0}' y='44'>{name}</text>")
        for share in (0.4, 0.5, 0.6, 0.7):
            y = _down(share, high)
            parts.append(f"<line x1='{x0}' x2='{x0 + wide}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>")
            if not panel:
                parts.append(f"<text x='{x0 - 8}' y='{y + 4:.1f}' text-anchor='end'>{share:.0%}</text>")
        step = wide / len(labels)
        for place, ((leads, rate, half), label) in enumerate(
            zip(rows, labels, strict=False)
        ):  # the longest may be none
            x = x0 + (place + 0.5) * step
            parts.append(f"<text x='{x:.1f}' y='{high + 76}' text-anchor='middle' font-size='10'>{label}</text>")
            if leads < LEAST_LEADS:
                continue
            top, bottom = _down(min(rate + half, 0.75), high), _down(max(rate - half, 0.35), high)
            parts.append(
                f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{top:.1f}' y2='{bottom:.1f}' stroke='#4878a8' stroke-width='2'/>"
            )
            parts.append(f"<circle cx='{x:.1f}' cy='{_down(rate, high):.1f}' r='4' fill='#4878a8'/>")
    return _svg(left + len(series) * (wide + 30), high + 90, title, parts)


def _down(share: float, high: int) -> float:
    return 60 + (0.75 - share) / 0.4 * high


def _funnel(title: str, found: Gaps) -> str:
    """Everybody's gap by the number of leads, within the limits that ordinary differences and chance keep to."""
    wide, high, left, most = 820, 260, 60, float(found.leads.max()) * 1.05

    def across(leads: float) -> float:
        return left + leads / most * wide

    def down(gap: float) -> float:
        return 40 + (0.3 - gap) / 0.6 * high

    parts = [f"<text x='{left}' y='20' font-size='14' font-weight='bold'>{title}</text>"]
    for gap in (-0.2, -0.1, 0.0, 0.1, 0.2):
        parts.append(f"<line x1='{left}' x2='{left + wide}' y1='{down(gap):.1f}' y2='{down(gap):.1f}' stroke='#ddd'/>")
        parts.append(f"<text x='{left - 8}' y='{down(gap) + 4:.1f}' text-anchor='end'>{gap * 100:+.0f}</text>")
    counts = np.geomspace(LEAST_LEADS, most, 60)
    limit = 1.96 * np.hypot(np.sqrt(0.25 / counts), found.spread)
    for sign in (1, -1):
        path = " ".join(f"{across(n):.1f},{down(sign * width):.1f}" for n, width in zip(counts, limit, strict=True))
        parts.append(f"<polyline points='{path}' fill='none' stroke='#c27' stroke-dasharray='5 4'/>")
    for leads, gap in zip(found.leads, found.rate - found.expected, strict=True):
        parts.append(f"<circle cx='{across(leads):.1f}' cy='{down(gap):.1f}' r='4' fill='#4878a8' fill-opacity='.8'/>")
    for leads in range(0, int(most), 100):
        parts.append(
            f"<text x='{across(leads):.1f}' y='{high + 56}' text-anchor='middle' font-size='10'>{leads}</text>"
        )
    parts.append(f"<text x='{left + wide}' y='{high + 74}' text-anchor='end'>leads received</text>")
    return _svg(left + wide + 20, high + 84, title, parts)


def drawings(log: Log) -> dict[str, str]:
    """The page's drawings by the names of their files."""
    waits = ["to 6 min", "15 min", "30 min", "1 h", "2 h", "4 h", "8 h", "12 h", "24 h", "longer"]
    by_wait = [
        (name, share_by(np.digitize(hours, WAITS), log.accepted))
        for name, hours in (("by the clock", log.waited), ("in open hours", log.open_hours))
    ]
    amount = share_by(tenths(log.amount, 5), log.accepted)
    backlog = share_by(tenths(log.backlog.astype(np.float64), 5), log.accepted)
    fifths = ["lowest fifth", "second", "third", "fourth", "highest fifth"]
    everything = gaps(log, [tenths(log.amount), log.hour])
    return {
        "waits.svg": _bars("Accepted, by how long the lead waited (95 % intervals)", by_wait, waits),
        "amounts.svg": _bars(
            "Accepted, by what the lead is (95 % intervals)",
            [("by the amount asked for", amount), ("by the leads waiting when it came", backlog)],
            fifths,
        ),
        "clerks.svg": _funnel("Each clerk against comparable leads, in points", everything),
    }


def main() -> None:
    """Write the drawings and print what the page says."""
    log = read(Path(sys.argv[1]) / "lead_handoffs.csv")
    DRAWINGS.mkdir(exist_ok=True)
    for name, drawing in drawings(log).items():
        (DRAWINGS / name).write_text(drawing, encoding="utf-8")
    for name, hours in (("clock", log.waited), ("open hours", log.open_hours)):
        print(name, [(n, round(rate, 3)) for n, rate, _ in share_by(np.digitize(hours, WAITS), log.accepted)])
    print("amount", [(n, round(rate, 3)) for n, rate, _ in share_by(tenths(log.amount, 5), log.accepted)])
    for month, (n, rate, _) in enumerate(share_by(log.month, log.accepted)):
        print("month", month, n, round(rate, 3), "half ask for at most", np.median(log.amount[log.month == month]))
    backlog = tenths(log.backlog.astype(np.float64), 5)
    print(
        "backlog",
        [(n, round(rate, 3)) for n, rate, _ in share_by(backlog, log.accepted)],
        np.quantile(log.backlog, [0.2, 0.5, 0.8]),
    )
    amount = tenths(log.amount)
    for name, cuts in (
        ("alone", []),
        ("amount, hour", [amount, log.hour]),
        ("backlog too", [amount, log.hour, tenths(log.backlog.astype(np.float64))]),
    ):
        found = gaps(log, cuts)
        print(
            name,
            len(found.ids),
            round(found.spread, 4),
            found.outside,
            np.abs(found.rate - found.expected).max().round(3),
        )


if __name__ == "__main__":
    main()
