"""People's judgements of leads: recorded with a reason and a name, kept apart from the score, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accord.agreement.findings import nearest
from accord.errors import DataError, UsageError
from accord.language import gettext as _
from accord.store.address import address_of
from accord.store.database import Store, open_store
from accord.store.faults import translated
from accord.store.handing import TRACED_FORMAT
from accord.store.moments import now
from accord.store.overrides import JUDGEMENTS, Judgement, LeadOverride, overrides_recorded, record_override
from accord.workspace import Workspace

__all__ = ["Recorded", "in_force", "override_lead", "overrides_of"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A judgement that is kept for good, and the one of the same lead that it follows (None: it is the first)."""

    override: LeadOverride
    before: LeadOverride | None


def override_lead(
    workspace: Workspace, lead_id: str, judgement: str, *, reason: str, name: str, at: datetime
) -> Recorded:
    """Keep somebody's judgement of a lead, from ``at`` (naive UTC) on. Durable when it returns; the score stays.

    Raises ``UsageError`` for a judgement there is none of, without a reason or a name, and for a moment that has not
    come; ``DataError`` where the workspace knows no such lead.
    """
    if judgement not in JUDGEMENTS:
        message = _("{judgement} is no judgement: up, down, hold or clear.").format(judgement=judgement)
        raise UsageError(f"{message} {nearest(judgement, JUDGEMENTS) or ''}".strip())
    if not reason.strip():
        raise UsageError(_('An override needs a reason: --reason "They asked for a call.".'))
    if not name.strip():
        raise UsageError(_('An override needs a name: --by "Ann Martin".'))
    if at.replace(tzinfo=UTC) > now():
        message = _("{moment} has not come yet: a judgement holds from now on, or from a moment that is past.")
        raise UsageError(message.format(moment=f"{at:%Y-%m-%dT%H:%MZ}"))
    chosen: Judgement = next(known for known in JUDGEMENTS if known == judgement)
    open_store(workspace.database_url).close()  # says so where there is none
    with open_store(workspace.database_url, create=True) as store, translated(store.session.address):
        if store.row("leads", lead_id) is None:
            raise DataError(_("There is no lead {lead}. Nothing was recorded.").format(lead=lead_id))
        known = overrides_recorded(store.session, lead_id)
        if chosen == "clear" and (not known or known[-1].judgement == "clear"):
            raise UsageError(_("There is no override of {lead} to clear.").format(lead=lead_id))
        recorded = record_override(store.session, lead_id, chosen, reason=reason.strip(), name=name.strip(), at=at)
    return Recorded(recorded, known[-1] if known else None)


def overrides_of(workspace: Workspace, lead_id: str | None = None) -> list[LeadOverride]:
    """Every judgement ever recorded (of one lead), the first first; none where there is no database yet."""
    address = address_of(workspace.database_url)
    if address.path is not None and not address.path.exists():
        return []
    with open_store(workspace.database_url, read_only=True) as store:
        return _recorded(store, lead_id)


def in_force(
    recorded: Sequence[LeadOverride], moment: datetime, became: Mapping[str, str] | None = None
) -> dict[str, LeadOverride]:
    """The judgement that holds for each lead at ``moment``: the last that took effect by then, unless it clears.

    ``became``: the lead that each merged one has become; of merged leads the last judgement holds.
    """
    last: dict[str, LeadOverride] = {}
    for override in sorted(recorded, key=lambda each: (each.at, each.number)):
        if override.at <= moment:
            lead = override.lead_id
            last[became.get(lead, lead) if became else lead] = override
    return {lead: override for lead, override in last.items() if override.judgement != "clear"}


def _recorded(store: Store, lead_id: str | None) -> list[LeadOverride]:
    if store.layout.version < TRACED_FORMAT:
        return []
    with translated(store.session.address):
        return overrides_recorded(store.session, lead_id)
