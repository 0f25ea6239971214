"""What returns, reasons, follow-ups and ages are called."""

from __future__ import annotations

from collections.abc import Mapping

from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.recycle.figures import Because, HowReturned, Relaunch
from accord.report import formats
from accord.report.words import value_name
from accord.tables.reasons import OTHER, REASON_LABELS

__all__ = ["age_name", "because_words", "follow_up_name", "how_name", "left_out_words", "returned_name", "touch_name"]

NONE = "(none)"

_HOW: Mapping[str, str] = {
    "rejected": mark("refused"),
    "disqualified": mark("disqualified after contact"),
    "recycled": mark("sent back for later"),
    "expired": mark("left without an answer"),
    "given_back": mark("accepted, then given back"),
    "superseded": mark("handed over again before an answer"),
}

_FOLLOW_UPS: Mapping[str, str] = {
    NONE: mark("nothing recorded"),
    "call": mark("call"),
    "email": mark("e-mail"),
    "meeting": mark("meeting"),
    "message": mark("message"),
    "visit": mark("visit"),
    "automated email": mark("automatic e-mail"),
    "automated call": mark("automatic call"),
    "automated message": mark("automatic message"),
}

_TOUCHES: Mapping[str, str] = {
    NONE: mark("nothing"),
    "page_view": mark("page viewed"),
    "download": mark("download"),
    "webinar": mark("webinar"),
    "email_open": mark("e-mail opened"),
    "email_click": mark("link in an e-mail followed"),
    "email_reply": mark("reply to an e-mail"),
    "form": mark("form filled in"),
    "trial": mark("trial"),
    "pricing_view": mark("prices viewed"),
    "demo_request": mark("demo asked for"),
    "call_in": mark("call received"),
    "event": mark("event"),
    "social": mark("social network"),
    "chat": mark("chat"),
}

_LEFT_OUT: Mapping[str, str] = {
    "asked_not_to_be_contacted": mark("asked not to be contacted"),
    "customer": mark("customers already"),
    "open_opportunity": mark("with an open opportunity"),
    "no_waiting_mends_it": mark("competitors, tests, duplicates or leads that have an owner"),
    "contact_data_wrong": mark("with an e-mail address or telephone number that is wrong"),
    "beyond_the_stop_rule": mark("tried as often as it pays"),
    "returned_too_recently": mark("back for less than 14 days, with no sign of life since"),
}


def how_name(kind: HowReturned | str) -> str:
    """How an episode came back."""
    return _(_HOW[kind])


def returned_name(kind: HowReturned | str, reason: str) -> str:
    """How and why, in a line; who left a lead without an answer gave no reason."""
    return how_name(kind) if kind == "expired" and reason == NONE else f"{how_name(kind)}, {reason_name(reason)}"


def reason_name(reason: str) -> str:
    """Why, as sales said, for the middle of a sentence: labels begin small, somebody's own words stay as they are."""
    if reason == NONE:
        return _("no reason given")
    label = REASON_LABELS.get(reason)
    if not label:
        return reason.removeprefix(OTHER)
    name = _(label)
    return name[:1].lower() + name[1:]


def follow_up_name(kind: str) -> str:
    """What sales tried first."""
    label = _FOLLOW_UPS.get(kind)
    return _(label) if label else kind


def touch_name(kind: str) -> str:
    """What the prospect did."""
    label = _TOUCHES.get(kind)
    return _(label) if label else kind


def age_name(band: str) -> str:
    """A class of days since the return: up to 7, 8 to 30, more than 180."""
    if band.endswith("+"):
        return _("more than {days} days").format(days=int(band[:-1]) - 1)
    first, last = band.split("-")
    return _("{first} to {last} days").format(first=first, last=last)


def left_out_words(reason: str, count: int) -> str:
    """How many waiting leads are not listed for this reason: asked not to be contacted (16)."""
    return f"{_(_LEFT_OUT[reason])} ({formats.count(count)})"


def because_words(lead: Relaunch) -> str:
    """Why this lead, in a line: how it came back, what it did since, what of it moves its chance most."""
    how = returned_name(lead.returned, lead.reason)
    parts = [
        ngettext("{n} day ago: {how}", "{n} days ago: {how}", lead.days_waiting).format(
            how=how, n=formats.count(lead.days_waiting)
        )
    ]
    if lead.last_touch is not None and lead.last_touch_on is not None:
        since = ngettext(
            "{n} sign of life since, the last on {day}: {touch}",
            "{n} signs of life since, the last on {day}: {touch}",
            lead.touches_since,
        )
        parts.append(
            since.format(
                n=formats.count(lead.touches_since),
                day=formats.day_and_month(lead.last_touch_on),
                touch=touch_name(lead.last_touch),
            )
        )
    moving = [one for one in lead.because if round(one.effect * 100) != 0][:2]
    parts += [_moved(one) for one in moving]
    return formats.sequence(parts)


def _moved(one: Because) -> str:
    points = f"{'+' if one.effect > 0 else '−'}{formats.count(abs(round(one.effect * 100)))}"
    return _("{points} points: {trait}").format(points=points, trait=_trait(one))


def _trait(one: Because) -> str:
    if one.what == "returned_because":
        how, reason = one.value.split(": ", 1)
        return returned_name(how, reason)
    if one.what == "days_since_return":
        return _("{age} since the return").format(age=age_name(one.value))
    if one.what == "attempts":
        times = int(one.value.rstrip("+"))
        words = ngettext("handed over {times} time so far", "handed over {times} times so far", times)
        return words.format(times=one.value)
    if one.what == "last_touch_since":
        return _("last sign of life: {touch}").format(touch=touch_name(one.value))
    if one.what == "channel":
        return _("channel {name}").format(name=value_name("channel", one.value))
    return _("band {name}").format(name=value_name("band", one.value))
