"""What is collected while a mapping is proposed."""

from __future__ import annotations

from dataclasses import dataclass, field

from accord.ingest.mapping.model import FromColumn, TableRule
from accord.ingest.profile import Profile

__all__ = ["NAMED_ALIKE", "Draft", "Proposal"]

NAMED_ALIKE = 0.7
"""How sure a column is whose heading people also use for a column of the contract."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``rules``: what the file may be; ``sure``: heading → how sure its use is (0 to 1); ``notes``: what to look at."""

    rules: tuple[TableRule, ...]
    sure: dict[str, float]
    notes: tuple[str, ...] = ()


@dataclass
class Draft:
    """Rules, how sure each column is, and what a person should look at."""

    sure: dict[str, float] = field(default_factory=dict)
    rules: list[TableRule] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def use(self, profile: Profile, sure: float) -> FromColumn:
        """The column as a recipe, and noted that it is used."""
        self.sure[profile.heading] = max(sure, self.sure.get(profile.heading, 0.0))
        return FromColumn(profile.heading)

    def proposal(self) -> Proposal:
        """What has been collected."""
        return Proposal(tuple(self.rules), self.sure, tuple(self.notes))
