"""What learning says in sentences: where outcomes come from, why a field is a leak, why a lead taught nothing."""

from __future__ import annotations

from accord.language import mark
from accord.learning.leaks import Sign

__all__ = ["COLUMNS", "LEFT_OUT", "OUTCOME_NAMES", "SELECTION", "SELECTION_EXPLORED", "SIGNS"]

OUTCOME_NAMES = {
    "acceptance": mark("accepted by sales"),
    "opportunity": mark("became an opportunity"),
    "win": mark("became a customer"),
}

SELECTION = mark(
    "Outcomes exist only for leads that were handed over: how leads below the threshold would have turned out is not "
    "known, and no figure here says it. Hand over a small share of them (qualification: exploration: share) to learn "
    "it."
)

SELECTION_EXPLORED = mark(
    "Outcomes exist only for leads that were handed over. {explored} of them were drawn by lot from those below the "
    "threshold and stand for {leads} leads: precision, bands, leads turned away and the area over all leads count them "
    "so. The other areas and the calibration speak of the leads handed over."
)

SIGNS = {
    Sign.TELLS_TOO_MUCH: mark(
        "alone it tells good leads from bad ones better than any fact known beforehand (area under the curve {value})"
    ),
    Sign.FILLED_AFTER: mark("whether it is filled gives the outcome away ({value} of {n} filled)"),
    Sign.KIN: mark(
        "it tells much by itself ({value}) and, among leads that turned out the same way, repeats what {others} say"
    ),
}
"""Why a field is taken for a leak."""

LEFT_OUT = {
    "no_outcome": mark("no outcome or no order is recorded"),
    "open": mark("still open"),
    "no_answer": mark("never answered"),
    "no_reason": mark("refused without a reason"),
    "procedural": mark("refused for its route or its data, which says nothing of the lead"),
    "other_reason": mark("refused for a reason that says nothing of the lead"),
    "too_early": mark("too young to tell"),
}
"""Why a lead teaches nothing."""

COLUMNS = {
    "empty": mark("empty"),
    "constant": mark("the same everywhere"),
    "all_different": mark("too many different values"),
    "time": mark("a time"),
}
"""Why a column teaches nothing."""
