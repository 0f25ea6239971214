"""What the board report shows, written out: every number is already a text in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from accord.acceptance.figures import AcceptanceRow
from accord.actions.where import segment_text
from accord.diagnosis.report import ChangeTable
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.agreed import kept_promises
from accord.report.acceptance.views import FigureView, figure_view
from accord.report.actions.text import STATES
from accord.report.board.parts import Board, totals_of
from accord.report.board.sentences import hurting, named, watched
from accord.report.diagnosis.views import Card, card
from accord.report.value.answer import amount_of
from accord.report.value.formats import Style, amount, money, number, points, share, two_lines
from accord.report.value.short import (
    and_more,
    beyond,
    cost_lines,
    payback_lines,
    refused_lines,
    return_lines,
    too_low_lines,
)
from accord.report.words import dimension_heading, value_name
from accord.value.figures import Bounded, Costs, ValueReport, ValueRow
from accord.values import Estimate, Figure, Reason, Unknown

__all__ = [
    "ActionView",
    "Cell",
    "ChannelView",
    "Table",
    "Tile",
    "actions_shown",
    "channels_shown",
    "cohort_table",
    "comparison_table",
    "findings_shown",
    "money_tables",
    "promise_table",
    "reason_table",
    "recycled_table",
    "tiles",
]

MOST_FINDINGS = 5
MOST_REASONS = 4
MOST_CHANNELS = 12
MOST_COHORTS = 8
_TENTH = 0.001
"""A tenth of a point, as which the parts of a change are shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, and its interval (or why there is none) beneath."""

    text: str
    below: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` name the columns, the first the names of the rows."""

    headings: tuple[str, ...]
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure: what it is, how much, how sure, and what it was before."""

    label: str
    text: str
    below: str
    before: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class ActionView:
    """A corrective action and what it changed."""

    id: str
    text: str
    place: str
    since: str
    tone: str
    because: str
    cautions: list[str]


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel of the period: what was handed over, how much of it was accepted, what it cost and brought."""

    name: str
    handed: str
    rate: FigureView
    per_accepted: Cell
    customers: str
    cac: Cell


def _rate(figure: Figure) -> Cell:
    if isinstance(figure, Unknown):
        return Cell(formats.unknown_briefly(figure), known=False)
    return Cell(formats.share(figure), formats.share_interval(figure))


def tiles(board: Board) -> list[Tile]:
    """Six figures, each with the same of the period before."""
    totals, money_now = board.totals, board.money.period
    before = totals_of(board.previous.before) if board.previous else None
    value_before = board.money.previous if board.previous else None
    handed_before = formats.count(before.handed) if before else ""
    found = [
        _tile(board, _("Acceptance rate"), _rate(totals.rate), _rate(before.rate) if before else None),
        Tile(_("Leads handed over"), formats.count(totals.handed), "", _was(board, handed_before)),
    ]
    for promise in list(totals.answered_within)[:1]:
        label = _("Answered within {delay}").format(delay=formats.promise_name(promise))
        was = _rate(before.answered_within[promise]) if before else None
        found.append(_tile(board, label, _rate(totals.answered_within[promise]), was))
    spent_before = _spent(value_before) if value_before and value_before.totals.costs.recorded else ""
    recorded = money_now.totals.costs.recorded
    found.append(Tile(_("Marketing spend"), _spent(money_now), "", _was(board, spent_before), recorded))
    style = money(money_now.currency)
    cost, part = (_per_accepted(money_now.totals, style), Cell(*two_lines(_from_qualified(money_now), share())))
    cost_was = _per_accepted(value_before.totals, style) if value_before else None
    part_was = Cell(*two_lines(_from_qualified(value_before), share())) if value_before else None
    found.append(_tile(board, _("Cost per accepted lead"), cost, cost_was))
    found.append(_tile(board, _("Revenue from qualified leads"), part, part_was))
    return found


def _per_accepted(row: ValueRow, style: Style) -> Cell:
    return Cell(*cost_lines(row.costs.per_accepted_lead, style, row))


def _from_qualified(report: ValueReport) -> Figure:
    return report.revenue.share_from_qualified


def _tile(board: Board, label: str, now: Cell, before: Cell | None) -> Tile:
    known = bool(now.below)
    return Tile(label, now.text, now.below, _was(board, before.text if before and known else ""), known)


def _was(board: Board, text: str) -> str:
    if not text:
        return ""
    return _("{period}: {value}").format(period=formats.period_name(board.labels["previous"]), value=text)


def _spent(report: ValueReport) -> str:
    costs = report.totals.costs
    return amount(amount_of(costs.spend, report), report.currency) if costs.recorded else _("not recorded")


def comparison_table(board: Board) -> Table:
    """The period, the one before and the same a year before, side by side."""
    beside = [
        (board.labels[name], comparison)
        for name, comparison in (("previous", board.previous), ("year_ago", board.year_ago))
        if comparison is not None
    ]
    rows = [board.totals, *(totals_of(comparison.before) for _label, comparison in beside)]
    headings = ("", *(formats.period_name(label) for label in (board.period.label, *(label for label, _c in beside))))
    moved = [Cell(""), *(Cell(*two_lines(comparison.moved, points())) for _label, comparison in beside)]
    table: list[tuple[str, list[Cell]]] = [
        (_("Leads handed over"), [Cell(formats.count(row.handed)) for row in rows]),
        (_("Acceptance rate"), _shares(rows, lambda row: row.rate)),
    ]
    if beside:
        name = _("{period} against it, in points").format(period=named(board.period.label))
        table.append((name, moved))
    for promise in board.totals.within:
        delay = formats.promise_name(promise)
        table.append((_("Accepted within {delay}").format(delay=delay), _shares(rows, _read("within", promise))))
        table.append(
            (_("Answered within {delay}").format(delay=delay), _shares(rows, _read("answered_within", promise)))
        )
    table.append((_("Half accepted within"), [_delay(row.delay_hours["p50"]) for row in rows]))
    table.append((_("Never touched by sales"), _shares(rows, lambda row: row.never_worked)))
    return Table(headings, [row for row in table if any(cell.known for cell in row[1])])


def _read(what: str, promise: str) -> Callable[[AcceptanceRow], Figure]:
    def read(row: AcceptanceRow) -> Figure:
        figures: dict[str, Figure] = getattr(row, what)
        return figures[promise]

    return read


def _shares(rows: Sequence[AcceptanceRow], read: Callable[[AcceptanceRow], Figure]) -> list[Cell]:
    return [_rate(read(row)) for row in rows]


def _delay(figure: Figure) -> Cell:
    if isinstance(figure, Unknown):
        return Cell(formats.unknown_briefly(figure), known=False)
    return Cell(formats.delay(figure.value), formats.delay_interval(figure))


def reason_table(board: Board) -> Table:
    """Why the rate moved since the period before: by each dimension, other leads or like leads faring differently."""
    tables: tuple[ChangeTable, ...] = board.previous.tables if board.previous else ()
    headings = (
        _("Split by"),
        _("Other leads"),
        _("Like leads"),
        _("Both at once"),
    )
    moved = board.previous.moved if board.previous else Unknown(Reason.NOT_IDENTIFIED)
    rows = [
        (
            dimension_heading(table.dimension),
            [Cell(_points(part)) for part in _adding_up((table.mix, table.rate, table.interaction), moved)],
        )
        for table in tables[:MOST_REASONS]
    ]
    return Table(headings, rows)


def _adding_up(parts: Sequence[float], moved: Figure) -> list[float]:
    """Parts of a change as they are shown, in tenths of a point: they add up to the change as it is shown.

    By largest remainder: who loses most by rounding down gets one more. ``moved``: the change that stands elsewhere on
    the page, where it is the same.
    """
    whole = sum(parts)
    if isinstance(moved, Estimate) and abs(moved.value - whole) < _TENTH / 1000:
        whole = moved.value
    exact = [part / _TENTH for part in parts]
    shown = [math.floor(part) for part in exact]
    left = round(round(whole * 100, 1) * 10) - sum(shown)
    for place in sorted(range(len(parts)), key=lambda place: shown[place] - exact[place])[: max(left, 0)]:
        shown[place] += 1
    return [part * _TENTH for part in shown]


def _points(part: float) -> str:
    return points().value(part, 1)


def promise_table(board: Board) -> Table:
    """The promises to classes of leads, as the agreement makes them."""
    kept = kept_promises(board.acceptance)
    rows = [(each.label, [Cell(each.handed), _rate(each.figure)]) for each in kept]
    return Table((_("Promise"), _("Leads"), _("Kept")), rows)


def findings_shown(board: Board) -> tuple[list[Card], str]:
    """The first of the findings that are sure, and how many more there are, less sure ones among them."""
    found = hurting(board)
    cards = [card(each, place, board.diagnosis.currency, None) for place, each in enumerate(found[:MOST_FINDINGS], 1)]
    more = len(found) + len(watched(board)) - len(cards)
    if more <= 0:
        return cards, ""
    return cards, ngettext(
        "{n} more finding is in accord diagnose.", "{n} more findings are in accord diagnose.", more
    ).format(n=formats.count(more))


def actions_shown(board: Board) -> list[ActionView]:
    """Every action, and what it changed."""
    language = current_language()
    tones = {"better": "above", "worse": "below"}
    return [
        ActionView(
            id=each.action.id,
            text=each.action.text,
            place=segment_text(each.action.where) or _("all leads"),
            since=f"{_days(each.action.start, each.action.stop)}, {_(STATES[each.state])}",
            tone=tones.get(each.verdict, "quiet"),
            because=each.because[language],
            cautions=[caution.text[language] for caution in each.cautions],
        )
        for each in board.actions.effects
    ]


def _days(start: date, stop: date | None) -> str:
    if stop is None:
        return _("from {day} on").format(day=formats.day(start))
    return _("{first} to {last}").format(first=formats.day(start), last=formats.day(stop))


def channels_shown(board: Board) -> list[ChannelView]:
    """The channels of the period, the one with most leads first."""
    if board.channels is None:
        return []
    rows = board.channels.answers[board.channels.chosen].rows
    period, year = (
        {row.segment["channel"]: row for row in report.rows} for report in (board.money.period, board.money.year)
    )
    style = money(board.money.period.currency)
    found = []
    for row in sorted(rows, key=lambda row: (-row.handed, row.segment["channel"]))[:MOST_CHANNELS]:
        channel = row.segment["channel"]
        now, lately = period.get(channel), year.get(channel)
        found.append(
            ChannelView(
                name=value_name("channel", channel),
                handed=formats.count(row.handed),
                rate=figure_view(row.rate, "rate"),
                per_accepted=_per_accepted(now, style) if now else Cell("–"),
                customers=formats.count(lately.funnel.won) if lately else "–",
                cac=Cell(*cost_lines(lately.costs.cac_at_horizon, style, lately)) if lately else Cell("–"),
            )
        )
    return found


def money_tables(board: Board) -> tuple[Table, Table]:
    """What the period cost and took in beside the others; and what the leads of a year cost and bring."""
    reports = [board.money.period]
    labels = [board.period.label]
    for name, comparison, report in (
        ("previous", board.previous, board.money.previous),
        ("year_ago", board.year_ago, board.money.year_ago),
    ):
        if comparison is not None and report is not None:
            reports.append(report)
            labels.append(board.labels[name])
    return Table(("", *map(formats.period_name, labels)), list(_money_rows(reports))), Table(
        ("", _("Twelve months")), list(_year_rows(board.money.year))
    )


def _money_rows(reports: Sequence[ValueReport]) -> Iterator[tuple[str, list[Cell]]]:
    style = money(reports[0].currency)

    def cells(read: Callable[[ValueReport], Figure], how: Style = style) -> list[Cell]:
        return [Cell(*two_lines(read(report), how)) for report in reports]

    def costs(read: Callable[[Costs], Figure]) -> list[Cell]:
        return [Cell(*cost_lines(read(report.totals.costs), style, report.totals)) for report in reports]

    if any(report.totals.costs.recorded for report in reports):
        yield _("Marketing spend"), [Cell(_spent(report), and_more(report.totals)) for report in reports]
        yield _("Cost per lead"), costs(lambda found: found.per_lead)
        yield _("Cost per qualified lead"), costs(lambda found: found.per_qualified_lead)
        yield _("Cost per accepted lead"), costs(lambda found: found.per_accepted_lead)
        yield _("Spent on leads that sales refused"), [Cell(*refused_lines(report.totals, style)) for report in reports]
    if any(report.revenue.orders for report in reports):
        yield _("Revenue, all orders"), [_all_orders(report) for report in reports]
        yield (
            _("of it from qualified leads"),
            [Cell(_revenue(report, report.revenue.from_qualified)) for report in reports],
        )
        yield _("Share from qualified leads"), cells(lambda report: report.revenue.share_from_qualified, share())


def _revenue(report: ValueReport, cents: int) -> str:
    return amount(amount_of(cents, report), report.currency)


def _all_orders(report: ValueReport) -> Cell:
    """What was paid, and that more was, where orders have no rate."""
    return Cell(_revenue(report, report.revenue.total), beyond(report.revenue.left_out))


def _year_rows(report: ValueReport) -> Iterator[tuple[str, list[Cell]]]:
    costs, customers, style = report.totals.costs, report.totals.customers, money(report.currency)
    yield _("Leads created"), [Cell(formats.count(report.totals.funnel.leads))]
    yield _("Customers among them so far"), [Cell(formats.count(report.totals.funnel.won))]
    if costs.recorded:
        yield _("Cost per customer (CAC), so far"), [Cell(*cost_lines(costs.cac, style, report.totals))]
        horizon = _("Cost per customer once leads are {days} days old").format(days=report.horizon_days)
        yield horizon, [Cell(*cost_lines(costs.cac_at_horizon, style, report.totals))]
        yield _("Return on spend so far"), [Cell(*return_lines(report.totals, number(1)))]
        yield _("Months until a lead has paid for itself"), [Cell(*payback_lines(report.totals, number(0)))]
    if customers.orders:
        each = too_low_lines(customers.revenue_per_customer, style, report.totals)
        yield _("Revenue per customer so far"), [Cell(*each)]
        yield _("Buyers with a second purchase"), [Cell(*two_lines(customers.repeat, share()))]


def recycled_table(board: Board) -> Table:
    """Leads followed up after they had come back, against comparable ones left alone."""
    found = board.recycled
    names = {"opportunity": _("an opportunity"), "won": _("a win")}
    rows = [
        (
            _("{event} within {days} days").format(event=names[event], days=found.horizon_days),
            [
                Cell(*two_lines(compared.followed_up, share())),
                Cell(*two_lines(compared.left_alone, share())),
                Cell(*two_lines(compared.gain, points())),
            ],
        )
        for event, compared in found.against_left_alone.items()
        if isinstance(compared.gain, Estimate)
    ]
    return Table(("", _("Handed over again"), _("Left alone"), _("Gain, in points")), rows)


def _told(figure: Figure) -> bool:
    """Whether anything is known of it: the figure, or a bound on it."""
    return isinstance(figure, (Estimate, Bounded))


def cohort_table(board: Board) -> Table:
    """Leads by quarter of creation, compared at equal ages."""
    report = board.money.cohorts
    rows = [row for row in report.rows if row.period and row.funnel.leads][-MOST_COHORTS:]
    ages = list(report.totals.funnel.won_by_age)
    known = [age for age in ages if any(_told(row.funnel.won_by_age[age]) for row in rows)]
    headings = (
        _("Created in"),
        _("Leads"),
        *(_("Won by day {days}").format(days=age.removesuffix("d")) for age in known),
        _("Revenue per customer so far"),
    )
    style = money(report.currency)
    table = [
        (
            formats.period_name(row.period or ""),
            [
                Cell(formats.count(row.funnel.leads)),
                *(Cell(*two_lines(row.funnel.won_by_age[age], share())) for age in known),
                Cell(*too_low_lines(row.customers.revenue_per_customer, style, row)),
            ],
        )
        for row in rows
    ]
    return Table(headings, table)
