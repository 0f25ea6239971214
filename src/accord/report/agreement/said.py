"""An agreement as the people who signed it read it: how leads are qualified, axis by axis, and what else was agreed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from accord.agreement.criteria import AXES, Axis, Band, Criterion, Grid, Wording
from accord.agreement.diff import SECTIONS, changes
from accord.agreement.model import Agreement
from accord.agreement.qualification import Qualification
from accord.language import current_language
from accord.language import gettext as _
from accord.report.agreement.changes import hanging, held_words
from accord.report.agreement.items import counted_words
from accord.report.agreement.keys import SECTION_NAMES
from accord.report.agreement.values import value_words
from accord.report.axis_names import axis_name
from accord.report.columns import Cell, Column, laid_out
from accord.report.condition_words import condition_words, number, selection_words
from accord.report.look import Look

__all__ = ["agreement_text"]

_INDENT = 10
"""Where the words of a criterion begin, after its points."""

_IN_THE_TITLE = ("name", "version")


def agreement_text(agreement: Agreement, digest: str, look: Look) -> str:
    """The qualification in sentences, then what was agreed otherwise than by default, then how to see every key."""
    title = _("{name}, version {version}").format(name=agreement.name, version=agreement.version)
    blocks = [[look.styled(title, "bold")]]
    if agreement.qualification is not None:
        blocks += _qualification(agreement.qualification, look)
    blocks += _sections(agreement, look)
    closing = _("What is not named here is as by default; --keys lists every key with its value.")
    blocks.append([*look.paragraph(closing), _("Digest: {digest}").format(digest=digest)])
    return look.plain("\n\n".join("\n".join(lines) for lines in blocks if lines)) + "\n"


def _qualification(agreed: Qualification, look: Look) -> Iterator[list[str]]:
    for axis in AXES:
        criteria = [criterion for criterion in agreed.criteria if criterion.axis == axis]
        if criteria:
            yield [look.styled(_axis(agreed, axis), "bold"), *(line for one in criteria for line in _one(one, look))]
    yield _disqualifiers(agreed, look)
    yield _qualified(agreed, look)
    yield _overrides(agreed, look)
    yield _bands(agreed.bands, look) if agreed.grid is None else _grid(agreed.grid, look)
    yield [
        line
        for name, values in agreed.lists.items()
        for line in look.paragraph(_("List {name}: {values}").format(name=name, values=", ".join(map(str, values))))
    ]


def _axis(agreed: Qualification, axis: Axis) -> str:
    most = getattr(agreed.axes, axis).most
    if most is None:
        return axis_name(axis)
    return _("{axis}: at most {points}").format(axis=axis_name(axis), points=value_words(most, "points"))


def _one(criterion: Criterion, look: Look) -> Iterator[str]:
    sign = "+" if criterion.points > 0 else "−" if criterion.points < 0 else ""
    head = f"  {sign}{number(abs(criterion.points)):<{_INDENT - 2 - len(sign)}}{_said(criterion.label)}"
    yield from textwrap.wrap(head, min(look.width, 100), subsequent_indent=" " * _INDENT)
    yield from look.paragraph(counted_words(criterion.model_dump(mode="json")), _INDENT)
    yield from (look.styled(line, "dim") for line in look.paragraph(_said(criterion.why), _INDENT))


def _disqualifiers(agreed: Qualification, look: Look) -> list[str]:
    if not agreed.disqualifiers:
        return []
    lines = [look.styled(_("Not handed over, whatever the score"), "bold")]
    for one in agreed.disqualifiers:
        said = _("{label}: {what}").format(
            label=_said(one.label), what=condition_words(one.when.model_dump(mode="json"))
        )
        lines += hanging(said, look)
    return lines


def _qualified(agreed: Qualification, look: Look) -> list[str]:
    said = [_("A lead is qualified from {points} on.").format(points=value_words(agreed.threshold, "points"))]
    if agreed.exploration.share:
        share = value_words(agreed.exploration.share, "share")
        message = _("Of the leads below, {share} are handed over all the same, to learn what the threshold misses.")
        said.append(message.format(share=share))
    if agreed.ideal_profile is not None:
        profile = condition_words(agreed.ideal_profile.model_dump(mode="json"))
        said.append(_("The ideal customer: {profile}.").format(profile=profile))
    return [look.styled(_("Threshold"), "bold"), *(line for each in said for line in look.paragraph(each, 2))]


def _overrides(agreed: Qualification, look: Look) -> list[str]:
    if not agreed.overrides:
        return []
    labels = {criterion.id: criterion for criterion in agreed.criteria}
    lines = [look.styled(_("Otherwise for some leads (the first that names a thing decides)"), "bold")]
    for one in agreed.overrides:
        parts = [
            _("{label}: {points} instead of {usual}").format(
                label=_said(labels[name].label),
                points=value_words(points, "points"),
                usual=number(labels[name].points),
            )
            for name, points in one.points.items()
        ]
        if one.threshold is not None:
            parts.append(_("qualified from {points} on").format(points=value_words(one.threshold, "points")))
        said = _("{name} ({leads}): {what}")
        what = _("; ").join(parts)
        lines += hanging(said.format(name=one.name, leads=selection_words(one.where), what=what), look)
    return lines


def _bands(bands: tuple[Band, ...], look: Look) -> list[str]:
    if not bands:
        return []
    lowest = [_("below") if band.lowest is None else _("from {n}").format(n=number(band.lowest)) for band in bands]
    columns = [
        Column("", [Cell(band.name) for band in bands]),
        Column("", [Cell(text) for text in lowest], right=True),
    ]
    return [look.styled(_("Bands, by score"), "bold"), *laid_out(columns, look)]


def _grid(grid: Grid, look: Look) -> list[str]:
    """Rows: fit, the highest first; columns: engagement."""
    heading = _("Bands, by fit (down) and engagement (across)")
    rows = list(reversed(range(len(grid.fit))))
    columns = [
        Column("", [Cell(_from(grid.fit, row)) for row in rows]),
        *(
            Column(_from(grid.engagement, place), [Cell(grid.bands[row][place]) for row in rows], right=True)
            for place in range(len(grid.engagement))
        ),
    ]
    return [look.styled(heading, "bold"), *laid_out(columns, look)]


def _from(steps: tuple[float, ...], place: int) -> str:
    """The first step holds what is below it too."""
    if place:
        return _("from {n}").format(n=number(steps[place]))
    return _("below {n}").format(n=number(steps[1])) if len(steps) > 1 else _("any")


def _sections(agreement: Agreement, look: Look) -> Iterator[list[str]]:
    differing = changes(Agreement(), agreement)
    for section in SECTIONS:
        found = [change for change in differing if change.section == section and change.path[0] not in _IN_THE_TITLE]
        if found and section != "qualification":
            lines = [line for change in found for line in hanging(held_words(change), look)]
            yield [look.styled(_(SECTION_NAMES[section]), "bold"), *lines]


def _said(wording: Wording) -> str:
    return wording.fr if current_language() == "fr" else wording.en
