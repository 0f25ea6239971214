"""An audit as text for a terminal: the verdict, the grade of each figure, then what was found, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from accord.audit.registry import CHECKS
from accord.audit.report import AuditReport, CheckFinding, Grade, GradedFigure, Severity
from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.audit.words import FIGURES, GRADES, SEVERITIES, TABLES, commands, rows_named
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.report.scope import data_as_of
from accord.values import Unknown

__all__ = ["audit_text"]

_CHECKS = {check.code: check for check in CHECKS}
_STYLES = {
    Severity.CRITICAL: ("bold", "red"),
    Severity.MAJOR: ("bold", "yellow"),
    Severity.MINOR: ("bold",),
    Severity.NOTE: ("dim",),
}
_GRADE_STYLES: dict[str, tuple[str, ...]] = {"A": ("green",), "B": (), "C": ("yellow",), "D": ("red",)}
_MOST_FIGURES = 6
_SAMPLE_WIDTH = 60


def audit_text(report: AuditReport, look: Look) -> str:
    """The whole audit; notes last and short, for they hurt nothing."""
    numbers = {code: number for number, code in enumerate(_codes(report), 1)}
    parts = [_opening(report, look), _grades(report, numbers, look)]
    parts += [
        _finding([finding for finding in report.findings if finding.code == code], number, look)
        for code, number in numbers.items()
    ]
    parts += [_notes(report, look), _closing(report, look)]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _codes(report: AuditReport) -> list[str]:
    """What was found, in the order in which it is told; one check may have found something in several places."""
    return list(dict.fromkeys(finding.code for finding in report.findings if finding.severity is not Severity.NOTE))


def _opening(report: AuditReport, look: Look) -> Iterator[str]:
    yield look.styled(_("Can these data carry the figures?"), "bold")
    held = [rows_named(name, rows) for name, rows in report.tables.items() if rows and name in TABLES]
    scope = _("Agreement {name}, version {version}.").format(
        name=report.agreement_name, version=report.agreement_version
    )
    moment = data_as_of(report.as_of, report.timezone)
    for sentence in (
        f"{scope} {moment}",
        _("In it: {tables}.").format(tables=formats.enumeration(held)) if held else "",
    ):
        yield from (look.styled(line, "dim") for line in look.paragraph(sentence))
    yield ""
    yield from look.paragraph(_verdict(report))


def _verdict(report: AuditReport) -> str:
    if not any(report.tables.values()):
        return _("Nothing has been imported yet.")
    letters = [graded.grade for graded in report.grades]
    sound = sum(grade in {"A", "B"} for grade in letters)
    careful, bad = letters.count("C"), letters.count("D")
    unknown = sum(isinstance(grade, Unknown) for grade in letters)
    sentences = [
        ngettext(
            "{n} figure of {of} stands on data that can carry it.",
            "{n} figures of {of} stand on data that can carry them.",
            sound,
        ).format(n=sound, of=len(letters))
    ]
    if careful:
        sentences.append(
            ngettext("{n} has to be read with care.", "{n} have to be read with care.", careful).format(n=careful)
        )
    if bad:
        sentences.append(ngettext("{n} cannot be decided on yet.", "{n} cannot be decided on yet.", bad).format(n=bad))
    if unknown:
        sentences.append(ngettext("{n} cannot be measured.", "{n} cannot be measured.", unknown).format(n=unknown))
    return " ".join(sentences)


def _grades(report: AuditReport, numbers: Mapping[str, int], look: Look) -> Iterator[str]:
    """The figures that have a grade, and then, by reason, those that cannot be measured."""
    if not any(report.tables.values()):
        return
    yield look.styled(_("Grades"), "bold")
    measured = [(graded, graded.grade) for graded in report.grades if not isinstance(graded.grade, Unknown)]
    if measured:
        yield from laid_out(
            [
                Column("", [Cell(_(FIGURES[graded.figure])) for graded, _grade in measured]),
                Column("", [Cell(grade, _GRADE_STYLES[grade]) for _graded, grade in measured]),
                Column("", [Cell(_because(graded, numbers), ("dim",)) for graded, _grade in measured], rank=1),
            ],
            look,
        )
        letters: tuple[Grade, ...] = ("A", "B", "C", "D")
        legend = formats.sequence(f"{letter} {_(GRADES[letter])}" for letter in letters)
        yield from (look.styled(line, "dim") for line in look.paragraph(legend, indent=2))
    reasons: dict[str, list[str]] = {}
    for graded in report.grades:
        if isinstance(graded.grade, Unknown):
            reasons.setdefault(formats.unknown_briefly(graded.grade), []).append(_(FIGURES[graded.figure]).lower())
    for reason, figures in reasons.items():
        yield from _indented(
            _("Cannot be measured ({reason}): {figures}.").format(reason=reason, figures=formats.sequence(figures)),
            look,
        )


def _because(graded: GradedFigure, numbers: Mapping[str, int]) -> str:
    """The numbers of the findings below that put the figure down."""
    if not graded.because:
        return ""
    return _("see {numbers}").format(numbers=", ".join(str(numbers[code]) for code in graded.because))


def _finding(places: Sequence[CheckFinding], number: int, look: Look) -> Iterator[str]:
    """What one check found, in one place or several, the worst first."""
    worst = places[0]
    check = _CHECKS[worst.code]
    severity = _(SEVERITIES[worst.severity]).upper()
    for line in look.paragraph(f"{number}  {severity}  {_(check.title)}"):
        yield look.styled(line, *_STYLES[worst.severity])
    for finding in places:
        yield from _indented(_how_many(finding), look)
    for detail in dict.fromkeys(_detail(finding) for finding in places):
        yield from _indented(detail, look)
    yield from _indented(_(check.effect), look)
    if worst.hurts:
        yield from _indented(_("Hurts: {figures}.").format(figures=_figures(worst)), look)
    yield from _indented(_("To do: {action}").format(action=_(check.action).format(**commands())), look)


def _detail(finding: CheckFinding) -> str:
    detail = _CHECKS[finding.code].detail
    return _(detail).format(**finding.details, **commands()) if detail else ""


def _how_many(finding: CheckFinding) -> str:
    place = finding.table if finding.column is None else f"{finding.table}.{finding.column}"
    words = _("{place}: {affected} of {rows} ({share})").format(
        place=place,
        affected=formats.count(finding.affected),
        rows=rows_named(finding.counted, finding.of),
        share=formats.percent(finding.share, 1),
    )
    if finding.samples:
        words = _("{sentence}, such as {samples}").format(sentence=words, samples=", ".join(_few(finding.samples)))
    return f"{words}."


def _few(samples: tuple[str, ...]) -> tuple[str, ...]:
    """As many samples as a line holds; one at least."""
    fitting = sum(total <= _SAMPLE_WIDTH for total in accumulate(len(sample) + 2 for sample in samples))
    return samples[: max(fitting, 1)]


def _figures(finding: CheckFinding) -> str:
    names = [_(FIGURES[figure]).lower() for figure in finding.hurts[:_MOST_FIGURES]]
    more = len(finding.hurts) - len(names)
    if more:
        names.append(ngettext("{n} more", "{n} more", more).format(n=more))
    return formats.sequence(names)


def _notes(report: AuditReport, look: Look) -> Iterator[str]:
    told = set(_codes(report))  # what is a note in one place and worse in another is told with the worse
    notes = [finding for finding in report.findings if finding.code not in told]
    if not notes:
        return
    yield look.styled(_("To know (no figure is hurt)"), "bold")
    for finding in notes:
        check = _CHECKS[finding.code]
        yield from _indented(f"{_(check.title)}. {_how_many(finding)} {_detail(finding)}", look)


def _closing(report: AuditReport, look: Look) -> Iterator[str]:
    passed = ngettext("{n} check found nothing", "{n} checks found nothing", len(report.passed)).format(
        n=len(report.passed)
    )
    skipped = ngettext("{n} had nothing to look at", "{n} had nothing to look at", len(report.skipped)).format(
        n=len(report.skipped)
    )
    sentence = f"{passed}."
    if report.skipped:
        sentence = _("{passed}; {skipped}.").format(passed=passed, skipped=skipped)
    yield from (look.styled(line, "dim") for line in look.paragraph(sentence))


def _indented(text: str, look: Look) -> Iterator[str]:
    yield from look.paragraph(text, indent=2)
