"""How large a company is: the class its employees put it in, by the agreement's bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.agreement.model import Agreement
from accord.late import Late

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["account_size"]


def account_size(employees: ir.IntegerValue, agreement: Agreement) -> ir.StringValue:
    """The name of the first band whose upper end is above ``employees``, else of the last; null where nobody knows."""
    branches = [(employees < band.below, band.name) for band in agreement.size_bands if band.below is not None]
    last = next((band.name for band in agreement.size_bands if band.below is None), None)
    if last is not None:
        branches.append((employees.notnull(), last))
    return ibis.cases(*branches, else_=ibis.null("string"))
