"""A scenario in the shape that programs read; docs/guides/value.md names every key."""

from __future__ import annotations

from accord.value.scenario import DRAWS, SEED
from accord.value.scenario_figures import LINES, OF_REVENUE, OF_SPEND, Assumption, Moved, Scenario
from accord.values import Json

__all__ = ["scenario_json", "scenario_lines"]


def scenario_json(scenario: Scenario) -> dict[str, Json]:
    """What was supposed and where, both worlds figure by figure, and the assumptions by their codes."""
    return {
        "if": [
            {
                "lever": each.lever,
                "kind": each.kind,
                "amount": each.amount,
                **_moved(scenario.levers[each.lever]),
            }
            for each in scenario.suppositions
        ],
        "where": dict(scenario.where),
        "leads": scenario.leads,
        "horizon_days": scenario.horizon_days,
        "draws": DRAWS,
        "seed": SEED,
        "figures": list(scenario_lines(scenario)),
        "assumptions": [_assumption(each) for each in scenario.assumptions],
        "spend_left_out": dict(scenario.spend_left_out),
        "orders_left_out": dict(scenario.orders_left_out),
    }


def scenario_lines(scenario: Scenario) -> list[dict[str, Json]]:
    """One object per figure, in the order in which they are shown."""
    return [
        {
            "figure": line,
            **_moved(scenario.lines[line]),
            "spend_without_rate": line in OF_SPEND and bool(scenario.spend_left_out),
            "revenue_without_rate": line in OF_REVENUE and bool(scenario.orders_left_out),
        }
        for line in LINES
    ]


def _moved(moved: Moved) -> dict[str, Json]:
    found: dict[str, Json] = {
        "now": moved.now.to_json(),
        "then": moved.then.to_json(),
        "change": moved.change.to_json(),
    }
    return found | ({} if moved.cautious is None else {"cautious_change": moved.cautious.to_json()})


def _assumption(assumption: Assumption) -> dict[str, Json]:
    figure = assumption.figure
    if figure is None:
        return {"code": assumption.code}
    return {"code": assumption.code, "figure": figure if isinstance(figure, float) else figure.to_json()}
