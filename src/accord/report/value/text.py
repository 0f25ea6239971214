"""A value report as text for a terminal: from lead to customer, what it costs, what customers bring, then the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.cells import note_lines
from accord.report.columns import Cell, Column, fitted, laid_out
from accord.report.look import Look
from accord.report.value.attribution_text import attribution_parts, multichannel_part
from accord.report.value.formats import figure_words, points, share
from accord.report.value.lines import (
    Line,
    activity_rule,
    cost_lines,
    customer_lines,
    funnel_notes,
    late_class,
    late_rule,
    marginal_rule,
    stage_names,
)
from accord.report.value.sentences import (
    caveat_sentences,
    extremes,
    headline,
    no_orders,
    no_spend,
    scope,
    spend_lacks_rate,
    title_of,
)
from accord.report.value.tables import row_tables
from accord.value.figures import STAGES, ValueReport
from accord.values import Estimate, Figure

__all__ = ["value_text"]


def value_text(report: ValueReport, look: Look, *, more_rows: int = 0, doubts: Sequence[str] = ()) -> str:
    """The whole report. ``more_rows`` were left away by a limit, and are said to have been. ``doubts``: what an audit
    says of the figures."""
    parts = [_opening(report, look)]
    if doubts:
        parts.append(note_lines(doubts, look))
    if report.totals.funnel.leads:
        parts += [_funnel(report, look), _costs(report, look), _lateness(report, look), _customers(report, look)]
    parts += [*row_tables(report, look), *attribution_parts(report, look), multichannel_part(report, look)]
    parts += [_verdict(report, look, more_rows), _caveats(report, look)]
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return look.plain("\n\n".join(blocks) + "\n")


def _opening(report: ValueReport, look: Look) -> Iterator[str]:
    yield from (look.styled(line, "bold") for line in look.paragraph(title_of(report)))
    yield from (look.styled(line, "dim") for line in look.paragraph(scope(report)))
    yield ""
    yield from (look.styled(line, "bold") for line in look.paragraph(headline(report)))


def _funnel(report: ValueReport, look: Look) -> Iterator[str]:
    funnel, names = report.totals.funnel, stage_names(report)
    yield look.styled(_("From lead to customer"), "bold")
    counts = dict(zip(STAGES, (funnel.qualified, funnel.accepted, funnel.opportunities, funnel.won), strict=True))
    recorded = {stage: not _not_recorded(funnel.conversion[stage]) for stage in STAGES}
    so_far = [_share(funnel.so_far[stage]) for stage in STAGES]
    at = [_share(funnel.conversion[stage]) for stage in STAGES]
    table = fitted(
        [
            Column("", [Cell(_("leads")), *(Cell(names[stage]) for stage in STAGES)]),
            Column(
                "",
                [
                    Cell(formats.count(funnel.leads)),
                    *(Cell(formats.count(counts[stage]) if recorded[stage] else "–") for stage in STAGES),
                ],
                right=True,
            ),
            Column(_("of all, so far"), [Cell(""), *map(Cell, so_far)], right=True, rank=1),
            Column(_("within {days} days").format(days=report.horizon_days), [Cell(""), *map(Cell, at)], right=True),
        ],
        look,
    )
    yield from table.lines
    for sentence in funnel_notes(report):
        yield from look.paragraph(sentence)


def _not_recorded(figure: Figure) -> bool:
    return not isinstance(figure, Estimate) and figure.reason == "not_recorded"


def _share(figure: Figure) -> str:
    return figure_words(figure, share(), with_n=False)


def _costs(report: ValueReport, look: Look) -> Iterator[str]:
    costs = report.totals.costs
    yield look.styled(_("What leads cost"), "bold")
    if not costs.recorded and spend_lacks_rate(report):
        yield from look.paragraph(no_spend(report), indent=2)
        return
    if not costs.recorded:
        yield from look.paragraph(
            _(
                "No spend is recorded for these days: what leads and customers cost, and what comes back for it, "
                "cannot be said. Import a table spend: start, end, channel, amount."
            ),
            indent=2,
        )
        return
    yield from _pairs(_named(cost_lines(report)), look)
    yield from (look.styled(line, "dim") for line in look.paragraph(marginal_rule()))


def _customers(report: ValueReport, look: Look) -> Iterator[str]:
    yield look.styled(_("What customers bring"), "bold")
    if not report.revenue.orders:
        yield from look.paragraph(no_orders(report), indent=2)
        return
    yield from _pairs(_named(customer_lines(report)), look)
    yield from (look.styled(line, "dim") for line in look.paragraph(activity_rule(report)))


def _lateness(report: ValueReport, look: Look) -> Iterator[str]:
    """Wins by how late leads were accepted, where anything is known of it."""
    if not any(isinstance(late.won, Estimate) for late in report.lateness[1:]):
        return
    yield look.styled(_("Is a late acceptance worth less?"), "bold")
    names = [late_class(late) for late in report.lateness]
    adjusted = [figure_words(late.adjusted, points(), with_n=False) for late in report.lateness]
    table = fitted(
        [
            Column(_("accepted"), [Cell(name) for name in names]),
            Column("n", [Cell(formats.count(late.accepted)) for late in report.lateness], right=True),
            Column(
                _("won {days} days on").format(days=report.horizon_days),
                [Cell(_share(late.won)) for late in report.lateness],
                right=True,
            ),
            Column(_("like with like"), [Cell(""), *map(Cell, adjusted[1:])], right=True),
        ],
        look,
    )
    yield from table.lines
    yield from (look.styled(line, "dim") for line in look.paragraph(late_rule()))


def _named(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """The lines with those that are about a part of the line above set in."""
    return [(f"  {name}" if part else name, words) for name, words, part in lines]


def _pairs(lines: Sequence[tuple[str, str]], look: Look) -> list[str]:
    names = Column("", [Cell(name) for name, _text in lines])
    return laid_out([names, Column("", [Cell(text) for _name, text in lines])], look)


def _verdict(report: ValueReport, look: Look, more_rows: int) -> Iterator[str]:
    yield from look.paragraph(extremes(report))
    if more_rows:
        yield from look.paragraph(
            ngettext(
                "{n} more row is not shown; --limit 0 shows all.",
                "{n} more rows are not shown; --limit 0 shows all.",
                more_rows,
            ).format(n=formats.count(more_rows))
        )


def _caveats(report: ValueReport, look: Look) -> Iterator[str]:
    said = caveat_sentences(report)
    if not said:
        return
    yield look.styled(_("To know when reading these figures"), "bold")
    narrow = replace(look, width=look.width - 4)
    for sentence in said:
        first, *rest = narrow.paragraph(sentence)
        yield f"  · {first}"
        yield from (f"    {line}" for line in rest)
