"""The nine tables of the contract: names, columns, types, allowed words. The one home of these facts.

A time column ``at`` may hold a *date without a time*. Wherever a table is stored or read, the time column therefore
has a companion ``at_is_date`` (boolean): when true, ``at`` holds that local calendar date at 00:00, **not**
an instant; when false, ``at`` is a naive UTC instant. :func:`stored_columns` lists both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ACTIVITY_DIRECTIONS",
    "DECISION_OUTCOMES",
    "NULL_WORDS",
    "TABLES",
    "Column",
    "StoredColumn",
    "Table",
    "Type",
    "stored_columns",
    "table_named",
]


class Type(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    """An instant, or a date without a time (kept apart by the companion ``<name>_is_date``)."""
    DATE = "date"
    """A calendar date, never an instant."""


NULL_WORDS = frozenset({"null", "n/a", "na", "-", "?", "select", "undefined"})
"""Words that mean *missing*, in any case. A column's own allowed value always beats them."""

DECISION_OUTCOMES = ("accepted", "rejected", "disqualified", "recycled")
ACTIVITY_DIRECTIONS = ("out", "in")
TOUCH_KINDS = (
    "page_view",
    "download",
    "webinar",
    "email_open",
    "email_click",
    "email_reply",
    "form",
    "trial",
    "pricing_view",
    "demo_request",
    "call_in",
    "event",
    "social",
    "chat",
)
ACTIVITY_KINDS = ("call", "email", "meeting", "message", "visit", "task")
ACTIVITY_OUTCOMES = ("no_answer", "voicemail", "bounced", "booked", "held")
NEEDS = ("none", "exploring", "defined", "urgent")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table of the contract.

    ``allowed``: the words it may hold; with ``others_welcome`` they are only the ones Accord understands by itself
    and any other word is kept as it is.
    """

    name: str
    type: Type = Type.TEXT
    required: bool = False
    allowed: tuple[str, ...] = ()
    others_welcome: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the contract.

    ``key``: the columns that identify a row; the same key again is the same row. ``time``: the column whose month
    decides in which file of the read model the row stands. ``any_of``: groups of columns of which one must be
    filled. ``references``: column → the table whose key it names; resolved when figures are built.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    time: str | None = None
    any_of: tuple[tuple[str, ...], ...] = ()
    references: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or ``None``."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def money(self) -> str | None:
        """The column that holds an amount in the row's ``currency``; ``None`` where there is none."""
        return next((name for name in ("amount", "budget") if self.column(name) and self.column("currency")), None)


def _key(name: str) -> Column:
    return Column(name, required=True)


def _time(name: str, *, required: bool = True) -> Column:
    return Column(name, Type.TIME, required=required)


TABLES: tuple[Table, ...] = (
    Table(
        "leads",
        "a person or company marketing is working",
        key=("lead_id",),
        time="created_at",
        references=(("merged_into", "leads"),),
        columns=(
            _key("lead_id"),
            _time("created_at"),
            Column("origin"),
            Column("channel"),
            Column("campaign"),
            Column("lead_type"),
            Column("sector"),
            Column("employees", Type.INTEGER),
            Column("country"),
            Column("territory"),
            Column("job_function"),
            Column("seniority"),
            Column("decision_maker", Type.BOOLEAN),
            Column("budget", Type.NUMBER),
            Column("currency"),
            Column("need", allowed=NEEDS),
            Column("timeline_days", Type.INTEGER),
            Column("company"),
            Column("customer_id"),
            Column("merged_into"),
        ),
    ),
    Table(
        "touches",
        "something the prospect did",
        key=("touch_id",),
        time="at",
        references=(("lead_id", "leads"),),
        columns=(
            _key("touch_id"),
            Column("lead_id", required=True),
            _time("at"),
            Column("kind", required=True, allowed=TOUCH_KINDS, others_welcome=True),
            Column("channel"),
            Column("value", Type.NUMBER),
        ),
    ),
    Table(
        "handoffs",
        "one transmission of one lead to sales",
        key=("handoff_id",),
        time="at",
        references=(("lead_id", "leads"), ("rep_id", "reps")),
        columns=(
            _key("handoff_id"),
            Column("lead_id", required=True),
            _time("at"),
            Column("rep_id"),
            Column("team"),
            Column("score", Type.NUMBER),
            Column("band"),
            Column("agreement"),
        ),
    ),
    Table(
        "decisions",
        "sales saying yes, no, or give it back",
        key=("decision_id",),
        time="at",
        any_of=(("handoff_id", "lead_id"),),
        references=(("handoff_id", "handoffs"), ("lead_id", "leads"), ("rep_id", "reps")),
        columns=(
            _key("decision_id"),
            Column("handoff_id"),
            Column("lead_id"),
            _time("at"),
            Column("rep_id"),
            Column("outcome", required=True, allowed=DECISION_OUTCOMES),
            Column("reason"),
            Column("note"),
        ),
    ),
    Table(
        "activities",
        "something sales did, or a reply to it",
        key=("activity_id",),
        time="at",
        references=(("lead_id", "leads"), ("rep_id", "reps")),
        columns=(
            _key("activity_id"),
            Column("lead_id", required=True),
            _time("at"),
            Column("rep_id"),
            Column("kind", required=True, allowed=ACTIVITY_KINDS),
            Column("direction", allowed=ACTIVITY_DIRECTIONS, default="out"),
            Column("duration_s", Type.INTEGER),
            Column("outcome", allowed=ACTIVITY_OUTCOMES, others_welcome=True),
            Column("automated", Type.BOOLEAN),
        ),
    ),
    Table(
        "opportunities",
        "a deal opened from a lead",
        key=("opportunity_id",),
        time="created_at",
        references=(("lead_id", "leads"),),
        columns=(
            _key("opportunity_id"),
            Column("lead_id", required=True),
            _time("created_at"),
            Column("stage"),
            Column("amount", Type.NUMBER),
            Column("currency"),
            _time("closed_at", required=False),
            Column("won", Type.BOOLEAN),
        ),
    ),
    Table(
        "orders",
        "money received; negative is a refund",
        key=("order_id",),
        time="at",
        references=(("lead_id", "leads"),),
        columns=(
            _key("order_id"),
            Column("lead_id"),
            Column("customer_id"),
            _time("at"),
            Column("amount", Type.NUMBER, required=True),
            Column("currency"),
        ),
    ),
    Table(
        "spend",
        "marketing money spent on a channel over a period",
        key=("start", "end", "channel", "campaign", "currency"),
        time="start",
        columns=(
            Column("start", Type.DATE, required=True),
            Column("end", Type.DATE, required=True),
            Column("channel", required=True),
            Column("campaign"),
            Column("amount", Type.NUMBER, required=True),
            Column("currency"),
        ),
    ),
    Table(
        "reps",
        "a person in sales",
        key=("rep_id",),
        columns=(
            _key("rep_id"),
            Column("name"),
            Column("email"),
            Column("team"),
            Column("territory"),
            _time("hired_at", required=False),
            Column("capacity", Type.NUMBER),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """One physical column: a column of the contract, or the ``_is_date`` companion of a time."""

    name: str
    type: Type


def stored_columns(table: Table) -> tuple[StoredColumn, ...]:
    """The physical columns of ``table`` in the contract's order, each time followed by its ``_is_date``."""
    columns: list[StoredColumn] = []
    for column in table.columns:
        columns.append(StoredColumn(column.name, column.type))
        if column.type is Type.TIME:
            columns.append(StoredColumn(f"{column.name}_is_date", Type.BOOLEAN))
    return tuple(columns)


def table_named(name: str) -> Table:
    """The table of that name; ``KeyError`` when the contract has none."""
    for table in TABLES:
        if table.name == name:
            return table
    raise KeyError(name)
