"""The shared fixtures are what they say: a real, odd server; a fresh database each time; no way out."""

from __future__ import annotations

import socket

import psycopg
import pytest

from support.postgres import PostgresServer


def test_each_test_gets_an_empty_database_of_its_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        connection.execute("CREATE TABLE left_behind (n int)")
    assert tables == (0,)


def test_what_another_test_left_behind_is_gone(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT to_regclass('left_behind')").fetchone() == (None,)


def test_the_server_starts_sessions_in_a_zone_that_is_not_ours(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url("postgres")) as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("America/New_York",)


def test_a_connection_that_leaves_the_machine_is_refused() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match="no network"):
        outward.connect(("192.0.2.1", 80))  # a documentation address: nobody answers there
