"""What stands in the cells of a terminal report, and the lines under its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from accord.language import gettext as _
from accord.report import formats
from accord.report.columns import Cell
from accord.report.look import Look
from accord.values import Estimate, Figure, Unknown

__all__ = ["any_dates", "dates_lines", "grade_cell", "graded_heading", "note_lines", "share_cell"]

_STYLES = {"": (), "C": ("yellow",), "D": ("bold", "red")}


def share_cell(figure: Figure, digits: int | None = None, *, with_n: bool = False) -> str:
    """A share with its interval, with its count where asked for; or why there is none."""
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    text = f"{formats.share(figure, digits)} ({formats.share_interval(figure, digits)})"
    return f"{text}, {formats.n(figure.n)}" if with_n else text


def grade_cell(mark: str) -> Cell:
    """An audit's grade beside a figure; nothing where it is good."""
    return Cell(mark, _STYLES[mark])


def graded_heading(heading: str, mark: str) -> str:
    """What heads figures that an audit doubts."""
    return _("{heading} (grade {grade})").format(heading=heading, grade=mark) if mark else heading


def note_lines(notes: Sequence[str], look: Look) -> Iterator[str]:
    """Why figures above are to be doubted."""
    for note in notes:
        for line in look.paragraph(note, indent=2):
            yield look.styled(line, "yellow")


def any_dates(figures: Iterable[Figure]) -> bool:
    """Whether dates without an hour leave any of these open."""
    return any(isinstance(figure, Estimate) and figure.date_bounds is not None for figure in figures)


def dates_lines(
    measures: Iterable[tuple[str, Mapping[str, Figure], Callable[[float], str]]], look: Look
) -> Iterator[str]:
    """Between what the figures above lie where dates have no hour: by measure and name, each end said by its words."""
    said = []
    for measure, figures, words in measures:
        spans = [
            _("{name} {low} to {high}").format(
                name=name, low=words(figure.date_bounds.low), high=words(figure.date_bounds.high)
            )
            for name, figure in figures.items()
            if isinstance(figure, Estimate) and figure.date_bounds is not None
        ]
        if spans:
            said.append(_("{label}: {what}").format(label=measure, what=", ".join(spans)))
    if said:
        text = _("Some dates have no hour, and each figure may lie anywhere within: {figures}.")
        for line in look.paragraph(text.format(figures=_("; ").join(said)), indent=2):
            yield look.styled(line, "yellow")
