"""Handing over as text for a terminal: who goes to whom and why, who stays, how full everybody is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.qualification.crossing import Stays
from accord.qualification.freezing import points
from accord.qualification.planning import HandedOver, HandoffReport, PersonLoad
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.condition_words import fact_words, number
from accord.report.history_words import history_words
from accord.report.look import Look
from accord.report.words import dimension_name
from accord.store.handing import FrozenTrace

__all__ = ["frozen_text", "handoff_text"]

MOST_SHOWN = 20
"""Leads that are told one by one; the CSV file has them all."""

STAYING: Mapping[str, str] = {
    "accepted": mark("sales has accepted them"),
    "with_sales": mark("sales has them and has not answered yet"),
    "refused": mark("sales refused them"),
    "unanswered": mark("handed over once, and nobody answered"),
    "not_active_again": mark("given back, and not active since"),
    "deal": mark("a deal is open or won already"),
    "handed_later": mark("handed over after this moment"),
    "disqualified": mark("the agreement disqualifies them"),
    "held": mark("held back by a person"),
    "judged_down": mark("judged down by a person"),
    "below": mark("below the threshold"),
    "beyond_limit": mark("beyond --limit"),
    "meanwhile": mark("changed while this ran"),
}
"""What is said of all leads that stay for one reason; what is not named here waits for room."""

FOR_EVER = frozenset({"no_such_person", "territory_unworked", "none_takes_leads"})
"""Reasons for which leads wait until somebody changes the agreement or the data."""

WAITING = mark("waiting: those who could take them are full, or there is nobody")


def handoff_text(report: HandoffReport, look: Look) -> str:
    """The sentence, the leads with their reasons, who stays and why, and everybody's week."""
    parts = [_opening(report, look), _handed(report, look), _staying(report, look), _people(report, look)]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _opening(report: HandoffReport, look: Look) -> Iterator[str]:
    many = len(report.handed)
    if not many:
        text = _("No lead goes to sales now.")
    elif report.dry_run:
        text = ngettext("{n} lead would go to sales.", "{n} leads would go to sales.", many)
    else:
        text = ngettext("{n} lead goes to sales.", "{n} leads go to sales.", many)
    yield look.styled(text.format(n=formats.count(many)), "bold")
    said = _("As of {moment} ({timezone}), by the agreement {name}, version {version}.").format(
        moment=formats.moment(report.moment, report.agreement.timezone),
        timezone=report.agreement.timezone,
        name=report.agreement.name,
        version=report.agreement.version,
    )
    yield from look.paragraph(said)
    if report.past:
        for sentence in history_words(report.how):
            yield from look.paragraph(sentence)
    if report.dry_run:
        yield from look.paragraph(_("Nothing was written: this is a rehearsal (--dry-run)."))


def _handed(report: HandoffReport, look: Look) -> Iterator[str]:
    for each in report.handed[:MOST_SHOWN]:
        yield look.styled(_head(each), "bold")
        yield from look.paragraph(" ".join(said.sentence() for said in (*each.why, *each.to_whom)), 2)
    if len(report.handed) > MOST_SHOWN:
        more = len(report.handed) - MOST_SHOWN
        yield ngettext("… and {n} more: --csv FILE lists all.", "… and {n} more: --csv FILE lists all.", more).format(
            n=formats.count(more)
        )


def _head(each: HandedOver) -> str:
    band = _(", band {band}").format(band=each.band) if each.band is not None else ""
    score = number(points(each.score))
    if each.rep_id is not None and each.team is not None:
        whom = _("to {rep}, team {team}").format(rep=each.rep_id, team=each.team)
    elif each.rep_id is not None:
        whom = _("to {rep}").format(rep=each.rep_id)
    elif each.team is not None:
        whom = _("to team {team}").format(team=each.team)
    else:
        whom = _("to sales, nobody in particular")
    return _("{lead} ({score} points{band}) {whom}").format(lead=each.lead_id, score=score, band=band, whom=whom)


def _staying(report: HandoffReport, look: Look) -> Iterator[str]:
    if not report.stays:
        return
    if len(report.stays) == 1:
        (one,) = report.stays
        yield from look.paragraph(_("{lead} stays: {reason}").format(lead=one.lead_id, reason=one.reason.sentence()))
        return
    heading = ngettext("{n} other lead stays", "{n} other leads stay", len(report.stays))
    yield look.styled(heading.format(n=formats.count(len(report.stays))), "bold")
    by_word: dict[str, list[Stays]] = {}
    for each in report.stays:
        by_word.setdefault(_why_all(each), []).append(each)
    rows = sorted(by_word.items(), key=lambda item: (-len(item[1]), item[0]))
    numbers = Column("", [Cell(formats.count(len(those))) for _word, those in rows], right=True)
    yield from laid_out([numbers, Column("", [Cell(word) for word, _those in rows])], look)


def _why_all(stays: Stays) -> str:
    """What is said of all that stay for this reason; what only whoever keeps the agreement can mend is said in full."""
    if stays.reason.code in FOR_EVER:
        return stays.reason.sentence()
    return _(STAYING.get(stays.reason.code, WAITING))


def _people(report: HandoffReport, look: Look) -> Iterator[str]:
    busy = [each for each in report.people if each.now]
    if not busy:
        return
    yield look.styled(_("This week"), "bold")
    yield from laid_out(
        [
            Column(_("Person"), [Cell(each.rep_id) for each in busy]),
            Column(_("team"), [Cell(each.team or "") for each in busy], rank=1),
            Column(_("before"), [Cell(formats.count(each.before)) for each in busy], right=True),
            Column(_("now"), [Cell(formats.count(each.now)) for each in busy], right=True),
            Column(_("capacity"), [Cell(_capacity(each)) for each in busy], right=True),
        ],
        look,
    )


def _capacity(each: PersonLoad) -> str:
    if each.capacity is None:
        return ""
    return (
        formats.count(int(each.capacity)) if each.capacity == int(each.capacity) else formats.decimal(each.capacity, 1)
    )


def frozen_text(kept: FrozenTrace, look: Look) -> str:
    """What a lead was handed over with, as it was then, whatever agreement and lead say today."""
    trace: dict[str, Any] = json.loads(kept.trace)
    lines = [look.styled(_("{lead} as it was handed over").format(lead=kept.lead_id), "bold")]
    if not kept.intact:
        lines += look.paragraph(_("This is not what was kept: somebody changed it in the database."))
    said = _(
        "{handoff}: {score} points, threshold {threshold}, on {day}, by version {version} of the agreement."
    ).format(
        handoff=kept.handoff_id,
        score=number(trace["score"]),
        threshold=number(trace["threshold"]),
        day=formats.day(_day_of(trace)),
        version=trace["agreement"],
    )
    lines += look.paragraph(said)
    for reason in (*trace["reasons"], *trace["to_whom"]["reasons"]):
        lines += look.paragraph(reason["text"][current_language()], 2)
    lines.append("")
    entries = trace["trace"]
    if entries:
        lines += laid_out(
            [
                Column(_("points"), [Cell(_signed(entry["points"])) for entry in entries], right=True),
                Column(_("criterion"), [Cell(entry["label"][current_language()]) for entry in entries]),
                Column(_("because"), [Cell(_because(entry["because"])) for entry in entries], rank=1),
            ],
            look,
        )
    if trace["missing"]:
        lines += [
            "",
            *look.paragraph(
                _("Missing then: {fields}.").format(
                    fields=formats.enumeration([dimension_name(field) for field in trace["missing"]])
                )
            ),
        ]
    return look.plain("\n".join(lines).rstrip() + "\n")


def _day_of(trace: Mapping[str, Any]) -> date:
    """The day of the handoff; UTC, as what is kept names no time zone."""
    return datetime.fromisoformat(trace["as_of"]).astimezone(UTC).date()


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else '−'}{number(abs(points))}"


def _because(because: Mapping[str, Any]) -> str:
    if "touches" in because:
        touches = int(because["touches"])
        return ngettext("{n} touch, on {day}", "{n} touches, the last on {day}", touches).format(
            n=formats.count(touches), day=formats.day(date.fromisoformat(because["last"]))
        )
    facts = [because, *because.get("also", [])]
    return ", ".join(fact_words(fact["field"], fact["value"]) for fact in facts)
