"""Who may see what of a diagnosis: decided here, by the viewer's role, and nowhere else.

What is said of leads (segments, drops, criteria, reasons) is for everybody. What is said of people is for the person,
for whoever leads their team, and for revenue operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from accord.diagnosis.apart import SAME_LEADS, TOGETHER
from accord.diagnosis.report import Change, DiagnosisReport, Finding, Texts
from accord.diagnosis.verdict import dropped_somewhere, healthy, healthy_with_findings
from accord.engines.shape import contract_table
from accord.errors import UsageError
from accord.language import gettext as _
from accord.readmodel.source import Source
from accord.tables.schema import table_named

__all__ = ["REVENUE_OPERATIONS", "Role", "Viewer", "seen_by", "teams_of_reps"]

Role = Literal["rep", "manager", "revenue_operations"]
PEOPLE = frozenset({"rep_id", "team"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a ``rep`` (``rep_id`` says which), a ``manager`` (of ``team``), or ``revenue_operations``.

    ``UsageError`` for any other role, a rep without an id or a manager without a team.
    """

    role: Role = "revenue_operations"
    rep_id: str | None = None
    team: str | None = None

    def __post_init__(self) -> None:
        if self.role not in get_args(Role):  # programs take it from elsewhere, and nobody unknown sees anything
            known = ", ".join(get_args(Role))
            raise UsageError(_("{role} is no role of a viewer: {known}.").format(role=self.role, known=known))
        if self.role == "rep" and not self.rep_id:
            raise UsageError(_("A rep who looks needs rep_id."))
        if self.role == "manager" and not self.team:
            raise UsageError(_("A manager who looks needs team."))


REVENUE_OPERATIONS = Viewer()
"""Sees everything: the command line, and whoever runs the import."""


def seen_by(report: DiagnosisReport, viewer: Viewer, teams: Mapping[str, str]) -> DiagnosisReport:
    """The same report less what the viewer may not see; ``teams``: each rep's team."""
    if viewer.role == "revenue_operations":
        return report

    def shown(finding: Finding) -> bool:
        return _shown(finding.where, viewer, teams)

    findings = tuple(_unnamed(finding, viewer, teams) for finding in report.findings if shown(finding))
    known = {finding.id for finding in findings}
    changes = tuple(
        replace(change, beside=tuple(one for one in change.beside if one in known))
        for change in report.own_changes
        if change.what != "rep_id" or _shown({"rep_id": change.value}, viewer, teams)
    )
    return replace(
        report,
        in_part=True,
        because=_without_people(report, findings),
        findings=findings,
        models=tuple(filter(shown, report.models)),
        change=_of_leads(report.change, known),
        own_changes=changes,
    )


def teams_of_reps(source: Source) -> dict[str, str]:
    """Rep → team, as recorded last."""
    reps = contract_table(source.engine, table_named("reps"))
    rows = source.engine.run(reps.filter(reps.team.notnull()).select("rep_id", "team")).to_pylist()
    return {row["rep_id"]: row["team"] for row in rows}


def _shown(where: Mapping[str, str], viewer: Viewer, teams: Mapping[str, str]) -> bool:
    if not PEOPLE & where.keys():
        return True
    rep = where.get("rep_id")
    if viewer.role == "rep":
        return rep == viewer.rep_id
    team = where.get("team") if rep is None else teams.get(rep)
    return team == viewer.team


def _unnamed(finding: Finding, viewer: Viewer, teams: Mapping[str, str]) -> Finding:
    """A finding on leads without whom nearly all of them go to, where the viewer may not see what is said of them."""
    named, unnamed = finding.facts.get("named"), finding.facts.get("unnamed")
    if not isinstance(named, Mapping) or not isinstance(unnamed, Mapping):
        return finding
    told = [one for one in finding.evidence if one.what.startswith(SAME_LEADS)]
    where = dict(one.what.removeprefix(SAME_LEADS).split("=", 1) for one in told)
    if _shown(where, viewer, teams):
        return finding
    return replace(
        finding,
        text={language: text.replace(named[language], unnamed[language]) for language, text in finding.text.items()},
        evidence=tuple(one for one in finding.evidence if one not in told),
        actions=tuple(one for one in finding.actions if one.code != TOGETHER),
        facts={name: value for name, value in finding.facts.items() if name not in {"named", "unnamed"}},
    )


def _without_people(report: DiagnosisReport, seen: Sequence[Finding]) -> Texts:
    """Why the verdict is what it is, without the place of a drop among people whom the viewer does not see, and
    without a word of findings where the viewer sees none."""
    known = {finding.id for finding in seen}
    if report.because == healthy_with_findings(report.rate) and not any(finding.sure for finding in seen):
        return healthy(report.rate)
    unseen = (finding for finding in report.findings if finding.id not in known and finding.since is not None)
    said = (dropped_somewhere(finding, report.because) for finding in unseen)
    return next((texts for texts in said if texts is not None), report.because)


def _of_leads(change: Change | None, known: set[str]) -> Change | None:
    """Without the tables of people: a part of them would no longer add up."""
    if change is None:
        return None
    tables = tuple(table for table in change.tables if table.dimension not in PEOPLE)
    return replace(change, tables=tables, finding=change.finding if change.finding in known else None)
