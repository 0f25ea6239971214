"""Hold diagnoses against simulated companies whose causes are known: recall, precision, calibration, false alarms.

    python bench/calibrate.py            every size and kind, on seeds that no tuning has seen
    python bench/calibrate.py --quick    a few companies of one size, in about two minutes
    python bench/calibrate.py --keep a.jsonl; python bench/calibrate.py --of a.jsonl b.jsonl

Prints the table of docs/method/diagnosis.md. A planted cause counts as found when a finding of its kind, among the
first three, selects the same leads (at least 70 % of either's in common) and, where it began at some date, dates it
within three weeks or has the date in its interval. A kind of lead that does well and a criterion with too few points
are one thing where both select the same leads: either finding is the other's cause. Everything else that is reported
counts as false, even where it is one of the ordinary differences that the simulator draws for every segment.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: threads only wait for each other

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from oracle import HABITS, moved_by_habit, oracle

from accord.agreement.load import load_agreement
from accord.agreement.model import Agreement
from accord.demo.agreement import agreement_text
from accord.demo.company import HEALTHY, Cause, Company
from accord.demo.population import WORDS
from accord.demo.simulate import Simulation, simulate
from accord.demo.truth import Planted
from accord.demo.vocabulary import TEAMS
from accord.diagnosis.accepting import ALIAS
from accord.diagnosis.cases import Cases, Rows, fetch_cases
from accord.diagnosis.diagnose import examine_cases
from accord.diagnosis.report import Finding
from accord.engines.duckdb import DuckDBEngine
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at, episode_inputs
from accord.readmodel.opening import newest_moment
from accord.readmodel.source import EPISODES, Source
from accord.stats.intervals import jeffreys
from accord.tables.episodes import episodes
from accord.tables.times import microseconds

UNTIL = date(2026, 7, 1)
TABLES = ("reps", "leads", "touches", "handoffs", "decisions", "activities", "opportunities", "spend")
STEEP = replace(Company(), worth_slope=1.5)
"""Where the score orders leads sharply, points that are missing show; where it hardly does, they do not matter."""
UNSEEN = 20_000_000
"""Seeds from here on were used for nothing else; tuning used others."""

KINDS = (
    *(
        "healthy",
        "healthy",
        "healthy",
        "durably_low",
        "sudden_drop",
        "sudden_drop_in",
        "segment_friction",
        "segment_model",
    ),
    *("resistance", "training", "overload", "territory", "slow_response", "token_effort", "rubber_stamp"),
    *("definition_gap", "overweighted_signal", "underweighted_signal", "mix_shift", "two"),
)
SEGMENT_DIMENSIONS = ("channel", "sector", "country", "lead_type", "job_function", "seniority", "account_size")


@dataclass(frozen=True)
class Told:
    """One finding, and whether it is true."""

    kind: str
    confidence: float
    true: bool
    rep: bool
    name: str


@dataclass(frozen=True)
class Outcome:
    """One company: what was planted, and what was reported.

    Of what was planted: kind, oracle's z, found within three, right cause, reason, z by the chance of leads alone.
    """

    label: str
    size: int
    seed: int
    planted: tuple[tuple[str, float, bool, bool, str, float], ...]
    told: tuple[Told, ...]
    reps: int
    verdict: str


class Planting(NamedTuple):
    """A planted cause: what an oracle sees (z), whether it was found with its cause right, and the company's size."""

    z: float
    found: bool
    right: bool
    size: int
    by_chance: float


OF_THE_RATE = frozenset({"sudden_drop", "segment_friction", "segment_model", "rep_gap", "rubber_stamp"})
"""Kinds whose planted effect is one on the acceptance of the leads they touch."""

MERITS = frozenset({"segment_model", "underweighted_signal"})
"""Kinds that say of leads that they deserve more than their points; of the same leads they say the same."""

CLEAR = 5.0
"""Standard errors from which a cause counts as clear to somebody told where and since when to look."""


def agreement_of(company: Company, size: int) -> Agreement:
    """What the simulated company agreed on, points included."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "accord.yaml"
        path.write_text(agreement_text(company, size, UNTIL), encoding="utf-8")
        return load_agreement(path).agreement


def source_of(simulation: Simulation, agreement: Agreement) -> Source:
    """A source over the simulated tables, in memory."""
    engine, rows = DuckDBEngine(), {}
    for name in TABLES:
        table = pa.concat_tables(list(simulation.tables[name]()))
        engine.keep(name, table)
        rows[name] = table.num_rows
    engine.materialise(EPISODES, episodes(episode_inputs(engine, agreement)))
    return Source(engine, agreement, newest_moment(engine, agreement), rows)


def causes_of(label: str, rng: np.random.Generator) -> tuple[Cause, ...]:
    """Planted causes of a kind, at a place and a strength drawn at random."""
    if label == "healthy":
        return ()
    if label == "two":
        return (*causes_of("sudden_drop_in", rng), *causes_of("resistance", rng))
    rep = {"rep_id": f"R{rng.integers(1, 20):03d}"}
    team = {"team": TEAMS[rng.integers(len(TEAMS))][0]}
    anybody = rep if rng.random() < 0.6 else team
    strength = float(rng.uniform(0.12, 0.35))
    weeks = int(rng.integers(6, 40))
    # elsewhere a team has a country to itself: nothing in the data tells its training from the country's leads
    trained = rep if rng.random() < 0.3 else {"team": ("France Nord", "France Sud")[rng.integers(2)]}
    trained = trained | {"lead_type": ("demo_request", "white_paper", "webinar", "contact_request")[rng.integers(4)]}
    slow = team if rng.random() < 0.5 else {"channel": _word("channel", rng)}
    planted = {
        "durably_low": Cause("durably_low", {}, float(rng.uniform(0.24, 0.4))),
        "sudden_drop": Cause("sudden_drop", {}, strength, weeks),
        "sudden_drop_in": Cause("sudden_drop", _segment(rng, 2), strength, weeks),
        "segment_friction": Cause("segment_friction", _segment(rng, 3), strength),
        "segment_model": Cause("segment_model", _segment(rng, 2), min(strength, 0.22)),
        "resistance": Cause("rep_gap", anybody, strength, reason="resistance"),
        "training": Cause("rep_gap", trained, float(rng.uniform(0.2, 0.4)), reason="training"),
        "overload": Cause("rep_gap", anybody, float(rng.uniform(1.5, 2.5)), reason="overload"),
        "territory": Cause("rep_gap", {"territory": _word("territory", rng)}, strength, reason="territory"),
        "slow_response": Cause("slow_response", slow, float(rng.uniform(4, 10))),
        "token_effort": Cause("token_effort", anybody, float(rng.uniform(0.25, 0.8))),
        "rubber_stamp": Cause("rubber_stamp", anybody, float(rng.uniform(0.95, 0.99))),
        "definition_gap": Cause("definition_gap", _segment(rng, 1), float(rng.uniform(0.25, 0.6))),
        "overweighted_signal": Cause("overweighted_signal", _criterion(rng, OVER), float(rng.uniform(3, 5))),
        "underweighted_signal": Cause("underweighted_signal", _criterion(rng, UNDER), float(rng.uniform(0.02, 0.2))),
    }
    if label == "mix_shift":
        where = {"channel": "content_syndication"}
        shift = Cause("mix_shift", where, float(rng.uniform(3, 6)), int(rng.integers(8, 36)))
        return Cause("segment_friction", where, 0.25), shift
    return (planted[label],)


def with_season(company: Company, seed: int) -> Company:
    """The company with a season and a drift of its acceptance that are nobody's fault.

    Up to three points to either side of the year's mean, up to three gained or lost from its start to its end.
    """
    rng = np.random.default_rng((seed, 1))  # of its own: what is planted stays what it was
    season, peak, trend = rng.uniform(0, 0.15), rng.uniform(0, 1), rng.uniform(-0.15, 0.15)
    return replace(company, season=season, season_peak=peak, trend=trend)


OVER = ("download", "webinar", "page_view", "pricing_view")
UNDER = ("demo_request", "trial", "form", "pricing_view", "call_in")


def _criterion(rng: np.random.Generator, among: Sequence[str]) -> dict[str, str]:
    return {"criterion": among[int(rng.integers(len(among)))]}


def _segment(rng: np.random.Generator, deepest: int) -> dict[str, str]:
    depth = int(rng.integers(1, deepest + 1))
    names = [name for name in SEGMENT_DIMENSIONS if name != "account_size"]
    return {str(name): _word(str(name), rng) for name in rng.choice(names, depth, replace=False)}


def _word(name: str, rng: np.random.Generator) -> str:
    words = WORDS[name]
    return words[rng.integers(len(words))]


def same(finding: Finding, planted: Planted, cases: Cases) -> bool:
    """Whether a finding is the planted cause."""
    if {finding.kind, planted.cause.kind} == MERITS and finding.kind != planted.cause.kind:
        here, there = (_rows_of(dict(where), cases) for where in (finding.where, planted.cause.where))
        return bool((here & there).sum() >= ALIAS * max((here | there).sum(), 1))
    if finding.kind != planted.cause.kind:
        return False
    if "criterion" in finding.where:
        return dict(finding.where) == dict(planted.cause.where)
    here, there = cases.rows(finding.where), cases.rows(dict(planted.cause.where))
    either = int((here | there).sum())
    if not either or (here & there).sum() < 0.7 * either:
        return False
    if planted.since is None or finding.since is None:
        return (planted.since is None) == (finding.since is None) or planted.cause.kind in {"rep_gap", "slow_response"}
    within = finding.since_low and finding.since_high and finding.since_low <= planted.since <= finding.since_high
    return bool(within) or abs((finding.since - planted.since).days) <= 21


def _rows_of(where: dict[str, str], cases: Cases) -> Rows:
    """The cases of a segment, or those that a criterion gives points."""
    if "criterion" not in where:
        return cases.rows(where)
    points = cases.points
    place = next((k for k, one in enumerate(points.criteria) if one.id == where["criterion"]), None) if points else None
    if points is None or place is None:
        return np.zeros(len(cases), dtype=np.bool_)
    return np.asarray(points.known & (points.given[:, place] != 0))


def material(planted: Planted, agreement: Agreement, cases: Cases) -> bool:
    """Whether a planted cause moves as many acceptances, and points, as the agreement says are anybody's concern."""
    if planted.cause.kind in HABITS:
        return moved_by_habit(planted, cases) >= agreement.materiality.acceptances
    if planted.cause.kind not in OF_THE_RATE:
        return True
    least, moved = agreement.materiality, abs(planted.effect)
    return moved * 100 >= least.points and moved * planted.leads >= least.acceptances


def run(task: tuple[str, int, int]) -> Outcome:
    """Simulate one company, diagnose it, compare."""
    label, size, seed = task
    rng = np.random.default_rng(seed)
    usual = STEEP if label == "underweighted_signal" else Company()
    company = with_season(HEALTHY if label == "healthy" else usual.with_causes(*causes_of(label, rng)), seed)
    agreement = agreement_of(company, size)
    simulation = simulate(company, size, seed, UNTIL)
    with source_of(simulation, agreement) as source:
        clock = business_clock_at(agreement, source.as_of)
        cases = fetch_cases(source, Observation("explicit", agreement.acceptance, microseconds(source.as_of), clock))
        report = examine_cases(source, cases)
    truth = simulation.truth.planted
    reported = [finding for finding in report.findings if finding.kind != "not_measurable"]
    planted = []
    for place, one in enumerate(truth):
        top = [*reported[:3], *(report.models[:3] if one.cause.kind in MERITS else ())]
        matches = [finding for finding in top if same(finding, one, cases)]
        right = bool(matches) and bool(one.cause.kind != "rep_gap" or matches[0].cause == one.cause.reason)
        z, by_chance = oracle(simulation, place, cases) if material(one, agreement, cases) else (0.0, 0.0)
        planted.append((one.cause.kind, z, bool(matches), right, one.cause.reason or "", by_chance))
    told = tuple(
        Told(
            finding.kind,
            finding.confidence,
            any(same(finding, one, cases) for one in truth),
            finding.kind == "rep_gap" and "rep_id" in finding.where,
            finding.id,
        )
        for finding in (*reported, *report.models)
    )
    return Outcome(label, size, seed, tuple(planted), told, cases.reps_named, report.verdict)


def table(outcomes: Sequence[Outcome], least: int = 4_000) -> str:
    """What was measured, as text: shares with how many they are of, and their 95 % intervals."""
    big = [one for one in outcomes if one.size >= least]
    lines = [f"Companies: {len(outcomes)}, of them {len(big)} with {least:,} handoffs a year or more", ""]
    seen: dict[str, list[Planting]] = defaultdict(list)
    for one in big:
        for kind, z, found, right, reason, by_chance in one.planted:
            seen[f"{kind} {reason}".strip()].append(Planting(z, found, right, one.size, by_chance))
    lines.append(
        f"{'kind, at ' + format(least, ',') + ' a year or more':32}{'planted':>8}{'z>=5':>6}{'found':>7}   recall"
    )
    for kind in sorted(seen):
        clear = [one for one in seen[kind] if one.z >= CLEAR]
        caught = sum(one.found for one in clear)
        lines.append(f"{kind:32}{len(seen[kind]):8}{len(clear):6}{caught:7}   {_share(caught, len(clear))}")
    everything = [one for kind in seen.values() for one in kind if one.z >= CLEAR]
    caught = sum(one.found for one in everything)
    lines.append(
        f"{'all':32}{sum(map(len, seen.values())):8}{len(everything):6}{caught:7}   {_share(caught, len(everything))}"
    )
    lasting = [one for kind in seen.values() for one in kind if one.by_chance >= CLEAR > one.z]
    if lasting:
        lines.append(
            f"{'clear but for ordinary spread':32}{'':14}{sum(one.found for one in lasting):7}   of {len(lasting)}"
        )
    gaps = [
        one
        for kind, those in seen.items()
        if kind.startswith("rep_gap")
        for one in those
        if one.z >= CLEAR and one.found
    ]
    lines += ["", f"Right cause of the rep gaps found: {_share(sum(one.right for one in gaps), len(gaps))}"]
    healthy = [one for one in big if one.label == "healthy"]
    alarms = sum(bool(one.told) for one in healthy)
    lines.append(f"Healthy companies with any finding or model: {_share(alarms, len(healthy))}")
    reps = sum(one.reps for one in big)
    blamed = sum(t.rep and not t.true for one in big for t in one.told)
    lines.append(f"Reps blamed though nothing was planted: {_share(blamed, reps)}")
    lines += ["", f"{'confidence':32}{'reported':>8}   true"]
    reported = [t for one in big for t in one.told]
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        inside = [t for t in reported if low <= t.confidence < high]
        bounds = f"{low:.2f} to {min(high, 1):.2f}"
        lines.append(f"{bounds:32}{len(inside):8}   {_share(sum(t.true for t in inside), len(inside))}")
    told = Counter((t.kind, t.true) for t in reported)
    lines += ["", f"{'reported kind':32}{'reported':>8}   true"]
    for kind in sorted({kind for kind, _ in told}):
        good, bad = (told[kind, true] for true in (True, False))
        lines.append(f"{kind:32}{good + bad:8}   {_share(good, good + bad)}")
    return "\n".join([*lines, "", *_power(outcomes)])


def _power(outcomes: Sequence[Outcome]) -> list[str]:
    """Share found by size of the company, and by how clear the causes are there to somebody told where to look."""
    heads = ("all planted", "z below 3", "z of 3 to 5", f"z of {CLEAR:.0f} and more")
    lines = [f"{'found, by handoffs a year':32}" + "".join(f"{head:>20}" for head in heads)]
    for size in sorted({one.size for one in outcomes}):
        planted = [(z, found) for one in outcomes if one.size == size for _, z, found, *_ in one.planted]
        cells = []
        for low, high in ((-np.inf, np.inf), (-np.inf, 3.0), (3.0, CLEAR), (CLEAR, np.inf)):
            inside = [found for z, found in planted if low <= z < high]
            cells.append(f"{sum(inside)} of {len(inside)}" if inside else "-")
        lines.append(f"{size:<32,}" + "".join(f"{cell:>20}" for cell in cells))
    return lines


def _share(count: int, of: int) -> str:
    if not of:
        return "-"
    interval = jeffreys(count, of)
    return f"{100 * count / of:.1f} % ({100 * float(interval.low):.1f} to {100 * float(interval.high):.1f}) of {of:,}"


def _line(outcome: Outcome) -> str:
    return json.dumps(asdict(outcome))


def _read(line: str) -> Outcome:
    kept = json.loads(line)
    told = tuple(Told(**one) for one in kept.pop("told"))
    planted = tuple(tuple(one) for one in kept.pop("planted"))
    return Outcome(**kept, planted=planted, told=told)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two companies per kind, of one size")
    parser.add_argument("--each", type=int, default=6, help="companies per kind and size")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_500, 5_000, 15_000, 50_000])
    parser.add_argument("--seed", type=int, default=UNSEEN, help="the first seed")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="write a line per company there, for --of")
    parser.add_argument(
        "--of", type=Path, nargs="+", help="print the table of companies kept earlier, and simulate none"
    )
    options = parser.parse_args()
    if options.of:
        print(table([_read(line) for file in options.of for line in file.read_text().splitlines()]))
        return
    sizes, each = ([5_000], 2) if options.quick else (options.sizes, options.each)
    tasks = [
        (label, size, options.seed + 1000 * place + 100 * number + copy)
        for copy in range(each)
        for number, size in enumerate(sizes)
        for place, label in enumerate(options.kinds)
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes = []
        for outcome in pool.map(run, tasks):
            outcomes.append(outcome)
            if options.keep:
                with options.keep.open("a") as file:
                    file.write(f"{_line(outcome)}\n")
    print(table(outcomes))


if __name__ == "__main__":
    main()
