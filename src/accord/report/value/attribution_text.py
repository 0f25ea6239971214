"""Who gets the credit, and leads met through several channels, as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from accord.agreement.attribution import RULES, RuleName
from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.columns import Cell, Column, Fitted, fitted
from accord.report.look import Look
from accord.report.value.credit_cells import (
    cac_lines,
    cents_words,
    return_lines_of,
    revenue_lines,
    spend_lines,
    told,
)
from accord.report.value.formats import Style, amount, figure_words, points, share, two_lines
from accord.report.value.short import left_out_by_place
from accord.report.words import dimension_heading, value_name
from accord.value.attribution_figures import NO_TOUCH, WHOLE, Attribution, ChannelCredit, Combination, Multichannel
from accord.value.figures import ValueReport
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "attribution_parts",
    "channel_name",
    "credit_notes",
    "multichannel_notes",
    "multichannel_part",
    "rule_heading",
    "rule_name",
    "something_to_credit",
    "tenths",
    "widest",
]

_SHOWN_COMBINATIONS = 8
_SHORTEST_NAME = 16
_LEAVES_LAST: tuple[RuleName, ...] = ("lead_channel", "markov", "linear", "last", "first", "position", "time_decay")
"""Where there is no room for all rules, those at the end leave first."""

_SAME = WHOLE // 20
"""Rules that differ by less than a twentieth of a customer do not differ."""


def rule_name(rule: RuleName) -> str:
    """What a rule is called in a sentence, and what it does."""
    return {
        "lead_channel": _("the lead's own channel"),
        "first": _("first touch"),
        "last": _("last touch"),
        "linear": _("linear, each touch the same"),
        "position": _("by position, 40% first, 40% last, 20% between"),
        "time_decay": _("time decay, later touches more"),
        "markov": _("Markov, by what would be missing without the channel"),
    }[rule]


def rule_heading(rule: RuleName) -> str:
    """The same in one or two words."""
    return {
        "lead_channel": _("lead's own"),
        "first": _("first"),
        "last": _("last"),
        "linear": _("linear"),
        "position": _("position"),
        "time_decay": _("decay"),
        "markov": _("Markov"),
    }[rule]


def channel_name(channel: str) -> str:
    """A channel, or that there was no touch."""
    return _("(no touch)") if channel == NO_TOUCH else value_name("channel", channel)


def attribution_parts(report: ValueReport, look: Look) -> list[Iterator[str]]:
    """The credit by the rule, and what the choice of the rule changes; a note where no rule was chosen."""
    found = report.attribution
    if found is None:
        return []
    if found.by_rule is None:
        note = _not_chosen(report, found)
        return [(look.styled(line, "dim") for line in look.paragraph(note))] if note else []
    if not found.touches:
        return [_without_touches(found, look)]
    if not something_to_credit(found):
        return [_without_credit(found, look)]
    return [_credit(report, found, look), _comparison(report, found, look)]


def _not_chosen(report: ValueReport, found: Attribution) -> str:
    if found.rule.because == "not_understood":
        return _(
            "The agreement's attribution names no rule that Accord knows, so customers and revenue stand under the "
            "lead's own channel. Known: {rules}."
        ).format(rules=", ".join(RULES))
    if "channel" in report.dimensions and report.multichannel is not None:
        return _(
            "Customers and revenue stand under the lead's own channel. To share them among the channels of all its "
            "touches: --attribution linear, or another rule."
        )
    return ""


def _title(found: Attribution, look: Look) -> Iterator[str]:
    title = _("Who gets the credit: {rule}").format(rule=rule_name(found.rule.name))
    yield from (look.styled(line, "bold") for line in look.paragraph(title))


def _without_touches(found: Attribution, look: Look) -> Iterator[str]:
    yield from _title(found, look)
    text = _(
        "No touch of these leads is recorded, so all credit stays with the lead's own channel. Import a table touches: "
        "touch_id, lead_id, at, kind, channel."
    )
    yield from look.paragraph(text, indent=2)


def something_to_credit(found: Attribution) -> bool:
    """Whether any lead has brought a customer, an opportunity or revenue."""
    return any(
        row.won or row.opportunities or row.revenue or row.orders_left_out
        for row in (found.by_rule or {}).get("lead_channel", ())
    )


def _without_credit(found: Attribution, look: Look) -> Iterator[str]:
    yield from _title(found, look)
    text = _("None of these leads has brought an opportunity, a customer or an order yet: there is no credit to share.")
    yield from look.paragraph(text, indent=2)


def _credit(report: ValueReport, found: Attribution, look: Look) -> Iterator[str]:
    assert found.by_rule is not None
    rows = found.by_rule[found.rule.name]
    yield from _title(found, look)

    def lines(describe: Callable[[ChannelCredit], tuple[str, str]]) -> list[Cell]:
        return _doubled([describe(row) for row in rows])

    def shown(figure: Figure, style: Style) -> tuple[str, str]:
        return two_lines(figure, style) if told(figure) else ("–", "")

    spent = any(row.recorded or row.spend_left_out for row in rows)
    sold = bool(report.revenue.orders or report.revenue.unpriced)
    wins = dict(zip(rows, tenths([row.won for row in rows]), strict=True))
    columns = [
        Column(
            dimension_heading("channel"),
            lines(lambda row: (channel_name(row.channel), "")),
            shortest=_SHORTEST_NAME,
        ),
        Column(_("customers"), lines(lambda row: (wins[row], "")), right=True),
        Column(_("of all customers"), lines(lambda row: shown(row.won_share, share())), right=True, rank=3),
    ]
    if spent:
        columns += [
            Column(_("spend"), lines(lambda row: spend_lines(row, report)), right=True),
            Column(_("CAC so far"), lines(lambda row: cac_lines(row, report)), right=True),
        ]
    if sold:
        columns.append(Column(_("revenue"), lines(lambda row: revenue_lines(row, report)), right=True, rank=1))
    if sold and spent:
        columns.append(Column(_("return on spend"), lines(return_lines_of), right=True, rank=2))
    table = fitted(columns, look)
    yield from (line for line in table.lines if line.strip())
    for note in (_no_room(table), *credit_notes(report, found)):
        yield from (look.styled(line, "dim") for line in look.paragraph(note))


def credit_notes(report: ValueReport, found: Attribution) -> Iterator[str]:
    """What the rule does, and what to know of the touches it looked at."""
    yield {
        "lead_channel": _("No touch is looked at: the channel that the lead itself names has all of it."),
        "first": _("A lead's first touch has all of it."),
        "last": _("A lead's last touch up to the win has all of it."),
        "linear": _("Each touch up to the win has the same part."),
        "position": _("The first touch has 40%, the last before the win 40%, those between 20%; of two, each half."),
        "time_decay": ngettext(
            "A touch {days} day before another has half as much.",
            "A touch {days} days before another has half as much.",
            round(found.rule.half_life_days),
        ).format(days=formats.decimal(found.rule.half_life_days, 0 if found.rule.half_life_days % 1 == 0 else 1)),
        "markov": _(
            "Each channel has credit in proportion to what would be missing without it, as far as the order of touches "
            "tells."
        ),
    }[found.rule.name]
    if found.unnamed:
        yield _("{n} of {all} touches name no channel; they count for their lead's own.").format(
            n=formats.count(found.unnamed), all=formats.count(found.touches)
        )
    if found.won_untouched:
        yield ngettext(
            "{n} customer had no touch up to the win: it stands under (no touch).",
            "{n} customers had no touch up to the win: they stand under (no touch).",
            found.won_untouched,
        ).format(n=formats.count(found.won_untouched))
    places = [
        (channel_name(row.channel), row.spend_left_out, row.orders_left_out)
        for row in (found.by_rule or {}).get(found.rule.name, ())
    ]
    if short := left_out_by_place(places):
        yield short
    if "campaign" in report.dimensions:
        yield _("Touches name no campaign: by campaign, customers and revenue stay with the lead's own.")


def _comparison(report: ValueReport, found: Attribution, look: Look) -> Iterator[str]:
    """Per channel what every rule gives: customers, what one costs, revenue."""
    assert found.by_rule is not None
    yield look.styled(_("What the choice of the rule changes"), "bold")
    channels = list(dict.fromkeys(row.channel for rows in found.by_rule.values() for row in rows))
    channels.sort(key=lambda name: name == NO_TOUCH)
    given = _given(found)
    if not _differ(channels, found, given):
        text = _("Nothing: every rule gives each channel the same.")
        yield from look.paragraph(text, indent=2)
        return

    def block(title: str, cells: Callable[[dict[str, ChannelCredit]], Sequence[str]]) -> Iterator[str]:
        yield ""
        yield from (look.styled(line, "dim") for line in look.paragraph(title))
        columns = [Column(dimension_heading("channel"), [Cell(channel_name(name)) for name in channels], shortest=10)]
        for rule in RULES:
            heading = rule_heading(rule)
            if rule == found.rule.name:
                heading = f"{heading} {'●' if look.unicode else '*'}"
            texts = cells(given[rule])
            rank = 0 if rule == found.rule.name else 1 + _LEAVES_LAST.index(rule)
            columns.append(Column(heading, [Cell(text) for text in texts], right=True, rank=rank))
        table = fitted(columns, look)
        yield from table.lines
        yield from (look.styled(line, "dim") for line in look.paragraph(_no_room(table)))

    yield from block(_("Customers credited to each channel"), lambda rows: _wins_of(channels, rows))
    rows = found.by_rule[found.rule.name]
    if any(isinstance(row.cac, Estimate) for row in rows):
        yield from block(
            _("Spend per customer credited"), lambda rows: [_cac_of(rows.get(name), report) for name in channels]
        )
    if report.revenue.orders:
        yield from block(
            _("Revenue credited"),
            lambda rows: [cents_words(rows[name].revenue, report) if name in rows else "–" for name in channels],
        )
    yield ""
    yield from look.paragraph(widest(found))


def _given(found: Attribution) -> dict[RuleName, dict[str, ChannelCredit]]:
    return {name: {row.channel: row for row in rows} for name, rows in (found.by_rule or {}).items()}


def _differ(channels: Sequence[str], found: Attribution, given: dict[RuleName, dict[str, ChannelCredit]]) -> bool:
    return any(
        abs(_won(given[rule], name) - _won(given[found.rule.name], name)) > _SAME for rule in RULES for name in channels
    )


def _won(rows: dict[str, ChannelCredit], channel: str) -> int:
    return rows[channel].won if channel in rows else 0


def widest(found: Attribution) -> str:
    """The channel for which most depends on the rule; empty where no rule differs."""
    given = _given(found)
    channels = list(dict.fromkeys(name for rows in given.values() for name in rows))
    if not _differ(channels, found, given):
        return ""

    def ends(channel: str) -> tuple[RuleName, RuleName]:
        ranked = sorted(RULES, key=lambda rule: _won(given[rule], channel))
        return ranked[0], ranked[-1]

    def width(channel: str) -> int:
        low, high = ends(channel)
        return _won(given[high], channel) - _won(given[low], channel)

    named = [name for name in channels if name != NO_TOUCH]
    most = max(named, key=width)
    low, high = ends(most)
    return _(
        "Most depends on it for {channel}: {low} customers by {low_rule}, {high} by {high_rule}. No rule knows what "
        "would have happened without a touch; they say how the credit is shared."
    ).format(
        channel=channel_name(most),
        low=_tenth(_won(given[low], most)),
        low_rule=rule_heading(low),
        high=_tenth(_won(given[high], most)),
        high_rule=rule_heading(high),
    )


def _wins_of(channels: Sequence[str], rows: dict[str, ChannelCredit]) -> list[str]:
    texts = dict(zip(rows, tenths([row.won for row in rows.values()]), strict=True))
    return [texts.get(name, "–") for name in channels]


def _cac_of(row: ChannelCredit | None, report: ValueReport) -> str:
    if row is None or not row.recorded or not isinstance(row.cac, Estimate):
        return "–" if row is None or not row.recorded else formats.unknown_briefly(_unknown(row.cac))
    return amount(row.cac.value, report.currency)


def _unknown(figure: Figure) -> Unknown:
    assert isinstance(figure, Unknown)
    return figure


def _tenth(parts: int) -> str:
    return formats.decimal(parts / WHOLE, 1)


def tenths(parts: Sequence[int]) -> list[str]:
    """Tenths of customers that add up as the parts do: the largest remainders are rounded up."""
    step = WHOLE // 10
    tenths = [part // step for part in parts]
    more = round(sum(parts) / step) - sum(tenths)
    for place in sorted(range(len(parts)), key=lambda one: tenths[one] * step - parts[one])[:more]:
        tenths[place] += 1
    return [formats.decimal(tenth / 10, 1) for tenth in tenths]


def _no_room(table: Fitted, called: Sequence[str] = ()) -> str:
    """``called``: the columns that found no room, where their headings do not tell which they are."""
    if not table.left_out:
        return ""
    return _("No room here for: {columns}. A wider window shows more; --json and --csv-of have everything.").format(
        columns=", ".join(called or table.left_out)
    )


def multichannel_part(report: ValueReport, look: Look) -> Iterator[str]:
    """Leads by how many channels they had met, and by which; nothing where no lead had met two."""
    found = report.multichannel
    if found is None or not any(front.handed for front in found.fronts[2:]):
        return
    yield look.styled(_("Met through one channel or several, before the handoff"), "bold")
    yield from _fronts(found, look)
    yield ""
    yield from _combinations(found, look)
    yield ""
    for note in multichannel_notes(found):
        yield from (look.styled(line, "dim") for line in look.paragraph(note))


def multichannel_notes(found: Multichannel) -> list[str]:
    """What the groups by channels met say, and what they do not."""
    notes = [
        _(
            "Accepted, won: within {days} days of the first handoff; only touches before it count. Like with like: in "
            "points, against leads that had met one channel, leads of one channel with as many touches compared with "
            "each other. Who is interested meets more channels anyway: nothing here says that more of them win more."
        ).format(days=found.horizon_days)
    ]
    if found.unnamed:
        notes.append(_("Touches that name no channel count for their lead's own."))
    return notes


def _fronts(found: Multichannel, look: Look) -> Iterator[str]:
    fronts = [front for front in found.fronts if front.handed]

    def label(channels: int, *, or_more: bool) -> str:
        if not channels:
            return _("no touch")
        return _("{n} or more").format(n=channels) if or_more else formats.count(channels)

    def column(heading: str, figures: Sequence[Figure], style: Style, rank: int) -> Column:
        texts = [two_lines(figure, style) if _compared(figure) else ("", "") for figure in figures]
        return Column(heading, _doubled(texts), right=True, rank=rank)

    table = fitted(
        [
            Column(
                _("channels met"), _doubled([(label(front.channels, or_more=front.or_more), "") for front in fronts])
            ),
            Column(_("leads"), _doubled([(formats.count(front.handed), "") for front in fronts]), right=True),
            column(_("accepted"), [front.accepted for front in fronts], share(), 0),
            column(_("like with like"), [front.accepted_adjusted for front in fronts], points(), 2),
            column(_("won"), [front.won for front in fronts], share(), 0),
            column(_("like with like"), [front.won_adjusted for front in fronts], points(), 1),
        ],
        look,
    )
    yield from (line for line in table.lines if line.strip())
    by_rank = (_("like with like (accepted)"), _("like with like (won)"))
    yield from (look.styled(line, "dim") for line in look.paragraph(_no_room(table, by_rank[: len(table.left_out)])))


def _doubled(lines: Sequence[tuple[str, str]]) -> list[Cell]:
    return [cell for line, below in lines for cell in (Cell(line), Cell(below, ("dim",)))]


def _compared(figure: Figure) -> bool:
    return isinstance(figure, Estimate) or figure.reason != "not_identified"


def _combinations(found: Multichannel, look: Look) -> Iterator[str]:
    shown = found.combinations[:_SHOWN_COMBINATIONS]

    def met(one: Combination) -> str:
        return " + ".join(map(channel_name, one.channels)) if one.channels else _("no touch")

    def column(heading: str, figures: Sequence[Figure], rank: int, *, interval: bool) -> Column:
        texts = [
            figure_words(figure, share(), with_n=False) if interval else two_lines(figure, share())[0]
            for figure in figures
        ]
        return Column(heading, [Cell(text) for text in texts], right=True, rank=rank)

    table = fitted(
        [
            Column(_("channels met"), [Cell(met(one)) for one in shown], shortest=_SHORTEST_NAME),
            Column(_("leads"), [Cell(formats.count(one.handed)) for one in shown], right=True),
            column(_("of all accepted"), [one.of_accepted for one in shown], 1, interval=False),
            column(_("of all customers"), [one.of_won for one in shown], 0, interval=False),
            column(_("accepted"), [one.accepted for one in shown], 3, interval=True),
            column(_("won"), [one.won for one in shown], 2, interval=True),
        ],
        look,
    )
    yield from table.lines
    left = sum(one.handed for one in found.combinations[_SHOWN_COMBINATIONS:]) + found.others
    notes = [_no_room(table)]
    if left:
        notes.append(
            ngettext("{n} lead had met other combinations.", "{n} leads had met other combinations.", left).format(
                n=formats.count(left)
            )
        )
    for note in notes:
        yield from (look.styled(line, "dim") for line in look.paragraph(note))
