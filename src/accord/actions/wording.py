"""What people read of an action's effect, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accord.actions.model import CorrectiveAction
from accord.actions.report import Caution, CautionCode, StretchBy, Texts, Verdict
from accord.diagnosis.phrases import filled, number, the_day
from accord.language import both, mark
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = ["because", "caution", "signed", "stretch_told"]

VERDICTS: Mapping[Verdict, str] = {
    "better": mark("Better: {points} points more are accepted than without it ({low} to {high})."),
    "worse": mark("Worse: {points} points fewer are accepted than without it ({low} to {high})."),
    "no_difference": mark("No difference in acceptance is seen: anything from {low} to {high} points is possible."),
    "doubtful": mark(
        "The segment moved by {value} points beyond the others ({low} to {high}), but nobody can say that this did it."
    ),
}
WHY_UNKNOWN: Mapping[Reason, str] = {
    Reason.NOT_RECORDED: mark("Nothing is recorded that it could be measured on."),
    Reason.NOT_MATURE: mark("Too early to tell: {need} of its leads must be old enough, over at least four weeks."),
    Reason.TOO_FEW: mark("Too few leads to tell: at least {need} of its leads are needed on either side."),
}
EVERYWHERE = mark("It touches all leads, so there is nobody to compare with. Begin the next one in one segment.")
NO_BEFORE = mark("There is too little from before it, or nobody untouched: nothing can be compared.")

SHORT_STRETCH = mark(
    "Between {day}, when the trouble began, and the action there is too little to compare with: "
    "{need} leads of either group, over three whole weeks, are needed."
)
STRETCHES: Mapping[StretchBy, str] = {
    "named": mark(
        "“Before” is the time from {day}, when the trouble began, to the action: "
        "{weeks} weeks with {leads} of its leads."
    ),
    "finding": mark(
        "“Before” is the time from the drop, around {day}, to the action: {weeks} weeks with {leads} of its leads."
    ),
    "found": mark(
        "Around {day} the segment had dropped by {points} points beyond the others. “Before” is the time from then to "
        "the action: {weeks} weeks with {leads} of its leads."
    ),
}
ALL_WEEKS = mark("Against all weeks before, those before {day} included, it would be {value} ({low} to {high}).")

CAUTIONS: Mapping[CautionCode, str] = {
    "overlap": mark("{actions} touched the same leads around the same time: their effects cannot be told apart."),
    "overlap_left_out": mark("Leads that {actions} touched too around the same time are left out."),
    "untouched_changed": mark("{actions} touched nearly all the others meanwhile: the comparison holds that too."),
    "trends_not_parallel": mark(
        "Before it, the gap to the others was already moving, by {points} points in four weeks."
    ),
    "placebo_failed": mark(
        "The same method finds effects where nothing was done: this one may come from elsewhere too."
    ),
    "fewer_leads": mark(
        "{after} leads a week are handed over here instead of {before}: a better rate of fewer leads may be no gain."
    ),
    "short_horizon": mark(
        "Acceptance within {days} days is compared; {window} days have not passed yet for enough leads."
    ),
    "few_weeks": mark("Only {weeks} weeks so far: look again before you conclude."),
    "answers_by_date": mark(
        "Of {percent}% of the leads it cannot be said whether they were answered in time, for want of hours in some "
        "dates: what is told of answers in time is told as the dates stand."
    ),
    "begun_when_low": mark(
        "It was begun where the rate had just been low. A low rate often rises by itself; how much of this would have "
        "come without it, no single segment can tell."
    ),
}


def signed(value: float, digits: int = 0) -> str:
    """+5 and −12: with a sign that is as wide as the plus."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def because(verdict: Verdict, effect: Figure, action: CorrectiveAction, since: date | None = None) -> Texts:
    """The effect in a sentence, or why there is none; ``since``: the day of a drop too near to tell."""
    if isinstance(effect, Estimate):
        low, value, high = (signed(100 * part) for part in (effect.low, effect.value, effect.high))
        points = f"{abs(100 * effect.value):.0f}"
        return both(VERDICTS[verdict], points=points, value=value, low=low, high=high)
    if since is not None:
        return filled(SHORT_STRETCH, {"day": the_day(since), "need": effect.need})
    if effect.reason is Reason.NOT_IDENTIFIED:
        return both(NO_BEFORE if action.where else EVERYWHERE)
    return both(WHY_UNKNOWN[effect.reason], need=effect.need)


def stretch_told(  # noqa: PLR0917 - all that the sentence says
    by: StretchBy, since: date, weeks: int, step: Figure, leads: int, all_weeks: Figure
) -> Texts:
    """Which weeks stand for the time before an action, and what all of them would say."""
    points = number(abs(100 * step.value)) if isinstance(step, Estimate) else ""
    said = filled(STRETCHES[by], {"day": the_day(since), "weeks": weeks, "leads": number(leads), "points": points})
    if isinstance(all_weeks, Unknown):
        return said
    low, value, high = (signed(100 * part) for part in (all_weeks.low, all_weeks.value, all_weeks.high))
    mixed = filled(ALL_WEEKS, {"day": the_day(since), "low": low, "value": value, "high": high})
    return {language: f"{said[language]} {mixed[language]}" for language in said}


def caution(code: CautionCode, actions: tuple[str, ...] = (), **values: object) -> Caution:
    """A caution with its sentence."""
    return Caution(code, both(CAUTIONS[code], actions=", ".join(actions), **values), actions)
