"""From which share of rows each finding is a note, minor, major or critical. The one home of these numbers.

Three families explain most of them. *Impossible rows* (a decision before its handoff, a reference to nothing) should
not exist at all: a stray one is a note, one in two hundred shows in a rate's second digit, one in ten spoils it.
*Suspect patterns* (bursts, clean-ups, automation) occur by chance in small numbers: they need a least count and
a share that moves a figure. *Missing facts* (owners, reasons, durations) only shrink what a figure rests on: they hurt
once the missing part could change the answer. Where it can be counted what a missing fact does to a figure, the share
is points of that figure: one shows, three are what an agreement calls material unless it says otherwise, ten spoil it.
"""

from __future__ import annotations

from collections.abc import Mapping

from accord.audit.check import Ladder

__all__ = ["THRESHOLDS"]

IMPOSSIBLE = Ladder(note=0, minor=0.005, major=0.02, critical=0.10)
POINTS = Ladder(note=0, minor=0.01, major=0.03, critical=0.10, least=5)
ALWAYS = 0.0

THRESHOLDS: Mapping[str, Ladder] = {
    # nothing there
    "nothing_handed_over": Ladder(critical=ALWAYS),
    "no_decisions": Ladder(major=ALWAYS),
    "no_activities": Ladder(major=ALWAYS),
    "no_reps": Ladder(minor=ALWAYS),
    "no_agreement": Ladder(note=ALWAYS),
    "leads_never_handed_over": Ladder(note=0.9, least=20),
    "quarantined_rows": Ladder(note=ALWAYS, minor=0.002, major=0.02, critical=0.2),
    "later_than_as_of": Ladder(note=ALWAYS),
    "activities_alone_at_end": Ladder(major=ALWAYS),
    # references
    "handoffs_of_unknown_leads": IMPOSSIBLE,
    "decisions_of_nothing": IMPOSSIBLE,
    "activities_of_unknown_leads": IMPOSSIBLE,
    "other_orphans": IMPOSSIBLE,
    "handoffs_of_waiting_leads": IMPOSSIBLE,
    "decisions_of_waiting_rows": IMPOSSIBLE,
    "activities_of_waiting_leads": IMPOSSIBLE,
    "unknown_reps": Ladder(note=ALWAYS, minor=0.02, major=0.2, critical=0.6),
    "merge_rings": Ladder(note=ALWAYS, minor=0.001, major=0.02),
    "merge_chains": Ladder(note=ALWAYS),
    # clocks
    "handoff_dates": Ladder(minor=0.01, major=0.2, critical=0.6),
    "decision_dates": Ladder(minor=0.01, major=0.2, critical=0.6),
    "activity_dates": Ladder(minor=0.01, major=0.2, critical=0.6),
    "night_masses": Ladder(minor=0.05, major=0.2, critical=0.6, least=10),
    "round_hours": Ladder(minor=0.5, least=20),
    "outside_hours": Ladder(minor=0.5, major=0.75, least=50),
    "shifted_clock": Ladder(major=ALWAYS, least=50),
    "clocks_disagree": Ladder(major=ALWAYS, least=50),
    # order of events
    "decisions_before_handoff": IMPOSSIBLE,
    "decisions_without_handoff": IMPOSSIBLE,
    "late_decisions": Ladder(note=ALWAYS, minor=0.02, major=0.1, critical=0.3),
    "late_changes": Ladder(note=ALWAYS),
    "simultaneous_decisions": IMPOSSIBLE,
    "contradicting_decisions": Ladder(note=ALWAYS, minor=0.02, major=0.1, critical=0.3),
    "handoffs_before_lead": Ladder(note=ALWAYS, minor=0.01, major=0.05, critical=0.25),
    "handoffs_at_creation": Ladder(minor=0.3, major=0.6, critical=0.9, least=20),
    "doubled_handoffs": IMPOSSIBLE,
    "first_touch_ever": Ladder(note=0.02, minor=0.1, major=0.25, critical=0.5, least=5),
    "one_date_per_lead": Ladder(major=0.9, least=20),
    "one_activity_per_lead": Ladder(minor=0.95, least=50),
    "deals_before_lead": Ladder(note=ALWAYS, minor=0.01, major=0.05, critical=0.25),
    "deals_closed_before_opened": Ladder(note=ALWAYS, minor=0.01, major=0.05, critical=0.25),
    # who
    "owner_missing": Ladder(note=0.01, minor=0.05, major=0.3, critical=0.7),
    "one_owner": Ladder(minor=0.6, major=0.9, least=20),
    "passed_on": Ladder(note=0.02, minor=0.05, major=0.15, critical=0.4, least=5),
    "decided_by_others": Ladder(note=0.03, minor=0.1, major=0.3, critical=0.6, least=5),
    "actions_of_nobody": Ladder(note=0.01, minor=0.05, major=0.3, critical=0.7, least=5),
    "ghosts_of_nobody": POINTS,
    "unworked_of_nobody": POINTS,
    "worked_by_others": Ladder(note=0.03, minor=0.1, major=0.3, critical=0.6, least=5),
    # bursts and machines
    "batch_decisions": Ladder(minor=0.01, major=0.1, critical=0.4),
    "late_clean_ups": Ladder(note=0.01),
    "period_end_decisions": Ladder(minor=ALWAYS, major=0.3, critical=0.6, least=20),
    "instant_decisions": Ladder(minor=0.05, major=0.2, critical=0.5, least=5),
    "instant_actions": Ladder(minor=0.05, major=0.2, critical=0.5, least=5),
    "clockwork_decisions": Ladder(minor=0.05, major=0.2, critical=0.5),
    "clockwork_actions": Ladder(minor=0.05, major=0.2, critical=0.5),
    "activity_bursts": Ladder(note=0.002, minor=0.01, major=0.05, critical=0.25),
    "mailings": Ladder(note=0.002, minor=0.01, major=0.05, critical=0.25),
    "activity_heaps": Ladder(note=0.002, minor=0.01, major=0.05, critical=0.25),
    "round_the_clock": Ladder(minor=0.01, major=0.05, critical=0.25),
    "automated_share": Ladder(note=0.3, least=10),
    "automation_not_recorded": Ladder(note=ALWAYS, least=50),
    "direction_not_recorded": Ladder(note=ALWAYS, least=50),
    # what sales did
    "undecided": Ladder(minor=0.4, major=0.6, critical=0.8, least=10),
    "refusals_not_recorded": Ladder(minor=0.02, major=0.2, least=10),
    "reps_who_never_decide": Ladder(minor=ALWAYS, major=0.1, critical=0.3),
    "only_tasks": Ladder(note=0.03, minor=0.1, major=0.3, critical=0.6, least=5),
    "future_activities": Ladder(note=ALWAYS, minor=0.005, major=0.05, critical=0.3),
    "silent_calls": Ladder(minor=0.2, major=0.5, critical=0.9, least=10),
    "missing_reasons": Ladder(note=0.05, minor=0.2, major=0.5, critical=0.8, least=5),
    "free_text_reasons": Ladder(minor=0.3, major=0.6, least=10),
    "deals_without_acceptance": Ladder(note=0.03, minor=0.1, major=0.3, critical=0.6, least=5),
    # leads and words
    "duplicate_leads": Ladder(note=ALWAYS, minor=0.01, major=0.05, critical=0.2),
    "test_leads": Ladder(note=ALWAYS, minor=0.005, major=0.05, critical=0.2),
    "null_like_words": Ladder(note=ALWAYS, minor=0.2, major=0.5),
    "spelling_variants": Ladder(note=ALWAYS, minor=0.01, major=0.1),
    # money
    "spend_without_leads": Ladder(note=ALWAYS, minor=0.02, major=0.2, critical=0.5),
    "leads_without_spend": Ladder(note=ALWAYS, minor=0.8),
    "foreign_currency": Ladder(note=ALWAYS, minor=0.05, major=0.25, critical=0.6),
    "wins_without_amount": Ladder(minor=0.05, major=0.3, critical=0.8, least=3),
    "orders_of_nobody": Ladder(note=0.05, minor=0.6, major=0.9),
}
