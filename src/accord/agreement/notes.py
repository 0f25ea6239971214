"""What holds in an agreement and still deserves a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from accord.agreement.attribution import RULES, rule_written
from accord.agreement.model import Agreement
from accord.agreement.reach import attainable
from accord.language import gettext as _

__all__ = ["notes"]


def notes(agreement: Agreement, today: date) -> Iterator[str]:
    """Sentences for whoever keeps the agreement; ``today`` in the agreement's time zone."""
    if agreement.review_by is not None and agreement.review_by < today:
        message = _("It should have been reviewed by {day}: look at it together, then set a new date.")
        yield message.format(day=agreement.review_by)
    if agreement.attribution is not None and rule_written(agreement.attribution) is None:
        message = _(
            "{key} names no rule that Accord knows: it is kept and signed as it is written, and customers stand under "
            "the lead's own channel. Known: {rules}."
        )
        yield message.format(key="attribution", rules=", ".join(RULES))
    said = agreement.qualification
    if said is not None and said.threshold == 0:
        yield _("The threshold is 0, which every lead reaches: whoever is not disqualified is qualified.")
    if said is not None and said.grid is None:
        most = attainable(said)
        for band in said.bands:
            if band.lowest is not None and band.lowest > most:
                message = _(
                    "No lead can be in the band {name}, from {lowest}: what one lead can meet gives at most {most}."
                )
                yield message.format(name=band.name, lowest=f"{band.lowest:g}", most=f"{most:g}")
