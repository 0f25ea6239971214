"""A recycling report as text for a terminal: who came back, what follow-ups bring, when to stop, whom to relaunch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.language import gettext as _
from accord.language import ngettext
from accord.recycle.figures import RecycleReport, Relaunches, StopRule
from accord.report import formats
from accord.report.columns import Cell, Column, fitted, laid_out
from accord.report.look import Look
from accord.report.recycle.tables import (
    Table,
    category_tables,
    how_lines,
    late_words,
    return_sentences,
    segment_table,
    stop_table,
)
from accord.report.recycle.words import because_words, left_out_words
from accord.report.scope import handed_over_scope
from accord.report.value.formats import figure_words, points, share
from accord.values import Estimate

__all__ = [
    "came_back_words",
    "headline",
    "left_alone_words",
    "reaccepted_words",
    "recycle_text",
    "relaunch_sentences",
    "returned_words",
    "rule_words",
    "scope",
    "since_words",
    "title",
    "what_to_record",
    "worth_words",
]

_SHORTEST_NAME = 18


def recycle_text(report: RecycleReport, look: Look, *, more_rows: int = 0) -> str:
    """The whole report. ``more_rows`` were left away by a limit, and are said to have been."""
    parts = [_opening(report, look)]
    if report.totals.returned:
        parts += [_returns(report, look), _segments(report, look, more_rows), _stop_rule(report, look)]
        parts += [*(_category(table, look) for table in category_tables(report)), _relaunch(report, look)]
    else:
        parts.append(_nothing(report, look))
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    return look.plain("\n\n".join(blocks) + "\n")


def title(report: RecycleReport) -> str:
    """What this is about."""
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        return _("Leads that came back, by the default agreement")
    return _("Leads that came back: {agreement}, agreement version {version}").format(
        agreement=report.agreement_name, version=report.agreement_version
    )


def _opening(report: RecycleReport, look: Look) -> Iterator[str]:
    yield from (look.styled(line, "bold") for line in look.paragraph(title(report)))
    yield from (look.styled(line, "dim") for line in look.paragraph(scope(report)))
    if report.totals.returned:
        yield ""
        yield from (look.styled(line, "bold") for line in look.paragraph(headline(report)))


def scope(report: RecycleReport) -> str:
    """Which handoffs, as of when."""
    return handed_over_scope(report.as_of, report.timezone, report.start, report.end)


def headline(report: RecycleReport) -> str:
    """How many came back, how many were handed over again, and how often these are accepted."""
    return " ".join(filter(None, (returned_words(report), reaccepted_words(report))))


def returned_words(report: RecycleReport) -> str:
    """How many came back, how many were handed over again, how many wait."""
    totals = report.totals
    return ngettext(
        "{returned} of {handed} handoff came back from sales; {again} were handed over again, {waiting} are waiting.",
        "{returned} of {handed} handoffs came back from sales; {again} were handed over again, {waiting} are waiting.",
        totals.handed,
    ).format(
        returned=formats.count(totals.returned),
        handed=formats.count(totals.handed),
        again=formats.count(totals.came_back),
        waiting=formats.count(totals.waiting),
    )


def came_back_words(report: RecycleReport) -> str:
    """How many came back."""
    totals = report.totals
    return ngettext(
        "{returned} of {handed} handoff came back from sales.",
        "{returned} of {handed} handoffs came back from sales.",
        totals.handed,
    ).format(returned=formats.count(totals.returned), handed=formats.count(totals.handed))


def since_words(report: RecycleReport) -> str:
    """How many of them were handed over again, how many wait."""
    totals = report.totals
    return _("{again} were handed over again, {waiting} are waiting.").format(
        again=formats.count(totals.came_back), waiting=formats.count(totals.waiting)
    )


def reaccepted_words(report: RecycleReport) -> str:
    """How often sales accepts what is handed over again; nothing where that is not known."""
    rate = report.totals.follow.reacceptance_rate
    if not isinstance(rate, Estimate):
        return ""
    return _("Of those handed over again, sales accepts {rate} ({interval}, {n}).").format(
        rate=formats.share(rate), interval=formats.share_interval(rate), n=formats.n(rate.n)
    )


def what_to_record(report: RecycleReport) -> list[str]:
    """What to say where nothing came back: that it did not, and what to record so that follow-ups can be counted."""
    if "handoffs" not in report.recorded:
        return [_("No handoff is recorded. Import a table handoffs: handoff_id, lead_id, at.")]
    if not report.totals.handed:
        return [_("No lead was handed over to sales in these days, so none can have come back.")]
    if report.told:
        text = ngettext(
            "None of {n} handoff came back from sales.",
            "None of {n} handoffs came back from sales.",
            report.totals.handed,
        )
    else:
        text = ngettext(
            "Whether {n} handoff came back from sales is not known: no decision of sales is recorded.",
            "Which of {n} handoffs came back from sales is not known: no decision of sales is recorded.",
            report.totals.handed,
        )
    text = text.format(n=formats.count(report.totals.handed))
    return [
        f"{text} {late_words(report)}" if report.returned_late else text,
        _("What to record from now on, so that follow-ups can be counted:"),
        _("decisions with the outcome rejected, disqualified or recycled, and their reason;"),
        _("a new line in handoffs each time a lead is handed over again, with the same lead_id;"),
        _("activities and touches after it, and opportunities, so that it shows what the follow-up brought."),
    ]


def _nothing(report: RecycleReport, look: Look) -> Iterator[str]:
    said = what_to_record(report)
    for sentence in said[:2]:
        yield from look.paragraph(sentence)
    for line in said[2:]:
        yield from (f"  {text}" for text in look.paragraph(f"· {line}"))


def _returns(report: RecycleReport, look: Look) -> Iterator[str]:
    yield look.styled(_("How leads came back"), "bold")
    lines = how_lines(report)
    names = Column("", [Cell(name) for name, _text in lines])
    yield from laid_out([names, Column("", [Cell(text) for _name, text in lines], right=True)], look)
    yield from look.paragraph(" ".join(return_sentences(report)))


def _segments(report: RecycleReport, look: Look, more_rows: int) -> Iterator[str]:
    table = segment_table(report)
    if table is None:
        return
    yield look.styled(table.title, "bold")
    yield from _table(table, look)
    if more_rows:
        text = ngettext(
            "{n} more row is not shown; --limit 0 shows all.",
            "{n} more rows are not shown; --limit 0 shows all.",
            more_rows,
        )
        yield from look.paragraph(text.format(n=formats.count(more_rows)))


def _category(table: Table, look: Look) -> Iterator[str]:
    yield look.styled(table.title, "bold")
    yield from _table(table, look)
    if table.more:
        text = ngettext(
            "{n} more category with fewer follow-ups is in --json.",
            "{n} more categories with fewer follow-ups are in --json.",
            table.more,
        )
        yield from look.paragraph(text.format(n=formats.count(table.more)))


def _table(table: Table, look: Look) -> Iterator[str]:
    names = [
        Column(heading, _doubled([(cell, "") for cell in cells]), shortest=_SHORTEST_NAME)
        for heading, cells in table.names
    ]
    columns = [Column(heading, _doubled(cells), right=True, rank=rank) for heading, rank, cells in table.columns]
    laid = fitted([*names, *columns], look)
    yield from (line for line in laid.lines if line.strip())
    if laid.left_out:
        note = _("No room here for: {columns}. A wider window shows more; --json has everything.")
        for line in look.paragraph(note.format(columns=", ".join(laid.left_out))):
            yield look.styled(line, "dim")
    if table.note:
        yield from (look.styled(line, "dim") for line in look.paragraph(table.note))


def _doubled(lines: Sequence[tuple[str, str]]) -> list[Cell]:
    return [cell for line, below in lines for cell in (Cell(line), Cell(below, ("dim",)))]


def _stop_rule(report: RecycleReport, look: Look) -> Iterator[str]:
    rule = report.stop_rule
    yield look.styled(_("Is it worth trying again?"), "bold")
    if not rule.attempts:
        yield from look.paragraph(_("No lead that came back was handed over again, so there is nothing to compare."))
        return
    table = stop_table(report)
    yield from look.paragraph(table.title)
    yield from _table(table, look)
    yield from look.paragraph(rule_words(report))
    yield from (look.styled(line, "dim") for line in look.paragraph(left_alone_words()))


def left_alone_words() -> str:
    """What a follow-up is compared with."""
    return _(
        "Left alone: leads that came back in the same way, for the same reason, from the same channel and band where "
        "there are such, and that had by then waited as long without being tried."
    )


def rule_words(report: RecycleReport) -> str:
    """Up to which handoff trying again gains something."""
    rule = report.stop_rule
    open_yet = _open_words(rule)
    if rule.last_worthwhile is None:
        return open_yet or _("There are too few follow-ups old enough to tell yet whether trying again gains anything.")
    if rule.stop_before is None and open_yet:
        up_to = _("Up to handoff {last} trying again surely gains something.").format(last=rule.last_worthwhile)
        return f"{up_to} {open_yet}"
    if rule.stop_before is None:
        return _(
            "Up to handoff {last} trying again surely gains something. Beyond it there are too few to tell."
        ).format(last=rule.last_worthwhile)
    worth = formats.decimal(100 * rule.worthwhile, 0 if (100 * rule.worthwhile).is_integer() else 1)
    if rule.last_worthwhile == 1:
        return _(
            "Handing a lead over again surely gains less over leaving it alone than the {points} points that the "
            "agreement calls material."
        ).format(points=worth)
    return _(
        "Up to handoff {last} trying again surely gains something; handoff {stop} surely gains less than the {points} "
        "points that the agreement calls material. Stop before it."
    ).format(last=rule.last_worthwhile, stop=rule.stop_before, points=worth)


def _open_words(rule: StopRule) -> str:
    """Of which handoff it is not known whether it gains, though it could be compared, and which later one does; empty
    where the answer waits for follow-ups at all."""
    found = rule.undecided
    if found is None or not isinstance(gain := found.compared.gain, Estimate):
        return ""
    said = [
        _("Whether handoff {n} by itself gains something is not known yet; in points: {gain}.").format(
            n=found.attempt, gain=figure_words(gain, points())
        )
    ]
    later = next((one for one in rule.attempts if one.attempt > found.attempt and one.shows == "gain"), None)
    if later is not None:
        said.append(
            _("Handoff {n} does gain; in points: {gain}.").format(
                n=later.attempt, gain=figure_words(later.compared.gain, points())
            )
        )
    return " ".join(said)


def _relaunch(report: RecycleReport, look: Look) -> Iterator[str]:
    yield look.styled(_("Worth relaunching now"), "bold")
    for lead in report.relaunch.leads:
        chance = figure_words(lead.chance, share(), with_n=False)
        yield from look.paragraph(f"{lead.lead_id}  {chance}  {because_words(lead)}", indent=2)
    for sentence in relaunch_sentences(report):
        yield from look.paragraph(sentence)
    if report.relaunch.candidates > len(report.relaunch.leads):
        yield from look.paragraph(_("--list FILE writes all of them to a file."))


def relaunch_sentences(report: RecycleReport) -> list[str]:
    """What the chances are, and who is not in the list."""
    found, said = report.relaunch, []
    if not found.candidates:
        said.append(_("No waiting lead may be relaunched now."))
    elif found.leads and not isinstance(found.leads[0].chance, Estimate):
        text = _(
            "No chance can be given yet: it takes {need} follow-ups whose time is over, at least ten accepted and ten "
            "not; there are {n}. Until then, who showed a sign of life last comes first."
        )
        said.append(text.format(need=formats.count(found.need or 0), n=formats.count(found.learned_from)))
    else:
        text = _(
            "The share is the chance that sales accepts the lead, as {n} past follow-ups tell; the surest come first, "
            "by the low end of the interval."
        )
        said.append(text.format(n=formats.count(found.learned_from)))
    if found.candidates:
        said.append(worth_words(found))
    left = [left_out_words(reason, count) for reason, count in found.left_out.items() if count]
    if left:
        said.append(_("Not listed: {left}.").format(left=formats.sequence(left)))
    return said


def worth_words(found: Relaunches) -> str:
    """How many of the leads that may be relaunched are worth it, as far as past follow-ups tell."""
    said = [
        ngettext(
            "{n} waiting lead may be relaunched.", "{n} waiting leads may be relaunched.", found.candidates
        ).format(n=formats.count(found.candidates))
    ]
    if not found.gains:
        said.append(_("Of none is it known that trying again gains anything over leaving it alone."))
    elif found.gains == found.candidates:
        said.append(_("Trying them again surely gains something over leaving them alone."))
    else:
        said.append(
            ngettext(
                "For {n} of them trying again surely gains something over leaving it alone; for the others that is "
                "not known.",
                "For {n} of them trying again surely gains something over leaving them alone; for the others that is "
                "not known.",
                found.gains,
            ).format(n=formats.count(found.gains))
        )
    if found.gains and found.sure is not None:
        said.append(
            _("Begin with the {n} whose chance reaches the agreed floor of {floor} even at its low end.").format(
                n=formats.count(found.sure), floor=formats.percent(found.floor)
            )
            if found.sure
            else _("None has a chance whose low end reaches the agreed floor of {floor}.").format(
                floor=formats.percent(found.floor)
            )
        )
    return " ".join(said)
