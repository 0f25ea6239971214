"""What a value report says in whole sentences: what it is about, what stands out, what no sum holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.scope import data_as_of
from accord.report.value.answer import amount_of
from accord.report.value.formats import amount, figure_words, money
from accord.report.value.short import amounts_of, left_out_by_place, of_these_leads, too_high_by, too_low_by
from accord.report.words import value_name
from accord.value.apart import cheapest_and_dearest
from accord.value.figures import Bounded, LeftOut, Noticed, Unmatched, ValueReport, ValueRow
from accord.values import Estimate

__all__ = [
    "caveat_sentences",
    "cost_too_low",
    "extremes",
    "headline",
    "left_out_sentences",
    "name_of",
    "no_orders",
    "no_spend",
    "notice_sentences",
    "of_all_data",
    "own_sentences",
    "scope",
    "spend_lacks_rate",
    "spend_sentences",
    "title_of",
]

_MANY = 5
"""Names that are listed before the rest is counted."""


def title_of(report: ValueReport) -> str:
    """What it is about, and by which agreement."""
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        return _("What leads are worth, by the default agreement")
    return _("What leads are worth: {agreement}, agreement version {version}").format(
        agreement=report.agreement_name, version=report.agreement_version
    )


def scope(report: ValueReport) -> str:
    """Which leads, as of when, in which money."""
    parts = [data_as_of(report.as_of, report.timezone)]
    words = {
        "start": formats.day(report.start) if report.start else "",
        "end": formats.day(report.end) if report.end else "",
    }
    if report.start and report.end:
        parts.append(_("Leads created from {start} until before {end}.").format(**words))
    elif report.start:
        parts.append(_("Leads created from {start} on.").format(**words))
    elif report.end:
        parts.append(_("Leads created before {end}.").format(**words))
    parts.append(_("Amounts are in {currency}.").format(currency=report.currency))
    if report.rates_file:
        parts.append(_("Other currencies are converted by {file}.").format(file=report.rates_file))
    return " ".join(parts)


def headline(report: ValueReport) -> str:
    """The one thing to remember: what a customer costs, or else how many leads become one."""
    row = report.totals
    if not row.funnel.leads:
        none = _("No lead was created in these days.") if report.start or report.end else _("There is no lead yet.")
        return f"{none} {_recorded(report)}".rstrip()
    leads = formats.leads(row.funnel.leads)
    if report.won_by == "not_recorded":
        return _("Of {leads}, nobody wrote down which became customers.").format(leads=leads)
    customers = ngettext("{n} customer", "{n} customers", row.funnel.won).format(n=formats.count(row.funnel.won))
    first = _("{leads} have brought {customers} so far.").format(leads=leads, customers=customers)
    cac = row.costs.cac
    if isinstance(cac, Estimate):
        value, between = money(report.currency).of(cac)
        cost = _("A customer costs {amount} ({interval}).").format(
            amount=value,
            interval=_("{level} interval {interval}, {n}").format(
                level=formats.percent(cac.level), interval=between, n=formats.n(cac.n)
            ),
        )
        return f"{first} {cost} {cost_too_low(report)}".rstrip()
    if not row.costs.recorded:
        return f"{first} {no_spend(report)}"
    words = figure_words(cac, money(report.currency))
    said = _("What a customer costs: {words}.").format(words=words)
    if isinstance(cac, Bounded):
        return f"{first} {said} {cost_too_low(report)}".rstrip()
    lacking = of_these_leads(row.costs.left_out, {}) if row.costs.left_out else ()  # what is unknown is not too low
    return " ".join((first, said, *lacking))


def _recorded(report: ValueReport) -> str:
    """What money there is though there is no lead; empty where there is none."""
    found, revenue = [], report.revenue
    if report.totals.costs.recorded:
        found.append(_("{amount} of spend").format(amount=_whole(report.totals.costs.spend, report)))
    if revenue.orders:
        found.append(
            ngettext("{amount} of revenue in {n} order", "{amount} of revenue in {n} orders", revenue.orders).format(
                amount=_whole(revenue.total, report), n=formats.count(revenue.orders)
            )
        )
    return _("What is recorded: {amounts}.").format(amounts=formats.sequence(found)) if found else ""


def _whole(cents: int, report: ValueReport) -> str:
    return amount(amount_of(cents, report), report.currency, cents=True)


def cost_too_low(report: ValueReport) -> str:
    """That a part of the spend is in no cost, and how much; empty where all of it is."""
    costs = report.totals.costs
    if not (costs.unpriced and costs.recorded):
        return ""
    low, high = too_low_by(costs.left_out), too_high_by(costs.left_out)
    if not (low or high):
        return ""
    if low and high:
        sentence = _("That is not whole: {amounts} of spend have no rate and are in no cost.")
    elif high:
        sentence = _("That is too high: {amounts} of spend have no rate and are in no cost.")
    else:
        sentence = _("That is too low: {amounts} of spend have no rate and are in no cost.")
    return sentence.format(amounts=amounts_of(costs.left_out))


def no_spend(report: ValueReport) -> str:
    """Why nothing has a cost: no spend was written down, or nobody said what its currency is worth."""
    if spend_lacks_rate(report):
        return _("The spend is in currencies without a rate to {currency}, so what they cost cannot be said.").format(
            currency=report.currency
        )
    return _("No spend is recorded, so what they cost cannot be said.")


def no_orders(report: ValueReport) -> str:
    """Why nothing can be said of revenue: no order was written down, or nobody said what its currency is worth."""
    if report.revenue.unpriced:
        return _(
            "The orders of these days are in currencies without a rate to {currency}: revenue, retention and purchase "
            "frequency cannot be said."
        ).format(currency=report.currency)
    missing = _("No order is recorded for these days: revenue, retention and purchase frequency cannot be said.")
    return f"{missing} {_('Import a table orders: order_id, lead_id, at, amount.')}"


def spend_lacks_rate(report: ValueReport) -> bool:
    """Whether spend of these days is left out because nobody said what its currency is worth."""
    return report.totals.costs.unpriced


def name_of(row: ValueRow) -> str:
    """What a row is called within a sentence."""
    parts = [value_name(dimension, value) for dimension, value in row.segment.items()]
    return " · ".join([*parts, *([formats.period_name(row.period)] if row.period else [])])


def extremes(report: ValueReport) -> str:
    """Where a customer costs least and most, if that is more than chance does; empty where nothing can be compared."""
    apart = cheapest_and_dearest(report)
    if apart is None:
        return ""
    if not apart.different:
        return _(
            "Once leads are {days} days old, what a customer costs does not differ more between them than chance "
            "allows."
        ).format(days=report.horizon_days)
    style = money(report.currency)
    low, high = (
        _("{name} ({amount}; {interval})").format(
            name=name_of(row), amount=style.of(figure)[0], interval=style.of(figure)[1]
        )
        for row in (apart.cheapest, apart.dearest)
        if isinstance(figure := row.costs.cac_at_horizon, Estimate)
    )
    return _(
        "Once leads are {days} days old, a customer costs least from {low} and most from {high}: more than chance "
        "makes of the {n} compared."
    ).format(low=low, high=high, days=report.horizon_days, n=formats.count(apart.compared))


def caveat_sentences(report: ValueReport, *, options: bool = True) -> list[str]:
    """Everything to know when reading the figures; of days alone, what is told of all the data is told apart."""
    narrow = bool(report.start or report.end)
    left_out = list(left_out_sentences(report, options=options, narrow=narrow))
    spend, notices = list(spend_sentences(report)), list(notice_sentences(report))
    spend += own_sentences(report, report.totals.costs.left_out, report.totals.customers.left_out) if narrow else []
    of_rows = left_out_by_place((name_of(row), row.costs.left_out, row.customers.left_out) for row in report.rows)
    spend += [of_rows] if of_rows else []
    if not narrow or not (left_out or notices):
        return [*left_out, *spend, *notices]
    return [*spend, of_all_data(), *left_out, *notices]


def of_all_data() -> str:
    """What stands before sentences that do not keep to the leads and days asked about."""
    return _("What follows is told of all the data, not of these leads and days alone.")


def own_sentences(report: ValueReport, spend: Mapping[str, float], orders: Mapping[str, float]) -> list[str]:
    """What belongs to the leads and days asked about of what has no rate; nothing where all money has one."""
    if not any(left.reason == "no_rate" for left in report.left_out):
        return []
    return [*of_these_leads(spend, orders)]


def left_out_sentences(
    report: ValueReport, *, examples: bool = True, options: bool = True, narrow: bool = False
) -> Iterator[str]:
    """What no sum holds, how much it is, and where (without ``examples``, not where); with ``options``, those of the
    command line that would change it, which a page does not have. ``narrow``: the figures are of a part of it."""
    for left in report.left_out:
        where = [_examples(left.examples, left.rows)] if examples else []
        yield " ".join([_left_out(left), *_in_span(left, report), *where])
    if not narrow and any(left.table == "orders" and left.reason == "no_rate" for left in report.left_out):
        refunded = any(
            left.amount < 0 for left in report.left_out if left.table == "orders" and left.reason == "no_rate"
        )
        yield (
            _("Every amount of revenue lacks what is left out.")
            if refunded
            else _("Every amount of revenue is too low by what is left out.")
        )
    later = [left.reason == "after_as_of" for left in report.left_out]
    if options and any([*later, *(noticed.what == "wins_after_as_of" for noticed in report.noticed)]):
        yield _("A later moment counts them too: --as-of TIME.")
    if not options and any(left.reason == "no_rate" for left in report.left_out):
        yield _("A table of rates, with the columns currency and rate, would say what these currencies are worth.")
    elif any(left.reason == "no_rate" for left in report.left_out):
        yield _(
            "Say what these currencies are worth: --rates FILE, or rates.csv in the workspace, with the columns "
            "currency and rate."
        )


def _left_out(left: LeftOut) -> str:
    words = {"n": formats.count(left.rows), "amount": amount(left.amount, left.currency, cents=True)}
    if left.reason == "after_as_of":
        sentence = ngettext(
            "{n} order of {amount} is later than the moment these data describe; it is left out.",
            "{n} orders of {amount} together are later than the moment these data describe; they are left out.",
            left.rows,
        )
    elif left.table == "orders":
        sentence = ngettext(
            "{n} order of {amount} is left out: no rate says what {currency} is worth on its day.",
            "{n} orders of {amount} together are left out: no rate says what {currency} is worth on their day.",
            left.rows,
        )
    elif left.reason == "no_rate":
        sentence = ngettext(
            "{amount} of {n} row of spend are left out: no rate says what {currency} is worth on those days.",
            "{amount} of {n} rows of spend are left out: no rate says what {currency} is worth on those days.",
            left.rows,
        )
    else:
        sentence = ngettext(
            "{n} row of spend of {amount} is left out: it does not say on which days.",
            "{n} rows of spend of {amount} together are left out: they do not say on which days.",
            left.rows,
        )
    return sentence.format(**words, currency=left.currency)


def _in_span(left: LeftOut, report: ValueReport) -> list[str]:
    """What of it falls on the days of the report, where that is told."""
    if left.rows_in_span is None or left.amount_in_span is None:
        return []
    if report.start is None and report.end is None:
        come = amount(left.amount_in_span, left.currency, cents=True)
        return [_("Of that, {amount} falls on days that have come.").format(amount=come)]
    if not left.rows_in_span:
        return [_("None of that falls in this period.")]
    if left.table == "spend":
        sentence = ngettext(
            "In this period: {amount} of {n} row.", "In this period: {amount} of {n} rows.", left.rows_in_span
        )
    else:
        sentence = ngettext(
            "In this period: {n} order of {amount}.",
            "In this period: {n} orders of {amount} together.",
            left.rows_in_span,
        )
    words = {"n": formats.count(left.rows_in_span), "amount": amount(left.amount_in_span, left.currency, cents=True)}
    return [sentence.format(**words)]


def _examples(examples: tuple[str, ...], rows: int) -> str:
    listed = ", ".join(examples)
    if rows > len(examples):
        return _("For example: {examples}.").format(examples=listed)
    return _("Here: {examples}.").format(examples=listed)


def notice_sentences(report: ValueReport) -> Iterator[str]:
    """What is odd though the sums hold it."""
    for noticed in report.noticed:
        yield " ".join(
            [_noticed(noticed, report), *_in_no_sum(noticed), _examples(noticed.examples, noticed.rows)],
        )


def _in_no_sum(noticed: Noticed) -> list[str]:
    """What of something odd has no rate: whatever is said of the rest, this counts nowhere."""
    if not noticed.left_out:
        return []
    return [_("But {amounts} of that have no rate and are in no sum.").format(amounts=_together(noticed.left_out))]


def _noticed(noticed: Noticed, report: ValueReport) -> str:
    n = noticed.rows
    sentence = {
        "orders_before_win": ngettext(
            "{n} order of {amount} came before its lead was won; it counts.",
            "{n} orders of {amount} together came before their leads were won; they count.",
            n,
        ),
        "orders_without_win": ngettext(
            "{n} order of {amount} belongs to a lead that was never won; it counts as revenue, its lead not as a "
            "customer.",
            "{n} orders of {amount} together belong to leads that were never won; they count as revenue, their leads "
            "not as customers.",
            n,
        ),
        "orders_before_lead": ngettext(
            "{n} order of {amount} was a customer's before it became a lead; it counts as revenue from no lead.",
            "{n} orders of {amount} together were customers' before they became leads; they count as revenue from no "
            "lead.",
            n,
        ),
        "orders_of_unknown_leads": ngettext(
            "{n} order of {amount} names a lead that is not in the data; unless its customer is known, it counts as "
            "revenue from no lead.",
            "{n} orders of {amount} together name leads that are not in the data; unless their customers are known, "
            "they count as revenue from no lead.",
            n,
        ),
        "wins_before_lead": ngettext(
            "{n} lead was won before it was created; it counts as won at once.",
            "{n} leads were won before they were created; they count as won at once.",
            n,
        ),
        "wins_without_date": ngettext(
            "{n} deal was won on no day that is recorded; it counts as won on the day it was opened.",
            "{n} deals were won on no day that is recorded; they count as won on the day they were opened.",
            n,
        ),
        "wins_after_as_of": ngettext(
            "{n} deal was won later than the moment these data describe; it does not count.",
            "{n} deals were won later than the moment these data describe; they do not count.",
            n,
        ),
    }[noticed.what]
    known = noticed.amount is not None and (noticed.amount or not noticed.left_out)
    paid = [amount(amount_of(noticed.amount or 0, report), report.currency, cents=True)] if known else []
    paid += [_together(noticed.left_out)] if noticed.left_out else []
    return sentence.format(n=formats.count(n), amount=" + ".join(paid))


def _together(amounts: Mapping[str, float]) -> str:
    """Amounts of several currencies as one within a sentence: £20.00 + $500.00."""
    return " + ".join(amount(value, currency, cents=True) for currency, value in amounts.items())


def spend_sentences(report: ValueReport) -> Iterator[str]:
    """Where spend and leads do not meet, and what of the spend is not in the figures."""
    spend = report.spend

    def money(cents: int) -> str:
        return amount(amount_of(cents, report), report.currency, cents=True)

    if spend.after_as_of:
        yield _("{amount} of spend falls on days that had not come yet; it is left out.").format(
            amount=money(spend.after_as_of)
        )
    if spend.outside_span:
        yield _("{amount} of spend falls on other days than these; it is left out.").format(
            amount=money(spend.outside_span)
        )
    if spend.shared and spend.counted:
        yield _(
            "Spend does not say whom it was for: the spend of a channel in a month is shared among the leads that came "
            "from it in that month, each the same."
        )
    if spend.not_shared:
        yield _("{amount} of it could be given to no row: no lead came from its channel in its month.").format(
            amount=money(spend.not_shared)
        )
    if spend.without_leads:
        yield _("Spend without any lead, in the totals: {places}.").format(
            places=_listed(
                [_("{place} {amount}").format(place=_place(p), amount=money(p.amount)) for p in spend.without_leads]
            )
        )
    if spend.leads_without_spend:
        yield _(
            "Leads without any spend: {places}. If they did cost something, all costs together are too low."
        ).format(places=_listed([f"{_place(p)} ({formats.leads(p.leads)})" for p in spend.leads_without_spend]))
    for found in spend.renamed:
        sentence = (
            _(
                "The campaign {before} of {channel} seems to be called {after} in the leads since {day}, and not in "
                "the spend: its cost per lead is wrong from then on."
            )
            if found.table == "leads"
            else _(
                "The campaign {before} of {channel} seems to be called {after} in the spend since {day}, and not in "
                "the leads: its cost per lead is wrong from then on."
            )
        )
        yield sentence.format(
            before=found.before, channel=found.channel, after=found.after, day=formats.day(found.since)
        )


def _place(place: Unmatched) -> str:
    channel = value_name("channel", place.channel)
    return channel if place.campaign is None else f"{channel} / {place.campaign}"


def _listed(names: list[str]) -> str:
    if len(names) <= _MANY:
        return formats.sequence(names)
    left = len(names) - _MANY
    more = ngettext("{n} more", "{n} more", left).format(n=formats.count(left))
    return formats.sequence([*names[:_MANY], more])
