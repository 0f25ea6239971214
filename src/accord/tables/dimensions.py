"""What the columns of the contract by which leads are compared are called."""

from __future__ import annotations

from collections.abc import Mapping

from accord.language import mark

__all__ = ["DIMENSION_LABELS"]

DIMENSION_LABELS: Mapping[str, str] = {
    "account_size": mark("account size"),
    "agreement": mark("agreement version"),
    "band": mark("score band"),
    "budget": mark("budget"),
    "campaign": mark("campaign"),
    "channel": mark("channel"),
    "company": mark("company"),
    "country": mark("country"),
    "currency": mark("currency"),
    "decision_maker": mark("decision maker"),
    "employees": mark("employees"),
    "job_function": mark("job function"),
    "language": mark("language"),
    "lead_type": mark("lead type"),
    "need": mark("need"),
    "newsletter": mark("newsletter"),
    "origin": mark("origin"),
    "rep_id": mark("rep"),
    "sector": mark("sector"),
    "seniority": mark("seniority"),
    "team": mark("team"),
    "territory": mark("territory"),
    "timeline_days": mark("days until the project"),
}
"""As within a sentence, to be translated; a column of the company's own keeps the name it has there."""
