"""The effects of corrective actions: each against untouched comparable leads, with placebo checks and cautions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from accord.acceptance.measure import definition_that_counts, dimensions_of
from accord.actions.effect import measured
from accord.actions.groups import BACK_WEEKS, Measuring
from accord.actions.leads import fetch_handed
from accord.actions.model import CorrectiveAction
from accord.actions.report import ActionsReport
from accord.agreement.model import Definition
from accord.clock import local_date
from accord.diagnosis.promised import longest_wait
from accord.metrics.outcomes import Observation
from accord.readmodel.inputs import business_clock_at
from accord.readmodel.source import Source
from accord.tables.times import DAY, microseconds

__all__ = ["measure_actions"]

EPOCH = date(1970, 1, 1)


def measure_actions(source: Source, actions: Sequence[CorrectiveAction], only: str | None = None) -> ActionsReport:
    """What each action changed by ``source.as_of``; of removed ones nothing is said. ``only``: the id of one of them.

    Method and measured coverage: docs/method/actions.md.
    """
    standing = [action for action in actions if not action.removed]
    definition, _because = definition_that_counts(source)
    agreement = source.agreement
    # Where nothing was ever done, as before most companies' first report, there is nothing to fetch.
    measuring = _fetched(source, definition, standing) if standing else None
    return ActionsReport(
        agreement_name=agreement.name,
        agreement_version=agreement.version,
        as_of=source.as_of,
        definition=definition,
        window_days=agreement.acceptance.window_days,
        effects=tuple(
            measured(measuring, action) for action in standing if measuring and (only is None or action.id == only)
        ),
    )


def _fetched(source: Source, definition: Definition, standing: Sequence[CorrectiveAction]) -> Measuring:
    agreement = source.agreement
    clock = business_clock_at(agreement, source.as_of)
    observation = Observation(definition, agreement.acceptance, microseconds(source.as_of), clock)
    known = dimensions_of(source.episodes)
    names = sorted({name for action in standing for name in action.where if name in known})
    first = min(action.start for action in standing) - timedelta(weeks=3 * BACK_WEEKS)  # placebos lie before a drop
    return Measuring(
        handed=fetch_handed(source, observation, names, (first - EPOCH).days),
        actions=tuple(standing),
        today=local_date(source.as_of, agreement.timezone),
        window_days=agreement.acceptance.window_days,
        promise_hours=agreement.acceptance.promises_hours[0],
        longest_wait_days=longest_wait(agreement.acceptance) / DAY,
        by_class=bool(agreement.acceptance.promises),
    )
