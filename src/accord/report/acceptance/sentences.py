"""What an acceptance report says in whole sentences; the terminal and the page print the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from accord.acceptance.figures import AcceptanceAnswer, AcceptanceReport, AcceptanceRow
from accord.agreement.model import Definition
from accord.language import gettext as _
from accord.language import ngettext
from accord.report import formats
from accord.report.scope import handed_over_scope
from accord.report.words import definition_meaning, definition_name, dimension_name, why_unknown
from accord.typed import as_typed
from accord.values import Estimate, Figure, Unknown

__all__ = [
    "bounds_sentence",
    "chosen_definition",
    "definition_sentence",
    "figure_words",
    "headline",
    "interval_words",
    "left_out_sentences",
    "next_step",
    "no_room_sentence",
    "not_audited_sentence",
    "not_in_the_mean",
    "open_sentence",
    "scope_sentence",
    "table_title",
    "title",
    "unmatched_handoffs",
    "verdict_sentence",
]


def headline(totals: AcceptanceRow, *, in_span: bool = False, unmatched: int = 0) -> str:
    """The one sentence to remember, without a full stop: the rate, of how many leads (of a span of days, or all).

    ``unmatched``: handoffs that are recorded, and whose leads are not.
    """
    if not totals.handed:
        if in_span:
            return _("No lead was handed over to sales in these days")
        if unmatched:
            return ngettext(
                "{n} handoff is recorded, and its lead is not: nothing can be counted",
                "{n} handoffs are recorded, and none of their leads: nothing can be counted",
                unmatched,
            ).format(n=formats.count(unmatched))
        return _("No lead has been handed over to sales yet")
    if isinstance(totals.rate, Unknown):
        return _("The acceptance rate is not known yet")
    return ngettext(
        "Sales accepts {rate} of the {n} lead handed over",
        "Sales accepts {rate} of the {n} leads handed over",
        totals.handed,
    ).format(rate=formats.share(totals.rate), n=formats.count(totals.handed))


def unmatched_handoffs(report: AcceptanceReport) -> int:
    """How many handoffs are recorded whose leads are not."""
    return report.left_out.get("handoffs_of_unknown_leads", 0)


def next_step(totals: AcceptanceRow, *, unmatched: int = 0) -> str:
    """What to do where no handoff counts, and so there is nothing to measure; empty otherwise."""
    if totals.handed:
        return ""
    if unmatched:
        return _(
            "A handoff counts once its lead is known. Import the leads too, in any order; if they are here already, "
            "their lead_id is written in another way in the two tables. {audit} names some of them."
        ).format(audit=as_typed("audit"))
    return _(
        "Acceptance counts handoffs: when which lead was given to sales. Import a table handoffs, or let "
        "{rehearse} show which column of your export says it; {audit} tells what the data can carry."
    ).format(rehearse=as_typed(_("import PATH --dry-run")), audit=as_typed("audit"))


def interval_words(rate: Figure) -> str:
    """The interval and the count behind a rate: "95% interval 43–51%, n = 812"; why there is none, if so."""
    if isinstance(rate, Unknown):
        return why_unknown("rate", rate.reason, rate.need)
    words = _("{level} interval {interval}, {n}").format(
        level=formats.percent(rate.level), interval=formats.share_interval(rate), n=formats.n(rate.n)
    )
    if rate.date_bounds is not None:
        words += _("; between {low} and {high} for want of hours in some dates").format(
            low=formats.percent(rate.date_bounds.low), high=formats.percent(rate.date_bounds.high)
        )
    return words


def verdict_sentence(rate: Figure, floor: float, target: float) -> str:
    """How the rate stands to the agreed floor and target, no surer than its interval allows."""
    words = {"floor": formats.percent(floor), "target": formats.percent(target)}
    if isinstance(rate, Unknown):
        return _("The agreed floor is {floor}, the target {target}.").format(**words)
    if rate.high < floor:
        text = _("That is below the agreed floor of {floor}; the target is {target}.")
    elif rate.low < floor:
        text = _("That is near the agreed floor of {floor}, too near to say on which side; the target is {target}.")
    elif rate.high < target:
        text = _("That is above the agreed floor of {floor} and below the target of {target}.")
    elif rate.low < target:
        text = _("That is above the agreed floor of {floor} and near the target of {target}.")
    else:
        text = _("That meets the agreed target of {target}; the floor is {floor}.")
    return text.format(**words)


def definition_sentence(report: AcceptanceReport, answer: AcceptanceAnswer) -> str:
    """What "accepted" means in this answer, and who chose that."""
    if answer.definition == report.chosen:
        return chosen_definition(report.chosen, report.chosen_because)
    asked = _("You asked for it; the definition that counts is “{chosen}”.")
    return f"{_meant_by(answer.definition)} {asked.format(chosen=definition_name(report.chosen))}"


def chosen_definition(
    definition: Definition, because: Literal["agreement", "decisions_recorded", "no_decisions"]
) -> str:
    """What "accepted" means by the definition that counts, and why it is the one."""
    why = {
        "agreement": _("The agreement names it."),
        "decisions_recorded": _("The agreement names none; it counts because sales records its decisions."),
        "no_decisions": _("The agreement names none; it counts because no decision of sales is recorded."),
    }[because]
    return f"{_meant_by(definition)} {why}"


def _meant_by(definition: Definition) -> str:
    return _("Accepted means: {meaning} (definition “{name}”).").format(
        meaning=definition_meaning(definition), name=definition_name(definition)
    )


def open_sentence(answer: AcceptanceAnswer) -> str:
    """How much is still undecided, and what the rate makes of it; empty when everything is over."""
    totals = answer.totals
    if not totals.open:
        return ""
    return ngettext(
        "{n} lead is still open, with up to {days} days to be answered: the rate counts it as far as it has come.",
        "{n} leads are still open, with up to {days} days to be answered: the rate counts each as far as it has come.",
        totals.open,
    ).format(n=formats.count(totals.open), days=answer.window_days)


def not_in_the_mean(totals: AcceptanceRow) -> str:
    """Whom the weighted delay leaves out, a mean over leads that were answered; empty when nothing is open."""
    if not totals.open:
        return ""
    return ngettext(
        "The {n} lead still open is not in it.", "The {n} leads still open are not in it.", totals.open
    ).format(n=formats.count(totals.open))


def bounds_sentence(totals: AcceptanceRow) -> str:
    """The plain ratio, and between which values it must end once nothing is open."""
    if isinstance(totals.raw_rate, Unknown):
        return ""
    sentence = _("Raw rate: {accepted} accepted of {handed} handed over = {rate} ({interval}).").format(
        accepted=formats.count(totals.accepted),
        handed=formats.count(totals.handed),
        rate=formats.share(totals.raw_rate),
        interval=interval_words(totals.raw_rate),
    )
    if not totals.open:
        return sentence
    bounds = (totals.open_bounds.low, totals.open_bounds.high)
    low, high = (formats.percent(bound) for bound in bounds)
    if low == high:
        low, high = (formats.percent(bound, 1) for bound in bounds)
    ends = _("It will end between {low} and {high} once all are decided.").format(low=low, high=high)
    if low == high:
        ends = _("It will stay at {rate}, whatever becomes of them.").format(rate=low)
    return f"{sentence} {ends}"


def title(report: AcceptanceReport) -> str:
    """What this is about."""
    if (report.agreement_name, report.agreement_version) == ("default", "0"):
        return _("Lead acceptance, by the default agreement")
    return _("Lead acceptance: {agreement}, agreement version {version}").format(
        agreement=report.agreement_name, version=report.agreement_version
    )


def scope_sentence(report: AcceptanceReport) -> str:
    """Which leads, as of when."""
    return handed_over_scope(report.as_of, report.timezone, report.start, report.end)


def left_out_sentences(report: AcceptanceReport) -> list[str]:
    """What the figures could not use, one sentence per reason; accord audit says more."""
    return [_left_out(reason, rows) for reason, rows in sorted(report.left_out.items()) if rows]


def _left_out(reason: str, rows: int) -> str:
    known = {
        "handoffs_of_unknown_leads": ngettext(
            "{n} handoff is left out: its lead is not in the data.",
            "{n} handoffs are left out: their leads are not in the data.",
            rows,
        ),
        "decisions_of_unknown_handoffs": ngettext(
            "{n} decision is left out: the handoff it answers is not in the data.",
            "{n} decisions are left out: the handoffs they answer are not in the data.",
            rows,
        ),
        "decisions_of_unknown_leads": ngettext(
            "{n} decision is left out: its lead is not in the data.",
            "{n} decisions are left out: their leads are not in the data.",
            rows,
        ),
        "activities_of_unknown_leads": ngettext(
            "{n} activity is left out: its lead is not in the data.",
            "{n} activities are left out: their leads are not in the data.",
            rows,
        ),
    }
    other = ngettext("{n} row is left out: {reason}.", "{n} rows are left out: {reason}.", rows)
    return known.get(reason, other).format(n=formats.count(rows), reason=reason.replace("_", " "))


def table_title(report: AcceptanceReport) -> str:
    """What the rows of a report are cut by: "By channel", "By month"."""
    unit = {"week": _("week"), "month": _("month"), "quarter": _("quarter"), None: ""}[report.period]
    parts = [*(dimension_name(dimension) for dimension in report.dimensions), *([unit] if unit else [])]
    return _("By {cut}").format(cut=" × ".join(parts)) if parts else ""


def no_room_sentence(columns: Sequence[str]) -> str:
    """What a terminal is too narrow for, and where it is; empty when it shows everything."""
    if not columns:
        return ""
    return _("No room here for: {columns}. A wider window shows more; --csv and --html have everything.").format(
        columns=", ".join(columns).rstrip(".")  # an abbreviation's stop is the sentence's too
    )


def not_audited_sentence() -> str:
    """What to do where no grade can stand beside the figures."""
    return _(
        "These data have changed since they were last audited, or never were: {audit} says what they can carry."
    ).format(audit=as_typed("audit"))


def figure_words(name: str, figure: Figure) -> str:
    """A share with its interval and n, or why there is none."""
    if isinstance(figure, Estimate):
        return f"{formats.share(figure)} ({interval_words(figure)})"
    return why_unknown(name, figure.reason, figure.need)
