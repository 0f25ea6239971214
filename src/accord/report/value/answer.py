"""A value report in the shape that programs read. Amounts are numbers in the report's currency, rounded to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from accord.report.envelope import envelope
from accord.report.value.attribution_answer import attributed_row, attribution_json, multichannel_json
from accord.report.value.scenario_answer import scenario_json
from accord.value.figures import Costs, Customers, Funnel, LeftOut, Revenue, Spend, Unmatched, ValueReport, ValueRow
from accord.values import Figure, Json

__all__ = ["amount_of", "value_json"]

_Name = TypeVar("_Name", bound=str)


def amount_of(cents: int, report: ValueReport) -> float:
    """Cents as a number of the currency."""
    return round(cents / 10.0**report.decimals, report.decimals)


def value_json(report: ValueReport) -> dict[str, Json]:
    """The whole answer in its envelope; docs/guides/value.md names every key."""
    data: dict[str, Json] = {
        "currency": report.currency,
        "rates": report.rates_file,
        "definition": report.definition,
        "won_by": report.won_by,
        "from": report.start.isoformat() if report.start else None,
        "to": report.end.isoformat() if report.end else None,
        "horizon_days": report.horizon_days,
        "horizon_because": report.horizon_because,
        "inactive_after_days": report.inactive_after_days,
        "spend": _spend(report.spend, report),
        "revenue": _revenue(report.revenue, report),
        "by_days_to_acceptance": [
            {
                "above_days": late.above,
                "up_to_days": late.up_to,
                "accepted": late.accepted,
                "won": late.won.to_json(),
                "adjusted_difference": late.adjusted.to_json(),
            }
            for late in report.lateness
        ],
        "left_out": [
            {
                "table": left.table,
                "reason": left.reason,
                "currency": left.currency,
                "rows": left.rows,
                "amount": left.amount,
                "examples": list(left.examples),
                **_in_span(left),
            }
            for left in report.left_out
        ],
        "noticed": [
            {
                "what": noticed.what,
                "rows": noticed.rows,
                **({} if noticed.amount is None else {"amount": amount_of(noticed.amount, report)}),
                **({"left_out": dict(noticed.left_out)} if noticed.left_out else {}),
                "examples": list(noticed.examples),
            }
            for noticed in report.noticed
        ],
        "totals": _row(report.totals, report),
        "rows": [_row(row, report) for row in report.rows],
        "attribution": attribution_json(report.attribution, report.decimals),
        **multichannel_json(report.multichannel),
        **({} if report.scenario is None else {"scenario": scenario_json(report.scenario)}),
    }
    return envelope(report.agreement_name, report.agreement_version, report.as_of, data)


def _spend(spend: Spend, report: ValueReport) -> Json:
    amounts = ("total", "counted", "after_as_of", "outside_span", "not_shared")
    return {
        "rows": spend.rows,
        **{name: amount_of(getattr(spend, name), report) for name in amounts},
        "shared_by_leads": spend.shared,
        "without_leads": [_unmatched(place, report) for place in spend.without_leads],
        "leads_without_spend": [_unmatched(place, report) for place in spend.leads_without_spend],
        "renamed": [
            {
                "channel": found.channel,
                "before": found.before,
                "after": found.after,
                "since": found.since.isoformat(),
                "table": found.table,
            }
            for found in spend.renamed
        ],
    }


def _unmatched(place: Unmatched, report: ValueReport) -> Json:
    return {
        "channel": place.channel,
        "campaign": place.campaign,
        "amount": amount_of(place.amount, report),
        "leads": place.leads,
    }


def _revenue(revenue: Revenue, report: ValueReport) -> Json:
    amounts = ("total", "from_leads", "from_qualified", "from_no_lead", "refunds")
    return {
        "orders": revenue.orders,
        **{name: amount_of(getattr(revenue, name), report) for name in amounts},
        "share_from_qualified": revenue.share_from_qualified.to_json(),
        "orders_without_rate": revenue.unpriced,
        "orders_left_out": dict(revenue.left_out),
    }


def _row(row: ValueRow, report: ValueReport) -> dict[str, Json]:
    return {
        "segment": dict(row.segment),
        "period": row.period,
        "ripe": row.ripe,
        "renamed": row.renamed,
        **_funnel(row.funnel),
        **_costs(row.costs, report),
        **_customers(row.customers, report),
        **attributed_row(row, report),
    }


def _funnel(funnel: Funnel) -> dict[str, Json]:
    return {
        "leads": funnel.leads,
        "qualified": funnel.qualified,
        "handed_over": funnel.qualified,
        "accepted": funnel.accepted,
        "opportunities": funnel.opportunities,
        "won": funnel.won,
        "to_mature": funnel.to_mature,
        "conversion": _figures(funnel.conversion),
        "conversion_so_far": _figures(funnel.so_far),
        "step_conversion": _figures(funnel.steps),
        "won_by_age": _figures(funnel.won_by_age),
        "days_to_win": _figures(funnel.days_to_win),
    }


def _costs(costs: Costs, report: ValueReport) -> dict[str, Json]:
    return {
        "spend": amount_of(costs.spend, report),
        "spend_recorded": costs.recorded,
        "spend_without_rate": costs.unpriced,
        "spend_left_out": dict(costs.left_out),
        "cost_per_lead": costs.per_lead.to_json(),
        "cost_per_qualified_lead": costs.per_qualified_lead.to_json(),
        "cost_per_accepted_lead": costs.per_accepted_lead.to_json(),
        "cac": costs.cac.to_json(),
        "cac_at_horizon": costs.cac_at_horizon.to_json(),
        "marginal": {
            {"per_lead": "cost_per_lead", "per_qualified_lead": "cost_per_qualified_lead"}.get(name, name): (
                figure.to_json()
            )
            for name, figure in costs.marginal.items()
        },
        "cost_of_refused": costs.refused.to_json(),
        "cost_of_never_worked": costs.never_worked.to_json(),
        "refused_without_cost": costs.refused_uncosted,
        "never_worked_without_cost": costs.never_worked_uncosted,
        "refused_spend_without_rate": costs.refused_unpriced,
        "never_worked_spend_without_rate": costs.never_worked_unpriced,
        "return_on_spend": costs.return_on_spend.to_json(),
        "payback_months": costs.payback_months.to_json(),
    }


def _customers(customers: Customers, report: ValueReport) -> dict[str, Json]:
    return {
        "revenue": amount_of(customers.revenue, report),
        "refunds": amount_of(customers.refunds, report),
        "orders": customers.orders,
        "orders_without_rate": customers.unpriced,
        "revenue_without_rate": bool(customers.unpriced),
        "orders_left_out": dict(customers.left_out),
        "buyers": customers.buyers,
        "revenue_per_customer": customers.revenue_per_customer.to_json(),
        "revenue_per_customer_by_age": _figures(customers.revenue_by_age),
        "retention": _figures(customers.retention),
        "purchases_per_customer_month": customers.purchases.to_json(),
        "repeat": customers.repeat.to_json(),
    }


def _figures(figures: Mapping[_Name, Figure]) -> dict[str, Json]:
    return {name: figure.to_json() for name, figure in figures.items()}


def _in_span(left: LeftOut) -> dict[str, Json]:
    """What of it falls on the days of the report, where it is about some days only and that can be told."""
    if left.rows_in_span is None:
        return {}
    return {"rows_in_span": left.rows_in_span, "amount_in_span": left.amount_in_span}
