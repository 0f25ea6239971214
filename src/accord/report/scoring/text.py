"""Scores in words: one lead with why it has its score and what is missing, or many as a table."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from accord.agreement.criteria import AXES, Criterion, Wording
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.qualification.chances import Chance, shortest_way
from accord.qualification.freezing import day_of, points
from accord.qualification.ideal import IdealReport, IdealRow
from accord.qualification.score import ScoreReport
from accord.report import formats
from accord.report.axis_names import axis_name
from accord.report.condition_words import condition_words, fact_words, number
from accord.report.history_words import history_words
from accord.report.look import Look, display_width
from accord.report.words import dimension_name, value_name
from accord.scoring.result import Given, Scored
from accord.scoring.rules import Rules
from accord.values import Unknown

__all__ = ["explanation", "ideal_text", "score_text"]


def score_text(report: ScoreReport, look: Look, *, explained: bool) -> str:
    """What ``accord score`` prints: every lead explained, or a table of them."""
    lines = [*_heading(report, look), ""]
    if explained:
        for row in report.rows:
            lines += [*explanation(report.rules, row, look), ""]
    else:
        lines += [*_table(report, look), ""]
    lines += [line for sentence in _notes(report) for line in look.paragraph(sentence)]
    return look.plain("\n".join(lines).rstrip() + "\n")


def _heading(report: ScoreReport, look: Look) -> Iterator[str]:
    title = _("Scores by the agreement {name}, version {version}").format(
        name=report.rules.name, version=report.rules.version
    )
    yield look.styled(title, "bold")
    yield _("As of {moment} ({timezone}).").format(
        moment=formats.moment(report.as_of, report.timezone), timezone=report.timezone
    )


def _notes(report: ScoreReport) -> Iterator[str]:
    for name, stays in report.merged.items():
        yield _("{lead} was merged into {other}, and is scored with it.").format(lead=name, other=stays)
    if report.past:
        yield from history_words(report.how)


def explanation(rules: Rules, scored: Scored, look: Look) -> Iterator[str]:
    """One lead: its score, every criterion that counted and why, what is missing, and what would bring the rest."""
    yield look.styled(_headline(scored), "bold")
    for sentence in _standing(rules, scored):
        yield from look.paragraph(sentence)
    criteria = {criterion.id: criterion for criterion in rules.kept.criteria}
    for place, axis in enumerate(AXES):
        given = [each for each in scored.trace if rules.criteria[_place(rules, each.criterion)].axis == place]
        if given or rules.limits[place] is not None:
            yield ""
            yield look.styled(_axis_line(rules, scored, place, axis_name(axis)), "bold")
        for each in given:
            yield from _given_lines(criteria[each.criterion], each, look)
    lacking = list(_lacking(rules, scored))
    if lacking:
        yield ""
        for sentence in lacking:
            yield from look.paragraph(sentence)


def _place(rules: Rules, criterion: str) -> int:
    return next(place for place, rule in enumerate(rules.criteria) if rule.id == criterion)


def _headline(scored: Scored) -> str:
    said = {"lead": scored.lead_id, "score": _points(scored.score), "threshold": _points(scored.threshold)}
    if scored.qualified:
        text = _("{lead}: {score} points, qualified (threshold {threshold})")
    elif scored.disqualified:
        text = _("{lead}: {score} points, disqualified")
    else:
        text = _("{lead}: {score} points, below the threshold of {threshold}")
    headline = text.format(**said)
    return headline if scored.band is None else headline + _(", band {band}").format(band=scored.band)


def _standing(rules: Rules, scored: Scored) -> Iterator[str]:
    if scored.threshold_override is not None:
        yield _("The threshold is that of {name}.").format(name=scored.threshold_override)
    for each in rules.kept.disqualifiers:
        if each.id in scored.disqualified:
            yield _("Disqualified: {label} ({condition}).").format(
                label=_said(each.label), condition=condition_words(each.when.model_dump())
            )
    if scored.ideal:
        yield _("It has the ideal profile.")
    elif scored.ideal is False:
        yield _("It does not have the ideal profile.")
    elif rules.ideal is not None:
        yield _("Nobody can tell whether it has the ideal profile.")


def _axis_line(rules: Rules, scored: Scored, place: int, name: str) -> str:
    most = rules.limits[place]
    if most is None:
        return _("{axis}: {points}").format(axis=name, points=_points(scored.axes[place]))
    line = _("{axis}: {points} of {most}").format(axis=name, points=_points(scored.axes[place]), most=_points(most))
    if scored.sums[place] > most:
        line += _(" (its criteria add up to {sum})").format(sum=_points(scored.sums[place]))
    return line


def _given_lines(criterion: Criterion, given: Given, look: Look) -> Iterator[str]:
    sign = "+" if given.points > 0 else "−"
    because = _because(given)
    if given.before_cap != given.points:
        because += _("; its limit, without it {points}").format(points=_points(given.before_cap))
    if given.override is not None:
        because += _("; points of {name}").format(name=given.override)
    said = _("{label} ({because})").format(label=_said(criterion.label), because=because)
    head = f"  {sign}{_points(abs(given.points)):<6} {said}"
    yield from textwrap.wrap(head, min(look.width, 100), subsequent_indent=" " * 10)
    for line in look.paragraph(_said(criterion.why), 10):
        yield look.styled(line, "dim")


def _because(given: Given) -> str:
    if given.touches is None or given.last is None:
        return ", ".join(fact_words(field, value) for field, value in given.fields)
    last = formats.day(day_of(given.last))
    if given.channels is not None:
        return ngettext(
            "{n} channel, the last touch on {day}", "{n} channels, the last touch on {day}", given.channels
        ).format(n=formats.count(given.channels), day=last)
    return ngettext("{n} touch, on {day}", "{n} touches, the last on {day}", given.touches).format(
        n=formats.count(given.touches), day=last
    )


def _lacking(rules: Rules, scored: Scored) -> Iterator[str]:
    if scored.missing:
        names = [dimension_name(field) for field in scored.missing]
        yield _("Missing, so that it could not count: {fields}.").format(fields=formats.enumeration(names))
    distance = scored.threshold - scored.score
    if distance <= 0:
        return
    way = shortest_way(rules, scored)
    said = ngettext("{n} point is lacking.", "{n} points are lacking.", max(1, -(-distance // 100)))
    sentence = said.format(n=_points(distance))
    if not way:
        yield sentence + " " + _("No criterion that is left could bring them.")
        return
    criteria = {criterion.id: criterion for criterion in rules.kept.criteria}
    chances = formats.enumeration([_chance(criteria[chance.criterion], chance) for chance in way])
    yield sentence + " " + _("What would bring them: {chances}.").format(chances=chances)


def _chance(criterion: Criterion, chance: Chance) -> str:
    said = _("{label} (+{points})").format(label=_said(criterion.label), points=_points(chance.points))
    if chance.unknown:
        fields = formats.enumeration([dimension_name(field) for field in chance.unknown])
        return _("{criterion}, if filled in: {fields}").format(criterion=said, fields=fields)
    return said


def _table(report: ScoreReport, look: Look) -> Iterator[str]:
    counts = ngettext("{n} lead, {qualified} qualified.", "{n} leads, {qualified} qualified.", report.leads)
    yield counts.format(n=formats.count(report.leads), qualified=formats.count(report.qualified))
    if not report.rows:
        return
    yield ""
    axes = [
        (place, axis_name(axis))
        for place, axis in enumerate(AXES)
        if any(rule.axis == place for rule in report.rules.criteria)
    ]
    heading = [_("Lead"), _("Score"), _("Band"), _("Qualified"), *(name for _place, name in axes), _("Missing")]
    rows = [
        [
            row.lead_id,
            _points(row.score),
            row.band or "",
            _("yes") if row.qualified else _("disqualified") if row.disqualified else _("no"),
            *(_points(row.axes[place]) for place, _name in axes),
            str(len(row.missing)) if row.missing else "",
        ]
        for row in report.rows
    ]
    texts = {0, 2, 3}
    yield from _aligned([heading, *rows], texts, look)
    if report.leads > len(report.rows):
        yield ""
        yield _("The first {n} of {all}; --limit 0 shows all, --lead ID explains one.").format(
            n=formats.count(len(report.rows)), all=formats.count(report.leads)
        )


def _aligned(rows: Sequence[Sequence[str]], texts: set[int], look: Look) -> Iterator[str]:
    widths = [max(display_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    for line, row in enumerate(rows):
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - display_width(cell))
            cells.append(cell + padding if place in texts else padding + cell)
        text = "  ".join(cells).rstrip()
        yield look.styled(text, "bold") if line == 0 else text


def ideal_text(report: IdealReport, look: Look) -> str:
    """What ``accord score --ideal`` prints."""
    lines = [
        look.styled(
            _("Leads with the ideal profile: {agreement}, version {version}").format(
                agreement=report.agreement_name, version=report.agreement_version
            ),
            "bold",
        ),
        _("As of {moment} ({timezone}).").format(
            moment=formats.moment(report.as_of, report.timezone), timezone=report.timezone
        ),
        "",
    ]
    heading = [dimension_name(name) for name in report.dimensions]
    heading += [formats.period_heading(report.period)] if report.period else []
    heading = heading or [""]
    names = len(heading)
    heading += [_("Leads"), _("Ideal"), _("Undecided"), _("Share"), _("95% interval"), _("at least–at most")]
    rows = [_ideal_cells(row, report) for row in report.rows]
    total = [_("All"), *[""] * (names - 1), *_ideal_numbers(report.totals)]
    lines += _aligned([heading, *rows, total], set(range(names)), look)
    lines += [
        "",
        *look.paragraph(
            _(
                "The share is of the leads of whom one can tell; of the undecided, a column that the profile names is "
                "empty. Should none or all of them have it, the share of all leads would be at least and at most "
                "that. Periods are those in which leads were created."
            )
        ),
    ]
    return look.plain("\n".join(lines) + "\n")


def _ideal_cells(row: IdealRow, report: IdealReport) -> list[str]:
    names = [value_name(name, value) for name, value in row.segment.items()]
    names += [formats.period_name(row.period)] if row.period and report.period else []
    return [*names, *_ideal_numbers(row)]


def _ideal_numbers(row: IdealRow) -> list[str]:
    counts = [formats.count(row.leads), formats.count(row.ideal), formats.count(row.undecided)]
    low, high = formats.percent(row.bounds.low), formats.percent(row.bounds.high)
    bounds = _("{low}–{high}").format(low=low.rstrip("%\u00a0"), high=high) if row.leads else ""
    if isinstance(row.share, Unknown):
        return [*counts, formats.unknown_briefly(row.share), "", bounds]
    return [*counts, formats.share(row.share), formats.share_interval(row.share), bounds]


def _said(wording: Wording) -> str:
    return wording.fr if current_language() == "fr" else wording.en


def _points(hundredths: int) -> str:
    return number(points(hundredths))
