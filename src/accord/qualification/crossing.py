"""Who crosses the threshold: every lead by its score, its standing with sales, and what people judged of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from accord.agreement.model import Agreement
from accord.clock import local_date
from accord.qualification.freezing import points
from accord.qualification.said import Labelled, Said, Value
from accord.scoring.rules import Rules
from accord.store.overrides import LeadOverride
from accord.tables.times import DAY, microseconds

__all__ = ["EXPLORED", "Crosses", "Kind", "Stays", "chances", "drawn_for_exploration", "in_line", "judged", "lot"]

Kind = Literal["crossed", "judged", "explored"]
EXPLORED: Kind = "explored"


@dataclass(frozen=True, slots=True)
class Crosses:
    """A lead that is to be handed over: scores in hundredths of a point; ``previous``, its last handoff."""

    lead_id: str
    score: int
    threshold: int
    kind: Kind
    why: tuple[Said, ...]
    previous: str | None = None
    override: LeadOverride | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """A lead that reaches the threshold, or was put forward, and is not handed over."""

    lead_id: str
    score: int
    threshold: int
    reason: Said


def drawn_for_exploration(lead_id: str, version: str, share: float) -> bool:
    """Whether the lot falls on a lead: decided by its id and the agreement's version, and so by nobody's choice."""
    digest = hashlib.sha256(f"{version}\0{lead_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def in_line(crossing: Sequence[Crosses], share: float, day: str) -> list[Crosses]:
    """The order in which leads get their turn: put forward by people, then by score; explored ones stand among these.

    Where not all get one, the exploration has its ``share`` of the room (half of it at most) and no more: were its
    leads the last, full reps would mean that none is ever handed over. Among themselves they stand by :func:`lot`.
    Where the first of them stands is drawn anew each local ``day``, so that a small room has its turns too.
    """
    forward = [each for each in crossing if each.kind == "judged"]
    crossed = [each for each in crossing if each.kind == "crossed"]
    explored = sorted((each for each in crossing if each.kind == EXPLORED), key=lambda each: lot(each.lead_id))
    forward.sort(key=_by_score)
    crossed.sort(key=_by_score)
    apart = max(1 / share - 1, 1.0) if share > 0 else 1.0
    first = lot(f"first of {day}")
    places = [(int((place + first) * apart), 0, each) for place, each in enumerate(explored)]
    among = [(place, 1, each) for place, each in enumerate(crossed)]
    return [*forward, *(each for _place, _kind, each in sorted([*places, *among], key=lambda found: found[:2]))]


def chances(handed: Sequence[str], waiting: Sequence[str]) -> dict[str, float]:
    """For each explored lead that was ``handed`` over, how likely the lot was to let it be, of those that were drawn.

    It went because its lot was below that of the first one after it that had to wait: that lot is its chance, 1 where
    nobody waited. A lead that waited before and goes now has the higher chance of now. Source: sampling with a lot for
    each, up to a threshold (Duffield, Lund & Thorup 2007, J. ACM 54, 32).
    """
    waited = sorted(lot(lead) for lead in waiting)
    return {lead: next((other for other in waited if other > lot(lead)), 1.0) for lead in handed}


def lot(word: str) -> float:
    """A number from 0 to 1 that follows from ``word``, and so from nobody's choice."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big") / 2**64


def _by_score(crossing: Crosses) -> tuple[int, float, str]:
    return -crossing.score, lot(crossing.lead_id), crossing.lead_id


def judged(
    row: Mapping[str, object], override: LeadOverride | None, rules: Rules, agreement: Agreement, moment: datetime
) -> Crosses | Stays:
    """What is done with one lead. ``row``: the columns of :meth:`Sales.of_leads`, of the score, and ``created_us``."""
    case = _Case(row, override, rules, agreement, moment)
    reason = case.kept_back() or case.standing()
    if reason is None:
        return case.crossing()
    return Stays(case.lead_id, case.score, case.threshold, reason)


@dataclass(frozen=True)
class _Case:
    row: Mapping[str, object]
    override: LeadOverride | None
    rules: Rules
    agreement: Agreement
    moment: datetime

    @property
    def lead_id(self) -> str:
        return str(self.row["lead_id"])

    @property
    def score(self) -> int:
        return _whole(self.row["score"])

    @property
    def threshold(self) -> int:
        return _whole(self.row["threshold"])

    @property
    def reaches(self) -> bool:
        return self.score >= self.threshold

    @property
    def put_forward(self) -> bool:
        return self.override is not None and self.override.judgement == "up"

    @property
    def explores(self) -> bool:
        """Whether the exploration takes it: young enough, never handed over, and the lot fell on it."""
        share = self.rules.kept.exploration.share
        created = self.row["created_us"]
        if not share or self.row["last_handoff"] is not None or not isinstance(created, int):
            return False
        young = microseconds(self.moment) - created < self.agreement.handoff.exploration_within_days * DAY
        return young and drawn_for_exploration(self.lead_id, self.rules.version, share)

    def kept_back(self) -> Said | None:
        """What the agreement or a person says against it, whatever sales did."""
        if not (self.reaches or self.put_forward or self.explores):
            return Said("below", self._points())
        disqualified = tuple(
            Labelled(kept.id, kept.label)
            for place, kept in enumerate(self.rules.kept.disqualifiers)
            if self.row[f"disqualifier_{place}"]
        )
        if disqualified:
            return Said("disqualified", {"labels": disqualified})
        if self.override is not None and self.override.judgement in ("down", "hold"):
            code = "held" if self.override.judgement == "hold" else "judged_down"
            return Said(code, {"name": self.override.name, "reason": self.override.reason})
        return None

    def standing(self) -> Said | None:
        """What sales did or does with it that speaks against handing it over now."""
        if self.row["last_handoff"] is None:
            return Said("deal") if self.row["deal"] else None
        handed, outcome = _whole(self.row["handed_us"]), self.row["outcome"]
        if handed > microseconds(self.moment):
            return Said("handed_later", {"handed": self._day(handed)})
        if outcome is None:
            return self._without_answer(handed)
        decided = _whole(self.row["decided_us"])
        if outcome == "recycled":
            if self.row["deal"]:
                return Said("deal")
            again = self._active_since(decided) or self._put_forward_since(decided)
            return None if again else Said("not_active_again", {"given_back": self._day(decided)})
        return Said("accepted" if outcome == "accepted" else "refused", {"decided": self._day(decided)})

    def crossing(self) -> Crosses:
        """It is handed over; why."""
        kind: Kind
        if self.reaches:
            kind, why = "crossed", Said("crossed", self._points())
        elif self.put_forward:
            assert self.override is not None
            kind, why = "judged", Said("judged_up", {"name": self.override.name, "reason": self.override.reason})
        else:
            kind, why = EXPLORED, Said("explored", {"threshold": points(self.threshold)})
        reasons = [why]
        previous = self.row["last_handoff"]
        if self.row["outcome"] == "recycled" and self._active_since(_whole(self.row["decided_us"])):
            days: dict[str, Value] = {
                "given_back": self._day(_whole(self.row["decided_us"])),
                "active": self._day(self._active),
            }
            reasons.append(Said("crossed_again", days))
        override = self.override if kind == "judged" else None
        return Crosses(
            self.lead_id,
            self.score,
            self.threshold,
            kind,
            tuple(reasons),
            None if previous is None else str(previous),
            override,
        )

    def _without_answer(self, handed: int) -> Said | None:
        over = handed + self.agreement.acceptance.window_days * DAY <= microseconds(self.moment)
        if over and self._put_forward_since(handed):
            return None
        return Said("unanswered" if over else "with_sales", {"handed": self._day(handed)})

    @property
    def _active(self) -> int:
        active = self.row["active_us"]
        return active if isinstance(active, int) else -(2**62)

    def _active_since(self, moment: int) -> bool:
        return self._active > moment

    def _put_forward_since(self, moment: int) -> bool:
        return self.put_forward and self.override is not None and microseconds(self.override.at) > moment

    def _points(self) -> dict[str, Value]:
        return {"score": points(self.score), "threshold": points(self.threshold)}

    def _day(self, moment: int) -> date:
        instant = datetime.fromtimestamp(moment / 1_000_000, UTC).replace(tzinfo=None)
        return local_date(instant, self.agreement.timezone)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
