"""A diagnosis as a person reads it on a terminal: the verdict, what hurts, what to learn from, what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.actions.wording import signed
from accord.diagnosis.report import DiagnosisReport, Evidence, Finding, Verdict
from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance.sentences import chosen_definition
from accord.report.diagnosis.evidence import points_interval, said_of
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
    "What stands here may well be chance: all of it is less than 80% sure. Change nothing on its account alone: look "
    "into it, and wait for what settles it."
)


def diagnosis_text(report: DiagnosisReport, look: Look) -> str:
    """The whole answer, in the language in use."""
    language = current_language()
    word, colour = VERDICTS[report.verdict]
    lines = [look.styled(_(word), "bold", colour)]
    lines += look.paragraph(report.because[language])
    if report.first and report.last:
        looked = _("{handed}; {compared}.").format(handed=_handed(report), compared=_compared(report.searched))
        meant = chosen_definition(report.definition, report.definition_because)
        said = f"{looked} {meant}"
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


def _handed(report: DiagnosisReport) -> str:
    assert report.first is not None
    assert report.last is not None
    said = ngettext(
        "{handed} lead handed over from {first} to {last}",
        "{handed} leads handed over from {first} to {last}",
        report.handed,
    )
    days = {"first": formats.day(report.first), "last": formats.day(report.last)}
    if report.first == report.last:
        said = ngettext("{handed} lead handed over on {first}", "{handed} leads handed over on {first}", report.handed)
    return said.format(handed=formats.count(report.handed), **days)


def _compared(searched: int) -> str:
    if not searched:
        return _("nothing could be compared")
    said = ngettext("{n} segment or date compared", "{n} segments and dates compared", searched)
    return said.format(n=formats.count(searched))


def parted(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Those that are sure, and those that are worth watching."""
    return [one for one in findings if one.sure], [one for one in findings if not one.sure]


def nothing_hurts(report: DiagnosisReport, unsure: Sequence[Finding]) -> str:
    """What is said where nothing surely hurts."""
    if unsure:
        return (
            _("Nothing was found for you to see that hurts acceptance for sure.")
            if report.in_part
            else _("Nothing was found that hurts acceptance for sure.")
        )
    if report.searched and report.in_part:
        return _("Nothing was found for you to see that hurts acceptance beyond ordinary differences.")
    if report.searched:
        return _("Nothing was found that hurts acceptance beyond ordinary differences.")
    return _("Whether anything hurts acceptance cannot be said: nothing could be compared.")


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
        facts.append(
            _("{value} points ({interval})").format(
                value=signed(finding.effect.value * 100), interval=points_interval(finding.effect)
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
    lines += [line for evidence in finding.context for line in _said(_("Also:"), evidence, look)]
    for action in finding.actions:
        said = "→ {action}" if finding.sure else _("Meanwhile: {action}")
        lines += look.paragraph(said.format(action=action.text[language]), 5)
    if finding.gain is not None:
        gain = _("To gain: {gain}.") if finding.sure else _("To gain, if it is real: {gain}.")
        lines += look.paragraph(gain.format(gain=finding.gain.text[language]), 5)
    if finding.check is not None:
        check = _("To check: {check}") if finding.sure else _("What settles it: {check}")
        lines += look.paragraph(check.format(check=finding.check.text[language]), 5)
    return lines


def _said(side: str, evidence: Evidence, look: Look) -> list[str]:
    said = said_of(evidence)
    return look.paragraph(f"{side} {said}", 5) if said else []
