"""How leads are qualified: the section ``qualification`` of ``accord.yaml``, which scoring gives its meaning.

Criteria on five axes give points; axes and criteria have maxima; a lead whose score reaches the threshold and that
nothing disqualifies is qualified.
"""

from __future__ import annotations

from pydantic import model_validator

from accord.agreement.coherence import contradictions
from accord.agreement.criteria import (
    AXES,
    Axes,
    Axis,
    AxisLimit,
    Band,
    Channels,
    Criterion,
    Disqualifier,
    Exploration,
    Grid,
    Override,
    QualificationParts,
    Touches,
    Wording,
)
from accord.agreement.findings import broken

__all__ = [
    "AXES",
    "Axes",
    "Axis",
    "AxisLimit",
    "Band",
    "Channels",
    "Criterion",
    "Disqualifier",
    "Exploration",
    "Grid",
    "Override",
    "Qualification",
    "Touches",
    "Wording",
]


class Qualification(QualificationParts):
    """How leads are qualified and scored."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Qualification:
        if findings := contradictions(self):
            raise broken(*findings)
        return self
