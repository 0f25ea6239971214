"""What was known of leads at a past moment, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from accord.language import gettext as _
from accord.language import ngettext
from accord.qualification.known_then import HowKnown
from accord.report import formats

__all__ = ["history_words"]


def history_words(how: HowKnown | None) -> Iterator[str]:
    """How many leads have changed since, and of how many nothing older is recorded; None: there is no history."""
    if how is None:
        yield _("The columns of leads are those of today: the engine that computes keeps no history of them.")
        return
    if how.changed:
        yield ngettext(
            "{n} lead was changed since then: its columns are those that were known then.",
            "{n} leads were changed since then: their columns are those that were known then.",
            how.changed,
        ).format(n=formats.count(how.changed))
    if how.later:
        yield ngettext(
            "{n} lead was first imported after that: its columns are as first recorded.",
            "{n} leads were first imported after that: their columns are as first recorded.",
            how.later,
        ).format(n=formats.count(how.later))
