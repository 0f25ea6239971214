"""One thing wrong at a time: what is done to a clean company, and what the audit must then count, by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accord.agreement.model import Agreement
from audit import spoilt_people, spoilt_records, spoilt_times
from audit.company import AGREEMENT, Tables
from audit.spoiling import Expected

__all__ = ["SCENARIOS", "Scenario"]


@dataclass(frozen=True)
class Scenario:
    """``spoil`` changes the tables in place and says what is to be found."""

    spoil: Callable[[Tables], Expected]
    agreement: Agreement = AGREEMENT
    more: Mapping[str, Any] = field(default_factory=dict)


SCENARIOS: Mapping[str, Scenario] = {
    spoil.__name__: Scenario(spoil)
    for spoil in (
        spoilt_records.nothing_handed_over,
        spoilt_records.no_decisions,
        spoilt_records.no_activities,
        spoilt_records.no_reps,
        spoilt_records.leads_never_handed_over,
        spoilt_records.later_than_as_of,
        spoilt_records.handoffs_of_unknown_leads,
        spoilt_records.decisions_of_nothing,
        spoilt_records.activities_of_unknown_leads,
        spoilt_records.other_orphans,
        spoilt_records.unknown_reps,
        spoilt_records.merge_rings,
        spoilt_records.merge_chains,
        spoilt_records.duplicate_leads,
        spoilt_records.test_leads,
        spoilt_records.null_like_words,
        spoilt_records.spelling_variants,
        spoilt_records.spend_without_leads,
        spoilt_records.leads_without_spend,
        spoilt_records.foreign_currency,
        spoilt_records.wins_without_amount,
        spoilt_records.orders_of_nobody,
        spoilt_times.handoff_dates,
        spoilt_times.decision_dates,
        spoilt_times.activity_dates,
        spoilt_times.night_masses,
        spoilt_times.round_hours,
        spoilt_times.outside_hours,
        spoilt_times.shifted_clock,
        spoilt_times.clocks_disagree,
        spoilt_times.decisions_before_handoff,
        spoilt_times.decisions_without_handoff,
        spoilt_times.late_decisions,
        spoilt_times.late_changes,
        spoilt_times.simultaneous_decisions,
        spoilt_times.contradicting_decisions,
        spoilt_times.handoffs_before_lead,
        spoilt_times.handoffs_at_creation,
        spoilt_times.doubled_handoffs,
        spoilt_times.first_touch_ever,
        spoilt_times.one_date_per_lead,
        spoilt_times.one_activity_per_lead,
        spoilt_times.deals_before_lead,
        spoilt_times.deals_closed_before_opened,
        spoilt_people.owner_missing,
        spoilt_people.one_owner,
        spoilt_people.passed_on,
        spoilt_people.decided_by_others,
        spoilt_people.actions_of_nobody,
        spoilt_people.ghosts_of_nobody,
        spoilt_people.unworked_of_nobody,
        spoilt_people.worked_by_others,
        spoilt_people.batch_decisions,
        spoilt_people.late_clean_ups,
        spoilt_people.period_end_decisions,
        spoilt_people.instant_decisions,
        spoilt_people.instant_actions,
        spoilt_people.clockwork_decisions,
        spoilt_people.clockwork_actions,
        spoilt_people.activity_bursts,
        spoilt_people.mailings,
        spoilt_people.activity_heaps,
        spoilt_people.round_the_clock,
        spoilt_people.automated_share,
        spoilt_people.automation_not_recorded,
        spoilt_people.direction_not_recorded,
        spoilt_people.undecided,
        spoilt_people.refusals_not_recorded,
        spoilt_people.reps_who_never_decide,
        spoilt_people.only_tasks,
        spoilt_people.future_activities,
        spoilt_people.activities_alone_at_end,
        spoilt_people.silent_calls,
        spoilt_people.missing_reasons,
        spoilt_people.free_text_reasons,
        spoilt_people.deals_without_acceptance,
    )
} | {
    "no_agreement": Scenario(spoilt_records.no_agreement, agreement=Agreement(timezone="Europe/Paris")),
    **{
        spoil.__name__: Scenario(spoil, more={"waiting": {"leads": {"refused"}, "handoffs": {"refused"}}})
        for spoil in (
            spoilt_records.handoffs_of_waiting_leads,
            spoilt_records.decisions_of_waiting_rows,
            spoilt_records.activities_of_waiting_leads,
        )
    },
    "quarantined_rows": Scenario(spoilt_records.quarantined_rows, more={"quarantined": {"decisions": 50}}),
}
