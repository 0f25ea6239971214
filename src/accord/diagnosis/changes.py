"""Why the rate moved between two spans: other leads, or like leads faring differently; per dimension, in exact sums.

And what the company itself changed meanwhile: versions of the agreement, people, campaigns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from accord.diagnosis.cases import Cases, Dimension, Rows
from accord.diagnosis.figuring import share
from accord.diagnosis.report import Change, ChangeRow, ChangeTable, Finding, OwnChange
from accord.metrics.cells import MISSING
from accord.stats.differences import difference
from accord.stats.mix import mix_and_rate
from accord.values import Estimate

__all__ = ["change_of", "own_changes"]

EPOCH = date(1970, 1, 1)
LATEST_DAYS = 91
"""Without a date on which something changed, the last thirteen mature weeks are held against what came before."""

LEAST_LEADS = 50
"""Either span needs so many mature leads."""

NEW_AFTER_DAYS = 28
"""What appears within the first four weeks looked at was there before."""

EXPECTED = 5.0
"""What would have been expected so often before it first appeared, at its pace since, began then."""

NEAR_DAYS = 14
"""Days before and after a dated finding in which an own change stands beside it."""

STARTS = ("agreement", "rep_id", "campaign", "channel")


def change_of(cases: Cases, findings: Sequence[Finding]) -> Change | None:
    """The mature leads before and after the clearest dated finding about acceptance, else the latest quarter's and
    those before; None where either has too few.
    """
    if not cases.judgeable:
        return None
    mature = cases.age >= cases.window
    dated = [one for one in findings if one.since is not None and one.kind in {"sudden_drop", "mix_shift"}]
    latest = cases.as_of_day - cases.window
    border = (dated[0].since - EPOCH).days if dated and dated[0].since else latest - LATEST_DAYS + 1
    before, after = mature & (cases.day < border), mature & (cases.day >= border)
    if min(int(before.sum()), int(after.sum())) < LEAST_LEADS:
        return None
    here, there = share(cases.accepted, after), share(cases.accepted, before)
    assert isinstance(here, Estimate)
    assert isinstance(there, Estimate)
    known = after & np.isfinite(cases.cost)
    each = float(cases.cost[known].mean()) if known.sum() >= 0.5 * after.sum() else None
    leads = int(after.sum())
    tables = [_table(cases, dimension, before, after, each) for dimension in cases.dimensions]
    tables.sort(key=lambda table: (-sum(abs(row.mix) + abs(row.interaction) for row in table.rows), table.dimension))
    moved = difference(here, there)
    assert isinstance(moved, Estimate)
    return Change(
        border=EPOCH + timedelta(days=border),
        finding=dated[0].id if dated else None,
        before=there,
        after=here,
        moved=moved,
        leads=leads,
        acceptances=moved.value * leads,
        cost=None if each is None else -moved.value * leads * each,
        tables=tuple(tables),
    )


def _table(cases: Cases, dimension: Dimension, before: Rows, after: Rows, each: float | None) -> ChangeTable:
    every = (before, after, before & cases.accepted, after & cases.accepted)
    n0, n1, k0, k1 = (dimension.counts(rows).astype(np.float64) for rows in every)
    split = mix_and_rate(n0, k0, n1, k1)
    leads = float(n1.sum())
    rows = tuple(
        ChangeRow(
            dimension.values[value],
            int(n0[value]),
            int(n1[value]),
            int(k0[value]),
            int(k1[value]),
            float(split.mix[value]),
            float(split.rate[value]),
            float(split.interaction[value]),
        )
        for value in np.flatnonzero(n0 + n1)
    )
    return ChangeTable(dimension.name, rows, *split.totals, leads=int(leads), cost_per_lead=each)


def own_changes(cases: Cases, findings: Sequence[Finding]) -> tuple[OwnChange, ...]:
    """Versions of the agreement, reps, campaigns and channels that began while leads were looked at, oldest first.

    Each names the dated findings that began within two weeks of it: beside them, not because of them.
    """
    if not len(cases):
        return ()
    first, last = int(cases.day.min()), int(cases.day.max())
    began: list[tuple[int, str, str]] = []
    dimensions = [cases.versions, *(cases.dimension(name) for name in STARTS[1:])]
    for name, dimension in zip(STARTS, dimensions, strict=True):
        if dimension is None:
            continue
        size = len(dimension.values)
        start = np.full(size, last + 1)
        np.minimum.at(start, dimension.code, cases.day)
        count = np.bincount(dimension.code, minlength=size)
        pace = count / np.maximum(last - start + 1, 1)
        new = (start > first + NEW_AFTER_DAYS) & (pace * (start - first) >= EXPECTED) & (count >= EXPECTED)
        began += [
            (int(start[v]), name, dimension.values[v]) for v in np.flatnonzero(new) if dimension.values[v] != MISSING
        ]
    dated = [(one.id, one.since_low, one.since_high) for one in findings if one.since_low and one.since_high]
    margin = timedelta(days=NEAR_DAYS)
    answer = []
    for day, name, value in sorted(began):
        on = EPOCH + timedelta(days=day)
        near = tuple(finding for finding, low, high in dated if low - margin <= on <= high + margin)
        answer.append(OwnChange(on, name, value, near))
    return tuple(answer)
