"""What leads cost and what customers bring, as pairs of a name and a figure in words: for the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.value.answer import amount_of
from accord.report.value.formats import amount, figure_words, money, number, share
from accord.report.value.short import of_sum, part_of_spend, payback_words, return_words, too_low, whole_words
from accord.report.words import definition_name
from accord.value.figures import Lateness, Stage, ValueReport
from accord.values import Estimate, Figure, Reason

__all__ = [
    "Line",
    "activity_rule",
    "cost_lines",
    "customer_lines",
    "funnel_notes",
    "late_class",
    "late_rule",
    "marginal_rule",
    "stage_names",
]

Line = tuple[str, str, bool]
"""A name, a figure in words, and whether it is a part of the line above."""


def stage_names(report: ValueReport) -> dict[Stage, str]:
    """What the stages of the funnel are called."""
    won = _("customers (first order)") if report.won_by == "orders" else _("customers (won)")
    return {
        "qualified": _("qualified (handed over)"),
        "accepted": _("accepted ({definition})").format(definition=definition_name(report.definition)),
        "opportunity": _("with an opportunity"),
        "won": won,
    }


def funnel_notes(report: ValueReport, *, options: bool = True) -> Iterator[str]:
    """How old leads are, which age is read, the curve of wins at the usual ages, and how long a win takes.

    ``options``: name the options of the command line, which a page does not have.
    """
    funnel = report.totals.funnel
    if report.won_by == "not_recorded":
        yield _(
            "To see who becomes a customer, import a table opportunities (opportunity_id, lead_id, created_at, "
            "closed_at, won), or orders (order_id, lead_id, at, amount)."
        )
    if funnel.to_mature:
        yield ngettext(
            "{n} lead is younger than {days} days: the last column counts it as far as it has come.",
            "{n} leads are younger than {days} days: the last column counts each as far as it has come.",
            funnel.to_mature,
        ).format(n=formats.count(funnel.to_mature), days=report.horizon_days)
    if report.horizon_because == "nine_in_ten_wins" and not options:
        yield _("By day {days} nine in ten of the wins have come.").format(days=report.horizon_days)
    elif report.horizon_because == "nine_in_ten_wins":
        yield _("By day {days} nine in ten of the wins have come; --within reads another age.").format(
            days=report.horizon_days
        )
    elif report.horizon_because == "longest_reached":
        yield _(
            "By day {days} not yet nine in ten of the wins have come; these leads are too young to be read at a later "
            "age."
        ).format(days=report.horizon_days)
    ages = {name.removesuffix("d"): figure for name, figure in funnel.won_by_age.items()}
    if any(isinstance(figure, Estimate) for figure in ages.values()):
        text = formats.sequence(
            _("day {days}: {share}").format(days=days, share=figure_words(figure, share(), with_n=False))
            for days, figure in ages.items()
        )
        yield _("Customers by {ages}.").format(ages=text)
    won = funnel.conversion["won"]
    if isinstance(won, Estimate) and won.date_bounds is not None:
        digits = share().digits(won.value, won.high - won.low)
        yield _(
            "Some of these times are dates without an hour: the share of customers within {days} days may be anything "
            "from {low} to {high}, with its interval around it."
        ).format(
            days=report.horizon_days,
            low=formats.percent(won.date_bounds.low, digits),
            high=formats.percent(won.date_bounds.high, digits),
        )
    half, most = (funnel.days_to_win[name] for name in ("p50", "p90"))
    if isinstance(half, Estimate) and isinstance(most, Estimate):
        yield _(
            "Half of those who become customers do within {half} days ({half_interval}), nine in ten within {most} "
            "({most_interval}), {n}."
        ).format(
            half=_days(half.value),
            half_interval=_days_range(half),
            most=_days(most.value),
            most_interval=_days_range(most),
            n=formats.n(half.n),
        )
    elif isinstance(half, Estimate):
        yield _(
            "Half of those who become customers do within {half} days ({half_interval}), {n}; for nine in ten the "
            "leads are too young."
        ).format(half=_days(half.value), half_interval=_days_range(half), n=formats.n(half.n))
    later = funnel.won - half.n if isinstance(half, Estimate) else 0
    if later:
        yield ngettext(
            "{n} win that took longer than {days} days is not counted in that.",
            "{n} wins that took longer than {days} days are not counted in that.",
            later,
        ).format(n=formats.count(later), days=max(report.horizon_days, *map(int, ages)))


def late_class(late: Lateness) -> str:
    """Within how long these leads were accepted."""
    if late.up_to is None:
        return _("more than {days} days").format(days=late.above)
    if late.above:
        return _("{above} to {days} days").format(above=late.above, days=late.up_to)
    return ngettext("within {days} day", "within {days} days", late.up_to).format(days=late.up_to)


def late_rule() -> str:
    """What the comparison of late acceptances compares."""
    return _(
        "Like with like: in points, against the first line, leads of one channel and month compared with each other."
    )


def cost_lines(report: ValueReport) -> list[Line]:
    """What all leads of the report cost."""
    costs = report.totals.costs
    return [
        (_("spend"), _spent(report), False),
        (_("cost per lead"), _cost(costs.per_lead, report), False),
        (_("cost per qualified lead"), _cost(costs.per_qualified_lead, report), False),
        (_("cost per accepted lead"), _cost(costs.per_accepted_lead, report), False),
        (_("cost per customer (CAC), so far"), _cost(costs.cac, report), False),
        (
            _("once leads are {days} days old").format(days=report.horizon_days),
            _cost(costs.cac_at_horizon, report),
            True,
        ),
        (_("one more lead"), _one_more(costs.marginal["per_lead"], report), False),
        (_("one more qualified lead"), _one_more(costs.marginal["per_qualified_lead"], report), False),
        (_("one more customer"), _one_more(costs.marginal["cac"], report), False),
        (_("spent on leads that sales refused"), _cost(costs.refused, report, short=costs.refused_unpriced), False),
        *_uncosted(costs.refused, costs.refused_uncosted),
        (_("spent on leads never worked"), _cost(costs.never_worked, report, short=costs.never_worked_unpriced), False),
        *_uncosted(costs.never_worked, costs.never_worked_uncosted),
    ]


def _spent(report: ValueReport) -> str:
    """What was spent, and that more was, where a part has no rate."""
    costs = report.totals.costs
    spent = amount(amount_of(costs.spend, report), report.currency)
    return whole_words(spent, costs.left_out)


def _cost(figure: Figure, report: ValueReport, *, short: bool | None = None) -> str:
    """A cost, and that it is too low, where a part of its spend has no rate: ``short``; if not given, of all spend."""
    words = _money(figure, report)
    if short is None:
        return of_sum(words, figure, report.totals.costs.left_out)
    return part_of_spend(words, figure, report.totals, lacking=short)


def _uncosted(figure: Figure, count: int) -> list[Line]:
    """How many handoffs of the kind are not in the sum."""
    known = isinstance(figure, Estimate)
    return [(_("left out, cost unknown"), formats.leads(count), True)] if count and known else []


def marginal_rule() -> str:
    """What the lines about one more mean."""
    return _(
        "One more: by how much months with more spend brought more. What else those months had in common, it cannot "
        "tell apart."
    )


def customer_lines(report: ValueReport) -> list[Line]:
    """What the customers among them have brought."""
    customers, revenue = report.totals.customers, report.revenue
    refunds = _total(customers.refunds, report) if customers.refunds else ""
    from_no_lead = _total(revenue.from_no_lead, report) if revenue.from_no_lead else ""
    lines: list[Line] = [
        (_("revenue of these leads so far"), _revenue(customers.revenue, customers.left_out, report), False),
        (_("of it refunds, taken off"), refunds, True),
        (_("revenue of these days, all orders"), _revenue(revenue.total, revenue.left_out, report), False),
        (_("of it from no lead"), from_no_lead, True),
        (_("of it from qualified leads"), figure_words(revenue.share_from_qualified, share()), True),
        (_("return on spend so far"), return_words(report.totals, number(1, "×")), False),
        (_("months until a lead has paid for itself"), payback_words(report.totals, number(0)), False),
        (_("revenue per customer so far"), _brought(customers.revenue_per_customer, report), False),
        *(
            (_("within {days} days of the win").format(days=name.removesuffix("d")), _brought(figure, report), True)
            for name, figure in customers.revenue_by_age.items()
        ),
        (_("buyers with a second purchase"), figure_words(customers.repeat, share()), False),
        (_("purchases per customer and month"), figure_words(customers.purchases, number(2)), False),
        *(
            (
                _("buyers active after {days} days").format(days=name.removesuffix("d")),
                figure_words(figure, share()),
                False,
            )
            for name, figure in customers.retention.items()
            if isinstance(figure, Estimate) or name == next(iter(customers.retention))
        ),
    ]
    return [line for line in lines if line[1]]


def _revenue(cents: int, left_out: Mapping[str, float], report: ValueReport) -> str:
    """What was paid, and that more was, where orders have no rate."""
    paid = _total(cents, report)
    return whole_words(paid, left_out)


def _brought(figure: Figure, report: ValueReport) -> str:
    """What a customer brings, and that it is too low, where orders have no rate."""
    return too_low(_money(figure, report), figure, report.totals)


def activity_rule(report: ValueReport) -> str:
    """When a buyer is active, and what a purchase is."""
    return _(
        "Active: not yet {days} days without a purchase. A purchase is all that a customer pays for at one instant; "
        "refunds are none."
    ).format(days=report.inactive_after_days)


def _days(days: float) -> str:
    return formats.decimal(days, 1) if days < 10 else formats.count(round(days))


def _days_range(figure: Estimate) -> str:
    return _("{low}–{high}").format(low=_days(figure.low), high=_days(figure.high))


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
    if figure.reason is Reason.TOO_FEW and figure.need is not None:  # beside thousands of leads, it is months that lack
        return _("too few months, it takes {n}").format(n=formats.count(figure.need))
    return words
