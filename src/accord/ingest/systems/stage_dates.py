"""Headings that say when a contact reached a stage of its life cycle.

CRMs build them from the name of the stage, so they come in as many wordings as there are stages, languages and
versions: *Became a Marketing Qualified Lead Date*, *Date entered "Marketing Qualified Lead (Lifecycle Stage
Pipeline)"*, *Date de passage en lead marketing qualifié*, *Date de conversion en Lead qualifié par le marketing*. What
they share is a word for a moment and the name of the stage.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MARKETING_QUALIFIED", "SALES_QUALIFIED", "is_stage_date", "plain_words"]

MARKETING_QUALIFIED = re.compile(
    r"\b(mql|marketing ?qualified ?leads?|leads? marketing( qualifies?)?|"
    r"leads? qualifies? (en |du |par |cote )?(le |l equipe )?marketing|qualifies? marketing)\b"
)
SALES_QUALIFIED = re.compile(
    r"\b(sql|sales ?qualified ?leads?|leads? (commercial|commerciale|vente|ventes|sales)( qualifies?)?|"
    r"leads? qualifies? (en |du |par |cote )?(la |le |les |l equipe )?(commercial|commerciale|commerciaux|vente|ventes|"
    r"sales)|qualifies? (commercial|ventes?|sales))\b"
)
"""The names of the stages, as :func:`plain_words` leaves them."""

_MOMENT = re.compile(
    r"\b(date|became|entered|passage|passee? (en|au)|entree|devenue?|devient|atteinte?|conversion en)\b"
)
_ANOTHER = re.compile(r"\b(exit(ed)?|left|sortie?|quittee?|time in|cumulative|temps|duree|days?|jours|source|count)\b")
"""Leaving a stage, and the time spent in it, are other facts."""


def plain_words(heading: str) -> str:
    """A heading as words: lower case, without accents, anything but letters and digits a blank."""
    flat = unicodedata.normalize("NFKD", heading).casefold()
    kept = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", kept))


def is_stage_date(heading: str, stage: re.Pattern[str]) -> bool:
    """Whether ``heading`` says when a contact reached ``stage``."""
    words = plain_words(heading)
    return bool(stage.search(words) and _MOMENT.search(words) and not _ANOTHER.search(words))
