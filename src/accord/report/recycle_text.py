"""A recycling report as text for a terminal: who came back, what follow-ups bring, when to stop, whom to relaunch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from accord.language import gettext as _
from accord.language import ngettext
from accord.recycle.figures import Comparison, FollowUpRow, FollowUps, RecycleReport, ReturnRow
from accord.report import formats
from accord.report.columns import Cell, Column, fitted, laid_out
from accord.report.look import Look
from accord.report.recycle_words import (
    age_name,
    because_words,
    follow_up_name,
    how_name,
    left_out_words,
    returned_name,
    touch_name,
)
from accord.report.value_formats import Style, figure_words, points, share, two_lines
from accord.report.words import dimension_heading, dimension_name, value_name
from accord.values import Estimate, Figure

__all__ = ["headline", "recycle_text", "rule_words"]

MOST_CATEGORIES = 12
"""Categories a table shows; the others have fewer follow-ups and are counted below it."""

_SHORTEST_NAME = 18


def recycle_text(report: RecycleReport, look: Look, *, more_rows: int = 0) -> str:
    """The whole report. ``more_rows`` were left away by a limit, and are said to have been."""
    parts = [_opening(report, look)]
    if report.totals.returned:
        parts += [_returns(report, look), _segments(report, look, more_rows), _stop_rule(report, look)]
        parts += [*_categories(report, look), _relaunch(report, look)]
    else:
        parts.append(_nothing(report, look))
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return look.plain("\n\n".join(blocks) + "\n")


def _opening(report: RecycleReport, look: Look) -> Iterator[str]:
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        title = _("Leads that came back, by the default agreement")
    else:
        title = _("Leads that came back: {agreement}, agreement version {version}").format(
            agreement=report.agreement_name, version=report.agreement_version
        )
    yield look.styled(title, "bold")
    yield from (look.styled(line, "dim") for line in look.paragraph(_scope(report)))
    if report.totals.returned:
        yield ""
        yield from (look.styled(line, "bold") for line in look.paragraph(headline(report)))


def _scope(report: RecycleReport) -> str:
    moment = _("Data as of {moment} ({timezone}).").format(
        moment=formats.moment(report.as_of, report.timezone), timezone=report.timezone
    )
    if report.start and report.end:
        span = _("Leads handed over from {start} until before {end}.")
    elif report.start:
        span = _("Leads handed over from {start} on.")
    elif report.end:
        span = _("Leads handed over before {end}.")
    else:
        return moment
    days = {name: formats.day(day) if day else "" for name, day in (("start", report.start), ("end", report.end))}
    return f"{moment} {span.format(**days)}"


def headline(report: RecycleReport) -> str:
    """How many came back, how many were handed over again, and how often these are accepted."""
    totals = report.totals
    first = ngettext(
        "{returned} of {handed} handoff came back from sales; {again} were handed over again, {waiting} are waiting.",
        "{returned} of {handed} handoffs came back from sales; {again} were handed over again, {waiting} are waiting.",
        totals.handed,
    ).format(
        returned=formats.count(totals.returned),
        handed=formats.count(totals.handed),
        again=formats.count(totals.came_back),
        waiting=formats.count(totals.waiting),
    )
    rate = totals.follow.reacceptance_rate
    if not isinstance(rate, Estimate):
        return first
    second = _("Of those handed over again, sales accepts {rate} ({interval}, {n}).").format(
        rate=formats.share(rate), interval=formats.share_interval(rate), n=formats.n(rate.n)
    )
    return f"{first} {second}"


def _nothing(report: RecycleReport, look: Look) -> Iterator[str]:
    if not report.totals.handed:
        text = _("No lead was handed over to sales in these days, so none can have come back.")
        yield from look.paragraph(text)
        return
    text = ngettext(
        "None of {n} handoff came back from sales.", "None of {n} handoffs came back from sales.", report.totals.handed
    )
    yield from look.paragraph(text.format(n=formats.count(report.totals.handed)))
    advice = [
        _("What to record from now on, so that follow-ups can be counted:"),
        _("decisions with the outcome rejected, disqualified or recycled, and their reason;"),
        _("a new line in handoffs each time a lead is handed over again, with the same lead_id;"),
        _("activities and touches after it, and opportunities, so that it shows what the follow-up brought."),
    ]
    yield from look.paragraph(advice[0])
    for line in advice[1:]:
        yield from (f"  {text}" for text in look.paragraph(f"· {line}"))


def _returns(report: RecycleReport, look: Look) -> Iterator[str]:
    totals = report.totals
    yield look.styled(_("How leads came back"), "bold")
    lines = [(how_name(kind), formats.count(count)) for kind, count in totals.how.items() if count]
    names = Column("", [Cell(name) for name, _text in lines])
    yield from laid_out([names, Column("", [Cell(text) for _name, text in lines], right=True)], look)
    said = []
    if totals.superseded:
        said.append(
            ngettext(
                "{n} lead was handed over again before anybody answered; that is no return.",
                "{n} leads were handed over again before anybody answered; that is no return.",
                totals.superseded,
            ).format(n=formats.count(totals.superseded))
        )
    said.append(
        _("Share of handoffs that come back within {days} days: {share}.").format(
            days=report.window_days, share=figure_words(totals.return_rate, share())
        )
    )
    within = [
        _("{share} within {days} days").format(share=_value(figure, share()), days=name.removesuffix("d"))
        for name, figure in totals.came_back_within.items()
        if isinstance(figure, Estimate)
    ]
    if within:
        said.append(_("Handed over again since the return: {shares}.").format(shares=formats.enumeration(within)))
    half = totals.days_to_come_back["p50"]
    if isinstance(half, Estimate):
        said.append(
            _("Half of those that come back do so within {days} days of the return ({low} to {high}).").format(
                days=formats.count(round(half.value)),
                low=formats.count(round(half.low)),
                high=formats.count(round(half.high)),
            )
        )
    if totals.days_waiting is not None:
        said.append(
            _("Half of those that wait have done so for {days} days or more.").format(
                days=formats.count(round(totals.days_waiting))
            )
        )
    if totals.on_their_own:
        said.append(
            ngettext(
                "{n} lead became a customer without being handed over again.",
                "{n} leads became customers without being handed over again.",
                totals.on_their_own,
            ).format(n=formats.count(totals.on_their_own))
        )
    yield from look.paragraph(" ".join(said))


Described = tuple[str, int, Callable[[FollowUps], tuple[str, str]]]


def _follow_columns(report: RecycleReport) -> list[Described]:
    def shown(figure: Figure) -> tuple[str, str]:
        return two_lines(figure, share())

    within = _("opportunity within {days} days").format(days=report.horizon_days)
    return [
        (_("follow-ups"), 0, lambda follow: (formats.count(follow.follow_ups), "")),
        (_("answered"), 1, lambda follow: shown(follow.response_rate)),
        (_("accepted"), 0, lambda follow: shown(follow.reacceptance_rate)),
        (within, 2, lambda follow: shown(follow.opportunity_rate)),
        (_("won"), 3, lambda follow: shown(follow.win_rate)),
    ]


def _segments(report: RecycleReport, look: Look, more_rows: int) -> Iterator[str]:
    if not report.rows:
        return
    unit = {"week": _("week"), "month": _("month"), "quarter": _("quarter"), None: ""}[report.period]
    cut = " × ".join([*map(dimension_name, report.dimensions), *([unit] if unit else [])])
    yield look.styled(_("By {cut}").format(cut=cut), "bold")
    names = [
        Column(
            dimension_heading(name),
            _doubled([(value_name(name, row.segment[name]), "") for row in report.rows]),
            shortest=_SHORTEST_NAME,
        )
        for name in report.dimensions
    ]
    if report.period:
        labels = [(formats.period_name(row.period or ""), "") for row in report.rows]
        names.append(Column(formats.period_heading(report.period), _doubled(labels)))
    counted: list[tuple[str, Callable[[ReturnRow], tuple[str, str]], int]] = [
        (_("handed over"), lambda row: (formats.count(row.handed), ""), 1),
        (_("came back"), lambda row: (formats.count(row.returned), ""), 0),
        (_("again within 90 days"), lambda row: two_lines(row.came_back_within["90d"], share()), 2),
        (_("waiting"), lambda row: (formats.count(row.waiting), ""), 1),
    ]
    columns = [Column(head, _doubled([of(row) for row in report.rows]), right=True, rank=r) for head, of, r in counted]
    follow = [
        Column(head, _doubled([of(row.follow) for row in report.rows]), right=True, rank=rank)
        for head, rank, of in _follow_columns(report)
    ]
    yield from _table([*names, *columns, *follow], look)
    if more_rows:
        text = ngettext(
            "{n} more row is not shown; --limit 0 shows all.",
            "{n} more rows are not shown; --limit 0 shows all.",
            more_rows,
        )
        yield from look.paragraph(text.format(n=formats.count(more_rows)))


def _categories(report: RecycleReport, look: Look) -> list[Iterator[str]]:
    def reasons(row: FollowUpRow) -> str:
        return returned_name(row.segment["returned"], row.segment["reason"])

    def one(of: Callable[[str], str], name: str) -> Callable[[FollowUpRow], str]:
        return lambda row: of(row.segment[name])

    cuts: list[_Cut] = [
        _Cut(
            _("By number of the handoff (the first is no follow-up)"), report.by_attempt, one(str, "attempt"),
            by_size=False,
        ),
        _Cut(_("By how and why the lead had come back"), report.by_reason, reasons),
        _Cut(_("By days since the return"), report.by_age, one(age_name, "days_since_return"), by_size=False),
        _Cut(_("By what sales tried first"), report.by_follow_up, one(follow_up_name, "follow_up")),
        _Cut(
            _("By the prospect’s last sign of life since the return"),
            report.by_brought_back,
            one(touch_name, "last_touch_before"),
        ),
    ]  # fmt: skip
    if not report.totals.came_back:
        return []
    return [_category(cut, report, look) for cut in cuts if cut.rows]


@dataclass(frozen=True)
class _Cut:
    """A table of categories: ``by_size`` puts those with most follow-ups first."""

    title: str
    rows: Sequence[FollowUpRow]
    name: Callable[[FollowUpRow], str]
    by_size: bool = True


def _category(cut: _Cut, report: RecycleReport, look: Look) -> Iterator[str]:
    yield look.styled(cut.title, "bold")
    ordered = sorted(cut.rows, key=lambda row: -row.follow.follow_ups) if cut.by_size else list(cut.rows)
    shown = ordered[:MOST_CATEGORIES]
    first = Column("", _doubled([(cut.name(row), "") for row in shown]), shortest=_SHORTEST_NAME)
    columns = [
        Column(head, _doubled([of(row.follow) for row in shown]), right=True, rank=rank)
        for head, rank, of in _follow_columns(report)
    ]
    yield from _table([first, *columns], look)
    if len(ordered) > len(shown):
        rest = ordered[MOST_CATEGORIES:]
        text = ngettext(
            "{n} more category with fewer follow-ups is in --json.",
            "{n} more categories with fewer follow-ups are in --json.",
            len(rest),
        )
        yield from look.paragraph(text.format(n=formats.count(len(rest))))


def _table(columns: Sequence[Column], look: Look) -> Iterator[str]:
    table = fitted(columns, look)
    yield from (line for line in table.lines if line.strip())
    if table.left_out:
        note = _("No room here for: {columns}. A wider window shows more; --json has everything.")
        for line in look.paragraph(note.format(columns=", ".join(table.left_out))):
            yield look.styled(line, "dim")


def _doubled(lines: Sequence[tuple[str, str]]) -> list[Cell]:
    return [cell for line, below in lines for cell in (Cell(line), Cell(below, ("dim",)))]


def _stop_rule(report: RecycleReport, look: Look) -> Iterator[str]:
    rule = report.stop_rule
    yield look.styled(_("Is it worth trying again?"), "bold")
    if not rule.attempts:
        yield from look.paragraph(_("No lead that came back was handed over again, so there is nothing to compare."))
        return
    event = rule.attempts[0].compared.event
    what = _("an opportunity") if event == "opportunity" else _("a win")
    heading = _("{event} within {days} days").format(event=what, days=report.horizon_days)
    rows = [(found.attempt, found.compared) for found in rule.attempts]
    columns = [
        Column(_("handoff"), _doubled([(str(number), "") for number, _found in rows])),
        Column(_("compared"), _doubled([(_compared_n(found), "") for _number, found in rows]), right=True, rank=1),
        Column(_("tried"), _doubled([two_lines(found.followed_up, share()) for _n, found in rows]), right=True),
        Column(_("left alone"), _doubled([two_lines(found.left_alone, share()) for _n, found in rows]), right=True),
        Column(_("gain, in points"), _doubled([two_lines(found.gain, points()) for _n, found in rows]), right=True),
    ]
    yield from look.paragraph(heading[:1].upper() + heading[1:])
    yield from _table(columns, look)
    yield from look.paragraph(rule_words(report))
    note = _(
        "Left alone: leads that came back in the same way, for the same reason, from the same channel and band where "
        "there are such, and that had by then waited as long without being tried."
    )
    yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _compared_n(found: Comparison) -> str:
    return formats.n(found.gain.n) if isinstance(found.gain, Estimate) else "–"


def rule_words(report: RecycleReport) -> str:
    """Up to which handoff trying again gains something."""
    rule = report.stop_rule
    if rule.last_worthwhile is None:
        return _("There are too few follow-ups old enough to tell yet whether trying again gains anything.")
    if rule.stop_before is None:
        return _(
            "Up to handoff {last} trying again surely gains something. Beyond it there are too few to tell."
        ).format(last=rule.last_worthwhile)
    if rule.last_worthwhile == 1:
        return _("So far nothing shows that handing a lead over again gains more than leaving it alone.")
    return _(
        "Up to handoff {last} trying again surely gains something; handoff {stop} cannot be told from leaving the lead "
        "alone. Stop before it."
    ).format(last=rule.last_worthwhile, stop=rule.stop_before)


def _relaunch(report: RecycleReport, look: Look) -> Iterator[str]:
    found = report.relaunch
    yield look.styled(_("Worth relaunching now"), "bold")
    if not found.candidates:
        yield from look.paragraph(_("No waiting lead is worth it now."))
    for lead in found.leads:
        chance = _value(lead.chance, share())
        yield from look.paragraph(f"{lead.lead_id}  {chance}  {because_words(lead)}", indent=2)
    if found.leads and not isinstance(found.leads[0].chance, Estimate):
        text = _(
            "No chance can be given yet: it takes {need} follow-ups whose time is over, at least ten accepted and ten "
            "not; there are {n}. Until then, who showed a sign of life last comes first."
        )
        yield from look.paragraph(text.format(need=50, n=formats.count(found.learned_from)))
    elif found.leads:
        text = _(
            "The share is the chance that sales accepts the lead, as {n} past follow-ups tell; the surest come first. "
            "{candidates} leads in all are worth it; --list writes them to a file."
        )
        yield from look.paragraph(
            text.format(n=formats.count(found.learned_from), candidates=formats.count(found.candidates))
        )
    left = [left_out_words(reason, count) for reason, count in found.left_out.items() if count]
    if left:
        yield from look.paragraph(_("Not listed: {left}.").format(left=formats.sequence(left)))


def _value(figure: Figure, style: Style) -> str:
    return figure_words(figure, style, with_n=False)
