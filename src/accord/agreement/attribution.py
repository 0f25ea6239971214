"""Which rule the agreement's ``attribution`` names: a word, or a mapping with ``rule`` and ``half_life_days``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["HALF_LIFE_DAYS", "LONGEST_HALF_LIFE_DAYS", "RULES", "AttributionChoice", "RuleName", "rule_written"]

RuleName = Literal["lead_channel", "first", "last", "linear", "position", "time_decay", "markov"]
RULES: tuple[RuleName, ...] = ("lead_channel", "first", "last", "linear", "position", "time_decay", "markov")
"""Who gets the credit: the lead's own channel; the first touch; the last; each the same; 40 % first, 40 % last, 20 %
between; later touches more; or by how many wins would be missing without the channel."""

HALF_LIFE_DAYS = 7.0
"""By time decay, a touch so many days before another is due half as much, unless said otherwise."""

LONGEST_HALF_LIFE_DAYS = 3660.0

_ALSO: Mapping[str, RuleName] = {
    "lead": "lead_channel",
    "own_channel": "lead_channel",
    "equal": "linear",
    "even": "linear",
    "u_shape": "position",
    "u_shaped": "position",
    "position_based": "position",
    "decay": "time_decay",
    "removal": "markov",
    "removal_effect": "markov",
}
"""Other words for the rules; and each with ``_touch`` after it."""


@dataclass(frozen=True, slots=True)
class AttributionChoice:
    """A rule, and the half-life in days that time decay reads."""

    rule: RuleName
    half_life_days: float = HALF_LIFE_DAYS


def rule_written(written: str | Mapping[str, Any]) -> AttributionChoice | None:
    """What an agreement or a command line says: ``linear``, ``first_touch``, ``time_decay:14``, or a mapping.

    None where it names no rule, or a half-life that is none.

    >>> rule_written("First touch"), rule_written({"rule": "time_decay", "half_life_days": 14})
    (AttributionChoice(rule='first', half_life_days=7.0), AttributionChoice(rule='time_decay', half_life_days=14.0))
    >>> rule_written("whoever shouts loudest") is None
    True
    """
    if isinstance(written, str):
        word, _colon, days = written.partition(":")
        return _choice(word, days.strip() or HALF_LIFE_DAYS)
    return _choice(str(written.get("rule", "")), written.get("half_life_days", HALF_LIFE_DAYS))


def _choice(word: str, days: object) -> AttributionChoice | None:
    plain = "_".join(word.strip().lower().replace("-", " ").replace("_", " ").split())
    plain = plain.removesuffix("_touch")
    known: dict[str, RuleName] = {name: name for name in RULES}
    rule = (known | dict(_ALSO)).get(plain)
    try:
        half_life = float(str(days))
    except ValueError:
        return None
    if rule is None or not 0 < half_life <= LONGEST_HALF_LIFE_DAYS:
        return None
    return AttributionChoice(rule, half_life)
