"""A diagnosis as a person reads it on a terminal: the verdict, what hurts, what to learn from, what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping

from accord.diagnosis.report import DiagnosisReport, Evidence, Finding, Verdict
from accord.language import current_language, mark
from accord.language import gettext as _
from accord.report.look import Look
from accord.values import Estimate

__all__ = ["diagnosis_text"]

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "healthy": (mark("Healthy"), "green"),
    "durably_low": (mark("Durably low"), "red"),
    "sudden_drop": (mark("A sudden drop"), "red"),
    "unclear": (mark("Unclear"), "yellow"),
}

EVIDENCE: Mapping[str, str] = {
    "rate": mark("accepted here: {share}% of {n}"),
    "rate_elsewhere": mark("accepted elsewhere: {share}% of {n}"),
    "share_after": mark("share of leads since then: {share}% of {n}"),
    "share_before": mark("share of leads before: {share}% of {n}"),
    "refusals_without_reason": mark("refusals without a reason: {share}% of {n}"),
    "refusals_without_effort": mark("refusals without any real action: {share}% of {n}"),
    "refused_here_accepted_elsewhere": mark("refused here, then accepted by somebody else: {share}% of {n}"),
    "weeks_above_capacity": mark("leads received in weeks above capacity: {share}% of {n}"),
    "refusals_for_overload": mark("refusals for overload: {share}% of {n}"),
    "deals_from_accepted": mark("accepted leads that became deals: {share}% of {n}"),
    "deals_from_accepted_elsewhere": mark("elsewhere, accepted leads that became deals: {share}% of {n}"),
    "rate_of_low_scores": mark("accepted of leads with a low score: {share}% of {n}"),
    "late": mark("answered after the promise: {share}% of {n}"),
    "late_elsewhere": mark("answered after the promise elsewhere: {share}% of {n}"),
    "token": mark("acceptances with one vain call: {share}% of {n}"),
    "token_elsewhere": mark("acceptances with one vain call elsewhere: {share}% of {n}"),
    "silent": mark("worked and never decided: {share}% of {n}"),
    "silent_elsewhere": mark("worked and never decided elsewhere: {share}% of {n}"),
}
"""What each code of evidence says; a code without words is shown in JSON alone."""


def diagnosis_text(report: DiagnosisReport, look: Look) -> str:
    """The whole answer, in the language in use."""
    language = current_language()
    word, colour = VERDICTS[report.verdict]
    lines = [look.styled(_(word), "bold", colour)]
    lines += look.paragraph(report.because[language])
    if report.first and report.last:
        looked = _("{handed} leads handed over from {first} to {last}; {searched} segments and dates compared.")
        values = {"handed": report.handed, "first": report.first, "last": report.last, "searched": report.searched}
        lines += [look.styled(line, "dim") for line in look.paragraph(looked.format(**values))]
    hurting = [finding for finding in report.findings if finding.kind != "not_measurable"]
    missing = [finding for finding in report.findings if finding.kind == "not_measurable"]
    lines += _section(_("What hurts"), hurting, report, look)
    if not hurting:
        lines += ["", *look.paragraph(_("Nothing was found that hurts acceptance beyond ordinary differences."))]
    lines += _section(_("What to have more of"), report.models, report, look)
    if missing or report.limits:
        lines += ["", look.styled(_("What cannot be said"), "bold")]
        for finding in missing:
            lines += look.paragraph(f"{finding.text[language]} {finding.actions[0].text[language]}", 2)
        for limit in report.limits:
            lines += look.paragraph(limit[language], 2)
    return look.plain("\n".join(lines)) + "\n"


def _section(
    title: str, findings: list[Finding] | tuple[Finding, ...], report: DiagnosisReport, look: Look
) -> list[str]:
    lines = ["", look.styled(title, "bold")] if findings else []
    for number, finding in enumerate(findings, 1):
        lines += ["", *_told(number, finding, report, look)]
    return lines


def _told(number: int, finding: Finding, report: DiagnosisReport, look: Look) -> list[str]:
    language = current_language()
    text = look.paragraph(f"{number}. {finding.text[language]}", 2)
    facts = [_("{percent}% sure").format(percent=min(round(finding.confidence * 100), 99))]
    if finding.since and finding.since_low and finding.since_high:
        facts.append(_("began between {low} and {high}").format(low=finding.since_low, high=finding.since_high))
    if isinstance(finding.effect, Estimate):
        low, high = sorted((finding.effect.low * 100, finding.effect.high * 100))
        facts.append(
            _("{value:+.0f} points ({low:+.0f} to {high:+.0f})").format(
                value=finding.effect.value * 100, low=low, high=high
            )
        )
    if isinstance(finding.cost, Estimate) and finding.cost.value > 0:
        facts.append(_("about {amount:.0f} {currency}").format(amount=finding.cost.value, currency=report.currency))
    lines = [*text, *(look.styled(line, "dim") for line in look.paragraph("; ".join(facts), 5))]
    lines += [line for evidence in finding.evidence for line in _said(_("For:"), evidence, look)]
    lines += [line for evidence in finding.against for line in _said(_("Against:"), evidence, look)]
    for action in finding.actions:
        lines += look.paragraph(f"→ {action.text[language]}", 5)
    return lines


def _said(side: str, evidence: Evidence, look: Look) -> list[str]:
    if evidence.what not in EVIDENCE or not isinstance(evidence.value, Estimate):
        return []
    said = _(EVIDENCE[evidence.what]).format(share=round(evidence.value.value * 100), n=evidence.value.n)
    return look.paragraph(f"{side} {said}", 5)
