"""What became of the examples beside an agreement: which hold; for the others where, what came out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.agreement.criteria import AXES, QualificationParts
from accord.language import gettext as _
from accord.language import ngettext
from accord.qualification.examples import ExampleReport, Expected, Missed
from accord.report.agreement.values import called
from accord.report.condition_words import number
from accord.report.look import Look
from accord.report.words import dimension_name
from accord.values import Json

__all__ = ["examples_json", "examples_text", "missed_words"]


def examples_text(reports: Sequence[ExampleReport], said: QualificationParts, file: str, look: Look) -> str:
    """One line an example, and below each that does not hold a line for every miss; then how many hold.

    ``said``: the agreement's qualification, by whose labels criteria and disqualifiers go.
    """
    lines: list[str] = []
    for report in reports:
        mark, style = (_("holds"), "green") if not report.missed else (_("FAILS"), "red")
        lines.append(f"{look.styled(mark, style)}  {report.example.name}  ({_outcome(report)})")
        lines += [f"  {file}:{missed.expected.line}: {missed_words(missed)}" for missed in report.missed]
        if report.missed:
            lines += [f"  {line}" for line in _because(report, said)]
    failing = sum(bool(report.missed) for report in reports)
    if failing:
        message = ngettext(
            "{failing} of {n} example does not hold.", "{failing} of {n} examples do not hold.", len(reports)
        )
        lines.append(message.format(failing=number(failing), n=number(len(reports))))
    else:
        lines.append(
            ngettext("{n} example holds.", "All {n} examples hold.", len(reports)).format(n=number(len(reports)))
        )
    return look.plain("\n".join(lines)) + "\n"


def missed_words(missed: Missed) -> str:
    """ "The band is B; expected A."."""
    values = {"found": _said(missed.found), "expected": _expected(missed.expected), "name": missed.expected.name}
    sentences = {
        "band": _("The band is {found}; expected {expected}."),
        "score": _("The score is {found}; expected {expected}."),
        "points": _("{name} gives {found}; expected {expected}."),
        "axes": _("The axis {name} has {found}; expected {expected}."),
        "qualified": _("It is qualified.") if missed.found else _("It is not qualified."),
        "ideal": _("Whether it fits the ideal profile: {found}; expected {expected}."),
        "disqualified": _("Disqualified by {found}; expected {expected}."),
    }
    return sentences[missed.expected.what].format(**values)


def _expected(expected: Expected) -> str:
    low, high = expected.low, expected.high
    if not isinstance(low, float) and not isinstance(high, float):
        return _("nothing") if low is False and expected.what == "disqualified" else _said(low)
    if low == high and isinstance(low, float):
        return number(low)
    if isinstance(low, float) and isinstance(high, float):
        return _("{low} to {high}").format(low=number(low), high=number(high))
    if isinstance(low, float):
        return _("at least {low}").format(low=number(low))
    assert isinstance(high, float)
    return _("at most {high}").format(high=number(high))


def _said(value: object) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case float() | int():
            return number(value)
        case tuple():
            return ", ".join(map(str, value)) or _("nothing")
        case _:
            return _("unknown") if value is None else str(value)


def _outcome(report: ExampleReport) -> str:
    scored = report.scored
    whole = abs(scored.score) // 100
    points = ngettext("{n} point", "{n} points", whole).format(n=number(scored.score / 100))
    return f"{points}, {scored.band}" if scored.band is not None else points


def _because(report: ExampleReport, said: QualificationParts) -> Iterator[str]:
    scored = report.scored
    criteria, disqualifiers = (
        {each.id: each.label.model_dump() for each in listed} for listed in (said.criteria, said.disqualifiers)
    )
    given = [f"{called(each.criterion, criteria)} {number(each.points / 100)}" for each in scored.trace]
    yield _("Points: {given}; the threshold is {threshold}.").format(
        given=", ".join(given) or _("none"), threshold=number(scored.threshold / 100)
    )
    if scored.disqualified:
        found = [called(each, disqualifiers) for each in scored.disqualified]
        yield _("Disqualified by {found}.").format(found=", ".join(found))
    if scored.missing:
        yield _("Not known: {fields}.").format(fields=", ".join(map(dimension_name, scored.missing)))


def examples_json(reports: Sequence[ExampleReport], file: str) -> dict[str, Json]:
    """Counts, and one record an example: its outcome, and what was missed with its line."""
    return {
        "file": file,
        "examples": len(reports),
        "failing": sum(bool(report.missed) for report in reports),
        "results": [_record(report) for report in reports],
    }


def _record(report: ExampleReport) -> dict[str, Json]:
    scored = report.scored
    return {
        "name": report.example.name,
        "line": report.example.line,
        "holds": not report.missed,
        "score": scored.score / 100,
        "band": scored.band,
        "qualified": scored.qualified,
        "axes": {axis: points / 100 for axis, points in zip(AXES, scored.axes, strict=True)},
        "points": {each.criterion: each.points / 100 for each in scored.trace},
        "disqualified": list(scored.disqualified),
        "missing": list(scored.missing),
        "missed": [_missed_record(missed) for missed in report.missed],
    }


def _missed_record(missed: Missed) -> dict[str, Json]:
    expected = missed.expected
    bounds: dict[str, Json] = {}
    for key, bound in (("at_least", expected.low), ("at_most", expected.high)):
        if isinstance(bound, float):
            bounds[key] = bound
    equal = expected.low if isinstance(expected.low, (str, bool)) else None
    found = list(missed.found) if isinstance(missed.found, tuple) else missed.found
    return {
        "line": expected.line,
        "what": expected.what,
        "name": expected.name,
        "expected": bounds or equal,
        "found": found if isinstance(found, (str, bool, int, float, list)) else None,
    }
