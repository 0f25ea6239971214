"""A value report as text for a terminal: from lead to customer, what it costs, what customers bring, then the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.columns import Cell, Column, fitted, laid_out
from accord.report.look import Look
from accord.report.value_formats import amount, figure_words, money, number, points, share
from accord.report.value_json import amount_of
from accord.report.value_sentences import (
    extremes,
    headline,
    left_out_sentences,
    no_spend,
    notice_sentences,
    scope,
    spend_lacks_rate,
    spend_sentences,
)
from accord.report.value_tables import row_tables
from accord.report.words import definition_name
from accord.value.figures import STAGES, Stage, ValueReport
from accord.values import Estimate, Figure

__all__ = ["value_text"]


def value_text(report: ValueReport, look: Look, *, more_rows: int = 0) -> str:
    """The whole report. ``more_rows`` were left away by a limit, and are said to have been."""
    parts = [_opening(report, look)]
    if report.totals.funnel.leads:
        parts += [_funnel(report, look), _costs(report, look), _lateness(report, look), _customers(report, look)]
    parts += [*row_tables(report, look), _verdict(report, look, more_rows), _caveats(report, look)]
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return look.plain("\n\n".join(blocks) + "\n")


def _title(report: ValueReport) -> str:
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        return _("What leads are worth, by the default agreement")
    return _("What leads are worth: {agreement}, agreement version {version}").format(
        agreement=report.agreement_name, version=report.agreement_version
    )


def _opening(report: ValueReport, look: Look) -> Iterator[str]:
    yield look.styled(_title(report), "bold")
    yield from (look.styled(line, "dim") for line in look.paragraph(scope(report)))
    yield ""
    yield from (look.styled(line, "bold") for line in look.paragraph(headline(report)))


def stage_names(report: ValueReport) -> dict[Stage, str]:
    """What the stages of the funnel are called."""
    won = _("customers (first order)") if report.won_by == "orders" else _("customers (won)")
    return {
        "qualified": _("qualified (handed over)"),
        "accepted": _("accepted ({definition})").format(definition=definition_name(report.definition)),
        "opportunity": _("with an opportunity"),
        "won": won,
    }


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
    if funnel.to_mature:
        yield from look.paragraph(
            ngettext(
                "{n} lead is younger than {days} days: the last column counts it as far as it has come.",
                "{n} leads are younger than {days} days: the last column counts each as far as it has come.",
                funnel.to_mature,
            ).format(n=formats.count(funnel.to_mature), days=report.horizon_days)
        )
    if report.horizon_because == "nine_in_ten_wins":
        why = _("By day {days} nine in ten of the wins have come; --within reads another age.")
        yield from look.paragraph(why.format(days=report.horizon_days))
    yield from _by_age(report, look)
    half, most = (funnel.days_to_win[name] for name in ("p50", "p90"))
    if isinstance(half, Estimate) and isinstance(most, Estimate):
        sentence = _(
            "Half of those who become customers do within {half} days ({half_interval}), nine in ten within {most} "
            "({most_interval}), {n}."
        )
        yield from look.paragraph(
            sentence.format(
                half=_days(half.value),
                half_interval=_days_range(half),
                most=_days(most.value),
                most_interval=_days_range(most),
                n=formats.n(half.n),
            )
        )


def _by_age(report: ValueReport, look: Look) -> Iterator[str]:
    """The curve of wins at the usual ages."""
    ages = {name.removesuffix("d"): figure for name, figure in report.totals.funnel.won_by_age.items()}
    if any(isinstance(figure, Estimate) for figure in ages.values()):
        text = formats.sequence(
            _("day {days}: {share}").format(days=days, share=_share(figure)) for days, figure in ages.items()
        )
        yield from look.paragraph(_("Customers by {ages}.").format(ages=text))


def _not_recorded(figure: Figure) -> bool:
    return not isinstance(figure, Estimate) and figure.reason == "not_recorded"


def _share(figure: Figure) -> str:
    return figure_words(figure, share(), with_n=False)


def _days(days: float) -> str:
    return formats.decimal(days, 1) if days < 10 else formats.count(round(days))


def _days_range(figure: Estimate) -> str:
    return _("{low}–{high}").format(low=_days(figure.low), high=_days(figure.high))


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
    lines: list[tuple[str, str]] = [
        (_("spend"), amount(amount_of(costs.spend, report), report.currency)),
        (_("cost per lead"), _money(costs.per_lead, report)),
        (_("cost per qualified lead"), _money(costs.per_qualified_lead, report)),
        (_("cost per accepted lead"), _money(costs.per_accepted_lead, report)),
        (_("cost per customer (CAC), so far"), _money(costs.cac, report)),
        (
            _within(_("once leads are {days} days old").format(days=report.horizon_days)),
            _money(costs.cac_at_horizon, report),
        ),
        (_("one more lead"), _one_more(costs.marginal["per_lead"], report)),
        (_("one more qualified lead"), _one_more(costs.marginal["per_qualified_lead"], report)),
        (_("one more customer"), _one_more(costs.marginal["cac"], report)),
        (_("spent on leads that sales refused"), _money(costs.refused, report)),
        (_("spent on leads never worked"), _money(costs.never_worked, report)),
    ]
    yield from _pairs(lines, look)
    note = _(
        "One more: by how much months with more spend brought more. What else those months had in common, it cannot "
        "tell apart."
    )
    yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _customers(report: ValueReport, look: Look) -> Iterator[str]:
    customers, costs, revenue = report.totals.customers, report.totals.costs, report.revenue
    yield look.styled(_("What customers bring"), "bold")
    if not revenue.orders:
        text = _("No order is recorded for these days: revenue, retention and purchase frequency cannot be said.")
        yield from look.paragraph(text, indent=2)
        return
    lines: list[tuple[str, str]] = [
        (_("revenue of these leads so far"), _total(customers.revenue, report)),
        (_within(_("of it refunds, taken off")), _total(customers.refunds, report) if customers.refunds else ""),
        (_("revenue of these days, all orders"), _total(revenue.total, report)),
        (_within(_("of it from no lead")), _total(revenue.from_no_lead, report) if revenue.from_no_lead else ""),
        (_within(_("of it from qualified leads")), _share_n(revenue.share_from_qualified)),
        (_("return on spend so far"), figure_words(costs.return_on_spend, number(1, "×"))),
        (_("months until a lead has paid for itself"), figure_words(costs.payback_months, number(0))),
        (_("revenue per customer so far"), _money(customers.revenue_per_customer, report)),
        *(
            (_within(_("within {days} days of the win").format(days=name.removesuffix("d"))), _money(figure, report))
            for name, figure in customers.revenue_by_age.items()
        ),
        (_("buyers with a second purchase"), _share_n(customers.repeat)),
        (_("purchases per customer and month"), figure_words(customers.purchases, number(2))),
        *(
            (_("buyers active after {days} days").format(days=name.removesuffix("d")), _share_n(figure))
            for name, figure in customers.retention.items()
            if isinstance(figure, Estimate) or name == next(iter(customers.retention))
        ),
    ]
    yield from _pairs([line for line in lines if line[1]], look)
    rule = _(
        "Active: not yet {days} days without a purchase. A purchase is all that a customer pays for at one instant; "
        "refunds are none."
    )
    for line in look.paragraph(rule.format(days=report.inactive_after_days)):
        yield look.styled(line, "dim")


def _lateness(report: ValueReport, look: Look) -> Iterator[str]:
    """Wins by how late leads were accepted, where anything is known of it."""
    if not any(isinstance(late.won, Estimate) for late in report.lateness[1:]):
        return
    yield look.styled(_("Is a late acceptance worth less?"), "bold")
    names = [
        _("more than {days} days").format(days=late.above)
        if late.up_to is None
        else ngettext("within {days} day", "within {days} days", late.up_to).format(days=late.up_to)
        for late in report.lateness
    ]
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
    note = _(
        "Like with like: in points, against the first line, leads of one channel and month compared with each other."
    )
    yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _within(name: str) -> str:
    """A line about a part of the line above."""
    return f"  {name}"


def _pairs(lines: Sequence[tuple[str, str]], look: Look) -> list[str]:
    names = Column("", [Cell(name) for name, _text in lines])
    return laid_out([names, Column("", [Cell(text) for _name, text in lines])], look)


def _total(cents: int, report: ValueReport) -> str:
    return amount(amount_of(cents, report), report.currency)


def _money(figure: Figure, report: ValueReport) -> str:
    return figure_words(figure, money(report.currency))


def _one_more(figure: Figure, report: ValueReport) -> str:
    """What one more costs, and over how many months that was seen."""
    words = figure_words(figure, money(report.currency), with_n=False)
    if isinstance(figure, Estimate):
        months = ngettext("{n} month", "{n} months", figure.n).format(n=formats.count(figure.n))
        return f"{words}, {months}"
    return words


def _share_n(figure: Figure) -> str:
    return figure_words(figure, share())


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
    said = [*left_out_sentences(report), *spend_sentences(report), *notice_sentences(report)]
    if not said:
        return
    yield look.styled(_("To know when reading these figures"), "bold")
    narrow = replace(look, width=look.width - 4)
    for sentence in said:
        first, *rest = narrow.paragraph(sentence)
        yield f"  · {first}"
        yield from (f"    {line}" for line in rest)
