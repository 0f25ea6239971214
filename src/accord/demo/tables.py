"""The nine tables of the contract, told from a simulated year; the big ones in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from accord.demo.chance import hit, stream
from accord.demo.clock import DAY
from accord.demo.columns import days, identifiers, instants, numbers, texts, truths
from accord.demo.effort import OUTCOMES, activities
from accord.demo.engagement import touches_of
from accord.demo.money import STAGES, opportunities, orders, spend
from accord.demo.population import CAMPAIGNS, WORDS
from accord.demo.reasons import REASONS
from accord.demo.recorded import NOTES, record
from accord.demo.rule import AGREEMENT_VERSIONS, BANDS
from accord.demo.verdict import Verdicts
from accord.demo.vocabulary import (
    COMPANY_FORMS,
    COMPANY_HEADS,
    COMPANY_TAILS,
    TEAMS,
    TERRITORIES,
)
from accord.demo.world import Stage
from accord.demo.year import Year
from accord.tables.schema import ACTIVITY_KINDS, DECISION_OUTCOMES, TOUCH_KINDS

__all__ = ["CHUNK", "told"]

CHUNK = 50_000
"""Leads or handoffs told at a time; it bounds memory, and the same rows come out whatever the total."""

_CHANNEL_OF_CAMPAIGN = tuple(name.partition("-")[0] for name in CAMPAIGNS)
_OLD_CUSTOMERS_PER_LEAD = 0.05
Tables = Iterator[Any]


def told(year: Year) -> Mapping[str, Callable[[], Tables]]:
    """Per table of the contract, what yields its rows as Arrow tables."""
    return {
        "reps": lambda: _reps(year),
        "spend": lambda: _spend(year),
        "leads": lambda: _leads(year),
        "handoffs": lambda: _handoffs(year),
        "decisions": lambda: _decisions(year),
        "opportunities": lambda: _opportunities(year),
        "orders": lambda: _orders(year),
        "touches": lambda: _touches(year),
        "activities": lambda: _activities(year),
    }


def _chunks(size: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    for number, start in enumerate(range(0, size, CHUNK)):
        yield number, np.arange(start, min(start + CHUNK, size))


def _reps(year: Year) -> Tables:
    reps = year.world.reps
    rng = stream(year.world.seed, Stage.REPS)
    emails = [f"{name.lower().replace(' ', '.')}@orvane.example" for name in map(_ascii, reps.names)]
    count = len(reps.identifiers)
    yield pa.table(
        {
            "rep_id": pa.array(reps.identifiers),
            "name": pa.array(reps.names),
            "email": pa.array(emails, mask=hit(rng, 0.05, count)),
            "team": texts([name for name, _, _ in TEAMS], reps.team),
            "territory": texts([territory.name for territory in TERRITORIES], reps.territory),
            "hired_at": days(reps.hired_day),
            "capacity": numbers(reps.capacity),
        }
    )


def _spend(year: Year) -> Tables:
    spent = spend(year, stream(year.world.seed, Stage.MONEY, 2))
    yield pa.table(
        {
            "start": days(spent.start),
            "end": days(spent.last),
            "channel": texts(_CHANNEL_OF_CAMPAIGN, spent.campaign),
            "campaign": texts(CAMPAIGNS, spent.campaign),
            "amount": numbers(spent.amount),
            "currency": pa.array(["EUR"] * spent.amount.size),
        }
    )


def _leads(year: Year) -> Tables:
    won = np.zeros(len(year.leads), dtype=np.bool_)
    deals = _deals(year)
    won[deals.lead[deals.won == 1]] = True
    rng = stream(year.world.seed, Stage.LEADS)
    customers = max(1, round(_OLD_CUSTOMERS_PER_LEAD * len(year.leads)))
    old = np.where(hit(rng, 0.03, len(year.leads)), len(year.leads) + rng.integers(0, customers, len(year.leads)), -1)
    customer = np.where(won, np.arange(len(year.leads)), old)
    for number, rows in _chunks(len(year.leads)):
        leads = year.leads.take(rows)
        plain = {name: texts(words, leads.codes[name]) for name, words in WORDS.items()}
        yield pa.table(
            {
                "lead_id": identifiers("L", rows),
                "created_at": instants(leads.created),
                **{name: plain[name] for name in ("origin", "channel", "campaign", "lead_type", "sector")},
                "employees": numbers(leads.employees, leads.employees < 0),
                **{name: plain[name] for name in ("country", "territory", "job_function", "seniority")},
                "decision_maker": truths(leads.decision_maker),
                "budget": numbers(leads.budget, np.isnan(leads.budget)),
                **{name: plain[name] for name in ("currency", "need")},
                "timeline_days": numbers(leads.timeline_days, leads.timeline_days < 0),
                "company": _company_names(leads.codes["territory"], stream(year.world.seed, Stage.LEADS, number)),
                "customer_id": identifiers("C", customer[rows]),
                "merged_into": identifiers("L", year.merged_into[rows]),
                "language": plain["language"],
                "newsletter": truths(leads.newsletter),
            }
        )


def _handoffs(year: Year) -> Tables:
    for number, rows in _chunks(len(year.handoffs)):
        handoffs = year.handoffs.take(rows)
        no_team = hit(stream(year.world.seed, Stage.FIRST, number), 0.03, rows.size) & ~handoffs.ownerless
        yield pa.table(
            {
                "handoff_id": identifiers("H", rows),
                "lead_id": identifiers("L", handoffs.lead),
                "at": instants(handoffs.at),
                "rep_id": texts(year.world.reps.identifiers, np.where(handoffs.ownerless, -1, handoffs.receiver)),
                "team": texts([name for name, _, _ in TEAMS], np.where(no_team, -1, handoffs.team)),
                "score": numbers(handoffs.score),
                "band": texts(BANDS, handoffs.band),
                "agreement": texts(AGREEMENT_VERSIONS, handoffs.later_version.astype(np.int16)),
            }
        )


def _decisions(year: Year) -> Tables:
    taken = record(year)
    deleted = np.where(taken.handoff < 0, len(year.handoffs) + np.arange(len(taken)), taken.handoff)
    lead = year.handoffs.lead[taken.handoff]
    for _, rows in _chunks(len(taken)):
        yield pa.table(
            {
                "decision_id": identifiers("D", rows),
                "handoff_id": identifiers("H", np.where(taken.names_handoff, deleted, -1)[rows]),
                "lead_id": identifiers("L", np.where(taken.names_lead, lead, -1)[rows]),
                "at": instants(taken.at[rows]),
                "rep_id": texts(year.world.reps.identifiers, taken.rep[rows]),
                "outcome": texts(DECISION_OUTCOMES, taken.outcome[rows]),
                "reason": texts(REASONS, taken.reason[rows]),
                "note": texts(NOTES, taken.note[rows]),
            }
        )


def _activities(year: Year) -> Tables:
    told_so_far = 0
    for number, rows in _chunks(len(year.handoffs)):
        handoffs = year.handoffs.take(rows)
        verdicts = Verdicts(**{name: value[rows] for name, value in vars(year.verdicts).items()})
        rng = stream(year.world.seed, Stage.ACTIVITIES, number)
        done = activities(year.world, handoffs, verdicts, rng)
        size = done.at.size
        deleted = hit(rng, year.world.company.habits.orphans / 10, size)
        lead = np.where(deleted, 2 * len(year.leads) + told_so_far + np.arange(size), handoffs.lead[done.handoff])
        yield pa.table(
            {
                "activity_id": identifiers("A", told_so_far + np.arange(size), 9),
                "lead_id": identifiers("L", lead),
                "at": instants(done.at),
                "rep_id": texts(year.world.reps.identifiers, done.rep),
                "kind": texts(ACTIVITY_KINDS, done.kind),
                "direction": texts(("out", "in"), done.inbound.astype(np.int16)),
                "duration_s": numbers(done.duration, done.duration < 0),
                "outcome": texts(OUTCOMES, done.outcome),
                "automated": truths(done.automated),
            }
        )
        told_so_far += size


_MET_THROUGH = {"webinar": "webinar", "event": "events", "social": "paid_social"}
_CHANNEL_OF_KIND = np.array(
    [WORDS["channel"].index(_MET_THROUGH[kind]) if kind in _MET_THROUGH else -1 for kind in TOUCH_KINDS]
)
"""The channel of a touch whose kind says it; -1 where the kind says none."""


def _touches(year: Year) -> Tables:
    told_so_far = 0
    for number, rows in _chunks(len(year.leads)):
        leads = year.leads.take(rows)
        rng = stream(year.world.seed, Stage.TOUCHES, number)
        happened = touches_of(
            leads.touches, leads.codes["lead_type"], (leads.created, leads.moment), year.world.end, rng
        )
        size = happened.at.size
        channel = np.where(hit(rng, 0.4, size), leads.codes["channel"][happened.lead], -1)
        # Whatever brought the lead, who comes to a webinar has met the webinars.
        channel = np.where(_CHANNEL_OF_KIND[happened.kind] < 0, channel, _CHANNEL_OF_KIND[happened.kind])
        minutes = np.where(happened.kind == TOUCH_KINDS.index("webinar"), rng.integers(5, 61, size), -1)
        yield pa.table(
            {
                "touch_id": identifiers("T", told_so_far + np.arange(size), 9),
                "lead_id": identifiers("L", rows[happened.lead]),
                "at": instants(happened.at),
                "kind": texts(TOUCH_KINDS, happened.kind),
                "channel": texts(WORDS["channel"], channel),
                "value": numbers(minutes.astype(np.float64), minutes < 0),
            }
        )
        told_so_far += size


def _opportunities(year: Year) -> Tables:
    deals = _deals(year)
    count = deals.lead.size
    yield pa.table(
        {
            "opportunity_id": identifiers("P", np.arange(count)),
            "lead_id": identifiers("L", deals.lead),
            "created_at": instants(deals.created),
            "stage": texts(STAGES, deals.stage),
            "amount": numbers(deals.amount),
            "currency": texts(WORDS["currency"], year.leads.codes["currency"][deals.lead]),
            "closed_at": days(deals.closed // DAY, deals.closed == 0),
            "won": truths(deals.won),
        }
    )


def _orders(year: Year) -> Tables:
    customers = max(1, round(_OLD_CUSTOMERS_PER_LEAD * len(year.leads)))
    paid = orders(year, _deals(year), customers, stream(year.world.seed, Stage.MONEY, 1))
    yield pa.table(
        {
            "order_id": identifiers("S", np.arange(paid.at.size)),
            "lead_id": identifiers("L", paid.lead),
            "customer_id": identifiers("C", paid.customer),
            "at": instants(paid.at),
            "amount": numbers(paid.amount),
            "currency": texts(("EUR", "GBP"), paid.pounds.astype(np.int16)),
        }
    )


def _deals(year: Year) -> Any:
    return opportunities(year, stream(year.world.seed, Stage.MONEY, 0))


def _company_names(territory: NDArray[np.integer], rng: np.random.Generator) -> Any:
    """Invented names: head, tail, legal form of the country."""
    forms = sorted({form for forms in COMPANY_FORMS.values() for form in forms})
    names = [f"{head} {tail} {form}" for head in COMPANY_HEADS for tail in COMPANY_TAILS for form in forms]
    size = territory.size
    in_country = np.array([[forms.index(form) for form in COMPANY_FORMS[t.country]] for t in TERRITORIES])
    form = in_country[territory, rng.integers(0, 3, size)]
    stem = rng.integers(0, len(COMPANY_HEADS) * len(COMPANY_TAILS), size)
    return texts(names, np.where(hit(rng, 0.02, size), -1, stem * len(forms) + form))


def _ascii(name: str) -> str:
    return name.translate(str.maketrans("ÉéèêëîïöüàçÎ", "EeeeeiiouacI"))
