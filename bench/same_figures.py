"""Whether Accord's report and the one written in pandas say the same, figure by figure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from report_in_pandas import COUNTS, SHARES, Report

from accord.acceptance.figures import AcceptanceReport, AcceptanceRow
from accord.metrics.acceptance import FINE_MINUTES

__all__ = ["largest_differences"]


def largest_differences(ours: AcceptanceReport, theirs: Report, lost: Mapping[str, int]) -> dict[str, float]:
    """The largest difference of any share, of any delay (in hours), and of either where leads are still open.

    Accord counts in whole minutes, beyond 72 hours in whole hours, and pandas in seconds: quantiles are rounded up
    alike before they are compared, and where somebody is censored the curves differ by what that moves. ``SystemExit``
    where a count differs or pandas lacks a figure. ``lost``: the rows that pandas could not use, by reason.
    """
    worst = {"shares": 0.0, "delays": 0.0, "shares where open": 0.0, "delays where open": 0.0}
    cells = {(row["channel"], row["week"]): row for row in theirs.cells.to_dict("records")}
    pairs = [(row, cells[row.segment["channel"], row.period]) for row in ours.answers["explicit"].rows]
    pairs.append((ours.answers["explicit"].totals, theirs.totals.iloc[0].to_dict()))
    for row, other in pairs:
        counted = [("handed", row.handed), *((name, getattr(row, name)) for name in COUNTS)]
        for name, count in counted:
            if count != other[name]:
                raise SystemExit(f"{row.segment} {row.period} {name}: {count} here, {other[name]} in pandas")
        for kind, figure, value in _shares_and_delays(row, other):
            if hasattr(figure, "value"):
                _note(worst, f"{kind} where open" if row.open else kind, figure.value - value)
    for kept in ours.promises:
        if hasattr(kept.kept, "value"):
            _note(worst, "shares where open", kept.kept.value - theirs.promises[kept.name])
    if [month.delivered for month in ours.commitments] != theirs.delivered.tolist():
        raise SystemExit("leads delivered by month differ")
    if ours.left_out != lost:
        raise SystemExit(f"rows left out: {dict(ours.left_out)} here, {lost} in pandas")
    return worst


def _note(worst: dict[str, float], kind: str, difference: float) -> None:
    if math.isnan(difference):
        raise SystemExit(f"pandas has no figure where Accord has one ({kind})")
    worst[kind] = max(worst[kind], abs(difference))


def _shares_and_delays(row: AcceptanceRow, other: dict[str, Any]) -> Iterator[tuple[str, Any, float]]:
    yield "shares", row.rate, other["rate"]
    yield "shares", row.raw_rate, other["raw_rate"]
    for name in SHARES:
        yield "shares", getattr(row, name), other[f"{name}_rate"]
    for name in ("within", "business_within", "answered_within"):
        for label, figure in getattr(row, name).items():
            yield "shares", figure, other[f"{name}_{label}"]
    for prefix, delays in (("", row.delay_hours), ("business_", row.business_delay_hours)):
        for name, figure in delays.items():
            yield "delays", figure, _rounded_up(other[f"{prefix}{name}"])
    yield "delays", row.weighted_delay_hours, other["weighted_delay"]


def _rounded_up(hours: float) -> float:
    minutes = math.ceil(round(hours * 60, 6))
    return minutes / 60 if minutes <= FINE_MINUTES else float(math.ceil(round(hours, 6)))
