"""What somebody supposes: a lever of the business, and by how much it moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from accord.agreement.findings import nearest
from accord.errors import Fault, UsageError
from accord.language import gettext as _

__all__ = ["LEVERS", "SHARES", "Kind", "Lever", "Supposition", "suppositions_of"]

Lever = Literal["acceptance", "win_rate", "late_acceptances", "leads", "cost_per_lead", "spend"]
LEVERS: tuple[Lever, ...] = get_args(Lever)

SHARES: frozenset[Lever] = frozenset({"acceptance", "win_rate", "late_acceptances"})
"""Levers that are shares, so that points make sense of them."""

Kind = Literal["relative", "points", "target"]

_CHANGE = re.compile(r"(?P<sign>[+\-−–]?)\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>%|pp|pts?|points?)")


@dataclass(frozen=True, slots=True)
class Supposition:
    """One lever moved: by ``amount`` of itself (``relative``), by so many points, or to it (``target``); fractions.

    ``acceptance``: leads accepted of those handed over. ``win_rate``: leads won of those accepted.
    ``late_acceptances``: acceptances more than a day after the handoff, of all. ``leads``: how many come.
    ``cost_per_lead``: what each costs. ``spend``: what is spent, for more leads or fewer.
    """

    lever: Lever
    kind: Kind
    amount: float

    def applied(self, value: float) -> float:
        """What the lever is then.

        >>> round(Supposition("acceptance", "relative", 0.10).applied(0.4), 4)
        0.44
        >>> round(Supposition("acceptance", "points", 0.10).applied(0.4), 4)
        0.5
        """
        return {"relative": value * (1 + self.amount), "points": value + self.amount, "target": self.amount}[self.kind]


def suppositions_of(texts: Sequence[str]) -> tuple[Supposition, ...]:
    """What ``--if`` was given, each as in ``acceptance=+10%``.

    ``+10%``: by a tenth of itself; ``+10pts``: by ten points (shares only); ``60%`` without a sign: to that share
    (shares only). Raises ``UsageError`` with every fault at once.

    >>> suppositions_of(["acceptance=+10 pts"])
    (Supposition(lever='acceptance', kind='points', amount=0.1),)
    """
    found: list[Supposition] = []
    faults: list[Fault] = []
    for text in texts:
        try:
            found.append(_supposition(text))
        except ValueError as error:
            faults.append(Fault(str(error)))
    names = [each.lever for each in found]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            faults.append(Fault(_("{lever} is moved twice. Suppose one change of each.").format(lever=name)))
    if {"leads", "spend"} <= set(names):
        faults.append(Fault(_("spend buys leads: suppose more of one or of the other, not of both.")))
    if faults:
        raise UsageError(*faults)
    return tuple(found)


def _supposition(text: str) -> Supposition:
    name, _sign, change = (part.strip() for part in text.partition("="))
    lever = next((known for known in LEVERS if known == name), None)
    if lever is None:
        message = _("{name} is nothing that can be supposed. There are: {known}. Write, for example, {example}.")
        said = message.format(name=name or text, known=", ".join(LEVERS), example="--if acceptance=+10%")
        raise ValueError(" ".join(filter(None, (said, nearest(name, LEVERS)))))
    match = _CHANGE.fullmatch(change)
    if match is None:
        message = _(
            "{text} does not say by how much. Write +10% for a tenth more than now, +10pts for ten points more, or a "
            "share without a sign for what it is to become, as in {lever}=60%."
        )
        raise ValueError(message.format(text=text, lever="acceptance"))
    amount = float(match["number"].replace(",", ".")) / 100
    if lever not in SHARES and (match["unit"] != "%" or not match["sign"]):
        message = _("{lever} is no share: say by how much of itself it moves, as in {lever}=+10% or {lever}=-10%.")
        raise ValueError(message.format(lever=lever))
    if not match["sign"]:
        if amount > 1:
            raise ValueError(_("{text}: no share is above 100%.").format(text=text))
        return Supposition(lever, "target", amount)
    signed = amount if match["sign"] == "+" else -amount
    if match["unit"] == "%" and signed < -1:
        raise ValueError(_("{text}: nothing falls by more than 100%.").format(text=text))
    return Supposition(lever, "relative" if match["unit"] == "%" else "points", signed)
