"""Leads with the team that really got them, and the one that each agreement would send them to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from accord.agreement.model import Agreement
from accord.engines.arrays import integers
from accord.engines.base import Engine
from accord.qualification.routing import Person, Routable, as_cells, columns_read
from accord.replay.whose import Way, Ways, goes_round
from accord.scoring.logic import ACCOUNT_SIZE
from accord.scoring.reading import Reading
from accord.scoring.zone import zone_of

__all__ = ["MOMENTS", "Routed"]

MOMENTS = "replay_moments"
"""Table of the session: every lead of a replay with its moment."""

Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Routed:
    """The way of each lead by the agreement in force and by the draft, and the team that really got it."""

    really: Sequence[str | None]
    ways_before: Sequence[Way]
    ways_after: Sequence[Way]

    @classmethod
    def of(
        cls,
        engine: Engine,
        leads: ir.Table,
        agreements: tuple[Agreement, Agreement],
        people: Sequence[Person],
        rows: pa.Table,
    ) -> Routed:
        """The leads of ``rows``, in their order; ``leads`` with the columns that routes read; in force, then draft."""
        names = {"territory"}.union(*(columns_read(agreement.handoff) for agreement in agreements))
        stored = {"employees" if name == ACCOUNT_SIZE else name for name in names}
        read = leads.select(sorted({"lead_id", *stored} & set(leads.columns)))
        cells = engine.run(read.inner_join(engine.table(MOMENTS).select("lead_id"), "lead_id"))
        place = {lead: number for number, lead in enumerate(cells["lead_id"].to_pylist())}
        places = np.array([place[lead] for lead in rows["lead_id"].to_pylist()], dtype=np.int64)
        ordered = cells.take(integers(places)).drop(["lead_id"])
        really = rows["team"].to_pylist()
        usual = _usual(really, ordered["territory"].to_pylist())
        held, draft = agreements
        before = _ways(held, people, usual, ordered, names)
        same = (held.handoff, held.size_bands, held.timezone) == (draft.handoff, draft.size_bands, draft.timezone)
        return cls(really, before, before if same else _ways(draft, people, usual, ordered, names))

    def before(self, week: Integers, chosen: Booleans) -> list[str | None]:
        """Whose the leads that held before were."""
        theirs = np.array([team is not None for team in self.really], dtype=np.bool_)
        would = goes_round(self.ways_before, week, chosen & ~theirs)
        return [real or other for real, other in zip(self.really, would, strict=True)]

    def after(self, week: Integers, chosen: Booleans) -> list[str | None]:
        """Whose the draft's are: a lead stays whose it was where the draft sends it the same way."""
        stays = [
            real is not None and before == after
            for real, before, after in zip(self.really, self.ways_before, self.ways_after, strict=True)
        ]
        would = goes_round(self.ways_after, week, chosen & ~np.array(stays, dtype=np.bool_))
        return [real if stayed else other for stayed, real, other in zip(stays, self.really, would, strict=True)]


def _ways(
    agreement: Agreement, people: Sequence[Person], usual: Mapping[str, str], cells: pa.Table, names: set[str]
) -> list[Way]:
    ways, reading = Ways(agreement.handoff, people, usual), _reading(agreement)
    # Few leads differ in what is stored of them, and fewer in what routes make of it.
    known: dict[tuple[object, ...], Way] = {}
    alike: dict[tuple[object, ...], Way] = {}
    found = []
    for row in zip(*(column.to_pylist() for column in cells.columns), strict=True):
        if row not in known:
            lead = dict(zip(cells.column_names, row, strict=True))
            said = {name: reading.value(lead, name) for name in sorted(names)}
            read = tuple(said.values())
            if read not in alike:
                alike[read] = ways.of(Routable("", as_cells(said)))
            known[row] = alike[read]
        found.append(known[row])
    return found


def _usual(teams: Sequence[str | None], territories: Sequence[str | None]) -> dict[str, str]:
    """By territory, the team that got most of its leads."""
    counts: dict[str, Counter[str]] = {}
    for team, territory in zip(teams, territories, strict=True):
        if team is not None and territory is not None:
            counts.setdefault(territory, Counter())[team] += 1
    return {territory: max(sorted(of), key=lambda team: of[team]) for territory, of in counts.items()}


def _reading(agreement: Agreement) -> Reading:
    return Reading([(band.name, band.below) for band in agreement.size_bands], zone_of(agreement.timezone))
