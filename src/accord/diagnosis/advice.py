"""What to do, with the figures that make it specific: how many points, which criterion, how many leads a week."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from accord.agreement.model import Agreement
from accord.diagnosis.asking_more import Asked, points_apart, points_more, qualified
from accord.diagnosis.cases import Cases, Rows
from accord.diagnosis.checking import check_of
from accord.diagnosis.figuring import share
from accord.diagnosis.gains import gain_of
from accord.diagnosis.phrases import filled, leads_of, number, people_of
from accord.diagnosis.report import Action, Check, Finding, Texts
from accord.diagnosis.watching import look_at, settling
from accord.diagnosis.working import Load, load_of
from accord.language import both, mark
from accord.tables.reasons import OTHER, REASON_LABELS
from accord.values import MINIMUM_COUNT, Estimate, Figure

__all__ = ["advised"]

EPOCH = date(1970, 1, 1)

ADDITIONAL = frozenset({"give_points"})
"""Actions that only specific advice has."""

ASK_MORE = mark(
    "Ask {more} points more of leads {where} before they are handed over ({low} to {high}; replay it first): of those "
    "that had as many, {rate}% were accepted, and {left} of {among} would be left."
)
POINTS_DO_NOT_TELL = mark(
    "Ask something else of leads {where} before they are handed over, such as a date or a budget: points do not tell "
    "which of them are accepted."
)
RAISE = mark(
    "Replay a threshold of {threshold} instead of {now} before agreeing on it: of leads with as many points {rate}% "
    "were accepted, and {left} of {among} would be left."
)
RAISE_BY = mark(
    "Replay thresholds higher by {more} points before agreeing on them: of leads with as many points {rate}% were "
    "accepted, and {left} of {among} would be left."
)
NO_THRESHOLD = mark(
    "A higher threshold alone does not mend it: the score does not tell which leads would be accepted as often as the "
    "floor asks, with {least} of them left. First settle what is to give points."
)
NO_POINTS = mark(
    "Settle what qualifies a lead, and by how many points: the agreement gives none yet, so no threshold can be raised."
)
READ = mark("Read 30 refused leads together and settle which criterion let them through{first}{most}.")
READ_OF = mark("Read 20 refusals of leads {where} together and write what is missing into the agreement{first}{most}.")
FIRST = mark("; begin with those that only “{label}” lifted over the threshold ({leads}, of which {rate}% accepted)")
MOST = mark("; the reason given most often is “{reason}” ({refused} of {of})")
GIVE_POINTS = mark(
    "Give leads {where} about {more} points more in a draft ({low} to {high}; replay it): by so much others have to "
    "exceed the threshold to be accepted as often ({rate}%). Hand over a few from below the threshold to see."
)
BEYOND_POINTS = mark(
    "Let leads {where} qualify by what they are: others are not accepted as often whatever their score. Hand over a "
    "few from below the threshold to see."
)
SHARE_LOAD = mark(
    "{People}: in {full} of {weeks} weeks more than the {capacity} leads that can be worked arrived, {over} too many "
    "on average. Route those to colleagues{room}, or let no more than {capacity} a week come."
)
ROOM = mark(", who have room for {room} a week in the same team")
CAP = mark(
    "{People}: let no more than {quiet} leads a week come, as in the quieter half of the weeks, and route the rest to "
    "colleagues; record how many can be worked a week (capacity)."
)
MIX = mark("Agree which share leads {where} are to have (now {after}%, before {before}%), and plan the budget by it.")
ROUTES = mark("Settle who works leads {where}, and write it into the routes of the agreement{most}.")
LISTEN = mark("With {people}: go through ten refused leads{most}. What would have made them worth a call?")


def advised(cases: Cases, finding: Finding, agreement: Agreement) -> Finding:
    """The same finding with actions as specific as the data allow, what they would bring, and how to check it later."""
    if finding.kind == "not_measurable" or not len(cases):
        return finding
    if not finding.sure:
        return _watched(cases, finding, agreement)
    said = _Advice(cases, finding, agreement)
    specific = said.by_code()
    actions = [specific[action.code](action) if action.code in specific else action for action in finding.actions]
    more = [specific[code](Action(code, {})) for code in ADDITIONAL & specific.keys()]
    finding = replace(finding, actions=(*actions, *(action for action in more if action.text)))
    return replace(finding, gain=gain_of(cases, finding, agreement), check=check_of(cases, finding))


def _watched(cases: Cases, finding: Finding, agreement: Agreement) -> Finding:
    """The same finding, not sure: with what to look at, and what would settle it."""
    finding = settling(cases, finding)
    settles = finding.facts["settles"]
    assert isinstance(settles, Mapping)
    gain = gain_of(cases, finding, agreement)
    return replace(finding, actions=look_at(finding), gain=gain, check=Check(settles, to_record=False))


@dataclass(frozen=True, eq=False)
class _Advice:
    cases: Cases
    finding: Finding
    agreement: Agreement

    def by_code(self) -> dict[str, Callable[[Action], Action]]:
        """The advice that replaces the general one, by the code of the action."""
        kind, cause = self.finding.kind, self.finding.cause
        made: dict[str, Callable[[], Texts | None]] = {}
        if kind == "durably_low":
            made = {"review_criteria": self.read, "raise_threshold": self.threshold}
        elif kind == "segment_friction":
            made = {"stricter_entry": self.ask_more, "read_refusals": self.read}
        elif kind == "mix_shift":
            made = {"agree_the_mix": self.mix, "stricter_entry": self.ask_more}
        elif kind == "segment_model":
            made = {"give_points": self.give_points}
        elif kind == "rep_gap" and cause == "overload":
            made = {"share_the_load": self.share_the_load}
        elif kind == "rep_gap" and cause == "territory":
            made = {"review_routes": self.routes}
        elif kind == "rep_gap" and cause in {"resistance", "undetermined"}:
            made = {"listen": self.listen}
        return {code: _replacing(make) for code, make in made.items()}

    @property
    def inside(self) -> Rows:
        """The cases that the finding is about."""
        rows = self.cases.rows(self.finding.where)
        if self.finding.since is not None and self.finding.kind != "mix_shift":
            rows = rows & (self.cases.day >= (self.finding.since - EPOCH).days)
        return rows

    def ask_more(self) -> Texts | None:
        target = self._evidence("rate_elsewhere")
        if self.cases.points is None or not isinstance(target, Estimate) or not self.finding.where:
            return None
        asked = points_more(self.cases, self.inside, target)
        if asked is None or not asked.points.value:
            return self._said(POINTS_DO_NOT_TELL) if asked is None else None
        return self._said(ASK_MORE, **_bar(asked))

    def threshold(self) -> Texts | None:
        if self.cases.points is None:
            return self._said(NO_POINTS)
        floor = self.agreement.acceptance.floor
        mature = self.cases.age >= self.cases.window
        asked = points_more(self.cases, mature, Estimate(floor, floor, floor, 0))
        if asked is None:
            return self._said(NO_THRESHOLD, least=50) if qualified(self.cases).any() else None
        if not asked.points.value:
            return None
        if asked.threshold is None:
            return self._said(RAISE_BY, **_bar(asked))
        values = {"threshold": number(asked.threshold + asked.points.value), "now": number(asked.threshold)}
        return self._said(RAISE, **_bar(asked), **values)

    def give_points(self) -> Texts | None:
        if self.cases.points is None:
            return None
        asked = points_apart(self.cases, self.inside)
        if asked is None:
            crossed = self.inside & qualified(self.cases) & self.cases.settled
            return self._said(BEYOND_POINTS) if crossed.sum() >= MINIMUM_COUNT else None
        return self._said(GIVE_POINTS, **_bar(asked)) if asked.points.value else None

    def read(self) -> Texts | None:
        message = READ_OF if self.finding.where else READ
        return self._said(message, first=self._first(), most=self._most())

    def mix(self) -> Texts | None:
        after, before = self._evidence("share_after"), self._evidence("share_before")
        if not isinstance(after, Estimate) or not isinstance(before, Estimate):
            return None
        return self._said(MIX, after=round(100 * after.value), before=round(100 * before.value))

    def routes(self) -> Texts | None:
        return self._said(ROUTES, most=self._most())

    def listen(self) -> Texts | None:
        return self._said(LISTEN, most=self._most())

    def share_the_load(self) -> Texts | None:
        load = load_of(self.cases, self.inside)
        if load is None:
            return None
        people = people_of(self.finding.where)
        values: dict[str, object] = {"People": {name: f"{text[:1].upper()}{text[1:]}" for name, text in people.items()}}
        if load.capacity is None:
            return self._said(CAP, quiet=number(load.quiet), **values)
        room = filled(ROOM, {"room": number(load.room)}) if load.room >= 1 else both("")
        return self._said(SHARE_LOAD, **values, **_weeks(load), room=room)

    def _said(self, message: str, **values: object) -> Texts:
        where = {"where": leads_of(self.finding.where), "people": people_of(self.finding.where)}
        return filled(message, {**where, **values})

    def _evidence(self, what: str) -> Figure | None:
        return next((one.value for one in self.finding.evidence if one.what == what), None)

    def _first(self) -> Texts:
        """The criterion without which most refused ones would not have qualified; nothing where there is none."""
        points = self.cases.points
        if points is None:
            return _NOTHING
        crossed = self.inside & qualified(self.cases) & self.cases.settled
        place = np.flatnonzero(crossed)
        over = points.score[place] - points.threshold[place]
        alone = points.given[place] > over[:, None]
        refused = (alone & ~self.cases.accepted[place][:, None]).sum(axis=0)
        if not refused.size or refused.max() < MINIMUM_COUNT:
            return _NOTHING
        most = int(refused.argmax())
        rows = np.zeros(len(self.cases), dtype=np.bool_)
        rows[place[alone[:, most]]] = True
        rate = share(self.cases.accepted, rows)
        assert isinstance(rate, Estimate)
        values = {"label": points.criteria[most].label, "leads": number(rate.n), "rate": round(100 * rate.value)}
        return filled(FIRST, values)

    def _most(self) -> Texts:
        """The reason that most refusals give; nothing where fewer than ten give it."""
        cases = self.cases
        refused = self.inside & cases.decided & ~cases.accepted
        given = cases.reason[refused & (cases.reason >= 0)]
        counts = np.bincount(given, minlength=1)
        if not cases.reasons or counts.max() < MINIMUM_COUNT:
            return _NOTHING
        reason = cases.reasons[int(counts.argmax())]
        label = (
            both(REASON_LABELS[reason]) if reason in REASON_LABELS else both("{text}", text=reason.removeprefix(OTHER))
        )
        return filled(MOST, {"reason": label, "refused": number(int(counts.max())), "of": number(int(refused.sum()))})


_NOTHING: Texts = {"en": "", "fr": ""}


def _replacing(make: Callable[[], Texts | None]) -> Callable[[Action], Action]:
    def replaced(action: Action) -> Action:
        text = make()
        return action if text is None else replace(action, text=text)

    return replaced


def _bar(asked: Asked) -> dict[str, object]:
    return {
        "more": number(asked.points.value),
        "low": number(asked.points.low),
        "high": number(asked.points.high),
        "rate": round(100 * asked.rate.value),
        "left": number(asked.left),
        "among": number(asked.among),
    }


def _weeks(load: Load) -> dict[str, object]:
    figures = {"full": load.full, "weeks": load.weeks, "capacity": load.capacity or 0.0, "over": load.over}
    return {name: number(value) for name, value in figures.items()}
