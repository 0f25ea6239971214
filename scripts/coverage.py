"""How often the intervals hold what they promise: the tables of docs/method/acceptance-rate.md.

``python scripts/coverage.py`` prints them as Markdown, measured on simulated cells with known truth (about fifteen
minutes; ``--quick`` takes a tenth of the replicates). Every interval is nominally 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from accord.stats.curve import IncidenceAt, incidence_at
from accord.stats.intervals import incidence_interval, jeffreys
from accord.stats.quantiles import delay_quantiles
from accord.stats.shrinkage import shrink
from accord.stats.weighted import WeightedSums, weighted_mean
from stats.simulated import OPEN_SHARES, RATES, SHAPES, WINDOW, binned, delays, table_of, true_quantiles, worlds

Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats]
SIZES = (20, 50, 100, 300, 1000, 5000)
PROBABILITIES = (0.5, 0.9, 0.95)
NORMAL = float(ndtri(0.975))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sections = {section.__name__: section for section in (rates, quantiles, weighted_delays, small_segments)}
    parser.add_argument("sections", nargs="*", metavar="section", help=f"which of {', '.join(sections)}; default: all")
    parser.add_argument("--quick", action="store_true", help="a tenth of the replicates")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - sections.keys():
        parser.error(f"no section {sorted(unknown)[0]!r}: there are {', '.join(sections)}")
    for name in asked.sections or sections:
        sections[name](0.1 if asked.quick else 1.0)
    return 0


class Tally:
    """Counts hits by whatever key, and averages with equal weight for every world."""

    def __init__(self) -> None:
        self.shares: dict[tuple[object, ...], list[float]] = defaultdict(list)

    def add(self, hits: npt.NDArray[np.bool_], *key: object) -> None:
        """Note the share of hits under ``key``; a world in which nothing could be read is left out."""
        if hits.size:
            self.shares[key].append(float(hits.mean()))

    def mean(self, *key: object) -> float:
        """The average over all keys that agree with ``key``, where ``...`` agrees with anything."""
        found = [
            share
            for have, shares in self.shares.items()
            if all(asked is ... or asked == part for asked, part in zip(key, have, strict=True))
            for share in shares
        ]
        return float(np.mean(found)) if found else float("nan")


def rates(effort: float) -> None:
    """The rate at the window, three ways of making its interval."""
    methods: Mapping[str, Callable[[IncidenceAt], Ends]] = {
        "complementary log–log, Aalen variance": complementary_log_log,
        "Jeffreys, effective count": effective_jeffreys,
        "Jeffreys, equivalent sample": equivalent_jeffreys,
    }
    tally, readable = Tally(), Tally()
    chance = np.random.default_rng(3)
    for n in SIZES:
        for world in worlds():
            replicates = max(int(effort * np.clip(6e5 / n, 200, 3000)), 20)
            at = incidence_at(world.cells(n, replicates, chance), [WINDOW])
            known = at.identified[:, 0]
            readable.add(known, n, world.open_share, world.arrival)
            for name, method in methods.items():
                low, high = (end[known, 0] for end in method(at))
                hit = (low <= world.rate) & (world.rate <= high)
                tally.add(hit, name, n, world.open_share, world.rate, world.shape)
    chosen = "Jeffreys, equivalent sample"
    title("Rate at the window, by how the interval is made")
    table("n", methods, SIZES, lambda n, name: tally.mean(name, n, ..., ..., ...))
    title("The same with 45 % and more open, and the worst true rate there")
    crowded = [(n, share) for n in SIZES for share in OPEN_SHARES if share >= 0.45]
    table("n, open", methods, crowded, lambda row, name: tally.mean(name, *row, ..., ...))
    table(
        "n, open, worst rate",
        methods,
        crowded,
        lambda row, name: min(tally.mean(name, *row, rate, ...) for rate in RATES),
    )
    title("Chosen method, by n and share of open leads")
    table("n", OPEN_SHARES, SIZES, lambda n, share: tally.mean(chosen, n, share, ..., ...))
    title("Chosen method, by n and true rate")
    table("n", RATES, SIZES, lambda n, rate: tally.mean(chosen, n, ..., rate, ...))
    title("Chosen method, by n and shape of the delays")
    table("n", SHAPES, SIZES, lambda n, shape: tally.mean(chosen, n, ..., ..., shape))
    title("Chosen method: n, share of open leads and true rate that hold less than 94 %, over shapes and arrivals")
    for n, share, rate in product(SIZES, OPEN_SHARES, RATES):
        if (held := tally.mean(chosen, n, share, rate, ...)) < 0.94:
            sys.stdout.write(f"- n = {n}, {share:.0%} open, rate {rate:.0%}: {held:.1%}\n")
    title("Share of cells whose rate can be read at the window")
    table("n", OPEN_SHARES, SIZES, lambda n, share: readable.mean(n, share, ...))


def equivalent_jeffreys(at: IncidenceAt) -> Ends:
    """What Accord shows."""
    interval = incidence_interval(at)
    return interval.low, interval.high


def effective_jeffreys(at: IncidenceAt) -> Ends:
    """Jeffreys on the count whose plain share has the Aalen variance."""
    n, spread = np.broadcast_to(at.n[:, None].astype(float), at.value.shape), at.value * (1 - at.value)
    count = at.followed.copy()
    np.divide(spread, at.variance, out=count, where=(at.variance > 0) & (spread > 0))
    count = np.clip(count, np.minimum(at.followed, n), n)
    interval = jeffreys(np.clip(at.value * count, 0, count), count)
    return interval.low, interval.high


def complementary_log_log(at: IncidenceAt) -> Ends:
    """Normal on the scale of log(−log); where the variance is 0, Jeffreys on the leads followed to the window."""
    value = np.clip(at.value, 1e-12, 1 - 1e-12)
    error = np.sqrt(at.variance) / np.abs(value * np.log(value))
    odds = np.log(-np.log(value))
    ends = [np.exp(-np.exp(np.clip(odds + side * NORMAL * error, -700, 6))) for side in (1, -1)]
    other_low, other_high = effective_jeffreys(at)
    flat = at.variance <= 0
    return np.where(flat, other_low, ends[0]), np.where(flat, other_high, ends[1])


def quantiles(effort: float) -> None:
    """Quantiles of the delay to acceptance."""
    tally = Tally()
    chance = np.random.default_rng(4)
    sizes = (30, 100, 300, 2000)
    for n in sizes:
        for world in worlds():
            if world.rate not in {0.2, 0.5, 0.8}:
                continue
            table_ = world.cells(n, max(int(effort * np.clip(3e5 / n, 150, 2000)), 20), chance)
            answer = delay_quantiles(table_, PROBABILITIES, WINDOW)
            known = answer.identified & (answer.n >= 10)
            for place, truth in enumerate(true_quantiles(world.shape, PROBABILITIES)):
                hit = (answer.low[:, place] <= truth) & (truth <= answer.high[:, place])
                tally.add(hit[known], n, world.open_share, PROBABILITIES[place])
    title("Delay quantiles, 10 acceptances or more, by n and share of open leads")
    rows = [(n, p) for n in sizes for p in PROBABILITIES]
    table("n, quantile", OPEN_SHARES, rows, lambda row, share: tally.mean(row[0], share, row[1]))


def weighted_delays(effort: float) -> None:
    """The weighted mean delay; in half of the worlds important leads are handled faster."""
    tally = Tally()
    sizes = (20, 50, 200, 1000)
    for shape in SHAPES:
        for urgent_first in (False, True):
            truth = weighted_truth(shape, urgent_first)
            for n in sizes:
                for recent in (0.0, 0.3, 0.7):
                    chance = np.random.default_rng(n)
                    replicates = max(int(effort * min(4000, 1.5e6 / n)), 20)
                    weight, hours = weights_and_delays(shape, urgent_first, n * replicates, chance)
                    age = np.where(chance.random(len(hours)) < recent, 300 * chance.random(len(hours)), 2 * WINDOW)
                    handled = age >= hours
                    cell = np.repeat(np.arange(replicates), n)
                    time = binned(np.minimum(age, hours))
                    risk = table_of(cell, replicates, time, np.where(handled, 0, 3))
                    leads = (cell[handled], time[handled], weight[handled], hours[handled])
                    mean = weighted_mean(WeightedSums.of_leads(replicates, *leads), risk, WINDOW)
                    known = mean.identified & (mean.n >= 10)
                    tally.add(((mean.low <= truth) & (truth <= mean.high))[known], n, recent, shape)
    title("Weighted mean delay, by n and share of leads of the last 300 hours")
    table("n", (0.0, 0.3, 0.7), sizes, lambda n, recent: tally.mean(n, recent, ...))
    title("Weighted mean delay, by n and shape of the delays")
    table("n", SHAPES, sizes, lambda n, shape: tally.mean(n, ..., shape))


def weights_and_delays(shape: str, urgent_first: bool, size: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """The default weights of bands and needs, and the hours each lead waits."""
    band = np.array([3, 2, 1, 0.5])[chance.choice(4, size, p=[0.1, 0.2, 0.4, 0.3])]
    weight = band * np.array([2, 1.5, 1])[chance.choice(3, size, p=[0.2, 0.3, 0.5])]
    hours = delays(shape, size, chance)
    return weight, np.minimum(hours / np.sqrt(weight), WINDOW - 1) if urgent_first else hours


def weighted_truth(shape: str, urgent_first: bool) -> float:
    """The weighted mean of four million."""
    weight, hours = weights_and_delays(shape, urgent_first, 4_000_000, np.random.default_rng(5))
    return float((weight * hours).sum() / weight.sum())


def small_segments(effort: float) -> None:
    """Segments that differ by a known spread: error and coverage, shrunk against raw."""
    errors, hits = Tally(), Tally()
    chance = np.random.default_rng(6)
    spreads = (0.0, 0.02, 0.05, 0.10, 0.20)
    sizes = ((10, 60), (50, 1000))
    counts = (2, 3, 8, 30)
    for segments in counts:
        for spread in spreads:
            for least, most in sizes:
                for rate in (0.3, 0.5, 0.8):
                    groups = max(int(effort * min(3000, 12_000 / segments)), 20)
                    truth = np.full(groups * segments, rate)
                    if spread:
                        strength = rate * (1 - rate) / spread**2 - 1
                        truth = chance.beta(rate * strength, (1 - rate) * strength, len(truth))
                    trials = np.exp(chance.uniform(np.log(least), np.log(most), len(truth))).astype(int)
                    won = chance.binomial(trials, truth)
                    shrunk = shrink(won, trials, np.repeat(np.arange(groups), segments), groups)
                    error = ((shrunk.value - truth) ** 2).mean() / ((won / trials - truth) ** 2).mean()
                    errors.shares[(segments, spread, least)].append(float(error))
                    hits.add((shrunk.low <= truth) & (truth <= shrunk.high), segments, spread, least)
    rows = [(segments, least) for least, _ in sizes for segments in counts]
    title("Small segments: mean squared error, shrunk ÷ raw, by the true spread of the segments' rates")
    table("segments, least leads", spreads, rows, lambda row, spread: errors.mean(row[0], spread, row[1]), "{:.2f}")
    title("Small segments: coverage")
    table("segments, least leads", spreads, rows, lambda row, spread: hits.mean(row[0], spread, row[1]))


def title(text: str) -> None:
    """Print a heading."""
    sys.stdout.write(f"\n### {text}\n\n")


def table(
    corner: str,
    columns: Iterable[object],
    rows: Sequence[Any],
    entry: Callable[[Any, Any], float],
    form: str = "{:.1%}",
) -> None:
    """Print a Markdown table."""
    heads = list(columns)
    lines = [[corner, *(f"{head:.0%}" if isinstance(head, float) else str(head) for head in heads)]]
    lines.append(["---"] * len(lines[0]))
    for row in rows:
        parts = row if isinstance(row, tuple) else (row,)
        entries = [entry(row, head) for head in heads]
        cells = [form.format(value) if np.isfinite(value) else "" for value in entries]
        lines.append([", ".join(str(part) for part in parts), *cells])
    sys.stdout.writelines(f"| {' | '.join(line)} |\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
