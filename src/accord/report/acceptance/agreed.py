"""What the agreement promises to classes of leads, and what marketing owes, beside what was kept: rows and words."""

from __future__ import annotations

from dataclasses import dataclass

from accord.acceptance.figures import AcceptanceReport, MonthDelivered, PromiseKept
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.typed import as_typed
from accord.values import Figure, Json

__all__ = ["Delivered", "Kept", "agreed_json", "delivered_months", "earlier_months_sentence", "kept_promises"]

RECENT = 4
"""Months of a commitment that a reader is shown; all of them leave in JSON."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise as a reader sees it: what was promised, to how many leads, and how often it was kept."""

    label: str
    handed: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Delivered:
    """A month of a commitment: ``short`` when it is over and marketing delivered less than it owes."""

    label: str
    month: str
    owed: str
    delivered: str
    remark: str
    short: bool


def kept_promises(report: AcceptanceReport) -> list[Kept]:
    """A row per promise to a class of leads."""
    return [Kept(_label(promise), formats.count(promise.handed), promise.kept) for promise in report.promises]


def _label(promise: PromiseKept) -> str:
    delay = formats.promise_name(f"{promise.within_hours:g}h")
    if promise.clock == "business":
        return _("{leads}: within {delay}, in open hours").format(leads=_called(promise), delay=delay)
    return _("{leads}: within {delay}").format(leads=_called(promise), delay=delay)


def _called(part: PromiseKept | MonthDelivered) -> str:
    """What these leads are called in the reader's language."""
    return (part.labels or {}).get(current_language(), part.name)


def delivered_months(report: AcceptanceReport) -> list[Delivered]:
    """The last months of every commitment of marketing."""
    rows: list[Delivered] = []
    for name in dict.fromkeys(met.name for met in report.commitments):
        months = [met for met in report.commitments if met.name == name]
        rows += [_delivered(met) for met in months[-RECENT:]]
    return rows


def earlier_months_sentence(report: AcceptanceReport) -> str:
    """How many months there are before the ones shown, and where they are; empty where all are shown."""
    months = {met.month for met in report.commitments}
    earlier = len(months) - RECENT
    if earlier <= 0:
        return ""
    return ngettext(
        "The last {shown} months; {n} earlier one is in {acceptance}",
        "The last {shown} months; {n} earlier ones are in {acceptance}",
        earlier,
    ).format(shown=RECENT, n=formats.count(earlier), acceptance=as_typed("acceptance --json"))


def _delivered(met: MonthDelivered) -> Delivered:
    short = met.over and met.delivered < met.owed
    remark = ""
    if not met.over:
        remark = _("not over yet")
    elif short:
        remark = _("{missing} short").format(missing=formats.count(met.owed - met.delivered))
    return Delivered(
        _called(met),
        formats.period_name(met.month),
        formats.count(met.owed),
        formats.count(met.delivered),
        remark,
        short,
    )


def agreed_json(report: AcceptanceReport) -> dict[str, Json]:
    """``promises`` and ``commitments``, additions to the contract's answer."""
    return {
        "promises": [
            {
                "name": promise.name,
                "where": {column: list(values) for column, values in promise.where.items()},
                "within_hours": promise.within_hours,
                "clock": promise.clock,
                "handed": promise.handed,
                "kept": promise.kept.to_json(),
            }
            for promise in report.promises
        ],
        "commitments": [
            {"name": met.name, "month": met.month, "owed": met.owed, "delivered": met.delivered, "over": met.over}
            for met in report.commitments
        ],
    }
