"""Versions of the agreement: proposed, signed by each side, in force from the second signature to the next version's.

The content of a version is known by its digest (docs/decisions/0022-what-is-signed.md). A version label stands for one
content for ever; handoffs and answers carry the label (docs/decisions/0023-in-force-when-both-signed.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, get_args

__all__ = ["SHORTEST_DIGEST", "SIDES", "AgreementVersion", "Register", "Side", "Signature", "Span", "Standing"]

Side = Literal["marketing", "sales"]
SIDES: tuple[Side, ...] = get_args(Side)

SHORTEST_DIGEST = 8
"""Characters of a digest that a person has to give; the first version with another content and the same eight is one in
four thousand million."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One side's yes to one exact content: who, when (aware UTC), and what they added to it."""

    side: Side
    name: str
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A proposed version: the digest of its content, its label, when it was proposed (aware UTC), who signed it."""

    digest: str
    name: str
    version: str
    recorded_at: datetime
    signatures: tuple[Signature, ...] = ()

    def signature(self, side: Side) -> Signature | None:
        """The signature of that side, if it has signed."""
        return next((signature for signature in self.signatures if signature.side == side), None)

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that have not signed."""
        return tuple(side for side in SIDES if self.signature(side) is None)

    @property
    def effective(self) -> datetime | None:
        """The moment at which both sides had signed; None while one has not."""
        return None if self.missing else max(signature.signed_at for signature in self.signatures)


@dataclass(frozen=True, slots=True)
class Span:
    """``version`` was in force in [``start``, ``end``), aware UTC; ``end`` is None for the one that is."""

    version: AgreementVersion
    start: datetime
    end: datetime | None


class Standing(Enum):
    """What a content is, measured against the versions there are."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    PROPOSED = "proposed"
    DRAFT = "draft"
    CONTRADICTS = "contradicts"
    """Its label belongs to a version that says something else."""


@dataclass(frozen=True, slots=True)
class Register:
    """Every version that was ever proposed, in the order of their proposal."""

    versions: tuple[AgreementVersion, ...] = ()

    def spans(self) -> tuple[Span, ...]:
        """Which version was in force from when to when, oldest first. One replaced at once has an empty span."""
        # Sorting keeps the order of proposal where two took effect at one moment.
        signed = sorted(
            ((version.effective, version) for version in self.versions if version.effective), key=lambda one: one[0]
        )
        ends: list[datetime | None] = [start for start, _version in signed[1:]]
        return tuple(Span(version, start, end) for (start, version), end in zip(signed, [*ends, None], strict=False))

    def span_of(self, digest: str) -> Span | None:
        """When the version with this content was in force; None where it never was."""
        return next((span for span in self.spans() if span.version.digest == digest), None)

    def in_force(self, at: datetime | None = None) -> AgreementVersion | None:
        """The version in force at ``at`` (aware UTC; default: now); None before the first was signed by both."""
        found = [span.version for span in self.spans() if at is None or span.start <= at]
        return found[-1] if found else None

    def labelled(self, version: str) -> AgreementVersion | None:
        """The version that this label stands for."""
        return next((known for known in self.versions if known.version == version), None)

    def with_digest(self, beginning: str) -> Iterator[AgreementVersion]:
        """The versions whose digest begins so."""
        return (known for known in self.versions if known.digest.startswith(beginning.lower()))

    def standing(self, version: str, digest: str) -> Standing:
        """What the content with ``digest``, labelled ``version``, is."""
        known = next((known for known in self.versions if known.digest == digest), None)
        if known is None:
            return Standing.DRAFT if self.labelled(version) is None else Standing.CONTRADICTS
        if known.missing:
            return Standing.PROPOSED
        return Standing.IN_FORCE if known == self.in_force() else Standing.REPLACED
