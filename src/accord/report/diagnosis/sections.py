"""The sections of a printed diagnosis beside its findings: why the rate moved, own changes, refusals, intent."""

from __future__ import annotations

from collections.abc import Mapping

from accord.diagnosis.report import Change, ChangeTable, DiagnosisReport, OwnChange, Refusals
from accord.language import gettext as _
from accord.language import mark
from accord.report import formats
from accord.report.look import Look
from accord.report.words import dimension_name
from accord.tables.reasons import REASON_LABELS
from accord.values import Estimate, Figure, Reason

__all__ = ["interval_of", "sections", "want_of_hours"]

SHOWN = 3
"""Dimensions that are printed: those whose mix moved most. JSON has all."""

BEYOND = 1.5
"""Half intervals (95 %) beyond which a move is told where no finding began: three standard errors, for the border is
one of many and kinds of lead differ."""

STARTED: Mapping[str, str] = {
    "agreement": mark("version {value} of the agreement came into force"),
    "rep_id": mark("rep {value} received a first lead"),
    "campaign": mark("campaign {value} began"),
    "channel": mark("channel {value} began"),
}

CONTRADICTED: Mapping[str, str] = {
    "bad_email": mark("“{reason}”, though the lead had answered by e-mail: {share} ({interval}) of {n}."),
    "wrong_territory": mark("“{reason}”, though it is the rep's own territory: {share} ({interval}) of {n}."),
    "unreachable": mark("“{reason}” after one attempt or none: {share} ({interval}) of {n}."),
}

INTENTS: Mapping[str, str] = {
    "content": mark("content alone"),
    "mixed": mark("content and a direct request"),
    "direct": mark("a direct request alone"),
}


def sections(report: DiagnosisReport, look: Look) -> list[str]:
    """Their lines, those that have nothing to say left out."""
    parts = [
        (_("Why the rate moved"), _of_change(report.change, report.currency, look) if report.change else []),
        (_("What changed on your side"), _of_own_changes(report.own_changes, look)),
        (_("Whose the delay is"), _of_delays(report, look)),
        (_("What refusals say"), _of_refusals(report.refusals, look) if report.refusals else []),
        (_("Content or direct intent"), _of_intents(report, look)),
    ]
    return [line for title, lines in parts if lines for line in ("", look.styled(title, "bold"), *lines)]


def _of_change(change: Change, currency: str, look: Look) -> list[str]:
    if change.finding is None and abs(change.moved.value) < BEYOND * (change.moved.high - change.moved.low) / 2:
        return []  # within what such a comparison at any border shows by chance: nothing moved
    values = {
        "border": formats.day(change.border),
        "before": formats.share(change.before),
        "after": formats.share(change.after),
        "acceptances": formats.count(abs(round(change.acceptances))),
        "leads": formats.count(change.leads),
    }
    if change.acceptances < 0:
        told = _(
            "Of mature leads, {before} were accepted before {border} and {after} since: {acceptances} acceptances "
            "fewer on {leads} leads."
        )
    else:
        told = _(
            "Of mature leads, {before} were accepted before {border} and {after} since: {acceptances} acceptances "
            "more on {leads} leads."
        )
    text = told.format(**values)
    if change.cost is not None and change.cost > 0:
        amount = formats.count(round(change.cost))
        text = f"{text} {_('The leads so lost had cost {amount} {currency}.').format(amount=amount, currency=currency)}"
    lines = look.paragraph(text, 2)
    for table in change.tables[:SHOWN]:
        lines += look.paragraph(f"- {_split(table)}", 5)
    return lines


def _split(table: ChangeTable) -> str:
    said = _(
        "by {dimension}: other leads {mix}, like leads faring differently {rate}, both at once {both} (acceptances)"
    )
    parts = {
        name: _signed(round(part * table.leads))
        for name, part in (("mix", table.mix), ("rate", table.rate), ("both", table.interaction))
    }
    return said.format(dimension=dimension_name(table.dimension), **parts)


def _signed(number: int) -> str:
    if number == 0:
        return "0"
    return f"{'+' if number > 0 else '−'}{formats.count(abs(number))}"


def _of_own_changes(changes: tuple[OwnChange, ...], look: Look) -> list[str]:
    """Those beside a finding; all of them are in JSON."""
    lines: list[str] = []
    for change in changes:
        if change.beside:
            what = _(STARTED[change.what]).format(value=change.value)
            said = _("{day}: {what}.").format(day=formats.day(change.since), what=what)
            lines += look.paragraph(f"- {said}", 2)
    if lines:
        lines += look.paragraph(
            _("They stand beside a finding that began about then; that they caused it is not said."), 2
        )
    return lines


def _of_delays(report: DiagnosisReport, look: Look) -> list[str]:
    """The system's, the queue's and what neither explains, in numbers; nothing where lateness is ordinary."""
    delays = report.delays
    if delays is None or not any(finding.kind == "slow_response" for finding in report.findings):
        return []  # everybody is late sometimes: without anywhere out of the ordinary there is nobody to ask about it
    if not isinstance(delays.late, Estimate) or not delays.late.value:
        return []
    lines = _shared(_("Answered later than promised: {share} ({interval}) of {n}."), delays.late, look)
    system = delays.handed_after_hours
    if isinstance(system, Estimate):
        said = _("The system: half are handed over within {value} of qualifying ({low} to {high}).")
        values = {name: formats.delay(getattr(system, name)) for name in ("value", "low", "high")}
        lines += look.paragraph(f"- {said.format(**values)}", 2)
        later = _("For {share} ({interval}) of {n} that alone took longer than {hours} hours.")
        hours = formats.decimal(delays.promise_hours, 1 if delays.promise_hours % 1 else 0)
        lines += _shared(later.replace("{hours}", hours), delays.handed_late, look)
        if delays.by_rule:
            said = _(
                "When they qualified is worked out from their touches and the agreement as it is now; a column "
                "qualified_at of leads would say it as it was."
            )
            lines += look.paragraph(said, 4)
    elif system.reason == Reason.NOT_IDENTIFIED:
        said = _(
            "The system: unknown. Of many leads only the day on which they qualified is known: record the hour to see "
            "how long handing over takes."
        )
        lines += look.paragraph(f"- {said}", 2)
    else:
        said = _(
            "The system: unknown. Too few leads qualify by their touches and the agreement: record when a lead "
            "qualified (a column qualified_at of leads) to see how long handing over takes."
        )
        lines += look.paragraph(f"- {said}", 2)
    queue = _("The queue: {share} ({interval}) of {n} late answers, for more leads came than can be worked.")
    lines += _shared(queue, delays.from_queue, look)
    neither = _(
        "Neither: {share} ({interval}) of {n} late answers came though there was room that week. It may be the person, "
        "or something that nobody records."
    )
    lines += _shared(neither, delays.from_people, look)
    return lines


def _of_refusals(refusals: Refusals, look: Look) -> list[str]:
    said = [
        (_("Refusals without a reason: {share} ({interval}) of {n}."), refusals.without_reason),
        (_("Rejected before any contact: {share} ({interval}) of {n}."), refusals.rejected_before_contact),
        (
            _("Disqualified though no contact came first: {share} ({interval}) of {n}."),
            refusals.disqualified_before_contact,
        ),
    ]
    lines = [line for sentence, figure in said for line in _shared(sentence, figure, look)]
    for one in refusals.contradictions:
        sentence = _(CONTRADICTED[one.reason]).replace("{reason}", _(REASON_LABELS[one.reason]))
        lines += _shared(sentence, one.share, look)
    return lines


def _of_intents(report: DiagnosisReport, look: Look) -> list[str]:
    lines: list[str] = []
    for row in report.intents:
        if not isinstance(row.rate, Estimate):
            continue
        values = {"what": _(INTENTS[row.intent]), "leads": formats.count(row.leads), "rate": formats.share(row.rate)}
        if isinstance(row.deals, Estimate):
            said = _("Qualified by {what}: {leads} leads, {rate} accepted, {deals} became deals.")
            values["deals"] = formats.share(row.deals)
        else:
            said = _("Qualified by {what}: {leads} leads, {rate} accepted.")
        lines += look.paragraph(f"- {said.format(**values)}", 2)
    return lines


def _shared(sentence: str, figure: Figure, look: Look) -> list[str]:
    if not isinstance(figure, Estimate):
        return []
    text = sentence.format(share=formats.share(figure), interval=interval_of(figure), n=formats.count(figure.n))
    return look.paragraph(f"- {text}", 2)


def interval_of(figure: Estimate) -> str:
    """The interval of a share, and what it may be where dates have no hour."""
    interval, bounds = formats.share_interval(figure), figure.date_bounds
    if bounds is None:
        return interval
    low, high = formats.percent(bounds.low), formats.percent(bounds.high)
    return interval if low == high else f"{interval}{want_of_hours(low, high)}"


def want_of_hours(low: str, high: str) -> str:
    """Between what a figure may be where dates have no hour, as the end of what is told of it."""
    return _("; between {low} and {high} for want of hours in some dates").format(low=low, high=high)
