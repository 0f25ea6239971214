"""A mapping proposed for a file in which leads come again, or in which there are none: the one table it is."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from accord.ingest.draft import NAMED_ALIKE, Draft, Proposal
from accord.ingest.folding import fold
from accord.ingest.mapping.model import FromColumn, Joined, Recipe, TableRule, Words
from accord.ingest.meanings import amount_column, meaning_of_word, moment_of, rep_column
from accord.ingest.profile import Holds, Profile
from accord.ingest.source import CELL
from accord.ingest.synonyms import alike
from accord.tables.schema import DECISION_OUTCOMES, Table, Type, table_named

__all__ = ["of_events"]

EVENTS = ("orders", "activities", "touches", "decisions", "opportunities", "spend", "handoffs")
"""Tables of which a lead may have many rows, most telling columns first."""

NUMBERED = ("id", "item", "line", "no", "ligne", "numero")
"""Words of a column that may number the parts of something."""

SPEAK = {
    "orders": ("order", "orders", "commande", "commandes", "invoice", "facture", "item"),
    "activities": ("activity", "call", "task", "meeting", "appel", "tache", "activite", "duration", "duree"),
    "touches": ("event", "page", "form", "utm", "visit", "download", "interaction"),
    "decisions": ("decision", "outcome", "verdict"),
    "opportunities": ("deal", "opportunity", "stage", "affaire", "opportunite", "transaction"),
    "spend": ("cost", "spend", "cout", "depense", "impressions", "clicks", "clics"),
    "handoffs": ("handoff", "assignment", "assigned", "transmis", "transmission"),
}
"""Words of headings that speak of a table."""


def of_events(
    columns: list[Profile], lead: tuple[Profile, float] | None, headings: Sequence[str], first_rows: pa.Table
) -> Proposal | None:
    """The one table that most columns speak of, where all that it needs is there."""
    best: tuple[float, Draft] | None = None
    for name in EVENTS:
        draft = _Event(table_named(name), columns, lead).draft(headings, first_rows)
        if draft is not None:
            spoken = sum(profile.says(*SPEAK[name]) for profile in columns)
            score = sum(draft.sure.values()) / (1 + 0.1 * len(draft.sure)) + 0.5 * spoken
            if best is None or score > best[0]:
                best = score, draft
    return best[1].proposal() if best else None


class _Event:
    """A file read as rows of one table."""

    def __init__(self, table: Table, columns: list[Profile], lead: tuple[Profile, float] | None) -> None:
        self.table, self.lead = table, lead
        self.columns = {profile.heading: profile for profile in columns if profile.holds is not Holds.NOTHING}
        self._draft = Draft()
        self.recipes: dict[str, Recipe] = {}

    def draft(self, headings: Sequence[str], first_rows: pa.Table) -> Draft | None:
        """What each column of the table would be made of; None where something it needs is not there."""
        self._named()
        self._by_meaning()
        if self.table.name == "decisions":
            self._outcome()
        if len(self.table.key) == 1:
            key = self._key(headings, first_rows)
            if key is not None:
                self.recipes[self.table.key[0]] = key
        needed = [column.name for column in self.table.columns if column.required]
        groups = self.table.any_of
        if set(needed) - self.recipes.keys() or any(not set(group) & self.recipes.keys() for group in groups):
            return None
        ordered = {
            column.name: self.recipes[column.name] for column in self.table.columns if column.name in self.recipes
        }
        self._draft.rules.append(TableRule(self.table.name, ordered, keep=()))
        return self._draft

    def _named(self) -> None:
        """Columns under the names that people give them."""
        for name, heading in alike(self.table, list(self.columns)).items():
            profile, known = self.columns[heading], self.table.column(name)
            in_time = known is not None and known.type in {Type.TIME, Type.DATE}
            if (profile.holds is Holds.TIME) == in_time and (name not in self.table.key or self.table.name == "spend"):
                self.recipes[name] = self._draft.use(profile, 0.95 if fold(heading) == fold(name) else NAMED_ALIKE)

    def _by_meaning(self) -> None:
        """The lead, the person, the money and the moment, under whatever name."""
        known = list(self.columns.values())
        for name, found in (("lead_id", self.lead), ("rep_id", rep_column(known)), ("amount", amount_column(known))):
            if found is not None and name not in self.recipes and self.table.column(name) is not None:
                self.recipes[name] = self._draft.use(*found)
        time = self.table.time
        if time is None or time in self.recipes or self.table.name == "spend":
            return
        timed = [(profile, moment_of(profile)) for profile in known if profile.holds is Holds.TIME]
        own = [profile for profile, moment in timed if moment is not None and moment.table == self.table.name]
        plain = [profile for profile, moment in timed if moment is None and profile.says("date", "at", "time", "le")]
        chosen = own or plain or ([timed[0][0]] if len(timed) == 1 else [])
        if chosen:
            best = max(chosen, key=lambda profile: profile.filled)
            self.recipes[time] = self._draft.use(best, 0.6 if own else 0.35)

    def _outcome(self) -> None:
        """The words of the outcome in the contract's; a column with none of them says nothing about acceptance."""
        outcome = self.recipes.pop("outcome", None)
        if not isinstance(outcome, FromColumn):
            return
        words = {
            word: meaning
            for word in self.columns[outcome.column].values
            if (meaning := meaning_of_word(word, DECISION_OUTCOMES)) is not None
        }
        if words:
            self.recipes["outcome"] = Words(outcome, words)
        else:
            self._draft.sure.pop(outcome.column, None)

    def _key(self, headings: Sequence[str], first_rows: pa.Table) -> Recipe | None:
        """What tells the rows apart: the table's own identifier, with another beside it where it comes twice, else
        lead and time together.
        """
        named = alike(self.table, list(self.columns)).get(self.table.key[0])
        own = self.columns[named] if named else None
        if own is not None and own.unique:
            return self._draft.use(own, 0.8)
        if own is not None:
            numbered = [other for other in self.columns.values() if other is not own and other.says(*NUMBERED)]
            for other in numbered:
                if _together_unique((own.heading, other.heading), headings, first_rows):
                    return Joined((self._draft.use(own, 0.6), self._draft.use(other, 0.6)))
        parts = [self.recipes[name] for name in ("lead_id", self.table.time or "") if name in self.recipes]
        return Joined(tuple(parts)) if len(parts) == 2 else None


def _together_unique(pair: tuple[str, str], headings: Sequence[str], first_rows: pa.Table) -> bool:
    one, other = (first_rows.column(CELL.format(list(headings).index(name))).to_pylist() for name in pair)
    both = list(zip(one, other, strict=True))
    return len(set(both)) == len(both)
