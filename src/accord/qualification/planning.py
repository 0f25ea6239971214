"""The plan of a handing over: who crosses, in which order, to whom each goes, and what is kept of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from accord.agreement.model import Agreement
from accord.clock import local_date
from accord.engines.base import Engine
from accord.engines.shape import contract_table
from accord.errors import DataError
from accord.language import gettext as _
from accord.qualification.crossing import EXPLORED, Crosses, Kind, Stays, chances, in_line, judged
from accord.qualification.freezing import frozen, scored_json
from accord.qualification.judging import in_force, overrides_of
from accord.qualification.known_then import HowKnown, leads_known_at
from accord.qualification.routing import Assigned, Person, Routable, Router, Waits, as_cells, columns_read
from accord.qualification.said import Said
from accord.qualification.standing import Sales
from accord.scoring.assembling import assembled
from accord.scoring.batch import scored
from accord.scoring.reading import Lead
from accord.scoring.result import Scored
from accord.scoring.rules import Rules, prepare
from accord.store.overrides import LeadOverride
from accord.tables.schema import table_named
from accord.tables.times import instant, microseconds
from accord.values import Json
from accord.workspace import Workspace

__all__ = ["HandedOver", "HandoffReport", "PersonLoad", "planned"]

SCORED = "accord_scored"
CHOSEN = "accord_chosen"
"""Tables of the session: every lead's score, and the leads that get their turn."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One lead that goes to sales: ``why`` it goes, ``to_whom`` why to this person; ``trace`` is what is kept."""

    handoff_id: str
    lead_id: str
    score: int
    threshold: int
    band: str | None
    kind: Kind
    why: tuple[Said, ...]
    rep_id: str | None
    team: str | None
    to_whom: tuple[Said, ...]
    trace: str


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """One person's week: ``before`` and ``now`` given, of ``capacity``."""

    rep_id: str
    team: str | None
    capacity: float | None
    before: int
    now: int


@dataclass(frozen=True)
class HandoffReport:
    """What was handed over at ``moment`` (naive UTC), or would be (``dry_run``), and who stayed, each with its reason.

    ``stays``: every other lead that reaches its threshold or was put forward, and those that wait. Leads below the
    threshold are not listed, unless one lead was asked for. ``past`` and ``how``: as in a score of the past.
    """

    agreement: Agreement
    moment: datetime
    dry_run: bool
    handed: tuple[HandedOver, ...]
    stays: tuple[Stays, ...]
    people: tuple[PersonLoad, ...]
    past: bool = False
    how: HowKnown | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Leads by what was done with them: ``handed``, and the code of each reason to stay."""
        reasons = Counter(each.reason.code for each in self.stays)
        return {"handed": len(self.handed), **dict(sorted(reasons.items()))}


def planned(
    workspace: Workspace,
    engine: Engine,
    moment: datetime,
    *,
    past: bool = False,
    lead: str | None = None,
    limit: int | None = None,
) -> HandoffReport:
    """Who would be handed over at ``moment`` (naive UTC), to whom and why; nothing is written.

    ``past``: the moment was asked for, so leads have the columns that were known then, as in every score.

    Raises ``AgreementError`` where nothing is scored, ``DataError`` for a ``lead`` that is not there.
    """
    agreement = workspace.agreement
    rules = prepare(agreement)
    sales = Sales.of(engine, agreement, moment)
    touches = contract_table(engine, table_named("touches"))
    history = leads_known_at(workspace, engine, moment if past else None)
    known = history.table
    every = scored(known, touches, rules, moment, has_merges=sales.identity is not None)
    if sales.identity is not None:
        # merged since that moment: whoever it has become is looked at instead
        every = every.anti_join(sales.identity, "lead_id")
    wanted = None
    if lead is not None:
        wanted = sales.canonical([lead])[lead]
        every = every.filter(every.lead_id == wanted)
    engine.materialise(SCORED, every)
    recorded = overrides_of(workspace)
    became = sales.canonical(sorted({override.lead_id for override in recorded}))
    overrides = in_force(recorded, moment, became)
    rows = _considered(sales, known, rules, overrides, everything=lead is not None)
    if lead is not None and not rows:
        raise DataError(_("There is no lead {lead}, or it was not known at that moment.").format(lead=lead))
    crossing: list[Crosses] = []
    stays: list[Stays] = []
    for row in rows:
        found = judged(row, overrides.get(str(row["lead_id"])), rules, agreement, moment)
        if isinstance(found, Crosses):
            crossing.append(found)
        elif lead is not None or found.reason.code != "below":
            stays.append(found)
    day = local_date(moment, agreement.timezone).isoformat()
    crossing = in_line(crossing, rules.kept.exploration.share, f"{rules.version} {day}")
    most = len(crossing) if limit is None else limit
    stays += [_stays(each, Said("beyond_limit")) for each in crossing[most:]]
    beyond = [each.lead_id for each in crossing[most:] if each.kind == EXPLORED]
    handed, waiting, people = _routed(rules, sales, known, crossing[:most], workspace.digest, explored_beyond=beyond)
    stays += waiting
    stays.sort(key=lambda each: (-each.score, each.lead_id))
    return HandoffReport(
        agreement=agreement,
        moment=moment,
        dry_run=True,
        handed=tuple(handed),
        stays=tuple(stays),
        people=people,
        past=past,
        how=history.how(engine, engine.table(SCORED)),
    )


def _considered(
    sales: Sales, leads: ir.Table, rules: Rules, overrides: Mapping[str, LeadOverride], *, everything: bool
) -> list[dict[str, Any]]:
    """Leads that reach their threshold, that people judged, or that the exploration may take, with their standing."""
    engine = sales.engine
    every = engine.table(SCORED)
    created = leads.select(
        created_lead="lead_id", created_us=instant(leads.created_at, leads.created_at_is_date, sales.offsets)
    )
    narrow = every.select(
        "lead_id", "score", "threshold", *(f"disqualifier_{place}" for place in range(len(rules.disqualifiers)))
    )
    narrow = narrow.left_join(created, [("lead_id", "created_lead")]).drop("created_lead")
    if not everything:
        reached: ir.BooleanValue = narrow.score >= narrow.threshold
        if overrides:
            reached |= narrow.lead_id.isin(sorted(overrides))
        if rules.kept.exploration.share:
            span = timedelta(days=sales.agreement.handoff.exploration_within_days)
            reached |= narrow.created_us > microseconds(sales.moment - span)
        narrow = narrow.filter(reached)
    joined = narrow.left_join(sales.standing().drop("rep_id"), "lead_id").drop("lead_id_right")
    rows: list[dict[str, Any]] = engine.run(joined).to_pylist()
    return rows


def _routed(
    rules: Rules,
    sales: Sales,
    known: ir.Table,
    crossing: Sequence[Crosses],
    digest: str,
    *,
    explored_beyond: Sequence[str],
) -> tuple[list[HandedOver], list[Stays], tuple[PersonLoad, ...]]:
    week = sales.handed_this_week()
    people = sales.people(week)
    of_teams = Counter[str]()
    for share in week:
        if share.team is not None:
            of_teams[share.team] += share.leads
    in_all = sum(share.leads for share in week)
    router = Router(sales.agreement.handoff, people, given=in_all, given_to_team=of_teams)
    leads = _columns_for_routing(sales, known, [each.lead_id for each in crossing])
    given: list[tuple[Crosses, Assigned]] = []
    waiting: list[Stays] = []
    for each in crossing:
        choice = router.give(Routable(each.lead_id, _cells(rules, sales.agreement, leads[each.lead_id])))
        if isinstance(choice, Waits):
            waiting.append(_stays(each, choice.reason))
        else:
            given.append((each, choice))
    drawn = {each.lead_id for each in crossing if each.kind == EXPLORED}
    chance = chances(
        [each.lead_id for each, _choice in given if each.lead_id in drawn],
        [*explored_beyond, *(each.lead_id for each in waiting if each.lead_id in drawn)],
    )
    scores = _in_full(rules, sales, [each.lead_id for each, _choice in given])
    handed = []
    for each, choice in given:
        kept = {**scored_json(rules, scores[each.lead_id], worded=True), "agreement_digest": digest}
        if each.kind == EXPLORED:
            kept["exploration_share"] = rules.kept.exploration.share * chance[each.lead_id]
        handed.append(_handed(each, choice, kept, sales.moment))
    loads = tuple(_load(person, router, sales.agreement) for person in sorted(people, key=lambda each: each.rep_id))
    return handed, waiting, loads


def _chosen(engine: Engine, leads: Sequence[str]) -> ir.Table:
    engine.keep(CHOSEN, pa.table({"lead_id": pa.array(leads, pa.string())}))
    return engine.table(CHOSEN)


def _columns_for_routing(sales: Sales, leads: ir.Table, chosen: Sequence[str]) -> dict[str, Lead]:
    if not chosen:
        return {}
    columns = {"lead_id", "employees"} | columns_read(sales.agreement.handoff)
    read = leads.select(sorted(columns & set(leads.columns)))
    rows = sales.engine.run(read.semi_join(_chosen(sales.engine, chosen), "lead_id")).to_pylist()
    return {row["lead_id"]: row for row in rows}


def _in_full(rules: Rules, sales: Sales, chosen: Sequence[str]) -> dict[str, Scored]:
    """The whole score of the leads that go: far fewer than cross where many wait."""
    if not chosen:
        return {}
    them, every = _chosen(sales.engine, chosen), sales.engine.table(SCORED)
    rows = sales.engine.run(every.semi_join(them, "lead_id")).to_pylist()
    moment = microseconds(sales.moment)
    return {row["lead_id"]: assembled(rules, row, moment) for row in rows}


def _cells(rules: Rules, agreement: Agreement, lead: Lead) -> dict[str, str]:
    return as_cells({name: rules.reading.value(lead, name) for name in columns_read(agreement.handoff)})


def _handed(crossing: Crosses, choice: Assigned, score: Mapping[str, Json], moment: datetime) -> HandedOver:
    handoff_id = _identifier(crossing)
    content: dict[str, Json] = {
        **score,
        "handoff_id": handoff_id,
        "as_of": f"{moment.isoformat()}Z",
        "kind": crossing.kind,
        "reasons": [said.to_json() for said in crossing.why],
        "to_whom": {
            "rep_id": choice.rep_id,
            "team": choice.team,
            "reasons": [said.to_json() for said in choice.reasons],
        },
        "previous_handoff": crossing.previous,
        "judgement": _judgement(crossing.override),
    }
    band = score["band"]
    return HandedOver(
        handoff_id=handoff_id,
        lead_id=crossing.lead_id,
        score=crossing.score,
        threshold=crossing.threshold,
        band=None if band is None else str(band),
        kind=crossing.kind,
        why=crossing.why,
        rep_id=choice.rep_id,
        team=choice.team,
        to_whom=choice.reasons,
        trace=frozen(content),
    )


def _identifier(crossing: Crosses) -> str:
    """The same for the same crossing, whoever writes it: the lead, and the handoff it comes after."""
    digest = hashlib.sha256(f"{crossing.lead_id}\0{crossing.previous or ''}".encode()).hexdigest()
    return f"accord-{digest[:20]}"


def _judgement(override: LeadOverride | None) -> Json:
    if override is None:
        return None
    return {
        "judgement": override.judgement,
        "reason": override.reason,
        "name": override.name,
        "at": f"{override.at.isoformat()}Z",
    }


def _load(person: Person, router: Router, agreement: Agreement) -> PersonLoad:
    capacity = agreement.handoff.capacity if person.capacity is None else person.capacity
    return PersonLoad(person.rep_id, person.team, capacity, person.given, router.given_to(person.rep_id))


def _stays(crossing: Crosses, reason: Said) -> Stays:
    return Stays(crossing.lead_id, crossing.score, crossing.threshold, reason)
