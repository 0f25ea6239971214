"""What stands beside a finding so that nobody is misled: plain shares that say something else, columns alike.

A gap is against comparable leads. Where the shares as they come say the opposite, or next to nothing, or much more,
both are told with the column that makes the difference (Simpson's paradox): of leads elsewhere with the same values of
that column (direct standardisation), how often it happens. And where two columns select nearly the same leads, no
method can tell which of the two a gap belongs to: both are named, and what is advised fits both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from accord.diagnosis.accepting import ALIAS, PEOPLE, THE_SAME, alias
from accord.diagnosis.cases import Cases, Dimension, Rows
from accord.diagnosis.figuring import share
from accord.diagnosis.phrases import Said, columns_called, filled, leads_of, people_of
from accord.diagnosis.questions import held_to_promise
from accord.diagnosis.report import Action, Evidence, Finding
from accord.language import both, mark
from accord.values import MINIMUM_COUNT, Estimate

__all__ = ["SAME_LEADS", "TOGETHER", "candid"]

SHRUNK, SWOLLEN = 1 / 3, 2.0
"""Times the gap against comparable leads, up to and from which the plain gap tells something else."""

FAR_APART = 0.1
"""Points by which it must exceed the gap to be told; one that is hidden is told whatever its size."""

MOSTLY = 0.5
"""Part of the difference between the two gaps that one column must explain to be named."""

COVERED = 0.8
"""Share of the leads whose like must exist elsewhere for a column to explain anything."""

TENTHS = 10

SAME_LEADS = "same_leads: "
"""What the evidence of a column that selects the same leads is called, before the column and its value."""

TOGETHER = "work_through_together"
"""The action that fits leads and those who work them."""

LATE = (
    mark(
        "As they come, {here}% of these leads are answered late and {elsewhere}% of the others: the gap shows only "
        "among comparable leads ({why})."
    ),
    mark(
        "As they come, {here}% of these leads are answered late and {elsewhere}% of the others: much of that is gone "
        "among comparable leads ({why})."
    ),
)
ACCEPTED = (
    mark(
        "As they come, {here}% of these leads are accepted and {elsewhere}% of the others: the gap shows only among "
        "comparable leads ({why})."
    ),
    mark(
        "As they come, {here}% of these leads are accepted and {elsewhere}% of the others: much of that is gone among "
        "comparable leads ({why})."
    ),
)
"""Where the plain shares hide the gap, and where they swell it."""

ONE = mark("alike in {column}, {expected}% elsewhere")
SEVERAL = mark("several columns together make the difference")
PROMISED, SCORED, AT_HOUR = mark("what they were promised"), mark("their score"), mark("the hour at which they come")

WORKED_BY = mark(
    "{share}% of leads {where} go to {people}: the data cannot tell whether it is these leads or the way they are "
    "worked."
)
WORKED_BY_SOME = mark(
    "Nearly all leads {where} go to the same people: the data cannot tell whether it is these leads or the way they "
    "are worked."
)
THEIR_LEADS = mark(
    "{share}% of the leads of {people} are leads {where}: the data cannot tell whether it is these leads or the way "
    "they are worked."
)
BOTH_WAYS = mark("{share}% of leads {where} are also leads {other}: the data cannot tell which of the two it is.")
ASK_THEM = mark(
    "Before asking more of these leads, work through ten of them together with {people}: it may be a kind of lead that "
    "nobody has trained for."
)


def candid(cases: Cases, finding: Finding) -> Finding:
    """The same finding with what the plain shares say, where that is something else, and what cannot be told apart."""
    return _with_same_leads(cases, _with_plain_shares(cases, finding))


@dataclass(frozen=True)
class _Compared:
    """What ``happened`` to the cases ``inside`` and ``outside``, as they come; ``what`` the evidence calls it."""

    what: str
    happened: Rows
    inside: Rows
    outside: Rows


def _with_plain_shares(cases: Cases, finding: Finding) -> Finding:
    compared = _compared(cases, finding)
    if compared is None or not isinstance(finding.effect, Estimate):
        return finding
    here, elsewhere = (float(compared.happened[rows].mean()) for rows in (compared.inside, compared.outside))
    gap, effect = here - elsewhere, finding.effect.value
    hidden = gap * effect <= 0 or abs(gap) < SHRUNK * abs(effect)
    swollen = abs(gap) > SWOLLEN * abs(effect) and abs(gap - effect) >= FAR_APART
    if not hidden and not swollen:
        return finding
    explained = _explaining(cases, finding, compared, here - effect - elsewhere)
    why: Said = both(SEVERAL)
    evidence = finding.evidence
    if explained is not None:
        name, alike = explained
        why = filled(ONE, {"column": _called(name), "expected": _percent(alike.value)})
        evidence = (*evidence, Evidence(f"{compared.what}_alike: {name}", alike))
    message = (LATE if compared.what == "late" else ACCEPTED)[0 if hidden else 1]
    told = filled(message, {"here": _percent(here), "elsewhere": _percent(elsewhere), "why": why})
    return replace(finding, text=_followed(finding.text, told), evidence=evidence)


def _compared(cases: Cases, finding: Finding) -> _Compared | None:
    """What a finding compares, where it compares its leads with all others of the whole time."""
    said = {one.what for one in finding.evidence}
    if finding.since is not None or not finding.where:
        return None
    if finding.kind == "slow_response" and "late" in said:
        happened, among, what = cases.late, held_to_promise(cases), "late"
    elif finding.kind in {"segment_friction", "segment_model", "rep_gap"} and "rate_elsewhere" in said:
        happened, among, what = cases.accepted, cases.settled, "rate"
    else:
        return None
    inside = cases.rows(finding.where)
    if min(int((among & inside).sum()), int((among & ~inside).sum())) < MINIMUM_COUNT:
        return None
    return _Compared(what, happened, among & inside, among & ~inside)


def _explaining(cases: Cases, finding: Finding, compared: _Compared, wanted: float) -> tuple[str, Estimate] | None:
    """The column that explains most of the difference between the two gaps, and how often it happens elsewhere with
    leads alike in it; None where no column alone explains half of it."""
    plain = float(compared.happened[compared.outside].mean())
    best: tuple[float, str, Estimate] | None = None
    for dimension in _columns(cases, compared.what):
        if dimension.name in finding.where:
            continue
        alike = _standardised(dimension, compared, plain)
        if alike is None or not wanted:
            continue
        part = (alike.value - plain) / wanted
        if best is None or part > best[0]:
            best = part, dimension.name, alike
    return None if best is None or best[0] < MOSTLY else (best[1], best[2])


def _columns(cases: Cases, what: str) -> Iterator[Dimension]:
    """What comparable leads are alike in."""
    yield from cases.dimensions
    if what == "late":
        yield Dimension("promise", cases.promise.astype(np.int64), ())
    else:
        yield from cases.beside
    scored = np.isfinite(cases.score)
    if scored.any():
        edges = np.unique(np.quantile(cases.score[scored], np.linspace(0, 1, TENTHS + 1)[1:-1]))
        code = np.where(scored, np.searchsorted(edges, cases.score), edges.size + 1)
        yield Dimension("score", code.astype(np.int64), ())


def _standardised(dimension: Dimension, compared: _Compared, plain: float) -> Estimate | None:
    """How often it happens elsewhere, were the leads there of the values that the leads here have."""
    code = dimension.code
    size = int(code.max()) + 1

    def count(rows: Rows) -> npt.NDArray[np.float64]:
        return np.bincount(code[rows], minlength=size).astype(np.float64)

    here, there = count(compared.inside), count(compared.outside)
    known = there >= MINIMUM_COUNT
    weight = here / here.sum()
    if weight[known].sum() < COVERED:
        return None
    rate = np.where(known, count(compared.outside & compared.happened) / np.maximum(there, 1), plain)
    value = float(weight @ rate)
    error = float((weight**2 * rate * (1 - rate) / np.maximum(there, MINIMUM_COUNT)).sum() ** 0.5)
    return Estimate(value, max(value - 1.959964 * error, 0.0), min(value + 1.959964 * error, 1.0), int(there.sum()))


def _called(name: str) -> Said:
    own = {"promise": PROMISED, "score": SCORED, "hour": AT_HOUR}
    return both(own[name]) if name in own else columns_called(["budget" if name == "amount" else name])


def _with_same_leads(cases: Cases, finding: Finding) -> Finding:
    """With the other column that selects nearly the same leads, where there is one, and advice that fits both."""
    unclear = finding.kind == "rep_gap" and finding.cause in {"training", "undetermined"}
    if finding.kind not in {"segment_friction", "slow_response"} and not unclear:
        return finding
    for name, value in finding.where.items():
        whole = cases.rows({name: value})
        same = _same(cases, name, whole)
        if same is None:
            continue
        figure = share(cases.rows(same), whole)
        if not isinstance(figure, Estimate):
            continue
        ((other, its_value),) = same.items()
        told = _told(finding, {name: value}, same, _percent(figure.value))
        evidence = Evidence(f"{SAME_LEADS}{other}={its_value}", figure)
        finding = replace(finding, evidence=(*finding.evidence, evidence), text=_followed(finding.text, told))
        if other in PEOPLE:
            unnamed = filled(WORKED_BY_SOME, {"where": leads_of({name: value})})
            finding = replace(finding, facts={**finding.facts, "named": told, "unnamed": unnamed})
            if finding.kind == "segment_friction":
                together = Action(TOGETHER, filled(ASK_THEM, {"people": people_of(same)}))
                finding = replace(finding, actions=(together, *finding.actions))
        return finding
    return finding


def _same(cases: Cases, name: str, whole: Rows) -> dict[str, str] | None:
    """The value of another column that nearly the same leads have: of leads beside people, else of leads."""
    leads = [dimension.name for dimension in cases.dimensions if dimension.name not in {name, *PEOPLE}]
    alike: list[tuple[str, float]] = [(other, ALIAS) for other in leads]
    if name not in PEOPLE:
        alike = [("team", ALIAS), ("rep_id", ALIAS), *((other, THE_SAME) for other in leads)]
    for other, common in alike:
        value = alias(cases, whole, other, common)
        if value is not None:
            return {other: value}
    return None


def _told(finding: Finding, of: Mapping[str, str], same: Mapping[str, str], percent: int) -> Said:
    if finding.where.keys() & of.keys() & PEOPLE:
        return filled(THEIR_LEADS, {"share": percent, "people": people_of(of), "where": leads_of(same)})
    if same.keys() & PEOPLE:
        return filled(WORKED_BY, {"share": percent, "people": people_of(same), "where": leads_of(of)})
    return filled(BOTH_WAYS, {"share": percent, "where": leads_of(of), "other": leads_of(same)})


def _followed(text: Said, by: Said) -> dict[str, str]:
    return {language: f"{said} {by[language]}" for language, said in text.items()}


def _percent(value: float) -> int:
    return round(100 * value)
