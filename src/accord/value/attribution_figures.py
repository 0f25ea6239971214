"""What attribution and multichannel answer: frozen figures. Credit in millionths of a customer, amounts in cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from accord.agreement.attribution import HALF_LIFE_DAYS, RuleName
from accord.values import Figure

__all__ = [
    "NO_TOUCH",
    "WHOLE",
    "Attribution",
    "Because",
    "ChannelCredit",
    "Combination",
    "Front",
    "Multichannel",
    "Rule",
]

NO_TOUCH = "(no touch)"
"""Where the credit of leads without a touch stands."""

WHOLE = 1_000_000
"""Credit is counted in such parts of one customer: whole numbers, so that they add up."""

Because = Literal["asked", "agreement", "not_understood", "default"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that counts, and why: asked for, the agreement's, or the default, also where what the agreement says is
    not understood. ``half_life_days`` is what time decay reads."""

    name: RuleName
    because: Because
    half_life_days: float = HALF_LIFE_DAYS


@dataclass(frozen=True, slots=True)
class ChannelCredit:
    """What a rule gives a channel (:data:`NO_TOUCH`: to none).

    ``won`` and ``opportunities`` in millionths, ``revenue`` and ``spend`` in cents; each adds up to the total over the
    channels of a rule. ``won_share``: of all wins. ``recorded``: whether anybody wrote down spend for the channel.
    ``spend_left_out``, ``orders_left_out``: by currency, in its own units, the spend of the channel and the orders that
    the rule would credit it with, taken for themselves, that nobody said the worth of.
    """

    channel: str
    spend: int
    recorded: bool
    won: int
    opportunities: int
    revenue: int
    won_share: Figure
    cac: Figure
    return_on_spend: Figure
    spend_left_out: Mapping[str, float] = field(default_factory=dict, hash=False)
    orders_left_out: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who gets the credit by the rule that counts and by every other; ``by_rule`` empty: no touch was looked at.

    ``touches``: those up to the moment, of leads of the span; ``unnamed``: of these, without a channel, which stand
    under their lead's. ``leads_untouched``, ``won_untouched``: leads, and customers, without a touch (up to the win).
    """

    rule: Rule
    touches: int = 0
    unnamed: int = 0
    leads_untouched: int = 0
    won_untouched: int = 0
    by_rule: Mapping[RuleName, tuple[ChannelCredit, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Combination:
    """Leads handed over that had met exactly these ``channels`` by their first handoff; none: no touch was recorded.

    ``accepted``, ``won``: the share within the horizon of the handoff. ``of_accepted``, ``of_won``: the part that
    comes from here of all that were accepted, and of all customers among those handed over.
    """

    channels: tuple[str, ...]
    handed: int
    accepted_count: int
    won_count: int
    accepted: Figure
    won: Figure
    of_accepted: Figure
    of_won: Figure


@dataclass(frozen=True, slots=True)
class Front:
    """Leads handed over that had met so many channels by their first handoff (``or_more``: at least so many).

    ``accepted``, ``won``: the share within the horizon of the handoff. ``…_adjusted``: the difference of these shares
    to leads that had met one channel, among leads with as many touches and of the same channel.
    """

    channels: int
    or_more: bool
    handed: int
    accepted_count: int
    won_count: int
    accepted: Figure
    won: Figure
    accepted_adjusted: Figure
    won_adjusted: Figure


@dataclass(frozen=True, slots=True)
class Multichannel:
    """Leads by the channels that they had met by their first handoff; ``others``: leads in combinations not listed."""

    touches: int
    unnamed: int
    horizon_days: int
    combinations: tuple[Combination, ...]
    others: int
    fronts: tuple[Front, ...]
