"""Asks the engine for what :mod:`accord.recycle.facts` holds, and lays it out for the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from accord.engines.arrays import column_array, integers
from accord.late import Late
from accord.metrics.cells import EPISODE_ROW, MISSING, segment_value
from accord.metrics.outcomes import NEVER, Observation, Outcome, observed
from accord.readmodel.asking import Asking
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.recycle.coded import Coded, coded
from accord.recycle.events import Moments
from accord.recycle.happened import Happened, happened
from accord.recycle.reading import HANDOFFS, NOW, asking_of
from accord.stats.grouped import Ints
from accord.value.names import Names

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir
else:
    ibis = Late("ibis")

__all__ = ["fetched"]

_TIMES = {"at": "at_us", "end": "end_us", "left": "left_us", "back": "back_us", "next_at": "next_us"}
_NUMBERS = {"sequence": "sequence", "day": "local_day", "month": "local_month"}


def fetched(source: Source, observation: Observation, dimensions: Sequence[str]) -> Kept:
    """Lay out the session's table of handoffs and fetch everything, in the order of (lead, time)."""
    with asking_of(source, observation.definition, dimensions, observation.as_of_us) as asking:
        return _fetched(asking, observation, dimensions)


def _fetched(asking: Asking, observation: Observation, dimensions: Sequence[str]) -> Kept:
    at_any_time = replace(observation, as_of_us=asking.number(NOW))
    asking.table(HANDOFFS, lambda: _handoffs(asking.source, at_any_time, dimensions))
    rows = asking.rows("handoffs", lambda: asking.source.engine.table(HANDOFFS))
    by_lead = pc.sort_indices(rows, sort_keys=[("lead_id", "ascending"), ("sequence", "ascending")])
    order = np.from_dlpack(by_lead).astype(np.int64)
    place = np.empty(rows.num_rows, dtype=np.int64)
    place[column_array(rows, "number")[order]] = np.arange(rows.num_rows)
    times = {name: column_array(rows, column)[order].astype(np.int64) for name, column in _TIMES.items()}
    numbers = {name: column_array(rows, column)[order].astype(np.int32) for name, column in _NUMBERS.items()}
    first = numbers["sequence"] == 1
    span = (int(times["at"].min(initial=observation.as_of_us)), observation.as_of_us)
    events = happened(asking, (place, np.cumsum(first) - 1, times["at"]), span)
    named = {
        "lead": Names.of(rows["lead_id"].take(integers(order[first]))),
        "handoff": Names.of(rows["handoff_id"].take(integers(order))),
    }

    def word(column: str) -> Coded:
        return coded(rows, column).take(order)

    words = {
        "decision": word("decision"),
        "reason": _with_late_reasons(word("reason"), events),
        "channel": word("of_channel"),
        "band": word("of_band"),
        "tried": events.tried,
        "brought": events.brought,
        **{f"cell_{number}": word(f"cell_{number}") for number in range(len(dimensions))},
    }
    arrays: dict[str, npt.NDArray[Any]] = {
        **times,
        **numbers,
        "outcome": column_array(rows, "outcome")[order].astype(np.int8),
        **{name: _narrow(found) for name, found in words.items()},
        **{f"{name} letters": names.letters for name, names in named.items()},
        **{f"{name} ends": names.ends for name, names in named.items()},
        "answered": events.answered,
        "touches": events.touches.astype(np.int32),
        "last_touch": events.last_touch,
        **_moments("opened", events.opened),
        **_moments("won", events.won),
        "customer": events.customer,
        "open_deal": events.open_deal,
        "keep_away": events.keep_away,
        "refused_late": events.refused_late,
    }
    if EPISODE_ROW in rows.column_names:
        arrays["episode"] = _ranks(column_array(rows, EPISODE_ROW)[order]).astype(np.int32)
    return arrays, {name: list(found.words) for name, found in words.items()}


def _handoffs(source: Source, observation: Observation, dimensions: Sequence[str]) -> ir.Table:
    """One narrow row per handoff up to the moment, with a number."""
    # Nothing here is told in open hours, so the business clock is not laid out.
    seen = observed(source.episodes, observation)
    never = ibis.literal(NEVER, type="int64")

    def by_now(delay: ir.IntegerValue) -> ir.IntegerValue:
        return ibis.ifelse(delay <= seen.age_us, delay, never)

    accepted, refused = seen.outcome == int(Outcome.ACCEPTED), seen.outcome == int(Outcome.REJECTED)
    expired = seen.outcome == int(Outcome.EXPIRED)
    given_back = ibis.least(
        ibis.coalesce(by_now(seen.recycled_later_us), never),
        ibis.coalesce(by_now(seen.disqualified_later_us), never),
        # by action or by silence taken, and then said no
        ibis.ifelse(seen.said_no, seen.decided_us, never),
    )
    back = ibis.cases((refused | expired, seen.left_us), (accepted, given_back), else_=never)
    return seen.select(
        *([EPISODE_ROW] if EPISODE_ROW in seen.columns else []),
        "lead_id",
        "handoff_id",
        "at_us",
        "sequence",
        "local_day",
        "local_month",
        "outcome",
        given_back=accepted & (given_back < NEVER),
        end_us=seen.at_us + seen.end_us,
        left_us=seen.at_us + seen.left_us,
        back_us=ibis.ifelse(back < NEVER, seen.at_us + back, never),
        next_us=ibis.ifelse(seen.following_us <= seen.age_us, seen.at_us + seen.following_us, never),
        decision=ibis.ifelse(seen.decided_us < NEVER, seen.decision, ibis.null("string")),
        reason=ibis.ifelse(seen.said_no, seen.reason, ibis.null("string")),
        of_channel=_segment(seen, "channel"),
        of_band=_segment(seen, "band"),
        # any number: sorting all these columns would take an engine longer than sorting two of them here
        number=ibis.row_number().over(),
        **{f"cell_{place}": segment_value(seen, name) for place, name in enumerate(dimensions)},
    )


def _segment(seen: ir.Table, name: str) -> ir.StringValue:
    try:
        return segment_value(seen, name)
    except KeyError:  # a warehouse's leads need not have a channel
        return ibis.literal(MISSING)


def _with_late_reasons(first: Coded, events: Happened) -> Coded:
    """The reasons of first decisions, and over them those of what was given back after an acceptance."""
    later = events.reasons_later
    words = tuple(sorted({*first.words, *(later.words[code] for code in np.unique(later.codes).tolist())}))
    place = {word: number for number, word in enumerate(words)}
    codes = np.array([place[word] for word in first.words], dtype=np.int64)[first.codes]
    said = np.array([place.get(word, -1) for word in later.words], dtype=np.int64)
    codes[events.given_back] = said[later.codes]
    return Coded(codes, words)


def _moments(name: str, moments: Moments) -> dict[str, npt.NDArray[Any]]:
    return {f"{name} of": moments.lead.astype(np.int32), name: moments.at}


def _narrow(found: Coded) -> npt.NDArray[Any]:
    return found.codes.astype(np.int16 if len(found.words) <= 1 << 15 else np.int32)


def _ranks(numbers: Ints) -> Ints:
    ranks = np.empty(len(numbers), dtype=np.int64)
    ranks[np.argsort(numbers, kind="stable")] = np.arange(len(numbers))
    return ranks
