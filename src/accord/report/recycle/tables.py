"""What a recycling report shows as tables and sentences, whichever way they are then laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accord.language import gettext as _
from accord.language import ngettext
from accord.recycle.figures import Comparison, FollowUpRow, FollowUps, RecycleReport, ReturnRow
from accord.report import formats
from accord.report.recycle.words import age_name, follow_up_name, how_name, returned_name, touch_name
from accord.report.value.formats import figure_words, points, share, two_lines
from accord.report.words import dimension_heading, dimension_name, value_name
from accord.values import Estimate, Figure

__all__ = ["Table", "category_tables", "how_lines", "late_words", "return_sentences", "segment_table", "stop_table"]

MOST_CATEGORIES = 12
"""Categories a table shows; the others have fewer follow-ups and are counted below it."""

Lines = tuple[str, str]
"""What a cell says, and what stands beneath it."""


@dataclass(frozen=True)
class Table:
    """A table: ``names`` are columns of words, ``columns`` of figures; each a heading, a rank and its cells.

    The higher the rank, the sooner a column leaves where there is no room. ``more``: rows that are not in it.
    ``note``: how to read it.
    """

    title: str
    names: Sequence[tuple[str, Sequence[str]]]
    columns: Sequence[tuple[str, int, Sequence[Lines]]]
    more: int = 0
    note: str = ""


def how_lines(report: RecycleReport) -> list[tuple[str, str]]:
    """In which ways leads came back, and how many."""
    return [(how_name(kind), formats.count(count)) for kind, count in report.totals.how.items() if count]


def late_words(report: RecycleReport) -> str:
    """How many leads were given back when their episode had ended."""
    return ngettext(
        "{n} handoff that sales had accepted was given back only after its episode had ended (window: {days} days); "
        "it is not counted as a return.",
        "{n} handoffs that sales had accepted were given back only after their episode had ended (window: {days} "
        "days); they are not counted as returns.",
        report.returned_late,
    ).format(n=formats.count(report.returned_late), days=formats.count(report.window_days))


def return_sentences(report: RecycleReport) -> list[str]:
    """How many come back, how soon they are handed over again, how long the others have waited."""
    totals = report.totals
    said = []
    if report.returned_late:
        said.append(late_words(report))
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
        _("{share} within {days} days").format(
            share=figure_words(figure, share(), with_n=False), days=name.removesuffix("d")
        )
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
        said.append(on_their_own_words(totals.on_their_own))
    return said


def on_their_own_words(count: int) -> str:
    """How many of the leads that came back were won without a follow-up."""
    return ngettext(
        "{n} lead became a customer without being handed over again.",
        "{n} leads became customers without being handed over again.",
        count,
    ).format(n=formats.count(count))


Described = tuple[str, int, Callable[[FollowUps], Lines]]


def _follow_columns(report: RecycleReport, counted: str) -> list[Described]:
    """What is shown of follow-ups, or of other handoffs: ``counted`` says which of them."""

    def shown(figure: Figure) -> Lines:
        return two_lines(figure, share())

    within = _("opportunity within {days} days").format(days=report.horizon_days)
    return [
        (counted, 0, lambda follow: (formats.count(follow.follow_ups), "")),
        (_("answered"), 1, lambda follow: shown(follow.response_rate)),
        (_("accepted"), 0, lambda follow: shown(follow.reacceptance_rate)),
        (within, 2, lambda follow: shown(follow.opportunity_rate)),
        (_("won"), 3, lambda follow: shown(follow.win_rate)),
    ]


def segment_table(report: RecycleReport) -> Table | None:
    """The rows of the report, where it has any."""
    if not report.rows:
        return None
    unit = {"week": _("week"), "month": _("month"), "quarter": _("quarter"), None: ""}[report.period]
    cut = " × ".join([*map(dimension_name, report.dimensions), *([unit] if unit else [])])
    names = [
        (dimension_heading(name), [value_name(name, row.segment[name]) for row in report.rows])
        for name in report.dimensions
    ]
    if report.period:
        names.append(
            (formats.period_heading(report.period), [formats.period_name(row.period or "") for row in report.rows])
        )
    counted: list[tuple[str, int, Callable[[ReturnRow], Lines]]] = [
        (_("handed over"), 1, lambda row: (formats.count(row.handed), "")),
        (_("came back"), 0, lambda row: (formats.count(row.returned), "")),
        (_("again within 90 days"), 2, lambda row: two_lines(row.came_back_within["90d"], share())),
        (_("waiting"), 1, lambda row: (formats.count(row.waiting), "")),
    ]
    columns = [(heading, rank, [of(row) for row in report.rows]) for heading, rank, of in counted]
    follow = [
        (heading, rank, [of(row.follow) for row in report.rows])
        for heading, rank, of in _follow_columns(report, _("follow-ups"))
    ]
    return Table(_("By {cut}").format(cut=cut), names, [*columns, *follow])


def category_tables(report: RecycleReport) -> list[Table]:
    """Follow-ups by category; none where nobody was followed up."""

    def reasons(row: FollowUpRow) -> str:
        return returned_name(row.segment["returned"], row.segment["reason"])

    def one(of: Callable[[str], str], name: str) -> Callable[[FollowUpRow], str]:
        return lambda row: of(row.segment[name])

    attempts = _Cut(
        _("By number of the handoff (the first is no follow-up)"),
        report.by_attempt,
        one(str, "attempt"),
        by_size=False,
        counted=_("handoffs"),
        note=_(
            "Each share counts the handoffs that are old enough for it, so “won” may stand on others "
            "than “opportunity”."
        ),
    )
    cuts = [
        attempts,
        _Cut(_("By how and why the lead had come back"), report.by_reason, reasons),
        _Cut(_("By days since the return"), report.by_age, one(age_name, "days_since_return"), by_size=False),
        _Cut(_("By what sales tried first"), report.by_follow_up, one(follow_up_name, "follow_up")),
        _Cut(
            _("By the prospect’s last sign of life since the return"),
            report.by_brought_back,
            one(touch_name, "last_touch_before"),
        ),
    ]
    if not report.totals.came_back:
        return []
    return [_category(cut, report) for cut in cuts if cut.rows]


@dataclass(frozen=True)
class _Cut:
    """A table of categories: ``by_size`` puts those with most follow-ups first."""

    title: str
    rows: Sequence[FollowUpRow]
    name: Callable[[FollowUpRow], str]
    by_size: bool = True
    counted: str = ""
    note: str = ""


def _category(cut: _Cut, report: RecycleReport) -> Table:
    ordered = sorted(cut.rows, key=lambda row: -row.follow.follow_ups) if cut.by_size else list(cut.rows)
    shown = ordered[:MOST_CATEGORIES]
    columns = [
        (heading, rank, [of(row.follow) for row in shown])
        for heading, rank, of in _follow_columns(report, cut.counted or _("follow-ups"))
    ]
    return Table(cut.title, [("", [cut.name(row) for row in shown])], columns, len(ordered) - len(shown), cut.note)


def stop_table(report: RecycleReport) -> Table:
    """Each attempt against stopping before it; there must be one."""
    found = report.stop_rule.attempts
    what = _("an opportunity") if found[0].compared.event == "opportunity" else _("a win")
    title = _("{event} within {days} days").format(event=what, days=report.horizon_days)
    compared = [attempt.compared for attempt in found]
    return Table(
        title[:1].upper() + title[1:],
        [(_("handoff"), [str(attempt.attempt) for attempt in found])],
        [
            (_("compared"), 1, [(_compared_n(one), "") for one in compared]),
            (_("tried"), 0, [two_lines(one.followed_up, share()) for one in compared]),
            (_("left alone"), 0, [two_lines(one.left_alone, share()) for one in compared]),
            (_("gain, in points"), 0, [two_lines(one.gain, points()) for one in compared]),
        ],
    )


def _compared_n(found: Comparison) -> str:
    return formats.n(found.gain.n) if isinstance(found.gain, Estimate) else "–"
