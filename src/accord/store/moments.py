"""Instants as the databases keep them, and back: naive UTC on the Python side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accord.tables.schema import Type

__all__ = ["from_database", "moment_shown", "now", "recorded", "to_database", "when"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC, as everything in the store
_MICROSECOND = timedelta(microseconds=1)


def to_database(value: object, kind: Type, *, sqlite: bool) -> object:
    """A value of a version's column as the driver takes it."""
    if value is None or not sqlite:
        return value
    if kind is Type.TIME:
        assert isinstance(value, datetime)
        return (value - _EPOCH) // _MICROSECOND
    if kind is Type.DATE:
        assert isinstance(value, date)
        return value.isoformat()
    if kind is Type.BOOLEAN:
        return int(bool(value))
    return value


def from_database(value: Any, kind: Type, *, sqlite: bool) -> object:
    """A value of a version's column as the driver gave it, as Python has it."""
    if value is None or not sqlite:
        return value
    if kind is Type.TIME:
        return _EPOCH + value * _MICROSECOND
    if kind is Type.DATE:
        return date.fromisoformat(value)
    if kind is Type.BOOLEAN:
        return bool(value)
    return value


def now() -> datetime:
    """This moment, aware, UTC."""
    return datetime.now(UTC)


def moment_shown(moment: datetime, *, sqlite: bool) -> object:
    """A moment of the store's own records as the driver takes it: Django's form of it on either database."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if sqlite else moment


def when(value: Any) -> datetime | None:
    """A moment of the store's own records as the driver gave it, aware UTC."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def recorded(value: Any) -> datetime:
    """The same of a moment that is never missing, naive UTC."""
    moment = when(value)
    assert moment is not None
    return moment.replace(tzinfo=None)
