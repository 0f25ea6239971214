"""Every check there is, in the order in which they are run."""

from __future__ import annotations

from accord.audit.check import Check
from accord.audit.checks import (
    bursts,
    clean_ups,
    clocks,
    clockwork,
    effort,
    leads,
    money,
    order,
    ownership,
    presence,
    references,
)

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    *presence.CHECKS,
    *references.CHECKS,
    *clocks.CHECKS,
    *order.CHECKS,
    *ownership.CHECKS,
    *clean_ups.CHECKS,
    *bursts.CHECKS,
    *clockwork.CHECKS,
    *effort.CHECKS,
    *leads.CHECKS,
    *money.CHECKS,
)
