"""An acceptance report as text for a terminal: first what to remember, then what it rests on, then the segments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.agreement.model import Definition
from accord.audit.figures import Audited
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance import sentences
from accord.report.acceptance.agreed import delivered_months, earlier_months_sentence, kept_promises
from accord.report.acceptance.tables import definition_lines, segment_lines
from accord.report.audit.grading import DELAYS, PROMISES, RATES, REAL, Grading
from accord.report.cells import dates_lines, grade_cell, graded_heading, note_lines, share_cell
from accord.report.columns import Cell, Column, Fitted, fitted, laid_out
from accord.report.look import Look
from accord.report.strokes import bar
from accord.report.words import CHECKS, OUTCOMES, CheckWords, why_unknown
from accord.typed import as_typed
from accord.values import Estimate, Figure, Unknown

__all__ = ["terminal_text"]


def terminal_text(
    report: AcceptanceReport,
    look: Look,
    *,
    sorted_by: str = "",
    more_segments: int = 0,
    grading: Grading | None = None,
) -> str:
    """The whole report. ``more_segments`` were left away by a limit, and are said to have been; what segments are
    ``sorted_by`` (a name of :data:`accord.report.acceptance.arrangement.SORTS`) stands beside them.

    With several definitions, the one that counts is told in full and the others stand beside it. ``grading``: what an
    audit says of the figures; without it nothing is said of an audit.
    """
    answer = report.answers.get(report.chosen) or next(iter(report.answers.values()))
    grades = grading or Grading()
    parts = [_opening(report, answer, look, grades)]
    if answer.totals.handed:
        parts += [_outcomes(answer, look), _promises(answer, look, grades), _agreed(report, look)]
        parts += [_delays(answer, look, grades)]
        parts += [_checks(answer, look, grades)]
    parts += [
        definition_lines(report, look, grades),
        segment_lines(report, answer, look, grades, sorted_by),
        _closing(report, look, more_segments),
        _unaudited(look) if grading and not grading.audited else iter(()),
    ]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _opening(report: AcceptanceReport, answer: AcceptanceAnswer, look: Look, grading: Grading) -> Iterator[str]:
    yield look.styled(sentences.title(report), "bold")
    yield from (look.styled(line, "dim") for line in look.paragraph(sentences.scope_sentence(report)))
    yield ""
    totals = answer.totals
    style = () if grading.mark(Audited.RATE, answer.definition) else _verdict_style(totals.rate, report)
    interval = sentences.interval_words(totals.rate) if totals.handed else ""
    in_span = report.start is not None or report.end is not None
    unmatched = sentences.unmatched_handoffs(report)
    first = sentences.headline(totals, in_span=in_span, unmatched=unmatched)
    for line in look.paragraph(f"{first} ({interval})." if interval else f"{first}."):
        yield look.styled(line, "bold", *style)
    yield from look.paragraph("" if in_span else sentences.next_step(totals, unmatched=unmatched))
    yield from look.paragraph(sentences.verdict_sentence(totals.rate, report.floor, report.target))
    yield from note_lines(grading.notes(RATES, answer.definition), look)
    yield ""
    yield from look.paragraph(sentences.definition_sentence(report, answer))


def _verdict_style(rate: Figure, report: AcceptanceReport) -> tuple[str, ...]:
    if isinstance(rate, Unknown):
        return ()
    if rate.high < report.floor:
        return ("red",)
    return ("green",) if rate.low >= report.target else ()


def _outcomes(answer: AcceptanceAnswer, look: Look) -> Iterator[str]:
    totals = answer.totals
    yield look.styled(_("What became of the leads handed over"), "bold")
    names = [_(label) for _name, label in OUTCOMES]
    counts = [int(getattr(totals, name)) for name, _label in OUTCOMES]
    bars = [
        bar(number / totals.handed, 24, look, ripe=name != "open")
        for (name, _label), number in zip(OUTCOMES, counts, strict=True)
    ]
    notes = ["", *_parts_of(totals), ""]
    yield from laid_out(
        [
            Column("", [Cell(text) for text in (*names, _("handed over"))]),
            Column("", [Cell(formats.count(number)) for number in (*counts, totals.handed)], right=True),
            Column("", [Cell(text) for text in (*bars, "")]),
            Column("", [Cell(text, ("dim",)) for text in (*notes, "")], rank=1),
        ],
        look,
    )
    for sentence in (sentences.bounds_sentence(totals), sentences.open_sentence(answer)):
        yield from look.paragraph(sentence)


def _parts_of(totals: AcceptanceRow) -> list[str]:
    rejected, expired = "", ""
    if totals.disqualified or totals.recycled:
        rejected = _("disqualified {disqualified}, recycled {recycled}").format(
            disqualified=formats.count(totals.disqualified), recycled=formats.count(totals.recycled)
        )
    if totals.superseded:
        expired = _("handed over again {superseded}").format(superseded=formats.count(totals.superseded))
    return [rejected, expired]


def _promises(answer: AcceptanceAnswer, look: Look, grading: Grading) -> Iterator[str]:
    totals = answer.totals
    measures = [
        (_("accepted"), totals.within, Audited.WITHIN),
        (_("in open hours"), totals.business_within, Audited.BUSINESS_WITHIN),
        (_("answered"), totals.answered_within, Audited.ANSWERED_WITHIN),
    ]
    title = look.styled(_("Promises kept"), "bold")
    figures = [figure for _label, promises, _audited in measures for figure in promises.values()]
    counts = {figure.n for figure in figures if isinstance(figure, Estimate)}
    yield f"{title} ({formats.n(*counts)})" if len(counts) == 1 else title
    if not counts:
        yield from _unknown("within", figures[0], look)
        return
    names, digits = list(totals.within), formats.share_digits(figures)
    table = fitted(
        [
            Column("", [Cell(_("within {delay}").format(delay=formats.promise_name(name))) for name in names]),
            *(
                Column(
                    graded_heading(label, grading.mark(audited, answer.definition)),
                    [Cell(share_cell(promises[name], digits, with_n=len(counts) > 1)) for name in names],
                    right=True,
                    rank=rank,
                )
                for rank, (label, promises, audited) in zip((0, 2, 1), measures, strict=True)
            ),
        ],
        look,
    )
    yield from table.lines
    yield from _no_room(table, look)
    within = {name: _("within {delay}").format(delay=formats.promise_name(name)) for name in names}
    yield from dates_lines(
        [
            (label, {within[name]: promises[name] for name in names}, formats.percent)
            for label, promises, _audited in measures
        ],
        look,
    )
    yield from note_lines(grading.notes(PROMISES, answer.definition), look)


def _agreed(report: AcceptanceReport, look: Look) -> Iterator[str]:
    """Promises to classes of leads, and marketing's months; nothing where the agreement makes none."""
    promises, months = kept_promises(report), delivered_months(report)
    if promises:
        yield look.styled(_("Promises to classes of leads: answered in time"), "bold")
        labels = Column("", [Cell(promise.label) for promise in promises])
        digits = formats.share_digits(promise.figure for promise in promises)
        cells = [Cell(share_cell(promise.figure, digits, with_n=True)) for promise in promises]
        yield from laid_out([labels, Column("", cells)], look)
    if promises and months:
        yield ""
    if months:
        yield look.styled(_("Leads that marketing owes"), "bold")
        yield from laid_out(
            [
                Column("", [Cell(month.label) for month in months]),
                Column("", [Cell(month.month) for month in months]),
                Column(_("owed"), [Cell(month.owed) for month in months], right=True),
                Column(_("delivered"), [Cell(month.delivered) for month in months], right=True),
                Column("", [Cell(month.remark, ("red",) if month.short else ("dim",)) for month in months]),
            ],
            look,
        )
        yield from (look.styled(line, "dim") for line in look.paragraph(earlier_months_sentence(report), indent=2))


def _unknown(name: str, figure: Figure, look: Look) -> list[str]:
    """The one line that stands for a table in which nothing is known."""
    if isinstance(figure, Estimate):
        return []
    reason = why_unknown(name, figure.reason, figure.need)
    return look.paragraph(_("Unknown: {reason}.").format(reason=reason), indent=2)


def _delays(answer: AcceptanceAnswer, look: Look, grading: Grading) -> Iterator[str]:
    totals = answer.totals
    title = look.styled(_("From handoff to acceptance"), "bold")
    quantiles = {"p50": _("half within"), "p90": _("9 in 10 within"), "p95": _("19 in 20 within")}
    clocks = (
        (_("elapsed"), totals.delay_hours, True, Audited.DELAY),
        (_("open hours"), totals.business_delay_hours, False, Audited.BUSINESS_DELAY),
    )
    known = [figure for _c, figures, *_d in clocks for figure in figures.values() if isinstance(figure, Estimate)]
    if all(isinstance(figure, Unknown) for figure in totals.delay_hours.values()):
        yield title
        yield from _unknown("delay_hours", totals.delay_hours["p50"], look)
        return
    counts = {figure.n for figure in known}
    yield f"{title} ({formats.n(*counts)})" if len(counts) == 1 else title
    columns = [Column("", [Cell(name) for name in quantiles.values()])]
    for rank, (clock, figures, in_days, audited) in enumerate(clocks):
        cells = [Cell(_delay(figures[quantile], in_days, with_n=len(counts) > 1)) for quantile in quantiles]
        heading = graded_heading(clock, grading.mark(audited, answer.definition))
        columns.append(Column(heading, cells, right=True, rank=rank))
    table = fitted(columns, look)
    yield from table.lines
    yield from _no_room(table, look)
    yield from dates_lines(
        [
            (clock, {quantiles[name]: figures[name] for name in quantiles}, partial(formats.delay, in_days=in_days))
            for clock, figures, in_days, _audited in clocks
        ],
        look,
    )
    yield from _weighted(totals, look)
    yield from note_lines(grading.notes(DELAYS, answer.definition), look)


def _no_room(table: Fitted, look: Look) -> Iterator[str]:
    yield from (look.styled(line, "dim") for line in look.paragraph(sentences.no_room_sentence(table.left_out)))


def _weighted(totals: AcceptanceRow, look: Look) -> Iterator[str]:
    weighted = totals.weighted_delay_hours
    if isinstance(weighted, Estimate):
        mean = _("Mean delay to any answer, weighted by potential and urgency: {delay} ({interval}), {n}.").format(
            delay=formats.delay(weighted.value),
            interval=formats.delay_interval(weighted),
            n=formats.n(weighted.n),
        )
        yield from look.paragraph(f"{mean} {sentences.not_in_the_mean(totals)}".rstrip())
        if weighted.date_bounds is not None:
            low, high = formats.delay(weighted.date_bounds.low), formats.delay(weighted.date_bounds.high)
            text = _("For want of hours in some dates it may lie anywhere between {low} and {high}.")
            for line in look.paragraph(text.format(low=low, high=high), indent=2):
                yield look.styled(line, "yellow")


def _delay(figure: Figure, in_days: bool, *, with_n: bool) -> str:
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure)
    interval = formats.delay_interval(figure, in_days=in_days)
    text = f"{formats.delay(figure.value, in_days=in_days)} ({interval})"
    return f"{text}, {formats.n(figure.n)}" if with_n else text


def _checks(answer: AcceptanceAnswer, look: Look, grading: Grading) -> Iterator[str]:
    yield look.styled(_("Is the acceptance real?"), "bold")
    figures: list[Figure] = [getattr(answer.totals, check.figure) for check in CHECKS]
    known = [(check, figure) for check, figure in zip(CHECKS, figures, strict=True) if isinstance(figure, Estimate)]
    if known:
        digits = formats.share_digits(figure for _check, figure in known)
        marks = [_mark_of(check, answer.definition, grading) for check, _figure in known]
        cells = [share_cell(figure, digits, with_n=True) for _check, figure in known]
        yield from laid_out(
            [
                Column("", [Cell(_(check.label)) for check, _figure in known]),
                Column("", [Cell(_(check.name), ("dim",)) for check, _figure in known], rank=1),
                Column(
                    "", [Cell(cell, ("dim",) if mark == "D" else ()) for cell, mark in zip(cells, marks, strict=True)]
                ),
                Column("", [grade_cell(mark) for mark in marks]),
            ],
            look,
        )
    for check, figure in zip(CHECKS, figures, strict=True):
        if isinstance(figure, Unknown):
            reason = why_unknown(check.figure, figure.reason, figure.need)
            line = _("{label}: unknown, {reason}.").format(label=_(check.label), reason=reason)
            yield from look.paragraph(line, indent=2)
    graded = [audited for audited in REAL if any(Audited(check.figure) is audited for check, _figure in known)]
    yield from note_lines(grading.notes(graded, answer.definition), look)


def _mark_of(check: CheckWords, definition: Definition, grading: Grading) -> str:
    return grading.mark(Audited(check.figure), definition)


def _closing(report: AcceptanceReport, look: Look, more_segments: int) -> Iterator[str]:
    if more_segments:
        yield from look.paragraph(
            _("{n} more segments are not shown; --limit 0 shows all.").format(n=formats.count(more_segments))
        )
    for sentence in sentences.left_out_sentences(report):
        yield from look.paragraph(f"{sentence} {_('See: {audit}').format(audit=as_typed('audit'))}")


def _unaudited(look: Look) -> Iterator[str]:
    yield from (look.styled(line, "dim") for line in look.paragraph(sentences.not_audited_sentence()))
