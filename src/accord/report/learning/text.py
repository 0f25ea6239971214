"""What outcomes teach, as text for a terminal: the leaks, the changes with their evidence, how good the score is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.language import current_language
from accord.language import gettext as _
from accord.learning.figures import LearningReport, Proposal, ProposedCriterion
from accord.learning.leaks import Leak
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.learning import words as learning_words
from accord.report.look import Look
from accord.values import Estimate, Figure, Unknown

__all__ = ["learning_text"]

_CHANGES = {"added": "+", "removed": "-", "changed": "~", "kept": " "}


def learning_text(report: LearningReport, look: Look) -> str:
    """Everything, in the order in which one decides: may I trust it, what would change, is it better."""
    parts = [_opening(report, look), _leaks(report.leaks, look)]
    if isinstance(report.proposal, Unknown):
        parts.append(_too_few(report, report.proposal, look))
    else:
        parts += [
            _changes(report.proposal, look),
            _quality(report, look),
            _bands(report, look),
            (line for sentence in learning_words.turned_away_sentences(report) for line in look.paragraph(sentence)),
        ]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _opening(report: LearningReport, look: Look) -> Iterator[str]:
    yield look.styled(_("What the outcomes teach"), "bold")
    yield from look.paragraph(" ".join(learning_words.opening(report)))
    for note in learning_words.notes(report):
        yield from _dim(note, look)


def _dim(text: str, look: Look) -> Iterator[str]:
    return (look.styled(line, "dim") for line in look.paragraph(text))


def _too_few(report: LearningReport, unknown: Unknown, look: Look) -> Iterator[str]:
    yield look.styled(_("No proposal"), "bold")
    yield from look.paragraph(learning_words.too_few_sentence(report, unknown))


def _leaks(leaks: Sequence[Leak], look: Look) -> Iterator[str]:
    if not leaks:
        return
    yield look.styled(_("Left out because they know the outcome"), "bold")
    for leak in leaks:
        yield from look.paragraph(learning_words.leak_sentence(leak), 2)
    yield from _dim(_("If one of them is known before sales speaks to the lead, nothing is lost but its help."), look)


def _changes(proposal: Proposal, look: Look) -> Iterator[str]:
    changed = proposal.changes
    if not changed:
        yield look.styled(learning_words.no_change_heading(proposal), "bold")
        yield from look.paragraph(" ".join(learning_words.proposal_notes(proposal)))
        return
    yield look.styled(_("What the outcomes insist on"), "bold")
    yield from laid_out(_change_columns(changed), look)
    yield from _dim(" ".join(learning_words.proposal_notes(proposal)), look)


def _change_columns(changed: Sequence[ProposedCriterion]) -> list[Column]:
    language, points, supported = current_language(), learning_words.points, learning_words.supported_cell
    return [
        Column("", [Cell(_CHANGES[one.change]) for one in changed]),
        Column(_("criterion"), [Cell(one.label[language]) for one in changed]),
        Column(_("now"), [Cell("" if one.before is None else points(one.before)) for one in changed], right=True),
        Column(_("then"), [Cell(points(one.after or 0)) for one in changed], right=True),
        Column(_("supported"), [Cell(supported(one.learned)) for one in changed], right=True, rank=1),
        Column(_("newest say"), [Cell(supported(one.held_out)) for one in changed], right=True, rank=3),
        Column("n", [Cell(_n(one.learned)) for one in changed], right=True, rank=2),
    ]


def _quality(report: LearningReport, look: Look) -> Iterator[str]:
    yield look.styled(
        _("How good it is, on the {n} newest leads").format(n=formats.count(report.material.newer)), "bold"
    )
    unscored = isinstance(report.proposal, Proposal) and report.proposal.says_nothing
    names = [name for name in report.judged if not (unscored and name == "proposal")]
    judged = [report.judged[name] for name in names]
    columns = [
        Column("", [Cell(learning_words.name_of(name)) for name in names], shortest=20),
        Column("AUC", [Cell(learning_words.figure_cell(one.order)) for one in judged], right=True),
        Column("", [Cell(learning_words.range_cell(one.order)) for one in judged], right=True, rank=1),
        Column(_("calibration error"), [Cell(learning_words.error_cell(one)) for one in judged], right=True),
        Column("", [Cell(learning_words.error_range(one)) for one in judged], right=True, rank=2),
        Column("n", [Cell(_n(one.order)) for one in judged], right=True, rank=3),
        Column(_("at most by chance"), [Cell(learning_words.limit_cell(one)) for one in judged], right=True, rank=4),
    ]
    if report.material.explored:
        everywhere = [Cell(learning_words.figure_cell(one.order_everywhere)) for one in judged]
        columns.insert(3, Column(_("of all leads"), everywhere, right=True))
    yield from laid_out(columns, look)
    yield from _dim(" ".join(learning_words.quality_notes(report)), look)
    if unscored:
        return
    yield ""
    yield look.styled(learning_words.precision_heading(report), "bold")
    best = _("of the best {n}").format(n=formats.count(report.capacity))
    yield from laid_out(
        [
            Column("", [Cell(learning_words.name_of(name)) for name in names], shortest=20),
            Column(best, [Cell(learning_words.share_cell(one.precision)) for one in judged], right=True),
            Column(
                _("of the better half"),
                [Cell(learning_words.share_cell(one.precision_of_half)) for one in judged],
                right=True,
            ),
        ],
        look,
    )
    yield from _dim(" ".join(learning_words.precision_notes(report)), look)


def _bands(report: LearningReport, look: Look) -> Iterator[str]:
    if not report.bands:
        return
    yield look.styled(_("Outcome by band of the proposal"), "bold")
    starts = ["" if one.lowest is None else learning_words.points(one.lowest) for one in report.bands]
    yield from laid_out(
        [
            Column(_("band"), [Cell(one.band) for one in report.bands]),
            Column(_("from"), [Cell(start) for start in starts], right=True),
            Column(_("leads"), [Cell(formats.count(one.leads)) for one in report.bands], right=True),
            Column(_("good"), [Cell(learning_words.share_cell(one.rate)) for one in report.bands], right=True),
        ],
        look,
    )


def _n(figure: Figure) -> str:
    return formats.count(figure.n) if isinstance(figure, Estimate) else ""
