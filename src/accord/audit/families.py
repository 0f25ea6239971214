"""Families of figures that are hurt together."""

from __future__ import annotations

from accord.audit.figures import Audited

__all__ = ["DELAYS", "EFFORT", "EVERYTHING_HANDED", "PEOPLE", "PROMISES", "RATES"]

RATES = (Audited.RAW_RATE, Audited.RATE)
PROMISES = (Audited.WITHIN, Audited.BUSINESS_WITHIN, Audited.ANSWERED_WITHIN)
DELAYS = (Audited.DELAY, Audited.BUSINESS_DELAY, Audited.WEIGHTED_DELAY)
EFFORT = (Audited.GHOST, Audited.SILENT, Audited.TOKEN, Audited.NEVER_WORKED)
PEOPLE = (Audited.BY_REP, Audited.BY_TEAM)
EVERYTHING_HANDED = (*RATES, *PROMISES, *DELAYS, *EFFORT, Audited.BY_SEGMENT, *PEOPLE)
