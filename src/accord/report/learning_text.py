"""What outcomes teach, as text for a terminal: the leaks, the changes with their evidence, how good the score is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.numbers import format_decimal

from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.learning.figures import LearningReport, Material, Proposal, ProposedCriterion
from accord.learning.leaks import Leak
from accord.learning.quality import Judged
from accord.learning.reliability import Calibration
from accord.learning.rivals import BOOSTING_NEEDS
from accord.learning.words import COLUMNS, LEFT_OUT, OUTCOME_NAMES, SELECTION, SELECTION_EXPLORED, SIGNS
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.values import Estimate, Figure, Unknown

__all__ = ["learning_text"]

_NAMES = {
    "proposal": mark("the proposal"),
    "current": mark("the agreement in force"),
    "logistic": mark("logistic regression"),
    "boosting": mark("gradient boosting"),
}
_CHANGES = {"added": "+", "removed": "-", "changed": "~", "kept": " "}


def learning_text(report: LearningReport, look: Look) -> str:
    """Everything, in the order in which one decides: may I trust it, what would change, is it better."""
    parts = [_opening(report, look), _leaks(report.leaks, look)]
    if isinstance(report.proposal, Unknown):
        parts.append(_too_few(report.material, report.proposal, look))
    else:
        parts += [
            _changes(report.proposal, look),
            _quality(report, look),
            _bands(report, look),
            _turned_away(report, look),
        ]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _opening(report: LearningReport, look: Look) -> Iterator[str]:
    material = report.material
    yield look.styled(_("What the outcomes teach"), "bold")
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
            ).format(older=formats.count(material.older), newer=formats.count(material.newer), border=material.border)
        )
    sentences += [
        _("A deal counts within {days} days of the handoff.").format(days=days) for days in material.horizons.values()
    ]
    yield from look.paragraph(" ".join(sentences))
    notes = [
        _("Left out: {reasons}.").format(
            reasons="; ".join(f"{formats.count(n)} {_(LEFT_OUT.get(why, why))}" for why, n in material.left_out.items())
        )
    ] * bool(material.left_out)
    if material.skipped:
        listed = ", ".join(f"{name} ({_(COLUMNS.get(why, why))})" for name, why in material.skipped.items())
        notes.append(_("Columns that teach nothing: {columns}.").format(columns=listed))
    if material.explored:
        weight = f"{1 / material.exploration_share:g}"
        notes.append(_(SELECTION_EXPLORED).format(explored=formats.count(material.explored), weight=weight))
    elif not {*material.outcomes} - {*OUTCOME_NAMES}:
        notes.append(_(SELECTION))
    for note in notes:
        yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _too_few(material: Material, unknown: Unknown, look: Look) -> Iterator[str]:
    yield look.styled(_("No proposal"), "bold")
    message = _(
        "{leads} with a known outcome are too few to learn from: about {need} are needed at the share of good ones "
        "seen so far, {missing} more. Keep the agreement, and have sales record outcomes and reasons meanwhile."
    )
    need = unknown.need or 0
    yield from look.paragraph(
        message.format(
            leads=formats.leads(material.leads),
            need=formats.count(need),
            missing=formats.count(max(need - material.leads, 0)),
        )
    )


def _leaks(leaks: Sequence[Leak], look: Look) -> Iterator[str]:
    if not leaks:
        return
    yield look.styled(_("Left out because they know the outcome"), "bold")
    for leak in leaks:
        text = _(SIGNS[leak.sign]).format(
            value=_number(leak.evidence.value, 2),
            n=formats.count(leak.evidence.n),
            others=formats.enumeration(list(leak.of)),
        )
        yield from look.paragraph(_("{field}: {why}.").format(field=leak.field, why=text), 2)
    note = _("If one of them is known before sales speaks to the lead, nothing is lost but its help.")
    yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _changes(proposal: Proposal, look: Look) -> Iterator[str]:
    changed = proposal.changes
    looked = ngettext("{n} candidate was looked at.", "{n} candidates were looked at.", proposal.considered)
    if not changed:
        yield look.styled(_("Nothing to change"), "bold")
        text = _("The outcomes do not insist on any other points than the agreement's.")
        yield from look.paragraph(f"{text} {looked.format(n=formats.count(proposal.considered))}")
        return
    yield look.styled(_("What the outcomes insist on"), "bold")
    yield from laid_out(_change_columns(changed), look)
    stays = len(proposal.criteria) - len(changed)
    notes = [looked.format(n=formats.count(proposal.considered))]
    if stays:
        notes.append(
            ngettext("{n} criterion keeps its points.", "{n} criteria keep their points.", stays).format(n=stays)
        )
    if proposal.threshold_before == proposal.threshold:
        notes.append(_("The threshold stays at {after}.").format(after=_points(proposal.threshold)))
    elif proposal.threshold_before is None:
        notes.append(_("Threshold: {after}.").format(after=_points(proposal.threshold)))
    else:
        notes.append(
            _("Threshold: {before} becomes {after}, so that as many of these leads qualify.").format(
                before=_points(proposal.threshold_before), after=_points(proposal.threshold)
            )
        )
    yield from (look.styled(line, "dim") for line in look.paragraph(" ".join(notes)))


def _change_columns(changed: Sequence[ProposedCriterion]) -> list[Column]:
    language = current_language()
    return [
        Column("", [Cell(_CHANGES[one.change]) for one in changed]),
        Column(_("criterion"), [Cell(one.label[language]) for one in changed]),
        Column(_("now"), [Cell("" if one.before is None else _points(one.before)) for one in changed], right=True),
        Column(_("then"), [Cell(_points(one.after or 0)) for one in changed], right=True),
        Column(_("supported"), [Cell(_range(one.learned)) for one in changed], right=True, rank=1),
        Column(_("newest say"), [Cell(_range(one.held_out)) for one in changed], right=True, rank=3),
        Column("n", [Cell(_n(one.learned)) for one in changed], right=True, rank=2),
    ]


def _quality(report: LearningReport, look: Look) -> Iterator[str]:
    yield look.styled(
        _("How good it is, on the {n} newest leads").format(n=formats.count(report.material.newer)), "bold"
    )
    names = list(report.judged)
    judged = [report.judged[name] for name in names]
    yield from laid_out(
        [
            Column("", [Cell(_name(name)) for name in names], shortest=20),
            Column("AUC", [Cell(_figure(one.order)) for one in judged], right=True),
            Column("", [Cell(_range_of(one.order)) for one in judged], right=True, rank=1),
            Column(_("calibration error"), [Cell(_error(one)) for one in judged], right=True),
            Column(_("at most by chance"), [Cell(_limit(one)) for one in judged], right=True, rank=2),
            Column(
                _("good of the best {n}").format(n=formats.count(report.capacity)),
                [Cell(_share(one.precision)) for one in judged],
                right=True,
            ),
        ],
        look,
    )
    notes = [
        _("AUC: how often a good lead scores above a bad one."),
        _("Calibration error: by how much the stated chance misses what happened, in ten groups of equal size."),
    ]
    notes += [
        _("{column} is filled for {n} of them; it is compared on those.").format(column=name, n=formats.count(filled))
        for name, filled in report.compared.items()
    ]
    if not report.boosting_available:
        notes.append(_("To hold it against gradient boosting: {command}").format(command=BOOSTING_NEEDS))
    yield from (look.styled(line, "dim") for line in look.paragraph(" ".join(notes)))


def _bands(report: LearningReport, look: Look) -> Iterator[str]:
    if not report.bands:
        return
    yield look.styled(_("Outcome by band of the proposal"), "bold")
    yield from laid_out(
        [
            Column(_("band"), [Cell(one.band) for one in report.bands]),
            Column(
                _("from"), [Cell("" if one.lowest is None else _points(one.lowest)) for one in report.bands], right=True
            ),
            Column(_("leads"), [Cell(formats.count(one.leads)) for one in report.bands], right=True),
            Column(_("good"), [Cell(_share(one.rate)) for one in report.bands], right=True),
        ],
        look,
    )


def _turned_away(report: LearningReport, look: Look) -> Iterator[str]:
    for name, away in report.turned_away.items():
        text = _("Good leads that {score} would have turned away: {n} ({share}).")
        yield from look.paragraph(text.format(score=_name(name), n=formats.count(away.leads), share=_share(away.share)))


def _name(name: str) -> str:
    if name in _NAMES:
        return _(_NAMES[name])
    prefix = "proposal on "
    if name.startswith(prefix):
        return _("the proposal, where {column} is filled").format(column=name.removeprefix(prefix))
    return name


def _number(value: float, digits: int) -> str:
    return format_decimal(value, "0." + "0" * digits, locale=current_language())


def _points(value: float) -> str:
    return format_decimal(value, "0.##", locale=current_language())


def _figure(figure: Figure) -> str:
    return _number(figure.value, 3) if isinstance(figure, Estimate) else formats.unknown_briefly(figure)


def _range_of(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return ""
    return _("{low}–{high}").format(low=_number(figure.low, 3), high=_number(figure.high, 3))


def _range(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    return _("{low} to {high}").format(low=_number(figure.low, 0).rstrip("."), high=_number(figure.high, 0).rstrip("."))


def _n(figure: Figure) -> str:
    return formats.count(figure.n) if isinstance(figure, Estimate) else ""


def _share(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    return f"{formats.share(figure)} ({formats.share_interval(figure)})"


def _error(judged: Judged) -> str:
    return _number(judged.calibration.error, 3) if isinstance(judged.calibration, Calibration) else ""


def _limit(judged: Judged) -> str:
    return _number(judged.calibration.limit, 3) if isinstance(judged.calibration, Calibration) else ""
