"""What the value use case answers: frozen figures, never text. Amounts are in one currency, whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from accord.agreement.model import Definition
from accord.value.attribution_figures import Attribution, Multichannel
from accord.value.scenario_figures import Scenario
from accord.values import Figure, Json, Unknown

__all__ = [
    "STAGES",
    "Bounded",
    "Costs",
    "Customers",
    "Funnel",
    "Lateness",
    "LeftOut",
    "Noticed",
    "PeriodUnit",
    "Renamed",
    "Revenue",
    "Spend",
    "Stage",
    "Unmatched",
    "ValueReport",
    "ValueRow",
]

PeriodUnit = Literal["month", "quarter"]

Stage = Literal["qualified", "accepted", "opportunity", "won"]
STAGES: tuple[Stage, ...] = ("qualified", "accepted", "opportunity", "won")
"""What a lead can reach. Qualified means handed over to sales."""


@dataclass(frozen=True, slots=True)
class Bounded(Unknown):
    """No answer, but a bound on it at 95 %: after no win at all, by the rule of three."""

    at_least: float | None = None
    at_most: float | None = None

    def to_json(self) -> dict[str, Json]:
        """The contract's shape of an unknown, and the bounds there are."""
        answer = Unknown.to_json(self)
        answer |= {name: bound for name in ("at_least", "at_most") if (bound := getattr(self, name)) is not None}
        return answer


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the leads of a cell have come.

    ``conversion``: share of leads that reach each stage within the horizon, by cumulative incidence since they were
    created; ``so_far``: those that have reached it, of all. ``steps``: of those who reached one stage, the share that
    reaches the next within the horizon, named ``qualified_to_accepted`` and so on. ``won_by_age``: the curve of wins
    at fixed ages ("90d"). ``days_to_win``: quantiles, in days. ``to_mature``: leads younger than the horizon.
    """

    leads: int
    qualified: int
    accepted: int
    opportunities: int
    won: int
    to_mature: int
    conversion: Mapping[Stage, Figure]
    so_far: Mapping[Stage, Figure]
    steps: Mapping[str, Figure]
    won_by_age: Mapping[str, Figure]
    days_to_win: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Costs:
    """What the leads of a cell cost. ``spend`` in cents; ``recorded`` False: nobody wrote any down for them.

    The three costs are named apart: per lead, per qualified lead (handed over), per accepted lead; ``cac`` is per
    customer won so far, ``cac_at_horizon`` per customer once every lead is as old as the horizon. The ``marginal``
    ones are those of one more. ``refused`` and ``never_worked`` are amounts: Σ cost per handed-over lead of its channel
    and month; ``refused_uncosted`` and ``never_worked_uncosted`` count the handoffs that no such cost is known of,
    ``refused_unpriced`` and ``never_worked_unpriced`` say whether there is unpriced spend of their channels and months.
    ``payback_months`` counts months after creation until revenue has paid for the lead. ``unpriced``: more was spent in
    a currency that nobody said the worth of, so every cost here is too low and every return too high; ``left_out`` is
    how much, by currency and in its own units.
    """

    spend: int
    recorded: bool
    unpriced: bool
    per_lead: Figure
    per_qualified_lead: Figure
    per_accepted_lead: Figure
    cac: Figure
    cac_at_horizon: Figure
    marginal: Mapping[str, Figure]
    refused: Figure
    never_worked: Figure
    refused_uncosted: int
    never_worked_uncosted: int
    refused_unpriced: bool
    never_worked_unpriced: bool
    return_on_spend: Figure
    payback_months: Figure
    left_out: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Customers:
    """What the customers won from the leads of a cell have brought so far. Amounts in cents.

    ``revenue`` holds refunds, which ``refunds`` tells apart (as a positive amount). ``buyers``: customers with a
    purchase; ``repeat``: of these, the share with a second one. ``revenue_by_age``: per customer within so many days of
    the win, of customers won at least so long ago. ``unpriced``: further orders of these leads, in a currency that
    nobody said the worth of, so every amount of revenue here is too low; ``left_out``: how much that is net of refunds,
    by currency and in its own units. ``retention``: share of buyers that are still
    active so many days after their first purchase, at the rule of the report. ``purchases``: orders per customer and
    month.
    """

    revenue: int
    refunds: int
    orders: int
    unpriced: int
    buyers: int
    revenue_per_customer: Figure
    revenue_by_age: Mapping[str, Figure]
    retention: Mapping[str, Figure]
    purchases: Figure
    repeat: Figure
    left_out: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One cell: a segment (``{}`` = everything) of an acquisition cohort (``None`` = the whole span).

    ``ripe``: the cohort is complete and its youngest lead as old as the horizon; others take no part in verdicts.
    ``renamed``: a part of its leads and the spend on them seem to stand under two names, of which this is one; its
    costs and returns are then wrong.
    """

    segment: Mapping[str, str]
    period: str | None
    ripe: bool
    funnel: Funnel
    costs: Costs
    customers: Customers
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that no sum holds, and what they amount to: ``amount`` in ``currency``, in its own units.

    ``reason``: ``no_rate`` (nobody said what the currency is worth then), ``no_period`` (spend without days),
    ``after_as_of`` (later than the moment the data describe).
    ``examples``: where they are, a few of them. ``rows_in_span``, ``amount_in_span``: what of that falls on the days of
    the report, where it is about some days only or a part of the spend is of days to come (of orders by their own day,
    of spend by the days it is spread over); none where no day is recorded.
    """

    table: str
    reason: str
    currency: str
    rows: int
    amount: float
    examples: tuple[str, ...]
    rows_in_span: int | None = None
    amount_in_span: float | None = None


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something odd that the sums do hold, ``amount`` in cents of the report's currency.

    ``left_out``: what else the ``rows`` amount to that no sum holds, because nobody said what its currency is worth: by
    currency and in its own units.
    ``what``: ``orders_before_win``, ``orders_without_win``, ``orders_before_lead`` (a customer's orders before its lead
    was created: revenue from no lead), ``orders_of_unknown_leads``, ``wins_before_lead``, ``wins_without_date``; and
    ``wins_after_as_of``, which no count holds.
    """

    what: str
    rows: int
    amount: int | None
    examples: tuple[str, ...]
    left_out: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A channel (or a campaign of it) with spend and no leads, or with leads and no spend; ``amount`` in cents."""

    channel: str
    campaign: str | None
    amount: int
    leads: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """A campaign that seems to have another name from ``since`` on in one of leads and spend, but not in the other."""

    channel: str
    before: str
    after: str
    since: date
    table: Literal["leads", "spend"]


@dataclass(frozen=True, slots=True)
class Spend:
    """Where the money recorded went; all in cents, and ``total`` = ``counted`` + ``after_as_of`` + ``outside_span``.

    ``not_shared``: the part of ``counted`` that no row can carry, because no lead came from its channel in its month
    (only where rows are cut by something that spend does not name). ``shared``: that rows are cut so.
    """

    rows: int
    total: int
    counted: int
    after_as_of: int
    outside_span: int
    not_shared: int
    shared: bool
    without_leads: tuple[Unmatched, ...]
    leads_without_spend: tuple[Unmatched, ...]
    renamed: tuple[Renamed, ...]


@dataclass(frozen=True, slots=True)
class Revenue:
    """Orders of the span by their own day, in cents: ``total`` = ``from_leads`` + ``from_no_lead``, refunds taken off.

    ``from_qualified`` is the part of ``from_leads`` whose lead was handed over to sales; ``share_from_qualified`` that
    part of the total. ``unpriced``: further orders of the span, in a currency that nobody said the worth of;
    ``left_out``: what they amount to net, by currency and in its own units.
    """

    orders: int
    total: int
    from_leads: int
    from_qualified: int
    from_no_lead: int
    refunds: int
    share_from_qualified: Figure
    unpriced: int
    left_out: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Accepted leads by how long the acceptance took: more than ``above`` days and at most ``up_to`` (None: any).

    ``won``: the share that is won within the horizon of the acceptance. ``adjusted``: how much more or less than of
    those accepted first, in points of the share, leads of one channel and month compared with each other.
    """

    above: int
    up_to: int | None
    accepted: int
    won: Figure
    adjusted: Figure


@dataclass(frozen=True, slots=True)
class ValueReport:
    """The whole answer. ``as_of`` is naive UTC; ``timezone`` the agreement's; amounts are cents of ``currency``.

    ``won_by``: what tells a win: a deal that was won, or (where no deal is recorded) the first order.
    ``horizon_because``: asked for; or the first of the usual ages by which nine in ten wins have come; or, of leads
    that are too young for that, the longest they have reached; or the default below ten wins.
    ``decimals``: of the currency; a "cent" is its smallest unit. ``scenario``: what a change would bring, where asked.
    ``attribution``: who gets the credit; ``multichannel``: which channels leads had met, where touches are recorded.
    """

    agreement_name: str
    agreement_version: str
    as_of: datetime
    timezone: str
    currency: str
    decimals: int
    rates_file: str | None
    definition: Definition
    won_by: Literal["opportunities", "orders", "not_recorded"]
    dimensions: tuple[str, ...]
    period: PeriodUnit | None
    start: date | None
    end: date | None
    horizon_days: int
    horizon_because: Literal["asked", "nine_in_ten_wins", "longest_reached", "default"]
    inactive_after_days: int
    spend: Spend
    revenue: Revenue
    totals: ValueRow
    rows: tuple[ValueRow, ...]
    lateness: tuple[Lateness, ...]
    left_out: tuple[LeftOut, ...]
    noticed: tuple[Noticed, ...]
    scenario: Scenario | None = None
    attribution: Attribution | None = None
    multichannel: Multichannel | None = None
