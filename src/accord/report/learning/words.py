"""What learning says in sentences and cells, for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from babel.numbers import format_decimal

from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.learning.figures import LearningReport, Proposal
from accord.learning.leaks import Leak
from accord.learning.minimum import FEWEST_LEADS, FEWEST_OF_A_KIND
from accord.learning.quality import Judged
from accord.learning.reliability import Calibration
from accord.learning.rivals import BOOSTING_NEEDS
from accord.learning.words import COLUMNS, LEFT_OUT, OUTCOME_NAMES, SELECTION, SELECTION_EXPLORED, SIGNS
from accord.report import formats
from accord.typed import as_typed
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "error_cell",
    "error_range",
    "figure_cell",
    "leak_sentence",
    "limit_cell",
    "name_of",
    "no_change_heading",
    "notes",
    "number",
    "opening",
    "points",
    "precision_heading",
    "precision_notes",
    "proposal_notes",
    "quality_notes",
    "range_cell",
    "share_cell",
    "supported_cell",
    "too_few_sentence",
    "turned_away_sentences",
]

_NAMES = {
    "proposal": mark("the proposal"),
    "current": mark("the agreement in force"),
    "logistic": mark("logistic regression"),
    "boosting": mark("gradient boosting"),
}


def opening(report: LearningReport) -> list[str]:
    """What was learnt from."""
    material = report.material
    names = [_(OUTCOME_NAMES[name]) if name in OUTCOME_NAMES else name for name in material.outcomes]
    sentences = [
        _("{leads} with a known outcome, {good} of them good ({outcome}).").format(
            leads=formats.leads(material.leads), good=formats.count(material.good), outcome=formats.enumeration(names)
        )
    ]
    if material.newer and not isinstance(report.proposal, Unknown):
        sentences.append(
            _(
                "Learnt from the {older} older ones; the {newer} newest, from {border} on, chose nothing and judge."
            ).format(
                older=formats.count(material.older),
                newer=formats.count(material.newer),
                border=_border(material.border),
            )
        )
    sentences += [
        _("A deal counts within {days} days of the handoff.").format(days=days) for days in material.horizons.values()
    ]
    return sentences


def _border(order: str) -> str:
    """Where the newest leads begin: a day as the language writes it; what orders a table of yours stays as it is."""
    try:
        return formats.day(date.fromisoformat(order))
    except ValueError:
        return order


def notes(report: LearningReport) -> Iterator[str]:
    """What was left out, and what is not known because nobody was handed over."""
    material = report.material
    if material.left_out:
        reasons = [f"{formats.count(n)} {_(LEFT_OUT.get(why, why))}" for why, n in material.left_out.items()]
        yield _("Left out: {reasons}.").format(reasons=_("; ").join(reasons))
    if material.skipped:
        listed = ", ".join(f"{name} ({_(COLUMNS.get(why, why))})" for name, why in material.skipped.items())
        yield _("Columns that teach nothing: {columns}.").format(columns=listed)
    if material.explored:
        values = {"explored": formats.count(material.explored), "leads": formats.count(round(material.stand_for))}
        yield _(SELECTION_EXPLORED).format(**values)
    elif not {*material.outcomes} - {*OUTCOME_NAMES}:
        yield _(SELECTION)


def too_few_sentence(report: LearningReport, unknown: Unknown) -> str:
    """How many leads are missing."""
    leads, good, need = report.material.leads, report.material.good, unknown.need or 0
    if leads >= FEWEST_LEADS:
        message = _(
            "Of {leads} with a known outcome {good} turned out well and {bad} did not. To learn what tells them apart "
            "it takes at least {n} of each kind among the older four fifths: about {need} leads at the share seen so "
            "far, {missing} more. Keep the agreement, and have sales record outcomes and reasons meanwhile."
        )
        counts = {"good": formats.count(good), "bad": formats.count(leads - good)}
        lacking = {"need": formats.count(need), "missing": formats.count(max(need - leads, 0))}
        return message.format(leads=formats.leads(leads), n=formats.count(FEWEST_OF_A_KIND), **counts, **lacking)
    message = _(
        "{leads} with a known outcome are too few to learn from: about {need} are needed at the share of good ones "
        "seen so far, {missing} more. Keep the agreement, and have sales record outcomes and reasons meanwhile."
    )
    return message.format(
        leads=formats.leads(leads), need=formats.count(need), missing=formats.count(max(need - leads, 0))
    )


def leak_sentence(leak: Leak) -> str:
    """Why a column is taken for one that knows the outcome."""
    text = _(SIGNS[leak.sign]).format(
        value=number(leak.evidence.value, 2),
        n=formats.count(leak.evidence.n),
        others=formats.enumeration(list(leak.of)),
    )
    return _("{field}: {why}.").format(field=leak.field, why=text)


def no_change_heading(proposal: Proposal) -> str:
    """What stands above where the outcomes insist on nothing."""
    return _("Nothing learnt") if proposal.says_nothing else _("Nothing to change")


def proposal_notes(proposal: Proposal) -> list[str]:
    """What was looked at, what stays, and the threshold."""
    looked = ngettext("{n} candidate was looked at.", "{n} candidates were looked at.", proposal.considered)
    sentences = [looked.format(n=formats.count(proposal.considered))]
    if proposal.says_nothing:
        return [_("No column tells good leads from bad ones better than chance does."), *sentences]
    if not proposal.changes:
        return [_("The outcomes do not insist on any other points than the agreement's."), *sentences]
    stays = len(proposal.criteria) - len(proposal.changes)
    if stays:
        sentences.append(
            ngettext("{n} criterion keeps its points.", "{n} criteria keep their points.", stays).format(n=stays)
        )
    if proposal.threshold_before == proposal.threshold:
        sentences.append(_("The threshold stays at {after}.").format(after=points(proposal.threshold)))
    elif proposal.threshold_before is None:
        sentences.append(_("Threshold: {after}.").format(after=points(proposal.threshold)))
    else:
        sentences.append(
            _("Threshold: {before} becomes {after}, so that as many of these leads qualify.").format(
                before=points(proposal.threshold_before), after=points(proposal.threshold)
            )
        )
    before = dict(proposal.bands_before)
    moved = [
        _("{band} from {after} instead of {before}").format(band=name, after=points(lowest), before=points(was))
        for name, lowest in proposal.bands
        if lowest is not None and (was := before.get(name)) is not None and was != lowest
    ]
    if moved:
        sentences.append(
            _("Bands move so that each has as many of these leads: {bands}.").format(bands=formats.enumeration(moved))
        )
    return sentences


def quality_notes(report: LearningReport) -> list[str]:
    """What the figures of the comparison mean."""
    sentences = [
        _("AUC: how often a good lead scores above a bad one."),
        _("Calibration error: by how much the stated chance misses what happened, in ten groups of equal size."),
    ]
    sentences += [
        _("{column} is filled for {n} of them; it is compared on those.").format(column=name, n=formats.count(filled))
        for name, filled in report.compared.items()
    ]
    if not report.boosting_available:
        sentences.append(_("To hold it against gradient boosting: {command}").format(command=BOOSTING_NEEDS))
    return sentences


def precision_heading(report: LearningReport) -> str:
    """Of how many leads the best are looked at, and why of so many."""
    text = _("Good ones among the best {n}, as many as the proposal lets through")
    if "current" in report.judged:
        text = _("Good ones among the best {n}, as many as the agreement in force lets through")
    if report.room is not None and report.room.for_the_judging is not None:
        text = _("Good ones among the best {n}, as many as sales can take")
        if _everyone_fits(report):
            text = _("Good ones among the best {n}: sales can take them all")
    return text.format(n=formats.count(report.capacity))


def _everyone_fits(report: LearningReport) -> bool:
    """Whether sales could have taken every lead that judges, so that no score had to choose."""
    part = None if report.room is None else report.room.for_the_judging
    return part is not None and part >= report.material.newer and not report.material.explored


def precision_notes(report: LearningReport) -> list[str]:
    """How many leads sales can take, or that nobody knows."""
    room = report.room
    if room is None:
        return [_("A table does not say how many leads sales can take.")]
    if room.capacity.a_week is None or room.leads is None:
        return [
            _(
                "Nobody recorded how many leads a week sales can take: import the table reps with its column capacity, "
                "or write handoff: capacity in accord.yaml."
            )
        ]
    text = _(
        "Sales can take {a_week} a week, so {leads} in the {weeks} weeks in which these leads came. {handed} were "
        "handed over in them; the {judging} that judge have their part of that room."
    )
    if _everyone_fits(report):
        text = _(
            "Sales can take {a_week} a week, so {leads} in the {weeks} weeks in which these leads came, and {handed} "
            "were handed over in them. Where all can be taken, any order does; the better half tells the scores apart."
        )
    sentences = [
        text.format(
            a_week=formats.leads(round(room.capacity.a_week)),
            leads=formats.count(round(room.leads)),
            weeks=number(room.weeks, 1),
            handed=formats.count(room.handed),
            judging=formats.count(room.judging),
        )
    ]
    if room.capacity.without:
        sentences.append(
            ngettext(
                "The capacity of {n} person in sales is not recorded and not counted.",
                "The capacity of {n} people in sales is not recorded and not counted.",
                room.capacity.without,
            ).format(n=formats.count(room.capacity.without))
        )
    return sentences


def turned_away_sentences(report: LearningReport) -> Iterator[str]:
    """Good leads below the threshold, by the proposal and by the agreement in force."""
    for name, away in report.turned_away.items():
        text = _("Good leads that {score} would have turned away: {n}, {share} of all good ones.")
        if isinstance(away.share, Unknown):
            text = _("Good leads that {score} would have turned away: {n}.")
        yield text.format(score=name_of(name), n=formats.count(away.leads), share=share_cell(away.share))
    current, proposal = report.turned_away.get("current"), report.proposal
    if current is None or isinstance(proposal, Unknown) or proposal.threshold != proposal.threshold_before:
        return
    if proposal.changes and report.turned_away["proposal"].leads > current.leads:
        yield _(
            "That is because points change and the threshold stays at {threshold}: how many other leads a lower one "
            "would let through, these leads cannot tell. {learn} writes the draft, and {replay} shows what each "
            "threshold would do."
        ).format(
            threshold=points(proposal.threshold),
            learn=as_typed(_("learn --write FILE")),
            replay=as_typed(_("agreement replay FILE")),
        )


def name_of(name: str) -> str:
    """What a way to score is called."""
    if name in _NAMES:
        return _(_NAMES[name])
    prefix = "proposal on "
    if name.startswith(prefix):
        return _("the proposal, where {column} is filled").format(column=name.removeprefix(prefix))
    return name


def number(value: float, digits: int) -> str:
    """A number with so many digits, as the language writes it, with a true minus sign and no nought below nought."""
    return format_decimal(round(value, digits) + 0.0, "0." + "0" * digits, locale=current_language()).replace("-", "−")


def points(value: float) -> str:
    """Points with the digits they have."""
    return format_decimal(value, "0.##", locale=current_language()).replace("-", "−")


def figure_cell(figure: Figure) -> str:
    """An area, or why there is none."""
    return number(figure.value, 3) if isinstance(figure, Estimate) else formats.unknown_briefly(figure)


def range_cell(figure: Figure) -> str:
    """The interval of an area."""
    if isinstance(figure, Unknown):
        return ""
    return _("{low}–{high}").format(low=number(figure.low, 3), high=number(figure.high, 3))


def supported_cell(figure: Figure) -> str:
    """The interval of points."""
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    return _("{low} to {high}").format(low=number(figure.low, 0).rstrip("."), high=number(figure.high, 0).rstrip("."))


def share_cell(figure: Figure) -> str:
    """A share with its interval."""
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    return f"{formats.share(figure)} ({formats.share_interval(figure)})"


def error_cell(judged: Judged) -> str:
    """The calibration error, nothing where no chance is stated."""
    return number(judged.calibration.error, 3) if isinstance(judged.calibration, Calibration) else ""


def error_range(judged: Judged) -> str:
    """Its interval."""
    if not isinstance(judged.calibration, Calibration):
        return ""
    found = judged.calibration
    return _("{low}–{high}").format(low=number(found.low, 3), high=number(found.high, 3))


def limit_cell(judged: Judged) -> str:
    """What a perfectly honest score stays below."""
    return number(judged.calibration.limit, 3) if isinstance(judged.calibration, Calibration) else ""
