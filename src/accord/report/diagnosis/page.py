"""A diagnosis as one HTML page that needs nothing beside it: no network, no script, no file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from markupsafe import Markup

from accord import __version__
from accord.diagnosis.charting import Charting
from accord.diagnosis.report import DiagnosisReport, Finding
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.charts import trend_description, trend_records
from accord.report.acceptance.sentences import chosen_definition
from accord.report.chart_parts import Spec
from accord.report.diagnosis.charts import Change, trend_with_changes, waterfall_chart
from accord.report.diagnosis.funnel_charts import funnel_chart
from accord.report.diagnosis.signal_charts import signal_chart, signal_records
from accord.report.diagnosis.text import NOT_SURE, VERDICTS, nothing_hurts, parted
from accord.report.diagnosis.views import (
    card,
    funnel_table,
    intent_table,
    named,
    signal_table,
    told_sections,
    trend_table,
)
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.page_template import page_template
from accord.values import Estimate

__all__ = ["diagnosis_page"]

WIDE, NARROW = 860, 350

TONES = {"healthy": "above", "durably_low": "below", "sudden_drop": "below", "unclear": "quiet"}


def diagnosis_page(report: DiagnosisReport, charting: Charting) -> str:
    """The page, in the language in use."""
    language = current_language()
    hurting = [finding for finding in report.findings if finding.kind != "not_measurable"]
    missing = [finding for finding in report.findings if finding.kind == "not_measurable"]
    sure, unsure = parted(hurting)
    good, hopeful = parted(report.models)
    watched = [*unsure, *hopeful]
    numbers = {finding.id: number for number, finding in enumerate([*sure, *watched], 1)}
    claim, more = _headline(report.because[language])
    context = {
        "language": language,
        "version": __version__,
        "title": _title(report),
        "scope": _scope(report),
        "tone": TONES[report.verdict],
        "verdict": _(VERDICTS[report.verdict][0]),
        "because": claim,
        "further": more,
        "rate": _rate(report),
        "meant": chosen_definition(report.definition, report.definition_because) if report.handed else "",
        "searched": _searched(report),
        "trend": _trend(charting, sure, numbers, report.last),
        "waterfall": _waterfall(charting, numbers),
        "cards": [
            card(finding, numbers[finding.id], report.currency, _own_trend(finding, charting, numbers))
            for finding in sure
        ],
        "nothing": nothing_hurts(report, unsure),
        "watched": [
            card(finding, numbers[finding.id], report.currency, _own_trend(finding, charting, numbers))
            for finding in watched
        ],
        "not_sure": _(NOT_SURE),
        "models": [card(finding, number, report.currency, None) for number, finding in enumerate(good, 1)],
        "sections": told_sections(report),
        "funnels": [_funnel(funnel) for funnel in charting.funnels],
        "signals": _signals(report, numbers),
        "intents": intent_table(report.intents) if report.intents else None,
        "missing": [(each.text[language], each.actions[0].text[language]) for each in missing],
        "limits": [limit[language] for limit in report.limits],
        "handed": report.handed,
    }
    return page_template("diagnosis.html.j2").render(context)


def _title(report: DiagnosisReport) -> str:
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        return _("Diagnosis, by the default agreement")
    return _("Diagnosis, by the agreement {name}, version {version}").format(
        name=report.agreement_name, version=report.agreement_version
    )


def _headline(because: str) -> tuple[str, str]:
    """The verdict's claim, which is the heading, and what is said further, such as what would settle it."""
    claim, dot, more = because.partition(". ")
    return (f"{claim}.", more) if dot else (because, "")


def _scope(report: DiagnosisReport) -> str:
    if report.first is None or report.last is None:
        return _("No lead was handed over in the last year.")
    leads = ngettext("{n} lead handed over", "{n} leads handed over", report.handed)
    days = formats.day(report.first)
    if report.first != report.last:
        days = _("{first} to {last}").format(first=days, last=formats.day(report.last))
    return f"{leads.format(n=formats.count(report.handed))} · {days}"


def _rate(report: DiagnosisReport) -> str:
    if not isinstance(report.rate, Estimate):
        return ""
    said = _("{rate} of mature leads are accepted ({interval}, {n}); the agreed floor is {floor}.")
    return said.format(
        rate=formats.share(report.rate),
        interval=formats.share_interval(report.rate),
        n=formats.n(report.rate.n),
        floor=formats.percent(report.floor),
    )


def _searched(report: DiagnosisReport) -> str:
    if not report.searched:
        return ""
    said = ngettext(
        "{n} segment or date was compared; what is sure here is beyond what chance finds.",
        "{n} segments and dates were compared; what is sure here is beyond what chance finds in so many.",
        report.searched,
    )
    return said.format(n=formats.count(report.searched))


def _drawn(chart: Callable[[int], Spec]) -> dict[str, Markup]:
    return {"wide": inlined(svg(chart(WIDE))), "narrow": inlined(svg(chart(NARROW)))}


def _changes(findings: list[Finding], numbers: dict[str, int]) -> list[Change]:
    return [
        Change(
            numbers[finding.id], finding.since, finding.since_low or finding.since, finding.since_high or finding.since
        )
        for finding in findings
        if finding.since is not None and finding.kind in {"sudden_drop", "mix_shift"}
    ]


def _trend(
    charting: Charting, hurting: list[Finding], numbers: dict[str, int], last: date | None
) -> dict[str, Any] | None:
    trend = charting.trend
    if trend is None or len(trend_records(trend)) < 2:
        return None
    changes = _changes(hurting, numbers)
    return {
        "charts": _drawn(
            lambda width: trend_with_changes(
                trend, changes, last, palette=PAGE_COLOURS, width=width, height=280 if width == WIDE else 240
            )
        ),
        "words": trend_description(trend),
        "changes": bool(changes),
        "table": trend_table(trend),
    }


def _own_trend(finding: Finding, charting: Charting, numbers: dict[str, int]) -> dict[str, Any] | None:
    trend = charting.segments.get(finding.id)
    if trend is None or len(trend_records(trend)) < 2:
        return None
    changes = _changes([finding], numbers)
    charts = _drawn(lambda width: trend_with_changes(trend, changes, palette=PAGE_COLOURS, width=width, height=200))
    return {"charts": charts, "words": trend_description(trend)}


def _waterfall(charting: Charting, numbers: dict[str, int]) -> dict[str, Any] | None:
    if not charting.steps:
        return None

    def names(width: int) -> dict[str, str]:
        found = [step.finding for step in charting.steps]
        return {each.id: named(each, numbers[each.id], briefly=width == NARROW) for each in found}

    end = charting.steps[-1].end
    words = _(
        "{accepted} acceptances; without these findings there would be about {end}. Findings may touch the same leads: "
        "together they cost at most that."
    )
    return {
        "charts": _drawn(lambda width: waterfall_chart(charting, names(width), palette=PAGE_COLOURS, width=width)),
        "words": words.format(accepted=formats.count(charting.accepted), end=formats.count(round(end))),
    }


def _funnel(funnel: Any) -> dict[str, Any]:
    heading = {"rep_id": _("Reps and the leads they received"), "team": _("Teams and the leads they received")}
    left_out = ngettext(
        "{n} id with too few leads is not drawn.", "{n} ids with too few leads are not drawn.", funnel.left_out
    )
    return {
        "name": funnel.dimension,
        "heading": heading[funnel.dimension],
        "charts": _drawn(
            lambda width: funnel_chart(funnel, palette=PAGE_COLOURS, width=width, height=320 if width == WIDE else 280)
        ),
        "words": _(
            "Gap to comparable leads of {n} ids, within control limits. The table after the chart holds every figure."
        ).format(n=len(funnel.points)),
        "outside": sum(point.outside > 0 for point in funnel.points),
        "left_out": left_out.format(n=formats.count(funnel.left_out)) if funnel.left_out else "",
        "table": funnel_table(funnel),
    }


def _signals(report: DiagnosisReport, numbers: dict[str, int]) -> dict[str, Any] | None:
    marked = {
        finding.where["criterion"]: numbers[finding.id]
        for finding in report.findings
        if "criterion" in finding.where and finding.id in numbers
    }
    records = signal_records(report.signals, marked)
    if len(records) < 2:
        return None
    return {
        "charts": _drawn(
            lambda width: signal_chart(
                report.signals, marked, palette=PAGE_COLOURS, width=width, height=360 if width == WIDE else 320
            )
        ),
        "words": _(
            "Points given against points that outcomes support, of {n} criteria. The table holds every figure."
        ).format(n=len(records)),
        "table": signal_table(report.signals),
    }
