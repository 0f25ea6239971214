"""What the page of a diagnosis shows, written out: every number already a text in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accord.acceptance.figures import AcceptanceReport
from accord.diagnosis.charting import Funnel
from accord.diagnosis.report import DiagnosisReport, Finding, IntentRow, SignalRow
from accord.language import current_language, mark
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.charts import trend_records
from accord.report.diagnosis.evidence import points_interval, said_of
from accord.report.diagnosis.funnel_charts import signed
from accord.report.diagnosis.recording import recording
from accord.report.diagnosis.sections import INTENTS, sections
from accord.report.look import Look
from accord.report.words import dimension_heading, value_name
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "Card",
    "Section",
    "Table",
    "card",
    "funnel_table",
    "intent_table",
    "named",
    "signal_table",
    "told_sections",
    "trend_table",
]

Table = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]
"""Headings, and rows of as many cells."""

KINDS: Mapping[str, str] = {
    "durably_low": mark("Durably low"),
    "sudden_drop": mark("Sudden drop"),
    "mix_shift": mark("The mix changed"),
    "segment_friction": mark("Friction"),
    "segment_model": mark("To have more of"),
    "overweighted_signal": mark("Weighs too much"),
    "underweighted_signal": mark("Weighs too little"),
    "rep_gap": mark("To talk about"),
    "slow_response": mark("Promises missed"),
    "token_effort": mark("Little effort"),
    "rubber_stamp": mark("Everything accepted"),
    "definition_gap": mark("Definitions disagree"),
    "not_measurable": mark("Not recorded"),
}

CAUSES: Mapping[str, str] = {
    "territory": mark("territory"),
    "training": mark("training"),
    "resistance": mark("resistance"),
    "overload": mark("overload"),
    "undetermined": mark("cause undetermined"),
}

LOST: Mapping[str, str] = {
    "overweighted_signal": mark("Accepted fewer than of as many others"),
    "token_effort": mark("Acceptances that are none"),
    "definition_gap": mark("Leads that the rate miscounts"),
}
LOST_HERE = mark("Acceptances lost")
"""What the acceptances of a finding are, by kind."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a diagnosis tells beside its findings: sentences, then a list of them."""

    title: str
    said: list[str]
    items: list[str]


class _Unwrapped(Look):
    """A terminal without end: every sentence keeps to its line."""

    def paragraph(self, text: str, indent: int = 0) -> list[str]:
        """The text as it is."""
        return [text]


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as a card: ``facts`` are its figures, ``evidence``, ``against`` and ``context`` what is weighed."""

    number: int
    id: str
    sure: bool
    kind: str
    text: str
    facts: list[tuple[str, str, str]]
    evidence: list[str]
    against: list[str]
    beside: str
    context: list[str]
    actions: list[str]
    gain: str
    check: str
    command: str
    trend: Any


def card(finding: Finding, number: int, currency: str, trend: Any) -> Card:
    """One finding, written out."""
    language = current_language()
    model = finding.kind == "segment_model"
    check = finding.check
    return Card(
        number=number,
        id=f"{'model' if model else 'finding'}-{number}",
        sure=finding.sure,
        kind=_kind(finding),
        text=finding.text[language],
        facts=list(_facts(finding, currency)),
        evidence=[said for each in finding.evidence if (said := said_of(each))],
        against=[said for each in finding.against if (said := said_of(each))],
        beside=_("Looked at, and ordinary") if finding.cause == "undetermined" else _("Against"),
        context=[said for each in finding.context if (said := said_of(each))],
        actions=[action.text[language] for action in finding.actions],
        gain=_sentence(finding.gain.text[language]) if finding.gain else "",
        check=check.text[language] if check else "",
        command=recording(finding) if check and check.to_record else "",
        trend=trend,
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def named(finding: Finding, number: int, *, briefly: bool = False) -> str:
    """What a finding is called on a chart; ``briefly`` where there is little room."""
    place = ", ".join(value_name(name, value) for name, value in finding.where.items())
    kind = _(KINDS[finding.kind])
    if not place:
        return f"{number}  {kind}"
    return (
        f"{number}  {place}"
        if briefly
        else _("{number}  {kind}: {place}").format(number=number, kind=kind, place=place)
    )


def told_sections(report: DiagnosisReport) -> list[Section]:
    """Why the rate moved, what the company changed, what refusals say: the sentences of the terminal."""
    found: list[Section] = []
    starts = True
    for line in sections(replace(report, intents=()), _Unwrapped()):  # intents are a table here
        if not line:
            starts = True
        elif starts:
            found.append(Section(line, [], []))
            starts = False
        elif line.startswith("- "):
            found[-1].items.append(line.removeprefix("- "))
        else:
            found[-1].said.append(line)
    return found


def trend_table(report: AcceptanceReport) -> Table:
    """The rate by period."""
    rows = [
        (
            record["label"],
            formats.count(record["n"]),
            formats.percent(record["value"]),
            _("{low} to {high}").format(low=formats.percent(record["low"]), high=formats.percent(record["high"])),
            formats.count(record["open"]) if record["open"] else "",
        )
        for record in trend_records(report)
    ]
    return (_("Period"), _("n"), _("Rate"), _("95% interval"), _("Still open")), rows


def funnel_table(funnel: Funnel) -> Table:
    """Everybody who is drawn, by id."""
    words = {0: _("ordinary"), 1: _("beyond the inner limit"), 2: _("beyond the outer limit")}
    rows = [
        (
            point.id,
            formats.count(point.leads),
            formats.percent(point.observed),
            formats.percent(point.expected),
            signed(100 * point.gap),
            words[point.outside],
        )
        for point in funnel.points
    ]
    headings = (
        dimension_heading(funnel.dimension),
        _("Leads decided"),
        _("Accepted"),
        _("Comparable leads"),
        _("Gap, points"),
        _("Limits"),
    )
    return headings, rows


def signal_table(signals: Sequence[SignalRow]) -> Table:
    """Every criterion against the outcomes."""
    language = current_language()
    rows = [
        (
            row.label.get(language) or row.criterion,
            formats.decimal(row.points, 0 if row.points == round(row.points) else 1),
            _amount(row.supported),
            _amount(row.supported_by_deals),
            _share(row.only_thanks),
            _share(row.marginal_rate),
        )
        for row in signals
    ]
    headings = (
        _("Criterion"),
        _("Points given"),
        _("Supported by acceptance"),
        _("Supported by deals"),
        _("Qualified only thanks to it"),
        _("Of these, accepted"),
    )
    return headings, rows


def intent_table(intents: Sequence[IntentRow]) -> Table:
    """What prospects had done, and what became of them."""
    rows = [
        (
            _(INTENTS[row.intent]) if row.intent in INTENTS else row.intent,
            formats.count(row.leads),
            _share(row.rate),
            _share(row.deals),
        )
        for row in intents
    ]
    return (_("Qualified by"), _("Leads"), _("Accepted"), _("Became a deal")), rows


def _kind(finding: Finding) -> str:
    kind = _(KINDS[finding.kind])
    return f"{kind} · {_(CAUSES[finding.cause])}" if finding.cause else kind


def _facts(finding: Finding, currency: str) -> Iterator[tuple[str, str, str]]:
    """What it is, the figure, and its interval."""
    if isinstance(finding.effect, Estimate):
        yield _("Gap, points"), signed(100 * finding.effect.value), points_interval(finding.effect)
    yield _("Leads"), formats.count(finding.leads), ""
    lost = finding.lost_acceptances
    if isinstance(lost, Estimate) and lost.value > 0:
        yield _(LOST.get(finding.kind, LOST_HERE)), formats.count(round(lost.value)), _counts(lost)
    cost = finding.cost
    if isinstance(cost, Estimate) and cost.value > 0:
        yield _("Cost, {currency}").format(currency=currency), formats.count(round(cost.value)), _counts(cost)
    if finding.since is not None:
        interval = ""
        if finding.since_low and finding.since_high and finding.since_low != finding.since_high:
            interval = _("{low} to {high}").format(
                low=formats.day(finding.since_low), high=formats.day(finding.since_high)
            )
        yield _("Since"), formats.day(finding.since), interval
    yield _("Confidence"), formats.percent(min(finding.confidence, 0.99)), ""


def _counts(figure: Estimate) -> str:
    low, high = (formats.count(max(round(part), 0)) for part in sorted((figure.low, figure.high)))
    return _("{low} to {high}").format(low=low, high=high)


def _share(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return "–"
    return _("{share} of {n}").format(share=formats.share(figure), n=formats.count(figure.n))


def _amount(figure: Figure) -> str:
    if isinstance(figure, Unknown):
        return "–"
    low, value, high = (formats.decimal(part, 0) for part in (figure.low, figure.value, figure.high))
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)
