"""What a diagnosis answers: a verdict on the whole, what hurts, and what to learn from. Frozen; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from accord.agreement.model import Definition
from accord.values import Estimate, Figure

__all__ = [
    "Action",
    "Change",
    "ChangeRow",
    "ChangeTable",
    "Check",
    "ChosenBecause",
    "Contradiction",
    "Delays",
    "DiagnosisReport",
    "Evidence",
    "Finding",
    "Gain",
    "GainOf",
    "IntentRow",
    "Kind",
    "OwnChange",
    "Refusals",
    "RepCause",
    "SignalRow",
    "Texts",
    "Verdict",
]

Verdict = Literal["healthy", "durably_low", "sudden_drop", "unclear"]
Kind = Literal[
    "durably_low",
    "sudden_drop",
    "mix_shift",
    "segment_friction",
    "segment_model",
    "overweighted_signal",
    "underweighted_signal",
    "rep_gap",
    "slow_response",
    "token_effort",
    "rubber_stamp",
    "definition_gap",
    "not_measurable",
]
GainOf = Literal[
    "acceptances",
    "acceptances_of_100",
    "refusals_avoided",
    "answers_in_time",
    "acceptances_worked",
    "leads_counted_right",
    "leads_refused",
]
ChosenBecause = Literal["agreement", "decisions_recorded", "no_decisions"]
RepCause = Literal["territory", "training", "resistance", "overload", "undetermined"]
Texts = Mapping[str, str]
"""One sentence per language: ``{"en": …, "fr": …}``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure that speaks for a finding or against it; ``what`` is a code that the report has words for."""

    what: str
    value: Figure


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do about it: a stable code, and a sentence in each language."""

    code: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Gain:
    """What acting on a finding would bring: so many ``of`` (in 100 leads, or in ``days`` like the latest), ``money``.

    At most: if the whole gap closes, and as many leads come as came. ``money``: what such leads cost, in the
    agreement's currency.
    """

    of: GainOf
    amount: Figure
    money: Figure
    days: int
    text: Texts


@dataclass(frozen=True, slots=True)
class Check:
    """How to see later that it worked; ``to_record``: by the effect of a corrective action that was written down."""

    text: Texts
    to_record: bool


SURE = 0.8
"""Confidence from which something is said without reserve; of what was told below it, about half was real."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that hurts (or, of kind ``segment_model``, one to learn from).

    ``where``: stored values by dimension, ``{}`` = everywhere. ``since``: first local day of the new regime, between
    ``since_low`` and ``since_high``; None = it was always so. ``confidence``: probability that it is real.
    ``effect``: change of a rate against comparable leads, as a fraction. ``leads``: how many it touches in the analysed
    period; ``lost_acceptances`` and ``cost`` (the agreement's currency) over the same. ``cause``: why, for a rep gap.
    ``evidence`` speaks for it, ``against`` against it; ``context`` takes no side.
    ``facts``: numbers and words that its sentences are filled with. ``gain``: what acting on it would bring; ``check``:
    how to see later that it worked.
    """

    kind: Kind
    where: Mapping[str, str]
    confidence: float
    effect: Figure
    leads: int
    lost_acceptances: Figure
    cost: Figure
    text: Texts
    actions: tuple[Action, ...]
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    context: tuple[Evidence, ...] = ()
    since: date | None = None
    since_low: date | None = None
    since_high: date | None = None
    cause: RepCause | None = None
    facts: Mapping[str, float | Texts | None] = field(default_factory=dict)
    gain: Gain | None = None
    check: Check | None = None

    @property
    def id(self) -> str:
        """The same finding has the same name in every run: what it is and where."""
        place = ",".join(f"{name}={value}" for name, value in sorted(self.where.items()))
        return f"{self.kind}:{place}" if place else self.kind

    @property
    def sure(self) -> bool:
        """Whether it is sure enough to act on: below :data:`SURE` it is a hint, worth watching."""
        return self.confidence >= SURE


@dataclass(frozen=True, slots=True)
class Delays:
    """Whose the delay is, over all leads looked at.

    ``late``: share of answers beyond the promise (its first hours, after the handoff). The system's delay comes before
    the handoff: ``handed_after_hours``, the median from qualified to handed over, and ``handed_late``, the share for
    which that alone took longer than the promise. ``from_queue`` and ``from_people``: the parts of the late answers
    that came late because more leads came than can be worked, and though there was room; they add up to one.
    ``by_rule``: when leads qualified is recorded nowhere, and was worked out from their touches and the agreement.
    """

    promise_hours: float
    late: Figure
    handed_after_hours: Figure
    handed_late: Figure
    from_queue: Figure
    from_people: Figure
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One criterion of the agreement against what became of leads.

    ``points``: given each time, ``most`` in all (None: no cap). ``supported`` by acceptance, given the score and all
    other criteria; ``supported_by_deals`` likewise. ``only_thanks``: share of the qualified leads that would not be
    without it; ``marginal_rate``: how often these are accepted.
    """

    criterion: str
    label: Texts
    points: float
    most: float | None
    supported: Figure
    supported_by_deals: Figure
    only_thanks: Figure
    marginal_rate: Figure


@dataclass(frozen=True, slots=True)
class IntentRow:
    """Qualified leads that only read ("content"), only asked ("direct"), or did both ("mixed"): accepted, and deals."""

    intent: str
    leads: int
    rate: Figure
    deals: Figure


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What one value adds to the change of the whole rate, as fractions: by its share, its own rate, and both at once.

    ``before`` and ``after`` count mature leads; ``accepted_…`` those accepted.
    """

    value: str
    before: int
    after: int
    accepted_before: int
    accepted_after: int
    mix: float
    rate: float
    interaction: float


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """The change cut by one dimension: ``mix`` + ``rate`` + ``interaction`` of all rows is the whole change, exactly.

    Times ``leads`` (those after) it is in acceptances; times ``cost_per_lead`` (None: no spend recorded) in money.
    """

    dimension: str
    rows: tuple[ChangeRow, ...]
    mix: float
    rate: float
    interaction: float
    leads: int
    cost_per_lead: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """The rate of mature leads before and from the local day ``border`` on.

    ``finding``: the dated finding that set the border, None = the latest thirteen mature weeks. ``moved``: by how much,
    with its interval. ``acceptances`` won
    (negative: lost) on the ``leads`` since; ``cost``: what lost ones cost to bring in. ``tables``: the dimensions whose
    mix moved most first.
    """

    border: date
    finding: str | None
    before: Estimate
    after: Estimate
    moved: Estimate
    leads: int
    acceptances: float
    cost: float | None
    tables: tuple[ChangeTable, ...]


@dataclass(frozen=True, slots=True)
class OwnChange:
    """Something the company changed: a version of the agreement, a rep, a campaign or a channel (``what``) that began.

    ``beside``: findings that began about then; beside them, not because of them.
    """

    since: date
    what: str
    value: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The share of refusals with a reason that the data contradict."""

    reason: str
    share: Figure


@dataclass(frozen=True, slots=True)
class Refusals:
    """What refusals say. ``levels``: how many by level of their reason (``none``, ``other``, or of the contract).

    ``rejected_before_contact``: share of rejections that no real action came before; the same of disqualifications,
    which are said to come after contact.
    """

    refused: int
    without_reason: Figure
    levels: Mapping[str, int]
    rejected_before_contact: Figure
    disqualified_before_contact: Figure
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisReport:
    """The whole answer. ``findings`` and ``models`` strongest first: the one the verdict names, then the others that
    are sure by what they cost, then those that are not; rep gaps among themselves by their ids.

    ``first`` and ``last``: local days of the handoffs looked at. ``rate``: of the mature ones. ``because``: why the
    verdict is what it is, in both languages, and what would settle an unclear one. ``definition``: what counts as
    accepted in all of it; ``definition_because``: the agreement names it, or it follows from what is recorded.
    ``limits``: what could not be looked at, one sentence each. ``searched``: segments that were compared. ``signals``:
    every criterion of the agreement against the outcomes, and ``intents``: content against direct intent; both empty
    where nothing is scored. ``change``: why the rate moved; ``own_changes``: what the company changed meanwhile;
    ``refusals``: what refusals say; ``delays``: whose the delay is. ``in_part``: what is said of other people than the
    viewer's was left out, whether or not there was any.
    """

    agreement_name: str
    agreement_version: str
    currency: str
    as_of: datetime
    first: date | None
    last: date | None
    handed: int
    rate: Figure
    floor: float
    definition: Definition
    definition_because: ChosenBecause
    verdict: Verdict
    because: Texts
    findings: tuple[Finding, ...]
    models: tuple[Finding, ...]
    limits: tuple[Texts, ...]
    searched: int
    signals: tuple[SignalRow, ...] = ()
    intents: tuple[IntentRow, ...] = ()
    change: Change | None = None
    own_changes: tuple[OwnChange, ...] = ()
    refusals: Refusals | None = None
    delays: Delays | None = None
    in_part: bool = False
