"""Outcomes and counts in plain Python from the episodes' facts, one lead at a time, to be read against the contract."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from accord.agreement.model import Acceptance, Definition

Row = dict[str, Any]
ZERO = timedelta()


def outcome(  # noqa: PLR0911, PLR0912 - one branch for each sentence of the text
    facts: Row, definition: Definition, rules: Acceptance, as_of: datetime
) -> tuple[str, timedelta]:
    """What became of an episode, and when (the age while it is open)."""
    age = as_of - facts["at_us"]
    decided = facts["decision_us"] is not None and facts["decision_us"] <= age
    acted = facts["action_us"] is not None and facts["action_us"] <= age
    rejection = facts["decision_us"] if decided and facts["decision"] != "accepted" else None
    acceptance = facts["decision_us"] if decided and facts["decision"] == "accepted" else None
    action = facts["action_us"] if acted else None
    silence = timedelta(hours=rules.tacit_after_hours)
    if definition == "explicit":
        if acceptance is not None:
            return "accepted", acceptance
        if rejection is not None:
            return "rejected", rejection
    elif definition == "action":
        if rejection is not None and (action is None or rejection <= action):
            return "rejected", rejection
        if action is not None:
            return "accepted", action
    elif definition == "worked":
        if rejection is not None:
            return "rejected", rejection
        limit = timedelta(days=rules.ghost_after_days)
        if acceptance is not None and action is not None and action <= acceptance + limit:
            return "accepted", max(acceptance, action)
    else:
        if rejection is not None and rejection <= silence:
            return "rejected", rejection
        if silence < facts["end_us"] and silence <= age:
            return "accepted", silence
    if facts["end_us"] <= age:
        return "expired", facts["end_us"]
    return "open", age


def count(all_facts: list[Row], definition: Definition, rules: Acceptance, as_of: datetime) -> Counter[str]:
    """Every count of the contract's row over these episodes."""
    answer: Counter[str] = Counter()
    week, token_days = timedelta(days=rules.ghost_after_days), timedelta(days=rules.token.within_days)
    for facts in all_facts:
        age = as_of - facts["at_us"]
        if age < ZERO:
            continue
        name, _time = outcome(facts, definition, rules, as_of)
        answer["handed"] += 1
        answer["followed"] += age >= timedelta(days=rules.window_days)
        answer[name] += 1
        decided = facts["decision"] if facts["decision_us"] is not None and facts["decision_us"] <= age else None
        ended = facts["end_us"] <= age
        acted = facts["action_us"] is not None and facts["action_us"] <= age
        if name == "rejected" and decided in ("disqualified", "recycled"):
            answer[decided] += 1
        if name == "expired" and facts["next_us"] is not None and facts["next_us"] < timedelta(days=rules.window_days):
            answer["superseded"] += 1
        for word in ("disqualified", "recycled"):
            later = facts[f"{word}_later_us"]
            if decided == "accepted" and later is not None and later <= age:
                answer[f"{word}_after_acceptance"] += 1
        if decided == "accepted" and facts["decision_us"] + week <= age:
            answer["ghost_of"] += 1
            answer["ghost"] += not (acted and facts["action_us"] <= facts["decision_us"] + week)
        if acted and ended:
            answer["silent_of"] += 1
            answer["silent"] += decided is None
        active = facts["first_activity_us"] is not None and facts["first_activity_us"] <= age
        if decided == "accepted" and active and facts["decision_us"] + token_days <= age:
            answer["token_of"] += 1
            answer["token"] += facts["token"]
        if ended:
            answer["never_worked_of"] += 1
            answer["never_worked"] += facts["activities"] == 0
    return answer
