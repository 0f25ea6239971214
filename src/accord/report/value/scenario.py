"""What a scenario says in words: what is supposed, what it would bring, and what that takes for granted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.report import formats
from accord.report.value.formats import (
    Style,
    amount,
    bound_words,
    figure_words,
    money,
    number,
    points,
    share,
    two_lines,
)
from accord.report.value.short import of_ratio, of_sum
from accord.report.words import dimension_name, value_name
from accord.value.figures import Bounded, ValueReport
from accord.value.levers import SHARES, Lever, Supposition
from accord.value.scenario_figures import LINES, OF_REVENUE, OF_SPEND, Assumption, Line, Moved, Scenario
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "assumption_sentences",
    "both_lines",
    "change_words",
    "lever_words",
    "line_name",
    "line_style",
    "off_lines",
    "place_words",
    "scenario_block",
    "scenario_headline",
    "signed_lines",
    "signed_words",
    "supposed_words",
    "unmoved",
]

LEVER_NAMES: Mapping[Lever, str] = {
    "acceptance": mark("acceptance, of leads handed over"),
    "win_rate": mark("wins, of leads accepted"),
    "late_acceptances": mark("acceptances after more than a day, of all"),
    "leads": mark("leads"),
    "cost_per_lead": mark("cost per lead"),
    "spend": mark("spend"),
}

LINE_NAMES: Mapping[Line, str] = {
    "leads": mark("leads"),
    "accepted": mark("accepted leads"),
    "won": mark("customers"),
    "revenue": mark("revenue"),
    "spend": mark("spend"),
    "cost_per_accepted_lead": mark("per accepted lead"),
    "cac": mark("per customer (CAC)"),
    "return_on_spend": mark("return on spend"),
}


def line_name(line: Line) -> str:
    """What a figure of the scenario is called."""
    return _(LINE_NAMES[line])


def place_words(scenario: Scenario) -> str:
    """Where it is supposed: ``Channel webinar``; everywhere without a segment."""
    if not scenario.where:
        return _("all leads")
    return ", ".join(f"{dimension_name(name)} {value_name(name, value)}" for name, value in scenario.where.items())


def change_words(supposed: Supposition) -> str:
    """How a lever moves, so that nobody takes points for per cent: +10% of what it is; +10 points; to 60%."""
    size = 100 * abs(supposed.amount)
    written = formats.decimal(size, 0 if size == round(size) else 1)
    sign = "−" if supposed.amount < 0 else "+"
    if supposed.kind == "points":
        return ngettext("{sign}{n} point", "{sign}{n} points", round(size)).format(sign=sign, n=written)
    if supposed.kind == "target":
        return _("to {share}").format(share=formats.percent(supposed.amount, 0 if size == round(size) else 1))
    percent = formats.percent(abs(supposed.amount), 0 if size == round(size) else 1)
    return _("{sign}{percent} of what it is").format(sign=sign, percent=percent)


def supposed_words(scenario: Scenario) -> list[str]:
    """What is supposed, one text per lever: acceptance, of leads handed over: +10% of what it is."""
    return [
        _("{lever}: {change}").format(lever=_(LEVER_NAMES[each.lever]), change=change_words(each))
        for each in scenario.suppositions
    ]


def lever_words(lever: Lever, moved: Moved, report: ValueReport) -> str:
    """The lever now and then: 61% → 67%."""
    if isinstance(moved.now, Unknown) or isinstance(moved.then, Unknown):
        return formats.unknown_briefly(moved.now if isinstance(moved.now, Unknown) else moved.then)  # type: ignore[arg-type]
    if lever in SHARES:
        now, then = (formats.percent(figure.value, 1) for figure in (moved.now, moved.then))
    elif lever == "leads":
        now, then = (formats.count(round(figure.value)) for figure in (moved.now, moved.then))
    else:
        now, then = (amount(figure.value, report.currency) for figure in (moved.now, moved.then))
        return of_sum(f"{now} → {then}", moved.then, report.scenario.spend_left_out if report.scenario else {})
    return f"{now} → {then}"


def line_style(line: Line, report: ValueReport, moved: Moved) -> Style:
    """How the figures of a line are written."""
    if line in {"revenue", "spend", "cost_per_accepted_lead", "cac"}:
        return money(report.currency)
    if line == "return_on_spend":
        return number(_decimals_of(moved.change))
    size = 100.0
    if isinstance(moved.change, Estimate):
        size = abs(moved.change.value)
    elif isinstance(moved.change, Bounded) and moved.change.at_most is not None:
        size = moved.change.at_most  # a bound rounded to nothing would say that nothing can come
    return number(0 if not 0 < size < 10 else 1 if size >= 0.1 else 3)


def _decimals_of(change: Figure) -> int:
    """As many decimals as show how far the ends of a difference of about nothing lie apart: one at least."""
    width = change.high - change.low if isinstance(change, Estimate) else 0.0
    return min(max(1, 1 - math.floor(math.log10(width))), 4) if width > 0 else 1


def scenario_headline(report: ValueReport, scenario: Scenario) -> str:
    """What it would bring, in one sentence."""
    won, revenue, accepted = (scenario.lines[line] for line in ("won", "revenue", "accepted"))
    if not scenario.leads:
        return _("There is no lead in it: nothing can be worked out.")
    parts = []

    def off(line: Line) -> str:
        return off_words(_plain(scenario.lines[line], line, report), scenario.lines[line].change, line, scenario)

    if "acceptance" in scenario.levers or not isinstance(won.change, Estimate):
        parts.append((_("accepted leads"), _plain(accepted, "accepted", report)))
    parts.append((_("customers"), _plain(won, "won", report)))
    if isinstance(revenue.change, Estimate):
        parts.append((_("revenue"), off("revenue")))
    elif isinstance(scenario.lines["cac"].change, Estimate):
        parts.append((_("cost per customer"), off("cac")))
    said = formats.sequence(_("{name} {change}").format(name=name, change=change) for name, change in parts)
    return _("Expected: {changes}.").format(changes=said)


def scenario_block(report: ValueReport, scenario: Scenario) -> dict[str, Any]:
    """Everything a page shows of a scenario, written out."""
    rows = []
    for line in LINES:
        moved = scenario.lines[line]
        if unmoved(moved):
            continue
        style = line_style(line, report, moved)
        cautious = moved.cautious if isinstance(moved.cautious, Estimate) else None
        rows.append(
            {
                "name": line_name(line),
                "now": off_lines(both_lines(moved.now, style), moved.now, line, scenario),
                "then": off_lines(both_lines(moved.then, style), moved.then, line, scenario),
                "change": off_lines(signed_lines(moved.change, style), moved.change, line, scenario),
                "cautious": off_lines(signed_lines(cautious, style), cautious, line, scenario)
                if cautious
                else ("", ""),
            }
        )
    return {
        "title": _("What a change would bring: {place}").format(place=place_words(scenario)),
        "supposed": [
            f"{words}, {lever_words(each.lever, scenario.levers[each.lever], report)}"
            for each, words in zip(scenario.suppositions, supposed_words(scenario), strict=True)
        ],
        "headline": scenario_headline(report, scenario),
        "rows": rows,
        "any_cautious": any(row["cautious"][0] for row in rows),
        "assumptions": list(assumption_sentences(report, scenario)),
    }


def off_words(words: str, figure: Figure, line: Line, scenario: Scenario) -> str:
    """``words``, and to which side the figure is off, where spend or orders of these leads have no rate."""
    # What lacks a part of its sum is too near to 0: of a fall, that is too high.
    sign = -1 if isinstance(figure, Estimate) and figure.value < 0 else 1
    spend, orders = (
        {currency: sign * value for currency, value in left_out.items()}
        for left_out in (scenario.spend_left_out, scenario.orders_left_out)
    )
    if line in OF_SPEND and line in OF_REVENUE:
        return of_ratio(words, figure, orders, spend)
    if line in OF_SPEND or line in OF_REVENUE:
        return of_sum(words, figure, spend if line in OF_SPEND else orders)
    return words


def off_lines(lines: tuple[str, str], figure: Figure, line: Line, scenario: Scenario) -> tuple[str, str]:
    """The same on two lines."""
    return off_words(lines[0], figure, line, scenario), lines[1]


def both_lines(figure: Figure, style: Style) -> tuple[str, str]:
    """A figure of one world and its interval, which what is certain has none of."""
    if isinstance(figure, Estimate) and figure.low == figure.high:
        return style.of(figure)[0], ""
    return two_lines(figure, style)


def unmoved(moved: Moved) -> bool:
    """Whether the scenario leaves the figure what it is: then its line says nothing."""
    change = moved.change
    return isinstance(change, Estimate) and change.low == change.high == 0


def _plain(moved: Moved, line: Line, report: ValueReport) -> str:
    return signed_words(moved.change, line_style(line, report, moved))


def signed_words(figure: Figure, style: Style) -> str:
    """A difference with its sign and interval on one line: +3.3 (+2.2 to +4.7); or why there is none."""
    value, between = signed_lines(figure, style)
    if isinstance(figure, Unknown):
        return f"{value}, {between}" if between else value
    return _("{value} ({interval})").format(value=value, interval=between) if between else value


def signed_lines(figure: Figure, style: Style) -> tuple[str, str]:
    """A difference, and its interval or what bounds it."""
    if isinstance(figure, Unknown):
        return formats.unknown_briefly(figure), bound_words(figure, style)
    digits = style.digits(figure.value, figure.high - figure.low)
    value, low, high = (_signed(end, digits, style) for end in (figure.value, figure.low, figure.high))
    if figure.low == figure.high:
        return value, ""
    if figure.low > 0:  # the sign of the value says it for both
        return value, style.ends(figure.low, figure.high, digits)
    return value, _("{low} to {high}").format(low=low, high=high)


def _signed(value: float, digits: int, style: Style) -> str:
    text = style.value(abs(value), digits)
    if round(abs(value), digits) == 0:
        return text
    return f"{'−' if value < 0 else '+'}{text}"


SENTENCES: Mapping[str, str] = {
    "as_many_leads": mark(
        "As many leads as these ({leads}), read once they are {days} days old: what is still to come of recent ones is "
        "in it."
    ),
    "added_win_like_accepted": mark("Leads accepted in addition are won as often as those accepted today: {figure}."),
    "refused_win_like_accepted": mark(
        "Leads that are no longer accepted are those of today's average: of these, {figure} are won."
    ),
    "cautious_lowest_scores": mark(
        "The cautious column has them won only as often as the lowest-scored third of those accepted today: {figure}."
    ),
    "won_before_accepted": mark(
        "Of the leads that are accepted, {figure} had been won before: no acceptance wins these any more, nor as many "
        "of those accepted in addition."
    ),
    "won_anyway": mark("Of the leads that are not accepted some are won all the same, {figure}; that is taken off."),
    "late_win_less": mark(
        "An acceptance within a day instead of later changes the share of wins by as much as leads of one channel and "
        "month differ today: later ones by {figure} points."
    ),
    "leads_like_these": mark("Leads added or taken away are as good as today's."),
    "at_marginal_cost": mark("One more lead costs what it cost by the months, not the average: {figure}."),
    "at_average_cost": mark(
        "One more lead costs the average, as its own cost cannot be told: {figure}. It may well cost more."
    ),
    "same_spend": mark("Spend stays what it is."),
    "as_good_for_less": mark("The leads are the same at the other price."),
    "same_revenue_per_customer": mark("A customer brings what those of these leads have brought so far: {figure}."),
    "nothing_else": mark("Nothing else changes, here or elsewhere; nothing shows that this can be done."),
    "expectation": mark("The interval says how well the expectation is known; a single month varies more than that."),
}
"""What each assumption says; those of counts are plural and stand apart."""

IN_MONEY = frozenset({"same_revenue_per_customer", "at_average_cost", "at_marginal_cost"})


def assumption_sentences(report: ValueReport, scenario: Scenario) -> Iterator[str]:
    """What the figures take for granted, each with what it rests on."""
    for assumption in scenario.assumptions:
        yield _sentence(assumption, report, scenario)


def _sentence(assumption: Assumption, report: ValueReport, scenario: Scenario) -> str:
    figure, code = assumption.figure, assumption.code
    if code == "capacity":
        added = round(figure) if isinstance(figure, float) else 0
        return ngettext(
            "Sales has the time for {n} more lead, and works the others no less.",
            "Sales has the time for {n} more leads, and works the others no less.",
            added,
        ).format(n=formats.count(added))
    words = ""
    if isinstance(figure, (Estimate, Unknown)):
        late = code == "late_win_less"
        style = points() if late else money(report.currency) if code in IN_MONEY else share()
        words = figure_words(figure, style, with_n=not late)
        short = {
            "same_revenue_per_customer": scenario.orders_left_out,
            "at_average_cost": scenario.spend_left_out,
        }.get(code, {})
        words = of_sum(words, figure, short)
    if code == "cautious_lowest_scores" and isinstance(figure, Unknown):
        if figure.reason == "not_recorded":
            return _(
                "Whether they are won less often, as those at the margin may be, cannot be told: no score is recorded "
                "at the handoff, or no win."
            )
        return _(
            "Whether they are won less often, as those at the margin may be, cannot be told yet: too few of the "
            "lowest-scored third of the accepted leads are old enough."
        )
    if code == "won_anyway" and isinstance(figure, Unknown):
        return _("Some leads that are not accepted are won all the same, too few to say how often; that is taken off.")
    leads = formats.count(scenario.leads)
    return _(SENTENCES[code]).format(figure=words, leads=leads, days=scenario.horizon_days)
