"""Numbers of employees written as ranges (``51-200``): a size by its band, which is no number of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from accord.ingest.mapping.model import TableRule, columns_of
from accord.ingest.profile import profiles

__all__ = ["without_ranges"]


def without_ranges(rules: Sequence[TableRule], headings: Sequence[str], rows: pa.Table) -> tuple[TableRule, ...]:
    """The rules without a number of employees where the first ``rows`` have ranges of it: those are kept as the words
    they are, and no lead is refused for them."""
    in_ranges = {profile.heading for profile in profiles(headings, rows) if profile.ranges}

    def without(rule: TableRule) -> TableRule:
        if in_ranges.isdisjoint(columns_of(rule.columns.get("employees"))):
            return rule
        return replace(rule, columns={name: recipe for name, recipe in rule.columns.items() if name != "employees"})

    return tuple(without(rule) for rule in rules)
