"""The answer of a double rating as JSON data."""

from __future__ import annotations

from accord.rating.compare import CriterionAgreement, RatingReport
from accord.values import Json

__all__ = ["rating_data"]


def rating_data(report: RatingReport) -> Json:
    """``{"leads", "criteria": [{"criterion", "kappa": EST, "agreed": EST, "table" …}], "disagreements": […]}``."""
    return {
        "leads": report.leads,
        "only_in_marketing": list(report.only_in_marketing),
        "only_in_sales": list(report.only_in_sales),
        "criteria": [_criterion(one) for one in report.criteria],
        "disagreements": [
            {
                "lead_id": one.lead_id,
                "rated": one.rated,
                "apart": {name: {"marketing": ours, "sales": theirs} for name, (ours, theirs) in one.apart.items()},
            }
            for one in report.disagreements
        ],
    }


def _criterion(one: CriterionAgreement) -> Json:
    return {
        "criterion": one.criterion,
        "kappa": one.kappa.to_json(),
        "agreed": one.agreed.to_json(),
        "weighting": one.weighting,
        "words": list(one.words),
        "table": [list(row) for row in one.table],
        "both": one.both,
        "only_marketing": one.only_marketing,
        "only_sales": one.only_sales,
        "stricter": one.stricter,
    }
