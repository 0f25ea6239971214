"""The figures an audit grades: the names are those of the JSON answers where such an answer exists."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["BY_DEFINITION", "Audited"]


class Audited(StrEnum):
    """A figure, or a family of figures, that the data may or may not be able to carry."""

    RAW_RATE = "raw_rate"
    RATE = "rate"
    WITHIN = "within"
    BUSINESS_WITHIN = "business_within"
    ANSWERED_WITHIN = "answered_within"
    DELAY = "delay_hours"
    BUSINESS_DELAY = "business_delay_hours"
    WEIGHTED_DELAY = "weighted_delay_hours"
    GHOST = "ghost"
    SILENT = "silent"
    TOKEN = "token"
    NEVER_WORKED = "never_worked"
    BY_SEGMENT = "by_segment"
    BY_REP = "by_rep"
    BY_TEAM = "by_team"
    REASONS = "reasons"
    CONVERSION = "conversion"
    REVENUE = "revenue"
    COST = "cost"


BY_DEFINITION = frozenset(
    {
        Audited.RAW_RATE,
        Audited.RATE,
        Audited.WITHIN,
        Audited.BUSINESS_WITHIN,
        Audited.DELAY,
        Audited.BUSINESS_DELAY,
        Audited.WEIGHTED_DELAY,
        Audited.BY_SEGMENT,
        Audited.BY_REP,
        Audited.BY_TEAM,
    }
)
"""Figures that mean something else under each definition of acceptance: decisions do not touch them under ``action``,
activities do not under ``explicit`` and ``tacit``."""
