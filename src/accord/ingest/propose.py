"""A mapping proposed for a file that nothing is known of: from the words of its headings and what its cells hold.

One row per lead with the moments of its life in columns becomes several tables (leads, handoffs, decisions, what
sales did, deals); a file in which leads come again becomes the one table that its columns speak of. Each column
carries how sure it is; none of it is imported before a person has said yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from accord.ingest.draft import NAMED_ALIKE, Draft, Proposal
from accord.ingest.folding import fold
from accord.ingest.mapping.model import (
    AllOf,
    AnyOf,
    Condition,
    Constant,
    Filled,
    FirstOf,
    FromColumn,
    IsOneOf,
    Joined,
    Not,
    Only,
    Recipe,
    TableRule,
    Words,
)
from accord.ingest.meanings import (
    UNDECIDED,
    Moment,
    amount_column,
    decision_column,
    lead_column,
    meaning_of_word,
    moment_of,
    rep_column,
)
from accord.ingest.profile import Holds, Profile, profiles
from accord.ingest.propose_events import of_events
from accord.ingest.synonyms import alike
from accord.language import gettext as _
from accord.tables.schema import DECISION_OUTCOMES, table_named

__all__ = ["Proposal", "propose"]

ASSUMED_ACT = "call"
"""The kind of act proposed where the heading only says that sales did something."""

KEPT = 0.5
"""How sure a column is that is only kept beside the lead."""

HANDED = "handoff"
"""Stands at the end of the identifiers of proposed handoffs."""

DECIDED_THEN = 0.7
"""How sure it is that a date which shares a word with the verdict (*Response Date*, *Sales Response*) is its date."""

UNNAMED_DATE = 0.4
"""How sure it is that a column called no more than *Date* says when the lead came."""

OF_ANY_NAME = frozenset({"sales", "lead", "leads", "status", "statut", "commercial", "commerciale", "vente", "ventes"})
"""Words that many headings share and that tie nothing together."""

NOT_OF_THE_NAME = frozenset({"at", "date", "on", "le", "de", "time", "d", "du", "la", "timestamp"})


@dataclass(frozen=True, slots=True)
class _Time:
    """A column of times and what happens then."""

    profile: Profile
    moment: Moment

    @property
    def slug(self) -> str:
        """What tells the rows of this moment from those of another: ``declined_at`` → ``declined``."""
        return "-".join(word for word in self.profile.words if word not in NOT_OF_THE_NAME) or "1"


def propose(headings: Sequence[str], first_rows: pa.Table) -> Proposal | None:
    """What a file with these headings and first rows may be; None when nothing can be made of it."""
    columns = profiles(headings, first_rows)
    lead = lead_column(columns)
    if lead is not None:
        verdict = decision_column(columns)
        times = [
            _Time(profile, moment)
            for profile in columns
            if profile.holds is Holds.TIME and (moment := _moment(profile, verdict)) is not None
        ]
        found = {(time.moment.table, time.moment.what) for time in times}
        decided = verdict is not None and {("handoffs", ""), ("decisions", "")} <= found
        if times and (lead[0].unique or decided):
            return _OfLeads(columns, lead, times, verdict).proposal()
    return of_events(columns, lead, headings, first_rows)


def _moment(profile: Profile, verdict: Profile | None) -> Moment | None:
    """What happens at the times of a column: a date that goes by the name of the ``verdict`` is its date."""
    found = moment_of(profile)
    if verdict is not None and (found is None or found.table == "activities"):
        shared = set(profile.words) & set(verdict.words) - NOT_OF_THE_NAME - OF_ANY_NAME
        if shared:
            return Moment("decisions", "", tuple(shared), DECIDED_THEN)
    return found


class _OfLeads:
    """One row per lead, its life in columns; or, where leads come again, one per handoff, with what was decided."""

    def __init__(
        self, columns: list[Profile], lead: tuple[Profile, float], times: list[_Time], verdict: Profile | None
    ) -> None:
        self.columns, self.times, self.verdict = columns, times, verdict
        self.draft = Draft()
        self.key = self.draft.use(*lead)
        self.row: tuple[Recipe, ...] = (self.key,)
        handed = self._fullest("handoffs")
        if handed is not None and not lead[0].unique:
            self.row = (self.key, FromColumn(handed.profile.heading))
        rep = rep_column(columns)
        self.people: dict[str, Recipe] = {"rep_id": self.draft.use(*rep)} if rep else {}

    def proposal(self) -> Proposal | None:
        """Everything that the moments give, the lead itself last: it keeps the columns that nothing else uses."""
        accepted, won = self._fullest("decisions", "accepted"), self._fullest("opportunities", "won")
        decided, verdict = self._fullest("decisions", ""), self.verdict
        self._handoffs()
        self._activities()
        if decided is not None and verdict is not None:
            self._verdicts(decided, verdict)
        else:
            self._decisions(accepted)
            if verdict is not None and not any(rule.table == "decisions" for rule in self.draft.rules):
                self.draft.notes.append(
                    _("{column} says what sales decided, and no column says when: no decision is made of it.").format(
                        column=verdict.heading
                    )
                )
        if won is not None:
            self._deals(won, accepted)
        self._leads()
        self.draft.notes += [
            self._why_unused(time) for time in self.times if time.profile.heading not in self.draft.sure
        ]
        return self.draft.proposal() if self.draft.rules else None

    def _why_unused(self, time: _Time) -> str:
        for other in self.times:
            if (other.moment.table, other.moment.what) == (
                time.moment.table,
                time.moment.what,
            ) and other.profile.heading in self.draft.sure:
                return _("{column} is not used: {other} says the same and is filled more often.").format(
                    column=time.profile.heading, other=other.profile.heading
                )
        return _("{column} is not used: nothing else in the file goes with it.").format(column=time.profile.heading)

    def _fullest(self, table: str, what: str | None = None) -> _Time | None:
        found = [time for time in self.times if time.moment.table == table and what in {None, time.moment.what}]
        return max(found, key=lambda time: (time.moment.sure, time.profile.filled), default=None)

    def _add(self, table: str, suffix: str, time: _Time, more: Mapping[str, Recipe]) -> None:
        """A row of ``table`` for each lead whose moment is filled."""
        at = self.draft.use(time.profile, time.moment.sure)
        key: dict[str, Recipe] = {table_named(table).key[0]: Joined((*self.row, Constant(suffix)))}
        if table == "decisions" and len(self.row) > 1:
            key["handoff_id"] = Joined((*self.row, Constant(HANDED)))
        rule = TableRule(table, {**key, "lead_id": self.key, "at": at, **more}, Filled(time.profile.heading), keep=())
        self.draft.rules.append(rule)

    def _handoffs(self) -> None:
        handed = self._fullest("handoffs")
        if handed is None:
            return
        more = dict(self.people)
        team = next((column for column in self.columns if column.says("team", "equipe")), None)
        score = next((column for column in self.columns if column.says("score") and column.holds is Holds.NUMBER), None)
        more |= {"team": self.draft.use(team, NAMED_ALIKE)} if team else {}
        more |= {"score": self.draft.use(score, NAMED_ALIKE)} if score else {}
        self._add("handoffs", HANDED, handed, more)

    def _activities(self) -> None:
        for time in self.times:
            if time.moment.table != "activities":
                continue
            kind = time.moment.what or ASSUMED_ACT
            self._add("activities", time.slug, time, {**self.people, "kind": Constant(kind)})
            if not time.moment.what:
                self.draft.notes.append(
                    _("{column} does not say what sales did: a call is assumed; change kind if it was not.").format(
                        column=time.profile.heading
                    )
                )

    def _verdicts(self, decided: _Time, verdict: Profile) -> None:
        """What was decided in one column, and when in another; a row with neither is a lead that waits."""
        words = {word: meaning_of_word(word, DECISION_OUTCOMES) for word in verdict.values}
        outcome = self.draft.use(verdict, NAMED_ALIKE)
        said: dict[str, Recipe] = {
            "outcome": Words(outcome, {word: meaning for word, meaning in words.items() if meaning is not None})
        }
        if (reason := self._reason()) is not None:
            said["reason"] = self.draft.use(reason, NAMED_ALIKE)
        self._add("decisions", "decision", decided, {**self.people, **said})
        when: Condition = AnyOf((Filled(verdict.heading), Filled(decided.profile.heading)))
        waiting = tuple(word for word in words if fold(word) in UNDECIDED)
        if waiting:
            when = AllOf((when, Not(IsOneOf(verdict.heading, waiting))))
        self.draft.rules[-1] = replace(self.draft.rules[-1], when=when)
        unknown = [word for word, meaning in words.items() if meaning is None and word not in waiting]
        if unknown:
            self.draft.notes.append(
                _("{column} also holds {words}: say in words what each of them means.").format(
                    column=verdict.heading, words=", ".join(unknown)
                )
            )

    def _reason(self) -> Profile | None:
        return next((column for column in self.columns if column.says("reason", "motif", "raison")), None)

    def _decisions(self, accepted: _Time | None) -> None:
        reason = self._reason()
        for time in self.times:
            if (
                time.moment.table != "decisions"
                or not time.moment.what
                or (time.moment.what == "accepted" and time is not accepted)
            ):
                continue
            said: dict[str, Recipe] = {"outcome": Constant(time.moment.what)}
            if reason is not None and time.moment.what != "accepted":
                said["reason"] = self.draft.use(reason, NAMED_ALIKE)
            self._add("decisions", time.slug, time, {**self.people, **said})

    def _deals(self, won: _Time, accepted: _Time | None) -> None:
        """A deal is open from the first sign of it on; who was lost has no other deal."""
        opened, lost = self._fullest("opportunities", "opened"), self._fullest("opportunities", "lost")
        starts = [FromColumn(time.profile.heading) for time in (opened, accepted, won, lost) if time is not None]
        ends = [time for time in (won, lost) if time is not None]
        ended = tuple(self.draft.use(time.profile, time.moment.sure) for time in ends)
        if opened is not None:
            self.draft.use(opened.profile, opened.moment.sure)
        recipes: dict[str, Recipe] = {
            "opportunity_id": self.key if len(self.row) == 1 else Joined(self.row),
            "lead_id": self.key,
            "created_at": starts[0] if len(starts) == 1 else FirstOf(tuple(starts)),
            "closed_at": ended[0] if len(ended) == 1 else FirstOf(ended),
            "won": Constant("true"),
        }
        if lost is not None:
            yes = Only(Constant("true"), Filled(won.profile.heading))
            recipes["won"] = FirstOf((yes, Only(Constant("false"), Filled(lost.profile.heading))))
        amount = amount_column(self.columns)
        if amount is not None:
            recipes["amount"] = self.draft.use(*amount)
        filled = tuple(Filled(time.profile.heading) for time in ends)
        when = filled[0] if len(filled) == 1 else AnyOf(filled)
        self.draft.rules.append(TableRule("opportunities", recipes, when, keep=()))

    def _plain_date(self) -> _Time | None:
        """A column called no more than *Date*, where nothing else says when the lead was created."""
        plain = [
            profile
            for profile in self.columns
            if profile.holds is Holds.TIME and NOT_OF_THE_NAME.issuperset(profile.words) and moment_of(profile) is None
        ]
        return _Time(plain[0], Moment("leads", "", (), UNNAMED_DATE)) if plain else None

    def _leads(self) -> None:
        created = self._fullest("leads") or self._plain_date()
        if created is None:
            self.draft.notes.append(_("No column says when the lead was created: leads must come from another file."))
            return
        at = self.draft.use(created.profile, created.moment.sure)
        recipes: dict[str, Recipe] = {"lead_id": self.key, "created_at": at}
        free = [
            profile.heading
            for profile in self.columns
            if profile.holds in {Holds.TEXT, Holds.NUMBER} and profile.heading not in self.draft.sure
        ]
        in_ranges = {profile.heading for profile in self.columns if profile.ranges}
        for name, heading in alike(table_named("leads"), free).items():
            if name not in recipes and not (name == "employees" and heading in in_ranges):
                self.draft.sure[heading] = 1.0 if fold(heading) == fold(name) else NAMED_ALIKE
                recipes[name] = FromColumn(heading)
        kept = tuple(heading for heading in free if heading not in self.draft.sure)
        self.draft.sure |= dict.fromkeys(kept, KEPT)
        self.draft.rules.insert(0, TableRule("leads", recipes, keep=kept))
