"""The step of the bench that measures curves of very many cells against lifelines."""
# ruff: noqa: PLC0415 - a step loads what it measures and nothing else, or its memory would not be its own

from __future__ import annotations

from pathlib import Path
from typing import Any

from watching import watched


def curves(workspace: str, cells: str, sampled: str) -> Any:
    """Curves of ``cells`` cells at once, and lifelines' of ``sampled`` of them one by one, from the same delays."""
    import warnings

    import numpy as np
    from lifelines import AalenJohansenFitter

    from accord.stats.curve import Curve
    from accord.stats.risk import RiskTable

    wanted, few = int(cells), int(sampled)
    minutes, cause, cell = _delays(Path(workspace), wanted)
    place, rows = np.unique(cell * 100_000 + minutes, return_inverse=True)

    def of(code: int) -> Any:
        return np.bincount(rows[cause == code], minlength=place.size)

    horizons = [24.0, 48.0, 720.0]
    seconds = []
    for _turn in range(3):
        with watched() as watch:
            table = RiskTable(
                wanted,
                place // 100_000,
                place % 100_000 / 60,
                accepted=of(1),
                rejected=of(2),
                expired=of(3),
                censored=of(0),
            )
            read = Curve(table).at(horizons)
        seconds.append(watch.seconds)
    chosen = np.random.default_rng(1).choice(wanted, few, replace=False)
    worst = 0.0
    with warnings.catch_warnings(), watched() as watch:
        warnings.simplefilter("ignore")
        for number in chosen:
            mine = slice(*np.searchsorted(cell, [number, number + 1]))
            # lifelines shakes equal times at random; told apart by a billionth, events first, it has nothing to shake
            order = np.lexsort((cause[mine] == 0, minutes[mine]))
            hours = minutes[mine][order] / 60 + 1e-9 * np.arange(order.size)
            fitter = AalenJohansenFitter(calculate_variance=True).fit(hours, cause[mine][order], event_of_interest=1)
            curve = fitter.cumulative_density_.iloc[:, 0]
            at = [float(curve[curve.index <= horizon + 1e-4].iloc[-1]) for horizon in horizons]
            if read.identified[number].all():
                worst = max(worst, float(np.abs(read.value[number] - at).max()))
    return {
        "ours": min(seconds),
        "lifelines_each": watch.seconds / few,
        "rows": int(cell.size),
        "largest_difference": worst,
    }


def _delays(workspace: Path, cells: int) -> Any:
    """Delays in whole minutes, causes and cells of the workspace's handoffs, by cell: spread over ``cells`` of them."""
    import numpy as np

    from accord.readmodel.opening import open_source
    from accord.workspace import Workspace

    with open_source(Workspace(workspace)) as source:
        rows = source.engine.run_sql(f"""
            WITH last AS (SELECT max(at_us) AS now_us FROM episodes)
            SELECT row_number() OVER (ORDER BY rep_id, at_us, handoff_id) * {cells} // (count(*) OVER () + 1) AS cell,
                CASE WHEN at_us + decision_us <= now_us THEN CASE decision WHEN 'accepted' THEN 1 ELSE 2 END
                     WHEN at_us + end_us <= now_us THEN 3 ELSE 0 END AS cause,
                greatest(1, ceil(least(coalesce(decision_us, end_us), end_us, now_us - at_us) / 6e7))::BIGINT AS minutes
            FROM episodes, last ORDER BY 1
        """)
    return (np.asarray(rows[name].to_numpy(), dtype=np.int64) for name in ("minutes", "cause", "cell"))
