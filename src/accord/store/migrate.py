"""Laying out a database, or bringing an older one up to date. The only part of the store that loads Django to run."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.address import Address
from accord.store.faults import BUSY_SECONDS, translated

__all__ = ["migrate"]

_ALIAS = "accord_migration"
"""A connection of our own: a web application in the same process keeps its default connection."""


def migrate(address: Address, until: str | None = None) -> None:
    """Run the migrations that the database at ``address`` lacks; each is all or nothing.

    A SQLite file is created when it is not there. ``until``: the number of the last migration to run, for tests that
    need an older database.
    """
    _configure()
    connections.settings[_ALIAS] = connections.configure_settings({"default": _settings(address)})["default"]
    try:
        with translated(address):
            _run(address, until)
    except ImproperlyConfigured as error:
        raise WorkspaceError(
            _("The database is PostgreSQL, and its driver is not installed: pip install 'accord[postgres]'.")
        ) from error
    finally:
        connections.settings.pop(_ALIAS, None)


def _run(address: Address, until: str | None) -> None:
    connection = connections[_ALIAS]
    try:
        if address.is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")
        executor = MigrationExecutor(connection)
        graph = executor.loader.graph
        wanted = graph.leaf_nodes() if until is None else [node for node in graph.nodes if node[1].startswith(until)]
        executor.migrate([node for node in wanted if node[0] == "store"])
    except Exception as error:
        # Django wraps the driver's error; the driver's says more.
        if error.__cause__ is not None and type(error).__module__.startswith("django.db"):
            raise error.__cause__ from None
        raise
    finally:
        connection.close()
        del connections[_ALIAS]


def _configure() -> None:
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["accord.store.apps.StoreConfig"], DATABASES={}, USE_TZ=True, TIME_ZONE="UTC")
    if not apps.ready:
        django.setup()


def _settings(address: Address) -> dict[str, Any]:
    if address.path is not None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(address.path),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": BUSY_SECONDS},
        }
    parts = urlsplit(address.url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.database),
        "USER": unquote(parts.username or ""),
        "PASSWORD": address.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
    }
