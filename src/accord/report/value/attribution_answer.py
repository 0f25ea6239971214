"""Attribution and multichannel in the shape that programs read; docs/guides/attribution.md names every key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from accord.value.attribution_figures import WHOLE, Attribution, ChannelCredit, Multichannel
from accord.value.figures import ValueReport, ValueRow
from accord.values import Json

__all__ = ["LinesOf", "attributed_row", "attribution_json", "multichannel_json", "value_lines"]

LinesOf = Literal["attribution", "combinations", "fronts"]
"""What the lines of a table are: the credit by rule and channel, or groups of leads by the channels they had met."""

_DECIMALS = 6
"""Of credit: it is counted in millionths of a customer."""


def attribution_json(found: Attribution | None, decimals: int) -> dict[str, Json]:
    """The rule and why it counts; where a rule was chosen, what it and every other gives each channel."""
    if found is None:
        return {}
    answer: dict[str, Json] = {"rule": found.rule.name, "because": found.rule.because}
    if found.by_rule is None:
        return answer
    return answer | {
        "half_life_days": found.rule.half_life_days,
        "touches": found.touches,
        "touches_without_channel": found.unnamed,
        "leads_without_touch": found.leads_untouched,
        "won_without_touch": found.won_untouched,
        "rows": [_credit(row, decimals) for row in found.by_rule[found.rule.name]],
        "comparison": {name: [_credit(row, decimals) for row in rows] for name, rows in found.by_rule.items()},
    }


def _credit(row: ChannelCredit, decimals: int) -> dict[str, Json]:
    return {
        "channel": row.channel,
        "spend": _money(row.spend, decimals),
        "spend_recorded": row.recorded,
        "spend_without_rate": bool(row.spend_left_out),
        "spend_left_out": dict(row.spend_left_out),
        **_credited(row, decimals),
    }


def _credited(row: ChannelCredit, decimals: int) -> dict[str, Json]:
    return {
        "won": round(row.won / WHOLE, _DECIMALS),
        "won_share": row.won_share.to_json(),
        "opportunities": round(row.opportunities / WHOLE, _DECIMALS),
        "revenue": _money(row.revenue, decimals),
        "cac": row.cac.to_json(),
        "return_on_spend": row.return_on_spend.to_json(),
        "revenue_without_rate": bool(row.orders_left_out),
        "orders_left_out": dict(row.orders_left_out),
    }


def _money(cents: int, decimals: int) -> float:
    return round(cents / 10.0**decimals, decimals)


def attributed_row(row: ValueRow, report: ValueReport) -> dict[str, Json]:
    """What a row of one channel is credited with by the rule; empty for rows that are cut otherwise."""
    found = report.attribution
    if found is None or found.by_rule is None or report.dimensions != ("channel",) or report.period:
        return {}
    given = {credit.channel: credit for credit in found.by_rule[found.rule.name]}
    mine = given.get(row.segment.get("channel", ""))  # the totals name none
    if mine is None:
        return {}
    return {"attributed": {"rule": found.rule.name, **_credited(mine, report.decimals)}}


def value_lines(report: ValueReport, kind: LinesOf) -> list[dict[str, Json]]:
    """One object per line of a table for spreadsheets; none where there is nothing to tell."""
    if kind == "attribution":
        found = report.attribution
        return [
            {"rule": name, "chosen": name == found.rule.name, **_credit(row, report.decimals)}
            for name, rows in ((found and found.by_rule) or {}).items()
            for row in rows
            if found
        ]
    groups = multichannel_json(report.multichannel)[kind]
    assert isinstance(groups, list)
    lines = []
    for group in groups:
        assert isinstance(group, dict)
        met = group["channels"]
        lines.append(group | ({"channels": " + ".join(map(str, met))} if isinstance(met, list) else {}))
    return lines


def multichannel_json(found: Multichannel | None) -> dict[str, Json]:
    """``combinations`` and ``fronts`` of leads handed over, by what they had met before it; none without touches."""
    if found is None:
        return {"multichannel": None, "combinations": [], "fronts": []}
    combinations: Sequence[Json] = [
        {
            "channels": list(one.channels),
            "handed_over": one.handed,
            "accepted": one.accepted_count,
            "won": one.won_count,
            "acceptance": one.accepted.to_json(),
            "conversion": one.won.to_json(),
            "share_of_accepted": one.of_accepted.to_json(),
            "share_of_won": one.of_won.to_json(),
        }
        for one in found.combinations
    ]
    fronts: Sequence[Json] = [
        {
            "channels": one.channels,
            "or_more": one.or_more,
            "handed_over": one.handed,
            "accepted": one.accepted_count,
            "won": one.won_count,
            "acceptance": one.accepted.to_json(),
            "conversion": one.won.to_json(),
            "acceptance_like_with_like": one.accepted_adjusted.to_json(),
            "conversion_like_with_like": one.won_adjusted.to_json(),
        }
        for one in found.fronts
    ]
    return {
        "multichannel": {
            "touches_before_handoff": found.touches,
            "touches_without_channel": found.unnamed,
            "horizon_days": found.horizon_days,
            "leads_in_other_combinations": found.others,
        },
        "combinations": list(combinations),
        "fronts": list(fronts),
    }
