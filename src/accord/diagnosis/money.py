"""What a lead cost that was handed over: the spend of its channel in its month, over the leads handed over then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from accord.clock.moments import local_date
from accord.late import Late
from accord.readmodel.source import Source

if TYPE_CHECKING:
    from babel import numbers

    from accord.diagnosis.reading import Coded
    from accord.value import rates as exchange
    from accord.value import spending
    from accord.value.rates import Rates
else:
    # Who finds the cases on the shelf converts nothing.
    numbers, exchange, spending = Late("babel.numbers"), Late("accord.value.rates"), Late("accord.value.spending")

__all__ = ["cost_of_leads"]


def cost_of_leads(
    source: Source,
    handed: Mapping[tuple[str, int], int],
    channels: Coded | None,
    month: npt.NDArray[np.int64],
    rates: Rates | None,
) -> npt.NDArray[np.float64]:
    """Money per handed-over lead of each case's channel and month, in the agreement's currency; NaN = not recorded.

    As ``accord value`` counts it: spend is spread over its days, converted by ``rates``, and counted up to the moment
    described; what has no rate is left out. ``handed``: all handoffs by channel and month (since year 0) up to that
    moment, of the months at the edges too. ``channels``: a code per case, and what each code stands for.
    """
    unknown = np.full(month.size, np.nan)
    if channels is None or not source.recorded.get("spend") or not month.size:
        return unknown
    currency = source.agreement.currency
    decimals = numbers.get_currency_precision(currency)
    after = local_date(source.as_of - timedelta(microseconds=1), source.agreement.timezone) + timedelta(days=1)
    spent = spending.spending(source, rates or exchange.Rates(currency), currency, decimals)
    units: Counter[tuple[str, int]] = Counter()
    for (channel, _campaign, number), piece in spent.by_month(date.min, after).items():
        units[channel, number] += piece
    code, values = channels
    first, width = int(month.min()), int(month.max() - month.min()) + 1
    each = np.full((len(values), width), np.nan)
    place = {value: number for number, value in enumerate(values)}
    for (channel, number), amount in units.items():
        if channel in place and 0 <= number - first < width and handed.get((channel, number)):
            each[place[channel], number - first] = amount / 10**decimals / handed[channel, number]
    return np.asarray(each[code, month - first])
