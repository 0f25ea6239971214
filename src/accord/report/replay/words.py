"""What a replay says in sentences, and its tables as columns of text, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from accord.language import gettext as _
from accord.language import ngettext
from accord.replay.population import CONVERSION_DAYS
from accord.replay.report import Chosen, Expectation, Replay, TeamLoad, ThresholdRow
from accord.report import formats
from accord.report.agreement.changes import change_words
from accord.report.cells import share_cell
from accord.report.condition_words import number
from accord.report.history_words import history_words
from accord.typed import as_typed
from accord.values import MINIMUM_COUNT, Estimate, Figure, Reason, Unknown

__all__ = [
    "changes_words",
    "expectation_words",
    "headline",
    "moves",
    "scope",
    "team_table",
    "threshold_table",
    "title",
    "warnings",
]

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Headings, and rows of cells."""

_SMALL = 0.15

_MOST_CHANGES = 15

_IN_THE_TITLE = (("name",), ("version",))


def title(replay: Replay) -> str:
    """What was replayed."""
    return _("Replay of {name}, version {version}").format(name=replay.draft.name, version=replay.draft.version)


def scope(replay: Replay) -> str:
    """Against what, over which leads and which time."""
    zone = replay.draft.timezone
    end = formats.moment(replay.end, zone)
    if replay.start is None:
        span = _("up to {end}").format(end=end)
    else:
        span = _("from {start} to {end}").format(start=formats.moment(replay.start, zone), end=end)
    leads = formats.leads(replay.population.size)
    if replay.by_hand:
        return _("Against what was really handed over: {leads}, {span}.").format(leads=leads, span=span)
    if replay.version is None:
        return _("Against accord.yaml, which nobody has signed: {leads}, {span}.").format(leads=leads, span=span)
    return _("Against version {version}: {leads}, {span}.").format(
        version=replay.version.version, leads=leads, span=span
    )


def headline(replay: Replay) -> str:
    """How many leads before and after."""
    return _("{after} instead of {before}.").format(
        after=formats.leads(replay.after.leads), before=formats.count(replay.before.leads)
    )


def moves(replay: Replay) -> str:
    """How many enter and leave; or that nothing can, and how to replay a change."""
    if replay.same:
        return _(
            "The draft says the same as what it is held against, so nothing moves. Change accord.yaml, or name a "
            "draft: {replay}"
        ).format(replay=as_typed(_("agreement replay FILE")))
    return _("In: {enter}; out: {leave}; unchanged: {stay}.").format(
        enter=formats.count(replay.enter), leave=formats.count(replay.leave), stay=formats.count(replay.stay)
    )


def changes_words(replay: Replay) -> list[str]:
    """What the draft changes, a line for each; the number of the draft itself is in the title."""
    said = [change_words(change) for change in replay.changes if change.path not in _IN_THE_TITLE]
    if len(said) <= _MOST_CHANGES:
        return said
    more = len(said) - _MOST_CHANGES + 1
    rest = ngettext("… and {n} more: {diff} shows all.", "… and {n} more: {diff} shows all.", more)
    return [*said[: _MOST_CHANGES - 1], rest.format(n=formats.count(more), diff=as_typed("agreement diff"))]


def expectation_words(replay: Replay) -> Table:
    """Expected acceptance and conversion: before, after, of those that enter, of those that leave."""
    rows = [
        (_("before"), replay.before),
        (_("after"), replay.after),
        (_("of those entering"), replay.entering),
        (_("of those leaving"), replay.leaving),
    ]
    headings = ("", _("leads"), _("handed over"), _("accepted"), _("at least–at most"), _("converted"))
    digits = _Digits.of([chosen for _name, chosen in rows])
    return headings, [_expected(name, chosen, digits) for name, chosen in rows]


class _Digits(NamedTuple):
    """Digits after the decimal sign that every figure of a column can carry."""

    accepted: int
    converted: int

    @classmethod
    def of(cls, chosen: Sequence[Chosen]) -> _Digits:
        return cls(
            _digits([one.acceptance.figure for one in chosen]), _digits([one.conversion.figure for one in chosen])
        )


def _digits(figures: Sequence[Figure]) -> int:
    """Where few leads convert, whole percents would make 4.6% and 5.4% the same."""
    known = [figure for figure in figures if isinstance(figure, Estimate)]
    small = bool(known) and all(figure.value < _SMALL for figure in known)
    return 1 if small else formats.share_digits(known)


def _expected(name: str, chosen: Chosen, digits: _Digits) -> tuple[str, ...]:
    return (
        name,
        formats.count(chosen.leads),
        formats.count(chosen.handed),
        share_cell(chosen.acceptance.figure, digits.accepted),
        _bounds(chosen.acceptance) if chosen.leads else "",
        share_cell(chosen.conversion.figure, digits.converted),
    )


def _bounds(expectation: Expectation) -> str:
    low, high = formats.percent(expectation.bounds.low), formats.percent(expectation.bounds.high)
    return _("{low}–{high}").format(low=low.rstrip("%\u00a0"), high=high)


def team_table(teams: Sequence[TeamLoad]) -> Table:
    """Leads a week of each team beside what it can take."""
    headings = (_("team"), _("before a week"), _("after a week"), _("can take"), _("fullest week"), _("weeks over"))
    return headings, [_team(load) for load in teams]


def _team(load: TeamLoad) -> tuple[str, ...]:
    return (
        load.team or _("(nobody's yet)"),
        number(round(load.before, 1)),
        number(round(load.after, 1)),
        _("not recorded") if load.capacity is None else number(load.capacity),
        formats.count(load.peak),
        "" if load.capacity is None else formats.count(load.weeks_over),
    )


def threshold_table(rows: Sequence[ThresholdRow]) -> Table:
    """How everything depends on the threshold."""
    headings = (
        _("threshold"),
        _("leads"),
        _("a week"),
        _("enter"),
        _("leave"),
        _("accepted"),
        _("converted"),
    )
    digits = _Digits.of([row.chosen for row in rows])
    return headings, [
        (
            f"{number(row.threshold)}{' *' if row.is_draft else ''}",
            formats.count(row.chosen.leads),
            number(round(row.per_week, 1)),
            formats.count(row.enter),
            formats.count(row.leave),
            share_cell(row.chosen.acceptance.figure, digits.accepted),
            share_cell(row.chosen.conversion.figure, digits.converted),
        )
        for row in rows
    ]


def warnings(replay: Replay) -> Iterator[str]:
    """What has to be known to believe these figures no more than they deserve."""
    yield _(
        "Outcomes exist only for leads that were handed over. For the others, handed-over leads of about the same "
        "score stand in; at least and at most are what no assumption can change."
    )
    after = replay.after.acceptance
    if after.comparable < 1 and replay.after.leads and after.figure != Unknown(Reason.TOO_FEW, MINIMUM_COUNT):
        yield _(
            "For {share} of the leads after, no comparable lead was ever handed over; no rate is carried over to them."
        ).format(share=formats.percent(1 - after.comparable, 1))
    yield _(
        "A lead counts at its first handoff, or, where it was never handed over, at the last thing it did; what came "
        "later is not looked at."
    )
    yield from history_words(replay.population.how)
    yield _("Converted: a deal won, or money received, within {n} days of the handoff.").format(n=CONVERSION_DAYS)
    if replay.after.conversion.figure == Unknown(Reason.NOT_MATURE):
        tenth = int(np.flatnonzero(replay.population.handed)[MINIMUM_COUNT - 1])
        known = int(replay.population.day[tenth]) + CONVERSION_DAYS
        yield _("Too few of them were handed over as long ago as that: a first figure comes on {day}.").format(
            day=formats.day(date(1970, 1, 1) + timedelta(days=known))
        )
    over = [load for load in replay.teams if load.weeks_over]
    for load in over:
        message = ngettext(
            "{team}: in {n} week the draft brings more leads than the {capacity} it can take.",
            "{team}: in {n} weeks the draft brings more leads than the {capacity} it can take.",
            load.weeks_over,
        )
        yield message.format(
            team=load.team or _("(nobody's yet)"), n=formats.count(load.weeks_over), capacity=number(load.capacity or 0)
        )
    if not any(isinstance(row.chosen.acceptance.figure, Estimate) for row in replay.thresholds):
        yield _("Too few of the leads handed over have an outcome: nothing can be expected yet.")
