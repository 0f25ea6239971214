"""Leads whose chances are known, followed for as long as each was there; and a scenario's setting made of them."""

from __future__ import annotations

import numpy as np

from accord.metrics.outcomes import NEVER
from accord.tables.times import DAY
from accord.value.amounts import figure_list, sums_of
from accord.value.cells import Cells
from accord.value.chances import chances_of
from accord.value.conversion import funnels, tables_of
from accord.value.costs import MARGINAL
from accord.value.facts import Coded, LeadFacts
from accord.value.figures import Costs, Customers, ValueRow
from accord.value.lateness import late_and_early
from accord.value.names import Names
from accord.value.scenario import Setting
from accord.values import Estimate, Reason, Unknown

HORIZON = 90
AS_OF = 400 * DAY
UNKNOWN = Unknown(Reason.NOT_RECORDED, 10)
QUALIFIED, ACCEPTED = 0.7, 0.6
WON_LOW, WON_HIGH, WON_OTHERWISE = 0.08, 0.2, 0.03
AMOUNT, SPREAD = 900.0, 0.8


def truth() -> dict[str, float]:
    """What :func:`simulated` makes of very many leads: every event that is to come has come by the horizon."""
    return {
        "qualified": QUALIFIED,
        "accepted": ACCEPTED,
        "won": (WON_LOW + WON_HIGH) / 2,
        "otherwise": WON_OTHERWISE,
        "customer": AMOUNT * float(np.exp(SPREAD**2 / 2)),
    }


def simulated(chance: np.random.Generator, size: int, noted: float = 0.0) -> tuple[LeadFacts, np.ndarray, np.ndarray]:
    """Leads of a year, half of them of low score; those of the last months are seen in part. Scores and amounts.

    ``noted``: the share of the acceptances that sales writes down only once the lead is won.
    """
    created = np.sort(chance.integers(0, AS_OF, size))
    low = chance.random(size) < 0.5
    handed = np.where(chance.random(size) < QUALIFIED, created + _wait(chance, size, 10), NEVER)
    taken = (handed < NEVER) & (chance.random(size) < ACCEPTED)
    accepted = np.where(taken, np.minimum(handed, AS_OF * 2) + _wait(chance, size, 20), NEVER)
    share = np.where(taken, np.where(low, WON_LOW, WON_HIGH), WON_OTHERWISE)
    won = np.where(chance.random(size) < share, np.where(taken, accepted, created) + _wait(chance, size, 55), NEVER)
    if noted:
        early = taken & (chance.random(size) < noted)
        won = np.where(early, np.minimum(accepted, AS_OF * 2) - _wait(chance, size, 3), won)
    handed, accepted, won = (np.where(time > AS_OF, NEVER, time) for time in (handed, accepted, won))
    one = Coded(np.zeros(size, dtype=np.int64), ("ads",))
    leads = LeadFacts(
        created=created,
        created_late=created,
        handed=handed,
        handed_late=handed,
        accepted=accepted,
        opportunity=won,
        opportunity_late=won,
        won=won,
        won_late=won,
        undated=np.zeros(size, dtype=np.bool_),
        day=created // DAY,
        month=created // (30 * DAY),
        channel=one,
        campaign=one,
        segments=(),
        identifiers=Names.written(()),
    )
    scores = np.where(handed < NEVER, np.where(low, 1.0, 2.0), np.nan)
    amounts = np.rint(100 * AMOUNT * np.exp(SPREAD * chance.standard_normal(size))).astype(np.int64)
    return leads, scores, amounts


def _wait(chance: np.random.Generator, size: int, most_days: int) -> np.ndarray:
    return chance.integers(0, most_days * DAY, size)


def setting_of(leads: LeadFacts, scores: np.ndarray, amounts: np.ndarray, spend: int = 5_000_000) -> Setting:
    """The setting of a scenario about all of them, each customer having paid once."""
    size = len(leads)
    cells = Cells((), None, (((), 0),), np.zeros(size, dtype=np.int64))
    funnel = funnels(tables_of(leads, cells, AS_OF, 365), HORIZON, frozenset())[0]
    bought = amounts[leads.won < NEVER]
    counted = np.array([len(bought)])
    per_customer = figure_list(sums_of(1, np.zeros(len(bought), dtype=np.int64), bought), counted, counted, 0.01)[0]
    share = funnel.conversion["won"]
    costs = Costs(
        spend,
        True,
        unpriced=False,
        per_lead=Estimate(spend / 100 / size, spend / 110 / size, spend / 90 / size, size),
        per_qualified_lead=UNKNOWN,
        per_accepted_lead=UNKNOWN,
        cac=UNKNOWN,
        cac_at_horizon=_inverse(share, spend / 100 / size, funnel.won) if isinstance(share, Estimate) else share,
        marginal=dict.fromkeys(MARGINAL, UNKNOWN),
        refused=UNKNOWN,
        never_worked=UNKNOWN,
        refused_uncosted=0,
        never_worked_uncosted=0,
        refused_unpriced=False,
        never_worked_unpriced=False,
        return_on_spend=Estimate(1.0, 0.5, 2.0, 50),
        payback_months=UNKNOWN,
    )
    customers = Customers(int(bought.sum()), 0, len(bought), 0, len(bought), per_customer, {}, {}, UNKNOWN, UNKNOWN)
    inside = np.arange(size)
    return Setting(
        ValueRow({}, None, True, funnel, costs, customers),
        {},
        chances_of(leads, inside, scores, as_of_us=AS_OF, horizon_days=HORIZON),
        late_and_early(leads, inside, AS_OF, HORIZON),
        HORIZON,
        2,
    )


def _inverse(share: Estimate, each: float, n: int) -> Estimate:
    return Estimate(each / share.value, each / share.high, each / share.low, n)
