"""A diagnosis as a person reads it on a terminal: the verdict, what hurts, what to learn from, what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.actions.wording import signed
from accord.diagnosis.report import DiagnosisReport, Evidence, Finding, Verdict
from accord.language import current_language, mark
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.sentences import chosen_definition
from accord.report.diagnosis.sections import sections
from accord.report.look import Look
from accord.values import Estimate

__all__ = ["NOT_SURE", "VERDICTS", "diagnosis_text", "nothing_hurts", "parted"]

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "healthy": (mark("Healthy"), "green"),
    "durably_low": (mark("Durably low"), "red"),
    "sudden_drop": (mark("A sudden drop"), "red"),
    "unclear": (mark("Unclear"), "yellow"),
}

NOT_SURE = mark(
    "What stands here may be chance: the odds that it is real are below four in five. Change nothing on its account "
    "alone; more leads will settle it."
)

EVIDENCE: Mapping[str, str] = {
    "rate": mark("accepted here: {share} ({interval}) of {n}"),
    "rate_elsewhere": mark("accepted elsewhere: {share} ({interval}) of {n}"),
    "rate_before": mark("accepted here before: {share} ({interval}) of {n}"),
    "same_people_other_leads": mark("accepted of their other leads: {share} ({interval}) of {n}"),
    "other_people_same_leads": mark("accepted of such leads elsewhere: {share} ({interval}) of {n}"),
    "share_after": mark("share of leads since then: {share} ({interval}) of {n}"),
    "share_before": mark("share of leads before: {share} ({interval}) of {n}"),
    "refusals_without_reason": mark("refusals without a reason: {share} ({interval}) of {n}"),
    "refusals_without_reason_elsewhere": mark("elsewhere, refusals without a reason: {share} ({interval}) of {n}"),
    "refusals_without_effort": mark("refusals without any real action: {share} ({interval}) of {n}"),
    "refusals_without_effort_elsewhere": mark(
        "elsewhere, refusals without any real action: {share} ({interval}) of {n}"
    ),
    "refused_here_accepted_elsewhere": mark("refused here, accepted by somebody else: {share} ({interval}) of {n}"),
    "weeks_above_capacity": mark("leads received in weeks above capacity: {share} ({interval}) of {n}"),
    "weeks_above_capacity_elsewhere": mark(
        "elsewhere, leads received in weeks above capacity: {share} ({interval}) of {n}"
    ),
    "refused_in_busy_weeks": mark("not accepted in the weeks with more leads: {share} ({interval}) of {n}"),
    "refused_in_quiet_weeks": mark("not accepted in the weeks with fewer leads: {share} ({interval}) of {n}"),
    "refusals_for_overload": mark("refusals for overload: {share} ({interval}) of {n}"),
    "refusals_for_overload_elsewhere": mark("elsewhere, refusals for overload: {share} ({interval}) of {n}"),
    "deals_from_accepted": mark("accepted leads that became deals: {share} ({interval}) of {n}"),
    "deals_from_accepted_elsewhere": mark("elsewhere, accepted leads that became deals: {share} ({interval}) of {n}"),
    "routing_refusals": mark("refusals for whose or where the lead is: {share} ({interval}) of {n}"),
    "routing_refusals_elsewhere": mark(
        "elsewhere, refusals for whose or where the lead is: {share} ({interval}) of {n}"
    ),
    "accepted_of_decided": mark("accepted of what they decide: {share} ({interval}) of {n}"),
    "rate_of_low_scores": mark("accepted of leads with a low score: {share} ({interval}) of {n}"),
    "late": mark("answered after the promise: {share} ({interval}) of {n}"),
    "late_elsewhere": mark("answered after the promise elsewhere: {share} ({interval}) of {n}"),
    "handed_over_late": mark(
        "handed over later after they qualified than an answer is promised: {share} ({interval}) of {n}"
    ),
    "handed_over_late_elsewhere": mark(
        "elsewhere, handed over later after they qualified: {share} ({interval}) of {n}"
    ),
    "late_from_queue": mark("late because more leads came than can be worked: {share} ({interval}) of {n}"),
    "late_from_people": mark("late though there was room: {share} ({interval}) of {n}"),
    "token": mark("acceptances with one vain call: {share} ({interval}) of {n}"),
    "token_elsewhere": mark("acceptances with one vain call elsewhere: {share} ({interval}) of {n}"),
    "silent": mark("worked and never decided: {share} ({interval}) of {n}"),
    "silent_elsewhere": mark("worked and never decided elsewhere: {share} ({interval}) of {n}"),
    "ghost": mark("acceptances without a real action: {share} ({interval}) of {n}"),
    "ghost_elsewhere": mark("acceptances without a real action elsewhere: {share} ({interval}) of {n}"),
    "marginal_rate": mark("accepted of those that crossed only because of it: {share} ({interval}) of {n}"),
    "rate_of_the_others": mark("accepted of the other qualified leads: {share} ({interval}) of {n}"),
    "held_back_by_cap": mark("qualified leads that the cap would keep back: {share} ({interval}) of {n}"),
    "rate_held_back": mark("of these, accepted so far: {share} ({interval}) of {n}"),
}
"""What each code of evidence says; a code without words is shown in JSON alone."""

POINTS: Mapping[str, str] = {
    "points_supported_by_deals": mark("points that later deals support: {value} ({low} to {high})"),
}
"""The same for points."""

DAYS: Mapping[str, str] = {
    "business_days_to_answer": mark("half are answered within {value} business days ({low} to {high})"),
}
"""The same for business days."""

HOURS: Mapping[str, str] = {
    "hours_to_hand_over": mark("half are handed over within {value} hours ({low} to {high})"),
}
"""The same for hours."""


def diagnosis_text(report: DiagnosisReport, look: Look) -> str:
    """The whole answer, in the language in use."""
    language = current_language()
    word, colour = VERDICTS[report.verdict]
    lines = [look.styled(_(word), "bold", colour)]
    lines += look.paragraph(report.because[language])
    if report.first and report.last:
        looked = _("{handed} leads handed over from {first} to {last}; {searched} segments and dates compared.")
        values = {
            "handed": formats.count(report.handed),
            "first": formats.day(report.first),
            "last": formats.day(report.last),
            "searched": formats.count(report.searched),
        }
        meant = chosen_definition(report.definition, report.definition_because)
        said = f"{looked.format(**values)} {meant}"
        lines += [look.styled(line, "dim") for line in look.paragraph(said)]
    hurting = [finding for finding in report.findings if finding.kind != "not_measurable"]
    missing = [finding for finding in report.findings if finding.kind == "not_measurable"]
    sure, unsure = parted(hurting)
    good, hopeful = parted(report.models)
    lines += _section(_("What hurts"), sure, report, look)
    if not sure:
        lines += ["", *look.paragraph(nothing_hurts(report, unsure))]
    lines += _section(_("What to have more of"), good, report, look)
    if unsure or hopeful:
        lines += ["", look.styled(_("Worth watching: not sure yet"), "bold"), *look.paragraph(_(NOT_SURE), 2)]
        for number, finding in enumerate((*unsure, *hopeful), len(sure) + 1):
            lines += ["", *_told(number, finding, report, look)]
    lines += sections(report, look)
    if missing or report.limits:
        lines += ["", look.styled(_("What cannot be said"), "bold")]
        for finding in missing:
            lines += look.paragraph(f"{finding.text[language]} {finding.actions[0].text[language]}", 2)
        for limit in report.limits:
            lines += look.paragraph(limit[language], 2)
    return look.plain("\n".join(lines)) + "\n"


def parted(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Those that are sure, and those that are worth watching."""
    return [one for one in findings if one.sure], [one for one in findings if not one.sure]


def nothing_hurts(report: DiagnosisReport, unsure: Sequence[Finding]) -> str:
    """What is said where nothing surely hurts."""
    if unsure:
        return _("Nothing was found that hurts acceptance for sure.")
    if report.searched:
        return _("Nothing was found that hurts acceptance beyond ordinary differences.")
    return _("Whether anything hurts acceptance cannot be said: there is too little to compare.")


def _section(title: str, findings: Sequence[Finding], report: DiagnosisReport, look: Look) -> list[str]:
    lines = ["", look.styled(title, "bold")] if findings else []
    for number, finding in enumerate(findings, 1):
        lines += ["", *_told(number, finding, report, look)]
    return lines


def _told(number: int, finding: Finding, report: DiagnosisReport, look: Look) -> list[str]:
    language = current_language()
    text = look.paragraph(f"{number}. {finding.text[language]}", 2)
    facts = [_("{percent} sure").format(percent=formats.percent(min(finding.confidence, 0.99)))]
    if finding.since and finding.since_low and finding.since_high:
        first, last = formats.day(finding.since_low), formats.day(finding.since_high)
        began = _("began on {day}") if first == last else _("began between {low} and {high}")
        facts.append(began.format(day=first, low=first, high=last))
    if isinstance(finding.effect, Estimate):
        low, high = sorted((finding.effect.low * 100, finding.effect.high * 100))
        facts.append(
            _("{value} points ({low} to {high})").format(
                value=signed(finding.effect.value * 100), low=signed(low), high=signed(high)
            )
        )
    if isinstance(finding.cost, Estimate) and finding.cost.value > 0:
        amount = formats.count(round(finding.cost.value))
        facts.append(_("about {amount} {currency}").format(amount=amount, currency=report.currency))
    lines = [*text, *(look.styled(line, "dim") for line in look.paragraph(formats.sequence(facts), 5))]
    lines += [line for evidence in finding.evidence for line in _said(_("For:"), evidence, look)]
    # against what is not said nothing speaks: of an undetermined cause, these are the signs that do not show
    beside = _("Ordinary:") if finding.cause == "undetermined" else _("Against:")
    lines += [line for evidence in finding.against for line in _said(beside, evidence, look)]
    for action in finding.actions:
        lines += look.paragraph(f"→ {action.text[language]}", 5)
    if finding.gain is not None:
        lines += look.paragraph(_("To gain: {gain}.").format(gain=finding.gain.text[language]), 5)
    if finding.check is not None:
        lines += look.paragraph(_("To check: {check}").format(check=finding.check.text[language]), 5)
    return lines


def _said(side: str, evidence: Evidence, look: Look) -> list[str]:
    figure = evidence.value
    if not isinstance(figure, Estimate):
        return []
    if evidence.what in EVIDENCE:
        values = {
            "share": formats.share(figure),
            "interval": formats.share_interval(figure),
            "n": formats.count(figure.n),
        }
        return look.paragraph(f"{side} {_(EVIDENCE[evidence.what]).format(**values)}", 5)
    words = POINTS.get(evidence.what) or DAYS.get(evidence.what) or HOURS.get(evidence.what)
    if words is None:
        return []
    said = {name: formats.decimal(getattr(figure, name), 1) for name in ("value", "low", "high")}
    return look.paragraph(f"{side} {_(words).format(**said)}", 5)
