"""What people read of a finding, and what to do about it: in both languages, and never about a person's worth."""

from __future__ import annotations

from collections.abc import Mapping

from accord.diagnosis.phrases import between, filled, leads_of, number, people_of, the_day
from accord.diagnosis.report import Action, Finding, Texts
from accord.language import mark
from accord.values import Estimate, Figure

__all__ = ["ACTIONS", "SENTENCES", "actions_for", "sentence"]

SENTENCES: Mapping[str, str] = {
    "durably_low": mark(
        "Sales accepts {rate}% of what it is handed, month after month: {points} points below the agreed floor."
    ),
    "sudden_drop": mark(
        "Since {since}, sales accepts {points} points less than before, whatever the lead: about {lost} acceptances."
    ),
    "sudden_drop in": mark(
        "Since {since}, leads {where} are accepted {points} points less than before, and the others are not: "
        "about {lost} acceptances."
    ),
    "mix_shift": mark(
        "Since {since}, leads {where} are {share}% of what is handed over; before, they were {before}%. They "
        "are accepted less often than others, so the whole rate lost {points} points though no kind of lead "
        "fares worse."
    ),
    "mix_shift away": mark(
        "Since {since}, leads {where} are only {share}% of what is handed over; before, they were {before}%. They "
        "are accepted more often than others, so the whole rate lost {points} points though no kind of lead fares "
        "worse."
    ),
    "segment_friction": mark(
        "Leads {where} are accepted {points} points less than comparable leads: about {lost} acceptances."
    ),
    "segment_model": mark(
        "Leads {where} are accepted {points} points more than comparable leads: the ones to have more of."
    ),
    "overweighted_signal": mark(
        "“{label}” brings {granted} points; acceptance supports about {supported} ({low} to {high}). {leads} leads "
        "crossed the threshold only because of the difference, and are accepted {points} points less than the others."
    ),
    "underweighted_signal": mark(
        "“{label}” brings {granted} points; acceptance supports about {supported} ({low} to {high}). The {leads} "
        "leads that have it are accepted {points} points more than others of the same score; others that have it may "
        "never reach the threshold."
    ),
    "rep_gap training": mark(
        "For {people}, the acceptance rate is {points} points below that of comparable leads elsewhere, and only for "
        "these: it looks like a kind of lead that nobody has trained for."
    ),
    "rep_gap resistance": mark(
        "For {people}, the acceptance rate is {points} points below that of comparable leads elsewhere, whatever the "
        "lead, and refusals come with few reasons or little effort: something about these leads is not believed in. "
        "Ask what."
    ),
    "rep_gap overload": mark(
        "For {people}, the acceptance rate is {points} points below that of comparable leads elsewhere, and more leads "
        "arrive each week than can be worked: the load, before anything else."
    ),
    "rep_gap territory": mark(
        "Leads {where} are accepted {points} points less than comparable leads elsewhere, and those accepted become "
        "deals less often: the territory, not the people who work it."
    ),
    "rep_gap territory routed": mark(
        "Leads {where} are accepted {points} points less than comparable leads elsewhere, and refused for whose they "
        "are or where they are: the way they are routed, not the people who get them."
    ),
    "rep_gap undetermined": mark(
        "For {people}, the acceptance rate is {points} points below that of comparable leads elsewhere. The data do "
        "not say why: ask before concluding."
    ),
    "slow_response": mark(
        "Leads {where} wait beyond the promise of {hours} hours {points} points more often than comparable leads: "
        "{late} answers came late."
    ),
    "slow_response by class": mark(
        "Leads {where} are answered later than promised {points} points more often than comparable leads: {late} "
        "answers came late ({promises})."
    ),
    "slow_response queue": mark(
        "Leads {where} wait beyond the promise of {hours} hours {points} points more often than comparable leads: "
        "{late} answers came late, most of them because more leads came than can be worked."
    ),
    "slow_response people": mark(
        "Leads {where} wait beyond the promise of {hours} hours {points} points more often than comparable leads: "
        "{late} answers came late, most of them though there was room that week."
    ),
    "slow_response system": mark(
        "Leads {where} are handed over more than {hours} hours after they qualified {points} points more often than "
        "comparable leads: {late} handoffs came late, before anybody in sales could answer."
    ),
    "token_effort": mark(
        "For {people}, {share}% of acceptances are followed by one short or unanswered call and nothing else; "
        "elsewhere {before}%."
    ),
    "token_effort ghost": mark(
        "For {people}, {share}% of acceptances are followed by no real action within {days} days; elsewhere {before}%."
    ),
    "rubber_stamp": mark(
        "For {people}, {share}% of decisions are acceptances, whatever the lead is worth: {points} points more than "
        "comparable leads elsewhere. These acceptances say little."
    ),
    "definition_gap": mark(
        "{share}% of the leads that sales worked were never decided. The rate counts them as not accepted."
    ),
    "definition_gap accepted": mark(
        "{share}% of the leads that sales worked were never decided. The rate counts them as accepted, though nobody "
        "said so."
    ),
    "definition_gap accepted in": mark(
        "{share}% of the leads {where} that sales worked were never decided; elsewhere {before}%. The rate counts "
        "them as accepted, though nobody said so."
    ),
    "definition_gap in": mark(
        "{share}% of the leads {where} that sales worked were never decided; elsewhere {before}%. The rate counts "
        "them as not accepted."
    ),
    "definition_gap ghost": mark(
        "{share}% of acceptances are followed by no real action within {days} days: fewer leads are worked than the "
        "rate says."
    ),
    "definition_gap ghost in": mark(
        "{share}% of acceptances of leads {where} are followed by no real action within {days} days; elsewhere "
        "{before}%."
    ),
    "not_measurable": mark("The data have no {field}: what depends on it cannot be said."),
    "not_measurable handoffs": mark(
        "No handoff is recorded: which leads sales was given, when and to whom is unknown."
    ),
    "not_measurable decisions": mark("No decision of sales is recorded: which leads it accepted cannot be said."),
    "not_measurable activities": mark(
        "No call, e-mail or meeting is recorded: whether leads are worked cannot be said."
    ),
    "not_measurable activities.rep_id": mark(
        "Activities follow accepted leads, but none counts as a real action of who received the lead: who does nothing "
        "cannot be said."
    ),
    "not_measurable decisions.reason": mark("No refusal says why: whether it is the leads or the routing is unknown."),
    "not_measurable handoffs.rep_id": mark("No handoff names who received the lead: people cannot be compared."),
}
"""One sentence per kind (and cause)."""

SINCE = mark("Since {since}: {rest}")
SINCE_BEFORE = mark("Since {since} ({before}% of the same people's leads were accepted before, {here}% since): {rest}")
"""A gap of people that began at some time, and what they accepted before."""

ACTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "durably_low": (
        ("review_criteria", mark("Read 30 refused leads together and settle which criterion let them through.")),
        ("raise_threshold", mark("Replay a higher threshold on last quarter's leads before agreeing on it.")),
    ),
    "sudden_drop": (
        (
            "find_the_change",
            mark("List what changed {between}: campaigns, forms, routing, people, promises."),
        ),
        ("refuse_with_reason", mark("For four weeks, ask for a reason on every refusal of leads {where}.")),
    ),
    "sudden_drop everywhere": (
        (
            "find_the_change",
            mark("List what changed {between}: campaigns, forms, routing, people, promises."),
        ),
        ("refuse_with_reason", mark("For four weeks, ask for a reason on every refusal.")),
    ),
    "mix_shift": (
        ("agree_the_mix", mark("Agree which share leads {where} are to have, and move the budget to it.")),
        ("stricter_entry", mark("Ask more of leads {where} before they are handed over.")),
    ),
    "segment_friction": (
        ("stricter_entry", mark("Ask more of leads {where} before they are handed over.")),
        (
            "read_refusals",
            mark("Read 20 refusals of leads {where} together and write what is missing into the agreement."),
        ),
    ),
    "segment_model": (("more_of_these", mark("Find out what brings leads {where}, and move budget to it.")),),
    "rep_gap training": (
        ("train", mark("With {people}: work through ten recent ones together with somebody at ease with them.")),
    ),
    "rep_gap resistance": (
        ("listen", mark("With {people}: go through ten refused leads. What would have made them worth a call?")),
    ),
    "rep_gap overload": (
        (
            "share_the_load",
            mark("Route part of the leads of {people} to colleagues with room, or lower the weekly cap."),
        ),
    ),
    "rep_gap territory": (
        ("review_territory", mark("Look at what is sold to leads {where}, and set threshold and target by it.")),
    ),
    "rep_gap territory routed": (
        ("review_routes", mark("Settle who works leads {where}, and write it into the routes of the agreement.")),
    ),
    "rep_gap undetermined": (
        ("listen", mark("With {people}: go through ten refused leads. What would have made them worth a call?")),
    ),
    "slow_response": (
        (
            "cover_the_queue",
            mark("Name who answers leads {where} when the owner cannot, and alert at half the promise."),
        ),
    ),
    "slow_response queue": (
        (
            "share_the_queue",
            mark("In weeks that bring more than can be worked, route leads {where} to colleagues with room."),
        ),
        ("cap_the_queue", mark("Agree on a capacity per week, and on who is next once it is reached.")),
    ),
    "slow_response system": (
        (
            "hand_over_at_once",
            mark("Hand leads {where} over as they qualify: look for the list, the sync or the approval they wait in."),
        ),
    ),
    "token_effort": (
        (
            "agree_on_effort",
            mark("With {people}: agree how many attempts, over how many days, an accepted lead is owed."),
        ),
    ),
    "rubber_stamp": (
        (
            "judge_a_sample",
            mark("With {people}: judge 20 accepted leads blind, marketing and sales apart, and compare."),
        ),
    ),
    "definition_gap": (
        (
            "decide_where_it_is_worked",
            mark("Have the decision recorded with the first contact: one field, one key press (leads {where})."),
        ),
    ),
    "definition_gap everywhere": (
        (
            "decide_where_it_is_worked",
            mark("Have the decision recorded with the first contact: one field, one key press."),
        ),
    ),
    "definition_gap ghost": (
        (
            "count_what_is_worked",
            mark("Let a lead count as accepted once somebody has worked it (definition: worked in the agreement)."),
        ),
        (
            "remind_the_owner",
            mark("Remind the owner of an accepted lead that nobody has worked before its time is over."),
        ),
    ),
    "not_measurable": (("record_it", mark("Record {field} from now on; four weeks of it already tell.")),),
    "not_measurable handoffs": (("record_it", mark("Record every handoff from now on: lead, moment, rep and team.")),),
    "not_measurable decisions": (("record_it", mark("Record what sales decides on every lead from now on.")),),
    "not_measurable activities": (("record_it", mark("Import calls, e-mails and meetings from the sales tool.")),),
    "not_measurable activities.rep_id": (
        ("record_it", mark("Import whose each activity was, or let anybody's count (real_action: by: anyone).")),
    ),
    "not_measurable decisions.reason": (
        ("record_it", mark("Ask for one of the agreed reasons on every refusal from now on; four weeks already tell.")),
    ),
    "not_measurable handoffs.rep_id": (("record_it", mark("Record with every handoff who receives the lead.")),),
}
"""What to do, by kind (and cause): a stable code and a sentence."""


def sentence(finding: Finding, **more: object) -> Texts:
    """The finding in a sentence."""
    key = _key(finding)
    if more.get("counted_as_accepted"):
        key = "definition_gap accepted"
    if finding.kind in {"definition_gap", "sudden_drop"} and finding.where:
        key = f"{key} in"
    if finding.kind == "slow_response" and more.get("promises"):
        key = "slow_response by class"
    if finding.kind == "mix_shift" and _percent(_first(finding, "share_after")) < _percent(
        _first(finding, "share_before")
    ):
        key = "mix_shift away"
    text = filled(SENTENCES[key], {**_values(finding), **more})
    if finding.kind == "rep_gap" and finding.since is not None:
        rest = {language: f"{said[:1].lower()}{said[1:]}" for language, said in text.items()}
        values: dict[str, object] = {"since": the_day(finding.since), "rest": rest}
        rates = {one.what: one.value for one in finding.evidence}
        here, before = rates.get("rate"), rates.get("rate_before")
        if isinstance(here, Estimate) and isinstance(before, Estimate):
            text = filled(SINCE_BEFORE, {**values, "here": _percent(here), "before": _percent(before)})
        else:
            text = filled(SINCE, values)
    return text


def actions_for(finding: Finding) -> tuple[Action, ...]:
    """What to do about it; of points :func:`accord.diagnosis.how_far.actions_on_points` says it."""
    key = _key(finding)
    if key in {"definition_gap", "sudden_drop"} and not finding.where:
        key = f"{key} everywhere"
    if key in {"token_effort ghost", "slow_response people"}:
        key = finding.kind
    values = _values(finding)
    return tuple(Action(code, filled(message, values)) for code, message in ACTIONS[key])


def _values(finding: Finding) -> dict[str, object]:
    share, before = _shares(finding)
    lost = finding.lost_acceptances
    values: dict[str, object] = {
        "where": leads_of(finding.where),
        "people": people_of(finding.where),
        "field": finding.where.get("field", ""),
        "since": the_day(finding.since) if finding.since else "",
        "between": between(finding.since, finding.since_low, finding.since_high) if finding.since else "",
        "points": number(_percent(finding.effect)),
        "lost": number(abs(lost.value)) if isinstance(lost, Estimate) else "?",
        "leads": number(finding.leads),
        "share": share,
        "before": before,
        "rate": share,
    }
    for name, value in finding.facts.items():
        values[name] = number(value, 1) if isinstance(value, float | int) else value
    return values


def _key(finding: Finding) -> str:
    said = {one.what for one in finding.evidence}
    if finding.cause == "territory" and "routing_refusals" in said and "deals_from_accepted" not in said:
        return "rep_gap territory routed"
    if "ghost" in said:
        return f"{finding.kind} ghost"
    whose = finding.facts.get("whose")
    if isinstance(whose, Mapping) and whose["en"]:
        return f"{finding.kind} {whose['en']}"
    if finding.kind == "not_measurable":
        key = f"not_measurable {finding.where['field']}"
        return key if key in SENTENCES else finding.kind
    return f"rep_gap {finding.cause}" if finding.kind == "rep_gap" else finding.kind


def _shares(finding: Finding) -> tuple[int, int]:
    first = finding.evidence[0].value if finding.evidence else finding.effect
    other = next(
        (e.value for e in finding.evidence if e.what.endswith("before") or e.what.endswith("elsewhere")), finding.effect
    )
    return _percent(first), _percent(other)


def _first(finding: Finding, what: str) -> Figure:
    return next((e.value for e in finding.evidence if e.what == what), finding.effect)


def _percent(figure: Figure) -> int:
    return round(abs(figure.value) * 100) if isinstance(figure, Estimate) else 0
