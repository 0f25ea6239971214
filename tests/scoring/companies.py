"""Random agreements, leads and touches: small worlds in which every rule of scoring is hit often."""

# ruff: noqa: DTZ001 - stored times are naive UTC, and dates stand for themselves

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from accord.agreement.model import Agreement
from accord.agreement.qualification import AXES, Qualification
from accord.agreement.reach import attainable

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MOMENTS = (
    datetime(2026, 3, 29, 1, 0),
    datetime(2026, 10, 25, 0, 30),
    datetime(2026, 6, 15, 22, 30, 0, 1),
    datetime(2024, 2, 29, 12, 0),
    datetime(2026, 4, 4, 15, 0),  # Lord Howe goes back by half an hour
    datetime(2026, 11, 1, 6, 0),  # New York goes back
    datetime(1969, 12, 31, 23, 0),
)
TEXTS = ("software", "health", "Été", "E\u0301te\u0301", "o'neil 100% {x}", " 50", "1e3", "01", "50", "true", "")
NUMBERS = (0, 1, 10, 49, 50, 51, 250, 999, 1000, -7, 2**53, 2**53 + 1)
AMOUNTS = (0.0, -0.0, 0.1, 0.30000000000000004, 50.0, 1e6, -3.5, 1e-300, 1e300)
KINDS = ("webinar", "download", "form", "l'été 🦄")
CHANNELS = ("web", "Été", "E\u0301te\u0301", None)

TYPES: Mapping[str, str] = {
    "sector": "text",
    "colour": "text",
    "employees": "integer",
    "timeline_days": "integer",
    "budget": "number",
    "decision_maker": "boolean",
    "trial_at": "time",
    "signed_on": "date",
}
ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us"),
    "date": pa.date32(),
}
FIELDS = (*TYPES, "account_size", "created_at", "nothing_of_that_name")
WORDS = (*TEXTS[:-1], "50.0", "0.1", "false", "micro", "medium", "2026-06-15")


@dataclass(frozen=True)
class World:
    """An agreement as written, the rows of two tables, and the moment they are looked at."""

    document: dict[str, Any]
    leads: list[dict[str, Any]]
    touches: list[dict[str, Any]]
    as_of: datetime

    @property
    def agreement(self) -> Agreement:
        return Agreement.model_validate(self.document)

    def lead_table(self) -> pa.Table:
        fields = [("lead_id", pa.string()), ("created_at", pa.timestamp("us")), ("created_at_is_date", pa.bool_())]
        fields += [("merged_into", pa.string()), ("trial_at_is_date", pa.bool_())]
        fields += [(name, ARROW[kind]) for name, kind in TYPES.items()]
        return pa.Table.from_pylist(self.leads, pa.schema(fields))

    def touch_table(self) -> pa.Table:
        fields = [("touch_id", pa.string()), ("lead_id", pa.string()), ("at", pa.timestamp("us"))]
        fields += [("at_is_date", pa.bool_()), ("kind", pa.string()), ("channel", pa.string()), ("value", pa.float64())]
        return pa.Table.from_pylist(self.touches, pa.schema(fields))


def points(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least * 100, most * 100).map(lambda hundredths: hundredths / 100)


COMPARISONS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"is": st.sampled_from(WORDS)}),
    st.fixed_dictionaries({"in": st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)}),
    st.fixed_dictionaries({"in_list": st.sampled_from(["some", "others"])}),
    st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)).map(lambda both: {"between": sorted(both)}),
    st.fixed_dictionaries({"at_least": st.sampled_from([*NUMBERS, *AMOUNTS])}),
    st.fixed_dictionaries({"at_most": st.sampled_from([*NUMBERS, *AMOUNTS])}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"within_days": st.sampled_from([1, 2, 30, 400])}),
)
COMPARED = st.tuples(st.sampled_from(FIELDS), COMPARISONS).map(lambda both: {"field": both[0], **both[1]})
CONDITIONS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    COMPARED,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=5,
)
TOUCHES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
        "channel": st.lists(st.sampled_from(CHANNELS[:-1]), min_size=1, unique=True),
        "within_days": st.sampled_from([1, 2, 3, 30, 400]),
        "half_life_days": st.sampled_from([0.5, 1, 7, 30]),
        "at_most": st.integers(1, 3),
        "at_most_a_day": st.integers(1, 2),
    },
)
DISTINCT = st.fixed_dictionaries(
    {},
    optional={
        "within_days": st.sampled_from([1, 3, 30]),
        "at_least": st.integers(1, 3),
        "kind": st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
    },
)
BOTH = {"en": "a", "fr": "b"}


@st.composite
def criteria(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for place in range(draw(st.integers(1, 5))):
        form = draw(st.sampled_from(["when", "touches", "touches", "channels"]))
        criterion: dict[str, Any] = {
            "id": f"c{place}",
            "axis": draw(st.sampled_from(AXES)),
            "label": BOTH,
            "why": BOTH,
            "points": draw(points(-20, 20)),
        }
        criterion[form] = draw({"when": CONDITIONS, "touches": TOUCHES, "channels": DISTINCT}[form])
        if form != "when" and draw(st.booleans()):
            criterion["cap"] = draw(points(1, 30))
        made.append(criterion)
    return made


@st.composite
def qualifications(draw: st.DrawFn) -> dict[str, Any]:
    said = draw(criteria())
    ids = [criterion["id"] for criterion in said]
    content: dict[str, Any] = {
        "lists": {"some": ["software", "50"], "others": ["true", "micro"]},
        "axes": {axis: {"max": draw(points(30, 40))} for axis in AXES if draw(st.booleans())},
        "criteria": said,
        "threshold": 0,
        "disqualifiers": [
            {"id": f"d{place}", "label": BOTH, "when": draw(CONDITIONS), "reason": "no_fit"}
            for place in range(draw(st.integers(0, 2)))
        ],
        "overrides": [
            {
                "name": f"o{place}",
                "where": draw(
                    st.dictionaries(
                        st.sampled_from(FIELDS), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True),
                        min_size=1, max_size=2,
                    )
                ),
                "points": draw(st.dictionaries(st.sampled_from(ids), points(-20, 20) | st.just(0.0), max_size=2)),
                "threshold": draw(st.none() | st.just(0)),
            }
            for place in range(draw(st.integers(0, 2)))
        ],
    }  # fmt: skip
    if draw(st.booleans()):
        content["ideal_profile"] = draw(CONDITIONS)
    if draw(st.booleans()):
        cuts = sorted(draw(st.lists(points(-5, 40), max_size=3, unique=True)), reverse=True)
        content["bands"] = [*({"name": f"b{cut}", "from": cut} for cut in cuts), {"name": "last"}]
    elif draw(st.booleans()):
        rows, columns = (
            sorted(draw(st.lists(points(-5, 30), min_size=1, max_size=3, unique=True))) for _axis in range(2)
        )
        names = [[f"g{row}{column}" for column in range(len(columns))] for row in range(len(rows))]
        content["grid"] = {"fit": rows, "engagement": columns, "bands": names}
    reachable = int(min(60.0, attainable(Qualification.model_validate(content))) * 100)
    content["threshold"] = draw(st.integers(0, max(reachable, 0))) / 100
    for override in content["overrides"]:
        if override["threshold"] is not None:
            override["threshold"] = draw(st.integers(0, max(reachable, 0))) / 100
    return content


@st.composite
def times(draw: st.DrawFn, as_of: datetime) -> tuple[datetime, bool]:
    """A stored time near the moment, and whether it is a date without an hour; often exactly at an edge."""
    days = draw(st.sampled_from([-1, 0, 0, 1, 1, 2, 3, 29, 30, 31, 400, 3659, 3660]))
    edge = draw(
        st.sampled_from([timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(hours=5)])
    )
    moment = as_of - timedelta(days=days) + edge
    if draw(st.integers(0, 3)) == 3:
        return datetime(moment.year, moment.month, moment.day), True
    return moment, False


@st.composite
def worlds(draw: st.DrawFn) -> World:
    as_of = draw(st.sampled_from(MOMENTS))
    names = [f"l{place}" for place in range(draw(st.integers(1, 5)))]
    leads = []
    for name in names:
        created, is_date = draw(times(as_of))
        trial, trial_is_date = draw(st.just((None, None)) | times(as_of))
        leads.append(
            {
                "lead_id": name,
                "created_at": created,
                "created_at_is_date": is_date,
                "merged_into": draw(st.sampled_from([None, None, *names, "nobody"])),
                "sector": draw(st.none() | st.sampled_from(TEXTS)),
                "colour": draw(st.none() | st.sampled_from(TEXTS)),
                "employees": draw(st.none() | st.sampled_from(NUMBERS)),
                "timeline_days": draw(st.none() | st.sampled_from(NUMBERS)),
                "budget": draw(st.none() | st.sampled_from(AMOUNTS)),
                "decision_maker": draw(st.none() | st.booleans()),
                "trial_at": trial,
                "trial_at_is_date": trial_is_date,
                "signed_on": draw(st.none() | st.integers(-1, 31).map(lambda ago: as_of.date() - timedelta(days=ago))),
            }
        )
    touches = []
    for place in range(draw(st.integers(0, 12))):
        at, is_date = draw(times(as_of))
        touches.append(
            {
                "touch_id": f"t{place}",
                "lead_id": draw(st.sampled_from([*names, "nobody"])),
                "at": at,
                "at_is_date": is_date,
                "kind": draw(st.sampled_from(KINDS)),
                "channel": draw(st.sampled_from(CHANNELS)),
                "value": None,
            }
        )
    document = {"timezone": draw(st.sampled_from(ZONES)), "qualification": draw(qualifications())}
    return World(document, leads, touches, as_of)


def is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
