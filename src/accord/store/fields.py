"""Columns of version tables as Django fields: what each type of the contract is in SQLite and in PostgreSQL."""

from __future__ import annotations

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["DayField", "InstantField", "WordField"]


class InstantField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """A naive UTC instant: microseconds since 1970 as an integer in SQLite (compact), ``timestamp`` in PostgreSQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type on this database."""
        return "integer" if connection.vendor == "sqlite" else "timestamp"


class DayField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """A calendar date: ``YYYY-MM-DD`` in SQLite, ``date`` in PostgreSQL."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type on this database."""
        return "text" if connection.vendor == "sqlite" else "date"


class WordField(models.Field):  # type: ignore[type-arg]  # not subscriptable at run time
    """Text compared byte by byte, so that both databases keep keys in the same order."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type on this database."""
        return "text" if connection.vendor == "sqlite" else 'text COLLATE "C"'
